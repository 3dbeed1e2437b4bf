"""The explorer's block before any script runs: its data, its controls, its safety."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from example_chapters import BENEFIT, both, table
from lxml import html

from evaluate.book.explorer import explorer
from evaluate.book.explorer_data import data, embedded, keepers, last_year, nets
from evaluate.book.view import View
from evaluate.core import Column, Finding, Table

HOSTILE = "</script><b onclick='x'>&amp; {0}"


def flow(payer: str, item: str, year: int, each: float, **more: Any) -> dict[str, Any]:
    known = {"side": "benefit", "taxed": False, "follows": "main"} | more
    row = {"key": f"{payer}|{item}|{year}", "payer": payer, "item": item, "year": year}
    return {**row, "each": each, **{name: one for name, one in known.items() if one is not None}}


FLOWS = [
    flow("county", "hours", 0, -12000.0, side="cost", follows=None),
    flow("pupil", "wage", 2, 700.0),
    flow("pupil", "wage", 5, 750.0),
    flow("county", "tax", 2, 300.0, taxed=True),
    flow("county", "tax_equalisation", 2, -240.0, side="transfer"),
    flow("state", "tax_equalisation", 2, 240.0, side="transfer"),
    flow("pupil", "support", 1, -50.0, side="transfer"),
    flow("county", "support", 1, 50.0, side="transfer"),
    flow("union", "grant", 0, -90.0, side="transfer", follows=None),
    flow("county", "grant", 0, 90.0, side="transfer", follows=None),
]


def columns(rows: list[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(Column(key, "text", {"en": key}) for key in FLOWS[1] if rows)


def account(net: float) -> dict[str, Any]:
    return {"cost": 0.0, "benefit": net, "net": net}


def finding() -> Finding:
    payers = {
        "pupil": {"title": both(HOSTILE, HOSTILE), "public": False, "eu": False},
        "county": {
            "title": both("County", "Fylke"),
            "public": True,
            "retention": {"local": 0.2, "national": 0.9, "rest": "state"},
        },
        "state": {"title": both("State", "Stat"), "public": True},
        "union": {"title": both("The EU", "EU"), "public": True, "eu": True},
    }
    economics = {
        **BENEFIT.study["economics"],
        "payers": payers,
        "base_year": 2020,
        "scope": "local",
        "timing": "mid",
    }
    sums = {"pupil": 9000.0, "county": -8000.0, "state": 400.0, "union": -90.0}
    accounts = [{"payer": key, **account(net)} for key, net in sums.items()]
    accounts += [
        {"payer": "public_funds", **account(-1520.0)},
        {"payer": "society", **account(1.0)},
    ]
    even = [{"payer": "society", "effect": 11.0, "state": ""}]
    inputs = [{"item": "marginal_cost_of_public_funds", "amount": 0.2}]
    rates = [
        {"from_year": 0, "to_year": 40, "rate": 0.04},
        {"from_year": 41, "rate": 0.03},
    ]
    return replace(
        BENEFIT,
        study={**BENEFIT.study, "economics": economics},
        tables=(
            table("economics.accounts", "accounts", accounts),
            Table("economics.flows", "flows", columns(FLOWS), tuple(FLOWS), "main"),
            table("economics.break_even", "break_even", even),
            table("economics.inputs", "inputs", inputs),
            table("economics.schedule", "schedule", rates),
        ),
    )


@pytest.fixture
def view() -> View:
    return View(finding(), "en")


def block(view: View) -> html.HtmlElement:
    (found,) = explorer(view)
    return html.fromstring(f"<div>{found.children[1]['html']}</div>")


def test_without_flows_there_is_no_block() -> None:
    assert explorer(View(BENEFIT, "en")) == []


def test_lines_hold_each_year_and_leave_out_what_equalisation_takes(view: View) -> None:
    found = data(view)
    names = [one["key"] for one in found["payers"]]
    lines = {(names[one["payer"]], one["from"], *one["each"]): one for one in found["lines"]}
    assert set(lines) == {
        ("county", 0, -12000.0),
        ("pupil", 2, 700.0, 0.0, 0.0, 750.0),
        ("county", 2, 300.0),
        ("pupil", 1, -50.0),
        ("county", 1, 50.0),
        ("union", 0, -90.0),
        ("county", 0, 90.0),
    }
    cost, tax = lines["county", 0, -12000.0], lines["county", 2, 300.0]
    assert (cost["cost"], cost["effect"], cost["taxed"]) == (True, -1, False)
    assert (tax["cost"], tax["effect"], tax["taxed"]) == (False, 0, True)
    assert lines["county", 1, 50.0]["within"] is True
    assert lines["county", 0, 90.0]["within"] is False  # the EU's money comes from outside
    assert lines["union", 0, -90.0]["transfer"] is True


def test_rules_come_from_the_definition_and_its_tables(view: View) -> None:
    found = data(view)
    assert found["kept"] == [{"payer": 1, "rest": 2, "share": 0.2}]
    assert [one.share for one in keepers(view)] == [0.2]
    assert (found["shift"], found["funds"], found["horizon"]) == (0.5, 0.2, 5)
    assert found["steps"] == [[40, 0.04], [None, 0.03]]
    assert found["effects"] == [{"estimate": 4.0, "scale": 1, "unit": "points/test"}]
    assert found["falls"] is False
    assert [one["inside"] for one in found["payers"]] == [True, True, True, False]


def test_a_horizon_beyond_the_flows_is_the_last_year(view: View) -> None:
    study = view.study
    longer = {**study, "economics": {**study["economics"], "horizon": 9}}
    assert last_year(View(replace(view.finding, study=longer), "en")) == 9


def test_sums_beside_the_account_follow_from_its_rows(view: View) -> None:
    found = nets(view)
    assert list(found)[-2:] == ["public", "society_eu"]
    assert found["public"] == -8000.0 + 400.0
    everyone = 9000.0 - 8000.0 + 400.0 - 90.0
    assert found["society_eu"] == pytest.approx(
        everyone + 0.2 * (-8000.0 + 400.0 - 90.0), rel=1e-12
    )


def test_a_wanted_fall_is_told_to_the_script(view: View) -> None:
    score = {**view.study["outcomes"]["score"], "direction": "decrease"}
    study = {**view.study, "outcomes": {"score": score}}
    assert data(View(replace(view.finding, study=study), "en"))["falls"] is True


def test_embedded_data_cannot_leave_their_element(view: View) -> None:
    text = embedded(view)
    assert not set("<>&") & set(text)
    assert json.loads(text) == json.loads(json.dumps(data(view)))


@pytest.mark.parametrize("language", ["en", "nb", "sv"])
def test_every_control_has_a_label_and_nothing_runs_in_the_page(language: str) -> None:
    page = block(View(finding(), language))
    root = page.xpath("//div[contains(@class, 'ev-explorer')]")[0]
    assert "hidden" in root.attrib
    ids = list(page.xpath("//@id"))
    assert len(ids) == len(set(ids))
    inputs = page.xpath("//input")
    assert len(inputs) == 12  # five quantities, each a slider and a number; two ways to discount
    for one in inputs:
        named = one.get("aria-labelledby")
        assert (named in ids) if named else one.getparent().tag == "label"
    (script,) = page.xpath("//script")
    assert script.get("type") == "application/json"
    names = {name for one in page.iter() if isinstance(one.tag, str) for name in one.attrib}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert page.xpath("//b") == []
    assert HOSTILE in page.xpath("//tr[@data-row='pupil']/th")[0].text_content()


def test_the_effect_can_be_moved_past_0_its_interval_and_what_breaks_even(view: View) -> None:
    slider = block(view).xpath("//*[@data-control='effects']//input[@type='range']")[0]
    low, high, step = (float(slider.get(name)) for name in ("min", "max", "step"))
    assert (low, step) == (-high, 0.2)
    assert high >= 1.1 * 11.0
    assert round(high / step) == pytest.approx(high / step, abs=1e-9)


@pytest.mark.parametrize(
    ("unit", "estimate", "high"), [("share", 0.6, 100.0), ("share", 0.0001, 0.02), ("kg", 0.0, 1.0)]
)
def test_how_far_an_effect_moves(unit: str, estimate: float, high: float) -> None:
    made = finding()
    row = replace(
        made.estimates[0], unit=unit, estimate=estimate, conf_low=estimate, conf_high=estimate
    )
    tables = tuple(one for one in made.tables if one.kind != "break_even")
    page = block(View(replace(made, estimates=(row,), tables=tables), "en"))
    slider = page.xpath("//*[@data-control='effects']//input[@type='range']")[0]
    assert float(slider.get("max")) == pytest.approx(high, rel=1e-9)
    assert page.xpath("//*[@data-cell='even']") == []
