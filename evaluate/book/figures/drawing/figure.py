"""What a drawn figure is, and how it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evaluate.book.figures.drawing.canvas import Canvas, style
from evaluate.book.figures.drawing.words import word
from evaluate.book.figures.frame.look import Look as Asked
from evaluate.book.figures.frame.reading import Figure, Reading
from evaluate.core import Finding

__all__ = ["Figure", "Look", "alt", "drawn"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a figure is asked for."""

    theme: str = "light"
    narrow: bool = False
    language: str = "en"

    def canvas(self, finding: Finding, height: float) -> Canvas:
        """Return an empty sheet, marked when the data are invented."""
        foot = self.word("dummy") if finding.data_kind == "dummy" else ""
        return Canvas(height, theme=self.theme, narrow=self.narrow, foot=foot)

    def word(self, key: str, **values: object) -> str:
        """Return a word in the figure's language."""
        return word(key, self.language, **values)

    def note(self, finding: Finding, *parts: str) -> str:
        """Return what stands below the figure, with the mark of invented data."""
        dummy = f"{self.word('dummy')}." if finding.data_kind == "dummy" else ""
        return " ".join(part for part in (dummy, *parts) if part)


def drawn(
    reading: Reading, asked: Asked, make: Callable[[Finding, Look], Figure | None]
) -> Figure | None:
    """Draw in the house's style."""
    with style():
        return make(reading.finding, Look(asked.theme, asked.narrow, reading.language))


def alt(title: str, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """Return the alternative text: the finding, then the first rows in words."""
    limit = 8
    said = "; ".join(
        ", ".join(f"{name} {cell}" if i else cell for i, (name, cell) in _filled(header, row))
        for row in rows[:limit]
    )
    return f"{title}. {said}{'; …' if len(rows) > limit else '.'}"


def _filled(header: tuple[str, ...], row: tuple[str, ...]) -> list[tuple[int, tuple[str, str]]]:
    pairs = zip(header, row, strict=True)
    return [(i, pair) for i, pair in enumerate(pairs) if pair[1] and pair[1] != "–"]
