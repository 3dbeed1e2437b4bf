"""A grid of groups by periods: where its cells stand, its labels, and shades by size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.canvas import NORMAL, SMALL, Canvas, plain, width_of, wrap
from evaluate.book.figures.frame.over_time import NEVER, sparse
from evaluate.book.figures.frame.reading import Reading

_DARK = 0.04045  # of sRGB: below it light is proportional to the code
HEAD = 0.24  # inches above the first row
_LONGEST = 1.1  # inches of a period's name
_FEW = 8  # groups whose rows are tall
_SHARES = (0.0, 0.16, 0.34, 0.56, 0.8)  # of the full colour, by step of size


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows are groups by start, columns are periods.

    Attributes
    ----------
    left, top : float
        Inches of its upper left corner, labels not counted.
    wide, high : float
        Inches of a cell with its gap.
    rows, columns : tuple of str
        Groups and periods.
    """

    left: float
    top: float
    wide: float
    high: float
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def right(self) -> float:
        """Return the inches of the right edge."""
        return self.left + self.wide * len(self.columns)

    @property
    def bottom(self) -> float:
        """Return the inches of the lower edge."""
        return self.top + self.high * len(self.rows)

    def place(self, row: str, column: str, inset: float = 0.0) -> tuple[float, float, float, float]:
        """Return left, top, width and height of a cell, drawn in from its gap's middle."""
        x = self.left + self.wide * self.columns.index(column)
        y = self.top + self.high * self.rows.index(row)
        return x + inset, y + inset, self.wide - 2 * inset, self.high - 2 * inset


def group_name(reading: Reading, cohort: str, *, short: bool = False) -> str:
    """Return what a group is called: by its start, or that it never started."""
    if cohort == NEVER:
        return reading.words("cohort.never_short" if short else "cohort.never")
    return plain(cohort if short else reading.words("cohort.started", period=cohort))


def grid(
    reading: Reading,
    canvas_width: float,
    names: tuple[Sequence[str], Sequence[str]],
    *,
    top: float,
    right: float,
    short: bool,
    most: float = 0.42,
) -> Grid:
    """Return where the cells stand between the groups' names and what stands at the right.

    Parameters
    ----------
    reading : Reading
        Its language.
    canvas_width : float
        Inches of the sheet.
    names : tuple of sequences
        Groups and periods.
    top, right : float
        Inches above the cells, and kept free at their right.
    short : bool
        Whether groups are named by their period alone.
    most : float
        Greatest inches of a cell's width.
    """
    groups, periods = names
    labels = [group_name(reading, one, short=short) for one in groups]
    left = max(width_of(one, NORMAL, True) for one in labels) + 0.12
    left = min(left, canvas_width * 0.36)
    wide = min(most, (canvas_width - left - right) / len(periods))
    high = 0.33 if len(groups) <= _FEW else 0.27
    return Grid(left, top, wide, high, tuple(groups), tuple(periods))


def draw_labels(
    canvas: Canvas,
    reading: Reading,
    cells: Grid,
    *,
    short: bool,
    strong: Sequence[str] = (),
    until: float | None = None,
) -> None:
    """Write the periods above the cells, as many as fit, and the groups at their left.

    Parameters
    ----------
    canvas : Canvas
        Sheet.
    reading : Reading
        Its language.
    cells : Grid
        Where cells stand.
    short : bool
        Whether groups are named by their period alone.
    strong : sequence of str
        Groups whose names are bold.
    until : float or None
        Inches that no period's label may reach; ``None`` is the edge of the sheet.
    """
    end = canvas.width if until is None else until
    names = [wrap(one, _LONGEST, size=SMALL, most=1)[0] for one in cells.columns]
    for k in sparse(names, cells.wide):
        label = names[k]
        middle = cells.left + cells.wide * (k + 0.5)
        at = canvas.inside(middle, label, size=SMALL)
        if at + width_of(label, SMALL) / 2 <= end:
            canvas.text(at, cells.top - 0.12, label, "soft", size=SMALL, align="center")
    for i, cohort in enumerate(cells.rows):
        y, bold = cells.top + cells.high * (i + 0.5), cohort in strong
        label = group_name(reading, cohort, short=short)
        for line in wrap(label, cells.left - 0.08, bold=bold, most=1):
            canvas.text(0, y, line, bold=bold)


def step_of(size: float, largest: float) -> int:
    """Return which of five shades a size has: 0 for none, 4 for the largest."""
    if largest == 0:
        return 0
    share = abs(size) / largest
    return next((i for i, limit in enumerate((0.02, 0.25, 0.5, 0.75)) if share <= limit), 4)


def shade(canvas: Canvas, size: float, largest: float) -> str:
    """Return the colour of a value: towards the programme's above zero, else the other's."""
    role = "programme" if size > 0 else "comparison"
    return mixed(canvas.colours["page"], canvas.colours[role], _SHARES[step_of(size, largest)])


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour between two, as ``#RRGGBB``.

    Examples
    --------
    >>> mixed("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    parts = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{int(a + (b - a) * share + 0.5):02X}" for a, b in parts)


def text_on(canvas: Canvas, size: float, largest: float) -> str:
    """Return the role, the page's or the ink's, that is read best on a value's shade."""
    under = _light(shade(canvas, size, largest))
    light = {role: _light(canvas.colours[role]) for role in ("page", "ink")}
    return max(light, key=lambda role: _contrast(light[role], under))


def _contrast(one: float, other: float) -> float:
    """Return the contrast of two luminances by WCAG 2.2."""
    dark, light = sorted((one, other))
    return (light + 0.05) / (dark + 0.05)


def _light(colour: str) -> float:
    """Return the relative luminance of a colour by WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= _DARK else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
