"""Well-being years and distributional weights against worked values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.economics.discount import Step, discount_factors
from evaluate.economics.wellbeing import distributional_weights, wellby_value

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))


def test_wellbeing_years() -> None:
    plain, discounted = VECTORS["WELLBY 0.2pt x2y x13000 undisc / disc1.5% t0,t1"]
    assert wellby_value(0.2, 13_000, [1, 1]) == pytest.approx(plain, abs=0.005)
    factors = discount_factors([Step(None, 0.015)], [0, 1])
    assert wellby_value(0.2, 13_000, factors) == pytest.approx(discounted, abs=0.005)
    assert wellby_value([0.2, 0.2], 13_000, factors, people=3) == pytest.approx(
        3 * discounted, abs=0.015
    )
    assert wellby_value([0.2, -0.5], 13_000, [1, 1]) == pytest.approx(-3_900)


def test_weights() -> None:
    known = VECTORS["weights (ref 500k) eps1.3 at 250k,500k,1000k"]
    found = distributional_weights([250e3, 500e3, 1000e3], 500e3, 1.3)
    assert found == pytest.approx(known, abs=5e-5)
    assert distributional_weights([1, 5], 3, 0).tolist() == [1, 1]


@given(st.floats(1, 1e7), st.floats(1, 1e7), st.floats(0, 3), st.floats(0.01, 1e3))
def test_weights_do_not_depend_on_the_currency(
    income: float, reference: float, elasticity: float, scale: float
) -> None:
    here = distributional_weights(income, reference, elasticity)
    there = distributional_weights(income * scale, reference * scale, elasticity)
    assert there == pytest.approx(here, rel=1e-9)
    assert (here >= 1) == (income <= reference or elasticity == 0 or here == 1)


@pytest.mark.parametrize(("income", "reference"), [([0], 1), ([-1], 1), ([1], 0), ([np.nan], 1)])
def test_weights_need_incomes(income: list[float], reference: float) -> None:
    with pytest.raises(ValueError, match="above 0|finite"):
        distributional_weights(income, reference, 1.3)
