"""Single cases: measures by brute force, tests by enumeration, level and power by simulation."""

from __future__ import annotations

from itertools import permutations, product
from math import exp

import numpy as np
import pytest
from scipy import stats

from evaluate.errors import Refused
from evaluate.inference.single_case import (
    Case,
    kendall_s,
    log_response_ratio,
    moved,
    nap,
    read_cases,
    tau_u,
)
from evaluate.inference.single_case_chance import judged
from evaluate.inference.single_case_doubts import autocorrelation, baseline_trend
from evaluate.inference.single_case_draws import (
    Drawn,
    by_phase_order,
    by_start_order,
    by_start_window,
)
from evaluate.inference.t import t_quantile


def cases(
    starts: tuple[int, ...] = (4, 6, 8, 10),
    effect: float = 0.0,
    seed: int = 1,
    length: int = 14,
    trend: float = 0.0,
    rho: float = 0.0,
) -> tuple[Case, ...]:
    rng = np.random.default_rng(seed)
    names, time, value, on = [], [], [], []
    for i, start in enumerate(starts):
        noise = rng.normal(size=length)
        for t in range(1, length):
            noise[t] = rho * noise[t - 1] + np.sqrt(1 - rho**2) * noise[t]
        times = np.arange(1.0, length + 1)
        after = times >= start
        names += [f"case {i}"] * length
        time.append(times)
        value.append(10 + i + trend * times + effect * after + noise)
        on.append(after)
    return read_cases(names, np.concatenate(time), np.concatenate(value), np.concatenate(on))


def difference(case: Case, start: float) -> float:
    after = case.time >= start
    return float(case.value[after].mean() - case.value[~after].mean())


def test_every_order_of_the_starts_is_gone_through() -> None:
    some = cases(effect=1.0)
    drawn = by_start_order(some)
    starts = [one.start for one in some]
    brute = [
        np.mean([difference(case, start) for case, start in zip(some, order, strict=True)])
        for order in permutations(starts)
    ]
    np.testing.assert_allclose(np.sort(drawn.statistic), np.sort(brute), rtol=1e-12)
    seen = abs(drawn.observed)
    assert judged(drawn, 0.95).p_value == np.mean(np.abs(brute) >= seen - 1e-9)
    assert (drawn.assignments, drawn.exact) == (24, True)
    assert judged(drawn, 0.95).smallest_p == 1 / 24


def test_starts_that_are_shared_leave_fewer_orders() -> None:
    drawn = by_start_order(cases(starts=(4, 4, 8, 8), effect=9.0))
    assert drawn.assignments == 6
    assert judged(drawn, 0.95).p_value == pytest.approx(1 / 6)
    assert judged(drawn, 0.95).smallest_p == pytest.approx(1 / 6)


def test_every_start_of_the_windows_is_gone_through() -> None:
    some = cases(starts=(5, 6, 7), effect=1.0)
    windows = [(4.0, 8.0)] * 3
    drawn = by_start_window(some, windows)
    brute = [
        np.mean([difference(case, start) for case, start in zip(some, order, strict=True)])
        for order in product(range(4, 9), repeat=3)
    ]
    np.testing.assert_allclose(np.sort(drawn.statistic), np.sort(brute), rtol=1e-12)
    assert drawn.assignments == 125
    found = judged(drawn, 0.95)
    assert found.p_value == np.mean(np.abs(brute) >= abs(drawn.observed) - 1e-9)
    rise = judged(drawn, 0.95, wanted=1)
    assert rise.p_value == np.mean(np.array(brute) >= drawn.observed - 1e-9)
    fall = judged(drawn, 0.95, wanted=-1)
    assert fall.p_value == np.mean(np.array(brute) <= drawn.observed + 1e-9)


def test_exchanged_phases_are_signs() -> None:
    some = cases(effect=3.0)
    each = [difference(case, case.start) for case in some]
    brute = [np.mean(np.array(s) * each) for s in product([1, -1], repeat=4)]
    drawn = by_phase_order(some)
    np.testing.assert_allclose(np.sort(drawn.statistic), np.sort(brute), rtol=1e-12)
    found = judged(drawn, 0.95)
    assert found.p_value == found.smallest_p == 2 / 16
    assert judged(drawn, 0.95, wanted=1).p_value == 1 / 16


def shifted(some: tuple[Case, ...], effect: float) -> tuple[Case, ...]:
    return tuple(
        Case(one.name, one.time, one.value - effect * one.on, one.on, one.start) for one in some
    )


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_interval_holds_the_effects_that_are_not_rejected(level: float) -> None:
    some = cases(starts=(4, 6, 8, 10, 11), effect=2.0, seed=4)
    held = judged(by_start_order(some), level)
    low, high = held.conf_low, held.conf_high
    assert low is not None
    assert high is not None
    for effect in np.concatenate([np.linspace(low - 2, high + 2, 41), [low - 1e-6, high + 1e-6]]):
        p = judged(by_start_order(shifted(some, effect)), level).p_value
        assert (p > 1 - level + 1e-9) == (low <= effect <= high), effect


def test_a_plan_with_few_orders_rejects_nothing() -> None:
    found = judged(by_start_order(cases(starts=(4, 6, 8), effect=9.0)), 0.95)
    assert (found.conf_low, found.conf_high) == (None, None)
    assert found.smallest_p == pytest.approx(1 / 6)


def test_draws_agree_with_all_orders() -> None:
    some = cases(starts=tuple(range(4, 12)), effect=0.8, length=16, seed=2)
    rng = np.random.default_rng(1)
    drawn = by_start_order(some)
    assert drawn.exact
    exact = judged(drawn, 0.95).p_value
    nine = cases(starts=tuple(range(4, 13)), effect=0.8, length=16, seed=2)
    draws = by_start_order(nine, 9999, rng)
    assert not draws.exact
    assert len(draws.statistic) == 10000
    assert judged(draws, 0.95).smallest_p == 1e-4
    assert 0 < exact <= 1
    # The draws of the same eight cases, told as if they were too many.
    picked = rng.integers(0, len(drawn.statistic), 9999)
    sampled = Drawn(
        np.append(drawn.observed, drawn.statistic[picked]),
        np.append(1.0, drawn.share[picked]),
        drawn.observed,
        drawn.assignments,
        False,
    )
    error = np.sqrt(exact * (1 - exact) / 9999)
    assert judged(sampled, 0.95).p_value == pytest.approx(exact, abs=4 * error + 1e-4)


def test_a_start_counts_whether_it_was_measured_or_not() -> None:
    whole = cases(effect=1.0)
    names = np.repeat([one.name for one in whole], 14)
    time = np.concatenate([one.time for one in whole])
    value = np.concatenate([one.value for one in whole])
    start = np.repeat([one.start for one in whole], 14)
    kept = time != start  # nobody was measured on the day of the start
    on = time >= start
    some = read_cases(list(names[kept]), time[kept], value[kept], on[kept], start[kept])
    assert [one.start for one in some] == [4, 6, 8, 10]
    assert [
        one.start for one in read_cases(list(names[kept]), time[kept], value[kept], on[kept])
    ] == [
        5,
        7,
        9,
        11,
    ]


def test_names_and_rows_decide_nothing() -> None:
    rng = np.random.default_rng(3)
    names = np.repeat(["a", "b", "c", "d"], 12)
    time = np.tile(np.arange(12.0), 4)
    on = time >= np.repeat([3, 5, 7, 9], 12)
    value = rng.normal(size=48) + on
    turn = rng.permutation(48)
    other = np.repeat(["z", "y", "x", "w"], 12)
    one = by_start_order(read_cases(list(names), time, value, on))
    two = by_start_order(read_cases(list(other[turn]), time[turn], value[turn], on[turn]))
    np.testing.assert_allclose(one.statistic, two.statistic)


@pytest.mark.parametrize("trend", [0.0, 0.4])
def test_without_an_effect_the_test_keeps_its_level_whatever_the_series_do(trend: float) -> None:
    rng = np.random.default_rng(11)
    hits = []
    for seed in range(400):
        order = rng.permutation([4, 6, 8, 10, 12])
        some = cases(tuple(int(one) for one in order), 0.0, seed, trend=trend, rho=0.6)
        hits.append(judged(by_start_order(some), 0.95).p_value <= 0.05)
    # At most 6 of 120 orders are rejected; 99.9 % binomial band of 0.05 at 400 draws.
    assert np.mean(hits) <= 0.05 + 3.29 * np.sqrt(0.05 * 0.95 / 400)


def test_a_large_effect_is_found() -> None:
    hits = [
        judged(by_start_order(cases((4, 6, 8, 10, 12), 2.5, seed)), 0.95).p_value <= 0.05
        for seed in range(60)
    ]
    assert np.mean(hits) >= 0.9


def test_measures_by_hand() -> None:
    before, after = np.array([2.0, 4.0, 3.0]), np.array([3.0, 5.0, 6.0, 7.0])
    # Pairs: 2<3,2<5,2<6,2<7; 4>3,4<5,4<6,4<7; 3=3,3<5,3<6,3<7.
    assert nap(before, after).value == pytest.approx(10.5 / 12)
    assert kendall_s(before) == 1  # 2<4, 2<3, 4>3
    assert tau_u(before, after) == pytest.approx((10 - 1 - 1) / 12)
    found = log_response_ratio(before, after)
    assert found is not None
    v0, v1 = before.var(ddof=1) / (3 * 9), after.var(ddof=1) / (4 * 5.25**2)
    assert found.value == pytest.approx(np.log(5.25 / 3) + v1 / 2 - v0 / 2)
    assert exp(found.conf_high - found.value) == pytest.approx(exp(1.959964 * np.sqrt(v0 + v1)))


def test_published_worked_examples() -> None:
    # Parker, Vannest & Davis (2011), Behavior Modification 35(4): 38.5 of 42 pairs.
    before, after = np.array([20.0, 20, 26, 25, 22, 23]), np.array([28.0, 25, 24, 27, 30, 30, 29])
    found = nap(before, after)
    assert found.value == pytest.approx(38.5 / 42)
    assert 2 * found.value - 1 == pytest.approx((38 - 3) / 42)
    # Parker, Vannest, Davis & Sauber (2011): Tau 16 of 20, Tau-U 11 of 20.
    before, after = np.array([3.0, 3, 4, 5]), np.array([4.0, 5, 6, 7, 7])
    assert 2 * nap(before, after).value - 1 == pytest.approx(16 / 20)
    assert tau_u(before, after) == pytest.approx(11 / 20)


def test_few_occasions_do_not_bias_the_log_ratio() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.gamma(2, 2, (20000, 3)), rng.gamma(2, 4, (20000, 12))
    found = [log_response_ratio(a, b) for a, b in zip(before, after, strict=True)]
    mean = np.mean([one.value for one in found if one is not None])
    plain = np.log(after.mean(axis=1) / before.mean(axis=1)).mean()
    assert plain > np.log(2) + 0.04  # what the correction is for
    assert mean == pytest.approx(np.log(2), abs=0.025)


def test_naps_interval_solves_its_equation() -> None:
    rng = np.random.default_rng(2)
    before, after = rng.normal(size=8), rng.normal(0.7, 1, size=12)
    found = nap(before, after, 0.9)
    u = stats.mannwhitneyu(after, before).statistic
    assert found.value == pytest.approx(u / 96)
    z = t_quantile(0.95, None)
    for x in (found.conf_low, found.conf_high):
        h = (8 + 12) / 2 - 1
        v = x * (1 - x) * (1 + h * ((1 - x) / (2 - x) + x / (1 + x))) / 96
        assert (found.value - x) ** 2 == pytest.approx(z**2 * v, rel=1e-9)
    assert found.conf_low < found.value < found.conf_high
    whole = nap(np.zeros(3), np.ones(3))
    assert whole.value == whole.conf_high == 1
    assert 0 < whole.conf_low < 1
    none = nap(np.ones(3), np.zeros(3))
    assert none.conf_high == pytest.approx(1 - whole.conf_low)


def test_naps_interval_covers() -> None:
    rng = np.random.default_rng(8)
    truth = stats.norm.cdf(1 / np.sqrt(2))
    hits = []
    for _ in range(1000):
        found = nap(rng.normal(size=8), rng.normal(1, 1, size=10))
        hits.append(found.conf_low <= truth <= found.conf_high)
    assert 0.92 <= np.mean(hits) <= 0.985


def test_lower_may_be_better() -> None:
    case = cases(starts=(6,), effect=-5.0)[0]
    down, up = moved(case, downwards=True), moved(case)
    assert down.nap.value == pytest.approx(1 - up.nap.value)
    assert down.tau_u == pytest.approx(-up.tau_u)
    assert down.difference == up.difference


def test_a_mean_that_is_not_above_zero_has_no_ratio() -> None:
    assert log_response_ratio(np.array([-1.0, 1.0]), np.array([1.0, 2.0])) is None
    assert log_response_ratio(np.array([1.0]), np.array([1.0, 2.0])) is None


def test_a_trend_of_the_baselines_is_found_and_its_line_is_that_of_the_regression() -> None:
    starts = (8, 9, 10, 11)
    found = [baseline_trend(cases(starts, seed=s, trend=0.3)).p_value < 0.05 for s in range(40)]
    clean = [baseline_trend(cases(starts, seed=s)).p_value < 0.05 for s in range(200)]
    assert np.mean(found) >= 0.8
    assert np.mean(clean) <= 0.05 + 3.29 * np.sqrt(0.05 * 0.95 / 200)
    some = cases(starts, trend=0.3)
    rows = [
        (i, t, v)
        for i, one in enumerate(some)
        for t, v, on in zip(one.time, one.value, one.on, strict=True)
        if not on
    ]
    i, t, v = (np.array(one) for one in zip(*rows, strict=True))
    x = np.column_stack([*(i == j for j in range(4)), t]).astype(float)
    b, rest = np.linalg.lstsq(x, v, rcond=None)[:2]
    error = np.sqrt(rest[0] / (len(v) - 5) * np.linalg.inv(x.T @ x)[-1, -1])
    trend = baseline_trend(some)
    assert (trend.slope, trend.std_error) == pytest.approx((b[-1], error))


def test_values_that_hang_together_are_found() -> None:
    starts = (10, 12, 14, 16)

    def share(rho: float) -> float:
        hits = []
        for seed in range(60):
            value, error, _ = autocorrelation(cases(starts, seed=seed, length=24, rho=rho))
            hits.append(value > 1.96 * error)
        return float(np.mean(hits))

    assert share(0.6) >= 0.8
    assert share(0.0) <= 0.07


def refusal(function: object, *args: object) -> str:
    with pytest.raises(Refused) as found:
        function(*args)  # type: ignore[operator]
    return found.value.code


def test_what_cannot_be_told_is_refused() -> None:
    time, value = np.arange(6.0), np.arange(6.0)
    on = time >= 3
    assert refusal(read_cases, ["a"] * 6, np.zeros(6), value, on) == "repeated_occasions"
    assert refusal(read_cases, ["a"] * 6, time, value, on & False) == "empty_phase"
    starts = np.array([3.0, 3, 3, 3, 4, 4])
    assert refusal(read_cases, ["a"] * 6, time, value, on, starts) == "start_changes"
    back = read_cases(
        ["a"] * 6 + ["b"] * 6,
        np.tile(time, 2),
        np.arange(12.0) % 5,
        np.tile(np.isin(time, [2, 3]), 2),
    )
    assert refusal(by_start_order, back) == "phases_return"
    assert refusal(by_start_order, cases((5, 5, 5))) == "same_start"
    assert refusal(by_start_window, cases((5,)), [(6.0, 9.0)]) == "start_outside_window"
    assert refusal(by_start_window, cases((5,)), [(1.0, 9.0)]) == "empty_phase"
    assert refusal(baseline_trend, cases((2, 3))) == "short_baselines"
