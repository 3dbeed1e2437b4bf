"""The sheet of every figure: inches from the upper left corner, so that text keeps its size."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evaluate.book.figures.drawing.palette import THEMES

if TYPE_CHECKING:
    from matplotlib.text import Text

WIDE, NARROW = 7.1, 3.42
BODY, SMALL = 9.5, 8.3
LINE = 0.17  # inches from one line of text to the next
_POINTS = 72.0
_FONTS = Path(__file__).resolve().parents[2] / "fonts"
_STYLE = {
    "font.family": ["Evaluate Sans", "DejaVu Sans"],
    "svg.fonttype": "path",
    "svg.hashsalt": "evaluate",
    "text.parse_math": False,  # a dollar sign in a study's text is a dollar sign
    "hatch.linewidth": 0.6,
    "lines.solid_capstyle": "round",
}


@lru_cache(maxsize=1)
def _fonts() -> None:
    from matplotlib import font_manager

    for file in sorted(_FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(file)


@contextmanager
def style() -> Iterator[None]:
    """Draw in the house's style, whatever the reader's own settings are."""
    import warnings

    import matplotlib

    _fonts()
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        warnings.filterwarnings("ignore", message="Glyph")  # a box stands for a rare sign
        yield


@lru_cache(maxsize=4096)
def width_of(text: str, size: float = BODY, bold: bool = False) -> float:
    """Return the width of one line of text in inches."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    _fonts()
    font = FontProperties(
        family=_STYLE["font.family"], size=size, weight="bold" if bold else "normal"
    )
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / _POINTS * 1.015  # hinting makes rendered text a little wider


def wrap(text: str, width: float, *, size: float = BODY, bold: bool = False) -> list[str]:
    """Return text in lines no wider than a column; a word too long for it is divided.

    Thin and no-break spaces do not break.
    """
    lines: list[str] = []
    for word in _pieces(text.split(" "), width, size, bold):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def _pieces(words: Sequence[str], width: float, size: float, bold: bool) -> Iterator[str]:
    for word in words:
        rest = word
        while width_of(rest, size, bold) > width and len(rest) > 1:
            cut = len(rest) - 1
            while cut > 1 and width_of(rest[:cut] + "-", size, bold) > width:
                cut -= 1
            yield rest[:cut] + "-"
            rest = rest[cut:]
        yield rest


class Canvas:
    """One drawing: marks and labels only, without title.

    Parameters
    ----------
    height : float
        Of the drawing in inches, without the line that marks dummy data.
    theme : {"light", "dark"}
        Colours.
    narrow : bool
        3.42 inches wide instead of 7.1.
    foot : str
        Line at the foot in the colour of warnings; empty for none.
    """

    def __init__(
        self, height: float, *, theme: str = "light", narrow: bool = False, foot: str = ""
    ) -> None:
        from matplotlib.figure import Figure

        self.colours = THEMES[theme]
        self.width = NARROW if narrow else WIDE
        self.height = height + (0.26 if foot else 0.0)
        self.labels: list[Text] = []
        self._figure = Figure(figsize=(self.width, self.height), dpi=_POINTS, facecolor="none")
        self._axes: Any = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_xlim(0, self.width)
        self._axes.set_ylim(self.height, 0)
        self._axes.set_axis_off()
        if foot:
            self.text(0, self.height - 0.1, foot, "warning", size=SMALL, bold=True)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        role: str = "ink",
        *,
        size: float = BODY,
        bold: bool = False,
        align: Literal["left", "center", "right"] = "left",
    ) -> None:
        """Write one line; ``y`` is the middle of its small letters."""
        self.labels.append(
            self._axes.text(
                x,
                y + 0.0034 * size,
                text,
                size=size,
                color=self.colours[role],
                weight="bold" if bold else "normal",
                ha=align,
                va="baseline",
            )
        )

    def lines(
        self, x: float, y: float, lines: Sequence[str], role: str = "ink", **how: Any
    ) -> None:
        """Write lines below each other, the first at ``y``."""
        for i, line in enumerate(lines):
            self.text(x, y + i * LINE, line, role, **how)

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        role: str,
        *,
        width: float = 1.6,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """Draw a line; ``width`` in points."""
        self._axes.plot(
            xs,
            ys,
            color=self.colours[role],
            lw=width,
            ls=(0, dashes) if dashes else "-",
            clip_on=False,
        )

    def mark(
        self,
        x: float | Sequence[float],
        y: float | Sequence[float],
        role: str,
        *,
        shape: str = "o",
        size: float = 6.0,
        fill: str | None = None,
        edge: float = 1.4,
    ) -> None:
        """Draw marks of ``size`` points; ``fill`` is a role, ``"none"`` hollow, default solid."""
        colour = self.colours[role]
        face = colour if fill is None else "none" if fill == "none" else self.colours[fill]
        self._axes.plot(
            x, y, ls="", marker=shape, ms=size, mfc=face, mec=colour, mew=edge, clip_on=False
        )

    def bar(
        self, x: float, y: float, width: float, height: float, role: str, *, hatch: str = ""
    ) -> None:
        """Fill a rectangle whose upper left corner is (``x``, ``y``)."""
        from matplotlib.patches import Rectangle

        self._axes.add_patch(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=self.colours[role],
                edgecolor=self.colours["page"],
                lw=0,
                hatch=hatch or None,
                clip_on=False,
            )
        )

    def area(
        self, xs: Sequence[float], lower: Sequence[float], upper: Sequence[float], role: str
    ) -> None:
        """Fill the area between two curves."""
        self._axes.fill_between(xs, lower, upper, color=self.colours[role], lw=0, clip_on=False)

    def svg(self) -> str:
        """Return the drawing: the same bytes for the same calls, on every day."""
        buffer = io.StringIO()
        bare = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self._figure.savefig(buffer, format="svg", metadata=bare, transparent=True)
        text = buffer.getvalue()
        return text[text.index("<svg") :]
