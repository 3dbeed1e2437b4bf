"""The whole account as a workbook: every input in a cell of its own, every result a formula."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from evaluate.book.view import View
from evaluate.book.workbook_balances import write_account, write_break_even, write_cash_flow
from evaluate.book.workbook_costs import write_costs
from evaluate.book.workbook_course import write_years
from evaluate.book.workbook_flows import write_flows
from evaluate.book.workbook_inputs import Inputs, write_inputs
from evaluate.book.workbook_parts import write_parts
from evaluate.book.workbook_present import write_present
from evaluate.book.workbook_reading import SLACK, Account
from evaluate.book.workbook_shares import write_shares
from evaluate.book.workbook_sheet import Formats, Sheet
from evaluate.core import Finding

# A file that is built twice is the same: neither says when.
_MADE = datetime(2000, 1, 1)
_NAME, _WIDE, _MIDDLE, _NARROW = 30.0, 46.0, 16.0, 11.0
_SHEETS = (
    "read_me", "account", "inputs", "shares", "years", "parts",
    "flows", "present", "cash_flow", "break_even", "costs",
)  # fmt: skip


def workbook(finding: Finding, language: str) -> bytes:
    """Return the account of a finding as an Excel file whose results are live formulas.

    Parameters
    ----------
    finding : Finding
        Sealed results; their ``economics`` block and tables are all that is read.
    language : str
        Of the sheets.

    Returns
    -------
    bytes
        An ``.xlsx`` file, the same at every build. Each formula carries its value at the
        published inputs, for readers that do not compute.

    Raises
    ------
    ValueError
        If the finding holds no account.
    """
    from xlsxwriter import Workbook

    account = Account(View(finding, language))
    if not account.view.rows("economics.accounts"):
        raise ValueError("the finding holds no account")
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": account.text(finding.study.get("title")), "created": _MADE})
    book.set_calc_mode("auto")
    _fill(account, _sheets(account, book))
    book.close()
    return stream.getvalue()


def _sheets(account: Account, book: Any) -> dict[str, Sheet]:
    """Add the sheets, each with its title, what it shows and the warning."""
    word, formats = account.view.words, Formats(book)
    years = [_NARROW] * account.n_years
    who, item = [_MIDDLE] * len(account.who), account.widest
    widths: dict[str, list[float]] = {
        "read_me": [110.0],
        "account": [_NAME, *[_MIDDLE] * 11],
        "inputs": [_WIDE, _MIDDLE, 30.0, _MIDDLE, _MIDDLE, 50.0, 50.0, _NAME],
        "shares": [item, _NAME, _NARROW, *[_MIDDLE] * len(account.payers)],
        "years": [item, 24.0, *years],
        "parts": [item, 24.0, _NARROW, *[_MIDDLE] * 4, _NARROW, *who],
        "flows": [24.0, item + _MIDDLE, _NARROW, *[_MIDDLE] * 4, *years],
        "present": [item + _MIDDLE, _NARROW, *who],
        "cash_flow": [24.0, _NAME, *years],
        "break_even": [_NAME, *[_MIDDLE] * 3, 24.0, *[_MIDDLE] * 4],
        "costs": [max(item, _NAME), 24.0, _MIDDLE, _MIDDLE, 20.0, _NARROW, _NARROW, *[_MIDDLE] * 5],
    }
    warning = word("workbook.dummy") if account.dummy else ""
    made = {}
    for key in _SHEETS:
        if key == "break_even" and not account.effects:
            continue
        name = word(f"workbook.sheet.{key}")
        made[key] = Sheet(name, book.add_worksheet(name), formats, widths=widths[key])
        lead = word(f"workbook.lead.{key}", **account.slots)
        title = account.text(account.view.study.get("title")) if key == "read_me" else name
        made[key].begin(title, lead, warning)
    return made


def _fill(account: Account, sheets: dict[str, Sheet]) -> None:
    """Write the sheets in the order in which their formulas need each other."""
    for text, style in _read_me(account, sheets):
        sheets["read_me"].text(0, text, style)
        sheets["read_me"].tall((0, text))
        sheets["read_me"].row += 1
    inputs = Inputs(account, sheets["inputs"])
    write_inputs(inputs)
    write_shares(inputs, sheets["shares"])
    years = write_years(inputs, sheets["years"])
    parts = write_parts(inputs, sheets["parts"], years)
    balances = write_flows(inputs, sheets["flows"], years, parts)
    sums = write_present(inputs, sheets["present"], parts, balances)
    write_account(inputs, sheets["account"], balances, sums)
    write_cash_flow(inputs, sheets["cash_flow"], years, balances)
    if "break_even" in sheets:
        write_break_even(inputs, sheets["break_even"], parts, sheets["parts"])
    write_costs(inputs, sheets["costs"], years, parts, balances)


def _read_me(account: Account, sheets: dict[str, Sheet]) -> Iterator[tuple[str, str]]:
    """Yield what a reader needs to know before changing anything."""
    word, view = account.view.words, account.view
    slots = {
        "currency": view.currency,
        "price_year": account.spec["price_year"],
        "base_year": account.spec["base_year"],
        "last": account.last,
        "room": account.n_years - 1,
        "slack": SLACK,
        "study": view.finding.id,
    }
    for key in ("what", "money", "change", "back", "years", "draws", "marks", "rule", "left_out"):
        yield word(f"workbook.read_me.{key}", **slots), "wrapped"
    note = account.text(account.spec.get("note"))
    if note:
        yield note, "wrapped"
    yield "", "text"
    yield word("workbook.read_me.sheets"), "group"
    for key, sheet in sheets.items():
        if key != "read_me":
            lead = word(f"workbook.lead.{key}", **account.slots)
            yield f"{sheet.name}: {lead}", "wrapped"
