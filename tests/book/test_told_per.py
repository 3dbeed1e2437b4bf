"""Sums told per what an account counts, units in the page's language, and keys with a dot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from example_chapters import COSTS_ALONE

from evaluate.book.money_answers import answers, cost
from evaluate.book.prose import UnknownNumberError, number
from evaluate.book.view import View
from evaluate.core import Column, Finding, Table
from evaluate.study.prose import parse
from evaluate.study.roles import Known

KNOWN = Known({"main"}, (), (), economics=True)
MONTHS = "economics.organiser.vehicles|0.5.months_to_break_even"


def counting(unit: Mapping[str, str]) -> Finding:
    account: dict[str, Any] = {
        **COSTS_ALONE.study["economics"],
        "participants": {"treated": 4.0, "unit": unit},
    }
    return replace(COSTS_ALONE, study={**COSTS_ALONE.study, "economics": account})


def with_table(kind: str, column: Column, key: str, value: float) -> Finding:
    found = Table(
        id=f"economics.{kind}",
        analysis="",
        kind=kind,
        columns=(Column("key", "text", {"en": "Key"}), column),
        rows=({"key": key, column.name: value},),
    )
    return replace(COSTS_ALONE, tables=(*COSTS_ALONE.tables, found))


@pytest.mark.parametrize(
    ("language", "said", "people"),
    [("en", "per output", "per participant"), ("nb", "per resultat", "per deltaker")],
)
def test_a_cost_is_told_per_what_is_counted(language: str, said: str, people: str) -> None:
    view = View(counting({"en": "output", "nb": "resultat"}), language)
    assert said in cost(view)
    assert people not in "".join(one.astext() for one in answers(view))
    assert people in cost(View(COSTS_ALONE, language))


def test_braces_in_what_is_counted_stay_text() -> None:
    assert "per {n} of {}" in cost(View(counting({"en": "{n} of {}"}), "en"))


def test_units_that_the_book_knows_are_in_the_page_s_language() -> None:
    column = Column("months_to_break_even", "number", {"en": "Months"}, "months")
    finding = with_table("organiser", column, "vehicles|0.5", 24.5)
    assert number(View(finding, "en"), MONTHS).endswith("months")
    assert number(View(finding, "nb"), MONTHS).endswith("måneder")


def test_a_dot_between_digits_belongs_to_the_key() -> None:
    assert parse(f"It takes {{n}}`{MONTHS}`.", "text.md", KNOWN)[1] == []
    assert parse("It takes {n}`economics.organiser.a.b.c.d`.", "text.md", KNOWN)[1]
    with pytest.raises(UnknownNumberError):
        number(View(COSTS_ALONE, "en"), MONTHS)


def test_a_break_even_share_is_in_points() -> None:
    column = Column("effect", "number", {"en": "Effect"}, "share")
    finding = with_table("even", column, "all", 0.0111)
    assert number(View(finding, "en"), "economics.even.all.effect").endswith("points")
