"""Whether two groups share a range of scores, and what weights leave of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.inference.comparison import Bools, Groups
from evaluate.inference.linear import Float

# Standard deviations of the logit of the score: Austin (2011), Pharmaceutical Statistics 10(2).
REACH = 0.2
MOST_BINS, FEWEST_EACH = 10, 10
_EDGE = 1e-9  # a score nearer to 0 or 1 counts as one so far from it


@dataclass(frozen=True, slots=True)
class Side:
    """One group, before and after.

    Attributes
    ----------
    n, n_kept : int
        Units, and those with a weight.
    effective, effective_kept : float
        Units of equal weight that would be worth as much, under sampling weights and under those
        of the comparison: Kish's (sum of w)^2 / sum of w^2.
    largest_share : float
        Of the side's weight in the comparison, the heaviest unit's.
    low, high : float or None
        Range of scores; ``None`` without scores.
    """

    n: int
    n_kept: int
    effective: float
    effective_kept: float
    largest_share: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bin:
    """Units within a range of scores.

    Attributes
    ----------
    low, high : float
        Score above which, and up to which; the first includes its lower end.
    n_treated, n_comparison : int
        Units.
    kept_treated, kept_comparison : int
        Of them, those with a weight.
    share_treated, share_comparison : float
        Of their side's sampling weight.
    after_treated, after_comparison : float
        Of their side's weight in the comparison.
    """

    low: float
    high: float
    n_treated: int
    n_comparison: int
    kept_treated: int
    kept_comparison: int
    share_treated: float
    share_comparison: float
    after_treated: float
    after_comparison: float


def effective_n(weights: Float) -> float:
    """Return how many units of equal weight these are worth.

    Parameters
    ----------
    weights : ndarray
        Not all 0.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.7.
    """
    return float(weights.sum()) ** 2 / float(weights @ weights)


def side(groups: Groups, weights: Float, score: Float | None, *, treated: bool) -> Side:
    """Return what is left of one group.

    Parameters
    ----------
    groups : Groups
        All units.
    weights : ndarray, shape (n,)
        Of the comparison.
    score : ndarray, shape (n,), or None
        Propensity score.
    treated : bool
        Which side.
    """
    there = groups.treated == treated
    after = weights[there]
    before = np.ones(len(after)) if groups.weights is None else groups.weights[there]
    low, high = (None, None) if score is None else _ends(score[there])
    return Side(
        n=len(after),
        n_kept=int((after != 0).sum()),
        effective=effective_n(before),
        effective_kept=effective_n(after),
        largest_share=float(np.abs(after).max() / np.abs(after).sum()),
        low=low,
        high=high,
    )


def _ends(score: Float) -> tuple[float, float]:
    return float(score.min()), float(score.max())


def out_of_reach(score: Float, treated: Bools, reach: float = REACH) -> Bools:
    """Return which units have nobody of the other group near them.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Propensity score.
    treated : ndarray of bool, shape (n,)
        Who had the programme.
    reach : float
        How far near is, in standard deviations of the logit of the score within the groups.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where the nearest of the other group is farther away.

    References
    ----------
    Austin (2011), Pharmaceutical Statistics 10(2): 0.2 standard deviations.
    """
    inside = np.clip(score, _EDGE, 1 - _EDGE)
    logit = np.log(inside) - np.log1p(-inside)
    spread = sqrt(sum(float(logit[side].var()) for side in (treated, ~treated)) / 2)
    # Scores that differ by rounding alone are the same.
    far = max(reach * spread, _EDGE * float(np.abs(logit).max(initial=1.0)))
    found = np.zeros(len(score), dtype=bool)
    for one in (treated, ~treated):
        place = np.flatnonzero(one)
        order = place[np.argsort(logit[place])]  # neighbours are looked up side by side
        found[order] = _nearest(logit[order], np.sort(logit[~one])) > far
    return found


def _nearest(values: Float, others: Float) -> Float:
    at = np.searchsorted(others, values)
    below = np.abs(values - others[np.maximum(at - 1, 0)])
    above = np.abs(others[np.minimum(at, len(others) - 1)] - values)
    nearest: Float = np.minimum(below, above)
    return nearest


def score_bins(groups: Groups, weights: Float, score: Float) -> tuple[Bin, ...]:
    """Return how both groups lie in bins of the score, each of which holds an equal part of them.

    The bins' edges are quantiles of all units where each side counts as one half, so that a small
    group is seen beside a great one; equal scores share a bin.

    Parameters
    ----------
    groups : Groups
        All units.
    weights : ndarray, shape (n,)
        Of the comparison.
    score : ndarray, shape (n,)
        Propensity score.
    """
    treated = groups.treated
    before = np.ones(len(score)) if groups.weights is None else groups.weights
    shares = [
        np.where(there, w / w[there].sum(), 0.0)
        for w in (before, weights)
        for there in (treated, ~treated)
    ]
    smaller = min(int(treated.sum()), int((~treated).sum()))
    count = max(2, min(MOST_BINS, smaller // FEWEST_EACH))
    edges = _edges(score, (shares[0] + shares[1]) / 2, count)
    place = np.searchsorted(edges, score)
    kept = weights != 0
    n = [
        np.bincount(place[side], minlength=len(edges))
        for side in (treated, ~treated, treated & kept, ~treated & kept)
    ]
    parts = [np.bincount(place, share, len(edges)) for share in shares]
    lows = np.append(score.min(), edges[:-1])
    return tuple(
        Bin(
            float(lows[i]),
            float(edges[i]),
            *(int(one[i]) for one in n),
            *(float(one[i]) for one in parts),
        )
        for i in range(len(edges))
    )


def _edges(score: Float, share: Float, count: int) -> Float:
    """Return the upper ends of bins: weighted quantiles, the highest score last."""
    order = np.argsort(score)
    ordered, reached = score[order], np.cumsum(share[order])
    wanted = np.arange(1, count) / count
    # A share that is reached but for rounding is reached.
    at = np.searchsorted(reached, wanted - _EDGE)
    edges: Float = np.unique(np.append(ordered[at], ordered[-1]))
    return edges
