"""Maryland scale, claims ladder, certainty and its words."""

from __future__ import annotations

from dataclasses import replace
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

from evaluate.core import Verdict
from evaluate.evidence.certainty import magnitude, words

YES = {"holds": True, "reason": {"en": "It was."}}
NO = {"holds": False, "reason": {"en": "It was not."}}


def scale(name: str, **changes: Any) -> tuple[object, object, str]:
    row = rating(finding(**({"tables": (attrition(0.0, 0.0),)} | changes)), name)
    return row.get("value"), row["status"], str(row["reasons"])


@pytest.mark.parametrize(
    ("kind", "checks", "level"),
    [
        ("randomised", {}, "5"),
        ("instrument", {"first_stage": "passed"}, "4"),
        ("discontinuity", dict.fromkeys(("density", "continuity", "bandwidth"), "passed"), "4"),
        ("over_time", {"pre_trends": "passed"}, "3"),
        ("matched", {"overlap": "passed"}, "3"),
        ("adjusted", {}, "2"),
        ("descriptive", {}, "1"),
    ],
)
def test_most_that_each_design_can_reach(kind: str, checks: dict[str, str], level: str) -> None:
    found = scale("sms", kind=kind, checks=PASSED | checks, evidence=judged(exclusion_doubted=NO))
    assert found[:2] == (level, "computed")


@pytest.mark.parametrize("name", ["balance", "attrition"])
def test_a_failed_check_costs_a_level(name: str) -> None:
    value, status, reasons = scale("sms", checks=PASSED | {name: "failed"})
    assert (value, status) == ("4", "computed")
    assert f"The check of {name} failed." in reasons


def test_several_failures_leave_open_how_far() -> None:
    found = scale("sms", checks=PASSED | {"balance": "failed", "attrition": "failed"})
    assert found[:2] == ("4", "needs_judgement")


@pytest.mark.parametrize(
    ("result", "said"), [("uninformative", "had too little"), ("not_run", "was not run")]
)
def test_what_was_not_shown_is_open(result: str, said: str) -> None:
    value, status, reasons = scale("sms", checks=PASSED | {"balance": result})
    assert (value, status) == ("5", "needs_judgement")
    assert said in reasons


@pytest.mark.parametrize(
    ("kind", "evidence", "found"),
    [
        ("randomised", judged(threats={}), ("5", "needs_judgement")),
        (
            "randomised",
            judged(threats={"experimental_effects": threat("high")}),
            ("4", "computed"),
        ),
        (
            "randomised",
            judged(threats={"experimental_effects": threat("moderate")}),
            ("5", "computed"),
        ),
        ("instrument", judged(exclusion_doubted=YES), ("3", "computed")),
        ("instrument", judged(), ("4", "needs_judgement")),
    ],
)
def test_judgements(kind: str, evidence: dict[str, Any], found: tuple[str, str]) -> None:
    checks = PASSED | {"first_stage": "passed"}
    assert scale("sms", kind=kind, checks=checks, evidence=evidence)[:2] == found


def test_no_level_is_below_one() -> None:
    assert scale("sms", kind="descriptive", checks={"balance": "failed"})[0] == "1"


def test_the_ladder_follows_the_verdict() -> None:
    found = finding()
    because = ("likely overstated", "step 5 needs sensitivity: not run")
    (old,) = found.verdicts
    found = replace(found, verdicts=(replace(old, because=because),))
    row = rating(found, "ladder")
    assert (row["value"], row["status"], row["verified"]) == ("4", "computed", True)
    assert "Step 5 needs sensitivity: not run." in str(row["reasons"])
    assert "overstated" not in str(row["reasons"])


def test_a_design_that_could_carry_a_claim_does_not_make_one() -> None:
    row = rating(finding(effect=0.01), "ladder")
    assert row["value"] == "4"
    assert "the result makes none" in str(row["reasons"])


def test_other_analyses_claim_nothing() -> None:
    found = finding()
    again = {"again": found.study["analyses"]["main"] | {"role": "secondary"}}  # type: ignore[index]
    study = dict(found.study) | {"analyses": found.study["analyses"] | again}  # type: ignore[operator]
    (row,) = found.estimates
    found = replace(
        found, study=study, estimates=(row, replace(row, analysis="again", role="beside"))
    )
    from evaluate.evidence.facts import cases

    verdicts = {one.name: one.verdict for one in cases(found)}
    assert verdicts["again"] is None
    assert isinstance(verdicts["main"], Verdict)


def test_nothing_is_claimed_of_what_was_refused() -> None:
    row = rating(silent(finding()), "ladder")
    assert (row.get("value"), row["status"]) == (None, "not_computable")


# Effect, standard error, smallest worthwhile effect; a trial without other faults.
@pytest.mark.parametrize(
    ("effect", "std_error", "worth", "level", "size"),
    [
        (0.10, 0.01, 0.02, "high", "increase"),
        (-0.10, 0.01, 0.02, "high", "decrease"),
        (0.03, 0.01, 0.02, "moderate", "increase"),
        (0.03, 0.02, 0.02, "moderate", "cannot_tell"),
        (0.005, 0.012, 0.02, "moderate", "little_or_no_difference"),
        (0.001, 0.005, 0.02, "high", "no_meaningful_difference"),
        (0.00, 0.10, 0.02, "low", "cannot_tell"),
        (0.05, 0.10, 0.02, "low", "cannot_tell"),
        (0.10, 0.01, None, "high", "increase"),
        (0.10, 0.10, None, "moderate", "cannot_tell"),
    ],
)
def test_imprecision_and_magnitude(
    effect: float, std_error: float, worth: float | None, level: str, size: str
) -> None:
    changes = {"effect": effect, "std_error": std_error, "smallest_worthwhile": worth}
    assert scale("certainty", **changes)[:2] == (level, "computed")
    assert magnitude(case(**changes)) == size
    # A wish for less is the same in the mirror.
    mirrored = {"effect": -effect, "direction": "decrease"}
    turned = {"increase": "decrease", "decrease": "increase"}.get(size, size)
    assert magnitude(case(**(changes | mirrored))) == turned
    assert scale("certainty", **(changes | mirrored))[0] == level


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"kind": "over_time"}, "low"),
        ({"kind": "matched", "checks": PASSED | {"balance": "failed"}}, "very_low"),
        ({"kind": "descriptive"}, "very_low"),
        ({"checks": PASSED | {"attrition": "failed"}}, "moderate"),
        ({"checks": PASSED | {"attrition": "failed", "balance": "failed"}}, "low"),
        ({"evidence": judged(confound=YES)}, "low"),
        (
            {"evidence": judged(threats=ANSWERED["threats"] | {"concurrent": threat("high")})},
            "moderate",
        ),
        (
            {
                "evidence": judged(
                    certainty={
                        "indirectness": {"steps": 1, "reason": {"en": "Other pupils."}},
                        "reporting_bias": {"steps": 1, "reason": {"en": "One of many."}},
                    }
                )
            },
            "low",
        ),
    ],
)
def test_where_certainty_begins_and_what_lowers_it(changes: dict[str, Any], level: str) -> None:
    assert scale("certainty", **({"effect": 0.1} | changes))[0] == level


def test_certainty_is_open_while_others_are() -> None:
    _, status, reasons = scale("certainty", evidence=judged(confound=None))
    assert status == "needs_judgement"
    assert "the standing or the padlocks leave open" in reasons
    _, status, reasons = scale("certainty", evidence=judged(certainty=None))
    assert status == "needs_judgement"
    assert "evidence.certainty.indirectness" in reasons


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("high", ("increases", "øker", "aukar", "ökar")),
        ("moderate", ("probably increases", "øker trolig", "aukar truleg", "ökar troligen")),
        ("low", ("may increase", "øker muligens", "aukar kanskje", "kan öka")),
    ],
)
def test_words_of_certainty(level: str, said: tuple[str, ...]) -> None:
    found = words(level, "increase")  # type: ignore[arg-type]
    assert tuple(found[one] for one in ("en", "nb", "nn", "sv")) == said


@pytest.mark.parametrize("level", ["very_low", "low", "moderate", "high"])
def test_what_the_study_cannot_tell_is_never_no_effect(level: str) -> None:
    assert words(level, "cannot_tell")["en"].startswith("the study cannot tell")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["sms", "certainty"])
def test_nothing_to_rate(name: str) -> None:
    assert rating(silent(finding()), name)["status"] == "not_computable"
    assert scale(name, kind=None)[1] == "not_computable"
