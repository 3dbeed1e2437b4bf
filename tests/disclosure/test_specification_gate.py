"""Under strict rules no two specifications give away the few people by whom they differ."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.checks.negative_controls import Control, negative_controls
from evaluate.checks.specifications import Specified, agreement, specifications
from evaluate.core import Estimate
from evaluate.disclosure.gate import PROFILES, Released, release

STRICT = PROFILES["nordic_strict"]
ROW = Estimate(
    estimate=1.23456789,
    std_error=0.5,
    conf_low=0.25,
    conf_high=2.25,
    n_obs=400,
    n_treated=200,
    method="m",
    std_error_method="HC2",
    unit="points",
    estimand="ATE",
    p_value=0.02,
    analysis="main",
    outcome="points",
)
Counts = tuple[int, int]


def released(counts: list[Counts], profile: str = "nordic_strict") -> Released:
    """Pass a declared specification and its alternatives with these counts."""
    rows = [
        replace(
            ROW,
            n_obs=n,
            n_treated=treated,
            estimate=1 + i / 100,
            alternative=f"a{i}" if i else None,
            role="beside" if i else "headline",
        )
        for i, (n, treated) in enumerate(counts)
    ]
    declared = Specified("declared", rows[0])
    others = [Specified(str(one.alternative), one) for one in rows[1:]]
    check, table = agreement(declared, others)
    tables = [replace(one, analysis="main") for one in (specifications(declared, others), table)]
    return release(rows, [check], tables, (), PROFILES[profile])


def shown(found: Released) -> set[str]:
    return {one.alternative or "declared" for one in found.estimates}


@pytest.mark.parametrize(
    ("counts", "names"),
    [
        ([(400, 200), (400, 200)], {"declared", "a1"}),  # the same rows
        ([(400, 200), (395, 198)], {"declared"}),
        ([(400, 200), (390, 195)], {"declared"}),  # five treated
        ([(400, 200), (380, 190)], {"declared", "a1"}),
        ([(400, 200), (400, 195)], {"declared"}),  # five change sides
        ([(400, 200), (300, 150), (295, 148)], {"declared"}),  # close to each other
        ([(400, 200), (395, 198), (380, 190)], {"declared", "a2"}),
        ([(15, 8), (15, 8)], set()),
    ],
)
def test_who_is_shown(counts: list[Counts], names: set[str]) -> None:
    found = released(counts)
    assert shown(found) == names
    for table in found.tables:
        with_numbers = {row["specification"] for row in table.rows if "estimate" in row}
        assert with_numbers == names
        words = (row for row in table.rows if row["specification"] not in names)
        assert all(row["state"] == "withheld" for row in words)
    assert released(counts, "none").hidden == 0


@given(st.lists(st.tuples(st.integers(40, 90), st.integers(12, 28)), min_size=2, max_size=7))
def test_no_two_shown_specifications_differ_by_few(counts: list[Counts]) -> None:
    names = shown(released(counts))
    kept = [one for i, one in enumerate(counts) if (f"a{i}" if i else "declared") in names]
    for (n, treated), (m, other) in combinations(kept, 2):
        gaps = (abs(n - m), abs(treated - other), abs(n - treated - m + other))
        assert not any(0 < gap < STRICT.smallest for gap in gaps)


def test_the_place_of_a_hidden_row_does_not_tell_its_size() -> None:
    (curve, _) = released([(400, 200), (395, 198), (380, 190)]).tables
    assert [row["specification"] for row in curve.rows] == ["a2", "declared", "a1"]
    (curve, _) = released([(400, 200), (380, 190), (395, 198)]).tables
    assert [row["specification"] for row in curve.rows] == ["a1", "declared", "a2"]


def test_numbers_lose_their_digits_and_counts_their_last() -> None:
    (curve, _) = released([(403, 202), (403, 202)]).tables
    assert {row["n_obs"] for row in curve.rows} == {405}
    assert {row["estimate"] for row in curve.rows} == {1.0, 1.01}


def test_few_degrees_of_freedom_hide_as_they_do_elsewhere() -> None:
    declared = Specified("declared", replace(ROW, df=4.0))
    other = Specified("a1", replace(ROW, df=300.0, alternative="a1", role="beside"))
    rows = [one.row for one in (declared, other) if one.row is not None]
    tables = [
        replace(one, analysis="main")
        for one in (specifications(declared, [other]), agreement(declared, [other])[1])
    ]
    found = release(rows, (), tables, (), STRICT)
    assert found.estimates == ()  # else the alternative would be read as the answer
    for table in found.tables:
        assert not any(isinstance(one, float) for row in table.rows for one in row.values())
    other = Specified("a1", replace(ROW, df=4.0))
    found = release((), (), (specifications(Specified("declared", ROW), [other]),), (), STRICT)
    assert ["estimate" in row for row in found.tables[0].rows] == [True, False]
    _, table = negative_controls([Control("a", replace(ROW, df=4.0), 1.0)])
    shown_rows = release((), (), (table,), (), STRICT).tables[0].rows
    assert not any(isinstance(one, float) for row in shown_rows for one in row.values())


def test_negative_controls_of_few_are_withheld() -> None:
    few = replace(ROW, n_obs=30, n_treated=6)
    _, table = negative_controls([Control("a", ROW, 1.0), Control("b", few, 1.0)])
    found = release((), (), (table,), (), STRICT)
    assert all(not isinstance(one, float) for row in found.tables[0].rows for one in row.values())
    _, table = negative_controls([Control("a", ROW, 1.0)])
    found = release((), (), (table,), (), STRICT)
    assert found.tables[0].rows[0]["estimate"] == 1.235
