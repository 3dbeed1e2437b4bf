"""Cells against the dictionary: what fits each type, and each misfit in words and counts."""

from __future__ import annotations

import math
from datetime import date

import pytest
from example_folder import CANARY, Make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

VALUES = [
    ("number", ["1", "-2.5", "+.5", "5.", "1e3", " 7 ", ""], [1, -2.5, 0.5, 5, 1000, 7, None]),
    ("integer", ["1", "-2", "+3", "12.0", "9007199254740993"], [1, -2, 3, 12, 9007199254740993]),
    ("boolean", ["0", "1", "true", "FALSE", "True", "1.0"], [False, True, True, False, True, True]),
    ("text", ["0301", "a b", "  ", "\u00a0", "é"], ["0301", "a b", None, None, "é"]),
    ("category", ["a", "b", ""], ["a", "b", None]),
    ("date", ["2016-02-29", "2015-03-01 00:00:00"], [date(2016, 2, 29), date(2015, 3, 1)]),
    ("period", ["2015", "2016"], [2015, 2016]),
    ("period", ["2015/16", "1999/00"], [2015, 1999]),
    ("period", ["2015-Q1", "2015-Q4"], [8060, 8063]),
    ("period", ["2015-01", "2015-12"], [24180, 24191]),
]


@pytest.mark.parametrize(("kind", "cells", "values"), VALUES)
def test_what_fits(study: Make, kind: str, cells: list[str], values: list[object]) -> None:
    folder = study("x,other\n" + "".join(f"{cell},1\n" for cell in cells), f"x|{kind}")
    assert folder.values(["x"]) == {"x": values}


def test_missing_codes(study: Make) -> None:
    rows = 'n,t\n-99,"N A"\n-99.0,NA\n99,x\n NA ,-99\n'
    folder = study(rows, "n|number||0..100|-99; NA", "t|text|||N A; -99")
    assert folder.values(["n", "t"]) == {"n": [None, None, 99, None], "t": [None, "NA", "x", None]}


def test_decimal_comma_and_date_format(study: Make) -> None:
    folder = study(
        "n;i;d\n1,5;2,0;31.12.2015\n-,5e1;3;01.02.2016\n", "n|number", "i|integer", "d|date"
    )
    main = {"path": "rows.csv", "delimiter": ";", "decimal": ",", "date_format": "%d.%m.%Y"}
    assert folder.values(["n", "i", "d"], source=None, sources={"main": main}) == {
        "n": [1.5, -5],
        "i": [2, 3],
        "d": [date(2015, 12, 31), date(2016, 2, 1)],
    }


@pytest.mark.parametrize(
    "form", ["%d.%m", "%H:%M", "%d.%m.%Y %H:%M", "'; DROP TABLE raw; --", "%q"]
)
def test_a_date_format_that_is_none(study: Make, form: str) -> None:
    main = {"path": "rows.csv", "date_format": form}
    (problem,) = study("d\n1\n", "d|date").problems({"d"}, source=None, sources={"main": main})
    assert problem.what == "`date_format` is not a day, a month and a year"


C = CANARY
FAULTS = {
    "decimal comma": (
        "number",
        ['"1,5"', f'"{C},5"', "2"],
        "2 of 3 present cells are not a number: 2 with a decimal comma",
        'set `decimal: ","` under `data.sources.main`',
    ),
    "thousands": (
        "number",
        [f"731 {C[-3:]}", "1\u00a0500", "1\u202f500.5", "1.500.000", "2"],
        "4 of 5 present cells are not a number: 4 with separated thousands",
        "export numbers without separators",
    ),
    "typographic minus": (
        "number",
        ["\u2212" + C, "1"],
        "1 of 2 present cells is not a number: 1 with a typographic minus",
        "write the minus as a hyphen: -1",
    ),
    "not finite": (
        "number",
        ["inf", "-Infinity", "nan", "1"],
        "3 of 4 present cells are not a number: 3 not finite",
        "declare what stands for missing, or correct it",
    ),
    "too large": (
        "number",
        ["1e400", "1"],
        "1 of 2 present cells is not a number: 1 too large",
        "declare identifiers as text",
    ),
    "identifiers": (
        "integer",
        [C * 3, "1"],
        "1 of 2 present cells is not a whole number: 1 too large",
        "declare identifiers as text",
    ),
    "fractions": (
        "integer",
        [f"{C}.5", "1e3", "1"],
        "2 of 3 present cells are not a whole number: 2 with a fraction",
        "declare it as number, or correct the cells",
    ),
    "words": (
        "number",
        [f"x{C}", "#DIV/0!", "1_000", "0x1F", "1"],
        "4 of 5 present cells are not a number",
        "declare codes that mean missing in the dictionary, or correct the cells",
    ),
    "several": (
        "number",
        ['"1,5"', '"2,5"', f"x{C}", "inf", "1"],
        "4 of 5 present cells are not a number: 2 with a decimal comma, 1 not finite",
        'set `decimal: ","` under `data.sources.main`',
    ),
    "not yes or no": (
        "boolean",
        ["yes", C, "1"],
        "2 of 3 present cells are not 0, 1, true or false",
        "declare it as category and derive an indicator, or correct the cells",
    ),
    "dates": (
        "date",
        ["2015-02-30", "31.12.2015", C, "2015-01-01"],
        "3 of 4 present cells are not a date",
        "write dates as 2015-09-30, or set `date_format` under `data.sources.main`",
    ),
    "times": (
        "date",
        ["2015-01-01 10:00:00"],
        "1 of 1 present cell is not a date",
        "write dates as 2015-09-30, or set `date_format` under `data.sources.main`",
    ),
    "no periods": (
        "period",
        ["2015/17", "2015-Q5", "2015-13", C, "2015"],
        "4 of 5 present cells are not a period",
        "write periods as 2015, 2015/16, 2015-Q2 or 2015-09",
    ),
    "two kinds of periods": (
        "period",
        ["2015", "2015/16"],
        "periods are written as year and as school year",
        "write all periods of the column in one way",
    ),
    "another kind of period": (
        "period||2015..",
        ["2015-Q1"],
        "periods are written as quarter",
        "write all periods of the column in one way",
    ),
    "out of range": (
        "number||0..1",
        ["0", "1", C, "-1"],
        "2 of 4 present cells are outside the range in data-dictionary.md:7",
        "correct the cells, or the values or missing codes in the dictionary",
    ),
    "date out of range": (
        "date||..2015-12-31",
        ["2016-01-01"],
        "1 of 1 present cell is outside the range in data-dictionary.md:7",
        "correct the cells, or the values or missing codes in the dictionary",
    ),
    "not in the list": (
        "category||girl; boy",
        ["girl", C, "Boy", "girl "],
        (
            "3 of 4 present cells are outside the list in data-dictionary.md:7; "
            "2 differ from an allowed value only by spaces or capitals"
        ),
        "correct the cells, or the values or missing codes in the dictionary",
    ),
    "not among the codes": (
        "integer||1 = a; 2 = b",
        ["1", "3"],
        "1 of 2 present cells is outside the list in data-dictionary.md:7",
        "correct the cells, or the values or missing codes in the dictionary",
    ),
    "levels that nearly repeat": (
        "text",
        [f"a{C}", f"a{C} ", f"A{C}", "b"],
        "2 levels that another level repeats with other spaces or capitals",
        "write each level in one way, or list the levels under values in the dictionary",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_column_that_does_not_fit(study: Make, name: str) -> None:
    kind, cells, what, fix = FAULTS[name]
    folder = study("x,other\n" + "".join(f"{cell},1\n" for cell in cells), f"x|{kind}")
    problem = folder.problems({"x"})[-1 if "another kind" in name else 0]
    assert (problem.where, problem.what, problem.fix) == ("rows.csv:x", what, fix)


def test_all_columns_at_once(study: Make) -> None:
    folder = study(f"a,b,c\n{C},x{C},{C}\n", "a|number||0..1", "b|number", "c|boolean")
    problems = folder.problems({"a", "b", "c"})
    assert [p.where for p in problems] == ["rows.csv:a", "rows.csv:b", "rows.csv:c"]


def test_capitals_may_be_meant_in_identifiers(study: Make) -> None:
    names = [f"{c}{i}" for i in range(600) for c in "aA"]
    folder = study("x\n" + "\n".join(names) + "\n", "x|text")
    assert folder.values(["x"]) == {"x": names}
    (problem,) = study("x\n" + "\n".join([*names, "a1 "]) + "\n", "x|text").problems({"x"})
    assert problem.what.startswith("1 level that another level repeats")


SAFE = st.text(
    st.characters(codec="utf-8", exclude_characters='"\0', exclude_categories=["Cs"]), max_size=8
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(SAFE, st.floats(allow_nan=False, allow_infinity=False)), min_size=1))
def test_any_text_and_number_come_back(study: Make, cells: list[tuple[str, float]]) -> None:
    texts = [f"{i}:{text}" for i, (text, _) in enumerate(cells)]
    rows = "x,y\n" + "".join(f'"{text}",{y!r}\n' for text, (_, y) in zip(texts, cells, strict=True))
    found = study(rows, "x|text", "y|number").values(["x", "y"])
    assert found["x"] == texts
    assert found["y"] == [y for _, y in cells]
    assert all(map(math.isfinite, found["y"]))
