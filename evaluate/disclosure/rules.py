"""One rule for each kind of table: what is hidden, what is rounded.

Numbers follow the default profile in ``design.md`` (k = 10): counts below ``smallest`` are
hidden and the others rounded to ``base``; other numbers keep ``significant`` digits. The data
owner decides in the end; these are pre-checks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from evaluate.core import Cell, Estimate, Table


@dataclass(frozen=True, slots=True)
class Profile:
    """How strict the gate is.

    Attributes
    ----------
    name : str
        Its name under ``disclosure: profile:``.
    smallest : int
        Smallest count that is shown, in persons; 0 shows all.
    significant : int
        Digits that other numbers keep.
    base : int
        Counts are rounded to its multiples.
    """

    name: str
    smallest: int
    significant: int
    base: int


Row = Mapping[str, Cell]
Rule = Callable[[Table, Profile], Table]


def _digits(value: Cell, profile: Profile) -> Cell:
    return float(f"{value:.{profile.significant}g}") if isinstance(value, float) else value


def _count(value: Cell, profile: Profile) -> Cell:
    """Return a count rounded half up to the base, or nothing when it is too small."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if value < profile.smallest:
        return None
    return math.floor(value / profile.base + 0.5) * profile.base


def _people(counts: Collection[str]) -> Rule:
    """Return the rule of a table whose rows describe groups of people.

    A row any of whose counts is too small, or whose counts differ by too few people, loses all
    its numbers: those left would tell about the few.
    """

    def rule(table: Table, profile: Profile) -> Table:
        if profile.smallest == 0:
            return table
        return replace(table, rows=tuple(_group(row, counts, profile) for row in table.rows))

    return rule


def _group(row: Row, counts: Collection[str], profile: Profile) -> Row:
    known = [value for key in counts if isinstance(value := row.get(key), int)]
    gaps = [abs(one - other) for one in known for other in known if one != other]
    if any(n < profile.smallest for n in (*known, *gaps)):
        return {key: value if isinstance(value, str) else None for key, value in row.items()}
    return {
        key: _count(value, profile) if key in counts else _digits(value, profile)
        for key, value in row.items()
    }


def _public(table: Table, profile: Profile) -> Table:
    """Return a table that holds no counts of people: numbers lose their last digits."""
    if profile.smallest == 0:
        return table
    rows = tuple({k: _digits(v, profile) for k, v in row.items()} for row in table.rows)
    return replace(table, rows=rows)


def _clusters(table: Table, profile: Profile) -> Table:
    """Return the clusters without their extremes, which are single schools."""
    if profile.smallest == 0:
        return table
    hidden = ("smallest", "largest", "largest_share")
    rows = tuple({k: None if k in hidden else v for k, v in row.items()} for row in table.rows)
    return replace(table, rows=rows)


RULES: Mapping[str, Rule] = {
    "arms": _people(("n_assigned", "n_obs")),
    "attrition": _people(("n_assigned", "n_obs")),
    "balance": _public,
    "clusters": _clusters,
    "accounts": _public,
    "cash_flow": _public,
    "distribution": _public,
    "break_even": _public,
    "inputs": _public,
    "schedule": _public,
}


def strict_number(row: Estimate, profile: Profile) -> Estimate | None:
    """Return an estimate as it may be shown, or nothing when too few people are behind it."""
    if profile.smallest == 0:
        return row
    if min(row.n_treated, row.n_obs - row.n_treated) < profile.smallest:
        return None
    if row.df is not None and row.df < profile.smallest:
        return None
    keep = ("estimate", "std_error", "conf_low", "conf_high", "p_value", "df")
    shown = {key: _digits(getattr(row, key), profile) for key in keep}
    counts = {key: _count(getattr(row, key), profile) for key in ("n_obs", "n_treated")}
    return replace(row, **shown, **counts)  # type: ignore[arg-type]


def hidden_cells(before: Table, after: Table) -> int:
    """Return how many cells a rule has hidden."""
    return sum(
        old.get(key) is not None and new.get(key) is None
        for old, new in zip(before.rows, after.rows, strict=True)
        for key in old
    )
