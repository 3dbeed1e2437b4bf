"""One small study with the same rows in every format that is read."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

STUDY = """\
version: 1
id: same-rows
title: Evening classes, by school
question: Did an offer of evening classes raise the points that young people earned?
status: running
programme: {owner: A town}
intervention:
  {name: Evening classes, why: w, what: w, provider: w, how: w, where: w, dose: w, tailoring: w,
   changes: w, fidelity: w, class: [compensating], reach: selective, levels: [individual]}
comparison: {who: Others, received: Nothing, why_credible: A lottery}
data:
  kind: public
  sources: {main: SOURCE}
  derive: [{name: age2, power: {of: age, exponent: 2}, unit: years²}]
  where:
    - {column: track, in: [1, 2]}
    - {column: tested, is_not: 2015-06-01}
outcomes:
  points: {column: points, unit: points, role: primary, direction: increase, smallest_worthwhile: 2}
analyses:
  main:
    outcome: points
    estimand: ATE
    design: {randomised: {treated: offered, cluster: school, strata: block,
                          covariates: [age, age2, girl, track]}}
"""
DICTIONARY = """\
# Data dictionary

## same-rows

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| school | text | | | | municipality and school | register |
| block | category | | nord; sør; vest | | where the school lies | register |
| offered | boolean | | | | 1 if a place was offered | lottery |
| age | number | years | 15..30 | | age | register |
| age2 | number | years² | | | age squared | computed |
| girl | boolean | | | | 1 if a girl | register |
| track | category | | 1 = general; 2 = vocational; 3 = other | | kind of school | register |
| tested | date | | | | day of the test | register |
| points | number | points | | | points earned | register |
"""
SECRET = "731000419"
KINDS = {
    "secret": "VARCHAR",
    "school": "VARCHAR",
    "block": "VARCHAR",
    "offered": "BOOLEAN",
    "age": "DOUBLE PRECISION",
    "girl": "BOOLEAN",
    "track": "INTEGER",
    "tested": "DATE",
    "points": "DOUBLE PRECISION",
}
Row = tuple[Any, ...]


def rows(seed: int = 3) -> list[Row]:
    """Return pupils of 24 schools in three blocks, half of which were offered the programme."""
    rng = np.random.default_rng(seed)
    found: list[Row] = []
    for number in range(24):
        block = ("nord", "sør", "vest")[number % 3]
        offered, level = bool(number // 3 % 2), rng.normal(0, 1)
        for _ in range(int(rng.integers(8, 20))):
            age, girl = rng.uniform(16, 25), bool(rng.integers(2))
            points = 20 + 3 * offered + level + 0.4 * age + girl + rng.normal(0, 2)
            tested = date(2015, 6, 1) + timedelta(days=int(rng.integers(0, 9)))
            found.append((
                SECRET, f"{301 + number:04}", block, offered, float(age), girl,
                int(rng.integers(1, 4)), tested, None if rng.random() < 0.06 else float(points),
            ))  # fmt: skip
    return found


def shuffled(table: Sequence[Row], seed: int) -> list[Row]:
    """Return the rows in another order."""
    return [table[i] for i in np.random.default_rng(seed).permutation(len(table))]


def study(folder: Path, source: str) -> Path:
    """Write the definition and dictionary of the study."""
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(STUDY.replace("SOURCE", source), encoding="utf-8")
    (folder / "data-dictionary.md").write_text(DICTIONARY, encoding="utf-8")
    return folder


def as_csv(folder: Path, table: Sequence[Row], **how: str) -> str:
    """Write a CSV file; return the source as a study writes it."""
    comma = how.get("decimal") == ","

    def cell(value: object) -> object:
        text = "" if value is None else str(value)
        return text.replace(".", ",") if comma and isinstance(value, float) else text

    path = folder / "rows.csv"
    with path.open("w", newline="", encoding=how.get("encoding", "utf-8")) as file:
        writer = csv.writer(file, delimiter=how.get("delimiter", ","))
        writer.writerow(KINDS)
        writer.writerows([[cell(value) for value in row] for row in table])
    options = "".join(f', {key}: "{value}"' for key, value in how.items())
    return f"{{path: rows.csv{options}}}"


def _in_duckdb(connection: duckdb.DuckDBPyConnection, table: Sequence[Row], name: str) -> None:
    columns = ", ".join(f"{column} {kind}" for column, kind in KINDS.items())
    connection.execute(f"CREATE TABLE {name} ({columns})")
    marks = ", ".join("?" * len(KINDS))
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", [list(row) for row in table])


def as_duckdb(folder: Path, table: Sequence[Row]) -> str:
    """Write a DuckDB file with a second table in it."""
    with closing(duckdb.connect(str(folder / "rows.duckdb"))) as connection:
        _in_duckdb(connection, table, "pupils")
        connection.execute("CREATE TABLE other AS SELECT 1 AS points")
    return "{path: rows.duckdb, table: pupils}"


def _as_parquet(folder: Path, table: Sequence[Row], copies: dict[str, str]) -> None:
    """Write some queries of the table ``pupils``, each to a file or folder."""
    with closing(duckdb.connect()) as connection:
        _in_duckdb(connection, table, "pupils")
        for query, target in copies.items():
            connection.execute(f"COPY ({query}) TO '{folder / target}' {_form(target)}")


def _form(target: str) -> str:
    partition = ", PARTITION_BY (block)" if "." not in target else ""
    return f"(FORMAT parquet, ROW_GROUP_SIZE 2048{partition})"


def as_parquet(folder: Path, table: Sequence[Row]) -> str:
    """Write one Parquet file."""
    _as_parquet(folder, table, {"FROM pupils": "rows.parquet"})
    return "{path: rows.parquet}"


def as_many_parquet(folder: Path, table: Sequence[Row]) -> str:
    """Write three Parquet files."""
    (folder / "rows").mkdir()
    copies = {
        f"FROM pupils WHERE CAST(floor(age) AS INTEGER) % 3 = {i}": f"rows/part-{i}.parquet"
        for i in range(3)
    }
    _as_parquet(folder, table, copies)
    return "{path: rows/part-*.parquet}"


def as_hive(folder: Path, table: Sequence[Row]) -> str:
    """Write a folder with a folder for each block, whose name holds the block."""
    _as_parquet(folder, table, {"FROM pupils": "hive"})
    return "{path: hive}"


def as_stata(folder: Path, table: Sequence[Row]) -> str:
    """Write a Stata file."""
    import pyreadstat

    pyreadstat.write_dta(_frame(table), str(folder / "rows.dta"))
    return "{path: rows.dta}"


def as_spss(folder: Path, table: Sequence[Row]) -> str:
    """Write an SPSS file, compressed."""
    import pyreadstat

    pyreadstat.write_sav(_frame(table), str(folder / "rows.zsav"), compress=True)
    return "{path: rows.zsav}"


def _frame(table: Sequence[Row]) -> Any:
    import pandas as pd

    frame = pd.DataFrame(list(table), columns=list(KINDS))
    return frame.astype({"offered": float, "girl": float})


def as_sqlite(folder: Path, table: Sequence[Row]) -> str:
    """Write an SQLite file, with days as text."""
    columns = ", ".join(f"{column} {kind}" for column, kind in KINDS.items())
    plain = [[str(cell) if isinstance(cell, date) else cell for cell in row] for row in table]
    with closing(sqlite3.connect(folder / "rows.sqlite")) as connection:
        connection.execute(f"CREATE TABLE pupils ({columns})")
        marks = ", ".join("?" * len(KINDS))
        connection.executemany(f"INSERT INTO pupils VALUES ({marks})", plain)
        connection.commit()
    return "{path: rows.sqlite}"


def in_postgres(address: str, table: Sequence[Row]) -> str:
    """Write a table of a PostgreSQL server."""
    import psycopg

    columns = ", ".join(f"{column} {kind}" for column, kind in KINDS.items())
    with psycopg.connect(address) as connection:
        connection.execute("DROP SCHEMA IF EXISTS register CASCADE")
        connection.execute("CREATE SCHEMA register")
        connection.execute(f"CREATE TABLE register.pupils ({columns})".encode())
        marks = ", ".join(["%s"] * len(KINDS))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO register.pupils VALUES ({marks})".encode(), table)
    return "{database: STUDY_DATABASE, table: register.pupils}"


FILES: dict[str, Callable[[Path, Sequence[Row]], str]] = {
    "csv": as_csv,
    "Norwegian csv": lambda folder, table: as_csv(
        folder, table, delimiter=";", decimal=",", encoding="latin-1"
    ),
    "parquet": as_parquet,
    "many parquet files": as_many_parquet,
    "partitioned parquet": as_hive,
    "Stata": as_stata,
    "SPSS": as_spss,
    "DuckDB": as_duckdb,
    "SQLite": as_sqlite,
}
