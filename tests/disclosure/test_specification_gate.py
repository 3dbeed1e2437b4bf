"""Under strict rules no two specifications give away the few people by whom they differ."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.checks.negative_controls import Control, negative_controls
from evaluate.checks.specifications import Specified, agreement, specifications
from evaluate.core import Column, Estimate, Table
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


def gap(one: Estimate, other: Estimate) -> int:
    """Return by how few people rows differ of which one holds the other."""
    treated = abs(one.n_treated - other.n_treated)
    comparison = abs(one.n_obs - one.n_treated - other.n_obs + other.n_treated)
    return min((n for n in (treated, comparison) if n), default=0)


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
    others = [Specified(str(one.alternative), one, n_apart=gap(one, rows[0])) for one in rows[1:]]
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
        ([(400, 200), (300, 150), (295, 148)], {"declared", "a1"}),  # one with other rows
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
    other = Specified("a1", replace(ROW, df=300.0, alternative="a1", role="beside"), n_apart=0)
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


def beside(analysis: str, name: str, n_apart: int | None, outcome: str = "points") -> Specified:
    """Return an alternative with the counts of the declared analysis."""
    row = replace(ROW, analysis=analysis, alternative=name, role="beside", outcome=outcome)
    return Specified(name, row, n_apart=n_apart)


def alternatives_shown(*others: Specified, more: tuple[Table, ...] = ()) -> set[str]:
    """Release some alternatives and return which are shown, the same everywhere."""
    rows: list[Estimate] = []
    tables: list[Table] = list(more)
    asked = [one.row for one in others if one.row is not None]
    for analysis in dict.fromkeys(row.analysis for row in asked):
        own = [one for one in others if one.row is not None and one.row.analysis == analysis]
        outcome = next(row.outcome for row in asked if row.analysis == analysis)
        first = Specified("declared", replace(ROW, analysis=analysis, outcome=outcome))
        rows += [one.row for one in (first, *own) if one.row is not None]
        both = specifications(first, own), agreement(first, own)[1]
        tables += [replace(one, analysis=analysis) for one in both]
    found = release(rows, (), tables, (), STRICT)
    names = {one.alternative for one in found.estimates if one.alternative is not None}
    for table in found.tables:
        if table.kind in ("specifications", "agreement_of_estimators"):
            told = {row["specification"] for row in table.rows if "estimate" in row}
            assert told - {"declared"} <= names
            assert not any(row.get("n_apart") for row in table.rows)
    return names


def test_equal_counts_of_other_people_do_not_hide_that_few_were_changed() -> None:
    swapped, unknown, enough = (beside("main", "one", n) for n in (1, None, 10))
    assert alternatives_shown(swapped) == alternatives_shown(unknown) == set()
    assert alternatives_shown(enough) == {"one"}
    assert alternatives_shown(beside("main", "one", 9)) == set()


def test_one_alternative_with_other_rows_is_shown_of_each_outcome() -> None:
    # All less those below and those above a limit are the few who stand on it.
    same, low, high = (beside("main", *one) for one in (("same", 0), ("low", 60), ("high", 60)))
    assert alternatives_shown(low, same, high) == {"low", "same"}
    again = beside("second", "again", 60)
    assert alternatives_shown(same, low, again) == {"same", "low"}
    assert alternatives_shown(low, replace_outcome(again)) == {"low", "again"}


def replace_outcome(one: Specified) -> Specified:
    assert one.row is not None
    return replace(one, row=replace(one.row, outcome="absence"))


def test_subgroups_leave_no_room_for_other_rows() -> None:
    table = Table("subgroups", "subgroups", (Column("level", "text", {"en": "Level"}),), ())
    more = (replace(table, analysis="second"),)
    second = beside("second", "same", 0)
    assert alternatives_shown(beside("main", "low", 60), second, more=more) == {"same"}
