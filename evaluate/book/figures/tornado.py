"""What the account turns on: society's net as one figure at a time goes from low to high."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluate.book.figures.frame.axis import Axis, Measure, axis, draw_axis, measure
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.money import SOCIETY, accounts, per, sums
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value

KIND = "tornado"
_BLOCKS = ("costs", "earnings", "benefits", "transfers")
_KINDS = ("causal", "displaced")
_MOST = 12
_NAMES, _BAR = 2.3, 0.17
_HEAD, _GAP = 0.42, 0.07  # inches above the first bar, and between rows
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class _Bar:
    """One figure: society's net where it is lowest and highest, and the figure's value there."""

    name: str
    unit: str
    low: float
    high: float
    ends: tuple[str, str]  # the figure's value at society's lowest and highest net
    turns: str  # the value at which society breaks even; empty where it does not within the bar


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a bar for each figure, the longest first; nothing without society's account."""
    base = next((one.net for one in accounts(reading) if one.payer == SOCIETY), None)
    every = sorted(reading.rows(KIND), key=lambda row: -(value(row.get("swing")) or 0.0))
    if base is None:
        return None
    bars = [bar for row in every if (bar := _read(reading, row, base)) is not None]
    if not bars:
        return None
    shown = bars[:_MOST]
    how = sums(reading, [base, *(x for one in shown for x in (one.low, one.high))])
    names = [_name(one, look) for one in shown]
    high = [_high(lines, look) for lines in names]
    canvas = Canvas(look, _HEAD + sum(high) + 0.3, warning=reading.warning)
    scale = _scale(shown, base, look)
    _lines(canvas, reading, scale, (base, how, _HEAD + sum(high)))
    y = _HEAD
    for one, lines, deep in zip(shown, names, high, strict=True):
        _draw(canvas, reading, one, (scale, base, y, deep), lines)
        y += deep
    draw_axis(canvas, scale, y, how)
    return _figure(reading, every, (bars, base, how), canvas.svg())


def _read(reading: Reading, row: Row, base: float) -> _Bar | None:
    nets = [value(row.get(one)) for one in ("net_low", "net_high")]
    values = [value(row.get(one)) for one in ("low_value", "high_value")]
    if nets[0] is None or nets[1] is None or values[0] is None or values[1] is None:
        return None
    turn, key = value(row.get("switching")), str(row.get("parameter"))
    written = _written(reading, row, [values[0], values[1], *([] if turn is None else [turn])])
    ends = [_text(reading, written, one) for one in (values[0], values[1])]
    low, high = min(nets[0], nets[1]), max(nets[0], nets[1])
    crosses = min(low, base) < 0 < max(high, base)
    return _Bar(
        name=_title(reading, key),
        unit=written.unit if written else "",
        low=low,
        high=high,
        ends=(ends[0], ends[1]) if nets[0] <= nets[1] else (ends[1], ends[0]),
        turns="" if turn is None or not crosses else _text(reading, written, turn),
    )


def _written(reading: Reading, row: Row, values: Sequence[float]) -> Measure | None:
    """Return how a figure's values are written; nothing for a share, which is per cent."""
    unit, key = str(row.get("unit") or ""), str(row.get("parameter"))
    if unit == "share" and key not in _effects(reading):
        return None
    return measure(values, unit, reading)


def _text(reading: Reading, written: Measure | None, one: float) -> str:
    if written is not None:
        return written.text(one)
    points = round(_HUNDRED * one, 6)
    return reading.percent(one, 0 if points == int(points) else 1 if abs(points) >= 1 else 2)


def _effects(reading: Reading) -> Mapping[str, Any]:
    """Return the effects that money follows, by key."""
    spec: Mapping[str, Any] = reading.study.get("economics", {})
    given: Mapping[str, Any] = spec.get("effects", {})
    return {spec["analysis"]: spec} if "analysis" in spec else given


def _title(reading: Reading, key: str) -> str:
    """Return what a figure is called: an item, its share, an effect, or the discount rate."""
    titles = _items(reading)
    if key in titles:
        return titles[key]
    first, _, kind = key.rpartition(" ")
    if kind in _KINDS and first in titles:
        return reading.words(f"tornado.{kind}", title=titles[first])
    if key in _effects(reading):
        analysis = _effects(reading)[key].get("analysis", key)
        rows = [one for one in reading.finding.estimates if one.analysis == analysis]
        effect = reading.title(rows[0].outcome if rows else key)
        return reading.words("tornado.effect", title=effect)
    return reading.words("tornado.schedule") if key == "schedule" else key.replace("_", " ")


def _items(reading: Reading) -> Mapping[str, str]:
    spec: Mapping[str, Any] = reading.study.get("economics", {})
    found = {
        str(one.get("item")): reading.text(one.get("title"), str(one.get("item")).replace("_", " "))
        for block in _BLOCKS
        for one in spec.get(block, ())
    }
    funds = spec.get("public_funds")
    if isinstance(funds, Mapping) and "title" in funds:
        found["marginal_cost_of_public_funds"] = reading.text(funds["title"])
    return found


def _name(one: _Bar, look: Look) -> tuple[str, ...]:
    return wrap(one.name, look.width if look.narrow else _NAMES, bold=bool(one.turns), most=2)


def _high(lines: Sequence[str], look: Look) -> float:
    """Return inches of a row: its name, its unit, and on a telephone its bar below them."""
    return LINE * (len(lines) + 1) + _GAP + (_BAR + 0.1 if look.narrow else 0.06)


def _scale(bars: Sequence[_Bar], base: float, look: Look) -> Axis:
    """Return a scale with room for what is written at both ends of every bar."""
    left, right = (0.0 if look.narrow else _NAMES + 0.12), look.width
    before, after = (max(width_of(one.ends[i], SMALL) for one in bars) + 0.09 for i in (0, 1))
    most = 0.3 * (right - left)
    values = [base, *(x for one in bars for x in (one.low, one.high))]
    return axis(values, left + min(before, most), right - min(after, most), room=0)


def _lines(
    canvas: Canvas, reading: Reading, scale: Axis, place: tuple[float, Measure, float]
) -> None:
    """Draw society's net as stated and zero, each named above the bars."""
    base, how, bottom = place
    for at, y, text, bold in (
        (base, 0.1, reading.words("tornado.base", net=how.text(base, sign=True)), True),
        (0.0, 0.28, reading.words("tornado.even"), False),
    ):
        x, size = scale.at(at), NORMAL if bold else SMALL
        role = "ink" if bold else "soft"
        # On a telephone names stand between the bars: there each bar has its own piece of line.
        end = y + 0.16 if canvas.look.narrow else bottom
        canvas.path([x, x], [y + 0.09, end], role, width=1.1, dash=None if bold else (2.5, 2))
        middle = canvas.inside(x, text, size=size, bold=bold)
        canvas.text(middle, y, text, role, size=size, bold=bold, align="center")


def _draw(
    canvas: Canvas,
    reading: Reading,
    one: _Bar,
    place: tuple[Axis, float, float, float],
    lines: Sequence[str],
) -> None:
    scale, base, top, high = place
    narrow, bold = canvas.look.narrow, bool(one.turns)
    below = [one.unit] if one.unit else []
    below += [reading.words("tornado.switch", value=one.turns)] if one.turns else []
    wide = canvas.width if narrow else _NAMES
    small = wrap(" · ".join(below), wide, size=SMALL, most=1)[0] if below else ""
    block = LINE * (len(lines) + bool(small))
    y = top + 0.08 if narrow else top + (high - block) / 2 + LINE / 2
    for i, line in enumerate(lines):
        canvas.text(0, y + LINE * i, line, bold=bold)
    if small:
        canvas.text(0, y + LINE * len(lines), small, "soft", size=SMALL)
    middle = top + block + 0.08 + _BAR / 2 if narrow else top + high / 2
    if narrow:
        for at, dash in ((base, None), (0.0, (2.5, 2.0))):
            role, ends = "soft" if dash else "ink", [middle - _BAR, middle + _BAR]
            canvas.path([scale.at(at)] * 2, ends, role, width=1.1, dash=dash)
    _bar(canvas, one, scale, base, middle)


def _bar(canvas: Canvas, one: _Bar, scale: Axis, base: float, y: float) -> None:
    """Draw the part below society's net as stated hatched, the rest plain, both ends named."""
    top = y - _BAR / 2
    for low, high, role in (
        (one.low, min(one.high, base), "comparison"),
        (max(one.low, base), one.high, "programme"),
    ):
        if high > low:
            left, right = scale.at(low), scale.at(high)
            canvas.box(left, top, right - left, _BAR, role, hatch=role == "comparison")
    before, after = (width_of(text, SMALL) + 0.1 for text in one.ends)
    left, right, line = scale.at(one.low), scale.at(one.high), scale.at(base)
    # What would be written on the line of the base stands beyond it.
    left = line if line < left < line + before else left
    right = line if line - after < right < line else right
    canvas.text(left - 0.05, y, one.ends[0], size=SMALL, align="right")
    canvas.text(right + 0.05, y, one.ends[1], size=SMALL, align="left")


def _headline(reading: Reading, bars: Sequence[_Bar], base: float) -> str:
    w = reading.words
    turning = [one for one in bars if min(one.low, base) < 0 < max(one.high, base)]
    if not turning:
        return w("tornado.none_gain" if base >= 0 else "tornado.none_loss")
    name = turning[0].name
    if len(turning) == 1:
        return w("tornado.one", name=name)
    return w("tornado.many", n=len(turning), all=len(bars), name=name)


def _figure(
    reading: Reading,
    every: Sequence[Row],
    found: tuple[Sequence[_Bar], float, Measure],
    svg: str,
) -> Figure:
    w, (bars, base, how) = reading.words, found
    told = "; ".join(
        w(
            "tornado.bar",
            name=x.name,
            low=how.text(x.low, sign=True),
            high=how.text(x.high, sign=True),
        )
        for x in bars[:_MOST]
    )
    cut = w("tornado.most", n=_MOST, all=len(bars)) if len(bars) > _MOST else ""
    header = ("figure", "low", "high", "unit", "net_at_low", "net_at_high", "turns")
    return Figure(
        svg=svg,
        title=_headline(reading, bars, base),
        subtitle=w("tornado.sub", per=per(reading, how)),
        alt=w("tornado.alt", net=how.full(base, sign=True), all=told),
        header=tuple(w(f"col.{one}") for one in header),
        rows=tuple(_row(reading, row, how) for row in every),
        note=reading.note(w("tornado.note"), cut),
    )


def _row(reading: Reading, row: Row, how: Measure) -> tuple[str, ...]:
    dash = reading.words("absent")
    names = ("low_value", "high_value", "switching")
    low, high, turn = (value(row.get(one)) for one in names)
    written = _written(reading, row, [one for one in (low, high, turn) if one is not None])
    said = [dash if one is None else _text(reading, written, one) for one in (low, high, turn)]
    nets = [value(row.get(one)) for one in ("net_low", "net_high")]
    sums_ = [dash if one is None else how.text(one, sign=True) for one in nets]
    unit = written.unit if written and written.unit else dash
    return (_title(reading, str(row.get("parameter"))), said[0], said[1], unit, *sums_, said[2])
