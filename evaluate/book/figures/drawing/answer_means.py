"""Two means on one axis, and below them the difference with its interval."""

from __future__ import annotations

from evaluate.book.figures.drawing.canvas import BODY, Canvas, width_of
from evaluate.book.figures.drawing.figure import Figure, Look, alt
from evaluate.book.figures.drawing.reading import Outcome
from evaluate.book.figures.drawing.scale import Amounts, amounts, axis, level, spanning
from evaluate.book.figures.drawing.strip import (
    difference_cells,
    effects,
    guides,
    interval,
    interval_name,
    role_of,
    sentence,
)
from evaluate.core import Estimate, Finding

_ROW = 0.27


def draw(
    finding: Finding,
    look: Look,
    outcome: Outcome,
    row: Estimate,
    arms: tuple[float, float] | None,
) -> Figure:
    """Return both means, where they are known, and the difference."""
    shown = effects(row, look.language, *outcome.held)
    label = max(
        width_of(look.word(key), BODY, bold=True) for key in ("with", "without", "Difference")
    )
    left = 0.0 if look.narrow else label + 0.25
    top = (1.35 if look.narrow else 0.92) if arms else 0.0
    canvas = look.canvas(finding, top + (1.32 if look.narrow else 1.08))
    if arms:
        _means(canvas, look, row, arms, left)
    _difference(canvas, look, outcome, row, shown, left, top)
    key = "higher" if row.estimate > 0 else "lower"
    title = sentence(outcome, row, look, look.word(key, n=shown.full(abs(row.estimate))))
    header, rows = _table(look, row, arms, shown)
    words = {"interval": interval_name(row, look), "unit": shown.unit or row.unit or "–"}
    return Figure(
        svg=canvas.svg(),
        title=title,
        subtitle=look.word("subtitle means" if arms else "subtitle effect", **words),
        alt=alt(title, header, rows),
        header=header,
        rows=rows,
        note=look.note(
            finding, look.word("worthwhile note") if outcome.worthwhile is not None else ""
        ),
    )


def _means(
    canvas: Canvas, look: Look, row: Estimate, arms: tuple[float, float], left: float
) -> None:
    shown = amounts(arms, row.unit, look.language)
    texts = [level(mean, row.unit, shown) for mean in arms]
    room = max(width_of(text, BODY, bold=True) for text in texts) + 0.12
    scale = spanning(arms, left + 0.05, canvas.width - room - 0.05, margin=0.02)
    step = 2 * _ROW if look.narrow else _ROW
    bottom = 2 * step + 0.06
    zero = scale(0.0)
    for i, (key, mean, text) in enumerate(zip(("with", "without"), arms, texts, strict=True)):
        y = step * (i + 1) - (0.12 if look.narrow else 0.08)
        role, word = (("programme",) * 2, ("comparison", "comparison_text"))[i]
        canvas.text(0, y - _ROW if look.narrow else y, look.word(key), word, bold=True)
        above = y - (0.12 if look.narrow else step - 0.06)  # below the label of a narrow figure
        canvas.line([zero, zero], [max(above, 0.06), bottom if i else y + 0.12], "ink", width=0.9)
        canvas.line([zero, scale(mean)], [y, y], role, width=1.6, dashes=None if i == 0 else (4, 2))
        canvas.mark(scale(mean), y, role, shape="o" if i == 0 else "s", size=8)
        canvas.text(max(scale(mean), zero) + 0.12, y, text, word, bold=True)
    axis(canvas, scale, bottom, shown, sign=False)


def _difference(
    canvas: Canvas,
    look: Look,
    outcome: Outcome,
    row: Estimate,
    shown: Amounts,
    left: float,
    top: float,
) -> None:
    held = [row.conf_low, row.conf_high, *outcome.held]
    scale = spanning(held, left + 0.05, canvas.width - 0.15)
    y = top + (0.62 if look.narrow else 0.42)
    text = f"{shown.text(row.estimate, sign=True)} ({shown.between(row.conf_low, row.conf_high)})"
    role = "programme" if outcome.shown else "ink"
    if look.narrow:
        canvas.text(0, top + 0.14, look.word("Difference"), bold=True)
        canvas.text(0, top + 0.33, text, role, bold=True)
    else:
        canvas.text(0, y, look.word("Difference"), bold=True)
        half = width_of(text, BODY, bold=True) / 2
        at = min(max(scale(row.estimate), left + half), canvas.width - half)
        canvas.text(at, top + 0.14, text, role, bold=True, align="center")
    guides(canvas, scale, y - 0.15, y + 0.25, outcome.worthwhile)
    interval(canvas, scale, y, row, role=role_of(outcome), strong=True)
    axis(canvas, scale, y + 0.25, shown)


def _table(
    look: Look, row: Estimate, arms: tuple[float, float] | None, shown: Amounts
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    header = tuple(look.word(key) for key in ("Group", "Value", "Low", "High"))
    last = (
        look.word("Difference"),
        *difference_cells(row, shown),
    )
    if arms is None:
        return header, (last,)
    levels = amounts(arms, row.unit, look.language)
    groups = zip(("with", "without"), arms, strict=True)
    rows = [(look.word(key), level(mean, row.unit, levels), "–", "–") for key, mean in groups]
    return header, (*rows, last)
