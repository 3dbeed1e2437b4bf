"""What became of ties from one time to another: kept, lost, new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.network import (
    FEWEST,
    Flags,
    Float,
    Integer,
    Network,
    density,
    unknown_pairs,
)
from evaluate.inference.network_permutation import relabelling_test
from evaluate.inference.network_sectors import groups_of
from evaluate.inference.t import t_quantile
from evaluate.inference.wilson import few_clusters, wilson


@dataclass(frozen=True, slots=True)
class Survival:
    """How many ties were still there later.

    Attributes
    ----------
    n_before, kept, lost, unknown : int
        Ties at first; of these still there, gone, and those that nobody could tell of later.
    share : float
        Kept, of those known.
    conf_low, conf_high : float
        Wilson's interval, widened by ``design_effect``.
    design_effect : float
        How much more the share varies than with ties that are independent of each other: by
        leaving out actors, or from whole groups where there are several, more with few
        of them; 1 at least.
    low, high : float
        Bounds of the share, were every unknown tie gone, or kept.
    """

    n_before: int
    kept: int
    lost: int
    unknown: int
    share: float
    conf_low: float
    conf_high: float
    design_effect: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """What changed between two times.

    Attributes
    ----------
    kept, lost, created, unknown : int
        Ties at both times; only at the first; only at the second; at the first, while nobody
        could tell of them at the second.
    jaccard : float
        Kept as a share of all ties that are known at either time, in [0, 1].
    kept_by_chance : float
        Ties that would be kept if actors were shuffled: what the two densities alone give.
    p_value : float
        Share of shuffles that keep as many ties or more.
    density : float
        Later density less the earlier; of the pairs known at both times.
    conf_low, conf_high : float or None
        Its interval; ``None`` with fewer than three actors.
    df : int or None
        Degrees of freedom: actors, or groups, less one.
    """

    kept: int
    lost: int
    created: int
    unknown: int
    jaccard: float
    kept_by_chance: float
    p_value: float
    density: float
    conf_low: float | None
    conf_high: float | None
    df: int | None


def survival(first: Network, later: Network, ties: Flags, conf_level: float = 0.95) -> Survival:
    """Return how many of some ties of the first time are there later.

    Parameters
    ----------
    first, later : Network
        The same actors at two times.
    ties : ndarray of bool, shape (n, n)
        Which ties of the first time are followed, such as all of them, or the new ones.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``no_ties`` when there is none to follow; ``nothing_known`` when of none it is known
        what became of it.

    References
    ----------
    Wilson (1927), JASA 22(158); Snijders & Borgatti (1999), Connections 22(2), eq. 6, for
    leaving out actors; Cochran (1977), Sampling Techniques, eq. 6.13, and
    Korn & Graubard (1998), Survey Methodology 24(2), for groups.
    """
    followed = ties & first.ties
    unsure = followed & unknown_pairs(later)
    known, kept = followed & ~unsure, followed & later.ties
    n, k, lost_track = (first.counted(one) for one in (known, kept, unsure))
    if not n + lost_track:
        raise Refused("no_ties", "there are no ties to follow", "leave this time out")
    if not n:
        raise Refused(
            "nothing_known",
            "of none of the ties is it known whether it was there later",
            "ask the actors who did not answer",
        )
    share = k / n
    variance = _variance(known.astype(np.float64), kept.astype(np.float64), groups_of(first))
    simple = share * (1 - share) / n
    effect = 1.0
    if variance is not None and simple > 0:
        several = sum(known[np.ix_(one, one)].any() for one in groups_of(first))
        few = few_clusters(int(several), conf_level) if several > 1 else 1.0
        effect = max(1.0, variance / simple * few)
    low, high = wilson(k, n, conf_level, effect)
    every = n + lost_track
    bounds = k / every, (k + lost_track) / every
    return Survival(every, k, n - k, lost_track, share, low, high, effect, *bounds)


def change(
    first: Network,
    later: Network,
    rng: np.random.Generator,
    *,
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Change:
    """Return what changed between two times.

    Parameters
    ----------
    first, later : Network
        The same actors at two times.
    rng : numpy.random.Generator
        Source of chance where not every shuffle of actors can be taken.
    draws : int
        Shuffles then.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``other_actors`` when the actors are not the same; ``no_ties`` when there are none at
        either time; those of ``density``.

    References
    ----------
    Snijders & Borgatti (1999), Connections 22(2), for the error of a density; Krackhardt
    (1988), Social Networks 10(4), for shuffling actors.
    """
    _require_same(first, later)
    sure = first.allowed & ~unknown_pairs(first) & ~unknown_pairs(later)
    density(first), density(later)  # refuse what is not known at one of the times
    gone = first.ties & ~later.ties
    unsure = first.counted(gone & unknown_pairs(later))
    kept, lost = first.counted(first.ties & later.ties), first.counted(gone) - unsure
    created = first.counted(later.ties & ~first.ties & ~unknown_pairs(first))
    if not kept + lost + created:
        raise Refused("no_ties", "there are no ties at either time", "leave this pair out")
    groups = groups_of(first)
    test = relabelling_test(first.ties, later.ties, groups, rng, draws=draws, conf_level=conf_level)
    pairs, difference = sure.astype(np.float64), later.ties.astype(np.float64) - first.ties
    moved = float((difference * pairs).sum() / pairs.sum())
    variance = _variance(pairs, difference * pairs, groups)
    units = sum(len(one) > 1 for one in groups)
    df = units - 1 if units > 1 else first.size - 1
    half = sqrt(variance) * t_quantile((1 + conf_level) / 2, df) if variance else None
    return Change(
        kept,
        lost,
        created,
        unsure,
        kept / (kept + lost + created),
        test.expected / (1 if first.directed else 2),
        test.p_more,
        moved,
        None if half is None else max(-1.0, moved - half),
        None if half is None else min(1.0, moved + half),
        None if half is None else df,
    )


def _require_same(first: Network, later: Network) -> None:
    if first.size != later.size or np.any(first.allowed != later.allowed):
        raise Refused(
            "other_actors",
            "the two times do not have the same actors, so that ties cannot be followed",
            "list every actor of either time",
        )


def _variance(base: Float, marked: Float, groups: Sequence[Integer]) -> float | None:
    """Return the variance of a ratio of sums over pairs; ``None`` where nothing tells it.

    Several groups: each is a draw of its own. One group: actors are left out one by one.
    """
    groups = [one for one in groups if base[np.ix_(one, one)].sum() > 0]
    ratio, n = float(marked.sum() / base.sum()), len(groups)
    if n > 1:
        rest = [(marked - ratio * base)[np.ix_(one, one)].sum() for one in groups]
        return float(np.square(rest).sum() / base.sum() ** 2 * n / (n - 1))
    (actors,) = groups
    n = len(actors)
    without = []
    for one in actors:
        left = actors[actors != one]
        total = float(base[np.ix_(left, left)].sum())
        if not total:
            return None
        without.append(float(marked[np.ix_(left, left)].sum()) / total)
    values = np.array(without)
    if n <= FEWEST:
        return None
    return float((n - 2) / (2 * n) * np.square(values - values.mean()).sum())
