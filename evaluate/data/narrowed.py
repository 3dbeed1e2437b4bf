"""Some of the used rows: those that meet conditions beyond the study's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from evaluate.data.conditions import compile_condition
from evaluate.data.rules import Condition
from evaluate.data.variable import PeriodForm, Variable
from evaluate.data.views import USED, Known


def compiled(
    where: Sequence[Condition],
    variables: Mapping[str, Variable],
    forms: Mapping[str, PeriodForm],
) -> str:
    """Return conditions as SQL; empty without any.

    Parameters
    ----------
    where : sequence of Condition
        All must hold.
    variables : mapping of str to Variable
        The columns of the used rows.
    forms : mapping of str to str
        Forms of the columns of periods.

    Raises
    ------
    Unfit
        If a condition does not fit its column.
    """
    tests = (compile_condition(one, variables[one.column], forms.get(one.column)) for one in where)
    return " AND ".join(f"({one})" for one in tests)


def narrowed(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    tests: str,
    known: Mapping[str, Known],
    n_rows: int,
) -> tuple[str, Mapping[str, Known], int]:
    """Return the rows that meet conditions: their view, what is known of them, and their number.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the used rows.
    name : str
        For the view.
    tests : str
        As ``compiled`` returns them.
    known : mapping of str to Known
        Of all used rows.
    n_rows : int
        Number of all used rows.
    """
    if not tests:
        return USED, known, n_rows
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {USED} WHERE {tests}")
    row = connection.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
    # What is missing or reached among all rows need not be so among these.
    fewer = {key: replace(one, missing=None, reached=False) for key, one in known.items()}
    return name, fewer, int(row[0])
