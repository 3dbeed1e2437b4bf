"""Least squares with effects of units and periods, from sums by cohort.

A regressor that depends on cohort and period alone has, in a balanced panel, the same
coefficient and clustered variance whether effects of units or of cohorts are taken away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.data.paths import Paths
from evaluate.errors import Refused
from evaluate.inference.over_time import Bool

# Share of a column's squares left by those before it, at which five digits or so are left.
SINGULAR = 1e-11
# Smallest singular value of columns scaled to length one before effects are taken away.
_NOTHING_OWN = 1e-9


@dataclass(frozen=True, slots=True)
class CellFit:
    """A fit to sums by cohort.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
        In the outcome's unit.
    covariance : ndarray, shape (k, k)
        CR1S: clusters kept, times G / (G - 1) and (N - 1) / (N - K), where K counts
        coefficients and effects of periods, but not those of units.
    df : float
        Clusters less one.
    n_obs, n_clusters : int
        Rows and clusters used.
    """

    coefficients: Float
    covariance: Float
    df: float
    n_obs: int
    n_clusters: int


def regress_cells(paths: Paths, design: Float, used: Bool) -> CellFit | None:
    """Return the fit of the outcome to a design, effects of units and periods taken away.

    Parameters
    ----------
    paths : Paths
        Sums by cohort, of a balanced panel or of levels.
    design : ndarray, shape (k, H, T)
        Value of each regressor by cohort and period.
    used : ndarray of bool, shape (H, T)
        Cells that count.

    Returns
    -------
    CellFit or None
        ``None`` where effects take up a part of the design.

    Raises
    ------
    Refused
        The codes of ``small_sample``.
    """
    n = np.where(used, paths.n, 0.0)
    there = n > 0
    root = np.sqrt(n[there])[:, None]
    row, period = np.nonzero(there)
    effects = np.hstack(
        [row[:, None] == np.unique(row), period[:, None] == np.unique(period)]
    ).astype(np.float64)
    columns = np.column_stack([design[:, there].T, (paths.mean - paths.mean[there].mean())[there]])
    solved, _, rank, _ = np.linalg.lstsq(effects * root, columns * root, rcond=None)
    within = columns - effects @ solved
    x, y = within[:, :-1], within[:, -1]
    length = np.linalg.norm(columns[:, :-1] * root, axis=0)
    own = np.linalg.svd(x * root / np.where(length > 0, length, 1.0), compute_uv=False)
    k = len(design)
    if (length == 0).any() or len(own) < k or own[-1] <= _NOTHING_OWN:
        return None
    bread = np.linalg.inv((x * root).T @ (x * root))
    coefficients = bread @ (x.T @ (n[there] * y))
    weights = np.zeros((*n.shape, k))
    weights[there] = x @ bread
    left = np.zeros_like(n)
    left[there] = y - x @ coefficients
    rows_used = there.any(axis=1)
    n_clusters = int(paths.starts.clusters[rows_used].sum())
    counted = k + int(rank) - int(rows_used.sum()) + 1
    factor = small_sample(n.sum(), counted, n_clusters)
    return CellFit(
        coefficients,
        factor * clustered(paths, weights, left),
        n_clusters - 1.0,
        int(n.sum()),
        n_clusters,
    )


def clustered(paths: Paths, weights: Float, left: Float | None = None) -> Float:
    """Return the clustered covariance of weighted sums of rows, without a factor.

    Parameters
    ----------
    paths : Paths
        Sums by cohort.
    weights : ndarray, shape (H, T, k)
        Weight of one row in each sum.
    left : ndarray, shape (H, T), or None
        Residual of each cell's mean; none where the model holds all cells.
    """
    n_periods = weights.shape[1]
    scores = np.concatenate([np.zeros_like(weights), weights], axis=1)
    if left is not None:
        scores[:, :n_periods] = weights * left[:, :, None]
    covariance: Float = np.einsum("gak,gab,gbl->kl", scores, paths.products, scores, optimize=True)
    return covariance


def small_sample(n_obs: float, counted: int, n_clusters: int) -> float:
    """Return G / (G - 1) times (N - 1) / (N - K).

    Parameters
    ----------
    n_obs, counted, n_clusters : float, int, int
        N, K and G.

    Raises
    ------
    Refused
        ``one_cluster``; ``too_few_rows``.

    References
    ----------
    R ``fixest`` with ``cluster = ~unit`` and its default ``ssc()``; Stata ``reghdfe``.
    """
    if n_clusters <= 1:
        raise Refused(
            "one_cluster",
            "with a single cluster nothing tells its own fate from the effect",
            "name the column of the assigned unit, or add clusters",
        )
    if n_obs <= counted:
        raise Refused(
            "too_few_rows",
            f"{int(n_obs)} rows cannot carry {counted} coefficients",
            "use more units, or a method with fewer coefficients",
        )
    return float(n_clusters / (n_clusters - 1) * (n_obs - 1) / (n_obs - counted))


def require_no_gaps(paths: Paths) -> None:
    """Refuse sums of a panel whose units have gaps: they do not hold units' effects.

    Parameters
    ----------
    paths : Paths
        Sums by cohort.

    Raises
    ------
    Refused
        ``gaps_need_units``.
    """
    if not paths.balanced and paths.incomplete != "levels":
        raise Refused(
            "gaps_need_units",
            "units have gaps, so that sums by cohort do not hold their effects",
            "use the units one by one, or keep complete units",
        )


def singular(normal: Float) -> bool:
    """Return whether a matrix of products of columns is singular, for all digits tell.

    Parameters
    ----------
    normal : ndarray, shape (k, k)
        X'X.
    """
    if not len(normal):
        return False
    length = np.sqrt(np.maximum(np.diag(normal), 0.0))
    if not (length > 0).all():
        return True
    try:
        pivots = np.diag(np.linalg.cholesky(normal / np.outer(length, length))) ** 2
    except np.linalg.LinAlgError:
        return True
    return bool(pivots.min() < SINGULAR)
