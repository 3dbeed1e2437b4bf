"""A panel of numbered units from rows in any order: each row is put where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.path_groups import Cells, of_clusters, of_single_units
from evaluate.data.path_panel import Members, panel_of
from evaluate.data.path_queries import PathQueries
from evaluate.data.path_stream import Range, Stream, TwiceSeen, numbers_of, offsets
from evaluate.data.path_totals import Totals
from evaluate.data.paths import Panel, Unusable

if TYPE_CHECKING:
    from pyarrow import Array

_EMPTY = -1


def placed_panel(
    queries: PathQueries, cells: Cells, units: Range, stream: Stream, covariates: Sequence[str]
) -> tuple[Panel, Unusable]:
    """Return one row for each unit.

    Parameters
    ----------
    queries : PathQueries
        Queries over the rows.
    cells : Cells
        Calendar and centres.
    units : Range
        That ``fits``.
    stream : callable
        Runs a query, and returns Arrow's batches.
    covariates : sequence of str
        Columns, or indicators.

    Raises
    ------
    TwiceSeen
        If unit-periods stand in several rows.
    Refused
        As ``Totals.require_sound`` does.
    """
    try:
        return _placed(queries, cells, units, stream, _Constant(cells, units, covariates))
    except _Changing:
        return _placed(queries, cells, units, stream, _OverTime(cells, units, covariates))


def _placed(
    queries: PathQueries, cells: Cells, units: Range, stream: Stream, x: _Constant | _OverTime
) -> tuple[Panel, Unusable]:
    t = cells.calendar.size
    size = (units.high - units.low + 1) * t
    outcome, code = np.full(size, np.nan), np.full(size, _EMPTY, np.int16)
    clusters = None if queries.columns.by_unit else _Clusters(size)
    n_rows = 0
    for batch in stream(queries.placed(cells.calendar, (units.low, units.high), x.names)):
        cell = numbers_of(batch.column("cell"))
        outcome[cell] = numbers_of(batch.column("y"))
        code[cell] = numbers_of(batch.column("code"))
        x.put(cell, [numbers_of(batch.column(f"x_{i}")) for i in range(len(x.names))])
        if clusters is not None:
            clusters.put(cell, batch.column("cluster"))
        n_rows += len(cell)
    n = (code >= 0).reshape(-1, t)
    if n_rows > int(np.count_nonzero(n)):
        raise TwiceSeen
    there = n.any(axis=1)
    low, high = (offsets(cells.calendar)[end] for end in _ends(code.reshape(-1, t)[there]))
    n_here: Float = n[there].astype(np.float64)
    nothing = np.broadcast_to(0.0, n_here.shape)
    single = of_single_units(low, high, n_here, nothing, drop=False)
    cluster = np.arange(len(low))
    totals = Totals(cells)
    if clusters is None:
        totals.count(single)
    else:
        first, last = _ends(clusters.number.reshape(-1, t)[there])
        totals.count(of_clusters(single, (first, last), cells.centre, drop=False))
        cluster = first
    totals.require_sound(of_units=clusters is None)
    y, values = outcome.reshape(-1, t), x.values
    if not there.all():
        y, values = y[there], values[there]
    return panel_of(cells.calendar, Members(cells.calendar.cohorts[low], cluster, y, values))


def _ends(values: NDArray[np.signedinteger]) -> tuple[Integer, Integer]:
    """Return the smallest and the largest value of each row, but for those that are empty."""
    high, low = values.max(axis=1), values.min(axis=1)
    if low.min(initial=0) < 0:
        low = np.where(values >= 0, values, np.iinfo(values.dtype).max).min(axis=1)
    return low.astype(np.int64), high.astype(np.int64)


class _Changing(Exception):  # noqa: N818 - a form of data, not a fault
    """A covariate changes over time."""


class _Constant:
    """Covariates of which each unit has one value."""

    def __init__(self, cells: Cells, units: Range, names: Sequence[str]) -> None:
        self.names, self._t = names, cells.calendar.size
        self._by_name = np.full((len(names), units.high - units.low + 1), np.nan)

    @property
    def values(self) -> Float:
        return np.ascontiguousarray(self._by_name.T)

    def put(self, cell: Integer, columns: Sequence[Float]) -> None:
        unit = cell // self._t if columns else cell
        for values, new in zip(self._by_name, columns, strict=True):
            before = values[unit]
            values[unit] = new
            differs = (before != new) & ~np.isnan(before)
            if differs.any() or (values[unit] != new).any():
                raise _Changing


class _OverTime:
    """Covariates with a value for each unit and period."""

    def __init__(self, cells: Cells, units: Range, names: Sequence[str]) -> None:
        self.names = names
        self.values = np.full((units.high - units.low + 1, cells.calendar.size, len(names)), np.nan)

    def put(self, cell: Integer, columns: Sequence[Float]) -> None:
        by_cell = self.values.reshape(-1, len(self.names))
        for i, new in enumerate(columns):
            by_cell[cell, i] = new


class _Clusters:
    """Numbers of the clusters that rows lie in, in the order in which they are seen."""

    def __init__(self, size: int) -> None:
        self.number = np.full(size, _EMPTY, np.int32)
        self._known: dict[object, int] = {}

    def put(self, cell: Integer, column: Array) -> None:
        """Put the clusters of some rows into their cells."""
        coded = column.dictionary_encode()
        labels = coded.dictionary.to_pylist()
        numbers = [self._known.setdefault(one, len(self._known)) for one in labels]
        self.number[cell] = np.array(numbers, np.int32)[numbers_of(coded.indices)]
