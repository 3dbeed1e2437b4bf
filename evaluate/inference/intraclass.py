"""Agreement of raters on a number: intraclass correlations, and concordance of ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.agreement_panel import Float

Model = Literal["oneway", "twoway"]
Kind = Literal["consistency", "agreement"]
Unit = Literal["single", "average"]
_PAIR = 2
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Intraclass:
    """An intraclass correlation with its interval.

    Attributes
    ----------
    value, low, high : float
        May be negative; infinite limits are ``None``.
    n, k : int
        Units with a rating from every rater, and raters.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    k: int


@dataclass(frozen=True, slots=True)
class _Squares:
    units: float
    within: float
    raters: float
    error: float
    n: int
    k: int


def intraclass(
    ratings: Float,
    model: Model = "twoway",
    kind: Kind = "agreement",
    *,
    unit: Unit = "single",
    conf_level: float = 0.95,
) -> Intraclass:
    """Return an intraclass correlation of raters.

    Parameters
    ----------
    ratings : ndarray, shape (n, k)
        Units by raters; units with a missing rating are left out.
    model : {"oneway", "twoway"}
        ``oneway`` where each unit has raters of its own.
    kind : {"consistency", "agreement"}
        Whether raters who differ by a constant agree; no matter with ``oneway``.
    unit : {"single", "average"}
        Of one rater, or of the mean of all.
    conf_level : float
        Coverage probability of the F-based interval, in (0, 1).

    Raises
    ------
    Refused
        ``one_rater`` with fewer than two raters, ``too_few_units`` with fewer than two units that
        all rated, ``all_equal`` where nothing varies.

    References
    ----------
    McGraw & Wong (1996), Psychological Methods 1(1), tables 4 and 7 (with the correction of
    1(4), 390); Shrout & Fleiss (1979), Psychological Bulletin 86(2). R ``irr::icc(x, model, type,
    unit)``; for the mean of raters in absolute agreement ``psych::ICC`` has an interval with
    other degrees of freedom, Spearman and Brown's of a single rater.
    """
    from scipy.special import fdtri

    got = _squares(ratings)
    tail = (1 + conf_level) / 2
    if model == "twoway" and kind == "agreement":
        return _absolute(got, unit, tail)
    error = got.within if model == "oneway" else got.error
    dfe = got.n * (got.k - 1) if model == "oneway" else (got.n - 1) * (got.k - 1)
    if error <= _ROUNDING * got.units:
        return Intraclass(1.0, 1.0, 1.0, got.n, got.k)
    ratio = got.units / error
    low = ratio / float(fdtri(got.n - 1, dfe, tail))
    high = ratio * float(fdtri(dfe, got.n - 1, tail))
    if unit == "average":
        average = [1 - 1 / one if one > 0 else None for one in (ratio, low, high)]
        if average[0] is None:
            raise _constant()
        return Intraclass(average[0], average[1], average[2], got.n, got.k)
    single = [(one - 1) / (one + got.k - 1) for one in (ratio, low, high)]
    return Intraclass(single[0], single[1], single[2], got.n, got.k)


def _absolute(got: _Squares, unit: Unit, tail: float) -> Intraclass:
    """Return the correlation of absolute agreement; the interval is Satterthwaite's."""
    from scipy.special import fdtri

    n, k, mr, me, mc = got.n, got.k, got.units, got.error, got.raters
    if unit == "single":
        value = (mr - me) / (mr + (k - 1) * me + k / n * (mc - me))
    else:
        value = (mr - me) / (mr + (mc - me) / n)
    if value >= 1:
        return Intraclass(1.0, 1.0, 1.0, n, k)
    # Degrees of freedom as in irr: for the mean, from k times its own correlation.
    share = k * value / (n * (1 - value))
    rest = 1 + share * (n - 1)
    top = (share * mc + rest * me) ** 2
    bottom = (share * mc) ** 2 / (k - 1) + (rest * me) ** 2 / ((n - 1) * (k - 1))
    if bottom <= 0 or mr <= 0:
        return Intraclass(value, None, None, n, k)
    df = top / bottom
    below = float(fdtri(n - 1, df, tail))
    above = float(fdtri(df, n - 1, tail))
    if unit == "single":
        mixed = k * mc + (k * n - k - n) * me
        low = n * (mr - below * me) / (below * mixed + n * mr)
        high = n * (above * mr - me) / (mixed + n * above * mr)
    else:
        low = n * (mr - below * me) / (below * (mc - me) + n * mr)
        high = n * (above * mr - me) / (mc - me + n * above * mr)
    return Intraclass(value, low, high, n, k)


def _whole(ratings: Float) -> Float:
    ratings = np.asarray(ratings, dtype=np.float64)
    if ratings.ndim != _PAIR or ratings.shape[1] < _PAIR:
        raise Refused(
            "one_rater", "one rater alone agrees with nobody", "let a second rater rate the units"
        )
    kept = ratings[~np.isnan(ratings).any(axis=1)]
    if len(kept) < _PAIR:
        raise Refused(
            "too_few_units",
            "fewer than two units have a rating from every rater",
            "let all raters rate the same units, or use Krippendorff's alpha",
        )
    return kept[np.lexsort(kept.T)]


def _constant() -> Refused:
    return Refused(
        "all_equal",
        "all ratings are equal, so that units cannot be told apart",
        "rate units that differ",
    )


def _squares(ratings: Float) -> _Squares:
    x = _whole(ratings)
    n, k = x.shape
    x = x - x.mean()
    rows, columns = x.mean(axis=1), x.mean(axis=0)
    total = float((x**2).sum())
    if total <= _ROUNDING * float((np.asarray(ratings)[~np.isnan(ratings)] ** 2).sum()):
        raise _constant()
    units = k * float(rows @ rows) / (n - 1)
    within = float(((x - rows[:, None]) ** 2).sum()) / (n * (k - 1))
    raters = n * float(columns @ columns) / (k - 1)
    error = float(((x - rows[:, None] - columns) ** 2).sum()) / ((n - 1) * (k - 1))
    return _Squares(units, within, raters, error, n, k)


def concordance(ratings: Float, *, correct: bool = True) -> float:
    """Return Kendall's W: how far raters put units in the same order.

    Parameters
    ----------
    ratings : ndarray, shape (n, k)
        Units by raters; units with a missing rating are left out.
    correct : bool
        Whether to allow for ties.

    Raises
    ------
    Refused
        ``one_rater`` and ``too_few_units`` as for ``intraclass``; ``all_equal`` where no rater
        puts units in an order.

    References
    ----------
    Kendall & Babington Smith (1939), Annals of Mathematical Statistics 10(3); Siegel & Castellan
    (1988), section 9.7, for ties. R ``irr::kendall(x, correct)``.
    """
    x = _whole(ratings)
    n, k = x.shape
    sums, ties = np.zeros(n), 0.0
    for rater in x.T:
        _, place, size = np.unique(rater, return_inverse=True, return_counts=True)
        sums += (np.cumsum(size) - (size - 1) / 2)[place]
        ties += float((size**3 - size).sum())
    spread = 12 * float(((sums - sums.mean()) ** 2).sum())
    most = float(k**2 * (n**3 - n) - (k * ties if correct else 0.0))
    if most <= 0:
        raise _constant()
    return spread / most
