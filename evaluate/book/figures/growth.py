"""Seconds and memory by number of rows: both scales in powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

from evaluate.book.figures.frame.axis import Axis
from evaluate.book.figures.frame.canvas import SMALL, Canvas
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value

KIND = "growth"
_LINES = (("ours", "programme", "o"), ("scan floor", "neutral", "s"))
_KEY, _TOP, _HIGH, _FOOT, _LEFT = 0.26, 0.34, 1.9, 0.5, 0.5


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return two panels: seconds of the whole process, and peak memory."""
    rows = reading.rows(KIND)
    if not rows:
        return None
    panels = ("whole", "peak_mb")
    deep = _TOP + _HIGH + _FOOT
    canvas = Canvas(look, _KEY + deep * (2 if look.narrow else 1), warning=reading.warning)
    wide = look.width / (1 if look.narrow else 2)
    for i, key in enumerate(panels):
        left, top = (0.0, _KEY + i * deep) if look.narrow else (i * wide, _KEY)
        across = _powers([value(row.get("rows")) for row in rows], left + _LEFT, left + wide - 0.3)
        up = _powers([value(row.get(key)) for row in rows], top + _TOP + _HIGH, top + _TOP)
        canvas.text(left, top + 0.14, reading.words(f"growth.{key}"), bold=True, size=SMALL + 0.4)
        _axes(canvas, reading, across, up)
        _lines(canvas, reading, rows, key, (across, up))
    _key(canvas, reading)
    return _figure(reading, rows, canvas.svg())


def _powers(values: Sequence[float | None], start: float, end: float) -> Axis:
    logs = [log10(one) for one in values if one is not None and one > 0]
    return Axis(floor(min(logs)), ceil(max(logs)), start, end)


def _axes(canvas: Canvas, reading: Reading, across: Axis, up: Axis) -> None:
    bottom = up.left
    canvas.path([across.left, across.right], [bottom, bottom], "soft", width=0.7)
    for power in range(int(across.low), int(across.high) + 1):
        x = across.at(power)
        canvas.path([x, x], [bottom, bottom + 0.045], "soft", width=0.7)
        label = _short(reading, power)
        canvas.text(
            canvas.inside(x, label), bottom + 0.15, label, "soft", size=SMALL, align="center"
        )
    middle = (across.left + across.right) / 2
    text = reading.words("growth.rows")
    canvas.text(middle, bottom + 0.34, text, "soft", size=SMALL, align="center")
    for power in range(int(up.low), int(up.high) + 1):
        y = up.at(power)
        canvas.path([across.left, across.right], [y, y], "rule", width=0.6, order=0.6)
        label = reading.number(10.0**power, max(-power, 0))
        canvas.text(across.left - 0.07, y, label, "soft", size=SMALL, align="right")


def _short(reading: Reading, power: int) -> str:
    for size, key in ((6, "growth.million"), (3, "growth.thousand")):
        if power >= size:
            return reading.words(key, n=reading.number(10.0 ** (power - size)))
    return reading.number(10.0**power)


def _lines(
    canvas: Canvas, reading: Reading, rows: Sequence[Row], key: str, axes: tuple[Axis, Axis]
) -> None:
    across, up = axes
    for tool, role, shape in _LINES:
        points = sorted(
            (n, y)
            for row in rows
            if row.get("tool") == tool
            and (n := value(row.get("rows"))) is not None
            and (y := value(row.get(key))) is not None
        )
        if not points:
            continue
        xs = [across.at(log10(n)) for n, _ in points]
        ys = [up.at(log10(y)) for _, y in points]
        canvas.path(xs, ys, role, width=1.6)
        canvas.marks(xs, ys, role, shape=shape, size=5.5)


def _key(canvas: Canvas, reading: Reading) -> None:
    x = 0.08
    for tool, role, shape in _LINES:
        canvas.marks([x], [0.12], role, shape=shape, size=5.5)
        text = reading.words(f"speed.{tool}")
        canvas.text(x + 0.14, 0.12, text, as_text(role), size=SMALL, bold=tool == "ours")
        x += 1.0


def _figure(reading: Reading, rows: Sequence[Row], svg: str) -> Figure:
    w = reading.words
    ours = sorted(
        (n, whole, peak)
        for row in rows
        if row.get("tool") == "ours"
        and (n := value(row.get("rows"))) is not None
        and (whole := value(row.get("whole"))) is not None
        and (peak := value(row.get("peak_mb"))) is not None
    )
    n, whole, peak = ours[-1]
    told = {
        "rows": reading.words("growth.million", n=reading.number(n / 1e6)),
        "seconds": reading.number(whole, 1),
        "memory": reading.number(max(one[2] for one in ours) / 1000, 2),
        "peak": reading.number(peak / 1000, 2),
    }
    return Figure(
        svg=svg,
        title=w("growth.title", **told),
        subtitle=w("growth.sub"),
        alt=w("growth.alt", **told),
        header=(w("col.run"), w("growth.whole"), w("growth.peak_mb")),
        rows=tuple(
            (
                str(row.get("run")),
                reading.number(value(row.get("whole")) or 0.0, 2),
                reading.number(value(row.get("peak_mb")) or 0.0),
            )
            for row in rows
        ),
        note=reading.note(w("growth.note")),
    )
