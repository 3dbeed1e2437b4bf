"""The headline of a roll-out: analytic where many clusters began, else over other dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Literal

import numpy as np

from evaluate.checks.clusters import FEWEST
from evaluate.checks.few import of_randomisation, of_row
from evaluate.checks.inference import Test
from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.paths import ClusterPaths
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.aggregate import Kind, aggregate
from evaluate.inference.group_time import GroupTimes
from evaluate.inference.group_time_panel import SEPARATION
from evaluate.inference.imputation import imputation_of_sums
from evaluate.inference.imputation_panel import imputation_of_panel
from evaluate.inference.linear import Spread
from evaluate.inference.over_time import OverTime
from evaluate.inference.path_regression_panel import sun_abraham_of_panel, two_way_of_panel
from evaluate.inference.randomisation import Randomisation
from evaluate.inference.rollout_test import OneLeftOut, leave_one_cluster_out, rollout_test
from evaluate.inference.row import estimate_row
from evaluate.inference.staggered import RollOut
from evaluate.inference.sun_abraham import sun_abraham
from evaluate.inference.two_way_paths import two_way

Estimator = Literal["group_time", "imputation", "sun_abraham", "twfe"]
KINDS: tuple[Kind, ...] = ("dynamic", "group", "calendar")
DATES = "randomisation over roll-out dates"
INFLUENCE = "influence function"
JACKKNIFE = "leave-one-cluster-out"
_TWO = 2  # with one, nothing tells the programme from what happened there anyway
_FAST_DRAWS = 999  # where the headline alone is wanted, many times over


@dataclass(frozen=True, slots=True)
class Sides:
    """Assigned clusters behind the overall effect.

    Attributes
    ----------
    treated, comparison : int
        Clusters of the cohorts that have an effect, and of those that they are compared with.
    single : int
        Cohorts of one cluster among the treated.
    df : float
        Of the analytic standard error.
    """

    treated: int
    comparison: int
    single: int
    df: float

    @property
    def fewest(self) -> int:
        """Return the number of clusters of the smaller side."""
        return min(self.treated, self.comparison)

    @property
    def few(self) -> bool:
        """Return whether the analytic standard error is not to be relied on."""
        return self.fewest < FEWEST or self.single > 0


@dataclass(frozen=True, slots=True)
class Led:
    """The headline and what stands around it.

    Attributes
    ----------
    estimand, settings : Estimand, Settings
        The question.
    rows : tuple of Estimate
        The headline first.
    tests : tuple of Test
        Each way to judge it.
    times : GroupTimes
        Group-time effects as asked for.
    sides : Sides
        What they rest on.
    clusters : ClusterPaths or None
        One path for each cluster, where they are few.
    left_out : OneLeftOut or None
        The overall effect without each of them.
    because : str or None
        Why there is no randomisation test where one was wanted.
    """

    estimand: Estimand
    settings: Settings
    rows: tuple[Estimate, ...]
    tests: tuple[Test, ...]
    times: GroupTimes
    sides: Sides
    clusters: ClusterPaths | None = None
    left_out: OneLeftOut | None = None
    because: str | None = None


def lead(
    sample: Sample, rolled: RollOut, question: tuple[Estimand, Settings], estimator: Estimator
) -> Led:
    """Return the overall effect on the treated with its uncertainty.

    With ten or more clusters on each side, and no treated cohort of one cluster, its standard
    error follows from influence functions, clusters kept, with Welch and Satterthwaite's
    degrees of freedom. With fewer, starting dates are exchanged between clusters: p-value and
    interval are those of the randomisation test, the standard error is the jackknife's over
    clusters, and the analytic one is withheld.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    rolled : RollOut
        As it was read.
    question : Estimand and Settings
        What is asked for.
    estimator : {"group_time", "imputation", "sun_abraham", "twfe"}
        What gives the headline.

    Raises
    ------
    Refused
        ``separation``; ``one_treated_cluster``; ``jackknife_needs_plain_paths``; ``few_clusters_need_group_time``; ``unbounded_interval``; and
        the codes of ``group_times``, ``rollout_test`` and ``leave_one_cluster_out``.
    """
    times = rolled.group_times()
    _require_most(times)
    sides = sides_of(rolled, times)
    if sides.fewest < _TWO:
        raise _one_cluster(sides)
    if sides.few:
        if estimator != "group_time":
            raise _few_need_group_time(estimator)
        return _by_dates(sample, rolled.plain(), question, sides)
    if estimator == "group_time":
        row = overall_row(rolled, times, sides, question)
    else:
        row = other_row(estimators(rolled)[estimator](), rolled, question, role="headline")
    led = Led(*question, (row,), (of_row(row),), times, sides)
    return _with_jackknife(sample, rolled, led) if JACKKNIFE in question[1].std_errors else led


def _require_most(times: GroupTimes) -> None:
    """Refuse an overall effect from fewer than half of the treated cells."""
    kept = int((times.period >= times.cohort).sum())
    apart = [one for one in times.dropped if one[1] >= one[0] and one[2] == SEPARATION]
    if len(apart) > kept:
        raise Refused(
            "separation",
            f"in {len(apart)} of {kept + len(apart)} treated cells covariates tell the treated from"
            " the comparison, so that nobody is there to compare with",
            "leave out the covariates that follow from the programme, or compare with others",
        )


def _with_jackknife(sample: Sample, rolled: RollOut, led: Led) -> Led:
    """Return the headline with the jackknife's standard error, in front or beside as asked."""
    if rolled.panel is not None or led.rows[0].std_error_method != INFLUENCE:
        raise Refused(
            "jackknife_needs_plain_paths",
            f"{JACKKNIFE} is asked for, which is not made with covariates, gaps or other estimators",
            "delete inference.std_error",
        )
    question = (led.estimand, led.settings)
    held = sample.cluster_paths(rolled.asked.columns, rolled.asked.incomplete)
    left = leave_one_cluster_out(held, rolled.asked.contrast)
    spread = Spread(left.std_error, float(led.sides.treated + led.sides.comparison - 1))
    row = replace(
        _row(left.estimate, spread, question, rolled, led.times), std_error_method=JACKKNIFE
    )
    rows = (row, led.rows[0]) if led.settings.std_errors[0] == JACKKNIFE else (led.rows[0], row)
    both = (rows[0], replace(rows[1], role="beside", call_r=None))
    return replace(led, rows=both, tests=tuple(map(of_row, both)), left_out=left)


def _by_dates(
    sample: Sample,
    rolled: RollOut,
    question: tuple[Estimand, Settings],
    sides: Sides,
) -> Led:
    """Return the headline by randomisation over dates, the jackknife beside."""
    settings, asked = question[1], rolled.asked
    times = rolled.group_times()
    held = sample.cluster_paths(
        asked.columns, "levels" if asked.incomplete == "pairs" else asked.incomplete
    )
    left = leave_one_cluster_out(held, asked.contrast)
    spread = Spread(left.std_error, float(sides.fewest - 1))
    value = left.estimate
    row = _row(value, spread, question, rolled, times)
    row = replace(row, std_error_method=JACKKNIFE, call_r=_CALL, call_stata=None)
    draws = min(settings.draws, _FAST_DRAWS) if settings.headline_only else settings.draws
    test: Randomisation | Refused
    try:
        test = rollout_test(
            held, asked.contrast, seed=settings.seed, draws=draws, conf_level=settings.conf_level
        )
    except Refused as refused:
        test = refused
    tests = (replace(of_randomisation(test), method=DATES), of_row(row))
    beside = replace(row, role="beside", call_r=None)
    if isinstance(test, Refused):
        first = replace(row, p_value=None, interval_method=f"{JACKKNIFE}, as {test.why}")
        return Led(*question, (first,), tests, times, sides, held, left, test.why)
    if not (isfinite(test.conf_low) and isfinite(test.conf_high)):
        raise Refused(
            "unbounded_interval",
            "no effect, however large, can be told from chance over roll-out dates",
            "add clusters that begin at other times or never",
        )
    low, high = min(test.conf_low, value), max(test.conf_high, value)
    first = replace(row, p_value=test.p_value, conf_low=low, conf_high=high, interval_method=DATES)
    return Led(*question, (first, beside), tests, times, sides, held, left)


def sides_of(rolled: RollOut, times: GroupTimes) -> Sides:
    """Return how many clusters the overall effect rests on.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    times : GroupTimes
        Its effects.
    """
    starts, contrast = rolled.paths.starts, rolled.asked.contrast
    with_effect = np.unique(times.cohort[times.period >= times.cohort])
    treated = np.isin(starts.cohorts, with_effect)
    compared = starts.cohorts >= len(starts.periods)
    if contrast.comparison == "not_yet":
        compared |= starts.cohorts > int(with_effect.min())
    return Sides(
        treated=int(starts.clusters[treated].sum()),
        comparison=int(starts.clusters[compared].sum()),
        single=int((starts.clusters[treated] == 1).sum()),
        df=times.free(aggregate(times, "simple").gradient[-1]),
    )


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
    return _row(simple.overall, Spread(simple.std_error, sides.df), question, rolled, times)


def _row(
    value: float,
    spread: Spread,
    question: tuple[Estimand, Settings],
    rolled: RollOut,
    times: GroupTimes,
) -> Estimate:
    estimand, settings = question
    if not spread.std_error > 0:
        raise Refused(
            "no_variation",
            "clusters that begin together do not differ at all, so that chance has no measure",
            "check the outcome's column, or ask for an outcome that varies",
        )
    return estimate_row(
        value, spread, estimand, settings.conf_level, **counts(rolled, times),
        method=method_of(rolled), std_error_method=INFLUENCE, call_r=_CALL,
    )  # fmt: skip


_CALL = 'did::aggte(did::att_gt(…, bstrap = FALSE), type = "simple", cband = FALSE)'


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


def _one_cluster(sides: Sides) -> Refused:
    side = "treated" if sides.treated <= sides.comparison else "comparison"
    return Refused(
        f"one_{side}_cluster",
        f"one {side} cluster, whatever its size, cannot be told from what happened there anyway",
        "add clusters, or build its counterfactual by synthetic control",
    )


def _few_need_group_time(estimator: str) -> Refused:
    return Refused(
        "few_clusters_need_group_time",
        f"so few clusters began that only exchanging their dates gives a valid test, which is not"
        f" made for the estimator {estimator}",
        "write estimator: group_time",
    )
