"""The interval of a share, which also holds for none, for all and for few."""

from __future__ import annotations

from math import sqrt

from evaluate.inference.t import t_quantile


def wilson(
    successes: float, n: float, conf_level: float = 0.95, design_effect: float = 1.0
) -> tuple[float, float]:
    """Return Wilson's interval of a share.

    Parameters
    ----------
    successes, n : float
        How many of how many; ``n`` above 0.
    conf_level : float
        Coverage probability, in (0, 1).
    design_effect : float
        How much clusters multiply the variance, 1 or more: both numbers are divided by it.

    Returns
    -------
    tuple of two float
        In [0, 1].

    References
    ----------
    Wilson (1927), JASA 22(158); Brown, Cai & DasGupta (2001), Statistical Science 16(2), eq. 4;
    with a design effect Korn & Graubard (1998), Survey Methodology 24(2). R
    ``prop.test(x, n, correct = FALSE)$conf.int``.
    """
    share, size = successes / n, n / design_effect
    z2 = t_quantile((1 + conf_level) / 2, None) ** 2
    middle = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = sqrt(z2 * (share * (1 - share) / size + z2 / (4 * size**2))) / (1 + z2 / size)
    return max(0.0, middle - half), min(1.0, middle + half)


def few_clusters(clusters: int, conf_level: float = 0.95) -> float:
    """Return what a design effect is multiplied with where it was found from few clusters.

    Parameters
    ----------
    clusters : int
        Two or more.
    conf_level : float
        Coverage probability, in (0, 1).

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24(2), section 2: the squared ratio of the
    quantiles of t and of the normal.
    """
    tail = (1 + conf_level) / 2
    return (t_quantile(tail, clusters - 1) / t_quantile(tail, None)) ** 2
