"""Acceptability curves: worked values, ties, invariances, speed."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluate.economics.acceptability import acceptability, switches
from evaluate.economics.effectiveness import icer
from evaluate.economics.frontier import frontier
from evaluate.economics.information import evpi

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))
EFFECTS = np.array([[0, 4, 6], [0, 8, 7], [0, 2, 9], [0, 6, 6]], dtype=float)
COSTS = np.array([[0, 1.0, 2.0], [0, 1.2, 1.8], [0, 0.9, 2.2], [0, 1.1, 2.0]]) * 1e6


@pytest.mark.parametrize(
    ("key", "threshold"),
    [("PSA_lam100000", 1e5), ("PSA_lam250000", 2.5e5), ("PSA_lam500000", 5e5)],
)
def test_four_draws(key: str, threshold: float) -> None:
    known = VECTORS[key]
    found = acceptability(EFFECTS, COSTS, [threshold], ties="first")
    assert found.mean_net_benefit[0] == pytest.approx(known["meanNMB"], abs=1e-6)
    assert found.ceac[0].tolist() == known["ceac"]
    assert found.ceaf.tolist() == [known["ceaf"]]
    assert found.optimum.tolist() == [known["opt"]]
    assert found.evpi[0] == pytest.approx(known["EVPI"], abs=1e-6)
    assert evpi(threshold * EFFECTS - COSTS) == pytest.approx(known["EVPI"], abs=1e-6)


def test_four_draws_with_ties_split() -> None:
    # In the first draw the second option is worth 4 · 250 000 − 1 000 000 = 0, as is the first; at
    # 500 000 it is worth as much as the third. The worked values above give it to the earlier.
    found = acceptability(EFFECTS, COSTS, [2.5e5, 5e5])
    assert found.ceac.tolist() == [[0.125, 0.625, 0.25], [0, 0.625, 0.375]]
    assert found.ceaf.tolist() == [0.625, 0.375]


def test_a_ratio_of_means_and_no_mean_of_ratios() -> None:
    right, wrong = VECTORS["ICER ratio of means s1 vs s0; mean of ratios (WRONG)"]
    found = icer(COSTS[:, 1].mean(), EFFECTS[:, 1].mean())
    assert found.value == pytest.approx(right, rel=1e-12)
    assert (COSTS[:, 1] / EFFECTS[:, 1]).mean() == pytest.approx(wrong, abs=0.005)


def test_thresholds_at_which_the_optimum_changes() -> None:
    exact = switches(EFFECTS.mean(axis=0), COSTS.mean(axis=0))
    assert [option for _, option in exact] == [1, 2]
    assert [at for at, _ in exact] == pytest.approx([210_000, 475_000], rel=1e-12)
    found = acceptability(EFFECTS, COSTS, np.arange(0, 600_001, 1_000))
    assert found.kstar == (211_000, 476_000)  # at the ratio itself the cheaper option stays
    assert found.optimum[0] == 0
    assert found.ceac[0].tolist() == [1, 0, 0]  # at 0 the cheapest is best


def test_incremental_benefit() -> None:
    found = acceptability(EFFECTS, COSTS, [2.5e5])
    assert found.incremental_benefit(1)[0] == pytest.approx([-200_000, 0, -450_000])


def test_ties_are_split() -> None:
    found = acceptability([[0, 1, 1], [0, 1, 1]], [[0, 5, 5], [0, 5, 5]], [4, 5, 6])
    assert found.ceac == pytest.approx(np.array([[1, 0, 0], [1 / 3] * 3, [0, 0.5, 0.5]]))
    assert found.optimum.tolist() == [0, 0, 1]
    # Equal on paper, different in the last digit of a float: 0.1 · 3 against 0.3.
    close = acceptability([[0.1, 0.3]], [[0.0, 0.3 - 0.1]], [1.0])
    assert close.ceac.tolist() == [[0.5, 0.5]]


DRAWS = st.integers(1, 60).flatmap(
    lambda s: st.tuples(st.just(s), st.integers(1, 5), st.integers(0, 2**32 - 1))
)


def random_draws(shape: tuple[int, int, int]) -> tuple[NDArray, NDArray, NDArray]:
    s, k, seed = shape
    rng = np.random.default_rng(seed)
    effects, costs = rng.normal(size=(2, s, k)).round(1)
    return effects, costs, np.array([0.0, 0.3, 1.0, 5.0])


@given(DRAWS)
def test_curves_by_a_plain_loop(shape: tuple[int, int, int]) -> None:
    effects, costs, thresholds = random_draws(shape)
    found = acceptability(effects, costs, thresholds)
    assert found.ceac.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-12)
    assert (found.evpi >= 0).all()
    for i, threshold in enumerate(thresholds):
        benefit = threshold * effects - costs
        share = np.zeros(benefit.shape[1])
        for row in benefit:
            best = np.flatnonzero(row > row.max() - 1e-12)
            share[best] += 1 / len(best) / len(benefit)
        assert found.ceac[i] == pytest.approx(share, abs=1e-12)
        value = benefit.max(axis=1).mean() - benefit.mean(axis=0).max()
        assert found.evpi[i] == pytest.approx(value, abs=1e-12)
        assert found.ceaf[i] == found.ceac[i, found.optimum[i]]


@given(DRAWS, st.randoms(), st.sampled_from([0.07, 11.5, 1e6]))
def test_order_and_currency_make_no_difference(shape, order, scale: float) -> None:
    effects, costs, thresholds = random_draws(shape)
    s, k = effects.shape
    found = acceptability(effects, costs, thresholds)
    columns, rows = list(range(k)), list(range(s))
    order.shuffle(columns)
    order.shuffle(rows)
    moved = acceptability(effects[rows][:, columns], costs[rows][:, columns], thresholds)
    assert moved.ceac == pytest.approx(found.ceac[:, columns], abs=1e-12)
    assert moved.evpi == pytest.approx(found.evpi, abs=1e-12)
    scaled = acceptability(effects, costs * scale, thresholds * scale)
    assert scaled.ceac == pytest.approx(found.ceac, abs=1e-12)
    assert scaled.evpi == pytest.approx(found.evpi * scale, rel=1e-9, abs=1e-12 * scale)


@given(DRAWS)
def test_the_optimum_changes_along_the_frontier(shape: tuple[int, int, int]) -> None:
    effects, costs, _ = random_draws(shape)
    effect, cost = effects.mean(axis=0), costs.mean(axis=0)
    found = switches(effect, cost)
    names = [str(k) for k in range(len(effect))]
    options = [one for one in frontier(names, cost, effect) if one.icer is not None]
    known = {one.name: one.icer for one in options}
    for at, option in found:
        assert at == pytest.approx(known[str(option)], rel=1e-9)
        benefit = (at * (1 + 1e-6) + 1e-9) * effect - cost
        assert benefit[option] == pytest.approx(benefit.max(), abs=1e-9)


def test_many_draws_are_quick_and_bounded() -> None:
    rng = np.random.default_rng(1)
    effects, costs = rng.normal(size=(2, 100_000, 3))
    thresholds = np.linspace(0, 5, 500)
    start = perf_counter()
    found = acceptability(effects, costs, thresholds)
    # About half a second; a table of all draws at all thresholds would be 1.2 GB.
    assert perf_counter() - start < 10
    assert found.ceac.shape == (500, 3)
    tracemalloc.start()
    acceptability(effects, costs, thresholds[:3])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * effects.nbytes


@pytest.mark.parametrize(
    ("effects", "costs", "thresholds"),
    [
        ([[1, 2]], [[1]], [1]),
        ([1, 2], [1, 2], [1]),
        (np.zeros((0, 2)), np.zeros((0, 2)), [1]),
        ([[1, 2]], [[1, 2]], [2, 1]),
        ([[1, 2]], [[1, 2]], [-1, 1]),
        ([[1, np.nan]], [[1, 2]], [1]),
    ],
)
def test_what_is_no_comparison(effects, costs, thresholds) -> None:
    with pytest.raises(ValueError, match="draws|rise|finite"):
        acceptability(effects, costs, thresholds)
    with pytest.raises(ValueError, match="option|finite"):
        switches([1, 2], [1])
