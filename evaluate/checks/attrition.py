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
    """How many were assigned, and how many of them can be used."""

    n_assigned: int
    n_obs: int

    @property
    def lost(self) -> float:
        """Return the share that cannot be used."""
        return 1 - self.n_obs / self.n_assigned


def boundary(lost: int, n: int, limits: tuple[float, ...]) -> float | None:
    """Return the highest differential attrition that is still low, as a share.

    Parameters
    ----------
    lost, n : int
        Individuals lost, of those assigned. Their share is rounded to whole per cent, halves
        upwards; in whole numbers, as 1 - 37 / 40 in floating point is below 0.075.
    limits : tuple of float
        ``CAUTIOUS`` or ``OPTIMISTIC``.

    Returns
    -------
    float or None
        ``None`` where overall attrition is too high for any difference.
    """
    row = (200 * lost + n) // (2 * n)
    return limits[row] / 100 if row < len(limits) else None


def attrition(treated: Arm, comparison: Arm, incomplete: int = 0) -> tuple[Check, Table]:
    """Return whether loss of individuals can have made the groups unlike, and the table.

    Parameters
    ----------
    treated, comparison : Arm
        Counts of assigned individuals.
    incomplete : int
        How many of them lack a covariate: they are left out and count as lost.

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
    gone = both.n_assigned - both.n_obs
    cautious, optimistic = (
        boundary(gone, both.n_assigned, limits) for limits in (CAUTIOUS, OPTIMISTIC)
    )
    counts: dict[str, Arm] = {"treated": treated, "comparison": comparison, "overall": both}
    rows: list[dict[str, Cell]] = [
        {"arm": name, "n_assigned": arm.n_assigned, "n_obs": arm.n_obs, "attrition": arm.lost}
        for name, arm in counts.items()
    ]
    limits: dict[str, Cell] = {"boundary_cautious": cautious, "boundary_optimistic": optimistic}
    last: dict[str, Cell] = {"arm": "differential", "attrition": gap}
    known = {name: limit for name, limit in limits.items() if limit is not None}
    table = Table("attrition", "attrition", _COLUMNS, tuple(chain(rows, [last | known])))
    return _judge(_what(both.lost, gap, incomplete), gap, cautious, optimistic), table


def _what(overall: float, gap: float, incomplete: int) -> str:
    """Return what is lost in words, nothing when all rows are used."""
    if not overall:
        return ""
    lacking = "the outcome"
    if incomplete:
        lacking = f"the outcome or a covariate (a covariate: {incomplete}, left out)"
    return (
        f"{overall:.1%} of those assigned lack {lacking} and the groups differ by"
        f" {gap * 100:.1f} percentage points"
    )


def _judge(lost: str, gap: float, cautious: float | None, optimistic: float | None) -> Check:
    if cautious is not None and gap <= cautious + _ROUNDING:
        text = f"{lost}: low, as the cautious boundary allows {cautious * 100:.1f}."
        if not lost:
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
