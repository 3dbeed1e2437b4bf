"""Joint display: cases of all strands, missing ones shown, concordance by the declared rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Column, Table
from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.inference.joint_display import Limits, in_order, spoken
from evaluate.method import Inquiry
from evaluate.methods.joint_display import METHOD, JointDisplay

SITES = Table(
    "goals.sites",
    "goals_sites",
    (
        Column("site", "text", {"en": "Site"}),
        Column("wave", "text", {"en": "Wave"}),
        Column("mean", "number", {"en": "Mean"}, "points"),
        Column("n", "integer", {"en": "People"}),
        Column("n_lost", "integer", {"en": "Lost"}),
    ),
    tuple(
        {"site": site, "wave": wave, "mean": mean, "n": n, "n_lost": 12}
        for site, wave, mean, n in (
            ("north", "after", 1.5, 40),
            ("south", "after", -0.5, 30),
            ("north", "before", 0.1, 40),
            ("east", "after", None, 8),
        )
    ),
)
EFFECT = {
    "title": {"en": "Change", "nb": "Endring"},
    "analysis": "goals",
    "table": "sites",
    "key": "site",
    "value": "mean",
    "where": {"wave": "after"},
    "speaks_for": {"at_least": 1.0},
    "speaks_against": {"at_most": 0.0},
}
PLAN = {
    "title": "Plan",
    "rows": {"record": "places", "case": "place", "value": "plan"},
    "speaks_for": {"among": ["clear"]},
    "speaks_against": {"among": ["none"]},
}
PLACES = {
    "case": np.array(["south", "north", "west"], object),
    "value": np.array(["clear", "clear", None], object),
}


def run(columns: Any = None, places: Any = None, **more: Any) -> Result:
    spec = JointDisplay.model_validate(
        {"columns": columns or {"effect": EFFECT, "plan": PLAN}, **more}
    )
    earlier = {"goals": Result((), tables=(SITES,))}
    return METHOD.estimate(spec, Inquiry("joint", lambda block: places or PLACES, results=earlier))


def rows(result: Result, name: str) -> list[Any]:
    return [row for table in result.tables if table.id == name for row in table.rows]


def check(result: Result, name: str) -> str:
    return next(one.result for one in result.checks if one.name == name)


def test_no_case_is_dropped() -> None:
    result = run(cases={"west": {"title": "West"}, "far": {"title": "Far"}}, order_by="effect")
    wide = {row["case"]: row for row in rows(result, "cases")}
    assert list(wide) == ["north", "south", "west", "far", "east"]
    assert wide["far"]["effect"] is wide["far"]["plan"] is None
    assert (wide["north"]["effect"], wide["north"]["plan"]) == (1.5, "clear")
    assert check(result, "cases_joined") == "failed"
    told = {row["column"]: row for row in rows(result, "strands")}
    assert (told["effect"]["cases"], told["effect"]["cases_missing"]) == (2, 3)
    assert told["effect"]["source"] == "goals.sites.mean"
    assert told["effect"]["rule_for"] == "≥ 1"


def test_people_behind_the_numbers_go_with_them_to_the_gate() -> None:
    """The fewest of a row's counts: the gate can hide the display where they are too few."""
    plan = {**PLAN, "rows": {"record": "places", "case": "place", "value": "plan", "people": "n"}}
    places = {**PLACES, "people": np.array([30.0, 11, 5])}
    wide = {
        row["case"]: row for row in rows(run({"effect": EFFECT, "plan": plan}, places), "cases")
    }
    assert {case: row["n_least"] for case, row in wide.items()} == {
        "north": 11,
        "south": 12,
        "east": 8,
        "west": 5,
    }
    bare = {row["case"]: row for row in rows(run(), "cases")}
    assert bare["north"]["n_least"] is None  # nobody says how many stand behind its plan
    assert bare["east"]["n_least"] == 8


def test_strands_are_told_by_the_declared_rule() -> None:
    result = run()
    told = {row["case"]: row for row in rows(result, "concordance")}
    assert told["north"]["concordance"] == "agree_for"
    assert told["south"]["concordance"] == "disagree"
    assert told["west"]["concordance"] == "silent"
    assert (told["west"]["missing"], told["east"]["missing"]) == (2, 2)
    assert check(result, "strands_agree") == "failed"
    alike = run(places={**PLACES, "value": np.array(["none", "clear", None], object)})
    assert check(alike, "strands_agree") == "passed"
    apart = run(places={**PLACES, "value": np.array(["some", "some", None], object)})
    assert check(apart, "strands_agree") == "uninformative"


def test_without_rules_nothing_is_said_to_agree() -> None:
    bare = {
        key: {k: v for k, v in one.items() if not k.startswith("speaks")}
        for key, one in (("effect", EFFECT), ("plan", PLAN))
    }
    result = run(bare)
    assert rows(result, "concordance") == []
    assert check(result, "strands_agree") == "not_run"


def test_labels_are_in_every_language() -> None:
    (table,) = (one for one in run().tables if one.id == "cases")
    labels = {one.name: one.label for one in table.columns}
    assert labels["effect"]["nb"] == "Endring"
    assert labels["plan"]["sv"] == "Plan"
    assert next(one.unit for one in table.columns if one.name == "effect") == "points"


def test_a_strand_whose_analysis_gave_nothing_is_shown_empty() -> None:
    columns = {"effect": EFFECT, "plan": PLAN, "lost": {**EFFECT, "analysis": "refused"}}
    told = {row["column"]: row for row in rows(run(columns), "strands")}
    assert told["lost"]["state"] == "analysis_without_result"
    assert told["lost"]["cases"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"table": "roads"}, "no_such_table"),
        ({"value": "median"}, "no_such_column"),
        ({"where": {"colour": "red"}}, "no_such_column"),
        ({"where": {}}, "several_rows"),
    ],
)
def test_what_cannot_be_joined_is_refused(change: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        run({"effect": EFFECT | change, "plan": PLAN})
    assert refused.value.code == code
    assert "north" not in refused.value.why


def test_strands_that_share_no_case_are_refused() -> None:
    away = {"case": np.array(["moon"], object), "value": np.array(["clear"], object)}
    with pytest.raises(Refused) as refused:
        run(places=away)
    assert refused.value.code == "nothing_shared"


@pytest.mark.parametrize(
    ("columns", "more", "said"),
    [
        ({"effect": EFFECT, "case": PLAN}, {}, "another key"),
        ({"effect": EFFECT, "plan": PLAN | {"analysis": "goals"}}, {}, "one of them"),
        ({"effect": {k: v for k, v in EFFECT.items() if k != "key"}, "plan": PLAN}, {}, "one of them"),
        ({"effect": EFFECT, "plan": PLAN | {"speaks_for": {}}}, {}, "takes a side"),
        ({"effect": EFFECT, "plan": PLAN}, {"order_by": "dose"}, "names no strand"),
    ],
)  # fmt: skip
def test_a_definition_that_contradicts_itself_is_a_fault(
    columns: Any, more: Any, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        run(columns, **more)


def test_order_is_by_value_and_missing_ones_come_last() -> None:
    cases, values = ["a", "b", "c", "d"], {"a": 1.0, "b": None, "c": 3.0, "d": 1.0}
    assert in_order(cases, values, descending=True) == ["c", "a", "d", "b"]
    assert in_order(cases, values, descending=False) == ["a", "d", "c", "b"]
    assert in_order(cases, {"a": "y", "b": "x", "d": "z"}, descending=False) == ["b", "a", "d", "c"]
    assert in_order(cases, {"a": "y", "b": "x", "d": "z"}, descending=True) == ["d", "a", "b", "c"]
    assert in_order(cases, None, descending=True) == cases


def test_limits_hold_at_their_ends_and_for_their_kind() -> None:
    both = Limits(at_least=1.0, at_most=2.0)
    assert [both.holds(one) for one in (0.99, 1.0, 2.0, 2.01, None, "1.5")] == [
        False,
        True,
        True,
    ] + [False] * 3
    words = Limits(among=("yes",))
    assert [words.holds(one) for one in ("yes", "no", 1.0, None)] == [True, False, False, False]
    assert spoken({"a": 1.0}, {"a": (None, None)}).says == {"a": "silent"}


def test_only_listed_cases_are_shown_when_asked() -> None:
    listed = {"cases": {"north": {"title": "North"}, "west": {"title": "West"}}}
    everyone = run(**listed)
    assert {row["case"] for row in rows(everyone, "cases")} == {"north", "south", "east", "west"}
    some = run(**listed, only_listed=True)
    assert [row["case"] for row in rows(some, "cases")] == ["north", "west"]
    with pytest.raises(ValidationError, match="list them"):
        run(only_listed=True)
