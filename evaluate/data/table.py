"""One source as a table of text in DuckDB: its structure checked, only the wanted columns read."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from evaluate.data import sql
from evaluate.data.definition import Source
from evaluate.data.header import header_problems, refuse_other_delimiter
from evaluate.data.names import plural
from evaluate.data.source import Snapshot
from evaluate.errors import DataError, Problem

RAW = "raw"
_REJECTED = {
    "MISSING COLUMNS": "too few cells",
    "TOO MANY COLUMNS": "too many cells",
    "UNQUOTED VALUE": "a quotation mark out of place",
    "LINE SIZE OVER MAXIMUM": "more than 2 MB",
}
_PLAIN = frozenset({"BOOLEAN", "FLOAT", "DOUBLE", "VARCHAR", "DATE"})


def connect(scratch: Path, snapshot: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection to a new database that can read one file, and reach nothing else.

    Parameters
    ----------
    scratch : Path
        Private folder for the database and what DuckDB spills.
    snapshot : Path
        The one file that may be read.
    """
    connection = duckdb.connect(str(scratch / "rows.duckdb"))
    # The order matters: after external access is off no path can be allowed any more.
    for setting in (
        f"temp_directory = {sql.text(str(scratch / 'spill'))}",
        f"allowed_paths = [{sql.text(str(snapshot))}]",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "python_enable_replacements = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


@contextmanager
def masked(where: str, what: str, fix: str) -> Iterator[None]:
    """Turn an error of DuckDB, whose text may hold cells, into a problem without them.

    Raises
    ------
    DataError
        In place of any error of DuckDB.
    """
    try:
        yield
    except duckdb.Error as error:
        raise DataError(
            Problem(
                where,
                f"{what} ({type(error).__name__})",
                "the details are kept back because they may hold cells of the data",
                fix,
            )
        ) from None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a source.

    Attributes
    ----------
    names : tuple of str
        As they stand in the file.
    scan : str
        SQL that reads the file; its columns are ``c0``, ``c1``, … in the order of ``names``.
    """

    names: tuple[str, ...]
    scan: str


def layout(
    connection: duckdb.DuckDBPyConnection, source: Source, snapshot: Snapshot, wanted: Sequence[str]
) -> Layout:
    """Return the columns of a source, after checking its first row.

    Parameters
    ----------
    connection : DuckDBPyConnection
        As ``connect`` returns it.
    source : Source
        As the study defines it.
    snapshot : Snapshot
        The private copy.
    wanted : sequence of str
        Columns that the study needs: only their names may stand in messages.

    Raises
    ------
    DataError
        If the first row does not name columns, each once.
    """
    if source.is_parquet:
        found = _parquet_layout(connection, source, snapshot)
    else:
        found = _csv_layout(source, snapshot)
    problems = header_problems(source, found.names, wanted)
    if problems:
        raise DataError(*problems)
    return found


def load_raw(
    connection: duckdb.DuckDBPyConnection, source: Source, found: Layout, columns: Sequence[str]
) -> int:
    """Create the table ``raw`` with the wanted columns as text, named ``c<position>``.

    Returns
    -------
    int
        Number of rows.

    Raises
    ------
    DataError
        If rows are ragged or quotation marks out of place, with their number; if there are none.
    """
    wanted = ", ".join(column_of(found, name) for name in columns) or "1 AS none"
    with masked(
        source.path,
        "the rows cannot be told apart",
        "export it again, with one kind of line ending and every quoted cell closed",
    ):
        connection.execute(f"CREATE TABLE {RAW} AS SELECT {wanted} FROM {found.scan}")
    _refuse_rejected(connection, source)
    (count,) = connection.execute(f"SELECT count(*) FROM {RAW}").fetchone() or (0,)
    if not count:
        raise DataError(
            Problem(
                source.path,
                "the file has names of columns but no rows",
                "nothing can be estimated without rows",
                "export it again",
            )
        )
    return int(count)


def column_of(found: Layout, name: str) -> str:
    """Return the internal name of a column of the source."""
    return f"c{found.names.index(name)}"


def _csv_layout(source: Source, snapshot: Snapshot) -> Layout:
    if snapshot.n_quotes % 2:
        raise _unclosed(source)
    # newline="" leaves line endings to the csv module, which knows those within quotes.
    with snapshot.path.open(encoding="utf-8", newline="") as file:
        try:
            names = next(csv.reader(file, delimiter=source.delimiter, strict=True), [])
        except csv.Error:
            raise _unclosed(source) from None
    if not names:
        raise DataError(
            Problem(
                source.path,
                "the first row is empty",
                "columns are found by their names in the first row",
                "delete the empty rows above the names",
            )
        )
    if len(names) == 1:
        refuse_other_delimiter(source, names[0])
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(names)))
    scan = (
        f"read_csv({sql.text(str(snapshot.path))}, auto_detect = false, header = true, "
        f"columns = {{{columns}}}, delim = {sql.text(source.delimiter)}, quote = '\"', "
        "escape = '\"', strict_mode = true, null_padding = false, store_rejects = true)"
    )
    return Layout(tuple(names), scan)


def _parquet_layout(
    connection: duckdb.DuckDBPyConnection, source: Source, snapshot: Snapshot
) -> Layout:
    scan = f"read_parquet({sql.text(str(snapshot.path))})"
    with masked(source.path, "the file is not Parquet, or damaged", "write it again"):
        described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        names = connection.execute(
            f"SELECT name, num_children FROM parquet_schema({sql.text(str(snapshot.path))})"
        ).fetchall()
    nested = [name for name, kind, *_ in described if not _is_plain(kind)]
    if nested or len(names) != len(described) + 1:
        raise DataError(
            Problem(
                source.path,
                f"{plural(max(len(nested), 1), 'column')} of lists, structures or bytes",
                "a cell is one value",
                "write such columns as text, or leave them out",
            )
        )
    # As text like a CSV file, so that both formats pass one set of checks.
    cells = ", ".join(
        f"CAST({sql.identifier(name)} AS VARCHAR) AS c{i}" for i, (name, *_) in enumerate(described)
    )
    return Layout(tuple(name for name, _ in names[1:]), f"(SELECT {cells} FROM {scan})")


def _is_plain(kind: str) -> bool:
    ends, starts = ("INT", "INTEGER"), ("TIMESTAMP", "DECIMAL")
    return kind in _PLAIN or kind.endswith(ends) or kind.startswith(starts)


def _refuse_rejected(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    if source.is_parquet:
        return
    found = connection.execute(
        "SELECT CAST(error_type AS VARCHAR), count(DISTINCT line) FROM reject_errors GROUP BY 1"
    ).fetchall()
    problems = [
        Problem(
            source.path,
            f"{plural(count, 'row')} with {_REJECTED.get(kind, 'another fault')}",
            "cells would slip into the wrong columns",
            "put cells that hold the delimiter or a line break in quotation marks",
        )
        for kind, count in sorted(found)
    ]
    if problems:
        raise DataError(*problems)
    for table in ("reject_errors", "reject_scans"):
        connection.execute(f"DROP TABLE {table}")


def _unclosed(source: Source) -> DataError:
    return DataError(
        Problem(
            source.path,
            "a quotation mark is never closed",
            "all that follows it would be read as one cell",
            'close it, and write a mark within a cell as `""`',
        )
    )
