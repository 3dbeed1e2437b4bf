"""Of 100 people in each group: the same dots twice, and only the difference stands out."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.book.figures.drawing.canvas import LINE, Canvas, width_of, wrap
from evaluate.book.figures.drawing.figure import Figure, Look, alt
from evaluate.book.figures.drawing.reading import Outcome
from evaluate.book.figures.drawing.scale import axis, spanning
from evaluate.book.figures.drawing.strip import (
    difference_cells,
    effects,
    guides,
    interval,
    interval_name,
    role_of,
    sentence,
)
from evaluate.book.numbers import number
from evaluate.core import Estimate, Finding


@dataclass(frozen=True, slots=True)
class _Counts:
    treated: int
    comparison: int
    difference: float
    digits: int

    def more(self, look: Look) -> str:
        if round(self.difference, self.digits) == 0:
            return look.word("no difference")
        key = "more" if self.difference > 0 else "fewer"
        return look.word(key, n=number(abs(self.difference), look.language, digits=self.digits))


def _counts(row: Estimate, arms: tuple[float, float]) -> _Counts:
    treated, comparison = (round(100 * mean) for mean in arms)
    difference = 100 * row.estimate
    # a whole number only where it is the difference of the two counts beside it
    digits = 0 if round(difference) == treated - comparison else 1
    return _Counts(treated, comparison, difference, digits)


def draw(
    finding: Finding, look: Look, outcome: Outcome, row: Estimate, arms: tuple[float, float]
) -> Figure:
    """Return the icon array with the difference and its interval."""
    counts = _counts(row, arms)
    side, gap = (1.52, 0.36) if look.narrow else (1.98, 0.42)
    canvas = look.canvas(finding, 3.5 if look.narrow else 2.5)
    _arm(canvas, look, 0.0, side, counts.treated, counts.comparison, outcome, treated=True)
    _arm(canvas, look, side + gap, side, counts.comparison, counts.treated, outcome, treated=False)
    if look.narrow:
        _beside(canvas, look, outcome, row, counts, 0.0, 2.35)
    else:
        _beside(canvas, look, outcome, row, counts, 2 * (side + gap) + 0.04, 0.62)
    none = counts.difference == 0 or round(counts.difference, counts.digits) == 0
    size = counts.more(look) + ("" if none else " " + look.word("per 100"))
    title = sentence(outcome, row, look, size)
    header, rows = _table(look, row, counts)
    return Figure(
        svg=canvas.svg(),
        title=title,
        subtitle=look.word("subtitle share", interval=interval_name(row, look)),
        alt=alt(title, header, rows),
        header=header,
        rows=rows,
        note=look.note(
            finding, look.word("worthwhile note") if outcome.worthwhile is not None else ""
        ),
    )


def _arm(
    canvas: Canvas,
    look: Look,
    left: float,
    side: float,
    count: int,
    other: int,
    outcome: Outcome,
    *,
    treated: bool,
) -> None:
    role = "programme" if treated else "comparison_text"
    canvas.text(left, 0.1, look.word("with" if treated else "without"), role, size=10.5, bold=True)
    canvas.text(left, 0.29, look.word("of 100", n=count))
    step = side / 10
    places = [(left + (i % 10 + 0.5) * step, 0.46 + (i // 10 + 0.5) * step) for i in range(100)]
    size = step * 72 * 0.72
    groups = (
        (places[: min(count, other)], "neutral", "o", "pale", 0.6, 1.0),
        (
            places[other:count],
            role if treated else "comparison",
            "D" if treated else "s",
            None if outcome.shown else "none",
            1.1,
            0.84,
        ),
        (places[count:], "neutral", "o", "none", 0.6, 1.0),
    )
    for points, colour, shape, fill, edge, part in groups:
        if points:
            xs, ys = zip(*points, strict=True)
            canvas.mark(xs, ys, colour, shape=shape, size=size * part, fill=fill, edge=edge)


def _beside(
    canvas: Canvas,
    look: Look,
    outcome: Outcome,
    row: Estimate,
    counts: _Counts,
    left: float,
    top: float,
) -> None:
    shown = effects(row, look.language)
    big = counts.more(look)
    width = canvas.width - left
    size = 24.0 if not look.narrow else 15.0
    while width_of(big, size, bold=True) > width and size > 10:  # noqa: PLR2004
        size -= 1
    role = "programme" if outcome.shown else "ink"
    canvas.text(left, top, big, role, size=size, bold=True)
    y = top + (0.34 if not look.narrow else 0.24)
    between = shown.between(row.conf_low, row.conf_high)
    texts = wrap(f"{between} {look.word('per 100')}, {interval_name(row, look)}", width)
    canvas.lines(left, y, texts)
    y += LINE * len(texts) + 0.06
    _strip(canvas, look, outcome, row, left, y)


def _strip(
    canvas: Canvas, look: Look, outcome: Outcome, row: Estimate, left: float, top: float
) -> None:
    held = [row.conf_low, row.conf_high, *outcome.held]
    scale = spanning(held, left + 0.05, canvas.width - 0.1)
    guides(canvas, scale, top, top + 0.42, outcome.worthwhile)
    interval(canvas, scale, top + 0.21, row, role=role_of(outcome), strong=True)
    axis(canvas, scale, top + 0.42, effects(row, look.language), count=4)


def _table(
    look: Look, row: Estimate, counts: _Counts
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    shown = effects(row, look.language)
    header = tuple(look.word(key) for key in ("Group", "Value", "Low", "High"))
    rows = (
        (look.word("with"), look.word("of 100", n=counts.treated), "–", "–"),
        (look.word("without"), look.word("of 100", n=counts.comparison), "–", "–"),
        (
            look.word("Difference"),
            *difference_cells(row, shown),
        ),
    )
    return header, rows
