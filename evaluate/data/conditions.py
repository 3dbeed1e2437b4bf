"""Tests of a column, as a study writes them, compiled to SQL without any text of the study."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from evaluate.data import sql
from evaluate.data.names import closest, shown
from evaluate.data.rules import Bound, Condition, Scalar
from evaluate.data.variable import (
    Levels,
    Period,
    PeriodForm,
    Value,
    Variable,
    parse_period,
    parse_value,
)

_SIGNS = {"at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}


class Unfit(ValueError):  # noqa: N818 - becomes a Problem where its place is known
    """A rule does not fit the variables that it names.

    Parameters
    ----------
    what, fix : str
        As for ``Problem``.
    """

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def compile_condition(
    condition: Condition, variable: Variable, form: PeriodForm | None = None
) -> str:
    """Return a condition as SQL that is NULL, so not true, where the cell is missing.

    Parameters
    ----------
    condition : Condition
        As the study writes it.
    variable : Variable
        The column that is tested, as the dictionary has it.
    form : str or None
        Form of its periods, where that is known.

    Raises
    ------
    Unfit
        If a value cannot be one of the column's.
    """
    column = sql.identifier(condition.column)
    test, value = condition.test
    if test == "missing":
        return f"{column} IS {'' if value else 'NOT '}NULL"
    if test in {"is", "is_not"}:
        sign = "=" if test == "is" else "<>"
        return f"{column} {sign} {_level(cast(Scalar, value), variable, form)}"
    if test in {"in", "not_in"}:
        levels = (_level(one, variable, form) for one in cast(Iterable[Scalar], value))
        return f"{column} {'NOT ' * (test == 'not_in')}IN ({', '.join(levels)})"
    if test == "between":
        ends = (_bound(end, test, variable, form) for end in cast(tuple[Bound, Bound], value))
        return f"{column} BETWEEN {' AND '.join(ends)}"
    return f"{column} {_SIGNS[test]} {_bound(cast(Bound, value), test, variable, form)}"


def _level(value: Scalar, variable: Variable, form: PeriodForm | None) -> str:
    """Return a value that cells are compared with, as a literal of the column's type."""
    found = _parse(value, variable)
    if found is None:
        raise Unfit(
            f"`{shown(str(value))}` cannot be a value of `{shown(variable.name)}`, "
            f"which is {_article(variable.type)} ({variable.where})",
            "put it in quotation marks"
            if variable.type in {"text", "category"}
            else "write a value of that type",
        )
    if isinstance(found, Period) and form not in {None, found.form}:
        raise _other_form(variable, form)
    allowed = variable.values
    if isinstance(allowed, Levels) and found not in allowed.values:
        raise Unfit(
            f"`{shown(str(value))}` is not among the values of `{shown(variable.name)}` "
            f"({variable.where})",
            _nearest_level(str(value), allowed),
        )
    return sql.literal(found.index if isinstance(found, Period) else found)


def _nearest_level(text: str, allowed: Levels) -> str:
    codes = dict(zip(allowed.labels, map(str, allowed.values), strict=True))
    label = closest(text, [label for label in codes if label])
    near = codes[label] if label else closest(text, map(str, allowed.values))
    return f"did you mean `{near}`?" if near else "write one of the dictionary's values"


def _parse(value: Scalar, variable: Variable) -> Value | None:
    kind = variable.type
    if isinstance(value, str):
        return parse_value(value if kind in {"text", "category"} else value.strip(), kind)
    if kind == "boolean":
        return bool(value) if value in {0, 1} else None
    if isinstance(value, bool):
        return None
    if kind == "number":
        return float(value)
    if float(value).is_integer() and kind == "integer":
        return int(value)
    if isinstance(value, int) and kind in {"text", "category"}:
        return str(value)
    return parse_period(str(value)) if kind == "period" else None


def _bound(value: Bound, test: str, variable: Variable, form: PeriodForm | None) -> str:
    """Return an end that cells are compared with, as a literal that their type is held against."""
    if isinstance(value, str):
        if variable.type in {"date", "period"}:
            return _end(value, variable, form)
        found = _parse(value, variable)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise _no_order(test, variable)
        value = float(found)
    if variable.type in {"number", "integer"}:
        return sql.literal(float(value))
    if variable.type == "period" and float(value).is_integer():
        if form not in {None, "year", "school year"}:
            raise _other_form(variable, form)
        return sql.literal(int(value))
    raise _no_order(test, variable)


def _end(value: str, variable: Variable, form: PeriodForm | None) -> str:
    """Return a date or period, in the dictionary's values or not: an end need not occur."""
    found = _parse(value, variable)
    if found is None:
        raise Unfit(
            f"`{shown(value)}` cannot be a value of `{shown(variable.name)}`, "
            f"which is {_article(variable.type)} ({variable.where})",
            "write a value of that type",
        )
    if isinstance(found, Period) and form not in {None, found.form}:
        raise _other_form(variable, form)
    return sql.literal(found.index if isinstance(found, Period) else found)


def _no_order(test: str, variable: Variable) -> Unfit:
    return Unfit(
        f"`{test}` compares numbers, but `{shown(variable.name)}` is "
        f"{_article(variable.type)} ({variable.where})",
        "list the values with `in`",
    )


def _other_form(variable: Variable, form: PeriodForm | None) -> Unfit:
    return Unfit(
        f"the periods of `{shown(variable.name)}` are written as {form}",
        "write the period in the same way",
    )


def _article(kind: str) -> str:
    return {"integer": "an integer", "text": "text"}.get(kind, f"a {kind}")
