"""The tables of published figures: what every row says, and that the rows are those published."""

from __future__ import annotations

import csv
import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from evaluate.errors import Refused
from evaluate.parameters.benefits import grunnbelop
from evaluate.parameters.table import (
    TABLES,
    Parameter,
    expired,
    parameter,
    parameters,
    table_of,
)

EVERY = [pytest.param(one, id=one.key) for name in TABLES for one in parameters(name)]
KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
WHEN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
DOUBT = re.compile(
    r"[Nn]ot read|[Ss]econd-hand|[Ss]econdary|[Ff]rom general knowledge|not shown|"
    r"[Pp]rovisional|Practice|[Aa] choice|Not a|scenario|No value|Read in|read in a|for sensitivity"
)
CURRENCIES = {"NOK", "SEK", "DKK", "EUR", "GBP", "USD"}


@pytest.mark.parametrize("one", EVERY)
def test_every_row_says_where_it_comes_from(one: Parameter) -> None:
    assert KEY.fullmatch(one.key)
    assert one.source
    assert one.unit
    assert one.status in ("verified", "unverified", "calculated")
    assert one.url is None or re.fullmatch(r"https://\S+", one.url)
    assert all(
        when is None or WHEN.fullmatch(when) for when in (one.date, one.valid_from, one.valid_to)
    )
    assert one.valid_to is None or (one.valid_from or one.valid_to) <= one.valid_to
    assert one.currency is None or one.currency in CURRENCIES
    assert one.price_year is None or one.currency is not None
    if one.status == "unverified":
        assert one.note
        assert DOUBT.search(one.note)
    if one.status == "calculated":
        assert one.note
    if one.provisional:
        assert one.status == "unverified"


@pytest.mark.parametrize("one", EVERY)
def test_every_amount_has_its_money(one: Parameter) -> None:
    money = re.match(r"per (?!EUR)|lump sum", one.unit)
    if money:
        assert one.currency
        assert one.price_year
    if one.unit.startswith("share"):
        assert one.currency is None
        assert -0.2 < one.value < 1.2


def test_no_key_stands_twice() -> None:
    keys = [one.key for name in TABLES for one in parameters(name)]
    assert len(set(keys)) == len(keys)
    assert table_of("cpi_no_2024") == "price_indices"


def test_every_file_is_a_table_and_has_the_columns() -> None:
    found = {
        one.name.removesuffix(".csv")
        for one in files("evaluate.parameters").iterdir()
        if one.name.endswith(".csv")
    }
    assert found == set(TABLES)
    known = set(Parameter.__dataclass_fields__)
    for name in TABLES:
        with (files("evaluate.parameters") / f"{name}.csv").open(encoding="utf-8") as lines:
            rows = list(csv.reader(lines))
        assert set(rows[0]) <= known
        assert {"key", "value", "unit", "source", "url", "date", "status", "note"} <= set(rows[0])
        assert {len(row) for row in rows} == {len(rows[0])}


def test_nothing_is_dated_after_the_tables_were_made() -> None:
    last = date(2026, 11, 22).isoformat()
    assert [one for name in TABLES for one in parameters(name) if (one.date or "") > last] == []


def test_the_years_that_were_not_read_are_absent() -> None:
    keys = {one.key for name in TABLES for one in parameters(name)}
    absent = {"cpi_ea_2024", "cpi_ea_2025", "cpi_dk_2025", "cpi_fi_2025", "ppp_no_2025"}
    assert keys & absent == set()
    assert not [one for one in keys if re.fullmatch(r"eur_\w+_2026", one)]


@pytest.mark.parametrize(
    ("start", "count", "total"),
    [
        ("cpi_no_", 16, 1753.4),
        ("cpi_se_", 16, 5459.16),
        ("cpi_dk_", 15, 1551.2),
        ("cpi_fi_", 15, 1556.7),
        ("cpi_ea_", 14, 1450.1),
        ("eur_nok_", 16, 152.2095),
        ("eur_sek_", 16, 159.5646),
        ("eur_dkk_", 16, 119.2201),
        ("eur_gbp_", 16, 13.5518),
        ("eur_usd_", 16, 18.9773),
        ("ppp_no_", 15, 139.375143),
        ("ppp_se_", 15, 129.9754),
        ("ppp_dk_", 15, 102.732),
        ("ppp_fi_", 15, 12.74),
    ],
)
def test_the_series_are_complete(start: str, count: int, total: float) -> None:
    # Sums of the published columns: a slip in any one figure shows.
    rows = [one for name in TABLES for one in parameters(name) if one.key.startswith(start)]
    years = [one.year for one in rows]
    assert years == list(range(2010, 2010 + count))
    assert sum(one.value for one in rows) == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cpi_se_2018", 328.40),
        ("cpi_se_2024", 415.15),
        ("cpi_no_2016", 103.6),
        ("eur_sek_2024", 11.4325),
        ("ppp_no_2024", 9.142143),
        ("ppp_se_2018", 8.8659),
        ("no_ordinary_income_tax_municipality_2025", 0.1275),
        ("no_ordinary_income_tax_municipality_2026", 0.1135),
        ("se_local_tax_mean_2026", 0.3238),
        ("se_pupil_year_2021_municipal", 130_200),
        ("se_riksprislista_2023_naturbruk_djur_incl_meals", 218_400),
        ("se_riksprislista_2026_industri", 185_500),
        ("no_pupil_year_2021_programme", 107_400),
        ("no_grunnbelop_2026", 136_549),
        ("no_grunnbelop_2008", 70_256),
        ("no_sosialhjelp_guideline_single_2024_january", 7_850),
        ("se_riksnorm_single_2026_total", 5_220),
        ("gmca_grade_5_correction", 0.25),
        ("uk_wellby", 13_000),
        ("se_esf_2014_2020_grant", 0.47),
        ("no_retention_municipality_local", 0.40),
    ],
)
def test_single_figures(key: str, value: float) -> None:
    assert parameter(key).value == value


def test_the_marginal_split_is_that_of_the_rates() -> None:
    state, municipality, county = (
        parameter(f"no_ordinary_income_tax_{who}_2026").value
        for who in ("state", "municipality", "county")
    )
    own = parameter("no_trygdeavgift_2026").value + parameter("no_bracket_tax_2_2026").value
    tax = state + municipality + county + own
    for who, part in (("state", state + own), ("municipality", municipality), ("county", county)):
        kept = parameter(f"no_marginal_wage_tax_{who}_2026").value
        assert kept == pytest.approx(part / tax, abs=0.0005)  # printed to three decimals
    assert state + municipality + county == pytest.approx(0.22)


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_tax_on_ordinary_income_is_22_per_cent(year: int) -> None:
    parts = [
        one.value
        for one in parameters("tax_shares")
        if one.year == year
        and re.fullmatch(r"no_ordinary_\w+_(state|county|municipality)_\d+", one.key)
    ]
    assert sum(parts) == pytest.approx({2025: 0.22, 2026: 0.22}[year])


def test_benefits_that_follow_the_basic_amount() -> None:
    assert grunnbelop(2026).value == pytest.approx(134_419.33, abs=0.005)
    assert grunnbelop(2026).status == "unverified"
    assert grunnbelop(2009).value == pytest.approx((4 * 70_256 + 8 * 72_881) / 12)
    assert parameter("no_aap_minimum_2026").value == 278_696.51
    assert parameter("no_aap_minimum_2026_under_25").value == 185_797.67
    assert parameter("no_kvalifiseringsstonad_2026").value == 273_098
    assert parameter("no_kvalifiseringsstonad_2026_under_25").value == 182_065.33
    basic = parameter("no_grunnbelop_2025").value
    times = parameter("no_kvalifiseringsstonad_in_g").value
    young = parameter("no_kvalifiseringsstonad_under_25").value
    assert times * basic == 260_320
    assert times * basic * young == pytest.approx(173_546.67, abs=0.005)


@pytest.mark.parametrize("year", [2007, 2008, 2027])
def test_a_year_without_a_basic_amount_is_refused(year: int) -> None:
    with pytest.raises(Refused, match=r"2008 to 2026") as caught:
        grunnbelop(year)
    assert caught.value.code == "year_outside_table"


def test_a_year_of_staff() -> None:
    on_cost = parameter("se_employer_on_cost_municipal_2023").value
    assert 38_000 * 12 * (1 + on_cost) == pytest.approx(659_056.80, abs=0.005)
    contribution = parameter("no_employer_contribution_2026_zone_i").value
    assert 560_000 * (1 + contribution) * 1.12 == pytest.approx(715_635.2, abs=0.005)


def test_optimism_bias_of_the_manual() -> None:
    benefit = 3.0e6 * (1 - parameter("gmca_grade_5_correction").value)
    cost = 1.2e6 * (1 + parameter("gmca_grade_3_correction").value)
    assert (benefit, cost) == (pytest.approx(2_250_000), pytest.approx(1_320_000))
    grades = [parameter(f"gmca_grade_{n}_correction").value for n in range(1, 7)]
    assert grades == [0, 0.05, 0.10, 0.15, 0.25, 0.40]


def test_totals_are_marked_as_no_value_of_one_dropout() -> None:
    for key in (
        "no_exclusion_from_work_2012",
        "se_lifetime_exclusion_low",
        "se_lifetime_exclusion_high",
        "no_cohort_cost_ntnu_2011",
        "eu_lifetime_cost_per_early_leaver_high",
    ):
        assert (parameter(key).use or "").startswith("Never as the value per averted dropout")
    assert all(one.use for one in parameters("published_values"))


def test_an_unknown_key_is_refused_with_those_like_it() -> None:
    with pytest.raises(Refused) as caught:
        parameter("se_riksprislista_2026_industry")
    assert caught.value.code == "unknown_parameter"
    assert "se_riksprislista_2026_industri" in caught.value.fix
    with pytest.raises(Refused, match="qqq"):
        parameter("qqq")
    with pytest.raises(Refused, match="unit_cost") as caught:
        parameters("unit_cost")
    assert caught.value.code == "unknown_parameter_table"


def test_a_parameter_expires_after_its_last_year() -> None:
    old = parameter("se_riksprislista_2023_industri_incl_meals")
    assert [expired(old, year) for year in (2022, 2023, 2024)] == [False, False, True]
    basic = parameter("no_grunnbelop_2025")  # to 30 April 2026
    assert [expired(basic, year) for year in (2025, 2026, 2027)] == [False, False, True]
    assert not expired(parameter("uk_wellby"), 2100)


PAGE = (Path(__file__).parents[2] / "book" / "reference" / "parameters.md").read_text("utf-8")


@pytest.mark.parametrize("one", EVERY)
def test_the_page_shows_every_row_and_marks_the_unverified(one: Parameter) -> None:
    shown = f"{one.value:,.10g}".replace(",", "\N{NO-BREAK SPACE}")
    start, _, year = one.key.rpartition("_")
    if f"`{start}_…`" in PAGE:
        (header,) = [
            line
            for line in PAGE.splitlines()
            if line.startswith("| year") and f"`{start}_…`" in line
        ]
        column = [cell.strip() for cell in header.split("|")].index(f"`{start}_…`")
        below = PAGE[PAGE.index(header) :].splitlines()
        row = next(line for line in below if line.startswith(f"| {year} "))
        cell = row.split("|")[column].strip()
    else:
        (cell,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{one.key}`")]
    assert shown in cell
    assert ("**unverified**" in cell) == (one.status == "unverified")
    assert ("provisional" in cell) == one.provisional
    assert one.source in PAGE
    assert one.note is None or one.note in PAGE
