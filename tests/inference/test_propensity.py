"""Logistic regression of treatment: against other solvers, and where it has no solution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from evaluate.errors import Refused
from evaluate.inference.comparison import Groups
from evaluate.inference.inverse_probability import part_of
from evaluate.inference.propensity import logistic, propensity


def drawn(n: int, p: int, seed: int = 1) -> Groups:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p)) * 10.0 ** rng.integers(-3, 4, p) + rng.normal(size=p)
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    treated = rng.random(n) < logistic(-0.8 + standard @ np.linspace(-0.6, 0.6, p))
    names = tuple(f"x{j}" for j in range(p))
    return Groups(standard.sum(axis=1) + rng.normal(size=n), treated, x, names)


def with_column(groups: Groups, values: np.typing.NDArray[np.float64], name: str) -> Groups:
    return replace(groups, x=np.column_stack([groups.x, values]), names=(*groups.names, name))


def solution_exists(groups: Groups) -> bool:
    """Whether no direction puts all units weakly on their side and somebody strictly."""
    z = np.column_stack([np.ones(len(groups.y)), groups.x])
    z = np.where(groups.treated[:, None], z, -z)
    found = linprog(-z.sum(axis=0), A_ub=-z, b_ub=np.zeros(len(z)), bounds=(-1, 1))
    return bool(-found.fun < 1e-7)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_likelihood_is_highest(weighted: bool) -> None:
    groups = drawn(400, 5)
    weights = np.random.default_rng(2).uniform(0.5, 3.0, 400)
    groups = replace(groups, weights=weights) if weighted else groups
    found = propensity(groups)
    z = np.column_stack([np.ones(400), groups.x])
    score = (weights if weighted else 1.0) * (groups.treated - found.score)
    assert np.abs(score @ z / np.abs(z).sum(axis=0)).max() < 1e-12
    assert z @ found.coefficients == pytest.approx(found.linear, abs=1e-9)


def test_the_same_as_statsmodels() -> None:
    from statsmodels.api import Logit

    groups = drawn(300, 4, seed=5)
    z = np.column_stack([np.ones(300), groups.x])
    scale = np.abs(z).max(axis=0)
    peer = Logit(groups.treated.astype(float), z / scale).fit(disp=0, method="newton", tol=1e-12)
    assert propensity(groups).coefficients == pytest.approx(peer.params / scale, rel=1e-7)


def test_many_rows_end_where_few_do() -> None:
    groups = drawn(60_000, 3)
    found = propensity(groups)
    order = np.random.default_rng(3).permutation(60_000)
    other = propensity(part_of(groups, order))
    assert found.coefficients == pytest.approx(other.coefficients, rel=1e-9)
    assert abs(found.score.sum() - groups.treated.sum()) < 1e-6


def test_units_of_measurement_do_not_matter() -> None:
    groups = drawn(250, 3)
    factor = np.array([1e6, -2.0, 1e-5])
    other = propensity(replace(groups, x=groups.x * factor + 7.0))
    assert other.score == pytest.approx(propensity(groups).score, abs=1e-10)


def test_columns_that_follow_from_others_are_named() -> None:
    groups = drawn(200, 3)
    more = with_column(groups, 2 * groups.x[:, 0] - groups.x[:, 2] + 1, "sum")
    found = propensity(more)
    assert found.dropped == ("sum",)
    assert found.coefficients[-1] == 0
    assert found.score == pytest.approx(propensity(groups).score, abs=1e-10)


def test_one_covariate_that_tells_the_groups_apart() -> None:
    groups = drawn(200, 2)
    rare = np.zeros(200)
    rare[np.flatnonzero(groups.treated)[:4]] = 1.0
    with pytest.raises(Refused, match="`rare` tells for certain") as refused:
        propensity(with_column(groups, rare, "rare"))
    assert refused.value.code == "separation"
    with pytest.raises(Refused, match="`rare`"):
        propensity(with_column(groups, 5 - rare, "rare"))


def test_covariates_that_tell_the_groups_apart_together() -> None:
    groups = drawn(300, 3, seed=4)
    rng = np.random.default_rng(8)
    a = rng.normal(size=300)
    gap = np.where(groups.treated, 1, -1) * rng.uniform(0.01, 2, 300)
    both = with_column(with_column(groups, a, "a"), gap - a, "b")
    assert not solution_exists(both)
    with pytest.raises(Refused, match="`a`, `b` together") as refused:
        propensity(both)
    assert refused.value.code == "separation"


def test_a_rare_combination_that_only_one_group_has() -> None:
    groups = drawn(300, 1, seed=6)
    rng = np.random.default_rng(9)
    a, b = rng.integers(0, 2, (2, 300)).astype(np.float64)
    treated = groups.treated & ~((a == 1) & (b == 1))
    made = with_column(with_column(replace(groups, treated=treated), a, "a"), b, "b")
    assert solution_exists(made)
    assert propensity(made).score.max() < 1
    with pytest.raises(Refused, match="`a and b`"):
        propensity(with_column(made, a * b, "a and b"))


@pytest.mark.parametrize("seed", range(60))
def test_refused_just_where_no_solution_exists(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (24, 3)).astype(np.float64)
    x[0], x[1] = 0.0, 2.0
    treated = rng.random(24) < logistic(6.0 * (x.sum(axis=1) - 3))
    treated[:6], treated[6:12] = True, False
    groups = Groups(x[:, 0], treated, x, ("a", "b", "c"))
    groups = part_of(groups, np.arange(8 + seed % 16))
    if min(groups.treated.sum(), (~groups.treated).sum()) < 4:
        with pytest.raises(Refused) as refused:
            propensity(groups)
        assert refused.value.code == "more_covariates_than_units"
    elif solution_exists(groups):
        assert np.isfinite(propensity(groups).coefficients).all()
    else:
        with pytest.raises(Refused) as refused:
            propensity(groups)
        assert refused.value.code == "separation"


def test_a_steep_but_certain_curve_is_not_refused() -> None:
    x = np.concatenate([np.linspace(-1, 1, 200), [-0.4, 0.4]])
    treated = np.concatenate([np.linspace(-1, 1, 200) > 0, [True, False]])
    found = propensity(Groups(x, treated, x[:, None], ("x",)))
    assert abs((treated - found.score).sum()) < 1e-9
    assert found.coefficients[1] > 5


def test_more_covariates_than_treated() -> None:
    groups = drawn(200, 6)
    few = groups.treated & (np.cumsum(groups.treated) <= 6)
    with pytest.raises(Refused) as refused:
        propensity(replace(groups, treated=few))
    assert refused.value.code == "more_covariates_than_units"


def test_nothing_varies() -> None:
    groups = drawn(50, 2)
    with pytest.raises(Refused) as refused:
        propensity(replace(groups, x=np.full((50, 2), 0.1)))
    assert refused.value.code == "nothing_to_match"


def test_far_logits_have_scores() -> None:
    found = logistic(np.array([-800.0, 0.0, 800.0]))
    assert found.tolist() == [0.0, 0.5, 1.0]
