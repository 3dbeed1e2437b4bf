"""Whether the groups were made up alike before and after: rows, and what is known of people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from evaluate.checks.over_time import table_of
from evaluate.core import Cell, Check, CheckResult, Table
from evaluate.data.moments import Float, Moments
from evaluate.errors import Refused
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.design_rows import treatment_model
from evaluate.inference.did import Did
from evaluate.inference.did_base import fit_base
from evaluate.inference.did_rows import limits
from evaluate.inference.individual import constant_rows, individual_spread, row_model
from evaluate.inference.linear import Spread
from evaluate.inference.multiple import adjust
from evaluate.inference.t import t_quantile, two_sided_p
from evaluate.inference.treatment import fit_terms

ROWS = "rows per cluster and period"
ODDS = "log odds of a row's being of the programme's group"
# Change of a covariate, in standard deviations, that ought to have been found with 80 % power.
MATTERS = 0.5
_LEVEL = 0.05
_ROUNDING = 1e-12
_COLUMNS = ("placebo", "estimate", "std_error", "conf_low", "conf_high", "p_value", "state")


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in differences of what the programme should not move.

    Attributes
    ----------
    name : str
        What was compared.
    value : float
        In its own unit.
    spread : Spread or None
        Its uncertainty; ``None`` where nothing varies.
    size : float
        What its change is held against: the standard deviation of a covariate.
    """

    name: str
    value: float
    spread: Spread | None
    size: float = 0.0

    @property
    def p_value(self) -> float:
        """Return the p-value of no change; where nothing varies 1 or 0."""
        if self.spread is None:
            return float(self.value == 0)
        return two_sided_p(self.value / self.spread.std_error, self.spread.df)

    @property
    def detectable(self) -> float:
        """Return the change found with 80 % power, in ``size``; 0 where that is not known."""
        if self.spread is None or not self.size:
            return 0.0
        t = t_quantile(1 - _LEVEL / 2, self.spread.df) + t_quantile(0.8, self.spread.df)
        return t * self.spread.std_error / self.size


def composition(did: Did) -> tuple[Check, Table | None]:
    """Return whether rows or covariates changed otherwise in one group than in the other.

    Where they did, the groups after the start are other people than before, and their change
    is not the programme's alone.

    Parameters
    ----------
    did : Did
        Two groups.

    Returns
    -------
    check : Check
        Failed when a change differs from zero at 5 % by Holm's method. Passed when units are
        followed, or when for each covariate a change of half a standard deviation would have
        been found with 80 % power; uninformative otherwise.
    table : Table or None
        Of kind ``placebos``.
    """
    changes = [*_counts(did), *_covariates(did)]
    adjusted = adjust([one.p_value for one in changes], "holm")
    rows = [_row(one, did.trial.settings.conf_level) for one in changes]
    table = table_of("placebos", _COLUMNS, rows, "")
    found = [one for one, p in zip(changes, adjusted, strict=True) if p < _LEVEL]
    known = [one for one in changes if one.size]
    if found:
        names = ", ".join(one.name for one in found)
        text = f"The groups' make-up changed unlike from before to after the start: {names}."
        return Check("composition", "failed", text, table.id), table
    least = max((one.detectable for one in known), default=0.0)
    result: CheckResult = "passed"
    text = "The number of rows changed alike in both groups"
    if known:
        also = "one covariate" if len(known) == 1 else f"{len(known)} covariates"
        text += f", and so did {also}: a change of {least:.2f} standard deviations"
        text += " would have been found four times in five"
    if did.within is not None and not known:
        text += ", and the same units are compared before and after"
    elif not known:
        result = "uninformative"
        text += ", but no covariate says whether they are the same kind of people"
    elif least > MATTERS:
        result = "uninformative"
        text += f", more than {MATTERS:g}"
    return Check("composition", result, f"{text}.", table.id), table


def _row(one: Change, conf_level: float) -> dict[str, Cell]:
    row: dict[str, Cell] = {"placebo": one.name, "estimate": one.value, "p_value": one.p_value}
    if one.spread is None:
        return {"placebo": one.name, "estimate": one.value, "state": "no_variation"}
    low, high = limits(one.value, one.spread, conf_level)
    return {**row, "std_error": one.spread.std_error, "conf_low": low, "conf_high": high}


def _counts(did: Did) -> list[Change]:
    """Return how the number of rows changed in one group more than in the other."""
    assignment = did.trial.assignment
    if assignment.cluster is None:
        before, after = did.corners.n.reshape(2, 2).T
        odds = np.log(after[1] / after[0]) - np.log(before[1] / before[0])
        error = sqrt(float((1 / did.corners.n).sum()))
        return [Change(ODDS, float(odds), Spread(error, float(did.corners.n.sum() - 4)))]
    if did.base is not None and did.base.mixed:
        return []
    post = assignment.cells.labels[did.columns.post] == 1
    number = assignment.n_clusters or 0
    calendar = did.calendar
    periods = (
        (1, 1) if calendar is None else (calendar.start, len(calendar.periods) - calendar.start)
    )
    rows = assignment.cells.n
    each = [
        np.bincount(assignment.cluster, np.where(post == late, rows, 0), minlength=number) / of
        for late, of in zip((False, True), periods, strict=True)
    ]
    group = np.zeros(number)
    group[assignment.cluster] = assignment.treated
    return [_welch(each[1] - each[0], group == 1)]


def _welch(change: Float, treated: np.ndarray) -> Change:
    sides = [change[treated], change[~treated]]
    value = float(sides[0].mean() - sides[1].mean())
    parts = [float(one.var(ddof=1)) / len(one) for one in sides]
    size = float(np.abs(change).max(initial=0.0))
    if sum(parts) <= (_ROUNDING * max(size, 1.0)) ** 2:
        return Change(ROWS, value if abs(value) > _ROUNDING * size else 0.0, None)
    df = sum(parts) ** 2 / sum(
        one**2 / (len(side) - 1) for one, side in zip(parts, sides, strict=True)
    )
    return Change(ROWS, value, Spread(sqrt(sum(parts)), max(df, 1.0)))


def _covariates(did: Did) -> list[Change]:
    """Return the difference in differences of each covariate that can change."""
    found = []
    for at, name in enumerate(did.corners.columns[:-1]):
        try:
            one = _of_rows(did, name) if did.base is None else _of_clusters(did, at)
        except Refused:
            continue
        if one is not None:
            found.append(Change(str(name), *one, _deviation(did.corners, at)))
    return found


def _deviation(corners: Moments, at: int) -> float:
    cross = corners.cross.sum(axis=0)
    n = cross[0, 0]
    return sqrt(max(float(cross[at + 1, at + 1] / n - (cross[0, at + 1] / n) ** 2), 0.0))


def _of_clusters(did: Did, at: int) -> tuple[float, Spread] | None:
    base = did.base
    if base is None:
        return None
    place, of = base.covariates[at], base.moments
    yy = of.xx[:, place, place]
    if did.within is not None and yy.sum() <= _ROUNDING * did.within.total[at + 1]:
        return None  # the same in all of a unit's rows
    moments = replace(of, xy=of.xx[:, :, place], yy=yy)
    one = replace(base, moments=moments, covariates=())
    groups, fitted = fit_base(one, one.own(one.only(one.post)), one.shared())
    contrast = np.eye(fitted.rank)[0]
    return float(fitted.coefficients[0]), cluster_spread(groups, fitted, contrast, "CR2")


def _of_rows(did: Did, name: str) -> tuple[float, Spread] | None:
    if did.columns.weights:
        return None
    cells = did.corners.only((name,))
    treated, post = np.repeat([0, 1], 2), np.tile([0, 1], 2)
    model = treatment_model(cells, (treated * post)[:, None].astype(np.float64), (treated, post))
    fitted = fit_terms(cells, model, None)
    parts = fitted.maps, fitted.fit, fitted.contrast
    rows = constant_rows(row_model((), cells.labels, *parts), cells)
    spread = individual_spread(
        fitted.groups, fitted.fit, fitted.contrast, rows, fitted.maps, std_error="HC2"
    )
    return fitted.effect, spread
