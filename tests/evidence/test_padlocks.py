"""Padlocks: the least of three columns, and what seven threats cost."""

from __future__ import annotations

from math import log
from typing import Any

import pytest
from rated_findings import (
    ANSWERED,
    PASSED,
    attrition,
    case,
    finding,
    judged,
    rating,
    silent,
    threat,
)

from evaluate.checks.attrition import Arm
from evaluate.core import Table
from evaluate.evidence.eef import attrition_locks, standardised_mdes
from evaluate.evidence.eef_threats import adjustment, threats
from evaluate.evidence.ratings_rules import EefRules, rules

RULE = rules("eef-2019", EefRules)
NONE_LOST = attrition(0.0, 0.0)
LOCKED = {"registered": True, "data_access": "not_accessed"}
PRECISE = {"effect": 0.04, "std_error": 0.01, "tables": (NONE_LOST,)}


def eef(**changes: Any) -> tuple[object, object, str]:
    row = rating(finding(**(PRECISE | changes)), "eef")
    return row.get("value"), row["status"], str(row["reasons"])


@pytest.mark.parametrize(
    ("levels", "lost", "covered"),
    [
        ([], 0, True),
        (["m?", "m?"], 0, True),
        (["m+", "m-"], 0, True),
        (["m+", "m?"], 0, True),
        (["m?"], 0, True),
        (["m+"], 1, True),
        (["m+", "m+"], 1, True),
        (["m?"] * 3, 1, True),
        (["m?"] * 4, 1, True),
        (["m+", "m+", "m-"], 1, True),
        (["h?"], 1, True),
        (["h?", "m?", "m?"], 2, True),
        (["h?", "h?"], 2, True),
        (["h?", "h?", "m?"], 2, True),
        # What the published rule is silent on costs the most that it can.
        (["h?", "m?"], 2, False),
        (["m+"] * 3, 2, False),
        (["m-"] * 4, 2, False),
        (["m?"] * 5, 2, False),
    ],
)
def test_arithmetic_of_threats(levels: list[str], lost: int, covered: bool) -> None:
    level = {"m": "moderate", "h": "high"}
    push = {"?": "unknown", "+": "towards_effect", "-": "away_from_effect"}
    rated = [(level[one[0]], push[one[1]]) for one in levels] + [("low", "unknown")]
    assert adjustment(rated) == (lost, covered)  # type: ignore[arg-type]
    assert lost <= RULE.most_lost.value


def test_a_precise_trial_whose_threats_are_low() -> None:
    value, status, reasons = eef()
    assert (value, status) == ("5", "computed")
    assert "threats cost 0" in reasons


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"tables": (attrition(0.11, 0.0),)}, "4"),
        ({"tables": (attrition(0.51, 0.0),)}, "0"),
        ({"std_error": 0.035}, "3"),  # ln[(.778 x .32) / (.222 x .68)] / 1.65 = .303
        ({"std_error": 0.05}, "2"),
        ({"kind": "over_time"}, "4"),
        ({"kind": "descriptive"}, "0"),
        ({"kind": "matched", "fields": {"covariates": ["age"]}}, "3"),
        ({"kind": "matched"}, "1"),
        (
            {
                "kind": "adjusted",
                "fields": {"covariates": ["age"]},
                "checks": PASSED | {"balance": "failed"},
            },
            "2",
        ),
    ],
)
def test_the_least_column_holds(changes: dict[str, Any], value: str) -> None:
    assert eef(**changes)[:2] == (value, "computed")


@pytest.mark.parametrize(
    ("n", "used", "locks", "level"),
    [(40, 38, 5, "low"), (40, 37, 5, "moderate"), (10, 9, 5, "moderate"), (10, 8, 4, "moderate"),
     (10, 7, 3, "moderate"), (10, 6, 2, "moderate"), (10, 5, 1, "moderate")],
)  # fmt: skip
def test_a_loss_of_exactly_a_bound_is_within_it(n: int, used: int, locks: int, level: str) -> None:
    # As the check of attrition computes it: 1 - 38 / 40 is above 0.05, 1 - 7 / 10 above 0.3.
    lost = Arm(n, used).lost
    assert attrition_locks(100 * lost, RULE) == locks
    threats_ = judged()["threats"] | {"missing_data": threat("low")}
    one = case(tables=(attrition(lost, 0.0),), evidence=judged(threats=threats_))
    found = threats(one, RULE)["missing_data"]
    assert found is not None
    assert found.level == level


def test_no_rating_is_below_nought() -> None:
    high = ANSWERED["threats"] | {"concurrent": threat("high"), "measurement": threat("high")}
    assert eef(evidence=judged(threats=high), kind="descriptive")[0] == "0"


def test_a_gap_in_the_rule_needs_judgement() -> None:
    found = ANSWERED["threats"] | {"concurrent": threat("high"), "measurement": threat("moderate")}
    value, status, reasons = eef(evidence=judged(threats=found))
    assert (value, status) == (None, "needs_judgement")
    assert "does not cover this combination" in reasons
    assert "which gives 3: a cautious suggestion" in reasons
    assert "the most that can be reached" not in reasons


def test_directions_are_said() -> None:
    found = ANSWERED["threats"] | {"concurrent": threat("moderate", "towards_effect")}
    value, _, reasons = eef(evidence=judged(threats=found))
    assert value == "4"
    assert "it pushes towards effect" in reasons


def test_what_nobody_judged_is_named_and_open() -> None:
    value, status, reasons = eef(evidence={}, plan=LOCKED)
    assert (value, status) == ("5", "needs_judgement")
    for name in ("concurrent", "experimental_effects", "measurement"):
        assert f"evidence.threats.{name}" in reasons


@pytest.mark.parametrize(
    ("changes", "name", "level"),
    [
        ({"tables": (attrition(0.051, 0.0),)}, "missing_data", "moderate"),
        ({"tables": (attrition(0.05, 0.0),)}, "missing_data", "low"),
        ({"tables": ()}, "missing_data", None),
        ({}, "selective_reporting", "moderate"),
        ({"plan": LOCKED}, "selective_reporting", "low"),
        ({"plan": LOCKED | {"data_access": "outcomes_seen"}}, "selective_reporting", "moderate"),
        ({"plan": {"data_access": "not_accessed"}}, "selective_reporting", "moderate"),
        ({"checks": PASSED | {"joins": "failed"}}, "missing_data", "moderate"),
        ({}, "fidelity", "moderate"),
        ({"fields": {"received": "attended"}}, "fidelity", None),
        ({}, "confounding", "low"),
        ({"checks": PASSED | {"balance": "failed"}}, "confounding", "moderate"),
        ({"checks": {}}, "confounding", "moderate"),
        ({"kind": "matched"}, "confounding", None),
        ({}, "measurement", None),
    ],
)
def test_suggestions(changes: dict[str, Any], name: str, level: str | None) -> None:
    found = threats(case(**(PRECISE | {"evidence": {}} | changes)), RULE)[name]  # type: ignore[index]
    assert (found.level if found else None) == level


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"when": "after_outcome", "explained": True}, "after outcomes were seen"),
        ({"when": "unknown", "explained": True}, "nobody says when"),
        ({"when": "before_outcome", "explained": False}, "without an explanation"),
    ],
)
def test_deviations_are_no_low_threat_whatever_was_judged(row: dict[str, Any], why: str) -> None:
    table = Table("deviations", "deviations", (), (row,))
    found = threats(case(tables=(NONE_LOST, table)), RULE)["selective_reporting"]
    assert found is not None
    assert found.level == "moderate"
    assert why in found.why


def test_an_explained_deviation_before_outcomes_is_none() -> None:
    row = {"when": "before_outcome", "explained": True}
    table = Table("deviations", "deviations", (), (row,))
    found = threats(case(tables=(NONE_LOST, table)), RULE)["selective_reporting"]
    assert found is not None
    assert found.level == "low"


def test_a_judgement_above_what_is_shown_stands() -> None:
    high = judged(threats={"missing_data": threat("high", "towards_effect")})
    found = threats(case(tables=(attrition(0.2, 0.0),), evidence=high), RULE)["missing_data"]
    assert found is not None
    assert (found.level, found.direction) == ("high", "towards_effect")


def test_the_planned_detectable_effect_comes_first() -> None:
    row = {"outcome": "completion", "planned_mde": 0.14, "achieved_mde": 0.03}
    other = {"outcome": "another", "planned_mde": 0.9}
    table = Table("precision", "precision", (), (other, row))
    found = standardised_mdes(case(tables=(table,)))
    assert found is not None
    # By hand: ln[(.82 x .32) / (.18 x .68)] / 1.65.
    assert found[0] == pytest.approx(log(0.82 * 0.32 / (0.18 * 0.68)) / 1.65)
    drawn = {"scenario": "main", "outcome": "completion", "mde": 0.07}
    table = Table("diagnosis", "diagnosis", (), (drawn,))
    found = standardised_mdes(case(tables=(table,)))
    assert found is not None
    assert found[0] == pytest.approx(log(0.75 * 0.32 / (0.25 * 0.68)) / 1.65)


def test_else_what_was_achieved() -> None:
    found = standardised_mdes(case(std_error=0.01))
    assert found is not None
    reached = 0.68 + 2.801585 * 0.01  # 1.959964 + 0.841621 standard errors
    expected = log(reached * 0.32 / ((1 - reached) * 0.68)) / 1.65
    assert found[0] == pytest.approx(expected, rel=1e-6)
    assert "achieved" in found[1]


def test_a_share_that_would_leave_its_range_has_no_size() -> None:
    row = {"outcome": "completion", "planned_mde": 0.4}
    assert standardised_mdes(case(tables=(Table("precision", "precision", (), (row,)),))) is None


def test_unknown_columns_are_open() -> None:
    value, status, reasons = eef(tables=())
    assert (value, status) == ("5", "needs_judgement")
    assert "Loss of individuals is not known" in reasons


def test_unmeasured_confounders_stay_open_until_judged() -> None:
    less = {name: one for name, one in ANSWERED["threats"].items() if name != "confounding"}
    fields = {"covariates": ["age"]}
    assert eef(kind="matched", fields=fields, evidence=judged(threats=less))[1] == (
        "needs_judgement"
    )


def test_nothing_to_rate() -> None:
    assert rating(silent(finding()), "eef")["status"] == "not_computable"
    assert eef(kind=None)[1] == "not_computable"
