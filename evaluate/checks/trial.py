"""All checks of a randomised trial and their tables."""

from __future__ import annotations

import numpy as np

from evaluate.checks.arms import arms
from evaluate.checks.assignment import assignment_probability, by_precision
from evaluate.checks.attrition import Arm, attrition
from evaluate.checks.balance import balance
from evaluate.checks.clusters import Side, Support, clusters, individuals
from evaluate.checks.icc import icc_table
from evaluate.checks.leave_one_out import leave_one_out_check
from evaluate.checks.model import left_out, outcome_varies
from evaluate.checks.weights import weights_check
from evaluate.core import Check, Estimate, Table
from evaluate.data.levels import Indicator
from evaluate.inference.leave_out import leave_one_out, recentred
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.trial import Trial

Found = tuple[Check | None, Table | None]
# Shares treated that differ by less are alike but for rounding to whole units.
_UNLIKE = 0.1


def diagnose(
    trial: Trial,
    fitted: TreatmentFit,
    headline: Estimate,
    support: Support,
    *,
    offered: bool = False,
    fixed: bool = False,
) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    """Return what is known about how far the headline can be trusted.

    Parameters
    ----------
    trial : Trial
        The trial.
    fitted : TreatmentFit
        The headline's model.
    headline : Estimate
        The headline.
    support : Support
        What its interval rests on.
    offered : bool
        Whether the study's effect is one of taking part, and this one of the offer.
    fixed : bool
        Whether an interacted model's effect is that at fixed covariates, whoever is left out.
    """
    assignment, sample = trial.assignment, trial.sample
    outcome = assignment.arms.only((sample.outcome,))
    treated, comparison = counted(trial)
    found: list[Found] = [
        (None, arms(outcome, treated, comparison, trial.estimand.unit)),
        balance(
            assignment.arms.only(trial.covariates),
            sample.summary(trial.covariates),
            fitted.covariates,
            _first_levels(trial),
        ),
        attrition(treated, comparison, sample.incomplete(trial.covariates)),
        _enough(trial, support),
        (left_out(assignment.constant, fitted.dropped), None),
        (outcome_varies(outcome), None),
    ]
    found += [_probability(trial), (None, icc_table(trial))]
    if trial.columns.weights:
        found.append(weights_check(sample.weights(trial.columns.weights)))
    if fitted.clustered:
        contrast = fitted.contrast
        if trial.adjustment == "interacted" and not fixed:
            contrast = recentred(fitted.groups, contrast, len(fitted.contrasts))
        without = leave_one_out(fitted.groups, contrast)
        of_pairs = fitted.absorbed and assignment.period is None
        unit = "pair" if of_pairs else "cluster"
        found.append(leave_one_out_check(headline, without, unit, offered=offered))
    checks = tuple(check for check, _ in found if check is not None)
    return checks, tuple(table for _, table in found if table is not None)


def _first_levels(trial: Trial) -> dict[str, str]:
    """Return the level of each text covariate that has no indicator."""
    columns = {one.column for one in trial.covariates if isinstance(one, Indicator)}
    return {column: str(trial.sample.levels(column)[0]) for column in columns}


def sides(trial: Trial) -> tuple[Side, Side]:
    """Return the clusters of the treated and of the comparison group.

    Parameters
    ----------
    trial : Trial
        A trial of clusters.
    """
    treated, comparison = (_side(trial, arm) for arm in (1, 0))
    return treated, comparison


def _side(trial: Trial, arm: int) -> Side:
    assignment = trial.assignment
    sizes = assignment.sizes(arm)
    weights = assignment.weighed(arm) if assignment.weights.column else None
    return Side(sizes[sizes > 0], None if weights is None else weights[sizes > 0])


def _probability(trial: Trial) -> Found:
    """Return whether the number treated fits, or what unlike shares do to the estimate."""
    assignment, declared = trial.assignment, trial.settings.probability
    if declared is None:
        units = assignment.units_by(assignment.treated.astype(np.int64))
        share = units[:, 1] / np.maximum(units.sum(axis=1), 1)
        unlike = float(share.max() - share.min()) > _UNLIKE
        if trial.adjustment == "interacted" or trial.columns.period or not unlike:
            return None, None
        return by_precision((float(share.min()), float(share.max()))), None
    if trial.columns.period:
        return None, None
    names = (trial.columns.treated, trial.columns.cluster, trial.columns.probability)
    by = tuple(name for name in names if name)
    counted = trial.sample.assigned(by)
    each = np.ones(len(counted.n)) if trial.columns.cluster else counted.n.astype(np.float64)
    treated = int(each[counted.labels[trial.columns.treated] == 1].sum())
    if isinstance(declared, str):
        chance, at = np.unique(counted.labels[declared].astype(np.float64), return_inverse=True)
        by_chance = np.bincount(at, each).astype(np.float64)
        return assignment_probability(treated, by_chance, chance), None
    return assignment_probability(treated, each.sum(keepdims=True), np.array([declared])), None


def counted(trial: Trial) -> tuple[Arm, Arm]:
    """Return rows assigned and rows with an outcome of each arm, whatever their weights."""
    treated = trial.columns.treated
    counts = [
        dict(zip(one.labels[treated].tolist(), one.n.tolist(), strict=True))
        for one in (trial.sample.assigned((treated,)), trial.sample.count((treated,)))
    ]
    on, off = (Arm(counts[0][arm], counts[1][arm]) for arm in (1.0, 0.0))
    return on, off


def _enough(trial: Trial, support: Support) -> Found:
    assignment = trial.assignment
    if assignment.cluster is None:
        return individuals(assignment.units(1), assignment.units(0), support), None
    mixed = 0 if assignment.period is not None else assignment.mixed
    return clusters(*sides(trial), support, mixed=mixed)
