"""Cells of a method's tables: keys by title, lists of keys, words of the book, money, texts."""

from __future__ import annotations

import pytest

from evaluate.book.detail import shown
from evaluate.book.view import View
from evaluate.core import Column, Finding, Table

TITLES = {"meet": {"en": "Meetings"}, "plan": {"en": "A plan"}}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("meet", "Meetings"),
        ("meet; plan", "Meetings; A plan"),
        ("meet; school", "Meetings; school"),
        ("class", "school class"),
        ("not a key; meet", "not a key; meet"),
        ("a text", "a text"),
        (1234.0, "1 234 EUR"),
        (True, "yes"),
    ],
)
def test_a_cell_says_what_it_is(cell: object, said: str) -> None:
    column = Column("what", "money" if isinstance(cell, float) else "text", {"en": "What"}, "EUR")
    key = Column("key", "text", {"en": "Key"})
    table = Table("t", "theory_nodes", (key, column), ({"key": "k", "what": cell},))
    finding = Finding("f", {"language": "en"}, None, "final", "complete", tables=(table,))
    node = shown(View(finding, "en", TITLES), table)
    last = node.astext().split("\n\n")[-1].replace("\N{NO-BREAK SPACE}", " ")
    assert last.replace("\N{NARROW NO-BREAK SPACE}", " ") == said
