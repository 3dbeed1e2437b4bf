"""Columns that have a type already, settled by their ends and one test of every cell.

Files hold the smallest and largest value of each column, so that DuckDB gives both without
reading a cell. They say nothing of NaN, so that cells of floating type are each looked at.
"""

from __future__ import annotations

import struct
from datetime import date
from typing import Any

from evaluate.data import native
from evaluate.data.cells import Cells, Counts, judge
from evaluate.data.variable import NUMERIC, Levels, Period, Range, parse_value

_LARGEST_FLOAT = 3.4e38
_WIDE = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
_YEARS = (1000, 9999)


def ends(cells: Cells) -> list[str]:
    """Return SQL aggregates of the cells as they are stored: how many, smallest and largest."""
    return [f"{name}({cells.column})" for name in ("count", "min", "max")]


def tests(cells: Cells) -> list[str]:
    """Return SQL that is true where every cell passes what its column's ends cannot show."""
    p, t, allowed = cells.p, cells.t, cells.variable.values
    family, kind = native.family_of(cells.kind), cells.variable.type
    asked = []
    if kind == "number" and family == "real":
        # Codes for missing are told from the ends, and are finite.
        asked.append(f"coalesce(bool_and(isfinite({cells.r})), true)")
    elif not _settled_by_ends(cells):
        asked.append(f"count({p}) = count({t})")
    if isinstance(allowed, Levels) and not (kind == "boolean" or _is_run(cells)):
        asked.append(f"{judge(cells.variable, t, cells.kind)[1]} = 0")
    if isinstance(allowed, Range) and family == "timestamp":
        asked.append(f"{judge(cells.variable, t, cells.kind)[1]} = 0")
    return asked


def settled(cells: Cells, answers: list[Any]) -> Counts | None:
    """Return the counts of a column in which all is well, else nothing.

    Parameters
    ----------
    cells : Cells
        The column, which passed its tests.
    answers : list
        To what ``ends`` asks.
    """
    present, low, high = answers
    if not present:
        return Counts(0, 0, coded=False)
    if _may_be_coded(cells, low, high) or not _fits(cells, low, high):
        return None
    if not _is_allowed(cells, low, high):
        return None
    if cells.variable.type == "period":
        return Counts(present, present, forms=("year",), coded=False)
    if cells.variable.type not in NUMERIC:
        return Counts(present, present, coded=False)
    return Counts(present, present, low=float(low), high=float(high), coded=False)


def _settled_by_ends(cells: Cells) -> bool:
    family, kind = native.family_of(cells.kind), cells.variable.type
    return kind == "number" or family in {"whole", "boolean"}


def _may_be_coded(cells: Cells, low: Any, high: Any) -> bool:
    """Return whether a code for missing lies between the ends."""
    family = native.family_of(cells.kind)
    if family == "boolean":
        return False
    kind = "date" if family in {"date", "timestamp"} else "number"
    codes = [parse_value(code, kind) for code in cells.variable.missing]
    if family == "timestamp":
        return any(code is not None for code in codes)
    return any(code is not None and low <= _stored(code, cells.kind) <= high for code in codes)


def _fits(cells: Cells, low: Any, high: Any) -> bool:
    """Return whether whole numbers between two ends fit; others have been tested."""
    if native.family_of(cells.kind) != "whole":
        return True
    kind = cells.variable.type
    if kind == "boolean":
        return bool(low >= 0 and high <= 1)
    if kind == "period":
        return bool(low >= _YEARS[0] and high <= _YEARS[1])
    if kind == "integer" and cells.kind in _WIDE:
        return bool(low >= -(2**63) and high < 2**63)
    return True


def _is_allowed(cells: Cells, low: Any, high: Any) -> bool:
    allowed = cells.variable.values
    if isinstance(allowed, Levels):
        if cells.variable.type == "boolean":
            return len(allowed.values) > 1  # of one alone every cell is looked at
        numbers = [one for one in allowed.values if isinstance(one, int)]
        return not _is_run(cells) or bool(min(numbers) <= low and high <= max(numbers))
    if not isinstance(allowed, Range) or native.family_of(cells.kind) == "timestamp":
        return True
    bottom, top = (_stored(end, cells.kind) for end in (allowed.low, allowed.high))
    return not ((bottom is not None and low < bottom) or (top is not None and high > top))


def _is_run(cells: Cells) -> bool:
    """Return whether levels are whole numbers without a gap, and the cells whole numbers too."""
    allowed = cells.variable.values
    if not isinstance(allowed, Levels) or native.family_of(cells.kind) != "whole":
        return False
    numbers = [one for one in allowed.values if isinstance(one, int)]
    whole = len(numbers) == len(allowed.values)
    return whole and max(numbers) - min(numbers) == len(numbers) - 1


def _stored(value: object, kind: str) -> Any:
    """Return a value of the dictionary as the file would hold it."""
    if isinstance(value, Period):
        return value.index
    if kind == "FLOAT" and isinstance(value, int | float) and abs(value) < _LARGEST_FLOAT:
        return struct.unpack("f", struct.pack("f", value))[0]
    return value if isinstance(value, int | float | date) else None
