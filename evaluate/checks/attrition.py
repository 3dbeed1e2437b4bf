"""Attrition by arm, against the boundary of the What Works Clearinghouse."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from evaluate.core import Cell, Check, Column, Table

# Highest differential attrition, in percentage points, that is still low at overall
# attrition of 0, 1, 2, ... per cent. What Works Clearinghouse Standards Handbook 4.1 (2020),
# table II.1; version 5.0 (2022) keeps the boundary.
CAUTIOUS: tuple[float, ...] = (
    *(5.7, 5.8, 5.9, 5.9, 6.0, 6.1, 6.2, 6.3, 6.3, 6.3),
    *(6.3, 6.2, 6.2, 6.1, 6.0, 5.9, 5.9, 5.8, 5.7, 5.5),
    *(5.4, 5.3, 5.2, 5.1, 4.9, 4.8, 4.7, 4.5, 4.4, 4.3),
    *(4.1, 4.0, 3.8, 3.6, 3.5, 3.3, 3.2, 3.1, 2.9, 2.8),
    *(2.6, 2.5, 2.3, 2.1, 2.0, 1.8, 1.6, 1.5, 1.3, 1.2),
    *(1.0, 0.9, 0.7, 0.6, 0.4, 0.3, 0.2, 0.0),
)
OPTIMISTIC: tuple[float, ...] = (
    *(10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.7, 10.8, 10.9, 10.9),
    *(10.9, 10.9, 10.9, 10.8, 10.8, 10.7, 10.6, 10.5, 10.3, 10.2),
    *(10.0, 9.9, 9.7, 9.5, 9.4, 9.2, 9.0, 8.8, 8.6, 8.4),
    *(8.2, 8.0, 7.8, 7.6, 7.4, 7.2, 7.0, 6.7, 6.5, 6.3),
    *(6.0, 5.8, 5.6, 5.3, 5.1, 4.9, 4.6, 4.4, 4.2, 3.9),
    *(3.7, 3.5, 3.2, 3.0, 2.8, 2.6, 2.3, 2.1, 1.9, 1.6),
    *(1.4, 1.1, 0.9, 0.7, 0.5, 0.3),
)
_ROUNDING = 1e-8

_COLUMNS = (
    Column("arm", "text", {"en": "Group", "nb": "Gruppe", "sv": "Grupp"}),
    Column("n_assigned", "integer", {"en": "Assigned", "nb": "Trukket ut", "sv": "Tilldelade"}),
    Column("n_obs", "integer", {"en": "With outcome", "nb": "Med utfall", "sv": "Med utfall"}),
    Column("attrition", "share", {"en": "Lost", "nb": "Frafall", "sv": "Bortfall"}),
    Column(
        "boundary_cautious",
        "share",
        {"en": "Cautious limit", "nb": "Forsiktig grense", "sv": "Försiktig gräns"},
    ),
    Column(
        "boundary_optimistic",
        "share",
        {"en": "Optimistic limit", "nb": "Optimistisk grense", "sv": "Optimistisk gräns"},
    ),
)


@dataclass(frozen=True, slots=True)
class Arm:
    """How many were assigned, and for how many the outcome is known."""

    n_assigned: int
    n_obs: int

    @property
    def lost(self) -> float:
        """Return the share without an outcome."""
        return 1 - self.n_obs / self.n_assigned


def boundary(overall: float, limits: tuple[float, ...]) -> float | None:
    """Return the highest differential attrition that is still low, as a share.

    Parameters
    ----------
    overall : float
        Overall attrition, a share; rounded to whole per cent, halves upwards.
    limits : tuple of float
        ``CAUTIOUS`` or ``OPTIMISTIC``.

    Returns
    -------
    float or None
        ``None`` where overall attrition is too high for any difference.
    """
    row = int(overall * 100 + 0.5)
    return limits[row] / 100 if row < len(limits) else None


def attrition(treated: Arm, comparison: Arm) -> tuple[Check, Table]:
    """Return whether loss of outcomes can have made the groups unlike, and the table.

    Parameters
    ----------
    treated, comparison : Arm
        Counts of assigned individuals.

    Returns
    -------
    check : Check
        Passed within the cautious boundary, uninformative between the two, else failed.
    table : Table
        Of kind ``attrition``.

    References
    ----------
    What Works Clearinghouse (2022), Procedures and Standards Handbook 5.0, WWC 2022008.
    """
    both = Arm(treated.n_assigned + comparison.n_assigned, treated.n_obs + comparison.n_obs)
    gap = abs(treated.lost - comparison.lost)
    cautious, optimistic = (boundary(both.lost, limits) for limits in (CAUTIOUS, OPTIMISTIC))
    counts: dict[str, Arm] = {"treated": treated, "comparison": comparison, "overall": both}
    rows: list[dict[str, Cell]] = [
        {"arm": name, "n_assigned": arm.n_assigned, "n_obs": arm.n_obs, "attrition": arm.lost}
        for name, arm in counts.items()
    ]
    limits: dict[str, Cell] = {"boundary_cautious": cautious, "boundary_optimistic": optimistic}
    last: dict[str, Cell] = {"arm": "differential", "attrition": gap}
    known = {name: limit for name, limit in limits.items() if limit is not None}
    table = Table("attrition", "attrition", _COLUMNS, tuple(chain(rows, [last | known])))
    return _judge(both.lost, gap, cautious, optimistic), table


def _judge(overall: float, gap: float, cautious: float | None, optimistic: float | None) -> Check:
    lost = f"{overall:.1%} of those assigned lack the outcome and the groups differ by"
    lost = f"{lost} {gap * 100:.1f} percentage points"
    if cautious is not None and gap <= cautious + _ROUNDING:
        text = f"{lost}: low, as the cautious boundary allows {cautious * 100:.1f}."
        if not overall:
            text = (
                "Every row has the outcome, so that no loss is seen;"
                " people who were lost before the data were made cannot be seen."
            )
        return Check("attrition", "passed", text, "attrition")
    if optimistic is not None and gap <= optimistic + _ROUNDING:
        text = (
            f"{lost}: low only if loss has little to do with the outcome (the optimistic"
            f" boundary allows {optimistic * 100:.1f})."
        )
        return Check("attrition", "uninformative", text, "attrition")
    text = f"{lost}: high, so that the groups may have become unlike."
    return Check("attrition", "failed", text, "attrition")
