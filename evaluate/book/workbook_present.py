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


_FIRST_WHO = 2  # column
_ROWS = ("cost", "benefit", "net", "gross_cost", "late")  # below the parts


def write_present(
    inputs: Inputs, sheet: Sheet, parts: list[Part], balances: dict[str, Balance]
) -> dict[str, Sums]:
    """Write present values by part and payer with their sums, and return references."""
    account, word = inputs.account, inputs.word
    names = [account.name(one) for one in account.who]
    sheet.head([word("head.item"), word("head.side"), *names], range(2, 99), frozen=2)
    start = sheet.row
    for place, part in enumerate(parts):
        sheet.text(0, part.title)
        sheet.text(1, word(f"side.{part.side}"), "small")
        for column, who in enumerate(account.who, _FIRST_WHO):
            sheet.formula(column, balances[who].flows[place].present, account.money)
        sheet.row += 1
    for key in _ROWS:
        sheet.text(0, word(f"head.{key}"), "strong" if key in _ROWS[:3] else "small")
        sheet.row += 1
    n_costs = sum(part.side == "cost" for part in parts)
    found: dict[str, Sums] = {}
    for column, who in enumerate(account.who, _FIRST_WHO):
        sheet.row = start
        paid = [found[one].cost for one in account.payers if one in found]
        values = [one.present.number for one in balances[who].flows]
        end = start + len(parts)
        costs = sheet.block((start, column), (start + n_costs - 1, column), values[:n_costs])
        whole = sheet.block((start, column), (end - 1, column), values)
        rest = sheet.block((start + n_costs, column), (end - 1, column), values[n_costs:])
        sheet.row = end
        cost = _cost(inputs, sheet, who, costs, paid)
        gained = total(rest) if rest.values else plain(0)
        late = total(balances[who].late)
        found[who] = _sums(inputs, sheet, who, (cost, gained, total(whole)), (costs, late))
    sheet.row = start + len(parts) + len(_ROWS)
    return found


def _sums(
    inputs: Inputs,
    sheet: Sheet,
    who: str,
    sums: tuple[Formula, Formula, Formula],
    beside: tuple[Block, Formula],
) -> Sums:
    """Write the sums of somebody's column: cost, benefit, net, then what stands beside them."""
    money, column = inputs.account.money, _FIRST_WHO + inputs.account.who.index(who)
    (cost, gained, net), (costs, late) = sums, beside
    written = [sheet.formula(column, cost, money, strong=True)]
    # The burden of taxation on what the programme costs is a benefit with its sign.
    own = who in (*inputs.account.payers, "public")
    for one in (gained if own else net + written[0], net):
        sheet.row += 1
        written.append(sheet.formula(column, one, money, strong=True))
    for one in (products(sizes(costs)), late):
        sheet.row += 1
        written.append(sheet.formula(column, one, money))
    return Sums(cost=written[0], benefit=written[1], net=written[2], late=written[4],
                gross_cost=written[3])  # fmt: skip


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
