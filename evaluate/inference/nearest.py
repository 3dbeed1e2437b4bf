"""Nearest neighbour matching: each unit beside those most like it in the other group."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from evaluate.inference.abadie_imbens import (
    Matched,
    abadie_imbens,
    clustered_influence,
    differences,
    matched_mean,
)
from evaluate.inference.comparison import Bools, Compared, Groups, Ints
from evaluate.inference.estimated_mean import reference_df, require_variance
from evaluate.inference.linear import Float
from evaluate.inference.matched import (
    Half,
    Ties,
    all_pairs,
    alone,
    first_of,
    half,
    one_by_one,
)
from evaluate.inference.matched_regression import matched_regression, matched_sets
from evaluate.inference.nearest_distance import Space, space_of
from evaluate.inference.nearest_levels import Flow, Levels
from evaluate.inference.nearest_line import line_greedy, line_windows
from evaluate.inference.nearest_options import Nearest, require_enough, require_matches, told
from evaluate.inference.nearest_space import space_greedy, space_windows

__all__ = ["Nearest", "nearest"]


def nearest(
    groups: Groups,
    score: Float | None,
    options: Nearest | None = None,
    estimand: Literal["ATT", "ATE"] = "ATT",
) -> Compared:
    """Return the effect beside nearest neighbours.

    Units that are equally near share a place, whatever their order in the data. Without
    replacement, that is the mean over all ways of choosing among units of the same score; a
    unit just as near on the other side comes after the one with the lower score.

    Parameters
    ----------
    groups : Groups
        Units.
    score : ndarray, shape (n,), or None
        Propensity score; Mahalanobis distance can do without.
    options : Nearest or None
        How; ``None`` for one neighbour on the logit, with replacement.
    estimand : {"ATT", "ATE"}
        Whose effect; that of all units needs replacement.

    Returns
    -------
    Compared
        The variance is Abadie and Imbens's, or over clusters. That the score was estimated is
        not counted, which may make it too large or, for the treated, too small; with
        ``bias_corrected`` it hardly matters.

    Raises
    ------
    Refused
        ``too_few_comparison``, ``too_few_treated``, ``no_match_within_caliper``,
        ``no_match_within_cells``, ``needs_replacement``, ``reused_in_regression``, and the
        codes of ``space_of``, ``reference_df`` and ``require_variance``.

    References
    ----------
    Abadie & Imbens (2006), Econometrica 74(1); Rosenbaum & Rubin (1985), The American
    Statistician 39(1), for calipers. R ``MatchIt::matchit(distance = "glm")`` with
    ``ties = "first"``; ``Matching::Match(ties = TRUE)`` otherwise.
    """
    asked = options or Nearest()
    require_enough(groups, asked, estimand)
    space = space_of(groups, score, asked.distance, asked.caliper, asked.covariance)
    treated = _side(groups, space, on=True)
    others = _side(groups, space, on=False)
    found = [_matches(groups, asked, space, score, treated, others)]
    if estimand == "ATE":
        found.append(_matches(groups, asked, space, score, others, treated))
    halves = [one for one, _ in found]
    require_matches(asked, halves[0])
    windows = line_windows if space.is_line else space_windows
    near = [others[1], treated[1]][: len(halves)]
    result = _effect(Matched(groups, halves, near, windows), asked)
    pairs = found[0][1]
    sets = None if asked.replace else matched_sets(halves[0], len(groups.y))
    return replace(
        result,
        pairs=pairs,
        stratum=sets,
        score=score,
        method=told(asked, result.method, scored=score is not None),
    )


def _side(groups: Groups, space: Space, *, on: bool) -> tuple[Ints, Levels]:
    side = groups.treated if on else ~groups.treated
    return np.flatnonzero(side), space.levels(side, groups.exact)


def _matches(
    groups: Groups,
    asked: Nearest,
    space: Space,
    score: Float | None,
    own: tuple[Ints, Levels],
    other: tuple[Ints, Levels],
) -> tuple[Half, tuple[Ints, Ints] | None]:
    """Return one group beside its matches, and the pairs, as places among all units."""
    (own_at, mine), (other_at, theirs) = own, other
    flow = _flow(asked, space, mine, theirs, score, own_at)
    if asked.replace:
        if asked.ties == "first":
            flow, theirs = first_of(mine, theirs, flow, asked.ratio), alone(theirs)
        pairs = all_pairs(mine, theirs, flow, len(groups.y))
    else:
        ranks = tuple(_rank(groups, at, levels, asked.ties) for at, levels in (own, other))
        pairs = one_by_one(mine, theirs, flow, (ranks[0], ranks[1]))
        if asked.ties == "first":
            flow = Flow(*pairs, np.ones(len(pairs[0])))
            mine, theirs = alone(mine), alone(theirs)
    made = half(groups, (own_at, mine), (other_at, theirs), flow, again=asked.replace)
    return made, None if pairs is None else (own_at[pairs[0]], other_at[pairs[1]])


def _flow(
    asked: Nearest, space: Space, own: Levels, other: Levels, score: Float | None, own_at: Ints
) -> Flow:
    if asked.replace:
        find = line_windows if space.is_line else space_windows
        return find(own, other, asked.ratio, space.width)
    if space.is_line:
        return line_greedy(own, other, asked.ratio, space.width, asked.order)
    turns = None
    if asked.order != "closest" and score is not None:
        scores = np.bincount(own.of, score[own_at], len(own.size)) / own.size
        turns = (-scores if asked.order == "largest" else scores).round(12)
    return space_greedy(own, other, asked.ratio, space.width, turns)


def _rank(groups: Groups, at: Ints, levels: Levels, ties: Ties) -> Ints:
    """Return who of equal units comes first: as in the data, or by a number that knows nothing.

    Only lists of pairs depend on it. The number is a mixture of the bits of the outcome's rank.
    """
    if ties == "first" or len(levels.size) == len(at):
        return np.arange(len(at))
    values, rank = np.unique(groups.y[at], return_inverse=True)
    mixed = (rank.astype(np.uint64) + np.uint64(len(values))) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(2)).astype(np.int64)


def _sides(groups: Groups, kept: Bools) -> Groups:
    """Return groups and clusters of some units, their covariates left behind."""
    cluster = None if groups.cluster is None else groups.cluster[kept]
    return replace(groups, treated=groups.treated[kept], cluster=cluster)


def _effect(matched: Matched, asked: Nearest) -> Compared:
    groups, weights = matched.groups, matched.weights()
    if asked.outcome == "regression":
        return matched_regression(groups, weights, matched.halves[0])
    effects = differences(matched, bias_corrected=asked.outcome == "bias_corrected")
    value, influence = matched_mean(matched, effects), None
    df = reference_df(_sides(groups, weights > 0))
    if groups.cluster is None:
        variance = abadie_imbens(matched, effects, asked.neighbours, asked.spread)
    else:
        influence = clustered_influence(matched)
        sums = np.bincount(groups.cluster, influence) / len(weights)
        variance = float(sums @ sums) * (df + 1) / df
    require_variance(variance, groups.y)
    return Compared(value, variance, df, weights, "", influence)
