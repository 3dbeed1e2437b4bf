"""A plain plot: an upright scale at the left, one across at the foot, and labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis, ticks
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas
from evaluate.book.figures.frame.reading import Reading
from evaluate.book.figures.frame.titled import whole
from evaluate.book.numbers import number


@dataclass(frozen=True, slots=True)
class Plot:
    """Where values stand.

    Attributes
    ----------
    across, up : Axis
        Values to inches; the second from the top of the sheet.
    """

    across: Axis
    up: Axis

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point stands."""
        return self.across.at(x), self.up.at(y)


def numbers_of(reading: Reading, kind: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return heading and rows of a table without its keys, whose other columns say the same."""
    table = reading.table(kind)
    header, cells = whole(reading, kind)
    if table is None or table.columns[0].name != "key":
        return header, cells
    return header[1:], tuple(row[1:] for row in cells)


def measure_of(reading: Reading, *, share: bool) -> Measure:
    """Return how plain values, or shares in per cent, are written."""
    return Measure(100.0 if share else 1.0, 0, "", reading.language)


def upright_labels(scale: Axis, how: Measure, most: int = 6) -> list[tuple[float, str]]:
    """Return at most so many round values of an upright scale with their labels."""
    found = ticks(scale.low * how.factor, scale.high * how.factor, most)
    step = found[1] - found[0] if len(found) > 1 else (found or [0.0])[0]
    digits = 0 if step == 0 else max(0, -floor(log10(abs(step)) + 1e-9))
    return [
        (one / how.factor, number(one, how.language, digits=digits if one else 0)) for one in found
    ]


def draw_scales(
    canvas: Canvas, plot: Plot, hows: tuple[Measure, Measure], names: tuple[str, str]
) -> None:
    """Draw both scales: across 0.45 inches deep below, upright with its name above it.

    Parameters
    ----------
    canvas : Canvas
        Sheet.
    plot : Plot
        Where values stand.
    hows : tuple of Measure
        How values across and upright are written.
    names : tuple of str
        What stands across and upright.
    """
    across, up = plot.across, plot.up
    for value, label in upright_labels(up, hows[1]):
        y = up.at(value)
        canvas.path([across.left, across.right], [y, y], "rule", width=0.6, order=0.4)
        canvas.text(across.left - 0.06, y, label, "soft", size=SMALL, align="right")
    draw_axis(canvas, across, up.left, hows[0], sign=False)
    foot = up.left + 0.33
    canvas.text(across.right, foot, names[0], "soft", size=SMALL, align="right")
    canvas.text(0, up.right - 0.2, names[1], "soft", size=SMALL)


def spread_out(places: Sequence[float], low: float, high: float, gap: float = LINE) -> list[float]:
    """Return places for labels, as near to their own as keeps them apart.

    Parameters
    ----------
    places : sequence of float
        Wanted, in inches.
    low, high : float
        Within these, if they have room.
    gap : float
        Least distance.
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    found = list(places)
    last = low - gap
    for i in order:
        found[i] = last = max(places[i], last + gap)
    ceiling = high
    for i in reversed(order):
        found[i] = ceiling = min(found[i], ceiling)
        ceiling -= gap
    return found
