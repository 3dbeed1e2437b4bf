"""Regressions over time from units one by one: for panels with gaps, and for covariates."""

from __future__ import annotations

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import Panel
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.imputation_parts import estimands, no_treated
from evaluate.inference.over_time import Bool, OverTime, clock, require_spread
from evaluate.inference.panel_least_squares import complete, regress_units, sweep
from evaluate.inference.sun_abraham import saturated, weighted_effects
from evaluate.inference.two_way_paths import (
    COLLINEAR,
    METHOD,
    event_times,
    references,
    treatment_absorbed,
)


def two_way_of_panel(panel: Panel, contrast: Contrast | None = None) -> OverTime:
    """Return what ``two_way`` returns, from units with gaps or with covariates.

    Units with one row are left out. Covariates that change over time have one coefficient;
    others have one in each period.

    Parameters
    ----------
    panel : Panel
        Units one by one.
    contrast : Contrast or None
        Its anticipation moves the reference of event times.

    Raises
    ------
    Refused
        ``no_treated``; ``treatment_absorbed``; ``no_variation``; the codes of
        ``regress_units``.

    References
    ----------
    As ``two_way``; Stata ``reghdfe y d x, absorb(unit period) vce(cluster g)``.
    """
    asked = contrast or Contrast()
    code, there = _codes(panel), _there(panel)
    at = clock(panel.starts.cohorts, there.shape[1], asked)
    n = _rows(panel, code, there)
    if not (at.treated & (n > 0)).any():
        raise no_treated()
    swept = sweep(panel, there)
    static = regress_units(swept, at.treated[None].astype(np.float64))
    if static is None:
        raise treatment_absorbed()
    require_spread(static.covariance, float(np.nanstd(panel.outcome)))
    events = event_times(at, n > 0)
    terms: tuple[int, ...] = ()
    used: tuple[int, ...] = ()
    dynamic = None
    for reference in references(events, asked):
        terms = tuple(event for event in events if event not in reference)
        if terms and set(reference) <= set(events):
            design = np.array([at.begins & (at.event == term) for term in terms])
            dynamic = regress_units(swept, design.astype(np.float64))
        if dynamic is not None:
            used = reference
            break
    terms = terms if dynamic else ()
    return OverTime(
        effect=float(static.coefficients[0]),
        std_error=float(np.sqrt(static.covariance[0, 0])),
        df=static.n_clusters - 1.0,
        terms=terms,
        by_event=dynamic.coefficients if dynamic else np.zeros(0),
        covariance=dynamic.covariance if dynamic else np.zeros((0, 0)),
        n_treated=np.array([n[at.begins & (at.event == term)].sum() for term in terms]),
        method=METHOD,
        std_error_method="CR1S",
        n_obs=static.n_obs,
        n_clusters=static.n_clusters,
        reference=used,
        dropped=() if dynamic else (COLLINEAR,),
    )


def sun_abraham_of_panel(panel: Panel, contrast: Contrast | None = None) -> OverTime:
    """Return what ``sun_abraham`` returns, from units with gaps or with covariates.

    Parameters
    ----------
    panel : Panel
        Units one by one; covariates as in ``two_way_of_panel``.
    contrast : Contrast or None
        Its anticipation moves the reference.

    Raises
    ------
    Refused
        ``no_treated``; ``no_comparison``; ``no_variation``; ``collinear`` also where gaps
        leave a cell without a comparison; the codes of ``regress_units``.
    """
    code, there = _codes(panel), _there(panel)
    n = _rows(panel, code, there)
    plan = saturated(panel.starts, n, contrast or Contrast())
    reference = np.arange(n.shape[1]) == plan.reference[:, None]
    cohort_used = plan.cells | (reference & plan.kept[:, None])
    cohort_used[plan.comparison] = np.arange(n.shape[1]) < plan.limit
    used = there & cohort_used[code]
    row, period = np.nonzero(plan.cells)
    design = np.zeros((len(row), *n.shape))
    design[np.arange(len(row)), row, period] = 1.0
    counted = np.where(plan.cells, _rows(panel, code, used), 0.0)
    weights = estimands(plan.clock, counted)[1][:, row, period]
    fitted = regress_units(sweep(panel, used), design, weights)
    if fitted is None:
        raise Refused(
            "collinear",
            "with these gaps some cohort's change since its reference period cannot be told "
            "from the effects of units and periods",
            "keep complete units, or join cohorts",
        )
    require_spread(fitted.covariance, float(np.nanstd(panel.outcome)))
    found = fitted.coefficients, fitted.covariance
    return weighted_effects(plan, found, counted, fitted.n_obs, fitted.n_clusters)


def _codes(panel: Panel) -> Integer:
    return np.searchsorted(panel.starts.cohorts, panel.cohort)


def _there(panel: Panel) -> Bool:
    return ~np.isnan(panel.outcome) & complete(panel)


def _rows(panel: Panel, code: Integer, there: Bool) -> Float:
    """Return rows by cohort and period."""
    n = np.zeros((len(panel.starts.cohorts), there.shape[1]))
    np.add.at(n, code, there)
    return n
