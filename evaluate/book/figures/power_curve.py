"""Power as one assumption changes: a panel for each, with Monte Carlo bands and the 80 % line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis, measure
from evaluate.book.figures.frame.canvas import SMALL, Canvas, width_of
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.planned import assumed, here, leading, rows_of
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers, value

KIND = "power_curve"
AXES = ("clusters", "people", "cluster_size", "icc", "effect")
_GOAL = 0.8
_TOP, _HIGH, _FOOT, _LEFT, _BETWEEN = 0.42, 1.35, 0.36, 0.46, 0.34


@dataclass(frozen=True, slots=True)
class _Curve:
    """One assumption: its rows in order, and how its values are written."""

    axis: str
    rows: Sequence[Row]
    how: Measure
    here: float | None


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the power of the leading outcome along each assumption that was changed."""
    outcome = leading(reading, KIND)
    curves = [] if outcome is None else _curves(reading, outcome)
    if outcome is None or not curves:
        return None
    across = 1 if look.narrow or len(curves) == 1 else 2
    lines = -(-len(curves) // across)
    deep = _TOP + _HIGH + _FOOT
    canvas = Canvas(look, lines * deep + 0.06 * (lines - 1), warning=reading.warning)
    wide = (look.width - _BETWEEN * (across - 1)) / across
    for i, curve in enumerate(curves):
        left, top = (i % across) * (wide + _BETWEEN), (i // across) * (deep + 0.06)
        _panel(canvas, reading, curve, (left, top, wide if across > 1 else min(wide, 4.4)))
    return _figure(reading, outcome, curves, canvas.svg())


def _curves(reading: Reading, outcome: str) -> list[_Curve]:
    unit = str(reading.outcome(outcome).get("unit", ""))
    found = []
    for axis in AXES:
        rows = [
            row
            for row in rows_of(reading, KIND)
            if (row.get("outcome"), row.get("axis")) == (outcome, axis)
            and value(row.get("value")) is not None
            and value(row.get("power")) is not None
        ]
        rows.sort(key=lambda row: value(row.get("value")) or 0.0)
        if len(rows) > 1:
            at = here(reading, outcome, axis)
            values = [*numbers(rows, "value"), *([] if at is None else [at])]
            found.append(_Curve(axis, rows, _measure(reading, axis, values, unit), at))
    return found


def _measure(reading: Reading, axis: str, values: Sequence[float], unit: str) -> Measure:
    if axis == "effect":
        return measure(values, unit, reading)
    whole = all(float(one).is_integer() for one in values)
    digits = 0 if whole else 2 if axis == "icc" else 1
    return Measure(1.0, digits, "", reading.language)


def _panel(
    canvas: Canvas, reading: Reading, curve: _Curve, place: tuple[float, float, float]
) -> None:
    left, top, wide = place
    w = reading.words
    values = numbers(curve.rows, "value")
    ends = [*values, *([] if curve.here is None else [curve.here])]
    across = Axis(min(ends), max(ends), left + _LEFT, left + wide - 0.16)
    up = Axis(0.0, 1.0, top + _TOP + _HIGH, top + _TOP)
    unit = f", {curve.how.unit}" if curve.how.unit else ""
    canvas.text(left, top + 0.1, f"{w(f'power_curve.{curve.axis}')}{unit}", bold=True)
    for share in (0.0, 0.5, _GOAL, 1.0):
        y, goal = up.at(share), share == _GOAL
        role, dash = ("soft", (4.0, 2.0)) if goal else ("rule", None)
        ends_ = [across.left, left + wide]
        canvas.path(ends_, [y, y], role, width=1.0 if goal else 0.6, dash=dash, order=0.8)
        text = reading.percent(share)
        canvas.text(across.left - 0.06, y, text, "soft", size=SMALL, align="right")
    _line(canvas, curve, across, up)
    if curve.here is not None:
        _standing(canvas, reading, curve, across, up)
    draw_axis(canvas, across, up.left, curve.how, sign=curve.axis == "effect")


def _line(canvas: Canvas, curve: _Curve, across: Axis, up: Axis) -> None:
    points = [(across.at(value(row.get("value")) or 0.0), row) for row in curve.rows]
    bands = [
        (x, up.at(low), up.at(high))
        for x, row in points
        if (low := value(row.get("power_low"))) is not None
        and (high := value(row.get("power_high"))) is not None
    ]
    if len(bands) > 1:
        xs = [one[0] for one in bands]
        lows, highs = [one[1] for one in bands], [one[2] for one in bands]
        canvas.area([*xs, *reversed(xs)], [*lows, *reversed(highs)], "band")
    ys = [up.at(value(row.get("power")) or 0.0) for _, row in points]
    canvas.path([x for x, _ in points], ys, "programme", width=1.8)
    canvas.marks([x for x, _ in points], ys, "programme", size=4.5)


def _standing(canvas: Canvas, reading: Reading, curve: _Curve, across: Axis, up: Axis) -> None:
    """Mark the study as planned: a line, a diamond where it meets the curve, and its value."""
    at = curve.here or 0.0
    x = across.at(at)
    canvas.path([x, x], [up.left, up.right - 0.06], "ink", width=0.9, order=1.5)
    power = _between(curve.rows, at)
    if power is not None:
        canvas.marks([x], [up.at(power)], "ink", shape="D", size=6.5)
    label = reading.words("power_curve.here", value=curve.how.text(at, sign=curve.axis == "effect"))
    half = width_of(label, SMALL) / 2
    middle = min(max(x, across.left + half), across.right + 0.16 - half)
    canvas.text(middle, up.right - 0.14, label, size=SMALL, align="center")


def _between(rows: Sequence[Row], at: float) -> float | None:
    """Return the power at a value between those simulated, by a straight line."""
    points = [(value(row.get("value")) or 0.0, value(row.get("power")) or 0.0) for row in rows]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= at <= x1 and x1 > x0:
            return y0 + (at - x0) / (x1 - x0) * (y1 - y0)
    return None


def _figure(reading: Reading, outcome: str, curves: Sequence[_Curve], svg: str) -> Figure:
    w = reading.words
    columns = ("axis", "at", "power", "band", "mde")
    return Figure(
        svg=svg,
        title=_title(reading, outcome),
        subtitle=w("power_curve.sub", outcome=reading.title(outcome)),
        alt=w("power_curve.alt", all="; ".join(_seen(reading, one) for one in curves)),
        header=tuple(w(f"col.{one}") for one in columns),
        rows=tuple(_cells(reading, outcome, one, row) for one in curves for row in one.rows),
        note=reading.note(w("power_curve.note")),
    )


def _title(reading: Reading, outcome: str) -> str:
    plan: Mapping[str, object] = assumed(reading, outcome)
    power, effect = value(plan.get("power")), value(plan.get("effect"))
    if power is None or effect is None:
        return reading.words("power_curve.title_bare")
    how = measure([effect], str(reading.outcome(outcome).get("unit", "")), reading)
    told = {"power": reading.percent(power), "effect": how.full(effect, sign=True)}
    return reading.words("power_curve.title", **told)


def _seen(reading: Reading, curve: _Curve) -> str:
    first, last = curve.rows[0], curve.rows[-1]
    return reading.words(
        "power_curve.alt_one",
        axis=reading.words(f"power_curve.{curve.axis}").lower(),
        low=curve.how.text(value(first.get("value")) or 0.0),
        high=curve.how.full(value(last.get("value")) or 0.0),
        from_=reading.percent(value(first.get("power")) or 0.0),
        to=reading.percent(value(last.get("power")) or 0.0),
    )


def _cells(reading: Reading, outcome: str, curve: _Curve, row: Row) -> tuple[str, ...]:
    w = reading.words
    low, high, mde = (value(row.get(one)) for one in ("power_low", "power_high", "mde"))
    band = w("absent")
    if low is not None and high is not None:
        band = w("interval", low=reading.percent(low, 1), high=reading.percent(high, 1))
    size = w("absent")
    if mde is not None:
        size = measure([mde], str(reading.outcome(outcome).get("unit", "")), reading).full(mde)
    return (
        w(f"power_curve.{curve.axis}"),
        curve.how.full(value(row.get("value")) or 0.0),
        reading.percent(value(row.get("power")) or 0.0, 1),
        band,
        size,
    )
