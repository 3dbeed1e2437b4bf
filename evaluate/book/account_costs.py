"""What a programme costs: its ingredients, and the sums that a funder asks for."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes

from evaluate.book.account_reading import ABSENT, account_of, amount, cell, item, mark
from evaluate.book.account_table import numbers, payers
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, marked, paragraph, table

_FLAGS = ("in_kind", "saving", "follows")


def costs(view: View) -> Iterator[nodes.Node]:
    """Yield the ingredients and their sums."""
    w, rows = view.words, view.rows("economics.costs")
    if rows:
        slots = {"currency": view.currency, "year": account_of(view).get("price_year", "")}
        head = [w("account.ingredient"), w("money.payer"), w("account.kind")]
        head += [w("account.reckoning"), w("account.per_participant")]
        body = (_ingredient(view, key, row) for key, row in rows.items())
        yield table(w("account.costs_caption", **slots), head, body)
    yield from _sums(view)


def _ingredient(view: View, key: str, row: Row) -> list[Content]:
    flags = [view.words(f"account.yes_{one}") for one in _FLAGS if row.get(one) is True]
    title: list[Content] = [item(view, key)]
    if flags:
        title += [" ", marked(f"({', '.join(flags)})", "ev-soft")]
    status = view.rows("economics.inputs").get(key, {}).get("status")
    kinds = [cell(view, "costs", row.get(one)) for one in ("type", "phase") if row.get(one)]
    return [
        [*title, *mark(view, status)],
        payers(view, str(row.get("payer", ""))) or ABSENT,
        ", ".join(kinds),
        _reckoning(view, row),
        amount(view, row.get("per_participant")),
    ]


def _reckoning(view: View, row: Row) -> str:
    """Return quantity times price times the share charged, as far as they say anything."""
    price, quantity = numeric(row.get("price")), numeric(row.get("quantity"))
    if price is None:
        return ABSENT
    said = amount(view, price)
    if quantity is not None and (quantity != 1 or "unit" in row):
        digits = 0 if quantity.is_integer() else None
        said = (
            f"{view.number(quantity, digits=digits)} {row.get('unit', '')}".strip() + f" × {said}"
        )
    charged = numeric(row.get("charged"))
    if charged is None or charged == 1:
        return said
    share = view.percent(charged, digits=0)
    return f"{said}, {view.words('account.charged', share=share)}"


def _sums(view: View) -> Iterator[nodes.Node]:
    w, rows = view.words, view.rows("economics.cost_summary")
    if not rows:
        return
    names = [
        name
        for name in ("per_participant", "per_completed", "total", "share")
        if any(name in row for row in rows.values())
    ]
    head = [w("account.measure"), *(w(f"account.{one}") for one in names)]
    body = (
        [_measure(view, key), *(_sum(view, name, row) for name in names)]
        for key, row in rows.items()
    )
    yield numbers(w("account.summary_caption", currency=view.currency), head, body)
    yield paragraph(w("account.costs_note"), "ev-note")


def _measure(view: View, key: str) -> str:
    kind, _, name = key.partition("_")
    if kind == "payer":
        return view.words("costs.of_payer", payer=view.payer(name))
    if kind == "type":
        return view.words("costs.of_type", type=cell(view, "costs", name).lower())
    return cell(view, "costs", key)


def _sum(view: View, name: str, row: Row) -> str:
    value = numeric(row.get(name))
    if name == "share" and value is not None:
        return view.percent(value, digits=0)
    return amount(view, value)
