"""Every column that an analysis uses, each with its role: the design's own, and the plan's."""

from __future__ import annotations

from evaluate.core import ColumnRole, Strict
from evaluate.design import roles
from evaluate.study.entries import Analysis


def analysis_roles(analysis: Analysis, spec: Strict) -> dict[str, ColumnRole]:
    """Return the columns of an analysis, each with its role.

    Parameters
    ----------
    analysis : Analysis
        Names subgroups and the probability of being treated.
    spec : Strict
        The design's own fields; a column that they name keeps the role that it has there.
    """
    found = roles(spec)
    assignment = analysis.assignment
    if assignment is not None and isinstance(assignment.probability, str):
        found.setdefault(assignment.probability, "probability")
    for one in analysis.subgroups:
        found.setdefault(one.column, "subgroup")
    return found
