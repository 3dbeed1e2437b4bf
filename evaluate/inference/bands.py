"""Simultaneous confidence bands: one critical value for all effects of a figure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from evaluate.data.moments import Float
from evaluate.inference.inversion import stream

# Eigenvalues of a correlation matrix below this are rounding.
_NEGLIGIBLE = 1e-12


def critical_value(
    covariance: Float,
    conf_level: float,
    draws: int,
    seed: Sequence[int],
    df: float | None = None,
) -> float:
    """Return by how many standard errors a band must reach to hold all effects at once.

    The quantile of the largest absolute studentised effect, drawn from the normal distribution
    with the effects' own correlation; never below the pointwise quantile. Effects without
    variance, such as a reference period's, do not count.

    Parameters
    ----------
    covariance : ndarray, shape (k, k)
        Of the effects in the band.
    conf_level : float
        Probability that the band holds all of them.
    draws : int
        Random draws.
    seed : sequence of int
        The analysis's own entropy.
    df : float or None
        Degrees of freedom that the standard errors share; normal where there are none.

    References
    ----------
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, algorithm 1
    (sup-t); Callaway and Sant'Anna (2021), section 4.1; ``did::aggte(cband = TRUE)`` draws
    from the multiplier bootstrap instead.
    """
    spread = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    moving = spread > 0
    alone = _quantile(conf_level, df)
    if np.count_nonzero(moving) <= 1:
        return alone
    scale = spread[moving]
    values, vectors = np.linalg.eigh(covariance[np.ix_(moving, moving)] / np.outer(scale, scale))
    kept = values > _NEGLIGIBLE * values[-1]
    root = (vectors[:, kept] * np.sqrt(values[kept])).T
    random = stream(seed, "band")
    largest = np.empty(draws)
    for start in range(0, draws, 4096):
        at = slice(start, min(start + 4096, draws))
        drawn = random.standard_normal((at.stop - start, len(root))) @ root
        largest[at] = np.abs(drawn, out=drawn).max(axis=1)
    if df is not None:
        largest /= np.sqrt(random.chisquare(df, draws) / df)
    return max(alone, float(np.quantile(largest, conf_level, method="inverted_cdf")))


def _quantile(conf_level: float, df: float | None) -> float:
    """Return the two-sided quantile of a single effect."""
    if df is None:
        return NormalDist().inv_cdf((1 + conf_level) / 2)
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + conf_level) / 2))
