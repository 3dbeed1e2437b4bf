"""Spark gives what DuckDB gives: hostile names and cells, many files, and every design's result."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import duckdb
import numpy as np
import pytest
from engines import Data, in_duckdb, in_spark, the_spark

from evaluate.core import Estimand, Settings
from evaluate.data import engines as choice
from evaluate.data import spark_session as sessions
from evaluate.data.engines import require_engine, samples_of
from evaluate.data.sample import ArraySample, DuckSample
from evaluate.data.spark_rows import Kinds, read_rows, write_rows
from evaluate.data.spark_sample import SparkSample
from evaluate.design import all_designs, draw_example
from evaluate.errors import DataError, StudyError

SUMS = 1e-12  # of a few hundred terms, in another order
AGREE = 1e-8  # two findings agree: design.md, section 6

LEVELS = (
    "0301",
    "301",
    "O'Dea; DROP TABLE x; --",
    'a "quoted" one',
    "back\\slash \\n \\u0041",
    "two\nlines",
    "${env:HOME} ${spark.master}",
    "100 % {0} :name ?",
    "Tromsø 🙂",
    " trailing ",
)


@pytest.fixture
def hostile() -> Data:
    """Return rows whose names and cells mean something to a parser of SQL."""
    rng = np.random.default_rng(3)
    n = 400
    y = rng.normal(0, 1, n)
    y[:9] = np.nan
    return {
        "a `tick` and a.dot": np.array(LEVELS)[rng.integers(0, len(LEVELS), n)],
        "${spark.master}": rng.integers(0, 2, n).astype(float),
        'say "x" \\ --': rng.normal(1e6, 1, n),
        "y": y,
    }


@pytest.mark.slow
def test_hostile_names_and_cells_stay_as_they_are(hostile: Data) -> None:
    text, group, number, outcome = hostile
    ours, theirs = in_duckdb(hostile, "y"), in_spark(hostile, "y")
    assert theirs.levels(text).tolist() == sorted(LEVELS)
    a, b = ours.count((text, group)), theirs.count((text, group))
    assert (a.n == b.n).all()
    assert all((a.labels[name] == b.labels[name]).all() for name in a.labels)
    columns = (number, outcome)
    scale = np.abs(ours.moments(columns, (text,)).cross).max()
    error = ours.moments(columns, (text,)).cross - theirs.moments(columns, (text,)).cross
    assert np.abs(error).max() < SUMS * scale
    assert sorted(theirs.columns((text,))[text]) == sorted(ours.columns((text,))[text])


def test_levels_of_text_are_indicators_alike(hostile: Data) -> None:
    text = next(iter(hostile))
    ours, theirs = in_duckdb(hostile, "y"), in_spark(hostile, "y")
    columns = ours.expand((text,))
    assert theirs.expand((text,)) == columns
    assert len(columns) == len(LEVELS) - 1
    assert theirs.summary(columns).mean == pytest.approx(ours.summary(columns).mean, rel=SUMS)


@pytest.mark.parametrize("name", sorted(all_designs()))
def test_a_design_gives_the_same_result(name: str) -> None:
    design = all_designs()[name]
    drawn = draw_example(design, np.random.default_rng(5), 0.4)
    estimand = Estimand(min(design.estimands), "outcome", "points")
    ours, theirs = (
        design.estimate(drawn.spec, sample, estimand, Settings())
        for sample in (ArraySample(drawn.data, "outcome"), in_spark(drawn.data, "outcome"))
    )
    for a, b in (
        *zip(ours.estimates, theirs.estimates, strict=True),
        *zip(ours.checks, theirs.checks, strict=True),
        *zip(ours.tables, theirs.tables, strict=True),
    ):
        same(asdict(a), asdict(b))


def same(left: object, right: object) -> None:
    """Assert that words are equal and numbers agree."""
    if isinstance(left, dict) and isinstance(right, dict):
        assert left.keys() == right.keys()
        for key in left:
            same(left[key], right[key])
    elif isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        for one, other in zip(left, right, strict=True):
            same(one, other)
    elif isinstance(left, float):
        assert right == pytest.approx(left, rel=AGREE, abs=1e-12)
    else:
        assert left == right


@pytest.mark.slow
def test_more_rows_than_one_file_holds(tmp_path: Path) -> None:
    session, _ = the_spark()
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE wide AS SELECT i % 7 AS k, i % 2 = 0 AS t,"
        " CASE WHEN i % 10 > 0 THEN i % 101 END AS y FROM range(1_200_000) r(i)"
    )
    kinds, n_rows = write_rows(connection, "wide", tmp_path / "files")
    assert len(list((tmp_path / "files").glob("*.parquet"))) == 2
    assert read_rows(session, "wide", tmp_path / "files", kinds) == n_rows == 1_200_000
    theirs = SparkSample(session, "wide", "y")
    assert theirs.n_obs == 1_080_000
    a = DuckSample(connection, "wide", "y").moments(("k", "y"), ("t",))
    b = theirs.moments(("k", "y"), ("t",))
    assert b.labels["t"].tolist() == [0.0, 1.0]
    assert b.cross == pytest.approx(a.cross, rel=1e-10, abs=1e-3)


def test_a_cell_never_stands_in_a_message() -> None:
    import ibis

    sample = in_spark({"s": np.array(["a secret", "1"]), "y": np.ones(2)}, "y")
    table = ibis.table({"s": "string"}, name=sample._table)
    with pytest.raises(DataError, match="CAST_INVALID_INPUT") as caught:
        sample._run(table.select(x=table["s"].cast("int64")))
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_session_that_is_there_is_used_and_left_running(tmp_path: Path) -> None:
    session, _ = the_spark()
    connection = duckdb.connect()
    connection.execute("CREATE TABLE few AS SELECT 1.0 AS x, i::DOUBLE AS y FROM range(5) r(i)")
    with samples_of("spark", connection, tmp_path) as sample_of:
        assert sample_of("few", "y").summary(("y",)).mean.tolist() == [2.0]
        assert sample_of("few", "y").n_obs == 5
        assert not session.catalog.tableExists("few")
    assert session.sql("SELECT 1").count() == 1
    assert [one.name for one in tmp_path.iterdir()] == [".gitignore"]


def test_rows_that_a_worker_does_not_see_stop_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_spark()
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setenv(choice.FOLDER, str(shared))
    connection = duckdb.connect()
    connection.execute("CREATE TABLE few AS SELECT i::DOUBLE AS y FROM range(5) r(i)")

    def lose(connection: duckdb.DuckDBPyConnection, view: str, folder: Path) -> tuple[Kinds, int]:
        assert folder.is_relative_to(shared)
        kinds, n_rows = write_rows(connection, view, folder)
        return kinds, n_rows + 1

    monkeypatch.setattr("evaluate.data.spark_rows.write_rows", lose)
    with (
        pytest.raises(DataError, match="Spark sees 5 of 6 rows"),
        samples_of("spark", connection, tmp_path / "work") as sample_of,
    ):
        sample_of("few", "y")
    assert not list(shared.iterdir())


def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(choice.FOLDER, str(tmp_path / "nowhere"))
    with (
        pytest.raises(StudyError, match="nowhere` \\(FileNotFoundError"),
        samples_of("spark", duckdb.connect(), tmp_path / "work") as sample_of,
    ):
        sample_of("few", "y")


def test_a_private_folder_that_spark_would_cut_in_two_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(StudyError, match="holds a comma"),
        samples_of("spark", duckdb.connect(), tmp_path / "a,b") as sample_of,
    ):
        sample_of("few", "y")


def test_an_engine_that_cannot_run_is_told_before_any_row_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    require_engine("duckdb")
    with pytest.raises(StudyError, match="choose duckdb or spark"):
        require_engine("polars")
    monkeypatch.setattr(sessions, "find_spec", lambda name: None)
    monkeypatch.setattr(sessions, "_java", lambda: None)
    with pytest.raises(StudyError) as caught:
        require_engine("spark")
    fixes = [one.fix for one in caught.value.problems]
    assert fixes[0] == 'pip install "evaluate-programmes[spark]"'
    assert "Java 17" in fixes[1]


def test_java_is_looked_for_where_java_home_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert sessions._java() is None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch(mode=0o755)
    assert sessions._java() == str(tmp_path / "bin" / "java")
