"""Smallest effect that a randomised trial can be expected to find, before it has data.

A layout is how many units are assigned and how alike they are. Effects are in standard
deviations of the outcome between individuals, clusters included; multiplied by that standard
deviation they are in the outcome's unit. Names of formulas are those of R's PowerUpR.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

from evaluate.inference.power import CONF_LEVEL, POWER, multiplier, power_of
from evaluate.inference.t import t_quantile

_MOST_UNITS = 1e9


@dataclass(frozen=True, slots=True)
class Layout:
    """How precisely a trial is laid out.

    Attributes
    ----------
    scale : float
        Variance of the estimated effect, in squares of the outcome's standard deviation.
    df : float or None
        Degrees of freedom of the test; ``None`` is normal.
    """

    scale: float
    df: float | None

    def mdes(self, power: float = POWER, conf_level: float = CONF_LEVEL) -> float:
        """Return the minimum detectable effect size; Bloom (1995)."""
        return multiplier(self.df, power, conf_level) * sqrt(self.scale)

    def exact_mdes(self, power: float = POWER, conf_level: float = CONF_LEVEL) -> float:
        """Return the same with the noncentral t in place of a shifted one; R ``pwr``."""
        from scipy.optimize import brentq

        near = multiplier(self.df, power, conf_level)

        def _short(shift: float) -> float:
            return power_of(shift, self.df, conf_level) - power

        return float(brentq(_short, near / 2, near * 2, xtol=1e-13)) * sqrt(self.scale)

    def interval(self, power: float = POWER, conf_level: float = CONF_LEVEL) -> tuple[float, float]:
        """Return the limits of the interval around an estimate of the size of ``mdes``."""
        middle = self.mdes(power, conf_level)
        half = t_quantile((1 + conf_level) / 2, self.df) * sqrt(self.scale)
        return middle - half, middle + half

    def power(self, effect: float, conf_level: float = CONF_LEVEL) -> float:
        """Return the probability that an effect of this size is found."""
        return power_of(effect / sqrt(self.scale), self.df, conf_level)


def individuals(n: float, *, share: float = 0.5, r2: float = 0.0, covariates: int = 0) -> Layout:
    """Return the layout of individuals assigned one by one; ``ira1r1``.

    Parameters
    ----------
    n : float
        Individuals in both groups together.
    share : float
        Share of them that is treated, in (0, 1).
    r2 : float
        Share of the variance that covariates explain, in [0, 1).
    covariates : int
        How many covariates there are.

    References
    ----------
    Dong & Maynard (2013), Journal of Research on Educational Effectiveness 6(1), model 1.0;
    R ``PowerUpR::mdes.ira1r1(n = n, p = share, r21 = r2, g1 = covariates)``.
    """
    return Layout((1 - r2) / (share * (1 - share) * n), n - covariates - 2)


def blocked_individuals(
    blocks: int, size: float, *, share: float = 0.5, r2: float = 0.0, covariates: int = 0
) -> Layout:
    """Return the layout of individuals assigned within blocks whose effect is one; ``bira2c1``.

    Parameters
    ----------
    blocks : int
        Blocks, such as sites.
    size : float
        Individuals in each.
    share, r2, covariates : float
        As in ``individuals``; the covariates' share is that of the variance within blocks.

    References
    ----------
    Dong & Maynard (2013), model 2.1; R ``PowerUpR::mdes.bira2c1(J = blocks, n = size)``.
    """
    layout = individuals(blocks * size, share=share, r2=r2)
    return replace(layout, df=blocks * (size - 1) - covariates - 1)


def clustered(
    clusters: float,
    size: float,
    icc: float,
    *,
    share: float = 0.5,
    r2_between: float = 0.0,
    r2_within: float = 0.0,
    covariates: int = 0,
    cv: float = 0.0,
) -> Layout:
    """Return the layout of whole clusters assigned; ``cra2r2``.

    Parameters
    ----------
    clusters : float
        Clusters in both groups together.
    size : float
        Mean number of individuals in a cluster.
    icc : float
        Share of the outcome's variance that lies between clusters, in [0, 1).
    share : float
        Share of the clusters that is treated, in (0, 1).
    r2_between, r2_within : float
        Share of the variance between and within clusters that covariates explain.
    covariates : int
        Covariates of clusters.
    cv : float
        Standard deviation of the clusters' sizes over their mean.

    References
    ----------
    Dong & Maynard (2013), model 3.1; R ``PowerUpR::mdes.cra2r2``. With clusters of unlike
    size: Eldridge, Ashby & Kerry (2006), International Journal of Epidemiology 35(5), eq. 4.
    """
    each = share * (1 - share) * clusters
    between = icc * (1 - r2_between) * (1 + cv**2) / each
    within = (1 - icc) * (1 - r2_within) / (each * size)
    return Layout(between + within, clusters - covariates - 2)


def blocked_clusters(
    blocks: int,
    clusters: float,
    size: float,
    icc: float,
    *,
    share: float = 0.5,
    r2_between: float = 0.0,
    r2_within: float = 0.0,
    covariates: int = 0,
    cv: float = 0.0,
) -> Layout:
    """Return the layout of clusters assigned within blocks; ``bcra3f2``.

    Parameters
    ----------
    blocks : int
        Blocks.
    clusters : float
        Clusters in each block.
    size, icc, share, r2_between, r2_within, covariates, cv : float
        As in ``clustered``; ``icc`` is of the variance within blocks.

    References
    ----------
    Dong & Maynard (2013), model 4.4; R ``PowerUpR::mdes.bcra3f2(K = blocks, J = clusters)``.
    """
    layout = clustered(
        blocks * clusters,
        size,
        icc,
        share=share,
        r2_between=r2_between,
        r2_within=r2_within,
        cv=cv,
    )
    return replace(layout, df=blocks * (clusters - 2) - covariates)


def before_after(layout: Layout, correlation: float, *, by: str = "covariate") -> Layout:
    """Return the layout where the same units' outcome was also measured before.

    Parameters
    ----------
    layout : Layout
        With the measurement after alone.
    correlation : float
        Of a unit's two values; of clusters, of their means: ``correlation_of_means``.
    by : {"covariate", "change"}
        Whether the value before is a covariate (ANCOVA), which takes one degree of freedom,
        or is taken from the value after (two-way effects).

    References
    ----------
    Frison & Pocock (1992), Statistics in Medicine 11(13), section 3; for clusters Teerenstra,
    Eldridge, Graff, de Hoop & Borm (2012), Statistics in Medicine 31(20), eq. 6 and 7.
    """
    if by == "change":
        return replace(layout, scale=layout.scale * 2 * (1 - correlation))
    df = None if layout.df is None else layout.df - 1
    return Layout(layout.scale * (1 - correlation**2), df)


def correlation_of_means(
    size: float, icc: float, *, of_clusters: float, of_people: float = 0.0
) -> float:
    """Return the correlation of clusters' mean outcomes before and after.

    Parameters
    ----------
    size, icc : float
        As in ``clustered``.
    of_clusters : float
        Correlation of the clusters' own part of the outcome, before and after.
    of_people : float
        Correlation of the rest, where the same people are measured; 0 where others are.

    References
    ----------
    Teerenstra et al. (2012), eq. 4.
    """
    return (size * icc * of_clusters + (1 - icc) * of_people) / (1 + (size - 1) * icc)


def needed(
    layout: Callable[[float], Layout],
    effect: float,
    *,
    fewest: float = 4.0,
    power: float = POWER,
    conf_level: float = CONF_LEVEL,
) -> float | None:
    """Return how many units a layout needs to find an effect; round up to whole units.

    Parameters
    ----------
    layout : callable
        The layout of a number of units.
    effect : float
        In standard deviations.
    fewest : float
        Units from which the layout has degrees of freedom.
    power, conf_level : float
        As in ``Layout``.

    Returns
    -------
    float or None
        Units, not rounded; ``None`` where no number of them is enough.

    References
    ----------
    R ``pwr::pwr.t.test``; ``PowerUpR::mrss.cra2r2`` rounds to the nearest instead.
    """
    from scipy.optimize import brentq

    def short(units: float) -> float:
        return layout(units).power(effect, conf_level) - power

    most = fewest
    while short(most) < 0:
        most *= 2
        if most > _MOST_UNITS:
            return None
    if most == fewest:
        return fewest
    return float(brentq(short, most / 2, most, xtol=1e-9, rtol=1e-14))
