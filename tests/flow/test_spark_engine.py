"""`--engine spark`: the same finding as DuckDB's, nothing left behind, faults told in words."""

from pathlib import Path

import pytest

from evaluate.data.spark_session import require_spark
from evaluate.errors import StudyError
from evaluate.findings import read
from evaluate.findings.compare import differences

# Java compiles less, which is right for a few hundred rows.
JAVA = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1"}


@pytest.fixture
def needs_spark():
    try:
        require_spark()
    except StudyError as error:
        pytest.skip("; ".join(one.what for one in error.problems))


def temporary_files():
    """Return what stands in the folders where Java, Spark and Python leave files by habit."""
    return {one for one in Path("/tmp").glob("*") if one.name.startswith(("spark", "hsperf"))}


@pytest.mark.slow
@pytest.mark.usefixtures("needs_spark")
def test_spark_gives_the_finding_of_duckdb_and_leaves_nothing(study, evaluate, tmp_path):
    ours = evaluate("run", study)
    assert ours.returncode == 0, ours.stderr
    by_duckdb = read(study)
    elsewhere, before = tmp_path / "elsewhere", temporary_files()
    elsewhere.mkdir()
    work = tmp_path / "å [1] {a} ${user.name} %20"  # all mean something to Spark or Hadoop
    theirs = evaluate(
        "run", study, "--engine", "spark", cwd=elsewhere, EVALUATE_WORK=str(work), **JAVA
    )
    assert theirs.returncode == 0, theirs.stderr
    assert theirs.stdout == ours.stdout
    assert theirs.stderr == ours.stderr
    assert list(differences(by_duckdb, read(study))) == []
    assert not list(elsewhere.iterdir())  # no metastore_db, no spark-warehouse
    assert [one.name for one in (work / "evening-classes").iterdir()] == [".gitignore"]
    assert temporary_files() == before


@pytest.mark.slow
@pytest.mark.usefixtures("needs_spark")
def test_a_master_that_spark_cannot_use_is_named_and_the_log_is_kept(study, evaluate):
    ran = evaluate("run", study, "--engine", "spark", EVALUATE_SPARK_MASTER="no-such", **JAVA)
    assert ran.returncode == 2
    assert "EVALUATE_SPARK_MASTER: Spark does not start on `no-such`" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (study / "finding.json").exists()
    private = {one.name for one in (study / ".evaluate").iterdir()}
    assert private == {".gitignore", "spark.log"}


def test_an_unknown_engine_is_a_fault_of_the_command_line(study, evaluate):
    ran = evaluate("run", study, "--engine", "polars")
    assert ran.returncode == 2
    assert ran.stderr.startswith("--engine polars: no such engine")
    assert "fix: choose duckdb or spark" in ran.stderr


def test_without_java_the_fix_stands_there_and_no_row_is_read(study, evaluate, tmp_path):
    (study / "people.csv").unlink()
    ran = evaluate(
        "run", study, study, "--engine", "spark", PATH=str(tmp_path), JAVA_HOME=str(tmp_path)
    )
    assert ran.returncode == 2
    assert ran.stderr.count("no Java on this machine") == 1
    assert "default-jre-headless" in ran.stderr
    assert "people.csv" not in ran.stderr
