"""A sample held in NumPy arrays: for simulated data, and to check other engines against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


class ArraySample:
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
        self._all = {name: plain(np.asarray(values)) for name, values in data.items()}
        present = ~np.isnan(self._all[outcome])
        self._data = {name: values[present] for name, values in self._all.items()}

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
            values = self._all[name]
            missing |= np.isnan(values) if values.dtype.kind == "f" else False
        return int(missing.sum())

    def summary(self, columns: Sequence[str]) -> Summary:
        """Return mean, smallest and largest value of each column over all rows."""
        if not self.n_obs:
            nothing = np.zeros(len(columns))
            return Summary(0, nothing, nothing, nothing)
        x = self._matrix(columns)
        return Summary(self.n_obs, x.mean(axis=0), x.min(axis=0), x.max(axis=0))

    def moments(self, columns: Sequence[str], by: Sequence[str] = ()) -> Moments:
        """Return the moments of (1, columns - centre) by group."""
        groups = self._groups(by)
        centre = self._centre(columns)
        z = _with_one(self._matrix(columns) - centre)
        return Moments(
            columns=tuple(columns),
            centre=centre,
            labels=groups.labels,
            n=np.bincount(groups.codes, minlength=groups.size),
            cross=_cross(z, z, groups),
        )

    def row_moments(self, model: RowModel) -> RowMoments:
        """Return the sums over rows that HC0 to HC3 need."""
        groups = self._groups(tuple(model.labels))
        place = _places(groups, model)[groups.codes]
        y = self._data[self.outcome] - self._centre((self.outcome,))
        z = _with_one(self._matrix(model.columns) - self._centre(model.columns))
        e = y - np.einsum("ij,ij->i", z, model.residual[place])
        a = np.einsum("ij,ij->i", z, model.influence[place])
        h = np.einsum("ij,ijk,ik->i", z, model.leverage[place], z)
        alone = h > LEVERAGE_LIMIT
        h = np.where(alone, 0.0, h)
        rest = 1 - h
        weight = a**2 / rest
        return RowMoments(
            labels=model.labels,
            squares=np.array([np.sum((e * a) ** 2 / rest**j) for j in range(3)]),
            fourth=float(np.sum(a**4 * (1 - 2 * h) / rest**2)),
            weighted=_cross(z * weight[:, None], z, Grouping(model.labels, place)),
            alone=float(np.sum(a[alone] ** 2)),
        )

    def levels(self, column: str) -> NDArray[Any]:
        """Return the distinct values of a column, sorted."""
        return np.unique(self._data[column])

    def columns(self, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Return whole columns, each shape (n,)."""
        return {name: self._data[name].copy() for name in names}

    def _groups(self, by: Sequence[str]) -> Grouping:
        return grouping({name: self._data[name] for name in by}, self.n_obs)

    def _centre(self, columns: Sequence[str]) -> Float:
        return centre_of(self.summary(columns).mean)

    def _matrix(self, columns: Sequence[str]) -> Float:
        empty = np.zeros((self.n_obs, 0))
        return np.column_stack([empty, *(self._data[name] for name in columns)])


def _count(groups: Grouping) -> Cells:
    return Cells(groups.labels, np.bincount(groups.codes, minlength=groups.size))


def _with_one(x: Float) -> Float:
    return np.column_stack([np.ones(len(x)), x])


def _cross(left: Float, right: Float, groups: Grouping) -> Float:
    """Return the sum of left right' by group, shape (g, p, p)."""
    size, p = _number(groups), left.shape[1]
    cross = np.empty((size, p, p))
    for i in range(p):
        for j in range(p):
            product = left[:, i] * right[:, j]
            cross[:, i, j] = np.bincount(groups.codes, product, minlength=size)
    return cross


def _number(groups: Grouping) -> int:
    lengths = [len(values) for values in groups.labels.values()]
    return lengths[0] if lengths else 1


def _places(groups: Grouping, model: RowModel) -> NDArray[np.int64]:
    """Return where the model holds each group of the sample."""
    rows = zip(*model.labels.values(), strict=True)
    place = {labels: i for i, labels in enumerate(rows)} if model.labels else {(): 0}
    found = zip(*groups.labels.values(), strict=True) if groups.labels else [()]
    return np.array([place[labels] for labels in found], dtype=np.int64)
