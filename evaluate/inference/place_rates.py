"""Rates of places: standardised, against funnel limits, and held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.t import t_quantile
from evaluate.inference.wilson import wilson

_FEWEST = 2  # places: one alone differs from nobody


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with its interval.

    Attributes
    ----------
    value, conf_low, conf_high : float
        A share, or events per person.
    """

    value: float
    conf_low: float
    conf_high: float


def standardised_share(events: Float, n: Float, weights: Float, conf_level: float = 0.95) -> Rate:
    """Return the share that a place would have with the standard's make-up.

    Parameters
    ----------
    events, n : ndarray, shape (s,)
        How many of how many in each stratum; no stratum is empty.
    weights : ndarray, shape (s,)
        The standard's people in each stratum.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``empty_stratum``; ``not_a_share``.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, section 19.2.
    Interval: Wilson's, as wide as that of so many people as have the same variance, which is not
    0 where nobody, or everybody, in a stratum has the event: its share is then taken with half an
    event more on either side.
    """
    _require_strata(events, n)
    if (events > n).any():
        raise Refused("not_a_share", "a stratum has more events than people", "correct the counts")
    part = weights / weights.sum()
    share = float(part @ (events / n))
    inside = (events + 0.5) / (n + 1)
    variance = float(part**2 @ (inside * (1 - inside) / n))
    pooled = float(part @ inside)
    size = pooled * (1 - pooled) / variance
    low, high = wilson(share * size, size, conf_level)
    return Rate(share, low, high)


def standardised_rate(events: Float, n: Float, weights: Float, conf_level: float = 0.95) -> Rate:
    """Return the rate of events, of which a person may have several, with the standard's make-up.

    Parameters
    ----------
    events, n : ndarray, shape (s,)
        Events, and people or years, in each stratum.
    weights : ndarray, shape (s,)
        The standard's people in each stratum.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``empty_stratum``.

    References
    ----------
    Fay & Feuer (1997), Statistics in Medicine 16(7), eq. 1 to 4; R
    ``epitools::ageadjust.direct``.
    """
    from scipy.special import gammaincinv

    _require_strata(events, n)
    each = weights / weights.sum() / n
    rate, variance, most = float(each @ events), float(each**2 @ events), float(each.max())
    tail = (1 - conf_level) / 2
    low = 0.0
    if rate > 0:
        low = variance / rate * float(gammaincinv(rate**2 / variance, tail))
    more, wider = rate + most, variance + most**2
    high = wider / more * float(gammaincinv(more**2 / wider, 1 - tail))
    return Rate(rate, low, high)


def _require_strata(events: Float, n: Float) -> None:
    if (n <= 0).any() or (events < 0).any():
        raise Refused(
            "empty_stratum",
            "a stratum of the standard has no people in a place, so that its rate is not known",
            "join strata, or leave the place out and say so",
        )


def difference_of_shares(
    one: tuple[float, float], other: tuple[float, float], conf_level: float = 0.95
) -> Rate:
    """Return the second share less the first.

    Parameters
    ----------
    one, other : tuple of two float
        How many of how many, of other people.
    conf_level : float
        Coverage probability, in (0, 1).

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17(8), method 10; R ``DescTools::BinomDiffCI(method =
    "score")``.
    """
    first, second = one[0] / one[1], other[0] / other[1]
    (l1, u1), (l2, u2) = (wilson(*each, conf_level) for each in (one, other))
    value = second - first
    low = value - sqrt((second - l2) ** 2 + (u1 - first) ** 2)
    high = value + sqrt((u2 - second) ** 2 + (first - l1) ** 2)
    return Rate(value, low, high)


def funnel_limit(target: float, n: int, probability: float) -> float:
    """Return the share below which a place at the target falls with a probability.

    Parameters
    ----------
    target : float
        Share of all places, in (0, 1).
    n : int
        People.
    probability : float
        In (0, 1), such as 0.025 and 0.975.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24(8), appendix A.1: exact binomial, interpolated
    between whole numbers; R ``qbinom`` and ``pbinom``.
    """
    from scipy.special import bdtr

    counts = np.arange(n + 1)
    below = bdtr(counts, n, target)
    at = int(np.searchsorted(below, probability))
    at = min(at, n)
    under = float(below[at - 1]) if at else 0.0
    part = (float(below[at]) - probability) / (float(below[at]) - under)
    return min(1.0, max(0.0, (at - part) / n))


def overdispersion(events: Float, n: Float) -> tuple[float, float, float]:
    """Return how much more places differ than chance, with the p-value of no more.

    Parameters
    ----------
    events, n : ndarray, shape (p,)
        Of each place.

    Returns
    -------
    factor, p_value, target : float
        Pearson's chi-square by its degrees of freedom; the p-value; the pooled share.

    Raises
    ------
    Refused
        ``one_place``; ``no_variation`` when the pooled share is 0 or 1.

    References
    ----------
    Spiegelhalter (2005), section 3; R ``chisq.test(rbind(x, n - x), correct = FALSE)``.
    """
    from scipy.special import gammaincc

    if len(n) < _FEWEST:
        raise Refused("one_place", "one place alone differs from nobody", "add places")
    target = float(events.sum() / n.sum())
    if not 0 < target < 1:
        raise Refused("no_variation", "all or none have the event", "check the column")
    chi2 = float(((events - n * target) ** 2 / (n * target * (1 - target))).sum())
    df = len(n) - 1
    return chi2 / df, float(gammaincc(df / 2, chi2 / 2)), target


@dataclass(frozen=True, slots=True)
class Ranks:
    """How well places can be ranked, each array of shape (p,); rank 1 is the best.

    Attributes
    ----------
    median, conf_low, conf_high : ndarray
        Of each place's rank.
    best, worst : ndarray
        Probability of being in the best, or worst, third.
    """

    median: Float
    conf_low: Float
    conf_high: Float
    best: Float
    worst: Float


def ranks(
    events: Float,
    n: Float,
    rng: np.random.Generator,
    *,
    draws: int = 9999,
    conf_level: float = 0.95,
    downwards: bool = False,
) -> Ranks:
    """Return the uncertainty of ranks, from draws of each place's share.

    Parameters
    ----------
    events, n : ndarray, shape (p,)
        Of each place.
    rng : numpy.random.Generator
        Source of chance.
    draws : int
        How many.
    conf_level : float
        Probability of the intervals, in (0, 1).
    downwards : bool
        Whether a lower share is better.

    References
    ----------
    Goldstein & Spiegelhalter (1996), J. Royal Statistical Society A 159(3). Each share is drawn
    from the posterior under Jeffreys' prior, Beta(x + 0.5, n - x + 0.5).
    """
    # Places in an order of their own: neither names nor the order of rows move a draw.
    order = np.lexsort((events, n))
    drawn = rng.beta(events[order] + 0.5, n[order] - events[order] + 0.5, (draws, len(n)))
    better = drawn if downwards else -drawn
    place = np.empty(drawn.shape)
    place[:, order] = better.argsort(axis=1).argsort(axis=1) + 1.0
    tail, third = (1 - conf_level) / 2, len(n) / 3
    low, middle, high = (
        np.quantile(place, one, axis=0, method="inverted_cdf") for one in (tail, 0.5, 1 - tail)
    )
    best, worst = (place <= third).mean(axis=0), (place > len(n) - third).mean(axis=0)
    return Ranks(middle, low, high, best, worst)


def wald(value: float, std_error: float, conf_level: float) -> Rate:
    """Return a published figure with the interval of its published standard error.

    Parameters
    ----------
    value, std_error : float
        As published.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    half = t_quantile((1 + conf_level) / 2, None) * std_error
    return Rate(value, value - half, value + half)
