"""Balance at baseline: whether the groups are alike in what was measured before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import log, sqrt
from typing import Literal

import numpy as np

from evaluate.checks.levels import omitted_levels
from evaluate.core import Cell, Check, CheckResult, Column, Table
from evaluate.data.levels import Indicator
from evaluate.data.moments import Float, Moments, Summary

SATISFIED, WITH_ADJUSTMENT = 0.05, 0.25
COX_SCALE = 1.65
# Shares and sums that differ by less are equal but for rounding.
_ROUNDING = 1e-9
Category = Literal["satisfied", "needs adjustment", "not satisfied"]

_COLUMNS = (
    Column("covariate", "text", {"en": "Covariate", "nb": "Kjennetegn", "sv": "Kovariat"}),
    Column(
        "mean_treated",
        "number",
        {"en": "Mean, treated", "nb": "Snitt, tiltak", "sv": "Medel, insats"},
    ),
    Column(
        "mean_comparison",
        "number",
        {"en": "Mean, comparison", "nb": "Snitt, sammenligning", "sv": "Medel, jämförelse"},
    ),
    Column(
        "std_dev",
        "number",
        {"en": "Standard deviation", "nb": "Standardavvik", "sv": "Standardavvikelse"},
    ),
    Column(
        "n_treated",
        "integer",
        {"en": "Number, treated", "nb": "Antall, tiltak", "sv": "Antal, insats"},
    ),
    Column(
        "n_comparison",
        "integer",
        {"en": "Number, comparison", "nb": "Antall, sammenligning", "sv": "Antal, jämförelse"},
    ),
    Column(
        "difference",
        "number",
        {
            "en": "Standardised difference",
            "nb": "Standardisert forskjell",
            "sv": "Standardiserad skillnad",
        },
    ),
    Column("measure", "text", {"en": "Measure", "nb": "Mål", "sv": "Mått"}),
    Column("category", "text", {"en": "Category", "nb": "Kategori", "sv": "Kategori"}),
    Column("adjusted", "boolean", {"en": "In the model", "nb": "I modellen", "sv": "I modellen"}),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """How far apart the groups are in one covariate.

    Attributes
    ----------
    covariate : str
        Its column.
    mean_treated, mean_comparison, std_dev : float
        In the covariate's unit; the standard deviation is pooled within groups.
    difference : float or None
        Standardised; ``None`` where it cannot be computed.
    measure : {"hedges_g", "cox"}
        How it was standardised.
    """

    covariate: str
    mean_treated: float
    mean_comparison: float
    std_dev: float
    difference: float | None
    measure: Literal["hedges_g", "cox"]

    @property
    def category(self) -> Category:
        """Return the category of the What Works Clearinghouse."""
        if self.difference is None or abs(self.difference) > WITH_ADJUSTMENT:
            return "not satisfied"
        return "satisfied" if abs(self.difference) <= SATISFIED else "needs adjustment"


def hedges_g(difference: float, std_dev: float, n: int) -> float:
    """Return a difference in standard deviations, corrected for small samples.

    Parameters
    ----------
    difference : float
        Of two means, in the unit of ``std_dev``.
    std_dev : float
        Pooled within groups, above 0.
    n : int
        Individuals in both groups.

    References
    ----------
    What Works Clearinghouse (2022), Handbook 5.0: (1 - 3 / (4 n - 9)) d.
    """
    return omega(n) * difference / std_dev


def omega(n: int) -> float:
    """Return the correction of a standardised difference for small samples.

    Parameters
    ----------
    n : int
        Individuals in both groups.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6(2): 1 - 3 / (4 n - 9).
    """
    return 1 - 3 / (4 * n - 9)


def cox_index(treated: float, comparison: float) -> float:
    """Return the difference of two shares, each inside (0, 1), in standard deviations.

    References
    ----------
    What Works Clearinghouse (2022), Handbook 5.0: difference of log odds / 1.65. Without the
    correction for small samples: the handbook does not show it in this formula.
    """
    odds = log(treated / (1 - treated)) - log(comparison / (1 - comparison))
    return odds / COX_SCALE


def balance(
    arms: Moments,
    summary: Summary,
    adjusted: Collection[str],
    first: Mapping[str, str] | None = None,
) -> tuple[Check, Table | None]:
    """Return whether baseline covariates are alike enough, and the table.

    Parameters
    ----------
    arms : Moments
        Moments of the covariates for the comparison group and the treated, in this order.
    summary : Summary
        Of the same covariates: it tells which are 0/1.
    adjusted : collection of str
        Covariates that the headline's model holds.
    first : mapping of str to str, or None
        For each text column among the covariates the level that has no indicator: every level
        is judged, so that the result does not hang on their names.

    Returns
    -------
    check : Check
        Passed when each covariate differs by at most 0.05, or by at most 0.25 and is in
        the model; not run without covariates.
    table : Table or None
        Of kind ``balance``.

    References
    ----------
    What Works Clearinghouse (2022), Handbook 5.0: baseline equivalence.
    """
    if not arms.columns:
        text = "No covariate from before the programme is named, so that likeness is untested."
        return Check("balance", "not_run", text), None
    held = _held(arms.columns, adjusted)
    arms, summary = omitted_levels(arms, summary, first or {})
    found = [_difference(arms, summary, i) for i in range(len(arms.columns))]
    n = tuple(arms.n.tolist())
    inside = [_known(name) in held for name in arms.columns]
    rows = tuple(_row(one, n, there) for one, there in zip(found, inside, strict=True))
    bad = [one for one, there in zip(found, inside, strict=True) if not _holds(one, there)]
    result: CheckResult = "failed" if bad else "passed"
    table = Table("balance", "balance", _COLUMNS, rows)
    return Check("balance", result, _text(found, bad), "balance"), table


def _known(name: str) -> str:
    """Return the column that a covariate comes from."""
    return name.column if isinstance(name, Indicator) else name


def _held(columns: Collection[str], adjusted: Collection[str]) -> set[str]:
    """Return the columns that stand in the model with all that there is of them."""
    absent = {_known(name) for name in columns if name not in adjusted}
    return {_known(name) for name in columns} - absent


def _difference(arms: Moments, summary: Summary, at: int) -> Difference:
    n = arms.cross[:, 0, 0]
    shift = arms.cross[:, 0, at + 1] / n
    squares = arms.cross[:, at + 1, at + 1] - n * shift**2
    std_dev = sqrt(max(float(squares.sum() / (n.sum() - 2)), 0.0))
    comparison, treated = (float(value) for value in arms.centre[at] + shift)
    name, difference = arms.columns[at], treated - comparison
    inside = all(_ROUNDING < share < 1 - _ROUNDING for share in (treated, comparison))
    if inside and _is_binary(n, arms.centre[at] + shift, squares, summary, at):
        cox = cox_index(treated, comparison)
        return Difference(name, treated, comparison, std_dev, cox, "cox")
    size = float(summary.high[at] - summary.low[at])
    g = hedges_g(difference, std_dev, int(n.sum())) if std_dev > 1e-12 * size else None
    return Difference(name, treated, comparison, std_dev, g, "hedges_g")


def _is_binary(n: Float, mean: Float, squares: Float, summary: Summary, at: int) -> bool:
    """Return whether a covariate is 0 or 1: inside [0, 1], its x (1 - x) sum to zero."""
    if summary.low[at] != 0 or summary.high[at] != 1:
        return False
    between = n * mean - (squares + n * mean**2)
    return bool(np.abs(between).max() < _ROUNDING * n.sum())


def _holds(one: Difference, adjusted: bool) -> bool:
    return one.category == "satisfied" or (one.category == "needs adjustment" and adjusted)


def _row(one: Difference, n: tuple[int, ...], adjusted: bool) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "covariate": str(one.covariate),
        "mean_treated": one.mean_treated,
        "mean_comparison": one.mean_comparison,
        "std_dev": one.std_dev,
        "n_treated": n[1],
        "n_comparison": n[0],
        "difference": one.difference,
        "measure": one.measure,
        "category": one.category,
        "adjusted": adjusted,
    }
    return {name: value for name, value in row.items() if value is not None}


def _text(found: list[Difference], bad: list[Difference]) -> str:
    far = sum(one.category == "not satisfied" for one in found)
    known = [one for one in found if one.difference is not None]
    text = f"{far} of {len(found)} covariates differ by more than {WITH_ADJUSTMENT:.2f}"
    text += " standard deviations between the groups"
    loose = len(bad) - far
    if loose:
        text += f", and {loose} by more than {SATISFIED:.2f} without standing in the model"
    if known:
        most = max(known, key=lambda one: abs(one.difference or 0.0))
        text += f"; the largest difference is {abs(most.difference or 0.0):.2f}"
        text += f" ({most.covariate})"
    return f"{text}."
