"""How sure the value is: society's net present value over all draws, split at zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, axis, draw_axis, measure
from evaluate.book.figures.frame.canvas import NORMAL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.money import SOCIETY, Account, accounts, per, sums
from evaluate.book.figures.frame.reading import Figure, Reading, value

KIND = "distribution"
_TOP, _HIGH, _HALF = 0.66, 1.4, 0.5


@dataclass(frozen=True, slots=True)
class _Bin:
    low: float
    high: float
    share: float


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the histogram with how many of 100 draws lie on either side of zero."""
    bins = _read(reading)
    if not bins:
        return None
    society = next((one for one in accounts(reading) if one.payer == SOCIETY), None)
    ends = [x for one in bins for x in (one.low, one.high)]
    how = sums(reading, ends)
    gains = society.gains if society and society.gains is not None else _above(bins)
    even = _even(reading)
    lines = wrap(even, look.width, size=9, most=3) if even else ()
    canvas = Canvas(look, _TOP + _HIGH + 0.3 + 0.18 * len(lines), warning=reading.warning)
    scale = axis(ends, 0.05, look.width - 0.05, room=0.02)
    _bins(canvas, bins, scale)
    _sides(canvas, reading, scale.at(0), gains)
    if society is not None:
        _range(canvas, reading, society, scale, how)
    draw_axis(canvas, scale, _TOP + _HIGH, how)
    for i, line in enumerate(lines):
        canvas.text(0, _TOP + _HIGH + 0.4 + 0.18 * i, line, "soft", size=9)
    return _figure(reading, bins, how, gains, canvas.svg())


def _read(reading: Reading) -> list[_Bin]:
    bins = []
    for row in reading.rows("distribution"):
        low, high, share = (value(row.get(one)) for one in ("low", "high", "share"))
        if low is not None and high is not None and share is not None:
            bins.append(_Bin(low, high, share))
    return bins


def _above(bins: Sequence[_Bin]) -> float:
    total = sum(one.share for one in bins) or 1.0
    return sum(one.share for one in bins if one.low + one.high > 0) / total


def _bins(canvas: Canvas, bins: Sequence[_Bin], scale: Axis) -> None:
    most = max(one.share for one in bins) or 1.0
    for one in bins:
        gap = 0.12 * (scale.at(one.high) - scale.at(one.low))
        high = _HIGH * one.share / most
        role = "programme" if one.low + one.high > 0 else "comparison"
        left = scale.at(one.low) + gap / 2
        width = scale.at(one.high) - scale.at(one.low) - gap
        canvas.box(left, _TOP + _HIGH - high, width, high, role)
    zero = scale.at(0)
    canvas.path([zero, zero], [_TOP - 0.24, _TOP + _HIGH], "ink", width=0.9)


def _of_hundred(reading: Reading, share: float) -> str:
    """Return how many of 100; never 0 or 100 unless no draw lies on the other side."""
    if 0 < share < _HALF / 100:
        return reading.words("draws.under")
    if 1 - _HALF / 100 < share < 1:
        return reading.words("draws.over")
    return reading.number(100 * share)


def _sides(canvas: Canvas, reading: Reading, zero: float, gains: float) -> None:
    """Write both shares beside the line of zero, without leaving the sheet or meeting."""
    w, y = reading.words, _TOP - 0.15
    lose = w("draws.label_lose", n=_of_hundred(reading, 1 - gains))
    gain = w("draws.label_gain", n=_of_hundred(reading, gains))
    a, b = width_of(lose, NORMAL, True), width_of(gain, NORMAL, True)
    if zero - 0.08 - a >= 0 and zero + 0.08 + b <= canvas.width:
        canvas.text(zero - 0.08, y, lose, "comparison_text", bold=True, align="right")
        canvas.text(zero + 0.08, y, gain, "programme", bold=True)
    elif zero - 0.08 - a < 0:  # both to the right of zero, the nearer first
        canvas.text(zero + 0.08, y, lose, "comparison_text", bold=True)
        canvas.text(canvas.width, y, gain, "programme", bold=True, align="right")
    else:
        canvas.text(0, y, lose, "comparison_text", bold=True)
        canvas.text(zero - 0.08, y, gain, "programme", bold=True, align="right")


def _range(canvas: Canvas, reading: Reading, one: Account, scale: Axis, how: Measure) -> None:
    """Draw the interval above the bars, with its numbers."""
    text, y = how.text(one.net, sign=True), 0.28
    if one.low is not None and one.high is not None:
        low, high = (how.text(x, sign=True) for x in (one.low, one.high))
        text += f" ({reading.words('interval', low=low, high=high)})"
        ends = [min(max(scale.at(x), 0.02), canvas.width - 0.02) for x in (one.low, one.high)]
        canvas.path(ends, [y, y], "ink", width=1.6)
    x = scale.at(min(max(one.net, scale.low), scale.high))
    canvas.marks([x], [y], "ink", shape="D", size=6)
    middle = canvas.inside(x, text, bold=True)
    canvas.text(middle, 0.1, text, bold=True, align="center")


def _even(reading: Reading) -> str:
    """Return at which effect society breaks even, beside the estimate."""
    economics = reading.study.get("economics", {})
    first = next(iter(economics.get("effects", {}).values()), economics)
    rows = [one for one in reading.headlines() if one.analysis == first.get("analysis")]
    found = [
        value(row.get("effect"))
        for row in reading.rows("break_even")
        if row.get("payer") == SOCIETY
    ]
    if not rows or not found or found[0] is None:
        return ""
    how = measure([found[0], rows[0].estimate], rows[0].unit, reading)
    effect, estimate = how.full(found[0], sign=True), how.text(rows[0].estimate, sign=True)
    return reading.words("draws.even", effect=effect, estimate=estimate)


def _figure(reading: Reading, bins: Sequence[_Bin], how: Measure, gains: float, svg: str) -> Figure:
    w = reading.words
    gain, lose = _of_hundred(reading, gains), _of_hundred(reading, 1 - gains)
    title = w("draws.gain", n=gain) if gains >= _HALF else w("draws.lose", n=lose)
    rows = [
        (how.text(x.low, sign=True), how.text(x.high, sign=True), reading.percent(x.share, 1))
        for x in bins
    ]
    return Figure(
        svg=svg,
        title=title,
        subtitle=w("draws.sub", per=per(reading, how)),
        alt=w("draws.alt", gain=gain, lose=lose),
        header=tuple(w(f"col.{one}") for one in ("from", "to", "share")),
        rows=tuple(rows),
        note=reading.note(w("draws.note"), _even(reading)),
    )
