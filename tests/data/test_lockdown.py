"""Sources that somebody else sent: none runs code, reaches the network, or reads a file but itself.

The corpus of the ways in. Every attempt ends in an error with its place, cause and remedy; the
canary outside of the study is nowhere in the message or in the data zone; nothing is written
elsewhere.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyreadstat
import pytest
from example_folder import Folder, Make
from reader_rows import CANARY, problems, read

from evaluate.data.readers import duckdb_file, sqlite
from evaluate.data.table import connect

ENDINGS = ("csv", "parquet", "dta", "sav", "zsav", "duckdb", "sqlite", "db")
PATHS = [
    "../canary.{}",
    "data/../../canary.{}",
    "..\\canary.{}",
    "{outside}/canary.{}",
    "//{outside}/canary.{}",
    "C:\\canary.{}",
    "\\\\server\\share\\canary.{}",
    "\\\\?\\C:\\canary.{}",
    "https://127.0.0.1:9/canary.{}",
    "s3://bucket/canary.{}",
    "hf://datasets/canary.{}",
    "file://{outside}/canary.{}",
    "file:canary.{}?mode=rwc",
    "md:canary.{}",
    "postgres://u:p@127.0.0.1/canary.{}",
    "~/canary.{}",
    "$HOME/canary.{}",
    "link.{}",
    "folder-link/canary.{}",
    "pipe.{}",
    "endless.{}",
    "canary.{}\0.csv",
    "| cat {outside}/canary.{}",
    "-canary.{}",
]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that opens a connection, even if its error is caught on the way."""
    tried: list[str] = []

    def refuse(*args: Any, **kwargs: Any) -> None:
        tried.append("connect")
        raise OSError("no network here")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield
    assert not tried


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the canary in every format."""
    folder = tmp_path_factory.mktemp("outside")
    frame = pd.DataFrame({"y": [float(CANARY)]})
    (folder / "canary.csv").write_text(f"y\n{CANARY}\n")
    pyreadstat.write_dta(frame, str(folder / "canary.dta"))
    pyreadstat.write_sav(frame, str(folder / "canary.sav"))
    pyreadstat.write_sav(frame, str(folder / "canary.zsav"), compress=True)
    with closing(duckdb.connect(str(folder / "canary.duckdb"))) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT {CANARY}.0 AS y")
        connection.execute(f"COPY t TO '{folder / 'canary.parquet'}' (FORMAT parquet)")
    for name in ("canary.sqlite", "canary.db"):
        with closing(sqlite3.connect(folder / name)) as lite:
            lite.execute(f"CREATE TABLE t AS SELECT {CANARY}.0 AS y")
            lite.commit()
    return folder


def seen(folder: Path) -> bool:
    """Return whether the canary, as text or number, is in any file of a folder."""
    forms = (CANARY.encode(), pd.Series([float(CANARY)]).to_numpy().tobytes())
    files = [one for one in folder.rglob("*") if one.is_file() and not one.is_symlink()]
    return any(form in one.read_bytes() for one in files for form in forms)


@pytest.mark.parametrize("path", PATHS)
def test_paths_that_lead_elsewhere(study: Make, outside: Path, path: str) -> None:
    folder = study("y\n1\n", "y|number")
    (folder.path / "folder-link").symlink_to(outside)
    for ending in ENDINGS:
        (folder.path / f"link.{ending}").symlink_to(outside / f"canary.{ending}")
        (folder.path / f"endless.{ending}").symlink_to("/dev/zero")
        if hasattr(os, "mkfifo"):
            os.mkfifo(folder.path / f"pipe.{ending}")
        hostile = path.format(ending, outside=outside)
        found = folder.problems({"y"}, source=None, sources={"main": {"path": hostile}})
        assert found, ending
        assert not seen(folder.path)


@pytest.mark.parametrize("ending", ["pkl", "joblib", "npy", "rds", "RData", "xlsx", "xlsm", "json",
                                    "csv.gz", "csv.zip", "parquet.pkl", "sas7bdat", "h5", "feather",
                                    "py", "sql", "yaml", "ipynb", "so", "duckdb.wal"])  # fmt: skip
def test_kinds_of_files_that_run_code_or_unpack(study: Make, ending: str) -> None:
    # Unpickled, this would write a file.
    content = b"cos\nsystem\n(S'touch pickled'\ntR."
    folder = study(content, "y|number", name=f"rows.{ending}")
    assert folder.problems({"y"}, source=f"rows.{ending}")
    assert not Path("pickled").exists()


@pytest.mark.parametrize("path", ["rows", "rows/*.parquet", "rows/part-[0-9].parquet"])
@pytest.mark.parametrize("link", ["file", "folder", "pipe", "broken"])
def test_folders_and_patterns_that_lead_elsewhere(
    study: Make, outside: Path, path: str, link: str
) -> None:
    folder = study("y\n1\n", "y|number")
    (folder.path / "rows").mkdir()
    with closing(duckdb.connect()) as connection:
        own = folder.path / "rows" / "part-0.parquet"
        connection.execute(f"COPY (SELECT 1.0 AS y) TO '{own}' (FORMAT parquet)")
    target = folder.path / "rows" / "part-1.parquet"
    if link == "file":
        target.symlink_to(outside / "canary.parquet")
    elif link == "folder":
        target.symlink_to(outside)
    elif link == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to(outside / "absent.parquet")
    assert folder.problems({"y"}, source=path)
    assert not seen(folder.path)


@pytest.mark.parametrize(
    "path",
    [
        "../outside*/canary.parquet",
        "**/../../outside*/*.parquet",
        "{outside}/*.parquet",
        "folder-link/*.parquet",
        "*/canary.parquet",
        "**/canary.parquet",
        "*/*.parquet",
    ],
)
def test_patterns_that_follow_a_link(study: Make, outside: Path, path: str) -> None:
    folder = study("y\n1\n", "y|number")
    (folder.path / "folder-link").symlink_to(outside)
    assert folder.problems({"y"}, source=path.format(outside=outside))
    assert not seen(folder.path)


TABLES = [
    "'x.csv'",
    "{canary}",
    "'{canary}'",
    '"{canary}"',
    "read_text('{canary}')",
    "read_csv('{canary}')",
    "t; COPY t TO '{canary}.copy'",
    "t\"; COPY t TO '{canary}.copy'; --",
    "t UNION ALL SELECT content FROM read_text('{canary}')",
    "(SELECT 1)",
    "sqlite_master",
    "sqlite_schema",
    "duckdb_settings()",
    "information_schema.tables",
    "pg_catalog.pg_class",
    "pragma_database_list",
    "glob('*')",
    "system.main.duckdb_secrets",
    "temp.t",
    "t\0",
    "*",
]


@pytest.mark.parametrize("name", ["rows.duckdb", "rows.sqlite"])
@pytest.mark.parametrize("table", TABLES)
def test_tables_that_are_something_else(
    tmp_path: Path, outside: Path, table: str, name: str
) -> None:
    (tmp_path / "study").mkdir()
    path = make(tmp_path / "study" / name, "CREATE TABLE t (y INTEGER)")
    hostile = table.format(canary=outside / "canary.csv")
    (problem,) = problems(path, ["y", "content", "name"], table=hostile)
    assert problem.what.startswith("the database holds no table or view")
    assert not seen(path.parent)
    assert not list(outside.glob("*.copy"))


def make(path: Path, *statements: str) -> Path:
    is_lite = path.name.endswith("sqlite")
    with closing(sqlite3.connect(path) if is_lite else duckdb.connect(str(path))) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


VIEWS_OF_DUCKDB = [
    "CREATE VIEW v AS SELECT content AS y FROM read_text('{canary}')",
    "CREATE VIEW v AS SELECT y FROM read_csv('{canary}')",
    "CREATE VIEW v AS SELECT y FROM '{canary}'",
    "CREATE VIEW v AS SELECT y FROM read_parquet('{parquet}')",
    "CREATE VIEW v AS SELECT file AS y FROM glob('{canary}')",
    "CREATE VIEW v AS SELECT size AS y FROM read_blob('{canary}')",
    """CREATE MACRO m() AS TABLE SELECT y FROM read_csv('{canary}');
    CREATE VIEW v AS SELECT y FROM m()""",
    """CREATE MACRO m() AS (SELECT content FROM read_text('{canary}'));
    CREATE VIEW v AS SELECT m() AS y""",
    "CREATE VIEW v AS SELECT t.y + (SELECT max(y) FROM read_csv('{canary}')) AS y FROM t",
    """CREATE MACRO count(x) AS (SELECT content FROM read_text('{canary}'));
    CREATE VIEW v AS SELECT count(y) AS y FROM t""",
    "CREATE VIEW v AS SELECT unnest(l) AS y FROM (SELECT list(file) AS l FROM glob('/etc/*'))",
    "CREATE VIEW v AS SELECT y FROM query('SELECT * FROM read_csv(''{canary}'')')",
    "CREATE VIEW v AS SELECT y FROM query_table('{canary}')",
    "CREATE VIEW v AS SELECT 1 AS y FROM sniff_csv('{canary}')",
]


@pytest.mark.parametrize("script", VIEWS_OF_DUCKDB)
def test_views_of_duckdb_that_read_a_file(tmp_path: Path, outside: Path, script: str) -> None:
    (tmp_path / "study").mkdir()
    files = {"canary": outside / "canary.csv", "parquet": outside / "canary.parquet"}
    path = make(
        tmp_path / "study" / "rows.duckdb",
        "CREATE TABLE t AS SELECT 1 AS y",
        script.format(**files),
    )
    with closing(duckdb.connect(str(path), read_only=True)) as open_connection:
        assert open_connection.execute("SELECT y FROM v").fetchall(), "the attack does nothing"
    (problem,) = problems(path, ["y"], table="v")
    assert problem.what.startswith("the database is damaged, in use, of a newer")
    assert not seen(path.parent)


def test_the_list_of_tables_cannot_be_replaced(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "study").mkdir()
    names = ("schema_name", "table_name", "view_name")
    listed = ", ".join(f"content AS {name}" for name in names)
    leak = f"SELECT {listed}, false AS internal FROM read_text('{outside / 'canary.csv'}')"
    path = make(
        tmp_path / "study" / "rows.duckdb",
        "CREATE TABLE t AS SELECT 1 AS y",
        f"CREATE MACRO duckdb_tables() AS TABLE {leak}",
        f"CREATE MACRO duckdb_views() AS TABLE {leak}",
    )
    assert read(path, ["y"], table="t").cells == {"y": [1]}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{canary}')",
        "SELECT * FROM read_csv('{canary}')",
        "SELECT * FROM '{canary}'",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '{new}'",
        "COPY t FROM '{canary}'",
        "EXPORT DATABASE '{new}'",
        "IMPORT DATABASE '{new}'",
        "ATTACH '{new}'",
        "ATTACH '{other}' AS other",
        "ATTACH 'https://127.0.0.1:9/x.duckdb' AS other",
        "INSTALL httpfs",
        "FORCE INSTALL sqlite",
        "LOAD httpfs",
        "LOAD '{new}'",
        "SELECT * FROM read_csv('https://127.0.0.1:9/x.csv')",
        "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "SET lock_configuration = false",
        "SET allowed_paths = ['{canary}']",
        "SET allowed_directories = ['/']",
        "SET extension_directory = '{new}'",
        "SET temp_directory = '{new}'",
        "SET autoload_known_extensions = true",
        "SET python_enable_replacements = true",
        "PRAGMA enable_profiling; SET profiling_output = '{new}'",
        "PRAGMA enable_logging; SET logging_storage = 'file'",
        "SELECT * FROM local_frame",
    ],
)
def test_the_connections_to_duckdb_are_locked(
    tmp_path: Path, outside: Path, statement: str
) -> None:
    (tmp_path / "study").mkdir()
    path = make(tmp_path / "study" / "rows.duckdb", "CREATE TABLE t AS SELECT 1 AS y")
    local_frame = pd.DataFrame({"y": [1]})
    new, files = tmp_path / "new", sorted(tmp_path.rglob("*"))
    places = {"canary": outside / "canary.csv", "other": outside / "canary.duckdb", "new": new}
    with (
        closing(duckdb_file.locked(path, path.parent)) as connection,
        pytest.raises(
            duckdb.Error, match=r"(?i)disabled|cannot|locked|does not exist|requires the extension"
        ),
    ):
        connection.execute(statement.format(**places)).fetchall()
    assert sorted(tmp_path.rglob("*")) == files
    with (
        closing(connect(path.parent, path)) as connection,
        pytest.raises(
            duckdb.Error, match=r"(?i)disabled|cannot|locked|does not exist|requires the extension"
        ),
    ):
        connection.execute(statement.format(**places)).fetchall()
    assert not new.exists()
    assert len(local_frame) == 1


def test_a_database_is_opened_for_reading_only(tmp_path: Path) -> None:
    path = make(tmp_path / "rows.duckdb", "CREATE TABLE t AS SELECT 1 AS y")
    lite = make(tmp_path / "rows.sqlite", "CREATE TABLE t AS SELECT 1 AS y")
    before = path.read_bytes(), lite.read_bytes()
    with closing(duckdb_file.locked(path, tmp_path)) as connection:
        for statement in ("INSERT INTO t VALUES (2)", "DROP TABLE t", "CREATE TABLE u (i INT)"):
            with pytest.raises(duckdb.Error, match="read-only"):
                connection.execute(statement)
    read(path, ["y"])
    read(lite, ["y"])
    assert (path.read_bytes(), lite.read_bytes()) == before


HOSTILE_SQLITE = [
    "CREATE VIEW v AS SELECT load_extension('{new}') AS y",
    "CREATE VIEW v AS SELECT load_extension('{new}', 'init') AS y FROM t",
    "CREATE VIEW v AS SELECT file AS y FROM pragma_database_list",
    "CREATE VIEW v AS SELECT * FROM pragma_journal_mode",
    "CREATE VIEW v AS SELECT writefile('{new}', 'x') AS y",
    "CREATE VIEW v AS SELECT readfile('{canary}') AS y",
    "CREATE VIEW v AS SELECT fts3_tokenizer('simple') AS y",
]


@pytest.mark.parametrize("statement", HOSTILE_SQLITE)
def test_views_of_sqlite_that_do_more_than_select(
    tmp_path: Path, outside: Path, statement: str
) -> None:
    (tmp_path / "study").mkdir()
    new = tmp_path / "new"
    path = make(
        tmp_path / "study" / "rows.sqlite",
        "CREATE TABLE t AS SELECT 1 AS y",
        statement.format(new=new, canary=outside / "canary.csv"),
    )
    (problem,) = problems(path, ["y"], table="v")
    assert problem.what.startswith("the database is damaged, is no SQLite database, or does")
    assert not new.exists()
    assert not seen(path.parent)


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE VIRTUAL TABLE v USING csv(filename='{canary}')",
        "CREATE VIRTUAL TABLE v USING fts5(y)",
        "create/**/virtual table v using fts5(y)",
        "CREATE VIRTUAL TABLE v USING sqlite_dbpage",
        "CREATE TABLE v (y) -- '{canary}'; ATTACH '{canary}' AS other",
        "ATTACH '{canary}' AS v",
    ],
)
def test_a_forged_schema_of_sqlite(tmp_path: Path, outside: Path, schema: str) -> None:
    (tmp_path / "study").mkdir()
    path = make(
        tmp_path / "study" / "rows.sqlite",
        "CREATE TABLE t AS SELECT 1 AS y",
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, '"
        + schema.format(canary=outside / "canary.csv").replace("'", "''")
        + "')",
    )
    (problem,) = problems(path, ["y"], table="v")
    assert "`v`" in problem.what or problem.what.startswith("the database is damaged")
    assert not seen(path.parent)


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH '{other}' AS other",
        "ATTACH ':memory:' AS other",
        "SELECT load_extension('{new}')",
        "INSERT INTO t VALUES (2)",
        "CREATE TABLE u (i)",
        "CREATE TEMP TABLE u (i)",
        "CREATE TEMP TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END",
        "VACUUM INTO '{new}'",
        "PRAGMA writable_schema = ON",
        "PRAGMA trusted_schema = ON",
        "PRAGMA temp_store_directory = '{new}'",
        "DROP TABLE t",
    ],
)
def test_the_connection_to_sqlite_is_locked(tmp_path: Path, outside: Path, statement: str) -> None:
    path = make(tmp_path / "rows.sqlite", "CREATE TABLE t AS SELECT 1 AS y")
    new = tmp_path / "new"
    with (
        closing(sqlite.locked(path)) as connection,
        pytest.raises(sqlite3.Error, match=r"(?i)not authorized|prohibited|denied"),
    ):
        connection.execute(statement.format(new=new, other=outside / "canary.sqlite"))
    assert not new.exists()


def test_triggers_do_not_fire_and_other_writers_files_are_not_read(tmp_path: Path) -> None:
    path = make(
        tmp_path / "rows.sqlite",
        "CREATE TABLE t (y INTEGER)",
        "INSERT INTO t VALUES (1)",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT load_extension('x'); END",
    )
    assert read(path, ["y"], table="t").cells == {"y": [1]}


SECRETS = ["rows.csv", "rows.parquet", "rows.dta", "rows.sav", "rows.duckdb", "rows.sqlite"]


def write_secret(path: Path) -> None:
    frame = pd.DataFrame({"y": [1.5, 2.5], "secret": [CANARY, CANARY], "n": [float(CANARY)] * 2})
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".dta":
        pyreadstat.write_dta(frame, str(path))
    elif path.suffix == ".sav":
        pyreadstat.write_sav(frame, str(path))
    else:
        make(
            path,
            "CREATE TABLE t (y DOUBLE, secret VARCHAR, n DOUBLE)",
            *(f"INSERT INTO t VALUES ({y}, '{CANARY}', {CANARY})" for y in (1.5, 2.5)),
        )


@pytest.mark.parametrize("name", SECRETS)
def test_columns_that_are_not_declared_stay_where_they_are(study: Make, name: str) -> None:
    folder = study("y\n1\n", "y|number", "secret|text")
    write_secret(folder.path / name)
    with folder.open({"y"}, source=name):
        assert not seen(folder.path / ".evaluate")
    # The same search finds a column that is declared, unless its file is read in place.
    assert zone_holds_the_canary(folder, name) or name == "rows.parquet"


def zone_holds_the_canary(folder: Folder, name: str) -> bool:
    with folder.open({"y", "secret"}, source=name) as rows:
        rows.connection.execute("CHECKPOINT")
        return seen(folder.path / ".evaluate")


def test_no_process_is_started_and_nothing_is_run(study: Make) -> None:
    """Read every format while watching what Python is asked to do."""
    watched = {"os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "socket.connect",
               "pickle.find_class", "sqlite3.enable_load_extension", "sqlite3.load_extension"}  # fmt: skip
    folder = study("y\n1\n", "y|number")
    for name in SECRETS:
        write_secret(folder.path / name)
        assert folder.values({"y"}, source=name) == {"y": [1.5, 2.5]}  # imports what it needs
    events: list[str] = []
    active = [True]

    def hook(event: str, _: tuple[Any, ...]) -> None:
        if active[0] and event in watched:
            events.append(event)

    sys.addaudithook(hook)
    try:
        for name in SECRETS:
            folder.values({"y"}, source=name)
        assert not events
        os.system("true")
        assert events == ["os.system"], "the hook sees nothing"
    finally:
        active[0] = False
