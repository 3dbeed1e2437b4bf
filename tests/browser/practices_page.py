"""A Sphinx extension with a directive for the table of practices alone."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from evaluate.book.practice_table import KIND, practice_table
from evaluate.book.sources import finding
from evaluate.book.view import View


class Practices(SphinxDirective):
    """``{practices} SLUG``: the practices of a study."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        view = View(finding(self.env, self.arguments[0]), self.config.language)
        return [practice_table(view, one) for one in view.finding.tables if one.kind == KIND]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("practices", Practices)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
