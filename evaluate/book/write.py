"""Docutils nodes built by hand: what a study says is text, and never becomes markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from docutils import nodes

Content: TypeAlias = "str | nodes.Node | Sequence[Content]"


@dataclass(frozen=True, slots=True)
class Texts:
    """Chooses the language of a study's texts on a page.

    Attributes
    ----------
    language : str
        Of the page.
    own : str
        Of the study: what is shown, marked with its language, when the page's is missing.
    """

    language: str
    own: str

    def __call__(self, localised: Mapping[str, str]) -> nodes.inline:
        """Return a text in the page's language, else in another, marked with ``lang``."""
        chosen = next(
            (one for one in (self.language, "en", self.own) if one in localised),
            next(iter(localised)),
        )
        text = localised[chosen]
        # docutils turns a class language-nb into the attribute lang="nb"
        mark = [] if chosen == self.language else [f"language-{chosen}"]
        return nodes.inline("", text, classes=mark)

    def plain(self, localised: Mapping[str, str]) -> str:
        """Return a text without its mark, for headings' targets, captions and alt texts."""
        return str(self(localised).astext())


def inlines(content: Content) -> list[nodes.Node]:
    """Return content as inline nodes; strings become text nodes."""
    if isinstance(content, str):
        return [nodes.Text(content)]
    if isinstance(content, nodes.Node):
        return [content]
    return [node for one in content for node in inlines(one)]


def paragraph(content: Content, *classes: str) -> nodes.paragraph:
    """Return a paragraph."""
    node = nodes.paragraph("", "", *inlines(content))
    node["classes"] += classes
    return node


def strong(content: Content) -> nodes.strong:
    """Return bold text."""
    return nodes.strong("", "", *inlines(content))


def marked(content: Content, *classes: str) -> nodes.inline:
    """Return text in a span with classes."""
    return nodes.inline("", "", *inlines(content), classes=list(classes))


def link(content: Content, url: str) -> nodes.Node:
    """Return a link to an https address; any other address stays text."""
    if not url.startswith("https://"):
        return marked(content)
    return nodes.reference("", "", *inlines(content), refuri=url, internal=False)


def bullets(items: Iterable[Content], *classes: str) -> nodes.bullet_list:
    """Return a list of paragraphs."""
    rows = [nodes.list_item("", paragraph(one)) for one in items]
    return nodes.bullet_list("", *rows, classes=list(classes))


def box(children: Iterable[nodes.Node], *classes: str) -> nodes.container:
    """Return a block with classes."""
    return nodes.container("", *children, classes=list(classes))


def section(title: Content, identity: str, children: Iterable[nodes.Node]) -> nodes.section:
    """Return a section with its heading.

    Parameters
    ----------
    title : Content
        Heading.
    identity : str
        Its anchor; unique on the page.
    children : iterable of Node
        What follows.
    """
    heading = nodes.title("", "", *inlines(title))
    return nodes.section("", heading, *children, ids=[identity], names=[identity])


def table(
    caption: Content,
    header: Sequence[Content],
    rows: Iterable[Sequence[Content]],
    *classes: str,
    stub: bool = True,
) -> nodes.Node:
    """Return an accessible table: caption, column headings, and row headings in column one.

    Parameters
    ----------
    caption : Content
        What the table shows, as a title.
    header : sequence of Content
        Column headings.
    rows : iterable of sequence
        Cells.
    *classes : str
        Style classes.
    stub : bool
        Whether the first column heads its row.
    """
    group = nodes.tgroup("", cols=len(header))
    for index in range(len(header)):
        group += nodes.colspec("", colwidth=1, **({"stub": 1} if stub and index == 0 else {}))
    group += nodes.thead("", _row(header))
    group += nodes.tbody("", *(_row(row) for row in rows))
    title = nodes.title("", "", *inlines(caption))
    return nodes.table("", title, group, classes=["ev-table", *classes])


def _row(cells: Sequence[Content]) -> nodes.row:
    """Return a row; a list stands in its cell as it is, everything else in a paragraph."""
    bodies = (one if isinstance(one, nodes.bullet_list) else paragraph(one) for one in cells)
    return nodes.row("", *(nodes.entry("", body) for body in bodies))
