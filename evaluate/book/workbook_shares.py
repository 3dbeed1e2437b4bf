"""The sheet of shares: who pays or gains what part of each row, and sums over payers."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.book.workbook_formula import Block, Formula, products, total
from evaluate.book.workbook_inputs import Inputs
from evaluate.book.workbook_reading import Line
from evaluate.book.workbook_sheet import Sheet

_TOLERANCE = 1e-9
_WRITTEN = "1E-9"


def parts_of(line: Line) -> dict[str, Mapping[str, float]]:
    """Return who has which share, by what it is a share of."""
    given = line.given
    if line.block == "earnings":
        levies = {one: given[one]["to"] for one in ("tax", "contribution") if one in given}
        named = {"earner": given["earner"], **levies}
    elif line.block == "transfers":
        named = {"from": given["from"], "to": given["to"]}
    else:
        named = {"payer": given["payer"]}
    return {
        part: {parties: 1.0} if isinstance(parties, str) else parties
        for part, parties in named.items()
    }


def write_shares(inputs: Inputs, sheet: Sheet) -> None:
    """Write the sheet of shares: who pays or gains what part of each row."""
    account, word = inputs.account, inputs.word
    names = [account.name(one) for one in account.payers]
    sheet.head(
        [word("head.item"), word("head.part"), word("head.sum"), *names], range(2, 99), frozen=3
    )
    for flag, title in (("public", word("flag.public")), ("eu", word("flag.eu"))):
        sheet.text(0, title)
        values = [float(bool(account.spec["payers"][one].get(flag))) for one in account.payers]
        inputs.blocks[flag] = _across(inputs, sheet, f"flag.{flag}", values, "whole")
    sheet.row += 1
    start, sums = sheet.row, []
    for line in account.lines:
        for part, parties in parts_of(line).items():
            sheet.text(0, account.title(line))
            sheet.text(1, word(f"part.{line.side}_payer" if part == "payer" else f"part.{part}"))
            values = [float(parties.get(one, 0.0)) for one in account.payers]
            row, key = sheet.row, f"{line.item}.{part}"
            block = inputs.blocks[key] = _across(inputs, sheet, key, values, "share")
            sheet.row = row
            sums.append(sheet.formula(2, total(block), "share").number)
            off = {"type": "formula", "criteria": f"=ABS($C{row + 1}-1)>{_WRITTEN}"}
            look = sheet.formats.style("banner")
            sheet.page.conditional_format(row, 2, row, 2, {**off, "format": look})
            sheet.row += 1
    inputs.blocks["sums"] = sheet.block((start, 2), (sheet.row - 1, 2), sums)


def uneven(inputs: Inputs) -> Formula:
    """Return how many lines of shares do not sum to 1."""
    block = inputs.blocks["sums"]
    value = sum(abs(one - 1) > _TOLERANCE for one in block.values)
    return Formula(f"SUMPRODUCT(--(ABS({block.text}-1)>{_WRITTEN}))", float(value))


def _across(inputs: Inputs, sheet: Sheet, key: str, values: list[float], kind: str) -> Block:
    """Write one figure for each payer, beside each other."""
    for column, (payer, value) in enumerate(zip(inputs.account.payers, values, strict=True), 3):
        inputs.cells[f"{key}.{payer}"] = sheet.given(column, value, kind)
    start, end = (sheet.row, 3), (sheet.row, 2 + len(values))
    sheet.row += 1
    return sheet.block(start, end, values)


def burden(gains: Block, inputs: Inputs, *, eu: bool = False) -> Formula:
    """Return the part of public payers in gains of all: those of the country, or all of them."""
    within = () if eu else (Block(f"1-{inputs.blocks['eu'].text}", _inside(inputs)),)
    return products(gains, inputs.blocks["public"], *within)


def national(gains: Block, inputs: Inputs) -> Formula:
    """Return the part of payers of the country in gains of all."""
    return products(gains, Block(f"1-{inputs.blocks['eu'].text}", _inside(inputs)))


def _inside(inputs: Inputs) -> tuple[float, ...]:
    return tuple(1.0 - one for one in inputs.blocks["eu"].values)
