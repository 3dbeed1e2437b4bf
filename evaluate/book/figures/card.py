"""A strip for a card: the answer's interval with 0 and the smallest effect worth having."""

from __future__ import annotations

from evaluate.book.figures.drawing.canvas import SMALL, width_of
from evaluate.book.figures.drawing.figure import Figure, Look, alt, drawn
from evaluate.book.figures.drawing.reading import Outcome, primary
from evaluate.book.figures.drawing.scale import Amounts, axis, spanning
from evaluate.book.figures.drawing.strip import (
    difference_cells,
    effects,
    guides,
    interval,
    interval_name,
    role_of,
    sentence,
)
from evaluate.book.figures.frame.look import Look as Asked
from evaluate.book.figures.frame.reading import Reading
from evaluate.core import Estimate, Finding

KIND = "card"


def draw(reading: Reading, look: Asked) -> Figure | None:
    """Return the interval of the primary outcome."""
    return drawn(reading, look, _draw)


def _draw(finding: Finding, look: Look) -> Figure | None:
    outcome = primary(finding, look.language)
    if outcome is None or outcome.row is None:
        return None
    row = outcome.row
    shown = effects(row, look.language, *outcome.held)
    key = "higher" if row.estimate > 0 else "lower"
    title = sentence(outcome, row, look, look.word(key, n=shown.full(abs(row.estimate))))
    header = tuple(look.word(one) for one in ("Outcome", "Difference", "Low", "High"))
    rows = ((outcome.title, *difference_cells(row, shown)),)
    return Figure(
        svg=_plot(finding, look, outcome, row, shown),
        title=title,
        subtitle=look.word(
            "subtitle effect", interval=interval_name(row, look), unit=shown.unit or "–"
        ),
        alt=alt(title, header, rows),
        header=header,
        rows=rows,
        note=look.note(
            finding, look.word("worthwhile note") if outcome.worthwhile is not None else ""
        ),
    )


def _plot(finding: Finding, look: Look, outcome: Outcome, row: Estimate, shown: Amounts) -> str:
    canvas = look.canvas(finding, 0.86)
    scale = spanning([row.conf_low, row.conf_high, *outcome.held], 0.05, canvas.width - 0.05)
    guides(canvas, scale, 0.2, 0.56, outcome.worthwhile)
    interval(canvas, scale, 0.38, row, role=role_of(outcome), strong=True)
    text = shown.full(row.estimate, sign=True)
    half = width_of(text, SMALL + 0.7, bold=True) / 2
    at = min(max(scale(row.estimate), half), canvas.width - half)
    role = "programme" if outcome.shown else "ink"
    canvas.text(at, 0.09, text, role, size=SMALL + 0.7, bold=True, align="center")
    axis(canvas, scale, 0.56, shown, count=3 if look.narrow else 5)
    return canvas.svg()
