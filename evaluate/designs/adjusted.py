"""Regression on observed covariates, where nobody drew lots.

The comparison group's outcomes, at the same covariates, stand for what the treated group's
would have been. That holds where nothing else that moves the outcome also moved who was
treated: Angrist & Pischke (2009), Mostly Harmless Econometrics, section 3.2; Imbens (2004),
Review of Economics and Statistics 86(1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome, ClusterSize
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.selected import draw_selected
from evaluate.assumptions.two_groups import weigh
from evaluate.checks.few import judge
from evaluate.checks.hidden_selection import hidden_selection_of_moments
from evaluate.checks.inference import inference_table
from evaluate.checks.subgroups import not_by_subgroup
from evaluate.checks.trial import diagnose
from evaluate.core import Check, Estimand, Estimate, Settings, Strict, Table
from evaluate.data.sample import Sample
from evaluate.design import Design, Result, Simulated, column
from evaluate.errors import Refused
from evaluate.inference.assignment import Columns
from evaluate.inference.clustered import CLUSTER_STD_ERRORS
from evaluate.inference.individual import INDIVIDUAL_STD_ERRORS
from evaluate.inference.on_treated import Averaged, averaged
from evaluate.inference.treatment import fit_treatment, treatment_spreads
from evaluate.inference.trial import Trial, read_trial
from evaluate.inference.trial_rows import effect_rows, method_of


class Adjusted(Strict):
    """Fields of ``design: {adjusted: …}``."""

    treated: str = column(
        "treatment", "Column: 1 for those with the programme, 0 for the comparison group."
    )
    covariates: tuple[str, ...] = column(
        "covariate",
        "Columns measured before the programme that may have moved both who was treated and the"
        " outcome.",
        min_length=1,
    )
    cluster: str | None = column(
        "cluster",
        "Column of the unit that was treated, such as the school; without it, individuals.",
        default=None,
    )
    weights: str | None = column("weight", "Column of the rows' weights.", default=None)
    weights_kind: Literal["frequency", "inverse_variance", "probability"] = Field(
        default="probability",
        description="What the weights are: how many like rows a row stands for, how precise its"
        " outcome is, or one over its probability of being in the data.",
    )


def estimate(spec: Adjusted, sample: Sample, estimand: Estimand, settings: Settings) -> Result:
    """Return the adjusted difference, its checks and its tables.

    Additive by default: one coefficient, which is the effect where it is the same for all,
    and else a mean that weighs where both groups are most alike. Interacted, each group has
    slopes of its own, and effects are averaged over the treated (ATT) or over all (ATE). The
    unadjusted difference stands beside.

    Parameters
    ----------
    spec : Adjusted
        Columns.
    sample : Sample
        The analysis's rows.
    estimand : Estimand
        ``ATT`` or ``ATE``.
    settings : Settings
        Adjustment, standard errors and level of confidence.

    Raises
    ------
    Refused
        ``unadjusted`` when adjustment is none; ``unknown_std_error``; and the codes of
        ``read_trial``, ``fit_treatment`` and ``effect_rows``.
    """
    if settings.adjustment == "none":
        raise Refused(
            "unadjusted",
            "without adjustment those treated are set beside people unlike them",
            "delete adjustment; the plain difference stands beside in any case",
        )
    names, default = _std_errors(spec, settings), std_errors(spec)[0]
    trial = _trial(spec, sample, (estimand, settings), names)
    fit = fit_treatment(trial.assignment, trial.covariates, trial.adjustment)
    of = averaged(fit, trial.assignment, treated=estimand.summary == "ATT")
    rows = _rows(trial, of)
    covariance = np.array([[rows[0].std_error ** 2]])
    if settings.headline_only:
        return Result((rows[0],), covariance)
    chosen = names[0] if names[0] != default else None
    unlike = _not_dealt if trial.adjustment == "interacted" else None
    judged = judge(
        trial, of.fitted, rows, rows[0].df or 0.0, chosen=chosen, asked=(), permute=unlike
    )
    checks, tables = diagnose(trial, of.fitted, judged.rows[0], judged.support, fixed=True)
    unseen, shown = _unseen(spec, trial, judged.rows[0])
    checks = (*checks, *unseen, *not_by_subgroup(settings))
    tables = (*tables, *shown)
    if len(judged.tests) > len(names):
        tables = (*tables, inference_table(judged.tests, estimand.unit))
    return Result(
        (*judged.rows, _plain(trial, names[0])),
        covariance,
        checks=checks,
        tables=tables,
        draws=judged.joint,
    )


def _trial(
    spec: Adjusted,
    sample: Sample,
    question: tuple[Estimand, Settings],
    names: tuple[str, ...],
) -> Trial:
    estimand, settings = question
    columns = Columns(
        treated=spec.treated, cluster=spec.cluster, weights=spec.weights, kind=spec.weights_kind
    )
    asked = replace(settings, adjustment=settings.adjustment or "additive")
    return read_trial(sample, (estimand, asked), columns, sample.expand(spec.covariates), names)


def _rows(trial: Trial, of: Averaged) -> tuple[Estimate, ...]:
    """Return the headline and, beside it, the same with other standard errors."""
    if trial.adjustment == "additive":
        return tuple(effect_rows(trial, of.fitted, trial.std_errors, headline=True))
    spreads = treatment_spreads(trial.sample, of.fitted, trial.std_errors)
    return tuple(
        trial.row(
            of.fitted.effect,
            of.spread(spread),
            method=method_of(trial, of.fitted),
            std_error_method=name,
            role="beside" if at else "headline",
        )
        for at, (name, spread) in enumerate(spreads)
    )


def _unseen(
    spec: Adjusted, trial: Trial, headline: Estimate
) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    """Return how strong selection on what was not observed must be to undo the effect."""
    names = (spec.treated, *trial.covariates, trial.sample.outcome)
    moments = trial.sample.moments(names, weights=spec.weights, kind=spec.weights_kind)
    return hidden_selection_of_moments(moments, (names[0], names[-1]), headline)


def _plain(trial: Trial, std_error: str) -> Estimate:
    """Return the difference before anything was held equal."""
    bare = replace(trial, adjustment="none")
    fitted = fit_treatment(trial.assignment, (), "none")
    (row,) = effect_rows(bare, fitted, (std_error,), headline=False)
    return row


def _not_dealt() -> Refused:
    return Refused(
        "slopes_by_group",
        "each group has slopes of its own, which other groups would not have",
        "read the interval with its degrees of freedom, or ask for adjustment: additive",
    )


def std_errors(spec: Adjusted) -> tuple[str, ...]:
    """Return the standard errors for the treated unit, the default first."""
    names, default = (CLUSTER_STD_ERRORS, "CR2") if spec.cluster else (INDIVIDUAL_STD_ERRORS, "HC2")
    return tuple(dict.fromkeys((default, *names)))


def _std_errors(spec: Adjusted, settings: Settings) -> tuple[str, ...]:
    allowed = std_errors(spec)
    unknown = [name for name in settings.std_errors if name not in allowed]
    if unknown:
        raise Refused(
            "unknown_std_error",
            f"{', '.join(unknown)}: not a standard error for an adjusted difference",
            f"choose among {', '.join(allowed)}",
        )
    return tuple(dict.fromkeys(settings.std_errors)) or allowed[:1]


def simulate(spec: Adjusted, scenario: Scenario, rng: np.random.Generator) -> Simulated[Adjusted]:
    """Draw two groups that differ beforehand in what is observed, and in nothing else.

    Parameters
    ----------
    spec : Adjusted
        Columns to draw.
    scenario : Scenario
        What is assumed; ``apart`` of a covariate says how far the groups lie from each other.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    more = {name: AssumedCovariate(sd=1) for name in spec.covariates}
    wanted = replace(scenario, covariates=more | dict(scenario.covariates))
    drawn = draw_selected(wanted, rng, spec.cluster)
    data: dict[str, NDArray[Any]] = {spec.treated: drawn.treated, **drawn.values}
    if spec.cluster:
        data[spec.cluster] = drawn.cluster
    if spec.weights:
        data[spec.weights] = weigh(spec.weights_kind, len(drawn.treated), rng)
    return Simulated(data, spec, drawn.truth)


EXAMPLE = (
    Adjusted(treated="treated", covariates=("grade", "age"), cluster="school"),
    Scenario(
        units=40,
        size=ClusterSize(mean=12, sd=4),
        treated_share=0.4,
        outcomes={"outcome": AssumedOutcome(baseline=2, effect=1, sd=1.4, icc=0.1, missing=0.05)},
        covariates={
            "grade": AssumedCovariate(mean=0, sd=1, strength=0.3, apart=0.2),
            "age": AssumedCovariate(mean=17, sd=1, strength=0.05, apart=-0.15),
        },
    ),
)

DESIGN = Design(
    name="adjusted",
    title="Regression on observed covariates",
    spec=Adjusted,
    estimands=frozenset({"ATE", "ATT"}),
    rung=4,
    needs={4: frozenset({"attrition", "clusters", "balance", "sensitivity"})},
    std_errors=std_errors,
    estimate=estimate,
    simulate=simulate,
    example=EXAMPLE,
    kind="adjusted",
)
