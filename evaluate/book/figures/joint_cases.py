"""The same cases in several strands: dots on each strand's own scale, words as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import titled, told
from evaluate.core import Column

KIND = "joint_cases"
_OWN = ("case", "n_least", "concordance")
_ROW, _SIDE = 0.27, 0.1  # inches of a case's row, and free at a strand's sides
_LEAST = 1.2  # inches of a strand
_NAMES = 0.3  # share of the sheet for the cases' names
_MOST = 60  # cases that a figure shows


@dataclass(frozen=True, slots=True)
class _Strip:
    """One strand on the sheet."""

    column: Column
    head: tuple[str, ...]
    left: float
    wide: float


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return strands side by side, in as many bands as the width asks for."""
    table = reading.table(KIND)
    rows = [row for row in reading.rows(KIND) if row.get("case") is not None]
    columns = [one for one in table.columns if one.name not in _OWN] if table else []
    if not columns or not rows or len(rows) > _MOST:
        return None
    title = titled(reading, KIND)
    names = _NAMES * look.width
    bands = _bands(reading, columns, look.width - names, names)
    heads = [LINE * max(len(one.head) for one in band) + 0.34 for band in bands]
    high = sum(heads) + len(bands) * (_ROW * len(rows) + 0.14)
    canvas = Canvas(look, high, warning=reading.warning)
    y = 0.0
    for band, head in zip(bands, heads, strict=True):
        for i, row in enumerate(rows):
            at = y + head + _ROW * (i + 0.5)
            for line in wrap(title(row["case"]), names - 0.1, most=1):
                canvas.text(0, at, line)
        for strip in band:
            _draw(canvas, reading, strip, rows, (y, head))
        y += head + _ROW * len(rows) + 0.14
    return _figure(reading, columns, rows, canvas.svg())


def _bands(
    reading: Reading, columns: Sequence[Column], room: float, left: float
) -> list[list[_Strip]]:
    each = max(1, int(room / _LEAST))
    count = -(-len(columns) // each)
    each = -(-len(columns) // count)
    wide = min(room / each, 2.4)
    bands = []
    for k in range(0, len(columns), each):
        band = []
        for i, column in enumerate(columns[k : k + each]):
            head = reading.text(column.label)
            head += f" ({_unit(column)})" if _unit(column) else ""
            lines = wrap(head, wide - 2 * _SIDE, size=SMALL, bold=True, most=3)
            band.append(_Strip(column, lines, left + wide * i, wide))
        bands.append(band)
    return bands


def _unit(column: Column) -> str:
    return column.unit if column.unit and column.unit != "share" else ""


def _draw(
    canvas: Canvas, reading: Reading, strip: _Strip, rows: Sequence[Row], at: tuple[float, float]
) -> None:
    top, head = at
    title = titled(reading, KIND)
    left, right = strip.left + _SIDE, strip.left + strip.wide - _SIDE
    for i, line in enumerate(strip.head):
        canvas.text(left, top + 0.1 + LINE * i, line, size=SMALL, bold=True)
    cells = [row.get(strip.column.name) for row in rows]
    numbers = [value(one) for one in cells]
    known = [one for one in numbers if one is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    first = top + head
    if known:
        _scale(canvas, reading, strip, (low, high), (left, right, first))
    for i, (cell, number) in enumerate(zip(cells, numbers, strict=True)):
        y = first + _ROW * (i + 0.5)
        if number is not None:
            share = (number - low) / (high - low) if high > low else 0.5
            canvas.path([left, right], [y, y], "rule", width=0.7, order=0.6)
            canvas.marks([left + share * (right - left)], [y], "programme", size=7.0)
        elif cell is None:
            canvas.path([left, left + 0.1], [y, y], "neutral", width=1.2)
        else:
            for line in wrap(
                told(reading, strip.column, cell, title), right - left, size=SMALL, most=1
            ):
                canvas.text(left, y, line, size=SMALL)


def _scale(
    canvas: Canvas,
    reading: Reading,
    strip: _Strip,
    span: tuple[float, float],
    place: tuple[float, float, float],
) -> None:
    """Write the least and the largest value above the dots, once where they are equal."""
    left, right, y = place
    title = titled(reading, KIND)
    ends = [(left, "left", span[0]), (right, "right", span[1])]
    for x, align, end in ends if span[1] > span[0] else ends[:1]:
        text = told(reading, strip.column, end, title)
        canvas.text(x, y - 0.09, text, "soft", size=SMALL, align=align)


def _figure(reading: Reading, columns: Sequence[Column], rows: Sequence[Row], svg: str) -> Figure:
    w, title = reading.words, titled(reading, KIND)
    heads = [reading.text(one.label) for one in columns]
    cells = tuple(
        (title(row["case"]), *(told(reading, one, row.get(one.name), title) for one in columns))
        for row in rows
    )
    whole = sum(all(row.get(one.name) is not None for one in columns) for row in rows)
    each = (
        f"{one[0]}: " + ", ".join(f"{h} {c}" for h, c in zip(heads, one[1:], strict=True))
        for one in cells
    )
    return Figure(
        svg=svg,
        title=w("joint.title", whole=whole, cases=len(rows), strands=len(columns)),
        subtitle=w("joint.sub"),
        alt=w("joint.alt", all="; ".join(each)),
        header=(w("joint.col_case"), *heads),
        rows=cells,
        note=reading.note(w("joint.note")),
    )
