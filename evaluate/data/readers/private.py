"""The private Parquet file that a reader fills, chunk by chunk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from evaluate.data.readers.arrays import of_cells
from evaluate.errors import DataError, Problem

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 100_000
NO_COLUMN = "none"
_LEAST = 1 << 30
_RATIO = 200


@dataclass(frozen=True, slots=True)
class ReadTable:
    """What a reader found.

    Attributes
    ----------
    names : tuple of str
        Of all columns of the source, wanted or not.
    sha256 : str
        Of the bytes of a file; of a server, of names, types and rows in whatever order.
    n_rows : int
        Rows of the source.
    """

    names: tuple[str, ...]
    sha256: str
    n_rows: int


class PrivateParquet:
    """A Parquet file that only its owner can read; a context manager.

    Parameters
    ----------
    target : Path
        The file; it must not exist.
    where : str
        Place of the source in messages.
    n_packed : int or None
        Size of the source in bytes: what it unpacks to has a limit; ``None`` for no limit.
    """

    def __init__(self, target: Path, where: str, n_packed: int | None) -> None:
        self.n_rows = 0
        self._target, self._where = target, where
        self._limit = None if n_packed is None else max(_LEAST, _RATIO * n_packed)
        self._n_bytes = 0
        self._file: BinaryIO | None = None
        self._writer: Any = None

    def write(self, table: pa.Table) -> None:
        """Append rows.

        Parameters
        ----------
        table : Table
            With the columns of the first call.

        Raises
        ------
        DataError
            If the source unpacks to more than it may, or the disk is full.
        """
        self.n_rows += table.num_rows
        self._n_bytes += table.nbytes
        if self._limit is not None and self._n_bytes > self._limit:
            raise DataError(
                Problem(
                    self._where,
                    f"the file unpacks to more than {_RATIO} times its size",
                    "such a file fills the memory or the disk, by mistake or on purpose",
                    "save it without compression, as .parquet or .csv",
                )
            )
        try:
            self._write(table)
        except OSError as error:
            what = f"the rows cannot be written to the data zone: {error.strerror or 'no space'}"
            why = "nothing can be estimated without them"
            raise DataError(Problem(self._where, what, why, "see that there is space")) from None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the file; remove it after an error."""
        try:
            if self._writer is not None:
                self._writer.close()
        finally:
            if self._file is not None:
                self._file.close()
            if kind is not None:
                self._target.unlink(missing_ok=True)

    def _write(self, table: pa.Table) -> None:
        from pyarrow.parquet import ParquetWriter

        if self._writer is None:
            descriptor = os.open(self._target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "wb")
            self._writer = ParquetWriter(self._file, table.schema)
        self._writer.write_table(table)


def chosen(names: Sequence[str], columns: Sequence[str] | None) -> list[str]:
    """Return the columns to read, in the order of the source."""
    return list(names) if columns is None else [name for name in names if name in set(columns)]


def table_of(
    names: Sequence[str], kinds: Sequence[pa.DataType], rows: Sequence[Sequence[object]]
) -> pa.Table:
    """Return rows as an Arrow table.

    Parameters
    ----------
    names : sequence of str
        Of the columns; none for rows that are only counted.
    kinds : sequence of DataType
        Of the columns.
    rows : sequence of sequence
        Cells, one sequence for each row.
    """
    import pyarrow as pa

    if not names:
        return counted(len(rows))
    cells = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [of_cells(one, kind) for one, kind in zip(cells, kinds, strict=True)]
    return pa.Table.from_arrays(arrays, names=list(names))


def counted(n_rows: int) -> pa.Table:
    """Return a table of one column of NULLs."""
    import pyarrow as pa

    return pa.Table.from_arrays([pa.nulls(n_rows, pa.bool_())], names=[NO_COLUMN])
