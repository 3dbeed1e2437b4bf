"""Many quantiles of one distribution from few: interpolation between exact ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.ranges import Uncertain

Floats = NDArray[np.float64]
_NODES = 2048
_SLOW = ("gamma", "beta", "pert")  # iterated; the others have a formula


def quantiles(uncertain: Uncertain, figure: float, shares: ArrayLike) -> Floats:
    """Return many quantiles of a figure's distribution.

    Parameters
    ----------
    uncertain : Uncertain
        The distribution.
    figure : float
        Its mode or mean.
    shares : array_like, shape (n,)
        Strictly between 0 and 1.
    """
    if uncertain.kind in _SLOW:
        return from_grid(partial(uncertain.quantiles, figure), shares)
    return uncertain.quantiles(figure, shares)


def from_grid(exact: Callable[[Floats], Floats], shares: ArrayLike) -> Floats:
    """Return quantiles at many shares, computed exactly at 2 048 of them.

    Quantile functions of gamma and beta distributions are smooth in the normal score of the
    share, so cubics through four neighbouring nodes miss them by less than 1e-9 of their spread,
    far below what a draw can tell.

    Parameters
    ----------
    exact : callable
        Takes shares strictly between 0 and 1, returns quantiles.
    shares : array_like, shape (n,)
        Strictly between 0 and 1.

    Returns
    -------
    ndarray, shape (n,)
        Quantiles; exact ones where there are no more shares than nodes.

    References
    ----------
    Lagrange interpolation on equal steps: Abramowitz and Stegun (1964), equation 25.2.13.

    Examples
    --------
    >>> float(from_grid(np.sqrt, [0.25])[0])
    0.5
    """
    at = np.asarray(shares, dtype=np.float64)
    if at.size <= 2 * _NODES:
        return exact(at)
    from scipy.special import ndtr, ndtri

    score = np.asarray(ndtri(at), dtype=np.float64)
    # Inside the outermost shares, so that no node is 0 or 1.
    nodes = np.linspace(score.min(), score.max(), _NODES)
    values = exact(np.clip(ndtr(nodes), at.min(), at.max()))
    score -= nodes[0]
    score *= (_NODES - 1) / (nodes[-1] - nodes[0])
    first = np.clip(score.astype(np.int64), 1, _NODES - 3)
    score -= first
    return _cubic(_coefficients(values), first - 1, score)


def _coefficients(values: Floats) -> Floats:
    """Return cubics through four neighbours each, by power of the step from the second."""
    a, b, c, d = (values[i : values.size - 3 + i] for i in range(4))
    cube = (d - a) / 6 + (b - c) / 2
    square = (a + c) / 2 - b
    return np.stack([b, c - b - square - cube, square, cube])


def _cubic(powers: Floats, place: NDArray[np.int64], step: Floats) -> Floats:
    found = np.asarray(powers[3].take(place), dtype=np.float64)
    for power in powers[2::-1]:
        found *= step
        found += power.take(place)
    return found
