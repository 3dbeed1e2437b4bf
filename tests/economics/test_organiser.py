"""What a pupil who stays brings a school organiser, and what it costs the others."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluate.core import Table
from evaluate.economics.organiser import Organiser
from evaluate.economics.organiser_tables import organiser_tables
from evaluate.economics.seats import (
    Seat,
    accounts,
    counted_months_to_break_even,
    funded_months,
    months_to_break_even,
)
from evaluate.errors import Refused

VECTORS = json.loads(Path(__file__).with_name("economics_vectors.json").read_text("utf-8"))
NOTE = {"status": "illustrative", "note": "made up for a test"}

# 130 200 SEK a year for a pupil, half of which one more pupil costs; a programme of 18 000.
SWEDEN = Seat(
    programme_cost=18_000,
    grants=0.0,
    averted=0.1,
    months=12.0,
    price=130_200 / 12,
    marginal_cost=0.5 * 130_200 / 12,
)

BLOCK: dict[str, Any] = {
    "programme_cost": {"amount": 18_000, **NOTE},
    "averted": {"share": 0.1, **NOTE},
    "retained": {"months": 12, **NOTE},
    "programmes": {
        "general": {"title": "General", "amount": 130_200, **NOTE},
        "crafts": {"amount": 144_300, **NOTE},
    },
}


def block(**changed: Any) -> Organiser:
    return Organiser.model_validate(copy.deepcopy(BLOCK) | changed)


def tables(spec: Organiser, **given_: Any) -> dict[str, Table]:
    made = organiser_tables(spec, currency="SEK", analysis="main", **given_)
    for one in made:
        first = one.columns[0].name
        assert one.id == f"economics.{one.kind}"
        assert len({row[first] for row in one.rows}) == len(one.rows)
        assert all(set(row) <= {column.name for column in one.columns} for row in one.rows)
    return {one.kind: one for one in made}


def rows(table: Table) -> dict[Any, dict[str, Any]]:
    return {row[table.columns[0].name]: dict(row) for row in table.rows}


def test_worked_months() -> None:
    name = (
        "huvudman: margin/month, breakeven months retained per treated pupil, months at 10% avert"
    )
    margin, sure, tenth = VECTORS[name]
    assert pytest.approx(margin, abs=1e-9) == SWEDEN.margin == 5425.0
    found = months_to_break_even(replace(SWEDEN, averted=1.0))
    assert found.effect == pytest.approx(sure, abs=0.0005)
    assert months_to_break_even(SWEDEN).effect == pytest.approx(tenth, abs=0.005)
    with_grant = months_to_break_even(replace(SWEDEN, grants=0.47 * 18_000))
    assert with_grant.effect == pytest.approx(VECTORS["huvudman with 47% ESF"][0], abs=0.0005)


def test_the_home_municipality_mirrors_the_funding() -> None:
    one = replace(SWEDEN, averted=1.0)
    known = VECTORS["hemkommun extra cost per retained 12 months"][0]
    assert accounts(one).home_municipality == pytest.approx(-known, rel=1e-12)
    assert known == 130_200


money = st.floats(0, 1e6)
seats = st.builds(
    Seat,
    programme_cost=money,
    grants=money,
    averted=st.floats(-1, 1),
    months=st.floats(0, 60),
    price=money,
    marginal_cost=money,
)


@given(seats)
def test_the_payment_for_the_pupil_cancels(seat: Seat) -> None:
    found = accounts(seat)
    real = seat.programme_cost + seat.averted * seat.months * seat.marginal_cost - seat.grants
    tight = 1e-12 * (seat.programme_cost + seat.grants + 60 * (seat.price + seat.marginal_cost))
    assert found.organiser + found.home_municipality == pytest.approx(-real, abs=tight)
    assert found.consolidated == pytest.approx(-real, abs=tight)


@given(seats)
def test_at_the_break_even_months_the_organiser_is_at_zero(seat: Seat) -> None:
    even = months_to_break_even(seat)
    if even.effect is None:
        assert even.state in {"never pays", "always pays", "no stake"}
        return
    gross = seat.programme_cost + seat.grants + abs(even.effect) * (seat.price + seat.marginal_cost)
    found = accounts(replace(seat, months=even.effect)).organiser
    assert found == pytest.approx(0, abs=1e-9 * gross)


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"marginal_cost": 10_850.0}, "never pays"),
        ({"marginal_cost": 20_000.0}, "never pays"),
        ({"averted": 0.0}, "never pays"),
        ({"averted": -0.1}, "never pays"),
        ({"grants": 20_000.0}, "always pays"),
        ({"grants": 18_000.0, "averted": 0.0}, "no stake"),
    ],
)
def test_where_no_number_of_months_decides(changed: dict[str, float], state: str) -> None:
    found = months_to_break_even(replace(SWEDEN, **changed))
    assert (found.effect, found.state) == (None, state)


def test_a_harmful_programme_is_not_cut_off() -> None:
    harm, help_ = accounts(replace(SWEDEN, averted=-0.1)), accounts(SWEDEN)
    assert harm.organiser == pytest.approx(-18_000 - (help_.organiser + 18_000), rel=1e-12)
    assert harm.home_municipality == -help_.home_municipality > 0


def test_a_row_for_each_programme_and_seat() -> None:
    found = rows(tables(block())["organiser"])
    assert list(found) == [
        f"{name}|{share}" for name in ("general", "crafts") for share in ("0.1", "0.5", "1")
    ]
    half, full = found["general|0.5"], found["general|1"]
    assert half["months_to_break_even"] == pytest.approx(33.18, abs=0.005)
    assert half["margin_month"] == 5425
    assert half["net_organiser"] == pytest.approx(0.1 * 12 * 5425 - 18_000, rel=1e-12)
    assert half["net_home_municipality"] == pytest.approx(-13_020, rel=1e-12)
    assert half["net_consolidated"] == pytest.approx(-18_000 - 0.1 * 12 * 5425, rel=1e-12)
    assert "months_to_break_even" not in full
    assert full["state"] == "never pays"
    # Nothing was said of the state and of the pupil.
    assert not {"net_state", "net_pupil"} & set(half)


def test_grants_and_transfers_reach_the_others() -> None:
    spec = block(
        grants=[
            {"share": 0.47, **NOTE},
            {"amount": 1000, "payer": "state", **NOTE},
            {"amount": 500, "payer": "home_municipality", **NOTE},
        ],
        transfers=[
            {"item": "study_allowance", "from": "state", "to": "pupil", "amount": 1250, **NOTE},
            {
                "item": "social_assistance",
                "from": "pupil",
                "to": "home_municipality",
                "amount": 500,
                **NOTE,
            },
        ],
    )
    one = rows(tables(spec)["organiser"])["general|0.5"]
    stay, given_ = 0.1 * 12, 0.47 * 18_000 + 1500
    assert one["net_organiser"] == pytest.approx(stay * 5425 - 18_000 + given_, rel=1e-12)
    assert one["net_state"] == pytest.approx(-1000 - stay * 1250, rel=1e-12)
    assert one["net_pupil"] == pytest.approx(stay * (1250 - 500), rel=1e-12)
    assert one["net_home_municipality"] == pytest.approx(
        -stay * 10_850 - 500 + stay * 500, rel=1e-12
    )
    assert one["net_consolidated"] == pytest.approx(
        one["net_organiser"] + one["net_home_municipality"], rel=1e-12
    )
    # All parties together lose what is really used, less what comes from outside.
    total = one["net_consolidated"] + one["net_state"] + one["net_pupil"]
    assert total == pytest.approx(-18_000 - stay * 5425 + 0.47 * 18_000, rel=1e-12)


@pytest.mark.parametrize(
    ("exit_month", "months", "counts", "paid"),
    [
        (10, 1, [10, 4], 6.0),  # away on 1 October otherwise: one count, half a year
        (11, 1, [10, 4], 0.0),  # was counted already
        (11, 5, [10, 4], 0.0),  # until 31 March
        (11, 6, [10, 4], 6.0),
        (9, 12, [10, 4], 12.0),
        (1, 10, [10, 4], 12.0),
        (8, 2, [10], 0.0),
        (8, 3, [10], 12.0),
        (10, 0, [10], 0.0),
        (10, 30, [10], 36.0),
        (3, 7, range(1, 13), 7.0),
    ],
)
def test_funded_months(exit_month: int, months: float, counts: list[int], paid: float) -> None:
    assert funded_months(exit_month, months, list(counts)) == paid


@pytest.mark.parametrize("counts", [[10], [10, 4], [2, 5, 9], list(range(1, 13))])
@pytest.mark.parametrize("months", [1, 7, 12, 31])
def test_over_all_months_of_exit_counts_pay_as_much_as_months(
    counts: list[int], months: int
) -> None:
    paid = [funded_months(one, months, counts) for one in range(1, 13)]
    assert sum(paid) / 12 == pytest.approx(months, rel=1e-12)


def simulated(seat: Seat, exit_month: int, counts: list[int]) -> tuple[float | None, str]:
    """Walk month by month, for a hundred years: money first, on the first day; then the cost."""
    balance = seat.grants - seat.programme_cost
    found, fell, at_once = (0.0 if balance >= 0 else None), False, balance >= 0
    for gone in range(1200):
        if (exit_month - 1 + gone) % 12 + 1 in counts:
            balance += seat.averted * seat.price * 12 / len(counts)
        if found is None and balance >= 0:
            found = float(gone)
        balance -= seat.averted * seat.marginal_cost
        fell |= found is not None and balance < 0
    if found is None:
        return None, "never pays"
    return (None, "always pays") if at_once and not fell else (found, "falls back" * fell)


@given(
    st.builds(
        Seat,
        programme_cost=st.integers(0, 40).map(float),
        grants=st.integers(0, 10).map(float),
        averted=st.sampled_from([0.25, 0.5, 1.0]),
        months=st.just(0.0),
        price=st.integers(0, 12).map(float),
        marginal_cost=st.integers(0, 12).map(float),
    ),
    st.integers(1, 12),
    st.sampled_from([[10], [10, 4], [1, 4, 7, 10], list(range(1, 13))]),
)
def test_months_to_break_even_by_counts(seat: Seat, exit_month: int, counts: list[int]) -> None:
    # Whole amounts and quarters: the sums of the walk are exact.
    found = counted_months_to_break_even(seat, exit_month=exit_month, count_months=counts)
    assert (found.effect, found.state) == simulated(seat, exit_month, counts)


def test_counts_do_not_help_a_harmful_programme() -> None:
    seat = replace(SWEDEN, averted=-0.1)
    found = counted_months_to_break_even(seat, exit_month=9, count_months=[10])
    assert (found.effect, found.state) == (None, "never pays")


def test_a_table_by_month_of_exit() -> None:
    spec = block(funding={"count_months": [10, 4]}, retained={"months": 6, **NOTE})
    made = tables(spec)
    found = rows(made["organiser_months"])
    assert len(found) == 2 * 3 * 12
    october, november = found["general|0.5|10"], found["general|0.5|11"]
    assert (october["funded_months"], november["funded_months"]) == (6.0, 6.0)
    assert october["net_organiser"] == pytest.approx(0.1 * 6 * 5425 - 18_000, rel=1e-12)
    monthly = rows(made["organiser"])["general|0.5"]
    mean = sum(found[f"general|0.5|{month}"]["net_organiser"] for month in range(1, 13)) / 12
    assert mean == pytest.approx(monthly["net_organiser"], rel=1e-12)
    total = october["net_organiser"] + october["net_home_municipality"]
    assert total == pytest.approx(monthly["net_consolidated"], rel=1e-12)
    assert "organiser_months" not in tables(block())


def test_every_figure_is_shown_with_its_status() -> None:
    source = {"title": "A price list", "url": "https://example.org/list", "date": "2026"}
    spec = block(
        programmes={"general": {"amount": 130_200, "status": "unverified", "source": source}},
        grants=[{"share": 0.47, **NOTE}],
    )
    made = tables(spec)
    found = rows(made["organiser_inputs"])
    assert list(found) == [
        "programme_cost",
        "averted",
        "retained",
        "grant|1",
        "programme|general",
    ]
    assert found["programme|general"]["status"] == "unverified"
    assert found["programme|general"]["url"] == "https://example.org/list"
    assert {row["status"] for row in made["organiser"].rows} == {"unverified"}


def test_a_parameter_is_looked_up_or_refused() -> None:
    spec = block(programmes={"general": {"parameter": "se.price_list.general"}})
    with pytest.raises(Refused, match="no table to look it up in"):
        organiser_tables(spec, currency="SEK")
    asked: list[str] = []

    def lookup(key: str) -> dict[str, Any]:
        asked.append(key)
        return {"value": 130_200.0, "status": "unverified", "source": "A list"}

    made = tables(spec, lookup=lookup)
    assert asked == ["se.price_list.general"]
    assert rows(made["organiser"])["general|0.5"]["margin_month"] == 5425
    assert rows(made["organiser_inputs"])["programme|general"]["source"] == "A list"


Change = Callable[[dict[str, Any]], object]

FAULTS: dict[str, tuple[Change, str]] = {
    "averted in per cent": (
        lambda spec: spec["averted"].update(share=10),
        "a share lies between 0 and 1.*; write 47 % as 0.47",
    ),
    "averted below 0": (lambda spec: spec["averted"].update(share=-0.1), "a share lies between"),
    "not a number": (lambda spec: spec["averted"].update(share=float("nan")), "a share lies"),
    "negative price": (
        lambda spec: spec["programmes"]["general"].update(amount=-1),
        "an amount is 0 or more, .*; give the amount without a sign",
    ),
    "endless price": (
        lambda spec: spec["programme_cost"].update(amount=float("inf")),
        "an amount is 0 or more",
    ),
    "months": (
        lambda spec: spec["retained"].update(months=13),
        "between 0 and 12 months a year; give fewer `months`, or in `years`",
    ),
    "months of years": (
        lambda spec: spec["retained"].update(months=25, years=2),
        "between 0 and 12 months a year",
    ),
    "marginal share": (lambda spec: spec.update(marginal_shares=[1.5]), "a share lies between"),
    "marginal share twice": (
        lambda spec: spec.update(marginal_shares=[0.5, 0.5]),
        "stands twice in `marginal_shares`",
    ),
    "no programme": (lambda spec: spec.update(programmes={}), "at least 1 item"),
    "amount and parameter": (
        lambda spec: spec["programmes"]["general"].update(parameter="a"),
        "give `amount`, or `parameter` in its place",
    ),
    "parameter with status": (
        lambda spec: spec["programmes"].update(general={"parameter": "a", **NOTE}),
        "a parameter brings its own source and status",
    ),
    "price without status": (
        lambda spec: spec["programmes"]["general"].pop("status"),
        "give `status`: verified, unverified, calculated or illustrative",
    ),
    "price without note": (
        lambda spec: spec["programmes"]["general"].pop("note"),
        "a figure that is illustrative needs a note",
    ),
    "price without source": (
        lambda spec: spec["programmes"]["general"].update(status="verified"),
        "a figure that is verified needs a source",
    ),
    "grant of nothing": (
        lambda spec: spec.update(grants=[NOTE]),
        "give `share` or `amount`, one of the two",
    ),
    "grants above the cost": (
        lambda spec: spec.update(grants=[{"share": 0.6, **NOTE}, {"share": 0.6, **NOTE}]),
        "sum to more than 1, more than the programme costs; lower them",
    ),
    "count month": (
        lambda spec: spec.update(funding={"count_months": [13]}),
        "less than or equal to 12",
    ),
    "count month twice": (
        lambda spec: spec.update(funding={"count_months": [10, 10]}),
        "a count month stands twice, .*; name each once",
    ),
    "one party": (
        lambda spec: spec.update(
            transfers=[{"item": "a", "from": "state", "to": "state", "amount": 1, **NOTE}]
        ),
        "`from` and `to` are the same party",
    ),
    "item twice": (
        lambda spec: spec.update(
            transfers=2 * [{"item": "a", "from": "state", "to": "pupil", "amount": 1, **NOTE}]
        ),
        "stands more than once; give each its own key",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_explained(fault: str) -> None:
    change, said = FAULTS[fault]
    spec = copy.deepcopy(BLOCK)
    change(spec)
    with pytest.raises(ValidationError, match=said):
        Organiser.model_validate(spec)
