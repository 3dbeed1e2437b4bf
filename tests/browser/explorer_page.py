"""A Sphinx extension with a directive for the explorer alone, so that a page can hold just it."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from evaluate.book.explorer import explorer
from evaluate.book.sources import finding
from evaluate.book.view import View


class Explored(SphinxDirective):
    """``{explored} SLUG``: the block of a study's account."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return explorer(View(finding(self.env, self.arguments[0]), self.config.language))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("explored", Explored)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
