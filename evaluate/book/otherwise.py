"""Results beside the planned ones: in people of 100, as registered, and what nobody had planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docutils import nodes

from evaluate.book.lead import outcome_title, people
from evaluate.book.view import Row, View
from evaluate.book.write import Content, marked, paragraph, table
from evaluate.core import Estimate

ABSENT = "–"
ELSEWHERE = ("registered", "exploratory")  # roles with a place of their own


def hundreds(view: View) -> Iterator[nodes.Node]:
    """Yield every share in people of 100, where the first screen does not say it all."""
    found = view.lead()
    row = found[1] if found else None
    lead = (row.analysis, row.outcome) if row else ("", "")
    rows = [
        one for one in view.of_kind("frequencies") if one.get("outcome") in view.study["outcomes"]
    ]
    if not any((one.get("analysis"), one.get("outcome")) != lead for one in rows):
        return
    w = view.words
    head = [w(f"frequency.{one}") for one in ("outcome", "without", "with", "difference")]
    yield table(
        w("frequency.title"), head, (_hundred(view, one) for one in rows), "ev-numbers", "ev-few"
    )


def _hundred(view: View, row: Row) -> Sequence[Content]:
    counts = [
        view.number(cell, digits=0) if isinstance(cell := row.get(one), (int, float)) else ABSENT
        for one in ("without", "with_programme")
    ]
    shown = {one: people(view, row.get(one)) for one in ("difference", "low", "high")}
    title = outcome_title(view, str(row["outcome"]))
    return [title, *counts, view.words("frequency.span", **shown)]


def as_registered(view: View, headline: Estimate) -> Iterator[Sequence[Content]]:
    """Yield what the registered plan gives for an outcome, where something else was done."""
    for row in view.finding.estimates:
        if (row.role, row.outcome, row.term) == ("registered", headline.outcome, "overall"):
            title: Content = [
                outcome_title(view, row.outcome),
                ", ",
                marked(view.words("plan.as_registered"), "ev-soft"),
            ]
            yield [title, ABSENT, ABSENT, _span(view, row), view.words("role.registered")]


def unplanned(view: View, level: str) -> Iterator[nodes.Node]:
    """Yield what no plan asked for, apart from the rest and named so."""
    rows = [
        one
        for one in view.finding.estimates
        if (one.role, one.term, one.alternative) == ("exploratory", "overall", None)
    ]
    if not rows:
        return
    w = view.words
    head = [w("results.outcome"), w("results.method"), w("results.difference", level=level)]
    cells = (
        [outcome_title(view, one.outcome), _method(view, one), _span(view, one)] for one in rows
    )
    yield table(w("plan.exploratory"), head, cells)
    yield paragraph(w("plan.exploratory_note"), "ev-note")


def _method(view: View, row: Estimate) -> Content:
    return [view.texts({"en": row.method}), f", {row.std_error_method} ({row.analysis})"]


def _span(view: View, row: Estimate) -> str:
    span = view.interval(row.conf_low, row.conf_high, row.unit)
    return f"{view.effect(row.estimate, row.unit)} ({span})"
