"""Money in a chapter: five sentences, the account by payer, and the way to the whole account."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes
from sphinx.addnodes import pending_xref

from evaluate.book.account_reading import effects, supposed
from evaluate.book.account_results import accounts, extrapolated, outside
from evaluate.book.money_answers import answers
from evaluate.book.picture import Drawing, figure
from evaluate.book.view import View
from evaluate.book.write import Content, box, marked, paragraph, section


def money(view: View) -> list[nodes.Node]:
    """Return the section on money, or nothing where there is no account."""
    if not view.rows("economics.accounts"):
        return []
    return [section(view.words("money.title"), "money", _blocks(view))]


def _blocks(view: View) -> Iterator[nodes.Node]:
    yield from answers(view)
    if supposed(view):
        yield what_if(view)
    if effects(view):
        yield from pictured(view, "accounts")
    yield accounts(view)
    yield paragraph(view.words("money.rule"), "ev-note")
    yield from outside(view)
    if effects(view):
        yield paragraph(extrapolated(view), "ev-note")
    link = to_page(f"/accounts/{view.finding.id}", view.words("account.link"))
    yield paragraph([link, " ", view.words("account.link_text")])


def what_if(view: View) -> nodes.Node:
    """Return the warning that all that follows rests on an effect that nobody estimated."""
    return box([paragraph(view.words("money.what_if"))], "ev-banner", "ev-warning")


def pictured(view: View, kind: str) -> Iterator[nodes.Node]:
    """Yield a figure of the account; where its effect is assumed the title says so first."""
    for node in figure(view, kind):
        if supposed(view) and isinstance(node, Drawing):
            said = view.words("money.supposed", title=node["title"])
            node["alt"] = view.words("money.supposed", title=node["alt"])
            node["title"] = said
            for one in node.findall(nodes.title):
                one.children = [nodes.Text(said)]
        yield node


def to_page(target: str, content: Content) -> nodes.Node:
    """Return a link to a page of the book; where the book has it not, its words."""
    return pending_xref(
        "", marked(content), refdomain="std", reftype="doc", reftarget=target, refexplicit=True
    )
