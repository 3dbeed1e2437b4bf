"""Cells of like units: hand-made cells, refits without a cluster, bins and classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.coarsened import coarsened_cells, exact_cells, subclasses
from evaluate.inference.comparison import Groups
from evaluate.inference.estimated_mean import Estimands
from evaluate.inference.inverse_probability import part_of
from evaluate.inference.propensity import propensity
from evaluate.inference.strata_effect import strata_effect

ALL: tuple[Estimands, ...] = ("ATT", "ATE", "ATO")


def drawn(n: int = 400, seed: int = 1, clusters: int | None = None) -> Groups:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (n, 2)).astype(np.float64)
    treated = rng.random(n) < 0.15 + 0.15 * x[:, 0]
    y = x @ [2, 1] + treated * (1 + x[:, 0]) + rng.normal(size=n)
    code = None if clusters is None else rng.integers(0, clusters, n)
    return Groups(y, treated, x, ("a", "b"), code)


def cells() -> tuple[Groups, np.typing.NDArray[np.int64]]:
    y = np.array([5.0, 7, 1, 3, 10, 4, 6, 8, 100, 50])
    treated = np.array([1, 1, 0, 0, 1, 0, 0, 0, 1, 0]) == 1
    stratum = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 3])
    return Groups(y, treated, stratum[:, None] * 1.0, ("cell",)), stratum


def test_by_hand() -> None:
    groups, stratum = cells()
    effects = {"ATT": (2 * 4 + 1 * 4) / 3, "ATE": 4.0, "ATO": 4.0}
    assert {one: strata_effect(groups, stratum, one, "").value for one in ALL} == pytest.approx(
        effects
    )
    found = strata_effect(groups, stratum, "ATT", "")
    assert found.weights.tolist() == pytest.approx([1, 1, 1, 1, 1, 1 / 3, 1 / 3, 1 / 3, 0, 0])
    assert found.stratum is not None
    assert found.stratum.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, -1, -1]
    # Neyman's: shares 2/3 and 1/3; the single treated one has the variance of the other two.
    inside = (4 / 9) * (2 / 2 + 2 / 2) + (1 / 9) * (2 / 1 + 4 / 3)
    assert found.variance == pytest.approx(inside, rel=1e-12)
    assert strata_effect(groups, stratum, "ATE", "").weights[:8] == pytest.approx(
        [2, 2, 2, 2, 4, 4 / 3, 4 / 3, 4 / 3]
    )


def test_one_of_each_in_every_cell() -> None:
    rng = np.random.default_rng(2)
    y = rng.normal(size=40)
    stratum = np.repeat(np.arange(20), 2)
    groups = Groups(y, np.arange(40) % 2 == 0, stratum[:, None] * 1.0, ("pair",))
    gaps = y[::2] - y[1::2]
    found = strata_effect(groups, stratum, "ATT", "")
    assert found.value == pytest.approx(gaps.mean())
    assert found.variance == pytest.approx(gaps.var(ddof=1) / 20, rel=1e-9)


@pytest.mark.parametrize("estimand", ALL)
def test_without_a_cluster_the_same_as_refitted(estimand: Estimands) -> None:
    groups = drawn(clusters=20)
    found = exact_cells(groups, estimand)
    moves = np.array(
        [
            exact_cells(part_of(groups, groups.cluster != one), estimand).value - found.value
            for one in range(20)
        ]
    )
    assert found.variance == pytest.approx(float(moves @ moves) * 19 / 20, rel=1e-9)
    assert found.influence is not None
    sums = np.bincount(np.asarray(groups.cluster), found.influence) / 400
    assert found.variance == pytest.approx(float(sums @ sums), rel=0.25)


@pytest.mark.parametrize("estimand", ALL)
def test_influence_is_a_derivative(estimand: Estimands) -> None:
    groups = replace(drawn(), weights=np.random.default_rng(3).uniform(0.5, 2, 400))
    found = exact_cells(groups, estimand)
    assert found.influence is not None
    assert abs(found.influence.sum()) < 1e-8
    for unit in (0, 7, 123, 399):
        more = np.asarray(groups.weights).copy()
        more[unit] *= 1 + 1e-6
        moved = exact_cells(replace(groups, weights=more), estimand).value - found.value
        assert moved / 1e-6 * 400 == pytest.approx(found.influence[unit], rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("estimand", ALL)
@pytest.mark.parametrize("clusters", [None, 20])
def test_order_labels_and_units(estimand: Estimands, clusters: int | None) -> None:
    groups = drawn(clusters=clusters)
    order = np.random.default_rng(4).permutation(400)
    other = part_of(groups, order)
    other = replace(other, y=other.y * 10 + 4, x=other.x * 7 - 1)
    if clusters:
        other = replace(other, cluster=3 + 5 * np.asarray(other.cluster))
    for method in (exact_cells, coarsened_cells, subclasses):
        one, found = method(groups, estimand), method(other, estimand)
        assert found.value == pytest.approx(10 * one.value, rel=1e-9)
        assert found.variance == pytest.approx(100 * one.variance, rel=1e-9)
        assert found.weights == pytest.approx(one.weights[order], rel=1e-9)


def test_copies_count_as_weights_do() -> None:
    groups = drawn()
    times = np.random.default_rng(8).integers(1, 4, 400)
    copies = part_of(groups, np.repeat(np.arange(400), times))
    weighted = replace(groups, weights=times.astype(np.float64))
    for estimand in ALL:
        one, other = (exact_cells(each, estimand).value for each in (copies, weighted))
        assert one == pytest.approx(other, rel=1e-12)


def test_cells_are_made_within_exact_ones() -> None:
    groups = drawn()
    inner = replace(
        groups, x=groups.x[:, :1], names=("a",), exact=groups.x[:, 1].astype(np.int64) + 5
    )
    assert exact_cells(inner).value == pytest.approx(exact_cells(groups).value, rel=1e-12)
    rough = coarsened_cells(groups, bins={"a": (0.5, 1.5), "b": 3})
    assert rough.value == pytest.approx(exact_cells(groups).value)


def test_bins() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(200, 1))
    groups = Groups(x[:, 0] + rng.normal(size=200), rng.random(200) < 0.5, x, ("a",))

    def codes(bins: object) -> np.typing.NDArray[np.int64]:
        found = coarsened_cells(groups, bins={"a": bins}).stratum
        assert found is not None
        return found

    assert sorted(np.bincount(codes("q4"))) == [50, 50, 50, 50]
    edges = np.linspace(x.min(), x.max(), 4)[1:-1]
    assert (codes(3) == codes(tuple(edges))).all()
    assert (codes((0.0,)) == (x[:, 0] >= 0)).all()
    default = coarsened_cells(groups).stratum
    nine = np.linspace(x.min(), x.max(), 10)[1:-1]
    own = np.searchsorted(nine, x[:, 0], side="right")
    kept = np.asarray(default) >= 0
    assert len(np.unique(np.asarray(default)[kept])) == len(np.unique(own[kept]))
    with pytest.raises(Refused) as refused:
        coarsened_cells(groups, bins={"a": "quartiles"})
    assert refused.value.code == "unknown_bins"


def test_classes_hold_equal_numbers_of_the_treated() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(500, 2))
    treated = rng.random(500) < 1 / (1 + np.exp(1 - x[:, 0]))
    groups = Groups(x[:, 0] + treated + rng.normal(size=500), treated, x, ("a", "b"))
    found = subclasses(groups, number=4)
    held = np.bincount(np.asarray(found.stratum)[treated])
    assert held.max() - held.min() <= 1
    assert found.score == pytest.approx(propensity(groups).score)
    everyone = np.bincount(np.asarray(subclasses(groups, "ATE", number=5).stratum))
    assert everyone.max() - everyone.min() <= 1
    whole = subclasses(groups, "ATT", number=1)
    assert whole.value == pytest.approx(groups.y[treated].mean() - groups.y[~treated].mean())


def test_nobody_alike() -> None:
    groups = drawn()
    apart = replace(groups, x=np.column_stack([groups.x[:, 0], groups.treated * 1.0]))
    with pytest.raises(Refused) as refused:
        exact_cells(apart)
    assert refused.value.code == "no_overlap"


def test_one_cluster_of_the_treated() -> None:
    groups = drawn()
    with pytest.raises(Refused) as refused:
        exact_cells(replace(groups, cluster=np.where(groups.treated, 0, 1 + np.arange(400) % 9)))
    assert refused.value.code == "one_cluster"
