"""Rules on when columns were measured: what came after the programme began is no covariate."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from evaluate.core import ColumnRole, Strict
from evaluate.data.definition import Data
from evaluate.data.rules import Condition
from evaluate.design import Design, named_columns
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.document import Key
from evaluate.study.lineage import after_entry, columns_of, conditions, held_by, sources
from evaluate.study.schema import Study
from evaluate.study.words import dotted

_HELD: Mapping[ColumnRole, str] = {
    "covariate": "holding constant",
    "stratum": "comparing within groups of",
    "subgroup": "dividing people by",
}
_KNOWN = "which was known before the programme began"
_WHY = "it may be a result of the programme, and {held} a result takes a part of the effect away"

_SELECT = "select by a column known before the programme; an outcome not known stays, as missing"


def measured(data: Data | None) -> tuple[frozenset[str], frozenset[str]]:
    """Return the columns known before the programme began, and those known after.

    A computed column is late as soon as one of its columns is, and early once all of them are.
    One that looks back to another period has a time of its own.

    Parameters
    ----------
    data : Data or None
        As the study defines it.
    """
    if data is None or data.timing is None:
        return frozenset(), frozenset()
    before, after = set(data.timing.before), set(data.timing.after)
    for one in data.derive:
        if one.name in before | after or one.lag is not None:
            continue
        used = {column for _, column in columns_of(one.rule[1])}
        if one.status is not None or used & after:
            after.add(one.name)
        elif used and used <= before:
            before.add(one.name)
    return frozenset(before), frozenset(after)


def _held_though_late(study: Study, specs: Specs) -> Iterator[Broken]:
    """Find covariates, strata and subgroups that were measured after the start."""
    _, after = measured(study.data)
    for name in specs if after else ():
        for key, column, role in _uses(study, name, specs[name]):
            if column in after and role in _HELD:
                yield (
                    key,
                    f"`{dotted(key)}` names `{column}`, {_declared(study.data, column)}",
                    _WHY.format(held=_HELD[role]),
                    "leave it out, or name a column that was known before the programme began",
                )


def _uses(
    study: Study, name: str, spec: tuple[Design[Any], Strict]
) -> Iterator[tuple[Key, str, ColumnRole]]:
    at: Key = ("analyses", name)
    for field, column, role in named_columns(spec[1]):
        yield (*at, "design", spec[0].name, field), column, role
    for place, one in enumerate(study.analyses[name].subgroups):
        yield (*at, "subgroups", place, "column"), one.column, "subgroup"


def _declared(data: Data | None, column: str) -> str:
    if data is not None and data.timing is not None and column in data.timing.after:
        return "which was measured after the programme began"
    return "which is derived from a column measured after the programme began"


def _outcome_though_early(study: Study, specs: Specs) -> Iterator[Broken]:
    """Find effects on what was known before the programme began."""
    before, _ = measured(study.data)
    for name in specs:
        outcome = study.outcomes.get(study.analyses[name].outcome)
        if outcome is not None and outcome.column in before:
            key = ("analyses", name, "outcome")
            yield (
                key,
                f"`{dotted(key)}` is measured by `{outcome.column}`, {_KNOWN}",
                "the programme cannot have changed what came before it",
                "name it under `negative_controls` of another analysis",
            )


def _derived_from_late(study: Study, _specs: Specs) -> Iterator[Broken]:
    """Find columns that are called early and are computed from late ones."""
    data = study.data
    if data is None or data.timing is None:
        return
    _, after = measured(data)
    for place, column in enumerate(data.timing.before):
        own = next((one for one in data.derive if one.name == column and one.lag is None), None)
        late = sorted({c for _, c in columns_of(own.rule[1])} & after) if own is not None else []
        if late:
            key = ("data", "timing", "before", place)
            yield (
                key,
                f"`{dotted(key)}` is `{column}`, which is derived from `{late[0]}`, measured after",
                "what is computed from a later column is not known before",
                "move it to `after:`, or derive it from other columns",
            )


def _selected_though_late(study: Study, specs: Specs) -> Iterator[Broken]:
    """Find conditions on rows that test what was measured after the start."""
    data = study.data
    _, after = measured(data)
    if data is None or not after:
        return
    # Rules of cohorts and of lineage refuse these with words of their own.
    told = after_entry(data) if data.cohort is not None else frozenset[str]()
    for key, condition, analyses in _selections(study, specs):
        column = condition.column
        if column in after - told and not _answers(study, specs, analyses, column):
            yield (
                (*key, "column"),
                f"`{dotted((*key, 'column'))}` selects rows by `{column}`, {_declared(data, column)}",
                "the programme may decide who is left, and those left are no longer comparable",
                _SELECT,
            )


def _selections(study: Study, specs: Specs) -> Iterator[tuple[Key, Condition, Collection[str]]]:
    """Yield each condition on the rows, its place, and the analyses of those rows."""
    for key, condition in conditions(study.data):
        yield key, condition, specs.keys()
    for name in specs:
        for other, choices in study.analyses[name].alternatives.items():
            for place, condition in enumerate(choices.where):
                key = ("analyses", name, "alternatives", other, "where", place)
                yield key, condition, (name,)


def _answers(study: Study, specs: Specs, analyses: Collection[str], column: str) -> bool:
    """Return whether a column shares a source with an outcome or a treatment."""
    found = sources(study.data)
    roots = found.get(column, frozenset({column}))
    held = (held_by(study, name, specs, found) for name in analyses)
    return any(roots & of for one in held for _, of in one.values())


TIMING_RULES: tuple[Rule, ...] = (
    _held_though_late,
    _outcome_though_early,
    _derived_from_late,
    _selected_though_late,
)
