"""The same rows give the same finding: from every format, in any order, on any machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import same_rows
from postgres_server import Server, server
from same_rows import FILES, SECRET
from small_study import ROOT

from evaluate.core import Finding
from evaluate.findings.compare import differences
from evaluate.findings.store import read
from evaluate.flow import run

# DuckDB asks the machine how many threads to start; this asks the test.
PROGRAM = """
import os, sys, duckdb
connect = duckdb.connect
def with_threads(*args, **kwargs):
    connection = connect(*args, **kwargs)
    connection.execute(f"SET threads = {os.environ['THREADS']}")
    return connection
duckdb.connect = with_threads
from evaluate.__main__ import main
sys.argv[0] = "evaluate"
sys.exit(main())
"""


@pytest.fixture(scope="module")
def table() -> list[same_rows.Row]:
    return same_rows.rows()


@pytest.fixture(scope="module")
def from_csv(tmp_path_factory: pytest.TempPathFactory, table: list[same_rows.Row]) -> Finding:
    return found(tmp_path_factory.mktemp("csv") / "same-rows", "csv", table)


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    with server() as one:
        yield one


def found(folder: Path, form: str, table: list[same_rows.Row]) -> Finding:
    folder.mkdir()
    return run(same_rows.study(folder, FILES[form](folder, table)))


def test_the_rows_try_every_part_of_a_study(from_csv: Finding, table: list[same_rows.Row]) -> None:
    assert from_csv.outcome == "complete"
    headline = next(one for one in from_csv.estimates if one.role == "headline")
    used = [row for row in table if row[6] in {1, 2} and str(row[7]) != "2015-06-01"]
    complete = [row for row in used if row[8] is not None]
    assert headline.n_obs == len(complete) < len(used) < len(table)


def test_another_cell_would_be_noticed(
    tmp_path: Path, from_csv: Finding, table: list[same_rows.Row]
) -> None:
    changed = [row if i else (*row[:-1], 21.0) for i, row in enumerate(table)]
    changed[0] = (*changed[0][:6], 1, changed[1][7].replace(day=9), 21.0)
    assert differences(from_csv, found(tmp_path / "same-rows", "csv", changed))


@pytest.mark.parametrize("form", FILES)
def test_every_format_of_file_and_any_order_of_rows(
    tmp_path: Path, from_csv: Finding, table: list[same_rows.Row], form: str
) -> None:
    other = same_rows.shuffled(table, seed=list(FILES).index(form))
    assert other != table
    assert differences(from_csv, found(tmp_path / "same-rows", form, other)) == []


def test_a_postgresql_server(
    tmp_path: Path,
    from_csv: Finding,
    table: list[same_rows.Row],
    database: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STUDY_DATABASE", database.address)
    source = same_rows.in_postgres(database.address, table)
    folder = same_rows.study(tmp_path / "same-rows", source)
    first = run(folder)
    assert differences(from_csv, first) == []
    # The rows are the same, in whatever order the server gives them: so is their hash.
    same_rows.in_postgres(database.address, same_rows.shuffled(table, seed=7))
    assert run(folder).provenance == first.provenance
    same_rows.in_postgres(database.address, table[1:])
    assert run(folder).provenance != first.provenance


MACHINES = {
    "Norwegian csv": {"THREADS": "1", "PYTHONHASHSEED": "0", "LANG": "C", "LC_ALL": "C"},
    "SPSS": {
        "THREADS": "2",
        "PYTHONHASHSEED": "1",
        "LANG": "nb_NO.UTF-8",
        "LC_ALL": "nb_NO.UTF-8",
        "TZ": "Pacific/Kiritimati",
    },
    "DuckDB": {"THREADS": "2", "PYTHONHASHSEED": "1", "TZ": "Pacific/Pago_Pago"},
}


@pytest.mark.slow
@pytest.mark.parametrize("form", MACHINES)
def test_every_machine(
    tmp_path: Path,
    from_csv: Finding,
    table: list[same_rows.Row],
    form: str,
) -> None:
    folder = tmp_path / "same-rows"
    folder.mkdir()
    same_rows.study(folder, FILES[form](folder, table))
    settings, threads = MACHINES[form], MACHINES[form]["THREADS"]
    limits = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "run", str(folder), "--out", str(tmp_path / "f.json")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings, **limits},
    )
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert differences(from_csv, read(tmp_path / "f.json")) == []
