"""Factors whose effects are absorbed, and how their levels meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer


@dataclass(frozen=True, slots=True)
class Factor:
    """A set of fixed effects.

    Attributes
    ----------
    codes : ndarray, shape (n,)
        Level of each row, 0 to ``size`` - 1.
    size : int
        Number of levels.
    """

    codes: Integer = field(repr=False)
    size: int

    def sums(self, values: Float | None = None) -> Float:
        """Return sums by level, shape (size,); counts without values."""
        found: Float = np.bincount(self.codes, values, self.size).astype(np.float64, copy=False)
        return found


def factor(values: NDArray[Any]) -> Factor:
    """Return a column's levels as codes, in the order of the levels.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Numbers or text.
    """
    whole = _whole(values)
    if whole is not None and len(whole):
        low, high = int(whole.min()), int(whole.max())
        if high - low < max(4 * len(whole), 1000):
            # Whole numbers close to each other need no sorting.
            codes = whole - low if low else whole
            seen = np.bincount(codes, minlength=high - low + 1) > 0
            if seen.all():
                return Factor(codes, len(seen))
            return Factor((np.cumsum(seen) - 1)[codes], int(seen.sum()))
    levels, found = np.unique(values, return_inverse=True)
    return Factor(found.astype(np.int64, copy=False), len(levels))


def _whole(values: NDArray[Any]) -> Integer | None:
    """Return numbers as integers where they all are."""
    if values.dtype.kind not in "iuf":
        return None
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    return whole if (whole == values).all() else None


def less_means(x: Float, unit: Factor, heavy: Float, weights: Float | None) -> Float:
    """Return a column less the means of its units.

    Parameters
    ----------
    x : ndarray, shape (n,)
        The column.
    unit : Factor
        Units.
    heavy : ndarray, shape (units,)
        Weight of each unit.
    weights : ndarray, shape (n,), or None
        Positive.
    """
    means = unit.sums(x if weights is None else weights * x) / heavy
    less: Float = x - means[unit.codes]
    return less


def shared(unit: Factor, period: Factor, weights: Float | None = None) -> tuple[Any, bool]:
    """Return the weight of each unit in each period, and whether each is there just once.

    Parameters
    ----------
    unit, period : Factor
        Two factors of n rows.
    weights : ndarray, shape (n,), or None
        Positive.

    Returns
    -------
    array, shape (units, periods), and bool
        Sparse when most units are in few periods.
    """
    n, shape = len(unit.codes), (unit.size, period.size)
    if unit.size * period.size <= 4 * n:
        place = unit.codes * period.size + period.codes
        seen = np.bincount(place, weights, unit.size * period.size).astype(np.float64)
        even = weights is None and len(seen) == n and bool((seen == 1).all())
        return seen.reshape(shape), even
    from scipy.sparse import coo_array

    ones = np.ones(n) if weights is None else weights
    return coo_array((ones, (unit.codes, period.codes)), shape=shape).tocsr(), False


def connected_sets(first: Factor, second: Factor) -> int:
    """Return the number of sets of rows that two factors' levels connect.

    Parameters
    ----------
    first, second : Factor
        Two factors of the same rows, each level with a row.

    References
    ----------
    Abowd, Creecy & Kramarz (2002), Computing person and firm effects, section 3: the rank of
    two factors together is the sum of their levels less this number.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = first.size + second.size
    links = coo_array(
        (np.ones(len(first.codes), np.int8), (first.codes, first.size + second.codes)),
        shape=(size, size),
    )
    return int(connected_components(links, directed=False)[0])
