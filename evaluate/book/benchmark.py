"""A benchmark on a page: a table of its finding, or a figure drawn from it."""

from __future__ import annotations

from dataclasses import replace

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from evaluate.book.detail import shown
from evaluate.book.picture import figure
from evaluate.book.sources import benchmark
from evaluate.book.view import View

_TWICE = ("task", "tool")  # the name of a run says both


class Benchmark(SphinxDirective):
    """``{benchmark} NAME TABLE``: a figure where one is drawn of that kind, and the table."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Return the figure and the table."""
        name, identity = self.arguments
        view = View(benchmark(self.env, name), self.config.language)
        table = view.table(identity)
        if table is None:
            raise self.error(f"{name} holds no table {identity}")
        columns = tuple(one for one in table.columns if one.name not in _TWICE)
        return [*figure(view, table.kind), shown(view, replace(table, columns=columns))]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("benchmark", Benchmark)
