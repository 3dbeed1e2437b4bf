"""Markdown from code: tables, and docstrings as prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, with an empty line before and after.

    Parameters
    ----------
    header : sequence of str
        Headings of the columns.
    rows : sequence of sequence of str
        Cells, as Markdown.
    """
    yield ""
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""


def prose(docstring: str | None) -> str:
    """Return a docstring's first paragraph on one line.

    Parameters
    ----------
    docstring : str or None
        As Python keeps it.
    """
    first = (docstring or "").strip().split("\n\n")[0]
    return re.sub(r"\s+", " ", first).replace("``", "`")
