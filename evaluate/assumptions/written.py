"""Simulated columns in files, as the dictionary and the study write them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from evaluate.assumptions.backwards import Values
from evaluate.assumptions.pools import Drawn
from evaluate.data.definition import Source
from evaluate.data.variable import Levels, Period, PeriodForm, Range, Variable

WRITTEN = (".csv", ".parquet")
DIGITS = 7  # of a number


def write_rows(
    path: Path, source: Source, columns: Mapping[str, Values], variables: Mapping[str, Variable]
) -> None:
    """Write columns as the source says: CSV or Parquet.

    Parameters
    ----------
    path : Path
        File; its folder is there.
    source : Source
        Delimiter, decimal sign, encoding and form of dates.
    columns : mapping of str to ndarray
        Drawn values.
    variables : mapping of str to Variable
        Types by column.
    """
    if path.suffix.lower() == ".parquet":
        _parquet(path, columns, variables)
        return
    texts = [[_text(one, variables[name], source) for one in cells]
             for name, cells in columns.items()]  # fmt: skip
    with path.open("w", encoding=source.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=source.delimiter, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*texts, strict=True))


def period_form(variable: Variable) -> PeriodForm:
    """Return how a variable's periods are written; years where the dictionary is silent.

    Parameters
    ----------
    variable : Variable
        Of type period.
    """
    values = variable.values
    some: tuple[object, ...] = values.values if isinstance(values, Levels) else ()
    some = (values.low, values.high) if isinstance(values, Range) else some
    return next((one.form for one in some if isinstance(one, Period)), "year")


def _text(value: Drawn, variable: Variable, source: Source) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if variable.type == "date":
        return date.fromordinal(int(value)).strftime(source.date_format or "%Y-%m-%d")
    if variable.type == "period":
        return str(Period(period_form(variable), int(value)))
    if variable.type == "number":
        return f"{value:.{DIGITS}g}".replace(".", source.decimal)
    return str(int(value))


def _parquet(path: Path, columns: Mapping[str, Values], variables: Mapping[str, Variable]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {"boolean": pa.bool_(), "integer": pa.int64(), "number": pa.float64(),
             "date": pa.date32()}  # fmt: skip
    arrays = {
        name: pa.array(
            [_cell(one, variables[name]) for one in cells],
            kinds.get(variables[name].type, pa.string()),
        )
        for name, cells in columns.items()
    }
    parquet.write_table(pa.table(arrays), path)


def _cell(value: Drawn, variable: Variable) -> Any:
    if value is None or isinstance(value, str):
        return value
    if variable.type == "date":
        return date.fromordinal(int(value))
    if variable.type == "period":
        return str(Period(period_form(variable), int(value)))
    if variable.type == "boolean":
        return bool(value)
    return float(value) if variable.type == "number" else int(value)
