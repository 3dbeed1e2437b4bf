"""Five questions about money, each answered in one sentence that says no more than is known."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes

from evaluate.book.account_reading import (
    account_of,
    cost_of,
    effect_unit,
    effects,
    given_row,
    grants,
    in_hundred,
    listed,
    parties,
    shares_of_cost,
    sides,
    supposed,
    unclear,
    within,
    worded,
)
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, marked, paragraph, strong

_HUNDRED, _FEW, _LEAST = 100, 10, 0.01
_ALL = 0.9995


def answers(view: View) -> Iterator[nodes.Node]:
    """Yield the five sentences, then what the figures behind them are worth."""
    for key, said in (
        ("cost", cost(view)),
        ("pays", pays(view)),
        ("gains", gains(view)),
        ("even", breaks_even(view)),
        ("likely", likely(view)),
    ):
        yield paragraph([strong(view.words(f"answers.{key}")), " ", said], "ev-answer")
    worth = list(_figures(view))
    if worth:
        yield paragraph(worth, "ev-note")


def cost(view: View) -> str:
    """Return what a participant costs beyond the comparison, in kind and by completion."""
    each = cost_of(view)
    if each is None:
        return view.words("answers.withheld")
    said = view.words(
        "answers.costs" if each >= 0 else "answers.saves",
        cost=view.money(abs(each)),
        year=account_of(view).get("price_year", ""),
    )
    return said + "".join(_more_on_cost(view)) + "."


def _more_on_cost(view: View) -> Iterator[str]:
    sums = view.rows("economics.cost_summary")
    if "comparison" in sums:
        yield view.words("answers.beyond")
    kind = numeric(sums.get("in_kind", {}).get("per_participant"))
    if kind:
        yield view.words("answers.in_kind", cost=view.money(kind))
    each = numeric(sums.get("incremental", {}).get("per_completed"))
    if each is not None:
        yield view.words("answers.completed", cost=view.money(each))
    caused = numeric(sums.get("caused_by_effect", {}).get("per_participant"))
    if caused:
        word = "answers.caused" if caused > 0 else "answers.spared"
        yield view.words(word, cost=view.money(abs(caused))) + _such_as(view)


def _such_as(view: View) -> str:
    for key, row in view.rows("economics.costs").items():
        if row.get("follows") is True:
            return view.words("answers.such_as", item=_title(view, key))
    return ""


def _title(view: View, key: str) -> str:
    given = given_row(view, key)
    return view.texts.plain(given["title"]) if "title" in given else worded(key)


def pays(view: View) -> str:
    """Return who bears the cost, the largest part first, and what is given from outside."""
    said = _borne(view)
    given = [
        view.words("answers.grant", payer=within(view, key), sum=view.money(n))
        for key, n in grants(view)
    ]
    return "; ".join([said.removesuffix("."), *given]) + "."


def _borne(view: View) -> str:
    paid = shares_of_cost(view)
    if not paid:
        return view.words("answers.withheld" if cost_of(view) else "answers.nobody")
    whole = sum(n for _, n in paid)
    if paid[0][1] >= _ALL * whole:
        return view.words("answers.all", payer=within(view, paid[0][0]))
    shares = [
        view.words("answers.part", payer=within(view, key), share=view.percent(n / whole, digits=0))
        for key, n in paid
    ]
    return view.words("answers.parts", parts=listed(view, shares))


def gains(view: View) -> str:
    """Return who is left with more and who with less; ranges where the effect is not shown."""
    if not effects(view):
        return view.words("answers.not_valued" if view.finding.estimates else "answers.no_gain")
    if unclear(view):
        accounts = view.rows("economics.accounts")
        ranges = [one for key in parties(view) for one in _range(view, key, accounts[key])]
        return view.words("answers.ranges", parts="; ".join(ranges))
    found = [
        view.words(word, parts=listed(view, [_for(view, *one) for one in some]))
        for word, some in zip(("answers.gain", "answers.loss"), sides(view), strict=True)
        if some
    ]
    if not found:
        return view.words("answers.nobody_gains")
    key = "answers.would_be" if supposed(view) else "answers.there_is"
    return view.words(key, parts=", ".join([found[0], *_also(view, found[1:])]))


def _also(view: View, found: list[str]) -> Iterator[str]:
    for one in found:
        yield view.words("answers.but", said=one)


def _for(view: View, key: str, net: float) -> str:
    return view.words("answers.for", net=view.money(abs(net)), payer=within(view, key))


def _range(view: View, key: str, row: Row) -> Iterator[str]:
    low, high = (numeric(row.get(one)) for one in ("net_low", "net_high"))
    if low is not None and high is not None:
        ends = {"low": view.number(low, digits=0, sign=True), "high": view.money(high, sign=True)}
        wide = ends["low"] != view.number(high, digits=0, sign=True)
        word = "answers.range" if wide else "answers.range_one"
        yield view.words(word, payer=within(view, key), **ends)


def breaks_even(view: View) -> str:
    """Return the effect at which society gets back what it pays, and who never does."""
    rows = view.rows("economics.break_even")
    society = rows.get("society")
    if not effects(view) or society is None:
        return view.words("answers.no_even")
    never = [within(view, key) for key in parties(view) if _never(rows.get(key, {}))]
    said = _even(view, society)
    eu = numeric(rows.get("society_eu", {}).get("effect"))
    if eu is not None and eu != numeric(society.get("effect")):
        said += view.words("answers.even_eu", effect=view.effect(eu, effect_unit(view)))
    if never and not _never(society):
        said += view.words("answers.never_for", payers=listed(view, never))
    return view.words("answers.supposing", said=said) if supposed(view) else f"{said}."


def _never(row: Row) -> bool:
    return row.get("state") == "never pays"


def _even(view: View, row: Row) -> str:
    even = numeric(row.get("effect"))
    if even is None:
        word = str(row.get("state", "")).replace(" ", "_")
        known = f"answers.{word}" in view.words
        return view.words(f"answers.{word}" if known and word else "answers.even_unknown")
    unit = effect_unit(view)
    slots = {"effect": view.effect(even, unit), "people": _people(view, even, unit)}
    if unit == "share" and abs(even) > 1:
        return view.words("answers.out_of_reach", **slots)
    below = row.get("state") == "pays below it"
    return view.words("answers.below" if below else "answers.from", **slots)


def _people(view: View, even: float, unit: str) -> str:
    if unit != "share":
        return ""
    people = abs(_HUNDRED * even)
    digits = 0 if people >= _FEW else 1 if people >= 1 else 2 if people >= _LEAST else None
    return view.words("answers.people", n=view.number(people, digits=digits))


def likely(view: View) -> str:
    """Return the share of draws in which society gains; it cannot be said of what was assumed."""
    if not effects(view):
        return view.words("answers.none_valued" if view.finding.estimates else "answers.no_effect")
    if supposed(view):
        return view.words("answers.assumed")
    society = view.rows("economics.accounts").get("society", {})
    share = numeric(society.get("prob_positive"))
    low, high = (numeric(society.get(one)) for one in ("net_low", "net_high"))
    if share is None or low is None or high is None:
        return view.words("answers.unknown")
    ends = {"low": view.money(low, sign=True), "high": view.money(high, sign=True)}
    word = "answers.range_alone" if unclear(view) else "answers.net"
    return view.words(
        word if ends["low"] != ends["high"] else "answers.net_alone",
        draws=in_hundred(view, share),
        net=view.money(numeric(society.get("net")) or 0.0, sign=True),
        **ends,
    )


def _figures(view: View) -> Iterator[Content]:
    """Yield how many of the figures nobody has read in a source, with their marks."""
    if supposed(view):
        yield marked(view.words("mark.illustrative"), "ev-mark")
        yield f" {view.words('answers.what_if')} "
    rows = list(view.rows("economics.inputs").values())
    counts = {
        status: sum(row.get("status") == status for row in rows)
        for status in ("unverified", "illustrative")
    }
    counts["expired"] = sum(row.get("expired") is True for row in rows)
    told = [view.words(f"answers.n_{status}", n=n) for status, n in counts.items() if n]
    if told:
        yield view.words("answers.figures", all=len(rows), parts=listed(view, told))
