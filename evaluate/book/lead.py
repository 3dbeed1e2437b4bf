"""The first screen: one sentence with the answer and its certainty, and the facts beside it."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes

from evaluate.book.account_reading import (
    cost_of,
    effect_unit,
    effects,
    shares_of_cost,
    sides,
    supposed,
    unclear,
)
from evaluate.book.over_time import breakdown
from evaluate.book.power import could_detect, detectable
from evaluate.book.ratings import certainty, rated
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, box, marked, paragraph, strong
from evaluate.core import Cell, Estimate, Verdict

_HUNDRED = 100


def lead(view: View) -> list[nodes.Node]:
    """Return the lead paragraph; it never says more than the verdict."""
    said = _lead(view)
    said["ids"] = ["lead"]
    return [said]


def _lead(view: View) -> nodes.paragraph:
    if view.planned:
        said = [*could_detect(view), view.words("lead.planned")]
        word = strong(f"{view.words('verdict.planned')}.")
        return paragraph([word, " ", " ".join(said)], "ev-lead")
    found = view.lead()
    if found is None:
        return paragraph(view.words("lead.no_headline"), "ev-lead")
    verdict, row = found
    word = strong(f"{view.words(f'verdict.{verdict.verdict}')}.")
    if row is None:
        why = "; ".join(verdict.because)
        return paragraph([word, " ", view.words("lead.refused", why=why)], "ev-lead")
    if row.estimand == "descriptive":
        return paragraph(_described(view, verdict, row), "ev-lead")
    sentences = [_sentence(view, verdict, row), *_limits(view, verdict, row)]
    return paragraph([word, " ", " ".join(sentences)], "ev-lead")


def _described(view: View, verdict: Verdict, row: Estimate) -> Content:
    """Return a change without a comparison, which is never called an effect."""
    slots = {
        "outcome": outcome_title(view, verdict.outcome),
        "change": view.effect(row.estimate, row.unit),
        "span": view.interval(row.conf_low, row.conf_high, row.unit),
    }
    word = strong(f"{view.words('lead.described_word')}.")
    return [word, " ", view.words("lead.described", **slots)]


def outcome_title(view: View, key: str) -> str:
    """Return an outcome's title in prose."""
    return view.texts.plain(view.outcome(key)["title"])


def _sentence(view: View, verdict: Verdict, row: Estimate) -> str:
    arms, told = view.arms(row), _counted(view, row)
    title = outcome_title(view, verdict.outcome)
    if told:
        return f"{view.words('lead.of_outcome', outcome=title)} {frequency(view, told)}"
    if arms is None or row.method != "difference in means":
        low, high = view.effect(row.conf_low, row.unit), view.effect(row.conf_high, row.unit)
        difference = view.effect(row.estimate, row.unit)
        return view.words(
            "lead.difference", outcome=title, difference=difference, low=low, high=high
        )
    if row.unit == "share":
        return f"{view.words('lead.of_outcome', outcome=title)} {_of_hundred(view, row, arms)}"
    slots = {"difference": row.estimate, "low": row.conf_low, "high": row.conf_high}
    return view.words(
        "lead.number",
        outcome=title,
        treated=view.level(arms[0], row.unit),
        comparison=view.number(arms[1]),
        **{name: _amount(view, value) for name, value in slots.items()},
    )


def _of_hundred(view: View, row: Estimate, arms: tuple[float, float]) -> str:
    """Return natural frequencies whose difference is that of the numbers shown."""
    treated, comparison = (round(_HUNDRED * one) for one in arms)
    slots = {"difference": treated - comparison}
    slots |= {"low": round(_HUNDRED * row.conf_low), "high": round(_HUNDRED * row.conf_high)}
    shown = {name: _people(view, value) for name, value in slots.items()}
    return view.words("lead.share", treated=treated, comparison=comparison, **shown)


def _counted(view: View, row: Estimate) -> Row:
    """Return an effect in people of 100 where the finding counts them; else nothing."""
    found = (
        one
        for one in view.of_kind("frequencies")
        if (one.get("analysis"), one.get("outcome")) == (row.analysis, row.outcome)
    )
    return next(found, {})


def frequency(view: View, row: Row) -> str:
    """Return an effect in people of 100 with its range, from a row that counts them."""
    counts = {name: round(float(row[name] or 0)) for name in ("with_programme", "without")}
    shown = {name: people(view, row.get(name)) for name in ("difference", "low", "high")}
    treated, comparison = counts.values()
    return view.words("lead.share", treated=treated, comparison=comparison, **shown)


def people(view: View, cell: Cell) -> str:
    """Return a difference of people in words."""
    return _people(view, round(float(cell))) if isinstance(cell, (int, float)) else "–"


def _people(view: View, n: int) -> str:
    if n == 0:
        return view.words("lead.as_many")
    return view.words("lead.more" if n > 0 else "lead.fewer", n=abs(n))


def _amount(view: View, value: float) -> str:
    if value == 0:
        return view.words("lead.as_much")
    return view.words("lead.greater" if value > 0 else "lead.less", n=view.number(abs(value)))


def _limits(view: View, verdict: Verdict, row: Estimate) -> Iterator[str]:
    """Yield what weakens the answer, in the same breath."""
    worthwhile = view.outcome(verdict.outcome).get("smallest_worthwhile")
    slots = {
        "worthwhile": view.effect(worthwhile, row.unit, sign=False) if worthwhile else "",
        "detectable": (
            view.effect(verdict.detectable, row.unit, sign=False) if verdict.detectable else ""
        ),
    }
    if "likely overstated" in verdict.because:
        yield view.words("lead.overstated", **slots)
    if verdict.verdict == "inconclusive" and not worthwhile:
        yield view.words("lead.inconclusive_alone")
    elif verdict.verdict in ("ruled out", "not detectable", "inconclusive"):
        yield view.words(f"lead.{verdict.verdict}", **slots)
    elif verdict.verdict in ("shown benefit", "shown harm") and (held := breakdown(view, row)):
        yield held


def facts(view: View) -> nodes.Node:
    """Return the strip of facts under the lead: at most five, none without its range."""
    found = list(_planned_facts(view) if view.planned else _result_facts(view))
    return box((_fact(*one) for one in found), "ev-facts")


def _fact(label: str, value: Content, under: str = "") -> nodes.Node:
    lines = [paragraph(label, "ev-fact-label"), paragraph(strong(value), "ev-fact-value")]
    if under:
        lines.append(paragraph(marked(under), "ev-fact-under"))
    return box(lines, "ev-fact")


def _planned_facts(view: View) -> Iterator[tuple[str, Content, str]]:
    w, programme = view.words, view.study["programme"]
    mde = detectable(view, view.primary)
    if mde is not None:
        size = view.effect(mde, str(view.outcome(view.primary)["unit"]), sign=False)
        yield w("power.mde"), size, w("facts.four_of_five")
    yield w("facts.status"), w(f"status.{view.finding.stage}"), ""
    yield w("facts.owner"), view.texts(programme["owner"]), ""
    if "period" in programme:
        yield w("facts.period"), _years(programme["period"]), ""
    if "country" in programme:
        yield w("facts.country"), ", ".join(map(view.texts.plain, programme["country"])), ""
    kinds = view.study["intervention"]["class"]
    if mde is None:
        yield w("facts.class"), ", ".join(w(f"class.{one}") for one in kinds), ""


def _years(period: dict[str, str]) -> str:
    first, last = period["from"][:4], period.get("to", "")[:4]
    return first if first == last else f"{first}–{last}"


def _result_facts(view: View) -> Iterator[tuple[str, Content, str]]:
    w, found = view.words, view.lead()
    if found is None:
        return
    verdict, row = found
    if row is None:
        yield w("facts.effect"), w("verdict.not estimable"), ""
        return
    span = view.interval(row.conf_low, row.conf_high, row.unit)
    yield w("facts.effect"), view.effect(row.estimate, row.unit), span
    level, claim = rated(view), w(f"verdict.{verdict.verdict}").lower()
    rest = ", ".join(_weaknesses(view))
    yield (w("facts.certainty"), level, rest) if level else (w("facts.claim"), claim, rest)
    yield from _money(view)
    under = w("facts.treated", n=view.number(row.n_treated))
    if row.n_clusters is not None:
        under = w("facts.clusters", n=view.number(row.n_clusters))
    yield w("facts.rests"), w("facts.people", n=view.number(row.n_obs)), under


def doubts(view: View) -> Iterator[str]:
    """Yield how high the claim stands and what weakens it: doubt has the same size as success."""
    level = certainty(view)
    if level:
        yield level
    yield from _weaknesses(view)


def _weaknesses(view: View) -> Iterator[str]:
    found = view.lead()
    if found is None:
        return
    verdict, row = found
    yield view.words("facts.step", step=verdict.rung)
    if "likely overstated" in verdict.because:
        yield view.words("catalogue.overstated")
    checks = [one for one in view.finding.checks if row and one.analysis == row.analysis]
    failed = sum(one.result == "failed" for one in checks)
    if failed:
        yield view.words("catalogue.failed", n=failed)


def _money(view: View) -> Iterator[tuple[str, Content, str]]:
    """Yield what it costs, and who pays and gains as far as that is known."""
    each = cost_of(view)
    if not view.rows("economics.accounts") or each is None:
        return
    year = view.study["economics"]["price_year"]
    yield view.words("facts.cost"), view.money(each), view.words("facts.per_participant", year=year)
    yield from _balance(view)


def _balance(view: View) -> Iterator[tuple[str, Content, str]]:
    w = view.words
    if not effects(view):
        payers = ", ".join(view.payer(key) for key, _ in shares_of_cost(view))
        yield w("facts.who_pays"), payers or "–", w("facts.no_benefit")
        return
    even = numeric(view.rows("economics.break_even").get("society", {}).get("effect"))
    if unclear(view) and even is not None:
        society = view.rows("economics.accounts")["society"]
        ends = {one: numeric(society.get(f"net_{one}")) for one in ("low", "high")}
        told = {key: view.money(end or 0.0, sign=True) for key, end in ends.items()}
        word = "facts.net_range" if told["low"] != told["high"] else "facts.net_one"
        under = w(word, **told) if None not in ends.values() else ""
        size = view.effect(even, effect_unit(view))
        yield w("facts.pays_back"), w("facts.from_effect", effect=size), under
        return
    more, less = (", ".join(view.payer(key) for key, _ in some) for some in sides(view))
    pays = w("facts.pays", payers=less) if less else ""
    gains = w("facts.gains", payers=more) if more else ""
    if pays or gains:
        under = gains if pays else ""
        if supposed(view):
            under = "; ".join(one for one in (under, w("facts.if_assumed")) if one)
        yield w("facts.money"), pays or gains, under
