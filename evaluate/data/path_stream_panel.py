"""A panel of numbered units from rows in any order: each row is put where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.path_groups import Cells, Totals, of_clusters, of_single_units
from evaluate.data.path_panel import Members, constant, panel_of
from evaluate.data.path_queries import PathQueries
from evaluate.data.path_stream import Range, Stream, TwiceSeen, numbers_of, offsets
from evaluate.data.paths import Panel, Unusable

if TYPE_CHECKING:
    from pyarrow import Array

_EMPTY = -1
_NEVER = np.iinfo(np.int32).max


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
    t, k = cells.calendar.size, len(covariates)
    size = (units.high - units.low + 1) * t
    outcome, code = np.full(size, np.nan), np.full(size, _EMPTY, np.int16)
    x = np.full((size, k), np.nan)
    clusters = None if queries.columns.by_unit else _Clusters(size)
    n_rows = 0
    for batch in stream(queries.placed(cells.calendar, (units.low, units.high), covariates)):
        cell = numbers_of(batch.column("cell"))
        outcome[cell] = numbers_of(batch.column("y"))
        code[cell] = numbers_of(batch.column("code"))
        for i in range(k):
            x[cell, i] = numbers_of(batch.column(f"x_{i}"))
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
    y, stacked = outcome.reshape(-1, t), x.reshape(size // t, t, k)
    if not there.all():
        y, stacked = y[there], stacked[there]
    cohort = cells.calendar.cohorts[low]
    return panel_of(cells.calendar, Members(cohort, cluster, y, constant(stacked)))


def _ends(values: NDArray[np.signedinteger]) -> tuple[Integer, Integer]:
    """Return the smallest and the largest value of each row, but for those that are empty."""
    high, low = values.max(axis=1), values.min(axis=1)
    if low.min(initial=0) < 0:
        low = np.where(values >= 0, values, np.iinfo(values.dtype).max).min(axis=1)
    return low.astype(np.int64), high.astype(np.int64)


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
