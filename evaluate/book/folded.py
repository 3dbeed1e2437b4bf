"""A block that a reader opens: nothing in it is needed to judge the answer."""

from __future__ import annotations

import html
from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class Folded(nodes.General, nodes.Element):
    """Content under one line that opens and closes it."""


def folded(label: str, children: Iterable[nodes.Node]) -> nodes.Node:
    """Return content that stands closed until a reader opens it.

    Parameters
    ----------
    label : str
        The line that is always seen.
    children : iterable of Node
        What it opens.
    """
    return Folded("", *children, label=label)


def opening(node: Folded) -> str:
    """Return the HTML before the content."""
    return f'<details class="ev-fold"><summary>{html.escape(node["label"])}</summary>'


def _visit(self: HTML5Translator, node: Folded) -> None:
    self.body.append(opening(node))


def _depart(self: HTML5Translator, node: Folded) -> None:
    self.body.append("</details>")


def setup(app: Sphinx) -> None:
    """Register the node."""
    app.add_node(Folded, html=(_visit, _depart))
