"""Effects over time by imputation from units one by one: with gaps, and with covariates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import Panel
from evaluate.inference.group_time import Contrast
from evaluate.inference.imputation_parts import (
    METHOD,
    ImputationStdError,
    estimands,
    free_periods,
    imputable,
    leave_out,
    left_out,
    linked_periods,
    require_imputable,
)
from evaluate.inference.over_time import Bool, OverTime, clock, require_spread
from evaluate.inference.panel_least_squares import (
    complete,
    covariates_collinear,
    regressors,
)
from evaluate.inference.path_regression import singular


def imputation_of_panel(
    panel: Panel,
    contrast: Contrast | None = None,
    *,
    std_error: ImputationStdError = "leave_out",
) -> OverTime:
    """Return effects by imputation from units one by one.

    Covariates that change over time have one coefficient; others have one in each period, as
    the units' effects hold what they do to the level. The units' effects are taken away
    beforehand, so that one system of periods and covariates is solved, without iteration.

    Parameters
    ----------
    panel : Panel
        Units one by one, with or without gaps and covariates.
    contrast : Contrast or None
        Its anticipation is used: those periods are not taken as untreated.
    std_error : {"leave_out", "conservative"}
        As in ``imputation_of_sums``.

    Raises
    ------
    Refused
        ``no_treated``; ``nothing_to_impute_from``; ``single_unit_cohort``; ``collinear``
        when untreated rows do not determine the covariates' coefficients; ``no_variation``.

    References
    ----------
    As ``imputation_of_sums``; Stata ``did_imputation y i t start, controls(x)`` for what
    changes over time and ``timecontrols(x)`` for what does not.
    """
    there = ~np.isnan(panel.outcome) & complete(panel)
    code = np.searchsorted(panel.starts.cohorts, panel.cohort)
    at = clock(panel.starts.cohorts, there.shape[1], contrast or Contrast())
    base = there & at.untreated[code]
    asked = there & (at.begins & ~at.untreated)[code]
    linked = linked_periods(base)
    used = imputable(asked, base, linked)
    asked_of, counted = (_by_cohort(cells, code, len(at.event)) for cells in (asked, used))
    require_imputable(asked_of[at.treated], counted[at.treated])
    terms, weights = estimands(at, counted)
    per_row = np.divide(weights, counted, out=np.zeros_like(weights), where=counted > 0)
    rows = _Rows(np.where(base | used, panel.outcome, 0.0), code, base, used, *regressors(panel))
    gap, towards = _solved(rows, per_row, linked)
    scores = _untreated_scores(rows, gap, towards)
    covariance = _covariance(panel, rows, gap, (scores, per_row), std_error)
    require_spread(covariance, float(np.nanstd(panel.outcome)))
    effects = (per_row * _by_cohort(gap * used, code, len(at.event))).sum(axis=(1, 2))
    return OverTime(
        effect=float(effects[0]),
        std_error=float(np.sqrt(covariance[0, 0])),
        df=None,
        terms=terms,
        by_event=effects[1:],
        covariance=covariance[1:, 1:],
        n_treated=np.array([counted[at.event == term].sum() for term in terms]),
        method=METHOD,
        std_error_method=std_error,
        n_obs=int(base.sum() + used.sum()),
        n_clusters=len(np.unique(panel.cluster[(base | used).any(axis=1)])),
        dropped=left_out(panel.starts.cohorts, (asked_of > 0) & (counted == 0)),
        n_dropped=int((asked_of - counted).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Units: outcome, 0 where not used, and regressors beside the units' effects.

    ``by_period``, shape (N, q), has a coefficient in each period, the constant first;
    ``over_time``, shape (N, T, k), has one for all periods.
    """

    outcome: Float
    code: Integer
    base: Bool
    used: Bool
    by_period: Float
    over_time: Float

    def less_own(self, values: Float) -> Float:
        """Return values, shape (N, T), less each unit's mean over its untreated rows."""
        held = np.maximum(self.base.sum(axis=1, keepdims=True), 1)
        left: Float = values - (values * self.base).sum(axis=1, keepdims=True) / held
        return left


def _by_cohort(values: Float | Bool, code: Integer, n_cohorts: int) -> Float:
    """Return sums by cohort and period."""
    return np.array([values[code == row].sum(axis=0) for row in range(n_cohorts)], np.float64)


def _solved(rows: _Rows, per_row: Float, linked: Integer) -> tuple[Float, Float]:
    """Return outcomes less what is imputed, and how untreated rows weigh on each sum.

    The first has shape (N, T); the second (q T + k, K): v = -(c + z't) for untreated rows.
    """
    n_periods, q = rows.base.shape[1], rows.by_period.shape[1]
    normal, right = _normal(rows, per_row)
    free = free_periods(linked)
    free = np.concatenate(
        [*(free + a * n_periods for a in range(q)), np.arange(q * n_periods, len(normal))]
    )
    solved = np.zeros_like(right)
    solved[free] = _solve(normal[np.ix_(free, free)], right[free])
    fitted = rows.by_period @ solved[: q * n_periods, 0].reshape(q, n_periods)
    fitted += rows.over_time @ solved[q * n_periods :, 0]
    return rows.less_own(rows.outcome - fitted), solved[:, 1:]


def _solve(normal: Float, right: Float) -> Float:
    if singular(normal):
        raise covariates_collinear()
    scale = np.sqrt(np.diag(normal))
    scaled = normal / np.outer(scale, scale)
    return np.asarray(np.linalg.solve(scaled, right / scale[:, None]) / scale[:, None])


def _normal(rows: _Rows, per_row: Float) -> tuple[Float, Float]:
    """Return the system of periods and covariates, units' effects taken away.

    Its right sides are those of the outcome and of each sum of effects.
    """
    base, z = rows.base.astype(np.float64), rows.by_period
    share = base / np.maximum(base.sum(axis=1, keepdims=True), 1)
    n_periods, q = base.shape[1], z.shape[1]
    moving = [rows.less_own(x) for x in np.moveaxis(rows.over_time, 2, 0)]
    size = q * n_periods + len(moving)
    normal, right = np.zeros((size, size)), np.zeros((size, 1 + len(per_row)))
    outcome = rows.less_own(rows.outcome) * base
    for a in range(q):
        block = slice(a * n_periods, (a + 1) * n_periods)
        for b in range(a + 1):
            other = slice(b * n_periods, (b + 1) * n_periods)
            both = (z[:, a] * z[:, b])[:, None]
            normal[block, other] = np.diag((both * base).sum(axis=0)) - (both * share).T @ base
            normal[other, block] = normal[block, other].T
        for j, x in enumerate(moving):
            normal[block, q * n_periods + j] = z[:, a] @ (base * x)
            normal[q * n_periods + j, block] = normal[block, q * n_periods + j]
        right[block, 0] = z[:, a] @ outcome
        right[block, 1:] = _sums(rows, per_row, z[:, a], share)
    for j, x in enumerate(moving):
        row = q * n_periods + j
        for i, other_x in enumerate(moving):
            normal[row, q * n_periods + i] = (x * base * other_x).sum()
        right[row, 0] = (x * outcome).sum()
        cells = _by_cohort(x * rows.used, rows.code, per_row.shape[1])
        right[row, 1:] = (per_row * cells).sum(axis=(1, 2))
    return normal, right


def _sums(rows: _Rows, per_row: Float, z: Float, share: Float) -> Float:
    """Return the sums of z by period, units' untreated means taken away, shape (T, K)."""
    found = np.zeros((share.shape[1], len(per_row)))
    for row in range(per_row.shape[1]):
        own = rows.code == row
        used = rows.used[own]
        if used.any():
            weighed = z[own, None] * used
            found += (per_row[:, row] * weighed.sum(axis=0)).T
            found -= (per_row[:, row] @ (weighed.T @ share[own])).T
    return found


def _untreated_scores(rows: _Rows, gap: Float, towards: Float) -> Float:
    """Return each unit's part of each sum's error from its untreated rows, shape (N, K)."""
    n_periods, q = rows.base.shape[1], rows.by_period.shape[1]
    residual = gap * rows.base
    scores = np.zeros((len(gap), towards.shape[1]))
    for a in range(q):
        block = towards[a * n_periods : (a + 1) * n_periods]
        scores -= rows.by_period[:, a, None] * (residual @ block)
    moving = (residual[:, None] @ rows.over_time)[:, 0]
    scores -= moving @ towards[q * n_periods :]
    return scores


def _covariance(
    panel: Panel,
    rows: _Rows,
    gap: Float,
    parts: tuple[Float, Float],
    std_error: ImputationStdError,
) -> Float:
    """Return the covariance of all sums, clusters kept, shape (K, K)."""
    scores, per_row = parts
    covariance = np.zeros((scores.shape[1], scores.shape[1]))
    for row in range(per_row.shape[1]):
        own = rows.code == row
        names, cluster = np.unique(panel.cluster[own], return_inverse=True)
        used = rows.used[own]
        n = _by_cluster(used.astype(np.float64), cluster, len(names))
        columns = np.flatnonzero(used.any(axis=0))
        total = _by_cluster(gap[own] * used, cluster, len(names))[:, columns]
        if std_error == "leave_out":
            left = leave_out(total, n[:, columns])
        else:
            squares = (n[:, columns] ** 2).sum(axis=0)
            left = total - n[:, columns] * (n[:, columns] * total).sum(axis=0) / squares
        found = _by_cluster(scores[own], cluster, len(names))
        found += left @ per_row[:, row, columns].T
        covariance += found.T @ found
    return covariance


def _by_cluster(values: Float, cluster: Integer, n_clusters: int) -> Float:
    """Return sums by cluster of each column."""
    if n_clusters == len(values):
        sums = np.empty_like(values)
        sums[cluster] = values
        return sums
    return np.column_stack(
        [np.bincount(cluster, column, minlength=n_clusters) for column in values.T]
    )
