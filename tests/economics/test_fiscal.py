"""The marginal value of public funds: worked values, rules and draws."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.economics.fiscal import Mvpf, mvpf, mvpf_draws

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))
AMOUNT = st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-3)


def test_scholarship() -> None:
    cost = 100 * 1000 + 20 * 1000 - 0.20 * 300_000
    assert cost == VECTORS["MVPF_stylised_cost"]
    key = "MVPF_stylised (wtp inframarg 100000 + 0.8*300000 net wage)"
    found = mvpf(100_000 + 0.8 * 300_000, cost)
    assert found.value == pytest.approx(VECTORS[key], abs=5e-7)
    assert found.state == ""


def test_published_programmes_that_pay_for_themselves() -> None:
    before = 11_403 - 3_184 - 5_601 + 2_035
    assert [before, before - 7_274] == VECTORS["MVPF_FIU_cost_pre/at33"]
    assert mvpf(1.0, before - 7_274) == Mvpf(None, "pays_for_itself")
    assert mvpf(1.0, before).value == 1 / before
    schools = 1 - 0.188 * 10.81
    assert round(schools, 4) == VECTORS["MVPF_K12_cost"]
    assert mvpf(1.0, schools) == Mvpf(None, "pays_for_itself")


def test_rules() -> None:
    key = "MVPF_school_ex wtp 250k net cost 100k / -20k / wtp -5 cost -10"
    value, infinite, undefined = VECTORS[key]
    assert mvpf(250e3, 100e3) == Mvpf(value, "")
    assert math.isinf(infinite)
    assert mvpf(250e3, -20e3) == Mvpf(None, "pays_for_itself")
    assert math.isnan(undefined)
    assert mvpf(-5, -10) == Mvpf(None, "saves_money_harms_beneficiaries")


@pytest.mark.parametrize(
    ("willingness", "cost", "found"),
    [
        (-50, 100, Mvpf(-0.5, "")),
        (0, 100, Mvpf(0.0, "")),
        (0, 0, Mvpf(None, "no_stake")),
        (5, 0, Mvpf(None, "pays_for_itself")),
        (-5, 0, Mvpf(None, "saves_money_harms_beneficiaries")),
        (0, -5, Mvpf(None, "saves_money_harms_beneficiaries")),
        # A cost that is the rounding of sums of this size is none.
        (5e5, 1e6 * (0.1 + 0.2 - 0.3), Mvpf(None, "pays_for_itself")),
    ],
)
def test_cases(willingness: float, cost: float, found: Mvpf) -> None:
    assert mvpf(willingness, cost) == found


def test_rounding_of_large_sums_is_no_stake() -> None:
    assert mvpf(1e-7, -1e-7, gross=1e6) == Mvpf(None, "no_stake")
    assert mvpf(1e-7, -1e-7).state == "pays_for_itself"


@given(AMOUNT, AMOUNT, st.sampled_from([1e-6, 0.1, 11.5, 1e6]))
def test_currency_makes_no_difference(willingness: float, cost: float, scale: float) -> None:
    here, there = mvpf(willingness, cost), mvpf(willingness * scale, cost * scale)
    assert here.state == there.state
    if here.value is not None:
        assert there.value == pytest.approx(here.value, rel=1e-12)


def test_draws_that_never_pay_for_themselves() -> None:
    rng = np.random.default_rng(2)
    willingness, cost = rng.normal(200, 20, 10_001), rng.normal(100, 5, 10_001)
    found = mvpf_draws(willingness, cost)
    ratios = np.sort(willingness / cost)
    assert found.point == mvpf(float(willingness.mean()), float(cost.mean()))
    assert (found.low, found.high) == (ratios[250], ratios[9750])
    assert (found.share_pays_for_itself, found.share_undefined) == (0, 0)


def test_an_upper_end_is_unbounded_where_enough_draws_pay_for_themselves() -> None:
    cost = np.r_[np.full(96, 10.0), np.full(4, -1.0)]
    found = mvpf_draws(np.full(100, 30.0), cost)
    assert (found.low, found.high) == (3.0, None)
    assert found.share_pays_for_itself == 0.04
    few = mvpf_draws(np.full(100, 30.0), np.r_[np.full(99, 10.0), -1.0], level=0.9)
    assert (few.low, few.high) == (3.0, 3.0)
    assert few.share_pays_for_itself == 0.01


def test_draws_without_a_value_make_no_interval_look_sure() -> None:
    gain = np.r_[np.full(90, 30.0), np.full(10, -1.0)]
    found = mvpf_draws(gain, np.r_[np.full(90, 10.0), np.full(10, -1.0)])
    assert (found.low, found.high) == (None, None)
    assert (found.share_pays_for_itself, found.share_undefined) == (0.0, 0.1)


def test_draws_belong_together() -> None:
    rng = np.random.default_rng(3)
    gain, cost = rng.normal(1, 1, 999), rng.normal(0.2, 1, 999)
    order = rng.permutation(999)
    one, other = mvpf_draws(gain, cost), mvpf_draws(gain[order], cost[order])
    assert (one.low, one.high) == (other.low, other.high)
    states = [mvpf(g, c).state for g, c in zip(gain, cost, strict=True)]
    assert one.share_pays_for_itself == states.count("pays_for_itself") / 999
    assert one.share_undefined == states.count("saves_money_harms_beneficiaries") / 999
    for wrong in (cost[:5], np.full(999, np.nan)):
        with pytest.raises(ValueError, match="same length|finite"):
            mvpf_draws(gain, wrong)
