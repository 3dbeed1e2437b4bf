"""Scenarios against the account of a definition that was changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from exact_effects import basics, exact
from example_accounts import NOTE, drawn_up, norway, row, small
from pydantic import ValidationError

from evaluate.core import Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics

EFFECT = exact(0.05, 0.02, unit="share")
Definition = dict[str, Any]


def retained(**changed: Any) -> Definition:
    """Return the Norwegian account in which the municipality keeps a tenth of its tax alone."""
    definition = norway(**changed)
    definition["payers"]["municipality"]["retention"] = {
        "local": 0.1,
        "national": 0.8,
        "rest": "state",
    }
    definition["benefits"][0]["taxed"] = True
    return definition


def nets(table: Table, scenario: str) -> dict[str, float]:
    rows = [one for one in table.rows if one["scenario"] == scenario]
    return {str(one["payer"]): float(one["net"] or 0.0) for one in rows}


def rows_of(definition: Definition) -> list[Definition]:
    return [one for side in ("costs", "benefits", "transfers") for one in definition[side]]


def no_growth(definition: Definition) -> None:
    for one in rows_of(definition):
        one["growth"] = 0.0


def fading(definition: Definition) -> None:
    for one in rows_of(definition):
        if one.get("per") != "participant" and one["item"] != "programme":
            one["fade"] = "linear"


def observed_only(definition: Definition) -> None:
    del definition["payers"]["municipality"]["retention"]  # without any tax to retain
    for side in ("costs", "benefits", "transfers"):
        definition[side] = [one for one in definition[side] if one["years"]["from"] <= 1]


def no_public_funds(definition: Definition) -> None:
    definition["public_funds"] = {"rate": 0.0, **NOTE}


def flat(rate: float) -> Callable[[Definition], None]:
    def change(definition: Definition) -> None:
        definition["schedule"] = {"rates": [{"rate": rate}], **NOTE}
        definition["public_funds"] = {"rate": 0.2, **NOTE}

    return change


def local(definition: Definition) -> None:
    definition["scope"] = "local"


def national(definition: Definition) -> None:
    definition["scope"] = "national"


BY_HAND: dict[str, Callable[[Definition], None]] = {
    "base": lambda definition: None,
    "observed_only": observed_only,
    "no_growth": no_growth,
    "fading": fading,
    "no_public_funds": no_public_funds,
    "rate_low": flat(0.02),
    "rate_high": flat(0.05),
    "scope_local": local,
    "scope_national": national,
}


@pytest.fixture(scope="module")
def found() -> Table:
    return drawn_up(retained(), EFFECT)["scenarios"]


@pytest.mark.parametrize("name", BY_HAND)
def test_built_in(found: Table, name: str) -> None:
    definition = retained()
    BY_HAND[name](definition)
    tables = basics(definition, EFFECT)
    expected = {one["payer"]: one["net"] for one in tables["accounts"].rows}
    assert nets(found, name) == pytest.approx(expected, rel=1e-12, abs=1e-9)
    effect = row(tables["break_even"], "society")
    mine = row(found, f"{name}|society")
    assert mine["state"] == effect["state"]
    assert ("break_even" in mine) == ("effect" in effect) == (name != "observed_only")
    assert mine.get("break_even", 0.0) == pytest.approx(effect.get("effect", 0.0), rel=1e-12)


def test_all_built_ins_and_only_these(found: Table) -> None:
    assert [*dict.fromkeys(one["scenario"] for one in found.rows)] == [*BY_HAND]


def test_costs_after_follow_up_stay_and_effects_before_it_go() -> None:
    definition = small(observed={"from": 2, "to": 2})
    definition["costs"][0]["years"] = {"from": 0, "to": 3}
    definition["benefits"][0]["years"] = {"from": 1, "to": 3}
    definition["schedule"] = {"rates": [{"rate": 0}], **NOTE}
    found = drawn_up(definition, exact(3000.0, 500.0))["scenarios"]
    assert nets(found, "base")["society"] == 3 * 3000 - 4 * 1000
    assert nets(found, "observed_only")["society"] == 3000 - 4 * 1000


def test_a_scenario_that_would_change_nothing_is_left_out() -> None:
    found = drawn_up(small(), exact(2000.0, 500.0))["scenarios"]
    # Nothing grows, all years are observed, no cost of public funds, nobody retains.
    assert {one["scenario"] for one in found.rows} == {"base", "fading", "rate_low", "rate_high"}
    assert nets(found, "fading") == nets(found, "base")


def test_local_retention_flips_the_sign_of_the_municipality(found: Table) -> None:
    # Worked: -265 582.64 for 200 pupils when it keeps a tenth of its tax.
    kept = nets(found, "scope_local")["municipality"]
    assert 200 * kept == pytest.approx(-265_582.64, abs=0.00500001)
    assert nets(found, "scope_national")["municipality"] > 0


DECLARED = {
    "half": {"title": "Half the effect", "effect": 0.5},
    "dear": {"title": "Dear", "items": {"programme": 2.0, "earnings": 0.5}},
    "swedish": {"title": "Swedish rates", "schedule": "SE"},
    "short": {"title": "Ten years", "horizon": 10},
    "slow": {"title": "Slow", "growth": 0.002, "fade": "linear", "public_funds": 0.5},
}


@pytest.fixture(scope="module")
def declared() -> Table:
    return drawn_up(norway(scenarios=DECLARED), EFFECT)["scenarios"]


def as_declared(name: str) -> Definition:
    definition = norway()
    if name == "dear":
        definition["costs"][0]["amount"] *= 2.0
        definition["benefits"][0]["amount"] *= 0.5
    if name == "swedish":
        definition |= {"schedule": "SE", "public_funds": {"rate": 0.2, **NOTE}}
    if name == "short":
        for one in rows_of(definition):
            one["years"]["to"] = min(one["years"]["to"], 10)
    if name == "slow":
        fading(definition)
        definition["public_funds"] = {"rate": 0.5, **NOTE}
        for one in rows_of(definition):
            one["growth"] = 0.002 if "growth" in one else 0.0
    return definition


@pytest.mark.parametrize("name", DECLARED)
def test_declared(declared: Table, name: str) -> None:
    estimate = exact(0.025 if name == "half" else 0.05, 0.02)
    accounts = basics(as_declared(name), estimate)["accounts"]
    expected = {one["payer"]: one["net"] for one in accounts.rows}
    assert nets(declared, name) == pytest.approx(expected, rel=1e-12)


def graded(costs: int, benefits: int, amount: float) -> Definition:
    definition = small(optimism={"costs": costs, "benefits": benefits})
    definition["costs"][0]["amount"] = 1.2e6
    definition["benefits"][0] |= {"amount": amount, "years": {"from": 0, "to": 0}}
    return definition


def test_optimism_by_the_worked_example() -> None:
    found = drawn_up(graded(3, 5, 3.0e6), exact(1.0, 0.1))["scenarios"]
    assert nets(found, "optimism")["society"] == pytest.approx(930_000)
    assert nets(found, "base")["society"] == pytest.approx(1_800_000)


def test_a_correction_never_makes_harm_smaller() -> None:
    found = drawn_up(graded(3, 5, 3.0e6), exact(-1.0, 0.1))["scenarios"]
    assert nets(found, "optimism")["society"] == pytest.approx(-1.25 * 3.0e6 - 1.32e6)


def test_a_factor_on_effects_scales_what_follows_them() -> None:
    factors = {"none": 0.0, "less": 0.3, "more": 2.5, "harm": -1.0}
    asked = {name: {"title": name, "effect": factor} for name, factor in factors.items()}
    found = drawn_up(norway(scenarios=asked), EFFECT)["scenarios"]
    whole = nets(found, "base")["society"]
    none = -1.2 * (10_000 + 10_000 / 1.04)  # the programme, paid by public payers
    for name, factor in factors.items():
        expected = none + factor * (whole - none)
        assert nets(found, name)["society"] == pytest.approx(expected, rel=1e-12)


def test_costs_alone_have_scenarios_without_break_even() -> None:
    definition = small()
    for key in ("analysis", "benefits"):
        del definition[key]
    tables = account(Economics.model_validate(definition), {}, seed=(7,))
    (found,) = [one for one in tables if one.kind == "scenarios"]
    assert (
        nets(found, "rate_low")
        == nets(found, "base")
        == {"person": 0, "funder": -1000, "society": -1000}
    )
    assert not any("break_even" in one for one in found.rows)


@pytest.mark.parametrize(
    ("scenarios", "words"),
    [
        ({"base": {"title": "Base"}}, "give the scenario another key"),
        ({"odd": {"title": "Odd", "items": {"programme": -1.0}}}, "of 0 or more"),
    ],
)
def test_scenarios_that_make_no_sense(scenarios: Definition, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Economics.model_validate(norway(scenarios=scenarios))
