"""Two-way fixed effects over time: what the plain regression says, to be shown beside others."""

from __future__ import annotations

import numpy as np

from evaluate.data.moments import Float
from evaluate.data.paths import Paths
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.imputation_parts import no_treated
from evaluate.inference.over_time import Bool, Clock, Left, OverTime, clock, require_spread, size_of
from evaluate.inference.path_regression import CellFit, regress_cells, require_no_gaps

METHOD = "twfe"
COLLINEAR: Left = (-1, -1, "event times are collinear with the effects of units and periods")


def two_way(paths: Paths, contrast: Contrast | None = None) -> OverTime:
    """Return two-way fixed effects: one coefficient of treatment, and one for each event time.

    The overall effect is the coefficient of "treated" alone, whatever the event times; with
    effects that differ between cohorts or grow over time it is not an average of them
    (``bacon`` shows what of). Where nobody is never treated the earliest event time is a
    second reference.

    Parameters
    ----------
    paths : Paths
        Sums by cohort, of a balanced panel; of levels, with effects of cohorts.
    contrast : Contrast or None
        Its anticipation moves the reference of event times.

    Raises
    ------
    Refused
        ``no_treated``; ``gaps_need_units``; ``treatment_absorbed``; ``one_cluster``;
        ``too_few_rows``; ``no_variation``.

    References
    ----------
    R ``fixest::feols(y ~ d | unit + period, cluster = ~unit)`` and ``feols(y ~ i(event, begins,
    ref = -1) | unit + period)``.
    """
    require_no_gaps(paths)
    starts = paths.starts
    at = clock(starts.cohorts, paths.n.shape[1], contrast or Contrast())
    everything = np.ones(paths.n.shape, bool)
    if not (at.treated & (paths.n > 0)).any():
        raise no_treated()
    static = regress_cells(paths, at.treated[None].astype(np.float64), everything)
    if static is None:
        raise treatment_absorbed()
    require_spread(static.covariance, size_of(paths))
    terms, reference, dynamic = _dynamic(paths, at, contrast or Contrast())
    return OverTime(
        effect=float(static.coefficients[0]),
        std_error=float(np.sqrt(static.covariance[0, 0])),
        df=static.df,
        terms=terms,
        by_event=np.zeros(0) if dynamic is None else dynamic.coefficients,
        covariance=np.zeros((0, 0)) if dynamic is None else dynamic.covariance,
        n_treated=_counted(terms, at, paths.n),
        method=METHOD,
        std_error_method="CR1S",
        n_obs=static.n_obs,
        n_clusters=static.n_clusters,
        reference=reference,
        dropped=() if dynamic else (COLLINEAR,),
    )


def event_times(at: Clock, there: Bool) -> list[int]:
    """Return the event times of rows that are there, in order.

    Parameters
    ----------
    at : Clock
        Where rows stand.
    there : ndarray of bool, shape (R, T)
        Which have an outcome.
    """
    return [int(event) for event in np.unique(at.event[there & at.begins])]


def references(events: list[int], contrast: Contrast) -> tuple[tuple[int, ...], ...]:
    """Return the reference event times to try: the last before an effect, then two.

    Parameters
    ----------
    events : list of int
        Event times.
    contrast : Contrast
        Its anticipation is used.
    """
    last = -1 - contrast.anticipation
    return ((last,), tuple(sorted({last, events[0]})))


def treatment_absorbed() -> Refused:
    """Return the refusal of a treatment that effects of units and periods take up."""
    return Refused(
        "treatment_absorbed",
        "who is treated when follows from the effects of units and periods: no unit is "
        "treated while another is not",
        "add units that are treated later or never, or periods before treatment",
    )


def _dynamic(
    paths: Paths, at: Clock, contrast: Contrast
) -> tuple[tuple[int, ...], tuple[int, ...], CellFit | None]:
    events = event_times(at, paths.n > 0)
    for reference in references(events, contrast):
        terms = tuple(event for event in events if event not in reference)
        if not terms or not set(reference) <= set(events):
            continue
        design = np.array([at.begins & (at.event == term) for term in terms], np.float64)
        fitted = regress_cells(paths, design, np.ones(paths.n.shape, bool))
        if fitted is not None:
            return terms, reference, fitted
    return (), (), None


def _counted(terms: tuple[int, ...], at: Clock, n: Float) -> Float:
    return np.array([n[at.begins & (at.event == term)].sum() for term in terms])
