"""Numbers brought between the ends that the dictionary gives, with their mean and spread kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
_TAIL = 1e-12  # of a probability


def bounded(
    values: Float, mean: Float, sd: float, low: float | None, high: float | None
) -> Float | None:
    """Return values within ends, with each row's mean and the standard deviation kept.

    A normal value keeps its rank: its probability is looked up in a gamma distribution above
    one end, or in a beta distribution between two, of the same mean and standard deviation.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Normal around ``mean``; missing ones stay.
    mean : ndarray, shape (n,)
        Expected value of each row; at most a few different ones.
    sd : float
        Standard deviation.
    low, high : float or None
        Ends.

    Returns
    -------
    ndarray, shape (n,), or None
        ``None`` where no distribution between the ends has this mean and spread.
    """
    from scipy.special import ndtr

    here = values[~np.isnan(values)]
    if not ((low is not None and (here < low).any()) or (high is not None and (here > high).any())):
        return values
    rank = np.clip(ndtr((values - mean) / sd), _TAIL, 1 - _TAIL)
    found = values.copy()
    for centre in np.unique(mean):
        rows = (mean == centre) & ~np.isnan(values)
        quantiles = _quantiles(rank[rows], float(centre), sd, (low, high))
        if quantiles is None:
            return None
        found[rows] = quantiles
    return found


def _quantiles(
    rank: Float, mean: float, sd: float, ends: tuple[float | None, float | None]
) -> Float | None:
    from scipy.special import betaincinv, gammaincinv

    low, high = ends
    if low is not None and high is not None:
        width, share = high - low, (mean - low) / (high - low)
        if not 0 < share < 1 or sd**2 >= share * (1 - share) * width**2:
            return None
        total = share * (1 - share) * (width / sd) ** 2 - 1
        inner: Float = betaincinv(share * total, (1 - share) * total, rank)
        return low + width * inner
    above = mean - low if low is not None else (high or 0.0) - mean
    if above <= 0:
        return None
    shape = (above / sd) ** 2
    tail = rank if low is not None else 1 - rank
    drawn = np.asarray(gammaincinv(shape, tail), dtype=np.float64) * (above / shape)
    return low + drawn if low is not None else (high or 0.0) - drawn
