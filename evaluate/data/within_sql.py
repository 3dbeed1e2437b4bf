"""Moments within units from an engine's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Labels
from evaluate.data.within import (
    Demeaning,
    ScoreProducts,
    Within,
    WithinModel,
    require_nested,
    require_room,
    shown_periods,
    weight_scale,
)
from evaluate.data.within_queries import WithinQueries

if TYPE_CHECKING:
    from ibis.expr.types import Table

Found = Mapping[str, NDArray[Any]]
Run = Callable[["Table"], Found]
Sort = Callable[[Found], tuple[Labels, NDArray[np.int64]]]

PERIODS = "evaluate_periods"


def period_columns(n_by: int, periods: NDArray[Any], sweep: Float) -> dict[str, NDArray[Any]]:
    """Return the table of periods that rows are joined to.

    Parameters
    ----------
    n_by : int
        Number of columns that form groups.
    periods : ndarray, shape (t,)
        Levels, sorted.
    sweep : ndarray, shape (t, p)
        What each period takes off each column.
    """
    taken = {f"sweep_{i}": column for i, column in enumerate(sweep.T)}
    return {f"by_{n_by + 1}": periods, "time": np.arange(len(periods)), **taken}


def within_queries(
    centred: Table, of: Demeaning, n_by: int, periods: Table | None
) -> WithinQueries:
    """Return the queries over rows as ``SqlSample`` centres them.

    Parameters
    ----------
    centred : Table
        Columns by_0, ... for the groups, the unit and the period; z_1, ... for the columns
        and the weight.
    of : Demeaning
        What to demean.
    n_by : int
        Number of columns that form groups.
    periods : Table or None
        The table of ``period_columns``.
    """
    p = len(of.columns)
    rows = centred.inner_join(periods, f"by_{n_by + 1}") if periods is not None else centred
    z = {f"z_{i}": rows[f"z_{i + 1}"] for i in range(p)}
    if periods is not None:
        z = {name: column - rows[f"sweep_{i}"] for i, (name, column) in enumerate(z.items())}
    extra = {} if periods is None else {"time": rows["time"]}
    if of.weights:
        extra["weight"] = rows[f"z_{p + 1}"]
    keys = [f"by_{i}" for i in range(n_by)]
    named = rows.select(*keys, unit=rows[f"by_{n_by}"], **extra, **z)
    if of.weights:
        named = named.filter(named["weight"] > 0)
    return WithinQueries(named, n_by, p, bool(of.weights), of.repeats)


def moments_within(queries: WithinQueries, run: Run, sort: Sort, *, model: WithinModel) -> Within:
    """Return the moments within units by group.

    Parameters
    ----------
    queries : WithinQueries
        Queries over the rows.
    run : callable
        Runs a query.
    sort : callable
        Returns the labels of a result's groups, sorted, and the positions that sort them.
    model : WithinModel
        What is demeaned, the centre and the periods.

    Raises
    ------
    Refused
        ``unit_not_nested`` and ``model_too_large``.
    """
    p, t = len(model.of.columns), len(model.periods)
    if queries.n_by:
        require_room(int(run(queries.n_groups())["groups"][0]), p + t)
    found = run(queries.moments(t))
    labels, at = sort(found)
    found = {name: values[at] for name, values in found.items()}
    counts = found if len(at) else run(queries.counts(queries.units()))
    require_nested(int(counts["apart"][0]))
    cross = np.zeros((len(at), p + t, p + t))
    fill_columns(cross, found, p)
    fill_periods(cross, found, p)
    shown = shown_periods(cross[:, p:, p:].sum(axis=0))
    keep = np.concatenate([np.arange(p), p + shown])
    heavy, n = float(found["heavy"].sum()), found["n"].astype(np.int64)
    scale = weight_scale(model.of, n, heavy)
    sums = np.array([found[f"sum_{i}"].sum() for i in range(p)])
    squares = np.array([found[f"square_{i}"].sum() for i in range(p)])
    return Within(
        of=model.of,
        centre=model.centre,
        labels=labels,
        n=n,
        cross=scale * cross[:, keep][:, :, keep],
        periods=model.periods,
        shown=shown,
        total=scale * (squares - sums**2 / max(heavy, 1e-300)),
        n_units=int(counts["units"][0]),
        n_singletons=int(counts["alone"][0]),
        scale=scale,
    )


def fill_columns(cross: Float, found: Found, p: int) -> None:
    """Put products of the columns, and their sums by period, into their place.

    Parameters
    ----------
    cross : ndarray, shape (g, p + t, p + t)
        Changed.
    found : mapping of str to ndarray, each shape (g,)
        Result of ``moments``, sorted.
    p : int
        Number of columns.
    """
    for i in range(p):
        for j in (*range(i + 1), *range(p, cross.shape[1])):
            cross[:, i, j] = cross[:, j, i] = found[f"m_{i}_{j}"]


def fill_periods(cross: Float, found: Found, p: int) -> None:
    """Put products of the period indicators into their place.

    Parameters
    ----------
    cross : ndarray, shape (g, p + t, p + t)
        Changed.
    found : mapping of str to ndarray, each shape (g,)
        Result of ``moments``, sorted.
    p : int
        Number of columns.
    """
    for i in range(cross.shape[1] - p):
        for j in range(i + 1):
            both = found[f"here_{i}"] * float(i == j) - found[f"both_{i}_{j}"]
            cross[:, p + i, p + j] = cross[:, p + j, p + i] = both


def scores_of(found: Found, k: int) -> ScoreProducts:
    """Return products of scores from what ``scores`` gave back.

    Parameters
    ----------
    found : mapping of str to ndarray, each shape (1,)
        Result of ``scores``.
    k : int
        Number of columns but the outcome.
    """
    products = np.empty((k, k))
    for i in range(k):
        for j in range(i + 1):
            products[i, j] = products[j, i] = float(found[f"ss_{i}_{j}"][0])
    return ScoreProducts(int(found["groups"][0]), products)
