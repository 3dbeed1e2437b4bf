"""The headline of a roll-out: analytic where many clusters began, else over other dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Literal

from evaluate.checks.few import of_randomisation, of_row
from evaluate.checks.inference import Test
from evaluate.checks.rollout_estimators import estimators, other_row
from evaluate.checks.rollout_overall import CALL, DATES, INFLUENCE, JACKKNIFE, overall_row, row_of
from evaluate.checks.rollout_sides import Sides, sides_of
from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.paths import ClusterPaths
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.group_time import GroupTimes
from evaluate.inference.group_time_panel import SEPARATION
from evaluate.inference.linear import Spread
from evaluate.inference.randomisation import Randomisation
from evaluate.inference.rollout_test import OneLeftOut, leave_one_cluster_out, rollout_test
from evaluate.inference.staggered import RollOut

Estimator = Literal["group_time", "imputation", "sun_abraham", "twfe"]
_TWO = 2  # with one, nothing tells the programme from what happened there anyway
_FAST_DRAWS = 999  # where the headline alone is wanted, many times over


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
        row_of(left.estimate, spread, question, rolled, led.times), std_error_method=JACKKNIFE
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
    row = row_of(value, spread, question, rolled, times)
    row = replace(row, std_error_method=JACKKNIFE, call_r=CALL, call_stata=None)
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
