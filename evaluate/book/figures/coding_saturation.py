"""How many codes a number of cases tells, over every order of the cases."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.plot import Plot, draw_scales, measure_of, numbers_of
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.words import words

KIND = "coding_saturation"
_TOP, _HIGH, _FOOT, _LEFT, _KEY = 0.3, 2.3, 0.46, 0.42, 0.1
_MARKED = 20  # cases up to which each is marked with a dot
_ROOM = 1.08


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the mean curve in the band that holds most orders, the extremes as lines."""
    rows = [row for row in reading.rows(KIND) if _known(row)]
    if not rows:
        return None
    w = words(reading.language)
    last = rows[-1]
    told = {
        "cases": reading.number(_at(last, "after")),
        "codes": reading.number(_at(last, "expected")),
        "added": reading.number(_at(last, "added"), 2),
    }
    title = w("figure.coding_saturation.title", **told)
    header, cells = numbers_of(reading, KIND)
    return Figure(
        svg=_drawing(reading, look, rows),
        title=title,
        subtitle=w("figure.coding_saturation.sub"),
        alt=w("figure.coding_saturation.alt", title=title),
        header=header,
        rows=cells,
        note=reading.note(w("figure.coding_saturation.note")),
    )


def _known(row: Row) -> bool:
    return all(value(row.get(one)) is not None for one in ("after", "expected", "low", "high"))


def _at(row: Row, name: str) -> float:
    return value(row.get(name)) or 0.0


def _drawing(reading: Reading, look: Look, rows: Sequence[Row]) -> str:
    w = words(reading.language)
    keys = [
        ("ink", w("figure.coding_saturation.mean")),
        ("band", w("figure.coding_saturation.band")),
        ("soft", w("figure.coding_saturation.ends")),
    ]
    wide = sum(0.44 + width_of(one, SMALL) for _, one in keys) > look.width
    under = _KEY + LINE * (len(keys) if wide else 1)
    canvas = Canvas(look, _TOP + _HIGH + _FOOT + under, warning=reading.warning)
    cases = [_at(row, "after") for row in rows]
    most = max(_at(row, name) for row in rows for name in ("high", "most", "expected"))
    plot = Plot(
        Axis(0.0, max(cases), _LEFT, look.width - 0.15),
        Axis(0.0, max(most, 1.0) * _ROOM, _TOP + _HIGH, _TOP),
    )
    xs = [plot.across.at(one) for one in cases]
    lines = {
        name: [plot.up.at(_at(row, name)) for row in rows]
        for name in ("expected", "low", "high", "least", "most")
    }
    canvas.area([*xs, *xs[::-1]], [*lines["high"], *lines["low"][::-1]], "band")
    if all(value(row.get("least")) is not None for row in rows):
        for name in ("least", "most"):
            canvas.path(xs, lines[name], "soft", width=0.8, dash=(3, 2))
    canvas.path(xs, lines["expected"], "ink", width=1.4, order=2.5)
    if len(rows) <= _MARKED:
        canvas.marks(xs, lines["expected"], "ink", size=4.5)
    hows = (measure_of(reading, share=False), measure_of(reading, share=False))
    names = (w("figure.coding_saturation.across"), w("figure.coding_saturation.up"))
    draw_scales(canvas, plot, hows, names)
    _legend(canvas, keys, wide)
    return canvas.svg()


def _legend(canvas: Canvas, keys: Sequence[tuple[str, str]], under: bool) -> None:
    x, y = 0.02, _TOP + _HIGH + _FOOT + _KEY
    for role, text in keys:
        if role == "band":
            canvas.cell((x, y - 0.06, 0.24, 0.12), canvas.colours["band"])
        else:
            dash = (3.0, 2.0) if role == "soft" else None
            canvas.path([x, x + 0.24], [y, y], role, width=1.2, dash=dash)
        canvas.text(x + 0.3, y, text, size=SMALL)
        if under:
            y += LINE
        else:
            x += 0.44 + width_of(text, SMALL)
