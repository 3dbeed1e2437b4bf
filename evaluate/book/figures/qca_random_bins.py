"""What random outcomes give: consistency times coverage, with the study's own marked."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import whole
from evaluate.book.words import words

KIND, TESTS = "qca_random_bins", "qca_random"
_TOP, _HIGH, _FOOT = 0.2, 1.5, 0.3


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the histogram of random outcomes, and where the study's own solution lies."""
    rows = [row for row in reading.rows(KIND) if value(row.get("low")) is not None]
    if not rows:
        return None
    w = words(reading.language)
    key = wrap(w("figure.qca_random.own"), look.width - 0.3, size=SMALL, most=2)
    foot = wrap(w("figure.qca_random.axis"), look.width, size=SMALL, most=2)
    top = _TOP + LINE * len(key)
    high = top + _HIGH + _FOOT + LINE * len(foot)
    canvas = Canvas(look, high, warning=reading.warning)
    scale = Axis(0.0, 1.0, 0.12, look.width - 0.12)
    _bars(canvas, rows, scale, top)
    own = next((row for row in rows if row.get("own")), None)
    if own is not None:
        canvas.marks([0.08], [0.09], "programme", shape="D")
        canvas.lines(0.22, 0.09 + LINE * (len(key) - 1) / 2, key, "programme", size=SMALL)
        x = scale.at(_middle(own))
        canvas.path([x, x], [top - 0.04, top + _HIGH], "programme", width=1.4)
        canvas.marks([x], [top - 0.06], "programme", shape="D")
    draw_axis(canvas, scale, top + _HIGH, Measure(1.0, 1, "", reading.language), sign=False)
    for i, line in enumerate(foot):
        canvas.text(0, top + _HIGH + _FOOT + 0.05 + LINE * i, line, "soft", size=SMALL)
    return _figure(reading, canvas.svg())


def _middle(row: Row) -> float:
    return ((value(row.get("low")) or 0.0) + (value(row.get("high")) or 0.0)) / 2


def _bars(canvas: Canvas, rows: Sequence[Row], scale: Axis, top: float) -> None:
    most = max(value(row.get("share")) or 0.0 for row in rows) or 1.0
    for row in rows:
        left = scale.at(value(row.get("low")) or 0.0)
        width = scale.at(value(row.get("high")) or 0.0) - left
        high = _HIGH * (value(row.get("share")) or 0.0) / most
        gap = 0.12 * width
        canvas.box(left + gap / 2, top + _HIGH - high, width - gap, high, "neutral")


def _figure(reading: Reading, svg: str) -> Figure:
    w = words(reading.language)
    test = next((one for one in reading.rows(TESTS) if one.get("null") == "qca.shuffled"), {})
    found, as_large = value(test.get("share_found")), value(test.get("p_value"))
    told = {"found": reading.percent(found) if found is not None else reading.words("absent")}
    if as_large is None:
        title = w("figure.qca_random.title_none", **told)
    else:
        title = w("figure.qca_random.title", share=reading.percent(as_large, 1), **told)
    header, rows = whole(reading, KIND)
    return Figure(
        svg=svg,
        title=title,
        subtitle=w("figure.qca_random.sub"),
        alt=w("figure.qca_random.alt", title=title),
        header=header[1:],
        rows=tuple(row[1:] for row in rows),
        note=reading.note(w("figure.qca_random.note")),
    )
