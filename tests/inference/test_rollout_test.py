"""Randomisation over roll-out dates, and the effect without each cluster."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.paths import ClusterPaths, Paths, Starts
from evaluate.errors import Refused
from evaluate.inference.aggregate import aggregate
from evaluate.inference.group_time import Contrast
from evaluate.inference.group_time_sums import group_times_of_sums
from evaluate.inference.rollout_effect import RolloutEffect
from evaluate.inference.rollout_test import (
    leave_one_cluster_out,
    overall_effect,
    rollout_test,
)

Float = NDArray[np.float64]
CONTRASTS = [
    Contrast(),
    Contrast("never"),
    Contrast("not_yet", anticipation=1),
    Contrast("never", anticipation=1),
]


def make(mean: Float, n: Float, cohort: NDArray[np.int64]) -> ClusterPaths:
    cohorts = np.unique(cohort)
    units = np.array([n[cohort == one].sum() / mean.shape[1] for one in cohorts], dtype=np.int64)
    clusters = np.array([np.sum(cohort == one) for one in cohorts])
    return ClusterPaths(Starts(np.arange(mean.shape[1]), cohorts, units, clusters), n, mean, cohort)


def draw(cohort: list[int], periods: int, seed: int = 0, *, alike: bool = False) -> ClusterPaths:
    rng = np.random.default_rng(seed)
    number = len(cohort)
    mean = rng.normal(size=(number, 1)) + rng.normal(size=(number, periods)).cumsum(axis=1)
    n = np.full((number, periods), 5.0) if alike else rng.integers(2, 30, (number, periods)) * 1.0
    return make(mean, n, np.array(cohort))


def by_hand(paths: ClusterPaths, contrast: Contrast) -> float:
    """Return the simple aggregation from its definition, one effect after the other."""
    periods = paths.n.shape[1]
    when = np.where(paths.cohort >= periods, np.inf, paths.cohort)

    def mean(who: NDArray[np.bool_], t: int) -> float:
        return float(np.sum((paths.n * paths.mean)[who, t]) / paths.n[who, t].sum())

    effects, weights = [], []
    for g in sorted(set(when[np.isfinite(when)].astype(int))):
        base = g - 1 - contrast.anticipation
        for t in range(g, periods):
            others = when > (
                np.inf if contrast.comparison == "never" else t + contrast.anticipation
            )
            others |= np.isinf(when)
            if base >= 0 and others.any():
                own = when == g
                change = mean(own, t) - mean(own, base)
                effects.append(change - (mean(others, t) - mean(others, base)))
                weights.append(paths.n[own].sum())
    return float(np.average(effects, weights=weights))


LABELS = [3, 3, 3, 2, 2, 4, 6, 6, 6, 6, 5]


@pytest.mark.parametrize("contrast", CONTRASTS, ids=str)
@pytest.mark.parametrize("cohort", [LABELS, [2, 2, 3, 3, 4, 4], [3, 3, 6, 6, 6]], ids=str)
def test_effect_is_what_its_definition_gives(cohort: list[int], contrast: Contrast) -> None:
    paths = draw(cohort, 6)
    if contrast.comparison == "never" and 6 not in cohort:
        with pytest.raises(Refused) as caught:
            overall_effect(paths, contrast)
        assert caught.value.code == "no_comparison"
        return
    found, _ = overall_effect(paths, contrast)
    assert found == pytest.approx(by_hand(paths, contrast), rel=1e-12)


@pytest.mark.parametrize("contrast", CONTRASTS[:2], ids=str)
def test_influence_is_what_a_little_more_of_a_cluster_changes(contrast: Contrast) -> None:
    paths = draw(LABELS, 6)
    effect = RolloutEffect(paths, contrast)
    _, (influence,), _, _ = effect.fit(effect.label[None], (paths.mean,))
    step = 1e-6
    for at in range(len(LABELS)):
        more, less = paths.n.copy(), paths.n.copy()
        more[at] *= 1 + step
        less[at] *= 1 - step
        slope = by_hand(replace(paths, n=more), contrast) - by_hand(
            replace(paths, n=less), contrast
        )
        assert influence[0, at] == pytest.approx(slope / (2 * step), abs=1e-7)


def statistic(paths: ClusterPaths) -> float:
    effect, std_error = overall_effect(paths, Contrast())
    return abs(effect) / std_error


def brute_p(paths: ClusterPaths, null: float) -> float:
    """Return the exact p-value: every order of dates, each estimated anew."""
    treated = np.arange(paths.n.shape[1]) >= paths.cohort[:, None]
    under = replace(paths, mean=paths.mean - null * treated)
    own = statistic(under)
    orders = sorted(set(permutations(paths.cohort.tolist())))
    found = [statistic(replace(under, cohort=np.array(one))) for one in orders]
    return float(np.mean([one >= own * (1 - 1e-9) for one in found]))


@pytest.mark.parametrize("alike", [True, False])
def test_exact_p_value_and_interval_are_those_of_every_order_of_dates(alike: bool) -> None:
    paths = draw([2, 2, 3, 5, 5, 5, 5], 5, seed=3, alike=alike)
    found = rollout_test(paths, Contrast(), seed=(1,), conf_level=0.8)
    assert found.exact
    assert found.n_assignments == 105
    assert found.p_value == pytest.approx(brute_p(paths, 0.0), abs=1e-12)
    assert found.statistic == pytest.approx(
        np.divide(*overall_effect(paths, Contrast())), rel=1e-12
    )
    width = found.conf_high - found.conf_low
    for limit, inward in ((found.conf_low, 1), (found.conf_high, -1)):
        assert brute_p(paths, limit + 1e-6 * inward * width) > 0.2
        assert brute_p(paths, limit - 1e-6 * inward * width) <= 0.2


def test_random_dates_agree_with_all_of_them() -> None:
    paths = draw([2, 2, 3, 4, 5, 5, 5, 5], 5, seed=3)
    every = rollout_test(paths, Contrast(), seed=(1,))
    some = rollout_test(paths, Contrast(), seed=(1,), draws=839)
    assert every.exact
    assert every.n_assignments == 840
    assert not some.exact
    share = every.p_value
    assert some.p_value == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 839) + 2e-3)


@pytest.mark.parametrize("cohort", [[2, 4, 4, 4, 4], [2, 2, 2, 4, 4, 4], [2, 3, 4]], ids=str)
def test_too_few_orders_of_dates_give_no_p_value(cohort: list[int]) -> None:
    with pytest.raises(Refused) as caught:
        rollout_test(draw(cohort, 4), Contrast(), seed=(1,))
    assert caught.value.code == "too_few_assignments"


def test_order_and_unit_do_not_matter() -> None:
    paths = draw(LABELS * 2, 6, seed=5)
    first = rollout_test(paths, Contrast(), seed=(4,), draws=999)
    order = np.random.default_rng(0).permutation(len(paths.cohort))
    turned = ClusterPaths(paths.starts, paths.n[order], paths.mean[order], paths.cohort[order])
    again = rollout_test(turned, Contrast(), seed=(4,), draws=999)
    assert again.p_value == first.p_value
    assert again.conf_low == pytest.approx(first.conf_low, rel=1e-9)
    larger = rollout_test(replace(paths, mean=-50 * paths.mean), Contrast(), seed=(4,), draws=1999)
    smaller = rollout_test(paths, Contrast(), seed=(4,), draws=1999)
    assert larger.p_value == pytest.approx(smaller.p_value, abs=0.05)  # other clusters are drawn
    assert larger.statistic == pytest.approx(-smaller.statistic, rel=1e-9)


def test_a_common_course_and_a_constant_effect_are_taken_out() -> None:
    paths = draw(LABELS * 2, 6, seed=5, alike=True)
    treated = np.arange(6) >= paths.cohort[:, None]
    first = rollout_test(paths, Contrast(), seed=(4,), draws=4999)
    moved = replace(paths, mean=paths.mean + np.arange(6) ** 2 + 0.7 * treated)
    second = rollout_test(moved, Contrast(), seed=(4,), draws=4999)
    width = first.conf_high - first.conf_low
    # The clusters are drawn in another order: Monte Carlo error of the limits.
    assert second.conf_low == pytest.approx(first.conf_low + 0.7, abs=0.05 * width)
    assert second.conf_high == pytest.approx(first.conf_high + 0.7, abs=0.05 * width)


def test_leaving_out_a_cluster_is_estimating_without_it() -> None:
    paths = draw(LABELS, 6)
    found = leave_one_cluster_out(paths, Contrast())
    expected = []
    for at in range(len(LABELS)):
        kept = np.arange(len(LABELS)) != at
        expected.append(
            by_hand(make(paths.mean[kept], paths.n[kept], paths.cohort[kept]), Contrast())
        )
    assert found.without == pytest.approx(np.array(expected), rel=1e-12)
    assert (found.lowest, found.highest) == pytest.approx((min(expected), max(expected)))
    squares = np.sum((np.array(expected) - found.estimate) ** 2)
    assert found.std_error == pytest.approx(np.sqrt(10 / 11 * squares), rel=1e-12)


def test_what_hangs_on_one_cluster_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        leave_one_cluster_out(draw([2, 4, 4, 4], 4), Contrast())
    assert caught.value.code == "hangs_on_one_cluster"


def test_paths_that_do_not_differ_are_refused() -> None:
    paths = draw(LABELS, 6)
    flat = replace(paths, mean=np.tile(np.arange(6.0), (len(LABELS), 1)))
    with pytest.raises(Refused) as caught:
        rollout_test(flat, Contrast(), seed=(1,))
    assert caught.value.code == "no_variation"


@pytest.mark.slow
def test_false_alarms_and_power_with_four_of_twenty_schools() -> None:
    """One cohort and three, AR(1) 0.6, nominal 5 %: 99.9 % band of 300 draws is 5 +- 4.1 %."""
    for starts in ([4] * 4, [2, 2, 4, 6]):
        cohort = np.array([*starts, *[8] * 16])
        alarms, found = 0, 0
        for seed in range(300):
            rng = np.random.default_rng([11, seed])
            noise = rng.standard_normal((20, 8))
            for t in range(1, 8):
                noise[:, t] = 0.6 * noise[:, t - 1] + 0.8 * noise[:, t]
            paths = make(noise, np.ones((20, 8)), cohort)
            raised = replace(paths, mean=noise + 3.0 * (np.arange(8) >= cohort[:, None]))
            alarms += rollout_test(paths, Contrast(), seed=(seed,), draws=199).p_value <= 0.05
            if seed < 60:
                found += rollout_test(raised, Contrast(), seed=(seed,), draws=199).p_value <= 0.05
        assert 3 <= alarms <= 27
        assert found >= 30


def sums(paths: ClusterPaths) -> Paths:
    """Return the sums by cohort that clusters' paths add up to."""
    cohorts = paths.starts.cohorts
    n = np.array([paths.n[paths.cohort == one].sum(axis=0) for one in cohorts])
    total = np.array([(paths.n * paths.mean)[paths.cohort == one].sum(axis=0) for one in cohorts])
    place = np.searchsorted(cohorts, paths.cohort)
    both = np.hstack([paths.n, paths.n * (paths.mean - (total / n)[place])])
    each = [both[paths.cohort == one] for one in cohorts]
    products = np.array([one.T @ one for one in each])
    return Paths(paths.starts, n, total / n, products, balanced=False, incomplete="levels")


@pytest.mark.parametrize("contrast", CONTRASTS, ids=str)
@pytest.mark.parametrize("alike", [True, False])
def test_effect_and_influence_are_those_of_group_time_effects(
    contrast: Contrast, alike: bool
) -> None:
    """Also where clusters hold several units each: they count by their rows."""
    paths = draw(LABELS, 6, alike=alike)
    if not alike:
        paths = make(paths.mean, np.repeat(paths.n[:, :1], 6, axis=1), paths.cohort)
    found = aggregate(group_times_of_sums(sums(paths), contrast), "simple")
    effect = RolloutEffect(paths, contrast)
    (estimate,), (influence,), _, _ = effect.fit(effect.label[None], (paths.mean,))
    assert estimate[0] == pytest.approx(found.overall, rel=1e-10)
    assert np.sqrt(np.sum(influence**2)) == pytest.approx(found.std_error, rel=1e-10)
