"""Accounts worked out by hand."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pytest
from example_accounts import NOTE, drawn_up, effect, norway, row, small

from evaluate.economics.tables import benefit_cost_ratio
from evaluate.errors import Refused

PUPILS = 200
EFFECT = effect(10 / PUPILS, 0.02, unit="share")
CENT = 0.00500001  # worked values are rounded to cents
FOUR = 0.0000500001  # and break-even effects to four decimals

close = partial(pytest.approx, rel=1e-12, abs=1e-12)  # rounding of a handful of operations

# Net present values of all 200 pupils, from an independent calculation.
NORWAY_NET = {
    "pupil": 4_183_109.84,
    "county": -3_001_187.29,
    "municipality": 578_754.31,
    "state": 3_203_140.76,
}


@pytest.mark.parametrize("payer", sorted(NORWAY_NET))
def test_norway_by_payer(payer: str) -> None:
    found = row(drawn_up(norway(), EFFECT)["accounts"], payer)
    assert PUPILS * found["net"] == pytest.approx(NORWAY_NET[payer], abs=CENT)


def test_norway_society() -> None:
    tables = drawn_up(norway(), EFFECT)
    burden = PUPILS * row(tables["accounts"], "public_funds")["net"]
    society = PUPILS * row(tables["accounts"], "society")["net"]
    public = sum(
        PUPILS * row(tables["accounts"], name)["net"]
        for name in ("county", "municipality", "state")
    )
    # The sums are of four payers: production less resource cost was 4 963 817.61.
    assert public == pytest.approx(780_707.78, abs=0.02)
    assert society - burden == pytest.approx(4_963_817.61, abs=CENT)
    assert burden == pytest.approx(0.20 * 780_707.78, abs=CENT)
    assert society == pytest.approx(5_119_959.18, abs=0.02)


def test_norway_outlay() -> None:
    accounts = drawn_up(norway(), EFFECT)["accounts"]
    cost = {name: PUPILS * row(accounts, name)["cost"] for name in NORWAY_NET}
    assert cost["county"] == pytest.approx(3_269_230.77, abs=CENT)
    assert cost["municipality"] == pytest.approx(980_769.23, abs=CENT)
    assert cost["state"] == pytest.approx(980_769.23, abs=CENT)
    assert cost["pupil"] == 0


def test_norway_break_even() -> None:
    table = drawn_up(norway(), EFFECT)["break_even"]
    assert row(table, "county") == {"payer": "county", "state": "never pays"}
    assert PUPILS * row(table, "municipality")["effect"] == pytest.approx(6.2889, abs=FOUR)
    assert PUPILS * row(table, "state")["effect"] == pytest.approx(2.3441, abs=FOUR)
    assert row(table, "pupil")["effect"] == 0.0
    # Sums that stand beside come after society.
    assert [one["payer"] for one in table.rows][-2:] == ["society", "public"]


def test_norway_when_the_municipality_keeps_a_tenth_of_its_tax() -> None:
    spec = norway()
    shares = spec["benefits"][0]["payer"]
    lost = 0.9 * shares["municipality"]
    shares.update(municipality=shares["municipality"] - lost, state=shares["state"] + lost)
    found = row(drawn_up(spec, EFFECT)["accounts"], "municipality")
    assert PUPILS * found["net"] == pytest.approx(-265_582.64, abs=CENT)


def test_small_account_by_hand() -> None:
    # 2000 in year 1 at 25 %: 1600, of which person 1200 and funder 400; cost 1000 in year 0.
    tables = drawn_up(small(), effect(2000.0))
    person, funder, society = (
        row(tables["accounts"], key) for key in ("person", "funder", "society")
    )
    columns = ("cost", "benefit", "net")
    assert [person[one] for one in columns] == close([0.0, 1200.0, 1200.0])
    assert [funder[one] for one in columns] == close([1000.0, 400.0, -600.0])
    assert [society[one] for one in columns] == close([1000.0, 1600.0, 600.0])
    assert society["benefit_cost_ratio"] == close(1.6)
    assert (person["state"], "benefit_cost_ratio" in person) == ("no cost", False)
    assert row(tables["break_even"], "funder")["effect"] == close(5000.0)
    assert row(tables["break_even"], "society")["effect"] == close(1250.0)
    flow = {one["key"]: one for one in tables["cash_flow"].rows}
    assert flow["funder|0"]["value"] == -1000.0
    assert flow["funder|1"]["cumulative"] == close(-600.0)
    assert "public_funds" not in [one["payer"] for one in tables["accounts"].rows]


def test_public_deficit_costs_more_than_itself() -> None:
    # The funder's net of -600 costs society another 0.5 x 600.
    own = {"rate": 0.5, **NOTE}
    tables = drawn_up(small(public_funds=own), effect(2000.0))
    assert row(tables["accounts"], "public_funds")["net"] == close(-300.0)
    assert row(tables["accounts"], "society")["net"] == close(300.0)
    assert row(tables["inputs"], "marginal_cost_of_public_funds")["amount"] == 0.5


@pytest.mark.parametrize(("timing", "back"), [("start", 1.0), ("mid", 1.5), ("end", 2.0)])
def test_timing(timing: str, back: float) -> None:
    found = row(drawn_up(small(timing=timing), effect(2000.0))["accounts"], "person")
    assert found["benefit"] == pytest.approx(1500 * 1.25**-back, rel=1e-14)


def test_growth_and_fading() -> None:
    # Effect 100 for years 1-5, measured in years 1-2: whole, whole, 3/4, 2/4, 1/4; no discounting.
    spec = small(schedule={"rates": [{"rate": 0.0}], **NOTE}, observed={"from": 1, "to": 2})
    spec["benefits"][0].update(payer="person", years={"from": 1, "to": 5}, fade="linear")
    tables = drawn_up(spec, effect(100.0))
    flow = {one["key"]: one for one in tables["cash_flow"].rows}
    values = [flow[f"person|{year}"]["value"] for year in range(6)]
    assert values == [0.0, 100.0, 100.0, 75.0, 50.0, 25.0]
    assert row(tables["accounts"], "person")["net_extrapolated"] == 150.0
    assert [flow[f"person|{year}"]["extrapolated"] for year in (2, 3)] == [False, True]
    assert not flow["funder|3"]["extrapolated"]
    spec["benefits"][0].update(fade="none", growth=0.1)
    grown = drawn_up(spec, effect(100.0))["cash_flow"]
    assert row(grown, "person|2")["value"] == pytest.approx(100 * 1.1**2, rel=1e-14)


def test_an_outcome_that_should_fall() -> None:
    # 800 for each unit of decrease: a fall by 2 units gives 1600 in year 1.
    spec = small()
    spec["benefits"][0].update(per="decrease", payer="funder", amount=800)
    tables = drawn_up(spec, effect(-2.0), direction="decrease")
    assert row(tables["accounts"], "funder")["benefit"] == close(1280.0)
    found = row(tables["break_even"], "funder")
    assert (found["effect"], found["state"]) == (close(-1.5625), "")


def test_what_the_comparison_group_got_is_taken_off_the_cost() -> None:
    spec = small()
    spec["costs"].append(
        {
            "item": "usual_help",
            "payer": "funder",
            "amount": 400,
            "saving": True,
            "years": {"from": 0, "to": 0},
            **NOTE,
        }
    )
    assert row(drawn_up(spec, effect(2000.0))["accounts"], "funder")["cost"] == 600.0
    spec["costs"][1]["amount"] = 1000
    even = row(drawn_up(spec, effect(2000.0))["accounts"], "funder")
    assert (even["cost"], even["state"]) == (0.0, "no cost")
    spec["costs"][1]["amount"] = 1500
    tables = drawn_up(spec, effect(2000.0))
    cheaper = row(tables["accounts"], "funder")
    assert (cheaper["cost"], cheaper["state"]) == (-500.0, "saves cost")
    assert "benefit_cost_ratio" not in cheaper
    assert row(tables["break_even"], "funder") == {"payer": "funder", "state": "always pays"}


def test_break_even_of_what_nobody_wants_to_be_large() -> None:
    # A grant of 500 to the person, who loses 0.5 for each unit of the outcome.
    spec = small()
    spec["benefits"][0]["payer"] = "funder"
    spec["transfers"] = [
        {
            "item": "grant",
            "from": "funder",
            "to": "person",
            "per": "participant",
            "amount": 500,
            "years": {"from": 0, "to": 0},
            **NOTE,
        },
        {
            "item": "fee",
            "from": "person",
            "to": "funder",
            "amount": 0.5,
            "years": {"from": 0, "to": 0},
            **NOTE,
        },
    ]
    found = row(drawn_up(spec, effect(2000.0))["break_even"], "person")
    assert (found["effect"], found["state"]) == (close(1000.0), "pays below it")
    spec["payers"]["bystander"] = {"title": "Bystander"}
    idle = row(drawn_up(spec, effect(2000.0))["break_even"], "bystander")
    assert idle == {"payer": "bystander", "state": "no stake"}


def test_harm_is_not_cut_off() -> None:
    found = row(drawn_up(small(), effect(-2000.0))["accounts"], "society")
    assert [found["benefit"], found["benefit_cost_ratio"]] == close([-1600.0, -1.6])


@pytest.mark.parametrize(
    ("benefit", "cost", "expected"),
    [
        (-859.0, 188.0, (-4.57, "")),
        (-902.0, 195.0, (-4.63, "")),
        (100.0, 0.0, (None, "no cost")),
        (0.0, 0.0, (None, "no cost")),
        (100.0, -20.0, (None, "saves cost")),
    ],
)
def test_benefit_cost_ratio(benefit: float, cost: float, expected: tuple[Any, str]) -> None:
    ratio, state = benefit_cost_ratio(benefit, cost)
    assert state == expected[1]
    assert ratio == (None if expected[0] is None else pytest.approx(expected[0], abs=0.005))


def test_inputs_say_where_each_figure_comes_from() -> None:
    spec = norway()
    source = {
        "title": {"nb": "Rapport", "en": "Report"},
        "url": "https://example.org/r",
        "date": "2024-05",
        "page": "7",
    }
    spec["costs"][1].update(status="verified", source=source)
    table = drawn_up(spec, EFFECT)["inputs"]
    found = row(table, "schooling")
    assert (found["source"], found["url"], found["date"], found["page"]) == (
        "Report",
        "https://example.org/r",
        "2024-05",
        "7",
    )
    assert (found["side"], found["per"], found["years"], found["status"]) == (
        "cost",
        "increase",
        "1",
        "verified",
    )
    assert row(table, "programme")["payer"] == "county 0.5; state 0.25; municipality 0.25"
    transfer = row(table, "benefits_received")
    assert (transfer["payer"], transfer["receiver"]) == ("pupil", "state 0.7; municipality 0.3")
    assert row(table, "marginal_cost_of_public_funds")["status"] == "unverified"


def test_tables_hold_what_their_columns_say() -> None:
    tables = drawn_up(norway(), EFFECT)
    assert list(tables)[:7] == [
        "accounts",
        "cash_flow",
        "flows",
        "distribution",
        "break_even",
        "inputs",
        "schedule",
    ]
    others = {"costs", "cost_summary", "measures", "tornado", "scenarios", "information"}
    assert others | {"acceptability", "plane", "effectiveness"} <= tables.keys()
    kinds = {"integer": int, "boolean": bool, "text": str}
    for table in tables.values():
        assert table.id == f"economics.{table.kind}"
        known = {column.name: column for column in table.columns}
        assert all({"en", "nb", "sv"} <= set(column.label) for column in table.columns)
        keys = [one[table.columns[0].name] for one in table.rows]
        assert len(set(keys)) == len(keys) > 0
        for one in table.rows:
            assert set(one) <= set(known)
            for name, cell in one.items():
                assert isinstance(cell, kinds.get(known[name].type, (int, float)))
                assert not isinstance(cell, float) or math.isfinite(cell)
    assert row(tables["schedule"], 76) == {
        "from_year": 76,
        "rate": 0.02,
        "source": "Rundskriv R-109/21, Finansdepartementet",
        "url": "https://9pdf.net/document/zkw7vm1m",
        "date": "2021-06-25",
        "status": "unverified",
        "note": "Read in a workbook that cites the circular; the circular's own table was not read.",
    }


@pytest.mark.parametrize(
    ("fields", "code", "why"),
    [
        ({"scale": "ratio"}, "not_a_difference", "is a ratio: money counts units"),
        ({"std_error": math.nan}, "no_std_error", "has no standard error"),
        ({"df": 0.001}, "too_few_df", "too few degrees of freedom"),
    ],
)
def test_refused(fields: dict[str, Any], code: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as caught:
        drawn_up(small(), effect(2000.0, **fields))
    assert caught.value.code == code


def test_what_cancels_but_for_rounding_is_nothing() -> None:
    # 0.1 + 0.2 - 0.3 is 5.6e-17 in floating point: no stake, not a gain.
    spec = small()
    row_ = {"payer": "person", "years": {"from": 0, "to": 0}, **NOTE}
    spec["benefits"] = [
        {"item": name, "amount": amount, "per": "participant", **row_}
        for name, amount in (("first", 0.1), ("second", 0.2))
    ]
    spec["costs"][0].update(payer="person", amount=0.3)
    tables = drawn_up(spec, effect(2000.0))
    assert row(tables["break_even"], "person") == {"payer": "person", "state": "no stake"}
    assert row(tables["accounts"], "person")["prob_positive"] == 0.0
