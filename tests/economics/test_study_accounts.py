"""Accounts of the programmes' studies, checked against plain arithmetic from published figures."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from example_accounts import effect, row

from evaluate.core import Estimate, Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics
from evaluate.parameters.table import parameter
from evaluate.study.load import load
from evaluate.study.schema import Study

STUDIES = Path(__file__).parents[2] / "studies"
# As close as doubles come over a few dozen sums and products.
EXACT = {"rel": 1e-12, "abs": 1e-9}


@cache
def study(slug: str) -> Study:
    return load(STUDIES / slug).study


def spec(slug: str) -> Economics:
    found = study(slug).economics
    assert found is not None
    return found


def tables(slug: str, **rows: Estimate) -> dict[str, Table]:
    return {one.kind: one for one in account(spec(slug), rows, seed=(6,))}


def cells(table: Table, column: str) -> dict[str, Any]:
    return {str(one[table.columns[0].name]): one.get(column) for one in table.rows}


# --- Fullföljd utbildning: five actors --------------------------------------------------------

PRICE, NORM = 131_500.0, 5_220.0  # a year's pupil funding; a month's norm of social assistance
RATE, CAUSAL, LOCAL, CONTRIBUTION, KEPT = 0.035, 0.5, 0.3238, 0.3142, 0.10


def present(amount: float, first: int, last: int, growth: float = 0.0) -> float:
    return sum(amount * (1 + growth) ** t / (1 + RATE) ** t for t in range(first, last + 1))


def wages() -> float:
    return CAUSAL * present(40_000, 3, 22, 0.015)


def support() -> float:
    return CAUSAL * present(2 * NORM, 2, 6)


def test_five_actors_gain_and_lose_by_one_averted_dropout() -> None:
    found = tables("fullfoljd-utbildning")
    seat, funding, tax = present(PRICE / 2, 1, 1), present(PRICE, 1, 1), LOCAL * wages()
    nets = {
        "organiser": funding - seat,
        "municipality": KEPT * tax + support() - funding,
        "state": (1 - KEPT) * tax + CONTRIBUTION * wages(),
        "esf": -15_000_000.0,
        "pupil": (1 - LOCAL) * wages() - support(),
    }
    got = cells(found["accounts"], "net")
    assert {name: got[name] for name in nets} == {
        name: pytest.approx(value, **EXACT) for name, value in nets.items()
    }
    public = nets["organiser"] + nets["municipality"] + nets["state"]
    inside = wages() * (1 + CONTRIBUTION) - seat
    assert public + nets["pupil"] == pytest.approx(inside, **EXACT)  # transfers cancel
    assert got["society"] == pytest.approx(inside + 0.3 * public, **EXACT)


def test_the_project_breaks_even_where_its_cost_is_met_with_the_eu_inside() -> None:
    found = tables("fullfoljd-utbildning")
    gain = cells(found["accounts"], "net")["society"]
    even = row(found["break_even"], "society_eu")
    assert even["effect"] == pytest.approx(15_000_000 * 1.3 / gain, **EXACT)
    assert row(found["break_even"], "municipality")["state"] == "never pays"
    assert row(found["break_even"], "esf")["state"] == "never pays"


def test_the_wrong_pocket_index_is_losses_over_gains() -> None:
    found = tables("fullfoljd-utbildning")
    payers = spec("fullfoljd-utbildning").payers
    nets = [cells(found["accounts"], "net")[name] for name in payers]
    lost, won = sum(-n for n in nets if n < 0), sum(n for n in nets if n > 0)
    assert row(found["wrong_pocket"], "index")["value"] == pytest.approx(lost / won, **EXACT)


def test_a_gain_common_to_the_country_leaves_the_municipality_its_tax() -> None:
    found = tables("fullfoljd-utbildning")
    alone, common = (
        row(found["scenarios"], f"scope_{scope}|municipality")["net"]
        for scope in ("local", "national")
    )
    assert common - alone == pytest.approx((1 - KEPT) * LOCAL * wages(), **EXACT)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_an_organiser_s_months_follow_from_the_price_list(share: float) -> None:
    found = tables("fullfoljd-utbildning")["organiser"]
    given = spec("fullfoljd-utbildning").organiser
    assert given is not None
    assert len(given.programmes) >= 5
    for name, one in given.programmes.items():
        price = parameter(str(one.parameter)).value
        cells_ = row(found, f"{name}|{share:g}")
        margin = price / 12 * (1 - share)
        assert cells_["margin_month"] == pytest.approx(margin, **EXACT)
        assert cells_["net_organiser"] == pytest.approx(0.1 * 12 * margin - 18_000, **EXACT)
        if share < 1:
            assert cells_["months_to_break_even"] == pytest.approx(18_000 / (0.1 * margin), **EXACT)
        else:
            assert cells_["state"] == "never pays"


def test_both_statements_of_co_financing_stand_without_a_derived_split() -> None:
    found = tables("fullfoljd-utbildning")["cofinancing"]
    assert cells(found, "cofunding") == {"stated": 7_500_000.0, "granted": 0.0}
    assert row(found, "stated")["state"] == "does not fit"


def test_a_planned_participant_costs_what_the_fact_says() -> None:
    facts = {one.id: one.value for one in study("fullfoljd-utbildning").facts}
    assert round(facts["budget"] / facts["participants-planned"]) == facts["cost-head"] == 27_273


# --- Plug In: what a young person cost ----------------------------------------------------------

MILLION = 1e6
PAIRS = {
    "base": (160, 10_700),
    "both_10000": (160, 10_000),
    "both_10800": (160, 10_800),
    "first_7700": (200, 7_700),
    "first_7800": (200, 7_800),
}


def test_each_pair_of_published_totals_gives_its_own_cost() -> None:
    found = tables("plug-in")["scenarios"]
    got = {name: -row(found, f"{name}|society")["net"] for name in PAIRS}
    # Factors in the definition have 14 digits.
    wanted = {name: sums * MILLION / people for name, (sums, people) in PAIRS.items()}
    assert got == {name: pytest.approx(value, rel=1e-13) for name, value in wanted.items()}


def test_what_would_pay_for_plug_in_lies_between_1_and_1_25_points() -> None:
    found = tables("plug-in")
    each = 160 * MILLION / 10_700
    assert row(found["break_even"], "society")["effect"] == pytest.approx(each / 1.35e6, **EXACT)
    low, high = (
        row(found["scenarios"], f"gain_{name}|society")["break_even"] for name in ("high", "low")
    )
    assert (low, high) == pytest.approx((each / 1.5e6, each / 1.2e6), rel=1e-12)
    assert (round(100 * low, 1), round(100 * high, 2)) == (1.0, 1.25)


def test_no_effect_of_plug_in_is_valued_and_no_probability_told() -> None:
    assert all(one.analysis is None for one in spec("plug-in").valued.values())
    found = tables("plug-in")
    assert set(cells(found["accounts"], "prob_positive").values()) == {None}
    assert set(cells(found["break_even"], "prob_reached").values()) == {None}


# --- Supported work: from its experimental effect ------------------------------------------------

# Youth, former addicts, former offenders; dollars of late 1976.
OTHERS, PAY = (4193, 4413, 4153), (2577, 2558, 2489)
WELFARE, TAX = (474, 530, 219), (301, 293, 553)
TRAINING, ALLOWANCES = (83, 85, 168), (4, 13, 32)
EFFECT, ERROR, DF = 1794.34240, 670.996546, 396.42
# Amounts in the definition are written to a tenth of a cent.
ROUNDED = 2e-3


def mean(values: tuple[int, ...]) -> float:
    return 1.086 * sum(values) / len(values)


@cache
def supported() -> dict[str, Table]:
    estimate = effect(EFFECT, ERROR, df=DF, unit="USD/year")
    return tables("supported-work", main=estimate)


def sides(years: float) -> tuple[float, float]:
    """Return what participants and taxpayers are left with if the effect is worth ``years``."""
    moved = mean(PAY) - mean(WELFARE) - mean(ALLOWANCES) - mean(TAX)
    resources = mean(OTHERS) - mean(PAY) - mean(TRAINING)
    return moved + 0.993 * EFFECT * years, -resources - moved + 0.007 * EFFECT * years


def test_supported_work_by_participant_and_taxpayer() -> None:
    got = cells(supported()["accounts"], "net")
    participant, taxpayer = sides(1.07**-2)
    assert got["participant"] == pytest.approx(participant, abs=ROUNDED)
    assert got["taxpayer"] == pytest.approx(taxpayer, abs=ROUNDED)
    assert got["society"] == pytest.approx(participant + 1.25 * taxpayer, abs=ROUNDED)


def test_only_the_year_that_was_measured_counts() -> None:
    assert set(cells(supported()["accounts"], "net_extrapolated").values()) == {0.0}


def test_the_value_of_public_funds_is_what_participants_get_for_what_taxpayers_pay() -> None:
    participant, taxpayer = sides(1.07**-2)
    got = row(supported()["measures"], "society|mvpf")["value"]
    assert got == pytest.approx(participant / -taxpayer, rel=1e-6)


@pytest.mark.parametrize(
    ("scenario", "years"),
    [
        ("fading_1986", sum((11 - t) / 9 * 1.07**-t for t in range(2, 11))),
        ("lasting_1983", sum(1.07**-t for t in range(2, 8))),
        ("lasting_1986", sum(1.07**-t for t in range(2, 11))),
    ],
)
def test_years_that_nobody_measured_are_scenarios(scenario: str, years: float) -> None:
    participant, taxpayer = sides(years)
    found = supported()["scenarios"]
    for payer, wanted in (("participant", participant), ("taxpayer", taxpayer)):
        got = row(found, f"{scenario}|{payer}")["net"]
        assert got == pytest.approx(wanted, abs=ROUNDED)


def test_ranges_of_costs_run_over_the_groups_of_men() -> None:
    rows = {one.item: one for one in spec("supported-work").rows}
    for item, values in (
        ("programme", tuple(a - b for a, b in zip(OTHERS, PAY, strict=True))),
        ("pay", PAY),
        ("welfare", WELFARE),
        ("tax_on_pay", TAX),
        ("other_training", TRAINING),
    ):
        given = rows[item].uncertain
        assert given is not None
        assert given.pert is not None
        ends = (given.pert.low, given.pert.high)
        assert ends == pytest.approx((1.086 * min(values), 1.086 * max(values)), abs=6e-4)
        assert rows[item].amount == pytest.approx(mean(values), abs=6e-4)


# --- JET CD and NAV: no effect, so no benefit ------------------------------------------------------


def test_jet_cd_has_a_cost_per_output_and_nothing_else() -> None:
    given = spec("jet-cd")
    assert not given.valued
    assert not (given.benefits)
    assert not (given.earnings)
    assert not (given.transfers)
    found = tables("jet-cd")
    summary = row(found["cost_summary"], "programme")
    assert summary["per_participant"] == pytest.approx(299_942 / 4, **EXACT)
    assert summary["total"] == pytest.approx(299_942, **EXACT)
    assert "break_even" not in found


def test_jet_cd_divides_one_sum_in_three_ways() -> None:
    facts = {one.id: one.value for one in study("jet-cd").facts}
    assert facts["budget"] == 299_942
    assert facts["budget-partner"] == round(299_942 / 8) == 37_493
    assert facts["budget-month"] == round(299_942 / 24) == 12_498


def test_what_the_six_counties_cost_is_not_documented_and_not_invented() -> None:
    assert study("nav-school-collaboration").economics is None
    facts = {one.id: one for one in study("nav-school-collaboration").facts}
    assert facts["project-cost"].value == "–"
    assert facts["project-cost"].status == "unverified"


@pytest.mark.parametrize("slug", ["fullfoljd-utbildning", "plug-in", "jet-cd"])
def test_sums_for_lifelong_exclusion_are_nobody_s_value_of_an_averted_dropout(slug: str) -> None:
    for one in spec(slug).rows:
        if one.follows:
            assert (one.amount or 0.0) < 10e6
            assert not (one.parameter or "").startswith(("se_lifetime", "no_exclusion"))
