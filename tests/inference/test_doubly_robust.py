"""Augmented weighting: its formula, its folds, and what neither order nor units change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.comparison import Groups
from evaluate.inference.doubly_robust import doubly_robust
from evaluate.inference.estimated_mean import Estimands
from evaluate.inference.folds import folds, row_keys
from evaluate.inference.inverse_probability import inverse_probability, part_of
from evaluate.inference.propensity import logistic, propensity
from evaluate.inference.regression_adjustment import regression_adjustment


def drawn(n: int = 300, seed: int = 1, clusters: int | None = None) -> Groups:
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(n, 3)), 1)
    treated = rng.random(n) < logistic(-0.6 + x @ [0.6, -0.4, 0.2])
    y = np.round(x @ [1, 1, 0.5] + treated * (1 + 0.5 * x[:, 0]) + rng.normal(size=n), 1)
    code = None if clusters is None else rng.integers(0, clusters, n)
    return Groups(y, treated, x, ("a", "b", "c"), code)


def augmented(groups: Groups, estimand: Estimands) -> float:
    """The formula, from scores and regressions fitted to all."""
    t, y, z = groups.treated, groups.y, np.column_stack([np.ones(len(groups.y)), groups.x])
    e = propensity(groups).score
    one, zero = (z @ np.linalg.lstsq(z[on], y[on], rcond=None)[0] for on in (t, ~t))
    if estimand == "ATE":
        return float((one - zero + t * (y - one) / e - ~t * (y - zero) / (1 - e)).mean())
    return float((t * (y - zero) - ~t * e / (1 - e) * (y - zero)).sum() / t.sum())


@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_the_formula(estimand: Estimands) -> None:
    groups = drawn()
    found = doubly_robust(groups, estimand, folds=1, clip=0)
    assert found.value == pytest.approx(augmented(groups, estimand), rel=1e-8)
    assert found.influence is not None
    assert abs(found.influence.sum()) < 1e-8
    assert found.variance == pytest.approx(
        float(found.influence @ found.influence) / 300 / 299, rel=1e-9
    )


def test_each_fold_is_foretold_from_the_others() -> None:
    groups = drawn()
    t = groups.treated
    keys = row_keys(groups)
    found = doubly_robust(groups, "ATE", splits=1, folds=3, clip=0)
    fold = folds(groups, keys, 3, (0,))
    if len(np.unique(keys)) < 300:  # equal rows may change places between folds
        pytest.fail("the draws hold equal rows")
    terms = np.zeros(300)
    z = np.column_stack([np.ones(300), groups.x])
    for one in range(3):
        rest, part = part_of(groups, fold != one), fold == one
        e = logistic(z[part] @ propensity(rest).coefficients)
        zr = z[fold != one]
        m1, m0 = (
            z[part] @ np.linalg.lstsq(zr[on], rest.y[on], rcond=None)[0]
            for on in (rest.treated, ~rest.treated)
        )
        y, on = groups.y[part], t[part]
        terms[part] = m1 - m0 + on * (y - m1) / e - ~on * (y - m0) / (1 - e)
    assert found.value == pytest.approx(terms.mean(), rel=1e-8)
    assert found.variance == pytest.approx(terms.var(ddof=1) / 300, rel=1e-8)


@pytest.mark.parametrize("clusters", [None, 30])
@pytest.mark.parametrize("nuisance", ["linear", pytest.param("boosting", marks=pytest.mark.slow)])
def test_order_labels_and_units(nuisance: str, clusters: int | None) -> None:
    groups = drawn(n=120 if nuisance == "boosting" else 300, clusters=clusters)
    groups = part_of(groups, np.append(np.arange(len(groups.y)), [3, 3, 9]))  # ties
    order = np.random.default_rng(4).permutation(len(groups.y))
    other = part_of(groups, order)
    other = replace(other, y=other.y * 8 + 4, x=other.x * 2 - 1)
    if clusters:
        names = np.random.default_rng(5).permutation(clusters) + 7
        other = replace(other, cluster=names[np.asarray(other.cluster)])
    how = {"nuisance": nuisance, "folds": 2, "splits": 1 if nuisance == "boosting" else 3}
    one, found = doubly_robust(groups, **how), doubly_robust(other, **how)
    assert found.value == pytest.approx(8 * one.value, rel=1e-6)
    assert found.variance == pytest.approx(64 * one.variance, rel=1e-6)


def test_a_forest_finds_what_lines_miss() -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(-2, 2, (600, 1))
    treated = rng.random(600) < np.where(np.abs(x[:, 0]) > 1, 0.7, 0.25)
    y = 5 * (np.abs(x[:, 0]) > 1) + treated * 1.0 + rng.normal(size=600)
    groups = Groups(y, treated, x, ("a",))
    lines = doubly_robust(groups, "ATE", splits=1)
    trees = doubly_robust(groups, "ATE", nuisance="forest", splits=1, folds=2)
    assert abs(lines.value - 1) > 1
    assert abs(trees.value - 1) < 0.35
    assert trees.score is not None
    assert trees.score.min() >= 0.01


def test_right_where_either_model_is() -> None:
    rng = np.random.default_rng(9)
    x = rng.normal(size=(20_000, 1))
    wrong_outcome = x[:, 0] ** 2 + x[:, 0]
    treated = rng.random(20_000) < logistic(0.8 * x[:, 0])
    y = wrong_outcome + 2 * treated + rng.normal(size=20_000)
    one = doubly_robust(Groups(y, treated, x, ("x",)), "ATT", splits=1)
    assert one.value == pytest.approx(2, abs=0.15)
    assert abs(regression_adjustment(Groups(y, treated, x, ("x",))).value - 2) > 0.3
    curved = rng.random(20_000) < logistic(x[:, 0] ** 2 - 1)
    y = 3 * x[:, 0] + 2 * curved + rng.normal(size=20_000)
    two = doubly_robust(Groups(y, curved, x, ("x",)), "ATE", splits=1)
    assert two.value == pytest.approx(2, abs=0.1)


def test_clusters_are_not_divided() -> None:
    groups = drawn(clusters=30)
    code = np.asarray(groups.cluster)
    fold = folds(groups, row_keys(groups), 5, (0,))
    assert all(len(np.unique(fold[code == one])) == 1 for one in range(30))
    assert np.bincount([fold[code == one][0] for one in range(30)]).tolist() == [6] * 5
    alone = folds(drawn(), row_keys(drawn()), 5, (0,))
    treated = np.bincount(alone[drawn().treated])
    assert treated.max() - treated.min() <= 1
    other = folds(drawn(), row_keys(drawn()), 5, (1,))
    assert 0.7 < (alone != other).mean() < 0.9


def test_what_is_refused() -> None:
    groups = drawn()
    with pytest.raises(Refused) as refused:
        doubly_robust(groups, nuisance="forest", folds=1)
    assert refused.value.code == "folds_needed"
    with pytest.raises(Refused) as refused:
        doubly_robust(groups, "ATO")
    assert refused.value.code == "not_its_estimand"
    rare = np.zeros(300)
    rare[np.flatnonzero(groups.treated)[0]] = rare[np.flatnonzero(~groups.treated)[0]] = 1
    wide = replace(groups, x=np.column_stack([groups.x, rare]), names=(*groups.names, "rare"))
    assert np.isfinite(doubly_robust(wide, folds=1).value)
    two = replace(groups, treated=groups.treated & (np.cumsum(groups.treated) <= 2))
    with pytest.raises(Refused) as refused:
        doubly_robust(two, folds=2)
    assert refused.value.code == "too_few_units"
    one = replace(groups, cluster=np.where(groups.treated, 0, np.arange(300)))
    with pytest.raises(Refused) as refused:
        doubly_robust(one)
    assert refused.value.code == "one_cluster"


def test_scores_are_held_off_the_ends() -> None:
    groups = drawn(n=600)
    steep = replace(groups, x=groups.x * 1.0)
    held = doubly_robust(steep, folds=1, clip=0.3)
    assert held.score is not None
    assert held.score.min() == 0.3
    assert held.score.max() == 0.7
    free = inverse_probability(steep).score
    assert free is not None
    assert free.min() < 0.3
