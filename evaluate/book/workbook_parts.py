"""The sheet of items: the size of each part of a row, its effect, and who gains what of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluate.book.workbook_course import Years
from evaluate.book.workbook_formula import Formula, added, choose, holds, plain, products, rounded
from evaluate.book.workbook_inputs import Inputs
from evaluate.book.workbook_reading import Line, Side
from evaluate.book.workbook_shares import burden, national
from evaluate.book.workbook_sheet import Sheet

EQUALISATION = "equalisation"
_FIRST_WHO = 8  # column
_DIGITS = 14


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a row that has its own line in the account.

    Attributes
    ----------
    title : str
        What it is.
    line : Line
        Its row of money.
    side : str
        Cost, benefit or transfer.
    size, multiplier, present : Formula
        Money per participant or unit of effect; times the effect; the present value of its course.
    first : Formula
        1 where it follows the account's first effect.
    gains : dict of str to Formula
        What each gains of one unit; what it loses is negative.
    row : int
        Of the sheet.
    """

    title: str
    line: Line
    side: Side
    size: Formula
    multiplier: Formula
    present: Formula
    first: Formula
    gains: dict[str, Formula]
    row: int


def write_parts(inputs: Inputs, sheet: Sheet, years: Years) -> list[Part]:
    """Write each part of each row: its size, its effect, and who gains what of it."""
    account, word = inputs.account, inputs.word
    names = [account.name(one) for one in account.who]
    heads = ("item", "part", "side", "size", "effect", "multiplier", "present_course", "first")
    sheet.head([*(word(f"head.{one}") for one in heads), *names], range(3, 99), frozen=1)
    kept = _kept(inputs, sheet)
    found: list[Part] = []
    for line in account.lines:
        size, effect = _size(inputs, line), _effect(inputs, line)
        for part, side in _parts(inputs, line):
            sheet.text(0, account.title(line))
            sheet.text(1, word(f"part.{part}") if part else "", "small")
            sheet.text(2, word(f"side.{side}"), "small")
            sized = sheet.formula(3, size, "number")
            held = sheet.formula(4, effect, account.effect_kind) if line.follows else None
            times = sheet.formula(5, sized * held if held else sized, "number")
            present = sheet.formula(6, products(years.courses[line.item], years.factors), "number")
            first = sheet.fixed(7, float(_is_first(inputs, line)), "whole")
            each = {
                payer: _moved(inputs, payer, kept, found[-1])
                if part == EQUALISATION
                else _share(inputs, line, part, payer)
                for payer in account.payers
            }
            gains = _gains(inputs, sheet, each, moved=side == "transfer")
            name = account.title(line)
            name += f", {word(f'part.{part}')}" if part else ""
            found.append(Part(name, line, side, sized, times, present, first, gains, sheet.row))
            sheet.row += 1
    return found


def _kept(inputs: Inputs, sheet: Sheet) -> dict[str, Formula]:
    """Write what each payer keeps of tax revenue at the chosen scope."""
    kept = {}
    for column, payer in enumerate(inputs.account.payers, _FIRST_WHO):
        if f"kept.{payer}.local" in inputs.cells:
            ends = (inputs[f"kept.{payer}.{one}"] for one in ("local", "national"))
            scope = choose(inputs.chosen("scope", "local"), *ends)
            kept[payer] = sheet.formula(column, scope, "share")
    if kept:
        sheet.text(0, inputs.word("course.kept"), "small")
        sheet.row += 1
    return kept


def _parts(inputs: Inputs, line: Line) -> Iterator[tuple[str, Side]]:
    """Yield the parts of a row, as a name and a side; the row itself has none."""
    retained = any("retention" in one for one in inputs.account.spec["payers"].values())
    yield "", line.side
    if line.given.get("taxed") and retained:
        yield EQUALISATION, "transfer"
    if "tax" in line.given:
        yield "tax", "benefit"
        if retained:
            yield EQUALISATION, "transfer"
    if "contribution" in line.given:
        yield "contribution", "benefit"
    if line.given.get("administration"):
        yield "administration", "benefit"


def _size(inputs: Inputs, line: Line) -> Formula:
    """Return what a row adds per participant in a year without growth, profile or fading."""
    item = line.item
    price = inputs[f"{item}.amount"]
    rate = inputs.cells.get(f"{item}.factor")
    price = price * rate if rate else price
    if line.block == "costs":
        if "durable" in line.given:
            price = _annual(inputs, item, price)
        price = price * inputs[f"{item}.quantity"] * inputs[f"{item}.charged"]
    share = inputs[f"{item}.causal"] * (plain(1) - inputs[f"{item}.displaced"])
    each = price * inputs[f"{item}.times"] * share
    if line.per == "programme" and "treated" in inputs.cells:
        each = each / inputs["treated"]
    return each


def _annual(inputs: Inputs, item: str, price: Formula) -> Formula:
    """Return the price of a durable thing spread over its years."""
    salvage = inputs[f"{item}.salvage"]
    factor = inputs.cells.get(f"{item}.factor")
    salvage = salvage * factor if factor else salvage
    years, rate = inputs[f"{item}.durable_years"], inputs[f"{item}.durable_rate"]
    grown = plain(1) + rate
    spread = (price - salvage / grown**years) * rate / (plain(1) - grown ** (-years))
    return choose(holds(rate, "=", 0), (price - salvage) / years, spread)


def _effect(inputs: Inputs, line: Line) -> Formula:
    if not line.follows:
        return plain(1)
    first = next(iter(inputs.account.effects))
    return inputs[f"effect.{line.given.get('effect') or first}"]


def _is_first(inputs: Inputs, line: Line) -> bool:
    first = next(iter(inputs.account.effects), None)
    return line.follows and (line.given.get("effect") or first) == first


def _gains(
    inputs: Inputs, sheet: Sheet, each: dict[str, Formula], *, moved: bool
) -> dict[str, Formula]:
    """Write who gains what of one unit, then the sums over payers; what is moved sums to 0."""
    payers, funds = inputs.account.payers, inputs["public_funds"]
    gains = {
        payer: sheet.formula(column, each[payer], "share")
        for column, payer in enumerate(payers, _FIRST_WHO)
    }
    last = _FIRST_WHO + len(payers) - 1
    values = [one.number for one in gains.values()]
    block = sheet.block((sheet.row, _FIRST_WHO), (sheet.row, last), values)
    sums = {
        "public_funds": lambda: funds * burden(block, inputs),
        "society": lambda: national(block, inputs) + funds * burden(block, inputs),
        "public": lambda: burden(block, inputs),
        "society_eu": lambda: products(block) + funds * burden(block, inputs, eu=True),
    }
    for column, key in enumerate(inputs.account.who[len(payers) :], last + 1):
        whole = sums[key]()
        # Of what changes hands rounding may remain, which would be shown as -0.
        gains[key] = sheet.formula(column, rounded(whole, _DIGITS) if moved else whole, "share")
    return gains


def _share(inputs: Inputs, line: Line, part: str, payer: str) -> Formula:
    item, cells = line.item, inputs.cells
    if line.block == "earnings" and not part:
        share = cells[f"{item}.earner.{payer}"]
        tax = cells.get(f"{item}.tax_rate")
        return share * (plain(1) - tax) if tax else share
    if part in ("tax", "contribution"):
        return cells[f"{item}.{part}_rate"] * cells[f"{item}.{part}.{payer}"]
    if part == "administration":
        return cells[f"{item}.administration"] * cells[f"{item}.to.{payer}"]
    if line.block == "transfers":
        return cells[f"{item}.to.{payer}"] - cells[f"{item}.from.{payer}"]
    share = cells[f"{item}.payer.{payer}"]
    return -share if line.block == "costs" and not line.given.get("saving") else share


def _moved(inputs: Inputs, payer: str, kept: dict[str, Formula], tax: Part) -> Formula:
    """Return what equalisation takes from a payer, or gives it, of a tax."""
    payers = inputs.account.spec["payers"]
    parts = [
        tax.gains[other] * (plain(1) - share)
        for other, share in kept.items()
        if payers[other]["retention"]["rest"] == payer
    ]
    if payer in kept:
        parts.insert(0, -(tax.gains[payer] * (plain(1) - kept[payer])))
    return added(parts)
