"""Abadie and Imbens's variance and bias correction, written out unit by unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from matched_units import drawn, logit

from evaluate.inference.comparison import Groups
from evaluate.inference.linear import Float
from evaluate.inference.nearest import Nearest, nearest
from evaluate.inference.propensity import propensity


def by_the_paper(
    groups: Groups, at: Float, k: int, estimand: str, *, corrected: bool
) -> tuple[float, float]:
    """Return value and variance as in Abadie & Imbens (2006), section 4, and (2011), with ties."""
    n, on, y, x = len(groups.y), groups.treated, groups.y, groups.x
    shares = np.zeros((n, n))
    targets = range(n) if estimand == "ATE" else np.flatnonzero(on).tolist()
    for i in targets:
        others = np.flatnonzero(on != on[i])
        away = np.abs(at[others] - at[i])
        near = others[away <= np.sort(away)[k - 1] + 1e-9]
        shares[i, near] = 1 / len(near)
    times = shares.sum(axis=0)
    effects = np.zeros(n)
    for i in targets:
        effects[i] = (y[i] - shares[i] @ y) * (1 if on[i] else -1)
    if corrected:
        for side in (True, False):
            used = np.flatnonzero((on == side) & (times > 0))
            z = np.column_stack([np.ones(len(used)), x[used]]) * np.sqrt(times[used])[:, None]
            b = np.linalg.lstsq(z, y[used] * np.sqrt(times[used]), rcond=None)[0][1:]
            for i in targets:
                if on[i] != side:
                    effects[i] -= ((x[i] - shares[i] @ x) @ b) * (1 if on[i] else -1)
    value = sum(effects[i] for i in targets) / len(targets)
    variance = sum((effects[i] - value) ** 2 for i in targets)
    for j in range(n):
        alike = np.flatnonzero((on == on[j]) & (np.arange(n) != j))
        away = np.abs(at[alike] - at[j])
        near = alike[away <= np.sort(away)[1] + 1e-9]
        sigma = len(near) / (len(near) + 1) * (y[j] - y[near].mean()) ** 2
        own = 1.0 if j in targets else 0.0
        variance += ((own + times[j]) ** 2 - own - (shares[:, j] ** 2).sum()) * sigma
    return value, variance / len(targets) ** 2


@pytest.mark.parametrize("discrete", [False, True])
@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
@pytest.mark.parametrize("corrected", [False, True])
def test_with_replacement(
    *, discrete: bool, k: int, estimand: Literal["ATT", "ATE"], corrected: bool
) -> None:
    groups = drawn(220, seed=21, discrete=discrete)
    score = propensity(groups).score
    value, variance = by_the_paper(groups, logit(score), k, estimand, corrected=corrected)
    asked = Nearest(ratio=k, outcome="bias_corrected" if corrected else "difference")
    ours = nearest(groups, score, asked, estimand)
    assert ours.value == pytest.approx(value, rel=1e-9)
    assert ours.variance == pytest.approx(variance, rel=1e-9)


@pytest.mark.parametrize("k", [1, 2])
def test_without_replacement_it_is_the_variance_over_matched_sets(k: int) -> None:
    groups = drawn(300, seed=22)
    ours = nearest(groups, propensity(groups).score, Nearest(replace=False, ratio=k))
    assert ours.pairs is not None
    mine, theirs = ours.pairs
    effects = np.array([groups.y[i] - groups.y[theirs[mine == i]].mean() for i in np.unique(mine)])
    assert ours.variance == pytest.approx(effects.var() / len(effects))


def test_pairs_who_share_their_place_cost_variance() -> None:
    """With all of one score the effect is a difference of two means, and so is its variance."""
    rng = np.random.default_rng(23)
    y, treated = rng.normal(size=400), np.arange(400) < 150
    score = np.where(np.arange(400) % 2 == 0, 0.4, 0.6)
    groups = Groups(y, treated, score[:, None], ("s",))
    sides = [(on, level) for level in (0.4, 0.6) for on in (True, False)]
    parts = [y[(treated == on) & (score == level)] for on, level in sides]
    means = [one.mean() for one in parts]
    value = (means[0] - means[1] + means[2] - means[3]) / 2
    spread = sum(one.var(ddof=1) / len(one) for one in parts) / 4
    for asked in (Nearest(), Nearest(replace=False)):
        ours = nearest(groups, score, replace(asked, distance="score"))
        assert ours.value == pytest.approx(value)
        assert ours.variance == pytest.approx(spread, rel=0.02)


@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_influence_and_the_variance_over_clusters(estimand: Literal["ATT", "ATE"]) -> None:
    groups = drawn(900, seed=24, clusters=30)
    assert groups.cluster is not None
    asked = Nearest(outcome="bias_corrected", distance="mahalanobis")
    ours = nearest(groups, None, asked, estimand)
    assert ours.influence is not None
    assert ours.influence.sum() == pytest.approx(0, abs=1e-9)
    sums, fewer = np.bincount(groups.cluster, ours.influence), ours.df + 1
    assert ours.variance == pytest.approx(sums @ sums / 900**2 * fewer / (fewer - 1))
    alone = nearest(replace(groups, cluster=np.arange(900)), None, asked, estimand)
    plain = nearest(replace(groups, cluster=None), None, asked, estimand)
    assert alone.variance == pytest.approx(plain.variance, rel=0.25)


def test_correlated_clusters_cost_variance() -> None:
    groups = drawn(600, seed=25, clusters=30)
    assert groups.cluster is not None
    rng = np.random.default_rng(26)
    common, treated = rng.normal(0, 2, 30)[groups.cluster], (np.arange(30) % 3 == 0)[groups.cluster]
    shared = replace(groups, y=groups.y + common, treated=treated)
    score = propensity(shared).score
    within = nearest(shared, score, Nearest(outcome="bias_corrected"))
    apart = nearest(replace(shared, cluster=None), score, Nearest(outcome="bias_corrected"))
    assert within.value == apart.value
    assert within.variance > 2 * apart.variance


def test_a_regression_among_the_matched_over_sets_and_clusters() -> None:
    groups = drawn(300, seed=28, clusters=20)
    score = propensity(groups).score
    asked = Nearest(replace=False, outcome="regression")
    both = nearest(groups, score, asked)
    alone = nearest(replace(groups, cluster=None), score, asked)
    assert both.value == alone.value
    assert both.variance >= alone.variance
    assert alone.stratum is not None
    used = alone.stratum >= 0
    z = np.column_stack([np.ones(used.sum()), groups.treated[used], groups.x[used]])
    y = groups.y[used]
    b = np.linalg.lstsq(z, y, rcond=None)[0]
    assert alone.value == pytest.approx(b[1])
    n_sets = len(np.unique(alone.stratum[used]))
    sums = np.zeros((n_sets, 5))
    np.add.at(sums, alone.stratum[used], z * (y - z @ b)[:, None])
    bread = np.linalg.inv(z.T @ z)
    n = len(y)
    expected = (bread @ sums.T @ sums @ bread)[1, 1] * n_sets / (n_sets - 1) * (n - 1) / (n - 5)
    assert alone.variance == pytest.approx(expected)
