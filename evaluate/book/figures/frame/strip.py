"""An effect on a line: its interval, zero, and the smallest effect worth having."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis, Measure, axis, draw_axis, measure
from evaluate.book.figures.frame.canvas import SMALL, Canvas, width_of
from evaluate.book.figures.frame.reading import Reading
from evaluate.core import Estimate, Word

_COLOURS = {"shown benefit": "programme", "shown": "programme", "shown harm": "comparison"}
_BAND = 0.13  # inches of the grey area on either side of a row


def colour(word: Word | str) -> str:
    """Return the role of a result's colour: neutral unless something was shown."""
    return _COLOURS.get(word, "neutral")


def limits(row: Estimate, worthwhile: float | None = None) -> list[float]:
    """Return the values that an effect's axis must show."""
    size = [] if worthwhile is None else [worthwhile, -worthwhile]
    return [row.estimate, row.conf_low, row.conf_high, *size]


def effect_measure(reading: Reading, row: Estimate) -> Measure:
    """Return how an effect is written, on its own."""
    return measure([row.estimate, row.conf_low, row.conf_high], row.unit, reading)


def band(canvas: Canvas, scale: Axis, worthwhile: float | None, top: float, bottom: float) -> None:
    """Draw what lies between zero and the smallest effect worth having, and both lines.

    Parameters
    ----------
    canvas : Canvas
        Sheet.
    scale : Axis
        Where values stand.
    worthwhile : float or None
        With the sign of the desired direction.
    top, bottom : float
        Inches.
    """
    zero = scale.at(0.0)
    if worthwhile is not None:
        left, right = sorted((scale.at(worthwhile), scale.at(-worthwhile)))
        canvas.box(left, top, right - left, bottom - top, "wash")
        x = scale.at(worthwhile)
        canvas.path([x, x], [top, bottom], "neutral", width=0.9, dash=(2.5, 2))
    canvas.path([zero, zero], [top, bottom], "ink", width=0.9)


def interval(
    canvas: Canvas, scale: Axis, row: Estimate, y: float, role: str, *, hollow: bool = False
) -> None:
    """Draw an estimate and its interval on a row.

    Parameters
    ----------
    canvas : Canvas
        Sheet.
    scale : Axis
        Where values stand.
    row : Estimate
        In the unit of the scale.
    y : float
        Inches.
    role : str
        Colour.
    hollow : bool
        Whether it stands beside the main answer.
    """
    ends = [scale.at(row.conf_low), scale.at(row.conf_high)]
    canvas.path(ends, [y, y], role, width=1.3 if hollow else 2.2)
    shape, size = ("o", 5.0) if hollow else ("D", 7.0)
    fill = "page" if hollow else role
    canvas.marks([scale.at(row.estimate)], [y], role, shape=shape, size=size, fill=fill, edge=1.2)


def strip(
    canvas: Canvas, reading: Reading, row: Estimate, left: float, top: float, right: float
) -> None:
    """Draw one effect with its axis, 0.72 inches deep; what is worth having is named above.

    Parameters
    ----------
    canvas : Canvas
        Sheet.
    reading : Reading
        Finding and language.
    row : Estimate
        The effect.
    left, top, right : float
        Inches.
    """
    size = reading.worthwhile(row.outcome)
    scale = axis(limits(row, size), left, right)
    if size is not None:
        name_worthwhile(canvas, reading, scale, size, top + 0.08)
    bare(canvas, reading, row, scale, top + 0.18)


def name_worthwhile(canvas: Canvas, reading: Reading, scale: Axis, size: float, y: float) -> None:
    """Write what the dashed line means above it, inside the axis where it fits."""
    label = reading.words("worthwhile")
    half = width_of(label, SMALL) / 2
    x = max(scale.left + half, min(scale.right - half, scale.at(size)))
    canvas.text(canvas.inside(x, label, size=SMALL), y, label, "soft", size=SMALL, align="center")


def bare(canvas: Canvas, reading: Reading, row: Estimate, scale: Axis, top: float) -> None:
    """Draw band, interval and axis, 0.54 inches deep."""
    middle = top + _BAND
    band(canvas, scale, reading.worthwhile(row.outcome), top, top + 2 * _BAND)
    interval(canvas, scale, row, middle, colour(reading.word(row.outcome)))
    draw_axis(canvas, scale, top + 2 * _BAND, effect_measure(reading, row))


def range_text(reading: Reading, how: Measure, row: Estimate) -> str:
    """Return an interval in words, such as ``475 to 3113``."""
    low, high = (how.text(one, sign=True) for one in (row.conf_low, row.conf_high))
    return reading.words("interval", low=low, high=high)


def level(reading: Reading, rows: Sequence[Estimate]) -> str:
    """Return the name of the rows' intervals, such as ``95% interval``."""
    share = rows[0].conf_level if rows else 0.95
    digits = 0 if math.isclose(100 * share, round(100 * share)) else 1
    return reading.words("level", level=reading.percent(share, digits))
