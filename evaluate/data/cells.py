"""Cells as the dictionary types them: the SQL that makes a value of each, or NULL.

A CSV file holds text, so that ``0301`` and long identifiers stay what they are. Text becomes a
number only by its whole form: DuckDB's own casts would round ``1.7`` to an integer and read
``1_000``. Cells of a file that has types pass the rules of ``evaluate.data.native``.
"""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.data import native, sql
from evaluate.data.files import Origin
from evaluate.data.variable import (
    Levels,
    PeriodForm,
    Range,
    Variable,
    parse_value,
)

SPACES = "' \t\r\n\u00a0'"
_SIGNS = {".": r"\.", ",": ","}
FORMS: dict[PeriodForm, str] = {
    "year": "[0-9]{4}",
    "school year": "[0-9]{4}/[0-9]{2}",
    "quarter": "[0-9]{4}-Q[1-4]",
    "month": "[0-9]{4}-(0[1-9]|1[0-2])",
}


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a source, whose cells become values.

    Attributes
    ----------
    variable : Variable
        What the dictionary says.
    origin : Origin
        How the file writes numbers and dates, and what messages call it.
    column : str
        SQL of a cell.
    kind : str
        DuckDB's type of it.
    number : int
        Its place among the columns that are read, which names its present cells and its
        values in the database.
    """

    variable: Variable
    origin: Origin
    column: str
    kind: str
    number: int

    @property
    def is_native(self) -> bool:
        """Return whether the cells are taken as they are, and not read as text."""
        return native.is_native(self.variable, self.kind)

    @property
    def is_text(self) -> bool:
        """Return whether the values are text."""
        return self.variable.type in {"text", "category"}

    @property
    def r(self) -> str:
        """Return the name of the column of cells as they were read, where it is kept."""
        return f"r{self.number}"

    @property
    def p(self) -> str:
        """Return the name of the column of present cells."""
        return self.t if self.is_text else f"p{self.number}"

    @property
    def t(self) -> str:
        """Return the name of the column of values."""
        return f"t{self.number}"

    @property
    def decimal(self) -> str:
        """Return the decimal sign of numbers in text."""
        return self.origin.source.decimal

    @property
    def present(self) -> str:
        """Return SQL for a cell, as text unless it is native; NULL where it is missing."""
        if self.is_native:
            return native.present(self.column, self.kind, self.variable)
        text = native.as_text(self.column, self.kind)
        bare = f"nullif(trim({text}, {SPACES}), '')" if self.kind == "VARCHAR" else text
        kept = text if self.is_text else bare
        tests = [f"{bare} IS NULL"]
        if self.variable.missing:
            tests.append(f"{bare} IN {sql.listing(self.variable.missing)}")
        if numbers := self._missing_numbers():
            tests.append(f"{self.as_double(bare)} IN {sql.listing(numbers)}")
        return f"CASE WHEN {' OR '.join(tests)} THEN NULL ELSE {kept} END"

    def typed(self, cell: str) -> str:
        """Return SQL for the value of a present cell, NULL where it does not fit."""
        if self.is_native:
            return native.typed(cell, self.kind, self.variable)
        kind = self.variable.type
        if kind == "number":
            value = self.as_double(cell)
            number = matches(cell, number_pattern(self.decimal))
            return f"CASE WHEN {number} AND isfinite({value}) THEN {value} END"
        if kind == "integer":
            value = f"TRY_CAST({self._pointed(cell)} AS BIGINT)"
            whole = f"[+-]?[0-9]+({_SIGNS[self.decimal]}0*)?"
            return f"CASE WHEN {matches(cell, whole)} THEN {value} END"
        if kind == "boolean":
            low = f"lower({cell})"
            return (
                f"CASE WHEN {low} IN ('1', '1.0', 'true') THEN true "
                f"WHEN {low} IN ('0', '0.0', 'false') THEN false END"
            )
        if kind == "date":
            return self._date(cell)
        return _period(cell) if kind == "period" else cell

    def fitting(self, *, coded: bool) -> str:
        """Return SQL for the value of a cell of a column in which every present cell fits.

        Parameters
        ----------
        coded : bool
            Whether codes or blanks stand for missing cells in it.
        """
        cell = self.present if coded else self.column
        if self.is_text:
            return cell if coded or self.kind == "VARCHAR" else self.present
        fast = native.plain(cell, self.kind, self.variable) if self._is_plain else None
        return fast or self.typed(self.present)

    @property
    def _is_plain(self) -> bool:
        # A day's time stamp, or the number 1 for true, is converted; others are only widened.
        family = native.family_of(self.kind)
        return self.is_native and (self.variable.type, family) != ("date", "timestamp")

    def _date(self, text: str) -> str:
        if self.origin.source.date_format:
            form = sql.text(self.origin.source.date_format)
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
    low, high : float or None
        Smallest and largest value of a column of numbers, where there is one.
    coded : bool
        Whether codes or blanks stand for missing cells.
    """

    present: int
    fitting: int
    outside: int = 0
    nearly: int = 0
    forms: tuple[PeriodForm, ...] = ()
    low: float | None = None
    high: float | None = None
    coded: bool = True


def judge(variable: Variable, value: str, kind: str = "DOUBLE") -> tuple[str, str, str]:
    """Return SQL aggregates for one column: values, those not allowed, near-duplicates.

    Parameters
    ----------
    variable : Variable
        What the dictionary says.
    value : str
        SQL of a value.
    kind : str
        The type in which the file stores it.
    """
    allowed = variable.values
    if isinstance(allowed, Range):
        tests = [f"{value} {sign} {native.literal(end, kind)}" for sign, end in
                 (("<", allowed.low), (">", allowed.high)) if end is not None]  # fmt: skip
        return f"count({value})", f"count(*) FILTER ({' OR '.join(tests)})", "0"
    is_text = variable.type in {"text", "category"}
    bare = f"lower(trim({value}, {SPACES}))"
    if isinstance(allowed, Levels):
        levels = ", ".join(native.literal(one, kind) for one in allowed.values)
        outside = f"{value} NOT IN ({levels})"
        like = ", ".join(sql.text(str(one).lower()) for one in allowed.values)
        nearly = f"count(*) FILTER ({outside} AND {bare} IN ({like}))" if is_text else "0"
        return f"count({value})", f"count(*) FILTER ({outside})", nearly
    return f"count({value})", "0", near_duplicates(value) if is_text else "0"


def near_duplicates(value: str) -> str:
    """Return SQL that counts levels which repeat another with other spaces or capitals."""
    # Beyond 1000 levels a text is an identifier, in which capitals may well be meant.
    trimmed = f"count(DISTINCT trim({value}, {SPACES}))"
    levels = f"count(DISTINCT {value})"
    bare = f"count(DISTINCT lower(trim({value}, {SPACES})))"
    return f"{levels} - (CASE WHEN {levels} <= 1000 THEN {bare} ELSE {trimmed} END)"


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
        f"CASE WHEN {matches(text, FORMS['year'])} THEN {year} "
        f"WHEN {matches(text, FORMS['school year'])} THEN CASE WHEN {after} THEN {year} END "
        f"WHEN {matches(text, FORMS['quarter'])} THEN 4 * {year} + TRY_CAST({text}[7:7] AS BIGINT) - 1 "
        f"WHEN {matches(text, FORMS['month'])} THEN 12 * {year} + TRY_CAST({text}[6:7] AS BIGINT) - 1 "
        "END"
    )
