"""Roll-out in waves: units begin at different times, and are compared with those that have not.

Each cohort's change since before it began stands against the change of units that have not
begun: Callaway & Sant'Anna (2021), Journal of Econometrics 225(2). Plain two-way regressions
compare with units that already are treated (Goodman-Bacon 2021), and stand only beside.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome
from evaluate.assumptions.rollout import RolloutShape, draw_rollout
from evaluate.assumptions.scenario import Scenario, Wave
from evaluate.checks.rollout import diagnose
from evaluate.checks.rollout_adjusted import adjusted_beside
from evaluate.checks.rollout_lead import lead
from evaluate.core import Check, Estimand, Settings, Strict
from evaluate.data.paths import PanelColumns
from evaluate.data.sample import Sample
from evaluate.design import Design, Result, Simulated, column
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.staggered import Asked, read_rollout

STD_ERRORS = ("influence function", "leave-one-cluster-out")


class FirstTreated(Strict):
    """When a unit is first treated."""

    column: str = column(
        "start", "Column of the first period in which the row's unit is treated, always the same."
    )
    never: str | int = Field(description="Code of units that are never treated, such as 0.")


class Staggered(Strict):
    """Fields of ``design: {staggered: …}``."""

    time: str = column("time", "Column of the row's period.")
    first_treated: FirstTreated = Field(
        description="When the row's unit is first treated: {column: …, never: CODE}."
    )
    unit: str | None = column(
        "unit",
        "Column of the unit that is seen again and again; without it each period has other people.",
        default=None,
    )
    cluster: str | None = column(
        "cluster",
        "Column of the unit that was assigned, such as the municipality; by default the unit.",
        default=None,
    )
    comparison: Literal["never", "not_yet"] = Field(
        default="never",
        description="With whom each cohort is compared: those never treated, or all that are not"
        " yet treated.",
    )
    covariates: tuple[str, ...] = column(
        "covariate", "Columns that treated and comparison units are made alike in.", default=()
    )
    covariates_by: Literal["doubly_robust", "regression", "weighting"] = Field(
        default="doubly_robust", description="How: by both, by outcomes, or by propensities."
    )
    anticipation: int = Field(
        default=0, ge=0, le=50, description="Periods before the start in which people may react."
    )
    base: Literal["varying", "universal"] = Field(
        default="varying",
        description="Before the start, compare with the period before, or always with the last one"
        " before the start.",
    )
    incomplete: Literal["pairs", "drop", "levels"] = Field(
        default="pairs",
        description="Units that are not there in every period: use each pair of periods in which"
        " they are, leave them out, or compare levels as if units changed.",
    )
    estimator: Literal["group_time", "imputation", "sun_abraham", "twfe"] = Field(
        default="group_time", description="What gives the headline; the others stand beside."
    )
    concurrent: tuple[str, ...] = column(
        "concurrent",
        "Columns that are 1 for comparison units with another programme at the time; each group"
        " is left out in turn.",
        default=(),
    )


def estimate(spec: Staggered, sample: Sample, estimand: Estimand, settings: Settings) -> Result:
    """Return the effect on the treated, by cohort, period and time since the start.

    Parameters
    ----------
    spec : Staggered
        Columns and options.
    sample : Sample
        The analysis's rows.
    estimand : Estimand
        What is asked for.
    settings : Settings
        Level of confidence, draws and random streams.

    Raises
    ------
    Refused
        ``interacted_over_periods``, and the codes of ``read_rollout`` and ``lead``.
    """
    asked = asked_of(spec, sample)
    if settings.adjustment == "interacted":
        raise Refused(
            "interacted_over_periods",
            "over periods covariates enter as covariates_by says, and not by arm",
            "delete adjustment",
        )
    if settings.adjustment == "none":
        asked = replace(asked, covariates=())
    rolled = read_rollout(sample, asked)
    led = lead(sample, rolled, (estimand, settings), spec.estimator)
    covariance = np.array([[led.rows[0].std_error ** 2]])
    if settings.headline_only:
        return Result(led.rows[:1], covariance)
    used = rolled.plain() if led.sides.few else rolled
    found = diagnose(sample, used, led, spec.estimator, spec.concurrent)
    rows, checks = found.rows, found.checks
    if settings.subgroups:
        checks = (*checks, _NO_SUBGROUPS)
    if led.sides.few and asked.covariates:
        adjusted, check = adjusted_beside(rolled, led)
        rows, checks = (*rows, *adjusted), (*checks, check)
    return Result(
        rows,
        covariance,
        terms=found.terms,
        together=found.covariance,
        checks=checks,
        tables=found.tables,
    )


_NO_SUBGROUPS = Check(
    "subgroups",
    "not_run",
    "Effects by subgroup are not made for roll-outs: add an analysis of each group's rows.",
)


def asked_of(spec: Staggered, sample: Sample) -> Asked:
    """Return the question that a design's fields ask.

    Parameters
    ----------
    spec : Staggered
        Columns and options.
    sample : Sample
        Knows which covariates are text.

    Raises
    ------
    Refused
        ``no_unit`` when neither unit nor cluster is named.
    """
    if spec.unit is None and spec.cluster is None:
        raise Refused(
            "no_unit",
            "neither the unit nor the cluster that was assigned is named, so that it is unknown"
            " what the programme was given to",
            "name the column of the unit, or of the cluster, in the design",
        )
    return Asked(
        columns=PanelColumns(
            time=spec.time,
            first_treated=spec.first_treated.column,
            never=str(spec.first_treated.never),
            unit=spec.unit,
            cluster=spec.cluster,
        ),
        contrast=Contrast(spec.comparison, spec.base, spec.anticipation),
        covariates=sample.expand(spec.covariates),
        covariates_by=spec.covariates_by,
        incomplete=spec.incomplete,
    )


def std_errors(spec: Staggered) -> tuple[str, ...]:
    """Return the standard errors that the design offers, its default first."""
    return STD_ERRORS


def simulate(spec: Staggered, scenario: Scenario, rng: np.random.Generator) -> Simulated[Staggered]:
    """Draw a roll-out from a study's assumptions.

    Parameters
    ----------
    spec : Staggered
        Columns to draw.
    scenario : Scenario
        What is assumed; units begin in its waves, or spread over all periods but the first.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    known = {name: AssumedCovariate(sd=1) for name in spec.covariates} | dict(scenario.covariates)
    wanted = replace(scenario, covariates=known)
    people = scenario.size is not None
    cluster = spec.cluster if spec.cluster != spec.unit else None
    shape = RolloutShape(unit=spec.unit, cluster=cluster if people else None)
    drawn = draw_rollout(wanted, rng, shape)
    never = spec.first_treated.never
    first: NDArray[Any] = drawn.first
    if isinstance(never, str):
        first = np.where(drawn.first > 0, drawn.first.astype(int).astype(str), never)
    elif never != 0:
        first = np.where(drawn.first > 0, drawn.first, float(never))
    data: dict[str, NDArray[Any]] = {
        spec.time: drawn.time,
        spec.first_treated.column: first,
        **drawn.values,
    }
    if spec.unit:
        data[spec.unit] = drawn.unit
    if spec.cluster and spec.cluster != spec.unit:
        data[spec.cluster] = drawn.cluster if shape.cluster else drawn.unit
    data |= {name: np.zeros(len(drawn.time)) for name in spec.concurrent}
    return Simulated(data, spec, drawn.truth)


EXAMPLE = (
    Staggered(
        time="year",
        first_treated=FirstTreated(column="first_year", never=0),
        unit="municipality",
    ),
    Scenario(
        units=60,
        size=None,
        periods=5,
        treated_share=0.5,
        waves=(Wave(period=3, share=0.25), Wave(period=4, share=0.25)),
        outcomes={"outcome": AssumedOutcome(baseline=20, effect=1, sd=1.5, autocorrelation=0.6)},
    ),
)

DESIGN = Design(
    name="staggered",
    title="Roll-out in waves",
    spec=Staggered,
    estimands=frozenset({"ATT"}),
    rung=5,
    needs={
        4: frozenset({"clusters", "composition"}),
        5: frozenset({"pretrends", "placebos", "sensitivity"}),
    },
    std_errors=std_errors,
    estimate=estimate,
    simulate=simulate,
    example=EXAMPLE,
    kind="over_time",
)
