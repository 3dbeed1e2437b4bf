"""A table of a DuckDB file, read by a connection that can reach nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

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
from evaluate.data.readers.private import CHUNK, PrivateParquet, ReadTable, chosen, counted

_AS_THEY_ARE = frozenset({"BOOLEAN", "FLOAT", "DOUBLE", "VARCHAR", "DATE"})
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_UNSIGNED = frozenset({"UTINYINT", "USMALLINT", "UINTEGER"})
_MOMENTS = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
_LONG = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
_WIDEST = 2**63
# Rows come through Arrow, which wraps the errors of DuckDB that strike on the way.
_ERRORS = (duckdb.Error, OSError, ValueError)
_DAMAGED = "the database is damaged, in use, of a newer version, or reaches for other files"
_FIX = "close what uses it, or export the table to .parquet"


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
    refuse_beside(path, where, [".wal"])
    with unchanged(path, where) as sha256, masked(_ERRORS, where, _DAMAGED, _FIX):
        connection = locked(path, target.parent)
        try:
            table = the_table(_tables(connection), source.table, where)
            described = connection.execute(f"DESCRIBE SELECT * FROM {table.quoted}").fetchall()
            kinds = {str(name): str(kind) for name, kind, *_ in described}
            refuse_twice([str(name) for name, *_ in described], where)
            wanted = chosen(list(kinds), columns)
            query = _query(connection, table, {name: kinds[name] for name in wanted}, where)
            with PrivateParquet(target, where, path.stat().st_size) as out:
                _copy(connection, query, bool(wanted), out)
        finally:
            connection.close()
    return ReadTable(tuple(kinds), sha256, out.n_rows)


def locked(path: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that reads one database and can neither write nor reach anything else.

    Parameters
    ----------
    path : Path
        The file of the database.
    scratch : Path
        Private folder for what DuckDB spills.
    """
    no_extensions: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    connection = duckdb.connect(str(path), read_only=True, config=no_extensions)
    for setting in (
        f"temp_directory = {sql.text(str(scratch / 'spill'))}",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


def _tables(connection: duckdb.DuckDBPyConnection) -> list[TableName]:
    # Named in full: the database may hold macros of the same names.
    found = connection.execute(
        "SELECT schema_name, table_name FROM system.main.duckdb_tables() WHERE NOT internal UNION ALL "
        "SELECT schema_name, view_name FROM system.main.duckdb_views() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    return [TableName(schema, name, schema == "main") for schema, name in found]


def _query(
    connection: duckdb.DuckDBPyConnection, table: TableName, kinds: dict[str, str], where: str
) -> str:
    """Return SQL for the columns, each of a type that Parquet and the dictionary know."""
    cells = {name: _cell(sql.identifier(name), kind) for name, kind in kinds.items()}
    refuse_kinds([(name, kinds[name]) for name, cell in cells.items() if cell is None], where)
    long = [name for name, kind in kinds.items() if kind in _LONG]
    if long:
        outside = ", ".join(
            f"count(*) FILTER ({sql.identifier(name)} >= {_WIDEST}::HUGEINT"
            f" OR {sql.identifier(name)} < -{_WIDEST}::HUGEINT)"
            for name in long
        )
        counts = connection.execute(f"SELECT {outside} FROM {table.quoted}").fetchone() or ()
        if any(counts):
            raise too_long([name for name, n in zip(long, counts, strict=True) if n], where)
    listed = ", ".join(f"{cell} AS {sql.identifier(name)}" for name, cell in cells.items())
    return f"SELECT {listed or 'NULL'} FROM {table.quoted}"


def _cell(column: str, kind: str) -> str | None:
    """Return SQL for a column, or ``None`` where its type is not read."""
    if kind in _AS_THEY_ARE or (kind.startswith("DECIMAL") and not kind.endswith("]")):
        return column
    if kind in _MOMENTS:
        return f"CAST({column} AS TIMESTAMP)"
    if kind in _INTEGERS | _UNSIGNED | _LONG:
        return f"CAST({column} AS BIGINT)"
    if kind == "UUID" or (kind.startswith("ENUM") and not kind.endswith("]")):
        return f"CAST({column} AS VARCHAR)"
    return None


def _copy(
    connection: duckdb.DuckDBPyConnection, query: str, has_columns: bool, out: PrivateParquet
) -> None:
    import pyarrow as pa

    result = connection.execute(query)
    # Its name until DuckDB 1.4.
    read = getattr(result, "to_arrow_reader", None) or result.fetch_record_batch
    reader = read(CHUNK)
    empty = pa.Table.from_batches([], reader.schema)
    out.write(empty if has_columns else counted(0))
    for batch in reader:
        table = pa.Table.from_batches([batch])
        out.write(table if has_columns else counted(table.num_rows))
