"""Roll-outs in waves: bad input, gaps, few clusters, and what stands around the headline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.assumptions.scenario import Wave
from evaluate.checks.rollout_lead import lead
from evaluate.checks.rollout_placebos import placebos
from evaluate.core import Check, Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.design import Result, draw_example
from evaluate.designs.staggered import DESIGN, EXAMPLE, FirstTreated, Staggered, asked_of
from evaluate.errors import Refused
from evaluate.inference.staggered import read_rollout

Data = dict[str, NDArray[Any]]
FEW = 999
SPEC = Staggered(
    time="year",
    first_treated=FirstTreated(column="first", never=0),
    unit="unit",
    comparison="not_yet",
)


def clean(units: int = 60, periods: int = 6, seed: int = 3) -> Data:
    """Return a panel of which a quarter begins in 2012 and a quarter in 2013, effect 1."""
    rng = np.random.default_rng(seed)
    number = np.repeat(np.arange(units), periods)
    year = np.tile(np.arange(2010, 2010 + periods), units).astype(float)
    first = np.array([0, 2012, 2013, 0])[number % 4].astype(float)
    x = rng.normal(size=units)[number]
    treated = (first > 0) & (year >= first)
    y = rng.normal(size=units)[number] + 0.2 * (year - 2010) + treated + 0.3 * x
    return {
        "unit": np.array([f"u{one:03d}" for one in number]),
        "year": year,
        "first": first,
        "y": y + rng.normal(size=len(y)),
        "x": x,
        "number": number.astype(float),
        "cluster": np.array([f"k{f:g}-{n % 20}" for f, n in zip(first, number, strict=True)]),
        "other": (first == 0) * (number % 8 == 0) * 1.0,
        "draw": rng.random(len(y)),
    }


def run(data: Data, draws: int = FEW, **fields: Any) -> Result:
    """Return the design's result; of headlines from random draws only a few are taken."""
    spec = SPEC.model_copy(update=fields)
    sample = ArraySample(data, "y")
    return DESIGN.estimate(spec, sample, Estimand("ATT", "y", "points"), Settings(draws=draws))


def kept(data: Data, rows: NDArray[Any]) -> Data:
    """Return some rows."""
    return {name: values[rows] for name, values in data.items()}


def check_of(result: Result, name: str) -> Check:
    """Return a check by its name."""
    return next(one for one in result.checks if one.name == name)


def terms(result: Result) -> dict[str, Estimate]:
    """Return the first row of each term."""
    found: dict[str, Estimate] = {}
    for one in result.estimates:
        found.setdefault(one.term, one)
    return found


def with_first(data: Data, of: Callable[[Data], NDArray[Any]]) -> Data:
    """Return the data with other starts."""
    return {**data, "first": of(data)}


REFUSED: dict[str, tuple[Callable[[Data], Data], dict[str, Any], str]] = {
    "duplicate unit and time": (
        lambda d: kept(d, np.r_[np.arange(len(d["y"])), 5]), {}, "duplicate_unit_time"),
    "cohort changes within a unit": (
        lambda d: with_first(d, lambda x: np.where(np.arange(len(x["y"])) == 7, 2014, x["first"])),
        {}, "cohort_changes"),
    "empty treatment dates": (
        lambda d: with_first(d, lambda x: np.where(x["first"] == 0, np.nan, x["first"])),
        {}, "missing_start"),
    "nobody never treated": (
        lambda d: with_first(d, lambda x: np.where(x["first"] == 0, 2013, x["first"])),
        {"comparison": "never"}, "no_never_treated"),
    "none left not yet treated": (
        lambda d: with_first(d, lambda x: 0 * x["first"] + 2012), {}, "no_comparison"),
    "nobody treated": (lambda d: with_first(d, lambda x: 0 * x["first"]), {}, "no_comparison"),
    "one period": (lambda d: kept(d, d["year"] == 2012), {}, "one_period"),
    "constant covariate": (
        lambda d: {**d, "x": 0 * d["x"] + 1}, {"covariates": ("x",)}, "covariates_constant"),
    "separation": (
        lambda d: {**d, "x": 5 * (d["first"] > 0) + 0.1 * d["x"]},
        {"covariates": ("x",)}, "separation"),
    "periods that are no periods": (
        lambda d: {**d, "year": np.array(list("abcdef"))[(d["year"] - 2010).astype(int)]},
        {}, "text_time"),
    "infinite outcome": (
        lambda d: {**d, "y": np.where(np.arange(len(d["y"])) == 3, np.inf, d["y"])},
        {}, "not_finite"),
    "constant outcome": (lambda d: {**d, "y": 0 * d["y"] + 3}, {}, "constant_outcome"),
    "clusters of several cohorts": (
        lambda d: {**d, "cluster": np.array([f"c{one // 3:g}" for one in d["number"]])},
        {"cluster": "cluster"}, "cluster_of_several_cohorts"),
    "covariates without units": (
        lambda d: d, {"unit": None, "cluster": "cluster", "covariates": ("x",)},
        "covariates_need_units"),
    "neither unit nor cluster": (lambda d: d, {"unit": None}, "no_unit"),
    "anticipation before all periods": (lambda d: d, {"anticipation": 5}, "no_comparison"),
    "one treated unit": (
        lambda d: with_first(d, lambda x: np.where(x["number"] == 1, 2012.0, 0.0)),
        {}, "one_treated_cluster"),
    "few units and another estimator": (
        lambda d: with_first(d, lambda x: np.where(x["number"] < 4, 2012.0, 0.0)),
        {"estimator": "twfe"}, "few_clusters_need_group_time"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_be_estimated_is_refused_with_its_reason(case: str) -> None:
    change, fields, code = REFUSED[case]
    with pytest.raises(Refused) as refused:
        run(change(clean()), **fields)
    assert refused.value.code == code
    assert refused.value.why
    assert refused.value.fix


SHOWN: dict[str, tuple[Callable[[Data], Data], dict[str, Any], str, str]] = {
    "a cohort of one unit": (
        lambda d: with_first(d, lambda x: np.where(x["number"] == 1, 2014, x["first"])),
        {}, "cohorts", "one cluster"),
    "treated before the first period": (
        lambda d: with_first(d, lambda x: np.where(x["first"] == 2012, 2005, x["first"])),
        {}, "cohorts", "15 units were treated in their first period"),
    "a rule that loses a cohort": (
        lambda d: kept(d, ~((d["first"] == 2013) & (d["year"] == 2012))),
        {"incomplete": "drop"}, "cohorts", "1 cohorts are lost altogether"),
    "a cohort without its base": (
        lambda d: kept(d, ~((d["first"] == 2013) & (d["year"] == 2012))),
        {}, "cohorts", "3 effects of 1 cohorts cannot be estimated"),
    "other people in each period": (
        lambda d: d, {"unit": None, "cluster": "cluster"}, "composition", "other units"),
    "no comparison without the other programme": (
        lambda d: {**d, "other": (d["first"] == 0) * 1.0},
        {"concurrent": ("other",), "comparison": "never"}, "concurrent", "no effect is left"),
    "two-way fixed effects in the lead": (
        lambda d: d, {"estimator": "twfe"}, "two_way", "they lead here"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(SHOWN))
def test_what_weakens_the_effect_is_shown_by_a_check(case: str) -> None:
    change, fields, name, words = SHOWN[case]
    result = run(change(clean()), **fields)
    found = check_of(result, name)
    assert found.result != "passed"
    assert words in found.text
    for row in result.estimates:
        assert all(isfinite(one) for one in (row.estimate, row.std_error, row.conf_low))


def test_clean_data_fail_no_check_of_their_shape() -> None:
    result = run(clean(), concurrent=("other",), comparison="never")
    for name in ("clusters", "cohorts", "composition", "concurrent", "two_way", "placebos"):
        assert check_of(result, name).result == "passed", name


def test_periods_may_be_text_and_dates() -> None:
    data = clean()
    plain = run(data).estimates[0]
    as_text = {**data, "year": np.array([f"{y:.0f}" for y in data["year"]])}
    school = np.array([f"{y:.0f}/{(y + 1) % 100:02.0f}" for y in data["year"]])
    first = np.array(["0" if f == 0 else f"{f:.0f}/{(f + 1) % 100:02.0f}" for f in data["first"]])
    for other in (as_text, {**data, "year": school, "first": first}):
        row = run(other).estimates[0]
        assert row.estimate == pytest.approx(plain.estimate, rel=1e-12)
        assert row.std_error == pytest.approx(plain.std_error, rel=1e-12)


def test_a_gap_that_matters_moves_the_effect_and_fails_composition() -> None:
    data = clean()
    # Treated units with bad outcomes stop reporting once they are treated.
    gone = (data["first"] == 2012) & (data["year"] >= 2012) & (data["y"] < 0.8)
    result = run(kept(data, ~gone))
    assert check_of(result, "composition").result == "failed"
    table = next(one for one in result.tables if one.kind == "composition")
    assert [row["rule"] for row in table.rows] == ["pairs", "drop", "levels"]
    assert len({round(float(str(row["estimate"])), 3) for row in table.rows}) == 3


def test_few_clusters_are_judged_over_their_dates() -> None:
    data = with_first(clean(20), lambda x: np.where(x["number"] < 4, 2012.0, 0.0))
    result = run(data, covariates=("x",))
    first, second = result.estimates[:2]
    assert first.interval_method == "randomisation over roll-out dates"
    assert first.p_value is not None
    assert first.std_error_method == second.std_error_method == "leave-one-cluster-out"
    assert first.estimate == pytest.approx(run(data).estimates[0].estimate, rel=1e-12)
    assert not any(one.std_error_method == "influence function" for one in result.estimates)
    assert check_of(result, "clusters").result == "passed"
    assert check_of(result, "sensitivity").result == "not_run"
    assert check_of(result, "covariates").result == "uninformative"
    adjusted = result.estimates[-1]
    assert "doubly robust" in adjusted.method
    assert adjusted.p_value is None


def test_too_few_dates_to_exchange_give_no_p_value() -> None:
    data = with_first(clean(6), lambda x: np.where(x["number"] < 2, 2012.0, 0.0))
    result = run(data)
    assert result.estimates[0].p_value is None
    assert check_of(result, "clusters").result == "failed"


def test_terms_add_up_to_the_headline() -> None:
    data = clean()
    result = run(data, comparison="never")
    found = terms(result)
    cells = [one for name, one in found.items() if name.startswith("group_time=")]
    after = [one for one in cells if _period(one) >= _cohort(one)]
    assert len(after) == 7  # four periods of 2012's and three of 2013's, equally many units
    mean = np.mean([one.estimate for one in after])
    assert found["overall"].estimate == pytest.approx(mean, rel=1e-12)
    assert all(f"event_time={e}" in found for e in range(-2, 4))
    for name, one in found.items():
        if name.startswith(("event_time", "cohort", "calendar")):
            assert one.band_low is not None
            assert one.band_high is not None
            assert one.band_low <= one.conf_low <= one.conf_high <= one.band_high


def _cohort(row: Estimate) -> float:
    return float(row.term.split("=")[1].split(",")[0])


def _period(row: Estimate) -> float:
    return float(row.term.split(",")[1])


def test_the_reference_period_is_shown_and_is_zero() -> None:
    for wait in (0, 1):
        result = run(clean(), anticipation=wait)
        table = next(one for one in result.tables if one.kind == "event_study")
        reference = [row for row in table.rows if row["reference"]]
        assert [row["event_time"] for row in reference] == [-1 - wait]
        assert reference[0]["estimate"] == 0
        assert "band_low" not in reference[0]


def test_leave_one_cohort_out_is_the_effect_without_its_units() -> None:
    data = clean()
    result = run(data, comparison="never")
    table = next(one for one in result.tables if one.kind == "leave_one_cohort_out")
    for row in table.rows:
        alone = run(kept(data, data["first"] != float(str(row["left_out"]))), comparison="never")
        assert row["estimate"] == pytest.approx(alone.estimates[0].estimate, rel=1e-12)
        assert row["std_error"] == pytest.approx(alone.estimates[0].std_error, rel=1e-12)


def test_another_programme_is_left_out_with_its_units() -> None:
    data = clean()
    result = run(data, concurrent=("other",))
    table = next(one for one in result.tables if one.kind == "concurrent")
    alone = run(kept(data, data["other"] == 0)).estimates[0]
    assert table.rows[0]["estimate"] == pytest.approx(alone.estimate, rel=1e-12)
    assert table.rows[0]["n_left_out"] == 8


def test_placebos_strike_when_trends_part_and_seldom_else() -> None:
    struck = {0.0: 0, 1.0: 0}
    for parting, seed in ((p, s) for p in struck for s in range(40)):
        data = clean(seed=seed)
        data["y"] = data["y"] + parting * (data["first"] > 0) * (data["year"] - 2010)
        struck[parting] += _placebos(data) == "failed"
    # Bonferroni at 5 %: of forty clean draws more than 7 has a chance of one in a thousand.
    assert struck[0.0] <= 7
    assert struck[1.0] >= 32


def _placebos(data: Data) -> str:
    """Return what the placebos found, without all that is not asked for."""
    sample = ArraySample(data, "y")
    rolled = read_rollout(sample, asked_of(SPEC, sample))
    question = (Estimand("ATT", "y", "points"), Settings())
    return placebos(rolled, lead(sample, rolled, question, "group_time"))[0].result


def test_a_headline_by_dates_covers_and_finds() -> None:
    spec, scenario = EXAMPLE
    few = replace(
        scenario, units=20, treated_share=0.2, waves=(Wave(3, 0.1), Wave(4, 0.1)), periods=6
    )
    rng = np.random.default_rng(8)
    estimand, settings = Estimand("ATT", "outcome", "points"), Settings(headline_only=True)
    hits = []
    for _ in range(100):
        drawn = DESIGN.simulate(spec, few, rng)
        sample = ArraySample(drawn.data, "outcome")
        row = DESIGN.estimate(spec, sample, estimand, settings).estimates[0]
        hits.append(row.conf_low <= drawn.truth["outcome"] <= row.conf_high)
    # 99.9 % binomial band of 95 % at 100 draws.
    assert 87 <= sum(hits) <= 100


def test_what_an_analysis_may_ask_elsewhere_is_not_passed_over() -> None:
    data, estimand = clean(), Estimand("ATT", "y", "points")
    spec, sample = SPEC.model_copy(update={"covariates": ("x",)}), ArraySample(data, "y")
    with pytest.raises(Refused) as refused:
        DESIGN.estimate(spec, sample, estimand, Settings(adjustment="interacted"))
    assert refused.value.code == "interacted_over_periods"
    plain = DESIGN.estimate(spec, sample, estimand, Settings(adjustment="none"))
    assert plain.estimates[0].estimate == run(data).estimates[0].estimate
    grouped = DESIGN.estimate(SPEC, sample, estimand, Settings(subgroups=("other",)))
    assert check_of(grouped, "subgroups").result == "not_run"


def test_the_jackknife_may_lead_by_name() -> None:
    data = clean()
    sample, estimand = ArraySample(data, "y"), Estimand("ATT", "y", "points")
    asked = Settings(std_errors=("leave-one-cluster-out",))
    first, second = DESIGN.estimate(SPEC, sample, estimand, asked).estimates[:2]
    assert first.std_error_method == "leave-one-cluster-out"
    assert second.std_error_method == "influence function"
    assert first.estimate == pytest.approx(second.estimate, rel=1e-12)
    assert first.std_error == pytest.approx(second.std_error, rel=0.1)


@pytest.mark.parametrize("estimator", ["imputation", "sun_abraham", "twfe"])
def test_other_estimators_may_lead(estimator: Any) -> None:
    data = clean()
    first = run(data, estimator=estimator).estimates[0]
    beside = [one for one in run(data).estimates if one.method == first.method]
    assert len(beside) == 1
    assert first.role == "headline"
    assert first.estimate == beside[0].estimate
    assert first.std_error == beside[0].std_error


def test_the_example_draws_what_it_says() -> None:
    drawn = draw_example(DESIGN, np.random.default_rng(0), 2.0)
    assert drawn.truth == {"outcome": 2.0}
    assert set(drawn.data) == {"year", "first_year", "municipality", "outcome"}


def test_effects_by_time_since_the_start_are_known_together() -> None:
    result = run(clean())
    rows = terms(result)
    assert all(one.startswith("event_time=") for one in result.terms)
    spread = [rows[one].std_error for one in result.terms]
    assert np.sqrt(np.diagonal(result.together)) == pytest.approx(spread, rel=1e-9)
    after = [at for at, one in enumerate(result.terms) if int(one.split("=")[1]) >= 0]
    average = float(np.sqrt(result.together[np.ix_(after, after)].sum())) / len(after)
    (row,) = [one for one in result.estimates if "over periods since the start" in one.method]
    assert average == pytest.approx(row.std_error, rel=1e-9)
