"""Randomisation inference for individuals equals refitting every assignment, and SciPy."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from evaluate.errors import Refused
from evaluate.inference.permutation import individual_test, permutation_test
from evaluate.inference.randomisation import randomisation_test
from evaluate.inference.units import row_units

Float = NDArray[Any]
Integer = NDArray[np.int64]
Flags = NDArray[np.bool_]
TIGHT = 1e-9
SEED = (20, 26)


def rows(n: int, treated: int, seed: int = 5) -> tuple[Float, Flags]:
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(n) < treated
    return rng.normal(size=n) * (1 + chosen) + 0.8 * chosen + 7, chosen


def welch(y: Float, treated: Flags, stratum: Integer) -> float:
    """Return effect over HC2 standard error, within strata."""
    effect = variance = 0.0
    for one in np.unique(stratum):
        inside, outside = y[treated & (stratum == one)], y[~treated & (stratum == one)]
        weight = np.mean(stratum == one)
        effect += weight * (inside.mean() - outside.mean())
        variance += weight**2 * (
            inside.var(ddof=1) / len(inside) + outside.var(ddof=1) / len(outside)
        )
    return float(effect / np.sqrt(variance))


def every_assignment(treated: Flags, stratum: Integer) -> list[Flags]:
    blocks = [np.flatnonzero(stratum == one) for one in np.unique(stratum)]
    choices = product(*(combinations(block, int(treated[block].sum())) for block in blocks))
    found = []
    for choice in choices:
        one = np.zeros(len(treated), bool)
        one[[i for part in choice for i in part]] = True
        found.append(one)
    return found


@pytest.mark.parametrize("strata", [1, 2])
def test_every_assignment_equals_a_refit(strata: int) -> None:
    y, treated = rows(10, 4)
    stratum = np.arange(10) * strata // 10
    if strata == 2:
        treated = np.arange(10) % 5 < 2
    found = permutation_test(y, treated, stratum, seed=SEED)

    def p_of(null: float) -> float:
        rest = y - null * treated
        drawn = [abs(welch(rest, one, stratum)) for one in every_assignment(treated, stratum)]
        return float(np.mean(np.array(drawn) >= abs(welch(rest, treated, stratum)) * (1 - TIGHT)))

    drawn = [welch(y, one, stratum) for one in every_assignment(treated, stratum)]
    assert found.exact
    assert found.n_assignments == len(drawn) == len(found.draws)
    assert found.statistic == pytest.approx(welch(y, treated, stratum), rel=TIGHT)
    assert np.sort(found.draws) == pytest.approx(np.sort(drawn), rel=1e-7, abs=1e-9)
    assert found.p_value == p_of(0.0)
    for limit, outwards in ((found.conf_low, -1), (found.conf_high, 1)):
        assert p_of(limit + outwards * 1e-6) <= 0.05 * (1 + TIGHT) < p_of(limit - outwards * 1e-6)


@pytest.mark.parametrize("strata", [1, 3])
def test_sums_and_refits_agree(strata: int) -> None:
    y, treated = rows(12, 6)
    stratum = np.arange(12) % strata
    if strata == 3:
        treated = np.arange(12) % 6 < 3
    fast = permutation_test(y, treated, stratum, seed=SEED)
    slow = randomisation_test(row_units([y], treated, stratum, interacted=True), seed=SEED)
    assert fast.p_value == slow.p_value
    assert fast.statistic == pytest.approx(slow.statistic, rel=TIGHT)
    assert fast.conf_low == pytest.approx(slow.conf_low, rel=1e-8)
    assert fast.conf_high == pytest.approx(slow.conf_high, rel=1e-8)


@pytest.mark.parametrize("treated", [40, 7])
def test_random_assignments_agree_with_scipy(treated: int) -> None:
    y, chosen = rows(80, treated)
    draws = 4999
    found = permutation_test(y, chosen, seed=SEED, draws=draws)

    def size(one: Float, other: Float, axis: int) -> Float:
        return np.asarray(abs(stats.ttest_ind(one, other, equal_var=False, axis=axis).statistic))

    # |t|, not SciPy's own two-sided p-value, which doubles the smaller tail.
    reference = stats.permutation_test(
        (y[chosen], y[~chosen]),
        size,
        alternative="greater",
        n_resamples=draws,
        vectorized=True,
        rng=np.random.default_rng(3),
    )
    assert not found.exact
    assert abs(found.statistic) == pytest.approx(reference.statistic, rel=TIGHT)
    # Two independent samples of the same share.
    error = float(np.sqrt(2 * reference.pvalue * (1 - reference.pvalue) / draws))
    assert found.p_value == pytest.approx(reference.pvalue, abs=4 * error)


def test_order_and_names_mean_nothing() -> None:
    y, treated = rows(300, 120)
    stratum = np.arange(300) * 2 // 300
    turn = np.random.default_rng(2).permutation(300)
    one = permutation_test(y, treated, stratum, seed=SEED, draws=500)
    other = permutation_test(y[turn], treated[turn], 1 - stratum[turn], seed=SEED, draws=500)
    assert other.p_value == one.p_value
    assert other.draws == pytest.approx(one.draws, rel=1e-7, abs=1e-9)
    assert other.conf_low == pytest.approx(one.conf_low, rel=1e-8)


def test_the_outcomes_unit_means_nothing() -> None:
    y, treated = rows(300, 120)
    one = permutation_test(y, treated, seed=SEED, draws=500)
    other = permutation_test(1e-5 * y + 4, treated, seed=SEED, draws=500)
    assert other.p_value == one.p_value
    assert other.conf_high == pytest.approx(1e-5 * one.conf_high, rel=1e-6)


def test_covariates_are_fitted_anew() -> None:
    y, treated = rows(9, 4)
    x = np.random.default_rng(1).normal(size=9)
    found = individual_test([x, y + 3 * x], treated, interacted=False, seed=SEED)
    drawn = []
    for one in every_assignment(treated, np.zeros(9, np.int64)):
        design = np.column_stack([np.ones(9), one, x])
        bread = np.linalg.inv(design.T @ design)
        left = y + 3 * x - design @ (bread @ design.T @ (y + 3 * x))
        weight = design @ bread[1]
        share = weight**2 / np.where(one, np.sum(weight[one] ** 2), np.sum(weight[~one] ** 2))
        effect = bread[1] @ design.T @ (y + 3 * x)
        drawn.append(effect / np.sqrt(np.sum((weight * left) ** 2 / (1 - share))))
    assert np.sort(found.draws) == pytest.approx(np.sort(drawn), rel=1e-7, abs=1e-9)
    assert found.p_value == np.mean(np.abs(drawn) >= abs(found.statistic) * (1 - TIGHT))


def test_without_covariates_sums_are_enough() -> None:
    y, treated = rows(30, 12)
    one = individual_test([y], treated, interacted=True, seed=SEED, draws=200)
    other = permutation_test(y, treated, seed=SEED, draws=200)
    assert np.array_equal(one.draws, other.draws)


def test_what_cannot_be_tested_is_refused() -> None:
    y, treated = rows(30, 12)
    with pytest.raises(Refused) as found:
        permutation_test(y, np.arange(30) < 1, seed=SEED)
    assert found.value.code == "stratum_one_arm"
    with pytest.raises(Refused) as found:
        permutation_test(y, treated, seed=SEED, draws=10**9)
    assert found.value.code == "too_many_rows"
    with pytest.raises(Refused) as found:
        permutation_test(np.where(treated, 3.0, 2.0), treated, seed=SEED)
    assert found.value.code == "no_variation"
    with pytest.raises(Refused) as found:
        permutation_test(y[:6], np.arange(6) < 3, seed=SEED)
    assert found.value.code == "too_few_assignments"
    many = np.zeros(5001)
    with pytest.raises(Refused) as found:
        individual_test([many, many], many > 0, interacted=False, seed=SEED)
    assert found.value.code == "too_many_rows"


def test_the_test_holds_its_size_and_finds_what_is_there() -> None:
    p_values, found = [], 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        y: Float = rng.exponential(1.0, 40)
        treated = rng.permutation(40) < 10
        p_values.append(permutation_test(y, treated, seed=(seed,), draws=199).p_value)
        if seed < 30:
            found += (
                permutation_test(y + 3.0 * treated, treated, seed=SEED, draws=199).p_value <= 0.05
            )
    # Uniform on 1/200, 2/200, ...: binomial 99.9 % bands.
    assert 4 <= np.sum(np.array(p_values) <= 0.05) <= 29
    assert 121 <= np.sum(np.array(p_values) <= 0.5) <= 179
    assert found >= 27
