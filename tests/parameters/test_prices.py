"""Conversion of money between countries and years, against worked values and brute force."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.errors import Refused
from evaluate.parameters.prices import Converted, Index, Route, convert
from evaluate.parameters.table import parameter

VECTORS = json.loads(
    (Path(__file__).parents[1] / "economics" / "economics_vectors.json").read_text("utf-8")
)
CENT = 0.00500001  # worked values are rounded to cents
CROWN = 0.500001  # and some to whole units


@pytest.mark.parametrize(
    ("name", "to", "route"),
    [
        ("SEK100k_2018_to_SEK2023", ("SEK", 2023), "inflate_then_fx"),
        ("SEK100k_2018_to_SEK2024(415.15)", ("SEK", 2024), "inflate_then_fx"),
        ("route_A inflate SE then FX2024 -> NOK2024", ("NOK", 2024), "inflate_then_fx"),
        ("route_B FX2018 then inflate NO -> NOK2024", ("NOK", 2024), "fx_then_inflate"),
        ("route_C inflate SE then PPP2024 -> NOK2024", ("NOK", 2024), "inflate_then_ppp"),
    ],
)
def test_swedish_money(name: str, to: tuple[str, int], route: Route) -> None:
    assert convert(100_000, "SEK", 2018, *to, route=route).amount == pytest.approx(
        VECTORS[name], abs=CENT
    )


def test_norwegian_money() -> None:
    lost = convert(7.1e6, "NOK", 2012, "NOK", 2024).amount
    assert lost == pytest.approx(VECTORS["NOK_7.1M_2012_to_2024 (CPI 93.9->133.6)"], abs=CROWN)
    euro = convert(120_000, "EUR", 2012, "NOK", 2012).amount
    assert euro == pytest.approx(
        VECTORS["NOK_900k_2009(91.9?) note: EUR120k_x_EURNOK2012"], abs=CROWN
    )
    lifetime = VECTORS[" -> 2024 NOK (CPI 110.8->133.6), x0.5 causal"][0]
    assert convert(2.07e6, "NOK", 2019, "NOK", 2024).amount == pytest.approx(lifetime, abs=CROWN)


def test_a_pupil_year_by_prices_and_by_wages() -> None:
    cost = parameter("no_pupil_year_2021_total").value
    assert convert(cost, "NOK", 2021, "NOK", 2024).amount == pytest.approx(208_973, abs=CROWN)
    wages = convert(cost, "NOK", 2021, "NOK", 2024, index="wage")
    assert wages.amount == pytest.approx(211_018, abs=CROWN)
    assert [one.keys for one in wages.factors] == [
        ("wage_growth_no_2022", "wage_growth_no_2023", "wage_growth_no_2024")
    ]


def test_it_says_what_it_used_in_order() -> None:
    done = convert(100_000, "SEK", 2018, "NOK", 2024)
    assert [(one.kind, one.table, one.key) for one in done.factors] == [
        ("inflate", "price_indices", "cpi_se_2024 cpi_se_2018"),
        ("fx", "exchange_rates", "eur_nok_2024 eur_sek_2024"),
    ]
    assert [(one.from_year, one.to_year) for one in done.factors] == [(2018, 2024), (2024, 2024)]
    inflated, exchanged = done.factors
    assert done.amount == pytest.approx(100_000 * inflated.value * exchanged.value, rel=1e-15)
    assert inflated.value == pytest.approx(415.15 / 328.40, rel=1e-15)
    assert exchanged.value == pytest.approx(11.6290 / 11.4325, rel=1e-15)
    assert {one.status for one in done.factors} == {"calculated"}
    assert done.warnings == ()
    other = convert(100_000, "SEK", 2018, "NOK", 2024, route="fx_then_inflate")
    assert [(one.kind, one.from_year) for one in other.factors] == [("fx", 2018), ("inflate", 2018)]


def test_provisional_years_are_flagged() -> None:
    done = convert(1.0, "SEK", 2018, "NOK", 2025)
    assert [one.provisional for one in done.factors] == [True, False]
    assert done.warnings == ("Provisional, to be revised: cpi_se_2025 cpi_se_2018.",)
    wage = convert(1.0, "SEK", 2020, "SEK", 2022, index="wage")
    assert wage.warnings == (
        "Not read in the named source: wage_growth_se_2021 wage_growth_se_2022.",
    )


@pytest.mark.parametrize("currency", ["NOK", "SEK", "DKK", "EUR", "GBP", "USD"])
@pytest.mark.parametrize("route", get_args(Route))
def test_the_same_money_stays_as_it_is(currency: str, route: Route) -> None:
    assert convert(12.5, currency, 2030, currency, 2030, route=route) == Converted(12.5, (), ())


NORDIC = st.sampled_from(["NOK", "SEK", "DKK"])
YEARS = st.integers(2010, 2024)


@given(NORDIC, NORDIC, YEARS, YEARS, st.floats(-1e9, 1e9))
def test_the_way_back_is_the_other_order(
    source: str, target: str, first: int, last: int, amount: float
) -> None:
    there = convert(amount, source, first, target, last).amount
    back = convert(there, target, last, source, first, route="fx_then_inflate").amount
    assert back == pytest.approx(amount, rel=1e-12)


@given(st.sampled_from(["NOK", "SEK"]), st.integers(2014, 2024), st.integers(2014, 2024))
def test_wages_there_and_back(currency: str, first: int, last: int) -> None:
    there = convert(1.0, currency, first, currency, last, index="wage").amount
    assert convert(there, currency, last, currency, first, index="wage").amount == pytest.approx(1)


@given(NORDIC, NORDIC, NORDIC, YEARS)
def test_a_third_currency_makes_no_difference(a: str, b: str, c: str, year: int) -> None:
    by = convert(convert(1.0, a, year, b, year).amount, b, year, c, year).amount
    assert by == pytest.approx(convert(1.0, a, year, c, year).amount, rel=1e-12)


@given(st.floats(-1e6, 1e6), st.floats(0.1, 10))
def test_it_is_linear(amount: float, scale: float) -> None:
    once = convert(amount, "SEK", 2015, "EUR", 2023).amount
    assert convert(scale * amount, "SEK", 2015, "EUR", 2023).amount == pytest.approx(
        scale * once, rel=1e-12
    )


def test_every_pair_of_years_and_currencies_is_the_plain_formula() -> None:
    place = {"NOK": "no", "SEK": "se", "DKK": "dk"}
    for (a, b), first, last in product(product(place, place), (2010, 2017, 2024), (2011, 2024)):
        cpi = parameter(f"cpi_{place[a]}_{last}").value / parameter(f"cpi_{place[a]}_{first}").value
        ppp = parameter(f"ppp_{place[b]}_{last}").value / parameter(f"ppp_{place[a]}_{last}").value
        fx = parameter(f"eur_{b.lower()}_{last}").value / parameter(f"eur_{a.lower()}_{last}").value
        assert convert(1.0, a, first, b, last).amount == pytest.approx(cpi * fx, rel=1e-12)
        assert convert(1.0, a, first, b, last, route="inflate_then_ppp").amount == pytest.approx(
            cpi * ppp, rel=1e-12
        )


def test_the_euro_of_finland() -> None:
    area = convert(100, "EUR", 2015, "EUR", 2022)
    finland = convert(100, "EUR", 2015, "EUR", 2022, places={"EUR": "FI"})
    assert (area.amount, finland.amount) == (pytest.approx(116.7), pytest.approx(113.4))
    bought = convert(100, "EUR", 2022, "SEK", 2022, route="inflate_then_ppp", places={"EUR": "FI"})
    assert bought.amount == pytest.approx(100 * 8.338 / 0.771, rel=1e-12)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (("SEK", 2009, "SEK", 2024), r"consumer prices in SE in 2009; the table has 2010 to 2025"),
        (("NOK", 2024, "NOK", 2026), r"consumer prices in NO in 2026; the table has 2010 to 2025"),
        (("EUR", 2020, "EUR", 2024), r"prices in EA in 2024; the table has 2010 to 2023"),
        (("GBP", 2015, "NOK", 2024), r"prices in UK in 2015; the table has no year of it"),
        (("SEK", 2026, "NOK", 2026), r"units of NOK per euro in 2026; the table has 2010 to 2025"),
    ],
)
def test_years_that_the_tables_lack_are_refused(
    given_: tuple[str, int, str, int], said: str
) -> None:
    with pytest.raises(Refused, match=said) as caught:
        convert(1.0, *given_)
    assert caught.value.code == "year_outside_table"


def test_pounds_can_be_changed_first() -> None:
    done = convert(56_000, "GBP", 2012, "NOK", 2024, route="fx_then_inflate")
    assert done.amount == pytest.approx(56_000 / 0.8109 * 7.4751 * 133.6 / 93.9, rel=1e-12)


@pytest.mark.parametrize("index", get_args(Index))
def test_wages_and_prices_start_where_their_tables_do(index: Index) -> None:
    first = {"cpi": 2010, "wage": 2014}[index]  # growth of 2015 is on the level of 2014
    assert convert(1.0, "SEK", first, "SEK", 2024, index=index).amount > 1
    with pytest.raises(Refused):
        convert(1.0, "SEK", first - 1, "SEK", 2024, index=index)


def test_purchasing_power_is_of_a_country() -> None:
    with pytest.raises(Refused, match="purchasing power in EA"):
        convert(1.0, "NOK", 2022, "EUR", 2022, route="inflate_then_ppp")
    with pytest.raises(Refused, match="purchasing power in NO in 2025"):
        convert(1.0, "SEK", 2024, "NOK", 2025, route="inflate_then_ppp")


@pytest.mark.parametrize(
    ("amount", "how", "code"),
    [
        (float("nan"), ("SEK", "NOK", "inflate_then_fx", "cpi"), "no_amount"),
        (float("inf"), ("SEK", "NOK", "inflate_then_fx", "cpi"), "no_amount"),
        (1.0, ("CHF", "NOK", "inflate_then_fx", "cpi"), "unknown_conversion"),
        (1.0, ("SEK", "nok", "inflate_then_fx", "cpi"), "unknown_conversion"),
        (1.0, ("SEK", "NOK", "fx", "cpi"), "unknown_conversion"),
        (1.0, ("SEK", "NOK", "inflate_then_fx", "ppi"), "unknown_conversion"),
    ],
)
def test_what_is_no_conversion_is_refused(
    amount: float, how: tuple[str, str, Route, Index], code: str
) -> None:
    source, target, route, index = how
    with pytest.raises(Refused) as caught:
        convert(amount, source, 2020, target, 2021, route=route, index=index)
    assert caught.value.code == code
