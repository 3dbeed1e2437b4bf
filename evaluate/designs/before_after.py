"""One group before and after a start: a description, and never an effect.

There is no counterfactual: whatever else changed at the time is in the change. Campbell &
Stanley (1963), Experimental and Quasi-Experimental Designs for Research, design 2, list what
may stand behind it: history, maturation, testing, instrumentation, regression, mortality.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome, ClusterSize
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.two_groups import GroupsShape, draw_two_groups
from evaluate.checks.before_after import Asked, diagnose
from evaluate.core import Estimand, Estimate, Settings, Strict
from evaluate.data.sample import Sample
from evaluate.design import Design, Result, Simulated, column
from evaluate.errors import Refused
from evaluate.inference.before_after import (
    CROSSED,
    PAIRED,
    BeforeAfterColumns,
    Changed,
    paired,
    read_units,
    require_two_times,
)
from evaluate.inference.before_after_crossed import crossed
from evaluate.inference.clustered import CLUSTER_STD_ERRORS
from evaluate.inference.individual import INDIVIDUAL_STD_ERRORS
from evaluate.inference.row import estimate_row


class BeforeAfter(Strict):
    """Fields of ``design: {before_after: …}``."""

    treated: str = column(
        "treatment",
        "Column: 1 for the programme's group, before and after its start; other rows are left out.",
    )
    post: str = column("treatment", "Column: 1 from the start, 0 before.")
    unit: str | None = column(
        "unit",
        "Column of what is seen before and after, such as the person: changes are then those of"
        " the same units; without it, other people are seen each time.",
        default=None,
    )
    cluster: str | None = column(
        "cluster",
        "Column of what units belong to, such as the organiser: uncertainty is over these.",
        default=None,
    )
    time: str | None = column(
        "time",
        "Column of the period, where there are several before the start: for the trend before.",
        default=None,
    )
    covariates: tuple[str, ...] = column(
        "covariate",
        "Columns to see by whether the same kind of people are there before and after.",
        default=(),
    )
    chosen_by_outcome: bool | None = Field(
        default=None,
        description="Whether the group was chosen because of its outcome before; leave it out"
        " where that is not known.",
    )
    population_mean: float | None = Field(
        default=None,
        description="Mean outcome before of all that the group was chosen from: with `unit`, what"
        " the choice gives by itself is taken off in a row beside.",
    )


def estimate(spec: BeforeAfter, sample: Sample, estimand: Estimand, settings: Settings) -> Result:
    """Return the change of the programme's group, its checks and its tables.

    With ``unit`` it is the mean change of those with both values, each counted once; else the
    difference of means after and before.

    Parameters
    ----------
    spec : BeforeAfter
        Columns.
    sample : Sample
        The analysis's rows.
    estimand : Estimand
        ``descriptive``.
    settings : Settings
        Standard errors and level of confidence.

    Raises
    ------
    Refused
        ``nothing_to_compare`` when adjustment is asked for; ``unknown_std_error``; and the codes
        of ``require_two_times``, ``read_units``, ``paired`` and ``crossed``.
    """
    if settings.adjustment in {"additive", "interacted"}:
        raise Refused(
            "nothing_to_compare",
            "there is one group, so that covariates cannot make groups alike",
            "delete adjustment",
        )
    names, columns = _std_errors(spec, settings), columns_of(spec)
    require_two_times(sample, columns)
    units = read_units(sample, columns) if spec.unit else None
    found = [
        crossed(sample, columns, sample.outcome, name) if units is None else paired(units, name)
        for name in names
    ]
    method = CROSSED if units is None else PAIRED
    rows = [
        _row(one, name, method, (estimand, settings))
        for one, name in zip(found, names, strict=True)
    ]
    rows = [rows[0], *(replace(one, role="beside") for one in rows[1:])]
    covariance = np.array([[rows[0].std_error ** 2]])
    if settings.headline_only:
        return Result((rows[0],), covariance)
    asked = Asked(
        columns,
        sample.expand(spec.covariates),
        names[0],
        spec.chosen_by_outcome,
        spec.population_mean,
        (estimand, settings),
    )
    checks, tables, beside = diagnose(sample, asked, rows[0], units)
    return Result((*rows, *beside), covariance, checks=checks, tables=tables)


def columns_of(spec: BeforeAfter) -> BeforeAfterColumns:
    """Return which columns a design's fields name."""
    return BeforeAfterColumns(spec.treated, spec.post, spec.unit, spec.cluster, spec.time)


def _row(found: Changed, name: str, method: str, question: tuple[Estimand, Settings]) -> Estimate:
    estimand, settings = question
    return estimate_row(
        found.value,
        found.spread,
        estimand,
        settings.conf_level,
        n_obs=found.n_obs,
        n_treated=found.n_after,
        n_clusters=found.n_clusters,
        method=method,
        std_error_method=name,
    )


def std_errors(spec: BeforeAfter) -> tuple[str, ...]:
    """Return the standard errors for what uncertainty is over, the default first."""
    if spec.unit or spec.cluster:
        return tuple(dict.fromkeys(("CR2", *CLUSTER_STD_ERRORS)))
    return tuple(dict.fromkeys(("HC2", *INDIVIDUAL_STD_ERRORS)))


def _std_errors(spec: BeforeAfter, settings: Settings) -> tuple[str, ...]:
    allowed = std_errors(spec)
    unknown = [name for name in settings.std_errors if name not in allowed]
    if unknown:
        raise Refused(
            "unknown_std_error",
            f"{', '.join(unknown)}: not a standard error for one group before and after",
            f"choose among {', '.join(allowed)}",
        )
    return tuple(dict.fromkeys(settings.std_errors)) or allowed[:1]


def simulate(
    spec: BeforeAfter, scenario: Scenario, rng: np.random.Generator
) -> Simulated[BeforeAfter]:
    """Draw one group before and after from a study's assumptions.

    Parameters
    ----------
    spec : BeforeAfter
        Columns to draw.
    scenario : Scenario
        What is assumed; all units are of the programme's group. The truth is the whole change:
        the effect and what the trend gives without it.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    more = {name: AssumedCovariate(sd=1) for name in spec.covariates}
    covariates = more | dict(scenario.covariates)
    # Drawn with as many that never begin, who are left out again.
    wanted = replace(scenario, covariates=covariates, units=2 * scenario.units, treated_share=0.5)
    drawn = draw_two_groups(wanted, rng, GroupsShape(spec.unit, spec.cluster))
    kept = drawn.treated == 1
    named: dict[str | None, NDArray[Any]] = {
        spec.treated: drawn.treated,
        spec.post: drawn.post,
        spec.unit: drawn.unit,
        spec.cluster: drawn.cluster,
        spec.time: drawn.time,
    }
    data = {name: values[kept] for name, values in named.items() if name is not None}
    data |= {name: values[kept] for name, values in drawn.values.items()}
    periods = np.unique(drawn.time)
    start = drawn.time[drawn.post == 1].min()
    apart = float(periods[periods >= start].mean() - periods[periods < start].mean())
    truth = {
        name: value + apart * (scenario.outcomes[name].trend + scenario.outcomes[name].diverging)
        for name, value in drawn.truth.items()
    }
    return Simulated(data, spec, truth)


EXAMPLE = (
    BeforeAfter(
        treated="participant",
        post="after",
        unit="person",
        cluster="organiser",
        covariates=("experience",),
        chosen_by_outcome=False,
    ),
    Scenario(
        units=30,
        size=ClusterSize(mean=10, sd=3),
        periods=2,
        outcomes={
            "outcome": AssumedOutcome(
                baseline=3, effect=1, sd=1.2, icc=0.15, autocorrelation=0.5, missing=0.05
            )
        },
        covariates={"experience": AssumedCovariate(mean=0, sd=1, strength=0.3)},
    ),
)

DESIGN = Design(
    name="before_after",
    title="Before and after, without a comparison",
    spec=BeforeAfter,
    estimands=frozenset({"descriptive"}),
    rung=3,
    needs={},
    std_errors=std_errors,
    estimate=estimate,
    simulate=simulate,
    example=EXAMPLE,
    kind="descriptive",
)
