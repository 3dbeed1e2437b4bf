"""Sums over time, and panels, of rows that stand in NumPy arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.path_calendar import read_calendar
from evaluate.data.path_groups import Cells, Groups, cells_of, ends, of_clusters, of_single_units
from evaluate.data.path_panel import Members, constant, panel_of
from evaluate.data.path_totals import Totals, cluster_paths
from evaluate.data.paths import (
    ClusterPaths,
    Incomplete,
    Panel,
    PanelColumns,
    Paths,
    Unusable,
)

Data = Mapping[str, NDArray[Any]]


class PathArrays(ABC):
    """Follows units over time: the part of ``ArraySample`` that does."""

    outcome: str
    _data: dict[str, NDArray[Any]]

    @abstractmethod
    def columns(self, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Return whole columns, each shape (n,)."""

    def paths(
        self,
        columns: PanelColumns,
        incomplete: Incomplete = "pairs",
        leaving: str | None = None,
    ) -> tuple[Paths, Unusable]:
        """Return sums over time by cohort, and the count of what they leave out."""
        return paths_arrays(self._data, self.outcome, columns, incomplete, leaving)

    def cluster_paths(
        self,
        columns: PanelColumns,
        incomplete: Incomplete = "pairs",
        leaving: str | None = None,
    ) -> ClusterPaths:
        """Return one mean path for each assigned cluster."""
        return cluster_paths_arrays(self._data, self.outcome, columns, incomplete, leaving)

    def panel(
        self,
        columns: PanelColumns,
        covariates: Sequence[str] = (),
        leaving: str | None = None,
    ) -> tuple[Panel, Unusable]:
        """Return one row for each unit, and the count of what is left out."""
        x = self.columns(covariates)
        return panel_arrays(self._data, self.outcome, columns, x, leaving)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows that are not left out.

    Attributes
    ----------
    cells : Cells
        Calendar and centres.
    kept : ndarray, shape (rows with an outcome,)
        Which of the sample's rows these are.
    unit, cluster, code, place : ndarray, shape (n,)
        Number of the unit and of the cluster, code of the first treated period and place of
        the period. Without units each row is one.
    deviation : ndarray, shape (n,)
        Outcome less its centre.
    """

    cells: Cells
    kept: NDArray[np.bool_]
    unit: Integer
    cluster: Integer
    code: Integer
    place: Integer
    deviation: Float


def paths_arrays(
    data: Data, outcome: str, columns: PanelColumns, incomplete: Incomplete, leaving: str | None
) -> tuple[Paths, Unusable]:
    """Return sums by cohort.

    Parameters
    ----------
    data : mapping of str to ndarray, each shape (n,)
        Rows with an outcome.
    outcome : str
        Its column.
    columns : PanelColumns
        Which columns make the panel.
    incomplete : {"pairs", "drop", "levels"}
        What is done about units with gaps.
    leaving : str or None
        Column that is 1 in rows that are left out.

    Raises
    ------
    Refused
        As ``read_calendar`` and ``Totals.require_sound`` do.
    """
    rows = _rows(data, outcome, columns, leaving)
    totals = Totals(rows.cells)
    drop = incomplete == "drop" and columns.unit is not None
    totals.add(_groups(rows, columns, drop=drop))
    totals.require_sound(of_units=columns.by_unit)
    balanced = columns.unit is not None and (drop or not totals.gaps)
    return totals.paths(columns.rule(incomplete), balanced=balanced)


def cluster_paths_arrays(
    data: Data, outcome: str, columns: PanelColumns, incomplete: Incomplete, leaving: str | None
) -> ClusterPaths:
    """Return one mean path for each cluster; parameters and refusals as ``paths_arrays``."""
    rows = _rows(data, outcome, columns, leaving)
    groups = _groups(rows, columns, drop=incomplete == "drop" and columns.unit is not None)
    totals = Totals(rows.cells)
    totals.count(groups)
    totals.require_sound(of_units=columns.by_unit)
    return cluster_paths(rows.cells, groups)


def panel_arrays(
    data: Data,
    outcome: str,
    columns: PanelColumns,
    covariates: Mapping[str, Float],
    leaving: str | None,
) -> tuple[Panel, Unusable]:
    """Return one row for each unit; ``covariates`` are columns of ``data``'s rows.

    Raises
    ------
    Refused
        As ``paths_arrays`` does.
    """
    rows = _rows(data, outcome, columns, leaving)
    totals = Totals(rows.cells)
    totals.count(_groups(rows, columns, drop=False))
    totals.require_sound(of_units=columns.by_unit)
    t, size = rows.cells.calendar.size, rows.unit.max(initial=-1) + 1
    x = np.full((size, t, len(covariates)), np.nan)
    for i, values in enumerate(covariates.values()):
        x[rows.unit, rows.place, i] = values[rows.kept]
    y = np.full((size, t), np.nan)
    y[rows.unit, rows.place] = data[outcome][rows.kept]
    code, cluster = np.zeros(size, np.int64), np.zeros(size, np.int64)
    code[rows.unit], cluster[rows.unit] = rows.code, rows.cluster
    members = Members(rows.cells.calendar.cohorts[code], cluster, y, constant(x))
    return panel_of(rows.cells.calendar, members)


def _rows(data: Data, outcome: str, columns: PanelColumns, leaving: str | None) -> _Rows:
    times, starts, y = data[columns.time], data[columns.first_treated], data[outcome]
    calendar = read_calendar(times, starts, columns.never)
    code, place = calendar.code(starts), calendar.place(times)
    kept = np.ones(len(y), bool) if leaving is None else data[leaving] != 1
    cells = cells_of(calendar, code, place, np.ones(len(y)), y, kept.astype(np.float64))
    cluster = data[columns.cluster or columns.unit or ""][kept]
    unit = np.arange(len(cluster)) if columns.unit is None else data[columns.unit][kept]
    code, place = code[kept], place[kept]
    deviation = y[kept] - cells.centre[code, place]
    return _Rows(cells, kept, _numbered(unit), _numbered(cluster), code, place, deviation)


def _numbered(values: NDArray[Any]) -> Integer:
    return np.unique(values, return_inverse=True)[1]


def _groups(rows: _Rows, columns: PanelColumns, *, drop: bool) -> Groups:
    """Return all clusters, with the sums of the units that enter."""
    t = rows.cells.calendar.size
    if columns.unit is None:
        n, deviation, low, high = _summed(rows, rows.cluster, t)
        seen = n.sum(axis=1).astype(np.int64)
        return Groups(low, high, n, deviation, seen, seen, np.zeros_like(seen))
    n, deviation, low, high = _summed(rows, rows.unit, t)
    units = of_single_units(low, high, n, deviation, drop=drop)
    if columns.by_unit:
        return units
    cluster = ends(rows.unit, rows.cluster, len(n))
    return of_clusters(units, cluster, rows.cells.centre, drop=drop)


def _summed(rows: _Rows, group: Integer, t: int) -> tuple[Float, Float, Integer, Integer]:
    """Return rows and sums by group and period, and the ends of the groups' codes."""
    size = int(group.max(initial=-1)) + 1
    place = group * t + rows.place
    n: Float = np.bincount(place, minlength=size * t).astype(np.float64).reshape(size, t)
    sums = np.bincount(place, rows.deviation, size * t).astype(np.float64)
    return n, sums.reshape(size, t), *ends(group, rows.code, size)
