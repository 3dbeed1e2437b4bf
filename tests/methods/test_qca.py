"""The method in a study: what its tables say, when its checks fire, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Cell, Check
from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.method import Inquiry
from evaluate.methods.qca import METHOD, Qca, Rows

NAMES = ("a", "b", "c")
Columns = Mapping[str, Any]


def columns(n: int = 48, seed: int = 1, noise: float = 0.05) -> dict[str, Any]:
    """Return cases whose outcome is a and b together, or the absence of c."""
    rng = np.random.default_rng(seed)
    conditions = np.round(rng.beta(0.4, 0.4, (n, 3)), 2)
    outcome = np.maximum(np.minimum(conditions[:, 0], conditions[:, 1]), 1 - conditions[:, 2])
    outcome = np.clip(np.round(outcome + rng.normal(0, noise, n), 2), 0, 1)
    case = np.array([f"place {at:02d}" for at in range(n)], dtype=object)
    return {"case": case, "outcome": outcome, "conditions": conditions}


def spec(**fields: Any) -> Qca:
    rater = "rater" if fields.pop("rated", False) else None
    rows = Rows(record="places", case="case", outcome="y", conditions=NAMES, rater=rater)
    return Qca(cases=rows, **{"random_draws": 200, **fields})


def run(data: Columns, **fields: Any) -> Result:
    inquiry = Inquiry("inquiry", lambda _: data)
    return METHOD.estimate(spec(**fields), inquiry)


def rows(result: Result, name: str) -> list[Mapping[str, Cell]]:
    return [row for one in result.tables if one.id == name for row in one.rows]


def check(result: Result, name: str) -> Check:
    return next(one for one in result.checks if one.name == name)


def terms(result: Result, outcome: str, kind: str) -> set[Cell]:
    found = rows(result, "solutions")
    return {
        row["term"]
        for row in found
        if row["outcome"] == f"qca.{outcome}" and row.get("kind") == f"qca.{kind}"
        if not str(row["term"]).startswith("=")
    }


def refusal(data: Columns, **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        run(data, **fields)
    return refused.value.code


def test_the_planted_combinations_are_found_and_every_check_passes() -> None:
    result = run(columns(), robustness={"draws": 0, "frequency": (1, 2)})
    assert terms(result, "present", "conservative") == {"a*b", "~c"}
    assert terms(result, "absent", "conservative") == {"~a*c", "~b*c"}
    held = {one.name: one.result for one in result.checks}
    assert {held[name] for name in METHOD.needs[3]} == {"passed"}


def test_a_missing_outcome_is_shown_and_not_filled_in() -> None:
    data = columns()
    data["outcome"][:2] = np.nan
    data["conditions"][2, 1] = np.nan
    data["conditions"][3, 0] = 0.5
    result = run(data)
    assert {row["case"]: row["reason"] for row in rows(result, "excluded")} == {
        "place 00": "qca.without_outcome",
        "place 01": "qca.without_outcome",
        "place 02": "qca.without_condition",
        "place 03": "qca.at_half",
    }
    measures = {row["measure"]: row["value"] for row in rows(result, "diversity")}
    assert measures["qca.n_cases"] == 45
    assert measures["qca.n_at_half"] == 1
    kept = {name: values[3:] for name, values in data.items()}
    assert rows(run(kept), "solutions") == rows(result, "solutions")


def test_a_random_outcome_fails_the_check_against_random_data() -> None:
    data = columns()
    data["outcome"] = np.random.default_rng(5).permutation(data["outcome"])
    result = run(data)
    assert check(result, "qca_random").result == "failed"
    (row, *_) = rows(result, "random")
    assert isinstance(row["p_value"], float)
    assert row["p_value"] > 0.05
    assert sum(float(one["share"] or 0) for one in rows(result, "random_bins")) == pytest.approx(1)


def test_more_combinations_than_cases_are_warned_of_with_the_arithmetic() -> None:
    few = {name: values[:6] for name, values in columns().items()}
    found = check(run(few), "qca_diversity")
    assert found.result == "failed"
    assert "3 conditions make 8 combinations for 6 cases" in found.text


def test_cases_on_both_sides_of_a_row_are_contradictions() -> None:
    data = columns(noise=0)
    data["conditions"] = np.round(data["conditions"])
    data["outcome"] = np.maximum(
        data["conditions"][:, 0] * data["conditions"][:, 1], 1 - data["conditions"][:, 2]
    )
    clean = run(data, consistency_cut=0.6, pri_cut=0)
    assert check(clean, "qca_contradictions").result == "passed"
    held = np.flatnonzero(np.all(data["conditions"] == data["conditions"][0], axis=1))
    assert len(held) > 2
    data["outcome"][held[0]] = 1 - data["outcome"][held[0]]
    planted = run(data, consistency_cut=0.6, pri_cut=0)
    row = next(
        one for one in rows(planted, "truth_table") if f"place {held[0]:02d}" in str(one["cases"])
    )
    assert row["out"] in {"qca.present", "qca.absent"}
    if row["out"] == "qca.present":
        assert check(planted, "qca_contradictions").result == "failed"
    between = run(data, consistency_cut=1, contradiction_cut=0.01, pri_cut=0)
    assert check(between, "qca_contradictions").result == "failed"


def test_a_solution_that_hangs_on_one_choice_is_not_robust() -> None:
    data = columns(noise=0.25, seed=3)
    tight = {"consistency": (0.5, 0.6, 0.95, 0.99), "frequency": (1, 4), "draws": 50}
    found = run(data, robustness=tight)
    assert check(found, "qca_robustness").result == "failed"
    ranges = {row["key"]: row for row in rows(found, "ranges")}
    cut = ranges["consistency_cut"]
    assert float(str(cut["stays_from"])) <= 0.8 <= float(str(cut["stays_to"]))
    assert float(str(cut["stays_to"])) < 0.99
    assert float(str(cut["share_same"])) < 1


def test_the_ends_of_a_range_keep_the_solution_and_the_next_step_does_not() -> None:
    data = columns(noise=0.25, seed=3)
    tried = {"consistency": (0.5, 0.95), "draws": 0}
    own = run(data, robustness=tried)
    cut = next(row for row in rows(own, "ranges") if row["key"] == "consistency_cut")
    for end, step in (("stays_from", -0.03), ("stays_to", 0.015)):
        value = float(str(cut[end]))
        again = run(data, robustness=tried, consistency_cut=value)
        assert terms(again, "present", "conservative") == terms(own, "present", "conservative")
        if cut[end] not in {cut["tried_from"], cut["tried_to"]}:
            other = run(data, robustness=tried, consistency_cut=round(value + step, 6))
            assert terms(other, "present", "conservative") != terms(own, "present", "conservative")


def test_each_rater_is_tried_alone() -> None:
    data = columns()
    other = np.round(1 - data["conditions"], 2)
    both = {name: np.concatenate([values, values]) for name, values in data.items()}
    both["rater"] = np.array(["one"] * 48 + ["two"] * 48, dtype=object)
    same = run(both, rated=True)
    assert terms(same, "present", "conservative") == {"a*b", "~c"}
    assert all(row["same"] for row in rows(same, "robustness") if row["choice"] == "qca.rater")
    both["conditions"] = np.vstack([data["conditions"], 0.4 * other + 0.6 * data["conditions"]])
    raters = [
        row for row in rows(run(both, rated=True), "robustness") if row["choice"] == "qca.rater"
    ]
    assert len(raters) == 2


def test_anchors_are_moved_and_raw_values_give_what_their_memberships_give() -> None:
    data = columns()
    raw = {**data, "conditions": data["conditions"] * 100}
    ways = {name: {"linear": (0, 50, 100)} for name in NAMES}
    pairs = zip(
        rows(run(raw, calibration=ways), "solutions"), rows(run(data), "solutions"), strict=True
    )
    for one, other in pairs:
        assert one.keys() == other.keys()
        for key, cell in one.items():
            assert cell == (pytest.approx(other[key]) if isinstance(cell, float) else other[key])
    moved = rows(run(raw, calibration=ways), "ranges")
    assert {row["choice"] for row in moved} >= {"qca.exclusion", "qca.crossover", "qca.inclusion"}
    one = next(row for row in moved if row["key"] == "crossover|a")
    assert one["value"] == 50
    assert (one["tried_from"], one["tried_to"]) == (40, 60)


def test_no_row_that_passes_is_shown_as_no_solution() -> None:
    data = columns(noise=0.4)
    result = run(data, consistency_cut=1, pri_cut=1, negated=False)
    states = [row.get("state") for row in rows(result, "solutions")]
    assert states == ["qca.no_row"]
    assert check(result, "qca_random").result == "failed"
    assert not rows(result, "points")


def test_several_values_and_their_expectations() -> None:
    data = columns()
    data["conditions"][:, 0] = np.arange(48) % 3
    data["outcome"] = (data["conditions"][:, 0] == 2).astype(float)
    ways = {"a": {"crisp": (0.5, 1.5)}}
    result = run(data, calibration=ways, expected={"a": (2,), "b": "present"})
    assert terms(result, "present", "parsimonious") == {"a{2}"}


def test_what_is_refused() -> None:
    data = columns()
    assert refusal({**data, "outcome": np.ones(48)}) == "no_variation"
    assert refusal({**data, "outcome": data["outcome"] * 3}) == "not_calibrated"
    assert refusal({**data, "conditions": data["conditions"] - 0.5}) == "not_calibrated"
    assert refusal({**data, "conditions": np.full((48, 3), 0.5)}) == "no_case_in_a_row"
    assert refusal({name: values[:2] for name, values in data.items()}) == "too_few_cases"
    twice = {**data, "case": np.array(["one"] * 48, dtype=object)}
    assert refusal(twice) == "cases_repeated"
    three = {"y": {"crisp": (0.3, 0.6)}}
    assert refusal(data, calibration=three) == "outcome_of_several_values"


def test_more_conditions_than_can_be_minimised_exactly_are_refused() -> None:
    rng = np.random.default_rng(1)
    names = tuple(f"c{at}" for at in range(16))
    data = {
        "case": np.array([f"p{at}" for at in range(30)], dtype=object),
        "outcome": rng.random(30),
        "conditions": rng.random((30, 16)),
    }
    wide = Qca(cases=Rows(record="r", case="case", outcome="y", conditions=names))
    with pytest.raises(Refused) as refused:
        METHOD.estimate(wide, Inquiry("inquiry", lambda _: data))
    assert refused.value.code == "too_many_conditions"
    assert "16 conditions" in refused.value.why


@pytest.mark.parametrize(
    "fields",
    [
        {"calibration": {"a": {"direct": (1, 3, 2)}}},
        {"calibration": {"a": {"direct": (1, 1, 2)}}},
        {"calibration": {"a": {"crisp": (2, 1)}}},
        {"calibration": {"a": {}}},
        {"calibration": {"a": {"direct": (1, 2, 3), "crisp": (1,)}}},
        {"calibration": {"a": {"direct": (1, 2, 3), "degree": 0.5}}},
        {"calibration": {"z": {"crisp": (1,)}}},
        {"expected": {"z": "present"}},
        {"expected": {"a": "perhaps"}},
        {"consistency_cut": 1.1},
        {"frequency_cut": 0},
    ],
)
def test_fields_that_cannot_be(fields: Any) -> None:
    with pytest.raises(ValidationError):
        spec(**fields)


def test_an_outcome_among_its_conditions_is_a_fault() -> None:
    with pytest.raises(ValidationError, match="among the conditions"):
        Qca(cases=Rows(record="r", case="case", outcome="a", conditions=("a", "b")))
    with pytest.raises(ValidationError, match="named twice"):
        Qca(cases=Rows(record="r", case="case", outcome="y", conditions=("a", "a")))
