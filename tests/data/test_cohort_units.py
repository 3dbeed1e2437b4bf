"""Mergers followed to the units of one day, and series that run over a break."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from example_folder import Make
from hypothesis import given
from hypothesis import strategies as st

from evaluate.data.cohort_definition import Change
from evaluate.data.standard import standards
from evaluate.data.units import histories, unit_of

CHANGES = [
    {"date": "2018-01-01", "from": ["16", "17"], "to": "50"},
    {"date": "2020-01-01", "from": ["50", "15"], "to": "60"},
    {"date": "2024-01-01", "from": ["60"], "to": ["61", "62"]},
]
COLUMNS = ("county|category", "now|category", "y|number")


def block(**keys: Any) -> dict[str, Any]:
    units = {"column": "county", "as_of": "2023-01-01", "changes": CHANGES, **keys}
    return {"units": {"now": units}}


def test_chains_of_mergers_are_followed(study: Make) -> None:
    folder = study("county,y\n16,1\n17,1\n50,1\n15,1\n60,1\n03,1\n,1\n", common=COLUMNS)
    found = folder.values(["county", "now"], **block(unchanged=["03"]))
    pairs = dict(zip(found["county"], found["now"], strict=True))
    assert pairs == {"16": "60", "17": "60", "50": "60", "15": "60", "60": "60", "03": "03",
                     None: None}  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "code", "unit"),
    [
        ("2017-12-31", "16", "16"),
        ("2018-01-01", "16", "50"),
        ("2019-12-31", "15", "15"),
        ("2017-12-31", "50", None),  # there was no such unit yet
        ("2024-01-01", "16", None),  # split, and nothing says into which part
    ],
)
def test_the_day_decides(as_of: str, code: str, unit: str | None) -> None:
    changes = [Change.model_validate(one) for one in CHANGES]
    assert unit_of(changes, dt.date.fromisoformat(as_of))[code] == unit


def test_a_split_with_a_target() -> None:
    changes = [Change.model_validate(one) for one in CHANGES[:2]]
    split = Change.model_validate({**CHANGES[2], "target": "62"})
    assert unit_of([*changes, split], dt.date(2024, 1, 1))["16"] == "62"


@given(st.permutations(CHANGES), st.dates(dt.date(2010, 1, 1), dt.date(2030, 1, 1)))
def test_order_of_changes_does_not_matter(changes: list[dict[str, Any]], day: dt.date) -> None:
    one = unit_of([Change.model_validate(each) for each in changes], day)
    assert one == unit_of([Change.model_validate(each) for each in CHANGES], day)


def test_a_merged_unit_may_keep_its_code() -> None:
    change = Change.model_validate({"date": "2020-01-01", "from": ["A", "B"], "to": "A"})
    assert unit_of([change], dt.date(2021, 1, 1)) == {"A": "A", "B": "A"}
    assert unit_of([change], dt.date(2019, 1, 1)) == {"A": "A", "B": "B"}


@pytest.mark.parametrize(
    ("rows", "keys", "count"),
    [
        ("county,y\n16,1\n99,1\n99,2\n", {}, 2),  # unknown
        ("county,y\n16,1\n17,2\n", {"as_of": "2024-06-01"}, 2),  # split
        ("county,y\n16,1\n60,2\n", {"as_of": "2019-06-01"}, 1),  # of a later day
    ],
)
def test_codes_without_a_unit(study: Make, rows: str, keys: dict[str, Any], count: int) -> None:
    (problem,) = study(rows, common=COLUMNS).problems(["now"], **block(**keys))
    rows_of = f"{count} row" + "s" * (count > 1)
    assert problem.what == (
        "`now` has a code without a unit on that day: unknown, split, or of a later day in "
        f"{rows_of}"
    )
    assert problem.where == "study.yaml:units.now".replace("units", "data.units")


def test_a_history_that_comes_with_the_package(study: Make) -> None:
    folder = study("county,y\n01,1\n17,1\n03,1\n30,1\n20,1\n", common=COLUMNS)
    units = {"now": {"column": "county", "as_of": "2022-12-31", "history": "norway-counties"}}
    found = folder.values(["county", "now"], units=units)
    assert dict(zip(found["county"], found["now"], strict=True)) == {
        "01": "30", "17": "50", "03": "03", "30": "30", "20": "54"
    }  # fmt: skip
    units["now"]["history"] = "norway-countys"
    (problem,) = folder.problems(["now"], units=units)
    assert problem.fix == "did you mean `norway-counties`?"


@pytest.mark.parametrize(
    ("day", "n"), [("2017-12-31", 19), ("2019-12-31", 18), ("2020-01-01", 11), ("2023-12-31", 11)]
)
def test_the_numbers_of_norwegian_counties(day: str, n: int) -> None:
    changes, same = histories()["norway-counties"]
    found = unit_of(changes, dt.date.fromisoformat(day))
    assert len({one for one in found.values() if one} | set(same)) == n


def test_units_are_codes(study: Make) -> None:
    folder = study("county,y\n16,1\n", common=("county|integer", "now|category", "y|number"))
    (problem,) = folder.problems(["now"], **block())
    assert "may begin with 0" in problem.what


SERIES = ("share|number", "year|integer", "new|boolean", "day|date", "term|period")
MEASURED = {"column": "share", "standard": "eurostat-early-leavers", "over": "year"}


@pytest.mark.parametrize(
    ("years", "keys", "what"),
    [
        ([2015, 2020], {}, None),
        ([2021, 2022], {}, None),
        ([2020, 2021], {}, "runs over a break of `eurostat-early-leavers`: 2021-01-01"),
        ([2013, 2014], {}, "runs over a break of `eurostat-early-leavers`: 2014-01-01"),
        ([2013, 2021], {"break_term": "new"}, "runs over several breaks"),
        ([2020, 2021], {"break_term": "new"}, None),
        ([2020, 2021, 2021], {"break_term": "new"}, "does not tell 1 row by the break"),
    ],
)
def test_a_series_over_a_break(
    study: Make, years: list[int], keys: dict[str, Any], what: str | None
) -> None:
    # The last row of three says that it is old.
    rows = "".join(f"1.5,{year},{int(i == 1)}\n" for i, year in enumerate(years))
    folder = study(f"share,year,new\n{rows}", common=SERIES)
    block = {"measured": [{**MEASURED, **keys}]}
    if what is None:
        assert len(folder.values(["share"], **block)["share"]) == len(years)
        return
    (problem,) = folder.problems(["share"], **block)
    assert what in problem.what
    assert "two definitions" in problem.why


@pytest.mark.parametrize(
    ("column", "cells", "spans"),
    [
        ("day", ["2020-12-31", "2021-01-01"], True),
        ("day", ["2020-11-30", "2020-12-31"], False),
        ("term", ["2020-Q4", "2021-Q1"], True),
        ("term", ["2020-11", "2020-12"], False),
        ("term", ["2020/21", "2021/22"], True),
        ("term", ["2019/20", "2020/21"], False),
    ],
)
def test_breaks_in_dates_and_periods(
    study: Make, column: str, cells: list[str], spans: bool
) -> None:
    rows = "".join(f"1.5,{cell}\n" for cell in cells)
    folder = study(f"share,{column}\n{rows}", common=SERIES)
    block = {"measured": [{**MEASURED, "over": column}]}
    if spans:
        assert len(folder.problems(["share"], **block)) == 1
    else:
        assert len(folder.values(["share"], **block)["share"]) == 2


def test_every_standard_says_where_it_was_read() -> None:
    for one in standards().values():
        assert one.numerator
        assert one.denominator
        assert one.population
        assert one.source
        assert one.url.startswith("https://")
        assert set(one.title) >= {"en", "nb", "sv"}
        assert bool(one.horizons) == (one.kind == "completion")
    assert standards()["norway-completion-5-6"].horizons == {
        "general": "5 years", "vocational": "6 years"
    }  # fmt: skip
