"""Ingredients and yearly costs against worked values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.economics.ingredients import annualise, ingredients_cost
from evaluate.parameters.table import parameter

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))
CENT = 0.00500001  # the worked values are rounded to cents


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("annualise_120000_5y_4pct", annualise(120_000, 5, 0.04)),
        ("annualise_120000_5y_0pct", annualise(120_000, 5, 0)),
        ("annualise_120000_5y_3.5pct_salv20000", annualise(120_000, 5, 0.035, 20_000)),
    ],
)
def test_annualise(key: str, found: float) -> None:
    assert found == pytest.approx(VECTORS[key], abs=CENT)


def test_programme() -> None:
    items = VECTORS["ingredients_by_item"]
    prices = [560_000 * 1.4, 620, 1_800, annualise(120_000, 5, 0.04), 350]
    found = ingredients_cost([1.5, 300, 40, 1, 400], prices, [1, 1, 0.5, 1, 1])
    assert found == pytest.approx(list(items.values()), abs=CENT)
    assert found.sum() == pytest.approx(VECTORS["ingredients_total_NOK"], abs=CENT)
    assert found.sum() / 60 == pytest.approx(VECTORS["ingredients_per_pupil_n60"], abs=CENT)


def test_a_year_of_staff_with_what_the_employer_pays() -> None:
    found = ingredients_cost(12, 38_000 * 1.3975)
    known = VECTORS["PO-palagg 39.75%: SEK 38000/month x12"]
    assert float(found) == pytest.approx(known, abs=CENT)


def test_a_programme_by_municipality() -> None:
    known = VECTORS["Plug In: SEK 200M/47 municipalities"]
    assert float(ingredients_cost(1, 200e6, 1 / 47)) == pytest.approx(known, abs=0.5)
    assert parameter("se_plug_in_per_municipality").value == known


@given(
    st.floats(1, 1e7),
    st.integers(1, 60),
    st.floats(-0.2, 0.5).filter(lambda rate: rate == 0 or abs(rate) > 1e-6),
    st.floats(0, 1),
)
def test_yearly_costs_repay_the_price(price: float, years: int, rate: float, worth: float) -> None:
    salvage = worth * price
    each = annualise(price, years, rate, salvage)
    owed = price
    for _ in range(years):
        owed = owed * (1 + rate) - each
    # What is owed grows with its rounding, by the interest of all years.
    assert owed == pytest.approx(salvage, abs=1e-9 * price * years * max(1, (1 + rate) ** years))


def test_no_jump_where_the_rate_goes_to_zero() -> None:
    for rate in (1e-6, 1e-10, 1e-14, 1e-300, -1e-10):
        found = annualise(120_000, 5, rate, 20_000)
        assert found == pytest.approx(20_000, rel=1e-5 if abs(rate) > 1e-9 else 1e-9)


@pytest.mark.parametrize(("years", "rate"), [(0, 0.04), (-1, 0.04), (5, -1.0), (5, np.nan)])
def test_what_cannot_be_annualised(years: float, rate: float) -> None:
    with pytest.raises(ValueError, match="0 years|finite"):
        annualise(100, years, rate)


@pytest.mark.parametrize(("quantity", "share"), [(-1, 1), (1, 1.1), (1, -0.1), (np.inf, 1)])
def test_impossible_ingredients(quantity: float, share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1|finite"):
        ingredients_cost(quantity, 10, share)
