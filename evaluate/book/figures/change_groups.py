"""Means before and after by group: never of one person, and never an effect."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis, Measure, measure, tick_labels
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers, value
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND = "change_groups"
ALL = "all"
_ROW, _TRACK, _HEAD, _FOOT, _KEY = 0.44, 0.3, 0.26, 0.34, 0.26
_MOST = 40  # rows that a figure shows
_ROOM = 0.08  # of the range at either side


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return for each scale a line from before to after, all together first."""
    rows = [
        row
        for row in reading.rows(KIND)
        if None not in (value(row.get("before")), value(row.get("after")))
    ]
    if not rows or len(rows) > _MOST:
        return None
    title, w, first = titled(reading, KIND), words(reading.language), rows[0]
    how = measure(numbers([first], "before", "after"), "", reading)
    before, after = (how.text(value(first[one]) or 0.0) for one in ("before", "after"))
    said = w("figure.change.title", scale=title(first["scale"]), before=before, after=after)
    return Figure(
        svg=_drawn(reading, look, rows),
        title=said,
        subtitle=w("figure.change.sub"),
        alt=w("figure.change.alt", title=said, n=reading.number(len(rows))),
        header=_header(reading),
        rows=tuple(
            _cells(reading, row, (title(row["scale"]), title(row["group"]))) for row in rows
        ),
        note=reading.note(w("figure.change.note")),
    )


def _drawn(reading: Reading, look: Look, rows: Sequence[Row]) -> str:
    title = titled(reading, KIND)
    scales: dict[str, list[Row]] = {}
    for row in rows:
        scales.setdefault(str(row["scale"]), []).append(row)
    high = _KEY + sum(_HEAD + _ROW * len(each) + _FOOT for each in scales.values())
    canvas = Canvas(look, high, warning=reading.warning)
    _key(canvas, reading)
    y = _KEY
    for key, each in scales.items():
        for line in wrap(title(key), look.width, bold=True, most=1):
            canvas.text(0, y + LINE / 2, line, bold=True)
        how = measure(numbers(each, "before", "after"), "", reading)
        axis = _axis(each, canvas.width)
        y += _HEAD
        for row in each:
            _row(canvas, reading, row, title(row["group"]), (axis, how, y))
            y += _ROW
        _ticks(canvas, axis, how, y)
        y += _FOOT
    return canvas.svg()


def _key(canvas: Canvas, reading: Reading) -> None:
    w, x = words(reading.language), 0.07
    for part, fill in (("before", "page"), ("after", None)):
        text = w(f"figure.change.{part}")
        canvas.marks([x], [0.1], "programme", fill=fill)
        canvas.text(x + 0.12, 0.1, text, size=SMALL)
        x += 0.12 + width_of(text, SMALL) + 0.25


def _axis(rows: Sequence[Row], wide: float) -> Axis:
    seen = numbers(rows, "before", "after")
    low, high = min(seen), max(seen)
    more = _ROOM * (high - low) or max(abs(low), 1.0) * _ROOM
    return Axis(low - more, high + more, 0.06, wide - 0.06)


def _row(
    canvas: Canvas, reading: Reading, row: Row, name: str, drawn: tuple[Axis, Measure, float]
) -> None:
    axis, how, y = drawn
    bold = row["group"] == ALL
    text = _change(reading, row, how)
    room = canvas.width - width_of(text, SMALL) - 0.12
    for line in wrap(name, room, size=SMALL, bold=bold, most=1):
        canvas.text(0, y + 0.08, line, size=SMALL, bold=bold)
    canvas.text(canvas.width, y + 0.08, text, "soft", size=SMALL, align="right")
    at = y + _TRACK
    ends = [axis.at(value(row[one]) or 0.0) for one in ("before", "after")]
    canvas.path([axis.left, axis.right], [at, at], "rule", width=0.7, order=0.8)
    canvas.path(ends, [at, at], "programme", width=2.2 if bold else 1.2)
    canvas.marks(ends[:1], [at], "programme", fill="page")
    canvas.marks(ends[1:], [at], "programme")


def _change(reading: Reading, row: Row, how: Measure) -> str:
    change, low, high = (value(row.get(one)) for one in ("change", "change_low", "change_high"))
    if change is None:
        return ""
    if low is None or high is None:
        return how.text(change, sign=True)
    between = reading.words(
        "interval", low=how.text(low, sign=True), high=how.text(high, sign=True)
    )
    return f"{how.text(change, sign=True)} ({between})"


def _ticks(canvas: Canvas, axis: Axis, how: Measure, y: float) -> None:
    canvas.path([axis.left, axis.right], [y, y], "soft", width=0.7)
    for at, label in tick_labels(canvas, axis, how, sign=False):
        x = axis.at(at)
        canvas.path([x, x], [y, y + 0.045], "soft", width=0.7)
        middle = canvas.inside(x, label, size=SMALL)
        canvas.text(middle, y + 0.14, label, "soft", size=SMALL, align="center")


_SHOWN = ("scale", "group", "n_pairs", "before", "after", "change")


def _header(reading: Reading) -> tuple[str, ...]:
    table = reading.table(KIND)
    label = {one.name: one.label for one in table.columns} if table else {}
    return tuple(reading.text(label.get(one), one) for one in _SHOWN)


def _cells(reading: Reading, row: Row, names: tuple[str, str]) -> tuple[str, ...]:
    how = measure(numbers([row], "before", "after"), "", reading)
    n = value(row.get("n_pairs"))
    means = (how.text(value(row[one]) or 0.0) for one in ("before", "after"))
    known = reading.words("absent") if n is None else reading.number(n)
    return (*names, known, *means, _change(reading, row, how))
