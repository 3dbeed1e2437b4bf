"""A panel from one row for each unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.data.path_calendar import Calendar
from evaluate.data.paths import Panel, Starts, Unusable


@dataclass(frozen=True, slots=True)
class Members:
    """All units, those always treated too.

    Attributes
    ----------
    cohort, cluster : ndarray, shape (n,)
        Cohort, -1 for always treated, and a number for each cluster.
    outcome : ndarray, shape (n, T)
        NaN where a unit has none.
    covariates : ndarray, shape (n, k) or (n, T, k)
        NaN where a unit is not there.
    """

    cohort: Integer
    cluster: Integer
    outcome: Float
    covariates: Float


def panel_of(calendar: Calendar, members: Members) -> tuple[Panel, Unusable]:
    """Return the units that are not always treated, and the count of the others.

    Clusters are numbered in the order of their first units.
    """
    always = members.cohort < 0
    n_always = int(np.count_nonzero(always))
    if n_always:
        kept = ~always
        members = Members(
            members.cohort[kept],
            members.cluster[kept],
            members.outcome[kept],
            members.covariates[kept],
        )
    cohorts, code = np.unique(members.cohort, return_inverse=True)
    cluster = _numbered(members.cluster)
    home = np.zeros(int(cluster.max(initial=-1)) + 1, np.int64)
    home[cluster] = code
    clusters = np.bincount(home, minlength=len(cohorts))
    starts = Starts(calendar.periods, cohorts, np.bincount(code, minlength=len(cohorts)), clusters)
    gaps = int(np.count_nonzero(np.isnan(members.outcome).any(axis=1)))
    single = tuple(cohorts[clusters == 1].tolist())
    panel = Panel(starts, members.outcome, members.cohort, cluster, members.covariates)
    return panel, Unusable(n_always, gaps, single)


def constant(covariates: Float) -> Float:
    """Return covariates of shape (n, k) where none changes over time, else as they are.

    Parameters
    ----------
    covariates : ndarray, shape (n, T, k)
        NaN where a unit is not there.
    """
    if not covariates.shape[2]:
        return covariates[:, 0]
    low: Float = np.fmin.reduce(covariates, axis=1)
    if (low == np.fmax.reduce(covariates, axis=1)).all():
        return low
    return covariates


def _numbered(cluster: Integer) -> Integer:
    """Return 0, 1, ... in the order in which numbers occur first."""
    if (cluster == np.arange(len(cluster))).all():
        return cluster
    _, first, code = np.unique(cluster, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[code]
