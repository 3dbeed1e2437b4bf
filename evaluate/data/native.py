"""Cells that have a type already: the SQL that takes them as the dictionary types them.

A DOUBLE that is declared number stays what it is; nothing is written as text and read again.
Combinations without a rule here, such as a date in a column of numbers, are read as text, so
that they meet the same refusals as the cells of a CSV file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from evaluate.data import sql
from evaluate.data.variable import Period, Value, Variable, parse_value

Family = Literal["text", "whole", "real", "decimal", "boolean", "date", "timestamp"]
_REAL = frozenset({"FLOAT", "DOUBLE"})
_NUMBERS = frozenset[Family]({"whole", "real", "decimal"})
_TAKEN: Mapping[str, frozenset[Family]] = {
    "number": _NUMBERS,
    "integer": _NUMBERS,
    "boolean": _NUMBERS | {"boolean"},
    "date": frozenset({"date", "timestamp"}),
    "period": _NUMBERS,
}
# Beyond it a DOUBLE no longer tells one whole number from the next.
EXACT = 2**53
_BIGGEST = 2**63


def family_of(kind: str) -> Family:
    """Return the family of a type of DuckDB; what is in none is read as text."""
    if kind in _REAL:
        return "real"
    if kind.endswith(("INT", "INTEGER")):
        return "whole"
    if kind.startswith("DECIMAL"):
        return "decimal"
    if kind in {"DATE", "BOOLEAN"}:
        return "date" if kind == "DATE" else "boolean"
    return (
        "timestamp"
        if kind in {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
        else "text"
    )


def is_native(variable: Variable, kind: str) -> bool:
    """Return whether cells of a type are taken as they are for a variable."""
    return family_of(kind) in _TAKEN.get(variable.type, frozenset())


def as_text(column: str, kind: str) -> str:
    """Return SQL for a cell as text; whole numbers have no point, however they are stored."""
    if kind == "VARCHAR":
        return column
    text = f"CAST({column} AS VARCHAR)"
    if family_of(kind) != "real":
        return text
    whole = f"{column} = trunc({column}) AND abs({column}) < {EXACT}"
    return f"CASE WHEN {whole} THEN CAST(TRY_CAST({column} AS BIGINT) AS VARCHAR) ELSE {text} END"


def present(column: str, kind: str, variable: Variable) -> str:
    """Return SQL for a cell in its own type, NULL where it is missing."""
    codes = _missing(kind, variable)
    if not codes:
        return column
    return f"CASE WHEN {column} NOT IN ({', '.join(codes)}) THEN {column} END"


def typed(value: str, kind: str, variable: Variable) -> str:
    """Return SQL for a present cell as the dictionary types it, NULL where it does not fit."""
    family = family_of(kind)
    if variable.type == "number":
        number = value if kind == "DOUBLE" else f"CAST({value} AS DOUBLE)"
        return f"CASE WHEN isfinite({value}) THEN {number} END" if family == "real" else number
    if variable.type == "boolean":
        if family == "boolean":
            return value
        return f"CASE WHEN {value} = 1 THEN true WHEN {value} = 0 THEN false END"
    if variable.type == "date":
        if family == "date":
            return f"CASE WHEN isfinite({value}) THEN {value} END"
        day = f"TRY_CAST({value} AS DATE)"
        return f"CASE WHEN {value} = {day} THEN {day} END"
    if family == "whole" and variable.type == "integer":
        return value if kind == "BIGINT" else f"TRY_CAST({value} AS BIGINT)"
    whole = f"{value} = trunc({value})"
    if variable.type == "period":
        whole += f" AND {value} BETWEEN 1000 AND 9999"
    elif family == "real":
        whole += f" AND abs({value}) <= {EXACT}"
    return f"CASE WHEN {whole} THEN TRY_CAST({value} AS BIGINT) END"


def plain(column: str, kind: str, variable: Variable) -> str | None:
    """Return SQL for a cell of which nothing is missing by a code and everything fits."""
    fast = {"number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}
    target = fast.get(variable.type)
    if target is None:
        return None
    return column if kind == target else f"CAST({column} AS {target})"


def reasons(kind: str, variable: Variable) -> list[tuple[str, str, str]]:
    """Return tests of a cell ``p`` that does not fit, each with its words and its remedy."""
    if variable.type not in {"integer", "number"} or family_of(kind) == "whole":
        return [("true", "too large", "declare identifiers as text")] * (variable.type == "integer")
    found = []
    if family_of(kind) == "real":
        remedy = "declare what stands for missing, or correct it"
        found.append(("NOT isfinite(p)", "not finite", remedy))
    limit = EXACT if family_of(kind) == "real" else _BIGGEST
    found.append((f"abs(p) > {limit}", "too large", "declare identifiers as text"))
    remedy = "declare it as number, or correct the cells"
    return [*found, ("p <> trunc(p)", "with a fraction", remedy)]


def literal(value: Value, kind: str) -> str:
    """Return a value as a literal to hold typed cells against.

    A FLOAT is held against the nearest FLOAT: 0.1 stored in four bytes is a little more than 0.1.
    """
    text = sql.literal(value.index if isinstance(value, Period) else value)
    return f"CAST(CAST({text} AS FLOAT) AS DOUBLE)" if kind == "FLOAT" else text


def _missing(kind: str, variable: Variable) -> list[str]:
    """Return the codes that mean missing as literals that cells of a type can equal."""
    family = family_of(kind)
    if family == "boolean":
        return []
    if family in {"date", "timestamp"}:
        days = (parse_value(code, "date") for code in variable.missing)
        return [sql.literal(day) for day in days if isinstance(day, date)]
    numbers = (parse_value(code, "number") for code in variable.missing)
    found = [one for one in numbers if isinstance(one, float)]
    if family == "whole":
        return [sql.literal(int(one)) for one in found if one.is_integer() and abs(one) < _BIGGEST]
    return [literal(one, kind) for one in found]
