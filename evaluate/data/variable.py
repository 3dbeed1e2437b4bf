"""A variable of the data dictionary: its type, the values it may take, and how both are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

VariableType = Literal["boolean", "integer", "number", "text", "category", "date", "period"]
PeriodForm = Literal["year", "school year", "quarter", "month"]
TYPES: tuple[str, ...] = get_args(VariableType)
NUMERIC = frozenset({"boolean", "integer", "number"})

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_BOOLEAN = {"0": False, "false": False, "1": True, "true": True}
_YEAR = re.compile(r"\d{4}", re.ASCII)
_SCHOOL_YEAR = re.compile(r"(\d{4})/(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A year, school year, quarter or month, as its place in the sequence of such periods.

    Attributes
    ----------
    form : {"year", "school year", "quarter", "month"}
        How it is written: ``2015``, ``2015/16``, ``2015-Q2`` or ``2015-09``.
    index : int
        Consecutive periods have consecutive numbers: the year, ``4 × year + quarter − 1`` or
        ``12 × year + month − 1``.
    """

    form: PeriodForm
    index: int

    def __str__(self) -> str:
        """Return the period as it is written in a study, a dictionary or data."""
        if self.form == "quarter":
            return f"{self.index // 4:04d}-Q{self.index % 4 + 1}"
        if self.form == "month":
            return f"{self.index // 12:04d}-{self.index % 12 + 1:02d}"
        after = f"/{(self.index + 1) % 100:02d}" if self.form == "school year" else ""
        return f"{self.index:04d}{after}"


Value = bool | int | float | str | date | Period


@dataclass(frozen=True, slots=True)
class Range:
    """Values between two ends, both included; an end that is ``None`` is open."""

    low: int | float | date | Period | None
    high: int | float | date | Period | None


@dataclass(frozen=True, slots=True)
class Levels:
    """A closed list of values.

    Attributes
    ----------
    values : tuple
        The values, in the dictionary's order.
    labels : tuple of str
        What each means; empty where the dictionary gives no label.
    """

    values: tuple[Value, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """One row of the data dictionary.

    Attributes
    ----------
    name : str
        Name of the column.
    type : {"boolean", "integer", "number", "text", "category", "date", "period"}
        What its cells are.
    unit : str
        Unit of its numbers; may be empty.
    values : Range or Levels or None
        What its cells may be; ``None`` is anything of the type.
    missing : tuple of str
        Codes that mean missing; empty cells always do.
    description, source : str
        What it is, and where it comes from.
    section : str
        Section of the dictionary: a study's folder name, or ``"Common"``.
    file : str
        The dictionary.
    line : int
        Its line there.
    """

    name: str
    type: VariableType
    unit: str
    values: Range | Levels | None
    missing: tuple[str, ...]
    description: str
    source: str
    section: str
    # Where it stands is not what it is: two equal variables may stand on different lines.
    file: str = field(repr=False, compare=False)
    line: int = field(repr=False, compare=False)

    @property
    def where(self) -> str:
        """Return ``file:line``."""
        return f"{self.file}:{self.line}"


def parse_period(text: str) -> Period | None:
    """Return the period that a text names, or ``None``."""
    if _YEAR.fullmatch(text):
        return Period("year", int(text))
    if match := _SCHOOL_YEAR.fullmatch(text):
        year = int(match[1])
        return Period("school year", year) if (year + 1) % 100 == int(match[2]) else None
    if match := _QUARTER.fullmatch(text):
        return Period("quarter", 4 * int(match[1]) + int(match[2]) - 1)
    if match := _MONTH.fullmatch(text):
        return Period("month", 12 * int(match[1]) + int(match[2]) - 1)
    return None


def parse_value(text: str, kind: str) -> Value | None:
    """Return a value of a type as the dictionary or a study writes it, or ``None``."""
    if kind == "boolean":
        return _BOOLEAN.get(text.lower())
    if kind == "integer":
        return int(text) if _INTEGER.fullmatch(text) else None
    if kind == "number":
        return float(text) if _NUMBER.fullmatch(text) else None
    if kind == "date":
        return _parse_date(text)
    if kind == "period":
        return parse_period(text)
    return text or None


def parse_values(text: str, kind: str) -> Range | Levels | None:
    """Return what the ``values`` cell of the dictionary allows; ``None`` if it is empty.

    Raises
    ------
    ValueError
        With a message for the author of the dictionary, if the cell does not fit the type.
    """
    if not text:
        return None
    if ".." in text and ";" not in text:
        return _parse_range(text, kind)
    return _parse_levels(text, kind)


def is_level(text: str, kind: str, allowed: Range | Levels | None) -> bool:
    """Return whether a text stands for one of the listed values."""
    return isinstance(allowed, Levels) and parse_value(text, kind) in allowed.values


def _parse_range(text: str, kind: str) -> Range:
    if kind not in {"integer", "number", "date", "period"}:
        raise ValueError(f"a range does not fit the type {kind}")
    low, high = (_parse_end(end.strip(), kind) for end in text.split("..", 1))
    if low is None and high is None:
        raise ValueError("the range has no end")
    if isinstance(low, Period) and isinstance(high, Period) and low.form != high.form:
        raise ValueError("the ends of the range are periods of two kinds")
    if low is not None and high is not None and _order(low) > _order(high):
        raise ValueError("the range ends before it begins")
    return Range(low, high)


def _parse_end(text: str, kind: str) -> int | float | date | Period | None:
    if not text:
        return None
    value = parse_value(text, kind)
    if value is None or isinstance(value, str):
        raise ValueError(f"an end of the range does not fit the type {kind}")
    return value


def _order(value: float | date | Period) -> float:
    if isinstance(value, Period):
        return value.index
    return value.toordinal() if isinstance(value, date) else value


def _parse_levels(text: str, kind: str) -> Levels:
    values: list[Value] = []
    labels: list[str] = []
    for item in text.split(";"):
        code, _, label = (part.strip() for part in item.partition("="))
        value = parse_value(code, kind)
        if value is None:
            raise ValueError(f"`{code}` does not fit the type {kind}")
        if value in values:
            raise ValueError(f"`{code}` stands twice")
        values.append(value)
        labels.append(label)
    if any(labels) and not all(labels):
        raise ValueError("some codes have a label and some have none")
    if len({v.form for v in values if isinstance(v, Period)}) > 1:
        raise ValueError("the periods are of two kinds")
    return Levels(tuple(values), tuple(labels))


def _parse_date(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
