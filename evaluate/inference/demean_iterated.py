"""Effects of many factors by conjugate gradients: to a known tolerance, or refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.demean_factors import Factor, less_means

# Of a demeaned column's length: how far it may be from the limit.
TOLERANCE = 1e-10
MOST_STEPS = 20_000
# Of a column's length: means by level this small are as good as zero.
_ROUNDING = 1e-14
# Steps over which the distance to the limit is looked at.
_DELAY = 10


def iterated(x: Float, largest: Factor, others: Sequence[Factor], weights: Float | None) -> Float:
    """Return a column less the effects of two or more factors.

    The effects of all but the largest solve D'WM D g = D'WM x, with M demeaning within the
    largest. What a step of conjugate gradients adds to the fit has length^2 alpha rho, so
    that the sum over the latest steps is how far the demeaned column was from its limit
    before them.

    Parameters
    ----------
    x : ndarray, shape (n,)
        The column.
    largest : Factor
        Demeaned exactly in every step.
    others : sequence of Factor
        The other factors.
    weights : ndarray, shape (n,), or None
        Positive.

    Raises
    ------
    Refused
        ``not_converged`` when the tolerance is not reached, or rounding has undone it.

    References
    ----------
    Strakoš & Tichý (2002), Electronic Transactions on Numerical Analysis 13, section 4.
    """
    heavy = largest.sums(weights)
    level = np.concatenate([one.sums(weights) for one in others])
    start = less_means(x, largest, heavy, weights)
    size = _square(start, weights)
    residual = _by_level(start, others, weights)
    effects = np.zeros(len(level))
    direction = step = residual / level
    rho = float(residual @ step)
    gained: list[float] = []
    while not _arrived(gained, rho, size):
        if len(gained) == MOST_STEPS:
            raise _not_converged()
        fitted = less_means(_spread_out(direction, others), largest, heavy, weights)
        product = _by_level(fitted, others, weights)
        alpha = rho / float(direction @ product)
        effects += alpha * direction
        residual = residual - alpha * product
        gained.append(alpha * rho)
        step = residual / level
        rho, before = float(residual @ step), rho
        direction = step + rho / before * direction
    found = less_means(x - _spread_out(effects, others), largest, heavy, weights)
    left = _by_level(found, others, weights)
    # What rounding has let grow between the steps' residual and the real one.
    if float(left @ (left / level)) > (10 * TOLERANCE) ** 2 * size:
        raise _not_converged()
    return found


def _arrived(gained: Sequence[float], rho: float, size: float) -> bool:
    """Return whether conjugate gradients are at their limit, or have only rounding to gain."""
    if rho <= _ROUNDING**2 * size:
        return True
    return len(gained) >= _DELAY and sum(gained[-_DELAY:]) <= TOLERANCE**2 * size


def _square(x: Float, weights: Float | None) -> float:
    return float(x @ (x if weights is None else weights * x))


def _by_level(x: Float, factors: Sequence[Factor], weights: Float | None) -> Float:
    weighed = x if weights is None else weights * x
    return np.concatenate([one.sums(weighed) for one in factors])


def _spread_out(effects: Float, factors: Sequence[Factor]) -> Float:
    """Return the sum of each row's effects."""
    ends = np.cumsum([one.size for one in factors])[:-1]
    parts = np.split(effects, ends)
    first, *rest = (part[one.codes] for part, one in zip(parts, factors, strict=True))
    total: Float = first
    for part in rest:
        total = total + part
    return total


def _not_converged() -> Refused:
    return Refused(
        "not_converged",
        "the fixed effects are so loosely connected that their solution is not reached",
        "absorb fewer or coarser effects, or keep the largest connected set of rows",
    )
