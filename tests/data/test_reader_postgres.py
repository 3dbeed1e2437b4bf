"""Tables of a PostgreSQL server: types, rights, one snapshot, and an address that stays secret."""

from __future__ import annotations

import builtins
import math
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from postgres_server import PASSWORD, USER, Server, server
from reader_rows import CANARY, problems, read

from evaluate.data.readers import postgres

TABLE = """
CREATE TABLE every_kind (
  tiny smallint, i bigint, x double precision, f real, price numeric(6, 2), id numeric(20, 0),
  free numeric, s text, c char(5), v varchar(9), b boolean, d date, m timestamp, u uuid, p positive,
  e mood, z timestamptz, j jsonb, parts int[], raw bytea, "Odd ""name" int)
"""
ROW = """
INSERT INTO every_kind VALUES (1, 9007199254740993, 'NaN', 0.5, 2.25, 12345678901234567, 3.0,
  '0301', 'ab', 'ø', true, '2015-03-01', '1899-12-31 12:00:00.5',
  '00000000-0000-0000-0000-000000000001', 7, 'b', now(), '{}', '{1}', 'x', 4)
"""


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    with server() as one:
        one.execute(
            "CREATE DOMAIN positive AS int CHECK (value > 0)",
            "CREATE TYPE mood AS ENUM ('a', 'b')",
            TABLE,
            ROW,
            "INSERT INTO every_kind (tiny) VALUES (NULL)",
            f"CREATE TABLE pupils AS SELECT 1 AS y, '{CANARY}'::text AS secret",
            "CREATE VIEW older AS SELECT y + 1 AS y FROM pupils",
            "CREATE SCHEMA other",
            "CREATE TABLE other.pupils AS SELECT 3 AS y",
            "CREATE TABLE wide AS SELECT 9223372036854775808::numeric AS id",
            f"CREATE VIEW broken AS SELECT ('x{CANARY}' || y)::int AS y FROM pupils",
            "CREATE TABLE forever AS SELECT 'infinity'::date AS d",
            "CREATE TABLE many AS SELECT i, i + 0.5 AS x FROM generate_series(0, 29) AS i",
            "CREATE TABLE written (y int)",
            "CREATE FUNCTION note() RETURNS int LANGUAGE sql AS "
            "'INSERT INTO written VALUES (1) RETURNING y'",
            "CREATE VIEW writing AS SELECT note() AS y",
        )
        yield one


@pytest.fixture
def source(database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("STUDY_DATABASE", database.address)
    return {"database": "STUDY_DATABASE", "zone": tmp_path}


def test_types(source: dict[str, Any]) -> None:
    wanted = ["tiny", "i", "f", "price", "id", "free", "s", "c", "v", "b", "d", "m", "u", "p", "e"]
    wanted.append('Odd "name')
    found = read(None, [*wanted, "absent"], table="every_kind", **source)
    assert list(found.cells) == wanted
    assert [cells[0] for cells in found.cells.values()] == [
        1, 9007199254740993, 0.5, 2.25, 12345678901234567, 3, "0301", "ab", "ø", True,
        date(2015, 3, 1), datetime(1899, 12, 31, 12, 0, 0, 500000),
        "00000000-0000-0000-0000-000000000001", 7, "b", 4,
    ]  # fmt: skip
    assert [cells[1] for cells in found.cells.values()] == [None] * len(wanted)
    assert math.isnan(read(None, ["x"], table="every_kind", **source).cells["x"][0])
    assert len(found.about.names) == 21


def test_only_wanted_columns_are_copied(source: dict[str, Any], tmp_path: Path) -> None:
    assert read(None, ["y"], table="pupils", **source).cells == {"y": [1]}
    assert CANARY.encode() not in (tmp_path / "zone" / "rows.parquet").read_bytes()
    assert read(None, [], table="pupils", **source).about.n_rows == 1


def test_tables_views_and_schemas(source: dict[str, Any]) -> None:
    assert read(None, ["y"], table="older", **source).cells == {"y": [2]}
    assert read(None, ["y"], table="public.pupils", **source).cells == {"y": [1]}
    assert read(None, ["y"], table="other.pupils", **source).cells == {"y": [3]}
    (problem,) = problems(None, ["y"], table="pupil", **source)
    assert (problem.where, problem.fix) == ("pupil", "did you mean `pupils`?")


def test_the_hash_is_of_the_rows_in_whatever_order(
    database: Server, source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hash_of(table: str) -> str:
        return read(None, ["i", "s"], table=table, **source).about.sha256

    rows = {
        "one": "(1, 'a'), (2, 'b'), (2, 'b')",
        "same": "(2, 'b'), (1, 'a'), (2, 'b')",
        "fewer": "(1, 'a'), (2, 'b')",
        "other": "(1, 'b'), (2, 'a'), (2, 'b')",
    }
    for name, values in rows.items():
        database.execute(
            f"CREATE TABLE {name} (i int, s text)", f"INSERT INTO {name} VALUES {values}"
        )
    first = hash_of("one")
    assert first == hash_of("same")
    assert len({first, hash_of("fewer"), hash_of("other")}) == 3
    monkeypatch.setattr(postgres, "CHUNK", 2)
    assert hash_of("one") == first


def test_chunks_join_without_a_seam(
    source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CHUNK", 7)
    found = read(None, None, table="many", **source)
    assert found.cells == {"i": list(range(30)), "x": [i + 0.5 for i in range(30)]}


def test_cells_that_are_not_one_value(source: dict[str, Any]) -> None:
    found = problems(None, ["z", "j", "parts", "raw"], table="every_kind", **source)
    where = {problem.where: problem.what for problem in found}
    other = "its cells are no numbers, texts, dates or truth values"
    assert where == {
        "every_kind:z": "its cells are moments with a time zone",
        "every_kind:j": other,
        "every_kind:parts": other,
        "every_kind:raw": other,
    }


@pytest.mark.parametrize(
    ("table", "column", "what"),
    [
        ("wide", "id", "the column holds whole numbers that do not fit into 64 bits"),
        ("broken", "y", "the database cannot be read (InvalidTextRepresentation)"),
        ("writing", "y", "the database cannot be read (ReadOnlySqlTransaction)"),
        ("forever", "d", "the database cannot be read (DatetimeFieldOverflow)"),
        ("pg_class", "oid", "the database holds no table or view `pg_class` that you may read"),
        ("pupils; DROP TABLE pupils", "y", "the database holds no table or view"),
        ("pg_read_file('/etc/passwd')", "y", "the database holds no table or view"),
        ("'x.csv'", "y", "the database holds no table or view"),
    ],
)
def test_what_is_refused(source: dict[str, Any], table: str, column: str, what: str) -> None:
    (problem,) = problems(None, [column], table=table, **source)
    assert problem.what.startswith(what)
    assert read(None, None, table="written", **source).about.n_rows == 0


def test_without_the_right_to_read(
    database: Server, source: dict[str, Any], monkeypatch: Any
) -> None:
    database.execute(
        f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'",
        "GRANT SELECT ON older TO guest",
    )
    monkeypatch.setenv("STUDY_DATABASE", database.address.replace(USER, "guest"))
    assert read(None, ["y"], table="older", **source).cells == {"y": [2]}
    (problem,) = problems(None, ["y"], table="pupils", **source)
    assert problem.what == "the database holds no table or view `pupils` that you may read"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://{user}:{canary}@/postgres?host={socket}",
        "postgresql://{canary}:{password}@/postgres?host={socket}",
        "postgresql://{user}:{password}@/db{canary}?host={socket}",
        "postgresql://{user}:{password}@/postgres?host=/tmp/{canary}",
        "postgresql://{user}:{password}@{canary}.invalid/postgres",
        "postgresql://{user}:{password}@127.0.0.1:1/{canary}",
        "host={socket} user={user} password={canary}",
        "{canary}",
        "'{canary}",
        "sqlite:///{canary}",
        "postgresql://{user}:{password}@[{canary}",
    ],
)
def test_no_part_of_the_address_is_said(
    database: Server, source: dict[str, Any], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    known = {"user": USER, "password": PASSWORD, "socket": database.socket, "canary": CANARY}
    monkeypatch.setenv("STUDY_DATABASE", address.format(**known))
    (problem,) = problems(None, ["y"], table="pupils", **source)
    assert problem.what.startswith("the database cannot be read (")
    assert not [word for word in known.values() if word in str(problem)]


def test_the_variable_is_not_set(source: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUDY_DATABASE")
    (problem,) = problems(None, ["y"], table="pupils", **source)
    assert problem.what == "the environment variable STUDY_DATABASE is not set"


def test_the_driver_is_not_installed(
    source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "psycopg":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    (problem,) = problems(None, ["y"], table="pupils", **source)
    assert problem.fix == "install it: pip install 'evaluate-programmes[postgres]'"


def test_all_is_read_in_one_snapshot(
    database: Server, source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute("CREATE TABLE growing AS SELECT 1.0 AS y")
    original = postgres._cells

    def meanwhile(*args: Any) -> Any:
        found = original(*args)
        other = threading.Thread(target=database.execute, args=["INSERT INTO growing VALUES (2.5)"])
        other.start()
        other.join()
        return found

    monkeypatch.setattr(postgres, "_cells", meanwhile)
    assert read(None, ["y"], table="growing", **source).cells == {"y": [1]}
    assert read(None, ["y"], table="growing", **source).about.n_rows == 2
