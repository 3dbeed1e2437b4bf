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
_AT_ONCE = 16_384  # units whose sums are formed together: they stay in the processor's cache
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
    n_rows, n_filled = 0, 0
    codes = offsets(cells.calendar)
    for part in units.parts(cells.calendar.size):
        placed = _Placed((part.high - part.low + 1) * cells.calendar.size, cells.calendar.size)
        batches = stream(queries.placed(cells.calendar, (part.low, part.high)))
        for outcome, code in placed.units(batches):
            groups, filled = _groups(outcome, code, codes, cells, drop=drop)
            n_filled += filled
            yield groups
        n_rows += placed.n_rows
    if n_rows > n_filled:
        raise TwiceSeen


Units = tuple[Float, NDArray[np.int16]]


class _Placed:
    """Rows put where they belong: as they come while units follow each other, then in a table.

    Parameters
    ----------
    size : int
        Cells of the table, units times periods.
    t : int
        Periods.
    """

    def __init__(self, size: int, t: int) -> None:
        self.n_rows = 0
        self._size, self._t = size, t
        self._done = 0  # cells of whole units that are given out
        self._tail: Units = (np.empty(0), np.empty(0, np.int16))
        self._table: Units | None = None

    def units(self, batches: Iterable[RecordBatch]) -> Iterator[Units]:
        """Give out some thousand units at a time, shape (b, T): outcomes, and codes or -1."""
        for batch in batches:
            cell = numbers_of(batch.column("cell"))
            found = numbers_of(batch.column("y")), numbers_of(batch.column("code"))
            self.n_rows += len(cell)
            if not len(cell):
                continue
            follows = self._table is None and cell[0] == self._done + len(self._tail[0])
            if follows and in_a_row(cell):
                yield from self._in_order(*found)
            else:
                self._scatter(cell, *found)
        if self._table is None and self._done + len(self._tail[0]) < self._size:
            self._scatter(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int16))
        if self._table is not None:
            yield from self._cut(*self._table)
        elif len(self._tail[0]):
            yield from self._cut(*self._tail)

    def _in_order(self, outcome: Float, code: NDArray[np.int16]) -> Iterator[Units]:
        """Give out whole units, and keep what has begun."""
        if len(self._tail[0]):
            need = self._t - len(self._tail[0])
            first = np.concatenate([self._tail[0], outcome[:need]])
            begun = np.concatenate([self._tail[1], code[:need]])
            if len(first) < self._t:
                self._tail = first, begun
                return
            self._done += self._t
            yield from self._cut(first, begun)
            outcome, code = outcome[need:], code[need:]
        end = len(outcome) // self._t * self._t
        self._done += end
        self._tail = outcome[end:].copy(), code[end:].copy()
        yield from self._cut(outcome[:end], code[:end])

    def _scatter(self, cell: Integer, outcome: Float, code: NDArray[np.int16]) -> None:
        """Put rows into a table of the units that have not been given out."""
        if self._table is None:
            rest = self._size - self._done
            self._table = np.empty(rest), np.full(rest, _EMPTY, np.int16)
            self._table[0][: len(self._tail[0])] = self._tail[0]
            self._table[1][: len(self._tail[1])] = self._tail[1]
        # Rows of a unit that is given out already stand in the data twice.
        late = cell >= self._done
        if not late.all():
            cell, outcome, code = cell[late], outcome[late], code[late]
        at: slice | Integer = cell.astype(np.int64) - self._done
        if len(cell) and in_a_row(cell):  # copied, where scattering costs five times as much
            at = slice(int(cell[0]) - self._done, int(cell[0]) - self._done + len(cell))
        self._table[0][at], self._table[1][at] = outcome, code

    def _cut(self, outcome: Float, code: NDArray[np.int16]) -> Iterator[Units]:
        for first in range(0, len(outcome), _AT_ONCE * self._t):
            to = slice(first, first + _AT_ONCE * self._t)
            yield outcome[to].reshape(-1, self._t), code[to].reshape(-1, self._t)


def _groups(
    outcome: Float, code: NDArray[np.int16], codes: Integer, cells: Cells, *, drop: bool
) -> tuple[Groups, int]:
    """Return units, and how many of their cells are filled."""
    one = code[:, 0]
    if one.min() >= 0 and (code == code[:, :1]).all():
        low, seen = codes[one], np.ones(len(one), np.int64)
        even = np.broadcast_to(1.0, outcome.shape)
        deviation = outcome - cells.centre[low]
        return Groups(low, low, even, deviation, seen, seen, np.zeros_like(seen)), code.size
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


def in_a_row(cell: Integer) -> bool:
    """Return whether cells follow each other, as those of rows sorted by unit and period do.

    Parameters
    ----------
    cell : ndarray, shape (n,)
        Places in a table, n > 0.
    """
    if cell[-1] - cell[0] != len(cell) - 1:
        return False
    return bool((cell[1:] - cell[:-1] == 1).all())


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
