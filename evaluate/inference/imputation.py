"""Effects over time by imputation, from sums by cohort or from one path for each cluster.

Untreated rows give the effects of units and of periods; what treated rows would have been
without treatment is imputed from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.data.paths import ClusterPaths, Paths
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.imputation_parts import (
    LEAST_CLUSTERS,
    METHOD,
    ImputationStdError,
    estimands,
    free_periods,
    imputable,
    leave_out,
    left_out,
    linked_periods,
    require_imputable,
    single_unit_cohort,
)
from evaluate.inference.over_time import (
    Bool,
    Clock,
    Left,
    OverTime,
    clock,
    require_spread,
    size_of,
    summed_clusters,
)

# Shares of clusters' squared sizes that are equal but for rounding.
_EQUAL = 1e-9


def imputation_of_sums(
    paths: Paths,
    contrast: Contrast | None = None,
    clusters: ClusterPaths | None = None,
    *,
    std_error: ImputationStdError = "leave_out",
) -> OverTime:
    """Return effects by imputation, when no unit has gaps or only cohorts are followed.

    Of a balanced panel the effects of units are taken away, of repeated cross-sections and
    of ``incomplete="levels"`` those of cohorts. The overall effect is the mean over all
    treated rows that can be imputed. Event times begin with the periods of anticipation.

    Parameters
    ----------
    paths : Paths
        Sums by cohort.
    contrast : Contrast or None
        Its anticipation is used: those periods are not taken as untreated.
    clusters : ClusterPaths or None
        One path for each cluster. The leave-out standard error needs it where clusters of a
        cohort differ in size.
    std_error : {"leave_out", "conservative"}
        Whether a treated cluster's residual is taken from the mean effect of its cohort and
        period in the other clusters, or in all.

    Raises
    ------
    Refused
        ``no_treated``; ``nothing_to_impute_from`` when no treated row can be imputed;
        ``single_unit_cohort`` when a cohort consists of one cluster and the standard error
        is leave-out; ``needs_cluster_paths`` when clusters differ in size and are not given;
        ``gaps_need_units`` when units have gaps; ``no_variation``.

    References
    ----------
    Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91(6), theorems 2 and 3 and
    appendix A.9. Stata ``did_imputation y i t start, horizons(0/3) cluster(g)``, with
    ``leaveout`` for the leave-out standard error.
    """
    _require_no_gaps(paths)
    found = _imputed(paths, contrast or Contrast())
    factor: Float | None = np.ones_like(paths.mean)
    if std_error == "leave_out":
        _require_two_clusters(paths, found)
        factor = _even_factor(paths, found)
    if factor is None:
        if clusters is None:
            raise Refused(
                "needs_cluster_paths",
                "clusters differ in size, and leaving one out needs each cluster's own path",
                "give the clusters' paths, or ask for the conservative standard error",
            )
        covariance = _covariance_of_clusters(paths, found, clusters)
    else:
        covariance = _covariance_of_sums(paths, found, factor)
    return _over_time(paths, found, covariance, std_error)


@dataclass(frozen=True, slots=True)
class Imputed:
    """Effects by cohort and period, and the weights of the sums of them that are asked for.

    Attributes
    ----------
    clock : Clock
        Where cohorts stand.
    asked, used : ndarray of bool, shape (H, T)
        Cells that are no longer untreated, and those of them with an imputed effect.
    gap : ndarray, shape (H, T)
        Mean less what is imputed: a residual where untreated, an effect where treated.
    weights : ndarray, shape (K, H, T)
        Weight of each cell's rows together, of the overall effect and of each event time.
    per_row : ndarray, shape (K, H, T)
        Weight of one row's outcome, treated or not.
    terms : tuple of int
        Event times.
    dropped : tuple of (int, int, str)
        What cannot be imputed.
    """

    clock: Clock
    asked: Bool
    used: Bool
    gap: Float
    weights: Float
    per_row: Float
    terms: tuple[int, ...]
    dropped: tuple[Left, ...]


def _imputed(paths: Paths, contrast: Contrast) -> Imputed:
    starts, n = paths.starts, paths.n
    at = clock(starts.cohorts, n.shape[1], contrast)
    base = np.where(at.untreated, n, 0.0)
    linked = linked_periods(base > 0)
    asked = at.begins & ~at.untreated & (n > 0)
    used = imputable(asked, base > 0, linked)
    require_imputable(asked[at.treated], used[at.treated])
    terms, weights = estimands(at, np.where(used, n, 0.0))
    rows = base.sum(axis=1)
    share = np.divide(base, rows[:, None], out=np.zeros_like(base), where=rows[:, None] > 0)
    normal = np.diag(base.sum(axis=0)) - share.T @ base
    free = free_periods(linked)
    mean = paths.mean - np.average(paths.mean, weights=n)
    total = base * mean
    right = np.column_stack(
        [
            total.sum(axis=0) - share.T @ total.sum(axis=1),
            (weights.sum(axis=1) - weights.sum(axis=2) @ share).T,
        ]
    )
    solved = np.zeros_like(right)
    solved[free] = np.linalg.solve(normal[np.ix_(free, free)], right[free])
    period, towards = solved[:, 0], solved[:, 1:]
    gap = mean - period
    gap -= (share * gap).sum(axis=1, keepdims=True)
    own = weights.sum(axis=2) - (base @ towards).T
    own = np.divide(own, rows, out=np.zeros_like(own), where=rows > 0)
    per_row = np.divide(weights, n, out=np.zeros_like(weights), where=used)
    per_row -= np.where(base > 0, own[:, :, None] + towards.T[:, None, :], 0.0)
    dropped = left_out(starts.cohorts, asked & ~used)
    return Imputed(at, asked, used, gap, weights, per_row, terms, dropped)


def _require_no_gaps(paths: Paths) -> None:
    if not paths.balanced and paths.incomplete != "levels":
        raise Refused(
            "gaps_need_units",
            "units have gaps, so that sums by cohort do not hold their effects",
            "impute from the units one by one, or keep complete units",
        )


def _require_two_clusters(paths: Paths, found: Imputed) -> None:
    if (paths.starts.clusters[found.used.any(axis=1)] < LEAST_CLUSTERS).any():
        raise single_unit_cohort()


def _even_factor(paths: Paths, found: Imputed) -> Float | None:
    """Return by how much leaving out enlarges residuals; None where clusters differ in size."""
    n = paths.n
    periods = np.arange(n.shape[1])
    squares = paths.products[:, periods, periods]
    single = np.abs(squares - n) <= _EQUAL * n
    even = np.abs(squares * paths.starts.clusters[:, None] - n**2) <= _EQUAL * n**2
    if not (single | even)[found.used].all():
        return None
    size = np.where(single, n, paths.starts.clusters[:, None])
    if (size[found.used] < LEAST_CLUSTERS).any():
        raise single_unit_cohort()
    return np.where(found.used, size / np.where(found.used, size - 1.0, 1.0), 1.0)


def _covariance_of_sums(paths: Paths, found: Imputed, factor: Float) -> Float:
    """Return the covariance of all effects, shape (K, K)."""
    k, n_periods = len(found.weights), paths.n.shape[1]
    covariance = np.zeros((k, k))
    for row, products in enumerate(paths.products):
        used, per_row = found.used[row], found.per_row[:, row].T
        base = found.clock.untreated[row] & (paths.n[row] > 0)
        centred = np.eye(n_periods)
        if paths.balanced and base.any():
            # A unit's own effect is the mean of its untreated periods.
            centred[base] -= 1.0 / base.sum()
        together = products[:n_periods, n_periods:] @ centred
        squares = np.diag(products)[:n_periods]
        shift = np.divide(np.diag(together), squares, out=np.zeros(n_periods), where=squares > 0)
        residual = np.vstack([np.diag(np.where(used, -shift, found.gap[row])), centred])
        scores = (residual * np.where(used, factor[row], 1.0)) @ per_row
        covariance += scores.T @ products @ scores
    return covariance


def _covariance_of_clusters(paths: Paths, found: Imputed, held: ClusterPaths) -> Float:
    """Return the leave-out covariance of all effects, clusters one by one."""
    k = len(found.weights)
    covariance = np.zeros((k, k))
    _, means = summed_clusters(held)
    for row, cohort in enumerate(paths.starts.cohorts):
        own = held.cohort == cohort
        used, n = found.used[row], held.n[own]
        base = found.clock.untreated[row] & (paths.n[row] > 0)
        total = n * (held.mean[own] - means[row])
        if paths.balanced and base.any():
            total = total - total[:, base].mean(axis=1, keepdims=True)
        residual = total + n * np.where(used, 0.0, found.gap[row])
        residual[:, used] = leave_out(total[:, used], n[:, used])
        scores = residual @ found.per_row[:, row].T
        covariance += scores.T @ scores
    return covariance


def _over_time(
    paths: Paths, found: Imputed, covariance: Float, std_error: ImputationStdError
) -> OverTime:
    require_spread(covariance, size_of(paths))
    effects = (found.weights * found.gap).sum(axis=(1, 2))
    counted = [paths.n[found.used & (found.clock.event == event)].sum() for event in found.terms]
    return OverTime(
        effect=float(effects[0]),
        std_error=float(np.sqrt(covariance[0, 0])),
        df=None,
        terms=found.terms,
        by_event=effects[1:],
        covariance=covariance[1:, 1:],
        n_treated=np.array(counted),
        method=METHOD,
        std_error_method=std_error,
        n_obs=int(paths.n.sum()),
        n_clusters=int(paths.starts.clusters.sum()),
        dropped=found.dropped,
        n_dropped=int(paths.n[found.asked & ~found.used].sum()),
    )
