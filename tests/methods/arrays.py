"""Runs a method on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evaluate.core import Check
from evaluate.design import Result
from evaluate.method import FromRecord, Inquiry, Method, named_cells

Row = dict[str, Any]


def ask(method: Method[Any], spec: Any, record: Mapping[str, Any] | None = None) -> Result:
    """Return what a method makes of fields and the columns of the one record."""
    columns = {key: np.asarray(one) for key, one in (record or {}).items()}

    def read(block: FromRecord) -> dict[str, Any]:
        return {
            one.field: np.column_stack([columns[name] for name in one.columns])
            if one.several
            else columns[one.columns[0]]
            for one in named_cells(block)
        }

    return method.estimate(spec, Inquiry("inquiry", read, draws=999))


def check_of(result: Result, name: str) -> Check:
    """Return a check by name."""
    return next(one for one in result.checks if one.name == name)


def rows_of(result: Result, id_: str) -> dict[str, Row]:
    """Return the rows of a table by their key."""
    table = next(one for one in result.tables if one.id == id_)
    return {str(row[table.columns[0].name]): dict(row) for row in table.rows}
