"""The appendix on reporting: effect sizes, checklists, and what a finished report must hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docutils import nodes

from evaluate.book.folded import folded
from evaluate.book.lead import outcome_title
from evaluate.book.numbers import TIE
from evaluate.book.view import Row, View, numeric
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
    title = outcome_title(view, str(row["outcome"]))
    value, low, high, error = _values(view, row)
    span = f" ({_between(view, row, low, high)})" if low and high else ""
    return [
        [title, marked(f" ({str(row.get('analysis', '')).replace('_', ' ')})", "ev-soft")],
        _word(view, "measure", row.get("measure")),
        f"{value}{span}" if value else _state(view, row),
        error or ABSENT,
        _whole(view, row, "improvement_index", sign=True),
        _whole(view, row, "months") if "months" in row else _months(view, row),
    ]


def _word(view: View, part: str, cell: object) -> str:
    text = str(cell or "").replace(" ", "_")
    return view.words(f"{part}.{text}") if f"{part}.{text}" in view.words else str(cell or ABSENT)


def _values(view: View, row: Row) -> Sequence[str]:
    """Return effect, limits and standard error; a plain difference has its outcome's unit."""
    names = ("value", "conf_low", "conf_high", "std_error")
    found = ((name, numeric(row.get(name))) for name in names)
    if row.get("measure") != "difference":
        return [
            "" if n is None else view.number(n, digits=2, sign=name != "std_error")
            for name, n in found
        ]
    unit = str(view.outcome(str(row["outcome"]))["unit"])
    return [
        "" if n is None else view.effect(n, unit, sign=name != "std_error") for name, n in found
    ]


def _between(view: View, row: Row, low: str, high: str) -> str:
    first, last = numeric(row.get("conf_low")), numeric(row.get("conf_high"))
    if row.get("measure") != "difference" or first is None or last is None:
        return view.words("facts.interval", low=low, high=high).replace(" ", TIE)
    return view.interval(first, last, str(view.outcome(str(row["outcome"]))["unit"]))


def _state(view: View, row: Row) -> str:
    """Return why a number is absent; a code that readers have no word for says just that."""
    key = f"effects.{row.get('state')}"
    return view.words(key if row.get("state") and key in view.words else "effects.not_computable")


def _months(view: View, row: Row) -> str:
    return _state(view, row) if row.get("state") == "months_not_applicable" else ABSENT


def _whole(view: View, row: Row, name: str, *, sign: bool = False) -> str:
    number = numeric(row.get(name))
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
    where, note = _where(view, row), _note(view, row)
    said: Content = [note, " ", where] if note and where != ABSENT else note or where
    return [_named(view, row), _status(view, row), said]


def _note(view: View, row: Row) -> Content:
    """Return what the authors wrote on a point, in the page's language where they did so."""
    given = view.study.get("report", {}).get("answers", {}).get(row.get("key"), {})
    text = given.get("text") or given.get("not_done")
    return view.texts(text) if isinstance(text, Mapping) else str(row.get("note") or "")


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


def one_list(view: View, name: str) -> Iterator[nodes.Node]:
    """Yield one checklist by its name; nothing where it was not filled."""
    rows = [one for one in view.of_kind("checklist") if one.get("list") == name]
    if rows:
        yield from _list(view, name, rows)


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
        return nodes.literal(text=place)
    name, text = place[1:], view.words("lists.top") if place == "#lead" else place[1:]
    return nodes.reference("", text, refid=name, internal=True)
