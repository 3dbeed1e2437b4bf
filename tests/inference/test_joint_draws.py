"""Draws that outcomes share: Romano and Wolf's p-values equal refits of the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.inference.inversion import stream
from evaluate.inference.linear import GroupMoments, fit
from evaluate.inference.multiple import adjust, adjust_jointly, replicates, romano_wolf
from evaluate.inference.wild import joint_draws, wild_bootstrap
from evaluate.inference.wild_weights import weight_plan

Float = NDArray[np.float64]
EFFECT = np.array([0.0, 1.0, 0.0])
FAMILY = (20, 26, 7)
LABELS = np.array([f"school {at:02d}" for at in range(30)])


def rows(clusters: int, outcomes: int = 3, seed: int = 5) -> tuple[Float, Float, Any]:
    """Return X, outcomes with a common part, and clusters of unlike size, a third treated."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), rng.integers(3, 9, clusters))
    n = len(cluster)
    treated = (cluster % 3 == 0).astype(float)
    x = np.column_stack([np.ones(n), treated, rng.normal(size=n)])
    common = 0.5 * rng.normal(size=clusters)[cluster] + rng.normal(size=n)
    y = common[:, None] + 0.5 * rng.normal(size=(n, outcomes)) + np.outer(x[:, 2], [1, 2, 3])
    return x, y + np.outer(treated, [1.2, 0.4, 0.0]), cluster


def moments(x: Float, y: Float, cluster: Any) -> GroupMoments:
    parts = [(x[cluster == one], y[cluster == one]) for one in np.unique(cluster)]
    return GroupMoments(
        n=np.array([len(b) for _, b in parts]),
        xx=np.array([a.T @ a for a, _ in parts]),
        xy=np.array([a.T @ b for a, b in parts]),
        yy=np.array([b @ b for _, b in parts]),
    )


def outcome(x: Float, y: Float, cluster: Any, **asked: Any) -> dict[str, Float]:
    """Return what a family needs of one outcome."""
    groups = moments(x, y, cluster)
    draws = joint_draws(groups, fit(groups), EFFECT, seed=FAMILY, **asked)
    observed = wild_bootstrap(groups, fit(groups), EFFECT, seed=(1,), **asked).statistic
    return replicates(observed, draws, "school", LABELS[: len(groups.n)])


def t_of(x: Float, y: Float, cluster: Any) -> float:
    """Return t of the second coefficient with CR1S, from rows."""
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    score = x * (y - x @ beta)[:, None]
    sums = np.array([score[cluster == one].sum(axis=0) for one in np.unique(cluster)])
    g, (n, k) = len(sums), x.shape
    factor = g / (g - 1) * (n - 1) / (n - k)
    return float(beta[1] / np.sqrt(factor * np.sum((sums @ bread[1]) ** 2)))


@pytest.mark.parametrize(("clusters", "draws"), [(4, 9999), (6, 999), (14, 999)])
def test_romano_wolf_equals_refits_of_the_rows(clusters: int, draws: int) -> None:
    """Every possible draw of Webb's weights, draws of them, and draws of signs."""
    x, ys, cluster = rows(clusters)
    plan = weight_plan(clusters, draws)
    weights = np.concatenate(list(plan.blocks(stream(FAMILY, "family"))))
    outside = x[:, [0, 2]]
    null = outside @ np.linalg.lstsq(outside, ys, rcond=None)[0]
    drawn = np.array(
        [
            [t_of(x, null[:, j] + (ys - null)[:, j] * v[cluster], cluster) for j in range(3)]
            for v in weights
        ]
    )
    observed = np.array([t_of(x, y, cluster) for y in ys.T])
    found = adjust_jointly([outcome(x, y, cluster, draws=draws) for y in ys.T])
    assert found is not None
    assert plan.exact is (clusters == 4)
    # By the definition: the largest statistic against the largest of all, and so on.
    order, before = np.argsort(-np.abs(observed)), 0.0
    for step, at in enumerate(order):
        largest = np.abs(drawn[:, order[step:]]).max(axis=1)
        reached = np.sum(largest >= abs(observed[at]) * (1 - 1e-9))
        before = max(before, float((1 + reached) / (1 + len(drawn))))
        assert found[at] == before
    assert 0 < found[0] < 1


@pytest.mark.parametrize(("clusters", "exact"), [(12, True), (24, False)])
def test_the_same_outcome_twice_costs_nothing(clusters: int, exact: bool) -> None:
    x, ys, cluster = rows(clusters)
    y = ys[:, 1]
    groups = moments(x, y, cluster)
    alone = wild_bootstrap(groups, fit(groups), EFFECT, seed=(1,))
    found = adjust_jointly([outcome(x, one, cluster) for one in (y, 7 - 1e5 * y)])
    assert found is not None
    assert alone.exact is exact
    assert 0.002 < alone.p_value < 0.4
    if exact:  # the observed one counts once more
        expected, error = (1 + alone.p_value * alone.n_draws) / (1 + alone.n_draws), 1e-12
    else:  # two streams: four standard errors of the difference
        expected = alone.p_value
        error = 4 * np.sqrt(2 * expected * (1 - expected) / alone.n_draws)
    assert found == pytest.approx([expected, expected], abs=error)
    assert adjust([alone.p_value] * 2, "holm") == pytest.approx([2 * alone.p_value] * 2)


def test_outcomes_of_the_same_clusters_see_the_same_weights() -> None:
    """Correlated outcomes give correlated draws; in the order of what clusters hold they lose it."""
    x, ys, cluster = rows(24)
    joint = np.array([outcome(x, y, cluster)["family"] for y in ys.T])
    apart = []
    for y in ys.T:
        groups = moments(x, y, cluster)
        apart.append(wild_bootstrap(groups, fit(groups), EFFECT, seed=FAMILY).draws)
    assert np.corrcoef(joint)[0, 1:].min() > 0.6
    assert (np.corrcoef(joint) > np.corrcoef(apart) + 0.1)[0, 1:].all()


def test_the_familys_seed_decides_and_nothing_else() -> None:
    x, ys, cluster = rows(24)
    one, again = (outcome(x, ys[:, 0], cluster) for _ in range(2))
    assert all(np.array_equal(one[key], again[key]) for key in one)
    groups = moments(x, ys[:, 0], cluster)
    other = joint_draws(groups, fit(groups), EFFECT, seed=(1, 2))
    assert not np.allclose(other, one["family"])


def test_draws_that_are_not_joint_adjust_nothing() -> None:
    x, ys, cluster = rows(24)
    first = outcome(x, ys[:, 0], cluster)
    draws, observed = first["family"], float(first["family_statistic"][0])
    lost = cluster != 23
    for other in (
        {},
        outcome(x[lost], ys[lost, 1], cluster[lost]),
        outcome(x, ys[:, 1], cluster, draws=1999),
        replicates(observed, draws, "school", LABELS[1:25]),
        replicates(observed, draws, "town", LABELS[:24]),
    ):
        assert adjust_jointly([first, other]) is None
    # Labels stand for each cell of a cluster, in any order.
    same = replicates(observed, draws, "school", np.repeat(LABELS[:24], 2)[::-1])
    assert adjust_jointly([first, same]) is not None


def test_a_draw_without_spread_is_beyond_any_value() -> None:
    draws = np.array([[np.inf, 0.0], [0.0, -np.inf], [0.1, 0.1]])
    assert romano_wolf([5.0, 4.0], draws).tolist() == [0.75, 0.75]
    with pytest.raises(ValueError, match="finite"):
        romano_wolf([5.0], np.array([[np.nan]]))
