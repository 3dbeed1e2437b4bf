"""Cases by their membership in the solution and in the outcome (the XY plot)."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import whole
from evaluate.book.words import words

KIND = "qca_points"
_SIDE, _LEFT, _FOOT, _HALF = 2.7, 0.42, 0.3, 0.5
_LOOKS = {
    "typical": ("programme", "o", None),
    "deviant_consistency": ("comparison", "D", None),
    "deviant_coverage": ("comparison", "s", "page"),
    "irrelevant": ("neutral", "o", "page"),
    "undecided": ("soft", "x", None),
}


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a square with a mark for each case; on or above the diagonal none speaks against."""
    rows = [row for row in reading.rows(KIND) if value(row.get("membership")) is not None]
    if not rows:
        return None
    w = words(reading.language)
    keys = [
        (name, wrap(_key(reading, rows, name), look.width - 0.25, size=SMALL, most=2))
        for name in _LOOKS
        if any(row.get("type") == f"qca.{name}" for row in rows)
    ]
    up = wrap(w("figure.qca_points.up"), look.width, size=SMALL, most=2)
    across = wrap(w("figure.qca_points.across"), look.width, size=SMALL, most=2)
    side = min(_SIDE, look.width - _LEFT - 0.15)
    top = LINE * (sum(len(lines) for _, lines in keys) + len(up)) + 0.2
    height = top + side + _FOOT + LINE * len(across) + 0.02
    canvas = Canvas(look, height, warning=reading.warning)
    y = 0.09
    for name, lines in keys:
        role, shape, fill = _LOOKS[name]
        canvas.marks([0.08], [y], role, shape=shape, fill=fill)
        canvas.lines(0.22, y + LINE * (len(lines) - 1) / 2, lines, as_text(role), size=SMALL)
        y += LINE * len(lines)
    canvas.lines(0, y + LINE * (len(up) - 1) / 2 + 0.04, up, "soft", size=SMALL)
    _square(canvas, reading, rows, (top, side))
    for i, line in enumerate(across):
        canvas.text(0, top + side + _FOOT + 0.05 + LINE * i, line, "soft", size=SMALL)
    return _figure(reading, rows, canvas.svg())


def _key(reading: Reading, rows: Sequence[Row], name: str) -> str:
    n = sum(row.get("type") == f"qca.{name}" for row in rows)
    return f"{words(reading.language)(f'detail.qca.{name}')}: {reading.number(n)}"


def _square(
    canvas: Canvas, reading: Reading, rows: Sequence[Row], place: tuple[float, float]
) -> None:
    top, side = place
    across = Axis(0.0, 1.0, _LEFT, _LEFT + side)
    up = Axis(0.0, 1.0, top + side, top)
    for at in (0.0, _HALF, 1.0):
        canvas.path([across.at(0), across.at(1)], [up.at(at)] * 2, "rule", width=0.6, order=0.6)
        canvas.path([across.at(at)] * 2, [up.at(0), up.at(1)], "rule", width=0.6, order=0.6)
        label = reading.number(at, 1)
        canvas.text(_LEFT - 0.08, up.at(at), label, "soft", size=SMALL, align="right")
    canvas.path([across.at(0), across.at(1)], [up.at(0), up.at(1)], "soft", dash=(4, 3))
    for name, (role, shape, fill) in _LOOKS.items():
        mine = [row for row in rows if row.get("type") == f"qca.{name}"]
        xs = [across.at(value(row.get("membership")) or 0.0) for row in mine]
        ys = [up.at(value(row.get("in_outcome")) or 0.0) for row in mine]
        canvas.marks(xs, ys, role, shape=shape, fill=fill, size=5.5)
    draw_axis(canvas, across, top + side, Measure(1.0, 1, "", reading.language), sign=False)


def _figure(reading: Reading, rows: Sequence[Row], svg: str) -> Figure:
    w = words(reading.language)
    n = {name: sum(row.get("type") == f"qca.{name}" for row in rows) for name in _LOOKS}
    told = {
        "inside": n["typical"] + n["deviant_consistency"],
        "against": n["deviant_consistency"],
        "with_it": n["typical"] + n["deviant_coverage"],
        "reached": n["typical"],
    }
    title = w(
        "figure.qca_points.title", **{key: reading.number(count) for key, count in told.items()}
    )
    header, cells = whole(reading, KIND)
    return Figure(
        svg=svg,
        title=title,
        subtitle=w("figure.qca_points.sub"),
        alt=w("figure.qca_points.alt", title=title),
        header=header,
        rows=cells,
        note=reading.note(w("figure.qca_points.note")),
    )
