"""Sheets that compute what is not yet anybody's: years, courses of rows, and parts of items."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluate.book.workbook_formula import (
    Block,
    Formula,
    added,
    choose,
    every,
    exponential,
    holds,
    interpolated,
    least,
    logarithm,
    most,
    plain,
    some,
)
from evaluate.book.workbook_inputs import Inputs
from evaluate.book.workbook_reading import Line
from evaluate.book.workbook_sheet import Sheet

EQUALISATION = "equalisation"
_FIRST_YEAR = 2  # column
_FIRST_WHO = 8  # column
_NONE = Block("", ())


@dataclass(slots=True)
class Years:
    """What is known of each year.

    Attributes
    ----------
    year, factor, late : list of Formula
        Years after the base year, discount factors, and 1 where no effect was measured.
    factors, late_row : Block
        The same as rows of cells.
    courses : dict of str to Block
        Course of each row per unit of its size, by item.
    each : dict of str to list of Formula
        The same, cell by cell.
    """

    year: list[Formula] = field(default_factory=list)
    factor: list[Formula] = field(default_factory=list)
    late: list[Formula] = field(default_factory=list)
    factors: Block = _NONE
    late_row: Block = _NONE
    courses: dict[str, Block] = field(default_factory=dict)
    each: dict[str, list[Formula]] = field(default_factory=dict)


def write_years(inputs: Inputs, sheet: Sheet) -> Years:
    """Write years, discount factors and the course of each row, and return references."""
    account, word = inputs.account, inputs.word
    years, n = Years(), account.n_years
    sheet.head([word("head.item"), word("head.what"), *("" for _ in range(n))])
    sheet.row -= 1
    found = _along(sheet, "", word("course.year"), [plain(t) for t in range(n)], "year")
    years.year = found
    sheet.stay(_FIRST_YEAR)
    _along(sheet, "", word("course.calendar"), [inputs["base_year"] + t for t in found], "whole")
    shift = choose(
        inputs.chosen("timing", "mid"), 0.5, choose(inputs.chosen("timing", "end"), 1, 0)
    )
    times = _along(sheet, "", word("course.time"), [t + shift for t in found], "number")
    factors = [exponential(-_exponent(inputs, t)) for t in times]
    years.factor = _along(sheet, "", word("course.factor"), factors, "factor")
    years.factors = _row(sheet, years.factor)
    late = [_late(inputs, t) for t in found]
    years.late = _along(sheet, "", word("course.late"), late, "whole")
    years.late_row = _row(sheet, years.late)
    for line in account.lines:
        years.each[line.item] = _course(inputs, sheet, years, line)
        years.courses[line.item] = _row(sheet, years.each[line.item])
    return years


def _along(sheet: Sheet, item: str, what: str, cells: list[Formula], kind: str) -> list[Formula]:
    """Write a row of formulas over the years."""
    sheet.text(0, item)
    sheet.text(1, what, "small")
    found = [sheet.formula(_FIRST_YEAR + t, one, kind, along=True) for t, one in enumerate(cells)]
    sheet.row += 1
    return found


def _row(sheet: Sheet, cells: list[Formula]) -> Block:
    """Return the row that was just written."""
    row, last = sheet.row - 1, _FIRST_YEAR + len(cells) - 1
    return sheet.block((row, _FIRST_YEAR), (row, last), [one.number for one in cells])


def _exponent(inputs: Inputs, time: Formula) -> Formula:
    """Return what e is raised to: each step of the schedule over the time that it holds."""
    rates, parts = inputs.account.rates, []
    start: Formula = plain(0)
    for n in range(1, len(rates) + 1):
        length = time - start if start.number else time
        if f"rate.{n}.to" in inputs.cells:
            end = inputs[f"rate.{n}.to"]
            length = least(length, end - start if start.number else end)
            start = end
        parts.append(most(0, length) * logarithm(plain(1) + inputs[f"rate.{n}"]))
    return added(parts)


def _late(inputs: Inputs, year: Formula) -> Formula:
    if "observed.to" not in inputs.cells:
        return plain(1)
    before = holds(year, "<", inputs["observed.from"])
    return choose(some(before, holds(year, ">", inputs["observed.to"])), 1, 0)


def _course(inputs: Inputs, sheet: Sheet, years: Years, line: Line) -> list[Formula]:
    """Write the course of a row over the years per unit of its size."""
    item, word, title = line.item, inputs.word, inputs.account.title(line)
    others: list[list[Formula]] = []
    if line.profile:
        ages, heights = (inputs.blocks[f"{item}.{one}"] for one in ("age_at", "height_at"))
        points = [interpolated(inputs["age"] + t, ages, heights) for t in years.year]
        others.append(_along(sheet, title, word("course.profile"), points, "number"))
    if line.follows:
        fading = [_fading(inputs, item, t) for t in years.year]
        others.append(_along(sheet, title, word("course.fading"), fading, "number"))
    cells = []
    for place, year in enumerate(years.year):
        held = _held(inputs, item, year, [one[place] for one in others])
        cells.append(-held if line.per == "decrease" else held)
    return _along(sheet, title, word("course.course"), cells, "factor")


def _held(inputs: Inputs, item: str, year: Formula, others: list[Formula]) -> Formula:
    """Return growth and survival, times what else there is, in the years of the row; else 0."""
    growth, survival = inputs[f"{item}.growth"], inputs[f"{item}.survival"]
    value = (plain(1) + growth) ** year * survival**year
    for one in others:
        value = value * one
    within = every(
        holds(year, ">=", inputs[f"{item}.from"]),
        holds(year, "<=", inputs[f"{item}.to"]),
        holds(year, "<=", inputs["horizon"]),
    )
    return choose(within, value, 0)


def _fading(inputs: Inputs, item: str, year: Formula) -> Formula:
    """Return what is left of the effect: whole in the last observed year, 0 after the last."""
    seen, key = inputs["observed.to"], f"{item}.fade"
    left = (plain(1) - inputs[f"{item}.fade_rate"]) ** (year - seen)
    by_rate = choose(holds(year, "<=", seen), 1, left)
    end = inputs[f"{item}.to"] + 1
    linear = least(1, most(0, (end - year) / most(end - seen, 1)))
    chosen = choose(inputs.chosen(key, "rate"), by_rate, 1)
    return choose(inputs.chosen(key, "linear"), linear, chosen)
