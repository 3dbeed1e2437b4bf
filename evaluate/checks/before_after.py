"""What may stand behind the change of one group: other people, a trend, a chosen low, losses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from evaluate.checks.before_after_groups import composition, groups_table
from evaluate.core import Check, CheckResult, Estimand, Estimate, Settings, Table
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.before_after import BeforeAfterColumns, Units
from evaluate.inference.before_after_trend import trend_before
from evaluate.inference.linear import Spread
from evaluate.inference.regression_to_mean import mee_chua
from evaluate.inference.row import estimate_row
from evaluate.inference.t import t_quantile

AT_POPULATION = "change of somebody who started at the population's mean, no comparison"
ENOUGH = 10
_LEVEL = 0.05
# Schulz & Grimes (2002), The Lancet 359(9308): below 5 % little, above 20 % a serious threat.
FEW_LOST, MANY_LOST = 0.05, 0.20


@dataclass(frozen=True, slots=True)
class Asked:
    """What a group before and after is judged by.

    Attributes
    ----------
    columns : BeforeAfterColumns
        Where the group and its times are.
    covariates : tuple of str
        Numeric columns.
    std_error : str
        The headline's estimator.
    chosen : bool or None
        Whether the group was chosen because of its outcome before.
    population : float or None
        Mean before of those it was chosen from.
    question : tuple of Estimand and Settings
        What is asked for, and how.
    """

    columns: BeforeAfterColumns
    covariates: tuple[str, ...]
    std_error: str
    chosen: bool | None
    population: float | None
    question: tuple[Estimand, Settings]


def diagnose(
    sample: Sample, asked: Asked, headline: Estimate, units: Units | None
) -> tuple[tuple[Check, ...], tuple[Table, ...], tuple[Estimate, ...]]:
    """Return checks, tables and rows beside.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    asked : Asked
        What is judged.
    headline : Estimate
        The change.
    units : Units or None
        Those that are seen both times.
    """
    chosen, beside = regression_to_mean(asked, headline, units)
    checks = [
        comparison(),
        clusters(headline),
        composition(sample, asked.columns, asked.covariates, units),
        chosen,
        trend(sample, asked, headline),
        attrition(sample, asked.columns),
        *_no_subgroups(asked.question[1]),
    ]
    return tuple(checks), (groups_table(sample, asked.columns, units),), beside


def _no_subgroups(settings: Settings) -> Iterator[Check]:
    if settings.subgroups:
        text = "Changes by subgroup are not made: add an analysis of each group's rows."
        yield Check("subgroups", "not_run", text)


def comparison() -> Check:
    """Return what no group before and after has."""
    text = (
        "There is no comparison group: whatever else changed at the same time is in this change,"
        " so that it is a description, not an effect."
    )
    return Check("comparison", "failed", text)


def clusters(headline: Estimate) -> Check:
    """Return whether enough units or clusters carry the interval.

    Parameters
    ----------
    headline : Estimate
        The change.
    """
    number, df = headline.n_clusters, headline.df or 0.0
    if number is None:
        text = f"Uncertainty is over {headline.n_obs} rows, of other people each time."
        return Check("clusters", "passed" if df >= ENOUGH else "failed", text)
    result: CheckResult = "passed" if number >= ENOUGH and df >= ENOUGH - 1 else "failed"
    text = (
        f"Uncertainty is over {number} units or clusters, which leave {df:.1f} degrees of"
        f" freedom; from {ENOUGH} on the interval is taken to hold."
    )
    return Check("clusters", result, text)


def regression_to_mean(
    asked: Asked, headline: Estimate, units: Units | None
) -> tuple[Check, tuple[Estimate, ...]]:
    """Return whether the change may come from having chosen people at a low, or at a high.

    Parameters
    ----------
    asked : Asked
        Whether the group was chosen, and from whom.
    headline : Estimate
        The change.
    units : Units or None
        Those that are seen both times.
    """
    name = "regression_to_mean"
    if asked.chosen is False:
        text = "The study says that the group was not chosen because of its outcome."
        return Check(name, "passed", text), ()
    if asked.population is None or units is None:
        if asked.chosen is None:
            text = (
                "Whether the group was chosen because of its outcome is not said: people who are"
                " chosen at a low rise without any programme."
            )
            return Check(name, "not_run", text), ()
        text = (
            "The group was chosen because of its outcome before, so that part of the change, of"
            " unknown size, comes by itself; it can be taken off where the mean of all that it was"
            " chosen from is known and the same units are followed."
        )
        return Check(name, "uninformative", text), ()
    try:
        row = _at_population(asked, headline, units)
    except Refused as refused:
        return Check(name, "not_run", f"What the choice gives cannot be told: {refused.why}."), ()
    text = (
        f"With what the choice gives by itself taken off, the change is {row.estimate:.3g}"
        f" ({row.conf_low:.3g} to {row.conf_high:.3g}) in place of {headline.estimate:.3g}."
    )
    if headline.conf_low <= 0 <= headline.conf_high:
        return Check(name, "uninformative", text), (row,)
    left = row.conf_low > 0 if headline.estimate > 0 else row.conf_high < 0
    return Check(name, "passed" if left else "failed", text), (row,)


def _at_population(asked: Asked, headline: Estimate, units: Units) -> Estimate:
    kept = units.both
    cluster = units.cluster[kept] if asked.columns.cluster else None
    mean = (asked.population or 0.0) - units.centre
    conf_level = asked.question[1].conf_level
    found = mee_chua(units.before[kept], units.after[kept], mean, cluster, conf_level)
    row = estimate_row(
        found.change,
        Spread(found.std_error, found.df),
        asked.question[0],
        conf_level,
        n_obs=headline.n_obs,
        n_treated=headline.n_treated,
        n_clusters=headline.n_clusters,
        method=AT_POPULATION,
        std_error_method="CR2" if cluster is not None else "classical",
    )
    return replace(row, role="beside")


def trend(sample: Sample, asked: Asked, headline: Estimate) -> Check:
    """Return whether what the group did before the start would have given the change.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    asked : Asked
        Names the period.
    headline : Estimate
        The change.
    """
    name = "trend_before"
    if asked.columns.time is None:
        text = "No column names the period, so that nobody sees what the group did before."
        return Check(name, "not_run", text)
    try:
        found = trend_before(sample, asked.columns, asked.question[1].conf_level)
    except Refused as refused:
        return Check(name, "not_run", f"The trend before is not known: {refused.why}.")
    expected, low, high = found.drawn_on
    text = (
        f"The line before the start, drawn on, gives a change of {expected:.3g}"
        f" ({low:.3g} to {high:.3g}) by itself; the change is {headline.estimate:.3g}."
    )
    if found.p_value < _LEVEL:
        return Check(name, "failed", text)
    # A trend that alone would give the whole change ought to have been found.
    error = (high - low) / 2 / t_quantile((1 + headline.conf_level) / 2, None)
    least = (t_quantile(1 - _LEVEL / 2, None) + t_quantile(0.8, None)) * error
    result: CheckResult = "passed" if least <= abs(headline.estimate) else "uninformative"
    return Check(name, result, text)


def attrition(sample: Sample, columns: BeforeAfterColumns) -> Check:
    """Return whether outcomes are missing before or after the start.

    Parameters
    ----------
    sample : Sample
        The analysis's rows, those without an outcome too.
    columns : BeforeAfterColumns
        Where the group and its times are.
    """
    by = (columns.treated, columns.post)
    there, used = sample.assigned(by), sample.count(by)
    lost = []
    for side in (0.0, 1.0):
        every, kept = (
            int(one.n[(one.labels[by[0]] == 1) & (one.labels[by[1]] == side)].sum())
            for one in (there, used)
        )
        lost.append(1 - kept / every)
    text = f"Of rows before the start {lost[0]:.1%} lack the outcome, of those after {lost[1]:.1%}."
    worst = max(lost)
    result: CheckResult = "uninformative" if worst <= MANY_LOST else "failed"
    if np.isclose(worst, 0):
        text = (
            "Every row has the outcome; people who were lost before the data were made cannot be"
            " seen."
        )
    return Check("attrition", "passed" if worst <= FEW_LOST else result, text)
