"""The models beside the account take their numbers from the account."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from example_accounts import NOTE, effect, norway, row
from pydantic import ValidationError

from evaluate.core import Table
from evaluate.economics.beside_tables import beside_tables
from evaluate.economics.definition import Economics
from evaluate.economics.effects import joint_effects
from evaluate.economics.fund import path
from evaluate.economics.tables import accounts, break_even
from evaluate.economics.valuation import Valuation, value

VECTORS = json.loads(Path(__file__).with_name("economics_vectors.json").read_text("utf-8"))
PUPILS = 200
CENT = 0.00500001  # vectors are rounded to cents
NAMES = {"county": "county", "municipality": "municipality", "state": "state_NAV"}

FUND: dict[str, Any] = {
    "loan": {"amount": 200_000, **NOTE},
    "interest": {"share": 0.02, **NOTE},
    "repaid_share": {"share": 0.7, **NOTE},
    "saving": {"payer": "municipality", "evidence": "assumed", **NOTE},
    "years": 7,
}


def valued(**changed: Any) -> Valuation:
    spec = Economics.model_validate(norway(**copy.deepcopy(changed)))
    rows = {"main": effect(10 / PUPILS, 0.02, unit="share")}
    return value(spec, joint_effects(spec, rows, seed=(7,)), seed=(7,))


def tables(done: Valuation) -> dict[str, Table]:
    return {one.kind: one for one in beside_tables(done)}


def test_incentives_of_the_account() -> None:
    done = valued()
    made = tables(done)
    assert set(made) == {"incentives", "side_payments", "wrong_pocket"}
    account, even = accounts(done), break_even(done)
    for payer in ("pupil", *NAMES):
        found, known = row(made["incentives"], payer), row(account, payer)
        assert found["outlay"] == known["cost"]
        assert found["gain"] == known["benefit"]
        assert found["net"] == pytest.approx(known["net"], rel=1e-12)
        assert found["prob_positive"] == known["prob_positive"]
        point = row(even, payer)
        assert (found.get("break_even"), found["state"]) == (point.get("effect"), point["state"])
    for payer, name in NAMES.items():
        found = row(made["incentives"], payer)
        assert PUPILS * found["outlay"] == pytest.approx(
            VECTORS["PV outlay t0-1 by payer"][name], abs=CENT
        )
        assert found.get("horizon") == VECTORS["payback disc/undisc by payer"][name][0]
        averted = VECTORS[f"breakeven averted {name}"]
        if averted is not None:
            assert PUPILS * found["break_even"] == pytest.approx(averted, abs=0.0000500001)
    assert row(made["wrong_pocket"], "index")["value"] == pytest.approx(
        VECTORS["wrong-pocket ratio"], abs=0.0000500001
    )
    assert {"index_public", "prob_self_financing"} <= {
        one["key"] for one in made["wrong_pocket"].rows
    }
    payment = sum(one["amount"] for one in made["side_payments"].rows)
    assert PUPILS * payment == pytest.approx(-VECTORS["payer NPV (no MCF)"]["county"], abs=CENT)


def test_public_funds_and_society_are_nobody() -> None:
    payers = [one["payer"] for one in tables(valued())["incentives"].rows]
    assert payers == ["pupil", "county", "municipality", "state"]


def test_a_fund_paid_back_by_a_payer_of_the_account() -> None:
    done = valued(fund=FUND, participants={"treated": PUPILS})
    made = tables(done)
    # Of 10 averted dropouts: 0.3 x 0.35 of earnings from year 3, 0.3 of benefits from year 2.
    saved = [
        10 * 1.009**year * (0.3 * 0.35 * 40_000 * (year >= 3) + 0.3 * 15_000 * (year >= 2))
        for year in range(1, 8)
    ]
    got = [one["saving"] for one in made["fund"].rows][1:]
    assert got == pytest.approx(saved, rel=1e-12)
    known = path(200_000, saved, interest=0.02, share=0.7)
    assert [one["balance"] for one in made["fund"].rows] == pytest.approx(known.balance, rel=1e-12)
    found = row(made["fund_result"], "prob_full_repay")
    draws = done.effects.draws / 0.05 * np.array(saved)
    owed = path(200_000, draws, interest=0.02, share=0.7).write_off
    assert 0 < found["value"] == np.mean(owed == 0) < 1
    assert found["state"] == "saving assumed"


def test_a_fund_of_an_unknown_payer() -> None:
    fund = FUND | {"saving": FUND["saving"] | {"payer": "region"}}
    with pytest.raises(ValidationError, match="`fund.saving` names payer `region`, which"):
        Economics.model_validate(norway(fund=fund))


def test_a_fund_that_outlasts_the_account() -> None:
    benefits = [one | {"years": {"from": 3, "to": 4}} for one in norway()["benefits"]]
    transfers = [one | {"years": {"from": 2, "to": 4}} for one in norway()["transfers"]]
    made = tables(valued(fund=FUND, benefits=benefits, transfers=transfers))
    assert [one["saving"] > 0 for one in made["fund"].rows] == [False] * 2 + [True] * 3 + [
        False
    ] * 3


def test_a_shipped_parameter_in_the_money_of_the_account() -> None:
    organiser = {
        "programme_cost": {"amount": 18_000, **NOTE},
        "averted": {"share": 0.1, **NOTE},
        "retained": {"months": 12, **NOTE},
        "programmes": {"municipal": {"parameter": "se_pupil_year_2021_municipal"}},
    }
    made = tables(valued(currency="SEK", price_year=2021, organiser=organiser))
    assert row(made["organiser"], "municipal|0.5")["margin_month"] == 5425
    found = row(made["organiser_inputs"], "programme|municipal")
    assert (found["value"], found["status"], found["unit"]) == (130_200, "verified", "SEK/year")
    assert "SCB" in found["source"]


def test_blocks_of_the_study() -> None:
    done = valued(
        organiser={
            "programme_cost": {"amount": 18_000, **NOTE},
            "averted": {"share": 0.1, **NOTE},
            "retained": {"months": 12, **NOTE},
            "programmes": {"general": {"amount": 130_200, **NOTE}},
            "funding": {"count_months": [10, 4]},
        },
        cofinancing={
            "eligible": {"amount": 10e6, **NOTE},
            "rates": {"stated": {"rate": 0.47, **NOTE}},
        },
    )
    made = tables(done)
    assert row(made["organiser"], "general|0.5")["net_home_municipality"] == pytest.approx(-13_020)
    assert len(made["organiser_months"].rows) == 36
    assert row(made["cofinancing"], "stated")["grant"] == pytest.approx(4.7e6)
    assert {one.analysis for one in made.values()} == {"main"}
