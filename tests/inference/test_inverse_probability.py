"""Inverse probability weights and their variance: stacked equations, refits, and trimming."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.comparison import Groups
from evaluate.inference.entropy_balance import entropy_balance
from evaluate.inference.estimated_mean import Estimands
from evaluate.inference.inverse_probability import (
    Trim,
    inverse_probability,
    overlap_weights,
    part_of,
    stabilised,
)
from evaluate.inference.propensity import logistic, propensity
from evaluate.inference.regression_adjustment import regression_adjustment

ALL: tuple[Estimands, ...] = ("ATT", "ATE", "ATO")
Array = np.typing.NDArray[np.float64]


def drawn(n: int = 300, seed: int = 1, clusters: int | None = None) -> Groups:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    code = None if clusters is None else rng.integers(0, clusters, n)
    of_cluster = 0.0 if code is None else rng.normal(size=clusters)[code]
    treated = rng.random(n) < logistic(-0.6 + x @ [0.6, -0.4, 0.2])
    y = x @ [1, 1, 0.5] + of_cluster + treated * (1 + 0.5 * x[:, 0]) + rng.normal(size=n)
    return Groups(y, treated, x, ("a", "b", "c"), code)


def stacked(groups: Groups, estimand: Estimands) -> tuple[float, Array]:
    """Value and influence by numerical derivatives of the stacked equations."""
    t, y = groups.treated.astype(np.float64), groups.y
    z = np.column_stack([np.ones(len(y)), groups.x])
    base = np.ones(len(y)) if groups.weights is None else groups.weights

    def equations(c: Array) -> Array:
        e = 1 / (1 + np.exp(-z @ c[:4]))
        one, zero = {
            "ATT": (np.ones(len(y)), e / (1 - e)),
            "ATE": (1 / e, 1 / (1 - e)),
            "ATO": (1 - e, e),
        }[estimand]
        means = [t * one * (y - c[4]), (1 - t) * zero * (y - c[5])]
        return base[:, None] * np.column_stack([(t - e)[:, None] * z, *means])

    start = np.append(propensity(groups).coefficients, [0.0, 0.0])
    rows = equations(start)
    shifted = equations(start + np.array([0, 0, 0, 0, 1, 1]))
    slope = (shifted - rows).sum(axis=0)[4:]
    start[4:] = -rows.sum(axis=0)[4:] / slope
    step = 1e-5
    jacobian = np.column_stack(
        [
            (equations(start + step * unit) - equations(start - step * unit)).sum(axis=0)
            for unit in np.eye(6)
        ]
    ) / (2 * step * len(y))
    influence = -np.linalg.solve(jacobian, equations(start).T).T
    return float(start[4] - start[5]), influence[:, 4] - influence[:, 5]


def left_out(groups: Groups, estimand: Estimands) -> float:
    """The jackknife's variance with whole refits."""
    assert groups.cluster is not None
    whole = inverse_probability(groups, estimand).value
    codes = np.unique(groups.cluster)
    moves = np.array(
        [
            inverse_probability(part_of(groups, groups.cluster != one), estimand).value - whole
            for one in codes
        ]
    )
    return float(moves @ moves) * (len(codes) - 1) / len(codes)


@pytest.mark.parametrize("estimand", ALL)
@pytest.mark.parametrize("weighted", [False, True])
def test_influence_is_that_of_the_stacked_equations(estimand: Estimands, weighted: bool) -> None:
    groups = drawn()
    weights = np.random.default_rng(2).uniform(0.5, 2.0, 300)
    groups = replace(groups, weights=weights) if weighted else groups
    found = inverse_probability(groups, estimand)
    value, influence = stacked(groups, estimand)
    assert found.value == pytest.approx(value, rel=1e-8)
    assert found.influence == pytest.approx(influence, abs=1e-6)
    assert found.influence is not None
    assert abs(found.influence.sum()) < 1e-8


@pytest.mark.parametrize("estimand", ALL)
def test_one_step_is_near_the_whole_refit(estimand: Estimands) -> None:
    groups = drawn(clusters=25)
    found = inverse_probability(groups, estimand)
    assert found.variance == pytest.approx(left_out(groups, estimand), rel=0.1)
    single = replace(groups, cluster=np.random.default_rng(5).permutation(300))
    alone = inverse_probability(replace(groups, cluster=None), estimand)
    assert inverse_probability(single, estimand).variance == pytest.approx(alone.variance, rel=1e-9)
    if estimand == "ATE":
        assert alone.variance == pytest.approx(left_out(single, estimand), rel=0.03)


def test_large_clusters_and_small_ones_are_summed_alike() -> None:
    groups = drawn(n=3000, clusters=25)
    more = replace(groups, cluster=np.asarray(groups.cluster) * 0 + np.arange(3000) // 3)
    for one, far in ((groups, 0.25), (more, 0.02)):
        found = inverse_probability(one, "ATE")
        assert found.influence is not None
        sums = np.bincount(np.asarray(one.cluster), found.influence) / 3000
        assert found.variance == pytest.approx(sums @ sums, rel=far)
        assert found.variance > float(sums @ sums)


@pytest.mark.parametrize("estimand", ALL)
def test_order_labels_and_units_of_measurement(estimand: Estimands) -> None:
    groups = drawn(clusters=25)
    one = inverse_probability(groups, estimand)
    order = np.random.default_rng(4).permutation(300)
    names = np.random.default_rng(5).permutation(25) + 3
    other = part_of(groups, order)
    other = replace(
        other, cluster=names[np.asarray(other.cluster)], y=other.y * 10 - 3, x=other.x * 100 + 5
    )
    found = inverse_probability(other, estimand)
    assert found.value == pytest.approx(10 * one.value, rel=1e-8)
    assert found.variance == pytest.approx(100 * one.variance, rel=1e-8)
    assert found.df == pytest.approx(one.df, rel=1e-8)
    assert found.weights == pytest.approx(one.weights[order], rel=1e-8)


def test_swapped_groups_change_the_sign() -> None:
    groups = drawn()
    for estimand in ("ATE", "ATO"):
        one = inverse_probability(groups, estimand)
        other = inverse_probability(replace(groups, treated=~groups.treated), estimand)
        assert other.value == pytest.approx(-one.value, rel=1e-8)
        assert other.variance == pytest.approx(one.variance, rel=1e-8)


def test_weights_are_on_the_scale_that_is_promised() -> None:
    groups = drawn()
    on = groups.treated
    att, ate = (inverse_probability(groups, one).weights for one in ("ATT", "ATE"))
    assert (att[on] == 1).all()
    assert att[~on].sum() == pytest.approx(on.sum(), rel=1e-9)
    assert ate[on].sum() == pytest.approx(300, rel=1e-9)
    assert ate[~on].sum() == pytest.approx(300, rel=1e-9)
    ato = overlap_weights(groups)
    assert ato.score is not None
    assert ato.weights == pytest.approx(np.where(on, 1 - ato.score, ato.score), rel=1e-12)
    means = [np.average(groups.x[side], axis=0, weights=ato.weights[side]) for side in (on, ~on)]
    assert means[0] == pytest.approx(means[1], abs=1e-9)
    assert stabilised(groups, propensity(groups)).mean() == pytest.approx(1, abs=0.1)


def test_copies_count_as_weights_do() -> None:
    groups = drawn()
    times = np.random.default_rng(8).integers(1, 4, 300)
    copies = part_of(groups, np.repeat(np.arange(300), times))
    weighted = replace(groups, weights=times.astype(np.float64))
    for estimand in ALL:
        one, other = (inverse_probability(each, estimand) for each in (copies, weighted))
        assert one.value == pytest.approx(other.value, rel=1e-9)
    as_cluster = replace(copies, cluster=np.repeat(np.arange(300), times))
    assert inverse_probability(as_cluster).variance == pytest.approx(
        inverse_probability(weighted).variance, rel=1e-9
    )


def test_trimmed_units_have_no_weight() -> None:
    groups = drawn()
    score = propensity(groups).score
    found = inverse_probability(groups, "ATE", trim=Trim(low=0.2, high=0.6))
    kept = (score >= 0.2) & (score <= 0.6)
    assert ((found.weights > 0) == kept).all()
    inner = inverse_probability(part_of(groups, kept), "ATE")
    assert found.value == inner.value
    assert found.variance == inner.variance
    assert found.influence is not None
    assert (found.influence @ found.influence) / 300**2 == pytest.approx(
        np.square(inner.influence).sum() / kept.sum() ** 2, rel=1e-12
    )
    share = inverse_probability(groups, "ATE", trim=Trim(share=0.1))
    assert (share.weights == 0).sum() == pytest.approx(60, abs=2)
    treated = inverse_probability(groups, "ATT", trim=Trim(share=0.1))
    assert (treated.weights[groups.treated] == 0).mean() == pytest.approx(0.1, abs=0.01)
    low = score < np.quantile(score, 0.2)
    assert (treated.weights[low] > 0).all()
    with pytest.raises(Refused) as refused:
        inverse_probability(groups, trim=Trim(low=0.999))
    assert refused.value.code == "trimmed_away"


def test_horvitz_thompson_is_not_normalised() -> None:
    groups = drawn()
    e, t = propensity(groups).score, groups.treated
    found = inverse_probability(groups, "ATE", form="horvitz_thompson")
    assert found.value == pytest.approx(
        (t * groups.y / e - ~t * groups.y / (1 - e)).mean(), rel=1e-12
    )
    moved = inverse_probability(replace(groups, y=groups.y + 1e3), "ATE")
    assert moved.value == pytest.approx(inverse_probability(groups, "ATE").value, abs=1e-8)


def test_clusters_that_cannot_tell() -> None:
    groups = drawn(clusters=25)
    one = replace(groups, cluster=np.where(groups.treated, 0, np.arange(300)))
    for method in (inverse_probability, entropy_balance, regression_adjustment):
        with pytest.raises(Refused) as refused:
            method(one)
        assert refused.value.code == "one_cluster"


def test_an_outcome_that_does_not_vary() -> None:
    groups = drawn()
    with pytest.raises(Refused) as refused:
        inverse_probability(replace(groups, y=np.full(300, 3.7)))
    assert refused.value.code == "no_variation"


@pytest.mark.parametrize("interacted", [None, ("a",), ()])
@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_leaving_out_is_exact_for_regression(
    estimand: Estimands, interacted: tuple[str, ...] | None
) -> None:
    groups = drawn(clusters=25)
    found = regression_adjustment(groups, estimand, interacted=interacted)
    moves = np.array(
        [
            regression_adjustment(
                part_of(groups, groups.cluster != one), estimand, interacted=interacted
            ).value
            - found.value
            for one in range(25)
        ]
    )
    assert found.variance == pytest.approx(float(moves @ moves) * 24 / 25, rel=1e-9)
    on, w = groups.treated, found.weights
    means = [w[side] @ groups.y[side] / w[side].sum() for side in (on, ~on)]
    assert found.value == pytest.approx(means[0] - means[1], rel=1e-9)


def test_regression_is_that_of_statsmodels() -> None:
    from statsmodels.api import OLS

    groups = drawn()
    z = np.column_stack([np.ones(300), groups.x])
    on = groups.treated
    fits = [OLS(groups.y[side], z[side]).fit().params for side in (on, ~on)]
    gap = z @ (fits[0] - fits[1])
    assert regression_adjustment(groups, "ATE").value == pytest.approx(gap.mean(), rel=1e-9)
    assert regression_adjustment(groups, "ATT").value == pytest.approx(gap[on].mean(), rel=1e-9)
    common = OLS(groups.y, np.column_stack([z, on])).fit().params[-1]
    assert regression_adjustment(groups, "ATE", interacted=()).value == pytest.approx(
        common, rel=1e-9
    )


def test_a_slope_that_a_group_does_not_tell() -> None:
    groups = drawn()
    only = np.where(groups.treated, 0.0, np.random.default_rng(3).normal(size=300))
    wide = replace(groups, x=np.column_stack([groups.x, only]), names=(*groups.names, "only"))
    with pytest.raises(Refused) as refused:
        regression_adjustment(wide, "ATE")
    assert refused.value.code == "collinear"
    assert np.isfinite(regression_adjustment(wide, "ATT").value)
