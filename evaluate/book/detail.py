"""Further tables of the leading analysis, each as its finding labels it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docutils import nodes

from evaluate.book.numbers import TIE, p_value
from evaluate.book.view import View
from evaluate.book.write import Content, marked, paragraph, table
from evaluate.core import Cell, Column, Table

ABSENT = "–"
KEY = "key"  # for text that points to a row; its other columns say the same in words
_MANY = 3  # columns in one unit, from which on it is said once
KINDS = (
    *("subgroups", "families", "inference", "leave_one_out", "pretrends", "placebos"),
    *("leave_one_cohort_out", "composition", "concurrent", "icc", "weights", "joins"),
    "missing_rules",
    "before_after_groups",
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
        if column.name != KEY and any(row.get(column.name) is not None for row in one.rows)
    ]
    head = [_heading(view, column) for column in columns]
    cells = [[_cell(view, column, row) for column in columns] for row in one.rows]
    title, rows = _unit_once(view.words(f"detail.{one.kind}"), columns, cells)
    return table(title, head, rows, "ev-numbers")


def _unit_once(
    title: str, columns: Sequence[Column], rows: Sequence[Sequence[Content]]
) -> tuple[str, Sequence[Sequence[Content]]]:
    """Say a unit that most columns share once, above them, and no more in each cell."""
    measured = [place for place, one in enumerate(columns) if one.unit is not None]
    units = {columns[place].unit for place in measured}
    if len(measured) < _MANY or len(units) > 1:
        return title, rows
    cells = [str(row[place]) for row in rows for place in measured if row[place] != ABSENT]
    unit = cells[0].rsplit(TIE, 1)[-1]
    if not all(cell.endswith(f"{TIE}{unit}") for cell in cells):
        return title, rows
    bare = [
        [
            cell.removesuffix(f"{TIE}{unit}")
            if place in measured and isinstance(cell, str)
            else cell
            for place, cell in enumerate(row)
        ]
        for row in rows
    ]
    return f"{title} ({unit})", bare


def _cell(view: View, column: Column, row: Mapping[str, Cell]) -> Content:
    value = row.get(column.name)
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return view.words("detail.yes" if value else "detail.no")
    if isinstance(value, str):
        return marked(_text(view, value), "ev-words")
    if column.name.startswith("p_"):
        return p_value(float(value), view.language)
    if column.type == "share":
        return view.percent(float(value))
    if column.unit is not None:
        sign = column.name != "std_error" and column.type != "money"
        return view.effect(float(value), column.unit, sign=sign)
    is_whole = column.type == "integer" or float(value).is_integer()
    return view.number(value, digits=0 if is_whole else None)


def _heading(view: View, column: Column) -> Content:
    words = view.texts.plain(column.label)
    return marked(words, "ev-words") if column.type == "text" else words


def _text(view: View, value: str) -> Content:
    """Return what a text says: a key's title, several of them, or the text itself."""
    parts = [_word(view, one) for one in value.split("; ")]
    known = [one for one in parts if one is not None]
    if len(known) < len(parts):
        return value
    return [each for one in known for each in ("; ", one)][1:]


def _word(view: View, key: str) -> Content | None:
    """Return what a key is called, or nothing where it is a text."""
    if key in view.titles:
        return view.texts(view.titles[key])
    word = f"detail.{key}"
    return view.words(word) if word in view.words else None
