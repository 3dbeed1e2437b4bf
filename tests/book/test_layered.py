"""The layout of a layered graph: crossings as few as brute force finds, boxes never on each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize

from evaluate.book.figures.frame.layered import _apart, layered


def graph(
    seed: int, sizes: tuple[int, ...] = (3, 4, 3)
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    rng = np.random.default_rng(seed)
    layer = {f"{k}{i}": k for k, size in enumerate(sizes) for i in range(size)}
    links = [
        (a, b) for a in layer for b in layer if layer[b] == layer[a] + 1 and rng.random() < 0.45
    ]
    return layer, links


def crossings(orders: tuple[tuple[str, ...], ...], links: list[tuple[str, str]]) -> int:
    at = {one: i for order in orders for i, one in enumerate(order)}
    pairs = itertools.combinations([(at[a], at[b], a[0]) for a, b in links], 2)
    return sum(one[2] == two[2] and (one[0] - two[0]) * (one[1] - two[1]) < 0 for one, two in pairs)


@pytest.mark.parametrize("seed", range(6))
def test_crossings_are_near_the_least_possible(seed: int) -> None:
    layer, links = graph(seed)
    rows = [[one for one in layer if layer[one] == k] for k in range(3)]
    least = min(
        crossings(orders, links)
        for orders in itertools.product(*(itertools.permutations(row) for row in rows))
    )
    found = layered(layer, links, dict.fromkeys(layer, 1.0), gap=0.2)
    drawn = tuple(tuple(sorted(row, key=lambda one: found.middle[one])) for row in rows)
    assert found.crossings == crossings(drawn, links)
    assert found.crossings <= least + 1


@pytest.mark.parametrize("seed", range(6))
def test_boxes_keep_their_distance_and_start_at_nought(seed: int) -> None:
    layer, links = graph(seed, (2, 5, 3, 4))
    links.append(("00", "30"))
    size = {one: 0.5 + 0.3 * i for i, one in enumerate(layer)}
    found = layered(layer, links, size, gap=0.2, passage=0.1)
    tops = [found.middle[one] - size[one] / 2 for one in layer]
    assert min(tops) >= -1e-9
    assert max(found.middle[one] + size[one] / 2 for one in layer) <= found.across + 1e-9
    for one, two in itertools.combinations(layer, 2):
        if layer[one] == layer[two]:
            apart = abs(found.middle[one] - found.middle[two])
            assert apart >= (size[one] + size[two]) / 2 + 0.2 - 1e-9
    assert [k for k, _ in found.bends["00", "30"]] == [1, 2]


def test_places_are_the_least_squares_under_the_order() -> None:
    rng = np.random.default_rng(0)
    aims, rooms = rng.uniform(0, 3, 5), rng.uniform(0.3, 1.0, 5)
    gaps = (rooms[:-1] + rooms[1:]) / 2 + 0.1
    kept = [{"type": "ineq", "fun": lambda x, i=i: x[i + 1] - x[i] - gaps[i]} for i in range(4)]
    best = minimize(lambda x: ((x - aims) ** 2).sum(), np.arange(5.0), constraints=kept, tol=1e-12)
    assert _apart(list(aims), list(rooms), 0.1) == pytest.approx(best.x, abs=1e-5)


def test_nothing_to_lay_out() -> None:
    assert layered({}, [], {}, gap=0.1).across == 0.0
    alone = layered({"a": 0}, [], {"a": 1.0}, gap=0.1)
    assert alone.middle == {"a": 0.5}
