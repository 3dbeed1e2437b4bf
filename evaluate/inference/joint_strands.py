"""One strand of a joint display, read from a table or from the rows of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell, CellType, Table
from evaluate.errors import Refused
from evaluate.inference.joint_display import Spoken


@dataclass(frozen=True, slots=True)
class Strand:
    """The values of one strand.

    Attributes
    ----------
    values : mapping of str to cell
        By case; ``None`` where the strand knows the case and not its value.
    people : mapping of str to int
        By case: the fewest people behind its value, where that is told.
    kind : str
        How its cells are written.
    unit : str or None
        Of its numbers.
    state : str or None
        Why it has no values at all.
    uncounted : frozenset of str
        Cases of which rows of a record are shown, and nobody says how many people stand behind.
    """

    values: Mapping[str, Cell] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    kind: CellType = "text"
    unit: str | None = None
    state: str | None = None
    uncounted: frozenset[str] = frozenset()

    def tells(self, case: str) -> bool:
        """Return whether the strand has a value of a case."""
        return self.values.get(case) is not None


def of_table(table: Table, key: str, value: str, where: Mapping[str, str]) -> Strand:
    """Return a strand from one column of a table.

    Parameters
    ----------
    table : Table
        Of an earlier analysis.
    key, value : str
        Its columns with the case and with what is shown.
    where : mapping of str to str
        Only rows with these words in these columns.

    Raises
    ------
    Refused
        If a column is not there, or two rows are of one case.
    """
    columns = {one.name: one for one in table.columns}
    if not {key, value, *where} <= set(columns):
        raise Refused(
            "no_such_column",
            "a strand names a column that its table does not have",
            "name a column of the table, as its heading's key stands in the finding",
        )
    rows = [row for row in table.rows if all(row.get(k) == v for k, v in where.items())]
    rows = [row for row in rows if row.get(key) is not None]
    cases = [str(row[key]) for row in rows]
    _once(cases)
    counts = [
        one.name
        for one in table.columns
        if one.type == "integer" and (one.name == "n" or one.name.startswith("n_"))
    ]
    shown = columns[value]
    return Strand(
        {case: row.get(value) for case, row in zip(cases, rows, strict=True)},
        {
            case: min(told)
            for case, row in zip(cases, rows, strict=True)
            if (told := [int(n) for one in counts if (n := row.get(one)) is not None])
        },
        shown.type,
        shown.unit,
    )


def of_rows(
    case: NDArray[Any], value: NDArray[Any], people: NDArray[np.float64] | None = None
) -> Strand:
    """Return a strand from the rows of a record.

    Parameters
    ----------
    case : ndarray of str, shape (n,)
        One row for each.
    value : ndarray, shape (n,)
        Texts, numbers or days.
    people : ndarray, shape (n,), optional
        How many people stand behind each row.

    Raises
    ------
    Refused
        If two rows are of one case.
    """
    cases = [str(one) for one in case]
    _once(cases)
    number = value.dtype.kind == "f"
    counts = np.full(len(cases), np.nan) if people is None else people
    values = {one: _cell(cell) for one, cell in zip(cases, value, strict=True)}
    counted = {one: int(n) for one, n in zip(cases, counts, strict=True) if not np.isnan(n)}
    told = {one for one, shown in values.items() if shown is not None}
    kind: CellType = "number" if number else "text"
    return Strand(values, counted, kind, uncounted=frozenset(told - set(counted)))


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    return None if np.isnan(value) else float(value)


def _once(cases: list[str]) -> None:
    if len(set(cases)) < len(cases):
        raise Refused(
            "several_rows",
            "a strand has two rows for one case",
            "narrow its rows with `where`, or give a record with one row for each case",
        )


def fewest(strands: Mapping[str, Strand]) -> dict[str, int]:
    """Return by case the fewest people behind any of its numbers, where that is told of all.

    A table of another analysis has left the gate: without counts it holds none.

    Parameters
    ----------
    strands : mapping of str to Strand
        By key.
    """
    unknown = {case for strand in strands.values() for case in strand.uncounted}
    found: dict[str, int] = {}
    for strand in strands.values():
        for case, count in strand.people.items():
            found[case] = min(count, found.get(case, count))
    return {case: count for case, count in found.items() if case not in unknown}


def wide_rows(strands: Mapping[str, Strand], said: Mapping[str, Spoken]) -> list[dict[str, Cell]]:
    """Return a row for each case, with the fewest people behind any of its numbers.

    Parameters
    ----------
    strands : mapping of str to Strand
        By key: the columns.
    said : mapping of str to Spoken
        By case, in the order of the rows.
    """
    people = fewest(strands)
    return [
        {"case": case}
        | {key: strand.values.get(case) for key, strand in strands.items()}
        | {"concordance": one.together if one.says else None, "n_least": people.get(case)}
        for case, one in said.items()
    ]
