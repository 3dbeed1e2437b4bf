"""The appendix on reporting: effect sizes, checklists, and what a finished report must hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docutils import nodes

from evaluate.book.folded import folded
from evaluate.book.lead import outcome_title
from evaluate.book.view import Row, View
from evaluate.book.write import Content, marked, paragraph, section, table

ABSENT = "–"
SIGNS = {"filled": "✓", "partial": "△", "missing": "✕", "not_done": "–", "not_applicable": "–"}


def effect_sizes(view: View) -> list[nodes.Node]:
    """Return the effects on the scales of other studies; nothing where none was computed."""
    rows = [
        one for one in view.of_kind("effect_sizes") if one.get("outcome") in view.study["outcomes"]
    ]
    if not rows:
        return []
    w = view.words
    keys = ("outcome", "measure", "value", "std_error", "index", "months")
    head = [w(f"effects.{one}") for one in keys]
    body = table(w("effects.caption"), head, (_size(view, one) for one in rows), "ev-numbers")
    note = paragraph(w("effects.note"), "ev-note")
    return [section(w("effects.title"), "effect-sizes", [body, note])]


def _size(view: View, row: Row) -> Sequence[Content]:
    w = view.words
    title = outcome_title(view, str(row["outcome"]))
    effects = ("value", "conf_low", "conf_high")
    value, low, high = (_shown(view, row, one, sign=True) for one in effects)
    span = f" ({w('facts.interval', low=low, high=high)})" if low and high else ""
    return [
        [title, marked(f" ({str(row.get('analysis', '')).replace('_', ' ')})", "ev-soft")],
        _word(view, "measure", row.get("measure")),
        f"{value}{span}" if value else _word(view, "effects", row.get("state")),
        _shown(view, row, "std_error") or ABSENT,
        _whole(view, row, "improvement_index", sign=True),
        _whole(view, row, "months") if "months" in row else w("effects.not_applicable"),
    ]


def _word(view: View, part: str, cell: object) -> str:
    text = str(cell or "").replace(" ", "_")
    return view.words(f"{part}.{text}") if f"{part}.{text}" in view.words else str(cell or ABSENT)


def _number(row: Row, name: str) -> float | None:
    cell = row.get(name)
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None


def _shown(view: View, row: Row, name: str, *, sign: bool = False) -> str:
    number = _number(row, name)
    return "" if number is None else view.number(number, digits=2, sign=sign)


def _whole(view: View, row: Row, name: str, *, sign: bool = False) -> str:
    number = _number(row, name)
    return ABSENT if number is None else view.number(number, digits=0, sign=sign)


def checklists(view: View) -> list[nodes.Node]:
    """Return the checklists and the gate list; nothing where none was filled."""
    if not view.of_kind("checklist") and not view.of_kind("gate_list"):
        return []
    return [section(view.words("lists.title"), "checklists", _blocks(view))]


def _blocks(view: View) -> Iterator[nodes.Node]:
    yield paragraph(view.words("lists.text"))
    yield from _gate(view)
    rows = view.of_kind("checklist")
    for name in dict.fromkeys(str(one.get("list")) for one in rows):
        yield from _list(view, name, [one for one in rows if one.get("list") == name])


def _gate(view: View) -> Iterator[nodes.Node]:
    """Show every point; who left one undone says why."""
    w, rows = view.words, view.of_kind("gate_list")
    if not rows:
        return
    states = [row.get("status") for row in rows]
    count = {one: states.count(one) for one in ("filled", "not_done", "missing")}
    yield paragraph(w("gate.complete", all=_asked(rows), **count))
    head = [w("gate.item"), w("lists.status"), w("gate.note")]
    yield folded(
        w("gate.title"), [table(w("gate.title"), head, (_point(view, row) for row in rows))]
    )


def _point(view: View, row: Row) -> Sequence[Content]:
    note = str(row.get("note") or "")
    where = _where(view, row)
    said: Content = [where, ". ", note] if note and where != ABSENT else note or where
    return [_named(view, row), _status(view, row), said]


def _list(view: View, name: str, rows: Sequence[Row]) -> Iterator[nodes.Node]:
    w = view.words
    title = w(f"lists.{name}") if f"lists.{name}" in w else name
    filled = sum(row.get("status") == "filled" for row in rows)
    yield paragraph(w("lists.complete", list=title, filled=filled, all=_asked(rows)))
    head = [w(f"lists.{one}") for one in ("item", "status", "source", "where")]
    cells = (
        [_named(view, row), _status(view, row), _source(view, row), _where(view, row)]
        for row in rows
    )
    yield folded(w("lists.show", list=title), [table(title, head, cells)])


def _asked(rows: Sequence[Row]) -> int:
    return sum(row.get("status") != "not_applicable" for row in rows)


def _named(view: View, row: Row) -> Content:
    return [f"{row.get('item', '')} ", view.texts({"en": str(row.get("title") or "")})]


def _status(view: View, row: Row) -> Content:
    """Return a state as sign and word, never by colour alone."""
    status = str(row.get("status"))
    word = _word(view, "lists.status", status)
    return marked(f"{SIGNS.get(status, '–')} {word}", f"ev-is-{status.replace('_', '-')}")


def _source(view: View, row: Row) -> str:
    return _word(view, "lists.source", row.get("source"))


def _where(view: View, row: Row) -> Content:
    """Return links to the places on the page; keys of the definition stay text."""
    places = [one for one in str(row.get("where") or "").split("; ") if one]
    links = [["; " if i else "", _place(view, one)] for i, one in enumerate(places)]
    return links or ABSENT


def _place(view: View, place: str) -> Content:
    if not place.startswith("#"):
        return place
    name = view.finding.id if place == "#lead" else place[1:]
    return nodes.reference("", place[1:], refid=name, internal=True)
