"""The whole account of a study on a page of its own, built from its finding alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from evaluate.book import download
from evaluate.book.account_costs import costs
from evaluate.book.account_incentives import KINDS as INCENTIVES
from evaluate.book.account_incentives import incentives
from evaluate.book.account_inputs import inputs
from evaluate.book.account_reading import account_of, effects, present, supposed
from evaluate.book.account_results import accounts, outside, results, some_results
from evaluate.book.account_uncertainty import KINDS as UNCERTAINTY
from evaluate.book.account_uncertainty import uncertainty
from evaluate.book.checklists import one_list
from evaluate.book.explorer import explorer
from evaluate.book.money import pictured, to_page, what_if
from evaluate.book.money_answers import answers
from evaluate.book.page import banner, live, without_rows
from evaluate.book.sources import finding
from evaluate.book.view import View
from evaluate.book.write import paragraph, section


class Account(SphinxDirective):
    """``{account} SLUG``: the whole account of a study's costs and benefits."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the account as one section under the study's title."""
        slug = self.arguments[0]
        view = without_rows(View(finding(self.env, slug), self.config.language))
        titles = self.env.temp_data.setdefault("evaluate_titles", {})
        titles[self.env.docname] = view.texts.plain(view.study["title"])
        return [account_page(view, slug)]


def account_page(view: View, slug: str) -> nodes.section:
    """Return the page of a study's account.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    slug : str
        Folder of the study, by which its chapter is found.
    """
    study = view.texts.plain(view.study["title"])
    title = view.words("account.title", study=study)
    return live(section(title, f"{slug}-account", _parts(view, slug)))


def _parts(view: View, slug: str) -> Iterator[nodes.Node]:
    yield from banner(view, account=True)
    back = to_page(f"/studies/{slug}", view.words("account.back"))
    yield paragraph([back, " ", view.words("account.back_text")], "ev-plan")
    if not view.rows("economics.accounts"):
        yield paragraph(view.words("account.none"))
        return
    yield _titled(view, "answers", "money", [*answers(view), download.download(view, slug)])
    if supposed(view):
        yield what_if(view)
    yield _titled(view, "payers", "payers", _by_payer(view))
    yield from explorer(view)
    if present(view, ("costs", "cost_summary")):
        yield _titled(view, "costs", "costs", costs(view))
    if some_results(view):
        yield _titled(view, "results", "comes-out", results(view))
    if present(view, UNCERTAINTY):
        yield _titled(view, "uncertainty", "uncertainty", uncertainty(view))
    if present(view, INCENTIVES):
        yield _titled(view, "incentives", "incentives", incentives(view))
    yield _titled(view, "inputs", "inputs", inputs(view))
    yield from _left_out(view)
    reporting = list(one_list(view, "cheers"))
    if reporting:
        yield _titled(view, "reporting", "reporting", reporting)


def _titled(view: View, key: str, identity: str, children: Iterable[nodes.Node]) -> nodes.section:
    return section(view.words(f"account.{key}"), identity, children)


def _by_payer(view: View) -> Iterator[nodes.Node]:
    if effects(view):
        yield from pictured(view, "accounts")
    yield accounts(view)
    yield paragraph(view.words("money.rule"), "ev-note")
    yield from outside(view)
    if effects(view):
        yield from pictured(view, "cash_flow")
        yield from pictured(view, "payer_years")


def _left_out(view: View) -> Iterator[nodes.Node]:
    note = account_of(view).get("note")
    if note:
        yield section(view.words("account.left_out"), "left-out", [paragraph(view.texts(note))])


def setup(app: Sphinx) -> None:
    """Register the directive."""
    download.setup(app)
    app.add_directive("account", Account)
