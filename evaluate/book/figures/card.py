"""A strip for a card: the answer's interval with 0 and the smallest effect worth having."""

from __future__ import annotations

from evaluate.book.figures.frame.axis import axis
from evaluate.book.figures.frame.canvas import Canvas
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import Figure, Reading
from evaluate.book.figures.frame.strip import bare, colour, effect_measure, limits
from evaluate.book.figures.frame.wording import about

KIND = "card"
_LABEL, _SIDE = 9.0, 0.05  # points; inches left free on both sides


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the difference of the primary outcome alone, small enough for a card."""
    row = reading.lead()
    if row is None:
        return None
    how = effect_measure(reading, row)
    canvas = Canvas(look, 0.78, warning=reading.warning)
    size = reading.worthwhile(row.outcome)
    scale = axis(limits(row, size), _SIDE, look.width - _SIDE)
    text = how.full(row.estimate, sign=True)
    at = canvas.inside(scale.at(row.estimate), text, size=_LABEL, bold=True)
    role = as_text(colour(reading.word(row.outcome)))
    canvas.text(at, 0.09, text, role, size=_LABEL, bold=True, align="center")
    bare(canvas, reading, row, scale, 0.2)
    return about(reading, row, how, canvas.svg())
