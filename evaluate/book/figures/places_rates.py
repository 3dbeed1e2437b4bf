"""Rates of places by their number of people, with the funnel that chance alone leaves."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis
from evaluate.book.figures.frame.canvas import SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.plot import Plot, draw_scales, measure_of, numbers_of
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers, value
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND = "places_rates"
_TOP, _HIGH, _FOOT, _LEFT, _KEY = 0.52, 2.6, 0.46, 0.42, 0.2
_LIMITS = ("inner_low", "inner_high", "outer_low", "outer_high")


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the funnel; nothing where the number of people is not known of two places."""
    rows = [
        one for one in reading.rows(KIND) if all(value(one.get(k)) is not None for k in _NEEDED)
    ]
    if len(rows) < len(("one", "other")):
        return None
    rows.sort(key=lambda one: value(one["n"]) or 0.0)
    w = words(reading.language)
    outside = [one for one in rows if str(one.get("position")) != "inside"]
    far = [one for one in outside if str(one.get("position")).startswith("far")]
    told = {
        "n": reading.number(len(rows)),
        "outside": reading.number(len(outside)),
        "far": reading.number(len(far)),
    }
    header, cells = numbers_of(reading, KIND)
    said = w("figure.places.title", **told)
    return Figure(
        svg=_drawing(reading, look, rows),
        title=said,
        subtitle=w("figure.places.sub"),
        alt=w("figure.places.alt", title=said),
        header=header,
        rows=cells,
        note=reading.note(w("figure.places.note")),
    )


_NEEDED = ("n", "share", "target", *_LIMITS)


def _drawing(reading: Reading, look: Look, rows: Sequence[Row]) -> str:
    canvas = Canvas(look, _TOP + _HIGH + _FOOT, warning=reading.warning)
    w, most = words(reading.language), value(rows[-1]["n"]) or 1.0
    least = value(rows[0]["n"]) or 0.0
    start = 0.0 if least < most / 2 else 0.9 * least
    seen = numbers(rows, "share", *_LIMITS)
    more = 0.06 * max(max(seen) - min(seen), 0.02)
    low, high = max(0.0, min(seen) - more), min(1.0, max(seen) + more)
    plot = Plot(
        Axis(start, most + 0.06 * (most - start), _LEFT, look.width - 0.15),
        Axis(low, high, _TOP + _HIGH, _TOP),
    )
    draw_scales(
        canvas,
        plot,
        (measure_of(reading, share=False), measure_of(reading, share=True)),
        (w("figure.places.across"), w("figure.places.up")),
    )
    _funnel(canvas, plot, rows)
    _points(canvas, plot, rows, titled(reading, KIND))
    x = 0.02
    for key, dash, role in (("inner", (3, 2), "soft"), ("outer", None, "soft")):
        canvas.path([x, x + 0.26], [0.1, 0.1], role, width=1.0, dash=dash)
        text = w(f"figure.places.{key}")
        canvas.text(x + 0.33, 0.1, text, "soft", size=SMALL)
        x += 0.33 + width_of(text, SMALL) + 0.22
    return canvas.svg()


def _funnel(canvas: Canvas, plot: Plot, rows: Sequence[Row]) -> None:
    target = value(rows[0]["target"]) or 0.0
    sides = [plot.across.left, plot.across.right]
    canvas.path(sides, [plot.up.at(target)] * 2, "ink", width=0.8)
    for name in _LIMITS:
        dash = (3.0, 2.0) if name.startswith("inner") else None
        points = {value(one["n"]) or 0.0: value(one[name]) or 0.0 for one in rows}
        xs = [plot.across.at(n) for n in points]
        ys = [plot.up.at(one) for one in points.values()]
        canvas.path(xs, ys, "soft", width=1.0, dash=dash)


def _points(canvas: Canvas, plot: Plot, rows: Sequence[Row], title: object) -> None:
    """Put the places; those outside are named, as far as names have room."""
    taken: list[tuple[float, float, float]] = []
    for row in rows:
        x, y = plot.at(value(row["n"]) or 0.0, value(row["share"]) or 0.0)
        outside = str(row.get("position")) != "inside"
        shape, role = ("D", "comparison") if outside else ("o", "programme")
        canvas.marks([x], [y], role, shape=shape, size=5.5)
        if not outside or not callable(title):
            continue
        name = wrap(str(title(row["place"])), 1.2, size=SMALL, most=1)[0]
        wide = width_of(name, SMALL)
        start = x + 0.09 if x + 0.09 + wide <= canvas.width else x - 0.09 - wide
        free = all(
            abs(y - b) > _KEY or start > a + c + 0.05 or start + wide < a - 0.05
            for a, b, c in taken
        )
        if free and start >= 0:
            canvas.text(start, y, name, "comparison_text", size=SMALL)
            taken.append((start, y, wide))
