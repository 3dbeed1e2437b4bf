"""The overall effect of a roll-out under many assignments of starting dates at once.

Every cohort's mean path is a sum over its clusters, and the effect is linear in those paths
with weights that only the cohorts' sizes decide. So an assignment costs a few products of small
matrices, whatever the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import ClusterPaths
from evaluate.inference.group_time import Contrast

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Cell:
    """One group-time effect after treatment: a cohort, two periods, and who is compared."""

    cohort: int
    period: int
    base: int
    compared: Flags


@dataclass(frozen=True, slots=True)
class _Weights:
    """What decides the effect under b assignments, whatever the outcome.

    Attributes
    ----------
    each : ndarray, shape (b, m)
        Weight of each group-time effect; they add up to 1, or are 0 where none is left.
    mean : ndarray, shape (b, H, T)
        Weight of each cohort's mean in each period.
    rows, cells : ndarray, shape (b, H, T)
        Rows, and 1 / rows where there are any.
    share : ndarray, shape (b, H)
        Weight of the effects on each cohort; of those never treated, 1.
    """

    each: Float
    mean: Float
    rows: Float
    cells: Float
    share: Float


class RolloutEffect:
    """The simple aggregation of group-time effects, from clusters' paths.

    Parameters
    ----------
    paths : ClusterPaths
        One path for each assigned cluster. A cluster counts by its rows.
    contrast : Contrast
        With whom, and with which period, cohorts are compared; effects after treatment are the
        same under both bases.
    """

    def __init__(self, paths: ClusterPaths, contrast: Contrast) -> None:
        cohorts, self.label = np.unique(paths.cohort, return_inverse=True)
        self._never = cohorts >= paths.n.shape[1]
        self._n = paths.n
        self._size = paths.n.sum(axis=1)
        self._cells = _cells(cohorts, paths.n.shape[1], contrast)
        self.treated: Float = (np.arange(paths.n.shape[1]) >= paths.cohort[:, None]).astype(float)

    @property
    def cells(self) -> int:
        """Return the number of group-time effects that it is the mean of."""
        return len(self._cells)

    def without_each(self, outcome: Float) -> Float:
        """Return the effect without each cluster in turn, NaN where nothing is left.

        Parameters
        ----------
        outcome : ndarray, shape (C, T)
            By cluster and period.

        Returns
        -------
        ndarray, shape (C,)
            In the outcome's unit.
        """
        inside = np.zeros((len(self._n), len(self._never), 1))
        inside[np.arange(len(self._n)), self.label] = 1
        rows, sums = ((inside * one[:, None]) for one in (self._n, self._n * outcome))
        rows, sums = rows.sum(axis=0) - rows, sums.sum(axis=0) - sums
        weights = self._weights(np.where(rows < _NO_ROW, 0.0, rows))
        found: Float = np.sum(weights.mean * sums * weights.cells, axis=(1, 2))
        found[weights.each.sum(axis=1) == 0] = np.nan
        return found

    def fit(
        self, labels: Integer, outcomes: tuple[Float, ...]
    ) -> tuple[Float, Float, Float, Flags]:
        """Return effects and influences under other assignments of the cohorts' labels.

        Parameters
        ----------
        labels : ndarray, shape (b, C)
            Cohort of each cluster: a place in the sorted cohorts.
        outcomes : tuple of k ndarray, each shape (C, T)
            By cluster and period.

        Returns
        -------
        effects : ndarray, shape (k, b)
            In the outcomes' unit.
        influences : ndarray, shape (k, b, C)
            What each cluster moves the effect by: how far it lies from its cohort, or from
            all that are compared where it is, and its cohort's effect from the overall one.
        leverage : ndarray, shape (b, C)
            Share of each cluster in the treated side, or in those never treated.
        unfit : ndarray, shape (b,)
            Assignments under which some effect has no rows.
        """
        inside = (labels[:, None, :] == np.arange(len(self._never))[:, None]).astype(np.float64)
        rows = inside @ self._n
        weights = self._weights(rows)
        size = np.einsum("bhc,c->bh", inside, self._size)
        part = self._size / np.take_along_axis(np.maximum(size, _NO_ROW), labels, axis=1)
        pairs = [self._one(one, (labels, inside), weights, part) for one in outcomes]
        leverage = part * np.take_along_axis(weights.share, labels, axis=1)
        effects, influences = (np.array(one) for one in zip(*pairs, strict=True))
        return effects, influences, leverage, (weights.each == 0).any(axis=1)

    def _one(
        self, outcome: Float, assigned: tuple[Integer, Float], weights: _Weights, part: Float
    ) -> tuple[Float, Float]:
        labels, inside = assigned
        sums = self._n * outcome
        mean = (inside @ sums) * weights.cells
        effect = np.sum(weights.mean * mean, axis=(1, 2))
        slope = weights.mean * weights.cells
        middle, apart = self._middle(mean, weights, effect)
        own = np.take_along_axis(slope @ sums.T - middle @ self._n.T, labels[:, None], axis=1)
        return effect, own[:, 0] + part * np.take_along_axis(apart, labels, axis=1)

    def _middle(self, mean: Float, weights: _Weights, effect: Float) -> tuple[Float, Float]:
        """Return what outcomes deviate from, and by how much effects deviate from their mean.

        A treated cluster deviates from its cohort, a comparison cluster from all that are
        compared with the same effect; the first has shape (b, H, T), the second (b, H).
        """
        middle, apart = np.zeros(mean.shape), np.zeros(mean.shape[:2])
        for at, one in enumerate(self._cells):
            found = -effect
            for place, sign in ((one.period, 1.0), (one.base, -1.0)):
                weight = sign * weights.each[:, at]
                rows = weights.rows[:, one.compared, place]
                whole = np.maximum(rows.sum(axis=1), _NO_ROW)
                pooled = np.sum(mean[:, one.compared, place] * rows, axis=1) / whole
                treated = mean[:, one.cohort, place]
                middle[:, one.cohort, place] += (
                    weight * treated * weights.cells[:, one.cohort, place]
                )
                middle[:, one.compared, place] -= (weight * pooled / whole)[:, None]
                found = found + sign * (treated - pooled)
            apart[:, one.cohort] += weights.each[:, at] * found
        return middle, apart

    def _weights(self, rows: Float) -> _Weights:
        """Return the weights of effects and means where cohorts have so many rows."""
        size = rows.sum(axis=2)
        each = np.zeros((len(rows), len(self._cells)))
        for at, one in enumerate(self._cells):
            two = [one.period, one.base]
            ready = (rows[:, one.cohort][:, two] > 0).all(axis=1)
            ready &= (rows[:, one.compared][:, :, two].sum(axis=1) > 0).all(axis=1)
            each[:, at] = np.where(ready, size[:, one.cohort], 0.0)
        each /= np.maximum(each.sum(axis=1), _NO_ROW)[:, None]
        mean = np.zeros(rows.shape)
        share = np.tile(self._never.astype(np.float64), (len(rows), 1))
        for at, one in enumerate(self._cells):
            weight = each[:, at]
            share[:, one.cohort] += weight
            for place, sign in ((one.period, 1.0), (one.base, -1.0)):
                mean[:, one.cohort, place] += sign * weight
                whole = np.maximum(rows[:, one.compared, place].sum(axis=1), _NO_ROW)
                mean[:, one.compared, place] -= (
                    sign * (weight / whole)[:, None] * rows[:, one.compared, place]
                )
        cells = np.divide(1.0, rows, out=np.zeros_like(rows), where=rows > 0)
        return _Weights(each, mean, rows, cells, share)


_NO_ROW = 1e-9  # fewer rows than this are none


def _cells(cohorts: Integer, periods: int, contrast: Contrast) -> tuple[_Cell, ...]:
    """Return the effects after treatment that have a period before, and somebody to compare."""
    never = cohorts >= periods
    found = []
    for place, first in enumerate(cohorts.tolist()):
        base = first - 1 - contrast.anticipation
        for period in range(first, periods if base >= 0 else first):
            later = cohorts > period + contrast.anticipation
            compared = never if contrast.comparison == "never" else never | later
            if compared.any():
                found.append(_Cell(place, period, base, compared))
    return tuple(found)
