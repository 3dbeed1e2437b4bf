"""The chapter shows every specification, and says which have no number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("matplotlib")

from docutils import nodes
from example_specifications import ROW
from example_specifications import specified as tables

from evaluate.book.detail import shown
from evaluate.book.specified import specified
from evaluate.book.view import View
from evaluate.checks.negative_controls import Control, negative_controls
from evaluate.core import Finding, Table
from evaluate.disclosure.gate import PROFILES, release

STUDY: dict[str, Any] = {
    "language": "en",
    "title": {"en": "Evening school"},
    "outcomes": {
        "pay": {"title": {"en": "Pay", "nb": "Lønn"}, "direction": "increase", "role": "primary"},
        "before": {"title": {"en": "Pay the year before", "nb": "Lønn året før"}},
    },
    "analyses": {"main": {"alternatives": {"other_1": {"title": {"en": "By regression"}}}}},
}


def finding(given: tuple[Table, ...], *, hidden: bool = False) -> Finding:
    head = replace(ROW, estimate=600.0, conf_low=10.0, conf_high=1190.0, analysis="main")
    head = replace(head, outcome="pay")
    _, controls = negative_controls([Control("before", replace(head, p_value=0.04), 600.0)])
    given = (*given, replace(controls, id="main.negative_controls", analysis="main"))
    if hidden:
        given = release((), (), given, (), PROFILES["nordic_strict"]).tables
    return Finding("x", STUDY, "public", "final", "complete", estimates=(head,), tables=given)


def text_of(found: Finding, language: str = "en") -> str:
    whole = nodes.section("", *specified(View(found, language), "main"))
    return whole.astext()


def test_the_page_names_what_was_refused_and_shows_parts_and_controls() -> None:
    text = text_of(finding(tables([600.0, 350.0, 900.0, -100.0])))
    assert "Not computed: gone (no_rows)." in text
    assert "By regression" in text
    assert "Where the differences come from" in text
    assert "Pay the year before" in text
    assert "What the programme cannot have changed" in text


@pytest.mark.parametrize("language", ["nb", "sv"])
def test_other_languages_have_their_words(language: str) -> None:
    text = text_of(finding(tables([600.0, 350.0])), language)
    assert "Not computed" not in text
    assert "specifications" not in text


def test_what_is_withheld_is_counted() -> None:
    given = tables([600.0, 350.0, 900.0])
    close = tuple(
        replace(
            one,
            rows=tuple(
                {**row, "n_obs": 396} if row["specification"] == "other_1" else row
                for row in one.rows
            ),
        )
        for one in given
    )
    text = text_of(finding(close, hidden=True))
    assert "almost the same people as another one: 1." in text


def test_without_alternatives_the_page_says_nothing() -> None:
    empty = replace(finding(()), tables=())
    assert not list(specified(View(empty, "en"), "main"))


def test_a_unit_that_many_columns_share_is_said_once() -> None:
    given = finding(tables([600.0, 350.0, 900.0, -100.0]))
    (whole,) = (one for one in given.tables if one.kind == "agreement_of_estimators")
    unit = {one.unit for one in whole.columns if one.unit}.pop()
    text = shown(View(given, "en"), whole).astext()
    assert text.count(str(unit)) == 1
    assert text.startswith(f"Where the differences come from ({unit})")
    few = replace(whole, columns=whole.columns[:3])
    assert shown(View(given, "en"), few).astext().count(str(unit)) > 2
