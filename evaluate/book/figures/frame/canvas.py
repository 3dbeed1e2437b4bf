"""A sheet measured in inches from its upper left corner, on which marks and labels are put."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.palette import THEMES

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

FONTS = Path(__file__).resolve().parents[2] / "fonts"
FAMILY = ("Evaluate Sans", "DejaVu Sans")  # the second for letters that the first lacks
POINTS = 72
SMALL, NORMAL = 8.6, 9.5
LINE = 0.17  # inches from baseline to baseline
FOOT = 0.26  # room of the line that says that data are invented
_HALF_CAPITAL = 0.33  # of the size of type
_SETTINGS: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "evaluate",
    "text.parse_math": False,  # a dollar sign in a study's text is a dollar sign
    "hatch.linewidth": 0.7,
    "path.simplify": False,
}
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@cache
def _register_fonts() -> None:
    from matplotlib import font_manager

    for file in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(file)


@cache
def _font(size: float, bold: bool) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    _register_fonts()
    return FontProperties(family=list(FAMILY), size=size, weight="bold" if bold else "normal")


@cache
def width_of(text: str, size: float = NORMAL, bold: bool = False) -> float:
    """Return how wide a text is set, in inches; the same on every machine."""
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text, _font(size, bold), ismath=False)
    return float(width) / POINTS


def plain(text: str) -> str:
    """Return a text on one line, without characters that no font draws."""
    return " ".join(
        _UNSEEN.sub(lambda one: "\u202f" if one[0] == "\u202f" else " ", text).split(" ")
    )


def wrap(
    text: str, width: float, *, size: float = NORMAL, bold: bool = False, most: int = 3
) -> tuple[str, ...]:
    """Return a text as lines that fit a width; what is too much ends in an ellipsis.

    Parameters
    ----------
    text : str
        Broken at ordinary spaces only, so that numbers stay whole.
    width : float
        In inches.
    size : float
        Of type, in points.
    bold : bool
        Whether it is set bold.
    most : int
        Greatest number of lines.
    """
    lines: list[str] = []
    for word in plain(text).split(" "):
        longer = f"{lines[-1]} {word}".strip() if lines else word
        if lines and width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    cut = len(lines) > most
    kept = lines[:most]
    for i, line in enumerate(kept):
        ending = "…" if cut and i == most - 1 else ""
        kept[i] = _shortened(line, width - width_of(ending, size, bold), size, bold, ending)
    return tuple(kept)


def _shortened(line: str, width: float, size: float, bold: bool, ending: str) -> str:
    if width_of(line, size, bold) <= width:
        return line + ending
    while line and width_of(f"{line}…", size, bold) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


class Canvas:
    """A drawing in the making.

    Parameters
    ----------
    look : Look
        Theme and width.
    height : float
        Inches for marks and labels.
    warning : str
        Line at the foot that says that data are invented; empty for none.
    width : float or None
        Inches; ``None`` is the look's own.
    """

    def __init__(
        self, look: Look, height: float, *, warning: str = "", width: float | None = None
    ) -> None:
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        _register_fonts()
        self.look, self.colours = look, THEMES[look.theme]
        self.width = look.width if width is None else width
        lines = wrap(warning, self.width, size=SMALL, bold=True) if warning else ()
        self.height = height + (FOOT + LINE * (len(lines) - 1) if lines else 0.0)
        with rc_context(_SETTINGS):
            self.figure = Figure(figsize=(self.width, self.height), facecolor="none")
            self.sheet = self.figure.add_axes((0, 0, 1, 1))
        self.sheet.set_xlim(0, self.width)
        self.sheet.set_ylim(self.height, 0)
        self.sheet.set_axis_off()
        for i, line in enumerate(lines):
            self.text(0, height + 0.13 + LINE * i, line, "warning", size=SMALL, bold=True)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        role: str = "ink",
        *,
        size: float = NORMAL,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        """Put one line of text with the middle of its capitals at ``y``."""
        baseline = y + _HALF_CAPITAL * size / POINTS
        self.sheet.text(
            x,
            baseline,
            plain(text),
            color=self.colours[role],
            fontproperties=_font(size, bold),
            ha=align,
            va="baseline",
            parse_math=False,
            zorder=5,
        )

    def lines(
        self, x: float, y: float, texts: Sequence[str], role: str = "ink", **how: Any
    ) -> None:
        """Put lines of text under each other, the block's middle at ``y``."""
        first = y - LINE * (len(texts) - 1) / 2
        for i, line in enumerate(texts):
            self.text(x, first + LINE * i, line, role, **how)

    def inside(self, x: float, text: str, *, size: float = NORMAL, bold: bool = False) -> float:
        """Return the middle nearest to ``x`` at which a text stays on the sheet."""
        half = width_of(text, size, bold) / 2 + 0.02
        return max(half, min(self.width - half, x))

    def path(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        role: str = "ink",
        *,
        width: float = 0.9,
        dash: tuple[float, float] | None = None,
        order: float = 2,
    ) -> None:
        """Draw a line through points."""
        style: Any = (0, dash) if dash else "-"
        self.sheet.plot(
            xs,
            ys,
            color=self.colours[role],
            linewidth=width,
            linestyle=style,
            zorder=order,
            solid_capstyle="butt",
            solid_joinstyle="round",
        )

    def marks(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        role: str,
        *,
        shape: str = "o",
        size: float = 6.5,
        fill: str | None = None,
        edge: float = 1.4,
    ) -> None:
        """Put marks of one shape; ``fill`` is another role, such as ``"page"`` for hollow ones."""
        self.sheet.plot(
            xs,
            ys,
            linestyle="none",
            marker=shape,
            markersize=size,
            markerfacecolor="none" if fill == "none" else self.colours[fill or role],
            markeredgecolor=self.colours[role],
            markeredgewidth=edge,
            zorder=3,
        )

    def area(self, xs: Sequence[float], ys: Sequence[float], role: str) -> None:
        """Fill the area within points."""
        self.sheet.fill(xs, ys, color=self.colours[role], linewidth=0, zorder=0.5)

    def box(
        self, x: float, y: float, width: float, height: float, role: str, *, hatch: bool = False
    ) -> None:
        """Fill a box from its upper left corner."""
        from matplotlib.patches import Rectangle

        look: dict[str, Any] = {"linewidth": 0}
        if hatch:
            look |= {"hatch": "////", "edgecolor": self.colours["page"]}
        shape = Rectangle((x, y), width, height, facecolor=self.colours[role], zorder=1, **look)
        self.sheet.add_patch(shape)

    def cell(
        self,
        place: tuple[float, float, float, float],
        colour: str | None,
        edge: str | None = None,
        *,
        line: float = 0.6,
        hatch: str | None = None,
        dash: bool = False,
    ) -> None:
        """Draw a box that may be empty, with an edge or hatching in the colours of roles.

        Parameters
        ----------
        place : tuple of float
            Left, top, width and height in inches.
        colour : str or None
            Fill as ``#RRGGBB``; ``None`` is clear.
        edge : str or None
            Role of its edge.
        line : float
            Width of the edge in points.
        hatch : str or None
            Role of slanting lines within.
        dash : bool
            Whether the edge is dashed.
        """
        from matplotlib.patches import Rectangle

        left, top, width, height = place
        fill: Any = colour or "none"
        if hatch is not None:
            under = {"facecolor": fill, "edgecolor": self.colours[hatch], "linewidth": 0}
            self.sheet.add_patch(
                Rectangle((left, top), width, height, hatch="//////", zorder=1, **under)
            )
            fill = "none"
        style: Any = (0, (2, 1.5)) if dash else "-"
        look = {"facecolor": fill, "edgecolor": self.colours[edge] if edge else "none"}
        look |= {"linewidth": line if edge else 0.0, "linestyle": style}
        order = 1.0 if line < 1 else 2.5  # an outline stands over its neighbours
        self.sheet.add_patch(Rectangle((left, top), width, height, zorder=order, **look))

    def svg(self) -> str:
        """Return the drawing; equal drawings are equal bytes."""
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        out = StringIO()
        with rc_context(_SETTINGS):
            sheet: Any = FigureCanvasSVG(self.figure)
            sheet.print_svg(out, metadata={"Date": None, "Creator": None})
        return out.getvalue()
