"""The effect in each group and period as shaded cells; periods before the start are hatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evaluate.book.figures.frame.axis import Measure
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.cells import (
    HEAD,
    Grid,
    draw_labels,
    grid,
    group_name,
    shade,
    text_on,
)
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.over_time import (
    calendar,
    cell,
    differences,
    excludes,
    level_of,
    named,
    ordered,
    unit_of,
)
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers

KIND = "group_time"
_OWN = ("conf_low", "conf_high")
_KEY, _SCALE = 0.22, 0.3


@dataclass(frozen=True, slots=True)
class _Heat:
    """The table by group and period, and how its values are written."""

    cells: Mapping[tuple[str, str], Row]
    how: Measure
    largest: float

    def fits(self, wide: float) -> bool:
        """Return whether all values can be written in cells of a width."""
        texts = (self.how.text(cell(one, "estimate") or 0.0, sign=True) for one in self.rows)
        return all(width_of(text, SMALL, True) < wide - 0.1 for text in texts)

    @property
    def rows(self) -> Sequence[Row]:
        """Return the rows of the table."""
        return tuple(self.cells.values())


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return groups by periods: values where they fit, else shades with signs."""
    rows = [one for one in reading.rows(KIND) if cell(one, "estimate") is not None]
    if not rows:
        return None
    values = numbers(rows, "estimate")
    cells = {(str(one.get("cohort")), str(one.get("period"))): one for one in rows}
    how = differences(values, unit_of(reading, KIND), reading)
    heat = _Heat(cells, how, max(abs(one) for one in values))
    periods = calendar(reading, rows)
    names = (ordered((name for name, _ in cells), periods), periods)
    short = look.narrow
    plan = grid(reading, look.width, names, top=0.0, right=0.02, short=short, most=0.62)
    written = heat.fits(plan.wide)
    keys = _keys(reading, heat, look.width, written=written)
    plan = replace(plan, top=_SCALE + sum(_deep(lines) for _, lines in keys) + HEAD)
    canvas = Canvas(look, plan.bottom + 0.06, warning=reading.warning)
    _draw_scale(canvas, heat)
    _draw_keys(canvas, keys, written=written)
    draw_labels(canvas, reading, plan, short=short)
    gap = min(0.012, 0.05 * plan.wide)
    for key, row in cells.items():
        _cell(canvas, heat, row, plan.place(*key, gap), written=written)
    _stairs(canvas, heat, plan)
    return _figure(reading, heat, canvas.svg())


def _keys(
    reading: Reading, heat: _Heat, wide: float, *, written: bool
) -> list[tuple[str, tuple[str, ...]]]:
    """Return what hatching and marks mean, where any cell has them."""
    w = reading.words
    said = {}
    if any(one.get("before") for one in heat.rows):
        said["before"] = w("heat.before")
    if any(excludes(one, _OWN) for one in heat.rows):
        key = "heat.sure" if written else "heat.sure_sign"
        said["sure"] = w(key, level=level_of(reading, KIND))
    return [(key, wrap(text, 0.97 * wide - 0.34, size=SMALL, most=3)) for key, text in said.items()]


def _deep(lines: Sequence[str]) -> float:
    return _KEY + LINE * (len(lines) - 1)


def _draw_scale(canvas: Canvas, heat: _Heat) -> None:
    """Draw the shades from the greatest value below zero to that above it, with their ends."""
    low, high = (heat.how.text(side * heat.largest, sign=True) for side in (-1, 1))
    last = f"{high} {heat.how.unit}".strip()
    x = width_of(low, SMALL) + 0.08
    wide = min(0.22, (canvas.width - x - 0.09 - width_of(last, SMALL)) / 9)
    canvas.text(0, 0.11, low, "soft", size=SMALL)
    for i in range(-4, 5):
        size = (abs(i) / 4 - 0.01) * heat.largest * (1 if i > 0 else -1) if i else 0.0
        fill = shade(canvas, size, heat.largest)
        canvas.cell((x, 0.03, wide, 0.16), fill, "neutral", line=0.4)
        x += wide
    canvas.text(x + 0.07, 0.11, last, "soft", size=SMALL)


def _draw_keys(
    canvas: Canvas, keys: Sequence[tuple[str, tuple[str, ...]]], *, written: bool
) -> None:
    y = _SCALE + 0.1
    for key, lines in keys:
        if key == "before":
            fill = canvas.colours["page"]
            canvas.cell((0.03, y - 0.07, 0.2, 0.14), fill, "neutral", hatch="neutral")
        elif written:
            canvas.marks([0.13], [y], "ink", size=3.6, edge=0.0)
        else:
            canvas.marks([0.07], [y], "ink", shape="+", size=5.0, edge=1.5)
            canvas.marks([0.19], [y], "ink", shape="_", size=5.0, edge=1.5)
        for i, line in enumerate(lines):
            canvas.text(0.34, y + LINE * i, line, "soft", size=SMALL)
        y += _deep(lines)


def _cell(
    canvas: Canvas,
    heat: _Heat,
    row: Row,
    place: tuple[float, float, float, float],
    *,
    written: bool,
) -> None:
    size, sure = cell(row, "estimate") or 0.0, excludes(row, _OWN)
    left, top, wide, high = place
    fill = shade(canvas, size, heat.largest)
    if row.get("before"):  # hatched at the rim, so that number and shade stay readable
        canvas.cell(place, canvas.colours["page"], "neutral", line=0.5, hatch="neutral")
        rim = min(0.06, 0.2 * wide)
        if written:
            needed = width_of(heat.how.text(size, sign=True), SMALL, sure)
            rim = max(0.02, min(rim, (wide - needed) / 2 - 0.01))
        inner = (left + rim, top + rim, wide - 2 * rim, high - 2 * rim)
        canvas.cell(inner, fill)
    else:
        canvas.cell(place, fill, "neutral", line=0.4)
    x, y, role = left + wide / 2, top + high / 2, text_on(canvas, size, heat.largest)
    if written:
        text = heat.how.text(size, sign=True)
        canvas.text(x, y, text, role, size=SMALL, bold=sure, align="center")
        if sure:
            canvas.marks([x], [y + 0.1], role, size=2.6, edge=0.0)
    elif sure:
        mark = min(6.0, wide * 72 * 0.55)
        canvas.marks([x], [y], role, shape="+" if size > 0 else "_", size=mark, edge=1.5)


def _stairs(canvas: Canvas, heat: _Heat, plan: Grid) -> None:
    """Draw the line between the periods before the start and those after it."""
    xs, ys = [], []
    for i, cohort in enumerate(plan.rows):
        after = [
            k
            for k, period in enumerate(plan.columns)
            if (cohort, period) in heat.cells and not heat.cells[cohort, period].get("before")
        ]
        if after:
            x, y = plan.left + plan.wide * after[0], plan.top + plan.high * i
            xs += [x, x]
            ys += [y, y + plan.high]
    canvas.path(xs, ys, "ink", width=1.8, order=2.6)


def _figure(reading: Reading, heat: _Heat, svg: str) -> Figure:
    w, how, rows = reading.words, heat.how, heat.rows
    after = [one for one in rows if not one.get("before")]
    sure = [one for one in after if excludes(one, _OWN)]
    up = sum((cell(one, "estimate") or 0.0) > 0 for one in sure)
    slots = {"n": len(sure), "all": len(after), "up": up, "down": len(sure) - up}
    key = "heat.title" if sure else "heat.title_none"
    keys = ("group", "period", "estimate", "interval", "std_error", "when")
    names = [w(f"heat.col_{one}", level=level_of(reading, KIND)) for one in keys]
    names[2] = f"{names[2]}, {how.unit}" if how.unit else names[2]
    sizes = numbers(rows, "estimate")
    ends = {"low": how.text(min(sizes), sign=True), "high": how.full(max(sizes), sign=True)}
    return Figure(
        svg=svg,
        title=named(reading, KIND, w(key, **slots)),
        subtitle=w("heat.sub", unit=how.unit) if how.unit else w("heat.sub_bare"),
        alt=w("heat.alt", cells=len(rows), **ends, **slots),
        header=tuple(names),
        rows=tuple(_cells(reading, how, one) for one in rows),
        note=reading.note(w("heat.note")),
    )


def _cells(reading: Reading, how: Measure, row: Row) -> tuple[str, ...]:
    w = reading.words
    low, high, error = (cell(row, one) for one in (*_OWN, "std_error"))
    between = w("absent")
    if low is not None and high is not None:
        between = w("interval", low=how.text(low, sign=True), high=how.text(high, sign=True))
    return (
        group_name(reading, str(row.get("cohort"))),
        str(row.get("period")),
        how.text(cell(row, "estimate") or 0.0, sign=True),
        between,
        w("absent") if error is None else how.text(error),
        w("heat.is_before" if row.get("before") else "heat.is_after"),
    )
