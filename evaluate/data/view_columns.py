"""The columns of one analysis as SQL: each in the type that its role asks for."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.core import ColumnRole
from evaluate.data import sql
from evaluate.data.variable import NUMERIC, PeriodForm, Variable

LABELS: frozenset[ColumnRole] = frozenset({"arm", "cluster", "stratum", "subgroup", "unit"})
# An engine makes indicators of a covariate's categories.
CATEGORICAL = frozenset({"category", "text", "period"})
TIMES: frozenset[ColumnRole] = frozenset({"time", "start"})
# Of an index, as ``Period`` writes it; the index of a year is the year.
_WRITTEN: Mapping[PeriodForm, str] = {
    "school year": "printf('%04d/%02d', {0}, ({0} + 1) % 100)",
    "quarter": "printf('%04d-Q%d', {0} // 4, {0} % 4 + 1)",
    "month": "printf('%04d-%02d', {0} // 12, {0} % 12 + 1)",
}


def cast_columns(
    variables: Mapping[str, Variable],
    roles: Mapping[str, ColumnRole],
    forms: Mapping[str, PeriodForm],
) -> list[str]:
    """Return SQL for all columns but the outcome.

    Parameters
    ----------
    variables : mapping of str to Variable
        The columns of the used rows.
    roles : mapping of str to str
        Role of each.
    forms : mapping of str to str
        Forms of the columns of periods.
    """
    if "start" in roles.values():
        return [_followed(variables[one], role, forms.get(one)) for one, role in roles.items()]
    return [_cast(variables[one], role) for one, role in roles.items()]


def _cast(variable: Variable, role: ColumnRole) -> str:
    quoted = sql.identifier(variable.name)
    if role in LABELS or (role == "covariate" and variable.type in CATEGORICAL):
        return f"CAST({quoted} AS VARCHAR) AS {quoted}"
    if variable.type == "date":
        return f"CAST({quoted} - DATE '1970-01-01' AS DOUBLE) AS {quoted}"
    return f"CAST({quoted} AS DOUBLE) AS {quoted}"


def _followed(variable: Variable, role: ColumnRole, form: PeriodForm | None) -> str:
    """Return a column of units that are followed over time.

    Times and first treated periods are as the data write them, numbers as DOUBLE, so that both
    are told apart from the code for never; units that are whole numbers stay so.
    """
    quoted = sql.identifier(variable.name)
    if role == "unit" and variable.type == "integer":
        return f"CAST({quoted} AS BIGINT) AS {quoted}"
    if role not in TIMES or variable.type in NUMERIC:
        return _cast(variable, role)
    if variable.type == "period":
        if form is None or form not in _WRITTEN:
            return _cast(variable, role)
        return f"{_WRITTEN[form].format(quoted)} AS {quoted}"
    return f"CAST({quoted} AS VARCHAR) AS {quoted}"
