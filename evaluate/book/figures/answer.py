"""The answer in one look: people of 100 as dots, or two means, and always the difference."""

from __future__ import annotations

from evaluate.book.figures.frame.axis import axis, measure
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import SHOWN, Figure, Reading
from evaluate.book.figures.frame.strip import colour, effect_measure, level, range_text, strip
from evaluate.book.figures.frame.wording import (
    about,
    alt,
    between,
    effect_rows,
    frequencies,
    frequency_title,
    more,
    title,
)
from evaluate.core import Estimate

KIND = "answer"
_SIDE, _GAP = 1.98, 0.42  # inches of a grid of dots, and between two
_SIDE_NARROW, _GAP_NARROW = 1.54, 0.34
_HUNDRED = 100


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return dots where whole people of 100 tell it, else means and their difference."""
    row = reading.lead()
    if row is None:
        return None
    counts = frequencies(reading, row)
    if counts is not None and not _uncertain(reading, row):
        return _dots(reading, look, row, counts)
    means = reading.arms(row)
    return _difference(reading, look, row) if means is None else _means(reading, look, row, means)


def _uncertain(reading: Reading, row: Estimate) -> bool:
    """Return whether the certainty is very low: whole people would then look too sure."""
    rated = (
        one for table in reading.finding.tables if table.kind == "ratings" for one in table.rows
    )
    return any(
        (one.get("analysis"), one.get("scale"), one.get("value"))
        == (row.analysis, "certainty", "very_low")
        for one in rated
    )


def _dots(reading: Reading, look: Look, row: Estimate, counts: tuple[int, int]) -> Figure:
    w, how = reading.words, effect_measure(reading, row)
    side, gap = (_SIDE_NARROW, _GAP_NARROW) if look.narrow else (_SIDE, _GAP)
    canvas = Canvas(look, 3.8 if look.narrow else 2.5, warning=reading.warning)
    for i, (name, role) in enumerate((("with", "programme"), ("without", "comparison_text"))):
        left = i * (side + gap)
        size = _fitting(w(name), side + 0.2)
        canvas.text(left, 0.09, w(name), role, size=size, bold=True)
        both = w("answer.of_rest", n=counts[i], rest=_HUNDRED - counts[i])
        canvas.text(left, 0.29, both)
        other = counts[1 - i]
        _grid(
            canvas,
            (left, 0.44, side),
            min(counts[i], other),
            counts[i],
            ("programme", "comparison")[i],
        )
    if look.narrow:
        _sum(canvas, reading, row, counts, (0.0, 2.28, look.width))
    else:
        _sum(canvas, reading, row, counts, (2 * (side + gap), 0.5, look.width))
    named = level(reading, [row])
    people = tuple(
        (w(name), w("answer.of", n=n)) for name, n in zip(("with", "without"), counts, strict=True)
    )
    seen = w("answer.alt_dots", treated=counts[0], comparison=counts[1])
    return Figure(
        svg=canvas.svg(),
        title=frequency_title(reading, row, counts),
        subtitle=w("answer.sub_share", unit=how.unit, level=named),
        alt=f"{seen} {alt(reading, row, how)}",
        header=(w("col.what"), w("col.value")),
        rows=people + effect_rows(reading, row, how),
        note=reading.note(w("answer.note")),
    )


def _fitting(text: str, width: float) -> float:
    return next((one for one in (10.5, NORMAL, 9.0) if width_of(text, one, True) <= width), SMALL)


def _grid(
    canvas: Canvas, place: tuple[float, float, float], both: int, here: int, role: str
) -> None:
    """Draw 100 dots: filled in both groups, filled here only, not filled."""
    left, top, side = place
    step = side / 10
    spots = [(left + step * (i % 10 + 0.42), top + step * (i // 10 + 0.5)) for i in range(_HUNDRED)]
    size = step * 72 * 0.74
    shape = "D" if role == "programme" else "s"
    parts = (
        (spots[:both], "neutral", "o", "pale", size, 0.6),
        (spots[both:here], role, shape, None, size * 0.72, 0.0),
        (spots[here:], "neutral", "o", "none", size, 0.6),
    )
    for part, edge, mark, fill, wide, line in parts:
        if part:
            xs, ys = zip(*part, strict=True)
            canvas.marks(xs, ys, edge, shape=mark, size=wide, fill=fill, edge=line)


def _sum(
    canvas: Canvas,
    reading: Reading,
    row: Estimate,
    counts: tuple[int, int],
    place: tuple[float, float, float],
) -> None:
    """Write the difference, its range and its verdict, and draw it as an interval."""
    left, top, right = place
    w, word = reading.words, reading.word(row.outcome)
    role = as_text(colour(word)) if word in SHOWN else "ink"
    big = more(reading, counts[0] - counts[1])
    size = next(one for one in (22, 18, 15, 12, NORMAL) if width_of(big, one, True) < right - left)
    canvas.text(left, top, big, role, size=size, bold=True)
    low, high = between(reading, row)
    lines = [
        (w("answer.between", low=low, high=high), "ink"),
        (f"({level(reading, [row])})", "soft"),
        (w(f"word.{word}"), as_text(colour(word))),
    ]
    y = top + 0.3
    for text, shade in lines:
        for line in wrap(text, right - left, most=2):
            canvas.text(left, y, line, shade, bold=shade == as_text("programme") and word in SHOWN)
            y += 0.18
    strip(canvas, reading, row, left + 0.1, y, right - 0.12)


def _means(reading: Reading, look: Look, row: Estimate, means: tuple[float, float]) -> Figure:
    w = reading.words
    how = measure([*means, row.estimate, row.conf_low, row.conf_high], row.unit, reading)
    more_lines = LINE * (len(_said(reading, row, look.width)) - 1)
    canvas = Canvas(look, 2.24 + more_lines if look.narrow else 1.78, warning=reading.warning)
    left = 0.0 if look.narrow else 1.75
    room = max(width_of(how.text(one), 10.5, True) for one in means) + 0.16
    scale = axis(means, left + (room if min(means) < 0 else 0), look.width - room, room=0.0)
    y = 0.1
    for name, role, mean in zip(
        ("with", "without"), ("programme", "comparison"), means, strict=True
    ):
        canvas.text(0, y, w(name), as_text(role), bold=True)
        y += 0.2 if look.narrow else 0.0
        _mean(canvas, scale.at(0), scale.at(mean), y, (role, how.text(mean)))
        canvas.path([scale.at(0)] * 2, [y - 0.09, y + 0.09], width=0.9)
        y += 0.26 if look.narrow else 0.3
    _effect(canvas, reading, row, left, y)
    seen = w("answer.alt_arms", treated=how.full(means[0]), comparison=how.full(means[1]))
    named = level(reading, [row])
    arms = ((w("with"), how.text(means[0])), (w("without"), how.text(means[1])))
    return Figure(
        svg=canvas.svg(),
        title=title(reading, row, how),
        subtitle=w("answer.sub", level=named, unit=how.unit),
        alt=f"{seen} {alt(reading, row, how)}",
        header=(w("col.what"), f"{w('col.value')}, {how.unit}"),
        rows=arms + effect_rows(reading, row, how),
        note=reading.note(w("answer.note")),
    )


def _mean(canvas: Canvas, zero: float, x: float, y: float, label: tuple[str, str]) -> None:
    role, text = label
    canvas.path([zero, x], [y, y], role, width=2.0, dash=None if role == "programme" else (4, 1.5))
    canvas.marks([x], [y], role, shape="o" if role == "programme" else "s")
    side = 1 if x >= zero else -1
    align = "left" if side > 0 else "right"
    canvas.text(x + side * 0.1, y, text, as_text(role), size=10.5, bold=True, align=align)


def _effect(canvas: Canvas, reading: Reading, row: Estimate, left: float, y: float) -> None:
    """Write and draw the difference, 1.2 inches deep."""
    word = reading.word(row.outcome)
    role = as_text(colour(word)) if word in SHOWN else "ink"
    verdict = reading.words(f"word.{word}")
    y += 0.12
    name = reading.words("difference")
    if canvas.look.narrow:
        canvas.text(0, y, name, bold=True)
        canvas.text(canvas.width, y, verdict, as_text(colour(word)), align="right")
        y += 0.2
        lines = _said(reading, row, canvas.width)
    else:
        canvas.text(0, y, name, bold=True)
        lines = _said(reading, row, canvas.width - left)
        for i, line in enumerate(wrap(verdict, left - 0.15, most=2)):
            canvas.text(0, y + 0.2 + 0.17 * i, line, as_text(colour(word)))
    for line in lines:
        canvas.text(left, y, line, role, bold=True)
        y += LINE
    y -= LINE
    strip(canvas, reading, row, left + 0.14, y + 0.14, canvas.width - 0.16)


def _said(reading: Reading, row: Estimate, width: float) -> tuple[str, ...]:
    """Return the difference with its interval in as many lines as it needs."""
    how = effect_measure(reading, row)
    text = f"{how.text(row.estimate, sign=True)} ({range_text(reading, how, row)})"
    return wrap(text, width - 0.04, bold=True, most=2)


def _difference(reading: Reading, look: Look, row: Estimate) -> Figure:
    more_lines = LINE * (len(_said(reading, row, look.width)) - 1)
    canvas = Canvas(look, (1.22 if look.narrow else 1.06) + more_lines, warning=reading.warning)
    _effect(canvas, reading, row, 0.0 if look.narrow else 1.75, 0.0)
    return about(reading, row, effect_measure(reading, row), canvas.svg())
