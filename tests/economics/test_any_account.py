"""Every account that may be written has tables of finite cells that fit their columns."""

from __future__ import annotations

import math
from typing import Any

from example_accounts import NOTE, effect
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluate.core import Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics

KINDS = {"integer": int, "boolean": bool, "text": str}
PAYERS = ("person", "town", "state", "union")
amounts = st.sampled_from([0.0, 0.3, 10.0, 1000.0, 7e8])
spans = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(
    lambda ends: {"from": min(ends), "to": max(ends)}
)


@st.composite
def rows(draw: st.DrawFn, side: str, name: str) -> dict[str, Any]:
    amount = draw(amounts)
    followed = draw(st.sampled_from(["participant", "increase", "decrease"]))
    row: dict[str, Any] = {
        "item": name,
        "amount": amount,
        "per": followed if side != "costs" else draw(st.sampled_from(["participant", "increase"])),
        "years": draw(spans),
        "growth": draw(st.sampled_from([0.0, 0.02])),
        **NOTE,
    }
    if side == "transfers":
        first, second = draw(st.permutations(PAYERS))[:2]
        row |= {"from": first, "to": second}
    else:
        row["payer"] = draw(st.sampled_from(PAYERS))
    if side == "costs":
        row["saving"] = draw(st.booleans())
    if amount and draw(st.booleans()):
        kind = draw(st.sampled_from(["gamma", "lognormal", "uniform"]))
        row["uncertain"] = (
            {"uniform": {"low": 0.5 * amount, "high": 2 * amount}}
            if kind == "uniform"
            else {kind: {"std_error": 0.4 * amount}}
        )
    if draw(st.booleans()):
        row["causal"] = {"share": 0.4, "uncertain": {"pert": {"low": 0.0, "high": 1.0}}}
    return row


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    public = draw(st.booleans())
    found: dict[str, Any] = {
        "currency": "EUR",
        "price_year": 2020,
        "base_year": 2020,
        "schedule": draw(st.sampled_from(["NO", "UK"])),
        "timing": draw(st.sampled_from(["start", "mid", "end"])),
        "payers": {
            "person": {"title": "Person"},
            "town": {"title": "Town", "public": public},
            "state": {"title": "State", "public": public},
            "union": {"title": "EU", "public": True, "eu": True},
        },
    }
    for side, least in (("costs", 1), ("benefits", 0), ("transfers", 0)):
        number = draw(st.integers(least, 2))
        found[side] = [draw(rows(side, f"{side}_{k}")) for k in range(number)]
    if draw(st.booleans()):
        found["alternatives"] = {"other": {"title": "Other", "cost": 10, "effect": 1, **NOTE}}
    return found


def fits(table: Table) -> None:
    known = {column.name: column for column in table.columns}
    assert all({"en", "nb", "sv"} <= set(column.label) for column in table.columns)
    keys = [one[table.columns[0].name] for one in table.rows]
    assert len(set(keys)) == len(keys)
    for one in table.rows:
        assert set(one) <= set(known)
        for name, cell in one.items():
            assert isinstance(cell, KINDS.get(known[name].type, (int, float))), (table.kind, name)
            assert not isinstance(cell, float) or math.isfinite(cell), (table.kind, name)


@given(
    definitions(),
    st.sampled_from([0.0, 0.05, -3.0, 2000.0]),
    st.sampled_from([0.0, 0.02, 900.0]),
    st.sampled_from([None, 1.0, 12.0]),
    st.sampled_from(["increase", "decrease"]),
)
@settings(max_examples=12)
def test_estimated(
    definition: dict[str, Any], estimate: float, error: float, df: float | None, direction: Any
) -> None:
    definition |= {"analysis": "main", "observed": {"from": 0, "to": 1}}
    spec = Economics.model_validate(definition)
    row = effect(estimate, error, df=df)
    for table in account(spec, {"main": row}, seed=(7,), direction=direction):
        fits(table)


@given(definitions(), st.sampled_from([0.0, 0.05, -3.0]))
@settings(max_examples=10)
def test_assumed(definition: dict[str, Any], wished: float) -> None:
    assumed = {"value": wished, "unit": "share", "direction": "decrease", **NOTE}
    definition |= {"effects": {"wish": {"assumed": assumed}}, "observed": {"from": 0, "to": 0}}
    for table in account(Economics.model_validate(definition), {}, seed=(7,)):
        fits(table)
