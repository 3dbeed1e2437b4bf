"""Balance of a built comparison: how alike the groups are before and after."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evaluate.checks.balance import SATISFIED, WITH_ADJUSTMENT, Category
from evaluate.checks.labels_comparison import column
from evaluate.core import Cell, Check, Table
from evaluate.inference.comparison_balance import Likeness

# Largest standardised difference after: Austin (2009), Statistics in Medicine 28(25).
LIMIT = 0.1
# Rounding of a difference that is exactly at a limit.
_ROUNDING = 1e-9
# Variance ratios beyond these are told of: Rubin (2001), Health Services and Outcomes Research
# Methodology 2(3-4).
_LOW, _HIGH = 0.5, 2.0
KIND = "comparison_balance"
_COLUMNS = (
    *("covariate", "mean_treated", "mean_comparison", "mean_treated_after"),
    *("mean_comparison_after", "std_dev", "difference", "difference_after", "variance_ratio"),
    *("variance_ratio_after", "distance", "distance_after", "category", "adjusted", "n_least"),
    "key",
)


def compared_balance(
    alike: Sequence[Likeness], modelled: Collection[str], *, pooled: bool
) -> tuple[Check, Table | None]:
    """Return whether the groups are alike after, and the table of before and after.

    Parameters
    ----------
    alike : sequence of Likeness
        Each covariate.
    modelled : collection of str
        Covariates, or their columns, that the headline's model of the outcome holds too.
    pooled : bool
        Whether differences are in standard deviations of both groups.

    Returns
    -------
    check : Check
        ``balance``: passed when each standardised difference after is at most 0.1, or at most
        0.25 where the model holds the covariate too.
    table : Table or None
        Of kind ``comparison_balance``; ``None`` without covariates.

    References
    ----------
    Austin (2009), Statistics in Medicine 28(25): 0.1. What Works Clearinghouse (2022), Handbook
    5.0: 0.05, and 0.25 with adjustment; its categories stand in the table.
    """
    if not alike:
        text = "No covariate from before the programme is named, so that likeness is untested."
        return Check("balance", "not_run", text), None
    held = [one.covariate in modelled or one.column in modelled for one in alike]
    rows = tuple(_row(one, there) for one, there in zip(alike, held, strict=True))
    label = "std_dev_pooled" if pooled else "std_dev_treated"
    columns = tuple(column(one, label if one == "std_dev" else None) for one in _COLUMNS)
    table = Table(KIND, KIND, columns, rows)
    bad = sum(not _holds(one, there) for one, there in zip(alike, held, strict=True))
    text = _text(alike, held, bad)
    return Check("balance", "failed" if bad else "passed", text, KIND), table


def _size(one: Likeness) -> float:
    """Return how far apart the groups are after; without any spread they are infinitely so."""
    found = one.after.difference
    return float("inf") if found is None else abs(found)


def _holds(one: Likeness, modelled: bool) -> bool:
    return _size(one) <= (WITH_ADJUSTMENT if modelled else LIMIT) + _ROUNDING


def _category(size: float) -> Category:
    if size > WITH_ADJUSTMENT + _ROUNDING:
        return "not satisfied"
    return "satisfied" if size <= SATISFIED + _ROUNDING else "needs adjustment"


def _row(one: Likeness, modelled: bool) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "covariate": one.covariate,
        "mean_treated": one.before.mean_treated,
        "mean_comparison": one.before.mean_comparison,
        "mean_treated_after": one.after.mean_treated,
        "mean_comparison_after": one.after.mean_comparison,
        "std_dev": one.std_dev,
        "difference": one.before.difference,
        "difference_after": one.after.difference,
        "variance_ratio": one.before.variance_ratio,
        "variance_ratio_after": one.after.variance_ratio,
        "distance": one.before.distance,
        "distance_after": one.after.distance,
        "category": _category(_size(one)),
        "adjusted": modelled,
        "n_least": one.n_least,
        "key": one.column,
    }
    return {name: value for name, value in row.items() if value is not None}


def _text(alike: Sequence[Likeness], held: Sequence[bool], bad: int) -> str:
    before = sum(abs(one.before.difference or 0.0) > LIMIT for one in alike)
    after = sum(_size(one) > LIMIT + _ROUNDING for one in alike)
    far = sum(_size(one) > WITH_ADJUSTMENT + _ROUNDING for one in alike)
    text = (
        f"Before, {before} of {len(alike)} covariates differed by more than {LIMIT} standard"
        f" deviations; after, {after} do"
    )
    if after:
        text += f", {after - far} of them by at most {WITH_ADJUSTMENT} and {far} by more"
    known = [one for one in alike if one.after.difference is not None]
    if known:
        most = max(known, key=_size)
        text += f"; the largest difference left is {_size(most):.2f} ({most.covariate})"
    if len(known) < len(alike):
        text += f"; {len(alike) - len(known)} part the groups wholly"
    ratios = [one.after.variance_ratio for one in alike if not one.binary]
    odd = sum(one is not None and not _LOW <= one <= _HIGH for one in ratios)
    if odd:
        text += f"; {odd} have a variance ratio outside {_LOW:g} to {_HIGH:g}"
    rule = f"each is to be at most {LIMIT}"
    if all(held):
        rule = f"each may be up to {WITH_ADJUSTMENT}, as the model holds them all too"
    elif any(held):
        rule += f", or {WITH_ADJUSTMENT} where the model holds the covariate too"
    return f"{text}. What decides: {rule}" + ("." if not bad else f"; {bad} fail that.")
