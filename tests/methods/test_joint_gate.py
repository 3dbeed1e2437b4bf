"""What leaves the data zone of a joint display and of participants under the strict profile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_joint_display import EFFECT, PLACES, PLAN, SITES

from evaluate.core import Table
from evaluate.design import Result
from evaluate.disclosure.gate import PROFILES
from evaluate.disclosure.rules import RULES
from evaluate.method import Inquiry
from evaluate.methods import joint_display, outputs

STRICT, OPEN = PROFILES["nordic_strict"], PROFILES["none"]


COUNTED = {"record": "places", "case": "place", "value": "plan", "people": "n"}


def tables(rows: Any, people: Any = (30.0, 40.0, 20.0)) -> dict[str, Table]:
    site = Table(SITES.id, SITES.kind, SITES.columns, rows)
    plan = PLAN if people is None else {**PLAN, "rows": COUNTED}
    places = PLACES if people is None else {**PLACES, "people": np.array(people)}
    spec = joint_display.JointDisplay.model_validate({"columns": {"effect": EFFECT, "plan": plan}})
    earlier = {"goals": Result((), tables=(site,))}
    found = joint_display.METHOD.estimate(spec, Inquiry("j", lambda block: places, results=earlier))
    return {one.id: one for one in found.tables}


def released(table: Table, profile: Any) -> list[Any]:
    return list(RULES[table.kind](table, profile).rows)


@pytest.mark.parametrize("name", ["cases", "concordance"])
def test_a_display_with_few_people_leaves_its_cases_alone(name: str) -> None:
    few = tables(SITES.rows)[name]  # 8 people in the east
    assert any(len(row) > 1 for row in few.rows)
    assert all(set(row) == {"case"} for row in released(few, STRICT))
    assert released(few, OPEN) == list(few.rows)


@pytest.mark.parametrize("name", ["cases", "concordance"])
def test_a_display_with_enough_people_leaves(name: str) -> None:
    many = tables(tuple(row for row in SITES.rows if row["site"] != "east"))[name]
    rows = {row["case"]: row for row in released(many, STRICT)}
    assert rows["north"]["concordance"] == "agree_for"
    assert rows["north"]["n_least"] == 10


@pytest.mark.parametrize("name", ["cases", "concordance"])
def test_rows_that_nobody_counted_are_taken_for_few(name: str) -> None:
    kept = tuple(row for row in SITES.rows if row["site"] != "east")
    bare = tables(kept, people=None)[name]
    assert all(set(row) == {"case"} for row in released(bare, STRICT))
    assert released(bare, OPEN) == list(bare.rows)


def test_few_participants_are_hidden_and_plans_with_them() -> None:
    groups = {"staff": {"title": "Staff", "planned": 20, "reached": 4}}
    given = {"outputs": {"o": {"title": "O"}}, "participants": groups}
    spec = outputs.Outputs.model_validate(given)
    found = outputs.METHOD.estimate(spec, Inquiry("o", lambda block: {}))
    (table,) = (one for one in found.tables if one.kind == "outputs_participants")
    (row,) = released(table, STRICT)
    assert {key for key, cell in row.items() if cell is not None} == {"group"}
    (whole,) = released(table, OPEN)
    assert whole["n_reached"] == 4
