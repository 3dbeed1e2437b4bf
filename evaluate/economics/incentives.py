"""Who pays, who gains, and which side payments would make everyone whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.core import Direction

Floats = NDArray[np.float64]

# Present values are sums of some hundred terms: what is smaller than this share is rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Stakes:
    """What each payer puts in and gets back, as present values; never of one payer alone.

    The cost of public funds and society are nobody's account and are not payers here.

    Attributes
    ----------
    payers : tuple of str, length p
        Who.
    outlay, gain : ndarray, shape (p,)
        Resources put in; everything else, with its sign. The net is gain less outlay.
    fixed, slope : ndarray, shape (p,)
        Net without any effect; what each unit of the effect adds.
    draws : ndarray, shape (n, p), or None
        Draws of the net, the same draw for all payers of a row.
    flows : ndarray, shape (p, t), or None
        Present value of the net by year; its sum over years is the net.
    public : ndarray of bool, shape (p,), or None
        Who lives on taxes.
    direction : {"increase", "decrease"}
        The desired direction of the outcome.
    """

    payers: tuple[str, ...]
    outlay: Floats
    gain: Floats
    fixed: Floats
    slope: Floats
    draws: Floats | None = None
    flows: Floats | None = None
    public: NDArray[np.bool_] | None = None
    direction: Direction = "increase"

    @property
    def net(self) -> Floats:
        """Return net present values, shape (p,); what is nothing but rounding is 0."""
        net = self.gain - self.outlay
        scale = np.abs(self.gain).max(initial=0.0) + np.abs(self.outlay).max(initial=0.0)
        return np.where(np.abs(net) <= 1e-12 * scale, 0.0, net)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio, or the reason why there is none.

    Attributes
    ----------
    value : float or None
        The ratio.
    state : str
        ``""``, or what the ratio means or why it is absent.
    """

    value: float | None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How many years a payer must wait.

    Attributes
    ----------
    year : int or None
        Year in which who was out of pocket has it all back; 0 for who never was.
    state : str
        ``""``, ``"no outlay"``, ``"never"``, or ``"falls back"``: below 0 again later.
    """

    year: int | None
    state: str = ""


def shares(values: ArrayLike) -> Floats | None:
    """Return each part's share of the sum, shape (p,); ``None`` where there is no sum above 0.

    Parts below 0 keep their sign, so that shares sum to 1: then others are above 1.

    Parameters
    ----------
    values : array_like, shape (p,)
        The parts.
    """
    parts = np.asarray(values, dtype=float)
    total = parts.sum()
    if total <= _ROUNDING * np.abs(parts).max(initial=0.0):
        return None
    return np.asarray(parts / total)


def wrong_pocket(net: ArrayLike) -> Ratio:
    """Return what losers lose per unit that winners win.

    Parameters
    ----------
    net : array_like, shape (p,)
        Net present value of each payer.

    Returns
    -------
    Ratio
        Below 1 the winners can make the losers whole; from 1 on the state is ``"not
        self-financing at this effect"``. Without winners there is no ratio (``"nobody gains"``),
        without losers it is 0 (``"nobody loses"``); without either, ``"no stake"``.

    Examples
    --------
    >>> wrong_pocket([4.0, -1.0, 0.0]).value
    0.25
    >>> wrong_pocket([-1.0, 0.0])
    Ratio(value=None, state='nobody gains')
    """
    values = np.asarray(net, dtype=float)
    lost, won = _lost(values).sum(), _won(values).sum()
    if won == 0.0:
        return Ratio(None, "nobody gains" if lost > 0.0 else "no stake")
    if lost == 0.0:
        return Ratio(0.0, "nobody loses")
    ratio = float(lost / won)
    return Ratio(ratio, "not self-financing at this effect" if ratio >= 1.0 else "")


def side_payments(net: ArrayLike) -> Floats | None:
    """Return the smallest payments after which nobody loses, from row to column.

    Each loser gets exactly what it loses; each winner pays in proportion to its net gain.

    Parameters
    ----------
    net : array_like, shape (p,)
        Net present value of each payer.

    Returns
    -------
    ndarray, shape (p, p), or None
        All 0 where nobody loses; ``None`` where the losses are no smaller than the gains.

    Notes
    -----
    Any smaller sum leaves a loser (Kaldor 1939, Economic Journal 49(195); Hicks 1939, Economic
    Journal 49(196)). In R: ``outer(pmax(net, 0), pmax(-net, 0)) / sum(pmax(net, 0))``.

    Examples
    --------
    >>> side_payments([3.0, 1.0, -2.0])[:, 2].tolist()
    [1.5, 0.5, 0.0]
    """
    values = np.asarray(net, dtype=float)
    lost, won = _lost(values), _won(values)
    if not lost.any():
        return np.zeros((values.size, values.size))
    if lost.sum() >= won.sum():
        return None
    return np.outer(won / won.sum(), lost)


def outside(gain: ArrayLike) -> Floats | None:
    """Return the share of all gains that falls outside each payer's own budget, shape (p,).

    Parameters
    ----------
    gain : array_like, shape (p,)
        Present value of each payer's gain.
    """
    found = shares(gain)
    return None if found is None else 1.0 - found


def horizon(flows: ArrayLike) -> Horizon:
    """Return the years until a payer is no longer out of pocket.

    Parameters
    ----------
    flows : array_like, shape (t,)
        Net by year from year 0: discounted, or not.

    Returns
    -------
    Horizon
        The first year, once the running sum has been below 0, in which it no longer is.

    Examples
    --------
    >>> horizon([-100.0, 60.0, 60.0]).year
    2
    """
    values = np.asarray(flows, dtype=float)
    # A running sum that ends in rounding has come back to 0.
    slack = 1e-12 * np.abs(values).sum()
    above = values.cumsum() >= -slack
    if above.all():
        return Horizon(0, "no outlay")
    below = int(np.argmin(above))
    first = next((year for year in range(below, values.size) if above[year]), None)
    if first is None:
        return Horizon(None, "never")
    return Horizon(first, "" if above[first:].all() else "falls back")


def _won(net: Floats) -> Floats:
    return np.where(net > 0.0, net, 0.0)


def _lost(net: Floats) -> Floats:
    return np.where(net < 0.0, -net, 0.0)
