"""Standing by the group-design standards, branch by branch."""

from __future__ import annotations

from typing import Any

import pytest
from rated_findings import (
    ANSWERED,
    PASSED,
    balance,
    clusters,
    finding,
    flow,
    judged,
    rating,
    silent,
)

from evaluate.core import Table

YES = {"holds": True, "reason": {"en": "It was."}}
CLUSTERED = {"cluster": "school"}
FULL = flow((20, 20), (20, 20))


def wwc(**changes: Any) -> tuple[object, object, str]:
    row = rating(finding(**changes), "wwc")
    return row.get("value"), row["status"], str(row["reasons"])


def checks(**changes: str) -> dict[str, str]:
    return PASSED | changes


def test_a_trial_kept_as_it_was_drawn() -> None:
    value, status, reasons = wwc()
    assert (value, status) == ("without_reservations", "computed")
    assert "Random assignment was kept." in reasons


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("randomised", "without_reservations"),
        ("over_time", "with_reservations"),
        ("matched", "with_reservations"),
        ("adjusted", "with_reservations"),
    ],
)
def test_ceiling_of_each_design(kind: str, value: str) -> None:
    assert wwc(kind=kind)[:2] == (value, "computed")
    assert wwc(kind=kind, checks=checks(attrition="failed"))[0] == "with_reservations"


@pytest.mark.parametrize("kind", ["over_time", "matched", "adjusted"])
def test_without_chance_likeness_is_needed(kind: str) -> None:
    assert wwc(kind=kind, checks=checks(balance="failed"))[:2] == ("does_not_meet", "computed")
    assert wwc(kind=kind, checks={})[:2] == ("does_not_meet", "computed")


@pytest.mark.parametrize(
    ("found", "boundary", "value"),
    [
        ("passed", "cautious", "without_reservations"),
        ("uninformative", "cautious", "with_reservations"),
        ("uninformative", "optimistic", "without_reservations"),
        ("failed", "optimistic", "with_reservations"),
    ],
)
def test_boundary_of_attrition(found: str, boundary: str, value: str) -> None:
    evidence = judged(boundary=boundary, boundary_reason={"en": "A register."})
    assert wwc(checks=checks(attrition=found), evidence=evidence)[0] == value


@pytest.mark.parametrize("lost", [{"compromised": YES}, {}])
def test_what_lost_chance_needs_likeness(lost: dict[str, Any]) -> None:
    found = checks(attrition="passed" if lost else "failed")
    assert wwc(checks=found, evidence=judged(**lost))[0] == "with_reservations"
    unlike = found | {"balance": "failed"}
    assert wwc(checks=unlike, evidence=judged(**lost))[:2] == ("does_not_meet", "computed")


@pytest.mark.parametrize("question", ["confound", "weak_measure"])
@pytest.mark.parametrize("kind", ["randomised", "matched"])
def test_faults_that_nothing_repairs(question: str, kind: str) -> None:
    assert wwc(kind=kind, evidence=judged(**{question: YES}))[:2] == ("does_not_meet", "computed")


@pytest.mark.parametrize("question", ["confound", "weak_measure", "compromised"])
def test_what_nobody_judged_stays_open(question: str) -> None:
    value, status, reasons = wwc(evidence=judged(**{question: None}))
    assert (value, status) == ("without_reservations", "needs_judgement")
    assert "the most that can be reached" in reasons
    assert f"evidence.{question}" in reasons


def test_open_points_of_chance_do_not_matter_once_it_is_lost() -> None:
    _, status, reasons = wwc(checks=checks(attrition="failed"), evidence=judged(compromised=None))
    assert status == "computed"
    assert "evidence.compromised" not in reasons


def test_a_number_treated_that_does_not_fit_is_named() -> None:
    _, _, reasons = wwc(
        checks=checks(assignment_probability="failed"), evidence=judged(compromised=None)
    )
    assert "does not fit the declared probability" in reasons


def test_declared_reasons_of_loss_are_named() -> None:
    evidence = judged(attrition={"moved_abroad": {"en": "No record."}})
    assert "for the reasons moved_abroad" in wwc(evidence=evidence)[2]


def test_unknown_loss_is_open() -> None:
    assert wwc(checks={"balance": "passed"})[:2] == ("without_reservations", "needs_judgement")


def test_covariates_are_counted_by_what_they_lack() -> None:
    table = balance(
        (0.44, "hedges_g", "not satisfied", True),
        (0.10, "hedges_g", "needs adjustment", False),
        (0.10, "hedges_g", "needs adjustment", True),
        (0.01, "hedges_g", "satisfied", False),
    )
    value, _, reasons = wwc(
        kind="matched", checks=checks(balance="failed"), tables=(table,), evidence=ANSWERED
    )
    assert value == "does_not_meet"
    assert "1 of 4 covariates differ by more than 0.25" in reasons
    assert "and 1 by more than 0.05 without standing in the model" in reasons


@pytest.mark.parametrize(
    ("size", "n", "inside", "status"),
    [
        (0.0503, (20, 20), False, "needs_judgement"),
        (0.0503, (2000, 2000), False, "computed"),
        (0.252, (20, 20), True, "needs_judgement"),
        (0.252, (20, 20), False, "computed"),
    ],
)
def test_where_the_correction_of_the_cox_index_decides(
    size: float, n: tuple[int, int], inside: bool, status: str
) -> None:
    category = "needs adjustment" if size < 0.25 else "not satisfied"
    table = balance((size, "cox", category, inside), (0.0, "cox", "satisfied", False), n=n)
    value, found, _ = wwc(kind="matched", checks=checks(balance="failed"), tables=(table,))
    assert found == status
    assert value == ("with_reservations" if status == "needs_judgement" else "does_not_meet")


def test_a_hidden_table_leaves_the_check() -> None:
    hidden = Table("main.balance", "balance", (), ({"covariate": "x", "difference": None},), "main")
    assert wwc(kind="matched", tables=(hidden,))[0] == "with_reservations"
    unlike = checks(balance="failed")
    assert wwc(kind="matched", tables=(hidden,), checks=unlike)[0] == "does_not_meet"


def test_clusters_step_by_step() -> None:
    value, status, reasons = wwc(fields=CLUSTERED, tables=(FULL, clusters(20, 20)))
    assert (value, status) == ("without_reservations", "computed")
    assert all(f"Step {step}" in reasons for step in (1, 2, 3))


@pytest.mark.parametrize(
    ("table", "value"),
    [
        (flow((20, 19), (20, 19)), "without_reservations"),
        (flow((20, 14), (20, 20)), "with_reservations"),
        (flow((20, 5), (20, 5)), "with_reservations"),
    ],
)
def test_loss_of_clusters(table: Table, value: str) -> None:
    assert wwc(fields=CLUSTERED, tables=(table,))[:2] == (value, "computed")


def test_loss_of_clusters_that_is_not_known_is_open() -> None:
    _, status, reasons = wwc(fields=CLUSTERED)
    assert status == "needs_judgement"
    assert "Step 1: loss of clusters is not known" in reasons


def test_people_who_joined() -> None:
    table = (FULL,)
    assert wwc(fields=CLUSTERED, tables=table, evidence=judged(joiners=YES))[0] == (
        "with_reservations"
    )
    _, status, reasons = wwc(fields=CLUSTERED, tables=table, evidence=judged(joiners=None))
    assert status == "needs_judgement"
    assert "evidence.joiners" in reasons
    # Of individuals nobody asks.
    assert wwc(evidence=judged(joiners=None))[1] == "computed"


def test_what_is_not_computed_of_clusters_is_said() -> None:
    value, status, reasons = wwc(
        fields=CLUSTERED,
        tables=(FULL,),
        checks=checks(balance="failed", attrition="failed"),
    )
    assert (value, status) == ("does_not_meet", "computed")
    assert "Steps 5 to 7" in reasons


@pytest.mark.parametrize(("units", "value"), [((1, 20), "does_not_meet"), ((2, 20), None)])
def test_one_school_cannot_be_told_from_the_programme(
    units: tuple[int, int], value: str | None
) -> None:
    found = wwc(fields=CLUSTERED, tables=(FULL, clusters(*units)))[0]
    assert found == (value or "without_reservations")


@pytest.mark.parametrize(
    ("strength", "value", "status"),
    [
        (40.0, "without_reservations", "computed"),
        (15.9, "does_not_meet", "computed"),
        (None, "without_reservations", "needs_judgement"),
    ],
)
def test_an_effect_of_taking_part_needs_a_first_stage(
    strength: float | None, value: str, status: str
) -> None:
    row = {"method": "first stage, effective F", "statistic": strength}
    table = Table("main.inference", "inference", (), (row,), "main")
    assert wwc(estimand="LATE", tables=(table,))[:2] == (value, status)


@pytest.mark.parametrize("kind", ["descriptive", "instrument"])
def test_designs_outside_the_standards(kind: str) -> None:
    assert wwc(kind=kind)[:2] == ("not_eligible", "not_applicable")


def test_a_discontinuity_has_standards_of_its_own() -> None:
    assert wwc(kind="discontinuity")[:2] == (None, "needs_judgement")


def test_nothing_to_rate() -> None:
    row = rating(silent(finding()), "wwc")
    assert (row["status"], row.get("value")) == ("not_computable", None)
    assert wwc(kind=None)[1] == "not_computable"
