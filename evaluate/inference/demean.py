"""Columns less the effects of any number of factors, from NumPy columns.

One factor is demeaned. Of two, the larger is demeaned and the other's coefficients solve as
many equations as it has levels: exact, without iteration. Three or more, or two large ones,
are solved by conjugate gradients until the demeaned columns are known to 1e-10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from evaluate.data.moments import Float
from evaluate.data.within import shown_periods
from evaluate.inference.demean_factors import Factor, connected_sets, less_means, shared
from evaluate.inference.demean_iterated import iterated

# Levels up to which the second factor's equations are solved at once: 32 MB.
SOLVED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Demeaned:
    """Residuals of columns on indicators of all levels of all factors.

    Attributes
    ----------
    columns : ndarray, shape (k, n)
        One column in each row of the array.
    rank : int
        Rank of the indicators, the constant among them. With three factors or more it is
        exact for the largest two, and each other counts its levels less one.
    """

    columns: Float = field(repr=False)
    rank: int


def demeaned(
    columns: Float,
    factors: Sequence[Factor],
    weights: Float | None = None,
    *,
    overwrite: bool = False,
) -> Demeaned:
    """Return columns less the effects of factors.

    Parameters
    ----------
    columns : ndarray, shape (k, n)
        One column in each row of the array.
    factors : sequence of Factor
        One or more.
    weights : ndarray, shape (n,), or None
        Positive.
    overwrite : bool
        Whether the columns' own memory may take the result.

    Returns
    -------
    Demeaned
        R ``fixest::demean(columns, factors)``.

    Raises
    ------
    Refused
        ``not_converged`` when the tolerance is not reached; the last iterate is never
        returned.
    """
    largest, *others = sorted(factors, key=lambda one: -one.size)
    if not others:
        heavy = largest.sums(weights)
        less = np.array([less_means(x, largest, heavy, weights) for x in columns])
        return Demeaned(less.reshape(columns.shape), largest.size)
    if len(others) == 1 and others[0].size <= SOLVED_AT_ONCE:
        found = columns if overwrite else np.empty_like(columns)
        return _two(columns, (largest, others[0]), weights, found)
    less = np.array([iterated(x, largest, others, weights) for x in columns])
    rank = largest.size + others[0].size - connected_sets(largest, others[0])
    rank += sum(one.size - 1 for one in others[1:])
    return Demeaned(less.reshape(columns.shape), rank)


def _two(
    columns: Float, factors: tuple[Factor, Factor], weights: Float | None, found: Float
) -> Demeaned:
    """Return columns less effects of units and periods, in ``found``: exact."""
    unit, period = factors
    seen, even = shared(unit, period, weights)
    if even:
        _even(columns, unit, period, found)
        return Demeaned(found, unit.size + period.size - 1)
    heavy, here = unit.sums(weights), period.sums(weights)
    dense = isinstance(seen, np.ndarray)
    share = seen / heavy[:, None] if dense else seen.multiply(1 / heavy[:, None])
    both = seen.T @ share
    products = np.diag(here) - (both if dense else both.toarray())
    shown = shown_periods(products)
    effects = np.zeros(period.size)
    solve = np.linalg.inv(products[np.ix_(shown, shown)])
    for i, x in enumerate(columns):
        weighed = x if weights is None else weights * x
        means = unit.sums(weighed) / heavy
        sums = period.sums(weighed) - seen.T @ means
        effects[shown] = solve @ sums[shown]
        np.subtract(x, effects[period.codes], out=found[i])
        found[i] -= (means - (seen @ effects) / heavy)[unit.codes]
    return Demeaned(found, unit.size + len(shown))


def _even(columns: Float, unit: Factor, period: Factor, found: Float) -> None:
    """Take means of units and of periods out, every unit once in every period."""
    grid = (unit.size, period.size)
    in_order = (unit.codes.reshape(grid) == np.arange(grid[0])[:, None]).all() and (
        period.codes.reshape(grid) == np.arange(grid[1])
    ).all()
    for i, x in enumerate(columns):
        if in_order:  # a product with a vector of shares is a mean, in one pass
            cells, less = x.reshape(grid), found[i].reshape(grid)
            by_unit = cells @ np.full(grid[1], 1 / grid[1])
            by_period = np.full(grid[0], 1 / grid[0]) @ cells
            np.subtract(cells, (by_unit - by_unit.mean())[:, None], out=less)
            less -= by_period
            continue
        by_unit, by_period = unit.sums(x) / grid[1], period.sums(x) / grid[0]
        np.subtract(x, (by_unit - by_unit.mean())[unit.codes], out=found[i])
        found[i] -= by_period[period.codes]
