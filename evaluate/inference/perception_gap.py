"""How two organisations see each other, each way, and how far apart the two views are."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.network import Float
from evaluate.inference.t import t_quantile

FEWEST_RATERS = 2


@dataclass(frozen=True, slots=True)
class View:
    """How the raters of one side see an organisation.

    Attributes
    ----------
    n : int
        Raters.
    mean : float
        On the scale of the ratings; each rater counts once.
    std_dev : float or None
        Between raters; ``None`` with one.
    conf_low, conf_high : float or None
        Student's interval, kept within the scale; ``None`` with one rater, and where raters do
        not differ, since then nothing tells how far others would.
    """

    n: int
    mean: float
    std_dev: float | None
    conf_low: float | None
    conf_high: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """One view less another.

    Attributes
    ----------
    gap : float
        On the scale of the ratings.
    conf_low, conf_high, df : float or None
        Interval and degrees of freedom; ``None`` where a side has one rater or no spread at
        all is seen.
    """

    gap: float
    conf_low: float | None
    conf_high: float | None
    df: float | None


def rater_means(items: Float) -> Float:
    """Return each rater's mean over items, NaN with fewer than half of them answered.

    Parameters
    ----------
    items : ndarray, shape (n, k)
        Ratings; NaN where an item was not answered.
    """
    there = ~np.isnan(items)
    answered = there.sum(axis=1)
    enough = answered * 2 >= items.shape[1]
    total = np.where(there, items, 0.0).sum(axis=1)
    return np.where(enough & (answered > 0), total / np.maximum(answered, 1), np.nan)


def view(ratings: Float, scale: tuple[float, float], conf_level: float = 0.95) -> View:
    """Return how one side sees an organisation.

    Parameters
    ----------
    ratings : ndarray, shape (n,)
        One of each rater; NaN are left out.
    scale : tuple of float
        Lowest and highest rating possible.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``no_raters`` when nobody rated; ``off_scale`` when a rating is outside the scale.

    References
    ----------
    Student (1908), Biometrika 6(1). R ``t.test(x)$conf.int``.
    """
    x = np.sort(ratings[~np.isnan(ratings)])
    if not len(x):
        raise Refused("no_raters", "nobody rated this side", "show the pair as missing")
    if x[0] < scale[0] or x[-1] > scale[1]:
        raise Refused(
            "off_scale",
            "a rating is outside the declared scale",
            "correct the ratings, or the scale's lowest and highest value",
        )
    if len(x) < FEWEST_RATERS:
        return View(1, float(x[0]), None, None, None)
    spread = 0.0 if x[0] == x[-1] else float(x.std(ddof=1))
    if not spread:
        return View(len(x), float(x[0]), 0.0, None, None)
    half = t_quantile((1 + conf_level) / 2, len(x) - 1) * spread / sqrt(len(x))
    mean = float(x.mean())
    return View(len(x), mean, spread, max(scale[0], mean - half), min(scale[1], mean + half))


def gap(one: View, other: View, conf_level: float = 0.95) -> Gap:
    """Return one view less the other, of different raters.

    Parameters
    ----------
    one, other : View
        Two views.
    conf_level : float
        Coverage probability, in (0, 1).

    References
    ----------
    Welch (1947), Biometrika 34(1-2). R ``t.test(x, y)``.
    """
    found = one.mean - other.mean
    if one.std_dev is None or other.std_dev is None:
        return Gap(found, None, None, None)
    parts = one.std_dev**2 / one.n, other.std_dev**2 / other.n
    variance = sum(parts)
    if not variance:
        return Gap(found, None, None, None)
    df = variance**2 / (parts[0] ** 2 / (one.n - 1) + parts[1] ** 2 / (other.n - 1))
    half = t_quantile((1 + conf_level) / 2, df) * sqrt(variance)
    return Gap(found, found - half, found + half, df)


def mean_over_cases(values: Float, conf_level: float = 0.95) -> Gap:
    """Return the mean of one number of each case, such as its gap; each case counts once.

    Parameters
    ----------
    values : ndarray, shape (g,)
        One of each case.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``no_cases`` without any.

    References
    ----------
    Student (1908), Biometrika 6(1). R ``t.test(values)``.
    """
    x = np.sort(values)
    if not len(x):
        raise Refused("no_cases", "no case has both sides", "ask both sides in a case")
    mean = float(x.mean())
    if len(x) < FEWEST_RATERS or x[0] == x[-1]:
        return Gap(mean, None, None, None)
    half = t_quantile((1 + conf_level) / 2, len(x) - 1) * float(x.std(ddof=1)) / sqrt(len(x))
    return Gap(mean, mean - half, mean + half, float(len(x) - 1))


def within_agreement(items: Float, categories: int) -> float | None:
    """Return r_wg(J): how far the raters of one side agree, 1 complete, 0 as if at random.

    Parameters
    ----------
    items : ndarray, shape (n, J)
        Ratings on whole-numbered categories; raters with a missing item are left out.
    categories : int
        Number of categories of the scale, 2 or more.

    Returns
    -------
    float or None
        In [0, 1]; ``None`` with fewer than two complete raters. More spread than at random is
        0. With few raters it varies much from sample to sample.

    References
    ----------
    James, Demaree & Wolf (1984), Journal of Applied Psychology 69(1), eq. 1 and 3, with the
    uniform null. R ``multilevel::rwg.j``.
    """
    complete = items[~np.isnan(items).any(axis=1)]
    n_items = items.shape[1]
    if len(complete) < FEWEST_RATERS:
        return None
    at_random = (categories**2 - 1) / 12
    ratio = float(complete.var(axis=0, ddof=1).mean()) / at_random
    if ratio >= 1:
        return 0.0
    return float(n_items * (1 - ratio) / (n_items * (1 - ratio) + ratio))
