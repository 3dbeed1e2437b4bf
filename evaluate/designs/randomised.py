"""Randomised trial, of individuals or of clusters.

Chance decided who was offered the programme, so the comparison group's mean outcome stands
for what the treated group's would have been: Neyman (1923), Statistical Science 5(4), 1990;
Gerber & Green (2012), Field Experiments, chapters 2 to 4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome, ClusterSize
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.trial import Shape, draw_trial
from evaluate.checks.few import judge
from evaluate.checks.icc import means_row
from evaluate.checks.inference import inference_table
from evaluate.checks.late import late_row, of_offer
from evaluate.checks.model import arms_refused
from evaluate.checks.subgroups import subgroups
from evaluate.checks.trial import diagnose
from evaluate.core import Estimand, Estimate, Settings, Strict
from evaluate.data.sample import Sample
from evaluate.design import Design, Result, Simulated, column
from evaluate.errors import Refused
from evaluate.inference.arm_rows import arm_rows
from evaluate.inference.assignment import Columns
from evaluate.inference.clustered import CLUSTER_STD_ERRORS
from evaluate.inference.individual import INDIVIDUAL_STD_ERRORS
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.trial import Trial, read_trial
from evaluate.inference.trial_rows import effect_rows, fit_rows

RESAMPLED = ("wild", "randomisation")  # rows of the table of tests, never a headline


class Randomised(Strict):
    """Fields of ``design: {randomised: …}``."""

    treated: str = column(
        "treatment", "Column: 1 where the programme was offered by chance, 0 where it was not."
    )
    arms: str | None = column(
        "arm",
        "Column of the name of the programme that was offered, where there are several; rows"
        " that are not treated all have one name.",
        default=None,
    )
    cluster: str | None = column(
        "cluster",
        "Column of the unit that was assigned, such as the school; without it, individuals.",
        default=None,
    )
    strata: str | None = column(
        "stratum", "Column of the blocks within which chance decided.", default=None
    )
    period: str | None = column(
        "time",
        "Column of the period, where clusters begin at different times: a stepped wedge or a"
        " waiting list.",
        default=None,
    )
    covariates: tuple[str, ...] = column(
        "covariate",
        "Columns measured before the programme: for balance and for adjustment.",
        default=(),
    )
    weights: str | None = column("weight", "Column of the rows' weights.", default=None)
    weights_kind: Literal["frequency", "inverse_variance", "probability"] = Field(
        default="probability",
        description="What the weights are: how many like rows a row stands for, how precise its"
        " outcome is, or one over its probability of being in the data.",
    )
    received: str | None = column(
        "received",
        "Column: 1 for those who took part; with it the effect of taking part is estimated.",
        default=None,
    )


def estimate(spec: Randomised, sample: Sample, estimand: Estimand, settings: Settings) -> Result:
    """Return the effect of the offer, its checks and its tables.

    The headline is the difference in means; by default fully interacted with the strata and
    covariates that are given, so that strata count by their size, or additive where an arm
    has a single assigned unit in a stratum, whose residual would vanish. Beside an adjusted
    row stands the same without covariates. Standard errors are HC2 for individuals and CR2
    for clusters, with Bell and McCaffrey's and Satterthwaite's degrees of freedom; others
    stand beside when asked for. The check of clusters goes by the default's.

    Parameters
    ----------
    spec : Randomised
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
        ``unknown_std_error`` and the codes of ``read_trial``, ``fit_rows``.
    """
    names, default = _std_errors(spec, settings), std_errors(spec)[0]
    trial = _trial(spec, sample, (estimand, settings), names)
    fitted, rows, others = fit_rows(trial)
    df = _default_df(trial, fitted, rows[0], default)
    asked = [name for name in RESAMPLED if name in settings.std_errors]
    asked = [] if settings.headline_only else asked
    judged = judge(trial, fitted, rows, df, chosen=_chosen(names, default), asked=asked)
    estimates, tests = [*judged.rows, *others], list(judged.tests)
    support = judged.support
    received = spec.received if estimand.summary == "LATE" else None
    taking = late_row(trial, fitted, estimand, received, (support, asked)) if received else None
    if settings.headline_only:
        return _alone((taking.rows if taking else judged.rows)[0])
    judged_by = taking.support if taking else support
    checks, tables = diagnose(trial, fitted, judged.rows[0], judged_by, offered=taking is not None)
    means = means_row(trial)
    estimates += [means] if means else []
    if taking:
        estimates = [*taking.rows, *(replace(one, role="beside") for one in estimates)]
        checks, tests = (*checks, taking.check), [*of_offer(tests), *taking.tests]
    if len(trial.assignment.labels) > 1:
        found, refused = arm_rows(trial, default=names[0] == default)
        estimates, checks = [*estimates, *found], (*checks, *arms_refused(refused))
    differing, subgroups_table = subgroups(trial, fitted)
    beside = inference_table(tests, estimand.unit) if len(tests) > len(names) else None
    added = tuple(table for table in (beside, subgroups_table) if table is not None)
    return Result(
        estimates=(*estimates, *differing),
        covariance=_alone(estimates[0]).covariance,
        checks=checks,
        tables=(*tables, *added),
        draws={} if received else judged.joint,  # those are the offer's
    )


def _alone(headline: Estimate) -> Result:
    return Result((headline,), np.array([[headline.std_error**2]]))


def _trial(
    spec: Randomised,
    sample: Sample,
    question: tuple[Estimand, Settings],
    names: tuple[str, ...],
) -> Trial:
    chance = question[1].probability
    columns = Columns(
        treated=spec.treated,
        cluster=spec.cluster,
        strata=spec.strata,
        arm=spec.arms,
        period=spec.period,
        probability=chance if isinstance(chance, str) else None,
        weights=spec.weights,
        kind=spec.weights_kind,
    )
    late = question[0].summary == "LATE"
    further = (spec.received,) if late and spec.received else ()
    if late and not further:
        raise Refused(
            "nothing_received",
            "the effect of taking part is asked for, but no column says who took part",
            "name the column under received, or ask for ITT",
        )
    offer = replace(question[0], summary="ITT") if late else question[0]
    asked = (offer, question[1])
    covariates = sample.expand(spec.covariates)
    return read_trial(sample, asked, columns, covariates, names, further=further)


def _chosen(names: tuple[str, ...], default: str) -> str | None:
    return names[0] if names[0] != default else None


def _default_df(trial: Trial, fitted: TreatmentFit, first: Estimate, default: str) -> float:
    """Return the default estimator's degrees of freedom, 0 where it has none."""
    if trial.std_errors[0] == default:
        return first.df or 0.0
    try:
        (row,) = effect_rows(trial, fitted, (default,), headline=False)
    except Refused:
        return 0.0
    return row.df or 0.0


def std_errors(spec: Randomised) -> tuple[str, ...]:
    """Return the standard errors for the assigned unit, the default first, and further tests."""
    names, default = (CLUSTER_STD_ERRORS, "CR2") if spec.cluster else (INDIVIDUAL_STD_ERRORS, "HC2")
    tests = RESAMPLED if spec.cluster else RESAMPLED[1:]
    return tuple(dict.fromkeys((default, *names, *tests)))


def _std_errors(spec: Randomised, settings: Settings) -> tuple[str, ...]:
    allowed = std_errors(spec)
    unknown = [name for name in settings.std_errors if name not in allowed]
    if unknown:
        unit = "clusters" if spec.cluster else "individuals"
        raise Refused(
            "unknown_std_error",
            f"{', '.join(unknown)}: not a standard error for {unit} assigned by chance",
            f"choose among {', '.join(allowed)}",
        )
    asked = [name for name in settings.std_errors if name not in RESAMPLED]
    return tuple(dict.fromkeys(asked)) or allowed[:1]


def simulate(
    spec: Randomised, scenario: Scenario, rng: np.random.Generator
) -> Simulated[Randomised]:
    """Draw a trial with attrition from a study's assumptions.

    Parameters
    ----------
    spec : Randomised
        Columns to draw.
    scenario : Scenario
        What is assumed; with a period, the treated clusters begin spread over all periods but
        the first, and the others never.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    wanted = replace(scenario, covariates=_all_covariates(spec, scenario))
    drawn = draw_trial(wanted, rng, _shape(spec))
    data: dict[str, NDArray[Any]] = {spec.treated: drawn.treated, **drawn.values}
    text = {spec.cluster: drawn.cluster, spec.strata: drawn.stratum, spec.arms: drawn.arm}
    data |= {name: values for name, values in text.items() if name is not None}
    numbers = {spec.period: drawn.period, spec.received: drawn.received, spec.weights: drawn.weight}
    data |= {name: values for name, values in numbers.items() if name is not None}
    truth = {name: one.effect for name, one in scenario.outcomes.items()}
    return Simulated(data, spec, truth)


def _all_covariates(spec: Randomised, scenario: Scenario) -> dict[str, AssumedCovariate]:
    """Add the design's covariates that nothing is assumed of: they explain nothing."""
    return {name: AssumedCovariate(sd=1) for name in spec.covariates} | dict(scenario.covariates)


def _shape(spec: Randomised) -> Shape:
    return Shape(
        cluster=spec.cluster,
        strata=spec.strata,
        rollout=spec.period is not None,
        arms=spec.arms is not None,
        weights=spec.weights_kind if spec.weights else None,
    )


EXAMPLE = (
    Randomised(treated="treated", cluster="school", strata="block", covariates=("grade",)),
    Scenario(
        units=30,
        size=ClusterSize(mean=16, sd=5),
        strata=2,
        outcomes={"outcome": AssumedOutcome(baseline=2, effect=1, sd=1.4, icc=0.15, missing=0.05)},
        covariates={"grade": AssumedCovariate(mean=0, sd=1, strength=0.4)},
    ),
)

DESIGN = Design(
    name="randomised",
    title="Randomised trial",
    spec=Randomised,
    estimands=frozenset({"ATE", "ITT", "LATE"}),
    rung=5,
    needs={4: frozenset({"attrition", "clusters"}), 5: frozenset({"balance", "sensitivity"})},
    std_errors=std_errors,
    estimate=estimate,
    simulate=simulate,
    example=EXAMPLE,
    kind="randomised",
)
