"""The five sentences on money never say more than the account knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import example_chapters as example
import pytest

from evaluate.book.account_inputs import inputs
from evaluate.book.account_page import account_page
from evaluate.book.account_reading import in_hundred
from evaluate.book.account_results import accounts
from evaluate.book.money import money
from evaluate.book.money_answers import answers, breaks_even, cost, gains, likely, pays
from evaluate.book.view import View
from evaluate.core import Cell, Column, Finding

LANGUAGES = ("en", "nb", "sv")
CASES = (example.BENEFIT, example.MONEY_UNCLEAR, example.COSTS_ALONE, example.WHAT_IF)


def view(finding: Finding, language: str = "en") -> View:
    return View(finding, language)


def with_cells(finding: Finding, kind: str, key: str, **cells: Cell) -> Finding:
    """Return a finding whose row of a table has other cells; ``None`` takes a cell away."""
    tables = []
    for one in finding.tables:
        first = one.columns[0].name
        mine = [one.kind == kind and row[first] == key for row in one.rows]
        rows = [
            _changed(row, cells) if changed else row
            for row, changed in zip(one.rows, mine, strict=True)
        ]
        tables.append(replace(one, rows=tuple(rows)))
    return replace(finding, tables=tuple(tables))


def _changed(row: Mapping[str, Cell], cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {key: cell for key, cell in {**row, **cells}.items() if cell is not None}


def in_shares(finding: Finding) -> Finding:
    """Return a finding whose break-even effects are shares."""
    tables = [
        replace(
            one,
            columns=tuple(
                Column(c.name, c.type, c.label, "share") if c.name == "effect" else c
                for c in one.columns
            ),
        )
        if one.kind == "break_even"
        else one
        for one in finding.tables
    ]
    return replace(finding, tables=tuple(tables))


def whole(finding: Finding, language: str = "en") -> str:
    return "\n".join(one.astext() for one in answers(view(finding, language)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("finding", CASES)
def test_there_are_five_questions_each_answered_in_one_sentence(
    finding: Finding, language: str
) -> None:
    w = view(finding, language).words
    told = [one.astext() for one in answers(view(finding, language))][:5]
    for key, said in zip(("cost", "pays", "gains", "even", "likely"), told, strict=True):
        question = w(f"answers.{key}")
        assert said.startswith(f"{question} ")
        answer = said.removeprefix(question)
        assert answer.endswith(".")
        assert answer.count(". ") == 0


def test_a_shown_effect_has_its_net_and_one_that_is_not_shown_only_the_range() -> None:
    assert "its net is +5 000 NOK" in likely(view(example.BENEFIT)).replace("\u202f", " ")
    said = (likely(view(example.MONEY_UNCLEAR)) + gains(view(example.MONEY_UNCLEAR))).replace(
        "\u202f", " "
    )
    assert "5 000" not in said
    assert "14 000" not in said
    assert "between −2 000 NOK and +12 000 NOK" in said
    assert "+7 000 to +21 000 NOK" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_estimated_is_told_as_a_condition_and_has_no_chance(language: str) -> None:
    conditions = {"en": "if ", "nb": "hvis ", "sv": "om "}
    one = view(example.WHAT_IF, language)
    assert conditions[language] in gains(one).lower()
    assert conditions[language] in breaks_even(one).lower()
    assert "100" not in likely(one)
    assert one.words("mark.illustrative") in whole(example.WHAT_IF, language)
    assert one.words("money.what_if") in money(one)[0].astext()


@pytest.mark.parametrize("language", LANGUAGES)
def test_costs_alone_are_not_weighed_against_anything(language: str) -> None:
    one = view(example.COSTS_ALONE, language)
    assert cost(one).replace("\u202f", " ").count("12 000") == 1
    page = account_page(one, "x").astext()
    for word in ("money.ratio", "money.gains_in", "money.benefit", "measure.npv"):
        assert one.words(word) not in page.split("\n")
    assert gains(one) == one.words("answers.no_gain")
    assert likely(one) == one.words("answers.no_effect")


def test_who_pays_is_told_by_size_and_sums_to_all() -> None:
    assert pays(view(example.COSTS_ALONE)) == "The cost is borne 75% by County and 25% by Pupils."
    assert pays(view(example.BENEFIT)) == "All of the cost is borne by one payer: County."


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"effect": 0.024}, "from an effect of +2.4 points on, 2.4 of every 100 participants"),
        ({"effect": -0.3}, "from an effect of −30.0 points on, 30 of every 100 participants"),
        ({"effect": 0.0003}, "+0.03 points on, 0.03 of every 100 participants"),
        ({"effect": 1.7}, "cannot get it back at any effect: it would take +170.0 points"),
        ({"effect": 0.1, "state": "pays below it"}, "only while the effect is smaller than +10.0"),
        ({"effect": None, "state": "never pays"}, "Society cannot get it back at any effect."),
        ({"effect": None, "state": "always pays"}, "at any effect in the desired direction"),
        ({"effect": None, "state": "no stake"}, "neither pays nor gains"),
        ({"effect": None, "state": None}, "not shown: the figure is withheld or not known"),
    ],
)
def test_break_even_in_words(cells: dict[str, Cell], says: str) -> None:
    finding = in_shares(with_cells(example.BENEFIT, "break_even", "society", **cells))
    said = breaks_even(view(finding)).replace("\u202f", " ").replace("\u00a0", " ")
    assert says in said


def test_a_payer_that_never_gets_it_back_is_named() -> None:
    cells: dict[str, Any] = {"effect": None, "state": "never pays"}
    finding = with_cells(example.BENEFIT, "break_even", "county", **cells)
    assert breaks_even(view(finding)).endswith("; not at any effect for County.")


def test_a_withheld_number_is_said_to_be_withheld_and_not_read_as_none() -> None:
    finding = with_cells(example.BENEFIT, "cost_summary", "incremental", per_participant=None)
    finding = with_cells(finding, "accounts", "society", cost=None, prob_positive=None)
    one = view(finding)
    assert cost(one) == one.words("answers.withheld")
    assert likely(one) == one.words("answers.unknown")


@pytest.mark.parametrize(
    ("share", "says"),
    [
        (0.0, "0 of 100 draws"),
        (0.0004, "fewer than 1 of 100 draws"),
        (0.5, "50 of 100 draws"),
        (0.9996, "more than 99 of 100 draws"),
        (1.0, "100 of 100 draws"),
        (None, "–"),
    ],
)
def test_a_chance_is_never_rounded_to_certainty(share: float | None, says: str) -> None:
    assert in_hundred(view(example.BENEFIT), share) == says


@pytest.mark.parametrize("status", ["unverified", "illustrative", "expired"])
def test_a_figure_that_nobody_has_checked_carries_its_mark(status: str) -> None:
    # A verified figure can be one that no longer holds.
    cells: dict[str, Any] = {"expired": True} if status == "expired" else {"status": status}
    finding = with_cells(example.BENEFIT, "inputs", "hours", **cells)
    one = view(finding)
    told = "\n".join(node.astext() for node in inputs(one))
    assert one.words(f"mark.{status}") in told
    assert one.words(f"answers.n_{status}", n=1) in whole(finding)


def test_a_verified_figure_carries_none() -> None:
    finding = with_cells(example.BENEFIT, "inputs", "hours", status="verified")
    assert len(list(answers(view(finding)))) == 5


def with_flows(finding: Finding, *, follows: str | None = None, side: str = "transfer") -> Finding:
    """Return a finding in which a payer outside the country gives 900 whatever the effect."""
    row: dict[str, Any] = {
        "key": "union|grant|0",
        "payer": "union",
        "side": side,
        "present": -900.0,
    }
    row |= {"follows": follows} if follows else {}
    (table,) = (one for one in finding.tables if one.kind == "accounts")
    gift = {"payer": "union", "cost": 0.0, "benefit": -900.0, "net": -900.0, "state": "no cost"}
    tables = [one for one in finding.tables if one.kind != "accounts"]
    tables.append(replace(table, rows=(gift, *table.rows)))
    tables.append(example.table("economics.flows", "flows", [row], key="text"))
    money_ = finding.study["economics"]
    union = {"title": {"en": "The EU", "nb": "EU", "sv": "EU"}, "public": True, "eu": True}
    spec = {**money_, "payers": {**money_["payers"], "union": union}}
    return replace(finding, study={**finding.study, "economics": spec}, tables=tuple(tables))


def test_a_grant_from_outside_the_country_is_named_among_those_who_pay() -> None:
    said = pays(view(with_flows(example.BENEFIT)))
    assert said == (
        "All of the cost is borne by one payer: County; "
        "the EU gives 900 NOK per participant whatever the effect."
    )


@pytest.mark.parametrize("case", [{"follows": "main"}, {"side": "cost"}])
def test_what_follows_the_effect_or_is_a_cost_is_no_such_grant(case: dict[str, str]) -> None:
    assert "EU" not in pays(view(with_flows(example.BENEFIT, **case)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_outside_society_is_told_under_the_table(language: str) -> None:
    for finding, there in ((with_flows(example.BENEFIT), True), (example.BENEFIT, False)):
        one = view(finding, language)
        told = one.words("money.outside", payers="the EU" if language == "en" else "EU")
        assert (told in money(one)[0].astext()) is there


@pytest.mark.parametrize(("each", "says"), [(6400.0, "causes 6 400 NOK"), (-50.0, "spares 50 NOK")])
def test_what_the_effect_causes_is_told_beside_the_cost(each: float, says: str) -> None:
    sums = [
        {"measure": "incremental", "per_participant": 12000.0},
        {"measure": "caused_by_effect", "per_participant": each},
    ]
    rows = [{"item": "hours", "follows": True}]
    tables = [one for one in example.BENEFIT.tables if one.kind != "cost_summary"]
    tables.append(example.table("economics.cost_summary", "cost_summary", sums, measure="text"))
    tables.append(example.table("economics.costs", "costs", rows, item="text"))
    said = cost(view(replace(example.BENEFIT, tables=tuple(tables)))).replace("\u202f", " ")
    assert f"; the effect itself {says}" in said
    assert said.endswith(", such as “Teachers' hours”.")


def test_a_range_without_width_is_one_number() -> None:
    finding = with_cells(example.BENEFIT, "accounts", "county", net_low=-9000.0, net_high=-9000.0)
    finding = with_cells(finding, "accounts", "society", net_low=5000.0, net_high=5000.0)
    told = accounts(view(finding)).astext().replace("\u202f", " ")
    assert "−9 000" in told
    assert " to " not in told.replace("+7 000 to +21 000", "")
    assert (
        likely(view(finding))
        .replace("\u202f", " ")
        .endswith("its net is +5 000 NOK per participant.")
    )
    unclear_ = with_cells(
        example.MONEY_UNCLEAR, "accounts", "county", net_low=-9000.0, net_high=-9000.0
    )
    assert "County −9 000 NOK;" in gains(view(unclear_)).replace("\u202f", " ")
