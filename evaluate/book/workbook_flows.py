"""Sheets with what the account comes to: flows, present values, balances, break-even, costs."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.book.workbook_course import Years
from evaluate.book.workbook_formula import (
    Block,
    Formula,
    plain,
    products,
    sizes,
    total,
)
from evaluate.book.workbook_inputs import Inputs
from evaluate.book.workbook_parts import Part
from evaluate.book.workbook_sheet import Sheet

_FIRST_YEAR = 7  # column
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Flow:
    """What somebody gains of a part over the years.

    Attributes
    ----------
    present, late, gross, gross_late : Formula
        Present value; that of years in which no effect was measured, of what follows one; and
        both without signs.
    """

    present: Formula
    late: Formula
    gross: Formula
    gross_late: Formula


@dataclass(slots=True)
class Balance:
    """What somebody's account comes to.

    Attributes
    ----------
    flows : list of Flow
        One for each part.
    year : list of Formula
        Net in each year, undiscounted.
    late, gross, gross_late : Block
        Of what follows an effect: present values beyond follow-up, and sizes.
    """

    flows: list[Flow]
    year: list[Formula]
    late: Block
    gross: Block
    gross_late: Block


def write_flows(
    inputs: Inputs, sheet: Sheet, years: Years, parts: list[Part]
) -> dict[str, Balance]:
    """Write what everybody gains and loses by part and year, and return references."""
    account, word = inputs.account, inputs.word
    heads = ("payer", "item", "side", "present", "late", "gross", "gross_late")
    sheet.head([word(f"head.{one}") for one in heads], range(3, 7))
    sheet.row -= 1
    for t, year in enumerate(years.year):
        sheet.formula(_FIRST_YEAR + t, year, "year")
    sheet.row += 1
    sheet.stay(2)
    return {who: _balance(inputs, sheet, who, years, parts) for who in account.who}


def _balance(inputs: Inputs, sheet: Sheet, who: str, years: Years, parts: list[Part]) -> Balance:
    account, money = inputs.account, inputs.account.money
    start, lines, flows = sheet.row, [], []
    for part in parts:
        sheet.text(0, account.name(who))
        sheet.text(1, part.title)
        sheet.text(2, inputs.word(f"side.{part.side}"), "small")
        each = [
            sheet.formula(_FIRST_YEAR + t, part.gains[who] * part.multiplier * one, money)
            for t, one in enumerate(years.each[part.line.item])
        ]
        lines.append([one.number for one in each])
        flows.append(_present(sheet, years, lines[-1], money, follows=part.line.follows))
        sheet.row += 1
    sheet.text(0, account.name(who), "strong")
    sheet.text(1, inputs.word("head.net"), "strong")
    net = []
    for t, values in enumerate(zip(*lines, strict=True)):
        column = _FIRST_YEAR + t
        block = sheet.block((start, column), (sheet.row - 1, column), values)
        block = Block(block.text.replace(f"${_letters(column)}$", f"{_letters(column)}$"), values)
        net.append(sheet.formula(column, total(block), money, strong=True, along=True))
    ends = [
        sheet.block((start, column), (sheet.row - 1, column), [one.number for one in values])
        for column, values in (
            (4, [one.late for one in flows]),
            (5, [one.gross for one in flows]),
            (6, [one.gross_late for one in flows]),
        )
    ]
    sheet.row += 2
    return Balance(flows, net, *ends)


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _present(sheet: Sheet, years: Years, values: list[float], money: str, *, follows: bool) -> Flow:
    last = _FIRST_YEAR + len(values) - 1
    line = sheet.block((sheet.row, _FIRST_YEAR), (sheet.row, last), values)
    present = sheet.formula(3, products(line, years.factors), money)
    if not follows:
        return Flow(present, plain(0), plain(0), plain(0))
    return Flow(
        present,
        sheet.formula(4, products(line, years.factors, years.late_row), money),
        sheet.formula(5, products(sizes(line), years.factors), money),
        sheet.formula(6, products(sizes(line), years.factors, years.late_row), money),
    )
