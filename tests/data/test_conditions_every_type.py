"""Each of the ten tests of ``where`` on each type of the dictionary, against Python's own."""

from __future__ import annotations

import operator
from datetime import date
from typing import Any

import duckdb
import pytest
from example_folder import Folder, Make

OPERATORS = {
    "is": operator.eq,
    "is_not": operator.ne,
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}
# Of each type: the cells as a CSV file has them, as Python has them, and a value to test against.
NUMBERS = {
    "number": (["0.5", "1.5", "2.5", ""], [0.5, 1.5, 2.5, None], 1.5),
    "integer": (["1", "2", "3", ""], [1, 2, 3, None], 2),
}
ORDERED = {
    **NUMBERS,
    "date": (
        ["2015-01-01", "2015-06-30", "2016-01-01", ""],
        [date(2015, 1, 1), date(2015, 6, 30), date(2016, 1, 1), None],
        "2015-06-30",
    ),
    "period": (["2015-Q1", "2015-Q2", "2016-Q1", ""], [0, 1, 4, None], "2015-Q2"),
    "period||2014/15..2020/21": (
        ["2014/15", "2015/16", "2016/17", ""],
        [2014, 2015, 2016, None],
        "2015/16",
    ),
}
UNORDERED = {
    "text": (["a", "B b", "0301", ""], ["a", "B b", "0301", None], "B b"),
    "category||1 = a; 2 = b; 3 = c": (["1", "2", "3", ""], ["1", "2", "3", None], "2"),
    "boolean": (["0", "1", "0", ""], [False, True, False, None], True),
}
CASES = [
    (kind, test) for kind in (*ORDERED, *UNORDERED) for test in ("is", "is_not", "in", "not_in",
                                                                  "missing")
] + [(kind, test) for kind in ORDERED for test in ("at_least", "at_most", "above", "below",
                                                   "between")]  # fmt: skip


def rows_of(cells: list[str]) -> str:
    return "x,n\n" + "".join(f"{cell},{n}\n" for n, cell in enumerate(cells))


def kept(test: str, values: list[Any], middle: Any) -> list[int]:
    if test == "missing":
        return [n for n, value in enumerate(values) if value is None]
    if test in {"in", "not_in"}:
        return [
            n for n, v in enumerate(values) if v is not None and (v == middle) == (test == "in")
        ]
    if test == "between":
        return [n for n, v in enumerate(values) if v is not None and v >= middle]
    rule = OPERATORS[test]
    return [n for n, v in enumerate(values) if v is not None and rule(v, middle)]


def condition(test: str, given: Any, top: Any) -> dict[str, Any]:
    if test == "missing":
        return {"column": "x", "missing": True}
    if test in {"in", "not_in"}:
        return {"column": "x", test: [given]}
    return {"column": "x", test: [given, top] if test == "between" else given}


@pytest.mark.parametrize(("kind", "test"), CASES)
def test_every_test_on_every_type(study: Make, kind: str, test: str) -> None:
    cells, values, given = {**ORDERED, **UNORDERED}[kind]
    middle = values[1]
    folder = study(rows_of(cells), f"x|{kind}", "n|integer")
    top = values[2] if kind in NUMBERS else cells[2]
    where = [condition(test, given, top)]
    expected = kept(test, values, middle)
    assert folder.values(["n"], where=where) == {"n": expected}
    assert folder.values(["n"], where=where, source=as_parquet(folder)) == {"n": expected}


def as_parquet(folder: Folder) -> str:
    """Write the rows with the types that DuckDB guesses."""
    text, path = folder.path / "rows.csv", folder.path / "rows.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{text}')) TO '{path}' (FORMAT parquet)")
    return path.name


@pytest.mark.parametrize(
    ("kind", "test", "given", "what"),
    [
        ("text", "at_least", "a", "`at_least` compares numbers, but `x` is text"),
        ("boolean", "below", "true", "`below` compares numbers, but `x` is a boolean"),
        ("number", "above", "many", "`above` compares numbers, but `x` is a number"),
        ("date", "above", "01.02.2015", "`01.02.2015` cannot be a value of `x`, which is a date"),
        ("period||2015-Q1..", "at_most", "2015", "the periods of `x` are written as quarter"),
        ("period||2015-Q1..", "at_most", "soon", "`soon` cannot be a value of `x`"),
    ],
)
def test_bounds_that_make_no_sense(
    study: Make, kind: str, test: str, given: str, what: str
) -> None:
    folder = study("x,n\n,1\n", f"x|{kind}", "n|integer")
    (problem,) = folder.problems(["n"], where=[{"column": "x", test: given}])
    assert problem.what.startswith(what)
