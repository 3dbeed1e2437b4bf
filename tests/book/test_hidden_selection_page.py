"""The page says in one sentence a measure how strong something unseen must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import example_hidden_selection as example
import pytest

from evaluate.book.hidden_selection import hidden_selection, sentence
from evaluate.book.view import View
from evaluate.book.words import words
from evaluate.checks import hidden_selection_measures, hidden_selection_pairs
from evaluate.core import Cell, Finding, Table
from evaluate.disclosure.gate import PROFILES, release

LANGUAGES = ("en", "nb", "sv")


def view(language: str, tables: tuple[Table, ...]) -> View:
    row = replace(example.headline(example.groups()), analysis="main", outcome="score")
    study = {"title": {"en": "A study"}, "language": "en", "outcomes": {"score": {}}}
    return View(
        Finding("a-study", study, "public", "final", "complete", (), (row,), (), tables), language
    )


def told(language: str, row: Mapping[str, Cell]) -> str:
    (table, *_) = example.tables()
    return sentence(view(language, (table,)), table, row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_is_a_whole_sentence(language: str) -> None:
    tables = example.tables()
    page = [node.astext() for node in hidden_selection(view(language, tables), tables[0])]
    lines = page[1].split("\n\n")
    assert len(lines) == len(tables[0].rows) == 5
    for line in lines:
        assert line.endswith(".")
        assert re.search(r"\d", line)
        assert not re.search(r"\{|\}|nan|None|_", line)
    assert len(page) == 3  # what it is about, the sentences, the figure


def test_the_e_value_is_said_as_it_should_be() -> None:
    row = {"measure": "e_value_risk_ratio", "value": 2.5, "limit": 1.75}
    said = told("en", row)
    assert "make participation 2.50 times as likely and the outcome 2.50 times as likely" in said
    assert "1.75 times each" in said
    assert "2,50 ganger så sannsynlig" in told("nb", row)
    assert "2,50 gånger så sannolikt" in told("sv", row)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"measure": "e_value_risk_ratio", "value": 1.2, "limit": 1.0}, "already"),
        ({"measure": "robustness_value", "share": 0.02, "share_limit": 0.0}, "already"),
        ({"measure": "proportional_selection", "value": -2.0, "estimate": 1.0}, "against them"),
        ({"measure": "proportional_selection", "state": "no_selection_enough"}, "however strong"),
        ({"measure": "matched_odds", "limit": 1.6, "basis": "mcnemar"}, "1.60 times"),
        ({"measure": "matched_odds", "state": "not_rejected", "basis": "mcnemar"}, "bears no"),
        ({"measure": "matched_odds", "state": "used_again"}, "no separate sets"),
        ({"measure": "robustness_value", "state": "withheld"}, "data owner"),
        ({"measure": "robustness_value"}, "data owner"),
        ({"measure": "as_strong", "benchmark": "age", "state": "impossible_strength"}, "so strong"),
        ({"measure": "beyond", "benchmark": "age", "state": "impossible_strength"}, "age tells"),
        ({"measure": "matched_odds", "state": "something new"}, "cannot carry"),
    ],
)
def test_what_is_absent_or_turned_round_has_its_own_words(row: dict[str, Cell], part: str) -> None:
    assert part in told("en", row)
    for language in LANGUAGES:
        assert told(language, row).endswith(".")


def test_what_nobody_knows_is_not_said() -> None:
    assert told("en", {"measure": "another"}) == ""


def test_withheld_numbers_leave_whole_sentences() -> None:
    (table, *_) = example.tables()
    few = replace(table, rows=tuple({**row, "n_least": 3} for row in table.rows))
    (shown,) = release((), (), (few,), (), PROFILES["nordic_strict"]).tables
    lines = [sentence(view("en", (shown,)), shown, row) for row in shown.rows]
    assert all("stay with the data owner" in line for line in lines)
    assert not any(re.search(r"\d", line) for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words(language: str) -> None:
    """Codes that the modules raise, and those of the functions that they call."""
    w = words(language)
    for module in (hidden_selection_pairs, hidden_selection_measures):
        source = Path(str(module.__file__)).read_text("utf-8")
        codes = re.findall(r'(?:_cannot\(|"state": )"(\w+)"', source)
        assert codes or module is hidden_selection_measures
        for code in codes:
            names = (f"hidden.state_{code}", f"hidden.matched_odds_{code}",
                     f"hidden.proportional_selection_{code}")  # fmt: skip
            assert any(name in w for name in names), code
            assert f"detail.{code}" in w
