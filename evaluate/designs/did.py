"""Difference in differences: two groups before and after one start.

The comparison group's change stands for the change that the programme's group would have seen
without it: Card & Krueger (1994), American Economic Review 84(4); Wooldridge (2020),
Introductory Econometrics, chapter 13.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome, ClusterSize
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.two_groups import GroupsShape, draw_two_groups, weigh
from evaluate.checks.did import diagnose
from evaluate.checks.few import judge
from evaluate.checks.inference import inference_table
from evaluate.core import Estimand, Estimate, Settings, Strict
from evaluate.data.sample import Sample
from evaluate.design import Design, Result, Simulated, column
from evaluate.errors import Refused
from evaluate.inference.clustered import CLUSTER_STD_ERRORS
from evaluate.inference.did import Did as Read
from evaluate.inference.did import read_did
from evaluate.inference.did_alone import change_alone
from evaluate.inference.did_columns import DidColumns
from evaluate.inference.did_events import Events, read_events
from evaluate.inference.did_fit import fit_did
from evaluate.inference.did_refits import exchange_groups
from evaluate.inference.did_rows import (
    CLASSICAL,
    effect_rows,
    event_rows,
    std_errors_of,
)
from evaluate.inference.individual import INDIVIDUAL_STD_ERRORS
from evaluate.inference.treatment import TreatmentFit

RESAMPLED = ("wild", "randomisation")  # rows of the table of tests, never a headline


class Did(Strict):
    """Fields of ``design: {did: …}``."""

    treated: str = column(
        "treatment",
        "Column: 1 in all periods for units of the programme's group, also before it started; 0"
        " for the comparison group.",
    )
    post: str = column(
        "treatment", "Column: 1 for both groups in periods from the start, 0 in those before."
    )
    unit: str | None = column(
        "unit",
        "Column of the units that are seen before and after, such as the pupil or the"
        " municipality; each gets its own intercept.",
        default=None,
    )
    cluster: str | None = column(
        "cluster",
        "Column of the unit that was assigned, such as the municipality; without it, `unit`.",
        default=None,
    )
    time: str | None = column(
        "time",
        "Column of the period of a row, where there are more than two: for the groups' paths and"
        " the tests of what they did before the start.",
        default=None,
    )
    covariates: tuple[str, ...] = column(
        "covariate",
        "Columns to hold constant that the programme does not change.",
        default=(),
    )
    weights: str | None = column("weight", "Column of the rows' weights.", default=None)
    weights_kind: Literal["frequency", "inverse_variance", "probability"] = Field(
        default="probability",
        description="What the weights are: how many like rows a row stands for, how precise its"
        " outcome is, or one over its probability of being in the data.",
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Did:
        if self.unit is None and self.cluster is None:
            raise ValueError(
                "neither `unit` nor `cluster` is given; name the unit that is seen again, or"
                " what was assigned"
            )
        return self


def estimate(spec: Did, sample: Sample, estimand: Estimand, settings: Settings) -> Result:
    """Return the effect on the treated, its checks and its tables.

    The headline is the change in the programme's group less that in the comparison group,
    with covariates additive where they are given. Beside it stand the same without covariates
    and the change in the programme's group alone, which is no effect.

    Parameters
    ----------
    spec : Did
        Columns.
    sample : Sample
        The analysis's rows.
    estimand : Estimand
        What is asked for.
    settings : Settings
        Adjustment, standard errors and level of confidence.

    Raises
    ------
    Refused
        ``unknown_std_error`` and the codes of ``read_did``, ``effect_rows`` and ``judge``.
    """
    asked, default = _std_errors(spec, settings), std_errors(spec)[:1]
    columns = _columns(spec)
    covariates = sample.expand(spec.covariates)
    did = read_did(sample, (estimand, settings), columns, covariates, asked)
    names, (usual,) = std_errors_of(did, asked), std_errors_of(did, default)
    fitted = fit_did(did)
    rows = effect_rows(did, fitted, names, headline=True)
    tests = [name for name in RESAMPLED if name in settings.std_errors]
    judged = judge(
        did.trial,
        fitted,
        tuple(rows),
        _default_df(did, fitted, rows[0], usual),
        chosen=names[0] if names[0] != usual else None,
        asked=[] if settings.headline_only else tests,
        permute=partial(exchange_groups, did, fitted),
    )
    if settings.headline_only:
        return Result(judged.rows[:1], _covariance(judged.rows[0]))
    events = _events(did, fitted)
    checks, tables = diagnose(did, fitted, judged.rows[0], judged.support, events)
    beside = _beside(did, fitted, names[0], events, judged.rows[0].method)
    enough = len(judged.tests) > len(names)
    table = inference_table(judged.tests, estimand.unit) if enough else None
    return Result(
        estimates=(*judged.rows, *beside),
        covariance=_covariance(judged.rows[0]),
        checks=checks,
        tables=(*tables, *((table,) if table else ())),
        draws=judged.joint,
    )


def _covariance(headline: Estimate) -> NDArray[np.float64]:
    return np.array([[headline.std_error**2]])


def _columns(spec: Did) -> DidColumns:
    return DidColumns(
        treated=spec.treated,
        post=spec.post,
        unit=spec.unit,
        cluster=spec.cluster,
        time=spec.time,
        weights=spec.weights,
        kind=spec.weights_kind,
    )


def _default_df(did: Read, fitted: TreatmentFit, first: Estimate, usual: str) -> float:
    """Return the default estimator's degrees of freedom, 0 where it has none."""
    if first.std_error_method == usual:
        return first.df or 0.0
    try:
        (row,) = effect_rows(did, fitted, (usual,), headline=False)
    except Refused:
        return 0.0
    return row.df or 0.0


def _events(did: Read, fitted: TreatmentFit) -> Events | Refused:
    try:
        return read_events(did, fitted)
    except Refused as refused:
        return refused


def _beside(
    did: Read, fitted: TreatmentFit, name: str, events: Events | Refused, method: str
) -> list[Estimate]:
    """Return the rows that are no headline."""
    found: list[Estimate] = []
    if fitted.covariates:
        found += effect_rows(did, fit_did(did, covariates=False), (name,), headline=False)
    alone = change_alone(did)
    found += [alone] if alone else []
    if not isinstance(events, Refused):
        found += event_rows(did, events, method)
    return found


def std_errors(spec: Did) -> tuple[str, ...]:
    """Return the standard errors for the assigned unit, the default first, and further tests.

    Where only units are named, data may hold each of them once: then those of rows are used.
    """
    of_rows = () if spec.cluster not in {None, spec.unit} else (*INDIVIDUAL_STD_ERRORS, CLASSICAL)
    return tuple(dict.fromkeys(("CR2", *CLUSTER_STD_ERRORS, *of_rows, *RESAMPLED)))


def _std_errors(spec: Did, settings: Settings) -> tuple[str, ...]:
    allowed = std_errors(spec)
    unknown = [name for name in settings.std_errors if name not in allowed]
    if unknown:
        raise Refused(
            "unknown_std_error",
            f"{', '.join(unknown)}: not a standard error for two groups over time",
            f"choose among {', '.join(allowed)}",
        )
    asked = [name for name in settings.std_errors if name not in RESAMPLED]
    return tuple(dict.fromkeys(asked)) or allowed[:1]


def simulate(spec: Did, scenario: Scenario, rng: np.random.Generator) -> Simulated[Did]:
    """Draw two groups before and after from a study's assumptions.

    Parameters
    ----------
    spec : Did
        Columns to draw.
    scenario : Scenario
        What is assumed.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    more = {name: AssumedCovariate(sd=1) for name in spec.covariates}
    wanted = replace(scenario, covariates=more | dict(scenario.covariates))
    drawn = draw_two_groups(wanted, rng, GroupsShape(spec.unit, spec.cluster))
    named: dict[str | None, NDArray[Any]] = {
        spec.treated: drawn.treated,
        spec.post: drawn.post,
        spec.unit: drawn.unit,
        spec.cluster: drawn.cluster,
        spec.time: drawn.time,
    }
    data = {name: values for name, values in named.items() if name is not None}
    if spec.weights:
        data[spec.weights] = weigh(spec.weights_kind, len(drawn.time), rng)
    return Simulated({**data, **drawn.values}, spec, drawn.truth)


EXAMPLE = (
    Did(
        treated="treated",
        post="post",
        cluster="municipality",
        time="year",
        covariates=("grade",),
    ),
    Scenario(
        units=30,
        size=ClusterSize(mean=12, sd=4),
        periods=3,
        outcomes={
            "outcome": AssumedOutcome(
                baseline=2, effect=1, sd=1.4, icc=0.15, autocorrelation=0.6, missing=0.05
            )
        },
        covariates={"grade": AssumedCovariate(mean=0, sd=1, strength=0.4)},
    ),
)

DESIGN = Design(
    name="did",
    title="Difference in differences",
    spec=Did,
    estimands=frozenset({"ATT"}),
    rung=5,
    needs={
        4: frozenset({"clusters", "composition"}),
        5: frozenset({"pretrends", "sensitivity"}),
    },
    std_errors=std_errors,
    estimate=estimate,
    simulate=simulate,
    example=EXAMPLE,
    kind="over_time",
)
