"""The study rated on scales that others made: computed here, by nobody's reviewer, never added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docutils import nodes

from evaluate.book.folded import folded
from evaluate.book.view import Row, View
from evaluate.book.write import Content, box, marked, paragraph, strong, table

ABSENT = "–"
SCALES = ("wwc", "eef", "sms", "ladder", "certainty")
_OPEN = "needs_judgement"
_SAID = "This is the most that can be reached; open points remain."  # the result says so itself
_SHORT = 220  # characters of the reasons that stand in the panel
LEVELS = {"very_low": 1, "low": 2, "moderate": 3, "high": 4}


def certainty(view: View) -> str:
    """Return the leading estimate's certainty in words, such as ``moderate certainty``.

    Where people still have to judge, it is the most that can be reached, and says so; empty
    without a rating.
    """
    level, most = _level(view)
    word = view.words(f"certainty.short.{level}") if level else ""
    return view.words("certainty.at_most", word=word) if level and most else word


def rated(view: View) -> str:
    """Return the level and its word, such as ``moderate (“probably”)``; empty without a rating."""
    level, most = _level(view)
    word = view.words(f"rating.value.{level}") if level else ""
    return view.words("certainty.at_most", word=word) if level and most else word


def _level(view: View) -> tuple[str, bool]:
    row = next((one for one in _leading(view) if one.get("scale") == "certainty"), {})
    level = str(row.get("value") or "").strip().lower().replace(" ", "_")
    if level not in LEVELS or row.get("status") not in ("computed", _OPEN):
        return "", False
    return level, row["status"] == _OPEN and LEVELS[level] > 1


def certainty_line(view: View) -> Iterator[nodes.Node]:
    """Yield the certainty in words, with its reasons: it never follows from a p-value."""
    level, most = _level(view)
    if not level:
        return
    row = next(one for one in _leading(view) if one.get("scale") == "certainty")
    said: list[Content] = [
        marked("", "ev-level", f"ev-level-{LEVELS[level]}"),
        strong(view.words(f"certainty.most.{level}" if most else f"certainty.{level}")),
    ]
    if row.get("reasons"):
        said += [" ", _english(view, _first(row))]
    yield paragraph(said)


def panel(view: View) -> Iterator[nodes.Node]:
    """Yield the scales of the leading analysis, a row each, and what stands behind them."""
    rows = _leading(view)
    if not rows:
        return
    w = view.words
    head = [w("rating.scale"), w("rating.value"), w("rating.reasons")]
    yield table(w("rating.title"), head, (_row(view, one) for one in rows), "ev-ratings")
    yield paragraph(w("rating.note"), "ev-note")
    yield folded(w("rating.more"), _behind(view, rows))


def _leading(view: View) -> Sequence[Row]:
    found = view.lead()
    row = found[1] if found else None
    rows = _ordered(view.of_kind("ratings"))
    analysis = row.analysis if row else next((one.get("analysis") for one in rows), "")
    return [one for one in rows if one.get("analysis") == analysis]


def _ordered(rows: Sequence[Row]) -> list[Row]:
    known = [one for one in rows if one.get("scale") in SCALES]
    return sorted(known, key=lambda one: SCALES.index(str(one["scale"])))


def _row(view: View, row: Row) -> Sequence[Content]:
    scale: list[Content] = [view.words(f"rating.{row['scale']}")]
    if row.get("version"):
        scale.append(marked(f" {row['version']}", "ev-soft"))
    if row.get("verified") is not True:
        scale += [" ", marked(view.words("rating.unverified"), "ev-mark")]
    return [scale, _value(view, row), _english(view, _first(row))]


def _value(view: View, row: Row) -> Content:
    """Return a rating as its scale counts; where there is none, why in a word."""
    w, status = view.words, str(row.get("status"))
    word = w(f"rating.status.{status}") if f"rating.status.{status}" in w else status
    value = row.get("value")
    if value is None or value == "":
        return word
    shown = _shown(view, str(row["scale"]), str(value))
    if status == _OPEN:  # the most that can be reached
        shown = w("certainty.at_most", word=shown)
    return shown if status == "computed" else f"{shown}; {word}"


def _shown(view: View, scale: str, value: str) -> str:
    w = view.words
    if f"rating.of_{scale}" in w and value.isdigit():
        return w(f"rating.of_{scale}", value=value)
    named = f"rating.value.{value.strip().lower().replace(' ', '_')}"
    return w(named) if named in w else value


def _first(row: Row) -> str:
    """Return what decided first, in whole sentences; the rest stands in what can be opened."""
    reasons = str(row.get("reasons") or "").replace(_SAID, "").strip()
    if len(reasons) <= _SHORT:
        return reasons
    end = reasons.rfind(". ", 0, _SHORT)
    return f"{reasons[: end + 1] or reasons[:_SHORT]} …"


def _english(view: View, text: str) -> Content:
    return view.texts({"en": text[0].upper() + text[1:]}) if text else ABSENT


def _behind(view: View, rows: Sequence[Row]) -> Iterator[nodes.Node]:
    """Yield inputs, rules and sources, then the scales of the other analyses."""
    yield _rules(view, rows, view.words("rating.more"))
    others = [one for one in _ordered(view.of_kind("ratings")) if one not in rows]
    if others:
        w = view.words
        head = [w("rating.scale"), w("rating.value"), w("rating.reasons")]
        cells = ([_with_analysis(view, one), *_row(view, one)[1:]] for one in others)
        yield box([table(w("rating.others"), head, cells, "ev-ratings")])


def _with_analysis(view: View, row: Row) -> Content:
    return [str(row.get("analysis", "")).replace("_", " "), ": ", *_row(view, row)[0]]


def _rules(view: View, rows: Sequence[Row], caption: str) -> nodes.Node:
    w = view.words
    head = [w(f"rating.{one}") for one in ("scale", "all", "source")]
    return table(caption, head, (_behind_one(view, row) for row in rows), "ev-ratings")


def _behind_one(view: View, row: Row) -> Sequence[Content]:
    w, verified = view.words, row.get("verified") is True
    status = f"rating.status.{row.get('status')}"
    cells = (row.get(one) for one in ("rule", "version", "citation"))
    rule = ", ".join(str(one) for one in cells if one)
    mark = marked(
        w("mark.verified" if verified else "rating.unverified"),
        "ev-soft" if verified else "ev-mark",
    )
    return [
        [w(f"rating.{row['scale']}"), ": ", w(status) if status in w else str(row.get("status"))],
        _english(view, str(row.get("reasons") or "")),
        [_english(view, str(row.get("inputs") or "")), ". ", view.texts({"en": rule}), " ", mark],
    ]
