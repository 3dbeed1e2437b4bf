"""The page of a full account shows every table it has, in words of each language."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from docutils import nodes
from example_workbooks import COSTS_ALONE, FULL, NOTE, TWO, Example, effect

from evaluate.book import account_reading
from evaluate.book.account_page import account_page
from evaluate.book.view import View
from evaluate.core import Finding

LANGUAGES = ("en", "nb", "sv")
BESIDE: dict[str, Any] = {
    "alternatives": {
        "letters": {"title": "Letters home", "cost": 900, "effect": 0.004, **NOTE},
        "coaching": {"title": "Coaching", "cost": 90_000, "effect": 0.03, **NOTE},
    },
    "decisions": {"per_year": 400, "years": 5},
    "willingness": 800_000,
    "scenarios": {"half": {"title": "Half the effect", "effect": 0.5}},
    "organiser": {
        "programme_cost": {"amount": 18_000, **NOTE},
        "averted": {"share": 0.1, **NOTE},
        "retained": {"months": 10, **NOTE},
        "programmes": {
            "trade": {"title": "Trade", "amount": 130_200, **NOTE},
            "art": {"title": "Art", "amount": 160_000, **NOTE},
        },
        "funding": {"count_months": [2, 8]},
        "grants": [{"title": "The call", "share": 0.47, "payer": "state", **NOTE}],
    },
    "cofinancing": {
        "eligible": {"amount": 10_000_000, **NOTE},
        "in_kind": {"amount": 2_000_000, **NOTE},
        "rates": {"call": {"rate": 0.47, **NOTE}, "report": {"rate": 0.5, **NOTE}},
        "granted": {"amount": 4_700_000, **NOTE},
    },
    "fund": {
        "loan": {"amount": 2_000_000, **NOTE},
        "interest": {"share": 0.02, **NOTE},
        "repaid_share": {"share": 0.7, **NOTE},
        "saving": {"amount": 450_000, "evidence": "assumed", **NOTE},
        "years": 7,
    },
    "note": "Crime is left out.",
}
OF_EFFECTS = ("alternatives", "decisions", "willingness", "scenarios")
SHARE = {"unit": "share", "outcome": "completed", "df": 120.0}


SHOWN = (*FULL["payers"], "society")
ACCOUNTS = {"full": FULL, "costs": COSTS_ALONE}


@cache
def example(name: str, std_error: float = 0.02) -> Finding:
    definition = ACCOUNTS[name]
    spec = {**copy.deepcopy(definition), **copy.deepcopy(BESIDE)}
    if "analysis" not in definition:
        spec = {key: one for key, one in spec.items() if key not in OF_EFFECTS}
        return Example(spec, {}).finding()
    return Example(spec, {"main": effect(0.05, std_error, **SHARE)}).finding()


@pytest.fixture(scope="module")
def full() -> Finding:
    return example("full")


def page(finding: Finding, language: str) -> nodes.section:
    return account_page(View(finding, language), "x")


def headings(section: nodes.section) -> Iterator[tuple[int, str]]:
    for one in section.findall(nodes.title):
        if isinstance(one.parent, nodes.section):
            depth = 0
            above: nodes.Node | None = one.parent
            while isinstance(above, nodes.section):
                depth, above = depth + 1, above.parent
            yield depth, one.astext()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_has_its_section_in_the_order_of_a_reader(full: Finding, language: str) -> None:
    w = View(full, language).words
    parts = ("answers", "payers", "costs", "results", "uncertainty", "incentives", "organiser")
    parts += ("cofinancing", "fund", "inputs", "left_out")
    found = [title for _, title in headings(page(full, language))]
    wanted = [w(f"account.{one}") for one in parts]
    assert [one for one in found if one in wanted] == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_go_down_one_step_at_a_time_and_ids_are_unique(
    full: Finding, language: str
) -> None:
    made = page(full, language)
    depths = [depth for depth, _ in headings(made)]
    assert depths[0] == 1
    assert depths.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(depths))
    ids = [one for node in made.findall(nodes.section) for one in node["ids"]]
    assert len(set(ids)) == len(ids)


def test_every_table_has_a_caption_and_as_many_cells_as_headings(full: Finding) -> None:
    for one in page(full, "en").findall(nodes.table):
        assert one[0].astext()
        (group,) = one.findall(nodes.tgroup)
        assert {len(row.children) for row in group.findall(nodes.row)} == {group["cols"]}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ACCOUNTS)
def test_no_state_is_without_words(
    monkeypatch: pytest.MonkeyPatch, name: str, language: str
) -> None:
    asked: list[str] = []
    known = account_reading.cell

    def listening(view: View, part: str, value: object) -> str:
        if value and f"{part}.{value}" not in view.words and part in ("money.state", "switch"):
            asked.append(f"{part}.{value}")
        return known(view, part, value)

    for module in ("account_reading", "account_uncertainty", "account_table", "account_inputs"):
        monkeypatch.setattr(f"evaluate.book.{module}.cell", listening)
    for error in (0.02, 0.2):
        page(example(name, error), language)
    assert asked == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_effects_of_which_one_is_assumed_are_a_what_if(language: str) -> None:
    finding = Example(TWO, {"pay": effect(900.0, 100.0, outcome="completed")}).finding()
    told = page(finding, language).astext()
    w = View(finding, language).words
    assert w("money.what_if") in told
    assert w("answers.assumed") in told
    assert w("mark.illustrative") in told


def test_conflicting_rates_stand_side_by_side(full: Finding) -> None:
    (table,) = (
        one
        for one in page(full, "en").findall(nodes.table)
        if one[0].astext() == View(full, "en").words("account.of.cofinancing")
    )
    rows = [[cell.astext() for cell in row.children] for row in table.findall(nodes.row)][1:]
    assert [row[1] for row in rows] == ["47.0%", "50.0%", "47.0%"]
    assert "does not fit the grant" in rows[1]


def test_national_and_european_measures_stand_side_by_side(full: Finding) -> None:
    text = page(full, "en").astext()
    assert "Society, national" in text
    assert "Society, with the EU" in text


def test_numbers_are_those_of_the_tables(full: Finding) -> None:
    text = page(full, "en").astext().replace("\u202f", "").replace("−", "-")
    numbers = set(re.findall(r"-?\d+", text))
    for kind, column in (("accounts", "net"), ("scenarios", "net"), ("organiser", "net_organiser")):
        (table,) = (one for one in full.tables if one.kind == kind)
        rows = [row for row in table.rows if row.get("payer", "society") in SHOWN]
        shown = [float(row[column] or 0) for row in rows if column in row]
        assert shown
        assert [one for one in shown if abs(one) >= 10 and f"{one:.0f}" not in numbers] == []


def test_a_study_without_an_account_says_so(full: Finding) -> None:
    bare = replace(full, tables=())
    assert View(bare, "en").words("account.none") in page(bare, "en").astext()


def test_dummy_data_are_named_before_anything_else(full: Finding) -> None:
    made = page(replace(full, data_kind="dummy"), "en")
    assert made[1].astext() == View(full, "en").words("banner.dummy")


def rows_of(made: nodes.section, caption: str) -> list[list[str]]:
    (table,) = (one for one in made.findall(nodes.table) if one[0].astext() == caption)
    return [[cell.astext() for cell in row.children] for row in table.findall(nodes.row)]


def test_of_different_pockets_all_but_the_index_is_per_cent(full: Finding) -> None:
    w = View(full, "en").words
    found = {row[0]: row[1] for row in rows_of(page(full, "en"), w("account.of.wrong_pocket"))[1:]}
    indices = {w("cell.index"), w("cell.index_public")}
    assert indices < set(found)
    assert {name for name, value in found.items() if not value.endswith("%")} == indices


def test_an_organiser_is_told_that_no_months_are_enough(full: Finding) -> None:
    w = View(full, "en").words
    told = rows_of(page(full, "en"), w("account.of.organiser"))
    assert any(w("money.state.no months") in row for row in told)
    assert not any(w("money.state.never pays") in row for row in told)


def test_figures_say_what_they_are_multiplied_by(full: Finding) -> None:
    told = {
        row[0]: row[2]
        for row in rows_of(page(full, "en"), View(full, "en").words("money.inputs"))[1:]
    }
    amounts = {name.split(" illustrative")[0]: said for name, said in told.items()}
    assert "× 1.5" in amounts["follow up saved"]
    assert "× 4 hours" in amounts["hours given"]
    assert "× 3, of which 50% is charged" in amounts["workshop"]
    assert "causal share 70.0%, displaced share 10.0%" in amounts["wages"]
    assert "×" not in amounts["programme"]


def test_interest_is_per_cent_a_year(full: Finding) -> None:
    w = View(full, "en").words
    told = {row[0]: row[1] for row in rows_of(page(full, "en"), w("account.own_inputs"))[1:]}
    assert told[w("cell.interest")] == "2.0% a year"
    assert told["The call"] == "47.0%"


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_outside_society_is_told_once(full: Finding, language: str) -> None:
    one = View(full, language)
    name = "the EU"
    assert page(full, language).astext().count(one.words("money.outside", payers=name)) == 1
