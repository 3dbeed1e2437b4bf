"""What an account rests on: effects, figures with their sources, and how years are counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docutils import nodes

from evaluate.book.account_reading import (
    ABSENT,
    Effect,
    account_of,
    cell,
    effect_title,
    effects,
    fraction,
    given_row,
    mark,
    share,
)
from evaluate.book.account_table import keyed, parameter, payers
from evaluate.book.reference import source
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, paragraph, strong, table

_OWN = ("organiser_inputs", "cofinancing_inputs", "fund_inputs")
_CLOSED = ("linear", "none")


def inputs(view: View) -> Iterator[nodes.Node]:
    """Yield the effects, every figure with its source, and the discounting."""
    yield from _effects(view)
    yield from _figures(view)
    yield from _own_figures(view)
    yield from _schedule(view)
    yield paragraph(" ".join(_convention(view)), "ev-note")


def _effects(view: View) -> Iterator[nodes.Node]:
    w, found = view.words, effects(view)
    if not found:
        yield paragraph(w("account.no_effects"))
        return
    head = [w("account.effect"), w("money.amount"), w("account.comes_from")]
    yield table(w("account.effects"), head, (_effect(view, one) for one in found))


def _effect(view: View, one: Effect) -> list[Content]:
    name = effect_title(view, one.key)
    if one.row is not None:
        range_ = view.interval(one.row.conf_low, one.row.conf_high, one.row.unit)
        said = f"{view.effect(one.row.estimate, one.row.unit)} ({range_})"
        return [name, said, view.words("account.from_analysis", analysis=one.row.analysis)]
    given = one.assumed
    if "value" not in given:
        return [name, ABSENT, ABSENT]
    said = view.effect(float(given["value"]), str(given.get("unit", "")))
    told = [*source(view, given.get("source", {})), *mark(view, given.get("status"))]
    return [name, said, _noted(told, _note(view, given, {}))]


def _figures(view: View) -> Iterator[nodes.Node]:
    w, rows = view.words, view.rows("economics.inputs")
    if not rows:
        return
    head = [w(f"money.{one}") for one in ("item", "side", "amount", "years", "source")]
    body = (_figure(view, key, row) for key, row in rows.items())
    yield table(w("money.inputs"), head, body)


def _figure(view: View, key: str, row: Row) -> list[Content]:
    texts = given_row(view, key)
    who = [str(row[one]) for one in ("payer", "receiver") if row.get(one)]
    side = cell(view, "side", row.get("side", ""))
    told = [*source(view, _sourced(texts, row)), *mark(view, row.get("status"))]
    if row.get("expired") is True:
        told += mark(view, "expired")
    return [
        _title(view, key, texts),
        f"{side}: {' → '.join(payers(view, one) for one in who)}" if who else side,
        _amount(view, row),
        "; ".join([str(row.get("years", ABSENT)), *_course(view, row)]),
        _noted(told, _note(view, texts, row)),
    ]


def _title(view: View, key: str, texts: Mapping[str, Any]) -> Content:
    return view.texts(texts["title"]) if "title" in texts else parameter(view, key)


def _sourced(texts: Mapping[str, Any], row: Row) -> Mapping[str, Any]:
    """Return the definition's source, in all its languages; else that of the table."""
    given = texts.get("source")
    return given if isinstance(given, Mapping) else row


def _amount(view: View, row: Row) -> str:
    """Return an amount with its unit and, where it was converted, in the account's money."""
    value = numeric(row.get("amount"))
    if value is None:
        return ABSENT
    own = (row.get("currency"), row.get("price_year"))
    spec = account_of(view)
    said = view.number(value) + (f" {row['currency']}" if "currency" in row else "")
    if own[1] and own != (spec.get("currency"), spec.get("price_year")):
        said += f", {view.words('account.prices', year=own[1])}"
    said += f" ({cell(view, 'per', row.get('per', ''))})"
    converted = numeric(row.get("converted"))
    if converted is not None:
        said += f"; = {view.money(converted)}"
        said += f" ({row['conversion']})" if "conversion" in row else ""
    factors = list(_factors(view, given_row(view, str(row.get("item", "")))))
    return "; ".join([said, *([", ".join(factors)] if factors else [])])


def _factors(view: View, given: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an amount is multiplied by before it counts."""
    for name in ("times", "quantity"):
        n = numeric(given.get(name))
        if n is not None and n != 1:
            unit = given.get("unit") if name == "quantity" else None
            said = view.number(n, digits=0 if n.is_integer() else None)
            yield f"× {said} {unit}" if unit else f"× {said}"
    charged = numeric(given.get("charged"))
    if charged is not None and charged != 1:
        yield view.words("account.charged", share=view.percent(charged, digits=0))
    for name in ("causal", "displaced"):
        part = numeric((given.get(name) or {}).get("share"))
        if part is not None:
            yield f"{view.words(f'account.{name}')} {share(view, part)}"


def _course(view: View, row: Row) -> Iterator[str]:
    """Yield how a figure grows, fades and varies."""
    growth, fade = numeric(row.get("growth")), str(row.get("fade") or "none")
    if growth:
        yield view.words("account.growth", rate=view.percent(growth))
    if fade == "linear":
        yield view.words("account.fade", fade=view.words("account.fade.linear"))
    elif fade not in _CLOSED:
        yield view.words("account.fade", fade=_fading(view, fade))
    if row.get("uncertain"):
        yield view.words("account.uncertain", kind=row["uncertain"])


def _fading(view: View, fade: str) -> str:
    rate = fraction(fade)
    return fade if rate is None else view.words("account.fade_rate", rate=view.percent(rate))


def _note(view: View, texts: Mapping[str, Any], row: Row) -> list[Content]:
    note = texts.get("note", row.get("note"))
    if not note:
        return []
    return [view.texts(note) if isinstance(note, Mapping) else str(note)]


def _noted(told: list[Content], note: list[Content]) -> list[Content]:
    """Return where a figure comes from, then its note."""
    return [*told, ". ", *note] if told and note else [*told, *note]


def _own_figures(view: View) -> Iterator[nodes.Node]:
    """Yield the figures of organiser, grant and fund, which have blocks of their own."""
    w = view.words
    rows = [(key, row) for kind in _OWN for key, row in view.rows(f"economics.{kind}").items()]
    if not rows:
        return
    head = [w("money.item"), w("account.value"), w("money.source")]
    body = (
        [
            _own_title(view, key),
            _with_unit(view, row),
            _noted([*source(view, row), *mark(view, row.get("status"))], _note(view, {}, row))
            or ABSENT,
        ]
        for key, row in rows
    )
    yield table(w("account.own_inputs"), head, body)


def _own_title(view: View, key: str) -> Content:
    """Return the title of an organiser's grant, which the table numbers; else the key in words."""
    kind, _, nth = key.partition("|")
    given = account_of(view).get("organiser", {}).get("grants", ())
    if kind == "grant" and nth.isdecimal() and 0 < int(nth) <= len(given):
        title = given[int(nth) - 1].get("title")
        if title:
            return view.texts(title)
    return keyed(view, key)


def _with_unit(view: View, row: Row) -> str:
    value, unit = numeric(row.get("value")), str(row.get("unit", ""))
    if value is None:
        return ABSENT
    if unit.endswith("/year"):
        each = _with_unit(view, {**row, "unit": unit.removesuffix("/year")})
        return view.words("account.a_year", value=each)
    if unit == "share":
        return share(view, value)
    if unit == view.currency:
        return view.money(value)
    return view.level(value, unit) if unit else view.number(value)


def _schedule(view: View) -> Iterator[nodes.Node]:
    found = view.table("economics.schedule")
    if found is None:
        return
    pieces: list[Content] = [strong(f"{view.words('money.schedule')}. ")]
    for row in found.rows:
        slots = {"rate": view.percent(float(row["rate"] or 0)), "start": row["from_year"]}
        word = "money.rate_until" if "to_year" in row else "money.rate_span"
        pieces.append(view.words(word, **slots, end=row.get("to_year")) + "; ")
    last = found.rows[-1]
    told = _noted([*source(view, last), *mark(view, last.get("status"))], _note(view, {}, last))
    yield paragraph([*pieces, *told], "ev-note")


def _convention(view: View) -> Iterator[str]:
    """Yield how years are counted, in the words that every report prints."""
    w, spec = view.words, account_of(view)
    timing = f"account.timing.{spec.get('timing', 'start')}"
    if timing in w and "base_year" in spec:
        yield w(timing, base=spec["base_year"])
    yield w("account.forward")
    span = spec.get("observed")
    if span and effects(view):
        first, last = span.get("from"), span.get("to")
        yield w("account.observed_span", span=first if first == last else f"{first}–{last}")
    for block, key in (("scope", spec.get("scope")), ("route", _route(spec))):
        if key and f"account.{block}.{key}" in w:
            yield w(f"account.{block}.{key}")


def _route(spec: Mapping[str, Any]) -> str | None:
    given = spec.get("conversion")
    return given.get("route") if isinstance(given, Mapping) else None
