"""Reading a workbook's results, changing its inputs, and having LibreOffice compute them again."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from evaluate.economics.cost_tables import cost_tables
from evaluate.economics.tables import account_row, account_tables
from evaluate.economics.valuation import Valuation

PROGRAMS = ("soffice", "libreoffice")
Numbers = dict[tuple[Any, ...], float]


def opened(content: bytes, *, values: bool = False) -> Workbook:
    """Return a workbook: its formulas, or what they came to."""
    return load_workbook(io.BytesIO(content), data_only=values)


def head(sheet: Worksheet, first: str) -> int:
    """Return the row of the headings, the first of which is known."""
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == first)


def keyed(book: Workbook) -> dict[str, str]:
    """Return the cells of the inputs by key, such as ``B12``."""
    sheet = book["Inputs"]
    start = head(sheet, "What") + 1
    keys = {sheet.cell(row, 8).value: f"B{row}" for row in range(start, sheet.max_row + 1)}
    return {key: cell for key, cell in keys.items() if key}


@dataclass(frozen=True)
class Change:
    """One input that is changed, in the workbook and in the definition.

    ``where`` is a key of the inputs, or (item, part, payer) of the shares.
    """

    where: str | tuple[str, str, str]
    value: float | str


def change(content: bytes, changes: tuple[Change, ...]) -> bytes:
    """Return the workbook with inputs changed and without the values that it carried."""
    book = opened(content)
    cells, sheet = keyed(book), book["Shares"]
    top = head(sheet, "Item")
    payers = {sheet.cell(top, column).value: column for column in range(4, sheet.max_column + 1)}
    for one in changes:
        if isinstance(one.where, str):
            book["Inputs"][cells[one.where]] = one.value
            continue
        item, part, payer = one.where
        (row,) = [
            row
            for row in range(top + 1, sheet.max_row + 1)
            if (sheet.cell(row, 1).value, sheet.cell(row, 2).value) == (item, part)
        ]
        sheet.cell(row, payers[payer]).value = one.value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def recalculated(contents: Mapping[str, bytes], folder: Path, program: str) -> dict[str, Workbook]:
    """Return workbooks as LibreOffice computes them, with a profile of its own."""
    given, out = folder / "in", folder / "out"
    given.mkdir()
    for name, content in contents.items():
        (given / f"{name}.xlsx").write_bytes(content)
    call = [program, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    call += ["--convert-to", "xlsx", "--outdir", str(out), *map(str, sorted(given.glob("*.xlsx")))]
    done = subprocess.run(
        call, check=False, capture_output=True, timeout=240, env={**os.environ, "HOME": str(folder)}
    )
    assert done.returncode == 0, done.stderr.decode()
    return {name: load_workbook(out / f"{name}.xlsx", data_only=True) for name in contents}


def told(book: Workbook, names: Mapping[str, str]) -> Numbers:
    """Return the numbers of the results, by table, row and column."""
    found: Numbers = {}
    found |= _grid(book["Account"], "accounts", names, 1, {
        "cost": 2, "benefit": 3, "net": 4, "benefit_cost_ratio": 5,
        "net_extrapolated": 6, "share_extrapolated": 7,
    })  # fmt: skip
    if "Break-even" in book.sheetnames:
        found |= _grid(book["Break-even"], "break_even", names, 1, {"effect": 4})
    found |= _cash(book["Cash flow"], names)
    costs = book["Costs"]
    top = head(costs, "Item")
    for row in range(top + 1, head(costs, "Sum of present values") - 1):
        item = str(costs.cell(row, 1).value).replace(" ", "_")
        for name, column in (("per_participant", 10), ("total", 11), ("present", 12)):
            found[("costs", item, name)] = costs.cell(row, column).value
    sums = head(costs, "Sum of present values")
    for row in range(sums + 1, costs.max_row + 1):
        label = costs.cell(row, 1).value
        for name, column in (("per_participant", 2), ("per_completed", 4), ("share", 5)):
            found[("cost_summary", label, name)] = costs.cell(row, column).value
    return {key: value for key, value in found.items() if isinstance(value, (int, float))}


def _grid(
    sheet: Worksheet, table: str, names: Mapping[str, str], first: int, columns: Mapping[str, int]
) -> Numbers:
    keys = {title: key for key, title in names.items()}
    top = head(sheet, "Payer")
    return {
        (table, keys[sheet.cell(row, first).value], name): sheet.cell(row, column).value
        for row in range(top + 1, sheet.max_row + 1)
        if sheet.cell(row, first).value in keys
        for name, column in columns.items()
    }


def _cash(sheet: Worksheet, names: Mapping[str, str]) -> Numbers:
    keys = {title: key for key, title in names.items()}
    top = head(sheet, "Payer")
    years = {
        column: int(sheet.cell(top, column).value) for column in range(3, sheet.max_column + 1)
    }
    kinds = {"present value of the year": "value", "running sum": "cumulative"}
    return {
        (
            "cash_flow",
            keys[sheet.cell(row, 1).value],
            kinds[sheet.cell(row, 2).value],
            year,
        ): sheet.cell(row, column).value
        for row in range(top + 1, sheet.max_row + 1)
        for column, year in years.items()
    }


def expected(done: Valuation, words: Mapping[str, str]) -> Numbers:
    """Return the same numbers as Python computes them."""
    tables = {one.kind: one for one in (*account_tables(done), *cost_tables(done))}
    found: Numbers = {}
    for kind in ("accounts", "break_even", "costs"):
        for row in tables[kind].rows if kind in tables else ():
            key = next(iter(row.values()))
            found |= {(kind, key, name): value for name, value in row.items()}
    for row in tables["cash_flow"].rows:
        for name in ("value", "cumulative"):
            found[("cash_flow", row["payer"], name, row["year"])] = row[name]
    for row in tables["cost_summary"].rows:
        label = words.get(str(row["measure"]), str(row["measure"]))
        for name in ("per_participant", "per_completed", "share"):
            found[("cost_summary", label, name)] = row.get(name)
    for who in done.ledger.others:
        row = account_row(done, done.ledger.row(who), None)
        found |= {("accounts", who, name): value for name, value in row.items()}
    return {
        key: float(value)
        for key, value in found.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }


def scale(done: Valuation) -> float:
    """Return the size of what the account sums: rounding is measured against it."""
    whole = np.abs(done.ledger.net).sum(axis=2) * np.abs(done.multipliers())
    return float(whole.sum(axis=1).max())
