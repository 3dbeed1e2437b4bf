"""Practice records as a table that a reader can filter."""

from __future__ import annotations

from docutils import nodes

from evaluate.book.detail import shown
from evaluate.book.view import View
from evaluate.core import Table


def practice_table(view: View, one: Table) -> nodes.Node:
    """Return the table of practice records."""
    return shown(view, one)
