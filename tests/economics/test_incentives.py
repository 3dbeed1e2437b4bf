"""Who pays and who gains: a worked example by plain sums, and what holds for every account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluate.core import Table
from evaluate.economics.incentive_tables import incentive_tables
from evaluate.economics.incentives import (
    Stakes,
    horizon,
    outside,
    shares,
    side_payments,
    wrong_pocket,
)
from evaluate.economics.labels_incentives import columns, kinds

VECTORS = json.loads(Path(__file__).with_name("economics_vectors.json").read_text("utf-8"))
CENT = 0.00500001  # vectors are rounded to cents
FOUR = 0.0000500001  # and ratios and effects to four decimals

AVERTED = 10.0
PAYERS = ("pupil", "county", "municipality", "state_NAV")
YEARS = 46


def factor(year: int) -> float:
    """Discount 4 % a year to year 40, then 3 %: no year beyond 45 is needed."""
    return 1.04 ** -min(year, 40) * 1.03 ** -max(year - 40, 0)


def norway(retention: float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return outlay and gain by payer, year and (fixed, per averted dropout), undiscounted.

    A programme of 2 million in years 0 and 1, 0.8 of a pupil-year at 170 000 for each averted
    dropout, 40 000 more earned in years 3 to 45, 15 000 less in benefits in years 2 to 20.
    """
    outlay, gain = np.zeros((4, YEARS, 2)), np.zeros((4, YEARS, 2))
    pupil, county, municipality, state = range(4)
    for year in (0, 1):
        outlay[county, year, 0] = 1e6
        outlay[[municipality, state], year, 0] = 0.5e6
    outlay[county, 1, 1] = 0.8 * 170_000
    for year in range(3, 46):
        wage = 40_000 * 1.009**year
        gain[pupil, year, 1] += 0.7 * wage
        gain[county, year, 1] += 0.3 * 0.10 * wage
        gain[municipality, year, 1] += retention * 0.3 * 0.35 * wage
        gain[state, year, 1] += (0.3 * 0.55 + 0.141) * wage
    for year in range(2, 21):
        benefit = 15_000 * 1.009**year
        gain[pupil, year, 1] -= benefit
        gain[municipality, year, 1] += 0.3 * benefit
        gain[state, year, 1] += 0.7 * benefit
    return outlay, gain


def norwegian(averted: float = AVERTED, retention: float = 1.0) -> Stakes:
    factors = np.array([factor(year) for year in range(YEARS)])
    outlay, gain = (one * factors[:, None] for one in norway(retention))
    at = np.array([1.0, averted])
    net = (gain - outlay).sum(axis=1)
    effects = np.array([-5.0, 0.0, 2.0, 3.0, 6.0, 7.0, 10.0, 40.0])
    return Stakes(
        payers=PAYERS,
        outlay=outlay.sum(axis=1) @ at,
        gain=gain.sum(axis=1) @ at,
        fixed=net[:, 0],
        slope=net[:, 1],
        draws=net[:, 0] + effects[:, None] * net[:, 1],
        flows=(gain - outlay) @ at,
        public=np.array([False, True, True, True]),
    )


def tables(found: Stakes) -> dict[str, Table]:
    made = incentive_tables(found, currency="NOK", analysis="main", unit="dropouts averted")
    return {one.kind: one for one in made}


def rows(table: Table, key: str) -> dict[str, dict[str, Any]]:
    assert table.columns[0].name == key
    found = {one[key]: dict(one) for one in table.rows}
    assert len(found) == len(table.rows)
    return found


def test_norway_net_and_outlay() -> None:
    by_payer = rows(tables(norwegian())["incentives"], "payer")
    for payer in PAYERS:
        assert by_payer[payer]["net"] == pytest.approx(
            VECTORS["payer NPV (no MCF)"][payer], abs=CENT
        )
        assert by_payer[payer]["outlay"] == pytest.approx(
            VECTORS["PV outlay t0-1 by payer"][payer], abs=CENT
        )


def test_norway_break_even() -> None:
    by_payer = rows(tables(norwegian())["incentives"], "payer")
    assert "break_even" not in by_payer["county"]
    assert VECTORS["breakeven averted county"] is None
    assert by_payer["county"]["state"] == "never pays"
    for payer in ("municipality", "state_NAV"):
        known = VECTORS[f"breakeven averted {payer}"]
        assert by_payer[payer]["break_even"] == pytest.approx(known, abs=FOUR)
        assert by_payer[payer]["state"] == ""


def test_norway_horizon() -> None:
    by_payer = rows(tables(norwegian())["incentives"], "payer")
    for payer in ("county", "municipality", "state_NAV"):
        discounted, undiscounted = VECTORS["payback disc/undisc by payer"][payer]
        assert by_payer[payer].get("horizon") == discounted
        outlay, gain = norway()
        flows = (gain - outlay) @ np.array([1.0, AVERTED])
        assert horizon(flows[PAYERS.index(payer)]).year == undiscounted
    assert by_payer["county"]["horizon_state"] == "never"
    # The pupil loses 141 193 of benefits in year 2, and gets back 118 719 in year 3.
    assert by_payer["pupil"]["horizon"] == 4
    public = norwegian().flows[1:].sum(axis=0)
    assert horizon(public).year == VECTORS["public payback disc/undisc"][0]


def test_norway_wrong_pocket() -> None:
    pocket = rows(tables(norwegian())["wrong_pocket"], "key")
    assert pocket["index"]["value"] == pytest.approx(VECTORS["wrong-pocket ratio"], abs=FOUR)
    assert pocket["index"]["state"] == ""
    public = {name: VECTORS["payer NPV (no MCF)"][name] for name in PAYERS[1:]}
    among = -public["county"] / (public["municipality"] + public["state_NAV"])
    assert pocket["index_public"]["value"] == pytest.approx(among, rel=1e-8)
    # Of the eight effects drawn, society as a whole gains at those above its break-even of 3.94.
    total = norwegian().net.sum(), norwegian(0.0).net.sum()
    even = -total[1] / ((total[0] - total[1]) / AVERTED)
    assert 3.0 < even < 6.0
    assert pocket["prob_self_financing"]["value"] == 4 / 8


def test_norway_gain_outside_the_budget_of_who_pays() -> None:
    found = norwegian()
    pocket = rows(tables(found)["wrong_pocket"], "key")
    gain = dict(zip(PAYERS, found.gain, strict=True))
    for payer in ("county", "municipality", "state_NAV"):
        own = 1 - gain[payer] / sum(gain.values())
        assert pocket[f"gain_outside|{payer}"]["value"] == pytest.approx(own, rel=1e-12)
    assert "gain_outside|pupil" not in pocket
    weights = [0.0, 3_269_230.77, 980_769.23, 980_769.23]
    mean = sum(
        w * (1 - g / sum(gain.values())) for w, g in zip(weights, gain.values(), strict=True)
    ) / sum(weights)
    # The weights above are rounded to cents.
    assert pocket["gain_outside"]["value"] == pytest.approx(mean, abs=1e-8)


def test_norway_shares() -> None:
    by_payer = rows(tables(norwegian())["incentives"], "payer")
    total = 3_269_230.77 + 2 * 980_769.23
    assert by_payer["county"]["cost_share"] == pytest.approx(3_269_230.77 / total, abs=1e-8)
    gain = {name: one["net"] + one["outlay"] for name, one in by_payer.items()}
    for name, one in by_payer.items():
        assert one["benefit_share"] == pytest.approx(gain[name] / sum(gain.values()), rel=1e-12)
        assert one["gap"] == pytest.approx(one["benefit_share"] - one["cost_share"], rel=1e-12)
    assert sum(one["gap"] for one in by_payer.values()) == pytest.approx(0, abs=1e-14)


def test_norway_side_payments() -> None:
    made = tables(norwegian())
    by_payer, paid = rows(made["incentives"], "payer"), rows(made["side_payments"], "key")
    loss = -VECTORS["payer NPV (no MCF)"]["county"]
    assert by_payer["county"]["side_payment"] == pytest.approx(loss, abs=CENT)
    assert set(paid) == {f"{one}|county" for one in PAYERS if one != "county"}
    assert sum(one["amount"] for one in paid.values()) == pytest.approx(loss, abs=CENT)
    for one in paid.values():
        net = by_payer[one["from"]]["net"]
        assert one["amount"] == pytest.approx(VECTORS["wrong-pocket ratio"] * net, rel=2e-4)
        assert by_payer[one["from"]]["contribution"] == one["amount"]


def test_equalisation_turns_a_winner_into_a_loser() -> None:
    by_payer = rows(tables(norwegian(retention=0.1))["incentives"], "payer")
    known = VECTORS["municipality NPV with 10% tax retention"]
    assert by_payer["municipality"]["net"] == pytest.approx(known, abs=CENT)


def test_probabilities_are_shares_of_draws() -> None:
    by_payer = rows(tables(norwegian())["incentives"], "payer")
    got = {name: one["prob_positive"] for name, one in by_payer.items()}
    # Effects drawn: -5, 0, 2, 3, 6, 7, 10, 40; they pay above 0, never, 6.29 and 2.34.
    assert got == {"pupil": 6 / 8, "county": 0.0, "municipality": 3 / 8, "state_NAV": 5 / 8}


def test_without_draws_or_flows_nothing_is_made_up() -> None:
    whole = norwegian()
    bare = Stakes(PAYERS, whole.outlay, whole.gain, whole.fixed, whole.slope)
    made = tables(bare)
    pocket = rows(made["wrong_pocket"], "key")
    assert not {"prob_self_financing", "index_public"} & set(pocket)
    for one in made["incentives"].rows:
        assert not {"prob_positive", "horizon", "horizon_state"} & set(one)


def test_no_effect_and_harm() -> None:
    none = norwegian(0.0)
    assert none.gain.tolist() == [0.0] * 4
    made = tables(none)
    pocket = rows(made["wrong_pocket"], "key")
    assert pocket["index"] == {"key": "index", "state": "nobody gains"}
    assert pocket["gain_outside"] == {"key": "gain_outside", "state": "no gain"}
    assert made["side_payments"].rows == ()
    assert not any("benefit_share" in one or "gap" in one for one in made["incentives"].rows)
    harmed = norwegian(-AVERTED)
    assert harmed.gain == pytest.approx(-norwegian().gain, rel=1e-12)
    assert harmed.net[0] == pytest.approx(-norwegian().net[0], rel=1e-12)


@pytest.mark.parametrize(
    ("net", "value", "state"),
    [
        ([3.0, -1.0], 1 / 3, ""),
        ([1.0, -1.0], 1.0, "not self-financing at this effect"),
        ([1.0, -4.0], 4.0, "not self-financing at this effect"),
        ([1.0, 0.0], 0.0, "nobody loses"),
        ([0.0, -2.0], None, "nobody gains"),
        ([0.0, 0.0], None, "no stake"),
    ],
)
def test_wrong_pocket_and_its_states(net: list[float], value: float | None, state: str) -> None:
    found = wrong_pocket(net)
    assert found.state == state
    assert found.value is value if value is None else found.value == pytest.approx(value)


@pytest.mark.parametrize("net", [[1.0, -1.0], [1.0, -4.0], [0.0, -2.0]])
def test_no_side_payments_where_losses_are_no_smaller_than_gains(net: list[float]) -> None:
    assert side_payments(net) is None


amounts = st.lists(
    st.floats(-1e9, 1e9).filter(lambda one: one == 0 or abs(one) > 1e-3), min_size=1, max_size=8
)


@given(amounts)
def test_side_payments_make_everyone_whole_and_no_more(net: list[float]) -> None:
    values = np.array(net)
    paid, index = side_payments(values), wrong_pocket(values)
    tight = 1e-9 * np.abs(values).sum()
    if paid is None:
        assert values.sum() <= tight
        assert index.value is None or index.value >= 1
        return
    assert (paid >= 0).all()
    after = values + paid.sum(axis=0) - paid.sum(axis=1)
    assert after.min() >= -tight
    assert after.sum() == pytest.approx(values.sum(), abs=tight)
    # Losers end at 0 and not above it; whoever neither gains nor loses is left alone.
    assert after[values <= 0] == pytest.approx(0, abs=tight)
    # Winners keep the same share of what they won.
    kept = after[values > 0] / values[values > 0]
    assert kept == pytest.approx(1 - (index.value or 0), abs=1e-9)


@given(amounts, st.floats(1e-3, 1e3), st.randoms())
def test_scale_and_order_of_payers_do_not_matter(net: list[float], by: float, rng: Any) -> None:
    values = np.array(net)
    order = list(range(values.size))
    rng.shuffle(order)
    one, other = wrong_pocket(values), wrong_pocket(by * values[order])
    if one.value is None:
        assert other == one
    else:
        assert other.value == pytest.approx(one.value, rel=1e-9)
    paid, again = side_payments(values), side_payments(by * values[order])
    if paid is not None and again is not None:
        tight = 1e-9 * by * np.abs(values).sum()
        assert again == pytest.approx(by * paid[np.ix_(order, order)], abs=tight)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=8))
def test_shares_sum_to_one(parts: list[float]) -> None:
    found = shares(parts)
    if found is None:
        assert sum(parts) == 0
        return
    assert found.sum() == pytest.approx(1, abs=1e-9)
    assert outside(parts) == pytest.approx(1 - found, abs=1e-12)


def test_shares_keep_the_sign_of_a_loss() -> None:
    assert shares([3.0, -1.0]).tolist() == [1.5, -0.5]
    assert shares([1.0, -1.0]) is None
    assert shares([-1.0, -3.0]) is None


@pytest.mark.parametrize(
    ("flows", "year", "state"),
    [
        ([-100.0, 60.0, 60.0], 2, ""),
        ([-100.0, 100.0], 1, ""),
        ([-100.0, 150.0, -80.0], 1, "falls back"),
        ([-100.0, 20.0], None, "never"),
        ([0.0, 20.0], 0, "no outlay"),
        ([50.0, -40.0, -20.0, 20.0], 3, ""),
        ([-0.3, 0.1, 0.1, 0.1], 3, ""),
    ],
)
def test_horizon(flows: list[float], year: int | None, state: str) -> None:
    found = horizon(flows)
    assert (found.year, found.state) == (year, state)


@pytest.mark.parametrize("kind", kinds())
def test_every_column_has_three_headings(kind: str) -> None:
    found = columns(kind, money="NOK", effect="share")
    assert len({one.name for one in found}) == len(found)
    for one in found:
        assert set(one.label) == {"en", "nb", "sv"}
        assert all(one.label.values())
        assert (one.unit == "NOK") == (one.type == "money")


def test_break_even_of_a_decrease() -> None:
    stakes = Stakes(
        ("county",),
        np.array([100.0]),
        np.array([150.0]),
        np.array([-100.0]),
        np.array([-1500.0]),
        direction="decrease",
    )
    (one,) = tables(stakes)["incentives"].rows
    assert one["break_even"] == pytest.approx(-1 / 15, rel=1e-12)
