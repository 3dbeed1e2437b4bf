"""The third pass of ``SqlSample`` as Ibis expressions: a fitted model, evaluated row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import LEVERAGE_LIMIT, Float, RowModel, RowMoments

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value


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


def evaluated(rows: Table, table: Table, model: RowModel, weights: str | None) -> Table:
    """Return each row's z, weight w, residual e, weight in the contrast a, and leverage h.

    Parameters
    ----------
    rows : Table
        Groups, centred columns and weights.
    table : Table
        The model's ``parameters`` by group.
    model : RowModel
        The model.
    weights : str or None
        Whether rows have weights.
    """
    by, p = [f"by_{i}" for i in range(len(model.labels))], len(model.columns)
    joined = rows.inner_join(table, by) if by else rows.cross_join(table)
    z = _with_one(joined, p)
    size = range(p + 1)
    columns = {f"z_{i}": joined[f"z_{i}"] for i in range(1, p + 1)}
    return joined.select(
        cell=joined["cell"],
        e=joined[f"z_{p + 1}"] - _sum(joined[f"g_{i}"] * z[i] for i in size),
        a=_sum(joined[f"q_{i}"] * z[i] for i in size),
        h=_sum(joined[f"h_{i}_{j}"] * z[i] * z[j] for i in size for j in range(i + 1)),
        **columns,
        **({} if weights is None else {"w": joined["w"]}),
    )


def row_sums(rows: Table, p: int, total: Callable[[Any], Value], *, repeated: bool) -> Table:
    """Return the sums of ``RowMoments`` by group, as SQL computes them.

    Parameters
    ----------
    rows : Table
        As ``evaluated`` returns them.
    p : int
        Number of covariates.
    total : callable
        The engine's sum.
    repeated : bool
        Whether a weight says how often its row stands there.
    """
    weighted = "w" in rows.columns
    if weighted and not repeated:
        # Rows times the roots of their weights, as weighted least squares has them.
        root = rows["w"].sqrt()
        rows = rows.mutate(e=rows["e"] * root, a=rows["a"] * root, h=rows["h"] * rows["w"])
    alone = rows["h"] > LEVERAGE_LIMIT
    rows = rows.mutate(
        h=alone.ifelse(0.0, rows["h"]), alone=alone.ifelse(rows["a"] * rows["a"], 0.0)
    )
    rows = rows.mutate(rest=1.0 - rows["h"])
    e, a, h, rest = (rows[name] for name in ("e", "a", "h", "rest"))
    w = rows["w"] if weighted else 1.0
    times = w if repeated else 1.0
    square = e * a * e * a * times
    weight = a * a / rest * w
    z = _with_one(rows, p)
    terms = {
        "s_0": square,
        "s_1": square / rest,
        "s_2": square / rest / rest,
        "fourth": a * a * a * a * (1.0 - 2.0 * h) / rest / rest * times,
        "alone": rows["alone"] * times,
    }
    terms |= {f"w_{i}_{j}": weight * z[i] * z[j] for i in range(p + 1) for j in range(i + 1)}
    return rows.group_by("cell").aggregate(**{name: total(term) for name, term in terms.items()})


def _with_one(rows: Table, p: int) -> list[Any]:
    return [1.0, *(rows[f"z_{i}"] for i in range(1, p + 1))]


def _sum(terms: Iterable[Any]) -> Any:
    return reduce(add, terms)


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
