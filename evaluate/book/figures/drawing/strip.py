"""An effect with its interval, on an axis with 0 and the smallest effect worth having."""

from __future__ import annotations

from evaluate.book.figures.drawing.canvas import Canvas
from evaluate.book.figures.drawing.figure import Look
from evaluate.book.figures.drawing.reading import CAUSAL, Outcome
from evaluate.book.figures.drawing.scale import Amounts, Scale, amounts
from evaluate.core import Estimate


def guides(
    canvas: Canvas, scale: Scale, top: float, bottom: float, worthwhile: float | None
) -> None:
    """Draw 0 as a line, and what is too small to be worth having as a band with a dashed end."""
    if worthwhile is not None:
        left, right = sorted((scale(0.0), scale(worthwhile)))
        canvas.bar(left, top, right - left, bottom - top, "wash")
        edge = scale(worthwhile)
        canvas.line([edge, edge], [top, bottom], "neutral", width=1.0, dashes=(3, 2))
    zero = scale(0.0)
    canvas.line([zero, zero], [top, bottom], "ink", width=0.9)


def interval(
    canvas: Canvas,
    scale: Scale,
    y: float,
    row: Estimate,
    *,
    role: str,
    strong: bool = False,
    hollow: bool = False,
) -> None:
    """Draw an estimate as a mark on its interval."""
    canvas.line(
        [scale(row.conf_low), scale(row.conf_high)], [y, y], role, width=2.2 if strong else 1.6
    )
    canvas.mark(
        scale(row.estimate),
        y,
        role,
        shape="D" if strong else "o",
        size=7.0 if strong else 6.0,
        fill="page" if hollow else None,
    )


def role_of(outcome: Outcome) -> str:
    """Return the colour of a result: the programme's where it was shown."""
    return "programme" if outcome.shown else "neutral"


def text_role(outcome: Outcome) -> str:
    """Return the colour of a verdict's word."""
    if outcome.row is None or outcome.verdict.verdict == "shown harm":
        return "warning"
    return "programme" if outcome.shown else "soft"


def effects(row: Estimate, language: str, *others: float) -> Amounts:
    """Return how an effect and its limits are written."""
    return amounts((row.estimate, row.conf_low, row.conf_high, *others), row.unit, language)


def difference_cells(row: Estimate, shown: Amounts) -> tuple[str, str, str]:
    """Return an effect and its limits as cells of a data table."""
    return (
        shown.full(row.estimate, sign=True),
        shown.text(row.conf_low, sign=True),
        shown.text(row.conf_high, sign=True),
    )


def sentence(outcome: Outcome, row: Estimate, look: Look, size: str) -> str:
    """Return what may be said of an outcome: never more than its verdict.

    Parameters
    ----------
    outcome : Outcome
        With its verdict.
    row : Estimate
        Its headline row.
    look : Look
        Language.
    size : str
        The effect in words, such as ``"4 more of 100"``.
    """
    said = outcome.verdict.verdict
    if outcome.shown:
        causal = outcome.verdict.rung >= CAUSAL
        weak = "likely overstated" in outcome.verdict.because
        return look.word(
            "title shown",
            outcome=outcome.title,
            size=size,
            than=look.word("than without" if causal else "than comparison"),
            weak=look.word("overstated") if weak else "",
        )
    shown = effects(row, look.language)
    between = look.word(
        "between",
        low=shown.text(row.conf_low, sign=True),
        high=shown.full(row.conf_high, sign=True),
    )
    known = said if said in ("ruled out", "not detectable") else "inconclusive"
    return look.word(f"title {known}", outcome=outcome.title, between=between)


def interval_name(row: Estimate, look: Look) -> str:
    """Return ``95% interval`` in the figure's language."""
    return look.word("interval", level=f"{100 * row.conf_level:g}".replace(".", _point(look)))


def _point(look: Look) -> str:
    return "." if look.language == "en" else ","
