"""The overall effect of a roll-out as a row, and what it is called."""

from __future__ import annotations

import numpy as np

from evaluate.checks.rollout_sides import Sides
from evaluate.core import Estimand, Estimate, Settings
from evaluate.errors import Refused
from evaluate.inference.aggregate import aggregate
from evaluate.inference.group_time import GroupTimes
from evaluate.inference.linear import Spread
from evaluate.inference.row import estimate_row
from evaluate.inference.staggered import RollOut

DATES = "randomisation over roll-out dates"
INFLUENCE = "influence function"
JACKKNIFE = "leave-one-cluster-out"


def overall_row(
    rolled: RollOut, times: GroupTimes, sides: Sides, question: tuple[Estimand, Settings]
) -> Estimate:
    """Return the simple aggregation with its analytic standard error.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    times, sides : GroupTimes, Sides
        Its effects, and what they rest on.
    question : Estimand and Settings
        What is asked for.

    Raises
    ------
    Refused
        ``no_variation`` when clusters of a cohort do not differ at all.
    """
    simple = aggregate(times, "simple")
    return row_of(simple.overall, Spread(simple.std_error, sides.df), question, rolled, times)


def row_of(
    value: float,
    spread: Spread,
    question: tuple[Estimand, Settings],
    rolled: RollOut,
    times: GroupTimes,
) -> Estimate:
    """Return an overall effect as a row, by the influence functions.

    Parameters
    ----------
    value : float
        The effect.
    spread : Spread
        Its uncertainty.
    question : Estimand and Settings
        What is asked for.
    rolled : RollOut
        As it was read.
    times : GroupTimes
        What it is the average of.

    Raises
    ------
    Refused
        ``no_variation`` when clusters of a cohort do not differ at all.
    """
    estimand, settings = question
    if not spread.std_error > 0:
        raise Refused(
            "no_variation",
            "clusters that begin together do not differ at all, so that chance has no measure",
            "check the outcome's column, or ask for an outcome that varies",
        )
    return estimate_row(
        value, spread, estimand, settings.conf_level, **counts(rolled, times),
        method=method_of(rolled), std_error_method=INFLUENCE, call_r=CALL,
    )  # fmt: skip


CALL = 'did::aggte(did::att_gt(…, bstrap = FALSE), type = "simple", cband = FALSE)'


def method_of(rolled: RollOut) -> str:
    """Return what the effect is, in words."""
    asked = rolled.asked
    whom = {"never": "never treated", "not_yet": "not yet treated"}[asked.contrast.comparison]
    by = {
        "doubly_robust": ", doubly robust in the covariates",
        "regression": ", outcomes regressed on the covariates",
        "weighting": ", weighted by the covariates",
    }
    return f"group-time effects against the {whom}{by[asked.covariates_by] if asked.covariates else ''}"


def counts(rolled: RollOut, times: GroupTimes) -> dict[str, int]:
    """Return units used, the treated among them, and clusters, as fields of an estimate."""
    starts = rolled.paths.starts
    treated = np.isin(starts.cohorts, np.unique(times.cohort[times.period >= times.cohort]))
    return {
        "n_obs": int(starts.units.sum()),
        "n_treated": int(starts.units[treated].sum()),
        "n_clusters": int(starts.clusters.sum()),
    }
