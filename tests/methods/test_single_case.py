"""The method on single cases: what is shown of people, and how far a claim may reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.claims import step_of
from evaluate.core import Table
from evaluate.design import Result
from evaluate.disclosure.rule import Profile
from evaluate.disclosure.rules import RULES
from evaluate.errors import Refused
from evaluate.method import Inquiry
from evaluate.methods.single_case import METHOD, Series, SingleCase, Window

STRICT = Profile("strict", 10, 3, 5)
Data = dict[str, np.ndarray]


def data(effect: float = 2.0, starts: tuple[int, ...] = (5, 7, 9, 11), trend: float = 0.0) -> Data:
    rng = np.random.default_rng(6)
    case = np.repeat(np.arange(len(starts)), 15)
    week = np.tile(np.arange(1.0, 16), len(starts))
    start = np.array(starts, dtype=float)[case]
    value = 4 + trend * week + effect * (week >= start) + rng.normal(0, 0.5, len(week))
    phase = np.array(["B" if on else "A" for on in week >= start], dtype=object)
    names = np.array([f"c{i}" for i in case], dtype=object)
    return {"case": names, "time": week, "value": value, "start": start, "phase": phase}


def run(columns: Data, **fields: Any) -> Result:
    series: dict[str, Any] = {"record": "r", "case": "c", "time": "t", "value": "v"}
    series |= {"phase": "p"} if fields.pop("phases", False) else {"start": "s"}
    spec = SingleCase(**({"series": Series(**series), "scheme": "start_order"} | fields))
    return METHOD.estimate(spec, Inquiry("a", lambda _: columns, draws=999))


def table(result: Result, name: str) -> Table:
    return next(one for one in result.tables if one.id == name)


def checks(result: Result) -> dict[str, str]:
    return {one.name: one.result for one in result.checks}


def step(result: Result) -> int:
    return step_of(METHOD.rung, METHOD.needs, result.checks)[0]


def test_a_drawn_order_is_tested_and_reaches_step_four() -> None:
    result = run(data(effect=6.0, starts=(4, 5, 7, 9, 11)))
    (row,) = table(result, "test").rows
    assert row["assignments"] == 120
    assert row["p_value"] == pytest.approx(1 / 120)
    assert row["smallest_p"] == pytest.approx(1 / 120)
    assert float(row["conf_low"] or 0) < 6 < float(row["conf_high"] or 0)
    assert step(result) == 4


def test_starts_that_nobody_drew_are_described_only() -> None:
    result = run(data(effect=6.0), scheme="not_random")
    (row,) = table(result, "test").rows
    assert row["state"] == "not_randomised"
    assert "p_value" not in row
    assert checks(result)["randomised_start"] == "failed"
    assert checks(result)["enough_assignments"] == "not_run"
    assert step(result) == 3


def test_too_few_orders_stop_the_claim() -> None:
    result = run(data(effect=6.0, starts=(5, 8, 11)))
    assert checks(result)["enough_assignments"] == "failed"
    assert table(result, "test").rows[0]["state"] == "too_few_assignments"
    assert step(result) == 3


def test_a_baseline_that_was_rising_stops_the_claim() -> None:
    result = run(data(trend=0.3, effect=2.0, starts=(7, 8, 9, 10, 11)))
    assert checks(result)["baseline_trend"] == "failed"
    assert step(result) == 3


def test_people_are_shown_together_unless_they_agreed() -> None:
    result = run(data())
    (row,) = table(result, "measures").rows
    assert (row["case"], row["n_people"]) == ("all_cases", 4)
    assert {one["case"] for one in table(result, "series").rows} == {"all_cases"}
    assert not any("c0" in str(one) for made in result.tables for one in made.rows)
    agreed = run(data(), shown="each", shown_because="all agreed in writing")
    assert len(table(agreed, "measures").rows) == 5
    assert len(table(agreed, "series").rows) == 60
    with pytest.raises(ValidationError, match="shown_because"):
        run(data(), shown="each")


@pytest.mark.parametrize("fields", [{}, {"shown": "each", "shown_because": "agreed"}])
def test_restricted_rows_leave_no_number_of_so_few_people(fields: dict[str, Any]) -> None:
    for one in run(data(), **fields).tables:
        hidden = RULES[one.kind](one, STRICT)
        for row in hidden.rows:
            assert all(isinstance(cell, str | None) for cell in row.values()), one.kind


def test_no_mean_tells_of_one_person() -> None:
    rows = table(run(data()), "series").rows
    assert min(int(row["n_people"] or 0) for row in rows) == 3
    with pytest.raises(Refused, match="fewer than 3 people"):
        run(data(starts=(5, 9)))
    assert len(table(run(data(starts=(5, 9)), cases="places"), "series").rows) == 19


def test_places_are_shown_one_by_one() -> None:
    result = run(data(), cases="places", shown="each")
    rows = table(result, "measures").rows
    assert len(rows) == 5
    assert all("n_people" not in row for row in rows)
    assert RULES["single_case_measures"](table(result, "measures"), STRICT).rows[0]["difference"]


def test_the_mean_course_is_around_each_baseline() -> None:
    columns = data(effect=0.0)
    columns["value"] = columns["value"] + 100 * np.repeat(np.arange(4), 15)
    rows = table(run(columns), "series").rows
    # Without this the cases that are followed longest before would make a jump.
    assert all(abs(float(row["value"] or 0)) < 2 for row in rows)


def test_phases_may_be_named_and_missing_values_are_counted() -> None:
    columns = data()
    by_start = table(run(columns), "test").rows[0]
    by_phase = table(run(columns, phases=True, baseline="A"), "test").rows[0]
    assert by_phase == by_start
    columns["value"] = np.where(columns["time"] == 2, np.nan, columns["value"])
    assert checks(run(columns))["missing_occasions"] == "failed"


def test_windows_of_their_own() -> None:
    fields: dict[str, Any] = {
        "scheme": "start_window",
        "window": Window(earliest=5, latest=11),
        "windows": {"c0": Window(earliest=4, latest=8)},
    }
    (row,) = table(run(data(), **fields), "test").rows
    assert row["assignments"] == 5 * 7**3
    assert row["exact"] is True
    with pytest.raises(Refused, match="has no window"):
        run(data(), scheme="start_window", windows={"c0": Window(earliest=4, latest=8)})


def test_a_ratio_only_on_a_scale_with_a_zero() -> None:
    assert "log_ratio" not in table(run(data()), "measures").rows[0]
    assert "log_ratio" in table(run(data(), ratio_scale=True), "measures").rows[0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scheme": "start_window"}, "needs `window`"),
        ({"scheme": "phase_order"}, "needs `phase`"),
        ({"phases": True, "baseline": "nothing"}, "two codes"),
    ],
)
def test_fields_that_do_not_fit(fields: dict[str, Any], said: str) -> None:
    with pytest.raises((ValidationError, Refused), match=said):
        run(data(), **fields)


def test_a_window_has_two_ends_in_order() -> None:
    with pytest.raises(ValidationError, match="must not be after"):
        Window(earliest=5, latest=4)
