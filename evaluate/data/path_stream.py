"""Paths of numbered units from rows in any order: each row is put where it belongs.

A sample whose units are whole numbers without wide gaps needs no grouping: its outcomes go
into a table of units by periods, a range of units at a time. Where rows are sorted by unit,
the engine reads of each range only the parts of the file that hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.path_calendar import Calendar, whole
from evaluate.data.path_groups import Cells, Groups, of_single_units
from evaluate.data.path_queries import PathQueries

if TYPE_CHECKING:
    from ibis.expr.types import Table
    from pyarrow import Array, RecordBatch

# Cells of the table at once: 10 bytes each.
ROOM = 50_000_000
_SPARSEST = 8  # cells for each row from which grouping costs less
_AT_ONCE = 200_000  # units whose sums are formed together
_EMPTY = -1
_NEVER = np.iinfo(np.int16).max

_KINDS = {"double": "float64", "float": "float32"}  # Arrow's names that NumPy does not know


class TwiceSeen(Exception):  # noqa: N818 - what is in several rows is counted elsewhere
    """Unit-periods stand in several rows."""


Stream = Callable[["Table"], Iterable["RecordBatch"]]


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers of the units.

    Attributes
    ----------
    low, high : int
        Smallest and largest.
    """

    low: int
    high: int

    def fits(self, cells: Cells) -> bool:
        """Return whether units by periods is a table that is mostly filled."""
        n_cells = (self.high - self.low + 1) * cells.calendar.size
        few = len(cells.calendar.starts) <= _NEVER
        return few and n_cells <= _SPARSEST * float(cells.n.sum())

    def parts(self, t: int) -> Iterator[Range]:
        """Return ranges of about equal size that there is room for."""
        size = self.high - self.low + 1
        n_parts = -(-size * t // ROOM)
        step = -(-size // max(n_parts, 1))
        for low in range(self.low, self.high + 1, step):
            yield Range(low, min(low + step - 1, self.high))


def placed_groups(
    queries: PathQueries, cells: Cells, units: Range, stream: Stream, *, drop: bool
) -> Iterator[Groups]:
    """Return the units, each a cluster of its own.

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
    drop : bool
        Whether units with gaps do not enter.

    Yields
    ------
    Groups
        Some of the units.

    Raises
    ------
    TwiceSeen
        After the last, if unit-periods stand in several rows.
    """
    t, n_rows, n_filled = cells.calendar.size, 0, 0
    codes = offsets(cells.calendar)
    for part in units.parts(t):
        size = (part.high - part.low + 1) * t
        outcome, code = np.empty(size), np.full(size, _EMPTY, np.int16)
        for batch in stream(queries.placed(cells.calendar, (part.low, part.high))):
            cell = numbers_of(batch.column("cell"))
            outcome[cell] = numbers_of(batch.column("y"))
            code[cell] = numbers_of(batch.column("code"))
            n_rows += len(cell)
        for first in range(0, size, _AT_ONCE * t):
            to = slice(first, first + _AT_ONCE * t)
            groups, filled = _groups(
                outcome[to].reshape(-1, t), code[to].reshape(-1, t), codes, cells, drop=drop
            )
            n_filled += filled
            yield groups
    if n_rows > n_filled:
        raise TwiceSeen


def _groups(
    outcome: Float, code: NDArray[np.int16], codes: Integer, cells: Cells, *, drop: bool
) -> tuple[Groups, int]:
    """Return units, and how many of their cells are filled."""
    latest = code.max(axis=1)
    if latest.min() < 0:
        there = latest >= 0
        outcome, code, latest = outcome[there], code[there], latest[there]
    first, filled = code.min(axis=1, initial=_NEVER), code.size
    if first.min(initial=0) >= 0:
        low, high = codes[first], codes[latest]
        return of_single_units(
            low, high, np.broadcast_to(1.0, outcome.shape), outcome - cells.centre[low], drop=drop
        ), filled
    here = code >= 0
    low, high = codes[np.where(here, code, _NEVER).min(axis=1)], codes[latest]
    deviation = np.where(here, outcome - cells.centre[low], 0.0)
    units = of_single_units(low, high, here.astype(np.float64), deviation, drop=drop)
    return units, int(np.count_nonzero(here))


def offsets(calendar: Calendar) -> Integer:
    """Return which first treated period each ``code`` of ``PathQueries.placed`` means.

    Whole numbers are counted from the smallest, others are numbered.
    """
    starts = calendar.starts
    if not whole(starts):
        return np.arange(len(starts))
    found = np.full(int(starts[-1] - starts[0]) + 1, _EMPTY)
    found[(starts - starts[0]).astype(np.int64)] = np.arange(len(starts))
    return found


def numbers_of(column: Array) -> NDArray[Any]:
    """Return an Arrow column of numbers, none missing, as NumPy without a copy.

    Arrow's own way imports pandas (1.3 s).
    """
    kind = np.dtype(_KINDS.get(str(column.type), str(column.type)))
    values = np.frombuffer(column.buffers()[1], kind, len(column), column.offset * kind.itemsize)
    return values
