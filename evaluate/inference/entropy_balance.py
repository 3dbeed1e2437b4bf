"""Weights nearest to equal ones under which the groups' means are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.data.levels import told
from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Compared, Groups
from evaluate.inference.estimated_mean import (
    Estimands,
    difference,
    difference_at_fixed_weights,
    plain_part,
    require_all_or_treated,
)
from evaluate.inference.linear import Float
from evaluate.inference.one_step import Part
from evaluate.inference.standardised import Standardised, standardised

# Largest difference of means that is left, in standard deviations of the covariate.
GAP = 1e-10
_ENOUGH = 1e-12
_ROUNDS = 200
_HALVINGS = 40
# Longest step, in logs of weights.
_LONGEST = 8.0
_ONE_UNIT = 1e-25
# Part of the fall that the slope foretells, and a gap from which curvature is settled.
_SHARE, _SETTLED = 1e-4, 1e-5
_PART = 1e-3
_MANY, _EVERY = 50_000, 16
_BLOCK = 8192
_FEW = 500_000


def entropy_balance(
    groups: Groups,
    estimand: Estimands = "ATT",
    *,
    squares: Sequence[str] = (),
    std_error: Literal["estimated", "fixed"] = "estimated",
) -> Compared:
    """Return the difference of means after means of covariates were made equal.

    ATT: the comparison group is weighted to the means of the treated. ATE: both groups are
    weighted to the means of all. Among weights that do so these are nearest, in relative
    entropy, to the sampling weights. Solved by Newton's method on the dual until no mean
    differs by more than 1e-10 standard deviations.

    Parameters
    ----------
    groups : Groups
        Units; sampling weights are the base.
    estimand : {"ATT", "ATE"}
        Whom the effect is averaged over.
    squares : sequence of str
        Covariates (constant ones may be among them) of which also the means of squares, and so the variances, are made equal.
    std_error : {"estimated", "fixed"}
        Whether the variance counts that weights were made from the data; ``"fixed"`` is HC0 of
        a weighted regression on treatment.

    Returns
    -------
    Compared
        Under ATT the treated keep their weights, and the comparison group's sum to the same;
        under ATE each group's sum to all units'.

    Raises
    ------
    Refused
        ``not_its_estimand`` for ATO; ``unbalanceable`` when no positive weights make the means equal, with the covariates
        that stand against it; ``more_covariates_than_units``; the codes of ``difference``.

    References
    ----------
    Hainmueller (2012), Political Analysis 20(1), equations 5 to 7; Zhao & Percival (2017), J.
    Causal Inference 5(1), on its variance. R ``WeightIt::weightit(method = "ebal")``, which
    stops earlier.
    """
    require_all_or_treated(estimand, "entropy balancing")
    design = standardised(*_with_squares(groups, squares))
    base = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    aimed = base * groups.treated if estimand == "ATT" else base
    parts = tuple(
        plain_part(aimed, groups.y)
        if estimand == "ATT" and on is groups.treated
        else _part(groups, design, (on, base, aimed))
        for on in (groups.treated, ~groups.treated)
    )
    both = parts[0], parts[1]
    how = difference_at_fixed_weights if std_error == "fixed" else difference
    found = how(both, groups)
    return Compared(
        value=found.value,
        variance=found.variance,
        df=found.df,
        weights=both[0].weight + both[1].weight,
        influence=found.influence,
        method="entropy balancing" + (" of means and squares" if squares else " of means"),
    )


def _with_squares(groups: Groups, squares: Sequence[str]) -> tuple[Float, tuple[str, ...]]:
    places = [j for j, name in enumerate(groups.names) if name in squares]
    if not places:
        return groups.x, groups.names
    own = groups.x[:, places]
    centred = own - own.mean(axis=0)
    length = np.sqrt(np.mean(centred**2, axis=0))
    further = (centred / np.where(length > 0, length, 1.0)) ** 2
    names = (*groups.names, *(f"{groups.names[j]}²" for j in places))
    return np.column_stack([groups.x, further]), names


def _part(groups: Groups, design: Standardised, which: tuple[Bools, Float, Float]) -> Part:
    """Return the weighted mean of one group."""
    on, base, aimed = which
    if int(on.sum()) <= design.z.shape[1]:
        raise Refused(
            "more_covariates_than_units",
            "a group has no more units than there are means to make equal",
            "name fewer covariates, those that matter most for the outcome",
        )
    total = float(aimed.sum())
    target = aimed @ design.z[:, 1:] / total
    weight = np.zeros(len(base))
    weight[on] = total * balancing_weights(design.z[on, 1:], target, base[on], design.names)
    own = weight * groups.y
    return Part(design.z, weight, aimed - weight, own, weight, own, weight, weight)


def balancing_weights(z: Float, target: Float, base: Float, names: Sequence[str]) -> Float:
    """Return weights with sum 1 under which columns have given means, nearest to ``base``.

    Parameters
    ----------
    z : ndarray, shape (n, p)
        Covariates in standard deviations.
    target : ndarray, shape (p,)
        Their means.
    base : ndarray, shape (n,)
        Weights above 0 to stay near to.
    names : sequence of str, length p
        Of the columns.

    Returns
    -------
    ndarray, shape (n,)
        All above 0.

    Raises
    ------
    Refused
        ``unbalanceable``.
    """
    ends = zip(names, z.min(axis=0) - target, z.max(axis=0) - target, strict=True)
    outside = [name for name, low, high in ends if low > -GAP or high < GAP]
    if outside:
        raise _unbalanceable(outside)
    start = np.zeros(len(target))
    share = base / base.sum()
    if len(z) >= _MANY:
        part = _Dual(np.ascontiguousarray(z[::_EVERY]), target, share[::_EVERY])
        near, gap = _newton(part, start)
        start = near if gap < GAP else start
    whole = _Dual(z, target, share)
    found, gap = _newton(whole, start)
    if gap > GAP:
        raise _unbalanceable([names[place] for place in _in_the_way(whole, found)])
    return whole.weights(found)[0]


@dataclass(frozen=True, slots=True)
class _Dual:
    """The function whose minimum tilts the weights to the target."""

    z: Float
    target: Float
    share: Float

    def weights(self, found: Float) -> tuple[Float, float, float]:
        """Return the tilted weights, with sum 1, the highest tilt, and the dual's value."""
        tilt = self.z @ found
        highest = float(tilt.max())
        tilt -= highest
        np.exp(tilt, out=tilt)
        tilt *= self.share
        total = float(tilt.sum())
        tilt /= total
        highest -= float(self.target @ found)
        return tilt, highest, highest + float(np.log(total))

    def at(self, found: Float) -> _Point:
        """Return the dual's value and slope."""
        weights, highest, value = self.weights(found)
        slope = weights @ self.z - self.target
        return _Point(found, weights, highest, value, slope, float(np.abs(slope).max()))

    def curvature(self, point: _Point) -> Float:
        """Return the covariance of the columns under the tilted weights."""
        k = len(self.target)
        square = np.zeros((k, k))
        for start in range(0, len(self.z), _BLOCK):
            part = slice(start, start + _BLOCK)
            block = self.z[part]
            square += (block * point.weights[part, None]).T @ block
        mean = point.slope + self.target
        return square - np.outer(mean, mean)


@dataclass(frozen=True, slots=True)
class _Point:
    found: Float
    weights: Float
    highest: float
    value: float
    slope: Float
    gap: float


def _in_the_way(dual: _Dual, found: Float) -> list[int]:
    """Return columns that cannot be balanced together, though any of them fewer could.

    Of many rows, those along which the dual fell without end.
    """
    size = np.abs(found)
    kept = [int(place) for place in np.flatnonzero(size > _PART * size.max())]
    if dual.z.size > _FEW:
        return kept
    kept = list(range(len(size)))
    for place in range(len(size)):
        others = [one for one in kept if one != place]
        z = np.ascontiguousarray(dual.z[:, others])
        part = _Dual(z, dual.target[others], dual.share)
        if others and _newton(part, np.zeros(len(others)))[1] > GAP:
            kept = others
    return kept


def _newton(dual: _Dual, start: Float) -> tuple[Float, float]:
    """Return the dual's minimum and the largest difference of means that is left there."""
    point = dual.at(start)
    curvature: Float | None = None
    for _ in range(_ROUNDS):
        if point.gap <= _ENOUGH:
            break
        # So near the end the curvature no longer changes, and need not be summed again.
        if curvature is None or point.gap > _SETTLED:
            curvature = dual.curvature(point)
            values, vectors = np.linalg.eigh(curvature)
            if not values[-1] > _ONE_UNIT:
                break  # one unit has all the weight: the target is beyond it
            inverse = vectors / np.maximum(values, values[-1] * 1e-14) @ vectors.T
        further = _fallen(dual, point, _held_back(dual, -inverse @ point.slope))
        if further is None or further.highest < 0:
            break  # in the latter case every unit lies on one side of the target
        point = further
    return point.found, point.gap


def _held_back(dual: _Dual, step: Float) -> Float:
    """Return a step after which no weight has grown out of all proportion to another."""
    along = dual.z @ step
    reach = float(along.max() - along.min())
    return step * min(1.0, _LONGEST / reach) if reach > 0 else step


def _fallen(dual: _Dual, point: _Point, step: Float) -> _Point | None:
    """Return the first of halved steps along which the dual falls enough, or None."""
    slope = float(step @ point.slope)
    for halving in range(_HALVINGS):
        length = 0.5**halving
        new = dual.at(point.found + length * step)
        if new.value <= point.value + _SHARE * length * slope:
            return new
        # Near the end the fall is below rounding, and the gap itself tells.
        rounding = 1e-12 * (1 + abs(point.value))
        if new.gap < point.gap / 2 and new.value <= point.value + rounding:
            return new
    return None


def _unbalanceable(names: Sequence[str]) -> Refused:
    return Refused(
        "unbalanceable",
        f"no positive weights of the units make the means of {told(names)} equal to those aimed at:"
        " these lie beyond, or on the edge of, what the group holds",
        "leave out by `data.where` those whom nobody resembles, balance fewer covariates or"
        " squares, or ask for ATT or overlap weights",
    )
