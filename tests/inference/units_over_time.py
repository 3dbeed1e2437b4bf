"""Small made-up panels, their sums, and dense least squares on their rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.paths import ClusterPaths, Panel, Paths, Starts

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Rows of a panel that are there, each array of shape (n,)."""

    y: Float
    unit: NDArray[np.int64]
    period: NDArray[np.int64]
    cohort: NDArray[np.int64]
    cluster: NDArray[np.int64]
    n_periods: int

    @property
    def event(self) -> NDArray[np.int64]:
        return self.period - self.cohort

    @property
    def begins(self) -> NDArray[np.bool_]:
        return self.cohort < self.n_periods

    def effects(self) -> Float:
        """Return an indicator for each unit and each period but the first."""
        units = self.unit[:, None] == np.unique(self.unit)
        periods = self.period[:, None] == np.arange(1, self.n_periods)
        return np.hstack([units, periods]).astype(float)


def made_panel(
    cohorts: list[int],
    n_periods: int,
    *,
    seed: int = 1,
    per_cluster: list[int] | None = None,
    gaps: float = 0.0,
    covariates: int = 0,
) -> Panel:
    """Return a panel with an effect that differs by cohort and grows.

    ``cohorts`` holds one number for each cluster; ``per_cluster`` its units.
    """
    rng = np.random.default_rng(seed)
    sizes = per_cluster or [1] * len(cohorts)
    cohort = np.repeat(cohorts, sizes)
    cluster = np.repeat(np.arange(len(cohorts)), sizes)
    n = len(cohort)
    period = np.arange(n_periods)
    x = rng.normal(size=(n, covariates))
    event = period - cohort[:, None]
    outcome = (
        rng.normal(size=(n, 1))
        + rng.normal(size=(len(cohorts), n_periods)).cumsum(axis=1)[cluster] * 0.5
        + rng.normal(size=(n, n_periods))
        + np.sin(period)
        + np.where(
            (event >= 0) & (cohort[:, None] < n_periods), 1 + 0.3 * event - cohort[:, None] / 5, 0
        )
    )
    if covariates:
        outcome += (x @ np.arange(1, covariates + 1))[:, None] * period / 10
    if gaps:
        outcome[rng.random(outcome.shape) < gaps] = np.nan
    return Panel(starts_of(cohort, cluster, n_periods), outcome, cohort, cluster, x)


def starts_of(cohort: NDArray[np.int64], cluster: NDArray[np.int64], n_periods: int) -> Starts:
    cohorts = np.unique(cohort)
    return Starts(
        np.arange(2001, 2001 + n_periods),
        cohorts,
        np.array([(cohort == one).sum() for one in cohorts]),
        np.array([len(np.unique(cluster[cohort == one])) for one in cohorts]),
    )


def rows_of(panel: Panel) -> Rows:
    unit, period = np.nonzero(~np.isnan(panel.outcome))
    return Rows(
        panel.outcome[unit, period],
        unit,
        period,
        panel.cohort[unit],
        panel.cluster[unit],
        panel.outcome.shape[1],
    )


def cluster_paths_of(panel: Panel) -> ClusterPaths:
    there = ~np.isnan(panel.outcome)
    clusters = np.unique(panel.cluster)
    n = np.array([there[panel.cluster == one].sum(axis=0) for one in clusters], float)
    total = np.array(
        [np.nan_to_num(panel.outcome[panel.cluster == one]).sum(axis=0) for one in clusters]
    )
    cohort = np.array([panel.cohort[panel.cluster == one][0] for one in clusters])
    return ClusterPaths(panel.starts, n, total / np.maximum(n, 1), cohort)


def paths_of(panel: Panel) -> Paths:
    held = cluster_paths_of(panel)
    n, mean, products = [], [], []
    for one in panel.starts.cohorts:
        own = held.cohort == one
        rows = held.n[own].sum(axis=0)
        average = (held.n * held.mean)[own].sum(axis=0) / rows
        c = np.hstack([held.n[own], held.n[own] * (held.mean[own] - average)])
        n.append(rows)
        mean.append(average)
        products.append(c.T @ c)
    balanced = not np.isnan(panel.outcome).any()
    incomplete = "pairs" if balanced else "levels"
    return Paths(
        panel.starts, np.array(n), np.array(mean), np.array(products), balanced, incomplete
    )


def dense_fit(y: Float, x: Float, nuisance: Float) -> tuple[Float, Float, Float]:
    """Return coefficients of x, x with the nuisance taken out, and residuals."""
    within = x - nuisance @ np.linalg.lstsq(nuisance, x, rcond=None)[0]
    coefficients = np.linalg.lstsq(within, y, rcond=None)[0]
    left = y - nuisance @ np.linalg.lstsq(nuisance, y, rcond=None)[0]
    return coefficients, within, left - within @ coefficients


def by_cluster(values: Float, cluster: NDArray[np.int64]) -> Float:
    return np.array([values[cluster == one].sum(axis=0) for one in np.unique(cluster)])
