"""The tables of effect sizes and frequencies, and what a whole finding gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rated_findings import PASSED, SCORES, attrition, finding, rating, rows, silent

from evaluate.core import Cell, Finding, Refusal, Table
from evaluate.disclosure.gate import PROFILES, release
from evaluate.evidence.effect_sizes import cox_of, cox_std_error
from evaluate.evidence.frequencies import whole
from evaluate.evidence.ratings import rate
from evaluate.findings.store import read

STUDY = Path(__file__).resolve().parents[2] / "studies" / "supported-work" / "finding.json"
SCORE = {"groups": SCORES, "effect": 0.2, "std_error": 0.05, "unit": "points"}


def sizes(found: Finding) -> dict[str, Mapping[str, Cell]]:
    return {str(one["measure"]): one for one in rows(found, "effect_sizes")}


def test_g_of_a_score() -> None:
    found = sizes(finding(**SCORE, domain="literacy"))
    g = found["g"]
    correction = 1 - 3 / (4 * 2000 - 9)
    assert g["value"] == pytest.approx(0.2 * correction)
    # By hand: omega x sqrt(0.05^2 + g^2 / 4000).
    assert g["std_error"] == pytest.approx(
        correction * (0.05**2 + (0.2 * correction) ** 2 / 4000) ** 0.5
    )
    assert g["conf_low"] == pytest.approx((0.2 - 1.96 * 0.05) * correction)
    assert (g["improvement_index"], g["months"], g["state"]) == (8, 3, "")
    assert found["difference"]["value"] == 0.2


def test_months_are_of_attainment_alone() -> None:
    g = sizes(finding(**SCORE, domain="wellbeing"))["g"]
    assert "months" not in g
    assert g["state"] == "months_not_applicable"
    cox = sizes(finding(domain="attainment"))["cox"]
    assert "months" not in cox


def test_the_improvement_index_is_positive_where_the_wish_was_met() -> None:
    less = sizes(finding(**SCORE | {"effect": -0.2}, domain="reading", direction="decrease"))["g"]
    assert less["value"] == pytest.approx(-0.2, rel=1e-2)
    assert (less["improvement_index"], less["months"]) == (8, 3)


def test_cox_index_of_a_share() -> None:
    found = sizes(finding())
    assert "g" not in found
    cox = found["cox"]
    assert cox["value"] == pytest.approx(cox_of(0.72, 0.68))
    assert cox["improvement_index"] == 5
    assert cox["conf_low"] == pytest.approx(cox_of(0.68 + 0.04 - 0.0196, 0.68))


def test_its_standard_error_carries_the_clusters() -> None:
    alone = (0.72 * 0.28 / 1000 + 0.68 * 0.32 / 1000) ** 0.5
    expected = cox_std_error((0.72, 1000), (0.68, 1000))
    assert sizes(finding(std_error=alone))["cox"]["std_error"] == pytest.approx(expected)
    assert sizes(finding(std_error=2 * alone))["cox"]["std_error"] == pytest.approx(2 * expected)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"effect": 0.32}, "share_at_limit"),
        ({"effect": 0.30, "std_error": 0.05}, "limit_beyond_shares"),
        ({"estimand": "LATE"}, "shares_of_takers_not_known"),
        (SCORE | {"groups": ((10, 1.2, 0.0), (10, 1.0, 0.0))}, "no_spread"),
    ],
)
def test_what_has_no_size(changes: dict[str, Any], state: str) -> None:
    found = sizes(finding(**changes))
    (row,) = [one for name, one in found.items() if name != "difference"]
    assert row["state"] == state
    assert ("value" in row) is (state == "limit_beyond_shares")
    assert "conf_high" not in row


def test_groups_that_were_not_released() -> None:
    found = finding()
    hidden = Table("main.arms", "arms", (), ({"arm": "treated"}, {"arm": "comparison"}), "main")
    found = replace(found, tables=(hidden,))
    assert sizes(found)["g"]["state"] == "groups_not_released"
    assert rows(found, "frequencies") == ()


def test_of_a_hundred() -> None:
    (row,) = rows(finding(effect=0.04, std_error=0.025), "frequencies")
    shown = [row[name] for name in ("of", "with_programme", "without", "difference", "low", "high")]
    assert shown == [100, 72, 68, 4, -1, 9]


def test_of_those_treated_the_other_share_is_what_would_have_been() -> None:
    (row,) = rows(finding(estimand="ATT", kind="over_time", effect=0.10), "frequencies")
    assert (row["with_programme"], row["without"]) == (72, 62)


@pytest.mark.parametrize(
    "changes",
    [
        SCORE,
        {"estimand": "LATE"},
        {"groups": ((1000, 0.72, 0.1), (1000, 0.68, 0.1))},  # a share that is no yes or no
        {"effect": 0.9},
    ],
)
def test_what_has_no_frequency(changes: dict[str, Any]) -> None:
    assert rows(finding(**changes), "frequencies") == ()


def test_no_frequency_of_what_was_refused_or_is_no_headline() -> None:
    assert rows(silent(finding()), "frequencies") == ()
    found = finding()
    (row,) = found.estimates
    assert rows(replace(found, estimates=(replace(row, role="beside"),)), "frequencies") == ()


@given(
    base=st.floats(0.001, 0.999),
    effect=st.floats(-0.5, 0.5),
    std_error=st.floats(0.001, 0.1),
)
def test_shown_numbers_add_up_and_stay_inside_their_interval(
    base: float, effect: float, std_error: float
) -> None:
    groups = ((500, min(max(base + effect, 0.0), 1.0)), (500, base))
    effect = groups[0][1] - base
    found = rows(finding(effect=effect, std_error=std_error, groups=groups), "frequencies")
    (row,) = found
    numbers = {name: one for name, one in row.items() if isinstance(one, int)}
    assert numbers["with_programme"] - numbers["without"] == numbers["difference"]
    assert numbers["low"] <= numbers["difference"] <= numbers["high"]
    assert min(numbers["with_programme"], numbers["without"]) >= 0
    assert max(numbers["with_programme"], numbers["without"]) <= 100
    for name, share in (("with_programme", base + effect), ("without", base)):
        assert abs(numbers[name] - 100 * share) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("value", "number"),
    [(2.5, 3), (-2.5, -3), (0.49, 0), (-0.49, 0), (3.0, 3), (100 * 0.285, 29), (100 * -0.285, -29)],
)
def test_halves_are_rounded_alike_on_both_sides(value: float, number: int) -> None:
    assert whole(value) == number


def test_a_plan_has_nothing_to_rate() -> None:
    found = finding()
    assert rate(replace(found, estimates=(), verdicts=(), checks=(), tables=())) == ()


def test_a_refused_analysis_is_rated_not_computable() -> None:
    found = replace(silent(finding()), verdicts=(), refusals=(Refusal("main", "a", "b", "c"),))
    status = {row["scale"]: row["status"] for row in rows(found, "ratings")}
    assert status == dict.fromkeys(("wwc", "eef", "sms", "certainty"), "not_computable") | {
        "ladder": "not_applicable"
    }


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_cell_has_its_column_and_passes_the_gate(profile: str) -> None:
    tables = rate(finding(tables=(attrition(0.02, 0.01),)))
    assert [one.id for one in tables] == ["ratings", "effect_sizes", "frequencies"]
    for table in tables:
        names = [one.name for one in table.columns]
        assert all(set(row) <= set(names) for row in table.rows)
        assert all({"en", "nb", "sv"} <= set(one.label) for one in table.columns)
    shown = release((), (), tables, (), PROFILES[profile]).tables
    (ratings, *_) = shown
    assert ratings.rows == tables[0].rows


def test_every_rating_names_its_rule_and_who_did_not_make_it() -> None:
    for row in rows(finding(), "ratings"):
        assert row["rule"]
        assert row["version"]
        if row["scale"] in ("wwc", "eef", "sms"):
            assert "Self-assessment, no review by the issuer" in str(row["citation"])
            assert row["verified"] is False


def test_hidden_numbers_are_not_given_away() -> None:
    hidden = Table(
        "main.attrition",
        "attrition",
        (),
        ({"arm": "overall", "attrition": None}, {"arm": "differential", "attrition": None}),
        "main",
    )
    row = rating(finding(tables=(hidden,), checks=PASSED | {"attrition": "failed"}), "wwc")
    assert row["value"] == "with_reservations"
    assert "%" not in f"{row['inputs']}{row['reasons']}"


def test_a_real_finding_is_rated() -> None:
    found = read(STUDY)
    study = json.loads(json.dumps(found.study))
    for analysis in study["analyses"].values():
        analysis.setdefault("design_kind", "randomised")
    study.pop("evidence", None)
    tables = tuple(one for one in found.tables if one.kind != "precision")
    found = replace(found, study=study, tables=tables)
    table = {(row["analysis"], row["scale"]): row for row in rows(found, "ratings")}
    shown = {scale: table["main", scale].get("value") for scale in ("wwc", "sms", "ladder")}
    # No loss is seen; the groups are unlike in two covariates, which costs a level of five.
    assert shown == {"wwc": "without_reservations", "sms": "4", "ladder": "4"}
    assert table["main", "wwc"]["status"] == "needs_judgement"
    (row,) = rows(found, "frequencies")
    assert [row[name] for name in ("with_programme", "without", "difference")] == [76, 65, 11]
    g = next(one for one in rows(found, "effect_sizes") if one["measure"] == "g")
    # By hand: 1794.3424 / 6579.5 (pooled) x (1 - 3 / 1771).
    assert g["value"] == pytest.approx(0.27225, abs=5e-5)
