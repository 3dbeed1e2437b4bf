"""Costs and benefits by payer, with the range of each, and what the account rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docutils import nodes

from evaluate.book.picture import figure
from evaluate.book.results import ABSENT
from evaluate.book.view import Row, View
from evaluate.book.write import Content, link, marked, paragraph, section, strong, table

_MARKS = ("unverified", "illustrative")


def money(view: View) -> list[nodes.Node]:
    """Return the section on money, or nothing where nothing was valued."""
    if not view.rows("economics.accounts"):
        return []
    return [section(view.words("money.title"), "money", _blocks(view))]


def _blocks(view: View) -> Iterator[nodes.Node]:
    yield paragraph(_answer(view), "ev-answer")
    yield from figure(view, "accounts")
    yield _accounts(view)
    yield paragraph(view.words("money.rule"), "ev-note")
    yield from figure(view, "distribution")
    yield from figure(view, "cash_flow")
    yield paragraph(_extrapolated(view), "ev-note")
    yield from _break_even(view)
    yield from _inputs(view)
    yield from _schedule(view)


def _answer(view: View) -> Content:
    """Return society's balance, then the payer who is left shortest."""
    accounts = view.rows("economics.accounts")
    society = accounts["society"]
    net = float(society.get("net") or 0)
    sentence = view.words(
        "money.lead.gain" if net >= 0 else "money.lead.loss",
        net=view.money(abs(net)),
        low=view.money(float(society.get("net_low") or 0), sign=True),
        high=view.money(float(society.get("net_high") or 0), sign=True),
        share=view.number(100 * float(society.get("prob_positive") or 0), digits=0),
    )
    return [sentence, *(piece for one in _payers(view, accounts) for piece in (" ", strong(one)))]


def _payers(view: View, accounts: Mapping[str, Row]) -> Iterator[str]:
    for key, row in accounts.items():
        net = row.get("net")
        if key in ("society", "public_funds") or not isinstance(net, float) or net == 0:
            continue
        word = "money.lead.gainer" if net > 0 else "money.lead.loser"
        yield view.words(word, payer=view.payer(key), net=view.money(abs(net)))


def _accounts(view: View) -> nodes.Node:
    w = view.words
    level = view.percent(view.finding.estimates[0].conf_level, digits=0)
    slots = {"currency": view.currency, "year": view.study["economics"]["price_year"]}
    head = [w("money.payer"), w("money.cost"), w("money.benefit"), w("money.net", level=level)]
    rows = [
        [
            strong(view.payer(key)) if key == "society" else view.payer(key),
            _sum(view, row.get("cost")),
            _sum(view, row.get("benefit"), sign=True),
            [strong(_sum(view, row.get("net"), sign=True)), _range(view, row)],
            _draws(view, row.get("prob_positive")),
            _ratio(view, row),
        ]
        for key, row in view.rows("economics.accounts").items()
    ]
    head += [w("money.gains_in"), w("money.ratio")]
    return table(w("money.accounts", **slots), head, rows, "ev-numbers")


def _sum(view: View, value: object, *, sign: bool = False) -> str:
    return view.number(value, digits=0, sign=sign) if isinstance(value, (int, float)) else ABSENT


def _range(view: View, row: Row) -> str:
    low, high = (_sum(view, row.get(key), sign=True) for key in ("net_low", "net_high"))
    return f" ({view.words('facts.interval', low=low, high=high)})"


def _draws(view: View, share: object) -> str:
    if not isinstance(share, (int, float)):
        return ABSENT
    return view.words("money.of_draws", n=view.number(100 * share, digits=0))


def _ratio(view: View, row: Row) -> str:
    ratio = row.get("benefit_cost_ratio")
    if isinstance(ratio, (int, float)):
        return view.number(ratio, digits=2)
    return _state(view, row.get("state"))


def _state(view: View, state: object) -> str:
    return view.words(f"money.state.{state}") if state else ABSENT


def _extrapolated(view: View) -> str:
    beyond = view.rows("economics.accounts")["society"].get("net_extrapolated")
    if not beyond:
        return view.words("money.extrapolated")
    return view.words("money.extrapolated_some", net=view.money(float(beyond), sign=True))


def _break_even(view: View) -> Iterator[nodes.Node]:
    w, rows = view.words, view.rows("economics.break_even")
    if not rows:
        return
    analysis = view.study["analyses"][view.study["economics"]["analysis"]]
    unit = view.outcome(analysis["outcome"])["unit"]
    cells = []
    for key, row in rows.items():
        effect = row.get("effect")
        shown = view.effect(effect, unit) if isinstance(effect, (int, float)) else ""
        state = _state(view, row["state"]) if row.get("state") else ""
        both = ", ".join(one for one in (shown, state) if one)
        cells.append([view.payer(key), both or ABSENT, _draws(view, row.get("prob_reached"))])
    head = [w("money.payer"), w("money.effect"), w("money.reached")]
    yield table(w("money.break_even"), head, cells, "ev-numbers")


def _inputs(view: View) -> Iterator[nodes.Node]:
    w, rows = view.words, view.rows("economics.inputs")
    if not rows:
        return
    head = [w(f"money.{one}") for one in ("item", "side", "amount", "years", "source")]
    yield table(w("money.inputs"), head, (_input(view, k, v) for k, v in rows.items()))


def _input(view: View, key: str, row: Row) -> list[Content]:
    w, texts = view.words, _given(view, key)
    per = w(f"per.{row['per']}") if f"per.{row.get('per')}" in w else str(row.get("per", ""))
    amount = row.get("amount")
    shown = view.number(amount) if isinstance(amount, (int, float)) else ABSENT
    currency = f" {row['currency']}" if "currency" in row else ""
    return [
        view.texts(texts["title"]) if "title" in texts else key.replace("_", " "),
        w(f"side.{row['side']}"),
        f"{shown}{currency} ({per})",
        str(row.get("years", ABSENT)),
        [*source(view, texts.get("source", row)), *_mark(view, row), *_note(view, texts, row)],
    ]


def _given(view: View, key: str) -> Mapping[str, Any]:
    """Return the row of the study that an input came from, with its texts by language."""
    economics = view.study["economics"]
    for side in ("costs", "benefits", "transfers"):
        for one in economics.get(side, ()):
            if one["item"] == key:
                found: Mapping[str, Any] = one
                return found
    block = economics.get("public_funds")
    return block if key == "marginal_cost_of_public_funds" and isinstance(block, dict) else {}


def source(view: View, given: Mapping[str, Any]) -> list[Content]:
    """Return a source: who, title with its link, date and page."""
    title = given.get("title", given.get("source"))
    if not title:
        return []
    text = view.texts(title) if isinstance(title, Mapping) else str(title)
    parts: list[Content] = [f"{given['author']}: "] if "author" in given else []
    parts.append(link(text, str(given["url"])) if "url" in given else text)
    after = [str(given[key]) for key in ("date", "page") if key in given]
    return [*parts, f" ({', '.join(after)})"] if after else parts


def _mark(view: View, row: Mapping[str, Any]) -> list[Content]:
    status = str(row.get("status", ""))
    if status not in _MARKS:
        return []
    return [" ", marked(view.words(f"mark.{status}"), "ev-mark")]


def _note(view: View, texts: Mapping[str, Any], row: Row) -> list[Content]:
    note = texts.get("note", row.get("note"))
    if not note:
        return []
    return [". ", view.texts(note) if isinstance(note, Mapping) else str(note)]


def _schedule(view: View) -> Iterator[nodes.Node]:
    table_ = view.table("economics.schedule")
    if table_ is None:
        return
    pieces: list[Content] = [strong(f"{view.words('money.schedule')}. ")]
    for row in table_.rows:
        slots = {"rate": view.percent(float(row["rate"] or 0)), "start": row["from_year"]}
        until = "to_year" in row
        word = "money.rate_until" if until else "money.rate_span"
        pieces.append(view.words(word, **slots, end=row.get("to_year")) + "; ")
    last = table_.rows[-1]
    yield paragraph([*pieces, *source(view, _flat(last)), *_mark(view, last)], "ev-note")


def _flat(row: Row) -> dict[str, Any]:
    """Return a table row as a source block: its title stands under ``source``."""
    keys = ("author", "url", "date", "page", "source")
    return {key: row[key] for key in keys if row.get(key)}
