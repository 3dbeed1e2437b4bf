"""Sums over time behind an SQL engine: the part of ``SqlSample`` that follows units."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer, centre_of, plain
from evaluate.data.path_arrays import panel_arrays
from evaluate.data.path_calendar import no_start, no_time, read_calendar
from evaluate.data.path_groups import (
    Cells,
    Groups,
    cells_of,
    joined,
    nothing,
    of_clusters,
    of_single_units,
)
from evaluate.data.path_panel import Members, panel_of
from evaluate.data.path_queries import PathQueries
from evaluate.data.path_totals import Totals, cluster_paths
from evaluate.data.paths import ClusterPaths, Incomplete, Panel, PanelColumns, Paths, Unusable

if TYPE_CHECKING:
    from ibis.expr.types import Table

Found = Mapping[str, NDArray[Any]]
# Rows of units that are grouped together, so that the engine need not spill them.
AT_ONCE = 16_000_000


class PathEngine(ABC):
    """Follows units over time, by what a sample can do already."""

    outcome: str
    _held: dict[tuple[PanelColumns, str | None], Cells]

    @abstractmethod
    def _rows(self, weights: str | None = None) -> Table:
        """Return the used rows."""

    @abstractmethod
    def _run(self, expression: Table) -> dict[str, NDArray[Any]]:
        """Return the columns of a query's result, text as objects, 0 for NULL."""

    @abstractmethod
    def columns(self, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Return whole columns, each shape (n,)."""

    def _batches(self, expression: Table) -> Iterator[Found]:
        """Return a query's result in parts."""
        yield self._run(expression)

    def paths(
        self,
        columns: PanelColumns,
        incomplete: Incomplete = "pairs",
        leaving: str | None = None,
    ) -> tuple[Paths, Unusable]:
        """Return sums over time by cohort, and the count of what they leave out."""
        queries = self._over_time(columns, leaving)
        cells = self._cells(queries)
        totals = Totals(cells)
        drop = incomplete == "drop" and columns.unit is not None
        for groups in self._groups(queries, cells, drop=drop):
            totals.add(groups)
        totals.require_sound(of_units=columns.by_unit)
        balanced = columns.unit is not None and (drop or not totals.gaps)
        return totals.paths(columns.rule(incomplete), balanced=balanced)

    def cluster_paths(
        self,
        columns: PanelColumns,
        incomplete: Incomplete = "pairs",
        leaving: str | None = None,
    ) -> ClusterPaths:
        """Return one mean path for each assigned cluster."""
        queries = self._over_time(columns, leaving)
        cells = self._cells(queries)
        drop = incomplete == "drop" and columns.unit is not None
        groups = joined([nothing(cells), *self._groups(queries, cells, drop=drop)])
        totals = Totals(cells)
        totals.count(groups)
        totals.require_sound(of_units=columns.by_unit)
        return cluster_paths(cells, groups)

    def panel(
        self,
        columns: PanelColumns,
        covariates: Sequence[str] = (),
        leaving: str | None = None,
    ) -> tuple[Panel, Unusable]:
        """Return one row for each unit, and the count of what is left out."""
        if columns.unit is None:
            return self._rows_as_units(columns, covariates, leaving)
        queries = self._over_time(columns, leaving)
        cells, over_time = self._cells(queries), False
        if covariates:
            over_time = any(n[0] for n in self._run(queries.varying(covariates)).values())
        calendar = cells.calendar
        found = self._run(queries.panel(calendar, covariates, over_time=over_time))
        totals = Totals(cells)
        totals.count(_members_checked(found, cells, by_unit=columns.by_unit))
        totals.require_sound(of_units=columns.by_unit)
        there = _stacked(found, "n", calendar.size) > 0
        outcome = np.where(there, _stacked(found, "s", calendar.size), np.nan)
        if over_time:
            parts = [_stacked(found, f"x_{i}", calendar.size) for i in range(len(covariates))]
            x = np.where(there[:, :, None], np.stack(parts, axis=2), np.nan)
        else:
            x = _stacked(found, "x", len(covariates))
        n = len(outcome)
        cluster = np.arange(n) if columns.by_unit else _numbered(found["low_cluster"])
        cohort = calendar.cohorts[found["low_code"].astype(np.int64)]
        return panel_of(calendar, Members(cohort, cluster, outcome, x))

    def _rows_as_units(
        self, columns: PanelColumns, covariates: Sequence[str], leaving: str | None
    ) -> tuple[Panel, Unusable]:
        self._cells(self._over_time(columns, leaving))  # refuses what is missing
        names = [columns.time, columns.first_treated, columns.cluster, self.outcome, leaving]
        data = self.columns([one for one in names if one is not None])
        x = self.columns(covariates)
        return panel_arrays(data, self.outcome, columns, x, leaving)

    def _over_time(self, columns: PanelColumns, leaving: str | None) -> PathQueries:
        return PathQueries(self._rows(), self.outcome, columns, leaving)

    def _cells(self, queries: PathQueries) -> Cells:
        """Return what the rows hold by first treated period and period, asked once."""
        key = (queries.columns, queries.leaving)
        if key not in self._held:
            self._held[key] = self._counted_over_time(queries)
        return self._held[key]

    def _counted_over_time(self, queries: PathQueries) -> Cells:
        found = self._run(queries.cells())
        if found["no_start"].sum():
            raise no_start()
        if found["no_time"].sum():
            raise no_time()
        starts, times = plain(found["start"]), plain(found["time"])
        calendar = read_calendar(times, starts, queries.columns.never)
        n, total, kept = (found[name].astype(np.float64) for name in ("n", "total", "kept"))
        cells = cells_of(calendar, calendar.code(starts), calendar.place(times), n, total, kept)
        if queries.numbered and not found["no_unit"].sum():
            low, high = int(found["unit_low"].min()), int(found["unit_high"].max())
            return replace(cells, units=(low, high))
        return cells

    def _groups(self, queries: PathQueries, cells: Cells, *, drop: bool) -> Iterator[Groups]:
        """Return the clusters in parts."""
        centre = float(centre_of(cells.centre.mean(keepdims=True).ravel())[0])
        n_parts = -(-int(cells.n.sum()) // AT_ONCE) if queries.columns.by_unit else 1
        for part in range(n_parts):
            query = queries.groups(cells.calendar, centre, (part, n_parts), drop=drop)
            for found in self._batches(query):
                yield _groups_of(found, cells, centre, queries.columns, drop=drop)


def _groups_of(
    found: Found, cells: Cells, centre: float, columns: PanelColumns, *, drop: bool
) -> Groups:
    t = cells.calendar.size
    low, high = found["low_code"].astype(np.int64), found["high_code"].astype(np.int64)
    n, sums = _stacked(found, "n", t), _stacked(found, "s", t)
    deviation = sums - n * (cells.centre[low] - centre)
    if "seen" in found:
        units, seen, gaps = (found[name].astype(np.int64) for name in ("units", "seen", "gaps"))
        twice, changes, apart = (int(found[name].sum()) for name in ("twice", "changes", "apart"))
        return Groups(low, high, n, deviation, units, seen, gaps, twice, changes, apart)
    if columns.unit is None:
        seen = n.sum(axis=1).astype(np.int64)
        return Groups(low, high, n, deviation, seen, seen, np.zeros_like(seen))
    return of_single_units(low, high, n, deviation, drop=drop)


def _members_checked(found: Found, cells: Cells, *, by_unit: bool) -> Groups:
    """Return the units of a panel as groups, so that their faults are counted."""
    low, high = found["low_code"].astype(np.int64), found["high_code"].astype(np.int64)
    n = _stacked(found, "n", cells.calendar.size)
    units = of_single_units(low, high, n, np.zeros_like(n), drop=False)
    if by_unit:
        return units
    both = _numbered(np.concatenate([found["low_cluster"], found["high_cluster"]]))
    cluster = (both[: len(low)], both[len(low) :])
    return of_clusters(units, cluster, cells.centre, drop=False)


def _stacked(found: Found, name: str, size: int) -> Float:
    n = len(found["low_code"])
    stacked = np.empty((n, size))
    for i in range(size):
        stacked[:, i] = found[f"{name}_{i}"]
    return stacked


def _numbered(values: NDArray[Any]) -> Integer:
    return np.unique(plain(values), return_inverse=True)[1]
