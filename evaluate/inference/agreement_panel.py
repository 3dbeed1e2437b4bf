"""What several coders said of the same units, as one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused

Float = NDArray[np.float64]
Int = NDArray[np.int64]
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Panel:
    """Units by coders, with the place of each value on its scale.

    Attributes
    ----------
    codes : ndarray of int, shape (units, coders)
        Number of the category; -1 where a coder said nothing.
    values : ndarray, shape (categories,)
        What each category counts as on an interval or ratio scale, in rising order of categories.
    categories : tuple of str
        Their names, in the order of the scale.
    coders : tuple of str
        Their names, in the order of the alphabet.
    groups : ndarray of int, shape (units,), or None
        Rows that are drawn together, numbered from 0; each alone by default.
    """

    codes: Int = field(repr=False)
    values: Float
    categories: tuple[str, ...]
    coders: tuple[str, ...]
    groups: Int | None = None

    @property
    def counts(self) -> Float:
        """Return how many coders gave each unit each category, shape (units, categories)."""
        q = len(self.categories)
        found: Float = (self.codes[:, :, None] == np.arange(q)).sum(axis=1).astype(np.float64)
        return found

    @property
    def n_shared(self) -> int:
        """Return how many units two or more coders spoke of; of groups, how many of them."""
        shared = (self.codes >= 0).sum(axis=1) >= _PAIR
        return len(np.unique(self.groups[shared])) if self.groups is not None else int(shared.sum())

    def of(self, one: int, other: int) -> Panel:
        """Return the units that both of two coders spoke of."""
        pair = self.codes[:, [one, other]]
        kept = pair[(pair >= 0).all(axis=1)]
        return Panel(kept, self.values, self.categories, (self.coders[one], self.coders[other]))


def panel_of(
    codes: NDArray[Any], values: Sequence[float] | Float, names: Sequence[str] = ()
) -> Panel:
    """Return a panel from a table of numbered categories, units in an order of their own.

    Parameters
    ----------
    codes : ndarray of int, shape (units, coders)
        Number of the category; -1 where a coder said nothing.
    values : sequence of float
        What each category counts as.
    names : sequence of str
        Names of the coders; numbers by default.

    Raises
    ------
    Refused
        ``one_rater`` with a single coder who said anything; ``no_shared_units`` where no unit was
        seen by two.
    """
    codes = np.asarray(codes, dtype=np.int64)
    codes = codes[(codes >= 0).any(axis=1)]
    names = [str(one) for one in names] or [str(one + 1) for one in range(codes.shape[1])]
    said = np.flatnonzero((codes >= 0).any(axis=0))
    codes, names = codes[:, said], [names[one] for one in said]
    if len(names) < _PAIR:
        raise Refused(
            "one_rater",
            "one coder alone cannot agree or disagree with anybody",
            "let a second coder code some of the same units, without seeing the first one's codes",
        )
    if not ((codes >= 0).sum(axis=1) >= _PAIR).any():
        raise Refused(
            "no_shared_units",
            "no unit was coded by two coders, so that nothing can be compared",
            "let coders code some of the same units, or check the column of the unit",
        )
    # Units with the same codes are alike: sorted by them, draws do not depend on the file's order.
    codes = codes[np.lexsort(codes.T)]
    where = np.asarray(values, dtype=np.float64)
    return Panel(codes, where, tuple(f"{one:g}" for one in where), tuple(names))


def panel_of_numbers(table: Float, scale: Sequence[float] = (), names: Sequence[str] = ()) -> Panel:
    """Return a panel from numbers.

    Parameters
    ----------
    table : ndarray, shape (units, coders)
        NaN where a coder said nothing.
    scale : sequence of float
        All values of the scale; those that occur by default.
    names : sequence of str
        Names of the coders.

    Raises
    ------
    Refused
        ``off_scale`` where a value is not on the scale; ``not_numbers`` where one is infinite;
        as ``panel_of``.
    """
    table = np.asarray(table, dtype=np.float64)
    there = ~np.isnan(table)
    if np.isinf(table).any():
        raise Refused("not_numbers", "a value is infinite", "check the column of the value")
    values = np.unique(np.asarray(scale, dtype=np.float64) if len(scale) else table[there])
    codes = np.full(table.shape, -1, dtype=np.int64)
    codes[there] = np.searchsorted(values, table[there])
    if (codes >= len(values)).any() or (values[codes[there]] != table[there]).any():
        raise Refused(
            "off_scale",
            "a value is not on the scale that the study declares",
            "add the value to the scale, or correct the row",
        )
    return panel_of(codes, values, names)


def panel_of_rows(
    unit: NDArray[Any], coder: NDArray[Any], code: Int, values: Sequence[float]
) -> Panel:
    """Return a panel from rows, one for each unit and coder.

    Parameters
    ----------
    unit, coder : ndarray, shape (n,)
        What was coded, and by whom.
    code : ndarray of int, shape (n,)
        Number of the category; -1 where the coder said nothing.
    values : sequence of float
        What each category counts as.

    Raises
    ------
    Refused
        ``coded_twice`` where a coder has two rows for a unit; as ``panel_of``.
    """
    if not len(unit):
        return panel_of(np.empty((0, 0)), values)
    _, at = np.unique(unit.astype(str), return_inverse=True)
    names, who = np.unique(coder.astype(str), return_inverse=True)
    if len(set(zip(at.tolist(), who.tolist(), strict=True))) < len(at):
        raise Refused(
            "coded_twice",
            "a coder has two rows for the same unit",
            "keep one row for each unit and coder, or name the column of the code",
        )
    codes = np.full((int(at.max()) + 1, len(names)), -1, dtype=np.int64)
    codes[at, who] = code
    return panel_of(codes, values, [str(one) for one in names])


def stacked(given: Int, names: Sequence[str]) -> Panel:
    """Return one panel of many labels, in which the labels of a unit are drawn together.

    Parameters
    ----------
    given : ndarray of int, shape (units, labels, coders)
        1 where a coder gave the label, 0 where not, -1 where the coder did not see the unit.
    names : sequence of str
        Names of the coders.

    Raises
    ------
    Refused
        As ``panel_of``.
    """
    units, labels, coders = given.shape
    panel_of(given[:, 0], (0, 1), names)
    given = given[np.lexsort(given.reshape(units, -1).T)]
    rows = np.asarray(given.reshape(-1, coders), dtype=np.int64)
    groups = np.repeat(np.arange(units), labels)
    return Panel(rows, np.array([0.0, 1.0]), ("0", "1"), tuple(names), groups)
