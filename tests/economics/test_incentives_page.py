"""The page on incentives shows what the code does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from test_incentives import PAYERS, norwegian

from evaluate.core import Table
from evaluate.economics import cofinancing, fund, organiser
from evaluate.economics.cofinancing import CoFinancing, cofinancing_tables, split
from evaluate.economics.fund import Fund, fund_tables, path
from evaluate.economics.incentive_tables import incentive_tables
from evaluate.economics.labels_incentives import kinds
from evaluate.economics.organiser import Organiser
from evaluate.economics.organiser_tables import organiser_tables, seat
from evaluate.economics.seats import months_to_break_even
from evaluate.parameters.table import parameter

PAGE = (Path(__file__).parents[2] / "book" / "reference" / "incentives.md").read_text("utf-8")
NO_BREAK = "\N{NO-BREAK SPACE}"
SHOWN = {name: name.removesuffix("_NAV") for name in PAYERS}


def number(text: str) -> float:
    return float(text.replace(NO_BREAK, "").replace("−", "-"))


def cells(first: str) -> list[list[str]]:
    """Return the rows of the page's table whose first heading is ``first``."""
    table = PAGE.split(f"| {first} |", 1)[1].split("\n\n", 1)[0]
    lines = [line for line in table.splitlines()[2:] if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def block(name: str) -> dict[str, Any]:
    text = PAGE.split(f"```yaml\n{name}:", 1)[1].split("```", 1)[0]
    return dict(yaml.safe_load(f"{name}:{text}")[name])


def rows(table: Table) -> dict[Any, dict[str, Any]]:
    return {row[table.columns[0].name]: dict(row) for row in table.rows}


def by_kind(tables: tuple[Table, ...]) -> dict[str, dict[Any, dict[str, Any]]]:
    return {table.kind: rows(table) for table in tables}


@pytest.fixture(scope="module")
def norway() -> dict[str, dict[Any, dict[str, Any]]]:
    made = incentive_tables(norwegian(), currency="NOK", analysis="main", unit="dropouts averted")
    return by_kind(made)


def test_who_pays_and_who_gains(norway: dict[str, dict[Any, dict[str, Any]]]) -> None:
    shown = {line[0]: line[1:] for line in cells("payer")}
    assert list(shown) == list(SHOWN.values())
    for name, found in norway["incentives"].items():
        *values, even, years = shown[SHOWN[name]]
        known = [found[key] for key in ("outlay", "gain", "net")]
        assert [number(one) for one in values[:3]] == pytest.approx(known, abs=0.5)
        known = [found[key] for key in ("cost_share", "benefit_share", "gap")]
        assert [number(one) for one in values[3:]] == pytest.approx(known, abs=0.000501)
        assert even == (found["state"] or f"{round(found['break_even'], 4):g}")
        assert years == (found["horizon_state"] or str(found["horizon"]))


def test_pockets_and_payments(norway: dict[str, dict[Any, dict[str, Any]]]) -> None:
    pocket = norway["wrong_pocket"]
    assert f"here {pocket['index']['value']:.4f}. Below 1" in PAGE
    assert f"(`index_public`), here {pocket['index_public']['value']:.4f}:" in PAGE
    assert f"for the county {pocket['gain_outside|county']['value']:.3f}." in PAGE
    assert f"by what they pay: {pocket['gain_outside']['value']:.3f}." in PAGE
    assert f"{100 * (1 - pocket['index']['value']):.1f} % of its net gain" in PAGE
    shown = cells("from")
    found = list(norway["side_payments"].values())
    assert len(shown) == len(found) == 3
    for (giver, taker, amount), one in zip(shown, found, strict=True):
        assert (giver, taker) == (SHOWN[one["from"]], SHOWN[one["to"]])
        assert number(amount) == pytest.approx(one["amount"], abs=0.5)


def test_the_organiser() -> None:
    spec = Organiser.model_validate(block("organiser"))
    made = by_kind(organiser_tables(spec, currency="SEK"))
    shown = cells("programme, cost of one more pupil")
    assert len(shown) == len(made["organiser"]) == 6
    columns = ("organiser", "home_municipality", "consolidated", "state", "pupil")
    for key, margin, months, *nets in shown:
        found = made["organiser"][key.replace("`, ", "|")]
        assert number(margin) == pytest.approx(found["margin_month"], abs=0.501)
        assert months == (found["state"] or f"{found['months_to_break_even']:.2f}")
        known = [found[f"net_{one}"] for one in columns]
        assert [number(one) for one in nets] == pytest.approx(known, abs=0.5)


def test_the_organiser_without_the_grant() -> None:
    spec = Organiser.model_validate(block("organiser") | {"grants": ()})
    found = months_to_break_even(seat(spec, 130_200, 0.5)).effect
    assert found is not None
    assert f"would be {found:.2f} months" in PAGE
    assert f"and {0.1 * found:.3f} if every treated pupil" in PAGE


def test_the_organiser_by_month() -> None:
    spec = Organiser.model_validate(block("organiser"))
    made = by_kind(organiser_tables(spec, currency="SEK"))
    for month, paid, net, even in cells("would have left in"):
        found = made["organiser_months"][f"average|0.5|{month}"]
        assert number(paid) == found["funded_months"]
        assert number(net) == pytest.approx(found["net_organiser"], abs=0.5)
        assert even == f"{found['months_to_break_even']:g}, {found['state']}"


def test_cofinancing() -> None:
    spec = CoFinancing.model_validate(block("cofinancing"))
    made = by_kind(cofinancing_tables(spec, currency="SEK"))["cofinancing"]
    shown = cells("row")
    assert [line[0] for line in shown] == list(made)
    for key, *values, state in shown:
        found = made[key]
        known = [found[one] for one in ("rate", "grant", "cofunding", "economic_cost")]
        assert [number(one) for one in values] == pytest.approx(known, abs=1e-6)
        assert state == found["state"]
    found = split(10e6, rate=0.47, in_kind=2e6)
    parts = [f"{one / 1e6:.1f} million" for one in (found.grant, found.cofunding, found.cash)]
    assert f"gets {parts[0]}; of the {parts[1]} beside it 2.0 million in kind" in PAGE
    assert f"leave {parts[2]} to be found in cash" in PAGE


def test_the_fund() -> None:
    spec = Fund.model_validate(block("fund"))
    made = by_kind(fund_tables(spec, currency="SEK"))
    shown = cells("year")
    assert [int(line[0]) for line in shown] == list(made["fund"])
    for year, owed, repaid in shown:
        found = made["fund"][int(year)]
        assert number(owed) == pytest.approx(found["balance"], abs=0.5)
        assert number(repaid) == pytest.approx(found["repaid"], abs=0.5)
    result = made["fund_result"]
    assert f"paid back in year {result['repay_year']['value']}, with a" in PAGE
    assert f"probability of {result['prob_full_repay']['value']:.2f}." in PAGE
    assert {one["state"] for one in result.values()} == {"saving assumed"}
    early = path(2e6, [450_000] * 5, interest=0.02, share=0.7)
    assert number(PAGE.split("after five years that would be ")[1].split(".")[0]) == pytest.approx(
        float(early.write_off), abs=0.5
    )


@pytest.mark.parametrize(
    "model",
    [
        organiser.Organiser,
        organiser.Retained,
        organiser.Counts,
        organiser.Grant,
        organiser.Funding,
        cofinancing.CoFinancing,
        cofinancing.StatedRate,
        fund.Fund,
        fund.Saving,
    ],
)
def test_it_explains_every_key(model: type[BaseModel]) -> None:
    keys = {info.alias or name for name, info in model.model_fields.items()}
    everywhere = {"source", "status", "note", "title"}
    assert {key for key in keys - everywhere if f"`{key}`" not in PAGE} == set()


def test_the_parameter_it_names_is_shipped() -> None:
    key = PAGE.split("`parameter: ")[1].split("`")[0]
    assert parameter(key).currency == "SEK"


def test_it_names_every_table() -> None:
    assert {kind for kind in kinds() if f"`economics.{kind}`" not in PAGE} == set()
