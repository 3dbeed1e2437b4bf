"""Tables of an account as their columns type them, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from docutils import nodes

from evaluate.book.account_reading import (
    ABSENT,
    OVERALL,
    amount,
    cell,
    effect_title,
    fraction,
    given_row,
    item,
    mark,
    share,
    state,
)
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, paragraph, table
from evaluate.core import Cell, Column

_FEW = 3
_PARTIES = ("payer", "receiver", "from", "to")
_ITEMS = ("item", "parameter", "follows")
_PLAIN = ("year", "from_year", "to_year", "price_year", "exit_month", "horizon")


def numbers(
    caption: Content, head: Sequence[Content], rows: Iterable[Sequence[Content]]
) -> nodes.Node:
    """Return a table of numbers; one of few columns fits a telephone without scrolling."""
    few = ["ev-few"] if len(head) <= _FEW else []
    return table(caption, head, rows, "ev-numbers", *few)


def listing(
    view: View, kind: str, *names: str, rows: Sequence[Row] | None = None, caption: str = ""
) -> nodes.Node:
    """Return a table of the account with the columns named, in that order.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    kind : str
        Of the table, which is there.
    *names : str
        Columns; those without any cell are left out. None named means all.
    rows : sequence of Row, optional
        Those that are shown; else all.
    caption : str
        Title of the table; else the kind's own.
    """
    found = view.table(f"economics.{kind}")
    if found is None:
        raise LookupError(kind)
    shown = found.rows if rows is None else rows
    known = {one.name: one for one in found.columns}
    columns = [
        known[name]
        for name in names or known
        if name in known and any(row.get(name) not in (None, "") for row in shown)
    ]
    head = [view.texts.plain(one.label) for one in columns]
    body = ([said(view, one, row) for one in columns] for row in shown)
    return numbers(caption or view.words(f"account.of.{kind}"), head, body)


def part(view: View, kind: str, *names: str) -> Iterator[nodes.Node]:
    """Yield a table of the account with its note; nothing where the account has none."""
    if not view.rows(f"economics.{kind}"):
        return
    yield listing(view, kind, *names)
    note = f"account.of.{kind}_note"
    if note in view.words:
        yield paragraph(view.words(note), "ev-note")


def said(view: View, column: Column, row: Row) -> Content:
    """Return a cell as a reader of the page's language would write it."""
    value = row.get(column.name)
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool):
        return view.words("detail.yes" if value else "detail.no")
    if isinstance(value, str):
        return _text(view, column.name, value)
    return _number(view, column, row, float(value))


def _text(view: View, name: str, value: str) -> Content:
    if name in _PARTIES:
        return payers(view, value)
    if name in _ITEMS:
        return parameter(view, value)
    if name in ("state", "horizon_state"):
        return state(view, value)
    if name == "status" and cell(view, "cell", value) and f"mark.{value}" in view.words:
        return list(mark(view, value)) or view.words(f"mark.{value}")
    if name == "key":
        return keyed(view, value)
    return cell(view, "cell", value)


def payers(view: View, value: str) -> str:
    """Return parties and their shares, which the tables write as ``a 0.5; b 0.5``."""
    found = []
    for one in value.split("; "):
        key, _, last = one.rpartition(" ")
        part_ = fraction(last) if key else None
        name = view.payer(one if part_ is None else key)
        found.append(name if part_ is None else f"{name} {view.percent(part_, digits=0)}")
    return ", ".join(found)


def parameter(view: View, value: str) -> Content:
    """Return what a figure is called: an effect, an item, its share, or the schedule."""
    if given_row(view, value):
        return item(view, value)
    first, _, kind = value.rpartition(" ")
    if kind in ("causal", "displaced") and given_row(view, first):
        return [item(view, first), f" ({view.words(f'account.{kind}')})"]
    return effect_title(view, value) or cell(view, "cell", value)


def keyed(view: View, value: str) -> str:
    """Return a row's key in words; ``gain_outside|county`` names a payer."""
    first, _, second = value.partition("|")
    if second and f"cell.{first}_of" in view.words:
        return view.words(f"cell.{first}_of", payer=view.payer(second))
    return cell(view, "cell", first) + (f": {cell(view, 'cell', second)}" if second else "")


def _number(view: View, column: Column, row: Row, value: float) -> str:
    unit = str(row.get("unit") or column.unit or "")
    if column.type == "money" or unit == view.currency:
        return amount(view, value, sign=column.name.startswith("net"))
    if column.type == "share" or unit == "share":
        return share(view, value)
    if column.name in _PLAIN:
        return f"{value:.0f}"
    if column.type == "integer":
        return view.number(value, digits=0)
    if unit == "year":
        return f"{value:.0f}"
    return view.level(value, unit) if unit else view.number(value)


def whom(row: Row) -> bool:
    """Return whether a row is of one payer, not of all."""
    return row.get("payer") not in OVERALL


def ratio(view: View, value: Cell) -> str:
    """Return a ratio with two decimals, or a dash."""
    found = numeric(value)
    return ABSENT if found is None else view.number(found, digits=2)
