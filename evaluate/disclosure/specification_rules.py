"""The gate's rules for one question under several choices: nobody follows from a difference.

Two specifications that use almost the same rows give, together, the few people by whom they
differ. Where counts of two of them lie closer than the smallest count that is shown, neither is.
Counts do not tell who was counted, and three sets of rows can give a fourth: of each outcome one
alternative with other rows is shown, beside no subgroups.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from evaluate.core import Cell, Estimate, Table
from evaluate.disclosure.rule import Profile, Row, Rule, digits, nearest, people, stated

CURVE, AGREEMENT = "specifications", "agreement_of_estimators"
_COUNTS = ("n_obs", "n_treated")
_PEOPLE = stated(people(dict.fromkeys(_COUNTS)))
Counts = tuple[int, int, int]  # all, treated, comparison
Named = tuple[str | None, Cell]  # analysis, alternative


def on_other_rows(
    rows: Sequence[Estimate], tables: Sequence[Table], profile: Profile
) -> frozenset[Named]:
    """Return the alternatives that are not shown since they rest on other rows.

    Of each outcome the first stays whose rows differ from the declared ones by enough people,
    unless a subgroup of the outcome is shown.

    Parameters
    ----------
    rows : sequence of Estimate
        All candidates of a study.
    tables : sequence of Table
        All its tables.
    profile : Profile
        The smallest number of people.
    """
    if profile.smallest == 0:
        return frozenset()
    outcomes = {row.analysis: row.outcome for row in rows}
    divided = {outcomes.get(one.analysis or "") for one in tables if one.kind == "subgroups"}
    hidden: set[Named] = set()
    taken: set[str | None] = set()
    for name, gap in _gaps(rows, tables):
        outcome = outcomes.get(name[0] or "")
        enough = isinstance(gap, int) and gap >= profile.smallest
        if not enough or outcome in divided | taken:
            hidden.add(name)
        else:
            taken.add(outcome)
    return frozenset(hidden)


def _gaps(rows: Sequence[Estimate], tables: Sequence[Table]) -> Iterator[tuple[Named, Cell]]:
    """Yield the alternatives on other rows, in the order of the study, and by how many."""
    told: dict[Named, Cell] = {
        (table.analysis, row.get("specification")): row.get("n_apart")
        for table in tables
        if table.kind == CURVE
        for row in table.rows
    }
    for row in rows:
        name = (row.analysis, row.alternative)
        if row.alternative is not None and (gap := told.get(name)) != 0:
            yield name, gap


def without(tables: Sequence[Table], hidden: Collection[Named]) -> list[Table]:
    """Return tables on specifications without the numbers of some.

    Parameters
    ----------
    tables : sequence of Table
        All of a study.
    hidden : collection of (str or None, Cell)
        Analysis and alternative.
    """
    return [
        replace(
            one,
            rows=tuple(
                _words(row) if (one.analysis, row.get("specification")) in hidden else row
                for row in one.rows
            ),
        )
        if one.kind in (CURVE, AGREEMENT)
        else one
        for one in tables
    ]


def too_close(counts: Sequence[Counts | None], declared: int | None, profile: Profile) -> set[int]:
    """Return the places of specifications that differ from another by too few people.

    First those that are too close to the declared one, which stays; then, of the others, both of
    each pair.

    Parameters
    ----------
    counts : sequence of tuple of int, or None
        Of each specification: rows, treated, comparison; ``None`` where it has no estimate.
    declared : int or None
        Place of the declared one.
    profile : Profile
        The smallest number of people.
    """
    own = None if declared is None else counts[declared]
    known = {place: one for place, one in enumerate(counts) if one is not None}
    found = {place for place, one in known.items() if own is not None and _close(one, own, profile)}
    left = [(place, one) for place, one in known.items() if place not in found]
    for (first, one), (second, other) in combinations(left, 2):
        if _close(one, other, profile):
            found |= {first, second}
    return found


def _close(one: Counts, other: Counts, profile: Profile) -> bool:
    gaps = (abs(a - b) for a, b in zip(one, other, strict=True))
    return any(0 < gap < profile.smallest for gap in gaps)


def apart(rows: Sequence[Estimate], profile: Profile, others: Collection[Named] = ()) -> set[int]:
    """Return the places of alternatives' estimates that would give away a few people.

    Parameters
    ----------
    rows : sequence of Estimate
        All candidates of a study.
    profile : Profile
        The rules' numbers.
    others : collection of (str or None, Cell)
        Alternatives that are not shown anyhow; they are among those returned.
    """
    if profile.smallest == 0:
        return set()
    gone = {place for place, one in enumerate(rows) if (one.analysis, one.alternative) in others}
    hidden: set[int] = set(gone)
    for analysis in {one.analysis for one in rows if one.alternative is not None}:
        places = [
            place
            for place, one in enumerate(rows)
            if one.analysis == analysis and place not in gone and _asks(one)
        ]
        declared = next((i for i, place in enumerate(places) if not rows[place].alternative), None)
        counts = [_of_estimate(rows[place]) for place in places]
        hidden |= {places[i] for i in too_close(counts, declared, profile)}
    return {place for place in hidden if rows[place].alternative is not None}


def beside_shown(rows: Sequence[Estimate], shown: Sequence[Estimate | None]) -> set[int]:
    """Return the places of alternatives beside an analysis whose own estimate is not shown.

    Else an alternative would be taken for the answer of the analysis.

    Parameters
    ----------
    rows : sequence of Estimate
        All candidates of a study.
    shown : sequence of Estimate or None
        The same as they may be shown.
    """
    first: dict[str, Estimate | None] = {}
    for row, one in zip(rows, shown, strict=True):
        if row.alternative is None and _is_first(row):
            first.setdefault(row.analysis, one)
    return {
        place
        for place, row in enumerate(rows)
        if row.alternative is not None and first.get(row.analysis) is None
    }


def _asks(row: Estimate) -> bool:
    return row.alternative is not None or _is_first(row)


def _is_first(row: Estimate) -> bool:
    """Return whether a row is an analysis's own answer, not a part of it or from another time."""
    return row.term == "overall" and row.role != "registered"


def _of_estimate(row: Estimate) -> Counts:
    return row.n_obs, row.n_treated, row.n_obs - row.n_treated


def _of_row(row: Row) -> Counts | None:
    n, treated = (row.get(key) for key in _COUNTS)
    if not isinstance(n, int) or not isinstance(treated, int):
        return None
    return n, treated, n - treated


def _specifications(table: Table, profile: Profile) -> Table:
    """Return specifications with enough people, and with enough people between any two."""
    if profile.smallest == 0:
        return table
    counts = [_of_row(row) for row in table.rows]
    names = [row.get("specification") for row in table.rows]
    own = [row.get("declared") is True for row in table.rows]
    declared = own.index(True) if True in own else None
    if declared is None and "declared" in names:
        declared = names.index("declared")
    few = {
        place
        for place, (one, row) in enumerate(zip(counts, table.rows, strict=True))
        if one is not None and (min(one) < profile.smallest or _few_df(row, profile))
    }
    gone = {place for place, row in enumerate(table.rows) if row.get("state") == "withheld"}
    hidden = few | gone | too_close(counts, declared, profile)
    if declared in hidden:  # every difference is one to it
        hidden = set(range(len(counts)))
    rows = [
        _words(row) if place in hidden else _shown(row, profile)
        for place, row in enumerate(table.rows)
    ]
    # Rows are sorted by their estimates: where one is hidden its place would tell.
    if hidden:
        rows.sort(key=lambda row: (row.get("estimate") is None, str(row.get("specification"))))
    return replace(table, rows=tuple(rows))


def _few_df(row: Row, profile: Profile) -> bool:
    """Return whether an estimate rests on few degrees of freedom, as its own rule asks."""
    df = row.get("df")
    return isinstance(df, int | float) and df < profile.smallest


def _shown(row: Row, profile: Profile) -> Row:
    return {
        key: nearest(value, profile)
        if key in _COUNTS and isinstance(value, int)
        else digits(value, profile)
        for key, value in row.items()
        if key not in ("df", "n_apart")  # they count people too
    }


def _controls(table: Table, profile: Profile) -> Table:
    """Return negative controls behind all of which stand enough people and clusters."""
    if profile.smallest == 0:
        return table
    if any(_few_df(row, profile) for row in table.rows):
        return replace(table, rows=tuple(map(_words, table.rows)))
    rows = tuple({k: x for k, x in row.items() if k != "df"} for row in table.rows)
    return _PEOPLE(replace(table, rows=rows), profile)


def _words(row: Row) -> Row:
    words: dict[str, Cell] = {
        key: value for key, value in row.items() if isinstance(value, str | bool)
    }
    return words if "state" in words else {**words, "state": "withheld"}


SPECIFICATION_RULES: Mapping[str, Rule] = {
    CURVE: _specifications,
    AGREEMENT: _specifications,
    "negative_controls": _controls,
}
