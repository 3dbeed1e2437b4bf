"""Clusters that begin in different periods: stepped wedges and waiting lists."""

from __future__ import annotations

from evaluate.data.moments import Integer
from evaluate.errors import Refused
from evaluate.inference.assignment import FEWEST_UNITS, Assignment
from evaluate.inference.treatment import Adjustment


def require_rollout(assignment: Assignment, adjustment: Adjustment | None) -> None:
    """Refuse a roll-out over periods whose effect cannot be told from time.

    Parameters
    ----------
    assignment : Assignment
        Read with a period and a cluster.
    adjustment : {"none", "additive", "interacted"} or None
        What was asked for.

    Raises
    ------
    Refused
        ``period_without_cluster``, ``interacted_over_periods``, ``treatment_within_period``
        when a cluster holds both groups in one period, ``treatment_switches_off``, and
        ``one_sequence`` when all clusters begin at once.
    """
    cluster, period = assignment.cluster, assignment.period
    if cluster is None or period is None:
        raise Refused(
            "period_without_cluster",
            "clusters begin in different periods, but no column says which cluster a row is of",
            "name the cluster, or leave period out",
        )
    if adjustment == "interacted":
        raise Refused(
            "interacted_over_periods",
            "over periods covariates enter additively, beside clusters and periods",
            "ask for adjustment: additive, or none",
        )
    starts = _starts(assignment, cluster, period)
    if len(set(starts.values())) < FEWEST_UNITS:
        raise Refused(
            "one_sequence",
            "all clusters begin in the same period, so that effect and time cannot be told apart",
            "add clusters that begin later or never",
        )


def _starts(assignment: Assignment, cluster: Integer, period: Integer) -> dict[int, float]:
    """Return the period in which each cluster begins, infinite where it never does."""
    starts: dict[int, float] = {}
    last: dict[int, tuple[int, float]] = {}
    cells = zip(cluster.tolist(), period.tolist(), assignment.treated.tolist(), strict=True)
    for one, at, treated in sorted(cells):
        before, was = last.get(one, (-1, 0.0))
        if before == at:
            raise Refused(
                "treatment_within_period",
                "a cluster holds both groups in the same period",
                "name the unit that was assigned under cluster",
            )
        if was > treated:
            raise Refused(
                "treatment_switches_off",
                "a cluster is treated in one period and not in a later one",
                "correct the column, or compare with a design for treatment that ends",
            )
        last[one] = (at, treated)
        starts.setdefault(one, float("inf"))
        if treated and not was:
            starts[one] = min(starts[one], at)
    return starts
