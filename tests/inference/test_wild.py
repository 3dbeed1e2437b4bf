"""The wild cluster bootstrap from moments equals refitting every draw to the rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import isinf
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.linear import GroupMoments, fit
from evaluate.inference.wild import Bootstrap, wild_bootstrap
from evaluate.inference.wild_weights import weight_plan

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
TIGHT = 1e-9  # two routes through matrices of condition 1e3
EFFECT = np.array([0.0, 1.0, 0.0])
SEED = (20, 26)
WEBB = [sign * np.sqrt(size) for sign in (1, -1) for size in (0.5, 1.0, 1.5)]
SIGNS = [1.0, -1.0]


def by_group(x: Float, y: Float, group: Integer) -> GroupMoments:
    """Return the moments of each group, from rows."""
    parts = [(x[group == one], y[group == one]) for one in np.unique(group)]
    return GroupMoments(
        n=np.array([len(b) for _, b in parts]),
        xx=np.array([a.T @ a for a, _ in parts]),
        xy=np.array([a.T @ b for a, b in parts]),
        yy=np.array([b @ b for _, b in parts]),
    )


def trial(clusters: int, effect: float = 0.4, seed: int = 5) -> tuple[Float, Float, Integer]:
    """Return X, y and clusters of unlike size, a third of them treated."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), rng.integers(2, 9, clusters))
    treated = (cluster % 3 == 0).astype(float)
    x = np.column_stack([np.ones(len(cluster)), treated, rng.normal(size=len(cluster))])
    level = 0.5 * rng.normal(size=clusters)[cluster]
    return x, effect * treated + level + x[:, 2] + rng.normal(size=len(cluster)), cluster


def bootstrap(x: Float, y: Float, cluster: Integer, **asked: Any) -> Bootstrap:
    groups = by_group(x, y, cluster)
    return wild_bootstrap(groups, fit(groups), EFFECT, seed=SEED, **asked)


def t_of(x: Float, y: Float, cluster: Integer, null: float) -> float:
    """Return t with CR1 of the second coefficient, from rows."""
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    score = x * (y - x @ beta)[:, None]
    sums = np.array([score[cluster == one].sum(axis=0) for one in np.unique(cluster)])
    g = len(sums)
    return float((beta[1] - null) / np.sqrt(g / (g - 1) * np.sum((sums @ bread[1]) ** 2)))


def refitted(
    x: Float, y: Float, cluster: Integer, group: Integer, values: list[float], null: float = 0.0
) -> Float:
    """Return t of every draw, by fitting (1, covariate) under the null and then refitting."""
    outside = x[:, [0, 2]]
    rest = y - null * x[:, 1]
    fitted = outside @ np.linalg.lstsq(outside, rest, rcond=None)[0] + null * x[:, 1]
    left = y - fitted
    number = int(group.max()) + 1
    return np.array(
        [
            t_of(x, fitted + left * np.array(v)[group], cluster, null)
            for v in product(values, repeat=number)
        ]
    )


@pytest.mark.parametrize("null", [0.0, 0.7])
@pytest.mark.parametrize(
    ("clusters", "weights", "values"), [(7, "rademacher", SIGNS), (4, "webb", WEBB)]
)
def test_every_draw_equals_a_refit(
    clusters: int, weights: Any, values: list[float], null: float
) -> None:
    x, y, cluster = trial(clusters)
    found = bootstrap(x, y, cluster, weights=weights, std_error="CR1", null=null)
    expected = refitted(x, y, cluster, cluster, values, null)
    observed = t_of(x, y, cluster, null)
    assert found.exact
    assert found.n_draws == len(values) ** clusters
    assert found.statistic == pytest.approx(observed, rel=TIGHT)
    assert np.sort(found.draws) == pytest.approx(np.sort(expected), rel=1e-7, abs=1e-9)
    assert found.p_value == np.mean(np.abs(expected) >= abs(observed) * (1 - TIGHT))


def test_every_draw_of_a_subcluster_bootstrap_equals_a_refit() -> None:
    x, y, cluster = trial(4)
    half = 2 * cluster + (np.arange(len(y)) % 2)
    clusters, halves = by_group(x, y, cluster), by_group(x, y, half)
    turn = np.random.default_rng(1).permutation(8)
    shuffled = GroupMoments(halves.n[turn], halves.xx[turn], halves.xy[turn], halves.yy[turn])
    found = wild_bootstrap(
        clusters,
        fit(clusters),
        EFFECT,
        seed=SEED,
        std_error="CR1",
        weights="rademacher",
        subclusters=shuffled,
        cluster_of=turn // 2,
    )
    expected = refitted(x, y, cluster, half, SIGNS)
    assert found.n_draws == 2**8
    assert np.sort(found.draws) == pytest.approx(np.sort(expected), rel=1e-7, abs=1e-9)
    assert found.p_value == np.mean(np.abs(expected) >= abs(found.statistic) * (1 - TIGHT))


@pytest.mark.parametrize(
    ("number", "draws", "expected"),
    [
        (4, 9999, ("webb", 6**4, True)),
        (5, 9999, ("webb", 6**5, True)),
        (6, 9999, ("webb", 9999, False)),
        (9, 9999, ("webb", 9999, False)),
        (10, 9999, ("rademacher", 2**10, True)),
        (13, 9999, ("rademacher", 2**13, True)),
        (14, 9999, ("rademacher", 9999, False)),
        (10, 1023, ("rademacher", 2**10, True)),
        (10, 1022, ("rademacher", 1022, False)),
    ],
)
def test_few_patterns_are_all_taken(
    number: int, draws: int, expected: tuple[str, int, bool]
) -> None:
    plan = weight_plan(number, draws)
    assert (plan.name, plan.draws, plan.exact) == expected
    blocks = np.concatenate(list(plan.blocks(np.random.default_rng(2))))
    assert blocks.shape == (plan.draws, number)
    if plan.exact:
        assert len(np.unique(blocks, axis=0)) == plan.draws


@pytest.mark.parametrize("name", ["rademacher", "webb"])
def test_weights_have_mean_zero_and_variance_one(name: Any) -> None:
    plan = replace(weight_plan(40, 9999, name), exact=False)
    drawn = np.concatenate(list(plan.blocks(np.random.default_rng(3))))
    # Four standard errors of 400 000 draws; fourth moments are at most 7/6.
    assert abs(drawn.mean()) < 4 / np.sqrt(drawn.size)
    assert abs((drawn**2).mean() - 1) < 4 * np.sqrt(1 / 6) / np.sqrt(drawn.size) + 1e-12
    values = np.unique(drawn.round(12))
    assert values == pytest.approx(sorted(SIGNS if name == "rademacher" else WEBB))
    # Independent between clusters: so are correlations, 1/100 each.
    between = np.corrcoef(drawn.T)[np.triu_indices(40, 1)]
    assert np.abs(between).max() < 0.05


@pytest.mark.parametrize("clusters", [9, 11])
def test_sampled_draws_agree_with_all_of_them(clusters: int) -> None:
    x, y, cluster = trial(clusters)
    weights: Any = "rademacher"
    every = bootstrap(x, y, cluster, weights=weights)
    some = bootstrap(x, y, cluster, weights=weights, draws=2 ** (clusters - 1))
    assert every.exact
    assert not some.exact
    error = np.sqrt(every.p_value * (1 - every.p_value) / some.n_draws)
    assert some.p_value == pytest.approx(every.p_value, abs=4 * error)
    width = every.conf_high - every.conf_low
    assert (some.conf_low, some.conf_high) == pytest.approx(
        (every.conf_low, every.conf_high), abs=0.2 * width
    )


@pytest.mark.parametrize(("clusters", "conf_level"), [(10, 0.95), (12, 0.9), (25, 0.95)])
def test_the_interval_ends_where_the_test_rejects(clusters: int, conf_level: float) -> None:
    x, y, cluster = trial(clusters)
    found = bootstrap(x, y, cluster, conf_level=conf_level)
    step = 1e-6 * (found.conf_high - found.conf_low)
    alpha = 1 - conf_level
    for limit, outwards in ((found.conf_low, -1), (found.conf_high, 1)):
        inside = bootstrap(x, y, cluster, null=limit - outwards * step)
        outside = bootstrap(x, y, cluster, null=limit + outwards * step)
        assert outside.p_value <= alpha < inside.p_value
        # At the limit p steps over alpha, by the one or two pairs of draws that tie there.
        assert inside.p_value - outside.p_value <= 4 / found.n_draws


def test_names_and_order_of_clusters_mean_nothing() -> None:
    x, y, cluster = trial(25)
    turn = np.random.default_rng(8).permutation(len(y))
    names = np.random.default_rng(9).permutation(25)
    one, other = bootstrap(x, y, cluster), bootstrap(x[turn], y[turn], names[cluster][turn])
    assert not one.exact
    assert other.p_value == one.p_value
    assert other.draws == pytest.approx(one.draws, rel=1e-8)
    assert other.conf_low == pytest.approx(one.conf_low, rel=1e-8)


@pytest.mark.parametrize("clusters", [10, 25])
def test_the_outcomes_unit_means_nothing(clusters: int) -> None:
    x, y, cluster = trial(clusters)
    one, other = bootstrap(x, y, cluster), bootstrap(x, 1e6 * y, cluster)
    assert other.p_value == one.p_value
    assert other.conf_low == pytest.approx(1e6 * one.conf_low, rel=1e-8)
    assert other.conf_high == pytest.approx(1e6 * one.conf_high, rel=1e-8)


def test_the_factor_of_the_standard_error_changes_t_alone() -> None:
    x, y, cluster = trial(10)
    kinds: tuple[Any, ...] = ("CR0", "CR1", "CR1S")
    found = [bootstrap(x, y, cluster, std_error=kind) for kind in kinds]
    assert len({one.p_value for one in found}) == 1
    assert len({round(one.statistic, 9) for one in found}) == 3
    for one in found:
        assert one.conf_low == pytest.approx(found[0].conf_low, rel=1e-8)


def test_the_seed_decides() -> None:
    x, y, cluster = trial(25)
    groups = by_group(x, y, cluster)
    one, again, other = (
        wild_bootstrap(groups, fit(groups), EFFECT, seed=seed) for seed in ((1, 2), (1, 2), (1, 3))
    )
    assert np.array_equal(one.draws, again.draws)
    assert not np.array_equal(one.draws, other.draws)


def test_one_treated_cluster_of_few_excludes_nothing() -> None:
    x, y, cluster = trial(4)
    x[:, 1] = cluster == 0
    x[:, 2] = np.arange(len(y)) % 2
    with pytest.raises(Refused) as refused:
        bootstrap(x, y, cluster)
    assert refused.value.code == "leverage_one"
    x[:, 1] = cluster < 2
    # All four patterns of equal signs within the arms tie with the data at any null: 4/16.
    found = bootstrap(x, y, cluster, weights="rademacher")
    assert isinf(found.conf_low)
    assert isinf(found.conf_high)


def test_the_test_holds_its_size_and_finds_what_is_there() -> None:
    p_values, found = [], 0
    for seed in range(300):
        x, y, cluster = trial(10, effect=0.0, seed=1000 + seed)
        p_values.append(bootstrap(x, y, cluster).p_value)
        if seed < 30:
            found += bootstrap(x, y + 4 * x[:, 1], cluster).p_value <= 0.05
    # Binomial 99.9 % bands of 300 draws, one point wider: the bootstrap is approximate.
    assert 0.01 <= np.mean(np.array(p_values) <= 0.05) <= 0.11
    assert 0.39 <= np.mean(np.array(p_values) <= 0.5) <= 0.61
    assert found >= 25
