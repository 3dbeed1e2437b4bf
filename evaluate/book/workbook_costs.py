"""The sheet of ingredients: each quantity times price times share, and sums that funders ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluate.book.workbook_course import Years
from evaluate.book.workbook_flows import Balance
from evaluate.book.workbook_formula import Formula, added, choose, holds, plain, total
from evaluate.book.workbook_inputs import Inputs
from evaluate.book.workbook_parts import Part
from evaluate.book.workbook_reading import Line
from evaluate.book.workbook_sheet import Sheet


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An ingredient with its present value.

    Attributes
    ----------
    part : Part
        Its line in the account.
    place : int
        Which part of the account it is.
    present : Formula
        Present value per participant.
    """

    part: Part
    place: int
    present: Formula

    @property
    def line(self) -> Line:
        """Return the row of money."""
        return self.part.line


def write_costs(
    inputs: Inputs, sheet: Sheet, years: Years, parts: list[Part], balances: dict[str, Balance]
) -> None:
    """Write each ingredient, then sums of their present values."""
    account, word, money = inputs.account, inputs.word, inputs.account.money
    heads = ("item", "payers", "type", "phase", "marks", "quantity", "unit", "price", "charged")
    sheet.head(
        [word(f"head.{one}") for one in (*heads, "participant", "total", "present")], frozen=1
    )
    found = []
    for place, part in enumerate(parts):
        if part.side != "cost":
            continue
        line = part.line
        sheet.text(0, part.title, "wrapped")
        payers = line.given["payer"]
        named = [payers] if isinstance(payers, str) else list(payers)
        sheet.text(1, ", ".join(account.name(one) for one in named), "wrapped")
        sheet.text(2, word(f"type.{line.given.get('type', 'other')}"))
        sheet.text(3, word(f"phase.{line.given.get('phase', 'running')}"))
        marks = [word(f"mark.{one}") for one in ("in_kind", "saving") if line.given.get(one)]
        sheet.text(4, ", ".join(marks + [word("mark.follows")] * line.follows), "wrapped")
        item, cells = line.item, inputs.cells
        sheet.formula(5, cells[f"{item}.quantity"] * cells[f"{item}.times"], "number")
        sheet.text(6, str(line.given.get("unit", "")))
        price, factor = cells[f"{item}.amount"], cells.get(f"{item}.factor")
        sheet.formula(7, price * factor if factor else price, "number")
        sheet.formula(8, cells[f"{item}.charged"], "share")
        sign = -1.0 if line.given.get("saving") else 1.0
        each = total(years.courses[item]) * part.multiplier * sign
        each = sheet.formula(9, each, money)
        if "treated" in cells:
            sheet.formula(10, each * cells["treated"], money)
        present = sheet.formula(11, part.present * part.multiplier * sign, money)
        found.append(Ingredient(part, place, present))
        sheet.row += 1
    sheet.row += 1
    _sums(inputs, sheet, found, balances)


def _sums(
    inputs: Inputs, sheet: Sheet, found: list[Ingredient], balances: dict[str, Balance]
) -> None:
    word, money, cells = inputs.word, inputs.account.money, inputs.cells
    names = ("measure", "participant", "total", "completed", "share")
    sheet.head([word(f"head.{one}") for one in names], range(1, 5))
    still = [one for one in found if not one.line.follows]
    whole: Formula | None = None
    for label, sums in (*_asked(inputs, found), *_by_payer(inputs, still, balances)):
        sheet.text(0, label)
        each = sheet.formula(1, sums, money)
        if whole is None:
            whole = each
        if "treated" in cells:
            sheet.formula(2, each * cells["treated"], money)
        if "treated" in cells and "completed" in cells:
            sheet.formula(3, each * cells["treated"] / cells["completed"], money)
        sheet.formula(4, choose(holds(whole, ">", 0), each / whole, ""), "share")
        sheet.row += 1


def _asked(inputs: Inputs, found: list[Ingredient]) -> Iterator[tuple[str, Formula]]:
    """Yield sums by what kind of cost it is, beyond the comparison first."""
    still = [one for one in found if not one.line.follows]
    given = [one.line.given for one in still]
    chosen = {
        "incremental": still,
        "programme": [one for one in still if not one.line.given.get("saving")],
        "comparison": [one for one in still if one.line.given.get("saving")],
        "caused_by_effect": [one for one in found if one.line.follows],
        "start_up": [one for one in still if one.line.given.get("phase") == "start_up"],
        "running": [one for one in still if one.line.given.get("phase") != "start_up"],
        "in_kind": [one for one in still if one.line.given.get("in_kind")],
        "cash": [one for one in still if not one.line.given.get("in_kind")],
        "fixed": [one for one in still if one.line.per == "programme"],
        "variable": [one for one in still if one.line.per != "programme"],
    }
    for key, some in chosen.items():
        if some or key == "incremental":
            yield inputs.word(f"measure.{key}"), added([one.present for one in some])
    for kind in dict.fromkeys(str(one.get("type", "other")) for one in given):
        some = [one for one in still if one.line.given.get("type", "other") == kind]
        yield (
            inputs.word("measure.type", type=inputs.word(f"type.{kind}")),
            added([one.present for one in some]),
        )


def _by_payer(
    inputs: Inputs, still: list[Ingredient], balances: dict[str, Balance]
) -> Iterator[tuple[str, Formula]]:
    """Yield what each payer bears of the programme, beyond the comparison."""
    for payer in inputs.account.payers:
        parts = [balances[payer].flows[one.place].present for one in still]
        title = inputs.account.name(payer)
        yield inputs.word("measure.payer", payer=title), -added(parts) if parts else plain(0)
