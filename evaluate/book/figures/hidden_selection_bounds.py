"""What is left of an effect if a hidden factor were as strong as each observed covariate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.over_time import (
    cell,
    differences,
    headline,
    level_of,
    named,
    span,
    unit_of,
)
from evaluate.book.figures.frame.reading import Figure, Reading, Row
from evaluate.core import Estimate

KIND = "hidden_selection_bounds"
_MOST = 8
_SHAPES = ("o", "s", "D")
_HEAD, _FOOT, _ROW, _MARK = 0.3, 0.32, 0.27, 0.2
Ends = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Item:
    """A covariate, and by multiple what a factor so strong would leave: value and limits."""

    name: str
    judged: bool
    left: dict[float, Ends]

    def stands(self, sign: float) -> bool:
        """Return whether the interval at once as strong is on the effect's side of zero."""
        _, low, high = self.left[1.0]
        return sign * low > 0 and sign * high > 0


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a row for each covariate under the effect as estimated, the strongest first."""
    items = _items(reading)
    own = headline(reading, KIND)
    if not items:
        return None
    shown = items[:_MOST]
    column = 1.25 if look.narrow else 2.3
    names = [wrap(one.name, column - 0.1, most=2) for one in shown]
    first = wrap(reading.words("hidden.own"), column - 0.1, bold=True, most=2)
    lines = ([first] if own else []) + names
    depth = [_ROW + LINE * (len(one) - 1) for one in lines]
    canvas = Canvas(look, _HEAD + sum(depth) + _FOOT, warning=reading.warning)
    ends = [*([(own.estimate, own.conf_low, own.conf_high)] if own else [])]
    ends += [each for one in shown for each in one.left.values()]
    how = differences([x for each in ends for x in each], unit_of(reading, KIND), reading)
    written = max(width_of(how.text(each[0], sign=True)) for each in ends)
    scale = Axis(*span(x for each in ends for x in each), column, canvas.width - written - 0.12)
    bottom = _HEAD + sum(depth)
    canvas.path([scale.at(0)] * 2, [_HEAD - 0.04, bottom], "ink", width=0.9)
    _legend(canvas, reading, shown, scale)
    y = _HEAD
    if own is not None:
        _row(
            canvas,
            how,
            scale,
            (first, {1.0: (own.estimate, own.conf_low, own.conf_high)}),
            y + depth[0] / 2,
        )
        y += depth.pop(0)
    for one, label, deep in zip(shown, names, depth, strict=True):
        _row(canvas, how, scale, (label, one.left), y + deep / 2, bold=False)
        y += deep
    draw_axis(canvas, scale, bottom, how)
    return _figure(reading, items, how, canvas.svg())


def _items(reading: Reading) -> list[_Item]:
    found: dict[str, _Item] = {}
    for row in reading.rows(KIND):
        times, ends = cell(row, "times"), _ends(row)
        if times is None or ends is None:
            continue
        name = str(row.get("benchmark"))
        item = found.setdefault(name, _Item(name, row.get("judged") is not False, {}))
        item.left[times] = ends
    return [one for one in found.values() if 1.0 in one.left]


def _ends(row: Row) -> Ends | None:
    value, low, high = (cell(row, key) for key in ("estimate", "conf_low", "conf_high"))
    return None if value is None or low is None or high is None else (value, low, high)


def _multiples(items: Sequence[_Item]) -> list[float]:
    return sorted({times for one in items for times in one.left})[: len(_SHAPES)]


def _legend(canvas: Canvas, reading: Reading, items: Sequence[_Item], scale: Axis) -> None:
    """Draw the marks with their meaning from the right; what has no room is left to the table."""
    x = canvas.width
    for place, times in reversed([*enumerate(_multiples(items))]):
        text = _times(reading, times)
        x -= width_of(text, SMALL)
        if x < _MARK:
            return
        canvas.text(x, 0.1, text, "soft", size=SMALL)
        fill = None if place == 0 else "page"
        canvas.marks([x - 0.1], [0.1], "programme", shape=_SHAPES[place], size=5, fill=fill)
        x -= 0.3


def _times(reading: Reading, times: float) -> str:
    if times == 1:
        return reading.words("hidden.once")
    digits = 0 if float(times).is_integer() else 1
    return reading.words("hidden.times", times=reading.number(times, digits))


def _row(
    canvas: Canvas,
    how: Measure,
    scale: Axis,
    said: tuple[Sequence[str], dict[float, Ends]],
    y: float,
    *,
    bold: bool = True,
) -> None:
    """Draw an interval, dashed and grey where zero is in it, and marks for greater multiples."""
    label, left = said
    canvas.lines(0, y, label, bold=bold)
    value, low, high = left[1.0]
    shown = low > 0 or high < 0
    role = "programme" if shown else "neutral"
    xs = [scale.at(low), scale.at(high)]
    canvas.path(xs, [y, y], role, width=2.0, dash=None if shown else (2.5, 1.2))
    for place, times in reversed([*enumerate(sorted(left)[: len(_SHAPES)])]):
        fill = "page" if place or not shown else None
        size = 6.5 if place == 0 else 5
        spot = [scale.at(left[times][0])]
        canvas.marks(spot, [y], role, shape=_SHAPES[place], size=size, fill=fill)
    canvas.text(canvas.width, y, how.text(value, sign=True), align="right", bold=bold)


def _figure(reading: Reading, items: Sequence[_Item], how: Measure, svg: str) -> Figure:
    w, level = reading.words, level_of(reading, KIND)
    keys = ("benchmark", "times", "r2_treatment", "r2_outcome", "left", "interval")
    head = [w(f"hidden.col_{one}", level=level, unit=how.unit).rstrip(", ") for one in keys]
    rows = (_cells(reading, row, how) for row in reading.rows(KIND))
    return Figure(
        svg=svg,
        title=named(reading, KIND, _said(reading, items)),
        subtitle=w("hidden.sub", level=level, unit=how.unit or w("hidden.no_unit")),
        alt=w("hidden.alt", n=len(items[:_MOST]), said=_said(reading, items)),
        header=tuple(head),
        rows=tuple(one for one in rows if one is not None),
        note=reading.note(w("hidden.note")),
    )


def _said(reading: Reading, items: Sequence[_Item]) -> str:
    own: Estimate | None = headline(reading, KIND)
    if own is not None and own.conf_low <= 0 <= own.conf_high:
        return reading.words("hidden.title_none")
    sign = 1.0 if (own.estimate if own else items[-1].left[1.0][0]) >= 0 else -1.0
    judged = [one for one in items if one.judged] or list(items)
    gone = [one for one in judged if not one.stands(sign)]
    if gone:
        return reading.words("hidden.title_gone", name=gone[0].name)
    beyond = [
        str(row.get("benchmark"))
        for row in reading.rows(KIND)
        if cell(row, "times") == 1 and row.get("judged") is not False and _ends(row) is None
    ]
    if beyond:
        return reading.words("hidden.title_beyond", name=", ".join(beyond))
    return reading.words("hidden.title_holds")


def _cells(reading: Reading, row: Row, how: Measure) -> tuple[str, ...] | None:
    times, ends = cell(row, "times"), _ends(row)
    if times is None:
        return None
    name, many = str(row.get("benchmark")), _times(reading, times)
    if ends is None:
        absent = reading.words("absent")
        return (name, many, absent, absent, absent, absent)
    shares = (reading.percent(cell(row, key) or 0.0, 1) for key in ("r2_treatment", "r2_outcome"))
    limits = reading.words(
        "hidden.interval", low=how.text(ends[1], sign=True), high=how.text(ends[2], sign=True)
    )
    return (name, many, *shares, how.text(ends[0], sign=True), limits)
