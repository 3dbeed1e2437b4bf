"""One group before and after: numbers by other means, and checks that find what is planted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from evaluate.claims import NO_COMPARISON, verdict
from evaluate.core import Estimand, Settings
from evaluate.data.sample import ArraySample
from evaluate.design import Result, draw_example
from evaluate.designs import did
from evaluate.designs.before_after import DESIGN, BeforeAfter
from evaluate.errors import Refused
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.did_alone import ALONE
from evaluate.inference.linear import GroupMoments, fit

Data = dict[str, NDArray[Any]]
DESCRIBED = Estimand("descriptive", "y", "points")
# Sums in another order.
TIGHT = 1e-10


def people(n: int = 60, seed: int = 3, trend: float = 0.0, periods: int = 2) -> Data:
    """Return people of twelve organisers, each seen in all periods; the last is after."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n), periods)
    time = np.tile(np.arange(periods), n)
    able, shared = rng.normal(size=n), rng.normal(0, 0.4, size=12)
    post = (time == periods - 1) * 1.0
    y = able[person] + trend * time + post * (0.8 + shared[person % 12])
    y += rng.normal(0, 0.5, n * periods)
    return {
        "t": np.ones(n * periods),
        "post": post,
        "time": 2015.0 + time,
        "p": np.array([f"p{i:03d}" for i in person]),
        "c": np.array([f"c{i % 12:02d}" for i in person]),
        "x": rng.normal(size=n * periods),
        "y": y,
    }


def estimate(data: Data, settings: Settings | None = None, **fields: Any) -> Result:
    spec = BeforeAfter(treated="t", post="post", **fields)
    return DESIGN.estimate(spec, ArraySample(data, "y"), DESCRIBED, settings or Settings())


def check(result: Result, name: str) -> str:
    return next(one.result for one in result.checks if one.name == name)


def text(result: Result, name: str) -> str:
    return next(one.text for one in result.checks if one.name == name)


def test_the_same_people_twice_are_a_paired_t_test() -> None:
    data = people()
    row = estimate(data, unit="p").estimates[0]
    before, after = data["y"][data["post"] == 0], data["y"][data["post"] == 1]
    expected = stats.ttest_rel(after, before)
    limits = expected.confidence_interval(0.95)
    assert row.estimate == pytest.approx((after - before).mean(), rel=TIGHT)
    assert (row.conf_low, row.conf_high) == pytest.approx((limits.low, limits.high), rel=TIGHT)
    assert row.p_value == pytest.approx(expected.pvalue, rel=1e-8)
    assert (row.df, row.n_obs, row.n_treated, row.n_clusters) == (pytest.approx(59), 120, 60, 60)


def test_other_people_each_time_have_welchs_standard_error() -> None:
    data = people()
    row = estimate(data).estimates[0]
    after, before = data["y"][data["post"] == 1], data["y"][data["post"] == 0]
    error = np.sqrt(after.var(ddof=1) / 60 + before.var(ddof=1) / 60)
    assert row.estimate == pytest.approx(after.mean() - before.mean(), rel=TIGHT)
    assert row.std_error == pytest.approx(error, rel=TIGHT)
    assert row.std_error_method == "HC2"


@pytest.mark.parametrize("unit", ["p", None])
def test_clusters_carry_the_uncertainty(unit: str | None) -> None:
    data = people()
    row = estimate(data, unit=unit, cluster="c").estimates[0]
    if unit:
        after = data["post"] == 1
        x, y = np.ones((60, 1)), data["y"][after] - data["y"][~after]
        c = data["c"][after]
    else:
        x, y, c = np.column_stack([np.ones(120), data["post"]]), data["y"], data["c"]
    parts = [(x[c == one], y[c == one]) for one in np.unique(c)]
    moments = GroupMoments(
        n=np.array([len(b) for _, b in parts]),
        xx=np.array([a.T @ a for a, _ in parts]),
        xy=np.array([a.T @ b for a, b in parts]),
        yy=np.array([b @ b for _, b in parts]),
    )
    fitted = fit(moments)
    expected = cluster_spread(moments, fitted, np.eye(x.shape[1])[-1], "CR2")
    assert row.estimate == pytest.approx(float(fitted.coefficients[-1]), rel=TIGHT)
    assert row.std_error == pytest.approx(expected.std_error, rel=1e-8)
    assert row.df == pytest.approx(expected.df, rel=1e-8)
    assert row.n_clusters == 12


def test_each_unit_counts_once_however_often_it_is_seen() -> None:
    data = people(periods=2)
    more = np.concatenate([np.arange(120), np.flatnonzero(data["post"] == 0)[:20]])
    again = {name: values[more] for name, values in data.items()}
    assert estimate(again, unit="p").estimates[0].estimate == pytest.approx(
        estimate(data, unit="p").estimates[0].estimate, rel=TIGHT
    )


def test_rows_of_a_comparison_group_are_left_out() -> None:
    data = people()
    both = {name: np.concatenate([values, values]) for name, values in data.items()}
    both["t"] = np.repeat([1.0, 0.0], 120)
    both["p"] = np.concatenate([data["p"], np.char.add(data["p"], "x")])
    ours, alone = (estimate(one, unit="p").estimates[0] for one in (both, data))
    assert (ours.estimate, ours.std_error) == pytest.approx((alone.estimate, alone.std_error))
    assert ours.n_obs == alone.n_obs


@pytest.mark.parametrize("fields", [{"cluster": "c"}, {"unit": "p"}, {"unit": "p", "cluster": "c"}])
def test_it_is_the_change_that_stands_beside_two_groups(fields: dict[str, str]) -> None:
    data, other = people(seed=5), people(seed=6)
    both = {name: np.concatenate([data[name], other[name]]) for name in data}
    both["t"] = np.repeat([1.0, 0.0], 120)
    for name in ("p", "c"):
        both[name] = np.concatenate([data[name], np.char.add(other[name], "x")])
    spec = did.Did(treated="t", post="post", **fields)
    att = Estimand("ATT", "y", "points")
    beside = did.DESIGN.estimate(spec, ArraySample(both, "y"), att, Settings()).estimates
    alone = next(one for one in beside if one.method == ALONE)
    ours = estimate(data, **fields).estimates[0]
    assert ours.estimate == pytest.approx(alone.estimate, rel=1e-8)
    assert ours.std_error == pytest.approx(alone.std_error, rel=1e-6)
    assert ours.df == pytest.approx(alone.df or 0, rel=1e-6)


def test_it_is_never_called_an_effect() -> None:
    result = estimate(people(), unit="p")
    row = result.estimates[0]
    assert row.conf_low > 0
    assert verdict(row, "increase", 0.1) == ("inconclusive", (NO_COMPARISON,))
    assert check(result, "comparison") == "failed"
    assert "not an effect" in text(result, "comparison")
    assert all(one.estimand == "descriptive" for one in result.estimates)


def test_a_trend_before_the_start_is_found_and_a_flat_one_passes() -> None:
    results = []
    for seed in range(40):
        moved = estimate(people(seed=seed, trend=0.25, periods=4), unit="p", time="time")
        flat = estimate(people(seed=seed, periods=4), unit="p", time="time")
        results.append((check(moved, "trend_before"), check(flat, "trend_before")))
    assert np.mean([one == "failed" for one, _ in results]) >= 0.8
    # 99.9 % band of 5 % at 40 draws, rounded up.
    assert np.mean([one == "failed" for _, one in results]) <= 0.175
    assert np.mean([one == "passed" for _, one in results]) >= 0.7


def test_the_line_before_is_that_of_the_regression() -> None:
    data = people(trend=0.3, periods=4)
    before = data["post"] == 0
    x = data["time"][before] - 2015
    slope = stats.linregress(x, data["y"][before]).slope
    said = text(estimate(data, time="time"), "trend_before")
    assert f"gives a change of {slope * 2:.3g}" in said
    assert f"gives a change of {slope * 2:.3g}" in text(
        estimate(data, unit="p", time="time"), "trend_before"
    )


def test_without_earlier_periods_the_trend_is_not_run() -> None:
    assert check(estimate(people(), unit="p"), "trend_before") == "not_run"
    assert check(estimate(people(), unit="p", time="time"), "trend_before") == "not_run"


def chosen(seed: int, gain: float) -> Data:
    """Return the lowest fifth of a population of mean 0, measured again."""
    rng = np.random.default_rng(seed)
    able = rng.normal(size=1000)
    before = able + rng.normal(size=1000)
    low = np.argsort(before)[:200]
    after = able[low] + rng.normal(size=200) + gain
    return {
        "t": np.ones(400),
        "post": np.repeat([0.0, 1.0], 200),
        "p": np.tile([f"p{i}" for i in range(200)], 2),
        "y": np.concatenate([before[low], after]),
    }


def test_what_choosing_at_a_low_gives_is_taken_off() -> None:
    nothing = [estimate(chosen(s, 0.0), **_CHOSEN) for s in range(20)]
    gained = [estimate(chosen(s, 3.0), **_CHOSEN) for s in range(20)]
    assert all(one.estimates[0].conf_low > 0 for one in nothing)  # the trap
    assert np.mean([check(one, "regression_to_mean") == "failed" for one in nothing]) >= 0.8
    assert np.mean([check(one, "regression_to_mean") == "passed" for one in gained]) >= 0.8
    assert {one.role for one in nothing[0].estimates[1:]} == {"beside"}


_CHOSEN: dict[str, Any] = {"unit": "p", "chosen_by_outcome": True, "population_mean": 0.0}


def test_a_choice_that_is_not_described_leaves_doubt() -> None:
    data = chosen(1, 3.0)
    assert check(estimate(data, unit="p"), "regression_to_mean") == "not_run"
    doubt = estimate(data, unit="p", chosen_by_outcome=True)
    assert check(doubt, "regression_to_mean") == "uninformative"
    said = estimate(data, unit="p", chosen_by_outcome=False)
    assert check(said, "regression_to_mean") == "passed"


def losing(seed: int, by_level: bool) -> Data:
    data = people(n=240, seed=seed)
    start = data["y"][::2]
    rng = np.random.default_rng(seed)
    gone = start < np.quantile(start, 0.3) if by_level else rng.random(240) < 0.3
    y = data["y"].copy()
    y[1::2][gone] = np.nan
    return {**data, "y": y}


def test_losing_the_weakest_is_found() -> None:
    weak = [estimate(losing(s, True), unit="p") for s in range(20)]
    chance = [estimate(losing(s, False), unit="p") for s in range(20)]
    assert np.mean([check(one, "composition") == "failed" for one in weak]) >= 0.8
    assert np.mean([check(one, "composition") == "failed" for one in chance]) <= 0.25
    assert check(weak[0], "attrition") == "failed"
    assert check(estimate(people(), unit="p"), "attrition") == "passed"
    groups = {row["group"]: row for row in weak[0].tables[0].rows}
    assert groups["only_before"]["n_units"] == 72
    assert groups["both_before"]["n_units"] == 168


def test_other_kinds_of_people_after_are_found() -> None:
    data = people(n=300)
    assert check(estimate(data), "composition") == "uninformative"
    assert check(estimate(data, covariates=("x",)), "composition") == "passed"
    moved = {**data, "x": data["x"] + 0.6 * data["post"]}
    assert check(estimate(moved, covariates=("x",)), "composition") == "failed"


def test_few_clusters_are_named() -> None:
    data = people()
    data["c"] = np.array([f"c{int(one[1:]) % 4}" for one in data["p"]])
    assert check(estimate(data, unit="p", cluster="c"), "clusters") == "failed"
    assert check(estimate(people(), unit="p"), "clusters") == "passed"


def refusal(data: Data, **fields: Any) -> str:
    with pytest.raises(Refused) as found:
        estimate(data, **fields)
    return found.value.code


def test_what_cannot_be_told_is_refused() -> None:
    data = people()
    assert refusal({**data, "post": np.zeros(120)}) == "no_after"
    assert refusal({**data, "post": np.ones(120)}) == "no_before"
    assert refusal({**data, "t": np.zeros(120)}) == "no_treated"
    assert refusal({**data, "t": np.full(120, 2.0)}) == "treatment_not_binary"
    assert refusal({**data, "post": np.full(120, 2.0)}) == "post_not_binary"
    once = {**data, "p": np.array([f"p{i}" for i in range(120)])}
    assert refusal(once, unit="p") == "no_unit_before_and_after"
    moved = {**data, "c": np.where(data["post"] == 1, "a", data["c"])}
    assert refusal(moved, unit="p", cluster="c") == "unit_not_nested"
    same = {**data, "y": data["post"]}
    assert refusal(same, unit="p") == "no_variation"
    assert refusal({**data, "c": np.full(120, "a")}, unit="p", cluster="c") == "one_cluster"
    assert refusal(data, unit="p", settings=Settings(adjustment="additive")) == (
        "nothing_to_compare"
    )
    assert refusal(data, unit="p", settings=Settings(std_errors=("HC2",))) == "unknown_std_error"


def test_the_simulated_change_holds_effect_and_trend() -> None:
    spec, scenario = DESIGN.example
    drawn = draw_example(DESIGN, np.random.default_rng(1), 1.5)
    assert drawn.truth == {"outcome": 1.5}
    outcome = scenario.outcomes["outcome"].model_copy(update={"trend": 0.5})
    moved = replace(scenario, outcomes={"outcome": outcome})
    assert DESIGN.simulate(spec, moved, np.random.default_rng(1)).truth == {"outcome": 1.5}
    assert set(drawn.data["participant"]) == {1.0}
