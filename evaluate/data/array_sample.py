"""A sample held in NumPy arrays: for simulated data, and to check other engines against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.every_row import EveryRowArrays
from evaluate.data.levels import Indicator, indicators
from evaluate.data.moments import (
    LEVERAGE_LIMIT,
    Cells,
    Float,
    Grouping,
    Moments,
    RowModel,
    RowMoments,
    Summary,
    centre_of,
    grouping,
    plain,
)
from evaluate.data.path_arrays import PathArrays
from evaluate.data.weights import WeightKind, WeightSummary, unit_of, weight_summary
from evaluate.data.within import Demeaning, ScoreProducts, Within, WithinModel
from evaluate.data.within_array import within_arrays, within_scores_arrays

_ROWS_OF_A_GROUP = 30  # from here a product for each group is faster than one for each pair


class ArraySample(EveryRowArrays, PathArrays):
    """Rows in memory.

    Parameters
    ----------
    data : mapping of str to ndarray, each shape (n,)
        Columns by name. They are copied, never changed.
    outcome : str
        Column of the outcome; NaN marks rows that cannot be used: attrition, or a covariate
        that is missing.
    """

    def __init__(self, data: Mapping[str, NDArray[Any]], outcome: str) -> None:
        self.outcome = outcome
        self._empty = {name: _empty(np.asarray(values)) for name, values in data.items()}
        self._all: dict[str, NDArray[Any]] = {
            name: plain(np.asarray(values)) for name, values in data.items()
        }
        present = ~np.isnan(self._all[outcome])
        self._data: dict[str, NDArray[Any]] = {
            name: values[present] for name, values in self._all.items()
        }

    @property
    def n_obs(self) -> int:
        """Return the number of rows with an outcome."""
        return len(self._data[self.outcome])

    def count(self, by: Sequence[str] = ()) -> Cells:
        """Return the rows with an outcome, counted by group."""
        return _count(self._groups(by))

    def assigned(self, by: Sequence[str] = ()) -> Cells:
        """Return all rows, those without an outcome too, counted by group."""
        n = len(self._all[self.outcome])
        return _count(grouping({name: self._all[name] for name in by}, n))

    def incomplete(self, columns: Sequence[str]) -> int:
        """Return how many of all rows lack a value of one of the columns."""
        missing = np.zeros(len(self._all[self.outcome]), bool)
        for name in columns:
            missing |= self._empty[name.column if isinstance(name, Indicator) else name]
        return int(missing.sum())

    def expand(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return numeric columns; for text one indicator for each level but the first."""
        return tuple(one for name in names for one in self._expand(name))

    def summary(self, columns: Sequence[str], weights: str | None = None) -> Summary:
        """Return mean, smallest and largest value of each column over all rows."""
        used, w = self._used(weights)
        x = self._matrix(columns)[used]
        if not len(x):
            nothing = np.zeros(len(columns))
            return Summary(0, nothing, nothing, nothing)
        mean = x.mean(axis=0) if weights is None else w @ x / w.sum()
        return Summary(len(x), mean, x.min(axis=0), x.max(axis=0))

    def weights(self, column: str) -> WeightSummary:
        """Return what there is to know about a column of weights."""
        w = self._data[column]
        used = w[w > 0]
        with np.errstate(over="ignore", under="ignore"):  # refused by the summary
            total, squares = float(used.sum()), float(used @ used)
        return weight_summary(
            {
                "missing": float(np.isnan(w).sum()),
                "negative": float((w < 0).sum()),
                "zero": float((w == 0).sum()),
                "positive": float(len(used)),
                "fractional": float((used != np.floor(used)).sum()),
                "total": total,
                "squares": squares,
                "largest": float(used.max(initial=0.0)),
            }
        )

    def moments(
        self,
        columns: Sequence[str],
        by: Sequence[str] = (),
        weights: str | None = None,
        kind: WeightKind = "frequency",
        *,
        basis: Float | None = None,
    ) -> Moments:
        """Return the moments of (1, columns - centre) by group."""
        used, w = self._used(weights, kind)
        groups = grouping({name: self._data[name][used] for name in by}, int(used.sum()))
        centre = self._centre(columns, weights)
        z = self._z(columns, centre, basis)[used]
        powers = range(3) if weights and kind == "probability" else range(1, 2)
        every = np.array([_cross(z * w[:, None] ** power, z, groups) for power in powers])
        repeated = w if kind == "frequency" else np.ones_like(w)
        return Moments(
            columns=tuple(columns),
            centre=centre,
            labels=groups.labels,
            n=np.bincount(groups.codes, repeated, groups.size).round().astype(np.int64),
            cross=every[-1] if len(every) == 1 else every[1],
            powers=every if len(every) > 1 else None,
            basis=basis,
        )

    def row_moments(
        self, model: RowModel, weights: str | None = None, kind: WeightKind = "frequency"
    ) -> RowMoments:
        """Return the sums over rows that HC0 to HC3 need."""
        used, w = self._used(weights, kind)
        groups = grouping({name: self._data[name][used] for name in model.labels}, int(used.sum()))
        place = _places(groups, model)[groups.codes]
        columns = (*model.columns, self.outcome)
        z = self._z(columns, self._centre(columns, weights), model.basis)[used]
        z, y = z[:, :-1], z[:, -1]
        times, root, lift = _weights_of_rows(w, kind, model, place)
        e = (y - np.einsum("ij,ij->i", z, model.residual[place])) * root
        a = np.einsum("ij,ij->i", z, model.influence[place]) * root * lift
        h = np.einsum("ij,ijk,ik->i", z, model.leverage[place], z) * root**2 * lift
        b = 1 - h
        if model.square is not None:
            b = b - h + np.einsum("ij,ijk,ik->i", z, model.square[place], z) * root**2
        alone = b < 1 - LEVERAGE_LIMIT
        b, rest = np.where(alone, 1.0, b), np.where(alone, 1.0, 1 - h)
        groups, part = Grouping(model.labels, place), times * root**2 * a**2 / b
        every = [
            _cross(z * (part * lift**j)[:, None], z, groups)
            for j in range(1 if model.square is None else 3)
        ]
        each = times * (e * a) ** 2
        return RowMoments(
            labels=model.labels,
            squares=np.array([np.sum(each), np.sum(each / b), np.sum(each / rest**2)]),
            fourth=float(np.sum(times * a**4 * (2 * b - 1) / b**2)),
            weighted=every[0],
            alone=float(np.sum((times * a**2)[alone])),
            powers=None if model.square is None else np.array(every),
        )

    def within(
        self,
        columns: Sequence[str],
        unit: str,
        period: str | None = None,
        by: Sequence[str] = (),
        weights: str | None = None,
        kind: WeightKind = "frequency",
    ) -> Within:
        """Return the moments of columns demeaned within units, by group."""
        of = Demeaning(tuple(columns), unit, period, weights, kind)
        return within_arrays(self._data, of, by, self._centre(columns))

    def within_scores(self, model: WithinModel, by: Sequence[str] = ()) -> ScoreProducts:
        """Return the products of groups' scores in a two-way model."""
        return within_scores_arrays(self._data, model, by)

    def levels(self, column: str) -> NDArray[Any]:
        """Return the distinct values of a column, sorted."""
        return np.unique(self._data[column])

    def columns(self, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Return whole columns, each shape (n,)."""
        return {name: self._column(name).copy() for name in names}

    def _groups(self, by: Sequence[str]) -> Grouping:
        return grouping({name: self._data[name] for name in by}, self.n_obs)

    def _used(
        self, weights: str | None, kind: WeightKind | None = None
    ) -> tuple[NDArray[np.bool_], Float]:
        """Return which rows have a positive weight, and their weights as the kind scales them."""
        if weights is None:
            return np.ones(self.n_obs, bool), np.ones(self.n_obs)
        summary, w = self.weights(weights), self._data[weights]
        return w > 0, w[w > 0] / (unit_of(summary, kind) if kind else 1.0)

    def _centre(self, columns: Sequence[str], weights: str | None = None) -> Float:
        return centre_of(self.summary(columns, weights).mean)

    def _z(self, columns: Sequence[str], centre: Float, basis: Float | None) -> Float:
        centred = self._matrix(columns) - centre
        return _with_one(centred if basis is None else centred @ basis)

    def _matrix(self, columns: Sequence[str]) -> Float:
        empty = np.zeros((self.n_obs, 0))
        return np.column_stack([empty, *map(self._column, columns)])

    def _column(self, name: str) -> NDArray[Any]:
        if isinstance(name, Indicator):
            there: Float = (self._data[name.column] == name.level).astype(np.float64)
            return there
        return self._data[name]

    def _expand(self, name: str) -> tuple[str, ...]:
        if isinstance(name, Indicator) or self._data[name].dtype.kind != "U":
            return (name,)
        return indicators(name, self.levels(name).tolist(), self._data)


def _empty(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which values are missing: NaN, or ``None`` among text."""
    if values.dtype.kind == "O":
        return np.array([value is None for value in values], dtype=bool)
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)


def _count(groups: Grouping) -> Cells:
    return Cells(groups.labels, np.bincount(groups.codes, minlength=groups.size))


def _with_one(x: Float) -> Float:
    return np.column_stack([np.ones(len(x)), x])


def _cross(left: Float, right: Float, groups: Grouping) -> Float:
    """Return the sum of left right' by group, shape (g, p, p); left is right times weights."""
    size, p = _number(groups), left.shape[1]
    cross = np.empty((size, p, p))
    if size * _ROWS_OF_A_GROUP <= len(groups.codes):
        # Rows of one group side by side: then each group is one matrix product.
        order = np.argsort(groups.codes, kind="stable")
        left, right = left[order], right[order]
        ends = np.cumsum(np.bincount(groups.codes, minlength=size))
        for group, (start, end) in enumerate(pairwise([0, *ends.tolist()])):
            cross[group] = left[start:end].T @ right[start:end]
        return cross
    left, right = np.asfortranarray(left), np.asfortranarray(right)
    for i in range(p):
        for j in range(i + 1):
            sums = np.bincount(groups.codes, left[:, i] * right[:, j], minlength=size)
            cross[:, i, j] = cross[:, j, i] = sums
    return cross


def _weights_of_rows(
    w: Float, kind: WeightKind, model: RowModel, place: NDArray[np.int64]
) -> tuple[Float, Float, Float]:
    """Return how often each row counts, the root it is times, and its weight of probability."""
    ones = np.ones_like(w)
    lift = ones if model.scale is None else model.scale[place]
    if kind == "frequency":
        return w, ones, lift
    if kind == "probability" and model.square is not None:
        return ones, ones, lift * w
    return ones, np.sqrt(w), lift


def _number(groups: Grouping) -> int:
    lengths = [len(values) for values in groups.labels.values()]
    return lengths[0] if lengths else 1


def _places(groups: Grouping, model: RowModel) -> NDArray[np.int64]:
    """Return where the model holds each group of the sample."""
    rows = zip(*model.labels.values(), strict=True)
    place = {labels: i for i, labels in enumerate(rows)} if model.labels else {(): 0}
    found = zip(*groups.labels.values(), strict=True) if groups.labels else [()]
    return np.array([place[labels] for labels in found], dtype=np.int64)
