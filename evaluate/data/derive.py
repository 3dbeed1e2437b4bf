"""Computed columns, compiled to SQL without any text of the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluate.data import sql
from evaluate.data.conditions import Unfit, compile_condition
from evaluate.data.names import shown
from evaluate.data.rules import Condition, DatePart, Derive, Lag, Log, Pair, Power, Rule, Status
from evaluate.data.status import Asked
from evaluate.data.status_rows import value_of
from evaluate.data.variable import NUMERIC, PeriodForm, Variable

_SIGNS = {"product": "*", "difference": "-", "ratio": "/"}
_CODES = frozenset({"bins", "indicator", "date_part"})
_DAYS = {"week": "week", "weekday": "isodow", "day": "day", "year": "year", "quarter": "quarter",
         "month": "month"}  # fmt: skip
# Of a period's number.
_PARTS: dict[PeriodForm, dict[str, str]] = {
    "year": {"year": "{}"},
    "school year": {"year": "{}"},
    "quarter": {"year": "{} // 4", "quarter": "{} % 4 + 1"},
    "month": {"year": "{} // 12", "quarter": "{} % 12 // 3 + 1", "month": "{} % 12 + 1"},
}


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed column as SQL over the columns before it.

    Attributes
    ----------
    name : str
        The new column.
    value : str
        SQL of its value, typed as the dictionary declares; NULL where it is missing.
    undefined : str
        SQL that is true where the inputs are there and the rule gives no number.
    unfit : str
        SQL that is true where the number does not fit the declared type.
    why : str
        What an undefined value means.
    lag : Lag or None
        The rule, where it looks at other rows.
    asked : Asked or None
        The rule, where it looks a status up in another source.
    number : int
        Of the rule among those that do.
    place : tuple
        Its key in ``study.yaml``.
    """

    name: str
    value: str
    undefined: str
    unfit: str
    why: str
    lag: Lag | None = None
    asked: Asked | None = None
    number: int = 0
    place: tuple[str | int, ...] = ()


def inputs_of(derive: Derive) -> tuple[str, ...]:
    """Return the columns of the rows that a rule reads; those of another source are asked."""
    _, rule = derive.rule
    if isinstance(rule, Status):
        return () if rule.types is None else (rule.types.column,)
    if isinstance(rule, Pair):
        return rule.left, rule.right
    if isinstance(rule, Lag):
        return rule.of, rule.by, rule.over
    return (rule.column,) if isinstance(rule, Condition) else (rule.of,)


def compile_derive(
    derive: Derive, variables: Mapping[str, Variable], forms: Mapping[str, PeriodForm]
) -> Computed:
    """Return a computed column as SQL.

    Parameters
    ----------
    derive : Derive
        As the study writes it.
    variables : mapping of str to Variable
        The dictionary; holds the new column and those that it is computed from.
    forms : mapping of str to str
        Forms of periods by column, where known.

    Raises
    ------
    Unfit
        If the rule cannot be applied to its columns, or the dictionary declares another type.
    """
    name, rule = derive.rule
    if isinstance(rule, Lag):
        return _lag(derive.name, rule, variables)
    value = _compile(name, rule, variables, forms)
    present = " AND ".join(f"{sql.identifier(one)} IS NOT NULL" for one in inputs_of(derive))
    if name == "ratio" and isinstance(rule, Pair):
        present += f" AND {sql.identifier(rule.right)} <> 0"
    if name in _CODES:
        present = "false"
    target = variables[derive.name]
    typed = _typed(value, target, codes=name in _CODES)
    return Computed(
        name=derive.name,
        value=typed,
        undefined=f"{present} AND NOT coalesce(isfinite({value}), false)",
        unfit=f"coalesce(isfinite({value}), false) AND ({typed}) IS NULL",
        why="no real logarithm" if name == "log" else "no finite number",
    )


def _compile(
    name: str,
    rule: Rule,
    variables: Mapping[str, Variable],
    forms: Mapping[str, PeriodForm],
) -> str:
    """Return SQL of type DOUBLE, NULL where an input is missing."""
    if isinstance(rule, Condition):
        variable = variables[rule.column]
        holds = compile_condition(rule, variable, forms.get(rule.column))
        return f"CAST(({holds}) AS DOUBLE)"
    if isinstance(rule, Pair):
        left, right = (_number(one, variables) for one in (rule.left, rule.right))
        divisor = f"nullif({right}, 0)" if name == "ratio" else right
        return f"({left} {_SIGNS[name]} {divisor})"
    if isinstance(rule, DatePart):
        return _part(rule, variables[rule.of], forms.get(rule.of))
    number = _number(rule.of, variables)
    if isinstance(rule, Power):
        # Plain products agree to the last digit with other tools, pow() need not.
        if rule.exponent in {2, 3}:
            return "(" + " * ".join([number] * int(rule.exponent)) + ")"
        return f"pow({number}, {sql.literal(float(rule.exponent))})"
    if isinstance(rule, Log):
        inner = f"({number} + {sql.literal(float(rule.plus))})"
        return f"CASE WHEN {inner} > 0 THEN ln({inner}) END"
    if isinstance(rule, Lag | Status):
        raise TypeError("what looks at other rows is compiled apart")
    cuts = (f"WHEN {number} < {sql.literal(float(edge))} THEN {i}"
            for i, edge in enumerate(rule.edges))  # fmt: skip
    codes = f"CASE WHEN {number} IS NULL THEN NULL {' '.join(cuts)} ELSE {len(rule.edges)} END"
    return f"CAST({codes} AS DOUBLE)"


def _part(rule: DatePart, variable: Variable, form: PeriodForm | None) -> str:
    column = sql.identifier(rule.of)
    if variable.type == "date":
        return f"CAST({_DAYS[rule.part]}({column}) AS DOUBLE)"
    if variable.type != "period":
        raise Unfit(
            f"`{shown(rule.of)}` is {variable.type} ({variable.where}), and `date_part` takes a "
            "part of dates and periods",
            "name a column of dates or periods",
        )
    if form is None:
        return "CAST(NULL AS DOUBLE)"  # before the cells have been seen, or where all are missing
    parts = _PARTS[form]
    if rule.part not in parts:
        raise Unfit(
            f"the periods of `{shown(rule.of)}` are written as {form}, which has no {rule.part}",
            f"take one of: {', '.join(parts)}",
        )
    return f"CAST({parts[rule.part].format(column)} AS DOUBLE)"


def _lag(name: str, rule: Lag, variables: Mapping[str, Variable]) -> Computed:
    """Return the value of the same unit some periods before, NULL over a gap."""
    of, over, target = variables[rule.of], variables[rule.over], variables[name]
    if over.type not in {"period", "integer"}:
        raise Unfit(
            f"`{shown(rule.over)}` is {over.type} ({over.where}), and a lag counts periods",
            "name a column of periods, or of whole numbers such as years",
        )
    if variables[rule.by].type == "number" or rule.by == rule.over:
        raise Unfit(
            f"`{name}` needs a column of values, one of units and one of periods",
            "name three columns; units are integer, text or category",
        )
    if target.type != of.type and (of.type, target.type) != ("integer", "number"):
        raise Unfit(
            f"the computed column `{name}` is declared {target.type} ({target.where}), and "
            f"`{shown(rule.of)}` is {of.type}",
            f"declare it {of.type}",
        )
    by, time = sql.identifier(rule.by), sql.identifier(rule.over)
    window = (
        f"max({sql.identifier(rule.of)}) OVER (PARTITION BY {by} ORDER BY {time} "
        f"RANGE BETWEEN {rule.periods} PRECEDING AND {rule.periods} PRECEDING)"
    )
    value = f"CASE WHEN {by} IS NOT NULL AND {time} IS NOT NULL THEN {window} END"
    if target.type != of.type:
        value = f"CAST({value} AS DOUBLE)"
    return Computed(name, value, "false", "false", "", rule)


def status_column(asked: Asked, number: int, target: Variable) -> Computed:
    """Return a status as a computed column.

    Parameters
    ----------
    asked : Asked
        The rule, compiled.
    number : int
        Of the rule, for the names of its tables.
    target : Variable
        The new column as the dictionary has it.

    Raises
    ------
    Unfit
        If the dictionary declares it of another type.
    """
    value = value_of(asked, number)
    if asked.rule.give == "event":
        value = _typed(value, target, codes=False)
    elif target.type not in {"text", "category"}:
        raise Unfit(
            f"the computed column `{shown(target.name)}` is declared {target.type} "
            f"({target.where}), and holds the names of statuses",
            "declare it category",
        )
    return Computed(asked.name, value, "false", "false", "", asked=asked, number=number)


def _number(name: str, variables: Mapping[str, Variable]) -> str:
    variable = variables[name]
    if variable.type not in NUMERIC:
        raise Unfit(
            f"`{shown(name)}` is {variable.type} ({variable.where}), and the rule needs numbers",
            "derive an `indicator` of it first",
        )
    return f"CAST({sql.identifier(name)} AS DOUBLE)"


def _typed(value: str, target: Variable, *, codes: bool) -> str:
    whole = f"{value} = trunc({value}) AND abs({value}) < 9007199254740992"
    if target.type == "number":
        return f"CASE WHEN isfinite({value}) THEN {value} END"
    if target.type == "integer":
        return f"CASE WHEN {whole} THEN CAST({value} AS BIGINT) END"
    if target.type == "boolean":
        return f"CASE WHEN {value} = 1 THEN true WHEN {value} = 0 THEN false END"
    if target.type == "category" and codes:
        return f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) END"
    raise Unfit(
        f"the computed column `{shown(target.name)}` is declared {target.type} ({target.where})",
        "declare it number, integer or boolean" + (", or category" if codes else ""),
    )
