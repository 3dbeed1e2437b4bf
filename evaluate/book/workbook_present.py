"""The sheet of present values: by part and payer, with their sums."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.book.workbook_flows import Balance
from evaluate.book.workbook_formula import Block, Formula, plain, products, sizes, total
from evaluate.book.workbook_inputs import Inputs
from evaluate.book.workbook_parts import Part
from evaluate.book.workbook_sheet import Sheet


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of somebody's present values.

    Attributes
    ----------
    cost, benefit, net, late, gross_cost : Formula
        Resources used; everything else with its sign; their difference; of which beyond
        follow-up; size of what the cost is the sum of.
    """

    cost: Formula
    benefit: Formula
    net: Formula
    late: Formula
    gross_cost: Formula


def write_present(
    inputs: Inputs, sheet: Sheet, parts: list[Part], balances: dict[str, Balance]
) -> dict[str, Sums]:
    """Write present values by part and payer with their sums, and return references."""
    account, word, money = inputs.account, inputs.word, inputs.account.money
    names = [account.name(one) for one in account.who]
    sheet.head([word("head.item"), word("head.side"), *names], range(2, 99), frozen=2)
    start = sheet.row
    for row, part in enumerate(parts):
        sheet.text(0, part.title)
        sheet.text(1, word(f"side.{part.side}"), "small")
        for column, who in enumerate(account.who, 2):
            sheet.formula(column, balances[who].flows[row].present, money)
        sheet.row += 1
    n_costs = sum(part.side == "cost" for part in parts)
    rows = {key: sheet.row + n for n, key in enumerate(("cost", "benefit", "net", "gross", "late"))}
    for key, row in rows.items():
        sheet.row = row
        label = {"gross": "gross_cost", "late": "late"}.get(key, key)
        sheet.text(
            0, word(f"head.{label}"), "strong" if key in ("cost", "benefit", "net") else "small"
        )
    found: dict[str, Sums] = {}
    for column, who in enumerate(account.who, 2):
        flows = [one.present.number for one in balances[who].flows]
        costs = sheet.block((start, column), (start + n_costs - 1, column), flows[:n_costs])
        whole = sheet.block((start, column), (start + len(parts) - 1, column), flows)
        rest = None
        if len(flows) > n_costs:
            ends = ((start + n_costs, column), (start + len(parts) - 1, column))
            rest = sheet.block(*ends, flows[n_costs:])
        sheet.row = rows["cost"]
        paid = [found[one].cost for one in account.payers if one in found]
        cost = sheet.formula(column, _cost(inputs, sheet, who, costs, paid), money, strong=True)
        sheet.row = rows["benefit"]
        plainly = who in (*account.payers, "public")
        benefit = (total(rest) if rest else plain(0)) if plainly else total(whole) + cost
        benefit = sheet.formula(column, benefit, money, strong=True)
        sheet.row = rows["net"]
        net = sheet.formula(column, total(whole), money, strong=True)
        sheet.row = rows["gross"]
        gross = sheet.formula(column, products(sizes(costs)), money)
        sheet.row = rows["late"]
        late = sheet.formula(column, total(balances[who].late), money)
        found[who] = Sums(cost, benefit, net, late, gross)
    sheet.row = max(rows.values()) + 1
    return found


def _cost(inputs: Inputs, sheet: Sheet, who: str, costs: Block, paid: list[Formula]) -> Formula:
    """Return resources used: a payer's own, or those of the payers whose sum this is."""
    if who == "public_funds":
        return plain(0)
    if who in inputs.account.payers or who == "public":
        return -total(costs)
    last = 1 + len(inputs.account.payers)
    each = sheet.block((sheet.row, 2), (sheet.row, last), [one.number for one in paid])
    if who == "society_eu":
        return total(each)
    outside = inputs.blocks["eu"]
    inside = Block(f"1-{outside.text}", tuple(1 - one for one in outside.values))
    return products(each, inside)
