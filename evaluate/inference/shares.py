"""Power and detectable difference of two shares, such as pupils who complete school."""

from __future__ import annotations

from math import asin, sqrt

from evaluate.inference.power import CONF_LEVEL, POWER, multiplier, power_of
from evaluate.inference.t import t_quantile


def needed_by_arcsine(
    share: float, other: float, *, power: float = POWER, conf_level: float = CONF_LEVEL
) -> float:
    """Return people needed in each of two groups, by the arcsine of the shares.

    Parameters
    ----------
    share, other : float
        The two shares, in [0, 1], unlike.
    power, conf_level : float
        Of the two-sided test.

    References
    ----------
    Cohen (1988), Statistical Power Analysis, section 6.4; R ``pwr::pwr.2p.test(ES.h(p, q))``.
    """
    from scipy.optimize import brentq

    h = 2 * (asin(sqrt(share)) - asin(sqrt(other)))
    # One tail alone gives a number that is never too small.
    most = 2 * (multiplier(None, power, conf_level) / h) ** 2

    def short(n: float) -> float:
        return power_of(h * sqrt(n / 2), None, conf_level) - power

    return float(brentq(short, most / 4, most * 1.01, xtol=1e-9, rtol=1e-14))


def needed_by_normal(
    share: float, other: float, *, power: float = POWER, conf_level: float = CONF_LEVEL
) -> float:
    """Return people needed in each of two groups, by the normal test with a pooled variance.

    Parameters
    ----------
    share, other, power, conf_level : float
        As in ``needed_by_arcsine``.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, eq. 4.14; R
    ``power.prop.test(p1 = share, p2 = other, power = power)``.
    """
    none = t_quantile((1 + conf_level) / 2, None) * sqrt(
        (share + other) * (1 - (share + other) / 2)
    )
    there = t_quantile(power, None) * sqrt(share * (1 - share) + other * (1 - other))
    return ((none + there) / (share - other)) ** 2


def detectable_difference(
    base: float,
    n: tuple[float, float],
    *,
    df: float | None = None,
    downwards: bool = False,
    power: float = POWER,
    conf_level: float = CONF_LEVEL,
) -> float | None:
    """Return the smallest difference between two shares that is found with this power.

    Each group has its own variance, as in the headline of a trial: the difference is as many
    standard errors as ``multiplier`` says.

    Parameters
    ----------
    base : float
        Share without the programme, in (0, 1).
    n : tuple of float
        People treated and not; of clusters, divided by the design effect.
    df : float or None
        Degrees of freedom; ``None`` is normal.
    downwards : bool
        Whether the programme lowers the share.
    power, conf_level : float
        Of the two-sided test.

    Returns
    -------
    float or None
        In shares, negative where downwards; ``None`` where the share would leave [0, 1].

    Notes
    -----
    With s = +1 or -1 and e the difference: e**2 / M**2 = v / n_c + (v + s e (1 - 2 base) -
    e**2) / n_t, where v = base (1 - base); a quadratic in e.
    """
    treated, comparison = n
    m2, v = multiplier(df, power, conf_level) ** 2, base * (1 - base)
    slope = (1 - 2 * base) * (-1 if downwards else 1) / treated
    square, constant = 1 / m2 + 1 / treated, v * (1 / comparison + 1 / treated)
    found = (slope + sqrt(slope**2 + 4 * square * constant)) / (2 * square)
    if found > (base if downwards else 1 - base):
        return None
    return -found if downwards else found
