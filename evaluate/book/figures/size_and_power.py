"""False alarms by number of schools: what is promised, what others give, what we give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, draw_axis, measure
from evaluate.book.figures.frame.canvas import SMALL, Canvas
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value

KIND = "size_and_power"
OUTCOMES = ("normal", "skewed", "binary")
LEVEL = 0.05
_MARKS = (("cr1", "comparison", "s"), ("cr2", "neutral", "D"), ("headline", "programme", "o"))
_STEP, _HEAD, _FOOT, _NAMES = 0.215, 0.5, 0.42, 1.95


@dataclass(frozen=True, slots=True)
class _Panel:
    outcome: str
    rows: Sequence[Row]
    scale: Axis
    top: float

    @property
    def bottom(self) -> float:
        """Return where its axis stands."""
        return self.top + _STEP * len(self.rows)


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the share of false alarms in each cell, a panel for each outcome."""
    rows = reading.rows(KIND)
    if not rows:
        return None
    each = [[row for row in rows if row.get("outcome") == one] for one in OUTCOMES]
    deep = _HEAD + _STEP * max(map(len, each)) + _FOOT
    high = 0.26 + deep * (len(OUTCOMES) if look.narrow else 1)
    canvas = Canvas(look, high, warning=reading.warning)
    most = max(LEVEL * 2, *(value(row.get(key)) or 0.0 for row in rows for key, _, _ in _MARKS))
    wide = (look.width - _NAMES - 0.1) / (1 if look.narrow else len(OUTCOMES))
    for i, (outcome, cells) in enumerate(zip(OUTCOMES, each, strict=True)):
        left = _NAMES + (0.0 if look.narrow else i * wide)
        scale = Axis(0.0, most * 1.04, left, left + wide - 0.18)
        top = 0.26 + _HEAD + (i * deep if look.narrow else 0.0)
        _panel(canvas, reading, _Panel(outcome, cells, scale, top), named=look.narrow or i == 0)
    _key(canvas, reading)
    return _figure(reading, rows, canvas.svg())


def _key(canvas: Canvas, reading: Reading) -> None:
    x = 0.08
    for key, role, shape in _MARKS:
        canvas.marks([x], [0.12], role, shape=shape, size=5.5, fill=_fill(key))
        text = reading.words(f"size_and_power.{key}")
        canvas.text(x + 0.12, 0.12, text, size=SMALL)
        x += 0.95 if canvas.look.narrow else 1.9


def _fill(key: str) -> str | None:
    return None if key == "headline" else "page"


def _panel(canvas: Canvas, reading: Reading, panel: _Panel, *, named: bool) -> None:
    w, scale = reading.words, panel.scale
    title = w(f"size_and_power.{panel.outcome}")
    canvas.text(scale.left, panel.top - 0.24, title, bold=True, size=SMALL + 0.4)
    x = scale.at(LEVEL)
    canvas.path([x, x], [panel.top - 0.06, panel.bottom], "ink", width=0.8)
    for i, row in enumerate(panel.rows):
        y = panel.top + _STEP * (i + 0.5)
        if named:
            name = str(row.get("cell")).rsplit(", ", 1)[0]
            canvas.text(0, y, name, size=SMALL)
        low, high = value(row.get("band_low")), value(row.get("band_high"))
        if low is not None and high is not None:
            left = scale.at(low)
            canvas.box(left, y - 0.075, scale.at(high) - left, 0.15, "band")
        for key, role, shape in _MARKS:
            share = value(row.get(key))
            if share is not None:
                canvas.marks([scale.at(share)], [y], role, shape=shape, size=5, fill=_fill(key))
    draw_axis(canvas, scale, panel.bottom, measure([scale.high], "share", reading), sign=False)


def _figure(reading: Reading, rows: Sequence[Row], svg: str) -> Figure:
    w = reading.words
    worst = {key: max(value(row.get(key)) or 0.0 for row in rows) for key, _, _ in _MARKS}
    told = {key: reading.percent(share, 1) for key, share in worst.items()}
    columns = ("cr1", "cr2", "headline", "power_cr2", "power")
    return Figure(
        svg=svg,
        title=w("size_and_power.title", cr1=told["cr1"], headline=told["headline"]),
        subtitle=w("size_and_power.sub"),
        alt=w("size_and_power.alt", n=len(rows), **told),
        header=(w("col.cell"), *(w(f"size_and_power.{one}") for one in columns)),
        rows=tuple(
            (str(row.get("cell")), *(_share(reading, row.get(one)) for one in columns))
            for row in rows
        ),
        note=reading.note(w("size_and_power.note")),
    )


def _share(reading: Reading, cell: object) -> str:
    share = value(cell) if isinstance(cell, float) else None
    return reading.words("absent") if share is None else reading.percent(share, 1)
