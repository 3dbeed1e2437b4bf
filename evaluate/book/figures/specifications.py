"""Specification curve: the effect under every declared choice, and which choices each one makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure
from evaluate.book.figures.frame.canvas import SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.over_time import (
    differences,
    draw_upright,
    level_of,
    named,
    span,
    unit_of,
)
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.words import Words, words
from evaluate.core import Cell

KIND = "specifications"
CHOICE = "choice_"
_HEAD, _CURVE, _GAP, _ROW, _FOOT = 0.28, 1.9, 0.24, 0.2, 0.1
_GROUP = 0.08  # between two choices
_SIZES = ((20, 6.5), (40, 5.0), (80, 3.6))  # marks shrink as there are more of them
_LEAST = 2.6


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    declared: bool
    ends: tuple[float, float, float]
    row: Row

    @property
    def clear(self) -> bool:
        """Return whether the interval leaves out zero."""
        return self.ends[1] > 0 or self.ends[2] < 0


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the curve over the matrix of choices, sorted by estimate."""
    items = _items(reading)
    if len(items) <= 1:
        return None
    items.sort(key=lambda one: (one.ends[0], not one.declared, one.name))
    options = _options(reading, items)
    column = 1.3 if look.narrow else 2.35
    how = differences([x for one in items for x in one.ends], unit_of(reading, KIND), reading)
    return _figure(reading, items, how, _drawn(reading, look, items, (options, column, how)))


def _items(reading: Reading) -> list[_Item]:
    found = []
    for row in reading.rows(KIND):
        ends = tuple(value(row.get(key)) for key in ("estimate", "conf_low", "conf_high"))
        if None not in ends:
            estimate, low, high = (float(one or 0.0) for one in ends)
            name = str(row.get("specification"))
            found.append(_Item(name, row.get("declared") is True, (estimate, low, high), row))
    return found


def _options(reading: Reading, items: Sequence[_Item]) -> list[tuple[str, list[str]]]:
    """Return each choice that differs, with its options: that of the declared one first."""
    table = reading.table(KIND)
    columns = [one.name for one in table.columns] if table else []
    ordered = sorted(items, key=lambda one: not one.declared)
    found = []
    for name in (one for one in columns if one.startswith(CHOICE)):
        options = list(dict.fromkeys(str(one.row.get(name)) for one in ordered))
        if len(options) > 1:  # a dash: no such choice, and no mark
            found.append((name, [one for one in options if one != "–"]))
    return found


def _drawn(
    reading: Reading,
    look: Look,
    items: Sequence[_Item],
    laid: tuple[Sequence[tuple[str, list[str]]], float, Measure],
) -> str:
    options, column, how = laid
    depth = sum(_ROW * (len(each) + 1) + _GROUP for _, each in options)
    bottom = _HEAD + _CURVE
    canvas = Canvas(look, bottom + _GAP + depth + _FOOT, warning=reading.warning)
    low, high = span(x for one in items for x in one.ends)
    scale = Axis(low, high, bottom, _HEAD)
    across = _across(items, column, canvas.width)
    _mark_declared(canvas, reading, items, (across, bottom + _GAP + depth))
    draw_upright(canvas, scale, (column, canvas.width), how)
    _legend(canvas, reading)
    size = next((size for most, size in _SIZES if len(items) <= most), _LEAST)
    for one, x in zip(items, across, strict=True):
        _curve(canvas, scale, one, x, size)
    y = bottom + _GAP
    for name, each in options:
        y = _choice(canvas, reading, items, (name, each, across, column, size), y)
    return canvas.svg()


def _across(items: Sequence[_Item], column: float, width: float) -> list[float]:
    step = (width - column - 0.1) / len(items)
    return [column + step * (i + 0.5) for i in range(len(items))]


def _mark_declared(
    canvas: Canvas,
    reading: Reading,
    items: Sequence[_Item],
    place: tuple[Sequence[float], float],
) -> None:
    """Draw a band from the top to the bottom behind the declared specification."""
    across, bottom = place
    step = across[1] - across[0]
    for one, x in zip(items, across, strict=True):
        if one.declared:
            wide = min(step, 0.3)
            canvas.box(x - wide / 2, _HEAD - 0.05, wide, bottom - _HEAD + 0.05, "wash")


def _legend(canvas: Canvas, reading: Reading) -> None:
    """Draw what the marks mean, from the left; what has no room is left to the note."""
    w, x = words(reading.language), 0.07
    marks = (("programme", "D", None, "declared"), ("programme", "o", None, "clear"),
             ("neutral", "o", "page", "unclear"))  # fmt: skip
    for role, shape, fill, key in marks:
        text = w(f"figure.curve.{key}")
        if x + width_of(text, SMALL) + 0.12 > canvas.width:
            return
        canvas.marks([x], [0.1], role, shape=shape, size=5.5, fill=fill)
        canvas.text(x + 0.12, 0.1, text, size=SMALL)
        x += 0.34 + width_of(text, SMALL)


def _curve(canvas: Canvas, scale: Axis, one: _Item, x: float, size: float) -> None:
    """Draw an estimate with its interval: hollow and dashed where zero is in it."""
    estimate, low, high = one.ends
    role = "programme" if one.clear else "neutral"
    dash = None if one.clear else (2.5, 1.2)
    canvas.path([x, x], [scale.at(low), scale.at(high)], role, width=1.6, dash=dash)
    shape, more = ("D", 1.5) if one.declared else ("o", 0.0)
    fill = None if one.clear else "page"
    canvas.marks([x], [scale.at(estimate)], role, shape=shape, size=size + more, fill=fill)


def _choice(
    canvas: Canvas,
    reading: Reading,
    items: Sequence[_Item],
    laid: tuple[str, Sequence[str], Sequence[float], float, float],
    y: float,
) -> float:
    """Draw a choice and its options: a mark under each specification that takes one."""
    name, options, across, column, size = laid
    for line in wrap(_heading(reading, name), column - 0.1, size=SMALL, bold=True, most=1):
        canvas.text(0.04, y + _ROW / 2, line, size=SMALL, bold=True)
    y += _ROW
    for option in options:
        for line in wrap(_option(reading, option), column - 0.2, size=SMALL, most=1):
            canvas.text(0.12, y + _ROW / 2, line, "soft", size=SMALL)
        canvas.path([column, canvas.width], [y + _ROW / 2] * 2, "rule", width=0.5)
        for one, x in zip(items, across, strict=True):
            if str(one.row.get(name)) == option:
                canvas.marks([x], [y + _ROW / 2], "ink", shape="s", size=min(size, 5.0))
        y += _ROW
    return y + _GROUP


def _heading(reading: Reading, name: str) -> str:
    table = reading.table(KIND)
    labels = {one.name: one.label for one in table.columns} if table else {}
    return reading.text(labels.get(name), name.removeprefix(CHOICE).replace("_", " "))


def _option(reading: Reading, option: Cell) -> str:
    w, key = words(reading.language), f"figure.curve.option_{option}"
    return w(key) if key in w else str(option)


def specified_titles(reading: Reading, analysis: str) -> Mapping[str, str]:
    """Return what alternatives are called, by key.

    Parameters
    ----------
    reading : Reading
        Finding and language.
    analysis : str
        The analysis.
    """
    known = reading.study.get("analyses", {}).get(analysis, {}).get("alternatives", {})
    titles = {
        key: reading.text(one.get("title"), key.replace("_", " ")) for key, one in known.items()
    }
    return {**titles, "declared": words(reading.language)("figure.curve.declared")}


def _figure(reading: Reading, items: Sequence[_Item], how: Measure, svg: str) -> Figure:
    w, level = words(reading.language), level_of(reading, KIND)
    said = _said(w, items)
    table = reading.table(KIND)
    titles = specified_titles(reading, table.analysis if table else "")
    gone = len(reading.rows(KIND)) - len(items)
    notes = [w("figure.curve.note")]
    notes += [w("figure.curve.gone", n=gone)] if gone else []
    keys = ("specification", "effect", "interval", "rows", "differs")
    return Figure(
        svg=svg,
        title=named(reading, KIND, said),
        subtitle=w("figure.curve.sub", level=level, unit=how.unit or reading.words("absent")),
        alt=w(
            "figure.curve.alt",
            n=len(items),
            low=how.full(items[0].ends[0], sign=True),
            high=how.full(items[-1].ends[0], sign=True),
            said=said,
        ),
        header=tuple(w(f"figure.curve.col_{one}", level=level, unit=how.unit) for one in keys),
        rows=tuple(_cells(reading, row, how, titles) for row in reading.rows(KIND)),
        note=reading.note(*notes),
    )


def _said(w: Words, items: Sequence[_Item]) -> str:
    """Say how many lie on the declared side of zero, and how many intervals leave it out."""
    own = next((one for one in items if one.declared), None)
    clear = sum(one.clear for one in items)
    if own is None:
        return w("figure.curve.title_clear", n=clear, all=len(items))
    same = sum((one.ends[0] > 0) == (own.ends[0] > 0) for one in items)
    return w("figure.curve.title", same=same, all=len(items), clear=clear)


def _cells(reading: Reading, row: Row, how: Measure, titles: Mapping[str, str]) -> tuple[str, ...]:
    absent, key = reading.words("absent"), str(row.get("specification"))
    estimate, low, high = (value(row.get(one)) for one in ("estimate", "conf_low", "conf_high"))
    rows = value(row.get("n_obs"))
    effect = absent if estimate is None else how.text(estimate, sign=True)
    interval = absent
    if low is not None and high is not None:
        ends = (how.text(one, sign=True) for one in (low, high))
        interval = reading.words("interval", **dict(zip(("low", "high"), ends, strict=True)))
    own = next((one for one in reading.rows(KIND) if one.get("declared") is True), {})
    differs = [
        f"{_heading(reading, name)}: {_option(reading, cell)}"
        for name, cell in row.items()
        if name.startswith(CHOICE) and cell != own.get(name)
    ]
    return (
        titles.get(key, key.replace("_", " ")),
        effect,
        interval,
        absent if rows is None else reading.number(rows),
        "; ".join(differs) or absent,
    )
