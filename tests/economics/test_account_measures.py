"""Net, ratio, payback, internal rates and the value of public funds, by perspective."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exact_effects import exact
from example_accounts import NOTE, drawn_up, effect, norway, row, small
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluate.core import Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics
from evaluate.economics.measures import paid_back
from evaluate.economics.returns import payback

PUPILS = 200
EFFECT = exact(0.05, 0.02, unit="share")


def year(at: int) -> dict[str, int]:
    return {"from": at, "to": at}


def measures(definition: dict[str, Any], estimate: Any = EFFECT) -> Table:
    return drawn_up(definition, estimate)["measures"]


@pytest.fixture(scope="module")
def found() -> Table:
    return measures(norway())


@pytest.mark.parametrize(
    ("payer", "years"), [("municipality", 17), ("state", 7), ("public", 32), ("county", None)]
)
def test_worked_payback(found: Table, payer: str, years: int | None) -> None:
    one = row(found, f"{payer}|payback")
    assert one.get("value") == years
    assert one["state"] == ("never" if years is None else "")


def test_worked_nets(found: Table) -> None:
    assert PUPILS * row(found, "society|npv")["value"] == pytest.approx(5_119_959.17, abs=0.02)
    assert PUPILS * row(found, "public|npv")["value"] == pytest.approx(780_707.77, abs=0.02)


def test_every_key_is_a_perspective_and_a_measure(found: Table) -> None:
    keys = [one["key"] for one in found.rows]
    assert len(set(keys)) == len(keys)
    assert [*dict.fromkeys(one["perspective"] for one in found.rows)] == [
        "society",
        "public",
        "pupil",
        "county",
        "municipality",
        "state",
    ]


def test_net_is_that_of_the_account_and_its_mean_that_of_the_draws(found: Table) -> None:
    accounts = drawn_up(norway(), EFFECT)["accounts"]
    for name in ("society", "county", "state"):
        one, other = row(found, f"{name}|npv"), row(accounts, name)
        assert one["value"] == other["net"]
        assert (one["low"], one["high"]) == (other["net_low"], other["net_high"])
        # The mean of one draw from each of 10 000 slices of a normal effect.
        mean = row(found, f"{name}|npv_mean")["value"]
        assert mean == pytest.approx(other["net"], rel=1e-3)


def test_ratio_interval_of_one_effect_is_the_ratio_at_its_limits(found: Table) -> None:
    # Society: cost and benefit are straight in the effect, their ratio is monotone in it.
    one = row(found, "society|benefit_cost_ratio")
    for end, share in (("low", 0.025), ("high", 0.975)):
        at = 0.05 + 0.02 * stats.norm.ppf(share)
        point = row(measures(norway(), effect(at, 0.02)), "society|benefit_cost_ratio")["value"]
        assert one[end] == pytest.approx(point, rel=2e-3)


def test_no_ratio_interval_where_cost_draws_cross_zero() -> None:
    definition = small()
    definition["costs"].append(
        {
            "item": "avoided",
            "payer": "funder",
            "amount": 900,
            "saving": True,
            "years": year(0),
            "uncertain": {"gamma": {"std_error": 200}},
            **NOTE,
        }
    )
    one = row(measures(definition, effect(2000.0, 100.0)), "society|benefit_cost_ratio")
    assert one["state"] == "cost_crosses_zero"
    assert one["value"] == pytest.approx(0.8 * 2000 / 100)
    assert not {"low", "high"} & one.keys()


def rates(definition: dict[str, Any], estimate: float) -> list[dict[str, Any]]:
    rows = measures(definition, effect(estimate)).rows
    return [
        dict(one)
        for one in rows
        if one["perspective"] == "society" and one["measure"] == "internal_rate"
    ]


def test_all_internal_rates_are_rows() -> None:
    definition = small()
    definition["benefits"][0]["amount"] = 2500
    definition["costs"].append(
        {"item": "after", "payer": "funder", "amount": 1540, "years": year(2), **NOTE}
    )
    found = rates(definition, 1.0)
    assert [one["value"] for one in found] == pytest.approx([0.1, 0.4], abs=1e-12)
    assert [one["key"] for one in found] == [f"society|internal_rate.{n}" for n in (1, 2)]
    assert {one["state"] for one in found} == {"ambiguous"}


def test_one_internal_rate_and_none() -> None:
    (one,) = rates(small(), 1200.0)
    assert one["value"] == pytest.approx(0.2, abs=1e-12)
    assert one["state"] == ""
    (none,) = rates(small(), -5.0)
    assert none["state"] == "none"
    assert "value" not in none


def test_value_of_public_funds_by_hand() -> None:
    # The person gains 0.75 x 0.8 x 2000 = 1200; the funder pays 1000 and gets 400 back.
    found = measures(small(), exact(2000.0, 1000.0))
    assert row(found, "society|mvpf")["value"] == pytest.approx(1200 / 600)
    # It pays for itself when 0.2 x effect > 1000: an effect above 5000, 3 standard errors away.
    free = row(found, "society|prob_pays_for_itself")["value"]
    assert free == pytest.approx(stats.norm.sf(3.0), abs=1.01e-4)
    one = row(found, "society|mvpf")
    for end, share in (("low", 0.025), ("high", 0.975)):
        at = 2000 + 1000 * stats.norm.ppf(share)
        # An end is a draw: up to two slices, 4 units of effect, from the percentile.
        slope = 600 / (1000 - 0.2 * at) ** 2
        assert one[end] == pytest.approx(0.6 * at / (1000 - 0.2 * at), abs=4 * slope)


def test_value_of_public_funds_leaves_out_their_marginal_cost() -> None:
    plain, dear = (
        row(measures(norway(public_funds={"rate": rate, **NOTE}), effect(0.02)), "society|mvpf")
        for rate in (0.0, 0.5)
    )
    assert plain["value"] == dear["value"] > 0


def test_unbounded_value_of_public_funds_is_absent() -> None:
    one = row(measures(norway()), "society|mvpf")
    assert one["state"] == "pays_for_itself"
    assert not {"value", "high"} & one.keys()
    wide = row(measures(small(), effect(2000.0, 2000.0)), "society|mvpf")
    assert wide["state"] == "unbounded_above"
    assert wide["value"] == pytest.approx(2.0)
    assert "high" not in wide


def granted() -> dict[str, Any]:
    """Return the small account with 400 of the cost paid by the EU."""
    definition = small()
    definition["payers"]["union"] = {"title": "EU", "public": True, "eu": True}
    definition["transfers"] = [
        {
            "item": "grant",
            "from": "union",
            "to": "funder",
            "per": "participant",
            "amount": 400,
            "years": year(0),
            **NOTE,
        }
    ]
    return definition


def test_a_grant_is_an_inflow_to_the_nation_and_public_money_to_the_union() -> None:
    found = measures(granted(), effect(2000.0, 10.0))
    nets = {name: row(found, f"{name}|npv")["value"] for name in ("society", "society_eu")}
    assert nets == pytest.approx({"society": 1000.0, "society_eu": 600.0})
    assert row(found, "society|mvpf")["value"] == pytest.approx(1200 / 200)
    assert row(found, "society_eu|mvpf")["value"] == pytest.approx(1200 / 600)


def test_harm_is_never_clipped() -> None:
    found = measures(small(), effect(-2000.0, 10.0))
    assert row(found, "society|npv")["value"] == pytest.approx(-1600 - 1000)
    assert row(found, "society|npv")["high"] < 0
    assert row(found, "society|benefit_cost_ratio")["value"] == pytest.approx(-1.6)
    assert row(found, "society|mvpf")["value"] == pytest.approx(-1200 / 1400)
    assert row(found, "society|prob_payback")["value"] == 0


def test_an_account_of_costs_alone_has_no_draws() -> None:
    definition = small()
    for key in ("analysis", "benefits"):
        del definition[key]
    found = account(Economics.model_validate(definition), {}, seed=(7,))
    (table,) = [one for one in found if one.kind == "measures"]
    known = {one["measure"] for one in table.rows}
    assert not known & {"npv_mean", "prob_payback", "prob_pays_for_itself"}
    assert row(table, "society|npv") == {
        "key": "society|npv",
        "perspective": "society",
        "measure": "npv",
        "value": -1000.0,
        "state": "",
    }


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_draws_pay_back_by_the_rule_of_one(seed: int, years: int) -> None:
    rng = np.random.default_rng(seed)
    net = rng.normal(size=(3, years)) * rng.integers(0, 2, size=(3, years))
    each = rng.normal(size=(40, 3)).round(1)
    found = paid_back(net, each)
    flows = each @ net
    expected = [payback(flow, np.ones(years)).year is not None for flow in flows]
    assert found.tolist() == expected


def test_a_rate_of_borrowing_is_no_return() -> None:
    definition = small()
    definition["costs"][0]["years"] = {"from": 2, "to": 2}
    measures = drawn_up(definition, exact(2000.0, 500.0))["measures"]
    found = row(measures, "society|internal_rate.1")
    # 2000 in year 1, 1000 paid in year 2: half is paid for the money.
    assert found["value"] == pytest.approx(-0.5)
    assert found["state"] == "gain_first"
