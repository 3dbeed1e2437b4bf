"""Least squares on units over time, exact without iteration.

The effects of units are taken away beforehand. What is left of periods, of regressors that
depend on cohort and period, and of covariates is one small system, summed by cohort.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import Panel
from evaluate.errors import Refused
from evaluate.inference.imputation_parts import free_periods, linked_periods
from evaluate.inference.over_time import Bool
from evaluate.inference.path_regression import singular, small_sample


@dataclass(frozen=True, slots=True)
class PanelFit:
    """A fit, of the regressors that were asked for.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
        In the outcome's unit.
    covariance : ndarray, shape (k, k)
        CR1S, effects of units not counted.
    n_obs, n_clusters : int
        Rows used: those of units with more than one; clusters that they come from.
    """

    coefficients: Float
    covariance: Float
    n_obs: int
    n_clusters: int


@dataclass(frozen=True, slots=True)
class Units:
    """Units with a row or more: outcome, 0 where not used, and regressors.

    Attributes
    ----------
    outcome : ndarray, shape (N, T)
        Centred.
    code : ndarray, shape (N,)
        Row of each unit's cohort.
    used : ndarray of bool, shape (N, T)
        Rows that count.
    by_period : ndarray, shape (N, q)
        Regressors with a coefficient in each period, the constant first.
    over_time : ndarray, shape (N, T, p)
        Regressors with one coefficient.
    """

    outcome: Float
    code: Integer
    used: Bool
    by_period: Float
    over_time: Float

    def less_own(self, values: Float) -> Float:
        """Return values, shape (N, T), less each unit's mean over its rows that count."""
        held = np.maximum(self.used.sum(axis=1, keepdims=True), 1)
        left: Float = values - (values * self.used).sum(axis=1, keepdims=True) / held
        return left


def complete(panel: Panel) -> Bool:
    """Return whether no covariate is missing, shape (N, 1) or (N, T).

    Parameters
    ----------
    panel : Panel
        Units one by one.
    """
    lacking: Bool = np.asarray(np.isnan(panel.covariates).any(axis=-1), bool)
    return ~(lacking[:, None] if lacking.ndim == 1 else lacking)


def regressors(panel: Panel) -> tuple[Float, Float]:
    """Return what has a coefficient in each period, and what has one for all, centred.

    Parameters
    ----------
    panel : Panel
        Covariates that do not change have one in each period: on the level the units'
        effects hold them.
    """
    n, n_periods = panel.outcome.shape
    ones, x = np.ones((n, 1)), panel.covariates
    if x.ndim > panel.outcome.ndim:
        return ones, np.nan_to_num(x - np.nanmean(x, axis=(0, 1)))
    scaled = np.nan_to_num(x - np.nanmean(x, axis=0)) if x.shape[1] else x
    return np.hstack([ones, scaled]), np.zeros((n, n_periods, 0))


@dataclass(frozen=True, slots=True)
class Swept:
    """Sums of a panel by cohort, the effects of units taken away.

    Attributes
    ----------
    units : Units
        The panel.
    cluster : ndarray, shape (N,)
        Number of each unit's cluster.
    periods : ndarray, shape (H, q, q, T, T)
        Products of periods' indicators, each times a regressor of ``by_period``.
    moving : ndarray, shape (H, q, T, p)
        The same with ``over_time``.
    both : ndarray, shape (p, p)
        Products of ``over_time``.
    outcome, outcome_moving : ndarray, shapes (H, q, T) and (p,)
        The same with the outcome.
    """

    units: Units
    cluster: Integer
    periods: Float
    moving: Float
    both: Float
    outcome: Float
    outcome_moving: Float


def sweep(panel: Panel, used: Bool) -> Swept:
    """Return a panel's sums.

    Parameters
    ----------
    panel : Panel
        Units one by one.
    used : ndarray of bool, shape (N, T)
        Rows that count; units with a single one are left out.
    """
    used = used & (used.sum(axis=1, keepdims=True) > 1)
    centre = panel.outcome[used].mean() if used.any() else 0.0
    outcome = np.where(used, panel.outcome - centre, 0.0)
    code = np.searchsorted(panel.starts.cohorts, panel.cohort)
    units = Units(outcome, code, used, *regressors(panel))
    share = used / np.maximum(used.sum(axis=1, keepdims=True), 1)
    own = units.less_own(outcome) * used
    moving = [units.less_own(x) * used for x in np.moveaxis(units.over_time, 2, 0)]
    h, (n_periods, q, p) = (
        len(panel.starts.cohorts),
        (used.shape[1], units.by_period.shape[1], len(moving)),
    )
    periods, crossed = np.zeros((h, q, q, n_periods, n_periods)), np.zeros((h, q, n_periods, p))
    sums = np.zeros((h, q, n_periods))
    for row in range(h):
        mine = code == row
        there, part, z = used[mine].astype(np.float64), share[mine], units.by_period[mine]
        for a in range(q):
            for b in range(a + 1):
                product = z[:, a] * z[:, b]
                block = np.diag(product @ there) - (product[:, None] * part).T @ there
                periods[row, a, b] = periods[row, b, a] = block
            sums[row, a] = z[:, a] @ own[mine]
            for j, x in enumerate(moving):
                crossed[row, a, :, j] = z[:, a] @ x[mine]
    both = np.array([[np.vdot(x, other) for other in moving] for x in moving]).reshape(p, p)
    last = np.array([np.vdot(x, own) for x in moving])
    return Swept(units, panel.cluster, periods, crossed, both, sums, last)


def regress_units(swept: Swept, design: Float, sums: Float | None = None) -> PanelFit | None:
    """Return the fit to regressors that depend on cohort and period.

    Parameters
    ----------
    swept : Swept
        A panel's sums.
    design : ndarray, shape (k, H, T)
        Value of each regressor by cohort and period.
    sums : ndarray, shape (m, k), or None
        Sums of coefficients that are wanted; each of them where none are given.

    Returns
    -------
    PanelFit or None
        ``None`` where effects or covariates take up a part of the design.

    Raises
    ------
    Refused
        ``no_rows``; ``collinear`` where the covariates do not vary of their own;
        ``one_cluster``; ``too_few_rows``.
    """
    units, k = swept.units, len(design)
    if not units.used.any():
        raise Refused(
            "no_rows",
            "no unit has more than one row, so that nothing varies within units",
            "absorb effects of something coarser, or none",
        )
    normal, right = _system(swept, design)
    n_periods, q = units.used.shape[1], units.by_period.shape[1]
    free = free_periods(linked_periods(units.used))
    places = [k + a * n_periods + free for a in range(q)]
    kept = np.concatenate([np.arange(k), *places, np.arange(k + q * n_periods, len(normal))])
    reduced = normal[np.ix_(kept, kept)]
    if singular(reduced[k:, k:]):
        raise covariates_collinear()
    if singular(reduced):
        return None
    scale = 1 / np.sqrt(np.diag(reduced))
    bread = np.zeros_like(normal)
    bread[np.ix_(kept, kept)] = np.linalg.inv(reduced * np.outer(scale, scale)) * np.outer(
        scale, scale
    )
    solved = bread @ right
    towards = bread[:, :k] if sums is None else bread[:, :k] @ sums.T
    scores = _scores(swept, design, solved, towards)
    rows = units.used.any(axis=1)
    n_clusters = len(np.unique(swept.cluster[rows]))
    n_obs = int(units.used.sum())
    factor = small_sample(n_obs, len(kept) + 1, n_clusters)
    by_cluster = np.column_stack([np.bincount(swept.cluster, one) for one in scores.T])
    wanted = solved[:k] if sums is None else sums @ solved[:k]
    return PanelFit(wanted, factor * by_cluster.T @ by_cluster, n_obs, n_clusters)


def covariates_collinear() -> Refused:
    """Return the refusal of covariates that have nothing of their own."""
    return Refused(
        "collinear",
        "the rows do not determine the coefficients of the covariates",
        "leave out a covariate: one that another follows from, or that hardly varies",
    )


def _system(swept: Swept, design: Float) -> tuple[Float, Float]:
    """Return X'X and X'y: the design, periods times ``by_period``, ``over_time``."""
    k, h, n_periods = design.shape
    q, p = swept.outcome.shape[1], len(swept.both)
    size = k + q * n_periods + p
    normal, right = np.zeros((size, size)), np.zeros(size)
    last = slice(size - p, size)
    for row in range(h):
        # Most regressors of a saturated design concern one cohort alone.
        own = np.flatnonzero(design[:, row].any(axis=1))
        of = design[own, row]
        normal[np.ix_(own, own)] += of @ swept.periods[row, 0, 0] @ of.T
        right[own] += of @ swept.outcome[row, 0]
        normal[own, last] += of @ swept.moving[row, 0]
        for a in range(q):
            start = k + a * n_periods
            normal[own, start : start + n_periods] += of @ swept.periods[row, 0, a]
    normal[last, last], right[last] = swept.both, swept.outcome_moving
    for a in range(q):
        block = slice(k + a * n_periods, k + (a + 1) * n_periods)
        normal[block, last] = swept.moving[:, a].sum(axis=0)
        right[block] = swept.outcome[:, a].sum(axis=0)
        for b in range(a, q):
            other = slice(k + b * n_periods, k + (b + 1) * n_periods)
            normal[block, other] = swept.periods[:, a, b].sum(axis=0)
    upper = np.triu(normal)
    return upper + np.triu(normal, 1).T, right


def _scores(swept: Swept, design: Float, solved: Float, bread: Float) -> Float:
    """Return each unit's part of the coefficients' error, shape (N, k)."""
    units, (k, h, n_periods) = swept.units, design.shape
    q = units.by_period.shape[1]
    end = k + q * n_periods
    fitted = np.tensordot(solved[:k], design, 1)[units.code]
    fitted += units.by_period @ solved[k:end].reshape(q, n_periods)
    fitted += units.over_time @ solved[end:]
    residual = units.less_own(units.outcome - fitted) * units.used
    scores = (residual[:, None] @ units.over_time)[:, 0] @ bread[end:]
    for a in range(q):
        block = bread[k + a * n_periods : k + (a + 1) * n_periods]
        scores += units.by_period[:, a, None] * (residual @ block)
    for row in range(h):
        mine = units.code == row
        scores[mine] += residual[mine] @ (design[:, row].T @ bread[:k])
    return scores
