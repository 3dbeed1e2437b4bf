"""The effect given covariates beside a headline that few clusters allow only without them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluate.checks.rollout_lead import Led
from evaluate.checks.rollout_overall import JACKKNIFE, counts, method_of
from evaluate.core import Check, Estimate
from evaluate.data.paths import Panel
from evaluate.errors import Refused
from evaluate.inference.aggregate import aggregate
from evaluate.inference.group_time import GroupTimes
from evaluate.inference.group_time_panel import group_times_of_panel
from evaluate.inference.linear import Spread
from evaluate.inference.row import estimate_row
from evaluate.inference.staggered import RollOut, units_of

_WHY = (
    "So few clusters began that the headline comes from exchanging their dates, which is done"
    " without covariates"
)


def adjusted_beside(rolled: RollOut, led: Led) -> tuple[tuple[Estimate, ...], Check]:
    """Return the effect given covariates, without a p-value, and what is said of it.

    Parameters
    ----------
    rolled : RollOut
        As it was read, with covariates.
    led : Led
        The headline, without them.
    """
    panel = rolled.panel
    if panel is None:
        return (), Check("covariates", "failed", f"{_WHY}; no unit is followed.")
    try:
        times = rolled.group_times()
        value = aggregate(times, "simple").overall
        spread = Spread(_jackknife(rolled, panel, value), float(led.sides.fewest - 1))
        row = estimate_row(
            value, spread, led.estimand, led.settings.conf_level, **counts(rolled, times),
            method=method_of(rolled), std_error_method=JACKKNIFE, role="beside",
        )  # fmt: skip
    except Refused as refused:
        return (), Check("covariates", "failed", f"{_WHY}; with them: {refused.why}.")
    text = f"{_WHY}; with them the effect is {row.estimate:.4g}, beside {led.rows[0].estimate:.4g}."
    return (replace(row, p_value=None),), Check("covariates", "uninformative", text)


def _jackknife(rolled: RollOut, panel: Panel, value: float) -> float:
    """Return the root of (C - 1) / C times the sum of squared distances, without each cluster."""
    clusters = np.unique(panel.cluster)
    apart = [
        _without(rolled, units_of(panel, panel.cluster != one)) - value for one in clusters.tolist()
    ]
    return float(np.sqrt((len(clusters) - 1) / len(clusters) * np.sum(np.square(apart))))


def _without(rolled: RollOut, panel: Panel) -> float:
    times: GroupTimes = group_times_of_panel(
        panel, rolled.asked.contrast, rolled.asked.covariates_by
    )
    return aggregate(times, "simple").overall
