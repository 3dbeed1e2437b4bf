"""Computed columns and conditions: equal to NumPy, and refused where they make no sense."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from example_folder import CANARY, Make
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evaluate.data import sql

Cells = list[float | None]
FINITE = st.floats(-1e6, 1e6).map(lambda x: 0.0 if abs(x) < 1e-9 else x)
COLUMN = st.one_of(st.none(), FINITE, st.sampled_from([-1.0, 0.0, 1.0, 2.0]))
ROWS = st.lists(st.tuples(COLUMN, COLUMN), min_size=1, max_size=30)
QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(rows: list[tuple[float | None, float | None]]) -> str:
    cells = (
        ",".join("" if x is None else repr(x) for x in row) + f",{i}" for i, row in enumerate(rows)
    )
    return "a,b,i\n" + "\n".join(cells) + "\n"


def each(rows: list[tuple[float | None, float | None]], rule: Callable[..., Any]) -> list[Any]:
    """Apply a rule to the rows that have both cells; the oracle of a rule of two columns."""
    return [None if a is None or b is None else rule(a, b) for a, b in rows]


AB = ("a|number", "b|number", "i|integer")
COMMON = ("z|number", "c|category", "p|number")
PAIRS = [
    ("product", operator.mul),
    ("difference", operator.sub),
    ("ratio", lambda a, b: None if b == 0 else a / b),
]


@QUICK
@given(rows=ROWS, which=st.sampled_from(PAIRS))
def test_two_columns(study: Make, rows: list[Any], which: tuple[str, Any]) -> None:
    name, rule = which
    derive = [{"name": "z", name: {"left": "a", "right": "b"}}]
    assert study(write(rows), *AB, common=COMMON).values(["z"], derive=derive)["z"] == each(
        rows, rule
    )


@QUICK
@given(rows=ROWS, exponent=st.sampled_from([0, 1, 2, 3, 4, -1, 0.5, 1.5]))
def test_power(study: Make, rows: list[Any], exponent: float) -> None:
    a = np.array([np.nan if x is None else x for x, _ in rows])
    with np.errstate(all="ignore"):
        expected = a**exponent
    folder = study(write(rows), *AB, common=COMMON)
    derive = [{"name": "z", "power": {"of": "a", "exponent": exponent}}]
    wrong = int((~np.isfinite(expected) & ~np.isnan(a)).sum())
    if wrong:
        (problem,) = folder.problems(["z"], derive=derive)
        word = "row" if wrong == 1 else "rows"
        assert problem.what == f"`z` has no finite number in {wrong} {word}"
    else:
        # nan ** 0 is 1 in NumPy; here what is missing stays so.
        expected[np.isnan(a)] = np.nan
        found = np.array(folder.values(["z"], derive=derive)["z"], dtype=float)
        np.testing.assert_allclose(found, expected, rtol=1e-14, equal_nan=True)


@QUICK
@given(rows=ROWS, plus=st.sampled_from([0.0, 1.0, 2e6]))
def test_log(study: Make, rows: list[Any], plus: float) -> None:
    folder = study(write(rows), *AB, common=COMMON)
    derive = [{"name": "z", "log": {"of": "a", "plus": plus}}]
    wrong = sum(a is not None and a + plus <= 0 for a, _ in rows)
    if wrong:
        (problem,) = folder.problems(["z"], derive=derive)
        word = "row" if wrong == 1 else "rows"
        assert problem.what == f"`z` has no real logarithm in {wrong} {word}"
    else:
        expected = [np.nan if a is None else math.log(a + plus) for a, _ in rows]
        found = np.array(folder.values(["z"], derive=derive)["z"], dtype=float)
        np.testing.assert_allclose(found, expected, rtol=1e-14, equal_nan=True)


@QUICK
@given(rows=ROWS, edges=st.lists(FINITE, min_size=1, max_size=5, unique=True).map(sorted))
def test_bins(study: Make, rows: list[Any], edges: list[float]) -> None:
    folder = study(write(rows), *AB, common=("z|integer", "c|category"))
    derive = [{"name": name, "bins": {"of": "a", "edges": edges}} for name in "zc"]
    expected = [None if a is None else int(np.digitize(a, edges)) for a, _ in rows]
    found = folder.values(["z", "c"], derive=derive)
    assert found["z"] == expected
    assert found["c"] == [None if code is None else str(code) for code in expected]


TESTS: list[tuple[str, Any, Callable[[Any], bool]]] = [
    ("is", 1, lambda a: a == 1),
    ("is_not", 1, lambda a: a not in (1, None)),
    ("in", [0, 1], lambda a: a in (0, 1)),
    ("not_in", [0, 1], lambda a: a not in (0, 1, None)),
    ("at_least", 0.5, lambda a: a is not None and a >= 0.5),
    ("at_most", 0.5, lambda a: a is not None and a <= 0.5),
    ("above", 1, lambda a: a is not None and a > 1),
    ("below", 1, lambda a: a is not None and a < 1),
    ("between", [0, 1], lambda a: a is not None and 0 <= a <= 1),
    ("missing", True, lambda a: a is None),
    ("missing", False, lambda a: a is not None),
]


@QUICK
@given(rows=ROWS, which=st.sampled_from(TESTS), second=st.sampled_from(TESTS))
def test_where(study: Make, rows: list[Any], which: Any, second: Any) -> None:
    kept = [i for i, (a, b) in enumerate(rows) if which[2](a) and second[2](b)]
    where = [{"column": "a", which[0]: which[1]}, {"column": "b", second[0]: second[1]}]
    folder = study(write(rows), *AB, common=COMMON)
    if kept:
        assert folder.values(["i"], where=where)["i"] == kept
    else:
        problems = folder.problems(["i"], where=where)
        alone = [any(which[2](a) for a, _ in rows), any(second[2](b) for _, b in rows)]
        lines = [f"study.yaml:data.where.{i}" for i, met in enumerate(alone) if not met]
        assert [p.where for p in problems] == (lines or ["study.yaml:data.where"])


@QUICK
@given(rows=ROWS, which=st.sampled_from(TESTS))
def test_indicator(study: Make, rows: list[Any], which: Any) -> None:
    folder = study(write(rows), *AB, common=("z|boolean",))
    derive = [{"name": "z", "indicator": {"column": "a", which[0]: which[1]}}]
    missing_counts = which[0] == "missing"
    expected = [None if a is None and not missing_counts else which[2](a) for a, _ in rows]
    assert folder.values(["z"], derive=derive)["z"] == expected


@QUICK
@given(rows=ROWS)
def test_computed_from_computed_in_order(study: Make, rows: list[Any]) -> None:
    assume(any(a is not None and b is not None and a * b > 1 for a, b in rows))
    derive = [
        {"name": "p", "product": {"left": "a", "right": "b"}},
        {"name": "z", "difference": {"left": "p", "right": "a"}},
    ]
    folder = study(write(rows), *AB, common=COMMON)
    found = folder.values(["i", "z"], derive=derive, where=[{"column": "p", "above": 1}])
    both = [(i, a, b) for i, (a, b) in enumerate(rows) if None not in (a, b) and a * b > 1]
    assert found == {"i": [i for i, _, _ in both], "z": [a * b - a for _, a, b in both]}


def test_a_logarithm_of_rows_that_are_not_used(study: Make) -> None:
    folder = study("a,b,i\n0,1,1\n-1,1,2\n1,1,3\n", *AB, common=COMMON)
    derive = [{"name": "z", "log": {"of": "a"}}]
    where = [{"column": "a", "above": 0}]
    assert folder.values(["z"], derive=derive, where=where) == {"z": [0.0]}


def test_many_levels_of_computation_stay_quick(study: Make) -> None:
    names = [f"x{i}" for i in range(41)]
    derive = [
        {"name": after, "product": {"left": name, "right": name}}
        for name, after in itertools.pairwise(names)
    ]
    folder = study("x0\n1\n-1\n", "x0|number", common=[f"{name}|number" for name in names])
    assert folder.values([names[-1]], derive=derive) == {names[-1]: [1.0, 1.0]}


VARIABLES = (
    "a|number||0..10",
    "n|integer",
    "t|text",
    "c|category||1 = girl; 2 = boy",
    "b|boolean",
    "d|date",
    "p|period||2015/16..2020/21",
    "q|period",
)
MADE = ("z|number|year", "w|integer||0..4", "k|text")
CSV = f"a,n,t,c,b,d,p,q\n1,1,x{CANARY},1,1,2015-01-01,2015/16,2015-Q1\n9,2,y,2,0,2016-01-01,2016/17,2015-Q2\n"

CONDITIONS = [
    ({"column": "t", "is": "y"}, [2]),
    ({"column": "c", "is": 1}, [1]),
    ({"column": "c", "in": ["1", 2]}, [1, 2]),
    ({"column": "b", "is": True}, [1]),
    ({"column": "b", "is": "false"}, [2]),
    ({"column": "b", "is_not": 1}, [2]),
    ({"column": "n", "is": "2"}, [2]),
    ({"column": "n", "is": 2.0}, [2]),
    ({"column": "n", "at_most": 1.5}, [1]),
    ({"column": "d", "is": "2015-01-01"}, [1]),
    ({"column": "p", "in": ["2016/17"]}, [2]),
    ({"column": "p", "at_least": 2016}, [2]),
    ({"column": "q", "is": "2015-Q2"}, [2]),
]


@pytest.mark.parametrize(("condition", "kept"), CONDITIONS)
def test_conditions_on_every_type(study: Make, condition: dict[str, Any], kept: list[int]) -> None:
    assert study(CSV, *VARIABLES, common=MADE).values(["n"], where=[condition])["n"] == kept


REFUSED = [
    ({"column": "t", "is": 1.5}, "`1.5` cannot be a value of `t`, which is text (data-dictionary.md:9)",
     "put it in quotation marks"),
    ({"column": "t", "is": True}, "`True` cannot be a value of `t`, which is text (data-dictionary.md:9)",
     "put it in quotation marks"),
    ({"column": "t", "above": 1}, "`above` compares numbers, but `t` is text (data-dictionary.md:9)",
     "list the values with `in`"),
    ({"column": "c", "is": "girl"}, "`girl` is not among the values of `c` (data-dictionary.md:10)",
     "did you mean `1`?"),
    ({"column": "c", "in": ["1", "7"]}, "`7` is not among the values of `c` (data-dictionary.md:10)",
     "write one of the dictionary's values"),
    ({"column": "b", "is": 2}, "`2` cannot be a value of `b`, which is a boolean (data-dictionary.md:11)",
     "write a value of that type"),
    ({"column": "n", "is": 1.5}, "`1.5` cannot be a value of `n`, which is an integer (data-dictionary.md:8)",
     "write a value of that type"),
    ({"column": "n", "is": True}, "`True` cannot be a value of `n`, which is an integer (data-dictionary.md:8)",
     "write a value of that type"),
    ({"column": "d", "is": "01.01.2015"},
     "`01.01.2015` cannot be a value of `d`, which is a date (data-dictionary.md:12)",
     "write a value of that type"),
    ({"column": "d", "above": 2015}, "`above` compares numbers, but `d` is a date (data-dictionary.md:12)",
     "list the values with `in`"),
    ({"column": "p", "is": "2015"}, "the periods of `p` are written as school year",
     "write the period in the same way"),
    ({"column": "q", "is": "2015-01"}, "the periods of `q` are written as quarter",
     "write the period in the same way"),
    ({"column": "q", "above": 2015}, "the periods of `q` are written as quarter",
     "write the period in the same way"),
    ({"column": "tt", "is": "x"}, "column `tt` is not in the dictionary",
     "add a row for it to `data-dictionary.md`"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "what", "fix"), REFUSED)
def test_conditions_that_make_no_sense(
    study: Make, condition: dict[str, Any], what: str, fix: str
) -> None:
    (problem,) = study(CSV, *VARIABLES, common=MADE).problems(["n"], where=[condition])
    assert problem.where.startswith("study.yaml:data.where.0")
    assert (problem.what, problem.fix) == (what, fix)


SQUARE = {"of": "a", "exponent": 2}
BAD_RULES = [
    ([{"name": "nix", "power": SQUARE}], "data.derive.0.name", "column `nix` is not in the dictionary"),
    ([{"name": "z", "power": {"of": "t", "exponent": 2}}], "data.derive.0",
     "`t` is text (data-dictionary.md:9), and the rule needs numbers"),
    ([{"name": "z", "power": SQUARE, "unit": "krone"}], "data.derive.0",
     "the unit of `z` is not that of the dictionary (data-dictionary.md:20)"),
    ([{"name": "k", "power": SQUARE}], "data.derive.0",
     "the computed column `k` is declared text (data-dictionary.md:22)"),
    ([{"name": "z", "power": SQUARE}, {"name": "z", "power": SQUARE}], "data.derive.1",
     "column `z` is computed twice"),
    ([{"name": "z", "power": {"of": "w", "exponent": 2}}, {"name": "w", "power": SQUARE}],
     "data.derive.0", "`z` is computed from `w`, which is not computed yet"),
    ([{"name": "z", "power": {"of": "z", "exponent": 2}}], "data.derive.0",
     "`z` is computed from `z`, which is not computed yet"),
    ([{"name": "w", "ratio": {"left": "n", "right": "a"}}], "data.derive.0",
     "`w` is not integer in 1 row"),
    ([{"name": "w", "power": {"of": "n", "exponent": 3}}], "data.derive.0",
     "`w`: 1 of 2 present cells is outside the range in data-dictionary.md:21"),
    ([{"name": "z", "indicator": {"column": "c", "is": "boy"}}], "data.derive.0",
     "`boy` is not among the values of `c` (data-dictionary.md:10)"),
]  # fmt: skip


@pytest.mark.parametrize(("derive", "key", "what"), BAD_RULES)
def test_rules_that_make_no_sense(study: Make, derive: list[Any], key: str, what: str) -> None:
    folder = study(CSV, *VARIABLES, common=MADE)
    problem = folder.problems(["n"], derive=derive)[0]
    assert (problem.where, problem.what) == (f"study.yaml:{key}", what)


def test_a_computed_column_that_the_file_has_already(study: Make) -> None:
    folder = study("a,b,i,z\n1,2,3,4\n", *AB, "z|number")
    derive = [{"name": "z", "product": {"left": "a", "right": "b"}}]
    (problem,) = folder.problems(["z"], derive=derive)
    assert (problem.where, problem.what) == (
        "rows.csv:z",
        "the study computes this column, and the file has it already",
    )


def test_definition_faults_come_all_at_once(study: Make) -> None:
    problems = study(CSV, *VARIABLES, common=MADE).problems(
        {"none": ("outcomes", "o", "column"), "n": ("analyses", "m")},
        derive=[{"name": "zz", "power": {"of": "aa", "exponent": 2}}],
        where=[{"column": "bb", "is": 1}],
    )
    assert [p.where for p in problems] == [
        "study.yaml:outcomes.o.column",
        "study.yaml:data.derive.0.name",
        "study.yaml:data.derive.0",
        "study.yaml:data.where.0.column",
    ]


def test_literals_are_only_literals() -> None:
    import duckdb

    hostile = ["'; DROP TABLE t; --", "''", "\\'", '"', "a\nb", "\u2028", "🙂", "$$", "?", "$1"]
    for value in (*hostile, True, False, 0, -(2**63), 2**63, 0.1, -1e300, 5e-324):
        assert duckdb.sql(f"SELECT {sql.literal(value)}").fetchone() == (value,)
    for name in hostile:
        relation = duckdb.sql(f"SELECT 1 AS {sql.identifier(name)}")
        assert relation.columns == [name]
    for make in (sql.identifier, sql.text):
        with pytest.raises(ValueError, match="a NUL character"):
            make("a\0b")
