"""Models of a treatment effect: which design row stands behind each row of the data.

Within a cell of treatment and stratum a design row is one affine map of the covariates, so
the moments of the covariates by cell are enough for every adjustment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from evaluate.data.moments import Float, Integer, Moments
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.assignment import Assignment
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.individual import (
    IndividualStdError,
    constant_rows,
    individual_spread,
    row_model,
)
from evaluate.inference.linear import Fit, GroupMoments, Spread, fit

Adjustment = Literal["none", "additive", "interacted"]

# Numbers held at once for all groups' X'X: 400 MB.
LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class TreatmentModel:
    """A linear model with treatment in its second column.

    Attributes
    ----------
    maps : ndarray, shape (g, k, p + 1)
        The design row is ``maps[cell] @ (1, covariates - centre)``.
    contrast : ndarray, shape (k,)
        Picks the effect out of the coefficients.
    """

    maps: Float
    contrast: Float


@dataclass(frozen=True, slots=True)
class TreatmentFit:
    """A fitted model of a treatment effect.

    Attributes
    ----------
    effect : float
        In the outcome's unit.
    cells : Moments
        Moments of the model's covariates and, last, the outcome, by cell.
    model : TreatmentModel
        Design rows.
    groups : GroupMoments
        Moments of the design rows by cluster; pooled when individuals were assigned.
    fit : Fit
        Coefficients.
    clustered : bool
        Whether clusters were assigned.
    """

    effect: float
    cells: Moments
    model: TreatmentModel
    groups: GroupMoments
    fit: Fit
    clustered: bool


def treatment_model(
    cells: Moments, treated: Float, stratum: Integer, *, interacted: bool
) -> TreatmentModel:
    """Return the model of a treatment effect.

    With w the stratum indicators (but the first) and the covariates, all centred at their
    means, the columns are (1, T, w), or (1, T, w, T w) when interacted.

    Parameters
    ----------
    cells : Moments
        Moments of p covariates and, last, the outcome, by cell.
    treated : ndarray, shape (g,)
        1.0 for treated cells, 0.0 for the others.
    stratum : ndarray, shape (g,)
        Stratum of each cell, 0 to S - 1.
    interacted : bool
        Whether slopes may differ between the arms.

    References
    ----------
    Lin (2013), Annals of Applied Statistics 7(1), section 4. R ``lm(y ~ t + factor(s) + x)``;
    ``estimatr::lm_lin(y ~ t, covariates = ~ factor(s) + x)``.
    """
    g, p = len(cells.n), len(cells.columns) - 1
    strata = int(stratum.max(initial=0)) + 1
    w = np.zeros((g, strata - 1 + p, p + 1))
    later = stratum > 0
    w[np.flatnonzero(later), stratum[later] - 1, 0] = 1.0
    w[:, strata - 1 :, 1:] = np.eye(p)
    # Centred even when additive: no digit is lost to the intercept, and no slope changes.
    sums = np.einsum("gij,gj->i", w, cells.cross[:, 0, : p + 1])
    w[:, :, 0] -= sums / cells.n.sum()
    one = np.zeros((g, 1, p + 1))
    one[:, 0, 0] = 1.0
    by_arm = treated[:, None, None]
    parts = [one, by_arm * one, w, *([by_arm * w] if interacted else [])]
    maps = np.concatenate(parts, axis=1)
    contrast = np.zeros(maps.shape[1])
    contrast[1] = 1.0
    return TreatmentModel(maps, contrast)


def group_moments(cells: Moments, maps: Float, group: Integer) -> GroupMoments:
    """Return the moments of the design rows and the centred outcome by group.

    Parameters
    ----------
    cells : Moments
        Moments of the covariates and, last, the outcome, by cell.
    maps : ndarray, shape (g, k, p + 1)
        Design rows of the same cells, as in ``TreatmentModel``.
    group : ndarray, shape (g,)
        Group of each cell, such as its cluster; all 0 pools them.

    Raises
    ------
    Refused
        ``model_too_large`` when the moments would not fit in memory.
    """
    number, (_, k, size) = int(group.max(initial=0)) + 1, maps.shape
    if number * k * k > LARGEST:
        raise Refused(
            "model_too_large",
            f"{k} coefficients in {number} groups do not fit in memory",
            "use fewer or coarser strata, or fewer covariates",
        )
    n = np.zeros(number, dtype=np.int64)
    xx, xy, yy = np.zeros((number, k, k)), np.zeros((number, k)), np.zeros(number)
    np.add.at(n, group, cells.n)
    np.add.at(yy, group, cells.cross[:, -1, -1])
    for cell, at in enumerate(group):
        xx[at] += maps[cell] @ cells.cross[cell, :size, :size] @ maps[cell].T
        xy[at] += maps[cell] @ cells.cross[cell, :size, -1]
    return GroupMoments(n, xx, xy, yy)


def fit_treatment(
    assignment: Assignment, covariates: Sequence[str], adjustment: Adjustment
) -> TreatmentFit:
    """Return the fitted effect of treatment.

    Strata are part of how treatment was assigned and always stay in the model, as additive
    indicators unless everything is interacted; without adjustment, covariates do not.

    Parameters
    ----------
    assignment : Assignment
        Moments by cell.
    covariates : sequence of str
        Columns to adjust for.
    adjustment : {"none", "additive", "interacted"}
        How they enter.

    Raises
    ------
    Refused
        ``stratum_one_arm`` when interaction needs both arms in a stratum that lacks one,
        and the codes of ``group_moments`` and ``fit``.
    """
    interacted = adjustment == "interacted"
    stratum, treated = assignment.stratum, assignment.treated
    both = len(set(zip(stratum.tolist(), treated.tolist(), strict=True)))
    if interacted and both < 2 * len(set(stratum.tolist())):
        raise Refused(
            "stratum_one_arm",
            "a stratum holds only treated or only comparison rows",
            "merge strata, or ask for adjustment: additive",
        )
    used = () if adjustment == "none" else tuple(covariates)
    cells = assignment.cells.only((*used, assignment.cells.columns[-1]))
    model = treatment_model(cells, treated, stratum, interacted=interacted)
    cluster = assignment.cluster
    group = np.zeros(len(treated), np.int64) if cluster is None else cluster
    groups = group_moments(cells, model.maps, group)
    fitted = fit(groups)
    effect = float(model.contrast @ fitted.coefficients)
    return TreatmentFit(effect, cells, model, groups, fitted, cluster is not None)


def treatment_spreads(
    sample: Sample, fitted: TreatmentFit, std_errors: Sequence[str]
) -> Iterator[tuple[str, Spread]]:
    """Yield the uncertainty of a fitted effect, once for each estimator.

    Parameters
    ----------
    sample : Sample
        The rows behind the fit, for the third pass that individuals with covariates need.
    fitted : TreatmentFit
        The fit.
    std_errors : sequence of str
        Names for clusters where clusters were assigned, else names for individuals.

    Yields
    ------
    tuple of str and Spread
        Name and uncertainty, in the order asked for.

    Raises
    ------
    Refused
        With the codes of ``cluster_spread`` or ``individual_spread``.
    """
    contrast, maps, fit_ = fitted.model.contrast, fitted.model.maps, fitted.fit
    if fitted.clustered:
        for name in std_errors:
            kind = cast(ClusterStdError, name)
            yield name, cluster_spread(fitted.groups, fit_, contrast, kind)
        return
    used = fitted.cells.columns[:-1]
    model = row_model(used, fitted.cells.labels, maps, fit_, contrast)
    rows = sample.row_moments(model) if used else constant_rows(model, fitted.cells)
    for name in std_errors:
        one = cast(IndividualStdError, name)
        yield name, individual_spread(fitted.groups, fit_, contrast, rows, maps, std_error=one)
