"""What a two-way regression is made of: each comparison's weight and estimate, by its type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, tick_labels
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.cells import group_name
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.over_time import (
    cell,
    differences,
    draw_upright,
    headline,
    named,
    room,
    span,
    unit_of,
)
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers

KIND = "bacon"
FORBIDDEN = ("later_vs_earlier", "later_vs_always")  # they compare with who is treated already
_MARKS = {
    "treated_vs_never": ("programme", "o", None, 1.2),
    "earlier_vs_later": ("programme", "D", "page", 1.2),
    "later_vs_earlier": ("warning", "X", None, 0.4),
    "later_vs_always": ("warning", "s", "page", 1.4),
}
_HIGH, _FOOT, _KEY, _TITLE = 2.1, 0.42, 0.2, 0.1
_CLOSE = 0.17  # inches that two labels need between them


@dataclass(frozen=True, slots=True)
class _Type:
    """The comparisons of one type: their weight together, and their mean by weight."""

    name: str
    rows: Sequence[Row]
    weight: float
    mean: float


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return weights by estimates, with the regression's own estimate as a line."""
    rows = [
        one
        for one in reading.rows(KIND)
        if None not in (cell(one, "weight"), cell(one, "estimate"))
    ]
    total = sum(numbers(rows, "weight"))
    if not rows or total <= 0:
        return None
    types = _types(rows)
    whole = sum(one.weight * one.mean for one in types) / total
    own = headline(reading, KIND)
    values = [*numbers(rows, "estimate"), whole, *([own.estimate] if own else [])]
    how = differences(values, unit_of(reading, KIND), reading)
    keys = [_key_lines(reading, one, how, look.width) for one in types]
    head = sum(_KEY + LINE * (len(lines) - 1) for lines in keys) + 0.12
    canvas = Canvas(look, head + _TITLE + _HIGH + _FOOT, warning=reading.warning)
    _draw_keys(canvas, types, keys)
    lines = {"regression": whole} | ({"ours": own.estimate} if own else {})
    low, high = span(values)
    texts = {key: _line_text(reading, key, how, at) for key, at in lines.items()}
    wide = 1.5 if look.narrow else 2.3
    labels = {key: wrap(text, wide, size=SMALL, bold=True, most=3) for key, text in texts.items()}
    used = max(width_of(line, SMALL, True) for part in labels.values() for line in part)
    left, top = room(low, high, how), head + _TITLE
    right = canvas.width - used - 0.12
    up = Axis(low, high, top + _HIGH, top)
    across = Axis(0.0, max(numbers(rows, "weight")) * 1.06, left + 0.1, right - 0.06)
    draw_upright(canvas, up, (left, right), how)
    _draw_lines(canvas, (left, right), up, lines, labels)
    _points(canvas, types, across, up)
    _weights(canvas, reading, across, up.left)
    return _figure(reading, rows, types, (whole, how, canvas.svg()))


def _types(rows: Sequence[Row]) -> list[_Type]:
    found = []
    for name in dict.fromkeys((*_MARKS, *(str(one.get("type")) for one in rows))):
        own = [one for one in rows if one.get("type") == name]
        weight = sum(numbers(own, "weight"))
        if own:
            products = sum((cell(r, "weight") or 0.0) * (cell(r, "estimate") or 0.0) for r in own)
            found.append(_Type(name, own, weight, products / weight if weight else 0.0))
    return found


def _word(reading: Reading, name: str) -> str:
    key = f"bacon.{name}"
    return reading.words(key) if key in reading.words else name.replace("_", " ")


def _key_lines(reading: Reading, one: _Type, how: Measure, wide: float) -> tuple[str, ...]:
    slots = {"type": _word(reading, one.name), "share": reading.percent(one.weight)}
    text = reading.words("bacon.key", mean=how.text(one.mean, sign=True), **slots)
    return wrap(text, wide - 0.3, size=SMALL, bold=one.name in FORBIDDEN, most=3)


def _draw_keys(canvas: Canvas, types: Sequence[_Type], keys: Sequence[tuple[str, ...]]) -> None:
    y = 0.1
    for one, lines in zip(types, keys, strict=True):
        role, shape, fill, edge = _MARKS.get(one.name, ("neutral", "^", None, 1.0))
        canvas.marks([0.1], [y], role, shape=shape, size=6.0, fill=fill, edge=edge)
        for line in lines:
            canvas.text(0.28, y, line, as_text(role), size=SMALL, bold=one.name in FORBIDDEN)
            y += LINE
        y += _KEY - LINE


def _line_text(reading: Reading, key: str, how: Measure, at: float) -> str:
    return reading.words(f"bacon.line_{key}", size=how.text(at, sign=True))


def _draw_lines(
    canvas: Canvas,
    sides: tuple[float, float],
    up: Axis,
    lines: dict[str, float],
    labels: dict[str, tuple[str, ...]],
) -> None:
    """Draw the two estimates as lines across, their labels at the right and apart."""
    looks = {"regression": ("warning", (5.0, 2.0)), "ours": ("programme", None)}
    order = sorted(lines, key=lambda one: up.at(lines[one]))
    least = up.right
    spots: dict[str, float] = {}
    for i, key in enumerate(order):
        high = LINE * len(labels[key])
        below = sum(LINE * len(labels[one]) + 0.05 for one in order[i + 1 :])
        middle = max(up.at(lines[key]), least + high / 2)
        spots[key] = min(middle, up.left - below - high / 2)
        least = spots[key] + high / 2 + 0.05
    for key, at in lines.items():
        role, dash = looks[key]
        y = up.at(at)
        canvas.path(list(sides), [y, y], role, width=1.4, dash=dash, order=1.6)
        canvas.path([sides[1], sides[1] + 0.07], [y, spots[key]], role, width=0.8)
        at_x = sides[1] + 0.1
        canvas.lines(at_x, spots[key], labels[key], role, size=SMALL, bold=True)


def _points(canvas: Canvas, types: Sequence[_Type], across: Axis, up: Axis) -> None:
    for one in types:
        role, shape, fill, edge = _MARKS.get(one.name, ("neutral", "^", None, 1.0))
        xs = [across.at(cell(row, "weight") or 0.0) for row in one.rows]
        ys = [up.at(cell(row, "estimate") or 0.0) for row in one.rows]
        canvas.marks(xs, ys, role, shape=shape, size=6.0, fill=fill, edge=edge)


def _weights(canvas: Canvas, reading: Reading, across: Axis, y: float) -> None:
    """Draw the scale of weights in per cent, as many labels as fit."""
    how = Measure(100.0, 0, "", reading.language)
    canvas.path([across.left, across.right], [y, y], "soft", width=0.7)
    for at, label in tick_labels(canvas, across, how, sign=False):
        x = across.at(at)
        canvas.path([x, x], [y, y + 0.045], "soft", width=0.7)
        canvas.text(x, y + 0.14, label, "soft", size=SMALL, align="center")
    text = reading.words("bacon.weight")
    middle = canvas.inside((across.left + across.right) / 2, text, size=SMALL)
    canvas.text(middle, y + 0.32, text, "soft", size=SMALL, align="center")


def _figure(
    reading: Reading,
    rows: Sequence[Row],
    types: Sequence[_Type],
    drawn: tuple[float, Measure, str],
) -> Figure:
    w, (whole, how, svg) = reading.words, drawn
    share = sum(one.weight for one in types if one.name in FORBIDDEN)
    each = "; ".join(
        w("bacon.key", type=_word(reading, one.name), share=reading.percent(one.weight),
          mean=how.text(one.mean, sign=True))
        for one in types
    )  # fmt: skip
    said = w("bacon.title" if share > 0 else "bacon.title_none", share=reading.percent(share))
    keys = ("type", "group", "other", "weight", "estimate")
    names = [w(f"bacon.col_{one}") for one in keys]
    names[4] = f"{names[4]}, {how.unit}" if how.unit else names[4]
    return Figure(
        svg=svg,
        title=named(reading, KIND, said),
        subtitle=w("bacon.sub", unit=how.unit) if how.unit else w("bacon.sub_bare"),
        alt=w("bacon.alt", n=len(rows), size=how.full(whole, sign=True), all=each),
        header=tuple(names),
        rows=tuple(
            (
                _word(reading, str(one.get("type"))),
                group_name(reading, str(one.get("cohort"))),
                group_name(reading, str(one.get("comparison"))),
                reading.percent(cell(one, "weight") or 0.0, 1),
                how.text(cell(one, "estimate") or 0.0, sign=True),
            )
            for one in rows
        ),
        note=reading.note(w("bacon.note")),
    )
