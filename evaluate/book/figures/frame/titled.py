"""What the keys in a method's tables are called, and its whole table beside a figure."""

from __future__ import annotations

from collections.abc import Callable

from evaluate.book.figures.frame.reading import Reading, value
from evaluate.book.words import words as page_words
from evaluate.core import Cell, Column

_LIMITS = (100.0, 10.0)  # below each a number has one more decimal


def titled(reading: Reading, kind: str) -> Callable[[object], str]:
    """Return what gives a key of a table its title; a key without one is shown as words.

    Parameters
    ----------
    reading : Reading
        The finding and its language.
    kind : str
        Kind of the table: its analysis has the titles.
    """
    table = reading.table(kind)
    entry = reading.study.get("methods", {}).get(table.analysis if table else "", {})
    titles = entry.get("titles", {})

    def title(key: object) -> str:
        return reading.text(titles.get(str(key)), str(key).replace("_", " "))

    return title


def whole(reading: Reading, kind: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return heading and rows of a table as its columns name and type them.

    Parameters
    ----------
    reading : Reading
        The finding and its language.
    kind : str
        Kind of the table.
    """
    table, title = reading.table(kind), titled(reading, kind)
    if table is None:
        return (), ()
    given = [
        one for one in table.columns if any(row.get(one.name) is not None for row in table.rows)
    ]
    rows = (
        tuple(told(reading, one, row.get(one.name), title) for one in given) for row in table.rows
    )
    return tuple(reading.text(one.label) for one in given), tuple(rows)


def told(reading: Reading, column: Column, cell: Cell, title: Callable[[object], str]) -> str:
    """Return a cell as its column types it; keys and words of the book in the figure's language.

    Parameters
    ----------
    reading : Reading
        Its language.
    column : Column
        What kind of cell it is.
    cell : str, number, bool or None
        What is told.
    title : callable
        Gives a key its title.
    """
    if cell is None:
        return reading.words("absent")
    if isinstance(cell, bool):
        return reading.words("yes" if cell else "no")
    number = value(cell)
    if number is None:
        return "; ".join(_word(reading, one, title(one)) for one in str(cell).split("; "))
    if column.type == "share":
        return reading.percent(number)
    if column.type == "integer":
        return reading.number(number)
    return reading.number(number, sum(abs(number) < one for one in _LIMITS) if number else 0)


def _word(reading: Reading, key: str, title: str) -> str:
    """Return a key's title; where the study gives it none, the book's word for it."""
    known, word = page_words(reading.language), f"detail.{key}"
    return known(word) if title == key.replace("_", " ") and word in known else title
