"""Quadrants, ratios, Fieller's set and the frontier: worked values and brute force."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.economics.effectiveness import (
    Icer,
    fieller,
    icer,
    net_benefit,
    net_effect_benefit,
    quadrant,
)
from evaluate.economics.frontier import frontier

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))


def test_quadrants() -> None:
    pairs = [(1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 0), (0, 1)]
    assert [quadrant(*pair) for pair in pairs] == VECTORS["quadrants"]
    assert quadrant(0, -1) == "dominated"


def test_the_same_ratio_of_opposite_meaning() -> None:
    key = "same ICER opposite meaning: dC=+100,dE=+2 and dC=-100,dE=-2; NMB at 60"
    one, other, gain, loss = VECTORS[key]
    assert icer(100, 2) == Icer(one, "NE")
    assert icer(-100, -2) == Icer(other, "SW")
    assert net_benefit([2, -2], [100, -100], 60).tolist() == [gain, loss]


@pytest.mark.parametrize(("cost", "effect"), [(-100, 2), (100, -2), (100, 0), (-5, 0), (0, 0)])
def test_no_ratio_where_it_says_nothing(cost: float, effect: float) -> None:
    assert icer(cost, effect).value is None


@given(
    st.floats(-1e6, 1e6), st.floats(-1e3, 1e3).filter(lambda x: abs(x) > 1e-6), st.floats(1, 1e4)
)
def test_net_benefits_agree_in_sign(cost: float, effect: float, threshold: float) -> None:
    money = float(net_benefit(effect, cost, threshold))
    units = float(net_effect_benefit(effect, cost, threshold))
    assert money == pytest.approx(units * threshold, abs=1e-9 * (abs(cost) + abs(effect) * 1e4))
    found = icer(cost, effect)
    if found.quadrant == "NE":
        assert (money > 0) == ((found.value or 0) < threshold) or abs(money) < 1e-6
    if found.quadrant == "SW":  # a saving for each unit given up: accepted when it is large
        assert (money > 0) == ((found.value or 0) > threshold) or abs(money) < 1e-6


def test_net_effect_benefit_needs_a_threshold() -> None:
    with pytest.raises(ValueError, match="above 0"):
        net_effect_benefit(1, 1, 0)


def test_fieller() -> None:
    found = fieller(1.6e6, 9, se_cost=3e5, se_effect=2, correlation=0.1)
    limits = VECTORS["Fieller dC=1.6e6 se3e5 dE=9 se2 rho0.1"]
    assert [found.low, found.high] == pytest.approx(limits, abs=0.05000001)
    assert found.state == ""
    assert fieller(1.6e6, 3, se_cost=3e5, se_effect=2).state == VECTORS["Fieller dE=3 se2"]


@given(
    st.floats(-5, 5),
    st.floats(-5, 5),
    st.floats(0, 2),
    st.floats(0.01, 2),
    st.floats(-0.9, 0.9),
)
def test_fiellers_set_is_what_a_test_does_not_reject(
    cost: float, effect: float, se_cost: float, se_effect: float, correlation: float
) -> None:
    found = fieller(
        cost, effect, se_cost=se_cost, se_effect=se_effect, correlation=correlation, df=12
    )
    t = 2.1788128296634177  # R: qt(0.975, 12)
    assert (found.low is None) == (abs(effect) <= t * se_effect)
    if found.low is None or found.high is None:
        return

    def z(ratio: float) -> float:
        covariance = correlation * se_cost * se_effect
        variance = se_cost**2 - 2 * ratio * covariance + (ratio * se_effect) ** 2
        return abs(cost - ratio * effect) / max(variance, 1e-300) ** 0.5

    width = found.high - found.low
    if width > 1e-6:
        assert z((found.low + found.high) / 2) < t
        for outside in (found.low - 0.01 * width, found.high + 0.01 * width):
            assert z(outside) > t
    assert found.low - 1e-9 <= cost / effect <= found.high + 1e-9


def test_fieller_of_known_values_is_a_point() -> None:
    found = fieller(10, 2, se_cost=0, se_effect=0)
    assert (found.low, found.high) == (5, 5)
    with pytest.raises(ValueError, match="between -1 and 1"):
        fieller(10, 2, se_cost=1, se_effect=1, correlation=1.1)


# ---------- the frontier

NAMES = ("usual", "SMS", "mentor", "coach", "plugin", "full")
COSTS = (0, 200e3, 900e3, 1500e3, 1600e3, 4000e3)
EFFECTS = (0, 1, 6, 5, 9, 12)


def test_frontier() -> None:
    found = frontier(NAMES, COSTS, EFFECTS)
    ratios, statuses = VECTORS["ICER_frontier"]
    assert {one.name: one.status for one in found} == statuses
    kept = [one for one in found if one.status == "ND"]
    assert [one.name for one in kept] == [name for name, _ in ratios]
    for one, (_, ratio) in zip(kept, ratios, strict=True):
        assert one.icer == (None if ratio is None else pytest.approx(ratio, abs=5e-5))
    assert [one.against for one in kept] == [None, "usual", "mentor", "plugin"]
    assert all(one.icer is None for one in found if one.status != "ND")


@pytest.mark.parametrize(
    ("costs", "effects", "statuses"),
    [
        ([5], [1], "ND"),
        ([0, 5, 6], [3, 2, 1], "ND D D"),  # all dominated by the first
        ([0, 5, 5], [0, 2, 2], "ND ND duplicate"),
        ([0, 0], [0, 0], "ND duplicate"),
        ([0, 5, 5], [0, 1, 2], "ND D ND"),  # same cost, more effect
        ([0, 5, 4], [0, 2, 2], "ND D ND"),  # same effect, less cost
        ([0, 1, 2], [0, 0.1, 0.2], "ND ND ND"),  # on one line
        ([0, 1, 2, 3], [0, 0.1, 0.2, 0.3], "ND ND ND ND"),
        ([0, 1.01, 2], [0, 0.1, 0.2], "ND ED ND"),
        ([0, 9, 9], [5, 4, 4], "ND D duplicate"),
        ([-5, 0], [1, 0], "ND D"),  # a saving with more effect
    ],
)
def test_dominance(costs: list[float], effects: list[float], statuses: str) -> None:
    names = [str(k) for k in range(len(costs))]
    found = {one.name: one.status for one in frontier(names, costs, effects)}
    assert [found[name] for name in names] == statuses.split()


POINTS = st.lists(
    st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=1, max_size=9, unique=True
)


def brute(points: list[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return each point's status from its definition, in whole numbers and fractions."""
    found = {}
    for c, e in points:
        others = [other for other in points if other != (c, e)]
        if any(oc <= c and oe >= e for oc, oe in others):
            found[c, e] = "D"
            continue
        mixed = False
        for (c0, e0), (c1, e1) in combinations(others, 2):
            if min(e0, e1) < e < max(e0, e1):
                share = Fraction(e - e0, e1 - e0)
                mixed |= c0 + share * (c1 - c0) < c
        found[c, e] = "ED" if mixed else "ND"
    return found


@given(POINTS, st.randoms())
def test_frontier_by_brute_force(points: list[tuple[int, int]], order) -> None:
    order.shuffle(points)
    found = frontier([f"{c},{e}" for c, e in points], *zip(*points, strict=True))
    statuses = brute(points)
    assert {(one.cost, one.effect): one.status for one in found} == statuses
    ratios = [one.icer for one in found if one.icer is not None]
    assert len(ratios) == list(statuses.values()).count("ND") - 1
    assert all(low <= high * (1 + 1e-12) for low, high in pairwise(ratios))


@given(POINTS, st.integers(0, 8), st.integers(0, 5), st.integers(1, 5))
def test_a_dominated_option_changes_nothing(
    points: list[tuple[int, int]], which: int, worse: int, dearer: int
) -> None:
    names = [str(k) for k in range(len(points))]
    c, e = points[which % len(points)]
    before = frontier(names, *zip(*points, strict=True))
    after = frontier([*names, "new"], *zip(*points, (c + dearer, e - worse), strict=True))
    statuses = {one.name: one for one in after}
    assert statuses.pop("new").status in {"D", "duplicate"}
    kept = [one for one in before if one.status == "ND"]
    assert kept == [one for one in statuses.values() if one.status == "ND"]


@given(POINTS, st.sampled_from([0.01, 11.4325, 1e6]))
def test_currency_scales_the_ratios(points: list[tuple[int, int]], scale: float) -> None:
    names = [str(k) for k in range(len(points))]
    costs, effects = np.array(points, dtype=float).T
    here, there = frontier(names, costs, effects), frontier(names, costs * scale, effects)
    assert [(one.name, one.status) for one in here] == [(one.name, one.status) for one in there]
    for one, other in zip(here, there, strict=True):
        if one.icer is not None:
            assert other.icer == pytest.approx(one.icer * scale, rel=1e-12)


@pytest.mark.parametrize(
    ("names", "costs"), [([], []), (["a", "a"], [1, 2]), (["a"], [1, 2]), (["a"], [np.nan])]
)
def test_what_is_no_comparison(names: list[str], costs: list[float]) -> None:
    with pytest.raises(ValueError, match="option|finite"):
        frontier(names, costs, costs)
