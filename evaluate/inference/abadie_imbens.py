"""The variance of a mean of matched differences, and what a regression takes out of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from evaluate.inference.comparison import Groups, Ints
from evaluate.inference.linear import Float
from evaluate.inference.matched import Half
from evaluate.inference.nearest_levels import Flow, Levels

# Of the sum of squares: below this a unit is used once.
_NOT_AGAIN = 1e-12
Spread = Literal["apart", "together"]
Windows = Callable[[Levels, Levels, int, float], Flow]


@dataclass(frozen=True, slots=True)
class Matched:
    """Units beside their matches, in one direction or in both.

    Attributes
    ----------
    groups : Groups
        All units.
    halves : tuple of Half
        The treated beside comparison units; under ATE also the other way round.
    near : tuple of Levels
        Of each half, the levels of those who are the matches.
    windows : callable
        Finds nearest units.
    """

    groups: Groups
    halves: Sequence[Half]
    near: Sequence[Levels]
    windows: Windows

    def own(self) -> Float:
        """Return what each unit counts for as one whose effect is sought, shape (n,)."""
        found = np.zeros(len(self.groups.y))
        for one in self.halves:
            found[one.own_at] += one.omega
        return found

    def weights(self) -> Float:
        """Return each unit's weight in the comparison, shape (n,)."""
        found = self.own()
        for one in self.halves:
            found[one.other_at] += one.used
        return found


def differences(matched: Matched, *, bias_corrected: bool) -> list[Float]:
    """Return, for each half, each own unit's effect as its matches tell it.

    Parameters
    ----------
    matched : Matched
        Units and matches.
    bias_corrected : bool
        Whether to take out what a linear regression on the covariates, among the matches and
        with their weights, foretells of the difference between a unit and its matches.

    References
    ----------
    Abadie & Imbens (2011), J. Business & Economic Statistics 29(1), section 3. Stata ``teffects
    nnmatch, biasadj()``; R ``Matching::Match(BiasAdjust = TRUE)``.
    """
    groups, found = matched.groups, []
    for one in matched.halves:
        sign = 1.0 if groups.treated[one.own_at[0]] else -1.0
        apart = groups.y[one.own_at] - one.beside(groups.y)
        if bias_corrected:
            slopes = slopes_of(groups, one)
            foretold = groups.x @ slopes
            apart -= foretold[one.own_at] - one.beside(foretold)
        found.append(sign * np.where(one.omega > 0, apart, 0.0))
    return found


def slopes_of(groups: Groups, one: Half) -> Float:
    """Return the slopes of the outcome in the covariates among the matches, shape (p,).

    Parameters
    ----------
    groups : Groups
        Units.
    one : Half
        Whose matches.
    """
    some = one.used > 0
    return weighted_slopes(groups, one.other_at[some], one.used[some])[1:]


def weighted_slopes(groups: Groups, at: Ints, weights: Float) -> Float:
    """Return the constant and slopes of a weighted regression, shape (p + 1,).

    Parameters
    ----------
    groups : Groups
        Units.
    at : ndarray of int, shape (m,)
        Who is in it.
    weights : ndarray, shape (m,)
        Weights.
    """
    x, y = groups.x[at], groups.y[at]
    centre, level = np.average(x, axis=0, weights=weights), np.average(y, weights=weights)
    z = x - centre
    scale = np.sqrt(np.average(z**2, axis=0, weights=weights))
    varies = scale > 1e-12 * (np.abs(centre) + scale)
    scale = np.where(varies, scale, 1.0)
    z = np.where(varies, z / scale, 0.0)
    cross = (z * weights[:, None]).T @ z / weights.sum()
    slopes = np.linalg.pinv(cross, rcond=1e-10, hermitian=True) @ (
        (z * weights[:, None]).T @ (y - level) / weights.sum()
    )
    slopes = slopes / scale
    return np.concatenate([[level - slopes @ centre], slopes])


def matched_mean(matched: Matched, effects: Sequence[Float]) -> float:
    """Return the mean effect.

    Parameters
    ----------
    matched : Matched
        Units and matches.
    effects : sequence of ndarray
        Of each half's units.
    """
    total = sum(float(one.omega.sum()) for one in matched.halves)
    parts = (one.omega @ found for one, found in zip(matched.halves, effects, strict=True))
    return float(sum(parts)) / total


def abadie_imbens(
    matched: Matched, effects: Sequence[Float], neighbours: int, spread: Spread = "apart"
) -> float:
    """Return the variance of the mean effect where units are independent.

    With own weights w_i, shares w_ij and K_j = sum of w_i w_ij, it is
    the sum of w_i^2 (effect_i - mean)^2 and of (2 w_j K_j + K_j^2 - sum of (w_i w_ij)^2)
    sigma_j^2, over the squared sum of the w_i. The second part vanishes where nobody is used
    twice and effects are of the treated: then this is the variance over matched sets.

    Parameters
    ----------
    matched : Matched
        Units and matches.
    effects : sequence of ndarray
        Of each half's units.
    neighbours : int
        Nearest units of the same group that tell a unit's outcome's variance; all that tie.
    spread : {"apart", "together"}
        Whether by how far the unit lies from their mean, or by the variance of them all.

    References
    ----------
    Abadie & Imbens (2006), Econometrica 74(1), theorems 6 and 7; Abadie & Spiess (2022), JASA
    117(538), proposition 1, without replacement. Apart: section 4 of 2006. Together: Stata
    ``teffects nnmatch, vce(robust)``.
    """
    mean, own = matched_mean(matched, effects), matched.own()
    total = float(own.sum())
    found = 0.0
    for one, effect, near in zip(matched.halves, effects, matched.near, strict=True):
        found += float((one.omega**2) @ np.square(effect - mean))
        at = np.flatnonzero(one.used)
        used, square = one.used[at], one.square[at]
        extra = 2 * own[one.other_at[at]] * used + used**2 - square
        again = np.abs(extra) > _NOT_AGAIN * square
        if again.any():
            at, extra = at[again], extra[again]
            told = _own_variance(matched, one, near, at, (neighbours, spread))
            found += float(extra @ told)
    return found / total**2


def _own_variance(
    matched: Matched, one: Half, near: Levels, at: Ints, by: tuple[int, Spread]
) -> Float:
    """Return an estimate of some matches' variance given what was matched on."""
    neighbours, spread = by
    y = matched.groups.y[one.other_at]
    y = y - y.mean()
    kept, place = np.unique(near.of[at], return_inverse=True)
    asked = replace(
        near, value=near.value[kept], measure=near.measure[kept], size=near.size[kept],
        cell=near.cell[kept],
    )  # fmt: skip
    flow = matched.windows(asked, near, neighbours + 1, np.inf)
    number = np.bincount(flow.source, near.size[flow.target], len(kept))
    sums = np.bincount(near.of, y, len(near.size))
    means = np.bincount(flow.source, sums[flow.target], len(kept)) / number
    number = number[place]
    if spread == "apart":
        squares = np.square(y[at] - means[place]) * number / np.maximum(number - 1, 1)
    else:
        squares = _among(y, near, flow, means)[place] / np.maximum(number - 1, 1)
    known = number > 1
    # Alone in its cell: as the others.
    usual = float(squares[known].mean()) if known.any() else 0.0
    return np.where(known, squares, usual)


def _among(y: Float, near: Levels, flow: Flow, means: Float) -> Float:
    """Return, for each level that asks, the squares about the mean of all its neighbours."""
    centre = np.bincount(near.of, y, len(near.size)) / near.size
    within = np.bincount(near.of, np.square(y - centre[near.of]), len(near.size))
    between = near.size[flow.target] * np.square(centre[flow.target] - means[flow.source])
    found = np.bincount(flow.source, within[flow.target] + between, len(means))
    return np.asarray(found, dtype=np.float64)


def clustered_influence(matched: Matched) -> Float:
    """Return each unit's influence on the mean effect, shape (n,), for units in clusters.

    A unit's weight times what a linear regression leaves of its outcome, and for those whose
    effect is sought the difference of the two groups' regressions less its mean. The slopes are
    those among all units of a group, since few matches with large weights would fit themselves;
    the level is that of the comparison. What links a unit with its match, which may be of
    another cluster, is thereby held fixed.

    Parameters
    ----------
    matched : Matched
        Units and matches.

    References
    ----------
    Otsu & Rai (2017), JASA 112(520), section 2: the linear form of a matching estimator.
    """
    groups, own, weights = matched.groups, matched.own(), matched.weights()
    foretold = []
    base = np.ones(len(own)) if groups.weights is None else groups.weights
    for on in (True, False):
        at = np.flatnonzero(groups.treated == on)
        along = groups.x @ weighted_slopes(groups, at, base[at])[1:]
        foretold.append(along + np.average((groups.y - along)[at], weights=weights[at]))
    residual = groups.y - np.where(groups.treated, *foretold)
    gap = foretold[0] - foretold[1]
    terms = np.where(groups.treated, 1.0, -1.0) * weights * residual + own * gap
    total = float(own.sum())
    found: Float = (terms - own * (float(terms.sum()) / total)) * (len(own) / total)
    return found
