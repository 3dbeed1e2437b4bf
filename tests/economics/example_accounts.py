"""Accounts that several tests use, and what finds a row of their tables."""

from __future__ import annotations

import copy
from typing import Any

from evaluate.core import Direction, Estimate, Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics

NOTE = {"status": "illustrative", "note": "made up for a test"}

# Worked example with illustrative inputs: 200 pupils, of whom 10 complete who would not have, so
# an effect of 0.05 on the share that completes. All amounts are per pupil: 2 000 000 / 200 = 10 000.
NORWAY: dict[str, Any] = {
    "analysis": "main",
    "currency": "NOK",
    "price_year": 2024,
    "base_year": 2024,
    "schedule": "NO",
    "observed": {"from": 0, "to": 1},
    "payers": {
        "pupil": {"title": "Pupils"},
        "county": {"title": "County", "public": True},
        "municipality": {"title": "Municipality", "public": True},
        "state": {"title": "State", "public": True},
    },
    "costs": [
        {
            "item": "programme",
            "payer": {"county": 0.5, "state": 0.25, "municipality": 0.25},
            "amount": 10_000,
            "years": {"from": 0, "to": 1},
            **NOTE,
        },
        {
            "item": "schooling",
            "payer": "county",
            "per": "increase",
            "amount": 0.8 * 170_000,
            "years": {"from": 1, "to": 1},
            **NOTE,
        },
    ],
    "benefits": [
        {
            "item": "earnings",
            "payer": {
                "pupil": 0.7,
                "state": 0.3 * 0.55,
                "municipality": 0.3 * 0.35,
                "county": 0.3 * 0.10,
            },
            "amount": 40_000,
            "growth": 0.009,
            "years": {"from": 3, "to": 45},
            **NOTE,
        },
        {
            "item": "employer_contribution",
            "payer": "state",
            "amount": 0.141 * 40_000,
            "growth": 0.009,
            "years": {"from": 3, "to": 45},
            **NOTE,
        },
    ],
    "transfers": [
        {
            "item": "benefits_received",
            "from": "pupil",
            "to": {"state": 0.7, "municipality": 0.3},
            "amount": 15_000,
            "growth": 0.009,
            "years": {"from": 2, "to": 20},
            **NOTE,
        }
    ],
}

# 1000 paid in year 0, 1 back in year 1 for each unit of outcome, at 25 % a year.
SMALL: dict[str, Any] = {
    "analysis": "main",
    "currency": "EUR",
    "price_year": 2020,
    "base_year": 2020,
    "schedule": {"rates": [{"rate": 0.25}], **NOTE},
    "observed": {"from": 1, "to": 1},
    "payers": {"person": {"title": "Person"}, "funder": {"title": "Funder", "public": True}},
    "costs": [
        {
            "item": "course",
            "payer": "funder",
            "amount": 1000,
            "years": {"from": 0, "to": 0},
            **NOTE,
        }
    ],
    "benefits": [
        {
            "item": "earnings",
            "payer": {"person": 0.75, "funder": 0.25},
            "amount": 1,
            "years": {"from": 1, "to": 1},
            **NOTE,
        }
    ],
}


def effect(estimate: float, std_error: float = 1.0, **fields: Any) -> Estimate:
    """Return an estimate of which only the number, its error and the df matter."""
    known: dict[str, Any] = {
        "conf_low": estimate - 2 * std_error,
        "conf_high": estimate + 2 * std_error,
        "n_obs": 400,
        "n_treated": 200,
        "method": "difference in means",
        "std_error_method": "HC2",
        "unit": "EUR/year",
        "estimand": "ATE",
        "analysis": "main",
        **fields,
    }
    return Estimate(estimate=estimate, std_error=std_error, **known)


def norway(**changed: Any) -> dict[str, Any]:
    """Return the Norwegian account, with top-level keys changed."""
    return {**copy.deepcopy(NORWAY), **changed}


def small(**changed: Any) -> dict[str, Any]:
    """Return the small account, with top-level keys changed."""
    return {**copy.deepcopy(SMALL), **changed}


def drawn_up(
    definition: dict[str, Any], estimate: Estimate, *, direction: Direction = "increase"
) -> dict[str, Table]:
    """Return the tables of an account, by kind."""
    spec = Economics.model_validate(definition)
    key = next(iter(spec.valued))
    tables = account(spec, {key: estimate}, seed=(7,), direction=direction)
    return {table.kind: table for table in tables}


def row(table: Table, key: object) -> dict[str, Any]:
    """Return the row whose first cell is the key."""
    first = table.columns[0].name
    (found,) = [one for one in table.rows if one[first] == key]
    return dict(found)
