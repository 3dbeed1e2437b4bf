"""Whether those about to be treated already went apart: leads among untreated rows alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.data.paths import Panel, Paths
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.over_time import Clock, clock
from evaluate.inference.panel_least_squares import PanelFit, complete, regress_units, sweep
from evaluate.inference.path_regression import CellFit, regress_cells, require_no_gaps

# Leads beyond these are the reference, together with all earlier periods.
MOST_LEADS = 12


@dataclass(frozen=True, slots=True)
class Leads:
    """Differences before treatment, against all earlier periods.

    Attributes
    ----------
    terms : tuple of int
        Event times in order, all before an effect may show.
    by_event : ndarray, shape (k,)
        In the outcome's unit.
    covariance : ndarray, shape (k, k)
        CR1S. Not joined with that of the effects: the two are uncorrelated where errors are
        independent with equal variance.
    df : float
        Clusters less one.
    n_treated : ndarray, shape (k,)
        Rows of units about to be treated.
    n_obs, n_clusters : int
        Untreated rows, and clusters that they come from.
    """

    terms: tuple[int, ...]
    by_event: Float
    covariance: Float
    df: float
    n_treated: Float
    n_obs: int
    n_clusters: int


def leads_of_sums(paths: Paths, contrast: Contrast | None = None, most: int = MOST_LEADS) -> Leads:
    """Return differences before treatment, from untreated rows alone.

    Parameters
    ----------
    paths : Paths
        Sums by cohort, of a balanced panel or of levels.
    contrast : Contrast or None
        Its anticipation moves the last lead.
    most : int
        Leads; fewer where the reference would be empty or not tell them apart.

    Raises
    ------
    Refused
        ``no_leads``; ``gaps_need_units``; the codes of ``regress_cells``.

    References
    ----------
    Borusyak, Jaravel & Spiess (2024), section 4.4; Stata ``did_imputation …, pretrends(k)``.
    """
    require_no_gaps(paths)
    at = clock(paths.starts.cohorts, paths.n.shape[1], contrast or Contrast())
    n = np.where(at.untreated, paths.n, 0.0)
    return _leads(at, n, most, lambda design: regress_cells(paths, design, at.untreated))


def leads_of_panel(panel: Panel, contrast: Contrast | None = None, most: int = MOST_LEADS) -> Leads:
    """Return what ``leads_of_sums`` returns, from units with gaps or with covariates.

    Parameters
    ----------
    panel : Panel
        Units one by one; those with a single untreated row are left out.
    contrast : Contrast or None
        Its anticipation moves the last lead.
    most : int
        Leads.

    Raises
    ------
    Refused
        ``no_leads``; the codes of ``regress_units``.
    """
    at = clock(panel.starts.cohorts, panel.outcome.shape[1], contrast or Contrast())
    code = np.searchsorted(panel.starts.cohorts, panel.cohort)
    used = ~np.isnan(panel.outcome) & complete(panel) & at.untreated[code]
    swept = sweep(panel, used)
    n = np.array([swept.units.used[code == row].sum(axis=0) for row in range(len(at.event))])
    return _leads(at, n.astype(np.float64), most, lambda design: regress_units(swept, design))


def _leads(
    at: Clock, n: Float, most: int, regress: Callable[[Float], CellFit | PanelFit | None]
) -> Leads:
    events = np.unique(at.event[at.begins & (n > 0)])
    for count in range(min(most, len(events) - 1), 0, -1):
        terms = events[-count:]
        masks = np.array([at.begins & (at.event == term) for term in terms])
        fitted = regress(masks.astype(np.float64))
        if fitted is not None:
            return Leads(
                tuple(map(int, terms)),
                fitted.coefficients,
                fitted.covariance,
                fitted.n_clusters - 1.0,
                (masks * n).sum(axis=(1, 2)),
                fitted.n_obs,
                fitted.n_clusters,
            )
    raise Refused(
        "no_leads",
        "no cohort has two periods before treatment that others can be compared in",
        "add periods before the roll-out",
    )
