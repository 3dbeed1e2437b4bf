"""Effects over time by cohort and event time in one regression, weighted by cohorts' shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import Paths, Starts
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.imputation_parts import estimands, no_treated
from evaluate.inference.over_time import Bool, Clock, Left, OverTime, clock, require_spread, size_of
from evaluate.inference.path_regression import clustered, require_no_gaps, small_sample

METHOD = "sun_abraham"


def sun_abraham(paths: Paths, contrast: Contrast | None = None) -> OverTime:
    """Return interaction-weighted effects.

    Each cohort's path since its reference period is compared with that of the never treated;
    where there are none, with that of the last cohort, periods from its start on left out.
    The overall effect is the mean over all treated rows. Cohorts' shares are taken as given,
    as R ``fixest`` takes them. The model holds every cell, so that nothing need be solved.

    Parameters
    ----------
    paths : Paths
        Sums by cohort, of a balanced panel; of levels, with effects of cohorts.
    contrast : Contrast or None
        Its anticipation moves the reference: the last period before an effect may show.

    Raises
    ------
    Refused
        ``no_treated``; ``no_comparison`` when only one cohort is left; ``gaps_need_units``;
        ``one_cluster``; ``too_few_rows``; ``no_variation``.

    References
    ----------
    Sun & Abraham (2021), J. Econometrics 225(2), section 4. R ``fixest::feols(y ~
    sunab(start, period) | unit + period, cluster = ~unit)`` and ``aggregate(fit, "att")``;
    its factor G / (G - 1) times (N - 1) / (N - K), K without units' effects.
    """
    require_no_gaps(paths)
    plan = saturated(paths.starts, paths.n, contrast or Contrast())
    rows = np.arange(len(paths.n))[:, None]
    reference, other = plan.reference[:, None], plan.comparison
    change = paths.mean - np.take_along_axis(paths.mean, reference, axis=1)
    effect = change - (paths.mean[other] - paths.mean[other, reference])
    counted = np.where(plan.cells, paths.n, 0.0)
    shares = estimands(plan.clock, counted)[1]
    weights = np.zeros_like(shares)
    # One row's weight in the cell, in its reference, and in both of the comparison's cells.
    np.divide(shares, paths.n, out=weights, where=plan.cells)
    total = shares.sum(axis=2)
    at_reference = np.zeros_like(shares)
    at_reference[:, rows[:, 0], plan.reference] = total
    np.subtract(
        weights,
        np.divide(at_reference, paths.n, out=np.zeros_like(shares), where=at_reference > 0),
        out=weights,
    )
    towards = at_reference.sum(axis=1) - shares.sum(axis=1)
    there = paths.n[other] > 0
    weights[:, other, there] += towards[:, there] / paths.n[other, there]
    n_obs = float(paths.n[plan.kept][:, : plan.limit].sum())
    n_clusters = int(paths.starts.clusters[plan.kept].sum())
    factor = small_sample(n_obs, int(plan.cells.sum()) + plan.limit, n_clusters)
    covariance = factor * clustered(paths, np.moveaxis(weights, 0, 2))
    require_spread(covariance, size_of(paths))
    effects = (shares * np.where(plan.cells, effect, 0.0)).sum(axis=(1, 2))
    return weighted_effects(plan, (effects, covariance), counted, int(n_obs), n_clusters)


@dataclass(frozen=True, slots=True)
class Saturated:
    """Which cells have an effect of their own, and what they are compared with.

    Attributes
    ----------
    clock : Clock
        Where rows stand; the comparison never begins.
    cells : ndarray of bool, shape (H, T)
        Cells with a coefficient.
    kept : ndarray of bool, shape (H,)
        Cohorts in the regression.
    comparison : int
        Row of the cohort that others are compared with.
    reference : ndarray, shape (H,)
        Each cohort's reference period; 0 where it has none.
    limit : int
        Periods used: all before the last cohort starts, if nobody is never treated.
    terms : tuple of int
        Event times.
    anticipation : int
        Periods of anticipation.
    dropped : tuple of (int, int, str)
        What is left out.
    n_dropped : int
        Treated rows without a coefficient.
    """

    clock: Clock
    cells: Bool
    kept: Bool
    comparison: int
    reference: Integer
    limit: int
    terms: tuple[int, ...]
    anticipation: int
    dropped: tuple[Left, ...]
    n_dropped: int


def saturated(starts: Starts, n: Float, contrast: Contrast) -> Saturated:
    """Return which cells have a coefficient.

    Parameters
    ----------
    starts : Starts
        Who begins when.
    n : ndarray, shape (H, T)
        Rows with an outcome.
    contrast : Contrast
        Its anticipation is used.

    Raises
    ------
    Refused
        ``no_treated``; ``no_comparison``.
    """
    n_periods = n.shape[1]
    comparison = len(starts.cohorts) - 1
    last = int(starts.cohorts[comparison])
    if (starts.cohorts >= n_periods).all():
        raise no_treated()
    limit = n_periods if last >= n_periods else max(last - contrast.anticipation, 0)
    at = clock(starts.cohorts, n_periods, contrast)
    reference = starts.cohorts - 1 - contrast.anticipation
    has_reference = (reference >= 0) & (reference < limit)
    has_reference[comparison] = False
    reference = np.where(has_reference, reference, 0)
    rows = np.arange(len(n))
    has_reference &= (n[rows, reference] > 0) & (n[comparison, reference] > 0)
    period = np.arange(n_periods)
    asked = has_reference[:, None] & (period != reference[:, None]) & (n > 0)
    cells = asked & (period < limit) & (n[comparison] > 0)
    if not (cells & at.treated).any():
        raise no_comparison()
    kept = has_reference.copy()
    kept[comparison] = True
    terms = tuple(int(event) for event in np.unique(at.event[cells]))
    return Saturated(
        at,
        cells,
        kept,
        comparison,
        reference,
        limit,
        terms,
        contrast.anticipation,
        _dropped(starts.cohorts, kept, asked & ~cells),
        int(n[at.treated & ~cells].sum()),
    )


def _dropped(cohorts: Integer, kept: Bool, missed: Bool) -> tuple[Left, ...]:
    whole = [
        (int(cohorts[row]), -1, "no period before an effect may show")
        for row in np.flatnonzero(~kept)
    ]
    cells = [
        (int(cohorts[row]), int(period), "no comparison left")
        for row, period in np.argwhere(missed)
    ]
    return (*whole, *cells)


def no_comparison() -> Refused:
    """Return the refusal of data without units to compare with."""
    return Refused(
        "no_comparison",
        "no treated cohort has both a period before treatment and untreated units beside it",
        "add units that are treated later or never, or periods before the roll-out",
    )


def weighted_effects(
    plan: Saturated, found: tuple[Float, Float], counted: Float, n_obs: int, n_clusters: int
) -> OverTime:
    """Return effects as an estimator's answer.

    Parameters
    ----------
    plan : Saturated
        Cells.
    found : tuple of ndarray, shapes (1 + k,) and (1 + k, 1 + k)
        Overall effect and that of each event time, and their covariance.
    counted : ndarray, shape (H, T)
        Rows of each cell with a coefficient.
    n_obs, n_clusters : int
        Rows and clusters used.
    """
    effects, covariance = found
    return OverTime(
        effect=float(effects[0]),
        std_error=float(np.sqrt(covariance[0, 0])),
        df=n_clusters - 1.0,
        terms=plan.terms,
        by_event=effects[1:],
        covariance=covariance[1:, 1:],
        n_treated=np.array([counted[plan.clock.event == term].sum() for term in plan.terms]),
        method=METHOD,
        std_error_method="CR1S",
        n_obs=n_obs,
        n_clusters=n_clusters,
        reference=(-1 - plan.anticipation,),
        dropped=plan.dropped,
        n_dropped=plan.n_dropped,
    )
