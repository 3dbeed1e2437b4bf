"""Further tables of the leading analysis, each as its finding labels it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docutils import nodes

from evaluate.book.numbers import p_value
from evaluate.book.view import View
from evaluate.book.write import Content, paragraph, table
from evaluate.core import Cell, Column, Table

ABSENT = "–"
KINDS = (
    *("subgroups", "families", "inference", "leave_one_out", "pretrends", "placebos"),
    *("leave_one_cohort_out", "composition", "concurrent", "icc", "weights", "joins"),
)


def details(view: View, analysis: str) -> Iterator[nodes.Node]:
    """Yield the further tables of an analysis, in the order in which a reader asks.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    analysis : str
        The analysis whose tables are shown; tables of the whole study are shown too.
    """
    for kind in KINDS:
        for one in view.finding.tables:
            if one.kind == kind and one.analysis in (analysis, ""):
                yield shown(view, one)
                note = f"detail.{kind}_note"
                if note in view.words:
                    yield paragraph(view.words(note), "ev-note")


def shown(view: View, one: Table) -> nodes.Node:
    """Return a table as its columns name and type it; columns without a cell are left out."""
    columns = [
        column
        for column in one.columns
        if any(row.get(column.name) is not None for row in one.rows)
    ]
    head = [view.texts.plain(column.label) for column in columns]
    rows = ([_cell(view, column, row) for column in columns] for row in one.rows)
    return table(view.words(f"detail.{one.kind}"), head, rows, "ev-numbers")


def _cell(view: View, column: Column, row: Mapping[str, Cell]) -> Content:
    value = row.get(column.name)
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return view.words("detail.yes" if value else "detail.no")
    if isinstance(value, str):
        if value in view.titles:
            return view.texts(view.titles[value])
        word = f"detail.{value}"
        return view.words(word) if word in view.words else value
    if column.name.startswith("p_"):
        return p_value(float(value), view.language)
    if column.type == "share":
        return view.percent(float(value))
    if column.unit is not None:
        return view.effect(float(value), column.unit, sign=column.name != "std_error")
    return view.number(value, digits=0 if column.type == "integer" else None)
