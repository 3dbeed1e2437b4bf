"""A table of a PostgreSQL server, read in one read-only snapshot.

The connection stands in an environment variable that the study names, so that no address and no
password is in a file that is shared. Messages name the variable, never what it holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluate.data import sql
from evaluate.data.definition import Source
from evaluate.data.readers.catalog import TableName, the_table
from evaluate.data.readers.faults import masked, refuse_kinds, too_long
from evaluate.data.readers.private import CHUNK, PrivateParquet, ReadTable, chosen, table_of
from evaluate.errors import DataError, Problem

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

    Connection = psycopg.Connection[tuple[Any, ...]]

_WAIT = 30  # seconds until a server that does not answer is given up
_TABLES = """
SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%%'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')
       OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))
ORDER BY 1, 2
"""
# A domain is read as the type under it.
_COLUMNS = """
WITH RECURSIVE kind AS (
  SELECT a.attnum, a.attname, a.atttypid AS oid
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT k.attnum, k.attname, t.typbasetype
  FROM kind k JOIN pg_catalog.pg_type t ON t.oid = k.oid WHERE t.typtype = 'd'
)
SELECT k.attname, CASE WHEN t.typtype = 'e' THEN 'enum'
                       ELSE pg_catalog.format_type(t.oid, NULL) END
FROM kind k JOIN pg_catalog.pg_type t ON t.oid = k.oid WHERE t.typtype <> 'd' ORDER BY k.attnum
"""
_TEXTS = frozenset({"text", "character varying", "character", '"char"', "name", "uuid", "enum"})
_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_FLOATS = frozenset({"real", "double precision"})
_MOMENT = "timestamp without time zone"
_KNOWN = _INTEGERS | _FLOATS | _TEXTS | {"boolean", "numeric", "date", _MOMENT}
_WHOLE = r"'^-?[0-9]+(\.0*)?$'"
_WIDEST = 2**63
_FIX = "see that the server answers, and that the table is there and may be read"


def read(source: Source, columns: Sequence[str] | None, target: Path) -> ReadTable:
    """Write the wanted columns of one table or view to a private Parquet file.

    Parameters
    ----------
    source : Source
        As the study defines it; names the environment variable with the connection.
    columns : sequence of str or None
        Names of wanted columns; ``None`` for all.
    target : Path
        The file to write.

    Raises
    ------
    DataError
        As ``to_parquet`` says; if the variable is not set, or ``psycopg`` not installed.
    """
    where = source.label
    with _connected(source, where) as connection:
        table = the_table(_tables(connection), source.table, where)
        described = connection.execute(_COLUMNS, (table.schema, table.name)).fetchall()
        kinds = {str(name): str(kind) for name, kind in described}
        wanted = chosen(list(kinds), columns)
        cells, types = _cells(connection, table, {name: kinds[name] for name in wanted}, where)
        query = f"SELECT {', '.join(cells) or 'NULL'} FROM {table.quoted}"
        with (
            PrivateParquet(target, where, None) as out,
            connection.cursor(name="rows", binary=True) as cursor,
        ):
            cursor.execute(query.encode())
            out.write(table_of(wanted, types, []))
            content = _Content([*zip(wanted, map(str, types), strict=True)])
            while rows := cursor.fetchmany(CHUNK):
                out.write(table_of(wanted, types, rows))
                content.add(rows)
    return ReadTable(tuple(kinds), content.sha256, out.n_rows)


class _Content:
    """A hash of rows, whatever the order in which a server happens to give them."""

    def __init__(self, columns: Sequence[tuple[str, str]]) -> None:
        self._total, self._columns = 0, columns

    def add(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Add rows of numbers, texts and truth values, whose ``repr`` tells all."""
        digests = (hashlib.sha256(repr(row).encode()).digest() for row in rows)
        self._total += sum(int.from_bytes(one, "big") for one in digests)

    @property
    def sha256(self) -> str:
        """Return the hash of names, types and rows."""
        return hashlib.sha256(repr((self._columns, self._total)).encode()).hexdigest()


@contextmanager
def _connected(source: Source, where: str) -> Iterator[Connection]:
    """Give a connection that sees one state of the database and cannot change it."""
    address = _address(source, where)
    try:
        import psycopg
    except ImportError:
        what = "reading PostgreSQL needs the package psycopg, which is not installed"
        why = "it is an extra, because few studies need it"
        fix = "install it: pip install 'evaluate-programmes[postgres]'"
        raise DataError(Problem(where, what, why, fix)) from None
    with masked((psycopg.Error, ValueError, OSError), where, "the database cannot be read", _FIX):
        known = psycopg.conninfo.conninfo_to_dict(address)
        wait = str(known.get("connect_timeout") or _WAIT)
        ours = {
            "application_name": "evaluate",
            "client_encoding": "UTF8",
            "connect_timeout": wait,
        }
        with psycopg.connect(psycopg.conninfo.make_conninfo(address, **ours)) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection


def _address(source: Source, where: str) -> str:
    address = os.environ.get(source.database or "", "").strip()
    if not address:
        raise DataError(
            Problem(
                where,
                f"the environment variable {source.database} is not set",
                "it holds the connection, which must not stand in a file",
                f"set {source.database} to postgresql://USER@HOST/DATABASE before you run",
            )
        )
    return address


def _tables(connection: Connection) -> list[TableName]:
    found = connection.execute(_TABLES.replace("%%", "%").encode()).fetchall()
    return [TableName(schema, name, visible) for schema, name, visible in found]


def _cells(
    connection: Connection, table: TableName, kinds: dict[str, str], where: str
) -> tuple[list[str], list[pa.DataType]]:
    """Return SQL and type of each column."""
    import pyarrow as pa

    refuse_kinds([(name, kind) for name, kind in kinds.items() if kind not in _KNOWN], where)
    exact = [name for name, kind in kinds.items() if kind == "numeric"]
    whole = _whole(connection, table, exact, where)
    cells, types = [], []
    for name, kind in kinds.items():
        column = sql.identifier(name)
        if kind in _INTEGERS or name in whole:
            cell, one = f"{column}::int8", pa.int64()
        elif kind in _FLOATS or kind == "numeric":
            cell, one = f"{column}::float8", pa.float64()
        elif kind in _TEXTS:
            cell, one = f"{column}::text", pa.large_string()
        elif kind == "date":
            cell, one = f"{column} - DATE '1970-01-01'", pa.date32()
        elif kind == _MOMENT:
            cell = f"(extract(epoch FROM {column}) * 1000000)::int8"
            one = pa.timestamp("us")
        else:
            cell, one = column, pa.bool_()
        cells.append(cell)
        types.append(one)
    return cells, types


def _whole(connection: Connection, table: TableName, names: Sequence[str], where: str) -> set[str]:
    """Return the columns of exact numbers that hold nothing but whole ones.

    They are read as integers: identifiers of 17 digits are different numbers, but not as floats.
    """
    if not names:
        return set()
    asked = ", ".join(
        f"bool_and({one}::text ~ {_WHOLE}), "
        f"bool_or({one}::text ~ {_WHOLE} AND ({one} >= {_WIDEST} OR {one} < -{_WIDEST}))"
        for one in map(sql.identifier, names)
    )
    found = connection.execute(f"SELECT {asked} FROM {table.quoted}".encode()).fetchone() or ()
    by_name = {name: found[2 * i : 2 * i + 2] for i, name in enumerate(names)}
    wide = [name for name, (all_whole, any_wide) in by_name.items() if all_whole and any_wide]
    if wide:
        raise too_long(wide, where)
    # A column without a cell is of either kind.
    return {name for name, (all_whole, _) in by_name.items() if all_whole is not False}
