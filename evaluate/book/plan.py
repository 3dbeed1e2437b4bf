"""The locked plan, and everything that was done otherwise: what, when and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docutils import nodes

from evaluate.book.view import Row, View
from evaluate.book.write import Content, link, marked, paragraph, section, strong, table

ANCHOR = "changes"
_HASH = 12  # characters of a hash that are shown


def locked(view: View) -> bool:
    """Return whether the study has a locked plan."""
    return bool(_plan(view).get("registered"))


def first_screen(view: View) -> Iterator[nodes.Node]:
    """Yield the state of the plan in one line, with a link to what was changed."""
    if not locked(view):
        return
    said: list[Content] = [", ".join(_facts(view)), ". "]
    if not view.planned:
        inner = nodes.Text(view.words("plan.count", n=len(_rows(view))))
        said.append(nodes.reference("", "", inner, refid=ANCHOR, internal=True))
        doubts = ", ".join(_doubts(view))
        said.append(f" ({doubts})." if doubts else ".")
    yield paragraph(said, "ev-plan")


def changes(view: View) -> list[nodes.Node]:
    """Return the section on the plan; nothing where the study says nothing of one."""
    if not locked(view) and "plan" not in view.study:
        return []
    key = "plan.planned_title" if view.planned else "plan.title"
    return [section(view.words(key), ANCHOR, _blocks(view))]


def _blocks(view: View) -> Iterator[nodes.Node]:
    w = view.words
    if not locked(view):
        yield paragraph(w("plan.unlocked"))
        return
    yield paragraph(list(_long_facts(view)))
    rows = _rows(view)
    if rows:
        head = [w(f"plan.{one}") for one in ("element", "was", "done", "why")]
        yield table(w("plan.caption"), head, (_row(view, one) for one in rows), "ev-changes")
    elif not view.planned:
        yield paragraph(w("plan.none"))


def _plan(view: View) -> Mapping[str, Any]:
    found: Mapping[str, Any] = view.study.get("plan", {})
    return found


def _facts(view: View) -> Iterator[str]:
    w, plan = view.words, _plan(view)
    yield w("plan.locked", date=plan["date"])
    if f"plan.access.{plan['data_access']}" in w:
        yield w(f"plan.access.{plan['data_access']}")
    for one in plan.get("amendments", ()):
        yield w("plan.amended", date=one["date"])


def _long_facts(view: View) -> Iterator[Content]:
    yield ", ".join(_facts(view))
    place = _plan(view).get("registration")
    if place:
        name = view.texts.plain(place["registry"])
        number = " ".join(str(place[one]) for one in ("id", "date") if one in place)
        text = view.words("plan.registered", registry=f"{name} {number}".strip())
        yield ", "
        yield link(text, place["url"]) if "url" in place else text
    yield "."
    yield " "
    yield marked(view.words("plan.hash", hash=_plan(view)["sha256"][:_HASH]), "ev-soft", "ev-whole")


def _rows(view: View) -> Sequence[Row]:
    return view.of_kind("deviations")


def _doubts(view: View) -> Iterator[str]:
    seen = sum(row.get("when") == "after_outcome" for row in _rows(view))
    unexplained = sum(row.get("explained") is not True for row in _rows(view))
    if seen:
        yield view.words("plan.seen", n=seen)
    if unexplained:
        yield view.words("plan.unexplained", n=unexplained)


def _row(view: View, row: Row) -> Sequence[Content]:
    cells = [str(row.get(one) or view.words("plan.absent")) for one in ("registered", "done")]
    return [_element(row), *cells, _why(view, row)]


def _element(row: Row) -> Content:
    """Return the place in the definition; a line may break after each of its parts."""
    parts = str(row.get("element", "")).split(".")
    return ".\u200b".join(parts)


def _why(view: View, row: Row) -> Content:
    w, when, kind = view.words, f"plan.when.{row.get('when')}", f"plan.kind.{row.get('kind')}"
    said: list[Content] = [strong(w(when if when in w else "plan.when.unknown"))]
    if kind in w:
        said.append(f"; {w(kind)}")
    if row.get("explained") is not True:
        return [*said, ". ", marked(w("plan.no_reason"), "ev-mark")]
    said.append(".")
    for name, before in (("reason", ""), ("impact", w("plan.impact"))):
        text = _text(view, row, name)
        said += [f" {before} ".replace("  ", " "), text] if text else []
    return said


def _text(view: View, row: Row, name: str) -> Content:
    """Return what the author wrote, in the page's language where the plan holds it."""
    given = _plan(view).get("deviations", ())
    own: Mapping[str, Any] = next(
        (one for one in given if one.get("element") == row.get("element")), {}
    )
    if isinstance(own.get(name), Mapping):
        return view.texts({key: _ended(text) for key, text in own[name].items()})
    return _ended(str(row.get(name) or ""))


def _ended(text: str) -> str:
    """Return a text that ends as a sentence does."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
