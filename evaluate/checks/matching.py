"""All checks of a comparison that was matched or weighted, and their tables."""

from __future__ import annotations

import numpy as np

from evaluate.checks.arms import arms
from evaluate.checks.attrition import attrition
from evaluate.checks.clusters import Side, Support, clusters, individuals
from evaluate.checks.comparison import Asked
from evaluate.checks.comparison import diagnose as compared
from evaluate.checks.hidden_selection import Asked as Tried
from evaluate.checks.hidden_selection import Kind, hidden_selection
from evaluate.checks.model import left_out
from evaluate.checks.subgroups import not_by_subgroup
from evaluate.checks.trial import counted
from evaluate.checks.weights import weights_check
from evaluate.core import Check, Estimate, Table
from evaluate.inference.built_comparison import How
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.comparison_read import Read
from evaluate.inference.trial import Trial

_MATCHED = ("nearest", "exact", "coarsened", "subclass")


def diagnose(
    trial: Trial, read: Read, found: Compared, headline: Estimate, how: How
) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    """Return what is known about how far the headline can be trusted.

    Parameters
    ----------
    trial : Trial
        The groups as they are, before anything was matched.
    read : Read
        Units and their covariates.
    found : Compared
        The comparison.
    headline : Estimate
        Its effect.
    how : How
        The method.
    """
    sample, groups = trial.sample, read.groups
    outcome = trial.assignment.arms.only((sample.outcome,))
    on, off = counted(trial)
    modelled = groups.names if _modelled(how) else ()
    asked = Asked(trial.estimand.summary, first=dict(read.first), modelled=modelled)
    checks, tables = compared(groups, found, asked)
    lost, table = attrition(on, off, sample.incomplete(groups.names))
    carried, sides = _enough(groups, found, headline)
    kind: Kind = "matching" if how.method in _MATCHED else "weighting"
    unseen, shown = hidden_selection(groups, found, headline, Tried(kind=kind))
    constant = left_out(read.constant, ())
    weighed = (
        weights_check(sample.weights(trial.columns.weights)) if trial.columns.weights else None
    )
    return (
        (
            *checks,
            lost,
            carried,
            *unseen,
            *((constant,) if constant else ()),
            *((weighed[0],) if weighed else ()),
            *not_by_subgroup(trial.settings),
        ),
        (
            arms(outcome, on, off, trial.estimand.unit),
            *tables,
            table,
            *((sides,) if sides else ()),
            *shown,
            *((weighed[1],) if weighed else ()),
        ),
    )


def _modelled(how: How) -> bool:
    """Return whether a regression takes out what is left of the differences."""
    return how.method == "aipw" or (how.method == "nearest" and how.bias_corrected)


def _enough(groups: Groups, found: Compared, headline: Estimate) -> tuple[Check, Table | None]:
    """Return whether enough units carry the interval."""
    kept, support = found.weights != 0, Support(headline.df or np.inf)
    on, off = kept & groups.treated, kept & ~groups.treated
    if groups.cluster is None:
        return individuals(int(on.sum()), int(off.sum()), support), None
    sides = [
        Side(sizes[sizes > 0]) for one in (on, off) for sizes in [np.bincount(groups.cluster[one])]
    ]
    mixed = len(np.intersect1d(groups.cluster[on], groups.cluster[off]))
    return clusters(sides[0], sides[1], support, mixed=mixed)
