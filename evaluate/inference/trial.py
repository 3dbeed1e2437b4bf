"""A randomised trial: what was asked for, and the moments that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.assignment import FEWEST_UNITS, Assignment, Columns, read_assignment
from evaluate.inference.linear import Spread
from evaluate.inference.rollout import require_rollout
from evaluate.inference.row import estimate_row
from evaluate.inference.treatment import Adjustment


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial and its question.

    Attributes
    ----------
    sample : Sample
        The rows.
    estimand : Estimand
        What is asked for.
    settings : Settings
        How it is to be estimated.
    columns : Columns
        How units were assigned.
    covariates : tuple of str
        Columns measured before, without those that do not vary.
    std_errors : tuple of str
        Estimators: the first is the headline's.
    assignment : Assignment
        Moments by cell.
    adjustment : {"none", "additive", "interacted"}
        How covariates and strata enter.
    """

    sample: Sample
    estimand: Estimand
    settings: Settings
    columns: Columns
    covariates: tuple[str, ...]
    std_errors: tuple[str, ...]
    assignment: Assignment
    adjustment: Adjustment

    @property
    def adjusted(self) -> tuple[str, ...]:
        """Return the covariates that the headline adjusts for."""
        return self.covariates if self.adjustment != "none" else ()

    def row(self, value: float, spread: Spread, **known: Any) -> Estimate:
        """Return a row of this trial; fields that are not given are those of all its rows."""
        common = {
            "n_obs": self.assignment.n_obs,
            "n_treated": self.assignment.n_treated,
            "n_clusters": self.assignment.n_clusters,
        }
        estimand = known.pop("estimand", self.estimand)
        return estimate_row(value, spread, estimand, self.settings.conf_level, **common | known)


def read_trial(
    sample: Sample,
    question: tuple[Estimand, Settings],
    columns: Columns,
    covariates: tuple[str, ...],
    std_errors: tuple[str, ...],
    *,
    further: Sequence[str] = (),
) -> Trial:
    """Return the trial, or refuse what cannot be compared.

    Parameters
    ----------
    sample : Sample
        The rows.
    question : tuple of Estimand and Settings
        What is asked for, and how.
    columns : Columns
        How units were assigned.
    covariates : tuple of str
        Columns measured before.
    std_errors : tuple of str
        Estimators: the first is the headline's.
    further : sequence of str
        Other columns whose moments are needed.

    Raises
    ------
    Refused
        ``nothing_to_adjust`` and the codes of ``read_assignment`` and ``require_rollout``.
    """
    estimand, settings = question
    asked = settings.adjustment
    if asked in {"additive", "interacted"} and not (covariates or columns.strata):
        raise Refused(
            "nothing_to_adjust",
            f"adjustment is {asked}, but there are neither covariates nor strata",
            "name covariates, or leave adjustment out",
        )
    assignment = read_assignment(sample, columns, covariates, further)
    if columns.period:
        require_rollout(assignment, asked)
    kept = tuple(name for name in covariates if name not in assignment.constant)
    adjustment = asked or _default(assignment, columns, covariates=bool(kept))
    if assignment.weights.scale is not None and columns.strata and adjustment == "interacted":
        # Strata that weigh by size do what weights would, and leave assignments exchangeable.
        plain = replace(columns, probability=None)
        assignment = read_assignment(sample, plain, covariates, further)
    return Trial(sample, estimand, settings, columns, kept, std_errors, assignment, adjustment)


def _default(assignment: Assignment, columns: Columns, *, covariates: bool) -> Adjustment:
    if not covariates and not columns.strata:
        return "none"
    if assignment.period is not None or assignment.fewest_units < FEWEST_UNITS:
        return "additive"
    return "interacted"
