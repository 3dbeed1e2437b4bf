"""Whole columns of all rows, those that no estimate uses too: what is missing shows as missing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ibis.expr.types import Table

# Column of the outcome as it was recorded, where the outcome's own is emptied because a covariate
# is missing; a table has it only where there are such rows.
RECORDED = "evaluate: outcome as recorded"
Columns = Mapping[str, NDArray[Any]]


class EveryRowArrays:
    """Of rows in memory."""

    outcome: str
    _all: Mapping[str, NDArray[Any]]
    _empty: Mapping[str, NDArray[np.bool_]]

    def everyone(self, names: Sequence[str]) -> Columns:
        """Return whole columns of all rows, each shape (n,), missing where they are missing."""
        return {
            name: missing_marked(self._all[one], self._empty[one])
            for name, one in _stored(names, self.outcome, self._all).items()
        }


class EveryRowEngine(ABC):
    """Of rows in an engine that Ibis writes for."""

    outcome: str

    @abstractmethod
    def _source(self) -> Table: ...

    @abstractmethod
    def _run(self, expression: Table) -> dict[str, NDArray[Any]]: ...

    def everyone(self, names: Sequence[str]) -> Columns:
        """Return whole columns of all rows, each shape (n,), missing where they are missing."""
        rows = self._source()
        stored = _stored(names, self.outcome, rows.columns)
        asked = {}
        for i, one in enumerate(stored.values()):
            text = rows[one].type().is_string()
            column = rows[one] if text else rows[one].cast("float64")
            asked[f"v_{i}"] = column.fill_null("" if text else 0.0)
            asked[f"m_{i}"] = rows[one].isnull().cast("int64")
        if not asked:
            return {}
        found = self._run(rows.select(**asked))
        return {
            name: missing_marked(found[f"v_{i}"], found[f"m_{i}"].astype(bool))
            for i, name in enumerate(stored)
        }


def missing_marked(values: NDArray[Any], missing: NDArray[np.bool_]) -> NDArray[Any]:
    """Return numbers with NaN and text, as objects, with ``None`` where values are missing."""
    if values.dtype.kind in "OUST":
        text = values.astype(object)
        text[missing] = None
        return text
    return np.where(missing, np.nan, values.astype(np.float64))


def _stored(names: Sequence[str], outcome: str, there: Any) -> dict[str, str]:
    """Return the column that holds each name: of the outcome as it was recorded."""
    recorded = RECORDED if RECORDED in there else outcome
    return {name: recorded if name == outcome else name for name in names}
