"""How alike members are: closed forms, dense likelihoods, and intervals that cover."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.cluster_sums import Clusters, read_clusters
from evaluate.inference.icc import anova_icc, design_effect, icc_interval, typical_size
from evaluate.inference.linear import GroupMoments
from evaluate.inference.random_intercept import random_intercept

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
TRUTH = Path(__file__).parents[1] / "truth"
VALUES = json.loads((TRUTH / "instrument.json").read_text("utf-8"))


def sums(y: Float, cluster: Integer, place: Integer | None = None) -> Clusters:
    """Return the sums of clusters 0, 1, ... from rows."""
    n = np.bincount(cluster).astype(np.float64)
    mean = np.bincount(cluster, y) / n
    squares = np.bincount(cluster, (y - mean[cluster]) ** 2)
    return Clusters(n, mean, squares, np.zeros(len(n), np.int64) if place is None else place)


def moments(x: Float, y: Float, cluster: Integer) -> GroupMoments:
    parts = [(x[cluster == one], y[cluster == one]) for one in np.unique(cluster)]
    return GroupMoments(
        n=np.array([len(b) for _, b in parts]),
        xx=np.array([a.T @ a for a, _ in parts]),
        xy=np.array([a.T @ b for a, b in parts]),
        yy=np.array([b @ b for _, b in parts]),
    )


def drawn(
    rng: np.random.Generator, icc: float, sizes: Integer, arms: int = 1
) -> tuple[Float, Integer]:
    """Return outcomes of variance 1, and their clusters; arms differ by 2."""
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    level = rng.normal(size=len(sizes)) * np.sqrt(icc)
    y = level[cluster] + rng.normal(size=len(cluster)) * np.sqrt(1 - icc)
    return y + 2.0 * (cluster % arms), cluster


def test_equals_r_from_cells() -> None:
    with (TRUTH / "instrument.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    data = {
        "y": np.array([float(row["y"]) for row in rows]),
        "girl": np.array([row["girl"] for row in rows]),
        "school": np.array([row["school"] for row in rows]),
    }
    # Cells finer than the cluster are put together again.
    cells = ArraySample(data, "y").moments(("y",), ("school", "girl"))
    cluster = np.unique(cells.labels["school"], return_inverse=True)[1]
    found = read_clusters(cells, cluster)
    assert anova_icc(found).value == pytest.approx(VALUES["icc"]["value"], rel=1e-9)
    assert typical_size(found) == pytest.approx(VALUES["icc"]["n0"], rel=1e-9)


def test_clusters_of_one_size_have_searles_interval() -> None:
    from scipy.special import fdtri

    y, cluster = drawn(np.random.default_rng(1), 0.2, np.full(12, 8))
    found = sums(y, cluster)
    between = 8 * np.var(found.mean, ddof=1)
    within = found.squares.sum() / (96 - 12)
    low, high = (
        (between / within / fdtri(11, 84, q) - 1) / (between / within / fdtri(11, 84, q) + 7)
        for q in (0.975, 0.025)
    )
    assert icc_interval(found, 0.95) == pytest.approx((low, high), rel=1e-9)
    expected = (between - within) / (between + 7 * within)
    assert anova_icc(found).value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("icc", "arms"), [(0.02, 1), (0.2, 1), (0.2, 2), (0.7, 1)])
def test_the_interval_covers_with_unlike_sizes(icc: float, arms: int) -> None:
    """It is exact: 95 % of 600 draws is 92.0 to 97.8 % with probability 99.9 %."""
    rng = np.random.default_rng(7)
    sizes = np.array([2, 3, 3, 5, 8, 10, 15, 20, 40, 60])
    place = np.arange(10) % arms
    covered = 0
    for _ in range(600):
        low, high = icc_interval(sums(*drawn(rng, icc, sizes, arms), place), 0.95)
        assert 0 <= low <= high < 1
        covered += low <= icc <= high
    assert 0.920 * 600 <= covered <= 0.978 * 600


def test_without_arms_held_apart_their_difference_counts_as_likeness() -> None:
    sizes = np.full(30, 10)
    y, cluster = drawn(np.random.default_rng(4), 0.1, sizes, arms=2)
    place = np.arange(30) % 2
    together, apart = anova_icc(sums(y, cluster)).value, anova_icc(sums(y, cluster, place)).value
    assert together > 0.4
    assert abs(apart - 0.1) < 0.08
    # The same as taking each arm's mean away, but for the degrees of freedom that it costs.
    centred = y - np.array([y[cluster % 2 == arm].mean() for arm in (0, 1)])[cluster % 2]
    assert apart > anova_icc(sums(centred, cluster)).value


def test_clusters_no_more_alike_than_chance_are_at_zero() -> None:
    y = np.tile([-1.0, 0.0, 1.0], 6) + np.repeat([0.0, 0.01], 9)
    found = anova_icc(sums(y, np.repeat(np.arange(6), 3)))
    assert (found.value, found.state, found.between) == (0.0, "at_zero", 0.0)
    assert icc_interval(sums(y, np.repeat(np.arange(6), 3)), 0.95) == (0.0, 0.0)
    model = random_intercept(moments(np.ones((18, 1)), y, np.repeat(np.arange(6), 3)))
    assert (model.icc.value, model.icc.state) == (0.0, "at_zero")


@pytest.mark.parametrize(
    ("sizes", "code"),
    [([5], "one_cluster"), ([1, 1, 1], "no_replicates")],
)
def test_what_cannot_be_divided_is_refused(sizes: list[int], code: str) -> None:
    y, cluster = drawn(np.random.default_rng(1), 0.2, np.array(sizes))
    for act in (
        lambda: anova_icc(sums(y, cluster)),
        lambda: icc_interval(sums(y, cluster), 0.95),
        lambda: random_intercept(moments(np.ones((len(y), 1)), y, cluster)),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.code in {code, "too_few_rows"}


def test_members_that_do_not_differ_are_refused() -> None:
    cluster = np.repeat(np.arange(5), 4)
    with pytest.raises(Refused) as caught:
        anova_icc(sums(cluster * 1.7, cluster))
    assert caught.value.code == "no_variation"
    with pytest.raises(Refused) as caught:
        random_intercept(moments(np.ones((20, 1)), cluster * 1.7, cluster))
    assert caught.value.code == "no_variation"


def test_one_cluster_in_each_arm_is_refused() -> None:
    y, cluster = drawn(np.random.default_rng(1), 0.2, np.array([5, 5]))
    with pytest.raises(Refused) as caught:
        anova_icc(sums(y, cluster, np.array([0, 1])))
    assert caught.value.code == "one_cluster"


def test_a_cluster_in_two_arms_is_refused() -> None:
    data = {"y": np.arange(6.0), "t": np.tile([0.0, 1.0], 3), "c": np.repeat(["a", "b"], 3)}
    cells = ArraySample(data, "y").moments(("y",), ("t", "c"))
    cluster = np.unique(cells.labels["c"], return_inverse=True)[1]
    with pytest.raises(Refused) as caught:
        read_clusters(cells, cluster, cells.labels["t"].astype(np.int64))
    assert caught.value.code == "mixed_clusters"


def dense_deviance(x: Float, y: Float, cluster: Integer, icc: float) -> float:
    """Return minus twice the restricted log likelihood with n x n matrices."""
    same = (cluster[:, None] == cluster[None, :]) * 1.0
    v = (1 - icc) * np.eye(len(y)) + icc * same
    inverse = np.linalg.inv(v)
    xvx = x.T @ inverse @ x
    b = np.linalg.solve(xvx, x.T @ inverse @ y)
    e = y - x @ b
    rest = len(y) - x.shape[1]
    size = float(e @ inverse @ e) / rest
    logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(xvx)[1]
    return float(rest * np.log(size) + logs)


def test_the_random_intercept_is_the_peak_of_the_dense_likelihood() -> None:
    from scipy.optimize import minimize_scalar

    rng = np.random.default_rng(12)
    y, cluster = drawn(rng, 0.25, np.array([2, 3, 4, 6, 9, 14, 20]))
    x = np.column_stack([np.ones(len(y)), rng.normal(size=len(y)), cluster % 2])
    y = y + x @ [100.0, 0.5, -1.0]
    peak = minimize_scalar(
        lambda icc: dense_deviance(x, y, cluster, icc),
        bounds=(1e-4, 0.9),
        method="bounded",
        options={"xatol": 1e-10},
    )
    found = random_intercept(moments(x, y, cluster))
    # A search by values is certain to the root of the rounding.
    assert found.icc.value == pytest.approx(peak.x, abs=1e-6)
    v = found.icc.within * np.eye(len(y)) + found.icc.between * (
        cluster[:, None] == cluster[None, :]
    )
    inverse = np.linalg.inv(v)
    covariance = np.linalg.inv(x.T @ inverse @ x)
    assert found.covariance == pytest.approx(covariance, rel=1e-7)
    assert found.coefficients == pytest.approx(covariance @ x.T @ inverse @ y, rel=1e-7)


def test_with_one_size_reml_is_analysis_of_variance() -> None:
    y, cluster = drawn(np.random.default_rng(2), 0.3, np.full(15, 6))
    found = random_intercept(moments(np.ones((90, 1)), y + 10, cluster))
    anova = anova_icc(sums(y, cluster))
    assert found.icc.value == pytest.approx(anova.value, rel=1e-8)
    assert found.icc.between == pytest.approx(anova.between, rel=1e-7)
    assert found.icc.within == pytest.approx(anova.within, rel=1e-7)


def test_the_design_effect_counts_the_variation_of_sizes() -> None:
    sizes = np.array([10.0, 20.0, 30.0, 60.0])
    variation = sizes.std() / sizes.mean()
    expected = 1 + ((1 + variation**2) * sizes.mean() - 1) * 0.05
    assert design_effect(sizes, 0.05) == pytest.approx(expected, rel=1e-12)
    assert design_effect(np.full(7, 25.0), 0.05) == pytest.approx(1 + 24 * 0.05, rel=1e-12)
