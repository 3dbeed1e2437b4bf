"""What holds for every account, and what draws of the effect must agree with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exact_effects import basics, exact
from example_accounts import NOTE, effect, norway, row, small
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluate.core import Table
from evaluate.economics.definition import Economics
from evaluate.economics.draws import draw_effect, slices
from evaluate.economics.flows import flows

N = 10_000
WITHIN = 1.0 / N  # one draw from each of N equal slices: a share is off by at most one slice

amounts = st.floats(0.01, 1e6)
effects = st.floats(-1e4, 1e4)


def nets(tables: dict[str, Table], column: str = "net") -> dict[str, float]:
    return {one["payer"]: one[column] for one in tables["accounts"].rows}


def scaled(spec: dict[str, Any], factor: float) -> dict[str, Any]:
    for side in ("costs", "benefits", "transfers"):
        for one in spec.get(side, ()):
            one["amount"] *= factor
    return spec


@st.composite
def transfers(draw: st.DrawFn) -> dict[str, Any]:
    share = draw(st.floats(0.01, 0.99))
    first = draw(st.integers(0, 10))
    parties = {"pupil": share, "state": 1.0 - share}
    sides = [parties, {"county": 0.3, "municipality": 0.7}]
    if draw(st.booleans()):
        sides.reverse()
    return {
        "item": "transfer",
        "from": sides[0],
        "to": sides[1],
        "per": draw(st.sampled_from(["participant", "increase", "decrease"])),
        "amount": draw(amounts),
        "years": {"from": first, "to": first + draw(st.integers(0, 10))},
        **NOTE,
    }


@given(transfers())
def test_transfers_sum_to_zero_in_every_year(transfer: dict[str, Any]) -> None:
    money = flows(Economics.model_validate(norway(transfers=[transfer])))
    (index,) = [i for i, item in enumerate(money.items) if item.key == "transfer"]
    flow = money.amounts[:, index] * money.sizes[index]
    assert np.abs(flow).max() > 0
    assert np.abs(flow.sum(axis=0)).max() <= 1e-9 * transfer["amount"]


@given(st.floats(0.0, 0.99), st.sampled_from(["local", "national"]))
@settings(max_examples=25)
def test_what_equalisation_moves_sums_to_zero_in_every_year(kept: float, scope: str) -> None:
    spec = norway(scope=scope)
    spec["payers"]["municipality"]["retention"] = {
        "local": kept,
        "national": kept / 2,
        "rest": "state",
    }
    spec["benefits"][0]["taxed"] = True
    money = flows(Economics.model_validate(spec))
    assert [item.side for item in money.items].count("transfer") == 2
    for i, item in enumerate(money.items):
        if item.side == "transfer":
            flow = money.amounts[:, i] * money.sizes[i]
            assert np.abs(flow.sum(axis=0)).max() <= 1e-9 * np.abs(flow).max()


@given(transfers(), effects)
@settings(max_examples=25, deadline=None)
def test_society_is_the_sum_of_all_rows(transfer: dict[str, Any], estimate: float) -> None:
    tables = basics(norway(transfers=[transfer]), effect(estimate))
    for column in ("cost", "benefit", "net", "net_extrapolated"):
        values = nets(tables, column)
        society = values.pop("society")
        # Sums in another order differ by rounding of the largest term.
        size = sum(map(abs, values.values())) + 1.0
        assert society == pytest.approx(sum(values.values()), abs=1e-9 * size)


@given(transfers())
@settings(max_examples=25, deadline=None)
def test_transfers_do_not_move_society_without_cost_of_public_funds(
    transfer: dict[str, Any],
) -> None:
    free = {"rate": 0.0, **NOTE}
    with_, without = (
        row(basics(norway(transfers=rows, public_funds=free), effect(0.05))["accounts"], "society")
        for rows in ([transfer], [])
    )
    assert with_.keys() == without.keys()
    for name, cell in without.items():
        # Sums of more terms, of which the added are 0, may be added up in another order.
        exactly = isinstance(cell, str)
        assert with_[name] == (cell if exactly else pytest.approx(cell, rel=1e-12))


def test_no_effect_no_benefit_but_the_programme_still_costs() -> None:
    accounts = basics(norway(public_funds={"rate": 0.0, **NOTE}), effect(0.0))["accounts"]
    assert {one["benefit"] for one in accounts.rows} == {0.0}
    # 10 000 in years 0 and 1 at 4 %.
    assert row(accounts, "society")["cost"] == pytest.approx(10_000 + 10_000 / 1.04, rel=1e-14)


@given(effects, effects, st.floats(-1.0, 2.0))
@settings(max_examples=25, deadline=None)
def test_net_is_linear_in_the_effect(first: float, second: float, weight: float) -> None:
    between = weight * first + (1 - weight) * second
    a, b, c = (nets(basics(norway(), effect(one))) for one in (first, second, between))
    for payer, found in c.items():
        expected = weight * a[payer] + (1 - weight) * b[payer]
        size = 1.0 + abs(a[payer]) + abs(b[payer])
        assert found == pytest.approx(expected, abs=1e-9 * size)


@given(st.floats(0.001, 1000.0))
@settings(max_examples=25, deadline=None)
def test_currency_scales_money_and_leaves_ratios(factor: float) -> None:
    before = basics(norway(), effect(0.05, 0.02))
    after = basics(scaled(norway(), factor), effect(0.05, 0.02))
    for old, new in zip(before["accounts"].rows, after["accounts"].rows, strict=True):
        for column in ("cost", "benefit", "net", "net_low", "net_high"):
            assert new[column] == pytest.approx(factor * old[column], rel=1e-9)
        assert new["prob_positive"] == old["prob_positive"]
        assert new["state"] == old["state"]
        ratios = [one.get("benefit_cost_ratio", 0.0) for one in (old, new)]
        assert ratios[1] == pytest.approx(ratios[0], rel=1e-9)
    for old, new in zip(before["break_even"].rows, after["break_even"].rows, strict=True):
        assert new["state"] == old["state"]
        assert new.get("effect", 0.0) == pytest.approx(old.get("effect", 0.0), rel=1e-9)


@given(st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_society_is_linear_in_the_cost_of_public_funds(one: float, other: float) -> None:
    first, second, middle = (
        nets(basics(norway(public_funds={"rate": rate, **NOTE}), effect(0.05)))["society"]
        for rate in (one, other, (one + other) / 2)
    )
    assert middle == pytest.approx((first + second) / 2, rel=1e-12)


@given(st.floats(-1.0, 1.0).filter(lambda value: abs(value) > 1e-6), amounts)
@settings(max_examples=25, deadline=None)
def test_net_is_zero_at_the_break_even_effect(estimate: float, cost: float) -> None:
    spec = norway()
    spec["costs"][0]["amount"] = cost
    for found in basics(spec, effect(estimate))["break_even"].rows:
        if "effect" in found and found["payer"] != "public":  # a sum beside the account's rows
            root = basics(spec, effect(float(found["effect"])))["accounts"]
            at_root = row(root, found["payer"])
            # Costs and gains cancel: what is left is rounding of the gross amounts.
            gross = abs(at_root["cost"]) + abs(at_root["benefit"])
            assert abs(at_root["net"]) <= 1e-9 * gross


@given(st.lists(st.floats(-2.0, 2.0), min_size=2, max_size=2), st.sampled_from([None, 5.0, 396.42]))
@settings(max_examples=25, deadline=None)
def test_probability_against_the_closed_form(where: list[float], df: float | None) -> None:
    # Society's net is 0.8 x effect - 1000: above 0 when the effect is above 1250.
    std_error = 700.0
    estimate = 1250.0 + where[0] * std_error
    tables = basics(small(), exact(estimate, std_error, df=df))
    z = (estimate - 1250.0) / std_error
    expected = stats.norm.cdf(z) if df is None else stats.t.cdf(z, df)
    found = row(tables["accounts"], "society")["prob_positive"]
    assert found == pytest.approx(expected, abs=1.01 * WITHIN)
    assert row(tables["break_even"], "society")["prob_reached"] == found


def test_interval_against_the_closed_form() -> None:
    half = stats.t.ppf(0.95, 396.42) * 670.9965
    estimate = effect(
        1794.3424,
        670.9965,
        df=396.42,
        conf_level=0.9,
        conf_low=1794.3424 - half,
        conf_high=1794.3424 + half,
    )
    found = row(basics(small(), estimate)["accounts"], "society")
    low, high = (0.8 * (1794.3424 + sign * half) - 1000 for sign in (-1, 1))
    # One slice of 1/N at the 5th percentile is 0.001 standard errors wide.
    assert found["net_low"] == pytest.approx(low, abs=0.8 * 0.002 * 670.9965)
    assert found["net_high"] == pytest.approx(high, abs=0.8 * 0.002 * 670.9965)


def test_draws_have_one_in_each_slice_and_are_not_cut_off() -> None:
    draws = draw_effect(0.0, 1.0, None, slices(N, (3,)))
    counts = np.bincount(np.floor(stats.norm.cdf(draws) * N).astype(int), minlength=N)
    assert counts.tolist() == [1] * N
    assert (draws < 0).sum() == N / 2
    assert draws.std() == pytest.approx(1.0, abs=0.005)
    assert not np.array_equal(draws, np.sort(draws))


def test_draws_follow_the_stream_that_is_named() -> None:
    one, again, other = (
        draw_effect(1.0, 2.0, 12.0, slices(N, seed)) for seed in ((1, 2), (1, 2), (1, 3))
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("std_error", [0.0, 1e-9, 700.0])
@pytest.mark.parametrize("df", [None, 1.0])
def test_histogram(std_error: float, df: float | None) -> None:
    table = basics(small(), effect(1250.0, std_error, df=df))["distribution"]
    lows, highs, shares = (
        [float(one[name]) for one in table.rows] for name in ("low", "high", "share")
    )
    assert 1 <= len(lows) <= 60
    assert lows[1:] == highs[:-1]
    assert 0.998 - WITHIN <= sum(shares) <= 1.0 + 1e-12
    if std_error == 700.0:
        assert 0.0 in lows
        gain = sum(share for low, share in zip(lows, shares, strict=True) if low >= 0)
        assert gain == pytest.approx(0.5, abs=0.002)


def test_a_longer_stream_of_draws_may_be_asked_for() -> None:
    table = basics(small(draws=20_000), effect(1250.0, 700.0))["distribution"]
    counts = [float(one["share"]) * 20_000 for one in table.rows]
    assert counts == pytest.approx([round(count) for count in counts], abs=1e-6)
    assert any(round(count) % 2 for count in counts)
