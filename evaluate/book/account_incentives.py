"""Who has reason to pay: shares, side payments, the organiser, the grant and the fund."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docutils import nodes

from evaluate.book.account_reading import account_of, cell
from evaluate.book.account_table import listing, part
from evaluate.book.folded import folded
from evaluate.book.money import pictured
from evaluate.book.view import Row, View
from evaluate.book.write import paragraph, section

_STAKES = ("incentives", "side_payments", "wrong_pocket")
_ORGANISER = ("organiser", "organiser_months")
_GRANT = ("cofinancing",)
_FUND = ("fund", "fund_result")
KINDS = (*_STAKES, *_ORGANISER, *_GRANT, *_FUND)


def incentives(view: View) -> Iterator[nodes.Node]:
    """Yield the analysis of incentives, part by part."""
    yield from pictured(view, "incentives")
    yield from _stakes(view)
    yield from part(view, "side_payments", "from", "to", "amount")
    yield from _pockets(view)
    for name, kinds in (("organiser", _ORGANISER), ("cofinancing", _GRANT), ("fund", _FUND)):
        if any(view.rows(f"economics.{kind}") for kind in kinds):
            body = [*pictured(view, name), *(one for kind in kinds for one in _one(view, kind))]
            yield section(view.words(f"account.{name}"), name, body)


def _stakes(view: View) -> Iterator[nodes.Node]:
    """Yield who pays and gains what, then when and at which effect each is even."""
    if not view.rows("economics.incentives"):
        return
    yield listing(
        view,
        "incentives",
        *("payer", "outlay", "gain", "net", "cost_share", "benefit_share", "gap"),
    )
    label = view.words("account.stakes_more")
    names = ("break_even", "state", "horizon", "horizon_state", "side_payment", "contribution")
    yield folded(label, [listing(view, "incentives", "payer", *names, caption=label)])


def _pockets(view: View) -> Iterator[nodes.Node]:
    """Yield the index as a number, and all that is a share as per cent."""
    rows: list[Row] = [
        row if key.startswith("index") else {**row, "unit": "share"}
        for key, row in view.rows("economics.wrong_pocket").items()
    ]
    if rows:
        yield listing(view, "wrong_pocket", "key", "value", "state", rows=rows)
        yield paragraph(view.words("account.of.wrong_pocket_note"), "ev-note")


def _one(view: View, kind: str) -> Iterator[nodes.Node]:
    if not view.rows(f"economics.{kind}"):
        return
    if kind in _ORGANISER:
        yield from _organiser(view, kind)
    elif kind == "cofinancing":
        yield from _grant(view)
    elif kind == "fund":
        label = view.words("account.of.fund")
        yield folded(label, [listing(view, kind, "year", "balance", "repaid", "saving", "state")])
    else:
        yield from part(view, kind, "key", "value", "state")


def _organiser(view: View, kind: str) -> Iterator[nodes.Node]:
    """Yield the organiser's account; the long one by month opens."""
    rows = [
        {
            **row,
            "programme": _named(view, "organiser", "programmes", str(row.get("programme"))),
            # What is sought here is a number of months, not an effect.
            "state": "no months" if row.get("state") == "never pays" else row.get("state"),
        }
        for row in view.rows(f"economics.{kind}").values()
    ]
    names = ("programme", "marginal_share", "margin_month", "months_to_break_even", "state")
    sides = ("net_organiser", "net_home_municipality", "net_consolidated", "net_state", "net_pupil")
    if kind == "organiser":
        yield listing(view, kind, *names, "net_organiser", "status", rows=rows)
        label = view.words("account.organiser_sides")
        shown = listing(view, kind, "programme", "marginal_share", *sides, rows=rows, caption=label)
        yield folded(label, [shown])
        return
    months = ("exit_month", "funded_months", "months_to_break_even", "state", "net_organiser")
    label = view.words("account.of.organiser_months")
    shown = listing(view, kind, "programme", "marginal_share", *months, rows=rows)
    yield folded(label, [shown])


def _grant(view: View) -> Iterator[nodes.Node]:
    """Yield each stated rate with what it leaves to be found, conflicts side by side."""
    rows: list[Row] = [
        {**row, "key": _named(view, "cofinancing", "rates", key)}
        for key, row in view.rows("economics.cofinancing").items()
    ]
    yield listing(
        view, "cofinancing", "key", "rate", "grant", "cofunding", "cash", "state", "status",
        rows=rows,
    )  # fmt: skip
    label = view.words("account.cofinancing_more")
    names = ("key", "eligible", "in_kind", "economic_cost", "cash_cost")
    yield folded(label, [listing(view, "cofinancing", *names, rows=rows, caption=label)])


def _named(view: View, block: str, entries: str, key: str) -> str:
    """Return the title of an entry of a block of the account, else its key in words."""
    given: Mapping[str, Mapping[str, Mapping[str, str]]]
    given = account_of(view).get(block, {}).get(entries, {})
    title = given.get(key, {}).get("title")
    return view.texts.plain(title) if title else cell(view, "cell", key)
