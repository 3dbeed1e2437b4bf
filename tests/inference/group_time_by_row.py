"""Group-time effects unit by unit, as the papers write them: slow, and short enough to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.paths import Panel, Paths, Starts
from evaluate.inference.group_time import Contrast, GroupTimes

Float = NDArray[np.float64]


def panel_of(
    outcome: Float,
    cohort: NDArray[Any],
    cluster: NDArray[Any] | None = None,
    covariates: Float | None = None,
) -> Panel:
    n, end = outcome.shape
    cluster = np.arange(n) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    cohorts = np.unique(cohort)
    units = np.array([(cohort == one).sum() for one in cohorts])
    clusters = np.array([len(np.unique(cluster[cohort == one])) for one in cohorts])
    starts = Starts(np.arange(end), cohorts, units, clusters)
    covariates = np.zeros((n, 0)) if covariates is None else covariates
    return Panel(starts, outcome, cohort, cluster, covariates)


def paths_of(panel: Panel, incomplete: str = "levels") -> Paths:
    """Return the sums by cohort, by a loop over clusters."""
    seen, end = np.isfinite(panel.outcome), panel.outcome.shape[1]
    n, mean, products = [], [], []
    for cohort in panel.starts.cohorts:
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
    return Paths(panel.starts, *parts, balanced=bool(seen.all()), incomplete=incomplete)


@dataclass
class Draw:
    """A simulated roll-out."""

    seed: int
    n: int = 160
    end: int = 6
    starts: tuple[int, ...] = (2, 4, 5, 6)

    def panel(
        self, gaps: float = 0.0, clusters: int = 0, k: int = 0, *, varying: bool = False
    ) -> Panel:
        random = np.random.default_rng(self.seed)
        cluster = np.arange(self.n) if not clusters else random.permutation(self.n) % clusters
        cohort = np.array(self.starts)[cluster % len(self.starts)]
        x = random.standard_normal((self.n, self.end, k)) + 0.2 * (cohort < self.end)[:, None, None]
        if not varying:
            x = x[:, 0]
        outcome = random.standard_normal((self.n, self.end)).cumsum(axis=1)
        outcome += random.standard_normal(self.n)[cluster][:, None]
        outcome += (np.arange(self.end) >= cohort[:, None]) * random.standard_normal(self.end)
        outcome += x.reshape(self.n, -1)[:, :k].sum(axis=1)[:, None] * np.arange(self.end) * 0.3
        outcome[random.random(outcome.shape) < gaps] = np.nan
        return panel_of(outcome, cohort, cluster, x if k else None)


@dataclass
class Cell:
    cohort: int
    period: int
    base: int
    others: list[int]


def cells_of(panel: Panel, contrast: Contrast) -> list[Cell]:
    """Return the effects that there are, where somebody is never treated."""
    end = panel.outcome.shape[1]
    found = []
    for g in sorted({int(one) for one in panel.cohort} - {end}):
        for t in range(end):
            early = contrast.base == "varying" and t < g
            b = t - 1 if early else g - contrast.anticipation - 1
            if b < 0:
                continue
            others = [end]
            if contrast.comparison == "not_yet":
                after = max(t, b) + contrast.anticipation
                others += [int(h) for h in set(panel.cohort) - {end, g} if h > after]
            found.append(Cell(g, t, b, others))
    return found


def joint_of(panel: Panel, influence: Float, shares: Float) -> Float:
    """Return the covariance of effects and shares from units' influences, by cluster."""
    n, end = panel.outcome.shape
    treated = [one for one in np.unique(panel.cohort) if one < end]
    of_shares = [((panel.cohort == g) - p) / n for g, p in zip(treated, shares, strict=True)]
    every = np.column_stack([influence, *of_shares])
    sums = np.array([every[panel.cluster == c].sum(axis=0) for c in np.unique(panel.cluster)])
    return sums.T @ sums


def levels_by_row(panel: Panel, cells: list[Cell]) -> tuple[Float, Float]:
    """Return effects of means by period, whoever is seen, and units' influences."""
    y, effects, influence = panel.outcome, [], []
    for cell in cells:
        effect, psi = 0.0, np.zeros(len(y))
        for sign, members in ((1, [cell.cohort]), (-1, cell.others)):
            for when, at in ((1, cell.period), (-1, cell.base)):
                rows = np.isin(panel.cohort, members) & np.isfinite(y[:, at])
                effect += sign * when * y[rows, at].mean()
                psi[rows] += sign * when * (y[rows, at] - y[rows, at].mean()) / rows.sum()
        effects.append(effect)
        influence.append(psi)
    return np.array(effects), np.array(influence).T


def pairs_by_row(panel: Panel, cells: list[Cell], by: str) -> tuple[Float, Float]:
    """Return effects of changes given covariates, and units' influences.

    Sant'Anna and Zhao (2020): equations 2.4 (weighting), 2.5 (regression), 2.6 (both).
    """
    effects, influence = [], []
    for cell in cells:
        psi = np.zeros(len(panel.outcome))
        if cell.period == cell.base:
            effects.append(0.0)
            influence.append(psi)
            continue
        x = panel.covariates
        x = x[:, min(cell.period, cell.base)] if x.ndim == 3 else x
        change = panel.outcome[:, cell.period] - panel.outcome[:, cell.base]
        rows = np.isin(panel.cohort, [cell.cohort, *cell.others])
        rows &= np.isfinite(change) & np.isfinite(x).all(axis=1)
        z = np.column_stack([np.ones(rows.sum()), x[rows]])
        effect, psi[rows] = two_by_two(change[rows], panel.cohort[rows] == cell.cohort, z, by)
        effects.append(effect)
        influence.append(psi)
    return np.array(effects), np.array(influence).T


def logit(d: Float, z: Float) -> Float:
    found = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ found))
        found = found + np.linalg.solve(z.T @ (z * (p * (1 - p))[:, None]), z.T @ (d - p))
    return found


def two_by_two(change: Float, treated: NDArray[np.bool_], z: Float, by: str) -> tuple[float, Float]:
    """Return one effect and units' influences, nuisance models included."""
    d, n = treated.astype(float), len(change)
    c = 1 - d
    slopes, of_slopes = np.zeros(z.shape[1]), np.zeros_like(z)
    if by != "weighting":
        inverse = np.linalg.inv(z.T @ (z * c[:, None]) / n)
        slopes = inverse @ (z.T @ (c * change)) / n
        of_slopes = (c * (change - z @ slopes))[:, None] * z @ inverse
    left = change - z @ slopes
    one = d / d.mean()
    mean = (one * left).mean()
    psi = one * (left - mean) - of_slopes @ (one[:, None] * z).mean(axis=0)
    if by == "regression":
        return mean, psi / n
    beta = logit(d, z)
    p = 1 / (1 + np.exp(-z @ beta))
    of_beta = (d - p)[:, None] * z @ np.linalg.inv(z.T @ (z * (p * (1 - p))[:, None]) / n)
    two = c * p / (1 - p) * (p < 0.995)
    two = two / two.mean()
    other = (two * left).mean()
    psi -= two * (left - other) + of_beta @ ((two * (left - other))[:, None] * z).mean(axis=0)
    psi += of_slopes @ (two[:, None] * z).mean(axis=0)
    return mean - other, psi / n


def same(times: GroupTimes, panel: Panel, by_row: tuple[Float, Float], tolerance: float) -> None:
    """Assert that effects, shares and their covariance are the row-wise ones."""
    effects, influence = by_row
    np.testing.assert_allclose(times.effect, effects, rtol=tolerance, atol=tolerance)
    joint = joint_of(panel, influence, times.shares)
    scale = np.abs(joint).max()
    np.testing.assert_allclose(times.joint, joint, rtol=tolerance, atol=tolerance * scale)
    np.testing.assert_allclose(times.parts.sum(axis=0), joint, atol=tolerance * scale)
