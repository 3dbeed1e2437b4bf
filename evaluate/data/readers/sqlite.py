"""A table of an SQLite file, read without following anything that its schema says.

SQLite types cells, not columns. A column is what its cells are: whole numbers, numbers, or text
where any cell is text, so that the dictionary judges each cell as it judges those of a CSV file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from evaluate.data import sql
from evaluate.data.definition import Source
from evaluate.data.readers.catalog import TableName, the_table
from evaluate.data.readers.faults import (
    masked,
    refuse_beside,
    refuse_kinds,
    refuse_twice,
    too_long,
    unchanged,
)
from evaluate.data.readers.private import CHUNK, PrivateParquet, ReadTable, chosen, table_of

if TYPE_CHECKING:
    import pyarrow as pa

_DAMAGED = "the database is damaged, is no SQLite database, or does what is not allowed"
_FIX = "export the table to .parquet or .csv"
_ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_EXACT = 2**53  # beyond it a number with decimals no longer tells whole numbers apart


def read(source: Source, path: Path, columns: Sequence[str] | None, target: Path) -> ReadTable:
    """Write the wanted columns of one table or view to a private Parquet file.

    Parameters
    ----------
    source : Source
        As the study defines it.
    path : Path
        The file.
    columns : sequence of str or None
        Names of wanted columns; ``None`` for all.
    target : Path
        The file to write.

    Raises
    ------
    DataError
        As ``to_parquet`` says.
    """
    where = source.label
    refuse_beside(path, where, ["-wal", "-journal"])
    errors = (sqlite3.Error, ValueError, OverflowError)
    with (
        unchanged(path, where) as sha256,
        masked(errors, where, _DAMAGED, _FIX),
        closing(locked(path)) as connection,
    ):
        table = the_table(_tables(connection), source.table, where)
        described = connection.execute(f"SELECT * FROM {table.quoted} LIMIT 0").description
        names = [str(column[0]) for column in described]
        refuse_twice(names, where)
        wanted = chosen(names, columns)
        cells, kinds = _cells(connection, table, wanted, where)
        query = f"SELECT {', '.join(cells) or 'NULL'} FROM {table.quoted}"
        with PrivateParquet(target, where, path.stat().st_size) as out:
            found = connection.execute(query)
            out.write(table_of(wanted, kinds, []))
            while rows := found.fetchmany(CHUNK):
                out.write(table_of(wanted, kinds, rows))
    return ReadTable(tuple(names), sha256, out.n_rows)


def locked(path: Path) -> sqlite3.Connection:
    """Return a connection that can read one database and do nothing else.

    Parameters
    ----------
    path : Path
        The file of the database.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_authorizer(_authorise)
    return connection


def _authorise(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    loads = action == sqlite3.SQLITE_FUNCTION and second == "load_extension"
    return sqlite3.SQLITE_OK if action in _ALLOWED and not loads else sqlite3.SQLITE_DENY


def _tables(connection: sqlite3.Connection) -> list[TableName]:
    """Return tables and views; virtual tables run code of an extension."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
        "AND upper(ltrim(sql)) NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    return [TableName("main", str(name)) for (name,) in found]


def _cells(
    connection: sqlite3.Connection, table: TableName, names: Sequence[str], where: str
) -> tuple[list[str], list[pa.DataType]]:
    """Return SQL and type of each column, by what its cells are."""
    import pyarrow as pa

    if not names:
        return [], []
    quoted = [sql.identifier(name) for name in names]
    asked = ", ".join(
        f"total(typeof({one}) = 'blob'), total(typeof({one}) = 'text'), "
        f"total(typeof({one}) = 'real'), "
        f"total(typeof({one}) = 'real' AND {one} <> CAST({one} AS INTEGER)), "
        f"total(typeof({one}) = 'integer' AND {one} NOT BETWEEN -{_EXACT} AND {_EXACT})"
        for one in quoted
    )
    counts = connection.execute(f"SELECT {asked} FROM {table.quoted}").fetchone()
    by_column = [counts[5 * i : 5 * i + 5] for i in range(len(names))]
    refuse_kinds([(name, "blob") for name, n in zip(names, by_column, strict=True) if n[0]], where)
    cells, kinds, long = [], [], []
    for name, one, (_, texts, reals, parts, wide) in zip(names, quoted, by_column, strict=True):
        if texts:
            kind, cell = pa.large_string(), f"CAST({one} AS TEXT)"
        elif parts:
            kind, cell = pa.float64(), f"CAST({one} AS REAL)"
            long += [name] * bool(wide)
        else:
            kind, cell = pa.int64(), f"CAST({one} AS INTEGER)" if reals else one
        cells.append(cell)
        kinds.append(kind)
    if long:
        raise too_long(long, where)
    return cells, kinds
