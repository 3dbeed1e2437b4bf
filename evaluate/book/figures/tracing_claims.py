"""Belief in each claim before and after the evidence, with the range that remains."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import titled, whole

KIND = "tracing_claims"
_AXIS, _GAP = 0.3, 0.16  # inches of the axis, and between two claims
_HALF = 0.5
_TICKS = (0.0, _HALF, 1.0)
_SHARE = 0.42  # of the sheet for the names, where there is room beside the dots
_NAMES = ("prior", "posterior", "low", "high")


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a line for each claim: hollow before, filled after, a bar for the range."""
    rows = [row for row in reading.rows(KIND) if None not in _chances(row)]
    if not rows:
        return None
    title = titled(reading, KIND)
    left = 0.14 if look.narrow else _SHARE * look.width
    room = look.width - 0.04 if look.narrow else left - 0.2
    told = [wrap(title(row["claim"]), room, most=4) for row in rows]
    highs = [_high(lines, under=look.narrow) for lines in told]
    canvas = Canvas(look, _AXIS + sum(highs) + 0.05, warning=reading.warning)
    right = look.width - 0.2
    _axis(canvas, reading, (left, right))
    y = _AXIS
    for row, lines, high in zip(rows, told, highs, strict=True):
        middle = y + high / 2
        if look.narrow:
            top = y + LINE / 2 + 0.03
            canvas.lines(0, top + LINE * (len(lines) - 1) / 2, lines)
            middle = y + LINE * len(lines) + 0.17
        else:
            canvas.lines(0, middle, lines)
        _claim(canvas, row, (left, right), middle)
        y += high
    return _figure(reading, rows, canvas.svg())


def _chances(row: Row) -> list[float | None]:
    return [value(row.get(name)) for name in _NAMES]


def _high(lines: Sequence[str], *, under: bool) -> float:
    text = LINE * len(lines)
    return text + 0.32 + _GAP if under else max(text, 0.25) + _GAP


def _axis(canvas: Canvas, reading: Reading, span: tuple[float, float]) -> None:
    left, right = span
    for share in _TICKS:
        x = left + share * (right - left)
        text = reading.percent(share)
        canvas.text(
            canvas.inside(x, text, size=SMALL), 0.12, text, "soft", size=SMALL, align="center"
        )


def _claim(canvas: Canvas, row: Row, span: tuple[float, float], y: float) -> None:
    left, right = span
    prior, posterior, low, high = (left + (one or 0.0) * (right - left) for one in _chances(row))
    for share in _TICKS:
        x = left + share * (right - left)
        dash = (2.0, 1.5) if share == _HALF else None
        canvas.path([x, x], [y - 0.14, y + 0.14], "neutral", width=0.8, dash=dash, order=0.6)
    canvas.path([left, right], [y, y], "rule", width=0.7, order=0.6)
    role = "programme" if (value(row.get("low")) or 0.0) > _HALF else "soft"
    canvas.path([low, high], [y, y], role, width=4.0)
    canvas.marks([prior], [y], "ink", fill="page", size=7.0)
    canvas.marks([posterior], [y], role, size=8.5)


def _figure(reading: Reading, rows: Sequence[Row], svg: str) -> Figure:
    w, title = reading.words, titled(reading, KIND)
    cells = [
        (title(row["claim"]), *(reading.percent(one or 0.0) for one in _chances(row)))
        for row in rows
    ]
    names = ("claim", *_NAMES)
    each = [w("tracing.each", **dict(zip(names, one, strict=True))) for one in cells]
    firm = sum((value(row.get("low")) or 0.0) > _HALF for row in rows)
    if len(rows) == 1:
        said = w("tracing.title_one", prior=cells[0][1], posterior=cells[0][2])
    else:
        said = w("tracing.title", firm=firm, n=len(rows))
    header, table = whole(reading, KIND)
    return Figure(
        svg=svg,
        title=said,
        subtitle=w("tracing.sub"),
        alt=w("tracing.alt", all="; ".join(each)),
        header=header,
        rows=table,
        note=reading.note(w("tracing.note")),
    )
