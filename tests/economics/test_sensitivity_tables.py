"""The tornado against the account drawn up again at each end of each bar."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from exact_effects import basics, exact
from example_accounts import NOTE, drawn_up, effect, norway, row, small

from evaluate.core import Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics
from evaluate.economics.ranges import Uncertain

EFFECT = exact(0.05, 0.02, df=30.0, unit="share")


def doubtful() -> dict[str, Any]:
    """Return the Norwegian account with every kind of uncertain figure."""
    definition = norway(participants={"treated": 200})
    programme, schooling = definition["costs"]
    programme["uncertain"] = {"gamma": {"std_error": 2_500}}
    programme["durable"] = {"years": 4, "salvage": 1_000, "rate": 0.03}
    schooling["displaced"] = {"share": 0.2, "uncertain": {"beta": {"std_error": 0.05}}}
    definition["benefits"][0] |= {
        "uncertain": {"triangular": {"low": 20_000, "high": 70_000}},
        "causal": {"share": 0.6, "uncertain": {"pert": {"low": 0.2, "high": 0.9}}},
    }
    return definition


def society(definition: dict[str, Any], at: float = 0.05) -> float:
    """Return society's net at an effect."""
    return float(row(basics(definition, exact(at, 0.02))["accounts"], "society")["net"])


@pytest.fixture(scope="module")
def bars() -> Table:
    return drawn_up(doubtful(), EFFECT)["tornado"]


def changed(name: str, value: float) -> dict[str, Any]:
    """Return the account with one figure at another value."""
    definition = doubtful()
    item, _, part = name.partition(" ")
    rows = [one for side in ("costs", "benefits", "transfers") for one in definition[side]]
    (one,) = [one for one in rows if one["item"] == item]
    if part:
        one[part] = {"share": value}
    else:
        one["amount"] = value
        del one["uncertain"]
    return definition


@pytest.mark.parametrize("end", ["low", "high"])
def test_effect_at_its_published_limits(bars: Table, end: str) -> None:
    bar = row(bars, "main")
    limit = {"low": EFFECT.conf_low, "high": EFFECT.conf_high}[end]
    assert bar[f"{end}_value"] == limit
    assert bar[f"net_{end}"] == pytest.approx(society(doubtful(), limit), rel=1e-12)
    assert bar["unit"] == "share"


NAMES = ["programme", "earnings", "earnings causal", "schooling displaced"]


@pytest.mark.parametrize("name", NAMES)
def test_figures_at_their_quantiles(bars: Table, name: str) -> None:
    bar = row(bars, name)
    for end in ("low", "high"):
        expected = society(changed(name, bar[f"{end}_value"]))
        assert bar[f"net_{end}"] == pytest.approx(expected, rel=1e-11)
    assert bar["swing"] == pytest.approx(abs(bar["net_high"] - bar["net_low"]), rel=1e-14)


def test_quantiles_are_those_of_the_declared_distribution(bars: Table) -> None:
    declared = Uncertain.model_validate({"gamma": {"std_error": 2_500}})
    low, high = declared.quantiles(10_000, [0.025, 0.975])
    bar = row(bars, "programme")
    assert (bar["low_value"], bar["high_value"]) == pytest.approx((low, high), rel=1e-14)
    assert bar["unit"] == "NOK"


@pytest.mark.parametrize("name", ["programme", "earnings", "earnings causal"])
def test_at_the_switching_value_society_breaks_even(bars: Table, name: str) -> None:
    bar = row(bars, name)
    size = abs(bar["net_high"]) + abs(bar["net_low"])
    assert abs(society(changed(name, bar["switching"]))) < 1e-9 * size


def test_a_switching_value_that_the_figure_cannot_take_is_absent(bars: Table) -> None:
    bar = row(bars, "schooling displaced")
    assert bar["state"] == "out_of_range"
    assert "switching" not in bar


def test_widest_first(bars: Table) -> None:
    swings = [one["swing"] for one in bars.rows]
    assert swings == sorted(swings, reverse=True)
    assert {one["parameter"] for one in bars.rows} == {"main", "schedule", *NAMES}


def test_the_rate_goes_from_two_to_five_per_cent(bars: Table) -> None:
    bar = row(bars, "schedule")
    for end, rate in (("low", 0.02), ("high", 0.05), ("switching", bar["switching"])):
        definition = doubtful() | {
            "schedule": {"rates": [{"rate": rate}], **NOTE},
            "public_funds": {"rate": 0.2, **NOTE},
        }
        expected = 0.0 if end == "switching" else bar[f"net_{end}"]
        assert society(definition) == pytest.approx(expected, rel=1e-11, abs=1e-6)


def worked() -> dict[str, Any]:
    """Return 200 people, a cost of 4.0 m and 900 000 for each unit of effect."""
    definition = small(participants={"treated": 200})
    definition["payers"] = {"people": {"title": "All"}}
    cost, benefit = definition["costs"][0], definition["benefits"][0]
    cost |= {"payer": "people", "per": "programme", "amount": 4.0e6}
    benefit |= {"payer": "people", "amount": 900_000, "years": {"from": 0, "to": 0}}
    for one, ends in ((cost, (3.2e6, 5.2e6)), (benefit, (0.24e6, 1.5e6))):
        # The 2.5 and 97.5 % quantiles of this uniform distribution are the ends.
        beyond = (ends[1] - ends[0]) * 0.025 / 0.95
        one["uncertain"] = {"uniform": {"low": ends[0] - beyond, "high": ends[1] + beyond}}
    return definition


def test_worked_example() -> None:
    bars = drawn_up(worked(), effect(0.05, 0.018, conf_low=0.01, conf_high=0.08))["tornado"]
    whole = {
        one["parameter"]: [200 * one[f"net_{end}"] for end in ("low", "high")] for one in bars.rows
    }
    assert whole["main"] == pytest.approx([-2.2e6, 10.4e6])
    assert whole["earnings"] == pytest.approx([-1.6e6, 11.0e6])
    assert whole["course"] == pytest.approx([5.8e6, 3.8e6])
    assert row(bars, "main")["switching"] == pytest.approx(0.022222, abs=5.1e-7)
    assert row(bars, "earnings")["switching"] == pytest.approx(400_000)
    assert row(bars, "course")["switching"] == pytest.approx(9.0e6)
    # Bars as wide as each other go by name.
    assert [one["parameter"] for one in bars.rows] == ["earnings", "main", "course", "schedule"]


def test_an_effect_and_an_item_of_one_name_keep_their_own_bars() -> None:
    definition = small()
    definition["benefits"][0] |= {"item": "main", "uncertain": {"uniform": {"low": 0, "high": 2}}}
    bars = drawn_up(definition, exact(2000.0, 500.0))["tornado"]
    assert {one["parameter"] for one in bars.rows} == {"main", "main amount", "schedule"}


def test_no_tornado_where_nothing_is_uncertain() -> None:
    definition = copy.deepcopy(small())
    del definition["analysis"]
    definition["effects"] = {"wished": {"assumed": {"value": 2000, "unit": "EUR/year", **NOTE}}}
    spec = Economics.model_validate(definition)
    assert "tornado" not in {one.kind for one in account(spec, {}, seed=(7,))}


def test_an_effect_without_limits_has_no_ends() -> None:
    estimate = effect(2000.0, 500.0, conf_high=float("inf"))
    bar = row(drawn_up(small(), estimate)["tornado"], "main")
    assert bar == {"parameter": "main", "state": "unbounded"}
