"""Both groups' own means by time since the start: what an event study is made from."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.over_time import (
    cell,
    draw_times,
    draw_upright,
    levels,
    room,
    span,
)
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import Reading, Row, numbers

FOOT = 0.46  # inches of the scale under a drawing
BELOW = 0.78 + 1.5 + FOOT  # inches of the panel where it stands under the effects
_MARKS = 6  # marks on a line, about
DASH = (2.5, 2.0)
_GROUPS = (("treated", "programme", "o"), ("comparison", "comparison", "s"))


def in_time(rows: Sequence[Row], name: str) -> list[Row]:
    """Return the rows that have a number, in order of time since the start."""
    known = [
        one for one in rows if cell(one, "event_time") is not None and cell(one, name) is not None
    ]
    return sorted(known, key=time_of)


def time_of(row: Row) -> int:
    """Return a row's periods since the start."""
    return round(cell(row, "event_time") or 0.0)


def times_axis(rows: Sequence[Row], left: float, right: float) -> Axis:
    """Return the scale of periods since the start; one period alone stands in the middle."""
    first, last = time_of(rows[0]), time_of(rows[-1])
    if first == last:
        first, last = first - 1, last + 1
    return Axis(first, last, left, right)


def start_of(rows: Sequence[Row]) -> float | None:
    """Return where the start lies: half-way from the last period before to the first after."""
    before = [time_of(one) for one in rows if time_of(one) < 0]
    after = [time_of(one) for one in rows if time_of(one) >= 0]
    return (before[-1] + after[0]) / 2 if before and after else None


def draw_paths(
    canvas: Canvas,
    reading: Reading,
    rows: Sequence[Row],
    unit: str,
    place: tuple[float, float, float],
) -> None:
    """Draw both groups' means.

    Parameters
    ----------
    canvas : Canvas
        Sheet.
    reading : Reading
        Its language.
    rows : sequence of mapping
        Of the kind ``paths``, in order.
    unit : str
        Unit of the outcome.
    place : tuple of float
        Left edge, upper edge and depth in inches; the panel reaches to the sheet's right edge.
    """
    left, top, deep = place
    values = numbers(rows, "treated", "comparison")
    how = levels(values, unit, reading)
    low, high = span(values, zero=False)
    title = reading.words("event.paths", unit=how.unit) if how.unit else reading.words("event.own")
    y = top + 0.1
    for line in wrap(title, canvas.width - left - 0.06, size=SMALL, most=2):
        canvas.text(left, y, line, "soft", size=SMALL)
        y += LINE
    y = _names(canvas, reading, rows, (left, y + 0.04))
    edge = left + room(low, high, how, sign=False)
    bottom = top + deep - FOOT
    up = Axis(low, high, bottom, y + 0.06)
    across = times_axis(rows, edge + 0.1, canvas.width - 0.12)
    draw_upright(canvas, up, (edge, canvas.width - 0.02), how, sign=False)
    start = start_of(rows)
    if start is not None:
        x = across.at(start)
        canvas.path([x, x], [up.right, up.left], "soft", width=0.9, dash=DASH, order=1.5)
    for name, role, shape in reversed(_GROUPS):
        known = [one for one in rows if cell(one, name) is not None]
        xs = [across.at(time_of(one)) for one in known]
        ys = [up.at(cell(one, name) or 0.0) for one in known]
        canvas.path(xs, ys, role, width=1.5, dash=None if name == "treated" else (4, 1.5))
        few = max(1, -(-len(known) // _MARKS))
        canvas.marks(xs[::-few], ys[::-few], role, shape=shape, size=4.5)
    draw_times(canvas, across, [time_of(one) for one in rows], up.left)


def _names(
    canvas: Canvas, reading: Reading, rows: Sequence[Row], place: tuple[float, float]
) -> float:
    left, y = place
    for name, role, shape in _GROUPS:
        if numbers(rows, name):
            canvas.marks([left + 0.06], [y], role, shape=shape, size=5.0)
            text = reading.words(f"arm.{name}")
            canvas.text(left + 0.17, y, text, as_text(role), size=SMALL, bold=True)
            y += 0.19
    return y
