"""What money over years is worth: present value, net, ratio, payback, level equivalent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evaluate.economics.finite import finite

_ROUNDING = 1e-12

PaybackState = Literal["", "never", "lost_again", "no_outlay"]


def present_value(flows: ArrayLike, factors: ArrayLike) -> float:
    """Return the worth of flows in the base year.

    Parameters
    ----------
    flows : array_like, shape (t,)
        Real money in each year.
    factors : array_like, shape (t,)
        Discount factors of the same years.

    Returns
    -------
    float
        Σ flow × factor.

    Raises
    ------
    ValueError
        If there is not one factor for each flow.

    References
    ----------
    HM Treasury, The Green Book, ch. 6. In R: ``sum(flows * factors)``.

    Examples
    --------
    >>> round(present_value([0, 104, 108.16], [1, 1 / 1.04, 1 / 1.04**2]), 9)
    200.0
    """
    money, weights = finite("flows", flows), finite("factors", factors)
    if money.ndim != 1 or money.shape != weights.shape:
        raise ValueError("there must be one discount factor for each flow")
    return float(money @ weights)


def npv(benefits: ArrayLike, costs: ArrayLike, factors: ArrayLike) -> float:
    """Return the net present value: that of benefits less that of costs.

    Parameters
    ----------
    benefits, costs : array_like, shape (t,)
        Real money in each year; costs are positive numbers.
    factors : array_like, shape (t,)
        Discount factors of the same years.

    Returns
    -------
    float
        In the money of the flows; it does not depend on what is called a cost.

    References
    ----------
    HM Treasury, The Green Book, ch. 6. In R: ``sum((benefits - costs) * factors)``.

    Examples
    --------
    >>> npv([0, 1_500], [1_000, 0], [1, 0.8])
    200.0
    """
    return present_value(benefits, factors) - present_value(costs, factors)


def level_equivalent(worth: float, factors: ArrayLike) -> float:
    """Return the same amount in each year that has a given present value.

    Parameters
    ----------
    worth : float
        Present value.
    factors : array_like, shape (t,)
        Discount factors of the years in which the amount falls.

    Returns
    -------
    float
        Money a year.

    Raises
    ------
    ValueError
        If there is no year.

    References
    ----------
    The annuity whose present value is known. In R: ``worth / sum(factors)``.

    Examples
    --------
    >>> round(level_equivalent(100, [1 / 1.05, 1 / 1.05**2]), 6)
    53.780488
    """
    total = float(finite("factors", factors).sum())
    if total <= 0:
        raise ValueError("an amount a year needs at least one year")
    return worth / total


def benefit_cost_ratio(
    benefit: float, cost: float, *, gross: float = 0.0
) -> tuple[float | None, str]:
    """Return benefit over cost, or nothing and the reason why.

    Parameters
    ----------
    benefit : float
        Present value of everything but cost, with its sign.
    cost : float
        Present value of resources used; negative where more are saved.
    gross : float
        Size of what the cost is the sum of: rounding of it counts as 0.

    Returns
    -------
    tuple
        The ratio and ``""``; or ``None`` and ``"no cost"`` or ``"saves cost"``.

    Examples
    --------
    >>> benefit_cost_ratio(-859.0, 188.0)[0]
    -4.569148936170213
    >>> benefit_cost_ratio(100.0, -20.0)
    (None, 'saves cost')
    """
    if abs(cost) <= _ROUNDING * max(gross, abs(benefit)):
        return None, "no cost"
    return (benefit / cost, "") if cost > 0 else (None, "saves cost")


@dataclass(frozen=True, slots=True)
class Payback:
    """When money put in has come back.

    Attributes
    ----------
    year : int or None
        First year in which the sum so far is 0 or more; ``None`` if never within the horizon.
    final : int or None
        Year from which it stays so to the horizon; later than ``year`` where the sum falls below
        0 again; ``None`` where it ends below 0.
    state : str
        ``""``; ``"never"``; ``"lost_again"``: came back, but ends below 0; ``"no_outlay"``:
        nothing was ever put in, so that 0 says nothing about the programme.
    """

    year: int | None
    final: int | None
    state: PaybackState


def payback(flows: ArrayLike, factors: ArrayLike) -> Payback:
    """Return the year in which discounted money put in has come back.

    Parameters
    ----------
    flows : array_like, shape (t,)
        Real net money in each year from the base year; what is put in is negative.
    factors : array_like, shape (t,)
        Discount factors of the same years; ones for the undiscounted payback.

    Returns
    -------
    Payback
        Years after the base year: the smallest t ≥ 1, not before the first outlay, with
        Σ_{s≤t} flow × factor ≥ 0. A sum within rounding of 0 is 0.

    Raises
    ------
    ValueError
        If there is not one factor for each flow.

    References
    ----------
    HM Treasury (2014), Supporting public service transformation: cost benefit analysis guidance
    for local partnerships, payback period. In R: ``which(cumsum(flows * factors) >= 0)``.

    Examples
    --------
    >>> payback([-100, 60, 60], [1, 1, 1])
    Payback(year=2, final=2, state='')
    >>> payback([-100, 120, -50, 60], [1, 1, 1, 1])
    Payback(year=1, final=3, state='')
    """
    money, weights = finite("flows", flows), finite("factors", factors)
    if money.ndim != 1 or money.shape != weights.shape:
        raise ValueError("there must be one discount factor for each flow")
    worth = money * weights
    outlays = np.flatnonzero(worth < -_ROUNDING * np.abs(worth).max(initial=0.0))
    if not outlays.size:
        return Payback(0, 0, "no_outlay")
    back = worth.cumsum() >= -_ROUNDING * np.abs(worth).cumsum()
    start = max(1, int(outlays[0]))
    years = start + np.flatnonzero(back[start:])
    if not years.size:
        return Payback(None, None, "never")
    if not back[-1]:
        return Payback(int(years[0]), None, "lost_again")
    below = np.flatnonzero(~back)
    final = int(below[-1]) + 1 if below.size else start
    return Payback(int(years[0]), max(final, int(years[0])), "")
