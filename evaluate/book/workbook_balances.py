"""Sheets of what everybody is left with: the account, its years, and where it is in balance."""

from __future__ import annotations

from evaluate.book.view import numeric
from evaluate.book.workbook_course import Years
from evaluate.book.workbook_flows import Balance
from evaluate.book.workbook_formula import (
    Block,
    Formula,
    choose,
    every,
    holds,
    largest,
    most,
    products,
    size,
    sizes,
    total,
)
from evaluate.book.workbook_inputs import Inputs
from evaluate.book.workbook_parts import Part
from evaluate.book.workbook_present import Sums
from evaluate.book.workbook_shares import uneven
from evaluate.book.workbook_sheet import Sheet

_ROUNDING = 1e-12
_SEALED = 1e-8  # sealed numbers have nine digits


def write_account(
    inputs: Inputs, sheet: Sheet, balances: dict[str, Balance], sums: dict[str, Sums]
) -> None:
    """Write everybody's balance, and beside it the published one."""
    account, word = inputs.account, inputs.word
    heads = ["payer", "cost", "benefit", "net", "ratio", "late", "share_late"]
    heads += ["published_net", "difference", "low", "high", "positive"]
    sheet.head([word(f"head.{one}") for one in heads], range(1, 99), frozen=1)
    for who in account.who:
        sheet.text(0, account.name(who), "strong" if who == "society" else "text")
        _balance(inputs, sheet, who, balances[who], sums[who])
        sheet.row += 1
    sheet.row += 1
    sheet.text(0, word("account.shares"), "lead")
    sheet.formula(3, uneven(inputs), "whole")
    sheet.row += 1
    for key in ("rule", "published", "ranges"):
        sheet.text(0, word(f"account.{key}"), "lead")
        sheet.row += 1


def _balance(inputs: Inputs, sheet: Sheet, who: str, balance: Balance, sums: Sums) -> None:
    """Write somebody's balance in the current row."""
    account, word, money = inputs.account, inputs.word, inputs.account.money
    strong = who == "society"
    cost = sheet.formula(1, sums.cost, money, strong=strong)
    benefit = sheet.formula(2, sums.benefit, money, strong=strong)
    net = sheet.formula(3, sums.net, money, strong=strong)
    smallest = most(sums.gross_cost, size(benefit)) * _ROUNDING
    ratio = choose(holds(cost, ">", 0), benefit / cost, word("state.saves"))
    none = holds(size(cost), "<=", smallest)
    if account.effects:  # costs alone have nothing to be held against
        sheet.formula(4, choose(none, word("state.no_cost"), ratio), "ratio", strong=strong)
    sheet.formula(5, sums.late, money, strong=strong)
    whole = total(balance.gross)
    share = choose(holds(whole, ">", 0), total(balance.gross_late) / whole, "")
    sheet.formula(6, share, "share", strong=strong)
    published = numeric(account.published("accounts", who, "net"))
    if published is not None:
        was = sheet.fixed(7, published, money)
        same = holds(size(net - was), "<=", size(was) * _SEALED)
        sheet.formula(8, choose(same, 0, net - was), money)
    for column, name in ((9, "net_low"), (10, "net_high"), (11, "prob_positive")):
        value = numeric(account.published("accounts", who, name))
        if value is not None:
            sheet.fixed(column, value, "share" if name == "prob_positive" else money)


def write_cash_flow(
    inputs: Inputs, sheet: Sheet, years: Years, balances: dict[str, Balance]
) -> None:
    """Write the present value of each year and its running sum."""
    account, word, money = inputs.account, inputs.word, inputs.account.money
    sheet.head([word("head.payer"), word("head.what")])
    sheet.row -= 1
    for t, year in enumerate(years.year):
        sheet.formula(2 + t, year, "year")
    sheet.row += 1
    sheet.stay(2)
    top, lines = sheet.row - 1, []
    for who in (one for one in account.who if one not in ("public", "society_eu")):
        sheet.text(0, account.name(who))
        sheet.text(1, word("cash.value"), "small")
        values = [
            sheet.formula(2 + t, net * factor, money, along=True)
            for t, (net, factor) in enumerate(zip(balances[who].year, years.factor, strict=True))
        ]
        sheet.row += 1
        sheet.text(0, account.name(who))
        sheet.text(1, word("cash.cumulative"), "small")
        so_far: Formula | None = None
        for t, value in enumerate(values):
            sums = value if so_far is None else so_far + value
            so_far = sheet.formula(2 + t, sums, money, along=True)
        lines.append(sheet.row)
        sheet.row += 1
    sheet.row += 1
    title = [word("cash.chart", **account.slots)]
    title += [word("dummy")] if account.dummy else []  # a chart is copied without its sheet
    sheet.chart(". ".join(title), lines, (top, 2), 2 + account.last)


def write_break_even(inputs: Inputs, sheet: Sheet, parts: list[Part], place: Sheet) -> None:
    """Write the first effect at which everybody's net present value is 0.

    Parameters
    ----------
    inputs : Inputs
        Of the account.
    sheet : Sheet
        Where.
    parts : list of Part
        Of the rows.
    place : Sheet
        Where the parts stand.
    """
    account, word, money = inputs.account, inputs.word, inputs.account.money
    names = ("payer", "fixed", "slope", "even", "state", "published", "reached")
    gross = ("gross_fixed", "gross_slope")
    sheet.head([word(f"head.{one}") for one in (*names, *gross)], (1, 2, 3, 5, 6, 7, 8), frozen=1)

    def down(column: int, values: list[float]) -> Block:
        return place.block((parts[0].row, column), (parts[-1].row, column), values)

    unit = down(3, [one.size.number for one in parts])
    times = down(5, [one.multiplier.number for one in parts])
    worth = down(6, [one.present.number for one in parts])
    first = down(7, [one.first.number for one in parts])
    other = Block(f"1-{first.text}", tuple(1 - one for one in first.values))
    start = sheet.row
    gains = {
        who: down(column, [one.gains[who].number for one in parts])
        for column, who in enumerate(account.who, 8)
    }
    ends = [
        _gross(sheet, money, start, (column, [(one, *whole) for one in gains.values()]))
        for column, whole in ((7, (times, worth)), (8, (unit, worth)))
    ]
    for n, who in enumerate(account.who):
        sheet.row = start + n
        sheet.text(0, account.name(who))
        fixed = sheet.formula(1, _clean(products(gains[who], times, worth, other), ends[0]), money)
        slope = sheet.formula(
            2, _clean(products(gains[who], unit, worth, first), ends[1]), "number"
        )
        _where_zero(inputs, sheet, fixed, slope)
        for column, name, kind in (
            (5, "effect", account.effect_kind),
            (6, "prob_reached", "share"),
        ):
            published = numeric(account.published("break_even", who, name))
            if published is not None:
                sheet.fixed(column, published, kind)
    sheet.row = start + len(account.who) + 1


def _gross(
    sheet: Sheet, money: str, start: int, at: tuple[int, list[tuple[Block, ...]]]
) -> Formula:
    """Write down a column how much everybody's sum adds up without signs; return the largest."""
    column, blocks = at
    values = []
    for n, each in enumerate(blocks):
        sheet.row = start + n
        found = products(*(sizes(one) for one in each))
        values.append(sheet.formula(column, found, money).number)
    return largest(sheet.block((start, column), (sheet.row, column), values))


def _clean(found: Formula, scale: Formula) -> Formula:
    """Return a sum; what is nothing but rounding is 0."""
    return choose(holds(size(found), "<=", scale * _ROUNDING), 0, found)


def _where_zero(inputs: Inputs, sheet: Sheet, fixed: Formula, slope: Formula) -> None:
    better = slope if inputs.account.towards > 0 else -slope
    nothing = every(holds(fixed, "=", 0), holds(slope, "=", 0))
    always = every(holds(fixed, ">", 0), holds(better, ">=", 0))
    never = every(holds(fixed, "<=", 0), holds(better, "<=", 0))
    word = inputs.word
    below = choose(holds(better, "<", 0), word("state.below"), "")
    state = choose(never, word("state.never"), below)
    state = choose(always, word("state.always"), state)
    sheet.formula(4, choose(nothing, word("state.no_stake"), state), "plain")
    even = choose(holds(slope, "=", 0), "", -fixed / slope)
    told = choose(always, "", choose(never, "", even))
    sheet.formula(3, choose(nothing, "", told), inputs.account.effect_kind)
