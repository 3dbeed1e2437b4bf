"""A sheet of the workbook: texts that stay texts, inputs that look like inputs, formulas."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluate.book.workbook_formula import Block, Formula, Value

_BANNER = 8  # columns that the warning is seen over
_PRINTED, _SMALL = 400, 60  # wider sheets are printed over several pages at a small scale
_LETTER, _BOLD, _LINE = (
    0.92,
    1.1,
    13.5,
)  # width of a letter in characters, height of a line in points
_INK, _GREY, _RULE = "#1a1a1a", "#595959", "#bfbfbf"
_PAPER, _HEAD, _WARN = "#fff2cc", "#e7ecf1", "#fde0dc"
_HAIR = {"line": {"color": "#DDE2E6", "width": 0.5}}
# Lines differ in colour and in dash, for readers who do not see the one.
_LINES = tuple(
    (colour, dash)
    for dash in ("solid", "dash", "round_dot")
    for colour in ("#0B4F7D", "#B8721A", "#6F7B86", "#A3195B")
)
_BASE: Mapping[str, Any] = {"font_name": "Calibri", "font_size": 10, "font_color": _INK}
_NUMBERS = {
    "money": '#,##0;-#,##0;"–"',
    "cents": '#,##0.00;-#,##0.00;"–"',
    "number": "#,##0.####",
    "whole": "0",
    "year": "0",
    "factor": '0.000000;-0.000000;"–"',
    "share": "0.0%",
    "rate": "0.00##%",
    "ratio": "0.00",
    "effect": "0.0000",
    "large": "#,##0.00",
    "plain": "General",
}
_TOP_ROW = {"bold": True, "bg_color": _HEAD, "text_wrap": True, "valign": "top", "bottom": 1}
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 15},
    "lead": {"font_color": _GREY},
    "banner": {"bold": True, "bg_color": _WARN, "font_color": "#7a1f14"},
    "head": _TOP_ROW,
    "head_right": {**_TOP_ROW, "align": "right"},
    "group": {"bold": True, "font_size": 11, "top": 1, "top_color": _RULE},
    "text": {"valign": "top"},
    "beside": {"valign": "top", "align": "left", "indent": 1},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "strong": {"bold": True, "top": 1, "top_color": _RULE},
    "small": {"font_color": _GREY, "font_size": 9, "valign": "top"},
    "mark": {"bold": True, "font_color": "#7a1f14", "valign": "top", "align": "left", "indent": 1},
}
INPUT: Mapping[str, Any] = {
    "bg_color": _PAPER,
    "font_color": "#1f3fa8",
    "border": 1,
    "border_color": _RULE,
    "valign": "top",
}


class Formats:
    """Formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}

    def style(self, name: str) -> Any:
        """Return how a kind of text looks."""
        return self._find(("style", name), _STYLES[name])

    def number(self, name: str, *, given: bool = False, strong: bool = False) -> Any:
        """Return how a kind of number looks.

        Parameters
        ----------
        name : str
            Of the kind, such as ``"money"``.
        given : bool
            Whether a reader may change it.
        strong : bool
            Whether it is a sum of what stands above.
        """
        look = INPUT if given else _STYLES["strong"] if strong else _STYLES["text"]
        look = _TOP_ROW if name == "year" else look
        kind = "given" if given else "strong" if strong else "number"
        return self._find((kind, name), {**look, "align": "right", "num_format": _NUMBERS[name]})

    def lines(self) -> Any:
        """Return an empty chart of lines."""
        return self._book.add_chart({"type": "line"})

    def _find(self, key: tuple[str, str], look: Mapping[str, Any]) -> Any:
        if key not in self._made:
            self._made[key] = self._book.add_format({**_BASE, **look})
        return self._made[key]


@dataclass(slots=True)
class Sheet:
    """A sheet being written.

    Attributes
    ----------
    name : str
        Its name.
    page : Worksheet
        Of XlsxWriter.
    formats : Formats
        Of the workbook.
    row : int
        The next free row, from 0.
    widths : list of float
        Of the columns, in characters.
    """

    name: str
    page: Any
    formats: Formats
    row: int = 0
    widths: list[float] = field(default_factory=list)

    def begin(self, title: str, lead: str, warning: str) -> None:
        """Write the title, what the sheet shows and the warning, and set it up for printing.

        Parameters
        ----------
        title, lead, warning : str
            Lines at the top; an empty warning is left out.
        """
        for column, width in enumerate(self.widths):
            self.page.set_column(column, column, width)
        if warning:
            for column in range(1, min(len(self.widths), _BANNER)):
                self.page.write_blank(1, column, None, self.formats.style("banner"))
        for text, style in ((title, "title"), (warning, "banner"), (lead, "lead")):
            if text:
                self.text(0, text, style)
                self.row += 1
        self.row += 1
        self.page.hide_gridlines(2)
        self.page.set_landscape()
        self.page.set_paper(9)
        if sum(self.widths) > _PRINTED:
            self.page.set_print_scale(_SMALL)
        else:
            self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self.page.set_header(f"&L{_printed(title[:60])}&R{_printed(warning)}")
        self.page.set_footer("&L&A&R&P / &N")

    def head(
        self, texts: Sequence[str], numbers: Collection[int] = (), *, frozen: int | None = None
    ) -> None:
        """Write a row of headings.

        Parameters
        ----------
        texts : sequence of str
            One for each column.
        numbers : collection of int
            Columns that hold numbers.
        frozen : int, optional
            So many columns, and all rows so far, stay in view.
        """
        for column, text in enumerate(texts):
            self.text(column, text, "head_right" if column in numbers else "head")
        self.tall(*enumerate(texts), letter=_BOLD)
        self.row += 1
        if frozen is not None:
            self.stay(frozen)

    def stay(self, columns: int) -> None:
        """Keep columns and all rows so far in view, and repeat them in print."""
        self.page.freeze_panes(self.row, columns)
        self.page.repeat_rows(self.row - 1)
        self.page.repeat_columns(0, columns - 1)

    def tall(self, *texts: tuple[int, str], letter: float = _LETTER) -> None:
        """Make the current row high enough for texts that wrap in their columns."""
        lines = max(math.ceil(letter * len(text) / self.widths[at]) for at, text in texts)
        if lines > 1:
            self.page.set_row(self.row, _LINE * lines)

    def text(self, column: int, text: str, style: str = "text") -> None:
        """Write text that stays text whatever it begins with."""
        self.page.write_string(self.row, column, text, self.formats.style(style))

    def given(self, column: int, value: Value, kind: str) -> Formula:
        """Write an input, which looks like one, and return a reference to it."""
        look = self.formats.number(kind, given=True)
        if isinstance(value, str):
            self.page.write_string(self.row, column, value, look)
        else:
            self.page.write_number(self.row, column, value, look)
        return self.cell(self.row, column, value)

    def fixed(self, column: int, value: float, kind: str) -> Formula:
        """Write a number that nobody changes, and return a reference to it."""
        self.page.write_number(self.row, column, value, self.formats.number(kind))
        return self.cell(self.row, column, value)

    def formula(
        self, column: int, found: Formula, kind: str, *, strong: bool = False, along: bool = False
    ) -> Formula:
        """Write a formula with its value, and return a reference to it.

        Parameters
        ----------
        column : int
            Where, in the current row.
        found : Formula
            What.
        kind : str
            Of number.
        strong : bool
            Whether it is a sum of what stands above.
        along : bool
            Whether the column of the reference moves with the formula that uses it.
        """
        text = found.text.replace(f"'{self.name}'!", "")
        look = self.formats.number(kind, strong=strong)
        known = isinstance(found.value, str) or math.isfinite(found.value)
        self.page.write_formula(self.row, column, f"={text}", look, found.value if known else "")
        return self.cell(self.row, column, found.value, along=along)

    def chart(self, title: str, rows: Sequence[int], start: tuple[int, int], last: int) -> None:
        """Draw rows of this sheet as lines, below what is written.

        Parameters
        ----------
        title : str
            Of the chart.
        rows : sequence of int
            One for each line; its name stands in the first column.
        start : tuple of int
            Row of the years, and the first of their columns.
        last : int
            The last column.
        """
        chart, (top, first) = self.formats.lines(), start
        for place, row in enumerate(rows):
            colour, dash = _LINES[place % len(_LINES)]
            chart.add_series(
                {
                    "name": [self.name, row, 0],
                    "categories": [self.name, top, first, top, last],
                    "values": [self.name, row, first, row, last],
                    "line": {"color": colour, "width": 2, "dash_type": dash},
                }
            )
        font = {"name": _BASE["font_name"], "size": 10, "bold": False, "color": _INK}
        chart.set_title({"name": title, "name_font": {**font, "size": 11}, "overlay": False})
        chart.set_x_axis({"label_position": "low", "num_font": font})
        chart.set_y_axis({"num_font": font, "major_gridlines": {"visible": True, **_HAIR}})
        chart.set_legend({"position": "right", "font": font})
        chart.set_size({"width": 900, "height": 380})
        self.page.insert_chart(self.row, 0, chart, {"description": title})

    def cell(self, row: int, column: int, value: Value, *, along: bool = False) -> Formula:
        """Return a reference to a cell."""
        return Formula(f"'{self.name}'!{_place(row, column, along=along)}", value)

    def block(self, start: tuple[int, int], end: tuple[int, int], values: Sequence[float]) -> Block:
        """Return a reference to a block of cells."""
        return Block(f"'{self.name}'!{_place(*start)}:{_place(*end)}", tuple(values))


def _place(row: int, column: int, *, along: bool = False) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=not along))


def _printed(text: str) -> str:
    """Return text for a page's head: ``&`` would begin a code, and it may not be long."""
    return text[:130].replace("&", "&&")
