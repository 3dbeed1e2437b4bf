"""What the ``economics`` block refuses, in the words that a user reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from example_accounts import NOTE, effect, norway, small
from pydantic import BaseModel, ValidationError

from evaluate.economics import costs, definition, gains, payers, ranges, rows
from evaluate.economics.account import account
from evaluate.economics.definition import Economics
from evaluate.economics.flows import flows
from evaluate.economics.tables import inputs
from evaluate.errors import Refused
from evaluate.parameters.table import expired, parameters

Change = Callable[[dict[str, Any]], object]


def cost(**changed: Any) -> Change:
    return lambda spec: spec["costs"][0].update(changed)


def benefit(**changed: Any) -> Change:
    return lambda spec: spec["benefits"][0].update(changed)


def schedule(*rates: dict[str, Any]) -> Change:
    return lambda spec: spec.update(schedule={"rates": list(rates), **NOTE})


def without(row: str, key: str) -> Change:
    return lambda spec: spec[row][0].pop(key)


FAULTS: dict[str, tuple[Change, str]] = {
    "unknown payer": (
        cost(payer="foundation"),
        (
            r"item `course` names payer `foundation`, which `payers` does not have; why: .*; "
            r"use one of person, funder, or add it there"
        ),
    ),
    "unknown payer in shares": (
        benefit(payer={"person": 0.5, "county": 0.5}),
        r"item `earnings` names payer `county`",
    ),
    "currency": (
        cost(currency="USD"),
        r"item `course` is in USD, the account in EUR; why: .*; convert the amount",
    ),
    "price year": (
        cost(price_year=2018),
        r"item `course` is in prices of 2018, the account in prices of 2020; why: .*; convert",
    ),
    "item twice": (
        benefit(item="course"),
        r"item `course` stands more than once; why: .*; delete all but one",
    ),
    "years": (
        cost(years={"from": 2, "to": 1}),
        r"the last year comes before the first; put the earlier one in `from`",
    ),
    "before the base year": (cost(years={"from": -1, "to": 1}), r"greater than or equal to 0"),
    "negative": (cost(amount=-1000), r"greater than or equal to 0"),
    "shares": (
        benefit(payer={"person": 0.5, "funder": 0.4}),
        r"the shares in `payer` do not sum to 1; why: .*; give every part to somebody",
    ),
    "share over 1": (benefit(payer={"person": 1.5}), r"less than or equal to 1"),
    "illustrative": (without("costs", "note"), r"a figure that is illustrative needs a note"),
    "verified": (
        cost(status="verified"),
        r"a figure that is verified needs a source; give `source`, or set `status: illustrative`",
    ),
    "unverified": (cost(status="unverified"), r"a figure that is unverified needs a source"),
    "fading cost": (
        cost(fade="linear"),
        r"`fade` is for what follows the effect; why: .*; set `per: increase` or",
    ),
    "reserved": (
        lambda spec: spec["payers"].update(society={"title": "All"}),
        r"payer `society` is a row of every account; why: .*; give that payer another key",
    ),
    "no costs": (lambda spec: spec.update(costs=[]), r"at least 1 item"),
    "per cent": (schedule({"rate": 3.5}), r"less than or equal to 0\.3"),
    "closed schedule": (
        schedule({"to": 40, "rate": 0.04}),
        r"a schedule ends with one open step; give all but the last a `to`",
    ),
    "open step inside": (
        schedule({"rate": 0.04}, {"rate": 0.03}),
        r"a schedule ends with one open step",
    ),
    "steps in disorder": (
        schedule({"to": 75, "rate": 0.04}, {"to": 40, "rate": 0.03}, {"rate": 0.02}),
        r"the steps of a schedule overlap; write them with increasing `to`",
    ),
    "unknown schedule": (lambda spec: spec.update(schedule="XX"), r"'NO', 'SE', 'DK', 'FI', 'UK'"),
    "too few draws": (lambda spec: spec.update(draws=1000), r"greater than or equal to 10000"),
    "http": (
        cost(source={"title": "A page", "url": "http://example.org"}),
        r"should match pattern",
    ),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_fault(name: str) -> None:
    change, message = FAULTS[name]
    spec = small()
    change(spec)
    with pytest.raises(ValidationError, match=message):
        Economics.model_validate(spec)


def test_shares_of_a_transfer() -> None:
    spec = norway()
    spec["transfers"][0]["to"] = {"state": 0.7, "municipality": 0.2}
    with pytest.raises(ValidationError, match="the shares in `to` do not sum to 1"):
        Economics.model_validate(spec)


def test_all_faults_at_once() -> None:
    spec = small()
    cost(payer="foundation", currency="USD")(spec)
    benefit(price_year=2018)(spec)
    with pytest.raises(ValidationError, match=r"(?s)`foundation`.*in USD.*prices of 2018"):
        Economics.model_validate(spec)


def test_same_currency_and_price_year_may_be_said_again() -> None:
    spec = small()
    cost(currency="EUR", price_year=2020)(spec)
    assert Economics.model_validate(spec).costs[0].price_year == 2020


MODELS = {
    model.__name__: model
    for module in (costs, definition, gains, payers, ranges, rows)
    for model in vars(module).values()
    if isinstance(model, type)
    and issubclass(model, BaseModel)
    and model.__module__ == module.__name__
}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_field_is_described(name: str) -> None:
    fields = MODELS[name].model_fields
    assert fields
    assert [field for field, info in fields.items() if not info.description] == []


def test_json_schema_knows_the_shape() -> None:
    schema = Economics.model_json_schema()
    assert {"payers", "costs", "schedule", "base_year"} <= set(schema["required"])
    assert not {"analysis", "effects", "observed"} & set(schema["required"])  # costs alone
    assert set(schema["$defs"]) >= {"Cost", "Benefit", "Transfer", "Schedule", "Reference"}


GUESS = {"assumed": {"value": 1.0, "unit": "month", **NOTE}}
UNCERTAIN = {"gamma": {"std_error": 10.0}}
TOWN = {"title": "Town", "public": True}


def top(**changed: Any) -> Change:
    return lambda spec: spec.update(changed)


def retaining(spec: dict[str, Any]) -> None:
    rule = {"local": 0.1, "national": 1.0, "rest": "funder"}
    spec["payers"]["town"] = {**TOWN, "retention": rule}


def keeping_its_own_rest(spec: dict[str, Any]) -> None:
    retaining(spec)
    spec["payers"]["town"]["retention"]["rest"] = "town"


def one_parameter_twice(spec: dict[str, Any]) -> None:
    spec.update(conversion={})
    row = {"parameter": "se_pupil_year_2021_total", "years": {"from": 1, "to": 1}, **NOTE}
    spec["benefits"] = [{"item": "first", "payer": "person", **row}]
    spec["transfers"] = [{"item": "second", "from": "funder", "to": "person", **row}]


FAULTS_OF_THE_ACCOUNT: dict[str, tuple[Change, str]] = {
    "analysis and effects": (top(effects={"guess": GUESS}), "`analysis` and `effects` are both"),
    "no effect": (
        lambda spec: spec.pop("analysis"),
        "item `earnings` follows an effect, and the account values none; .*delete the item",
    ),
    "effect that is none": (benefit(effect="other"), "follows `other`.*use one of main"),
    "which effect": (
        lambda spec: (spec.pop("analysis"), spec.update(effects={"a": GUESS, "b": GUESS})),
        "`earnings` does not say which effect it follows.*give `effect`: one of a, b",
    ),
    "not observed": (lambda spec: spec.pop("observed"), "`observed` is missing"),
    "correlation": (
        top(correlations=[{"between": ["main", "other"], "value": 0.1, **NOTE}]),
        "`correlations` names `other`, which is no effect of the account",
    ),
    "benefit and transfer": (
        lambda spec: spec.update(
            transfers=[
                {
                    "item": "earnings",
                    "from": "funder",
                    "to": "person",
                    "amount": 1,
                    "years": {"from": 1, "to": 1},
                    **NOTE,
                }
            ]
        ),
        "item `earnings` stands more than once; why: the same money as two rows would count twice",
    ),
    "parameter twice": (one_parameter_twice, "item `second` takes the parameter of `first`"),
    "horizon": (top(horizon=0), "item `earnings` runs to year 1, the horizon is 0"),
    "whole programme": (cost(per="programme"), "give `participants.treated`"),
    "more completed": (
        top(participants={"treated": 10, "completed": 11}),
        "`participants.completed` is above `treated`",
    ),
    "profile without age": (
        lambda spec: (
            spec.update(participants={"treated": 10}),
            cost(profile={17: 1.0, 20: 2.0})(spec),
        ),
        "item `course` has a profile by age.*give `participants.age`",
    ),
    "optimism beside a distribution": (
        lambda spec: (
            spec.update(optimism={"costs": 1, "benefits": 1}),
            cost(uncertain=UNCERTAIN)(spec),
        ),
        "item `course` has a distribution, and the account has `optimism`",
    ),
    "optimism beside an uncertain share": (
        lambda spec: (
            spec.update(optimism={"costs": 1, "benefits": 1}),
            benefit(causal={"share": 0.5, "uncertain": {"beta": {"std_error": 0.1}}})(spec),
        ),
        "item `earnings` has a distribution, and the account has `optimism`",
    ),
    "retention without tax": (retaining, "payer `town` has `retention` and receives no tax"),
    "retention for itself": (keeping_its_own_rest, "payer `town` leaves the rest to `town`"),
    "base scenario": (
        top(scenarios={"base": {"title": "As it is"}}),
        "scenario `base` is the account as it stands",
    ),
    "scenario of nothing": (
        top(scenarios={"other": {"title": "Other", "items": {"rent": 1.0}}}),
        "scenario `other` changes `rent`, which is no item of the account",
    ),
    "scenario that turns a sign": (
        top(scenarios={"other": {"title": "Other", "items": {"course": -1.0}}}),
        "scenario `other` turns the sign of `course`",
    ),
    "alternative": (
        top(alternatives={"usual": {"title": "Usual", "cost": 0.0, "effect": 0.0, **NOTE}}),
        "alternative `usual` stands beside every account",
    ),
    "amount and parameter": (cost(parameter="no_pupil_year_2021_programme"), "one of the two"),
    "neither": (without("costs", "amount"), "give `amount`, or `parameter` in its place"),
    "parameter in a currency": (
        lambda spec: (
            spec["costs"][0].pop("amount"),
            cost(parameter="no_pupil_year_2021_programme", currency="NOK")(spec),
        ),
        "a parameter brings its own currency and price year",
    ),
    "two distributions": (
        cost(uncertain={**UNCERTAIN, "uniform": {"low": 0.0, "high": 2000.0}}),
        "2 distributions are given; a figure has one of",
    ),
    "beta for money": (
        cost(uncertain={"beta": {"std_error": 10.0}}),
        "a beta distribution is for shares",
    ),
    "beta too wide": (
        benefit(causal={"share": 0.5, "uncertain": {"beta": {"std_error": 0.6}}}),
        "no beta distribution has this mean and standard error",
    ),
    "figure outside its range": (
        cost(uncertain={"pert": {"low": 1.0, "high": 2.0}}),
        "the figure lies outside its own range; why: .*; widen",
    ),
    "salvage above the price": (
        cost(durable={"years": 3, "salvage": 2000.0, "rate": 0.04}),
        "`salvage` is above the price",
    ),
    "EU money that is not public": (
        lambda spec: spec["payers"].update(union={"title": "Union", "eu": True}),
        "money of the EU is public",
    ),
    "levy to nobody": (
        top(
            earnings=[
                {
                    "item": "wages",
                    "earner": "person",
                    "amount": 1,
                    "years": {"from": 1, "to": 1},
                    "tax": {"rate": 0.3, "to": {"funder": 0.5}},
                    **NOTE,
                }
            ]
        ),
        "the shares in `to` do not sum to 1",
    ),
}


@pytest.mark.parametrize("name", sorted(FAULTS_OF_THE_ACCOUNT))
def test_fault_of_the_account(name: str) -> None:
    change, message = FAULTS_OF_THE_ACCOUNT[name]
    spec = small()
    change(spec)
    with pytest.raises(ValidationError, match=message):
        Economics.model_validate(spec)


def taking(key: str, **more: Any) -> Economics:
    spec = small(conversion={}, **more)
    spec["costs"][0].pop("amount")
    cost(parameter=key)(spec)
    return Economics.model_validate(spec)


@pytest.mark.parametrize("name", ["tax_shares", "exchange_rates", "retention", "discount_rates"])
def test_a_rate_is_no_amount_of_money(name: str) -> None:
    one = parameters(name)[0]
    with pytest.raises(Refused, match=f"is no amount of money: it is in {one.unit}") as caught:
        flows(taking(one.key))
    assert caught.value.code == "not_an_amount"


@pytest.mark.parametrize(("base_year", "marked"), [(2025, False), (2026, True)])
def test_a_parameter_that_is_no_longer_in_force_is_marked(base_year: int, marked: bool) -> None:
    (one,) = (row for row in parameters("benefit_rates") if row.key == "no_grunnbelop_2024")
    assert expired(one, base_year) == marked
    table = inputs(taking(one.key, base_year=base_year))
    assert table.rows[0].get("expired", False) is marked
    assert "expired" not in table.rows[1]  # an amount of the study's own


def test_effects_of_two_analyses_need_a_correlation() -> None:
    spec = small(effects={"main": {"analysis": "main"}, "other": {"analysis": "other"}})
    del spec["analysis"]
    benefit(effect="main")(spec)
    both = {"main": effect(2000.0), "other": effect(1.0, analysis="other")}
    with pytest.raises(Refused, match="how the effects `main` and `other` go together") as caught:
        account(Economics.model_validate(spec), both, seed=(7,))
    assert caught.value.code == "effects_not_joint"
