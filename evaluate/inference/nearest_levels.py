"""Units that matching cannot tell apart, as one level; and how much of one level meets another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.inference.comparison import Ints
from evaluate.inference.linear import Float

# In standard deviations of what is matched on: less than this apart is rounding.
SAME, DIGITS = 1e-10, 10


@dataclass(frozen=True, slots=True)
class Levels:
    """One group's units by level, in order of cell and then of value.

    Attributes
    ----------
    of : ndarray of int, shape (n,)
        Level of each unit of the group.
    value : ndarray, shape (l,) or (l, p)
        What is matched on.
    measure : ndarray, shape (l,)
        What a caliper limits; zeros without one.
    size : ndarray of int, shape (l,)
        Units of each level.
    cell : ndarray of int, shape (l,)
        Exact cell.
    order : ndarray of int, shape (n,)
        The group's units by level.
    """

    of: Ints
    value: Float
    measure: Float
    size: Ints
    cell: Ints
    order: Ints

    def within(self, cell: int) -> slice:
        """Return the levels of a cell.

        Parameters
        ----------
        cell : int
            Its code.
        """
        first, last = np.searchsorted(self.cell, [cell, cell + 1])
        return slice(int(first), int(last))


@dataclass(frozen=True, slots=True)
class Flow:
    """What of one group's levels is matched with which of the other's.

    Attributes
    ----------
    source, target : ndarray of int, shape (m,)
        Levels.
    amount : ndarray, shape (m,)
        Without replacement, matches made; with replacement, units of the target that each unit
        of the source is matched with.
    """

    source: Ints
    target: Ints
    amount: Float


def on_a_line(value: Float, measure: Float, cell: Ints | None) -> Levels:
    """Return units by level of one number.

    Parameters
    ----------
    value : ndarray, shape (n,)
        In standard deviations.
    measure : ndarray, shape (n,)
        A function of the value that does not fall.
    cell : ndarray of int, shape (n,), or None
        Exact cell.
    """
    order = np.argsort(value) if cell is None else np.lexsort((value, cell))
    at = value[order]
    starts = np.empty(len(at), bool)
    starts[:1] = True
    starts[1:] = np.diff(at) > SAME
    if cell is not None:
        starts[1:] |= np.diff(cell[order]) != 0
    return _levels(order, starts, value, measure, cell)


def in_space(rows: Float, value: Float, measure: Float, cell: Ints | None) -> Levels:
    """Return units by level of several numbers.

    Parameters
    ----------
    rows : ndarray, shape (n, q)
        Units with equal rows are of one level.
    value : ndarray, shape (n, p)
        A function of the rows.
    measure : ndarray, shape (n,)
        What a caliper limits; also tells levels apart.
    cell : ndarray of int, shape (n,), or None
        Exact cell.
    """
    columns = [*(rows[:, j] for j in reversed(range(rows.shape[1])))]
    keys = [measure.round(DIGITS), *columns] + ([] if cell is None else [cell])
    order = np.lexsort(keys)
    starts = np.zeros(len(order), bool)
    starts[:1] = True
    for key in keys:
        starts[1:] |= np.diff(key[order]) != 0
    return _levels(order, starts, value, measure, cell)


def _levels(
    order: Ints,
    starts: np.typing.NDArray[np.bool_],
    value: Float,
    measure: Float,
    cell: Ints | None,
) -> Levels:
    of = np.empty(len(order), np.int64)
    of[order] = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    at = order[first]
    size = np.diff(np.append(first, len(order))).astype(np.int64)
    cells = np.zeros(len(first), np.int64) if cell is None else cell[at]
    return Levels(of, value[at], measure[at], size, cells, order)
