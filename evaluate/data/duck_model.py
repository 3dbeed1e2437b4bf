"""The third pass of ``DuckSample`` as Ibis expressions: a fitted model, evaluated row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import LEVERAGE_LIMIT, Float, RowModel, RowMoments

if TYPE_CHECKING:
    from ibis.expr.types import FloatingColumn, FloatingValue, Table


def with_one(rows: Table, p: int) -> list[Any]:
    """Return 1 and the centred columns z_1, ..., z_p."""
    return [1.0, *(rows[f"z_{i}"] for i in range(1, p + 1))]


def parameters(model: RowModel) -> dict[str, Float]:
    """Return a model's arrays as columns; of its symmetric matrices one triangle."""
    size = len(model.columns) + 1
    columns = {f"g_{i}": model.residual[:, i] for i in range(size)}
    columns |= {f"q_{i}": model.influence[:, i] for i in range(size)}
    for i in range(size):
        for j in range(i + 1):
            twice = 1.0 if i == j else 2.0
            columns[f"h_{i}_{j}"] = twice * model.leverage[:, i, j]
    return columns


def evaluated(rows: Table, model: Table, number: int, p: int) -> Table:
    """Return each row's z, residual e, weight in the contrast a, and leverage h."""
    keys = [f"by_{i}" for i in range(number)]
    joined = rows.inner_join(model, keys) if keys else rows.cross_join(model)
    z = with_one(joined, p)
    size = range(p + 1)
    fitted = _sum(joined[f"g_{i}"] * z[i] for i in size)
    a = _sum(joined[f"q_{i}"] * z[i] for i in size)
    h = _sum(joined[f"h_{i}_{j}"] * z[i] * z[j] for i in size for j in range(i + 1))
    covariates = {f"z_{i}": joined[f"z_{i}"] for i in range(1, p + 1)}
    e = joined[f"z_{p + 1}"] - fitted
    table = joined.select(cell=joined["cell"], e=e, a=a, h=h, **covariates)
    alone = table["h"] > LEVERAGE_LIMIT
    table = table.mutate(
        h=alone.ifelse(0.0, table["h"]), alone=alone.ifelse(table["a"] * table["a"], 0.0)
    )
    return table.mutate(rest=1.0 - table["h"])


def _sum(terms: Any) -> FloatingValue:
    first, *others = terms
    for term in others:
        first = first + term
    return first


def row_sums(rows: Table, p: int) -> Table:
    """Return the sums of ``RowMoments`` by group, as SQL computes them."""
    e, a, h, rest = (rows[name] for name in ("e", "a", "h", "rest"))
    square: FloatingColumn = e * a * e * a
    weight = a * a / rest
    z = with_one(rows, p)
    sums = {
        "n": rows.count(),
        "s_0": square.sum(),
        "s_1": (square / rest).sum(),
        "s_2": (square / rest / rest).sum(),
        "fourth": (a * a * a * a * (1.0 - 2.0 * h) / rest / rest).sum(),
        "alone": rows["alone"].sum(),
    }
    sums |= {f"w_{i}_{j}": (weight * z[i] * z[j]).sum() for i in range(p + 1) for j in range(i + 1)}
    return rows.group_by("cell").aggregate(**sums)


def row_moments(found: Mapping[str, NDArray[Any]], model: RowModel) -> RowMoments:
    """Return the sums over all groups from what SQL gave back."""
    size = len(model.columns) + 1
    weighted = np.zeros((len(model.residual), size, size))
    for i in range(size):
        for j in range(i + 1):
            weighted[found["cell"], i, j] = weighted[found["cell"], j, i] = found[f"w_{i}_{j}"]
    at = np.argsort(found["cell"])
    return RowMoments(
        labels=model.labels,
        squares=np.array([found[f"s_{j}"][at].sum() for j in range(3)]),
        fourth=float(found["fourth"][at].sum()),
        weighted=weighted,
        alone=float(found["alone"][at].sum()),
    )
