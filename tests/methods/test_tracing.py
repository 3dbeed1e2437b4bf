"""Contribution tracing as a method: its tables, and checks that fail when they should."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from evaluate.claims import step_of
from evaluate.design import Result
from evaluate.method import Inquiry
from evaluate.methods.tracing import METHOD, Tracing

RIVALS = {"law": {"title": "The law", "share": 0.4}, "fashion": {"title": "Fashion", "share": 0.6}}


def piece(true: float, false: float, observed: str = "yes", **more: Any) -> dict[str, Any]:
    return {
        "title": "Something",
        "if_true": {"point": true},
        "if_false": {"point": false},
        "observed": observed,
        **more,
    }


def claim(evidence: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "A claim", "prior": {"point": 0.5}, "evidence": evidence, **more}


SOUND = claim(
    {
        "minutes": piece(0.95, 0.3, source="Minutes"),
        "plan": piece(0.6, 0.05, source="Plan"),
    },
    rivals=RIVALS,
)


def run(**claims: Any) -> Result:
    return METHOD.estimate(spec(**claims), Inquiry("tracing", lambda block: {}))


def spec(**claims: Any) -> Tracing:
    return Tracing.model_validate({"claims": claims})


def rows(result: Result, name: str) -> list[Any]:
    return [row for table in result.tables if table.id == name for row in table.rows]


def results(result: Result) -> dict[str, str]:
    return {one.name: one.result for one in result.checks}


def changed(**more: Any) -> dict[str, Any]:
    return {**SOUND, **more}


def test_a_sound_claim_passes_every_check_and_reaches_its_step() -> None:
    result = run(plan=SOUND)
    assert set(results(result).values()) == {"passed"}
    (row,) = rows(result, "claims")
    odds = (0.95 / 0.3) * (0.6 / 0.05)
    assert row["posterior"] == pytest.approx(odds / (1 + odds))
    assert row["ratio"] == pytest.approx(odds)
    assert row["prior_half"] == pytest.approx(1 / (1 + odds))
    assert step_of(METHOD.rung, METHOD.needs, list(result.checks))[0] == 1


def test_evidence_without_a_source_cannot_be_called_independent() -> None:
    bare = {
        key: {k: v for k, v in one.items() if k != "source"}
        for key, one in SOUND["evidence"].items()
    }
    result = run(plan=changed(evidence=bare))
    assert results(result)["independence"] == "failed"
    assert step_of(METHOD.rung, METHOD.needs, list(result.checks))[0] == 0


def test_one_source_for_all_says_too_little() -> None:
    same = {key: {**one, "source": "The talk"} for key, one in SOUND["evidence"].items()}
    result = run(plan=changed(evidence=same))
    assert results(result)["independence"] == "uninformative"
    (row,) = rows(result, "claims")
    assert row["ratio"] == pytest.approx(12)
    assert row["sources"] == 1
    assert [one["counted"] for one in rows(result, "evidence")] == [False, True]


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        ("rivals_named", changed(rivals={})),
        (
            "robust_to_ranges",
            changed(
                prior={"point": 0.5, "low": 0.001, "high": 0.9},
                evidence={k: {**v, "if_false": {"point": 0.3, "high": 0.6}} for k, v in SOUND["evidence"].items()},
            ),
        ),
        (
            "could_have_failed",
            changed(evidence={"talk": piece(0.6, 0.4, source="Talk"), "letter": piece(0.3, 0.05, source="L")}),
        ),
    ],
)  # fmt: skip
def test_each_check_fails_on_what_it_is_for(name: str, planted: Any) -> None:
    assert results(run(plan=SOUND))[name] == "passed"
    assert results(run(plan=planted))[name] == "failed"


def test_rivals_may_explain_the_evidence_differently() -> None:
    """The law would have left the same minutes: the claim gains nothing against it from them."""
    minutes = piece(0.95, 0.3, source="M", if_rival={"law": {"point": 0.95}})
    result = run(plan=changed(evidence={"minutes": minutes}))
    after = {row["account"]: row["posterior"] for row in rows(result, "accounts")}
    assert sum(after.values()) == pytest.approx(1)
    assert after["plan"] / after["plan_rival_law"] == pytest.approx(0.5 / 0.2)
    assert after["plan"] / after["plan_rival_fashion"] == pytest.approx(0.5 / 0.3 * 0.95 / 0.3)


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (changed(rivals={"law": {"title": "L", "share": 0.4}}), "do not sum to 1"),
        (changed(prior={"point": 1.0}), "less than 1"),
        (changed(prior={"point": 0.5, "low": 0.6}), "outside its own range"),
        (changed(joint={"talk": {"if_true": {"point": 0.5}, "if_false": {"point": 0.4}}}), "`talk`"),
        (
            changed(evidence={"a": piece(0.5, 0.4, if_rival={"moon": {"point": 0.5}})}),
            "`moon` is not under `rivals`",
        ),
    ],
    ids=["shares", "certain", "range", "group", "rival"],
)  # fmt: skip
def test_what_contradicts_itself_is_a_fault(planted: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        spec(plan=planted)


def test_titles_name_everything() -> None:
    titles = METHOD.titles(spec(plan=SOUND))
    assert titles["plan_minutes_source"] == "Minutes"
    assert titles["plan_rival_law"] == "The law"
