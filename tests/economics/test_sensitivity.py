"""Tornado, switching values and break-even numbers against worked values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.economics.numbers_needed import (
    BreakEvenNumber,
    break_even_number,
    number_needed_to_treat,
    pays,
    percentage_points,
)
from evaluate.economics.sensitivity import switching_value, tornado

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))
BASE = {"eff": 0.05, "val": 900_000.0, "cost": 4e6}


def net(x: Mapping[str, float]) -> float:
    return 200 * x["eff"] * x["val"] - x["cost"]


def test_tornado() -> None:
    assert net(BASE) == VECTORS["tornado base"]
    ranges = {"cost": (3.2e6, 5.2e6), "val": (2.4e5, 1.5e6), "eff": (0.01, 0.08)}
    bars = tornado(net, BASE, ranges)
    assert [bar.name for bar in bars] == [name for name, *_ in VECTORS["tornado"]]
    for bar, (_, *known) in zip(bars, VECTORS["tornado"], strict=True):
        assert [bar.at_low, bar.at_high, bar.width] == pytest.approx(known, abs=0.005)


def test_bars_of_one_width_are_ordered_by_name() -> None:
    ranges = {"c": (0, 1), "a": (1, 0), "b": (5, 5)}
    bars = tornado(lambda x: x["a"] - x["c"], {"a": 0, "b": 0, "c": 0}, ranges)
    assert [(bar.name, bar.width) for bar in bars] == [("a", 1), ("c", 1), ("b", 0)]
    with pytest.raises(ValueError, match="base value"):
        tornado(net, BASE, {"rate": (0, 1)})
    with pytest.raises(ValueError, match="finite"):
        tornado(lambda x: math.nan, BASE, {"eff": (0, 1)})


def test_switching_values() -> None:
    brackets = {"eff": (0.0, 0.5), "val": (0.0, 3e6), "cost": (0.0, 2e7)}
    found = [
        switching_value(lambda x, name=name: net({**BASE, name: x}), bracket)
        for name, bracket in brackets.items()
    ]
    known = VECTORS["switching eff,val,cost"]
    assert [len(roots) for roots in found] == [1, 1, 1]
    assert [roots[0] for roots in found] == pytest.approx(known, rel=2e-5)
    assert found[0][0] == pytest.approx(4 / 180, rel=1e-12)


@pytest.mark.parametrize(
    ("function", "roots"),
    [
        (lambda x: x * x + 1, []),
        (lambda x: x, [0]),
        (lambda x: x - 2, [2]),  # at an end of the bracket
        (lambda x: (x + 1.5) * (x - 0.3) * (x - 1.7), [-1.5, 0.3, 1.7]),
        (lambda x: 1 / (x - 0.123), []),  # jumps across zero
        (lambda x: 1.0 if x > 0.777 else -1.0, []),
    ],
)
def test_roots_in_a_bracket(function, roots: list[float]) -> None:
    assert switching_value(function, (-2, 2)) == pytest.approx(roots, abs=1e-12)


def test_a_bracket_has_two_ends() -> None:
    with pytest.raises(ValueError, match="lower to a higher"):
        switching_value(abs, (1, 1))
    with pytest.raises(ValueError, match="finite"):
        switching_value(lambda x: math.inf, (0, 1))


def test_break_even_numbers() -> None:
    known = VECTORS["breakeven N: cost 4.0M, value per averted 900k; 240k; 0"]
    found = [break_even_number(4e6, value) for value in (9e5, 2.4e5, 0)]
    assert [one.number for one in found[:2]] == pytest.approx(known[:2], abs=5e-5)
    assert math.isinf(known[2])
    assert found[2] == BreakEvenNumber(None, "never")
    points = [percentage_points(one.number or 0, 200) for one in found[:2]]
    assert points == pytest.approx(VECTORS["breakeven pp for 200 pupils"], abs=5e-4)
    assert break_even_number(4e6, -1) == BreakEvenNumber(None, "never")
    assert break_even_number(0, -1) == BreakEvenNumber(0.0, "no_cost")
    with pytest.raises(ValueError, match="participants"):
        percentage_points(1, 0)


def test_value_of_an_averted_dropout_from_totals() -> None:
    key = "Derived per-averted-dropout: 5.4bn/(0.10*60000); 5bn/(0.333*63000)"
    found = [5.4e9 / (0.10 * 60_000), 5e9 / (63_000 / 3)]
    assert found == pytest.approx(VECTORS[key], abs=0.5)


@given(st.floats(1, 1e5), st.floats(1, 1e7), st.floats(-0.5, 0.5))
def test_what_pays_for_each_pays_for_all(cost: float, value: float, reduction: float) -> None:
    needed = break_even_number(cost * 200, value).number
    if not math.isclose(cost, value * reduction, rel_tol=1e-9):
        assert pays(cost, value, reduction) == (200 * reduction > (needed or 0))
    treated = number_needed_to_treat(reduction)
    assert (treated is None) == (reduction <= 1e-300)
    if treated is not None:
        assert treated * reduction == pytest.approx(1)


def test_switching_values_are_zeros_of_any_line() -> None:
    rng = np.random.default_rng(0)
    for slope, root in zip(rng.normal(size=50), rng.uniform(-1, 1, size=50), strict=True):
        found = switching_value(lambda x, a=slope, b=root: a * (x - b), (-1.1, 1.1))
        assert found == pytest.approx([root], abs=1e-12)
