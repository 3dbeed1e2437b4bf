"""How and why: what methods without a comparison found, and how far a claim from it may reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from docutils import nodes

from evaluate.book.detail import shown
from evaluate.book.evidence import check_list, reason
from evaluate.book.folded import folded
from evaluate.book.picture import figure
from evaluate.book.practice_table import practice_table
from evaluate.book.view import Row, View
from evaluate.book.write import box, paragraph, section, strong, table
from evaluate.core import Table

LONG = 12  # rows; a longer table stands closed
_STEPS = range(7)
# Kinds that are shown by a page element of their own.
_OWN: Mapping[str, Callable[[View, Table], nodes.Node]] = {"practices_records": practice_table}


def inquiry(view: View) -> Iterator[nodes.Node]:
    """Yield the section on how and why, where a study has methods without a comparison.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    """
    methods: Mapping[str, Mapping[str, Any]] = view.study.get("methods", {})
    if not methods:
        return
    parts = [*_ladder(view, methods)]
    for name, method in methods.items():
        title = view.texts(method["title"])
        step = next((row for row in view.of_kind("ladder") if row["analysis"] == name), None)
        shown_parts = _method(part_of(view, name), name, method, step)
        parts.append(section(title, f"inquiry-{name}", shown_parts))
    yield section(view.words("inquiry.title"), "inquiry", parts)


def part_of(view: View, name: str) -> View:
    """Return a view of one analysis: its tables and checks, and what its own rows are."""
    found = view.finding
    method = view.study["methods"][name]
    return replace(
        view,
        finding=replace(
            found,
            data_kind=method.get("data_kind"),
            tables=tuple(one for one in found.tables if one.analysis == name),
            checks=tuple(one for one in found.checks if one.analysis == name),
            refusals=tuple(one for one in found.refusals if one.analysis == name),
        ),
        titles=method.get("titles", {}),
    )


def _ladder(view: View, methods: Mapping[str, Mapping[str, Any]]) -> Iterator[nodes.Node]:
    """Yield the steps of the claims ladder, and which analyses stand on which."""
    w = view.words
    rows = view.of_kind("ladder")
    yield paragraph(w("inquiry.about"))
    if not rows:
        return
    real = [row for row in rows if methods[str(row["analysis"])].get("data_kind") != "dummy"]
    highest = max(_step(row) for row in real or rows)  # invented rows reach nothing
    name = w(f"rung.{highest}")
    yield box([paragraph(strong(w("inquiry.highest", step=highest, name=name)))], "ev-sure-word")
    on: dict[int, list[str]] = {}
    for row in rows:
        title = view.texts.plain(methods[str(row["analysis"])]["title"])
        on.setdefault(_step(row), []).append(title)
    steps = ([str(step), w(f"rung.{step}"), "; ".join(on.get(step, ())) or "–"] for step in _STEPS)
    head = [w("inquiry.step"), w("inquiry.meaning"), w("inquiry.here")]
    yield table(w("inquiry.ladder"), head, steps)


def _method(
    view: View, name: str, method: Mapping[str, Any], step: Row | None
) -> Iterator[nodes.Node]:
    w = view.words
    kind = method.get("data_kind")
    key = f"inquiry.rows_{kind}" if f"inquiry.rows_{kind}" in w else "inquiry.rows_none"
    yield paragraph([strong(_title(view, method)), ". ", w(key)], "ev-note")
    if kind == "dummy":
        yield box([paragraph(w("inquiry.dummy"))], "ev-banner", "ev-warning")
    for one in view.finding.refusals:
        why, fix = view.texts({"en": one.why}), view.texts({"en": one.fix})
        yield box(
            [
                paragraph(
                    [strong(w("inquiry.refused")), " ", why, ". ", w("inquiry.fix"), " ", fix, "."]
                )
            ]
        )
    if step is not None:
        yield paragraph(_reached(view, step))
    if view.finding.checks:
        yield check_list(view)
    for each in view.finding.tables:
        if each.kind != "ladder":
            yield from _table(view, each, name)


def _step(row: Row) -> int:
    return int(row["rung"] or 0)


def _reached(view: View, row: Row) -> list[Any]:
    w = view.words
    step = _step(row)
    said: list[Any] = [w("inquiry.reached", step=step, name=w(f"rung.{step}"))]
    if row.get("because"):
        reasons = "; ".join(reason(view, one) for one in str(row["because"]).split("; "))
        said += [" ", w("sure.next", reasons=reasons)]
    return said


def _title(view: View, method: Mapping[str, Any]) -> str:
    key = f"method.{method['method']}"
    return view.words(key) if key in view.words else str(method["method_title"])


def _table(view: View, one: Table, name: str) -> Iterator[nodes.Node]:
    """Yield a table as its figure where it has one, else as it is; a long one stands closed."""
    if one.kind in _OWN:
        yield _OWN[one.kind](view, one)
        return
    drawn = list(figure(replace_tables(view, one), one.kind, part=name))
    if drawn:
        yield from drawn
        return
    if not one.rows:
        return
    whole = shown(view, one)
    label = view.words(f"detail.{one.kind}")
    yield folded(f"{label} ({len(one.rows)})", [whole]) if len(one.rows) > LONG else whole
    note = f"detail.{one.kind}_note"
    if note in view.words:
        yield paragraph(view.words(note), "ev-note")


def replace_tables(view: View, lead: Table) -> View:
    """Return a view whose tables begin with one, so that a figure of its kind draws that one."""
    rest = (one for one in view.finding.tables if one.id != lead.id)
    return replace(view, finding=replace(view.finding, tables=(lead, *rest)))
