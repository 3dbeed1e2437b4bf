"""What the ``economics`` block refuses, in the words that a user reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from example_accounts import NOTE, norway, small
from pydantic import BaseModel, ValidationError

from evaluate.economics import definition, rows
from evaluate.economics.definition import Economics

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
            r"item `course` names payer `foundation`, which `payers` does not have; "
            r"use one of person, funder, or add it there"
        ),
    ),
    "unknown payer in shares": (
        benefit(payer={"person": 0.5, "county": 0.5}),
        r"item `earnings` names payer `county`",
    ),
    "currency": (
        cost(currency="USD"),
        r"item `course` is in USD, the account in EUR; convert the amount",
    ),
    "price year": (
        cost(price_year=2018),
        r"item `course` is in prices of 2018, the account in prices of 2020; convert",
    ),
    "item twice": (benefit(item="course"), r"item `course` stands more than once; give each row"),
    "years": (
        cost(years={"from": 2, "to": 1}),
        r"the last year comes before the first; put the earlier one in `from`",
    ),
    "before the base year": (cost(years={"from": -1, "to": 1}), r"greater than or equal to 0"),
    "negative": (cost(amount=-1000), r"greater than or equal to 0"),
    "shares": (
        benefit(payer={"person": 0.5, "funder": 0.4}),
        r"the shares in `payer` do not sum to 1; give every part to somebody",
    ),
    "share over 1": (benefit(payer={"person": 1.5}), r"less than or equal to 1"),
    "illustrative": (without("costs", "note"), r"an illustrative figure needs a note"),
    "verified": (
        cost(status="verified"),
        r"a figure that is verified needs a source; give `source`, or set `status: illustrative`",
    ),
    "unverified": (cost(status="unverified"), r"a figure that is unverified needs a source"),
    "fading cost": (cost(fade="linear"), r"only what follows the effect can fade; set `per:"),
    "reserved": (
        lambda spec: spec["payers"].update(society={"title": "All"}),
        r"payer `society` is a row of every account; give that payer another key",
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
    "unknown schedule": (lambda spec: spec.update(schedule="FI"), r"'NO', 'SE', 'DK', 'UK'"),
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
    for module in (definition, rows)
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
    assert {"payers", "costs", "schedule", "observed"} <= set(schema["required"])
    assert set(schema["$defs"]) >= {"Cost", "Benefit", "Transfer", "Schedule", "Reference"}
