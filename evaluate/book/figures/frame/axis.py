"""Values to places: scales, round ticks, and numbers that suit a whole figure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from evaluate.book.figures.frame.canvas import SMALL, Canvas, width_of
from evaluate.book.figures.frame.reading import Reading
from evaluate.book.numbers import number

_GAP = 0.1
_MILLION = 1e6
_MOST_DIGITS = 9
_WHOLE = 100  # from here numbers have no decimals


@dataclass(frozen=True, slots=True)
class Measure:
    """How all values of one figure are written.

    Attributes
    ----------
    factor : float
        What a value is multiplied with before it is written.
    digits : int
        Decimals.
    unit : str
        Unit in words, such as ``"million USD"``.
    language : str
        Of the numbers.
    """

    factor: float
    digits: int
    unit: str
    language: str

    def text(self, value: float, *, sign: bool = False) -> str:
        """Return a value without its unit."""
        return number(value * self.factor, self.language, digits=self.digits, sign=sign)

    def full(self, value: float, *, sign: bool = False) -> str:
        """Return a value with its unit."""
        return f"{self.text(value, sign=sign)} {self.unit}".strip()


def measure(values: Iterable[float], unit: str, reading: Reading) -> Measure:
    """Return how values of a unit are written: shares as points, great sums in millions.

    Parameters
    ----------
    values : iterable of float
        All that the figure writes, in ``unit``.
    unit : str
        Unit of the outcome, or a currency.
    reading : Reading
        Its language.
    """
    if unit == "share":
        return Measure(100.0, 1, reading.words("unit.points"), reading.language)
    size = max((abs(one) for one in values), default=0.0)
    factor, name = 1.0, unit
    for power, key in ((3, "unit.billion"), (2, "unit.million")):
        if size >= _MILLION * 1000 ** (power - 2):
            factor, name = 1000.0**-power, reading.words(key, unit=unit)
            break
    return Measure(factor, _digits(size * factor), name, reading.language)


def _digits(size: float) -> int:
    if size == 0 or size >= _WHOLE:
        return 0
    return min(_MOST_DIGITS, max(0, 2 - math.floor(math.log10(size))))


@dataclass(frozen=True, slots=True)
class Axis:
    """A straight scale from values to inches."""

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return where a value stands."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def axis(values: Iterable[float], left: float, right: float, *, room: float = 0.05) -> Axis:
    """Return a scale that shows all values and zero.

    Parameters
    ----------
    values : iterable of float
        What must be seen.
    left, right : float
        Inches.
    room : float
        Share of the range that is added on either side of it; zero stays an end where it is one.
    """
    seen = [0.0, *values]
    low, high = min(seen), max(seen)
    if high == low:
        low, high = -1.0, 1.0
    more = room * (high - low)
    return Axis(low - more, high + more, left, right)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return round values within a range, zero among them where it is in it.

    Examples
    --------
    >>> ticks(-310.0, 3100.0, 4)
    [0.0, 1000.0, 2000.0, 3000.0]
    """
    raw = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(one * power for one in (1, 2, 5, 10, 20) if one * power >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [one * step for one in range(first, last + 1)]


def tick_labels(
    canvas: Canvas, scale: Axis, how: Measure, *, sign: bool = True
) -> list[tuple[float, str]]:
    """Return as many round values as fit beside each other, with their labels.

    Parameters
    ----------
    canvas : Canvas
        Labels stay on it.
    scale : Axis
        Where values stand.
    how : Measure
        How values are written.
    sign : bool
        Whether positive values carry a plus.
    """
    for most in (6, 5, 4, 3, 2, 1):
        found = ticks(scale.low * how.factor, scale.high * how.factor, most)
        step = found[1] - found[0] if len(found) > 1 else (found or [0.0])[0]
        digits = 0 if step == 0 else max(0, -math.floor(math.log10(abs(step)) + 1e-9))
        labels = [
            (one / how.factor, number(one, how.language, digits=digits if one else 0, sign=sign))
            for one in found
        ]
        if labels and _fits(canvas, scale, labels):
            return labels
    return [(0.0, "0")] if scale.low <= 0 <= scale.high else []


def _fits(canvas: Canvas, scale: Axis, labels: list[tuple[float, str]]) -> bool:
    spots = [(scale.at(value), width_of(label, SMALL + 0.4)) for value, label in labels]
    on_sheet = all(x - w / 2 >= 0 and x + w / 2 <= canvas.width for x, w in spots)
    apart = (b[0] - b[1] / 2 - a[0] - a[1] / 2 for a, b in pairwise(spots))
    return on_sheet and all(gap >= _GAP for gap in apart)


def draw_axis(canvas: Canvas, scale: Axis, y: float, how: Measure, *, sign: bool = True) -> None:
    """Draw a line of ticks with labels under it; 0.26 inches deep.

    Parameters
    ----------
    canvas : Canvas
        Sheet.
    scale : Axis
        Where values stand.
    y : float
        Inches of the line.
    how : Measure
        How values are written.
    sign : bool
        Whether positive values carry a plus.
    """
    canvas.path([scale.left, scale.right], [y, y], "soft", width=0.7)
    for value, label in tick_labels(canvas, scale, how, sign=sign):
        x = scale.at(value)
        canvas.path([x, x], [y, y + 0.045], "soft", width=0.7)
        canvas.text(x, y + 0.15, label, "soft", size=SMALL + 0.4, align="center")
