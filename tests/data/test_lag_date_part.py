"""Parts of dates and earlier values of a unit: equal to a loop, gaps counted, doubles refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from example_folder import Make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PANEL = ("u|text", "t|period", "y|integer", "n|integer")
COMMON = ("z|integer", "r|number", "c|category", "s|text", "q|integer")
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def lag(periods: int = 1, name: str = "z", of: str = "y", **keys: Any) -> list[dict[str, Any]]:
    rule = {"of": of, "by": "u", "over": "t", "periods": periods, **keys}
    return [{"name": name, "lag": rule}]


def panel(rows: list[tuple[Any, Any, Any]]) -> str:
    lines = (
        ",".join("" if cell is None else str(cell) for cell in (*row, i))
        for i, row in enumerate(rows)
    )
    return "u,t,y,n\n" + "\n".join(lines) + "\n"


CELLS = st.tuples(
    st.sampled_from(["a", "b", None]),
    st.one_of(st.none(), st.integers(2010, 2016)),
    st.one_of(st.none(), st.integers(0, 9)),
)


@QUICK
@given(rows=st.lists(CELLS, min_size=1, max_size=14), periods=st.integers(1, 3))
def test_a_lag_equals_a_loop(study: Make, rows: list[Any], periods: int) -> None:
    known = [(u, t) for u, t, _ in rows if None not in (u, t)]
    folder = study(panel(rows), *PANEL, common=COMMON)
    if len(set(known)) < len(known):
        (problem,) = folder.problems(["z"], derive=lag(periods))
        twice = sum(known.count(pair) > 1 for pair in set(known))
        words = (
            "1 pair of `u` and `t` stands" if twice == 1 else f"{twice} pairs of `u` and `t` stand"
        )
        assert (problem.where, problem.what) == (
            "study.yaml:data.derive.0",
            f"{words} in several rows",
        )
        return
    value = {(u, t): y for u, t, y in rows if None not in (u, t)}
    expected = [value.get((u, t - periods)) if t and u else None for u, t, _ in rows]
    with folder.open(["z", "n"], derive=lag(periods)) as opened:
        found = opened.connection.execute("SELECT z FROM used_rows ORDER BY n").fetchall()
        (seen,) = opened.lags
    assert [z for (z,) in found] == expected
    begun = {u: min(t for v, t in known if v == u) for u, _ in known}
    alone = [(u, t) for u, t in known if (u, t - periods) not in known]
    first = sum(t - periods < begun[u] for u, t in alone)
    assert (seen.name, seen.n_rows) == ("z", len(known))
    assert (seen.n_first, seen.n_gap) == (first, len(alone) - first)


def test_a_lag_keeps_the_type_of_its_column(study: Make) -> None:
    rows = "u,t,y,s,n\na,2015-Q4,1,x,0\na,2016-Q1,2,y,1\n"
    folder = study(rows, *PANEL, "s|text", common=("z|text", "r|number"))
    derive = [*lag(of="s"), *lag(name="r")]
    assert folder.values(["z", "r"], derive=derive) == {"z": [None, "x"], "r": [None, 1.0]}


def test_a_lag_looks_at_rows_that_are_not_used(study: Make) -> None:
    folder = study(panel([("a", 2015, 1), ("a", 2016, 2)]), *PANEL, common=COMMON)
    where = [{"column": "t", "is": 2016}]
    assert folder.values(["z"], derive=lag(), where=where) == {"z": [1]}


def test_a_lag_of_a_lag_and_of_a_computed_column(study: Make) -> None:
    rows = panel([("a", 2014, 1), ("a", 2015, 2), ("a", 2016, 4)])
    folder = study(rows, *PANEL, common=COMMON)
    derive = [
        {"name": "r", "power": {"of": "y", "exponent": 2}},
        *lag(),
        *lag(name="q", of="z"),
    ]
    found = folder.values(["r", "z", "q"], derive=derive)
    assert found == {"r": [1, 4, 16], "z": [None, 1, 2], "q": [None, None, 1]}


BAD = [
    (lag(over="y", of="t"), "the computed column `z` is declared integer"),
    (lag(over="u", by="t"), "`u` is text"),
    (lag(by="t"), "`z` needs a column of values, one of units and one of periods"),
    (lag(name="s"), "the computed column `s` is declared text"),
    ([{"name": "z", "date_part": {"of": "u", "part": "year"}}], "`u` is text"),
    ([{"name": "z", "date_part": {"of": "t", "part": "month"}}], "the periods of `t` are written"),
    ([{"name": "z", "date_part": {"of": "t", "part": "day"}}], "the periods of `t` are written"),
    ([{"name": "s", "date_part": {"of": "t", "part": "year"}}], "the computed column `s` is"),
]


@pytest.mark.parametrize(("derive", "words"), BAD)
def test_rules_that_do_not_fit(study: Make, derive: list[Any], words: str) -> None:
    folder = study(panel([("a", 2015, 1)]), *PANEL, common=COMMON)
    (problem,) = folder.problems(["z"], derive=derive)
    assert problem.where == "study.yaml:data.derive.0"
    assert problem.what.startswith(words)


DAYS = st.one_of(st.none(), st.dates(date(1950, 1, 1), date(2050, 12, 31)))
PARTS = {
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month + 2) // 3,
    "month": lambda day: day.month,
    "week": lambda day: day.isocalendar().week,
    "weekday": lambda day: day.isoweekday(),
    "day": lambda day: day.day,
}


@QUICK
@given(days=st.lists(DAYS, min_size=1, max_size=8), part=st.sampled_from(sorted(PARTS)))
def test_parts_of_dates_equal_the_calendar(study: Make, days: list[Any], part: str) -> None:
    rows = "d,n\n" + "".join(f"{day or ''},1\n" for day in days)
    folder = study(rows, "d|date", "n|integer", common=("z|integer", "c|category"))
    derive = [{"name": name, "date_part": {"of": "d", "part": part}} for name in "zc"]
    expected = [None if day is None else PARTS[part](day) for day in days]
    found = folder.values(["z", "c"], derive=derive)
    assert found["z"] == expected
    assert found["c"] == [None if one is None else str(one) for one in expected]


def test_the_week_of_the_turn_of_the_year(study: Make) -> None:
    days = [date(2015, 12, 31) + timedelta(days=n) for n in range(5)]
    rows = "d,n\n" + "".join(f"{day},1\n" for day in days)
    folder = study(rows, "d|date", "n|integer", common=("z|integer",))
    derive = [{"name": "z", "date_part": {"of": "d", "part": "week"}}]
    assert folder.values(["z"], derive=derive) == {"z": [53, 53, 53, 53, 1]}


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("2015", {"year": 2015}),
        ("2015/16", {"year": 2015}),
        ("2015-Q3", {"year": 2015, "quarter": 3}),
        ("2015-11", {"year": 2015, "quarter": 4, "month": 11}),
        ("2016-01", {"year": 2016, "quarter": 1, "month": 1}),
    ],
)
def test_parts_of_periods(study: Make, cell: str, parts: dict[str, int]) -> None:
    folder = study(f"t,n\n{cell},1\n", "t|period", "n|integer", common=("z|integer",))
    for part, value in parts.items():
        derive = [{"name": "z", "date_part": {"of": "t", "part": part}}]
        assert folder.values(["z"], derive=derive) == {"z": [value]}
