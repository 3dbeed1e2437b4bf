"""Whether the same people, or the same kind of people, are there before and after."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.core import Cell, Check, CheckResult, Column, Table
from evaluate.data.moments import Moments
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.assignment import numbered
from evaluate.inference.before_after import (
    BeforeAfterColumns,
    Units,
    by_cluster,
    treated_only,
)
from evaluate.inference.before_after_crossed import crossed
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.linear import Float, Spread, fit
from evaluate.inference.multiple import adjust
from evaluate.inference.t import t_quantile, two_sided_p
from evaluate.wording.labels_before_after import LABELS

_LEVEL = 0.05
FEW_LOST = 0.05  # Schulz & Grimes (2002), The Lancet 359(9308)
# Difference, in standard deviations, that ought to have been found with 80 % power.
MATTERS = 0.5
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Apart:
    """A difference between those there and those not, in standard deviations."""

    value: float
    spread: Spread

    @property
    def p_value(self) -> float:
        """Return the p-value of no difference."""
        return two_sided_p(self.value / self.spread.std_error, self.spread.df)

    @property
    def detectable(self) -> float:
        """Return the difference that is found with 80 % power."""
        df = self.spread.df
        return (t_quantile(1 - _LEVEL / 2, df) + t_quantile(0.8, df)) * self.spread.std_error


def composition(
    sample: Sample, columns: BeforeAfterColumns, covariates: tuple[str, ...], units: Units | None
) -> Check:
    """Return whether the change is one of people, or of who is there.

    Of followed units those that are seen only before are held against the others; of other
    people each time, covariates are.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : BeforeAfterColumns
        Where the group and its times are.
    covariates : tuple of str
        Numeric columns.
    units : Units or None
        Units, where they are followed.
    """
    return _other_people(sample, columns, covariates) if units is None else _lost_units(units)


def _lost_units(units: Units) -> Check:
    before = np.isfinite(units.before)
    gone = before & ~units.both
    new = int((~before & np.isfinite(units.after)).sum())
    share = float(gone.sum() / before.sum())
    text = (
        f"{int(units.both.sum())} units are seen both times; of those seen before {share:.1%} are"
        f" not seen after, and {new} are seen only after"
    )
    if share <= FEW_LOST:
        return Check("composition", "passed", f"{text}.", "groups")
    try:
        apart = _apart(units, gone, before)
    except Refused as refused:
        text += f"; whether these were other people cannot be told: {refused.why}"
        return Check("composition", "uninformative", f"{text}.", "groups")
    text += (
        f"; before, those lost stood {apart.value:+.2f} standard deviations from those kept, where"
        f" {apart.detectable:.2f} would have been found four times in five"
    )
    return Check("composition", _judge(apart.p_value, apart.detectable), f"{text}.", "groups")


def _judge(p_value: float, detectable: float) -> CheckResult:
    if p_value < _LEVEL:
        return "failed"
    return "passed" if detectable <= MATTERS else "uninformative"


def _apart(units: Units, gone: np.ndarray, before: np.ndarray) -> Apart:
    if gone[before].sum() < _FEWEST:
        raise Refused("too_few_units", "a single one was lost", "describe it in words")
    y: Float = units.before[before]
    y = y - y.mean()
    size = sqrt(float(y @ y) / (len(y) - 1))
    x = np.column_stack([np.ones(len(y)), gone[before].astype(np.float64)])
    moments = by_cluster(x, y, numbered(units.cluster[before]))
    fitted = fit(moments)
    found = cluster_spread(moments, fitted, np.array([0.0, 1.0]), "CR2")
    return Apart(float(fitted.coefficients[1]) / size, Spread(found.std_error / size, found.df))


def _other_people(
    sample: Sample, columns: BeforeAfterColumns, covariates: tuple[str, ...]
) -> Check:
    if not covariates:
        text = (
            "Other people are seen after the start than before, and no covariate says whether"
            " they are the same kind of people."
        )
        return Check("composition", "uninformative", text, "groups")
    kind = "CR2" if columns.cluster else "HC2"
    found: list[tuple[str, Apart]] = []
    for name in covariates:
        size = _spread_of(sample, columns, name)
        try:
            change = crossed(sample, columns, name, kind)
        except Refused:
            continue
        spread = Spread(change.spread.std_error / size, change.spread.df)
        found.append((name, Apart(change.value / size, spread)))
    if not found:
        text = "No covariate varies, so that none says whether the same kind of people are there."
        return Check("composition", "uninformative", text, "groups")
    adjusted = adjust([one.p_value for _, one in found], "holm")
    least = max(one.detectable for _, one in found)
    moved = [name for (name, _), p in zip(found, adjusted, strict=True) if p < _LEVEL]
    if moved:
        text = f"Other kinds of people are there after the start: {', '.join(moved)}."
    else:
        text = (
            f"None of {len(found)} covariates differs after the start; a difference of"
            f" {least:.2f} standard deviations would have been found four times in five."
        )
    return Check("composition", _judge(min(adjusted), least), text, "groups")


def _spread_of(sample: Sample, columns: BeforeAfterColumns, name: str) -> float:
    cells = treated_only(sample.moments((name,), (columns.treated,)), columns.treated)
    n, total, squares = (float(cells.cross[0, *at]) for at in ((0, 0), (0, 1), (1, 1)))
    return sqrt(max(squares - total**2 / n, 1e-300) / max(n - 1, 1.0))


_COLUMNS = (
    Column("group", "text", LABELS["group"]),
    Column("n_rows", "integer", LABELS["n_rows"]),
    Column("n_obs", "integer", LABELS["n_obs"]),
    Column("n_units", "integer", LABELS["n_units"]),
    Column("mean", "number", LABELS["mean"]),
)


def groups_table(sample: Sample, columns: BeforeAfterColumns, units: Units | None) -> Table:
    """Return who is there when, with their means.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : BeforeAfterColumns
        Where the group and its times are.
    units : Units or None
        Units, where they are followed.
    """
    by = (columns.treated, columns.post)
    cells = treated_only(sample.moments((sample.outcome,), by), columns.treated)
    there = sample.assigned(by)
    rows: list[dict[str, Cell]] = []
    for side, name in ((0.0, "rows_before"), (1.0, "rows_after")):
        every = (there.labels[by[0]] == 1) & (there.labels[by[1]] == side)
        at = int(np.flatnonzero(cells.labels[by[1]] == side)[0])
        rows.append(
            {
                "group": name,
                "n_rows": int(there.n[every].sum()),
                "n_obs": int(cells.n[at]),
                "mean": _mean(cells, at),
            }
        )
    if units is not None:
        rows += _of_units(units)
    return Table("groups", "before_after_groups", _COLUMNS, tuple(rows))


def _mean(cells: Moments, at: int) -> float:
    return float(cells.centre[-1] + cells.cross[at, 0, 1] / cells.cross[at, 0, 0])


def _of_units(units: Units) -> list[dict[str, Cell]]:
    before, after = np.isfinite(units.before), np.isfinite(units.after)
    found: list[dict[str, Cell]] = []
    both = before & after
    for name, values, kept in (
        ("both_before", units.before, both),
        ("both_after", units.after, both),
        ("only_before", units.before, before & ~after),
        ("only_after", units.after, after & ~before),
    ):
        row: dict[str, Cell] = {"group": name, "n_units": int(kept.sum())}
        if kept.any():
            row["mean"] = float(values[kept].mean() + units.centre)
        found.append(row)
    return found
