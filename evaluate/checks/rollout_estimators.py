"""The overall effect by other estimators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from evaluate.core import Estimand, Estimate, Settings
from evaluate.inference.imputation import imputation_of_sums
from evaluate.inference.imputation_panel import imputation_of_panel
from evaluate.inference.linear import Spread
from evaluate.inference.over_time import OverTime
from evaluate.inference.path_regression_panel import sun_abraham_of_panel, two_way_of_panel
from evaluate.inference.row import estimate_row
from evaluate.inference.staggered import RollOut
from evaluate.inference.sun_abraham import sun_abraham
from evaluate.inference.two_way_paths import two_way


def estimators(rolled: RollOut) -> Mapping[str, Callable[[], OverTime]]:
    """Return the other estimators of the overall effect, each to be called.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    """
    paths, contrast, panel = rolled.paths, rolled.asked.contrast, rolled.panel

    def imputed() -> OverTime:
        if panel is not None:
            return imputation_of_panel(panel, contrast)
        return imputation_of_sums(paths, contrast, rolled.clusters)

    def interacted() -> OverTime:
        if panel is not None:
            return sun_abraham_of_panel(panel, contrast)
        return sun_abraham(paths, contrast)

    def plain() -> OverTime:
        return two_way(paths, contrast) if panel is None else two_way_of_panel(panel, contrast)

    return {"imputation": imputed, "sun_abraham": interacted, "twfe": plain}


_NAMES = {
    "imputation": "imputation (Borusyak, Jaravel and Spiess)",
    "sun_abraham": "interaction-weighted (Sun and Abraham)",
    "twfe": "two-way fixed effects",
}
_STD_ERRORS = {"leave_out": "leave-out"}


def other_row(
    found: OverTime,
    rolled: RollOut,
    question: tuple[Estimand, Settings],
    *,
    role: Literal["headline", "beside"] = "beside",
) -> Estimate:
    """Return another estimator's overall effect as a row."""
    estimand, settings = question
    df = found.df if found.df is not None else float(found.n_clusters - 1)
    starts = rolled.paths.starts
    treated = starts.cohorts < len(starts.periods)
    return estimate_row(
        found.effect, Spread(found.std_error, df), estimand, settings.conf_level,
        n_obs=int(starts.units.sum()), n_treated=int(starts.units[treated].sum()),
        n_clusters=found.n_clusters, method=_NAMES.get(found.method, found.method), role=role,
        std_error_method=_STD_ERRORS.get(found.std_error_method, found.std_error_method),
    )  # fmt: skip
