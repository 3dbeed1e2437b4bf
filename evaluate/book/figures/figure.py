"""What a drawn figure is, and how it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.book.figures.canvas import Canvas
from evaluate.book.figures.words import word
from evaluate.core import Finding


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with the words that belong to it.

    Attributes
    ----------
    svg : str
        Marks and labels only.
    title : str
        A sentence one could quote.
    subtitle : str
        What is drawn, in which unit.
    alt : str
        What the drawing shows, for those who do not see it.
    header : tuple of str
        Headings of the data table.
    rows : tuple of tuple of str
        Cells of the data table, as written on the page.
    note : str
        What stands below the figure; may be empty.
    """

    svg: str
    title: str
    subtitle: str
    alt: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


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
