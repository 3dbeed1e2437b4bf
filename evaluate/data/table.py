"""The private database: locked, with errors that hold no cells, and its view of CSV files."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from evaluate.data import sql
from evaluate.data.files import Origin
from evaluate.data.header import refuse_other_delimiter
from evaluate.data.names import plural
from evaluate.data.source import Snapshot
from evaluate.errors import DataError, Problem

MEMORY = "EVALUATE_MEMORY"
_ENOUGH = "1GB"
_REJECTED = {
    "MISSING COLUMNS": "too few cells",
    "TOO MANY COLUMNS": "too many cells",
    "UNQUOTED VALUE": "a quotation mark out of place",
    "LINE SIZE OVER MAXIMUM": "more than 2 MB",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a source.

    Attributes
    ----------
    names : tuple of str
        As they stand in the file.
    columns : tuple of str
        How SQL calls each.
    kinds : tuple of str
        DuckDB's type of each; those of a CSV file are all VARCHAR.
    scan : str
        SQL that reads the source.
    stored : bool
        Whether the typed cells must be stored, because reading them again is dear.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    scan: str
    stored: bool


def connect(scratch: Path, *paths: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection to a new database that can read some files, and reach nothing else.

    DuckDB spills to the scratch folder what does not fit into the memory that the environment
    variable ``EVALUATE_MEMORY`` allows it, 1GB unless it says otherwise.

    Parameters
    ----------
    scratch : Path
        Private folder for the database and what DuckDB spills.
    *paths : Path
        The files that may be read. DuckDB would let statements write them too: none of ours
        does, and ``Watch`` would see it.

    Raises
    ------
    DataError
        If the variable is not an amount of memory.
    """
    memory = _memory()
    connection = duckdb.connect(str(scratch / "rows.duckdb"))
    # The order matters: after external access is off no path can be allowed any more.
    for setting in (
        f"temp_directory = {sql.text(str(scratch / 'spill'))}",
        f"memory_limit = {sql.text(memory)}",
        "preserve_insertion_order = false",
        f"allowed_paths = {sql.array(map(str, paths))}",
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
    except duckdb.OutOfMemoryException:
        raise DataError(
            Problem(
                where,
                "the rows need more memory or room on the disk than there is",
                f"what does not fit into {_memory()} is kept in the private folder meanwhile",
                f"set the variable {MEMORY} higher, such as 4GB, or free room on the disk",
            )
        ) from None
    except duckdb.Error as error:
        raise DataError(
            Problem(
                where,
                f"{what} ({type(error).__name__})",
                "the details are kept back because they may hold cells of the data",
                fix,
            )
        ) from None


def csv_layout(origins: Sequence[Origin], snapshots: Sequence[Snapshot]) -> Layout:
    """Return the columns of CSV files, which all begin with the same first row.

    Parameters
    ----------
    origins : sequence of Origin
        What messages say of each file.
    snapshots : sequence of Snapshot
        Their private copies.

    Raises
    ------
    DataError
        If a first row does not name columns, or not those of the first file.
    """
    pairs = list(zip(origins, snapshots, strict=True))
    headers = [_header(origin, snapshot) for origin, snapshot in pairs]
    other = [
        Problem(
            origin.label,
            f"its columns are not those of `{origins[0].label}`",
            "the files of one source are one table",
            "write the same columns in the same order into every file",
        )
        for origin, names in zip(origins, headers, strict=True)
        if names != headers[0]
    ]
    if other:
        raise DataError(*other)
    columns = tuple(f"c{i}" for i in range(len(headers[0])))
    listing = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    paths = sql.array(str(one.path) for one in snapshots)
    scan = (
        f"read_csv({paths}, auto_detect = false, header = true, "
        f"columns = {{{listing}}}, delim = {sql.text(origins[0].source.delimiter)}, quote = '\"', "
        "escape = '\"', strict_mode = true, null_padding = false, store_rejects = true)"
    )
    kinds = ("VARCHAR",) * len(columns)
    return Layout(tuple(headers[0]), columns, kinds, scan, stored=True)


def refuse_rejected(connection: duckdb.DuckDBPyConnection, origin: Origin) -> None:
    """Refuse CSV files with rows that DuckDB could not divide into cells.

    Raises
    ------
    DataError
        With the number of rows of each kind.
    """
    found = connection.execute(
        "SELECT CAST(error_type AS VARCHAR), count(DISTINCT (file_id, line)) FROM reject_errors "
        "GROUP BY 1"
    ).fetchall()
    problems = [
        Problem(
            origin.label,
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


def _memory() -> str:
    value = os.environ.get(MEMORY) or _ENOUGH
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)? ?[KMGT]i?B", value):
        raise DataError(
            Problem(
                MEMORY,
                "it is not an amount of memory",
                "it says how much the private database may use before it spills to the disk",
                "write it like 512MB or 4GB, or leave it out",
            )
        )
    return value


def _header(origin: Origin, snapshot: Snapshot) -> list[str]:
    if snapshot.n_quotes % 2:
        raise _unclosed(origin)
    # newline="" leaves line endings to the csv module, which knows those within quotes.
    with snapshot.path.open(encoding="utf-8", newline="") as file:
        try:
            names = next(csv.reader(file, delimiter=origin.source.delimiter, strict=True), [])
        except csv.Error:
            raise _unclosed(origin) from None
    if not names:
        raise DataError(
            Problem(
                origin.label,
                "the first row is empty",
                "columns are found by their names in the first row",
                "delete the empty rows above the names",
            )
        )
    if len(names) == 1:
        refuse_other_delimiter(origin, names[0])
    return names


def _unclosed(origin: Origin) -> DataError:
    return DataError(
        Problem(
            origin.label,
            "a quotation mark is never closed",
            "all that follows it would be read as one cell",
            'close it, and write a mark within a cell as `""`',
        )
    )
