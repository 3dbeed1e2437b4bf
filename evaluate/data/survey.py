"""One pass over the cells of a source that finds whether anything is wrong with them.

Most columns that have a type are settled by their ends. Only where something is wrong is a
column counted in full, so that clean data cost one scan at most and faulty data two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import duckdb

from evaluate.data import settle
from evaluate.data.cells import FORMS, SPACES, Cells, Counts, judge, matches, near_duplicates
from evaluate.data.variable import NUMERIC, PeriodForm

# A sketch of the number of levels is off by a few per cent; the limit of near-duplicates is 1000.
_SURELY_MORE = 1500


def survey(
    connection: duckdb.DuckDBPyConnection,
    cells: str,
    columns: Mapping[str, Cells],
    scan: str | None,
) -> tuple[int, dict[str, Counts]]:
    """Return the number of rows, and what was found in each column.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the cells.
    cells : str
        Table or view with the present cells and the values of each column.
    columns : mapping of str to Cells
        By name.
    scan : str or None
        SQL of the cells as they are stored; ``None`` where these are gone.
    """
    typed = {name: one for name, one in columns.items() if one.is_native}
    texts = {name: one for name, one in columns.items() if not one.is_native}
    ends = [question for one in typed.values() for question in settle.ends(one)]
    n_rows, *stored = _ask(connection, scan or cells, ["count(*)", *ends])
    tests = {name: settle.tests(one) for name, one in typed.items()}
    asked = {name: _questions(one, kept=scan is not None) for name, one in texts.items()}
    answers = iter(_ask_all(connection, cells, [*tests.values(), *asked.values()]))
    found: dict[str, Counts] = {}
    doubtful = {}
    for number, (name, one) in enumerate(typed.items()):
        passed = all(next(answers))
        counts = settle.settled(one, stored[3 * number : 3 * number + 3]) if passed else None
        if counts is None:
            doubtful[name] = one
        else:
            found[name] = counts
    found |= _in_full(connection, cells, doubtful)
    spellings = []
    for name, one in texts.items():
        got = next(answers)
        found[name] = _of_text(one, got)
        if _may_repeat(one, got):
            spellings.append(name)
    repeats = _ask(connection, cells, [near_duplicates(columns[one].t) for one in spellings])
    for name, count in zip(spellings, repeats, strict=True):
        found[name] = replace(found[name], nearly=int(count))
    return int(n_rows), {name: found[name] for name in columns}


def _questions(cells: Cells, *, kept: bool) -> list[str]:
    """Return SQL aggregates of a column that is read as text, as ``_of_text`` knows them."""
    p, t = cells.p, cells.t
    present, outside, nearly = judge(cells.variable, t)
    if cells.is_text:
        coded, untrimmed = f"count({cells.r})" if kept else "-1", "0"
        if cells.variable.values is None:
            # Counting the levels of identifiers exactly would take all of the memory.
            nearly = f"approx_count_distinct({t})"
            untrimmed = f"count(*) FILTER ({t} <> trim({t}, {SPACES}))"
        return [coded, f"count({p})", present, outside, nearly, untrimmed]
    numbers = [f"min({t})", f"max({t})"] if cells.variable.type in NUMERIC else ["NULL", "NULL"]
    forms = [f"count(*) FILTER ({matches(p, form)})" for form in FORMS.values()]
    is_period = cells.variable.type == "period"
    return ["-1", f"count({p})", present, outside, *numbers, *(forms if is_period else [])]


def _of_text(cells: Cells, answers: list[Any]) -> Counts:
    coded = answers[0] != answers[1]
    if cells.is_text:
        _, present, fitting, outside, nearly, _ = answers
        listed = cells.variable.values is not None
        return Counts(present, fitting, outside, nearly if listed else 0, coded=coded)
    _, present, fitting, outside, low, high, *matched = answers
    forms = tuple(form for form, n in zip(FORMS, matched, strict=False) if n)
    return Counts(present, fitting, outside, 0, forms, _number(low), _number(high))


def _may_repeat(cells: Cells, answers: list[Any]) -> bool:
    """Return whether levels may repeat others with other spaces or capitals."""
    if not cells.is_text or cells.variable.values is not None:
        return False
    levels, untrimmed = answers[4], answers[5]
    return bool(levels <= _SURELY_MORE or untrimmed)


def _in_full(
    connection: duckdb.DuckDBPyConnection, cells: str, columns: Mapping[str, Cells]
) -> Iterator[tuple[str, Counts]]:
    """Yield the counts of native columns that the ends did not settle."""
    asked = [
        [f"count({one.p})", *judge(one.variable, one.t, one.kind)[:2],
         f"min({one.t})", f"max({one.t})"]
        for one in columns.values()
    ]  # fmt: skip
    answers = _ask_all(connection, cells, asked)
    for (name, one), (present, fitting, outside, low, high) in zip(
        columns.items(), answers, strict=True
    ):
        forms: tuple[PeriodForm, ...] = ()
        if one.variable.type == "period" and fitting:
            forms = ("year",)
        counts = Counts(present, fitting, outside, 0, forms)
        if one.variable.type in NUMERIC:
            counts = replace(counts, low=_number(low), high=_number(high))
        yield name, counts


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _ask_all(
    connection: duckdb.DuckDBPyConnection, table: str, questions: list[list[str]]
) -> list[list[Any]]:
    """Return the answers to groups of questions, from one pass."""
    answers = iter(_ask(connection, table, [one for group in questions for one in group]))
    return [[next(answers) for _ in group] for group in questions]


def _ask(connection: duckdb.DuckDBPyConnection, table: str, questions: list[str]) -> list[Any]:
    if not questions:
        return []
    row = connection.execute(f"SELECT {', '.join(questions)} FROM {table}").fetchone()
    return list(row or ())
