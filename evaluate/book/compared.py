"""What a comparison from observed data rests on: likeness, overlap, who is left, what is unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from docutils import nodes

from evaluate.book.detail import shown
from evaluate.book.folded import folded
from evaluate.book.hidden_selection import hidden_selection
from evaluate.book.picture import figure
from evaluate.book.view import View
from evaluate.book.write import paragraph
from evaluate.core import Table

_DRAWN = ("comparison_balance", "comparison_overlap")
_TABLES = ("comparison_balance", "comparison_samples", "comparison_dropped")


def compared(view: View, analysis: str) -> Iterator[nodes.Node]:
    """Yield the figures and tables of an analysis whose comparison was built.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    analysis : str
        The analysis.
    """
    own = tuple(one for one in view.finding.tables if one.analysis == analysis)
    rest = tuple(one for one in view.finding.tables if one.analysis != analysis)
    first = replace(view, finding=replace(view.finding, tables=(*own, *rest)))
    kinds = {one.kind: one for one in own}
    for kind in _DRAWN:
        if kind in kinds:
            yield from figure(first, kind)
    for kind in _TABLES:
        if kind in kinds:
            yield from _table(view, kinds[kind])
    if "hidden_selection" in kinds:
        yield from hidden_selection(first, kinds["hidden_selection"])


def _table(view: View, one: Table) -> Iterator[nodes.Node]:
    """Yield a table; that of balance, whose figure says the same, stands closed."""
    whole = shown(view, one)
    if one.kind in _DRAWN:
        yield folded(view.words(f"detail.{one.kind}"), [whole])
    else:
        yield whole
    note = f"detail.{one.kind}_note"
    if note in view.words:
        yield paragraph(view.words(note), "ev-note")
