"""Items of CHEERS 2022 that an account answers by itself, and what each of them needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from example_reports import full, table

from evaluate.core import Finding
from evaluate.evidence import checklists_money as money
from evaluate.evidence.checklists import checklists

COST = {"item": "pay", "side": "cost", "amount": 1.0, "source": "Accounts", "currency": "NOK"}
GAIN = {"item": "wage", "side": "benefit", "amount": 2.0, "note": "Worked out.", "currency": "NOK"}
RATE = {"item": "rate", "side": "parameter", "amount": 0.2}


def with_inputs(*rows: dict[str, Any], **economics: Any) -> Finding:
    base = full()
    kept = tuple(one for one in base.tables if one.kind != "inputs")
    spec = {**base.study["economics"], "currency": "NOK", "price_year": 2020, **economics}
    study = {**base.study, "economics": {k: v for k, v in spec.items() if v is not None}}
    return replace(base, tables=(*kept, table("inputs", *rows)), study=study)


def status(finding: Finding, item: str) -> object:
    (found,) = (one for one in checklists(finding) if one.id == "checklist.cheers")
    (row,) = (one for one in found.rows if one["item"] == item)
    return row["status"]


def test_an_account_that_says_all_fills_its_items() -> None:
    finding = with_inputs(COST, GAIN, RATE, analysis="main")
    assert [status(finding, one) for one in ("1", "8", "9", "10", "11", "13", "14", "15")] == (
        ["filled"] * 8
    )


@pytest.mark.parametrize(
    ("rows", "costs", "values"),
    [
        ((COST, GAIN), True, True),
        (({**COST, "source": None}, GAIN), False, True),
        ((COST, {**GAIN, "note": None}), True, False),
        ((COST, {**GAIN, "amount": None}), True, False),
        ((GAIN,), False, True),
        ((COST,), True, False),
        ((COST, GAIN, {**COST, "item": "rent", "source": None}), False, True),
    ],
)
def test_every_figure_says_where_it_comes_from(
    rows: tuple[dict[str, Any], ...], costs: bool, values: bool
) -> None:
    finding = with_inputs(*rows, analysis="main")
    assert money.costs_sourced(finding) is costs
    assert money.values_sourced(finding) is values


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, True),
        ({"currency": "SEK"}, False),
        ({"price_year": 2018}, False),
        ({"currency": "SEK", "conversion": "EUR-SEK 11.4; EUR-NOK 11.6"}, True),
    ],
)
def test_money_of_another_year_or_country_shows_its_conversion(
    changed: dict[str, Any], said: bool
) -> None:
    assert money.conversion_said(with_inputs({**COST, **changed}, GAIN)) is said


def test_costs_alone_have_nothing_to_give_a_value() -> None:
    spec = dict.fromkeys(("benefits", "earnings", "transfers", "observed", "analysis"))
    finding = with_inputs(COST, **spec)
    assert money.costs_alone(finding)
    assert [status(finding, one) for one in ("11", "13")] == ["filled", "filled"]
    valued = with_inputs(COST, **{**spec, "analysis": "main"})
    assert not money.costs_alone(valued)
    assert status(valued, "13") == "missing"


def test_a_range_of_what_is_uncertain_or_of_everything() -> None:
    assert not money.input_ranges(with_inputs(COST, GAIN))
    assert money.input_ranges(with_inputs(COST, {**GAIN, "uncertain": "pert"}))
    assert money.input_ranges(with_inputs({**COST, "low": 0.5}, {**GAIN, "low": 1.0}))
    bare = with_inputs(COST, {**GAIN, "uncertain": "pert"})
    moved = tuple(one for one in bare.tables if one.kind != "tornado")
    assert not money.input_ranges(replace(bare, tables=moved))


def test_without_an_account_nothing_is_said() -> None:
    finding = replace(full(), tables=(), study={**full().study, "economics": {}})
    for said in (money.account_page, money.costs_alone, money.costs_sourced):
        assert not said(finding)
    for said in (money.conversion_said, money.horizon_said, money.benefits_named):
        assert not said(finding)
