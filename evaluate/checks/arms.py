"""The two groups as they are: how many, and their outcome."""

from __future__ import annotations

from math import sqrt

from evaluate.checks.attrition import Arm
from evaluate.core import Cell, Column, Table
from evaluate.data.moments import Moments


def arms(outcome: Moments, treated: Arm, comparison: Arm, unit: str) -> Table:
    """Return the table of the groups, the comparison group last.

    Parameters
    ----------
    outcome : Moments
        Moments of the outcome for the comparison group and the treated, in this order;
        weighted where rows are, and so are the means.
    treated, comparison : Arm
        Counts of individuals.
    unit : str
        Unit of the outcome.
    """
    columns = (
        Column("arm", "text", {"en": "Group", "nb": "Gruppe", "sv": "Grupp"}),
        Column("n_assigned", "integer", {"en": "Assigned", "nb": "Trukket ut", "sv": "Tilldelade"}),
        Column("n_obs", "integer", {"en": "With outcome", "nb": "Med utfall", "sv": "Med utfall"}),
        Column("mean", "number", {"en": "Mean", "nb": "Snitt", "sv": "Medel"}, unit),
        Column(
            "std_dev",
            "number",
            {"en": "Standard deviation", "nb": "Standardavvik", "sv": "Standardavvikelse"},
            unit,
        ),
    )
    rows = tuple(
        _row(name, arm, outcome, at)
        for name, arm, at in (("treated", treated, 1), ("comparison", comparison, 0))
    )
    return Table("arms", "arms", columns, rows)


def _row(name: str, arm: Arm, outcome: Moments, at: int) -> dict[str, Cell]:
    n, total = arm.n_obs, float(outcome.cross[at, 0, 0])
    shift = float(outcome.cross[at, 0, 1]) / total
    row: dict[str, Cell] = {
        "arm": name,
        "n_assigned": arm.n_assigned,
        "n_obs": n,
        "mean": float(outcome.centre[0]) + shift,
    }
    if n > 1:
        squares = float(outcome.cross[at, 1, 1]) - total * shift**2
        row["std_dev"] = sqrt(max(squares, 0.0) / total * n / (n - 1))
    return row
