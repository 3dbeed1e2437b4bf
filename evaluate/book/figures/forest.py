"""All outcomes in the plan's order, each with its interval and what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluate.book.figures.drawing.canvas import BODY, LINE, Canvas, width_of, wrap
from evaluate.book.figures.drawing.figure import Figure, Look, alt, drawn
from evaluate.book.figures.drawing.reading import Outcome, outcomes
from evaluate.book.figures.drawing.scale import Amounts, Scale, amounts, axis, spanning
from evaluate.book.figures.drawing.strip import (
    guides,
    interval,
    interval_name,
    role_of,
    text_role,
)
from evaluate.book.figures.frame.look import Look as Asked
from evaluate.book.figures.frame.reading import Reading
from evaluate.core import Estimate, Finding

KIND = "forest"
_GAP = 0.07
_HEAD, _FOOT = 0.28, 0.36


@dataclass(frozen=True, slots=True)
class _Row:
    outcome: Outcome
    estimate: Estimate | None
    label: str
    beside: bool


@dataclass(frozen=True, slots=True)
class _Panel:
    rows: tuple[_Row, ...]
    shown: Amounts

    @property
    def estimates(self) -> list[Estimate]:
        return [one.estimate for one in self.rows if one.estimate is not None]


def draw(reading: Reading, look: Asked) -> Figure | None:
    """Return one panel for each unit, headline rows solid and those beside them hollow."""
    return drawn(reading, look, _draw)


def _draw(finding: Finding, look: Look) -> Figure | None:
    found = outcomes(finding, look.language)
    panels = _panels(finding, found, look)
    heads = [one.row for one in found if one.row is not None]
    if not heads:
        return None
    title = _title(found, look)
    keys = ("Outcome", "Unit", "Difference", "Low", "High", "Result")
    header = tuple(look.word(key) for key in keys)
    rows = tuple(_cells(row, panel.shown, look) for panel in panels for row in panel.rows)
    marked = any(one.worthwhile is not None for one in found)
    return Figure(
        svg=_plot(finding, look, panels),
        title=title,
        subtitle=look.word("forest subtitle", interval=interval_name(heads[0], look)),
        alt=alt(title, header, rows),
        header=header,
        rows=rows,
        note=look.note(finding, look.word("worthwhile note") if marked else ""),
    )


def _title(found: list[Outcome], look: Look) -> str:
    said = [one.verdict.verdict for one in found]
    good, bad = said.count("shown benefit"), said.count("shown harm")
    harm = look.word("forest harm", n=bad) if bad else ""
    key = "forest all" if good else "forest none"
    return look.word(key, n=good, all=len(said)) + harm


def _panels(finding: Finding, found: list[Outcome], look: Look) -> list[_Panel]:
    panels = []
    for unit in dict.fromkeys(one.unit for one in found):
        own = [one for one in found if one.unit == unit]
        rows = tuple(row for one in own for row in _rows(finding, one, look))
        held = [
            part
            for row in rows
            if row.estimate
            for part in (row.estimate.estimate, row.estimate.conf_low, row.estimate.conf_high)
        ]
        held += [one.worthwhile for one in own if one.worthwhile is not None and one.row]
        panels.append(_Panel(rows, amounts(held, unit, look.language)))
    return panels


def _rows(finding: Finding, outcome: Outcome, look: Look) -> Iterator[_Row]:
    yield _Row(outcome, outcome.row, outcome.title, beside=False)
    seen = {_same(outcome.row)} if outcome.row else set()
    for one in finding.estimates:
        aside = one.outcome == outcome.key and one.role == "beside" and one.term == "overall"
        if aside and one.scale == "difference" and _same(one) not in seen:
            seen.add(_same(one))
            yield _Row(outcome, one, f"{one.method}, {one.std_error_method}", beside=True)


def _same(one: Estimate) -> tuple[str, str, float]:
    return (one.method, one.std_error_method, one.estimate)


def _cells(row: _Row, shown: Amounts, look: Look) -> tuple[str, ...]:
    one, said = row.estimate, look.word(row.outcome.verdict.verdict)
    if one is None:
        return (row.label, shown.unit, "–", "–", "–", said)
    values = (one.estimate, one.conf_low, one.conf_high)
    written = (shown.text(part, sign=True) for part in values)
    return (row.label, shown.unit, *written, "–" if row.beside else said)


@dataclass(frozen=True, slots=True)
class _Layout:
    label: float
    left: float
    right: float
    value: float  # right end of the numbers
    verdict: float


def _layout(look: Look, panels: list[_Panel]) -> _Layout:
    cells = [_cells(row, panel.shown, look) for panel in panels for row in panel.rows]
    number = max(width_of(one[2], BODY, bold=True) for one in cells)
    word = max(width_of(look.word(row.outcome.verdict.verdict)) for p in panels for row in p.rows)
    if look.narrow:
        at = 3.42 - max(number, word)
        return _Layout(3.4, 0.04, at - 0.14, 3.42, at)
    verdict = 7.1 - word
    value = verdict - 0.12
    return _Layout(2.35, 2.55, value - number - 0.18, value, verdict)


def _plot(finding: Finding, look: Look, panels: list[_Panel]) -> str:
    layout = _layout(look, panels)
    heights = [[_height(row, look, layout) for row in panel.rows] for panel in panels]
    total = sum(
        _HEAD + sum(one) + (_FOOT if p.estimates else 0.1)
        for p, one in zip(panels, heights, strict=True)
    )
    canvas = look.canvas(finding, total)
    y = 0.0
    for panel, own in zip(panels, heights, strict=True):
        y = _panel(canvas, look, panel, layout, own, y)
    return canvas.svg()


def _height(row: _Row, look: Look, layout: _Layout) -> float:
    lines = len(_label(row, layout))
    if not look.narrow:
        return max(0.26, _GAP + 0.03 + LINE * lines)
    return _GAP + LINE * lines + (0.25 if row.beside else 0.42)


def _label(row: _Row, layout: _Layout) -> list[str]:
    return wrap(
        row.label,
        layout.label - (0.12 if row.beside else 0.0),
        bold=row.outcome.primary and not row.beside,
    )


def _panel(
    canvas: Canvas, look: Look, panel: _Panel, layout: _Layout, heights: list[float], top: float
) -> float:
    canvas.text(0, top + 0.12, panel.shown.unit, "soft", size=9, bold=True)
    y = top + _HEAD
    bottom = y + sum(heights)
    if not panel.estimates:
        for row, height in zip(panel.rows, heights, strict=True):
            _row(canvas, look, panel, layout, row, None, (y, height))
            y += height
        return bottom + 0.1
    sizes = {
        row.outcome.worthwhile for row in panel.rows if row.estimate and row.outcome.worthwhile
    }
    held = [part for one in panel.estimates for part in (one.conf_low, one.conf_high)]
    scale = spanning([*held, *(one for one in sizes if one)], layout.left, layout.right)
    common = next(iter(sizes)) if len(sizes) == 1 else None
    _worth(canvas, look, panel, scale, common, top)
    for row, height in zip(panel.rows, heights, strict=True):
        _row(canvas, look, panel, layout, row, scale, (y, height))
        y += height
    axis(canvas, scale, bottom, panel.shown)
    return bottom + _FOOT


def _worth(
    canvas: Canvas, look: Look, panel: _Panel, scale: Scale, common: float | None, top: float
) -> None:
    """Say above the line where effects begin to be worth having, where that is one place."""
    if common is None:
        return
    text = look.word("worthwhile", n=panel.shown.text(common, sign=True))
    half = width_of(text, 8.6) / 2
    start = width_of(panel.shown.unit, 9, bold=True) + 0.12
    at = min(max(scale(common), start + half), canvas.width - half)
    if at - half >= start:
        canvas.text(at, top + 0.12, text, "soft", size=8.6, align="center")


def _row(
    canvas: Canvas,
    look: Look,
    panel: _Panel,
    layout: _Layout,
    row: _Row,
    scale: Scale | None,
    place: tuple[float, float],
) -> None:
    y, height = place
    lines = _label(row, layout)
    bold = row.outcome.primary and not row.beside
    middle = y + height / 2
    start = middle - LINE * (len(lines) - 1) / 2
    if look.narrow:
        start, middle = y + 0.1, y + LINE * len(lines) + (height - LINE * len(lines)) / 2
    x = 0.12 if row.beside else 0.0
    canvas.lines(x, start, lines, "soft" if row.beside else "ink", bold=bold)
    if scale is not None:
        # in a narrow figure a label stands above its interval, so the lines stop below it
        above = y + (LINE * len(lines) + 0.02 if look.narrow else 0.0)
        guides(canvas, scale, above, y + height, row.outcome.worthwhile)
    if scale is not None and row.estimate is not None:
        role = "neutral" if row.beside else role_of(row.outcome)
        interval(canvas, scale, middle, row.estimate, role=role, strong=bold, hollow=row.beside)
    _result(canvas, look, panel, layout, row, middle)


def _result(
    canvas: Canvas, look: Look, panel: _Panel, layout: _Layout, row: _Row, y: float
) -> None:
    cells = _cells(row, panel.shown, look)
    number, said = cells[2], look.word(row.outcome.verdict.verdict)
    strong = row.outcome.shown and not row.beside
    role = "soft" if row.beside else "ink"
    if not look.narrow:
        canvas.text(layout.value, y, number, role, bold=strong, align="right")
        if not row.beside:
            canvas.text(layout.verdict, y, said, text_role(row.outcome))
        return
    both = not row.beside and row.estimate is not None
    if row.estimate is not None:
        canvas.text(layout.verdict, y - (0.08 if both else 0.0), number, role, bold=strong)
    if not row.beside:
        canvas.text(layout.verdict, y + (0.1 if both else 0.0), said, text_role(row.outcome))
