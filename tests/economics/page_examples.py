"""The blocks of YAML on the reference page, and the tables of the account that each gives."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from exact_effects import exact

from evaluate.core import Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics
from evaluate.study.yaml import parse

ROWS = ("costs", "earnings", "benefits", "transfers")
_BLOCK = re.compile(r"^```yaml\n(.*?)^```\n(.*?)(?=^```yaml|^#|\Z)", re.MULTILINE | re.DOTALL)
_VALUE = re.compile(r"^\| `(\w+)` \| `([^`]+)` \| `(\w+)` \| (.+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One block, and the cells that the page says it gives: table, row, column, value."""

    text: str
    cells: tuple[tuple[str, str, str, str], ...]

    @property
    def block(self) -> dict[str, Any]:
        """Return what the block holds, read as a study is."""
        document = parse(self.text)
        assert document.value is not None
        assert document.faults == []
        return document.value


def examples(page: str) -> list[Example]:
    """Return the blocks from the account of the examples on, that account first."""
    found = []
    for text, after in _BLOCK.findall(page.split("(economics-examples)=", 1)[1]):
        cells = [(a, b.replace("\\|", "|"), c, d) for a, b, c, d in _VALUE.findall(after)]
        found.append(Example(text, tuple(cells)))
    return found


def put_into(base: dict[str, Any], block: dict[str, Any]) -> dict[str, Any]:
    """Return an account with a block's keys in place of its own, and its rows added."""
    kept = {key: one for key, one in base.items() if key != "analysis" or "effects" not in block}
    added = {key: [*kept.get(key, ()), *block[key]] for key in ROWS if key in block}
    return {**kept, **block, **added}


@cache
def account_of(page: str, number: int) -> Economics:
    """Return the account of one example; number 0 is the account that the others change."""
    base, *blocks = examples(page)
    definition = base.block["economics"]
    if number:
        definition = put_into(definition, blocks[number - 1].block)
    return Economics.model_validate_json(json.dumps(definition), strict=True)


@cache
def drawn(page: str, number: int) -> dict[str, Table]:
    """Return the tables of one example, by kind."""
    spec = account_of(page, number)
    known = {
        "main": exact(0.1, 0.04, df=40.0, unit="share"),
        "work": exact(2.0, 0.5, df=40.0, unit="month", analysis="work"),
    }
    rows = {key: known[key] for key, one in spec.valued.items() if one.analysis}
    return {table.kind: table for table in account(spec, rows, seed=(7,))}
