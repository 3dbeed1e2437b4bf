"""Matching and weighting from columns to checks: each method, whom it is about, and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome
from evaluate.assumptions.scenario import Scenario
from evaluate.core import Estimand, Settings
from evaluate.data.sample import ArraySample
from evaluate.design import Result
from evaluate.designs.matching import DESIGN, Matching
from evaluate.errors import Refused

Data = dict[str, NDArray[Any]]
METHODS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("nearest", "ATT", {}),
    ("nearest", "ATE", {"ratio": 2}),
    ("nearest", "ATT", {"replace": False}),
    ("nearest", "ATT", {"distance": "mahalanobis"}),
    ("nearest", "ATT", {"caliper": {"width": 0.2}, "exact": ["kind"]}),
    ("exact", "ATT", {"exact": ["kind", "step"]}),
    ("coarsened", "ATT", {"bins": {"x": 4}}),
    ("subclass", "ATE", {"subclasses": 4}),
    ("entropy", "ATT", {"squares": ["x"]}),
    ("ipw", "ATT", {}),
    ("ipw", "ATE", {"trim": {"low": 0.05, "high": 0.95}}),
    ("overlap", "ATO", {}),
    ("aipw", "ATT", {}),
)
IDS = [f"{m}-{e}-{'-'.join(more)}" for m, e, more in METHODS]


def people(n: int = 500, seed: int = 1) -> Data:
    """Return people with ties: many share every covariate."""
    rng = np.random.default_rng(seed)
    x, step = rng.integers(-4, 5, n) / 2.0, rng.integers(0, 3, n) * 1.0
    kind = np.array(["a", "b", "c"])[rng.integers(0, 3, n)]
    t = (rng.logistic(size=n) < 0.5 * x + 0.3 * step - 1.2) * 1.0
    y = 2 + x + step + (kind == "c") + t + rng.normal(size=n)
    return {"t": t, "x": x, "step": step, "kind": kind, "y": y}


def spec(method: str, more: dict[str, Any] | None = None) -> Matching:
    fields: dict[str, Any] = {"treated": "t", "covariates": ["x", "step", "kind"]}
    return Matching.model_validate({**fields, "method": method, **(more or {})})


def estimate(
    data: Data, method: str, estimand: Any = "ATT", settings: Settings | None = None, **more: Any
) -> Result:
    question = Estimand(estimand, "y", "points")
    return DESIGN.estimate(
        spec(method, more), ArraySample(data, "y"), question, settings or Settings()
    )


def checks(result: Result) -> dict[str, str]:
    return {one.name: one.result for one in result.checks}


@pytest.mark.parametrize(("method", "estimand", "more"), METHODS, ids=IDS)
def test_every_method_finds_the_effect(method: str, estimand: str, more: dict[str, Any]) -> None:
    result = estimate(people(), method, estimand, **more)
    row, plain = result.estimates
    assert abs(row.estimate - 1) < 4 * row.std_error < 1.5
    assert plain.method == "difference in means"
    assert plain.estimate > row.estimate + 0.3
    assert {"balance", "overlap", "effective_size", "attrition", "clusters", "sensitivity"} <= set(
        checks(result)
    )
    kinds = [one.kind for one in result.tables]
    assert {"arms", "comparison_balance", "comparison_samples", "hidden_selection"} <= set(kinds)
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize(("method", "estimand", "more"), METHODS, ids=IDS)
def test_rows_in_any_order(method: str, estimand: str, more: dict[str, Any]) -> None:
    data = people()
    order = np.random.default_rng(7).permutation(len(data["y"]))
    turned = {name: values[order] for name, values in data.items()}
    one, other = (estimate(each, method, estimand, **more).estimates[0] for each in (data, turned))
    assert other.estimate == pytest.approx(one.estimate, rel=1e-8)
    assert other.std_error == pytest.approx(one.std_error, rel=1e-8)
    assert (other.n_obs, other.n_treated) == (one.n_obs, one.n_treated)


@pytest.mark.parametrize(("method", "estimand", "more"), METHODS, ids=IDS)
def test_units_and_names_do_not_matter(method: str, estimand: str, more: dict[str, Any]) -> None:
    data = people()
    names = np.array(["z", "y", "x"])
    renamed = names[np.searchsorted(["a", "b", "c"], data["kind"])]
    if method == "aipw":  # rows are dealt into folds by their values, to which codes belong
        renamed = data["kind"]
    scaled = {**data, "y": 1000 * data["y"] - 5, "step": data["step"] * 1e4, "kind": renamed}
    one, other = (estimate(each, method, estimand, **more).estimates[0] for each in (data, scaled))
    assert other.estimate == pytest.approx(1000 * one.estimate, rel=1e-6)
    assert other.std_error == pytest.approx(1000 * one.std_error, rel=1e-6)


def test_other_folds_move_a_result_by_little() -> None:
    data = people()
    renamed = np.array(["z", "y", "x"])[np.searchsorted(["a", "b", "c"], data["kind"])]
    one = estimate(data, "aipw").estimates[0]
    other = estimate({**data, "kind": renamed}, "aipw").estimates[0]
    assert other.estimate == pytest.approx(one.estimate, abs=0.25 * one.std_error)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"method": "ipw", "ratio": 2}, "`ratio` belongs to method nearest"),
        ({"method": "exact", "caliper": {"width": 1}}, "`caliper` belongs to method nearest"),
        ({"method": "nearest", "squares": ["x"]}, "`squares` belongs to method entropy"),
        ({"method": "coarsened", "bins": {"z": 3}}, "name what is no covariate"),
        ({"method": "nearest", "caliper": {"width": 1, "unit": "yard"}}, "none that is known"),
        ({"method": "ipw", "trim": {"low": 0.9, "high": 0.1}}, "not below"),
        ({"method": "coarsened", "bins": {"x": [3, 1, 2]}}, "larger than the one before"),
        ({"method": "coarsened", "bins": {"x": [1, 1]}}, "larger than the one before"),
        ({"method": "coarsened", "bins": {"x": []}}, "larger than the one before"),
        ({"method": "coarsened", "bins": {"x": [float("nan")]}}, "finite"),
        ({"method": "coarsened", "bins": {"x": [1, float("inf")]}}, "finite"),
        ({"method": "coarsened", "bins": {"x": "q1"}}, "match pattern"),
        ({"method": "coarsened", "bins": {"x": "q0"}}, "match pattern"),
        ({"method": "nearest", "caliper": {"width": float("inf")}}, "finite"),
        ({"covariates": ["x", "x"]}, "named twice"),
        ({"method": "exact", "exact": ["kind", "kind"]}, "named twice"),
        ({"method": "entropy", "squares": ["x", "x"]}, "named twice"),
    ],
)
def test_fields_belong_to_their_method(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Matching.model_validate({"treated": "t", "covariates": ["x"], **fields})


def refused(data: Data, method: str = "nearest", estimand: str = "ATT", **more: Any) -> str:
    with pytest.raises(Refused) as found:
        estimate(data, method, estimand, **more)
    assert found.value.fix
    return found.value.code


def test_separation_is_refused_wherever_a_score_is_needed() -> None:
    data = people()
    data["step"] = data["t"] * 2 + 1
    for method in ("nearest", "subclass", "ipw", "aipw"):
        assert refused(data, method) == "separation"
    assert refused(data, "entropy") == "unbalanceable"


def test_a_text_has_neither_bins_nor_squares() -> None:
    assert refused(people(), "coarsened", bins={"kind": 3}) == "text_is_no_number"
    assert refused(people(), "entropy", squares=["kind"]) == "text_is_no_number"


@pytest.mark.parametrize("method", ["nearest", "exact", "entropy", "ipw", "aipw"])
@pytest.mark.parametrize("name", ["x", "y"])
def test_what_is_infinite_is_refused_by_its_column(method: str, name: str) -> None:
    data = people()
    data[name] = np.where(np.arange(500) == 7, np.inf, data[name])
    assert refused(data, method) == "not_finite"


@pytest.mark.parametrize("values", [("0", "1"), ("no", "yes")])
@pytest.mark.parametrize("method", ["nearest", "ipw"])
def test_a_treatment_that_is_text_is_refused(method: str, values: tuple[str, str]) -> None:
    data = people()
    data["t"] = np.array(values)[data["t"].astype(int)]
    assert refused(data, method) == "treatment_not_binary"


@pytest.mark.parametrize("method", ["nearest", "exact", "ipw"])
def test_numbers_held_as_text_are_levels(method: str) -> None:
    data = people()
    text = {**data, "step": data["step"].astype(str)}
    named = {**data, "step": np.array(["r", "s", "t"])[data["step"].astype(int)]}
    one, other = (estimate(each, method).estimates[0] for each in (text, named))
    assert other.estimate == pytest.approx(one.estimate, rel=1e-10)
    assert other.std_error == pytest.approx(one.std_error, rel=1e-10)


@pytest.mark.parametrize("method", ["nearest", "entropy", "ipw", "overlap", "aipw", "subclass"])
@pytest.mark.parametrize("size", [1e-120, 3e100])
def test_only_ratios_of_weights_matter(method: str, size: float) -> None:
    data = people()
    data["w"] = 1.0 + np.arange(500) % 4
    whom = "ATO" if method == "overlap" else "ATT"
    one = estimate(data, method, whom, weights="w").estimates[0]
    scaled = {**data, "w": data["w"] * size}
    other = estimate(scaled, method, whom, weights="w").estimates[0]
    assert other.estimate == pytest.approx(one.estimate, rel=1e-8)
    assert other.std_error == pytest.approx(one.std_error, rel=1e-8)


@pytest.mark.parametrize("method", ["nearest", "subclass", "ipw", "aipw"])
def test_a_weight_beside_which_all_others_are_nothing_is_refused(method: str) -> None:
    data = people()
    data["w"] = np.where(np.arange(500) == 3, 1e100, 1.0)
    assert refused(data, method, weights="w")


@pytest.mark.parametrize("size", [1e-90, 1e90])
def test_a_covariate_may_be_of_any_size(size: float) -> None:
    data = people()
    one = estimate(data, "ipw")
    other = estimate({**data, "x": data["x"] * size}, "ipw")
    assert other.estimates[0].estimate == pytest.approx(one.estimates[0].estimate, rel=1e-8)
    assert checks(other) == checks(one)


@pytest.mark.parametrize("size", [1e-300, 1e-161, 1e300, 1e308])
def test_weights_beyond_numbers_are_refused(size: float) -> None:
    data = people()
    data["w"] = np.full(500, size)
    assert refused(data, "ipw", weights="w") == "weights_out_of_range"


def test_a_method_speaks_of_its_own() -> None:
    assert refused(people(), "overlap", "ATT") == "not_its_estimand"
    assert refused(people(), "ipw", "ATO") == "not_its_estimand"


def test_more_treated_than_others_need_replacement() -> None:
    data = people()
    data["t"] = 1 - data["t"] if data["t"].mean() < 0.5 else data["t"]
    assert refused(data, "nearest", replace=False) == "too_few_comparison"
    assert estimate(data, "nearest").estimates[0].n_treated == int(data["t"].sum())


def test_fewer_treated_than_covariates() -> None:
    data = people(60)
    data["t"] = (np.arange(60) < 3) * 1.0
    assert refused(data, "ipw") in {"more_covariates_than_units", "separation"}


def test_what_is_not_asked_of_matching() -> None:
    for settings, code in (
        (Settings(adjustment="additive"), "adjusted_by_method"),
        (Settings(std_errors=("HC2",)), "unknown_std_error"),
    ):
        with pytest.raises(Refused) as found:
            estimate(people(), "nearest", settings=settings)
        assert found.value.code == code


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("t", 2.0, "treatment_not_binary"),
        ("t", 1.0, "no_comparison"),
        ("t", 0.0, "no_treated"),
        ("x", 3.0, None),
    ],
)
def test_columns_of_one_value(column: str, values: float, code: str | None) -> None:
    data = people()
    data[column] = np.full(len(data["y"]), values)
    if code is None:
        assert checks(estimate(data, "ipw"))["balance"] in {"passed", "failed"}
    else:
        assert refused(data) == code


def test_weights_below_zero_are_refused_and_zeros_left_out() -> None:
    data = people()
    data["w"] = np.where(np.arange(500) < 100, 0.0, 1.0)
    without = {name: values[100:] for name, values in data.items()}
    one = estimate(data, "ipw", weights="w").estimates[0]
    other = estimate(without, "ipw").estimates[0]
    assert one.estimate == pytest.approx(other.estimate, rel=1e-9)
    assert one.n_obs == 400
    data["w"][3] = -1.0
    assert refused(data, "ipw", weights="w") == "negative_weights"


def test_one_unit_that_dominates_is_seen() -> None:
    data = people()
    data["w"] = np.where(np.arange(500) == int(np.flatnonzero(data["t"] == 0)[0]), 500.0, 1.0)
    assert checks(estimate(data, "ipw", weights="w"))["effective_size"] == "failed"


def test_groups_that_hardly_meet_fail_their_checks() -> None:
    data = people(800)
    data["x"] = data["x"] + 4 * data["t"] + np.random.default_rng(1).normal(0, 1.2, 800)
    found = checks(estimate(data, "ipw"))
    assert (found["overlap"], found["balance"]) == ("failed", "failed")
    data["x"] = data["x"] + 20 * data["t"]
    assert refused(data, "ipw") == "separation"


def test_whoever_found_nobody_is_left_out_and_counted() -> None:
    result = estimate(people(), "nearest", caliper={"width": 0.01, "unit": "sd_logit"})
    row, plain = result.estimates
    assert row.n_treated < plain.n_treated


def test_a_hidden_confounder_stays_and_the_seen_one_goes() -> None:
    scenario = Scenario(
        units=4000,
        size=None,
        treated_share=0.3,
        outcomes={"y": AssumedOutcome(baseline=0, effect=1, sd=1)},
        covariates={
            name: AssumedCovariate(sd=1, strength=0.3, apart=0.5) for name in ("x", "step")
        },
    )
    both = Matching(treated="t", covariates=("x", "step"), method="entropy")
    drawn = DESIGN.simulate(both, scenario, np.random.default_rng(5))
    one = both.model_copy(update={"covariates": ("x",)})
    question, sample = Estimand("ATT", "y", "points"), ArraySample(drawn.data, "y")
    whole, part = (
        DESIGN.estimate(each, sample, question, Settings()).estimates[0] for each in (both, one)
    )
    assert abs(whole.estimate - 1) < 4 * whole.std_error
    assert part.estimate - 1 == pytest.approx(0.5 * np.sqrt(0.3), abs=4 * part.std_error)


def test_a_text_of_one_level_tells_nothing_even_where_it_must_be_equal() -> None:
    data = people()
    data["kind"] = np.full(500, "a")
    one = estimate(data, "exact", exact=["kind"]).estimates[0]
    other = estimate(data, "exact", exact=[], covariates=["x", "step"]).estimates[0]
    assert one.estimate == pytest.approx(other.estimate, rel=1e-12)


@pytest.mark.parametrize("method", ["nearest", "subclass", "entropy", "ipw", "aipw"])
def test_numbers_beyond_reach_are_refused(method: str) -> None:
    data = people()
    data["y"] = data["y"] * 1e200
    assert refused(data, method)
    data["y"] = np.ones(500)
    assert refused(data, method) == "constant_outcome"


def test_subgroups_that_are_asked_for_are_not_lost_without_a_word() -> None:
    asked = estimate(people(), "ipw", settings=Settings(subgroups=("kind",)))
    assert checks(asked)["subgroups"] == "not_run"
    assert "subgroups" not in checks(estimate(people(), "ipw"))


@pytest.mark.parametrize(
    ("method", "levels", "words"),
    [
        ("ipw", ["seldom"], "^a level of `kind` tells for certain"),
        ("ipw", ["once", "seldom"], "^levels of `kind` together tell for certain"),
        ("entropy", ["seldom"], "means of a level of `kind` equal"),
    ],
)
def test_a_refusal_names_the_column_and_never_the_level(
    method: str, levels: list[str], words: str
) -> None:
    data = people()
    kind = data["kind"].astype(object)
    at = np.flatnonzero(data["t"] == 1)[: len(levels)]
    kind[at] = levels
    with pytest.raises(Refused, match=words) as refused:
        estimate({**data, "kind": kind}, method)
    assert not any(one in refused.value.why + refused.value.fix for one in levels)
