"""Partial R-squared: the algebra holds when the hidden factor is measured after all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.levels import Indicator
from evaluate.data.moments import Moments
from evaluate.errors import Refused
from evaluate.inference.comparison import Groups
from evaluate.inference.exposure import Benchmark, Exposure
from evaluate.inference.linear_exposure import exposure_of, exposure_of_moments
from evaluate.inference.partial_r2 import (
    Effect,
    adjusted,
    benchmark_strength,
    extreme_limit,
    partial_r2,
    robustness_limit,
    robustness_value,
)
from evaluate.inference.t import t_quantile

Float = NDArray[np.float64]
SAME = 1e-9  # the same sums in another order


def drawn(n: int = 200, seed: int = 3) -> tuple[Groups, Float]:
    """Rows, and a factor that is hidden from them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)) + np.array([5.0, -2.0, 0.0])
    u = rng.normal(size=n) + 0.3 * x[:, 0]
    treated = 0.6 * x[:, 1] + u + rng.normal(size=n) > 0.4
    y = 2.0 + treated + x @ [0.5, 0.2, 0.0] + 0.7 * u + rng.normal(size=n)
    return Groups(y, treated, x, ("a", "b", "c")), u


def effect_of(found: Exposure) -> Effect:
    return Effect(found.value, found.std_error, found.df, found.scale, found.df)


def left_of(y: Float, given: Float) -> Float:
    """Residuals of least squares on given columns and a constant."""
    whole = np.column_stack([np.ones(len(y)), given])
    return np.asarray(y - whole @ np.linalg.lstsq(whole, y, rcond=None)[0])


def share(y: Float, one: Float, given: Float) -> float:
    """Partial R-squared, from residuals."""
    a, b = left_of(y, given), left_of(one, given)
    return float((a @ b) ** 2 / ((a @ a) * (b @ b)))


def test_the_regression_is_least_squares() -> None:
    groups, _ = drawn()
    found = exposure_of(groups)
    d = groups.treated.astype(float)
    e, f = left_of(groups.y, groups.x), left_of(d, groups.x)
    assert found.value == pytest.approx(e @ f / (f @ f), rel=SAME)
    residual = left_of(groups.y, np.column_stack([d, groups.x]))
    sigma2 = residual @ residual / (len(d) - 5)
    assert found.std_error == pytest.approx(np.sqrt(sigma2 / (f @ f)), rel=SAME)
    total = np.sum((groups.y - groups.y.mean()) ** 2)
    assert found.r2 == pytest.approx(1 - residual @ residual / total, rel=SAME)
    assert found.raw == pytest.approx(
        groups.y[groups.treated].mean() - groups.y[~groups.treated].mean(), rel=SAME
    )
    means = groups.y[~groups.treated].mean(), groups.y[groups.treated].mean()
    assert found.means == pytest.approx(means, rel=SAME)
    for place, one in enumerate(found.benchmarks):
        others = np.delete(groups.x, place, axis=1)
        own = groups.x[:, place]
        assert one.r2_treatment == pytest.approx(share(d, own, others), rel=1e-7)
        beside = np.column_stack([d, others])
        assert one.r2_outcome == pytest.approx(share(groups.y, own, beside), rel=1e-7)


def test_a_factor_of_known_strength_moves_the_effect_by_what_is_said() -> None:
    groups, u = drawn()
    d = groups.treated.astype(float)
    strength = share(d, u, groups.x), share(groups.y, u, np.column_stack([d, groups.x]))
    said = adjusted(effect_of(exposure_of(groups)), *strength)
    held = exposure_of(replace(groups, x=np.column_stack([groups.x, u]), names=(*"abcu",)))
    assert said.value == pytest.approx(held.value, rel=1e-8)
    assert said.std_error == pytest.approx(held.std_error, rel=1e-8)
    half = t_quantile(0.975, held.df) * held.std_error
    assert (said.low, said.high) == pytest.approx((held.value - half, held.value + half), rel=1e-8)


@pytest.mark.parametrize("q", [0.5, 1.0])
def test_the_robustness_value_takes_just_that_share_away(q: float) -> None:
    effect = effect_of(exposure_of(drawn()[0]))
    both = robustness_value(effect, q)
    assert adjusted(effect, both, both).value == pytest.approx((1 - q) * effect.value, abs=1e-10)
    limit = robustness_limit(effect, q)
    assert 0 < limit < both
    assert adjusted(effect, limit, limit).low == pytest.approx((1 - q) * effect.value, abs=1e-10)


def test_the_extreme_scenario_explains_all_of_the_outcome() -> None:
    effect = effect_of(exposure_of(drawn()[0]))
    assert adjusted(effect, partial_r2(effect), 1.0).value == pytest.approx(0.0, abs=1e-12)
    assert 0 < extreme_limit(effect) < partial_r2(effect)


@pytest.mark.parametrize("size", [0.5, 2.0, 8.0, 40.0])
def test_no_weaker_pair_of_strengths_brings_the_interval_to_zero(size: float) -> None:
    """Brute force over both strengths, for small effects and for those above 1 / critical."""
    effect = Effect(size, 1 / np.sqrt(10), 10.0, 1.0, 10.0)
    limit = robustness_limit(effect)
    steps = np.linspace(0.0, 1.0, 401)

    def reached(most: float) -> bool:
        return any(adjusted(effect, most * d, most * y).low <= 0 for d in (1.0,) for y in steps)

    if limit == 0:
        assert size - t_quantile(0.975, 9) * np.sqrt(1 / 9) <= 0
    else:
        assert not reached(limit * (1 - 1e-3))
        assert reached(min(limit * (1 + 1e-3), 1 - 1e-9))


def test_clusters_tie_the_limit_to_their_own_error() -> None:
    effect = effect_of(exposure_of(drawn()[0]))
    wide = replace(effect, std_error=1.5 * effect.std_error, df=14.0, clustered=True)
    assert robustness_value(wide) == robustness_value(effect)
    limit = robustness_limit(wide)
    assert limit < robustness_limit(replace(wide, clustered=False)) < robustness_limit(effect)
    assert adjusted(wide, limit, limit).low == pytest.approx(0.0, abs=1e-9)
    assert adjusted(wide, 0.1, 0.4).std_error > adjusted(wide, 0.0, 0.4).std_error
    assert adjusted(wide, 0.1, 0.4).std_error == adjusted(wide, 0.1, 0.0).std_error


def test_a_bound_holds_a_factor_just_as_strong_as_the_covariate() -> None:
    """A copy of a covariate that is unrelated to it has at most the strengths that are said."""
    benchmark = Benchmark("a", 0.09, 0.2)
    d, y = benchmark_strength(benchmark)
    assert d == pytest.approx(0.09 / 0.91)
    assert y > 0.2 / 0.8
    twice = benchmark_strength(benchmark, 2.0)
    assert twice[0] == pytest.approx(2 * d)
    assert benchmark_strength(benchmark, 1.0, 2.0)[1] > y
    assert benchmark_strength(Benchmark("a", 0.1, 0.9))[1] == 1.0


@pytest.mark.parametrize("strong", [0.5, 0.8, 1.0])
def test_a_covariate_that_says_half_of_who_took_part_bounds_nothing(strong: float) -> None:
    with pytest.raises(Refused) as refused:
        benchmark_strength(Benchmark("a", strong, 0.1))
    assert refused.value.code == "impossible_strength"


def test_order_units_and_signs_do_not_matter() -> None:
    groups, _ = drawn()
    effect = effect_of(exposure_of(groups))
    order = np.random.default_rng(0).permutation(len(groups.y))
    shuffled = Groups(groups.y[order], groups.treated[order], groups.x[order], groups.names)
    rescaled = replace(groups, y=-1e6 * groups.y + 7, x=groups.x * [1e-4, 1e5, -3.0] + 11)
    for other in (shuffled, rescaled):
        now = effect_of(exposure_of(other))
        assert robustness_value(now) == pytest.approx(robustness_value(effect), rel=SAME)
        assert robustness_limit(now) == pytest.approx(robustness_limit(effect), rel=SAME)
        pairs = zip(exposure_of(other).benchmarks, exposure_of(groups).benchmarks, strict=True)
        for one, before in pairs:
            assert one.r2_treatment == pytest.approx(before.r2_treatment, rel=1e-7)
            assert one.r2_outcome == pytest.approx(before.r2_outcome, rel=1e-7)


def test_a_weight_of_two_is_the_row_twice() -> None:
    groups, _ = drawn()
    weights = np.random.default_rng(5).integers(0, 3, size=len(groups.y)).astype(float)
    one = exposure_of(groups, weights)
    twice = np.repeat(np.arange(len(weights)), weights.astype(int))
    other = exposure_of(
        Groups(groups.y[twice], groups.treated[twice], groups.x[twice], groups.names)
    )
    assert one.n == (weights > 0).sum()
    assert (one.value, one.scale, one.r2) == pytest.approx(
        (other.value, other.scale, other.r2), rel=SAME
    )


def test_moments_give_what_rows_give() -> None:
    groups, _ = drawn()
    z = np.column_stack([groups.x[:, 0], groups.y, groups.treated, groups.x[:, 1:]])
    centre = z.mean(axis=0) + 0.1
    cross = []
    for part in (z[:70], z[70:]):
        whole = np.column_stack([np.ones(len(part)), part - centre])
        cross.append(whole.T @ whole)
    moments = Moments(("a", "y", "d", "b", "c"), centre, {}, np.array([70, 130]), np.array(cross))
    one, other = exposure_of_moments(moments, "d", "y"), exposure_of(groups)
    assert (one.n, one.rank, one.binary) == (other.n, other.rank, False)
    for name in ("value", "raw", "r2", "r2_raw", "scale", "within"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=SAME)
    assert [each.name for each in one.benchmarks] == ["a", "b", "c"]


def test_a_share_is_known_from_moments() -> None:
    groups, _ = drawn()
    y = (groups.y > groups.y.mean()).astype(float)
    whole = np.column_stack([np.ones(len(y)), groups.treated, groups.x, y])
    moments = Moments(
        ("d", "a", "b", "c", "y"), np.zeros(5), {}, np.array([len(y)]), (whole.T @ whole)[None]
    )
    assert exposure_of_moments(moments, "d", "y").binary


def test_levels_of_a_text_are_one_benchmark() -> None:
    groups, _ = drawn()
    names = (*(Indicator(f"t={one}", "t", one) for one in "ab"), "c")
    found = exposure_of(replace(groups, names=names)).benchmarks
    assert [(one.name, one.n_columns) for one in found] == [("t", 2), ("c", 1)]


def test_what_follows_from_other_columns_is_left_out() -> None:
    groups, _ = drawn()
    extra = np.column_stack([groups.x, groups.x.sum(axis=1), np.full(len(groups.y), 3.0)])
    found = exposure_of(replace(groups, x=extra, names=(*"abc", "sum", "constant")))
    assert found.rank == 5
    assert found.value == pytest.approx(exposure_of(groups).value, rel=SAME)
    assert [one.name for one in found.benchmarks] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("constant outcome", "no_variation"),
        ("all treated", "no_variation"),
        ("told by covariates", "no_variation"),
        ("outcome told", "no_variation"),
        ("few rows", "too_few_rows"),
    ],
)
def test_what_cannot_be_told_is_refused(what: str, code: str) -> None:
    groups, _ = drawn()
    n = len(groups.y)
    d = groups.treated.astype(float)
    bad = {
        "constant outcome": replace(groups, y=np.full(n, 3.7)),
        "all treated": replace(groups, treated=np.ones(n, dtype=bool)),
        "told by covariates": replace(groups, x=d[:, None], names=("a",)),
        "outcome told": replace(groups, y=2 * d + groups.x[:, 0]),
        "few rows": Groups(
            groups.y[:4], np.array([True, False, True, False]), groups.x[:4], groups.names
        ),
    }[what]
    with pytest.raises(Refused) as refused:
        exposure_of(bad)
    assert refused.value.code == code


@pytest.mark.parametrize("strength", [(1.0, 0.5), (-0.1, 0.5), (0.5, 1.1)])
def test_impossible_strengths_are_refused(strength: tuple[float, float]) -> None:
    with pytest.raises(Refused) as refused:
        adjusted(effect_of(exposure_of(drawn()[0])), *strength)
    assert refused.value.code == "impossible_strength"


def test_too_few_degrees_of_freedom_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        robustness_limit(Effect(1.0, 1.0, 1.0, 1.0, 1.0))
    assert refused.value.code == "no_degrees_of_freedom"


def test_no_effect_needs_nothing_and_a_huge_one_nearly_all() -> None:
    none = Effect(0.0, 0.1, 50.0, 1.0, 50.0)
    assert robustness_value(none) == robustness_limit(none) == partial_r2(none) == 0.0
    assert robustness_value(replace(none, value=1e9)) == pytest.approx(1.0)
