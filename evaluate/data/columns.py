"""Which source has which column: each that is needed, once, and where it may come from."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.data.bring import Fetched, header_faults, names_in
from evaluate.data.definition import Data
from evaluate.data.header import absent
from evaluate.data.names import shown
from evaluate.data.plan import At, Plan
from evaluate.data.table import Layout
from evaluate.errors import DataError, Problem


def check_headers(
    data: Data,
    sources: Sequence[Fetched],
    layouts: Sequence[Layout],
    plan: Plan,
    at: At,
) -> None:
    """Refuse names that stand twice, are missing, or are taken by computed columns.

    Parameters
    ----------
    data : Data
        As the study defines it.
    sources, layouts : sequence
        Every source and its columns.
    plan : Plan
        What is read of them.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.

    Raises
    ------
    DataError
        With all of them.
    """
    pairs = list(zip(sources, layouts, strict=True))
    problems = [
        fault
        for one, found in pairs
        for fault in header_faults(
            one,
            found,
            (*plan.columns, *plan.promised, *plan.asked.get(one.place.origin.key, ())),
        )
    ]
    if not problems:
        problems = _absent(pairs, plan, at)
        problems += _shared(data, pairs, plan)
        problems += _absent_keys(data, pairs, plan, at)
    if not problems:
        problems = _clashes(pairs, plan)
    if problems:
        raise DataError(*problems)


def _absent(pairs: Sequence[tuple[Fetched, Layout]], plan: Plan, at: At) -> list[Problem]:
    """Return the columns that no source has, or only one that gives none to the rows."""
    names = [name for one, found in pairs for name in names_in(one, found)]
    where = pairs[0][0].place.origin.label if len(pairs) == 1 else at("data", "sources")
    own = _own_names(pairs, plan)
    problems = absent(where, own, [one for one in plan.columns if one not in names])
    problems += [_untaken(where, one) for one in plan.columns if one in {*names} - {*own}]
    problems += absent(where, names, plan.promised)
    for one, found in pairs:
        asked = plan.asked.get(one.place.origin.key, ())
        problems += absent(one.place.origin.label, names_in(one, found), asked)
    return problems


def _clashes(pairs: Sequence[tuple[Fetched, Layout]], plan: Plan) -> list[Problem]:
    """Return the computed columns that a source has already."""
    return [
        Problem(
            f"{source.place.origin.label}:{one.name}",
            "the study computes this column, and the file has it already",
            "nobody could tell which of the two is used",
            "rename the computed column",
        )
        for source, found in pairs
        if source.place.origin.key not in plan.asked
        for one in plan.computed
        if one.name.casefold() in map(str.casefold, names_in(source, found))
    ]


def _untaken(where: str, name: str) -> Problem:
    return Problem(
        f"{where}:{shown(name)}",
        "the persons have no such column, only a source that is looked up for them",
        "of several rows nobody could tell which one's value is meant",
        "add it to `take` under `entry`, if it is known on the day of entry",
    )


def _own_names(pairs: Sequence[tuple[Fetched, Layout]], plan: Plan) -> list[str]:
    """Return the columns that the rows can have: of a source that is asked only those taken."""
    return [name for one, found in pairs for name in _given(one, found, plan)]


def _given(source: Fetched, found: Layout, plan: Plan) -> tuple[str, ...]:
    names, key = names_in(source, found), source.place.origin.key
    if key not in plan.asked:
        return names
    cohort = plan.cohort
    taken = cohort.taken if cohort is not None and key == cohort.cohort.entry.source else ()
    return tuple(name for name in names if name in taken)


def _shared(data: Data, pairs: Sequence[tuple[Fetched, Layout]], plan: Plan) -> list[Problem]:
    """Return the columns that several sources have although they are no key of theirs."""
    problems = []
    for name in plan.columns:
        holders = [one.place.origin for one, found in pairs if name in _given(one, found, plan)]
        # What is taken from an entry belongs to the person, who cannot have it twice.
        owner = {one.key: data.main_name if one.key in plan.asked else one.key for one in holders}
        linked = {owner[holders[0].key]} if holders else set()
        for join in data.join:
            if name in join.keys:
                linked |= {join.left, join.right}
        for other in holders[1:]:
            twice = list(owner.values()).count(data.main_name) > 1
            if owner[other.key] not in linked or twice:
                problems.append(
                    Problem(
                        f"{other.label}:{shown(name)}",
                        f"`{holders[0].label}` has a column of this name too",
                        "nobody could tell which of the two is used",
                        "rename one of them, or add it to `on` if it is part of the key",
                    )
                )
    return problems


def _absent_keys(
    data: Data, pairs: Sequence[tuple[Fetched, Layout]], plan: Plan, at: At
) -> list[Problem]:
    """Return the columns of keys that a source lacks; the left side may have joined them."""
    names = {one.place.origin.key: set(names_in(one, found)) for one, found in pairs}
    if plan.cohort is not None:
        names[data.main_name] |= set(plan.cohort.taken)
    labels = {one.place.origin.key: one.place.origin.label for one, _ in pairs}
    problems = []
    joined = set[str]()
    for number, join in enumerate(data.join):
        joined |= names[join.left]
        for key, have in ((join.left, joined), (join.right, names[join.right])):
            for name in join.keys:
                if name not in have:
                    what = f"`{labels[key]}` has no column `{shown(name)}`"
                    why = "rows are joined where their keys are equal"
                    fix = "name a column that both sources have"
                    problems.append(Problem(at("data", "join", number, "on"), what, why, fix))
        joined |= names[join.right]
    return problems
