"""Leaving school is an outcome: as a reason for having none it is refused, and told why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from study_mistakes import HERE

from evaluate.data.status import LEAVING_WHY
from evaluate.errors import Problem
from evaluate.study import evidence_rules, rules

Problems = Callable[[str], tuple[Problem, ...]]
SHORT = (HERE / "good-short.yaml").read_text(encoding="utf-8")


def with_evidence(block: str) -> str:
    return f"{SHORT}evidence: {block}\n"


@pytest.mark.parametrize(
    "name",
    [
        "dropped_out",
        "dropout",
        "drop_outs",
        "left",
        "left_school",
        "early_leavers",
        "quit",
        "frafall",
        "completion",
        "completed",
    ],
)
def test_leaving_is_no_attrition(name: str, problems: Problems) -> None:
    (one,) = problems(with_evidence(f"{{attrition: {{{name}: They are gone.}}}}"))
    assert one.what.startswith(f"`evidence.attrition.{name}` gives ")
    assert "it is an outcome, not attrition" in one.what
    assert one.why == LEAVING_WHY
    assert "no outcome record" in one.fix


@pytest.mark.parametrize("name", ["moved_abroad", "died", "withdrew_consent", "left_country"])
def test_what_is_attrition(name: str, problems: Problems) -> None:
    assert problems(with_evidence(f"{{attrition: {{{name}: No record.}}}}")) == ()


def test_only_this_rule_finds_it(problems: Problems, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        rules, "_RULES", tuple(one for one in rules._RULES if one[1].__name__ != "_left_is_no_loss")
    )
    assert problems(with_evidence("{attrition: {dropped_out: They are gone.}}")) == ()
    assert [one.__name__ for one in evidence_rules.EVIDENCE_RULES] == ["_left_is_no_loss"]


def test_the_optimistic_boundary_needs_a_reason(problems: Problems) -> None:
    (one,) = problems(with_evidence("{boundary: optimistic}"))
    assert "the optimistic boundary stands without a reason" in one.what
    assert "`boundary_reason:`" in one.fix
    given = "{boundary: optimistic, boundary_reason: The register follows everybody.}"
    assert problems(with_evidence(given)) == ()


def test_an_unknown_threat_has_a_near_miss(problems: Problems) -> None:
    text = with_evidence("{threats: {confounders: {level: high, reason: None.}}}")
    (one,) = problems(text)
    assert "confounding" in one.fix
