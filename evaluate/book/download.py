"""A link to the account as a workbook, which is written beside the page that links to it."""

from __future__ import annotations

import html

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from evaluate.book.view import View
from evaluate.book.workbook import workbook


class Download(nodes.General, nodes.Element):
    """A link that waits for its page: the builder then writes the file."""


def download(view: View, slug: str) -> nodes.Node:
    """Return a link to the account as an Excel file with live formulas.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    slug : str
        Of the page; the file is called ``SLUG-account.xlsx``.
    """
    return Download("", view=view, name=f"{slug}-account.xlsx")


def _visit(self: HTML5Translator, node: Download) -> None:
    view: View = node["view"]
    target = self.builder.outdir / self.builder.current_docname
    target.parent.mkdir(parents=True, exist_ok=True)
    file = target.parent / node["name"]
    file.write_bytes(workbook(view.finding, view.language))
    label, after = (html.escape(view.words(f"account.download{one}")) for one in ("", "_text"))
    name = html.escape(node["name"])
    self.body.append(f'<p><a href="{name}" download>{label}</a> (Excel){after}')


def _depart(self: HTML5Translator, node: Download) -> None:
    self.body.append("</p>")


def setup(app: Sphinx) -> None:
    """Register the node."""
    app.add_node(Download, html=(_visit, _depart))
