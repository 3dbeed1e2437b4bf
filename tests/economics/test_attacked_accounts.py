"""Accounts that were attacked: what broke them is a fault of the definition, or gives a number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from example_accounts import NOTE, drawn_up, effect, row, small
from pydantic import ValidationError

from evaluate.core import Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics

UNIFORM = {"uniform": {"low": 0, "high": 2}}


def faults(definition: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Economics.model_validate(definition)
    return str(caught.value)


def with_gain(item: str, **fields: Any) -> dict[str, Any]:
    """Return the small account with wages, aid and one more benefit."""
    years = {"from": 1, "to": 1}
    definition = small()
    definition["benefits"].append(
        {"item": item, "payer": "person", "amount": 1, "years": years, **NOTE, **fields}
    )
    definition["earnings"] = [
        {
            "item": "wages",
            "earner": "person",
            "amount": 1,
            "years": years,
            "tax": {"rate": 0.3, "to": "funder"},
            "contribution": {"rate": 0.1, "to": "funder"},
            **NOTE,
        }
    ]
    definition["transfers"] = [
        {
            "item": "aid",
            "from": "person",
            "to": "funder",
            "amount": 1,
            "administration": 0.1,
            "years": years,
            **NOTE,
        }
    ]
    return definition


@pytest.mark.parametrize(
    "item", ["wages_tax", "wages_tax_equalisation", "wages_contribution", "aid_administration"]
)
def test_no_item_has_the_key_of_a_line_that_another_gives_rise_to(item: str) -> None:
    said = faults(with_gain(item))
    assert f"item `{item}` has the key of a line that item" in said
    Economics.model_validate(with_gain(f"{item}_too"))


def test_knowing_all_is_not_hidden_by_an_item_called_all() -> None:
    estimate = effect(2000.0, 1000.0)
    plain = small()
    plain["benefits"][0]["uncertain"] = UNIFORM
    named = small()
    named["benefits"][0] |= {"item": "all", "uncertain": UNIFORM}
    kinds = drawn_up(named, estimate)
    # The benefit's draws are named by its key, so the two agree up to Monte Carlo error.
    known = row(drawn_up(plain, estimate)["information"], "all")["value"]
    assert row(kinds["information"], "all")["value"] == pytest.approx(known, rel=0.05)
    assert row(kinds["information"], "all amount")["value"] <= known
    assert {"main", "all amount", "schedule"} == {one["parameter"] for one in kinds["tornado"].rows}


@pytest.mark.parametrize("key", ["all", "schedule"])
def test_no_effect_has_the_key_of_another_row_of_the_tables_of_uncertainty(key: str) -> None:
    definition = small(effects={key: {"analysis": "main"}})
    del definition["analysis"]
    assert f"effect `{key}` has a key that the tables of uncertainty use" in faults(definition)


@pytest.mark.parametrize("key", ["no_growth", "rate_low", "scope_local", "optimism"])
def test_no_scenario_stands_in_the_place_of_one_that_every_account_has(key: str) -> None:
    said = faults(small(scenarios={key: {"title": "Mine", "growth": 0.1, "effect": 0.5}}))
    assert f"scenario `{key}` has the key of one that accounts have by themselves" in said


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"items": {"course": 1}},
        {"effect": 1},
        {"growth": 0.1},  # nothing grows
        {"fade": "none"},
        {"scope": "national"},
        {"horizon": 40},
    ],
)
def test_a_scenario_that_changes_nothing_is_a_fault(fields: dict[str, Any]) -> None:
    said = faults(small(scenarios={"other": {"title": "Other", **fields}}))
    assert "scenario `other` changes nothing" in said


@pytest.mark.parametrize(
    "fields",
    [
        {"items": {"course": 0}},
        {"effect": 0},
        {"effect": -1},
        {"fade": "linear"},
        {"scope": "local"},
        {"horizon": 0},
        {"public_funds": 0},
        {"schedule": "NO"},
    ],
)
def test_a_scenario_that_changes_something_stands(fields: dict[str, Any]) -> None:
    Economics.model_validate(small(scenarios={"other": {"title": "Other", **fields}}))


def test_one_pair_of_effects_has_one_correlation() -> None:
    pair = {"value": 0.5, **NOTE}
    definition = small(
        effects={"one": {"analysis": "main"}, "two": {"analysis": "other"}},
        correlations=[
            {"between": ["one", "two"], **pair},
            {"between": ["two", "one"], **pair, "value": 0.1},
            {"between": ["one", "one"], **pair},
        ],
    )
    del definition["analysis"]
    definition["benefits"][0]["effect"] = "one"
    said = faults(definition)
    assert "gives `two` and `one` twice" in said
    assert "pairs `one` with itself" in said


def uncertain(**given: Any) -> dict[str, Any]:
    definition = small()
    definition["costs"][0]["uncertain"] = given
    return definition


@pytest.mark.parametrize(
    "definition",
    [
        uncertain(uniform={"low": 1, "high": 1e308}),
        uncertain(gamma={"std_error": 1e-300}),
        uncertain(gamma={"std_error": 1e14}),
        uncertain(lognormal={"std_error": 1e300}),
        small(willingness=1e300),
        small(decisions={"per_year": 1e308, "years": 100}),
        small(alternatives={"a": {"title": "A", "cost": 1e308, "effect": 1, **NOTE}}),
        small(alternatives={"a": {"title": "A", "cost": 1, "effect": -1e308, **NOTE}}),
        small(scenarios={"s": {"title": "S", "effect": 1e308}}),
        small(scenarios={"s": {"title": "S", "items": {"course": 1e300}}}),
        small(participants={"treated": 1e-300}),
    ],
)
def test_numbers_that_would_overflow_are_faults(definition: dict[str, Any]) -> None:
    assert faults(definition)


@pytest.mark.parametrize("rate", [5e-324, 1e-300, 1e-18, 1e-12, 1e-9])
def test_a_durable_thing_at_a_rate_of_all_but_nothing_is_spread_evenly(rate: float) -> None:
    definition = small()
    definition["costs"][0]["durable"] = {"years": 5, "rate": rate}
    found = row(drawn_up(definition, effect(2000.0))["accounts"], "society")
    assert found["cost"] == pytest.approx(1000 / 5, rel=5 * 1e-9)


def finite(tables: tuple[Table, ...]) -> bool:
    cells = [cell for one in tables for each in one.rows for cell in each.values()]
    return all(np.isfinite(cell) for cell in cells if isinstance(cell, float))


@pytest.mark.parametrize("spread", [1e-5, 1e5])
@pytest.mark.parametrize("kind", ["gamma", "lognormal"])
def test_the_widest_and_the_narrowest_distribution_give_numbers(kind: str, spread: float) -> None:
    spec = Economics.model_validate(uncertain(**{kind: {"std_error": spread}}))
    assert finite(account(spec, {"main": effect(2000.0)}, seed=(7,)))


@pytest.mark.parametrize("value", [1e-308, -1e-13, 1e-12, 0.0])
def test_an_assumed_effect_counts_or_is_nothing(value: float) -> None:
    wished = {"assumed": {"value": value, "unit": "EUR/year", **NOTE}}
    definition = small(effects={"wished": wished})
    del definition["analysis"]
    if 0 < abs(value) < 1e-12:
        assert "`effect` is nearer to 0 than 1e-12" in faults(definition)
        return
    spec = Economics.model_validate(definition)
    assert finite(account(spec, {}, seed=(7,)))


@pytest.mark.parametrize("name", ["amount", "quantity", "times", "charged"])
def test_a_figure_that_is_all_but_nothing_is_a_fault(name: str) -> None:
    definition = small()
    definition["costs"][0][name] = 1e-300
    assert name in faults(definition)


def test_a_benefit_that_wears_off_within_a_year_reaches_no_break_even() -> None:
    definition = small(observed={"from": 0, "to": 40})
    definition["benefits"][0] |= {"growth": -0.9999999, "years": {"from": 44, "to": 44}}
    tables = drawn_up(definition, effect(2000.0))
    assert finite(tuple(tables.values()))
    assert row(tables["break_even"], "society")["state"] == "never pays"
