"""Parquet stays where it is: the same findings as from text, no copy, and no change unseen."""

from __future__ import annotations

import hashlib
import math
import os
from pathlib import Path
from threading import Event, Timer
from typing import Any

import duckdb
import pytest
from example_folder import CANARY, Folder, Make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluate.data import watch
from evaluate.data.table import MEMORY
from evaluate.errors import DataError

FILE = "rows.parquet"


def write(folder: Folder, select: str, name: str = FILE) -> Path:
    path = folder.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def cells(*values: str) -> str:
    return " UNION ALL ".join(f"SELECT {value} AS x" for value in values)


TAKEN = [
    ("number", "9", ["1::TINYINT", "9::TINYINT", "NULL::TINYINT"], [1.0, None, None]),
    ("number", "", ["0.5::FLOAT", "2::FLOAT"], [0.5, 2.0]),
    ("number", "-99", ["0.25::DECIMAL(9,2)", "-99::DECIMAL(9,2)"], [0.25, None]),
    ("number", "", ["'1.5'", "' 2 '", "''"], [1.5, 2.0, None]),
    ("integer", "", ["3::DOUBLE", "-4::DOUBLE"], [3, -4]),
    ("integer", "8", ["7::UBIGINT", "8::UBIGINT"], [7, None]),
    ("integer", "", ["5::DECIMAL(9,2)"], [5]),
    ("boolean", "", ["true", "false", "NULL"], [True, False, None]),
    ("boolean", "9", ["1::TINYINT", "0::TINYINT", "9::TINYINT"], [True, False, None]),
    ("boolean", "", ["1::DOUBLE", "0::DOUBLE"], [True, False]),
    ("date", "1900-01-01", ["DATE '2015-03-01'", "DATE '1900-01-01'"], ["2015-03-01", None]),
    ("date", "", ["TIMESTAMP '2015-03-01 00:00:00'"], ["2015-03-01"]),
    ("period", "", ["2015::SMALLINT", "2016::SMALLINT"], [2015, 2016]),
    ("period", "9999", ["2015::DOUBLE", "9999::DOUBLE"], [2015, None]),
    ("period", "", ["'2015-Q2'"], [8061]),
    ("category", "9", ["1::DOUBLE", "9::DOUBLE", "NULL::DOUBLE"], ["1", None, None]),
    ("category", "", ["1.5::DOUBLE", "2::DOUBLE"], ["1.5", "2"]),
    ("text", "NA", ["'0301'", "' '", "'NA'"], ["0301", None, None]),
    ("text", "", ["301::INTEGER"], ["301"]),
]


@pytest.mark.parametrize(("kind", "missing", "stored", "values"), TAKEN)
def test_what_is_stored_is_taken(
    study: Make, kind: str, missing: str, stored: list[str], values: list[Any]
) -> None:
    folder = study("", f"x|{kind}|||{missing}")
    write(folder, cells(*stored))
    found = folder.values(["x"], source=FILE)["x"]
    assert [str(one) if kind == "date" and one else one for one in found] == values


REFUSED = [
    ("number", ["1::DOUBLE", "'nan'::DOUBLE", "'-inf'::DOUBLE"],
     "2 of 3 present cells are not a number: 2 not finite"),
    ("number", ["true"], "1 of 1 present cell is not a number"),
    ("number||0..1", ["0.5::DOUBLE", "1.5::DOUBLE", "NULL::DOUBLE"],
     "1 of 2 present cells is outside the range in data-dictionary.md:7"),
    ("number||0..1|9", ["9::DOUBLE", "2::DOUBLE"],
     "1 of 1 present cell is outside the range in data-dictionary.md:7"),
    ("integer", ["1::DOUBLE", "1.5::DOUBLE", "1e18::DOUBLE", "'nan'::DOUBLE"],
     "3 of 4 present cells are not a whole number: 1 not finite, 1 too large, 1 with a fraction"),
    ("integer", ["1.5::DECIMAL(9,2)", "2::DECIMAL(9,2)"],
     "1 of 2 present cells is not a whole number: 1 with a fraction"),
    ("integer", ["18446744073709551615::UBIGINT"],
     "1 of 1 present cell is not a whole number: 1 too large"),
    ("integer||1 = a; 3 = b", ["1::INTEGER", "2::INTEGER"],
     "1 of 2 present cells is outside the list in data-dictionary.md:7"),
    ("integer||1; 2", ["1::INTEGER", "3::INTEGER"],
     "1 of 2 present cells is outside the list in data-dictionary.md:7"),
    ("boolean", ["1::INTEGER", "2::INTEGER"], "1 of 2 present cells is not 0, 1, true or false"),
    ("boolean", ["0.5::DOUBLE"], "1 of 1 present cell is not 0, 1, true or false"),
    ("date", ["TIMESTAMP '2015-03-01 10:00:00'"], "1 of 1 present cell is not a date"),
    ("date", ["'infinity'::DATE", "DATE '2015-01-01'"], "1 of 2 present cells is not a date"),
    ("date||..2015-12-31", ["DATE '2016-01-01'"],
     "1 of 1 present cell is outside the range in data-dictionary.md:7"),
    ("date||..2015-12-31", ["TIMESTAMP '2016-01-01'"],
     "1 of 1 present cell is outside the range in data-dictionary.md:7"),
    ("period", ["15::INTEGER", "2015::INTEGER"], "1 of 2 present cells is not a period"),
    ("period||2015..2020", ["2021::INTEGER"],
     "1 of 1 present cell is outside the range in data-dictionary.md:7"),
    ("period||2015/16..2020/21", ["2016::INTEGER"], "periods are written as year"),
    ("category||1 = a; 2 = b", ["1::DOUBLE", "3::DOUBLE"],
     "1 of 2 present cells is outside the list in data-dictionary.md:7"),
    ("text", ["'a'", "'A'"],
     "1 level that another level repeats with other spaces or capitals"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "stored", "what"), REFUSED)
def test_what_does_not_fit(study: Make, kind: str, stored: list[str], what: str) -> None:
    folder = study("", f"x|{kind}")
    write(folder, cells(*stored))
    problems = folder.problems({"x"}, source=FILE)
    assert (problems[-1].where, problems[-1].what) == (f"{FILE}:x", what)


def test_nan_that_the_footer_hides(study: Make) -> None:
    # Statistics in a Parquet footer leave NaN out: the ends alone look clean.
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = study("", "x|number||0..10")
    pq.write_table(pa.table({"x": [1.0, math.nan, 3.0]}), folder.path / FILE)
    ends = duckdb.sql(f"SELECT max(x) FROM '{folder.path / FILE}'").fetchone()
    assert ends == (3.0,), "the footer no longer hides it; the test has lost its point"
    (problem,) = folder.problems({"x"}, source=FILE)
    assert problem.what == "1 of 3 present cells is not a number: 1 not finite"


def test_a_float_at_the_end_of_a_range_is_inside(study: Make) -> None:
    folder = study("", "x|number||0.1..0.7|0.3", "l|number||0.1; 0.7")
    write(folder, "SELECT x::FLOAT AS x, 0.7::FLOAT AS l FROM (VALUES (0.1), (0.7), (0.3)) v(x)")
    found = folder.values(["x"], source=FILE)["x"]
    assert found[2] is None
    assert [round(value, 6) for value in found[:2]] == [0.1, 0.7]


NUMBER = st.one_of(
    st.none(), st.sampled_from([-99.0, 0.0, 1.0, 2.0, 0.5, math.inf, math.nan]), st.floats(-3, 3)
)
KINDS = ["number", "number||0..2|-99", "integer", "integer||0; 1; 2|-99", "boolean|||-99",
         "integer||0..2", "category||0; 1; 2|-99"]  # fmt: skip


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(NUMBER, min_size=1, max_size=8), kind=st.sampled_from(KINDS))
def test_the_same_verdict_as_on_text(study: Make, values: list[Any], kind: str) -> None:
    # As pandas writes whole numbers with gaps: in a column of floats.
    texts = ["" if v is None else f"{int(v)}" if v == v // 1 else repr(v) for v in
             (None if v is None else v for v in values)]  # fmt: skip
    folder = study("x,other\n" + "".join(f"{text},1\n" for text in texts), f"x|{kind}")
    stored = ("NULL" if v is None else f"'{v!r}'" for v in values)
    write(folder, cells(*(f"{one}::DOUBLE" for one in stored)))

    def outcome(source: str) -> Any:
        try:
            return folder.values(["x"], source=source)
        except DataError as error:
            return [problem.what.partition(":")[0] for problem in error.problems]

    assert outcome(FILE) == outcome("rows.csv")


def test_nothing_is_copied_and_nothing_undeclared_is_read(study: Make) -> None:
    folder = study("", "x|number", "t|text", "secret|text")
    path = write(folder, f"SELECT 1.5::DOUBLE AS x, 'a' AS t, '{CANARY}' AS secret")
    with folder.open({"x", "t"}, source=FILE) as rows:
        kinds = rows.connection.execute(
            "SELECT DISTINCT table_type FROM information_schema.tables"
        ).fetchall()
        assert kinds == [("VIEW",)]
        names = rows.connection.execute("FROM duckdb_columns() SELECT column_name").fetchall()
        assert ("secret",) not in names
        plan = rows.connection.execute("EXPLAIN FROM used_rows").fetchall()[0][1]
        assert "READ_PARQUET" in plan
        assert "CAST" not in plan
        assert "secret" not in plan
        assert rows.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        (scratch,) = (folder.path / ".evaluate").glob("rows-*")
        held = [file for file in scratch.rglob("*") if file.is_file()]
        assert CANARY.encode() not in b"".join(file.read_bytes() for file in held)


@pytest.mark.parametrize("how", ["longer", "same size", "other file", "gone", "by us"])
def test_a_file_that_changes_while_it_is_read(study: Make, how: str) -> None:
    folder = study("", "x|number")
    path = write(folder, "SELECT 1.0::DOUBLE AS x")

    def change() -> None:
        if how == "longer":
            write(folder, "SELECT range::DOUBLE AS x FROM range(1000)")
        elif how == "by us":  # DuckDB lets what may be read be written
            rows.connection.execute(f"COPY (SELECT 2) TO '{path}' (USE_TMP_FILE false)")
        elif how == "same size":
            state = path.stat()
            path.write_bytes(path.read_bytes())
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
        elif how == "other file":
            state, content = path.stat(), path.read_bytes()
            other = path.with_name("other")
            other.write_bytes(content)
            os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
            other.replace(path)
        else:
            path.unlink()

    with (
        pytest.raises(DataError, match="the file changed while it was read"),
        folder.open({"x"}, source=FILE) as rows,
    ):
        change()
    assert not list((folder.path / ".evaluate").glob("rows-*"))


def test_codes_among_the_cells_are_missing_in_an_analysis(study: Make) -> None:
    folder = study("", "y|number", "d|boolean", "x|number||0..5|-99", "w|number")
    write(
        folder,
        "SELECT range::DOUBLE AS y, (range % 2)::TINYINT AS d, "
        "CASE WHEN range = 3 THEN -99 ELSE 1 END::DOUBLE AS x, 1.0::DOUBLE AS w FROM range(6)",
    )
    with folder.open({"y", "d", "x", "w"}, source=FILE) as rows:
        roles: Any = {"d": "treatment", "x": "covariate", "w": "weight"}
        with pytest.raises(DataError, match="1 of 6 rows have no covariate"):
            rows.sample_table("y", roles, "error")
        view = rows.sample_table("y", roles, "complete_case")
        assert rows.connection.execute(f"SELECT count(y), count(*) FROM {view}").fetchone() == (
            5,
            6,
        )


def test_memory_is_an_amount(study: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = study("x\n1\n", "x|number")
    monkeypatch.setenv(MEMORY, "300MB")
    with folder.open({"x"}) as rows:
        setting = "SELECT current_setting('memory_limit')"
        assert rows.connection.execute(setting).fetchone() == ("286.1 MiB",)
    monkeypatch.setenv(MEMORY, "all of it")
    (problem,) = folder.problems({"x"})
    assert (problem.where, problem.what) == (MEMORY, "it is not an amount of memory")


def test_a_hash_that_was_cut_short_is_none(study: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = study("", "x|number")
    write(folder, "SELECT 1.0::DOUBLE AS x")
    go = Event()
    whole = watch._digest

    def slow(*args: Any) -> str:
        go.wait()
        return whole(*args)

    monkeypatch.setattr(watch, "_digest", slow)
    rows = folder.open({"x"}, source=FILE)
    Timer(0.2, go.set).start()
    rows.close()
    with pytest.raises(DataError, match="the file cannot be read: reading stopped"):
        _ = rows.sha256
