"""Rules about what derived columns come from, and which rows are selected by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from evaluate.data.definition import Data
from evaluate.data.rules import Condition, Status
from evaluate.design import named_columns
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.document import Key
from evaluate.study.schema import Study
from evaluate.study.words import dotted

Sources = Mapping[str, frozenset[str]]
_ADJUSTED = ("covariate", "cluster", "stratum")


def columns_of(block: BaseModel) -> Iterator[tuple[str, str]]:
    """Yield field and column of each column of the rows that a rule of ``derive`` names."""
    if isinstance(block, Status):
        if block.types is not None:
            yield "types", block.types.column
        return
    for field in ("of", "left", "right", "column", "by", "over"):
        value = getattr(block, field, None)
        if isinstance(value, str):
            yield field, value


def sources(data: Data | None) -> Sources:
    """Return, of each derived column, the columns of the file that it comes from.

    What a unit had before is a column of its own: an earlier outcome explains no later one
    away. A status comes from the column of its source.
    """
    found: dict[str, frozenset[str]] = {}
    for one in data.derive if data is not None else ():
        if one.lag is not None:
            found[one.name] = frozenset({one.name})
            continue
        if one.status is not None:
            found[one.name] = frozenset({f"{one.status.source}.{one.status.column}"})
            continue
        used = (column for _, column in columns_of(one.rule[1]))
        found[one.name] = frozenset[str]().union(*(_roots(column, found) for column in used))
    return found


def after_entry(data: Data) -> frozenset[str]:
    """Return the derived columns that hold, or come from, what happened after entry.

    Parameters
    ----------
    data : Data
        As the study defines it.
    """
    found: set[str] = set()
    for one in data.derive:
        used = {column for _, column in columns_of(one.rule[1])}
        if one.status is not None or used & found:
            found.add(one.name)
    return frozenset(found)


def _roots(column: str, found: Sources) -> frozenset[str]:
    return found.get(column, frozenset({column}))


def _level(column: str, data: Data, found: Sources) -> frozenset[str]:
    """Return what an outcome comes from, without the starting point of a change.

    A change is often adjusted for where it began, so what is subtracted may be a covariate.
    """
    for one in data.derive:
        if one.name == column and one.difference is not None:
            left, right = one.difference.left, one.difference.right
            return _roots(left, found) - (_roots(right, found) - _roots(left, found))
    return _roots(column, found)


def _derived_from_the_answer(study: Study, specs: Specs) -> Iterator[Broken]:
    """Find covariates, clusters and strata that hold the outcome or the treatment."""
    if study.data is None:
        return
    found = sources(study.data)
    seen: set[tuple[str, str]] = set()
    for name, (_, spec) in specs.items():
        held = held_by(study, name, specs, found)
        for field, column, role in named_columns(spec):
            if role not in _ADJUSTED:
                continue
            for other, (word, roots) in held.items():
                shared = _roots(column, found) & roots
                place = _derivation(study.data, column, other)
                if column == other or not shared or place is None or (column, other) in seen:
                    continue
                seen.add((column, other))
                key = ("analyses", name, "design", study.analyses[name].method, field)
                answer = f"`{other}`, the column of the {word}"
                origin = _origin(column, other, answer, min(shared))
                yield (
                    place,
                    f"`{dotted(key)}` names `{column}`, {origin}",
                    f"holding a part of the {word} constant takes away what is estimated",
                    f"leave `{column}` out of the design, or derive it from other columns",
                )


def _treatment_and_outcome(study: Study, specs: Specs) -> Iterator[Broken]:
    """Find treatments and outcomes that come from one column."""
    if study.data is None:
        return
    found = sources(study.data)
    seen: set[tuple[str, str]] = set()
    for name, (_, spec) in specs.items():
        outcome = _outcome(study, name)
        for _, column, role in named_columns(spec):
            if role != "treatment" or outcome in (None, column) or (column, outcome) in seen:
                continue
            shared = _roots(column, found) & _roots(str(outcome), found)
            place = _derivation(study.data, column, str(outcome))
            if shared and place is not None:
                seen.add((column, str(outcome)))
                answer = f"`{outcome}`, the outcome"
                origin = _origin(column, str(outcome), answer, min(shared))
                yield (
                    place,
                    f"the treatment is `{column}`, {origin}",
                    "an effect would be found where the one is only computed from the other",
                    "derive each of them from columns of its own",
                )


def _selected_by_the_answer(study: Study, specs: Specs) -> Iterator[Broken]:
    """Find conditions on rows that test an outcome or a treatment."""
    found = sources(study.data)
    # What came after entry is refused as such, by the rules of cohorts.
    late = after_entry(study.data) if study.data is not None and study.data.cohort else frozenset()
    for key, condition in conditions(study.data):
        for name in specs if condition.column not in late else ():
            hit = [
                (word, other, roots)
                for other, (word, roots) in held_by(study, name, specs, found).items()
                if _roots(condition.column, found) & roots
            ]
            if hit:
                word, other, roots = hit[0]
                answer = f"`{other}`, the {word} of `analyses.{name}`"
                by = answer
                if condition.column != other:
                    shared = _roots(condition.column, found) & roots
                    origin = _origin(condition.column, other, answer, min(shared))
                    by = f"`{condition.column}`, {origin}"
                yield (
                    (*key, "column"),
                    f"`{dotted(key)}` selects rows by {by}",
                    f"rows chosen by the {word} no longer compare the groups as they were formed",
                    "delete the condition, or select by a column known before the programme",
                )
                break


def conditions(data: Data | None) -> Iterator[tuple[Key, Condition]]:
    """Yield every condition on the rows of a study, with its place.

    Parameters
    ----------
    data : Data or None
        As the study defines it.
    """
    if data is None:
        return
    for place, one in enumerate(data.where):
        yield ("data", "where", place), one
    for name, place, one in data.cohort.criteria if data.cohort is not None else ():
        if one.source is None:
            yield ("data", "cohort", name, place), one


def held_by(
    study: Study, name: str, specs: Specs, found: Sources
) -> dict[str, tuple[str, frozenset[str]]]:
    """Return an analysis's treatment and outcome columns, each with its word and sources.

    Parameters
    ----------
    study : Study
        The study.
    name : str
        The analysis.
    specs : mapping of str to (Design, Strict)
        By analysis.
    found : mapping of str to frozenset of str
        As :func:`sources` returns it.
    """
    held = {
        column: ("treatment", _roots(column, found))
        for _, column, role in named_columns(specs[name][1])
        if role == "treatment"
    }
    outcome = _outcome(study, name)
    if outcome is not None and study.data is not None:
        held[outcome] = "outcome", _level(outcome, study.data, found)
    return held


def _origin(column: str, other: str, answer: str, shared: str) -> str:
    """Say how a column and the outcome or treatment come from one place."""
    if shared == other:
        return f"which is derived from {answer}"
    if shared == column:
        return f"a source of {answer}"
    return f"which has the source `{shared}` in common with {answer}"


def _outcome(study: Study, name: str) -> str | None:
    outcome = study.outcomes.get(study.analyses[name].outcome)
    return outcome.column if outcome is not None else None


def _derivation(data: Data, *columns: str) -> Key | None:
    """Return where the first of some columns that is derived is derived."""
    names = [one.name for one in data.derive]
    place = next((names.index(column) for column in columns if column in names), None)
    return None if place is None else ("data", "derive", place, "name")


LINEAGE_RULES: tuple[Rule, ...] = (
    _derived_from_the_answer,
    _treatment_and_outcome,
    _selected_by_the_answer,
)
