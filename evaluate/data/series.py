"""Columns that follow a published definition: a series over a break needs a term for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb

from evaluate.data import sql
from evaluate.data.definition import Data, Measured
from evaluate.data.names import plural, shown
from evaluate.data.plan import At
from evaluate.data.standard import Break, standards
from evaluate.data.variable import PeriodForm, Variable
from evaluate.errors import Problem

_WHY = "the figures before and after are of two definitions, and the jump would look like an effect"
_PER_YEAR = {"year": 1, "school year": 1, "quarter": 4, "month": 12}
_AUGUST = 8


def series_faults(
    connection: duckdb.DuckDBPyConnection,
    used: str,
    data: Data,
    variables: Mapping[str, Variable],
    forms: Mapping[str, PeriodForm],
    at: At,
) -> list[Problem]:
    """Return the series that run over a break of their definition without a term for it.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the used rows.
    used : str
        Their view.
    data : Data
        As the study defines it.
    variables : mapping of str to Variable
        The dictionary.
    forms : mapping of str to str
        Forms of periods by column.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.
    """
    found = []
    for place, one in enumerate(data.measured):
        standard = standards().get(one.standard)
        if standard is None or one.over is None:
            continue
        spanned = []
        for each in standard.breaks:
            after = _after(each.day, one.over, variables[one.over], forms.get(one.over))
            late, early = _ask(connection, used, [after, f"NOT ({after})"])
            if late and early:
                spanned.append((each, after))
        where = at("data", "measured", place)
        found += _faults(connection, used, one, spanned, where)
    return found


def _faults(
    connection: duckdb.DuckDBPyConnection,
    used: str,
    one: Measured,
    spanned: Sequence[tuple[Break, str]],
    where: str,
) -> list[Problem]:
    if not spanned:
        return []
    days = ", ".join(f"{each.day.isoformat()} ({each.what})" for each, _ in spanned)
    if len(spanned) > 1:
        what = f"`{shown(one.column)}` runs over several breaks of `{one.standard}`: {days}"
        return [Problem(where, what, _WHY, "keep rows of one side of all but one of them")]
    if one.break_term is None:
        what = f"`{shown(one.column)}` runs over a break of `{one.standard}`: {days}"
        fix = "add `break_term:` with a column that is 1 from that day on, or keep one side"
        return [Problem(where, what, _WHY, fix)]
    term, after = sql.identifier(one.break_term), spanned[0][1]
    (wrong,) = _ask(
        connection,
        used,
        [f"(coalesce(CAST({term} AS DOUBLE), -1) <> CASE WHEN {after} THEN 1 ELSE 0 END)"],
    )
    if not wrong:
        return []
    what = f"`{shown(one.break_term)}` does not tell {plural(wrong, 'row')} by the break: {days}"
    return [Problem(where, what, _WHY, "make it 1 from that day on, and 0 before")]


def _after(day: dt.date, column: str, variable: Variable, form: PeriodForm | None) -> str:
    """Return SQL that is true from the first period on that begins on the day or after it."""
    name = sql.identifier(column)
    if variable.type == "date":
        return f"{name} >= {sql.literal(day)}"
    kind = form or "year"
    per_year = _PER_YEAR[kind]
    months = 12 // per_year
    begins = _AUGUST - 1 if kind == "school year" else 0
    passed = day.month - 1 - begins + (0 if day.day == 1 else 1)
    first = day.year * per_year + -(-passed // months)
    return f"{name} >= {first}"


def _ask(connection: duckdb.DuckDBPyConnection, used: str, tests: Sequence[str]) -> tuple[int, ...]:
    asked = ", ".join(f"count(*) FILTER ({test})" for test in tests)
    return tuple(map(int, connection.execute(f"SELECT {asked} FROM {used}").fetchone() or ()))
