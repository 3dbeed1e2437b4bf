"""How alike the members of a cluster are, and what that costs in precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.cluster_sums import Clusters

State = Literal["inside", "at_zero"]
# Ratios of variances that are searched; and what is rounding of a sum of squares.
_LARGEST_RATIO = 1e9
_EXACT = 1e-14


@dataclass(frozen=True, slots=True)
class Icc:
    """An intraclass correlation.

    Attributes
    ----------
    value : float
        In [0, 1).
    state : {"inside", "at_zero"}
        ``at_zero`` where clusters differ no more than chance would have it: the estimate is
        negative, or the likelihood falls from 0 on.
    between, within : float
        Variance of the clusters and of members around their cluster, in the outcome's unit
        squared.
    """

    value: float
    state: State
    between: float
    within: float


def anova_icc(clusters: Clusters) -> Icc:
    """Return the intraclass correlation from one-way analysis of variance.

    Parameters
    ----------
    clusters : Clusters
        By cluster; unlike sizes are allowed.

    Raises
    ------
    Refused
        ``one_cluster`` with fewer than two clusters, ``no_replicates`` when no cluster has
        two members, ``no_variation`` when nothing varies.

    References
    ----------
    Donner & Koval (1980), Biometrics 36(1), equation (2.1); Searle, Casella & McCulloch
    (1992), Variance Components, section 3.6. R ``ICC::ICCbare``.
    """
    between, within = mean_squares(clusters)
    extra = (between - within) / typical_size(clusters)
    if extra <= 0:
        return Icc(0.0, "at_zero", 0.0, within)
    return Icc(extra / (extra + within), "inside", extra, within)


def mean_squares(clusters: Clusters) -> tuple[float, float]:
    """Return the mean squares between and within clusters.

    Parameters
    ----------
    clusters : Clusters
        By cluster.

    Raises
    ------
    Refused
        ``one_cluster``, ``no_replicates`` and ``no_variation`` as in ``anova_icc``.
    """
    n, df = clusters.n, clusters.rows - len(clusters.n)
    require_replicates(len(n), clusters.rows)
    if not clusters.df:
        raise Refused(
            "one_cluster",
            "with a single cluster for each arm and stratum nothing tells how alike its members are",
            "use data with several clusters, or merge strata",
        )
    between = float(n @ clusters.around(n) ** 2) / clusters.df
    within = float(clusters.squares.sum()) / df
    if within <= _EXACT * (between + within):
        raise Refused(
            "no_variation",
            "members of a cluster do not differ, so that nothing can be divided",
            "check the outcome's column and that of the cluster",
        )
    return between, within


def require_replicates(clusters: int, rows: int) -> None:
    """Refuse data in which clusters and members cannot be told apart.

    Parameters
    ----------
    clusters, rows : int
        Their numbers.

    Raises
    ------
    Refused
        ``one_cluster`` and ``no_replicates``.
    """
    if clusters <= 1:
        raise Refused(
            "one_cluster",
            "with a single cluster nothing tells how alike its members are",
            "use data with several clusters",
        )
    if rows <= clusters:
        raise Refused(
            "no_replicates",
            "no cluster has two members, so that clusters and members cannot be told apart",
            "check the column of the cluster",
        )


def typical_size(clusters: Clusters) -> float:
    """Return n0, the size that stands for unlike sizes in analysis of variance.

    Parameters
    ----------
    clusters : Clusters
        By cluster.
    """
    n, place = clusters.n, clusters.place
    shared = np.bincount(place, n**2) / np.bincount(place, n)
    return float((n.sum() - shared.sum()) / clusters.df)


def icc_interval(clusters: Clusters, conf_level: float) -> tuple[float, float]:
    """Return the exact interval of the intraclass correlation.

    For a ratio r of variances the weighted squares of the clusters' means, with weights
    n / (1 + n r), over the mean square within are F distributed, whatever the sizes; the
    interval holds the ratios at which that F is not in its tails. It is exact for normal
    outcomes, and Searle's for clusters of one size.

    Parameters
    ----------
    clusters : Clusters
        By cluster.
    conf_level : float
        Coverage probability, in (0, 1).

    Returns
    -------
    tuple of two float
        In [0, 1); bounds below 0 are 0.

    Raises
    ------
    Refused
        ``one_cluster``, ``no_replicates`` and ``no_variation`` as in ``anova_icc``.

    References
    ----------
    Wald (1940), Annals of Mathematical Statistics 11(1); Searle (1971), Biometrics 27(1), for
    one size; Harville & Fenech (1985), Biometrics 41(1).
    """
    from scipy.optimize import brentq
    from scipy.special import fdtri

    _, within = mean_squares(clusters)
    g, df = clusters.df, clusters.rows - len(clusters.n)

    def f(ratio: float) -> float:
        weight = clusters.n / (1 + clusters.n * ratio)
        return float(weight @ clusters.around(weight) ** 2 / g / within)

    ends = []
    for tail in ((1 + conf_level) / 2, (1 - conf_level) / 2):
        limit = float(fdtri(g, df, tail))
        if f(0.0) <= limit:
            ends.append(0.0)
        else:
            # In the ratio's logarithm: it may be 1e-6 or 1e3.
            top = 1.0
            while f(top) > limit and top < _LARGEST_RATIO:
                top *= 10
            ratio = brentq(lambda r, q=limit: f(r) - q, 0.0, top, xtol=1e-15, rtol=1e-14)
            ends.append(float(ratio / (1 + ratio)))
    return ends[0], ends[1]


def design_effect(sizes: Float, icc: float) -> float:
    """Return how much clusters multiply the variance of a mean.

    1 + (m - 1) ICC with m = the mean size times (1 + the squared coefficient of variation of
    sizes), which is the size of the cluster that a member finds itself in on average.

    Parameters
    ----------
    sizes : ndarray, shape (g,)
        Members of each cluster.
    icc : float
        Intraclass correlation.

    References
    ----------
    Eldridge, Ashby & Kerry (2006), International Journal of Epidemiology 35(5).
    """
    return float(1 + (sizes @ sizes / sizes.sum() - 1) * icc)
