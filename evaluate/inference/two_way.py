"""Regression with the effects of two or more factors absorbed, from NumPy columns.

For data in memory with many units: each column is touched a few times, and nothing is held
that grows with units times columns squared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.demean import demeaned
from evaluate.inference.demean_factors import Factor, connected_sets, factor
from evaluate.inference.linear import Fit, GroupMoments, fit, spread

RowStdError = Literal["classical", "HC0", "HC1", "CR0", "CR1", "CR1S"]
ROW_STD_ERRORS: tuple[str, ...] = get_args(RowStdError)

# Share of a column's squares that is left after demeaning: below, its standard deviation is
# a millionth of what it was.
NOTHING_WITHIN = 1e-12


@dataclass(frozen=True, slots=True)
class EffectsFit:
    """A fit with the effects of factors absorbed.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
        In the outcome's unit for each unit of the column.
    covariance : ndarray, shape (k, k)
        Of the coefficients.
    df : float
        Degrees of freedom of the reference t distribution.
    n_obs : int
        Rows used: those of the first factor's levels that have more than one.
    n_singletons : int
        Rows left out, as the only one of their unit.
    n_effects : int
        Rank of the factors' indicators; for three or more, an upper bound.
    n_clusters : int or None
        Clusters with rows that are used.
    """

    coefficients: Float
    covariance: Float
    df: float
    n_obs: int
    n_singletons: int
    n_effects: int
    n_clusters: int | None

    @property
    def std_errors(self) -> Float:
        """Return the coefficients' standard errors, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))


def absorb_effects(
    y: Float,
    x: Float,
    effects: Sequence[NDArray[Any]],
    cluster: NDArray[Any] | None = None,
    *,
    std_error: RowStdError = "CR1",
    weights: Float | None = None,
) -> EffectsFit:
    """Return the least-squares fit of y to x with the effects of factors absorbed.

    Effects that lie within clusters are not counted by CR1S, the constant is; all are
    counted by the classical standard error and by HC1. For three or more factors the count
    is exact between the first two, and each further factor counts its levels less one.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Outcome; no value is missing.
    x : ndarray, shape (n, k)
        Columns with a coefficient.
    effects : sequence of ndarray, each shape (n,)
        Factors: numbers or text. Rows of single-row levels of the first are left out.
    cluster : ndarray, shape (n,), or None
        Assigned cluster of each row.
    std_error : {"classical", "HC0", "HC1", "CR0", "CR1", "CR1S"}
        Estimator.
    weights : ndarray, shape (n,), or None
        Positive: frequencies, inverse variances or inverse probabilities. Rows, not
        weights, are counted.

    Raises
    ------
    Refused
        ``no_rows``; ``treatment_absorbed`` when a column does not vary within the effects;
        ``constant_outcome``; ``too_few_rows``; ``collinear``; ``not_converged``;
        ``one_cluster``; ``no_variation``.

    References
    ----------
    R ``fixest::feols(y ~ x | unit + period)`` with ``vcov = "iid"``, ``"hetero"`` or
    ``~cluster``, the last with its default small-sample correction as CR1S; Stata
    ``reghdfe y x, absorb(unit period) vce(cluster g)``.
    """
    rows = _used_rows(y, x, effects, cluster, weights)
    columns = _centred(rows)
    whole = _squares(columns, rows.weights)
    within = demeaned(columns, rows.factors, rows.weights, overwrite=True)
    design, outcome = within.columns[:-1], within.columns[-1]
    weighed = design if rows.weights is None else design * rows.weights
    groups = _pooled(design, outcome, weighed, _squares(outcome[None], rows.weights))
    _require_variation(np.append(np.diag(groups.xx[0]), groups.yy), whole)
    fitted = fit(groups)
    n_effects = within.rank
    _require_rows(len(outcome), n_effects, len(design))
    residual = outcome - fitted.coefficients @ design
    middle, df = _meat(rows, fitted, (weighed, residual), n_effects, std_error)
    covariance: Float = fitted.bread @ middle @ fitted.bread
    for variance in np.diag(covariance):
        spread(float(variance), df, groups)
    return EffectsFit(
        coefficients=fitted.coefficients,
        covariance=covariance,
        df=df,
        n_obs=len(outcome),
        n_singletons=len(y) - len(outcome),
        n_effects=n_effects,
        n_clusters=None if rows.cluster is None else rows.cluster.size,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    y: Float
    x: Float
    factors: tuple[Factor, ...]
    cluster: Factor | None
    weights: Float | None


def _used_rows(
    y: Float,
    x: Float,
    effects: Sequence[NDArray[Any]],
    cluster: NDArray[Any] | None,
    weights: Float | None,
) -> _Rows:
    first = factor(effects[0])
    alone = first.sums() == 1
    if alone.any():
        keep = ~alone[first.codes]
        y, x = y[keep], x[keep]
        effects = [values[keep] for values in effects]
        cluster = None if cluster is None else cluster[keep]
        weights = None if weights is None else weights[keep]
        first = factor(effects[0])
    if not len(y):
        raise Refused(
            "no_rows",
            "no unit has more than one row, so that nothing varies within units",
            "absorb effects of something coarser, or none",
        )
    factors = (first, *(factor(values) for values in effects[1:]))
    same = next(
        (one for one, values in zip(factors, effects, strict=True) if values is cluster), None
    )
    groups = same if same or cluster is None else factor(cluster)
    scaled = None if weights is None else weights / weights.mean()
    return _Rows(y, x, factors, groups, scaled)


def _centred(rows: _Rows) -> Float:
    """Return x and y, each in a row of its own and less its mean, shape (k + 1, n)."""
    columns = np.empty((rows.x.shape[1] + 1, len(rows.y)))
    columns[:-1], columns[-1] = rows.x.T, rows.y
    for i, column in enumerate(columns):
        columns[i] -= np.average(column, weights=rows.weights)
    return columns


def _squares(columns: Float, weights: Float | None) -> Float:
    return np.array([x @ (x if weights is None else weights * x) for x in columns])


def _pooled(design: Float, outcome: Float, weighed: Float, squares: Float) -> GroupMoments:
    """Return the moments of all rows together."""
    n = np.array([len(outcome)])
    return GroupMoments(n, (weighed @ design.T)[None], (weighed @ outcome)[None], squares)


def _require_rows(n: int, n_effects: int, k: int) -> None:
    if n <= n_effects + k:
        raise Refused(
            "too_few_rows",
            f"{n} rows cannot carry {n_effects} effects and {k} other coefficients",
            "absorb fewer or coarser effects, or use more rows",
        )


def _require_variation(left: Float, whole: Float) -> None:
    lost = left <= NOTHING_WITHIN * whole
    if lost[-1]:
        raise Refused(
            "constant_outcome",
            "the outcome does not vary within the effects that are absorbed",
            "check the outcome's column, or absorb fewer effects",
        )
    if lost.any():
        raise Refused(
            "treatment_absorbed",
            "a column does not vary within the effects that are absorbed: they take it up whole",
            "absorb effects of something coarser, or none",
        )


def _meat(
    rows: _Rows,
    fitted: Fit,
    parts: tuple[Float, Float],
    n_effects: int,
    std_error: RowStdError,
) -> tuple[Float, float]:
    """Return what stands between the bread, shape (k, k), and degrees of freedom."""
    design, residual = parts  # their product is as large as the rows: one column at a time
    n, k = fitted.n_obs, fitted.rank
    left = n - k - n_effects
    if std_error == "classical":
        return np.linalg.inv(fitted.bread) * fitted.residual_sum / left, float(left)
    if std_error in {"HC0", "HC1"}:
        factor_ = n / left if std_error == "HC1" else 1.0
        scores = design * residual
        return factor_ * scores @ scores.T, float(left)
    cluster = rows.cluster
    if cluster is None or cluster.size == 1:
        raise Refused(
            "one_cluster",
            "with a single cluster nothing tells its own fate from the effect",
            "name the column of the assigned unit, or add clusters",
        )
    sums = np.array([cluster.sums(column * residual) for column in design])
    g = cluster.size
    factor_ = 1.0 if std_error == "CR0" else g / (g - 1)
    if std_error == "CR1S":
        counted = k + n_effects - _levels_within(rows.factors, cluster)
        factor_ *= (n - 1) / (n - counted)
    return factor_ * sums @ sums.T, g - 1.0


def _lies_within(inner: Factor, outer: Factor) -> bool:
    """Return whether each level of a factor lies within one level of another."""
    if inner is outer:
        return True
    place = np.zeros(inner.size, np.int64)
    place[inner.codes] = outer.codes
    return bool((place[inner.codes] == outer.codes).all())


def _levels_within(factors: Sequence[Factor], cluster: Factor) -> int:
    """Return how many effects lie within clusters; the constant is not among them."""
    nested = sorted((one for one in factors if _lies_within(one, cluster)), key=_size)
    if not nested:
        return 0
    *others, largest = nested
    if not others:
        return largest.size - 1
    *rest, second = others
    both = largest.size + second.size - connected_sets(largest, second)
    return both - 1 + sum(one.size - 1 for one in rest)


def _size(one: Factor) -> int:
    return one.size
