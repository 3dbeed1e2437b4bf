"""Cells as the dictionary types them: the SQL that casts text, and the count of what does not fit.

Everything arrives as text, so that ``0301`` and long identifiers stay what they are and every
format of file passes the same checks. Text becomes a number only by its whole form: DuckDB's own
casts would round ``1.7`` to an integer and read ``1_000``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from evaluate.data import sql
from evaluate.data.definition import Source
from evaluate.data.table import RAW
from evaluate.data.variable import (
    Levels,
    Period,
    PeriodForm,
    Range,
    Value,
    Variable,
    parse_value,
)

TYPED = "typed"
SPACES = "' \t\r\n\u00a0'"
_SIGNS = {".": r"\.", ",": ","}
_FORMS: dict[PeriodForm, str] = {
    "year": "[0-9]{4}",
    "school year": "[0-9]{4}/[0-9]{2}",
    "quarter": "[0-9]{4}-Q[1-4]",
    "month": "[0-9]{4}-(0[1-9]|1[0-2])",
}


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of the source, as text that becomes values.

    Attributes
    ----------
    variable : Variable
        What the dictionary says.
    source : Source
        How the file writes numbers and dates.
    column : str
        Its internal name in the table of text.
    """

    variable: Variable
    source: Source
    column: str

    @property
    def decimal(self) -> str:
        """Return the decimal sign; Parquet has numbers of its own, written with a point."""
        return "." if self.source.is_parquet else self.source.decimal

    @property
    def present(self) -> str:
        """Return SQL for the text of a cell, NULL where it is missing."""
        bare = f"nullif(trim({self.column}, {SPACES}), '')"
        kept = self.column if self.variable.type in {"text", "category"} else bare
        tests = [f"{bare} IS NULL"]
        if self.variable.missing:
            tests.append(f"{bare} IN {sql.listing(self.variable.missing)}")
        if numbers := self._missing_numbers():
            tests.append(f"{self.as_double(bare)} IN {sql.listing(numbers)}")
        return f"CASE WHEN {' OR '.join(tests)} THEN NULL ELSE {kept} END"

    def typed(self, text: str) -> str:
        """Return SQL for the value of a present text, NULL where it does not fit."""
        kind = self.variable.type
        if kind == "number":
            value = self.as_double(text)
            return f"CASE WHEN {matches(text, self.number)} AND isfinite({value}) THEN {value} END"
        if kind == "integer":
            value = f"TRY_CAST({self._pointed(text)} AS BIGINT)"
            whole = f"[+-]?[0-9]+({_SIGNS[self.decimal]}0*)?"
            return f"CASE WHEN {matches(text, whole)} THEN {value} END"
        if kind == "boolean":
            low = f"lower({text})"
            return (
                f"CASE WHEN {low} IN ('1', '1.0', 'true') THEN true "
                f"WHEN {low} IN ('0', '0.0', 'false') THEN false END"
            )
        if kind == "date":
            return self._date(text)
        return _period(text) if kind == "period" else text

    @property
    def number(self) -> str:
        """Return the pattern of a number with the declared decimal sign."""
        return number_pattern(self.decimal)

    def _date(self, text: str) -> str:
        if self.source.date_format and not self.source.is_parquet:
            form = sql.text(self.source.date_format)
            return f"CAST(try_strptime({text}, {form}) AS DATE)"
        iso = "[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?"
        return f"CASE WHEN {matches(text, iso)} THEN TRY_CAST({text}[1:10] AS DATE) END"

    def _pointed(self, text: str) -> str:
        return text if self.decimal == "." else f"replace({text}, ',', '.')"

    def as_double(self, text: str) -> str:
        """Return SQL for a text as DOUBLE, NULL where DuckDB reads none."""
        return f"TRY_CAST({self._pointed(text)} AS DOUBLE)"

    def _missing_numbers(self) -> list[float]:
        if self.variable.type not in {"integer", "number"}:
            return []
        found = (parse_value(code, "number") for code in self.variable.missing)
        return [value for value in found if isinstance(value, float)]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found in one column.

    Attributes
    ----------
    present, fitting : int
        Cells that are not missing, and those of them that fit the type.
    outside : int
        Fitting cells that the dictionary's values do not allow.
    nearly : int
        Those of them that differ from an allowed level only by spaces or capitals; where no
        levels are declared, levels that differ from another only so.
    forms : tuple of str
        Forms of periods that occur.
    """

    present: int
    fitting: int
    outside: int
    nearly: int
    forms: tuple[PeriodForm, ...] = ()


def type_cells(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Cells]
) -> dict[str, Counts]:
    """Create the table ``typed``, one typed column for each, and count what does not fit.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the table of text.
    columns : mapping of str to Cells
        By the name that each gets.
    """
    inner = ", ".join(f"{c.present} AS p{i}" for i, c in enumerate(columns.values()))
    texts = f"(SELECT {inner or '1 AS none'} FROM {RAW})"
    typed = ", ".join(
        f"{cells.typed(f'p{i}')} AS {sql.identifier(name)}"
        for i, (name, cells) in enumerate(columns.items())
    )
    connection.execute(f"CREATE TABLE {TYPED} AS SELECT {typed or '1 AS none'} FROM {texts}")
    if not columns:
        return {}
    before = _one_row(connection, texts, [
        *(f"count(p{i})" for i in range(len(columns))),
        *(f"count(*) FILTER ({matches(f'p{i}', form)})"
          for i, cells in enumerate(columns.values()) if cells.variable.type == "period"
          for form in _FORMS.values()),
    ])  # fmt: skip
    after = _one_row(
        connection,
        TYPED,
        [one for name, c in columns.items() for one in judge(c.variable, sql.identifier(name))],
    )
    forms = iter(before[len(columns) :])
    found = {}
    for i, (name, cells) in enumerate(columns.items()):
        periods = [form for form in _FORMS if next(forms)] if _is_period(cells) else []
        fitting, outside, nearly = after[3 * i : 3 * i + 3]
        found[name] = Counts(before[i], fitting, outside, nearly, tuple(periods))
    return found


def judge(variable: Variable, value: str) -> tuple[str, str, str]:
    """Return SQL aggregates for one column: values, those not allowed, near-duplicates."""
    allowed = variable.values
    if isinstance(allowed, Range):
        tests = [f"{value} {sign} {_literal(end)}" for sign, end in
                 (("<", allowed.low), (">", allowed.high)) if end is not None]  # fmt: skip
        return f"count({value})", f"count(*) FILTER ({' OR '.join(tests)})", "0"
    is_text = variable.type in {"text", "category"}
    bare = f"lower(trim({value}, {SPACES}))"
    if isinstance(allowed, Levels):
        outside = f"{value} NOT IN ({', '.join(map(_literal, allowed.values))})"
        like = ", ".join(sql.text(str(one).lower()) for one in allowed.values)
        nearly = f"count(*) FILTER ({outside} AND {bare} IN ({like}))" if is_text else "0"
        return f"count({value})", f"count(*) FILTER ({outside})", nearly
    if not is_text:
        return f"count({value})", "0", "0"
    # Beyond 1000 levels a text is an identifier, in which capitals may well be meant.
    trimmed = f"count(DISTINCT trim({value}, {SPACES}))"
    levels = f"count(DISTINCT {value})"
    merged = f"CASE WHEN {levels} <= 1000 THEN count(DISTINCT {bare}) ELSE {trimmed} END"
    return f"count({value})", "0", f"{levels} - ({merged})"


def matches(text: str, pattern: str) -> str:
    """Return SQL that tests whether the whole of a text has a form."""
    return f"regexp_full_match({text}, {sql.text(pattern)})"


def number_pattern(decimal: str) -> str:
    """Return the pattern of a number with a decimal sign."""
    sign = _SIGNS[decimal]
    return f"[+-]?([0-9]+({sign}[0-9]*)?|{sign}[0-9]+)([eE][+-]?[0-9]+)?"


def _period(text: str) -> str:
    # TRY_CAST throughout: DuckDB may evaluate a branch for rows that do not take it.
    year = f"TRY_CAST({text}[1:4] AS BIGINT)"
    after = f"(({year} + 1) % 100 = TRY_CAST({text}[6:7] AS BIGINT))"
    return (
        f"CASE WHEN {matches(text, _FORMS['year'])} THEN {year} "
        f"WHEN {matches(text, _FORMS['school year'])} THEN CASE WHEN {after} THEN {year} END "
        f"WHEN {matches(text, _FORMS['quarter'])} THEN 4 * {year} + TRY_CAST({text}[7:7] AS BIGINT) - 1 "
        f"WHEN {matches(text, _FORMS['month'])} THEN 12 * {year} + TRY_CAST({text}[6:7] AS BIGINT) - 1 "
        "END"
    )


def _is_period(cells: Cells) -> bool:
    return cells.variable.type == "period"


def _literal(value: Value) -> str:
    return sql.literal(value.index if isinstance(value, Period) else value)


def _one_row(
    connection: duckdb.DuckDBPyConnection, table: str, aggregates: list[str]
) -> tuple[int, ...]:
    row = connection.execute(f"SELECT {', '.join(aggregates)} FROM {table}").fetchone()
    return tuple(map(int, row or ()))
