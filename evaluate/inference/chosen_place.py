"""What becomes of the worst of several places in the next year, though nothing was done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float

_TIE = 1e-9
_NEVER = 1e-17  # a chance that no digit shows


@dataclass(frozen=True, slots=True)
class Fall:
    """What to expect of the place with the highest rate of all.

    Attributes
    ----------
    base : float
        Rate of all places together.
    first, later : float
        Expected rate of the place that is worst in the first year, then and the next year.
    p_value : float
        Probability that it falls at least as far as was seen.
    given : float
        Expected rate in the next year of a place that had the rate that was seen.
    """

    base: float
    first: float
    later: float
    p_value: float
    given: float


@dataclass(frozen=True, slots=True)
class Places:
    """Places of one size, with the same chances.

    Attributes
    ----------
    number : int
        How many there were to choose from.
    size, size_later : int
        People in each, in the first and in the next year.
    between : float
        Standard deviation of the places' own rates; 0 where they differ by chance alone.
    """

    number: int
    size: int
    size_later: int
    between: float = 0.0


def worst_falls(places: Places, first: float, later: float, base: float | None = None) -> Fall:
    """Return what becomes of the place with the highest rate, by chance alone.

    Each place's number is binomial around its own rate, and the rates are spread as a beta
    distribution; all sums are exact.

    Parameters
    ----------
    places : Places
        What there was to choose from.
    first, later : float
        Rates that were seen at the chosen place, in [0, 1].
    base : float or None
        Rate of all places; ``None``: the rate at which the worst place has ``first``, of those
        at which the places' own rates have one hump.

    Raises
    ------
    Refused
        ``rate_out_of_range`` for a rate at 0 or 1, or a spread of places that is too wide for it.

    References
    ----------
    Senn (2011), Significance 8(3), on regression to the mean; the beta-binomial: Skellam (1948),
    J. Royal Statistical Society B 10(2); R ``extraDistr::dbbinom``.
    """
    if base is None:
        base = _base_of(places, first)
    shape = _shape(base, places.between)
    chances = _highest(_chances(places.size, shape), places.number)
    counts = np.arange(places.size + 1, dtype=np.float64)
    own = _own(counts, places.size, shape)
    fallen = 0.0
    alike = None if places.between else _chances(places.size_later, shape)
    for count, chance in zip(counts, chances, strict=True):
        if chance > _NEVER:
            most = (count / places.size - (first - later) + _TIE) * places.size_later
            at = _next(int(count), places, shape) if alike is None else alike
            fallen += float(chance * at[: max(int(np.floor(most)), -1) + 1].sum())
    given = float(_own(np.array([first * places.size]), places.size, shape)[0])
    expected = float(chances @ counts / places.size), float(chances @ own)
    return Fall(base, *expected, min(fallen, 1.0), given)


def _shape(base: float, between: float) -> tuple[float, float | None]:
    """Return the mean of the places' rates and how many people's worth is known beforehand."""
    if not 0 < base < 1 or between**2 >= base * (1 - base):
        raise Refused(
            "rate_out_of_range",
            "no spread of places has this rate of all and this standard deviation",
            "give a base rate between 0 and 1 and a smaller spread between places",
        )
    return base, base * (1 - base) / between**2 - 1 if between > 0 else None


def _chances(size: int, shape: tuple[float, float | None]) -> Float:
    """Return the probability of each count at one place."""
    from scipy.special import betaln, gammaln, xlog1py, xlogy

    base, known = shape
    k = np.arange(size + 1)
    choose = gammaln(size + 1) - gammaln(k + 1) - gammaln(size - k + 1)
    if known is None:
        found = np.exp(choose + xlogy(k, base) + xlog1py(size - k, -base))
    else:
        a, b = base * known, (1 - base) * known
        found = np.exp(choose + betaln(k + a, size - k + b) - betaln(a, b))
    return np.asarray(found / found.sum())


def _own(counts: Float, size: int, shape: tuple[float, float | None]) -> Float:
    """Return the expected rate of a place that had these counts: shrunk to that of all."""
    base, known = shape
    if known is None:
        return np.full(len(counts), base)
    return np.asarray((base * known + counts) / (known + size))


def _next(count: int, places: Places, shape: tuple[float, float | None]) -> Float:
    """Return the probability of each count in the next year, given the first."""
    base, known = shape
    seen = (known or 0.0) + places.size
    return _chances(places.size_later, ((base * (known or 0.0) + count) / seen, seen))


def _highest(chances: Float, number: int) -> Float:
    """Return the probability of each count at the highest of several places."""
    below = np.minimum(np.cumsum(chances), 1.0) ** number
    return np.diff(below, prepend=0.0)


def _base_of(places: Places, first: float) -> float:
    """Return the rate of all at which the worst place has the rate that was seen."""
    from scipy.optimize import brentq

    def short(base: float) -> float:
        one = _highest(_chances(places.size, _shape(base, places.between)), places.number)
        return float(one @ np.arange(places.size + 1)) / places.size - first

    least = _least(places.between)
    if not (least < first < 1 and short(least) < 0):
        raise Refused(
            "rate_out_of_range",
            "no rate of all places gives the worst one the rate that was seen",
            "give the base rate, or a smaller spread between places",
        )
    return float(brentq(short, least, first, xtol=1e-14)) if places.number > 1 else first


def _least(between: float) -> float:
    """Return the lowest rate whose spread over places has one hump, away from nought."""
    from scipy.optimize import brentq

    if not between:
        return 1e-9

    def short(base: float) -> float:
        return base * (base * (1 - base) / between**2 - 1) - 1

    # Rates that are spread as wide have two humps, near none and near all, or lie at nought.
    return float(brentq(short, 1e-9, 0.5)) if short(0.5) > 0 else 1.0
