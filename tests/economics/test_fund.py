"""A social investment fund: paid back, or written off."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluate.core import Table
from evaluate.economics.fund import Fund, Savings, fund_tables, path, prob_full_repay
from evaluate.errors import Refused

VECTORS = json.loads(Path(__file__).with_name("economics_vectors.json").read_text("utf-8"))
BALANCES = VECTORS["fund balance L=2.0M i=2% repay 70% of 450k"]
CENT = 0.00500001  # vectors are rounded to cents
NOTE = {"status": "illustrative", "note": "made up for a test"}
BLOCK: dict[str, Any] = {
    "loan": {"amount": 2e6, **NOTE},
    "interest": {"share": 0.02, **NOTE},
    "repaid_share": {"share": 0.7, **NOTE},
    "saving": {"amount": 450_000, "std_error": 100_000, "evidence": "comparison", **NOTE},
    "years": 7,
}


def tables(savings: Savings | None = None, **changed: Any) -> dict[str, Table]:
    spec = copy.deepcopy(BLOCK)
    for key, value in changed.items():
        spec[key] = spec[key] | value if isinstance(value, dict) else value
    made = fund_tables(Fund.model_validate(spec), currency="SEK", analysis="main", savings=savings)
    for one in made:
        first = one.columns[0].name
        assert one.id == f"economics.{one.kind}"
        assert len({row[first] for row in one.rows}) == len(one.rows)
        assert all(set(row) <= {column.name for column in one.columns} for row in one.rows)
    return {one.kind: one for one in made}


def result(**changed: Any) -> dict[str, dict[str, Any]]:
    return {row["key"]: dict(row) for row in tables(**changed)["fund_result"].rows}


def test_worked_balances() -> None:
    found = path(2e6, [450_000] * 8, interest=0.02, share=0.7)
    assert found.balance[0] == 2e6
    assert found.balance[1:] == pytest.approx(np.array(BALANCES), abs=CENT)
    assert found.year == 7
    assert found.write_off == 0
    # The last payment is what was left, not the whole share of the saving.
    assert found.repaid[7] == pytest.approx(265_266.74 * 1.02, abs=CENT)
    assert found.repaid[8] == 0


def test_table_by_year() -> None:
    found = [dict(row) for row in tables()["fund"].rows]
    assert [row["year"] for row in found] == list(range(8))
    assert [row["balance"] for row in found[1:]] == pytest.approx(BALANCES[:7], abs=CENT)
    assert [row["state"] for row in found] == [""] * 7 + ["repaid"]
    assert {row["basis"] for row in found} == {"comparison"}
    assert found[0]["repaid"] == found[0]["saving"] == 0


def test_what_is_left_at_the_horizon_is_written_off() -> None:
    made = tables(years=5)
    assert made["fund"].rows[-1]["state"] == "written off"
    found = result(years=5)
    assert found["write_off"]["value"] == pytest.approx(BALANCES[4], abs=CENT)
    assert "value" not in found["repay_year"]
    assert found["repay_year"]["state"] == "not within the horizon"
    assert result()["repay_year"]["value"] == 7
    assert result()["write_off"]["value"] == 0


def test_probability_of_full_repayment() -> None:
    # Seven equal payments of 0.7 S are worth 2 million at 2 % when S is the annuity over 0.7.
    annuity = 2e6 * 0.02 / (1 - 1.02**-7) / 0.7
    known = 1 - NormalDist(450_000, 100_000).cdf(annuity)
    found = result()["prob_full_repay"]["value"]
    assert found == pytest.approx(known, abs=1e-4)  # one draw in each of 10 000 slices
    savings = np.full((4, 7), 450_000.0) * np.array([[1.0], [0.97], [0.99], [0.0]])
    assert prob_full_repay(2e6, savings, interest=0.02, share=0.7) == 0.5
    assert 0.97 * 450_000 < annuity < 0.99 * 450_000


def test_an_assumed_saving_is_said_to_be_assumed() -> None:
    made = tables(saving={"evidence": "assumed"})
    assert {row["basis"] for row in made["fund"].rows} == {"assumed"}
    assert {row["state"] for row in made["fund_result"].rows} == {"saving assumed"}
    assert {row["state"] for row in tables()["fund_result"].rows} == {""}


def test_without_a_standard_error_there_is_no_probability() -> None:
    found = result(saving={"std_error": None})
    assert found["prob_full_repay"] == {
        "key": "prob_full_repay",
        "unit": "share",
        "state": "no standard error",
    }


def test_a_saving_that_starts_late() -> None:
    rows = tables(saving={"first_year": 3})["fund"].rows
    assert [row["saving"] for row in rows] == [0, 0, 0, *[450_000] * 5]
    assert rows[2]["balance"] == pytest.approx(2e6 * 1.02**2, rel=1e-12)


def test_a_saving_out_of_the_account() -> None:
    of = {"amount": None, "std_error": None, "payer": "municipality"}
    with pytest.raises(Refused, match="no effect is valued"):
        tables(saving=of)
    years = np.array([0.0, 500_000, 500_000, 400_000, 400_000, 400_000, 400_000])
    given_ = Savings(years, np.array([[0.0], [1.0], [2.0], [3.0]]) * years)
    made = tables(given_, saving=of)
    assert [row["saving"] for row in made["fund"].rows] == [0, *years]
    known = path(2e6, years, interest=0.02, share=0.7)
    assert [row["balance"] for row in made["fund"].rows] == known.balance.tolist()
    found = {row["key"]: row for row in made["fund_result"].rows}
    # Twice and three times the saving are enough.
    assert found["prob_full_repay"]["value"] == 0.5
    late = tables(given_, saving=of | {"first_year": 3})["fund"]
    assert [row["saving"] for row in late.rows][:4] == [0, 0, 0, 500_000]
    assert "saving" not in {row["key"] for row in made["fund_inputs"].rows}
    # An account that ends before the fund's years saves nothing after it.
    short = tables(Savings(years[:3], years[None, :3]), saving=of)
    assert [row["saving"] for row in short["fund"].rows][3:] == [500_000, 0, 0, 0, 0]
    assert {row["key"]: row for row in short["fund_result"].rows}["prob_full_repay"]["value"] == 0
    # Longer ones are cut at the last year.
    long = tables(Savings(np.append(years, 1e9)), saving=of)
    assert long["fund"].rows == made["fund"].rows


def test_no_saving_and_a_loss() -> None:
    assert path(100.0, [0.0] * 3, interest=0.1).write_off == pytest.approx(133.1, rel=1e-12)
    worse = path(100.0, [-10.0] * 2, interest=0.1, share=0.5)
    assert worse.balance.tolist() == pytest.approx([100.0, 115.0, 131.5], rel=1e-12)
    assert path(100.0, [100.0, -50.0]).balance.tolist() == [100.0, 0.0, 0.0]


@given(
    st.floats(1, 1e9),
    st.lists(st.floats(-1e8, 1e8), min_size=1, max_size=10),
    st.floats(0, 0.3),
    st.floats(0, 1),
    st.floats(1e-3, 1e3),
)
def test_money_is_neither_made_nor_lost(
    loan: float, savings: list[float], interest: float, share: float, by: float
) -> None:
    found = path(loan, savings, interest=interest, share=share)
    factors = (1 + interest) ** -np.arange(found.balance.size, dtype=float)
    gross = loan + sum(map(abs, savings))
    paid = (found.repaid * factors).sum() + found.write_off * factors[-1]
    assert paid == pytest.approx(loan, abs=1e-7 * gross)
    assert (found.balance >= 0).all()
    scaled = path(by * loan, by * np.array(savings), interest=interest, share=share)
    assert scaled.balance == pytest.approx(by * found.balance, abs=1e-7 * by * gross)
    more = path(loan, np.array(savings) + 1.0, interest=interest, share=share)
    assert (more.balance <= found.balance + 1e-7 * gross).all()


def test_every_figure_is_shown_with_its_status() -> None:
    keys = [row["key"] for row in tables()["fund_inputs"].rows]
    assert keys == ["loan", "interest", "repaid_share", "saving", "saving_std_error"]
    assert {row["status"] for row in tables()["fund_inputs"].rows} == {"illustrative"}


Change = Callable[[dict[str, Any]], object]

FAULTS: dict[str, tuple[Change, str]] = {
    "interest in per cent": (
        lambda spec: spec["interest"].update(share=2),
        "a share lies between 0 and 1.*",
    ),
    "usury": (
        lambda spec: spec["interest"].update(share=0.5),
        "above 30 % a year is no fund's; write 2 % as 0.02",
    ),
    "repaid share": (
        lambda spec: spec["repaid_share"].update(share=1.1),
        "a share lies between 0 and 1",
    ),
    "negative loan": (lambda spec: spec["loan"].update(amount=-1), "an amount is 0 or more"),
    "no loan": (lambda spec: spec["loan"].update(amount=0), "has nothing to get back"),
    "no years": (lambda spec: spec.update(years=0), "greater than or equal to 1"),
    "too late": (
        lambda spec: spec["saving"].update(first_year=8),
        "starts after what is owed is written off; give an earlier `first_year`",
    ),
    "evidence": (lambda spec: spec["saving"].pop("evidence"), "evidence"),
    "standard error": (
        lambda spec: spec["saving"].update(std_error=-1),
        "an amount is 0 or more",
    ),
    "amount and payer": (
        lambda spec: spec["saving"].update(payer="municipality"),
        "give `amount` or `payer`, one of the two",
    ),
    "payer with error": (
        lambda spec: spec["saving"].update(payer="municipality", amount=None),
        "leave `std_error` out",
    ),
    "no note": (
        lambda spec: spec["saving"].pop("note"),
        "a figure that is illustrative needs a note",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_explained(fault: str) -> None:
    change, said = FAULTS[fault]
    spec = copy.deepcopy(BLOCK)
    change(spec)
    with pytest.raises(ValidationError, match=said):
        Fund.model_validate(spec)
