"""Cost per unit of effect: quadrant, ratio, net benefit, and the interval of a ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.finite import finite

Quadrant = Literal[
    "NE",
    "SW",
    "dominant",
    "dominated",
    "equal-effect:costlier",
    "equal-effect:cheaper",
    "equal-effect:equivalent",
]


def quadrant(cost: float, effect: float, *, tolerance: float = 1e-12) -> Quadrant:
    """Return where on the cost-effectiveness plane a difference lies.

    Parameters
    ----------
    cost, effect : float
        Differences to the comparison; a larger effect is better.
    tolerance : float
        Differences up to this size are none.

    Returns
    -------
    str
        ``"NE"``: more for more; ``"SW"``: less for less; ``"dominant"``: more effect at no more
        cost; ``"dominated"``: less effect at no less cost; or ``"equal-effect:"`` and
        ``costlier``, ``cheaper`` or ``equivalent``.

    References
    ----------
    Black (1990), Medical Decision Making 10(3), figure 1. In R: the plane of ``BCEA::ceplane.plot``.

    Examples
    --------
    >>> quadrant(-1, -1)
    'SW'
    """
    finite("cost and effect", [cost, effect])
    if abs(effect) <= tolerance:
        if abs(cost) <= tolerance:
            return "equal-effect:equivalent"
        return "equal-effect:costlier" if cost > 0 else "equal-effect:cheaper"
    if effect > 0:
        return "NE" if cost > tolerance else "dominant"
    return "SW" if cost < -tolerance else "dominated"


@dataclass(frozen=True, slots=True)
class Icer:
    """An incremental cost-effectiveness ratio and what it means.

    Attributes
    ----------
    value : float or None
        Cost of one more unit of effect (``"NE"``), or saving for each unit given up (``"SW"``);
        elsewhere a ratio says nothing, and there is none.
    quadrant : str
        See :func:`quadrant`.
    """

    value: float | None
    quadrant: Quadrant


def icer(cost: float, effect: float, *, tolerance: float = 1e-12) -> Icer:
    """Return the ratio of a difference in mean cost to a difference in mean effect.

    Whether an option is worth having is never read from this ratio's sign or size, but from
    :func:`net_benefit`: +100 for +2 and −100 for −2 have the same ratio and opposite meaning.

    Parameters
    ----------
    cost, effect : float
        Differences of means to the comparison.
    tolerance : float
        Differences up to this size are none.

    Returns
    -------
    Icer
        The ratio where it has a meaning, and the quadrant always.

    References
    ----------
    Drummond et al. (2015), Methods for the Economic Evaluation of Health Care Programmes, ch. 4.
    In R: ``BCEA::bcea(e, c)$ICER``.

    Examples
    --------
    >>> icer(100, 2), icer(-100, 2)
    (Icer(value=50.0, quadrant='NE'), Icer(value=None, quadrant='dominant'))
    """
    where = quadrant(cost, effect, tolerance=tolerance)
    return Icer(cost / effect if where in {"NE", "SW"} else None, where)


def net_benefit(effect: ArrayLike, cost: ArrayLike, threshold: ArrayLike) -> NDArray[np.float64]:
    """Return net benefit in money: threshold × effect − cost.

    Parameters
    ----------
    effect, cost : array_like
        Differences, means or draws.
    threshold : array_like
        What one unit of effect is worth, 0 or more.

    Returns
    -------
    ndarray
        Of the shape that the three have together.

    References
    ----------
    Stinnett and Mullahy (1998), Medical Decision Making 18(2), equation 1. In R:
    ``threshold * effect - cost``.

    Examples
    --------
    >>> net_benefit([2, -2], [100, -100], 60).tolist()
    [20.0, -20.0]
    """
    return np.asarray(
        finite("thresholds", threshold) * finite("effects", effect) - finite("costs", cost)
    )


def net_effect_benefit(
    effect: ArrayLike, cost: ArrayLike, threshold: ArrayLike
) -> NDArray[np.float64]:
    """Return net benefit in units of effect: effect − cost / threshold.

    Parameters
    ----------
    effect, cost : array_like
        Differences, means or draws.
    threshold : array_like
        What one unit of effect is worth, above 0.

    Returns
    -------
    ndarray
        Effect left when the money could have bought effect elsewhere at the threshold.

    Raises
    ------
    ValueError
        If a threshold is not above 0.

    References
    ----------
    Stinnett and Mullahy (1998), equation 2 (net health benefit). In R:
    ``effect - cost / threshold``.

    Examples
    --------
    >>> float(net_effect_benefit(9, 1_500_000, 250_000))
    3.0
    """
    price = finite("thresholds", threshold)
    if (price <= 0).any():
        raise ValueError("a net benefit in units of effect needs thresholds above 0")
    return np.asarray(finite("effects", effect) - finite("costs", cost) / price)


@dataclass(frozen=True, slots=True)
class RatioInterval:
    """A confidence set of a ratio.

    Attributes
    ----------
    low, high : float or None
        Its ends; ``None`` where it has none.
    state : str
        ``""``, or ``"unbounded"``: the effect is not significantly different from zero, so that no
        ratio can be excluded in both directions. Report net benefit instead.
    """

    low: float | None
    high: float | None
    state: Literal["", "unbounded"]


def fieller(
    cost: float,
    effect: float,
    *,
    se_cost: float,
    se_effect: float,
    correlation: float = 0.0,
    df: float | None = None,
    level: float = 0.95,
) -> RatioInterval:
    """Return the confidence set of cost over effect by Fieller's theorem.

    Parameters
    ----------
    cost, effect : float
        Estimated differences.
    se_cost, se_effect : float
        Their standard errors.
    correlation : float
        Between the two estimates.
    df : float, optional
        Degrees of freedom; normal without them.
    level : float
        Between 0 and 1.

    Returns
    -------
    RatioInterval
        Bounded where the effect differs significantly from zero at this level.

    Raises
    ------
    ValueError
        If a standard error is negative or the correlation is not between −1 and 1.

    References
    ----------
    Fieller (1954), JRSS B 16(2); Willan and O'Brien (1996), Health Economics 5(4). In R:
    ``mratios::gsci.ratio``; in Stata: ``fieller``.

    Examples
    --------
    >>> found = fieller(1.6e6, 9, se_cost=3e5, se_effect=2, correlation=0.1)
    >>> round(found.low, 1), round(found.high, 1)
    (102438.7, 329333.7)
    >>> fieller(1.6e6, 3, se_cost=3e5, se_effect=2).state
    'unbounded'
    """
    from scipy.special import ndtri, stdtrit

    finite("estimates", [cost, effect, se_cost, se_effect, correlation])
    if min(se_cost, se_effect) < 0 or abs(correlation) > 1:
        raise ValueError("standard errors are 0 or more, a correlation between -1 and 1")
    share = (1 + level) / 2
    z = float(ndtri(share) if df is None else stdtrit(df, share))
    a = effect**2 - (z * se_effect) ** 2
    b = cost * effect - z**2 * correlation * se_cost * se_effect
    c = cost**2 - (z * se_cost) ** 2
    if a <= 0:
        return RatioInterval(None, None, "unbounded")
    # Never below 0 where the effect differs from zero, but for rounding.
    half = math.sqrt(max(b * b - a * c, 0.0))
    return RatioInterval((b - half) / a, (b + half) / a, "")
