"""Moments within units of rows that stand in NumPy arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Grouping, grouping
from evaluate.data.within import (
    Demeaning,
    ScoreProducts,
    Within,
    WithinModel,
    require_nested,
    require_room,
    shown_periods,
    weight_scale,
)

Data = Mapping[str, NDArray[Any]]


def within_arrays(data: Data, of: Demeaning, by: Sequence[str], centre: Float) -> Within:
    """Return the moments within units by group.

    Parameters
    ----------
    data : mapping of str to ndarray, each shape (n,)
        Whole columns.
    of : Demeaning
        What to demean.
    by : sequence of str
        Columns that form the groups; with none all rows are one.
    centre : ndarray, shape (p,)
        Subtracted from the columns first.

    Raises
    ------
    Refused
        ``unit_not_nested`` and ``model_too_large``.
    """
    rows = _rows(data, of, by)
    period = data[of.period][rows.used] if of.period else np.zeros(rows.n)
    times = grouping({"period": period}, rows.n)
    periods = times.labels["period"] if of.period else np.array([])
    z = _columns(data, of, rows) - centre[:, None]
    total = np.einsum("n,in->i", rows.weight, (z - _mean(z, rows.weight)) ** 2)
    x = _demeaned(z, rows)
    require_room(rows.groups.size, len(z) + len(periods))
    seen = np.zeros((len(periods), rows.units.size))
    for t in range(len(periods)):
        seen[t] = np.bincount(
            rows.units.codes, rows.weight * (times.codes == t), minlength=rows.units.size
        )
    cross = _products(x, seen, rows, times)
    p = len(z)
    shown = shown_periods(cross[:, p:, p:].sum(axis=0))
    keep = np.concatenate([np.arange(p), p + shown])
    n = _sums(rows.weight if of.repeats else np.ones(rows.n), rows.groups).astype(np.int64)
    scale = weight_scale(of, n, float(rows.weight.sum()))
    return Within(
        of=of,
        centre=centre,
        labels=rows.groups.labels,
        n=n,
        cross=scale * cross[:, keep][:, :, keep],
        periods=periods,
        shown=shown,
        total=scale * total,
        n_units=rows.units.size,
        n_singletons=rows.n_singletons,
        scale=scale,
    )


def within_scores_arrays(data: Data, model: WithinModel, by: Sequence[str]) -> ScoreProducts:
    """Return the products of groups' scores.

    Parameters
    ----------
    data : mapping of str to ndarray, each shape (n,)
        Whole columns.
    model : WithinModel
        The fitted model.
    by : sequence of str
        Columns that form the groups.

    Raises
    ------
    Refused
        ``unit_not_nested``.
    """
    rows = _rows(data, model.of, by)
    z = _columns(data, model.of, rows) - model.centre[:, None]
    if model.of.period:
        place = np.searchsorted(model.periods, data[model.of.period][rows.used])
        z = z - model.sweep.T[:, place]
    *x, y = _demeaned(z, rows)
    residual = y - sum(b * column for b, column in zip(model.coefficients, x, strict=True))
    scores = np.array([_sums(rows.weight * column * residual, rows.groups) for column in x])
    return ScoreProducts(rows.groups.size, scores @ scores.T)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of units that have more than one, with a weight."""

    used: NDArray[np.bool_]
    weight: Float
    units: Grouping
    groups: Grouping
    n_singletons: int

    @property
    def n(self) -> int:
        return len(self.weight)


def _rows(data: Data, of: Demeaning, by: Sequence[str]) -> _Rows:
    n = len(data[of.unit])
    weight = data[of.weights].astype(np.float64) if of.weights else np.ones(n)
    used = weight > 0
    units = grouping({"unit": data[of.unit][used]}, int(used.sum()))
    size = np.bincount(units.codes, weight[used] if of.repeats else None, units.size)
    used[used] = size[units.codes] > 1
    n = int(used.sum())
    units = grouping({"unit": data[of.unit][used]}, n)
    groups = grouping({name: data[name][used] for name in by}, n)
    lowest, highest = np.full(units.size, groups.size), np.full(units.size, -1)
    np.minimum.at(lowest, units.codes, groups.codes)
    np.maximum.at(highest, units.codes, groups.codes)
    require_nested(int(np.count_nonzero(lowest != highest)))
    return _Rows(used, weight[used], units, groups, int(np.count_nonzero(size == 1)))


def _columns(data: Data, of: Demeaning, rows: _Rows) -> Float:
    columns = [data[name][rows.used].astype(np.float64) for name in of.columns]
    return np.array(columns).reshape(len(of.columns), rows.n)


def _mean(z: Float, weight: Float) -> Float:
    mean: Float = (z @ weight / max(weight.sum(), 1e-300))[:, None]
    return mean


def _sums(values: Float, groups: Grouping) -> Float:
    sums: Float = np.bincount(groups.codes, values, minlength=groups.size).astype(
        np.float64, copy=False
    )
    return sums


def _demeaned(z: Float, rows: _Rows) -> Float:
    weight = _sums(rows.weight, rows.units)
    means = [_sums(rows.weight * column, rows.units) / weight for column in z]
    return z - np.array(means).reshape(len(z), -1)[:, rows.units.codes]


def _products(x: Float, seen: Float, rows: _Rows, times: Grouping) -> Float:
    """Return products of the columns and of all period indicators, by group.

    Parameters
    ----------
    x : ndarray, shape (p, n)
        Demeaned columns.
    seen : ndarray, shape (t, units)
        Weight of each unit in each period.
    rows, times : _Rows and Grouping
        Units and groups of the rows, and their periods.
    """
    p, t, g = len(x), len(seen), rows.groups.size
    cross = np.zeros((g, p + t, p + t))
    for i in range(p):
        for j in range(i + 1):
            cross[:, i, j] = cross[:, j, i] = _sums(rows.weight * x[i] * x[j], rows.groups)
    if not t:
        return cross
    place = rows.groups.codes * t + times.codes
    for i in range(p):
        sums = np.bincount(place, rows.weight * x[i], minlength=g * t).reshape(g, t)
        cross[:, i, p:] = cross[:, p:, i] = sums
    group = np.zeros(rows.units.size, np.int64)
    group[rows.units.codes] = rows.groups.codes
    share = seen / seen.sum(axis=0)
    for i in range(t):
        for j in range(i + 1):
            both = -np.bincount(group, seen[i] * share[j], minlength=g)
            cross[:, p + i, p + j] = cross[:, p + j, p + i] = both
        cross[:, p + i, p + i] += np.bincount(group, seen[i], minlength=g)
    return cross
