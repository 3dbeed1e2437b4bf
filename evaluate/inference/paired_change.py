"""How much the same people changed from one time to another; no comparison, so no effect."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.linear import Float, GroupMoments, fit
from evaluate.inference.t import t_quantile

Labels = NDArray[Any]
# Share of the size of the values below which their spread is rounding.
ROUNDING = 1e-12
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its uncertainty.

    Attributes
    ----------
    value, std_error, conf_low, conf_high : float
        In the unit of the values.
    df : float or None
        Degrees of freedom; ``None`` is normal.
    n : int
        Values.
    n_clusters : int or None
        Clusters; ``None`` where each value stands for itself.
    """

    value: float
    std_error: float
    df: float | None
    conf_low: float
    conf_high: float
    n: int
    n_clusters: int | None


@dataclass(frozen=True, slots=True)
class PairedChange:
    """What changed among those who were measured twice.

    Attributes
    ----------
    change : Mean
        After less before.
    before, after : float
        Means of the same people.
    sd_before, sd_after : float
        Standard deviations.
    correlation : float or None
        Of the two; ``None`` where one of them does not vary.
    standardised : Mean or None
        The change in standard deviations of the values before; ``None`` where these do not vary.
    """

    change: Mean
    before: float
    after: float
    sd_before: float
    sd_after: float
    correlation: float | None
    standardised: Mean | None


def mean_of(values: Float, cluster: Labels | None = None, conf_level: float = 0.95) -> Mean:
    """Return a mean with the interval of t; with clusters CR2 and Satterthwaite's df.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Without missing ones.
    cluster : ndarray, shape (n,), or None
        What each value belongs to, such as the organiser.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``too_few_units`` with fewer than two values; ``no_variation`` when all are equal;
        ``one_cluster`` and ``no_degrees_of_freedom`` as in ``cluster_spread``.

    References
    ----------
    R ``t.test(values)``; with clusters ``clubSandwich::coef_test(lm(values ~ 1), "CR2",
    cluster)``: Pustejovsky & Tipton (2018), J. Business & Economic Statistics 36(4).
    """
    n = len(values)
    if n < _FEWEST:
        raise Refused(
            "too_few_units",
            "one unit alone has no spread to judge its mean by",
            "add units, or describe the one in words",
        )
    # Sorted sums do not depend on the order of the rows.
    middle = float(np.sort(values).sum() / n)
    centred = np.asarray(values, dtype=np.float64) - middle
    spread = sqrt(float(np.sort(centred**2).sum()) / (n - 1))
    if not spread > ROUNDING * max(abs(middle), 1e-300):
        raise Refused(
            "no_variation",
            "all units have the same value, so that nothing tells chance from change",
            "check the column; if the value is right, say in words that all agree",
        )
    if cluster is None:
        error, df = spread / sqrt(n), float(n - 1)
        groups: int | None = None
    else:
        moments = _moments(centred, cluster)
        found = cluster_spread(moments, fit(moments), np.ones(1), "CR2")
        error, df, groups = found.std_error, found.df, len(moments.n)
    half = t_quantile((1 + conf_level) / 2, df) * error
    return Mean(middle, error, df, middle - half, middle + half, n, groups)


def _moments(centred: Float, cluster: Labels) -> GroupMoments:
    """Return the moments of a model with a constant alone, clusters in an order of their own."""
    _, codes = np.unique(cluster.astype(str), return_inverse=True)
    order = np.lexsort((centred, codes))
    codes, centred = codes[order], centred[order]
    parts = (np.ones(len(codes)), centred, centred**2)
    n, y, yy = (np.bincount(codes, one).astype(np.float64) for one in parts)
    first = np.lexsort((yy, y, n))
    n, y, yy = n[first], y[first], yy[first]
    return GroupMoments(n.astype(np.int64), n[:, None, None], y[:, None], yy)


def paired_change(
    before: Float, after: Float, cluster: Labels | None = None, conf_level: float = 0.95
) -> PairedChange:
    """Return the change of those who have both values.

    The standardised change is in standard deviations *before*, corrected for small numbers,
    with a normal interval; with clusters its error comes from influence values.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        Of the same units, without missing ones.
    cluster : ndarray, shape (n,), or None
        What each unit belongs to.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        As in ``mean_of``.

    References
    ----------
    R ``t.test(after, before, paired = TRUE)``; ``metafor::escalc("SMCR", …)``: Becker (1988),
    British J. Mathematical and Statistical Psychology 41(2); Morris (2008), Organizational
    Research Methods 11(2). Influence values: Hampel et al. (1986), Robust Statistics, 2.1.
    """
    change = mean_of(after - before, cluster, conf_level)
    sds = float(np.std(before, ddof=1)), float(np.std(after, ddof=1))
    sizes = np.abs(before).max(), np.abs(after).max()
    varies = [sd > ROUNDING * size for sd, size in zip(sds, sizes, strict=True)]
    r = float(np.corrcoef(before, after)[0, 1]) if all(varies) else None
    standardised = _standardised(before, after, cluster, r, conf_level) if varies[0] else None
    means = float(before.mean()), float(after.mean())
    return PairedChange(change, *means, *sds, r, standardised)


def small_sample(df: float) -> float:
    """Return what unbiases a difference that is standardised by an sd with ``df`` degrees.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6(2), eq. 6e.
    """
    return exp(lgamma(df / 2) - log(sqrt(df / 2)) - lgamma((df - 1) / 2)) if df > 1 else 1.0


def _standardised(
    before: Float, after: Float, cluster: Labels | None, r: float | None, conf_level: float
) -> Mean:
    n, sd = len(before), float(np.std(before, ddof=1))
    factor = small_sample(n - 1)
    raw = float((after - before).mean()) / sd
    d = factor * raw
    if cluster is None:
        # A constant value after correlates with nothing: its covariance is nought.
        error = sqrt(2 * (1 - (r or 0.0)) / n + d**2 / (2 * n))
        half = t_quantile((1 + conf_level) / 2, None) * error
        return Mean(d, error, None, d - half, d + half, n, None)
    away = (before - before.mean()) / sd
    found = mean_of((after - before) / sd - raw * (away**2 - 1) / 2, cluster, conf_level)
    half, error = factor * (found.conf_high - found.value), factor * found.std_error
    return Mean(d, error, found.df, d - half, d + half, n, found.n_clusters)
