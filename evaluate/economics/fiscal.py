"""The marginal value of public funds, with the cases in which it is no number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.finite import finite

MvpfState = Literal["", "pays_for_itself", "saves_money_harms_beneficiaries", "no_stake"]
_ROUNDING = 1e-12  # of the larger of the two: what is below it is the rounding of a difference


@dataclass(frozen=True, slots=True)
class Mvpf:
    """Willingness to pay for each unit of net public cost.

    Attributes
    ----------
    value : float or None
        Compare two programmes by it only where both have one.
    state : str
        ``""``; ``"pays_for_itself"``: beneficiaries gain and it costs nothing (infinite);
        ``"saves_money_harms_beneficiaries"``: no net cost and no gain either; ``"no_stake"``:
        neither cost nor gain.
    """

    value: float | None
    state: MvpfState


def mvpf(willingness: float, net_cost: float, *, gross: float = 0.0) -> Mvpf:
    """Return the marginal value of public funds.

    Parameters
    ----------
    willingness : float
        What the programme is worth to its beneficiaries, net of what they lose.
    net_cost : float
        Present value of what it costs public payers together, less what they get back. Without
        the marginal cost of public funds.
    gross : float
        Size of what the two are sums of: rounding of it counts as 0.

    Returns
    -------
    Mvpf
        Willingness over net cost where that is above 0; harm gives a negative value.

    References
    ----------
    Hendren and Sprung-Keyser (2020), QJE 135(3), section II. In R: ``willingness / net_cost``
    where ``net_cost > 0``.

    Examples
    --------
    >>> mvpf(250_000, 100_000)
    Mvpf(value=2.5, state='')
    >>> mvpf(250_000, -20_000)
    Mvpf(value=None, state='pays_for_itself')
    """
    finite("willingness to pay and net cost", [willingness, net_cost])
    nothing = _ROUNDING * max(abs(willingness), abs(net_cost), gross)
    if net_cost > nothing:
        return Mvpf(willingness / net_cost, "")
    if willingness > nothing:
        return Mvpf(None, "pays_for_itself")
    if abs(willingness) <= nothing and abs(net_cost) <= nothing:
        return Mvpf(None, "no_stake")
    return Mvpf(None, "saves_money_harms_beneficiaries")


@dataclass(frozen=True, slots=True)
class MvpfInterval:
    """The marginal value of public funds over draws.

    Attributes
    ----------
    point : Mvpf
        Of mean willingness and mean net cost.
    low, high : float or None
        Ends of the interval; ``None`` is unbounded.
    share_pays_for_itself : float
        Share of draws in which it is infinite.
    share_undefined : float
        Share of draws in which it has no place on the line: no net cost and no gain.
    """

    point: Mvpf
    low: float | None
    high: float | None
    share_pays_for_itself: float
    share_undefined: float


def mvpf_draws(willingness: ArrayLike, net_cost: ArrayLike, *, level: float = 0.95) -> MvpfInterval:
    """Return the marginal value of public funds with an interval on the extended line.

    Each draw is classed by the rules of :func:`mvpf`. One that pays for itself counts as larger
    than every number. One without a value might lie anywhere: for the lower end it counts as
    smaller than every number, for the upper end as larger, so that the interval never looks surer
    than the draws are.

    Parameters
    ----------
    willingness, net_cost : array_like, shape (s,)
        Joint draws: the same place is the same draw.
    level : float
        Between 0 and 1.

    Returns
    -------
    MvpfInterval
        Its ends are draws, the outer ones of those between which a percentile falls.

    Raises
    ------
    ValueError
        If there are no draws, or not as many of one as of the other.

    References
    ----------
    Hendren and Sprung-Keyser (2020), section III.B. In R:
    ``quantile(ifelse(net_cost > 0, willingness / net_cost, Inf), type = 1)``.

    Examples
    --------
    >>> mvpf_draws([100, 100], [50, -1]).high is None
    True
    """
    gain = finite("willingness to pay", willingness)
    cost = finite("net cost", net_cost)
    if gain.ndim != 1 or gain.shape != cost.shape or not gain.size:
        raise ValueError("willingness to pay and net cost must be draws of the same length")
    nothing = _ROUNDING * np.maximum(np.abs(gain), np.abs(cost))
    costly = cost > nothing
    free = ~costly & (gain > nothing)
    undefined = ~costly & ~free
    line = np.where(free, np.inf, 0.0)
    line[costly] = gain[costly] / cost[costly]
    tail = (1 - level) / 2 * (gain.size - 1)
    first, last = int(np.floor(tail + 1e-9)), int(np.ceil(gain.size - 1 - tail - 1e-9))
    return MvpfInterval(
        mvpf(float(gain.mean()), float(cost.mean())),
        _at(np.where(undefined, -np.inf, line), first),
        _at(np.where(undefined, np.inf, line), last),
        float(free.mean()),
        float(undefined.mean()),
    )


def _at(line: NDArray[np.float64], place: int) -> float | None:
    value = float(np.sort(line)[place])
    return value if np.isfinite(value) else None
