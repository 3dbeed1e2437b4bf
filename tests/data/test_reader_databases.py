"""Tables of DuckDB and SQLite files: their types, their names, and what is wrong with them."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from reader_rows import CANARY, problems, read

from evaluate.data.readers import duckdb_file, sqlite
from evaluate.errors import DataError

KINDS = ("rows.duckdb", "rows.sqlite")


def make(path: Path, *statements: str) -> Path:
    """Write a database with some statements."""
    is_duckdb = path.name.endswith("duckdb")
    with closing(duckdb.connect(str(path)) if is_duckdb else sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def test_types_of_duckdb(tmp_path: Path) -> None:
    path = make(
        tmp_path / "rows.duckdb",
        "CREATE TYPE mood AS ENUM ('a', 'b')",
        "CREATE TABLE t (tiny TINYINT, u UINTEGER, i BIGINT, h HUGEINT, x DOUBLE, n DECIMAL(9, 2), "
        "s VARCHAR, b BOOLEAN, d DATE, m TIMESTAMP_S, e mood, id UUID, note BLOB, parts INTEGER[])",
        "INSERT INTO t VALUES (1, 4000000000, 9007199254740993, 3, 'NaN', 1.25, '0301', true, "
        "'2015-03-01', '2015-03-01 12:00:00', 'b', '00000000-0000-0000-0000-000000000001', 'x', [1])",
        "INSERT INTO t (i) VALUES (NULL)",
    )
    wanted = ["tiny", "u", "i", "h", "n", "s", "b", "d", "m", "e", "id"]
    found = read(path, wanted)
    assert [row[0] for row in found.cells.values()] == [
        1, 4_000_000_000, 9_007_199_254_740_993, 3, pytest.approx(1.25), "0301", True,
        date(2015, 3, 1), datetime(2015, 3, 1, 12), "b", "00000000-0000-0000-0000-000000000001",
    ]  # fmt: skip
    assert [row[1] for row in found.cells.values()] == [None] * len(wanted)
    assert {found.kinds[name] for name in ("tiny", "u", "i", "h")} == {"int64"}
    # NaN stays NaN: only the dictionary says what is missing.
    assert read(path, ["x"]).cells["x"][0] != read(path, ["x"]).cells["x"][0]
    assert found.about.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_types_of_sqlite(tmp_path: Path) -> None:
    path = make(
        tmp_path / "rows.sqlite",
        "CREATE TABLE t (i INTEGER, x REAL, code REAL, s TEXT, mixed NUMERIC, anything, b BOOLEAN)",
        "INSERT INTO t VALUES (9007199254740993, 0.5, 3, '0301', 'NA', 'a', 1)",
        "INSERT INTO t VALUES (NULL, 2, 4, 'ø', 7, 1.5, 0)",
        "INSERT INTO t VALUES (-1, NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    found = read(path, None)
    assert found.cells == {
        "i": [9007199254740993, None, -1],
        "x": [0.5, 2.0, None],
        "code": [3, 4, None],
        "s": ["0301", "ø", None],
        "mixed": ["NA", "7", None],
        "anything": ["a", "1.5", None],
        "b": [1, 0, None],
    }
    assert found.about.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", KINDS)
def test_only_wanted_columns_are_copied(tmp_path: Path, name: str) -> None:
    path = make(
        tmp_path / name,
        "CREATE TABLE t (y DOUBLE, secret VARCHAR)",
        f"INSERT INTO t VALUES (1.5, '{CANARY}')",
    )
    found = read(path, ["absent", "y"])
    assert (found.cells, found.about.names) == ({"y": [1.5]}, ("y", "secret"))
    assert CANARY.encode() not in (tmp_path / "zone" / "rows.parquet").read_bytes()
    assert read(path, []).about.n_rows == 1


@pytest.mark.parametrize("name", KINDS)
def test_the_table_that_is_meant(tmp_path: Path, name: str) -> None:
    path = make(
        tmp_path / name,
        "CREATE TABLE pupils (y INTEGER)",
        "INSERT INTO pupils VALUES (1)",
        "CREATE VIEW older AS SELECT y + 1 AS y FROM pupils",
    )
    assert read(path, ["y"], table="pupils").cells == {"y": [1]}
    assert read(path, ["y"], table="older").cells == {"y": [2]}
    assert read(path, ["y"], table="main.older").cells == {"y": [2]}
    (several,) = problems(path, ["y"])
    assert several.where == name
    assert several.what == "the database holds 2 tables, and `table` names none"
    assert several.fix == "set `table` to one of `older`, `pupils`"
    (near,) = problems(path, ["y"], table="pupil")
    assert near.what == "the database holds no table or view `pupil` that you may read"
    assert near.fix == "did you mean `pupils`?"
    (far,) = problems(path, ["y"], table=CANARY[::-1])
    assert far.fix == several.fix


def test_tables_of_several_schemas(tmp_path: Path) -> None:
    path = make(
        tmp_path / "rows.duckdb",
        "CREATE SCHEMA other",
        "CREATE TABLE other.t AS SELECT 2 AS y",
        "CREATE TABLE t AS SELECT 1 AS y",
    )
    assert read(path, ["y"], table="t").cells == {"y": [1]}
    assert read(path, ["y"], table="other.t").cells == {"y": [2]}
    assert problems(path, ["y"])[0].fix == "set `table` to one of `other.t`, `t`"


@pytest.mark.parametrize("name", KINDS)
def test_one_table_needs_no_name(tmp_path: Path, name: str) -> None:
    path = make(tmp_path / name, "CREATE TABLE t (y INTEGER)")
    assert read(path, ["y"]).about.n_rows == 0
    path.unlink()
    make(path, "CREATE TABLE gone (y INTEGER)", "DROP TABLE gone")
    (problem,) = problems(path, ["y"])
    assert problem.what == "the database holds 0 tables, and `table` names none"
    assert problem.fix == "create the table, or ask for the right to read it"


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("odd", ["a'b", 'a"b;--', "'x.csv'", "y; DROP TABLE t", "ø å", "*"])
def test_odd_names_are_only_names(tmp_path: Path, name: str, odd: str) -> None:
    quoted = '"' + odd.replace('"', '""') + '"'
    path = make(
        tmp_path / name,
        f"CREATE TABLE {quoted} ({quoted} INTEGER, z INTEGER)",
        f"INSERT INTO {quoted} VALUES (1, 2)",
    )
    assert read(path, [odd], table=odd).cells == {odd: [1]}


@pytest.mark.parametrize(
    ("name", "kind", "value", "what"),
    [
        ("rows.duckdb", "INTEGER[]", "[1]", "no numbers, texts, dates or truth values"),
        ("rows.duckdb", "DECIMAL(5, 1)[]", "[1]", "no numbers, texts, dates or truth values"),
        ("rows.duckdb", "STRUCT(a INT)", "{'a': 1}", "no numbers, texts, dates or truth values"),
        ("rows.duckdb", "BLOB", "'a'", "no numbers, texts, dates or truth values"),
        ("rows.duckdb", "INTERVAL", "INTERVAL 1 DAY", "no numbers, texts, dates or truth values"),
        ("rows.duckdb", "TIMESTAMPTZ", "NULL", "moments with a time zone"),
        ("rows.sqlite", "BLOB", "x'00'", "no numbers, texts, dates or truth values"),
    ],
)
def test_cells_that_are_not_one_value(
    tmp_path: Path, name: str, kind: str, value: str, what: str
) -> None:
    path = make(
        tmp_path / name,
        f"CREATE TABLE t (y INTEGER, odd {kind})",
        f"INSERT INTO t VALUES (1, {value})",
    )
    (problem,) = problems(path, ["y", "odd"])
    assert (problem.where, problem.what) == (f"{name}:odd", f"its cells are {what}")
    assert read(path, ["y"]).cells == {"y": [1]}


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("rows.duckdb", "HUGEINT", "(9223372036854775807), (9223372036854775808)"),
        ("rows.duckdb", "UBIGINT", "(9223372036854775808)"),
        ("rows.sqlite", "", "(9007199254740993), (0.5)"),
    ],
)
def test_whole_numbers_that_are_too_long(tmp_path: Path, name: str, kind: str, values: str) -> None:
    path = make(tmp_path / name, f"CREATE TABLE t (id {kind})", f"INSERT INTO t VALUES {values}")
    (problem,) = problems(path, ["id"])
    assert problem.where == f"{name}:id"
    assert problem.what == "the column holds whole numbers that do not fit into 64 bits"


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_database(tmp_path: Path, name: str) -> None:
    rows = ", ".join(f"({i}, '{CANARY}')" for i in range(20_000))
    path = make(
        tmp_path / name, "CREATE TABLE t (y INTEGER, s VARCHAR)", f"INSERT INTO t VALUES {rows}"
    )
    content = path.read_bytes()
    for broken in (b"", content[:3000], b"SQLite format 3\0" + bytes(4000), CANARY.encode() * 999):
        path.write_bytes(broken)
        (problem,) = problems(path, ["y", "s"])
        assert ("damaged" if broken else "the file is empty") in problem.what
    path.write_bytes(content[: len(content) // 2] + b"\x77" * (len(content) // 2))
    assert "damaged" in problems(path, ["y", "s"])[0].what


@pytest.mark.parametrize(
    ("name", "beside"),
    [("rows.duckdb", ".wal"), ("rows.sqlite", "-wal"), ("rows.sqlite", "-journal")],
)
def test_a_database_that_was_not_closed(tmp_path: Path, name: str, beside: str) -> None:
    path = make(tmp_path / name, "CREATE TABLE t (y INTEGER)")
    (tmp_path / (name + beside)).write_text(CANARY)
    (problem,) = problems(path, ["y"])
    assert problem.what == (
        f"changes that are not in the database yet lie beside it, in `*{beside}`"
    )


def test_an_ending_that_either_kind_has(tmp_path: Path) -> None:
    for kind in KINDS:
        made = make(tmp_path / kind, "CREATE TABLE t (y INTEGER)", "INSERT INTO t VALUES (3)")
        made.rename(tmp_path / "rows.db")
        assert read(tmp_path / "rows.db", ["y"]).cells == {"y": [3]}


def test_errors_on_the_way_are_masked(tmp_path: Path) -> None:
    path = make(
        tmp_path / "rows.duckdb",
        f"CREATE TABLE t AS SELECT CASE WHEN i = 299999 THEN 'x{CANARY}' ELSE '1' END AS s "
        "FROM range(300000) AS r (i)",
        "CREATE VIEW v AS SELECT CAST(s AS INTEGER) AS y FROM t",
    )
    (problem,) = problems(path, ["y"], table="v")
    assert problem.what.startswith("the database is damaged, in use, of a newer")


@pytest.mark.parametrize(("reader", "name"), [(duckdb_file, KINDS[0]), (sqlite, KINDS[1])])
def test_chunks_join_without_a_seam(
    tmp_path: Path, reader: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "CHUNK", 7)
    rows = ", ".join(f"({i}, {i}.5)" for i in range(30))
    path = make(
        tmp_path / name, "CREATE TABLE t (i INTEGER, x DOUBLE)", f"INSERT INTO t VALUES {rows}"
    )
    assert read(path, None).cells == {
        "i": list(range(30)),
        "x": [i + 0.5 for i in range(30)],
    }


def test_a_kind_that_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.pkl"
    path.write_text(CANARY)
    with pytest.raises(DataError, match="of a kind that is not read"):
        read(path, ["y"])
