"""Panels for tests of group-time effects: from rows to the shapes that estimators take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.paths import Panel, Paths, Starts

Float = NDArray[np.float64]


def starts_of(cohort: NDArray[Any], cluster: NDArray[Any], periods: NDArray[Any]) -> Starts:
    cohorts = np.unique(cohort)
    return Starts(
        periods,
        cohorts,
        np.array([(cohort == one).sum() for one in cohorts]),
        np.array([len(np.unique(cluster[cohort == one])) for one in cohorts]),
    )


def panel_of(
    outcome: Float,
    cohort: NDArray[Any],
    cluster: NDArray[Any] | None = None,
    covariates: Float | None = None,
) -> Panel:
    n, end = outcome.shape
    cluster = np.arange(n) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    covariates = np.zeros((n, 0)) if covariates is None else covariates
    starts = starts_of(cohort, cluster, np.arange(end))
    return Panel(starts, outcome, cohort, cluster, covariates)


def paths_of(panel: Panel, incomplete: str = "pairs") -> Paths:
    """Return the sums by cohort, by a plain loop over clusters."""
    seen = np.isfinite(panel.outcome)
    starts, end = panel.starts, panel.outcome.shape[1]
    n, mean, products = [], [], []
    for cohort in starts.cohorts:
        mine = panel.cohort == cohort
        count = seen[mine].sum(axis=0)
        centre = np.nansum(panel.outcome[mine], axis=0) / np.maximum(count, 1)
        product = np.zeros((2 * end, 2 * end))
        for cluster in np.unique(panel.cluster[mine]):
            rows = mine & (panel.cluster == cluster)
            apart = np.where(seen[rows], panel.outcome[rows] - centre, 0.0).sum(axis=0)
            c = np.concatenate([seen[rows].sum(axis=0), apart])
            product += np.outer(c, c)
        n.append(count)
        mean.append(centre)
        products.append(product)
    parts = [np.array(one, dtype=float) for one in (n, mean, products)]
    return Paths(starts, *parts, balanced=bool(seen.all()), incomplete=incomplete)
