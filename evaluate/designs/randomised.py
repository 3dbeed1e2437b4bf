"""Randomised trial, of individuals or of clusters.

Chance decided who was offered the programme, so the comparison group's mean outcome stands
for what the treated group's would have been: Neyman (1923), Statistical Science 5(4), 1990;
Gerber & Green (2012), Field Experiments, chapters 2 to 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.checks.arms import arms
from evaluate.checks.attrition import Arm, attrition
from evaluate.checks.balance import balance
from evaluate.checks.clusters import Side, clusters, individuals
from evaluate.core import Check, Estimand, Estimate, Settings, Strict, Table
from evaluate.data.sample import Sample
from evaluate.design import Design, Result, Simulated, column
from evaluate.errors import Refused
from evaluate.inference.assignment import FEWEST_UNITS, Assignment, read_assignment
from evaluate.inference.clustered import CLUSTER_STD_ERRORS
from evaluate.inference.individual import INDIVIDUAL_STD_ERRORS
from evaluate.inference.row import estimate_row
from evaluate.inference.treatment import (
    Adjustment,
    TreatmentFit,
    fit_treatment,
    treatment_spreads,
)

SIMULATED_ATTRITION = 0.05


class Randomised(Strict):
    """Fields of ``design: {randomised: …}``."""

    treated: str = column(
        "treatment", "Column: 1 where the programme was offered by chance, 0 where it was not."
    )
    cluster: str | None = column(
        "cluster",
        "Column of the unit that was assigned, such as the school; without it, individuals.",
        default=None,
    )
    strata: str | None = column(
        "stratum", "Column of the blocks within which chance decided.", default=None
    )
    covariates: tuple[str, ...] = column(
        "covariate",
        "Columns measured before the programme: for balance and for adjustment.",
        default=(),
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
        ``nothing_to_adjust``, ``unknown_std_error`` and the codes of ``read_assignment``,
        ``fit_treatment`` and ``treatment_spreads``.
    """
    names = _std_errors(spec, settings)
    _require_something_to_adjust_for(spec, settings)
    assignment = read_assignment(
        sample, spec.treated, spec.covariates, cluster=spec.cluster, strata=spec.strata
    )
    adjustment = settings.adjustment or _default(spec, assignment)
    adjusted = spec.covariates if adjustment != "none" else ()
    fitted = fit_treatment(assignment, adjusted, adjustment)
    asked = [(fitted, adjusted, names)]
    if adjusted:
        asked.append((fit_treatment(assignment, (), adjustment), (), names[:1]))
    rows: list[Estimate] = []
    for one, covariates, std_errors_ in asked:
        for name, spread in treatment_spreads(sample, one, std_errors_):
            rows.append(
                estimate_row(
                    one.effect,
                    spread,
                    estimand,
                    settings.conf_level,
                    n_obs=assignment.n_obs,
                    n_treated=assignment.n_treated,
                    n_clusters=assignment.n_clusters,
                    method=_method(spec, covariates, adjustment),
                    std_error_method=name,
                    role="beside" if rows else "headline",
                )
            )
    df = rows[0].df if names[0] == std_errors(spec)[0] else _default_df(spec, sample, fitted)
    checks, tables = _diagnose(spec, sample, assignment, estimand.unit, adjusted, df or 0.0)
    return Result(
        estimates=tuple(rows),
        covariance=np.array([[rows[0].std_error ** 2]]),
        checks=checks,
        tables=tables,
    )


def _require_something_to_adjust_for(spec: Randomised, settings: Settings) -> None:
    if settings.adjustment in {None, "none"} or spec.covariates or spec.strata:
        return
    raise Refused(
        "nothing_to_adjust",
        f"adjustment is {settings.adjustment}, but there are neither covariates nor strata",
        "name covariates, or leave adjustment out",
    )


def _default(spec: Randomised, assignment: Assignment) -> Adjustment:
    if not spec.covariates and not spec.strata:
        return "none"
    return "interacted" if assignment.fewest_units >= FEWEST_UNITS else "additive"


def _default_df(spec: Randomised, sample: Sample, fitted: TreatmentFit) -> float:
    """Return the default estimator's degrees of freedom, 0 where it has none."""
    try:
        ((_, spread),) = treatment_spreads(sample, fitted, std_errors(spec)[:1])
    except Refused:
        return 0.0
    return spread.df


def std_errors(spec: Randomised) -> tuple[str, ...]:
    """Return the standard errors for the assigned unit, the default first."""
    names, default = (CLUSTER_STD_ERRORS, "CR2") if spec.cluster else (INDIVIDUAL_STD_ERRORS, "HC2")
    return tuple(dict.fromkeys((default, *names)))


def _std_errors(spec: Randomised, settings: Settings) -> tuple[str, ...]:
    allowed = std_errors(spec)
    asked = settings.std_errors or allowed[:1]
    unknown = [name for name in asked if name not in allowed]
    if unknown:
        unit = "clusters" if spec.cluster else "individuals"
        raise Refused(
            "unknown_std_error",
            f"{', '.join(unknown)}: not a standard error for {unit} assigned by chance",
            f"choose among {', '.join(allowed)}",
        )
    return tuple(dict.fromkeys(asked))


def _method(spec: Randomised, covariates: Sequence[str], adjustment: Adjustment) -> str:
    interacted = adjustment == "interacted"
    name = "difference in means"
    if covariates:
        name = f"regression, covariates {'fully interacted' if interacted else 'additive'}"
    if not spec.strata:
        return name
    return f"{name}, strata weighted by {'size' if interacted else 'precision'}"


def _diagnose(
    spec: Randomised,
    sample: Sample,
    assignment: Assignment,
    unit: str,
    adjusted: tuple[str, ...],
    df: float,
) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    counted = sample.assigned((spec.treated,))
    assigned = dict(zip(counted.labels[spec.treated].tolist(), counted.n.tolist(), strict=True))
    n_obs = assignment.arms.n.tolist()
    comparison, treated = Arm(assigned[0.0], n_obs[0]), Arm(assigned[1.0], n_obs[1])
    incomplete = sample.incomplete(spec.covariates)
    lost, attrition_table = attrition(treated, comparison, incomplete)
    alike, balance_table = balance(
        assignment.arms.only(spec.covariates),
        sample.summary(spec.covariates),
        adjusted,
    )
    enough, clusters_table = _enough(assignment, df)
    outcome = assignment.arms.only((sample.outcome,))
    groups = arms(outcome, treated, comparison, unit)
    tables = (groups, balance_table, attrition_table, clusters_table)
    return (alike, lost, enough), tuple(table for table in tables if table is not None)


def _enough(assignment: Assignment, df: float) -> tuple[Check, Table | None]:
    if assignment.cluster is None:
        return individuals(assignment.units(1), assignment.units(0), df), None
    comparison, treated = assignment.sizes(0), assignment.sizes(1)
    mixed = int(((treated > 0) & (comparison > 0)).sum())
    return clusters(Side(treated[treated > 0]), Side(comparison[comparison > 0]), df, mixed)


def simulate(rng: np.random.Generator, effect: float) -> Simulated[Randomised]:
    """Draw a trial of 30 schools of unlike size, assigned in two strata, with attrition.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    effect : float
        The effect of the offer, the same for everybody, in the outcome's unit.
    """
    schools = 30
    size = rng.integers(8, 25, schools)
    stratum = np.arange(schools) % 2
    offered = np.zeros(schools)
    for block in (0, 1):
        members = np.flatnonzero(stratum == block)
        offered[rng.permutation(members)[: len(members) // 2]] = 1.0
    level = rng.normal(0, 0.5, schools) + 0.5 * stratum
    school = np.repeat(np.arange(schools), size)
    grade = rng.normal(0, 1, len(school)) + 0.3 * level[school]
    noise = rng.normal(0, 1, len(school))
    outcome = 2 + effect * offered[school] + level[school] + 0.8 * grade + noise
    outcome[rng.random(len(school)) < SIMULATED_ATTRITION] = np.nan
    data: Mapping[str, NDArray[Any]] = {
        "treated": offered[school],
        "school": np.array([f"school {i:02d}" for i in school]),
        "block": np.array(["north", "south"])[stratum[school]],
        "grade": grade,
        "outcome": outcome,
    }
    spec = Randomised(treated="treated", cluster="school", strata="block", covariates=("grade",))
    return Simulated(data, spec, effect)


DESIGN = Design(
    name="randomised",
    title="Randomised trial",
    spec=Randomised,
    estimands=frozenset({"ATE", "ITT"}),
    rung=5,
    needs={4: frozenset({"attrition", "clusters"}), 5: frozenset({"balance", "sensitivity"})},
    std_errors=std_errors,
    estimate=estimate,
    simulate=simulate,
)
