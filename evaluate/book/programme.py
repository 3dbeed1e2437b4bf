"""What was done and what is known of it: TIDieR, comparison, outcomes, published figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from docutils import nodes

from evaluate.book.reference import source
from evaluate.book.view import View
from evaluate.book.write import Content, bullets, marked, paragraph, section, strong, table

_TIDIER = (
    "name",
    "why",
    "what",
    "provider",
    "how",
    "where",
    "dose",
    "tailoring",
    "changes",
    "fidelity",
)
Fact = Mapping[str, Any]


def done(view: View) -> nodes.section:
    """Return the programme by the items of TIDieR, and our typology."""
    w, given = view.words, view.study["intervention"]
    rows: list[Sequence[Content]] = [
        [w(f"tidier.{one}"), view.texts(given[one])] for one in _TIDIER
    ]
    rows.append([w("facts.class"), ", ".join(w(f"class.{one}") for one in given["class"])])
    rows.append([w("done.reach"), w(f"reach.{given['reach']}")])
    rows.append([w("done.levels"), ", ".join(w(f"level.{one}") for one in given["levels"])])
    body = table(w("done.caption"), [w("done.item"), w("done.text")], rows, "ev-items")
    return section(w("done.title"), "done", [body])


def comparison(view: View) -> nodes.section:
    """Return who the programme is compared with, and why that is credible."""
    w, given = view.words, view.study["comparison"]
    keys = (("who", "who"), ("received", "received"), ("why", "why_credible"))
    texts = [
        paragraph([strong(f"{w(f'comparison.{word}')}: "), view.texts(given[key])])
        for word, key in keys
    ]
    return section(w("comparison.title"), "comparison", texts)


def programme(view: View) -> nodes.section:
    """Return owner, partners, period and funding."""
    w, given = view.words, view.study["programme"]
    rows: list[Sequence[Content]] = [[w("programme.owner"), view.texts(given["owner"])]]
    if "partners" in given:
        rows.append([w("programme.partners"), _listed(view, given["partners"])])
    if "period" in given:
        rows.append([w("programme.period"), _period(view, given["period"])])
    if "funding" in given:
        rows.append(
            [w("programme.funding"), bullets(_funding(view, one) for one in given["funding"])]
        )
    head = [w("programme.key"), w("programme.value")]
    body = table(w("programme.title"), head, rows, "ev-items")
    return section(w("programme.title"), "programme", [body])


def _listed(view: View, texts: Sequence[Mapping[str, str]]) -> Content:
    return view.texts(texts[0]) if len(texts) == 1 else bullets(map(view.texts, texts))


def _period(view: View, period: Mapping[str, str]) -> str:
    if "to" not in period:
        return view.words("programme.from", start=period["from"])
    return view.words("programme.to", start=period["from"], end=period["to"])


def _funding(view: View, given: Mapping[str, Any]) -> Content:
    amount = next((one for one in facts(view) if one["id"] == given.get("amount")), None)
    who: list[Content] = [view.texts(given["funder"])]
    return who if amount is None else [*who, ": ", fact_link(view, amount)]


def outcomes(view: View) -> nodes.section:
    """Return each outcome with its definition."""
    w = view.words
    keys = ("outcome", "definition", "unit", "direction", "worthwhile")
    rows = (_outcome(view, one) for one in view.study["outcomes"].values())
    head = [w(f"outcomes.{one}") for one in keys]
    return section(w("outcomes.title"), "outcomes", [table(w("outcomes.title"), head, rows)])


def _outcome(view: View, given: Mapping[str, Any]) -> Sequence[Content]:
    w, worthwhile = view.words, given.get("smallest_worthwhile")
    return [
        [view.texts(given["title"]), " (", w(f"role.{given['role']}"), ")"],
        view.texts(given["definition"]) if "definition" in given else "–",
        given["unit"],
        w(f"direction.{given['direction']}"),
        view.effect(worthwhile, given["unit"], sign=False) if worthwhile else "–",
    ]


def facts(view: View) -> Sequence[Fact]:
    """Return the figures that others have published."""
    found: Sequence[Fact] = view.study.get("facts", ())
    return found


def fact_text(view: View, fact: Fact) -> Content:
    """Return a published figure with its unit, as the text shows it."""
    value = fact["value"]
    text = _value(view, value) if isinstance(value, (int, float)) else str(value)
    if "unit" not in fact:
        return text
    return [f"{text}\u00a0", view.texts(fact["unit"])]


def fact_link(view: View, fact: Fact) -> nodes.Node:
    """Return a figure that leads to its row among the published figures."""
    shown = fact_text(view, fact)
    content = [nodes.Text(shown)] if isinstance(shown, str) else marked(shown).children
    return nodes.reference("", "", *content, refid=f"fact-{fact['id']}", internal=True)


def _value(view: View, value: float) -> str:
    text = repr(float(value))
    digits = 0 if text.endswith(".0") else len(text.partition(".")[2])
    return view.number(value, digits=min(digits, 6))


def published(view: View) -> list[nodes.Node]:
    """Return the published figures; values that differ for one quantity stand together."""
    if not facts(view):
        return []
    w = view.words
    head = [w(f"published.{one}") for one in ("quantity", "value", "scope", "source")]
    body = table(w("published.caption"), head, _published(view), "ev-published")
    return [section(w("published.title"), "published", [body])]


def _published(view: View) -> Iterator[Sequence[Content]]:
    """Yield rows grouped by quantity in order of first appearance, conflicts marked."""
    order = {quantity: i for i, quantity in reversed(list(enumerate(map(_quantity, facts(view)))))}
    ranked = sorted(facts(view), key=lambda one: order[_quantity(one)])
    for _, group in groupby(ranked, key=_quantity):
        same = list(group)
        differ = len({str(one["value"]) for one in same}) > 1
        for fact in same:
            yield _row(view, fact, differ=differ)


def _quantity(fact: Fact) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(fact["quantity"].items()))


def _row(view: View, fact: Fact, *, differ: bool) -> Sequence[Content]:
    quantity: list[Content] = [view.texts(fact["quantity"])]
    if differ:
        quantity += [" ", marked(view.words("published.conflict"), "ev-mark")]
    value = nodes.inline("", "", ids=[f"fact-{fact['id']}"], classes=["ev-fact-row"])
    shown = fact_text(view, fact)
    value += nodes.Text(shown) if isinstance(shown, str) else marked(shown).children
    scope: list[Content] = [view.texts(fact["scope"])] if "scope" in fact else []
    if "as_of" in fact:
        scope += [", " if scope else "", str(fact["as_of"])]
    where = [*source(view, fact["source"]), *_status(view, fact)]
    if "note" in fact:
        where += [". ", view.texts(fact["note"])]
    return [quantity, value, scope or "–", where]


def _status(view: View, fact: Fact) -> list[Content]:
    if fact["status"] == "verified":
        return []
    return [" ", marked(view.words(f"mark.{fact['status']}"), "ev-mark")]
