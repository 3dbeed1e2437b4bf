"""One analysis's rows as a view: the right types, nothing missing that must be there."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from evaluate.core import ColumnRole
from evaluate.data import sql
from evaluate.data.names import plural, shown
from evaluate.data.variable import NUMERIC, Variable
from evaluate.errors import DataError, Problem

USED = "used_rows"
_LABELS: frozenset[ColumnRole] = frozenset({"cluster", "stratum", "unit"})
_WHY_MISSING: dict[ColumnRole, str] = {
    "treatment": "nobody can be compared without knowing who was treated",
    "cluster": "rows without one would be taken for a cluster of their own",
    "stratum": "rows without one would be taken for a stratum of their own",
    "weight": "a row without a weight stands for an unknown number of people",
    "time": "a row without a time belongs to no period",
    "unit": "a row without a unit cannot be followed",
    "covariate": "leaving such rows out changes whom the estimate is about",
}


def make_view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    *,
    path: str,
    variables: Mapping[str, Variable],
    outcome: str,
    roles: Mapping[str, ColumnRole],
    complete_cases: bool,
) -> None:
    """Create the view of one analysis.

    Every row stays, so that all who were assigned are counted. A row without a covariate gets
    no outcome: it cannot be used, and is attrition.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the used rows.
    name : str
        For the view.
    path : str
        Of the source, for messages.
    variables : mapping of str to Variable
        The columns of the used rows.
    outcome : str
        Column of the outcome.
    roles : mapping of str to str
        Role of every other column.
    complete_cases : bool
        Whether rows without a covariate count as lost; else they are an error.

    Raises
    ------
    DataError
        With every fault of the analysis's columns.
    """
    problems = _unfit_types(path, variables, outcome, roles)
    asked = _counts(outcome, roles, variables)
    row = connection.execute(f"SELECT {', '.join(asked.values())} FROM {USED}").fetchone() or ()
    found = {key: int(count or 0) for key, count in zip(asked, row, strict=True)}
    problems += _problems(path, found, roles, complete_cases=complete_cases)
    if problems:
        raise DataError(*problems)
    chosen = [_cast(variables[column], role) for column, role in roles.items()]
    chosen.append(_outcome(outcome, _with_role(roles, "covariate")))
    connection.execute(f"CREATE VIEW {name} AS SELECT {', '.join(chosen)} FROM {USED}")


def _outcome(outcome: str, covariates: list[str]) -> str:
    """Return the outcome where all covariates are known."""
    known = " AND ".join(f"{sql.identifier(one)} IS NOT NULL" for one in covariates) or "true"
    quoted = sql.identifier(outcome)
    return f"CASE WHEN {known} THEN CAST({quoted} AS DOUBLE) END AS {quoted}"


def _cast(variable: Variable, role: ColumnRole) -> str:
    quoted = sql.identifier(variable.name)
    if role in _LABELS:
        return f"CAST({quoted} AS VARCHAR) AS {quoted}"
    if variable.type == "date":
        return f"CAST({quoted} - DATE '1970-01-01' AS DOUBLE) AS {quoted}"
    return f"CAST({quoted} AS DOUBLE) AS {quoted}"


def _with_role(roles: Mapping[str, ColumnRole], role: ColumnRole) -> list[str]:
    return [column for column, other in roles.items() if other == role]


def _unfit_types(
    path: str, variables: Mapping[str, Variable], outcome: str, roles: Mapping[str, ColumnRole]
) -> list[Problem]:
    problems = []
    for column, role in {outcome: "outcome", **roles}.items():
        variable, where = variables[column], f"{path}:{shown(column)}"
        if column == outcome and column in roles:
            what = f"the outcome is also named as {roles[column]}"
            problems.append(
                Problem(where, what, "nothing explains itself", "name another column for one")
            )
        fits = variable.type in (NUMERIC | {"date", "period"} if role == "time" else NUMERIC)
        if role not in _LABELS and not fits:
            problems.append(
                Problem(
                    where,
                    f"the {role} is {variable.type} ({variable.where})",
                    "the estimate is computed from numbers",
                    "derive an `indicator` of it, and name that instead",
                )
            )
    return problems


def _counts(
    outcome: str, roles: Mapping[str, ColumnRole], variables: Mapping[str, Variable]
) -> dict[tuple[str, str], str]:
    """Return one SQL aggregate for each thing that is counted, by test and column."""
    asked = {("rows", ""): "count(*)"}
    for column, role in roles.items():
        name = sql.identifier(column)
        asked["missing", column] = f"count(*) - count({name})"
        if variables[column].type not in NUMERIC:
            continue
        if role == "treatment":
            asked["other", column] = f"count(*) FILTER (CAST({name} AS DOUBLE) NOT IN (0, 1))"
            asked["values", column] = f"count(DISTINCT {name})"
        if role == "weight":
            asked["negative", column] = f"count(*) FILTER (CAST({name} AS DOUBLE) < 0)"
            asked["positive", column] = f"count(*) FILTER (CAST({name} AS DOUBLE) > 0)"
    nulls = [f"{sql.identifier(one)} IS NULL" for one in _with_role(roles, "covariate")]
    asked["incomplete", ""] = f"count(*) FILTER ({' OR '.join(nulls) or 'false'})"
    return asked


def _problems(
    path: str,
    found: Mapping[tuple[str, str], int],
    roles: Mapping[str, ColumnRole],
    *,
    complete_cases: bool,
) -> list[Problem]:
    problems = []
    n_rows = found["rows", ""]
    for column, role in roles.items():
        where = f"{path}:{shown(column)}"
        if found["missing", column] and not (role == "covariate" and complete_cases):
            fix = "complete the cells, or leave such rows out with `where`"
            if role == "covariate":
                fix = "complete the cells, or set `missing: {covariates: complete_case}`"
            what = f"{found['missing', column]} of {n_rows} rows have no {role}"
            problems.append(Problem(where, what, _WHY_MISSING[role], fix))
        if found.get(("other", column)):
            what = (
                f"the treatment has {plural(found['values', column], 'distinct value')}; "
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
    if complete_cases and found["incomplete", ""] == n_rows:
        what = f"each of {n_rows} rows lacks a covariate"
        problems.append(
            Problem(path, what, "no complete case is left", "leave out the emptiest covariate")
        )
    return problems
