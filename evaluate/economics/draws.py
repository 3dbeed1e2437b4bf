"""Draws of an effect from its estimate and standard error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GRID = 2**32


def draw_effect(
    estimate: float, std_error: float, df: float | None, *, n: int, seed: tuple[int, ...]
) -> NDArray[np.float64]:
    """Return draws from the sampling distribution of an effect, in random order.

    One draw is taken from each of ``n`` equally likely slices of the t distribution (normal
    without degrees of freedom), so that shares and percentiles of the draws are within 1/n of
    those of the distribution. No draw is cut off: harm is drawn as often as it is likely.

    Parameters
    ----------
    estimate, std_error : float
        In the outcome's unit.
    df : float or None
        Degrees of freedom; ``None`` is normal.
    n : int
        How many.
    seed : tuple of int
        Names the random stream.

    Returns
    -------
    ndarray, shape (n,)
        In the outcome's unit.

    References
    ----------
    McKay, Beckman and Conover (1979), Technometrics 21(2), section 2.3, in one dimension. In R:
    ``estimate + std_error * qt((sample(n) - runif(n)) / n, df)``.
    """
    from scipy.special import ndtri, stdtrit

    rng = np.random.default_rng(seed)
    slices = rng.permutation(n)
    # Strictly inside each slice: 0 and 1 would be infinite draws.
    inside = rng.integers(1, _GRID, size=n) / _GRID
    shares = (slices + inside) / n
    quantiles = ndtri(shares) if df is None else stdtrit(df, shares)
    return np.asarray(estimate + std_error * quantiles, dtype=np.float64)
