"""Practices by class and level: how many, and where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.canvas import NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.cells import shade, text_on
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value

KIND = "practices_matrix"
LEVELS = ("individual", "class", "school", "municipality", "region", "country")
_HIGH, _GAP = 0.42, 0.03


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a grid; on a telephone levels are rows and classes columns."""
    rows = [row for row in reading.rows(KIND) if all(f"level_{one}" in row for one in LEVELS)]
    if not rows:
        return None
    w = reading.words
    classes = [w(f"practices.{row['type']}") for row in rows]
    levels = [w(f"theory.level_{one}") for one in LEVELS]
    counts = [[int(value(row.get(f"level_{one}")) or 0) for one in LEVELS] for row in rows]
    if look.narrow:
        grid, heads, sides = [list(one) for one in zip(*counts, strict=True)], classes, levels
    else:
        grid, heads, sides = counts, levels, classes
    left = max(width_of(one, NORMAL) for one in sides) + 0.14
    wide = (look.width - left) / len(heads)
    told = [wrap(one, wide - 0.06, size=SMALL, most=2) for one in heads]
    top = 0.17 * max(map(len, told)) + 0.1
    canvas = Canvas(look, top + _HIGH * len(sides) + 0.04, warning=reading.warning)
    for k, lines in enumerate(told):
        middle = top / 2 - 0.03
        canvas.lines(left + wide * (k + 0.5), middle, lines, "soft", size=SMALL, align="center")
    largest = max(max(row) for row in grid)
    for i, (side, row_) in enumerate(zip(sides, grid, strict=True)):
        y = top + _HIGH * i
        canvas.text(0, y + _HIGH / 2, side)
        for k, count in enumerate(row_):
            place = (left + wide * k + _GAP, y + _GAP, wide - 2 * _GAP, _HIGH - 2 * _GAP)
            _cell(canvas, reading, place, count, largest)
    return _figure(reading, rows, (classes, levels, counts), canvas.svg())


def _cell(
    canvas: Canvas,
    reading: Reading,
    place: tuple[float, float, float, float],
    count: int,
    largest: int,
) -> None:
    left, top, wide, high = place
    if count:
        canvas.cell(place, shade(canvas, count, largest), "soft", line=0.6)
    else:
        canvas.cell(place, None, "neutral", line=1.0, dash=True)
    role = text_on(canvas, count, largest) if count else "soft"
    text = reading.number(count)
    canvas.text(left + wide / 2, top + high / 2, text, role, bold=count > 0, align="center")


Told = tuple[Sequence[str], Sequence[str], Sequence[Sequence[int]]]


def _figure(reading: Reading, rows: Sequence[Row], told: Told, svg: str) -> Figure:
    w = reading.words
    classes, levels, counts = told
    gaps = sum(one == 0 for row in counts for one in row)
    each = [
        f"{name}: " + ", ".join(f"{level} {n}" for level, n in zip(levels, row, strict=True))
        for name, row in zip(classes, counts, strict=True)
    ]
    return Figure(
        svg=svg,
        title=w("practices.title", gaps=gaps, cells=len(rows) * len(levels)),
        subtitle=w("practices.sub"),
        alt=w("practices.alt", all="; ".join(each)),
        header=(w("practices.col_class"), *levels),
        rows=tuple(
            (name, *map(reading.number, row)) for name, row in zip(classes, counts, strict=True)
        ),
        note=reading.note(w("practices.note")),
    )
