"""The third pass of ``SqlSample`` as Ibis expressions: a fitted model, evaluated row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import LEVERAGE_LIMIT, Float, RowModel, RowMoments
from evaluate.data.weights import WeightKind

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
            if model.square is not None:
                columns[f"n_{i}_{j}"] = twice * model.square[:, i, j]
    if model.square is not None:
        columns["s"] = np.ones(len(model.residual)) if model.scale is None else model.scale
    return columns


def evaluated(rows: Table, table: Table, model: RowModel, weights: str | None) -> Table:
    """Return each row's z, weight w, residual e, weight in the contrast a, and leverage h.

    With ``square`` also its form n, and the weight s that the group's rows have besides.

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
    if model.square is not None:
        columns |= {"n": _form(joined, "n", z), "s": joined["s"]}
    return joined.select(
        cell=joined["cell"],
        e=joined[f"z_{p + 1}"] - _sum(joined[f"g_{i}"] * z[i] for i in size),
        a=_sum(joined[f"q_{i}"] * z[i] for i in size),
        h=_form(joined, "h", z),
        **columns,
        **({} if weights is None else {"w": joined["w"]}),
    )


def row_sums(rows: Table, p: int, total: Callable[[Any], Value], *, kind: WeightKind) -> Table:
    """Return the sums of ``RowMoments`` by group, as SQL computes them.

    Parameters
    ----------
    rows : Table
        As ``evaluated`` returns them.
    p : int
        Number of covariates.
    total : callable
        The engine's sum.
    kind : {"frequency", "inverse_variance", "probability"}
        What the weights mean.
    """
    rows, by_power = _scaled(rows, kind), "n" in rows.columns
    times, inner = ("times", "inner") if "w" in rows.columns else (None, None)
    a, h = rows["a"], rows["h"]
    alone = rows["b"] < 1.0 - LEVERAGE_LIMIT
    rows = rows.mutate(
        b=alone.ifelse(1.0, rows["b"]),
        rest=alone.ifelse(1.0, 1.0 - h),
        alone=alone.ifelse(a * a, 0.0),
    )
    e, a, b, rest = (rows[name] for name in ("e", "a", "b", "rest"))
    often = rows[times] if times else 1.0
    square = e * a * e * a * often
    weight = a * a / b * (rows[inner] if inner else 1.0)
    z = _with_one(rows, p)
    terms = {
        "s_0": square,
        "s_1": square / b,
        "s_2": square / rest / rest,
        "fourth": a * a * a * a * (2.0 * b - 1.0) / b / b * often,
        "alone": rows["alone"] * often,
    }
    for name in ("w", "w1", "w2") if by_power else ("w",):
        terms |= {
            f"{name}_{i}_{j}": weight * z[i] * z[j] for i in range(p + 1) for j in range(i + 1)
        }
        weight = weight * rows["lift"] if by_power else weight
    return rows.group_by("cell").aggregate(**{name: total(term) for name, term in terms.items()})


def _scaled(rows: Table, kind: WeightKind) -> Table:
    """Return rows with e, a and h as weighted least squares has them, and b.

    With weights also how often a row counts (times) and its weight in sums of z z' (inner).
    """
    weighted, lifted = "w" in rows.columns, "n" in rows.columns
    lift = rows["s"] if lifted else None
    if weighted:
        w = rows["w"]
        often = w if kind == "frequency" else w * 0.0 + 1.0
        inner = w
        if kind == "probability" and lifted:
            lift, inner = rows["s"] * w, w * 0.0 + 1.0
        elif kind != "frequency":
            root = w.sqrt()
            rows = rows.mutate(e=rows["e"] * root, a=rows["a"] * root, h=rows["h"] * w)
            if lifted:
                rows = rows.mutate(n=rows["n"] * w)
        rows = rows.mutate(times=often, inner=inner)
    if lift is None:
        return rows.mutate(b=1.0 - rows["h"])
    rows = rows.mutate(lift=lift)
    rows = rows.mutate(a=rows["a"] * rows["lift"], h=rows["h"] * rows["lift"])
    return rows.mutate(b=1.0 - 2.0 * rows["h"] + rows["n"])


def _form(rows: Table, name: str, z: list[Any]) -> Any:
    """Return a quadratic form of z, of which ``parameters`` holds one triangle."""
    return _sum(rows[f"{name}_{i}_{j}"] * z[i] * z[j] for i in range(len(z)) for j in range(i + 1))


def _with_one(rows: Table, p: int) -> list[Any]:
    return [1.0, *(rows[f"z_{i}"] for i in range(1, p + 1))]


def _sum(terms: Iterable[Any]) -> Any:
    return reduce(add, terms)


def row_moments(found: Mapping[str, NDArray[Any]], model: RowModel) -> RowMoments:
    """Return the sums over all groups from what SQL gave back."""
    names = ("w",) if model.square is None else ("w", "w1", "w2")
    every = np.array([_full(found, name, model) for name in names])
    at = np.argsort(found["cell"])
    return RowMoments(
        labels=model.labels,
        squares=np.array([found[f"s_{j}"][at].sum() for j in range(3)]),
        fourth=float(found["fourth"][at].sum()),
        weighted=every[0],
        alone=float(found["alone"][at].sum()),
        powers=None if model.square is None else every,
    )


def _full(found: Mapping[str, NDArray[Any]], name: str, model: RowModel) -> Float:
    size = len(model.columns) + 1
    full = np.zeros((len(model.residual), size, size))
    for i in range(size):
        for j in range(i + 1):
            full[found["cell"], i, j] = full[found["cell"], j, i] = found[f"{name}_{i}_{j}"]
    return full
