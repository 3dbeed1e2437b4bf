"""Statistics files and databases, brought into the data zone as one private Parquet file.

Each kind of source has a file here. What they promise is the same: only the columns asked for are
read, chunk by chunk; values arrive as they are stored, codes rather than labels; nothing but the
source itself is opened; and no message holds a cell, an address or a password.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from evaluate.data.definition import Source
from evaluate.data.readers import duckdb_file, postgres, spss, sqlite, stata
from evaluate.data.readers.private import ReadTable
from evaluate.errors import DataError, Problem

__all__ = ["ReadTable", "to_parquet"]

_FILES = {
    ".dta": stata.read,
    ".sav": spss.read,
    ".zsav": spss.read,
    ".duckdb": duckdb_file.read,
    ".sqlite": sqlite.read,
}
_SQLITE = b"SQLite format 3\0"


def to_parquet(
    source: Source, path: Path | None, columns: Sequence[str] | None, target: Path
) -> ReadTable:
    """Write the wanted columns of a source to a private Parquet file.

    Parameters
    ----------
    source : Source
        As the study defines it: a statistics file, a database file, or a server.
    path : Path or None
        The file, already found to lie in the study's folder; ``None`` for a server.
    columns : sequence of str or None
        Names of wanted columns; those that the source lacks are passed over, because the caller
        names them all at once. ``None`` means every column.
    target : Path
        The file to write; it must not exist. Its owner alone can read it.

    Returns
    -------
    ReadTable
        Names of all columns that the source has, its hash, and its number of rows. Where no
        wanted column exists the file has one column of NULLs, so that rows can be counted.

    Raises
    ------
    DataError
        If the source is damaged or unreachable, holds no such table, changes while it is read,
        unpacks to far more than its size, or a wanted column holds lists, structures or bytes.
    """
    if path is None:
        return postgres.read(source, columns, target)
    suffix = path.suffix.lower()
    read = _either(path) if suffix == ".db" else _FILES.get(suffix)
    if read is None:
        raise DataError(
            Problem(
                source.label,
                "the source is of a kind that is not read",
                "other formats run code, or lose leading zeros and long numbers",
                f"save it as one of {', '.join(_FILES)}",
            )
        )
    return read(source, path, columns, target)


def _either(path: Path) -> Callable[[Source, Path, Sequence[str] | None, Path], ReadTable]:
    """Return the reader of a file that may be of either kind of database, by its first bytes."""
    try:
        with path.open("rb") as file:
            first = file.read(len(_SQLITE))
    except OSError:
        first = b""  # the reader says why
    return sqlite.read if first == _SQLITE else duckdb_file.read
