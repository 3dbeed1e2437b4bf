"""What a study can detect: as planned, by simulation, and as it came out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docutils import nodes

from evaluate.book.picture import figure
from evaluate.book.simulated import ABSENT, LOTTERY, MAIN, behaviour, designs
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, marked, paragraph, section, strong, table
from evaluate.core import Cell

_KINDS = ("precision", "diagnosis", "power_curve")
_PRECISION = ("mde", "std_error", "n", "clusters", "icc")


def power(view: View) -> list[nodes.Node]:
    """Return the section on power, or nothing where nobody planned or simulated."""
    if not any(view.of_kind(kind) for kind in _KINDS):
        return []
    return [section(view.words("power.title"), "power", _blocks(view))]


def could_detect(view: View) -> list[str]:
    """Return the sentences of a plan's first screen: which effects it finds, which matter."""
    outcome, unit = view.primary, _unit(view, view.primary)
    row, mde = planned(view, outcome), detectable(view, outcome)
    said = []
    if mde is not None:
        said.append(view.words("power.lead", mde=view.effect(mde, unit, sign=False)))
        worth = view.outcome(outcome).get("smallest_worthwhile")
        if worth:
            size = view.effect(worth, unit, sign=False)
            said.append(view.words("power.lead_worth", worthwhile=size))
    elif (share := numeric(row.get("power"))) is not None:
        effect = view.effect(numeric(row.get("effect")) or 0.0, unit, sign=False)
        shown = view.percent(share, digits=0)
        said.append(view.words("power.lead_power", effect=effect, power=shown))
    return said


def detectable(view: View, outcome: str) -> float | None:
    """Return the effect that the plan finds four times in five, in the outcome's unit."""
    row = planned(view, outcome)
    given = (one for one in view.of_kind("precision") if one.get("outcome") == outcome)
    written = next(given, {}).get("planned_mde")
    cells = (row.get("mde"), row.get("mde_formula"), written)
    return next((n for one in cells if (n := numeric(one)) is not None), None)


def planned(view: View, outcome: str) -> Row:
    """Return the diagnosis of the design as planned; empty where nothing was simulated."""
    row = view.headline(outcome)
    found = [
        one
        for one in view.of_kind("diagnosis")
        if (one.get("outcome"), one.get("scenario")) == (outcome, MAIN)
    ]
    own = (one for one in found if row and one["analysis"] in (row.analysis, ""))
    return next(own, {} if row else next(iter(found), {}))


def false_alarms(view: View) -> nodes.Node:
    """Return how often studies like this one find what is not there, or that nobody knows."""
    w, found = view.words, view.lead()
    row = planned(view, found[0].outcome if found else view.primary)
    share, draws = numeric(row.get("false_positive")), numeric(row.get("draws"))
    if share is None or draws is None:
        return paragraph(w("power.not_simulated"), "ev-note")
    low, high = (numeric(row.get(f"false_positive_{end}")) for end in ("low", "high"))
    sentence = w(
        "power.false",
        draws=view.number(draws, digits=0),
        share=view.percent(share),
        low=view.percent(share if low is None else low),
        high=view.percent(share if high is None else high),
    )
    return paragraph([strong(w("power.false_title")), " ", sentence])


def _unit(view: View, outcome: str) -> str:
    return str(view.outcome(outcome)["unit"])


def _blocks(view: View) -> Iterator[nodes.Node]:
    yield from _finds(view)
    yield from _lottery(view)
    if note := view.study.get("assumptions", {}).get("note"):
        yield paragraph(view.texts(note), "ev-note")
    yield from figure(view, "power_curve")
    yield from designs(view)
    yield from _precision(view)
    yield from behaviour(view)


def _finds(view: View) -> Iterator[nodes.Node]:
    row, unit = planned(view, view.primary), _unit(view, view.primary)
    shares = [numeric(row.get(one)) for one in ("power", "power_low", "power_high")]
    effect = numeric(row.get("effect"))
    if effect is None or any(one is None for one in shares):
        return
    told = [view.percent(one or 0.0, digits=0) for one in shares]
    size = view.effect(effect, unit)
    slots = dict(zip(("power", "low", "high"), told, strict=True))
    yield paragraph(view.words("power.finds", effect=size, **slots))
    if view.planned:
        yield false_alarms(view)


def _lottery(view: View) -> Iterator[nodes.Node]:
    """Say what chance could have found where no comparison is planned yet."""
    for row in view.of_kind("diagnosis"):
        mde, effect = numeric(row.get("mde_formula")), numeric(row.get("effect"))
        if row.get("scenario") != LOTTERY or mde is None or effect is None:
            continue
        outcome = str(row["outcome"])
        unit, title = _unit(view, outcome), view.texts(view.outcome(outcome)["title"])
        said = view.words(
            "power.lottery",
            mde=view.effect(mde, unit, sign=False),
            effect=view.effect(effect, unit),
        )
        yield paragraph([strong([title, "."]), " ", said])


def _precision(view: View) -> Iterator[nodes.Node]:
    """Show planned and achieved precision side by side, or below each other for several outcomes."""
    w = view.words
    given = [
        one for one in view.of_kind("precision") if one.get("outcome") in view.study["outcomes"]
    ]
    if not given:
        return
    achieved = any(f"achieved_{key}" in one for one in given for key in _PRECISION)
    whens = ("planned", "achieved")[: 2 if achieved else 1]
    caption = w("power.precision" if achieved else "power.precision_planned")
    if len(given) == 1:
        head = [w(f"power.{one}") for one in ("what", *whens)]
        yield table(caption, head, _lines(view, given[0], whens), "ev-numbers", "ev-few")
    else:
        head = [w("results.outcome"), *(w(f"power.{one}") for one in _PRECISION)]
        cells = (_across(view, row, when) for row in given for when in whens)
        yield table(caption, head, cells, "ev-numbers")
    for key in dict.fromkeys(f"power.by.{one.get('planned_by')}" for one in given):
        if key in w:
            yield paragraph(w(key), "ev-note")


def _lines(view: View, row: Row, whens: Sequence[str]) -> Iterator[Sequence[Content]]:
    """Yield a line for each quantity."""
    for key in _PRECISION:
        cells = [row.get(f"{when}_{key}") for when in whens]
        if any(numeric(one) is not None for one in cells):
            yield [view.words(f"power.{key}"), *(_precise(view, row, key, one) for one in cells)]


def _across(view: View, row: Row, when: str) -> Sequence[Content]:
    """Return one outcome's precision, as planned or as achieved."""
    title = view.texts(view.outcome(str(row["outcome"]))["title"])
    label = view.words(f"power.{when}").lower()
    cells = (_precise(view, row, key, row.get(f"{when}_{key}")) for key in _PRECISION)
    return [[title, ", ", marked(label, "ev-soft")], *cells]


def _precise(view: View, row: Row, key: str, cell: Cell) -> str:
    number = numeric(cell)
    if number is None:
        return ABSENT
    if key in ("n", "clusters"):
        return view.number(number, digits=0)
    if key == "icc":
        return view.number(number, digits=3)
    return view.effect(number, _unit(view, str(row["outcome"])), sign=False)
