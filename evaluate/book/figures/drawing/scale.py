"""From values to inches, and values as text on a figure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from evaluate.book.figures.drawing.canvas import Canvas, width_of
from evaluate.book.figures.drawing.words import word
from evaluate.book.numbers import TIE, number, percent

_AXIS = 9.0  # points
_MILLION, _MILLIARD = 1e6, 1e9


@dataclass(frozen=True, slots=True)
class Amounts:
    """How the values of one figure are written: all with the same decimals and divisor.

    Attributes
    ----------
    language : str
        Of the page.
    factor : float
        What a value is multiplied by before it is written.
    digits : int
        Decimals.
    unit : str
        What the written numbers are in.
    """

    language: str
    factor: float
    digits: int
    unit: str

    def text(self, value: float, *, sign: bool = False) -> str:
        """Return a value as readers write it, without its unit."""
        return number(value * self.factor, self.language, digits=self.digits, sign=sign)

    def full(self, value: float, *, sign: bool = False) -> str:
        """Return a value with its unit."""
        return f"{self.text(value, sign=sign)}{TIE}{self.unit}"

    def between(self, low: float, high: float, *, sign: bool = True) -> str:
        """Return an interval, such as ``−2 to +7``."""
        to = word("to", self.language)
        return f"{self.text(low, sign=sign)}{TIE}{to}{TIE}{self.text(high, sign=sign)}"


def amounts(values: Iterable[float], unit: str, language: str) -> Amounts:
    """Choose divisor and decimals for values that are read against each other.

    Parameters
    ----------
    values : iterable of float
        In ``unit``.
    unit : str
        Unit of the outcome; ``"share"`` is written in percentage points.
    language : str
        Of the page.
    """
    largest = max((abs(value) for value in values), default=0.0)
    if unit == "share":
        digits = max(1, _digits(100 * largest) - 1)
        return Amounts(language, 100.0, digits, word("points", language))
    for size, key in ((_MILLIARD, "milliard"), (_MILLION, "million")):
        if largest >= size:
            written = f"{word(key, language)}{TIE}{unit}" if unit else word(key, language)
            return Amounts(language, 1 / size, _digits(largest / size), written)
    return Amounts(language, 1.0, _digits(largest), unit)


def _digits(largest: float) -> int:
    if largest == 0:
        return 0
    return min(12, max(0, 2 - math.floor(math.log10(largest)))) if largest < 100 else 0  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight axis from ``low`` at ``left`` to ``high`` at ``right`` (inches)."""

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        """Return where a value lies, in inches."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)

    def ticks(self, count: int) -> list[float]:
        """Return about ``count`` round values on the axis."""
        rough = (self.high - self.low) / max(count, 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(one for one in (1, 2, 5, 10) if one * power >= rough * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [i * step for i in range(first, last + 1)]


def spanning(values: Iterable[float], left: float, right: float, margin: float = 0.06) -> Scale:
    """Return a scale that holds all values and 0, with a margin on both sides."""
    held = [0.0, *values]
    low, high = min(held), max(held)
    room = (high - low or 1.0) * margin
    return Scale(low - room, high + room, left, right)


def axis(
    canvas: Canvas, scale: Scale, y: float, shown: Amounts, *, sign: bool = True, count: int = 5
) -> None:
    """Draw an axis with as many tick labels as fit; 0 is among them when it is on the scale."""
    canvas.line([scale.left, scale.right], [y, y], "soft", width=0.7)
    for value, label in _labelled(canvas.width, scale, shown, sign=sign, count=count):
        x = scale(value)
        canvas.line([x, x], [y, y + 0.04], "soft", width=0.7)
        canvas.text(x, y + 0.15, label, "soft", size=_AXIS, align="center")


def _labelled(
    width: float, scale: Scale, shown: Amounts, *, sign: bool, count: int
) -> list[tuple[float, str]]:
    for wanted in range(count, 0, -1):
        values = scale.ticks(wanted)
        step = (values[1] - values[0] if len(values) > 1 else scale.high - scale.low) * shown.factor
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        labels = [
            number(v * shown.factor, shown.language, digits=digits, sign=sign) for v in values
        ]
        found = [
            (v, one) for v, one in zip(values, labels, strict=True) if _inside(v, one, scale, width)
        ]
        if not _crowded(found, scale):
            return found
    return [(0.0, "0")] if scale.low <= 0 <= scale.high else []


def _inside(value: float, label: str, scale: Scale, width: float) -> bool:
    half = width_of(label, _AXIS) / 2
    return half <= scale(value) <= width - half


def _crowded(found: list[tuple[float, str]], scale: Scale) -> bool:
    ends = [(scale(v), width_of(label, _AXIS) / 2) for v, label in found]
    return any(
        b - a < one + other + 0.1 for (a, one), (b, other) in zip(ends, ends[1:], strict=False)
    )


def level(value: float, unit: str, shown: Amounts) -> str:
    """Return a mean: a share as per cent, anything else as ``shown`` writes it."""
    if unit == "share":
        return percent(value, shown.language)
    return shown.text(value)
