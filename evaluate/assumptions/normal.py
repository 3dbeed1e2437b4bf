"""Two correlated normal variables cut at thresholds: how alike yes-or-no values are."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
_HALVINGS = 50  # of the arc of correlations: closer than rounding


def threshold(share: float) -> float:
    """Return the point that a standard normal variable exceeds with a probability.

    Parameters
    ----------
    share : float
        In 0..1; infinite at the ends.
    """
    from scipy.special import ndtri

    return -float(ndtri(share))


def density(at: float) -> float:
    """Return the standard normal density.

    Parameters
    ----------
    at : float
        Where; 0 at infinity.
    """
    return float(np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi))


@cache
def _rule() -> tuple[Float, Float]:
    points, weights = np.polynomial.legendre.leggauss(48)
    return (points + 1) / 2, weights / 2


def covariance_above(first: float, second: float, correlation: float) -> float:
    """Return the covariance of two indicators: each variable above its own threshold.

    Parameters
    ----------
    first, second : float
        Thresholds.
    correlation : float
        Of the two standard normal variables, in 0..1.

    References
    ----------
    Plackett (1954), Biometrika 41(3/4), equation (4); with the sine as variable, Drezner &
    Wesolowsky (1990), Journal of Statistical Computation and Simulation 35, equation (3).
    R ``mvtnorm::pmvnorm(lower = c(a, b), corr = R) - pnorm(-a) * pnorm(-b)``; the tests hold it
    against SciPy's ``multivariate_normal``.
    """
    return _covariance(first, second, float(np.arcsin(correlation)))


def _covariance(first: float, second: float, arc: float) -> float:
    points, weights = _rule()
    sine, cosine = np.sin(arc * points), np.cos(arc * points)
    exponent = (first**2 + second**2 - 2 * first * second * sine) / (2 * cosine**2)
    return float(arc * (weights @ np.exp(-exponent)) / (2 * np.pi))


@cache
def correlation_for(first: float, second: float, covariance: float) -> float | None:
    """Return the correlation at which two indicators have a covariance, if there is one.

    Parameters
    ----------
    first, second : float
        Thresholds.
    covariance : float
        Wanted, at least 0.
    """
    low, high = 0.0, np.pi / 2 * (1 - 1e-12)
    if _covariance(first, second, high) < covariance:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _covariance(first, second, middle) < covariance else (low, middle)
        )
    return float(np.sin((low + high) / 2))
