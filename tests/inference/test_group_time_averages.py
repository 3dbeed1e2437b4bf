"""Averages of group-time effects, their bands and the test before treatment."""

from __future__ import annotations

from dataclasses import replace
from math import exp, factorial
from statistics import NormalDist

import numpy as np
import pytest
from group_time_by_row import Draw, panel_of, paths_of

from evaluate.errors import Refused
from evaluate.inference.aggregate import Aggregate, Kind, aggregate
from evaluate.inference.bands import critical_value
from evaluate.inference.group_time import Contrast, GroupTimes
from evaluate.inference.group_time_panel import group_times_of_panel
from evaluate.inference.group_time_pretest import pretest
from evaluate.inference.group_time_sums import group_times_of_sums

KINDS: tuple[Kind, ...] = ("simple", "dynamic", "group", "calendar")


def times_of(seed: int = 1, base: str = "varying", **others: int) -> GroupTimes:
    panel = Draw(seed, **others).panel(clusters=48)
    return group_times_of_sums(paths_of(panel), Contrast("not_yet", base))  # type: ignore[arg-type]


def plainly(times: GroupTimes, kind: Kind) -> tuple[list[int], list[float], float]:
    """Return averages as Callaway and Sant'Anna (2021, table 1) define them, by loops."""
    share = dict(zip(times.cohorts.tolist(), times.shares.tolist(), strict=True))
    cells = list(
        zip(times.cohort.tolist(), times.period.tolist(), times.effect.tolist(), strict=True)
    )
    after = [(g, t, a) for g, t, a in cells if t >= g]

    def weighted(some: list[tuple[int, int, float]]) -> float:
        return sum(share[g] * a for g, _, a in some) / sum(share[g] for g, _, _ in some)

    if kind == "simple":
        return [], [], weighted(after)
    if kind == "dynamic":
        keys = sorted({t - g for g, t, _ in cells})
        each = [weighted([one for one in cells if one[1] - one[0] == e]) for e in keys]
        late = [value for e, value in zip(keys, each, strict=True) if e >= 0]
        return keys, each, sum(late) / len(late)
    if kind == "group":
        keys = sorted({g for g, _, _ in after})
        each = [float(np.mean([a for g, _, a in after if g == key])) for key in keys]
        total = sum(share[g] for g in keys)
        return keys, each, sum(share[g] * a for g, a in zip(keys, each, strict=True)) / total
    keys = sorted({t for _, t, _ in after})
    each = [weighted([one for one in after if one[1] == key]) for key in keys]
    return keys, each, sum(each) / len(each)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("base", ["varying", "universal"])
def test_averages_are_what_they_are_defined_to_be(kind: Kind, base: str) -> None:
    times = times_of(base=base)
    found = aggregate(times, kind)
    keys, each, overall = plainly(times, kind)
    assert found.keys.tolist() == keys
    np.testing.assert_allclose(found.effect, each, rtol=1e-12, atol=1e-15)
    assert found.overall == pytest.approx(overall, rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_the_derivative(kind: Kind) -> None:
    times = times_of()
    found = aggregate(times, kind)
    m = len(times.effect)

    def values(point: np.ndarray) -> np.ndarray:
        moved = aggregate(replace(times, effect=point[:m], shares=point[m:]), kind)
        return np.append(moved.effect, moved.overall)

    here, step = np.concatenate([times.effect, times.shares]), 1e-6
    steps = step * np.eye(len(here))
    slopes = np.array([(values(here + one) - values(here - one)) / (2 * step) for one in steps]).T
    # Central differences are exact to the square of the step and rounding over the step.
    np.testing.assert_allclose(found.gradient, slopes, atol=1e-8)
    whole = found.gradient @ times.joint @ found.gradient.T
    np.testing.assert_allclose(found.covariance, whole[:-1, :-1], rtol=1e-12)
    assert found.std_error == pytest.approx(np.sqrt(whole[-1, -1]), rel=1e-12)


def test_one_cohort_has_no_estimated_weights() -> None:
    panel = Draw(2, starts=(3, 6)).panel()
    times = group_times_of_sums(paths_of(panel), Contrast("never"))
    found = aggregate(times, "dynamic")
    assert (found.gradient[:, len(times.effect) :] == 0).all()
    np.testing.assert_allclose(found.effect, times.effect)


def test_a_window_keeps_only_its_periods() -> None:
    times = times_of()
    whole, window = aggregate(times, "dynamic"), aggregate(times, "dynamic", min_e=-1, max_e=1)
    assert window.keys.tolist() == [-1, 0, 1]
    at = np.isin(whole.keys, window.keys)
    np.testing.assert_array_equal(window.effect, whole.effect[at])
    assert window.overall == pytest.approx(window.effect[1:].mean(), rel=1e-12)
    with pytest.raises(Refused) as caught:
        aggregate(times, "simple", max_e=-1)
    assert caught.value.code == "no_treated_period"


def test_units_behind_an_average_are_counted_once() -> None:
    times = times_of()
    found = aggregate(times, "dynamic")
    first = np.flatnonzero(found.keys == 0)[0]
    assert found.n_treated[first] == 120
    assert found.n_treated[:-1][found.keys == 3].tolist() == [40]
    assert found.n_treated[-1] == 120
    assert found.n_comparison[-1] == times.n_comparison.max()


def spread_of(correlation: float, k: int) -> np.ndarray:
    scale = np.arange(1.0, k + 1)
    return (np.eye(k) * (1 - correlation) + correlation) * np.outer(scale, scale)


def test_critical_values_that_are_known() -> None:
    normal, k = NormalDist(), 8
    independent = critical_value(spread_of(0.0, k), 0.95, 200_000, (1,))
    exact = normal.inv_cdf((1 + 0.95 ** (1 / k)) / 2)
    # The quantile of 200 000 draws has a standard error of 0.003.
    assert independent == pytest.approx(exact, abs=0.012)
    together = critical_value(spread_of(1.0, k), 0.95, 20_000, (1,))
    assert together == pytest.approx(normal.inv_cdf(0.975), abs=0.06)
    assert together >= normal.inv_cdf(0.975)
    assert critical_value(np.eye(1), 0.9, 100, (1,)) == normal.inv_cdf(0.95)


def test_effects_without_variance_do_not_count() -> None:
    three = spread_of(0.4, 3)
    four = np.zeros((4, 4))
    four[np.ix_([0, 1, 3], [0, 1, 3])] = three
    assert critical_value(four, 0.95, 5000, (3,)) == critical_value(three, 0.95, 5000, (3,))


def test_bands_repeat_and_do_not_depend_on_units() -> None:
    covariance = aggregate(times_of(), "dynamic").covariance
    one = critical_value(covariance, 0.95, 20_000, (5,))
    assert critical_value(covariance, 0.95, 20_000, (5,)) == one
    assert critical_value(covariance * 1e-8, 0.95, 20_000, (5,)) == pytest.approx(one, rel=1e-6)
    other = critical_value(covariance, 0.95, 20_000, (6,))
    assert other != one
    assert other == pytest.approx(one, abs=0.08)
    assert critical_value(covariance, 0.99, 20_000, (5,)) > one


def test_few_degrees_of_freedom_widen_the_band() -> None:
    # The 97.5 % quantile of t with 4 degrees of freedom.
    alone = 2.7764451051977987
    assert critical_value(np.eye(1), 0.95, 100, (1,), 4) == pytest.approx(alone, rel=1e-10)
    wide = critical_value(spread_of(1.0, 3), 0.95, 100_000, (1,), 4)
    assert wide == pytest.approx(alone, abs=0.05)


@pytest.mark.slow
def test_a_band_holds_every_effect_as_often_as_it_says() -> None:
    """Thousand panels with effects that differ by cohort and period, all known."""
    random, held, alone = np.random.default_rng(11), 0, 0
    truth = {e: 0.0 if e < 0 else 0.3 * e + 0.2 for e in range(-4, 4)}
    cohort = np.repeat([2, 4, 6], 50)
    since = np.arange(6) - cohort[:, None]
    effect = np.where((since >= 0) & (cohort < 6)[:, None], 0.3 * since + 0.2, 0.0)
    runs = 1000
    for run in range(runs):
        outcome = random.standard_normal((150, 6)).cumsum(axis=1) + effect
        panel = panel_of(outcome, cohort)
        found = aggregate(group_times_of_panel(panel, Contrast(), "regression"), "dynamic")
        apart = np.array([truth[e] for e in found.keys.tolist()]) - found.effect
        ratio = np.abs(apart / found.std_errors).max()
        held += ratio <= critical_value(found.covariance, 0.95, 2000, (run,))
        alone += ratio <= NormalDist().inv_cdf(0.975)
    # The 99.9 % binomial band around 95 % at 1000 draws, a point wider as the method is
    # approximate with 50 units a cohort.
    assert 0.918 <= held / runs <= 0.98
    assert alone / runs < 0.9


def test_the_test_before_treatment() -> None:
    times = times_of()
    found = pretest(times)
    before = times.period < times.cohort
    covariance = times.joint[: len(before), : len(before)][np.ix_(before, before)]
    effect = times.effect[before]
    assert found.df == before.sum() == 8
    assert found.statistic == pytest.approx(effect @ np.linalg.inv(covariance) @ effect, rel=1e-9)
    # Of an even number of degrees of freedom the tail is a sum of Poisson probabilities.
    half = found.statistic / 2
    tail = exp(-half) * sum(half**k / factorial(k) for k in range(4))
    assert found.p_value == pytest.approx(tail, rel=1e-10)
    assert pretest(times, anticipation=1).df == 5


def test_a_reference_period_is_not_tested() -> None:
    one, two = pretest(times_of()), pretest(times_of(base="universal"))
    assert (one.df, two.df) == (8, 8)
    # With the never treated alone the two bases span the same differences.
    panel = Draw(4).panel()
    both = [
        pretest(group_times_of_sums(paths_of(panel), Contrast("never", base)))
        for base in ("varying", "universal")
    ]
    assert both[0].statistic == pytest.approx(both[1].statistic, rel=1e-8)


def test_no_test_where_there_is_nothing_to_test() -> None:
    panel = Draw(5, starts=(1, 6)).panel()
    with pytest.raises(Refused) as caught:
        pretest(group_times_of_sums(paths_of(panel), Contrast("never")))
    assert caught.value.code == "no_pre_periods"
    few = Draw(6, n=80).panel(clusters=8)
    with pytest.raises(Refused) as caught:
        pretest(group_times_of_sums(paths_of(few), Contrast("never")))
    assert caught.value.code == "pretest_singular"


def test_a_second_average_of_the_same_effects_shares_their_covariance() -> None:
    times = times_of()
    one, two = (aggregate(times, kind) for kind in ("simple", "dynamic"))

    def difference(first: Aggregate, second: Aggregate) -> float:
        apart = first.gradient[-1] - second.gradient[-1]
        return float(np.sqrt(apart @ times.joint @ apart))

    assert difference(one, one) == 0
    assert abs(one.std_error - two.std_error) <= difference(one, two)
