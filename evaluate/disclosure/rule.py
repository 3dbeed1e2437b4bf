"""What a rule of the gate is, and those that most kinds of table share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from evaluate.core import Cell, Table


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


def shortened(value: float, digits: int) -> float:
    """Return a number with so many significant digits."""
    return float(f"{value:.{digits}g}")


def digits(value: Cell, profile: Profile) -> Cell:
    """Return a cell; a number keeps the digits of the profile."""
    return shortened(value, profile.significant) if isinstance(value, float) else value


def nearest(count: int, profile: Profile) -> int:
    """Return a count rounded half up to the base."""
    return math.floor(count / profile.base + 0.5) * profile.base


def _count(value: Cell, profile: Profile) -> Cell:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return nearest(int(value), profile) if is_count and value is not None else value


def people(groups: Mapping[str, str | None]) -> Rule:
    """Return the rule of a table whose rows describe groups of people.

    Where one row has too few people, counts that differ by too few, or a share whose people
    are too few, the whole table is hidden: its other rows would give the hidden one back.

    Parameters
    ----------
    groups : mapping of str to str or None
        Columns that count people, each with the column of their mean.
    """

    def rule(table: Table, profile: Profile) -> Table:
        if profile.smallest == 0:
            return table
        if any(_too_few(row, groups, profile) for row in table.rows):
            return replace(table, rows=tuple(map(_words, table.rows)))
        return replace(table, rows=tuple(_rounded(row, groups, profile) for row in table.rows))

    return rule


def _too_few(row: Row, groups: Mapping[str, str | None], profile: Profile) -> bool:
    counts = [value for key in groups if isinstance(value := row.get(key), int)]
    gaps = [abs(one - other) for one in counts for other in counts if one != other]
    shares = [
        n * min(mean, 1 - mean)
        for key, column in groups.items()
        if isinstance(n := row.get(key), int)
        and isinstance(mean := row.get(column or ""), float)
        and 0 <= mean <= 1
    ]
    return any(n < profile.smallest for n in (*counts, *gaps, *shares))


def _words(row: Row) -> Row:
    return {key: value if isinstance(value, str) else None for key, value in row.items()}


def _rounded(row: Row, groups: Mapping[str, str | None], profile: Profile) -> Row:
    return {
        key: _count(value, profile) if key in groups else digits(value, profile)
        for key, value in row.items()
    }


def public(table: Table, profile: Profile) -> Table:
    """Return a table that holds no counts of people: numbers lose their last digits."""
    if profile.smallest == 0:
        return table
    rows = tuple({k: digits(v, profile) for k, v in row.items()} for row in table.rows)
    return replace(table, rows=rows)


def stated(rule: Rule) -> Rule:
    """Return a rule that also hides counts in words: a state is then given without its reason."""

    def wordless(table: Table, profile: Profile) -> Table:
        shown = rule(table, profile)
        if profile.smallest == 0:
            return shown
        rows = tuple({k: _wordless(k, v) for k, v in row.items()} for row in shown.rows)
        return replace(shown, rows=rows)

    return wordless


def _wordless(key: str, value: Cell) -> Cell:
    with_figures = key == "state" and isinstance(value, str) and re.search(r"\d", value)
    return "withheld" if with_figures else value


def withheld(table: Table, profile: Profile) -> Table:
    """Return a table of people's own words, under strict rules without any of its rows."""
    return table if profile.smallest == 0 else replace(table, rows=())
