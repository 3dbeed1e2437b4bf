"""One analysis's rows as a view: the right types, nothing missing that must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import duckdb

from evaluate.core import ColumnRole
from evaluate.data import sql
from evaluate.data.every_row import RECORDED
from evaluate.data.names import plural
from evaluate.data.variable import NUMERIC, PeriodForm, Variable
from evaluate.data.view_columns import CATEGORICAL, LABELS, TIMES, cast_columns
from evaluate.errors import DataError, Problem

USED = "used_rows"
Gaps = Literal["error", "complete_case", "indicator", "multiple_imputation"]
Found = dict[tuple[str, str], int]
_ALSO: dict[str, frozenset[str]] = {
    "time": frozenset({"date", "period"}),
    "covariate": CATEGORICAL,
    "start": frozenset({"date", "period", "text", "category"}),
}
_BINARY: Mapping[ColumnRole, str] = {
    "treatment": "the treatment",
    "concurrent": "the other programme",
}
_CALLED: Mapping[ColumnRole, str] = {
    "start": "first treated period",
    "concurrent": "word on the other programme",
}
_WHY_MISSING: dict[ColumnRole, str] = {
    "treatment": "nobody can be compared without knowing who was treated",
    "arm": "nobody can be compared without knowing what was offered",
    "received": "whoever may or may not have taken part counts for neither",
    "probability": "a row without one stands for an unknown number of people",
    "subgroup": "rows without one would be taken for a group of their own",
    "cluster": "rows without one would be taken for a cluster of their own",
    "stratum": "rows without one would be taken for a stratum of their own",
    "weight": "a row without a weight stands for an unknown number of people",
    "time": "a row without a time belongs to no period",
    "unit": "a row without a unit cannot be followed",
    "covariate": "leaving such rows out changes whom the estimate is about",
    "start": "a missing date of treatment is not the same as never treated",
    "concurrent": "such rows may or may not be left out of the comparison",
}
_FIX_MISSING: Mapping[ColumnRole, str] = {
    "covariate": "complete the cells, or set `missing: {covariates: complete_case}`",
    "start": "complete the cells, with the code named under `never` for those never treated",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the checks of the source have shown of a column already.

    Attributes
    ----------
    place : str
        File and column, for messages.
    missing : int or None
        Used rows without a value, where that follows from the source.
    low, high : float or None
        Ends that no used value passes.
    reached : bool
        Whether used values reach these ends.
    """

    place: str
    missing: int | None
    low: float | None = None
    high: float | None = None
    reached: bool = False


def make_view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    *,
    path: str,
    n_rows: int,
    known: Mapping[str, Known],
    variables: Mapping[str, Variable],
    outcome: str,
    roles: Mapping[str, ColumnRole],
    gaps: Gaps,
    forms: Mapping[str, PeriodForm] | None = None,
    table: str = USED,
) -> None:
    """Create the view of one analysis.

    Every row stays, so that all who were assigned are counted. A row without a covariate gets
    no outcome: it cannot be used, and is attrition. Its outcome then stands in a column of its
    own, for what completes such rows.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the used rows.
    name : str
        For the view.
    path : str
        Of the source, for messages.
    n_rows : int
        Number of used rows.
    known : mapping of str to Known
        What needs no further pass over the rows, by column.
    variables : mapping of str to Variable
        The columns of the used rows.
    outcome : str
        Column of the outcome.
    roles : mapping of str to str
        Role of every other column.
    gaps : {"error", "complete_case", "indicator", "multiple_imputation"}
        Whether rows without a covariate are an error, count as lost, or are completed later.
    forms : mapping of str to str, optional
        Forms of the columns of periods.
    table : str
        Table or view of the used rows.

    Raises
    ------
    DataError
        With every fault of the analysis's columns.
    """
    problems = _unfit_types(known, variables, outcome, roles)
    found = {("rows", ""): n_rows, **_settled(known, roles, variables)}
    asked = {key: one for key, one in _counts(roles, variables).items() if key not in found}
    found |= _ask(connection, asked, table)
    covariates = _with_role(roles, "covariate")
    holes = [one for one in covariates if found["missing", one]]
    if gaps == "complete_case" and sum(found["missing", one] for one in holes) >= n_rows:
        nulls = [f"{sql.identifier(one)} IS NULL" for one in holes]
        incomplete = {("incomplete", ""): f"count(*) FILTER ({' OR '.join(nulls)})"}
        found |= _ask(connection, incomplete, table)
    for column in (one for kind, one in tuple(found) if kind == "other" and found[kind, one]):
        values = {("values", column): f"count(DISTINCT {sql.identifier(column)})"}
        found |= _ask(connection, values, table)
    problems += _problems(path, known, found, roles, complete_cases=gaps != "error")
    if problems:
        raise DataError(*problems)
    chosen = cast_columns(variables, roles, forms or {})
    chosen.append(_outcome(outcome, holes))
    if holes:
        chosen.append(f"CAST({sql.identifier(outcome)} AS DOUBLE) AS {sql.identifier(RECORDED)}")
    connection.execute(f"CREATE VIEW {name} AS SELECT {', '.join(chosen)} FROM {table}")


def _outcome(outcome: str, covariates: list[str]) -> str:
    """Return the outcome where all covariates are known."""
    known = " AND ".join(f"{sql.identifier(one)} IS NOT NULL" for one in covariates) or "true"
    quoted = sql.identifier(outcome)
    return f"CASE WHEN {known} THEN CAST({quoted} AS DOUBLE) END AS {quoted}"


def _with_role(roles: Mapping[str, ColumnRole], role: ColumnRole) -> list[str]:
    return [column for column, other in roles.items() if other == role]


def _unfit_types(
    known: Mapping[str, Known],
    variables: Mapping[str, Variable],
    outcome: str,
    roles: Mapping[str, ColumnRole],
) -> list[Problem]:
    problems = []
    for column, role in {outcome: "outcome", **roles}.items():
        variable, where = variables[column], known[column].place
        if column == outcome and column in roles:
            what = f"the outcome is also named as {roles[column]}"
            problems.append(
                Problem(where, what, "nothing explains itself", "name another column for one")
            )
        fits = variable.type in NUMERIC | _ALSO.get(role, frozenset())
        if role not in LABELS and not fits:
            called = _CALLED.get(roles.get(column, "arm"), role)
            what = f"the {called} is {variable.type} ({variable.where})"
            why = "the estimate is computed from numbers"
            fix = "derive an `indicator` of it, and name that instead"
            if role in TIMES:
                why = "what came before what cannot be told"
                fix = "declare it as integer, period or date"
            problems.append(Problem(where, what, why, fix))
    return problems


def _settled(
    known: Mapping[str, Known],
    roles: Mapping[str, ColumnRole],
    variables: Mapping[str, Variable],
) -> Found:
    """Return the counts that follow from what is known of the columns."""
    found: Found = {}
    for column in roles:
        one, kind = known[column], variables[column].type
        if one.missing is not None:
            found["missing", column] = one.missing
        low, high = one.low, one.high
        is_binary = kind == "integer" and low is not None and high is not None
        if kind == "boolean" or (is_binary and low in (0, 1) and high in (0, 1)):
            found["other", column] = 0
        if low is not None and low >= 0:
            found["negative", column] = 0
        if high is not None and high > 0 and one.reached:
            found["positive", column] = 1
    return found


def _counts(
    roles: Mapping[str, ColumnRole], variables: Mapping[str, Variable]
) -> dict[tuple[str, str], str]:
    """Return one SQL aggregate for each thing that is counted, by test and column."""
    asked = {}
    for column, role in roles.items():
        name = sql.identifier(column)
        asked["missing", column] = f"count(*) - count({name})"
        if variables[column].type not in NUMERIC:
            continue
        if role in _BINARY:
            asked["other", column] = f"count(*) FILTER (CAST({name} AS DOUBLE) NOT IN (0, 1))"
        if role == "weight":
            asked["negative", column] = f"count(*) FILTER (CAST({name} AS DOUBLE) < 0)"
            asked["positive", column] = f"count(*) FILTER (CAST({name} AS DOUBLE) > 0)"
    return asked


def _ask(
    connection: duckdb.DuckDBPyConnection, asked: Mapping[tuple[str, str], str], table: str
) -> Found:
    """Return the answers to questions about the used rows, from one pass; from none without."""
    if not asked:
        return {}
    row = connection.execute(f"SELECT {', '.join(asked.values())} FROM {table}").fetchone() or ()
    return {key: int(count or 0) for key, count in zip(asked, row, strict=True)}


def _problems(
    path: str,
    known: Mapping[str, Known],
    found: Found,
    roles: Mapping[str, ColumnRole],
    *,
    complete_cases: bool,
) -> list[Problem]:
    problems = []
    n_rows = found["rows", ""]
    for column, role in roles.items():
        where = known[column].place
        if found["missing", column] and not (role == "covariate" and complete_cases):
            fix = "complete the cells, or leave such rows out with `where`"
            fix = _FIX_MISSING.get(role, fix)
            what = f"{found['missing', column]} of {n_rows} rows have no {_CALLED.get(role, role)}"
            problems.append(Problem(where, what, _WHY_MISSING[role], fix))
        if role in _BINARY and found.get(("other", column)):
            what = (
                f"{_BINARY[role]} has {plural(found['values', column], 'distinct value')}; "
                f"{plural(found['other', column], 'row')} with neither 0 nor 1"
            )
            fix = "derive an `indicator` of the treated, and name that instead"
            problems.append(Problem(where, what, "a row is treated or it is not", fix))
        if found.get(("negative", column)):
            what = f"{plural(found['negative', column], 'row')} with a negative weight"
            why = "nobody stands for fewer than no people"
            problems.append(Problem(where, what, why, "correct the weights"))
        if found.get(("positive", column), 1) == 0:
            why = "then nobody is counted"
            problems.append(Problem(where, "no weight is positive", why, "correct the weights"))
    if complete_cases and found.get(("incomplete", "")) == n_rows:
        what = f"each of {n_rows} rows lacks a covariate"
        problems.append(
            Problem(path, what, "no complete case is left", "leave out the emptiest covariate")
        )
    return problems
