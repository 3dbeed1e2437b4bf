"""Rules about cohorts: nobody is chosen by what came after entry, and leaving is an outcome."""

from __future__ import annotations

from collections.abc import Iterator

from evaluate.data.cohort_plan import AFTER_FIX, AFTER_WHY
from evaluate.data.conditions import Unfit
from evaluate.data.standard import standards
from evaluate.data.status import LEAVING_FIX, LEAVING_WHY, drops_out, horizons_of, leaving
from evaluate.design import named_columns
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.document import Key
from evaluate.study.lineage import after_entry
from evaluate.study.schema import Study
from evaluate.study.words import choose, dotted

_HELD = {"covariate": "a covariate", "stratum": "a stratum", "subgroup": "a subgroup"}


def _leaving_is_an_outcome(study: Study, _: Specs) -> Iterator[Broken]:
    for place, one in enumerate(study.data.derive if study.data is not None else ()):
        for number, name in enumerate(one.status.missing if one.status is not None else ()):
            if one.status is not None and drops_out(name, one.status, {}):
                key = ("data", "derive", place, "status", "missing", number)
                yield key, leaving(name), LEAVING_WHY, LEAVING_FIX


def _horizons(study: Study, _: Specs) -> Iterator[Broken]:
    for place, one in enumerate(study.data.derive if study.data is not None else ()):
        if one.status is None or one.status.standard is None:
            continue
        key = ("data", "derive", place, "status", "standard")
        why = "the published definition gives the horizon"
        try:
            kinds = set(horizons_of(one.status))
        except Unfit as error:
            yield key, error.what, why, error.fix
            continue
        if kinds != {""} and one.status.types is None:
            what = f"`{one.status.standard}` has a horizon for each kind of programme"
            fix = "add `types:` with the column of the programme at entry and its codes"
            yield key, what, "nothing says whose horizon is which", fix


def _measured(study: Study, _: Specs) -> Iterator[Broken]:
    for place, one in enumerate(study.data.measured if study.data is not None else ()):
        key: Key = ("data", "measured", place)
        if one.standard not in standards():
            what = f"`{one.standard}` is no published definition that comes with the package"
            why = "a column is compared with others of the same definition only"
            yield (*key, "standard"), what, why, choose(one.standard, standards())
        if one.break_term is not None and one.over is None:
            what = f"`{dotted(key)}` has a break term, and no column that the series runs over"
            why = "nobody can see which rows come after the break"
            yield (*key, "break_term"), what, why, "add `over:` with the column of years or dates"


def _selected_after_entry(study: Study, _: Specs) -> Iterator[Broken]:
    """Find criteria and conditions on what happened after entry."""
    data = study.data
    if data is None or data.cohort is None:
        return
    late = after_entry(data)
    rows: list[tuple[Key, str]] = [
        (("data", "cohort", name, place), one.column)
        for name, place, one in data.cohort.criteria
        if one.source is None
    ]
    rows += [(("data", "where", place), one.column) for place, one in enumerate(data.where)]
    for key, column in rows:
        if column in late:
            what = f"`{dotted(key)}` selects by `{column}`, which tells what happened after entry"
            yield (*key, "column"), what, AFTER_WHY, AFTER_FIX
    for name, place, one in data.cohort.criteria:
        if one.source is not None and one.when == "after_entry":
            key = ("data", "cohort", name, place)
            what = f"`{dotted(key)}` selects by rows that are dated after entry"
            yield (*key, "when"), what, AFTER_WHY, AFTER_FIX


def _held_after_entry(study: Study, specs: Specs) -> Iterator[Broken]:
    """Find covariates, strata and subgroups that tell what happened after entry."""
    if study.data is None:
        return
    late = after_entry(study.data)
    for name, (_, spec) in specs.items():
        key: Key = ("analyses", name, "design", study.analyses[name].method)
        uses = [((*key, field), column, role) for field, column, role in named_columns(spec)]
        for place, one in enumerate(study.analyses[name].subgroups):
            uses.append((("analyses", name, "subgroups", place, "column"), one.column, "subgroup"))
        for where, column, role in uses:
            if column in late and role in _HELD:
                yield (
                    where,
                    f"`{dotted(where)}` names `{column}`, which tells what happened after entry",
                    f"{_HELD[role]} that the programme may have changed takes effect away",
                    "name a column that was known on the day of entry",
                )


COHORT_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("data",), _leaving_is_an_outcome),
    (("data",), _horizons),
    (("data",), _measured),
    (("data",), _selected_after_entry),
    (("analyses", "data"), _held_after_entry),
)
