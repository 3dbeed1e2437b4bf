"""Outputs: what is planned never stands for what was done, and unknown costs are not guessed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from evaluate.design import Result
from evaluate.method import Inquiry
from evaluate.methods.outputs import METHOD, Outputs

FOUR: dict[str, Any] = {
    f"o{i}": {"title": f"O{i}", "status": "delivered", "evidence": "Website"} for i in range(1, 5)
}
COST = {"total": 299942, "currency": "EUR", "source": "Talk"}


def run(**given: Any) -> Result:
    spec = Outputs.model_validate({"outputs": FOUR, **given})
    return METHOD.estimate(spec, Inquiry("outputs", lambda block: {}))


def rows(result: Result, name: str) -> dict[str, Any]:
    return {
        str(row[table.columns[0].name]): row
        for table in result.tables
        if table.id == name
        for row in table.rows
    }


def check(result: Result, name: str) -> str:
    return next(one.result for one in result.checks if one.name == name)


def each(**given: Any) -> Any:
    return rows(run(**given), "completion")["cost_per_output"]


def status(**changed: str) -> dict[str, Any]:
    return FOUR | {k: {"title": k, "status": v, "evidence": "W"} for k, v in changed.items()}


def test_cost_of_an_output_is_the_total_over_what_was_delivered() -> None:
    assert each(cost=COST)["amount"] == pytest.approx(299942 / 4)
    assert each(cost=COST)["low"] == pytest.approx(299942 / 4)


def test_cost_is_a_range_where_some_may_have_been_delivered() -> None:
    found = each(cost=COST, outputs=status(o3="partly", o4="unknown"))
    assert found["amount"] == pytest.approx(299942 / 2)
    assert (found["low"], found["high"]) == pytest.approx((299942 / 4, 299942 / 2))
    gone = each(cost=COST, outputs=status(o4="not_delivered"))
    assert gone["amount"] == gone["low"] == pytest.approx(299942 / 3)


def test_cost_that_nobody_knows_is_not_told() -> None:
    assert each()["state"] == "cost_unknown"
    assert "amount" not in each()
    nothing = each(cost=COST, outputs={k: {"title": k} for k in FOUR})
    assert nothing["state"] == "nothing_known_delivered"
    assert "amount" not in nothing
    assert nothing["low"] == pytest.approx(299942 / 4)


def test_planned_participants_are_never_those_reached() -> None:
    staff = {"staff": {"title": "Staff", "planned": 550}}
    row = rows(run(participants=staff), "participants")["staff"]
    assert row["n_planned"] == 550
    assert row["n_reached"] is None
    assert row["state"] == "reached_unknown"
    assert "reached" not in row
    assert check(run(participants=staff), "reached_counted") == "failed"
    counted = {"staff": {"title": "Staff", "planned": 550, "reached": 330}}
    assert rows(run(participants=counted), "participants")["staff"]["reached"] == pytest.approx(0.6)
    assert check(run(participants=counted), "reached_counted") == "passed"


def test_delay_needs_full_dates() -> None:
    late = {"o1": FOUR["o1"] | {"planned": "2016-02-27", "realised": "2016-03-01"}}
    assert rows(run(outputs=late), "deliverables")["o1"]["delay"] == 3
    month = {"o1": FOUR["o1"] | {"planned": "2016-02", "realised": "2016-03-01"}}
    assert rows(run(outputs=month), "deliverables")["o1"]["delay"] is None


def test_uptake_is_ordered_by_how_it_shows() -> None:
    uptake = {
        "plan": {"title": "Plan", "trace": "claimed", "output": "o1"},
        "programme": {"title": "Programme", "trace": "structure_borrowed"},
        "advice": {"title": "Advice", "trace": "cited", "date": "2017-03"},
    }
    result = run(uptake=uptake)
    assert list(rows(result, "uptake")) == ["advice", "programme", "plan"]
    assert check(result, "uptake_traced") == "failed"
    assert check(run(uptake={"advice": uptake["advice"]}), "uptake_traced") == "passed"


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("delivered", status(o2="partly")),
        ("delivery_shown", FOUR | {"o2": {"title": "O2", "status": "delivered"}}),
    ],
)
def test_checks_fail_when_they_should(name: str, changed: Any) -> None:
    assert check(run(), name) == "passed"
    assert check(run(outputs=changed), name) == "failed"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outputs": {"o1": {"title": "O", "realised": "2016"}}}, "date of delivery"),
        ({"outputs": {"o1": FOUR["o1"] | {"realised": "2016-02-31"}}}, "day"),
        ({"outputs": {"o1": FOUR["o1"] | {"planned": "June"}}}, "pattern"),
        ({"uptake": {"p": {"title": "P", "trace": "cited", "output": "o9"}}}, "`o9`"),
        ({"participants": {"o1": {"title": "P"}}}, "the key of two things"),
        ({"uptake": {"p": {"title": "P", "trace": "inspired"}}}, "Input should be"),
    ],
)
def test_a_definition_that_contradicts_itself_is_a_fault(changed: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        run(**changed)
