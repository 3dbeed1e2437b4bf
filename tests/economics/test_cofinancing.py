"""Grant, co-funding, what is given in kind, and rates that contradict each other."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluate.core import Table
from evaluate.economics.cofinancing import (
    CoFinancing,
    cofinancing_tables,
    fits,
    split,
    split_of,
)

VECTORS = json.loads(Path(__file__).with_name("economics_vectors.json").read_text("utf-8"))
NOTE = {"status": "illustrative", "note": "made up for a test"}
BLOCK: dict[str, Any] = {
    "eligible": {"amount": 10e6, **NOTE},
    "rates": {"stated": {"rate": 0.47, **NOTE}},
}


def tables(**changed: Any) -> dict[str, Table]:
    spec = CoFinancing.model_validate(copy.deepcopy(BLOCK) | changed)
    made = cofinancing_tables(spec, currency="SEK", analysis="main")
    for one in made:
        assert one.id == f"economics.{one.kind}"
        assert len({row["key"] for row in one.rows}) == len(one.rows)
        assert all(set(row) <= {column.name for column in one.columns} for row in one.rows)
    return {one.kind: one for one in made}


def rows(**changed: Any) -> dict[str, dict[str, Any]]:
    return {row["key"]: dict(row) for row in tables(**changed)["cofinancing"].rows}


def test_worked_split() -> None:
    found = split(10e6, rate=0.47, in_kind=2e6)
    grant, cofunding = VECTORS["ESF 47%: grant, cofin"]
    assert found.grant == pytest.approx(grant, rel=1e-12)
    assert found.cofunding == pytest.approx(cofunding, rel=1e-12)
    assert found.cash == pytest.approx(VECTORS["cofin split in-kind 2.0M -> cash"], rel=1e-12)


def test_in_kind_is_a_cost_and_not_cash() -> None:
    found = split(10e6, rate=0.47, in_kind=2e6, ineligible=0.5e6)
    assert found.economic_cost == 10.5e6
    assert found.cash_cost == 8e6
    assert found.cash_cost == pytest.approx(found.grant + (found.cash or 0), rel=1e-12)


@given(st.floats(1, 1e9), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1e9))
def test_every_part_of_the_cost_is_paid_by_somebody(
    eligible: float, rate: float, part: float, ineligible: float
) -> None:
    in_kind = part * (1 - rate) * eligible
    found = split(eligible, rate=rate, in_kind=in_kind, ineligible=ineligible)
    assert found.state == ""
    assert found.cash is not None
    assert found.cash >= 0
    paid = found.grant + found.in_kind + found.cash
    assert paid == pytest.approx(eligible, rel=1e-8)
    assert found.economic_cost == eligible + ineligible
    twice = split(2 * eligible, rate=rate, in_kind=2 * in_kind)
    assert twice.cash == pytest.approx(2 * found.cash, rel=1e-8, abs=4e-9 * eligible)


def test_what_does_not_add_up_has_no_cash() -> None:
    found = split(10e6, rate=0.9, in_kind=2e6)
    assert (found.cash, found.state) == (None, "in kind above co-funding")
    found = split_of(10e6, grant=11e6)
    assert (found.cofunding, found.cash, found.state) == (None, None, "grant above eligible cost")
    # All of the co-funding in kind is allowed.
    assert split(10e6, rate=0.47, in_kind=5.3e6).cash == 0


@pytest.mark.parametrize(
    ("rate", "granted", "fit"),
    [(0.5, 15e6, False), (1.0, 15e6, True), (0.5, 7.5e6, True), (0.47, 7.5e6, False)],
)
def test_fits(rate: float, granted: float, fit: bool) -> None:
    assert fits(15e6, rate=rate, granted=granted) is fit


def test_a_rate_with_one_decimal_fits_a_grant_to_the_krona() -> None:
    assert fits(30_616_862, rate=0.665, granted=20_368_916)
    assert not fits(30_616_862, rate=0.67, granted=20_368_916)


def test_stated_rates_stand_side_by_side() -> None:
    found = rows(
        eligible={"amount": 15e6, **NOTE},
        rates={"half": {"rate": 0.5, **NOTE}, "all": {"rate": 1, **NOTE}},
        granted={"amount": 15e6, **NOTE},
    )
    assert list(found) == ["half", "all", "granted"]
    half, all_, granted = found.values()
    assert (half["grant"], half["cofunding"], half["state"]) == (7.5e6, 7.5e6, "does not fit")
    assert (all_["grant"], all_["cofunding"], all_["state"]) == (15e6, 0, "")
    assert (granted["rate"], granted["cofunding"], granted["state"]) == (1, 0, "as granted")


def test_a_conflict_that_leaves_no_room_in_kind() -> None:
    found = rows(
        rates={"half": {"rate": 0.5, **NOTE}, "all": {"rate": 1.0, **NOTE}},
        in_kind={"amount": 2e6, **NOTE},
    )
    assert (found["half"]["cash"], found["half"]["state"]) == (3e6, "")
    assert "cash" not in found["all"]
    assert found["all"]["state"] == "in kind above co-funding"


def test_a_grant_above_the_eligible_cost() -> None:
    found = rows(granted={"amount": 11e6, **NOTE})
    assert found["stated"]["state"] == "does not fit"
    assert found["granted"]["state"] == "grant above eligible cost"
    assert not {"cofunding", "cash"} & set(found["granted"])


def test_every_figure_is_shown_with_its_status() -> None:
    source = {"title": "A call", "date": "2015"}
    found = tables(
        rates={"call": {"rate": 0.47, "status": "verified", "source": source}},
        in_kind={"amount": 2e6, **NOTE},
        ineligible={"amount": 1e6, **NOTE},
        granted={"amount": 4.7e6, **NOTE},
    )
    inputs = {row["key"]: row for row in found["cofinancing_inputs"].rows}
    assert list(inputs) == ["eligible", "granted", "in_kind", "ineligible", "rate|call"]
    assert inputs["rate|call"]["status"] == "verified"
    assert inputs["rate|call"]["source"] == "A call"
    assert found["cofinancing"].rows[0]["status"] == "verified"


Change = Callable[[dict[str, Any]], object]

FAULTS: dict[str, tuple[Change, str]] = {
    "rate in per cent": (
        lambda spec: spec["rates"]["stated"].update(rate=47),
        "a share lies between 0 and 1.*; write 47 % as 0.47",
    ),
    "negative rate": (
        lambda spec: spec["rates"]["stated"].update(rate=-0.1),
        "a share lies between 0 and 1",
    ),
    "negative budget": (
        lambda spec: spec["eligible"].update(amount=-1),
        "an amount is 0 or more",
    ),
    "no budget": (
        lambda spec: spec["eligible"].update(amount=0),
        "leaves nothing to support; give the eligible cost",
    ),
    "in kind above co-funding": (
        lambda spec: spec.update(in_kind={"amount": 5.4e6, **NOTE}),
        "more than the co-funding under every stated rate, .*; lower `in_kind`",
    ),
    "no rate": (lambda spec: spec.update(rates={}), "at least 1 item"),
    "a rate called granted": (
        lambda spec: spec.update(rates={"granted": {"rate": 0.5, **NOTE}}),
        "give that entry of `rates` another key",
    ),
    "no source": (
        lambda spec: spec["eligible"].update(status="verified"),
        "a figure that is verified needs a source",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_explained(fault: str) -> None:
    change, said = FAULTS[fault]
    spec = copy.deepcopy(BLOCK)
    change(spec)
    with pytest.raises(ValidationError, match=said):
        CoFinancing.model_validate(spec)
