"""Rows as an SQL engine forms them for a pass: groups, centred columns, weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.levels import Indicator
from evaluate.data.moments import Float, Integer, order, plain

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, Table, Value


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass over the rows takes in.

    Attributes
    ----------
    columns : tuple of str
        The p columns of z = (1, columns - centre).
    by : tuple of str
        Columns that form the groups.
    centre : ndarray, shape (p,)
        What is subtracted.
    weights : str or None
        Column of weights.
    unit : float
        What weights are divided by.
    basis : ndarray, shape (p, p), or None
        What centred columns are multiplied by.
    """

    columns: tuple[str, ...]
    by: tuple[str, ...]
    centre: Float
    weights: str | None = None
    unit: float = 1.0
    basis: Float | None = None


def value(rows: Table, name: str) -> NumericValue:
    """Return a column as a float64, or an indicator of a level as 0 or 1."""
    if isinstance(name, Indicator):
        level: NumericValue = (rows[name.column] == name.level).cast("float64")
        return level
    column: NumericValue = rows[name].cast("float64")
    return column


def formed(rows: Table, wanted: Pass) -> Table:
    """Return rows with groups as by_0, by_1, ..., columns as z_1, z_2, ... and weights as w."""
    z = {
        f"z_{i}": value(rows, name) - float(middle)
        for i, (name, middle) in enumerate(zip(wanted.columns, wanted.centre, strict=True), start=1)
    }
    weights = {} if wanted.weights is None else {"w": value(rows, wanted.weights) / wanted.unit}
    table = rows.select(**keys(rows, wanted.by), **weights, **z)
    return table if wanted.basis is None else _turned(table, wanted.basis)


def _turned(rows: Table, basis: Float) -> Table:
    """Return the same rows with z @ basis in place of z."""
    turned = {}
    for column, weights in enumerate(basis.T, start=1):
        terms = [rows[f"z_{i}"] * float(b) for i, b in enumerate(weights, start=1) if b]
        turned[f"z_{column}"] = reduce(add, terms)
    kept = [name for name in rows.columns if name not in turned]
    return rows.select(*kept, **turned)


def keys(rows: Table, by: Sequence[str]) -> dict[str, Value]:
    """Return the columns that form groups as by_0, by_1, ..., text or float64."""
    found = {f"by_{i}": rows[name] for i, name in enumerate(by)}
    return {
        name: key if key.type().is_string() else key.cast("float64") for name, key in found.items()
    }


def grouped(rows: Table, number: int, sums: Mapping[str, Value]) -> Table:
    """Return sums by by_0, by_1, ..., or over all rows."""
    names = [f"by_{i}" for i in range(number)]
    return rows.group_by(names).aggregate(**sums) if names else rows.aggregate(**sums)


def labelled(
    found: Mapping[str, NDArray[Any]], by: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], Integer]:
    """Return the labels of the groups, sorted, and the positions that sort them."""
    labels = [plain(found[f"by_{i}"]) for i in range(len(by))]
    at = order(labels, len(found["n"]))
    return {name: values[at] for name, values in zip(by, labels, strict=True)}, at


def products(rows: Table, size: int, power: int) -> dict[str, NumericValue]:
    """Return w^power z_i z_j for all i >= j as terms whose sums are moments.

    Parameters
    ----------
    rows : Table
        As ``formed`` returns them.
    size : int
        Length of z.
    power : int
        0 where rows have no weights.
    """
    z: list[Any] = [1.0, *(rows[f"z_{i}"] for i in range(1, size))]
    times = [rows["w"]] * power if power else []
    return {
        f"m{power}_{i}_{j}": reduce(lambda a, b: a * b, [*times, z[i], *([z[j]] if j else [])])
        for i in range(size)
        for j in range(i + 1)
        if i
    } | ({f"m{power}_0_0": reduce(lambda a, b: a * b, times)} if power else {})


def cross(found: Mapping[str, NDArray[Any]], at: Integer, size: int, power: int) -> Float:
    """Return the sums of ``products`` as matrices, shape (g, size, size), in a given order."""
    matrices = np.empty((len(at), size, size))
    for i in range(size):
        for j in range(i + 1):
            name = f"m{power}_{i}_{j}" if i or power else "n"
            matrices[:, i, j] = matrices[:, j, i] = found[name][at]
    return matrices


def weight_sums(w: NumericValue, total: Callable[[NumericValue], Value]) -> dict[str, Value]:
    """Return what ``weight_summary`` asks of a column of weights, with an engine's sum."""
    return {
        "missing": w.isnull().sum(),
        "negative": (w < 0).sum(),
        "zero": (w == 0).sum(),
        "positive": (w > 0).sum(),
        "fractional": (w % 1 != 0).sum(),
        "total": total(w),
        "squares": total(w * w),
        "largest": w.max(),
    }


def table_of(name: str, columns: Mapping[str, NDArray[Any]]) -> Table:
    """Return the table that an engine's ``_store`` makes of columns, for queries."""
    import ibis

    return ibis.table({key: kind_of(values) for key, values in columns.items()}, name=name)


def kind_of(values: NDArray[Any]) -> str:
    """Return Ibis's type of a column of ``_store``: string, int64 or float64."""
    return {"U": "string", "i": "int64"}.get(values.dtype.kind, "float64")
