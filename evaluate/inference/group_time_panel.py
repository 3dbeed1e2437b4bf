"""Group-time effects from one row for each unit: given covariates, or of panels with gaps."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import Panel, Starts
from evaluate.inference.group_time import Contrast, Covariates, GroupTimes
from evaluate.inference.group_time_fits import Fits, arrange, solved, square
from evaluate.inference.group_time_influence import (
    Sums,
    covariances,
    estimate,
    sums,
)
from evaluate.inference.group_time_joint import added_up
from evaluate.inference.group_time_plan import NO_OUTCOME, Plan, plan_effects, some_left
from evaluate.inference.group_time_propensity import fit_propensity
from evaluate.inference.group_time_rows import ordered_rows

CONSTANT = "covariates do not vary, or repeat each other, among the comparison"
SEPARATION = "covariates tell the treated from the comparison"


def group_times_of_panel(panel: Panel, contrast: Contrast, covariates_by: Covariates) -> GroupTimes:
    """Return every group-time effect given covariates and their joint covariance.

    Each effect rests on the units that are seen in both its periods. Covariates that change
    over time are those of the earlier of the two. A logistic regression says who is treated,
    a linear one how the comparison's outcome changes; that they are estimated is part of the
    covariance, which adds up influences by cluster. No small-sample factor is applied. An
    effect is dropped where covariates tell the treated from the comparison (a probability of
    at least 0.999) or do not vary among the comparison; comparison units with a probability
    above 0.995 weigh nothing.

    Parameters
    ----------
    panel : Panel
        One row for each unit; without covariates the effects are plain differences.
    contrast : Contrast
        With whom, and with which period, each cohort is compared.
    covariates_by : {"doubly_robust", "regression", "weighting"}
        Both models, the linear or the logistic one.

    Raises
    ------
    Refused
        ``no_never_treated``; ``no_comparison``, ``separation`` or ``covariates_constant``
        where no effect of treatment is left.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, equations 2.7 to 2.9 and
    theorem 2; ``did::att_gt(est_method = "dr", "reg" or "ipw", bstrap = FALSE)``, which is
    ``DRDID::drdid_panel``, ``reg_did_panel`` and ``std_ipw_did_panel``.
    """
    if panel.covariates.shape[-1] == 0:
        covariates_by = "regression"
    rows, cohorts = ordered_rows(panel), panel.starts.cohorts
    plan = plan_effects(panel.starts, contrast)
    while True:
        live = np.flatnonzero(~plan.reference)
        fits = arrange(plan.only(live), rows, cohorts)
        plain = sums(rows, fits)
        code, reason, gone = _unusable(fits, plain)
        propensity = None
        if not gone.any() and covariates_by != "regression":
            propensity = fit_propensity(rows, fits, _sizes(plain))
            code, reason, gone = "separation", SEPARATION, ~propensity.usable[fits.of]
        if not gone.any():
            break
        plan = some_left(plan.without(live[gone], reason), code)
    weighted = None if propensity is None else sums(rows, fits, propensity)
    found = estimate(fits, plain, propensity, weighted, covariates_by != "weighting")
    each = covariances(rows, fits, panel.starts, found, propensity)
    return _assembled(panel.starts, plan, live, (found.effect, _sizes(plain)[:, fits.of]), each)


def _sizes(plain: Sums) -> Float:
    """Return treated and comparison units of each fit, shape (2, F)."""
    return np.stack([plain.treated[:, 0], plain.products[:, 0]])


def _unusable(fits: Fits, plain: Sums) -> tuple[str, str, NDArray[np.bool_]]:
    """Return which effects have no units, else which have no regression, and why."""
    empty = _sizes(plain).min(axis=0) == 0
    if empty.any():
        return "no_comparison", NO_OUTCOME, empty[fits.of]
    singular = ~solved(square(plain.products), plain.treated)[1]
    return "covariates_constant", CONSTANT, singular[fits.of]


def _assembled(
    starts: Starts,
    plan: Plan,
    live: Integer,
    found: tuple[Float, Float],
    each: Iterable[Float],
) -> GroupTimes:
    """Return the effects, with those that are 0 by construction among them.

    ``found`` are the live effects, and treated and comparison units of each.
    """
    m, treated = len(plan.cohort), starts.cohorts < len(starts.periods)
    effect = np.zeros(m)
    effect[live] = found[0]
    own = starts.units[np.searchsorted(starts.cohorts, plan.cohort)]
    units = np.stack([own, plan.compared @ starts.units]).astype(np.int64)
    units[:, live] = np.rint(found[1]).astype(np.int64)
    size = m + int(np.count_nonzero(treated))
    at = np.append(live, np.arange(m, size))
    joint, parts = added_up((_spread(one, at, size) for one in each), len(treated), size)
    return GroupTimes(
        plan.cohort,
        plan.period,
        plan.base,
        effect,
        shares=(starts.units / starts.units.sum())[treated],
        cohorts=starts.cohorts[treated],
        joint=joint,
        n_treated=units[0],
        n_comparison=units[1],
        compared=plan.compared,
        dropped=plan.dropped,
        parts=parts,
        clusters=starts.clusters,
    )


def _spread(part: Float, at: Integer, size: int) -> Float:
    """Return a covariance with rows of zeros for what is 0 by construction."""
    found = np.zeros((size, size))
    found[np.ix_(at, at)] = part
    return found
