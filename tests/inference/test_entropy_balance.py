"""Entropy balancing: exact means, the dual's own optimum, and targets out of reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from evaluate.errors import Refused
from evaluate.inference.comparison import Groups
from evaluate.inference.entropy_balance import balancing_weights, entropy_balance
from evaluate.inference.inverse_probability import part_of


def drawn(n: int = 300, p: int = 4, seed: int = 1, apart: float = 0.4) -> Groups:
    rng = np.random.default_rng(seed)
    treated = rng.random(n) < 0.3
    x = rng.normal(size=(n, p)) + apart * treated[:, None]
    y = x @ np.arange(1, p + 1) + 2 * treated + rng.normal(size=n)
    return Groups(y, treated, x, tuple("abcdefgh"[:p]))


def gap(groups: Groups, weights: np.typing.NDArray[np.float64], estimand: str) -> float:
    base = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    to = base * groups.treated if estimand == "ATT" else base
    target = np.average(groups.x, axis=0, weights=to)
    means = [
        np.average(groups.x[on], axis=0, weights=weights[on])
        for on in (groups.treated, ~groups.treated)
    ]
    return float(np.max([np.abs(one - target) / groups.x.std(axis=0) for one in means]))


@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
@pytest.mark.parametrize("weighted", [False, True])
def test_means_are_equal(estimand: str, weighted: bool) -> None:
    groups = drawn()
    base = np.random.default_rng(2).uniform(0.2, 4.0, 300)
    groups = replace(groups, weights=base) if weighted else groups
    found = entropy_balance(groups, estimand)
    assert gap(groups, found.weights, estimand) < 1e-10
    assert (found.weights > 0).all()
    aimed = np.ones(300) if not weighted else base
    total = aimed[groups.treated].sum() if estimand == "ATT" else aimed.sum()
    for on in (groups.treated, ~groups.treated):
        assert found.weights[on].sum() == pytest.approx(total, rel=1e-10)
    on, w = groups.treated, found.weights
    means = [np.average(groups.y[side], weights=w[side]) for side in (on, ~on)]
    assert found.value == pytest.approx(means[0] - means[1], rel=1e-10)


def test_squares_make_variances_equal() -> None:
    groups = drawn()
    found = entropy_balance(groups, squares=("a", "c"))
    on = groups.treated
    for place, equal in ((0, True), (1, False), (2, True)):
        x = groups.x[:, place]
        spreads = [
            np.average(
                (x[side] - np.average(x[side], weights=found.weights[side])) ** 2,
                weights=found.weights[side],
            )
            for side in (on, ~on)
        ]
        assert bool(abs(spreads[0] - spreads[1]) < 1e-9) is equal


def test_no_other_weights_are_nearer() -> None:
    groups = drawn(n=60, p=2)
    on = groups.treated
    target = groups.x[on].mean(axis=0)
    away = groups.x[~on] - target
    base = np.random.default_rng(3).uniform(0.5, 2.0, int((~on).sum()))
    base /= base.sum()
    found = balancing_weights(groups.x[~on], target, base, ("a", "b"))
    peer = minimize(
        lambda w: float(w @ np.log(w / base)),
        base,
        jac=lambda w: np.log(w / base) + 1,
        bounds=[(1e-9, 1)] * len(base),
        constraints=[
            {"type": "eq", "fun": lambda w: w @ away, "jac": lambda _: away.T},
            {"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(len(w))},
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert found == pytest.approx(peer.x, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_refused_just_where_no_weights_exist(seed: int) -> None:
    rng = np.random.default_rng(seed)
    away = rng.normal(size=(14, 3)) + rng.uniform(0, 0.6)
    n = len(away)
    # Largest smallest weight under which the means are 0.
    best = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.column_stack([-np.eye(n), np.ones(n)]),
        b_ub=np.zeros(n),
        A_eq=np.vstack([np.append(row, 0.0) for row in (*away.T, np.ones(n))]),
        b_eq=np.append(np.zeros(3), 1.0),
        bounds=[(0, None)] * n + [(None, None)],
    )
    if best.status == 0 and -best.fun > 1e-7:
        weights = balancing_weights(away, np.zeros(3), np.ones(n), "abc")
        assert np.abs(weights @ away).max() < 1e-10
    else:
        with pytest.raises(Refused) as refused:
            balancing_weights(away, np.zeros(3), np.ones(n), "abc")
        assert refused.value.code == "unbalanceable"


@pytest.mark.parametrize("share", [0.5, 0.9, 0.999])
def test_a_rare_level_is_weighted_up(share: float) -> None:
    z = np.zeros((500, 2))
    z[:2, 0] = 1.0
    z[:, 1] = np.random.default_rng(1).standard_t(2, 500)
    weights = balancing_weights(z / z.std(axis=0), [share, 0.1] / z.std(axis=0), z[:, 0] + 1, "ab")
    assert weights[:2].sum() == pytest.approx(share, rel=1e-9)
    assert weights @ z[:, 1] == pytest.approx(0.1, abs=1e-8)


@pytest.mark.parametrize("seed", range(20))
def test_skewed_targets_within_reach(seed: int) -> None:
    rng = np.random.default_rng(seed)
    z = rng.lognormal(0, 1.2, (80, 4))
    z[:, 3] = rng.random(80) < 0.1
    z[:3, 3] = 1
    inside = rng.dirichlet(np.full(80, 0.05)) * 0.999 + 0.001 / 80
    scale = z.std(axis=0)
    weights = balancing_weights(z / scale, inside @ z / scale, np.ones(80), "abcd")
    assert np.abs((weights - inside) @ z / scale).max() < 1e-10
    assert (weights > 0).all()


def test_a_mean_beyond_the_comparison_group_is_named() -> None:
    groups = drawn()
    x = groups.x.copy()
    x[groups.treated, 1] += 20
    with pytest.raises(Refused, match="means of `b` equal") as refused:
        entropy_balance(replace(groups, x=x))
    assert refused.value.code == "unbalanceable"


def test_covariates_out_of_reach_together_are_named() -> None:
    groups = drawn(n=400, p=3)
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 400))
    far = np.where(groups.treated, 1.5 * np.sign(rng.normal(size=400) + 9), 0.0)
    # Each alone lies within what the comparison group has, their sum does not.
    b = np.where(groups.treated, b, np.minimum(b, 1.0 - a))
    x = np.column_stack([groups.x, a + far, b + far])
    with pytest.raises(Refused, match="means of `u`, `v` equal"):
        entropy_balance(replace(groups, x=x, names=(*groups.names, "u", "v")))
    for without in (3, 4):
        part = replace(
            groups, x=np.delete(x, without, axis=1), names=(*groups.names, "uv"[4 - without])
        )
        assert np.isfinite(entropy_balance(part).value)


def test_a_level_that_the_treated_lack_is_on_the_edge() -> None:
    groups = drawn()
    rare = ((np.arange(300) % 7 == 0) & ~groups.treated).astype(np.float64)
    with pytest.raises(Refused, match="`rare`"):
        entropy_balance(
            replace(groups, x=np.column_stack([groups.x, rare]), names=(*groups.names, "rare"))
        )


@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_order_units_and_duplicates(estimand: str) -> None:
    groups = drawn()
    one = entropy_balance(groups, estimand)
    order = np.random.default_rng(4).permutation(300)
    other = entropy_balance(part_of(groups, order), estimand)
    assert other.value == pytest.approx(one.value, rel=1e-9)
    assert other.variance == pytest.approx(one.variance, rel=1e-9)
    assert other.weights == pytest.approx(one.weights[order], rel=1e-7)
    scaled = replace(groups, x=groups.x * [1e5, -3, 1, 1e-4] + 50, y=groups.y * 1000 - 7)
    again = entropy_balance(scaled, estimand)
    assert again.value == pytest.approx(1000 * one.value, rel=1e-8)
    assert again.variance == pytest.approx(1e6 * one.variance, rel=1e-6)
    twice = entropy_balance(part_of(groups, np.repeat(np.arange(300), 2)), estimand)
    assert twice.value == pytest.approx(one.value, rel=1e-9)
    weighted = entropy_balance(replace(groups, weights=np.full(300, 2.5)), estimand)
    assert weighted.value == pytest.approx(one.value, rel=1e-9)
    assert weighted.variance == pytest.approx(one.variance, rel=1e-9)


def test_a_linear_outcome_is_recovered_exactly() -> None:
    groups = drawn()
    y = groups.x @ [3, 1, -2, 5] + 4 * groups.treated
    noise = np.random.default_rng(6).normal(size=300)
    for estimand in ("ATT", "ATE"):
        noisy = entropy_balance(replace(groups, y=y + 1e-3 * noise), estimand)
        assert noisy.value == pytest.approx(4, abs=1e-3)


def test_many_rows_end_where_few_do() -> None:
    rng = np.random.default_rng(7)
    away = rng.normal(size=(60_000, 3)) - 0.3
    weights = balancing_weights(away, np.zeros(3), np.ones(60_000), "abc")
    assert np.abs(weights @ away).max() < 1e-10
    # A normal covariate's tilt is a shift.
    tilt = np.log(weights)
    slopes = np.linalg.lstsq(np.column_stack([np.ones(60_000), away]), tilt, rcond=None)[0][1:]
    assert slopes == pytest.approx([0.3] * 3, abs=0.03)


def test_fewer_units_than_means() -> None:
    groups = drawn(n=80, apart=0.0)
    few = groups.treated & (np.cumsum(groups.treated) <= 5)
    found = entropy_balance(replace(groups, treated=few))
    assert np.isfinite(found.value)
    with pytest.raises(Refused) as refused:
        entropy_balance(replace(groups, treated=few), "ATE")
    assert refused.value.code == "more_covariates_than_units"
    with pytest.raises(Refused) as refused:
        entropy_balance(groups, "ATO")
    assert refused.value.code == "not_its_estimand"
