"""Fitted models of a treatment effect, and the uncertainty of their contrasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

import numpy as np

from evaluate.data.moments import Float, Integer, Moments, RowMoments
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.arms import RowWeights
from evaluate.inference.assignment import Assignment
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.design_rows import (
    TreatmentModel,
    dependent_terms,
    group_moments,
    require_contrast,
    treatment_model,
    within,
)
from evaluate.inference.individual import IndividualStdError, individual_spread, row_model
from evaluate.inference.linear import Fit, GroupMoments, Spread, fit, require_digits
from evaluate.inference.row_sums import weighted_rows
from evaluate.inference.weighted import by_power, require_alike, weighted_cluster_spread

Adjustment = Literal["none", "additive", "interacted"]


@dataclass(frozen=True, slots=True)
class TreatmentFit:
    """A fitted model of treatment effects.

    Attributes
    ----------
    effects : ndarray, shape (m,)
        One for each treatment column, in the outcome's unit.
    contrasts : ndarray, shape (m, k)
        Pick the effects out of the coefficients.
    cells : Moments
        Moments of the model's covariates and, last, the outcome, by cell.
    maps : ndarray, shape (g, k, p + 1)
        Design rows by cell; with ``absorbed`` before the group's mean is taken out.
    groups : GroupMoments
        Moments of the design rows by cluster; pooled when individuals were assigned.
    fit : Fit
        Coefficients.
    clustered : bool
        Whether uncertainty is over groups of rows.
    absorbed : bool
        Whether each group has an intercept of its own.
    dropped : tuple of str
        Covariates that follow from other columns, and were left out.
    powers : tuple of three GroupMoments, or empty
        With probability weights, ``groups`` with the weights to the power 0, 1 and 2.
    weights : RowWeights
        Of the rows, in all moments already.
    nested : int
        Columns that are indicators of the groups themselves.
    """

    effects: Float
    contrasts: Float
    cells: Moments
    maps: Float
    groups: GroupMoments
    fit: Fit
    clustered: bool
    absorbed: bool = False
    dropped: tuple[str, ...] = ()
    powers: tuple[GroupMoments, ...] = ()
    weights: RowWeights = field(default_factory=RowWeights)
    nested: int = 0

    @property
    def effect(self) -> float:
        """Return the effect of the first treatment column."""
        return float(self.effects[0])

    @property
    def contrast(self) -> Float:
        """Return what picks the first effect out of the coefficients."""
        first: Float = self.contrasts[0]
        return first

    @property
    def covariates(self) -> tuple[str, ...]:
        """Return the covariates that the model holds."""
        return tuple(name for name in self.cells.columns[:-1] if name not in self.dropped)

    @property
    def working(self) -> Float:
        """Return the coefficients' covariance under the working model, shape (k, k)."""
        bread = self.fit.bread
        return bread @ self.powers[2].xx.sum(axis=0) @ bread if self.powers else bread

    def row_sums(self, sample: Sample, contrast: Float) -> RowMoments:
        """Return the sums over rows that individuals' uncertainty of a contrast needs."""
        cells = self.cells
        model = row_model(cells.columns[:-1], cells.labels, self.maps, self.fit, contrast)
        if self.powers:
            square = self.maps.transpose(0, 2, 1) @ self.working @ self.maps
            model = replace(model, square=square)
        return weighted_rows(sample, cells, replace(model, basis=cells.basis), self.weights)


def fit_terms(
    cells: Moments,
    model: TreatmentModel,
    group: Integer | None,
    *,
    absorbed: bool = False,
) -> TreatmentFit:
    """Return the fitted model, without the terms that follow from earlier ones.

    Parameters
    ----------
    cells : Moments
        Moments of the model's covariates and, last, the outcome, by cell.
    model : TreatmentModel
        Design rows.
    group : ndarray, shape (g,), or None
        Group of each cell over which uncertainty is judged; ``None`` for individuals.
    absorbed : bool
        Whether each group has an intercept of its own.

    Raises
    ------
    Refused
        With the codes of ``group_moments`` and ``fit``: ``collinear`` when a treatment
        follows from what is held constant.
    """
    over = np.zeros(len(cells.n), np.int64) if group is None else group
    groups = group_moments(cells, model.maps, over)
    shift, p = int(absorbed), len(cells.columns) - 1
    size = np.diag(groups.xx.sum(axis=0))[shift:]
    if absorbed:
        groups = within(groups)
        require_contrast(groups.xx.sum(axis=0), size, model, shift)
    lost = dependent_terms(groups.xx.sum(axis=0), size, model, shift)
    gone = {column for at in lost for column in model.others[at]}
    keep = [at for at in range(shift, model.maps.shape[1]) if at not in gone]
    inside = [at - shift for at in keep]
    groups = _of(groups, inside)
    fitted = fit(groups)
    powers = by_power(cells, model.maps, over)
    powers = tuple(_of(within(one) if absorbed else one, inside) for one in powers)
    maps = model.maps[:, keep]
    contrasts = np.zeros((model.treatments, len(keep)))
    contrasts[:, 1 - shift : 1 - shift + model.treatments] = np.eye(model.treatments)
    for contrast in contrasts:
        require_digits(groups, fitted, contrast)
    first = len(model.others) - p
    return TreatmentFit(
        effects=contrasts @ fitted.coefficients,
        contrasts=contrasts,
        cells=cells,
        maps=maps,
        groups=groups,
        fit=fitted,
        clustered=group is not None,
        absorbed=absorbed,
        dropped=tuple(cells.columns[at - first] for at in lost if at >= first),
        powers=powers,
    )


def _of(groups: GroupMoments, at: list[int]) -> GroupMoments:
    return replace(groups, xx=groups.xx[:, at][:, :, at], xy=groups.xy[:, at])


def fit_treatment(
    assignment: Assignment,
    covariates: Sequence[str],
    adjustment: Adjustment,
    *,
    treatments: Float | None = None,
    blocks: Sequence[Integer] = (),
) -> TreatmentFit:
    """Return the fitted effects of treatment.

    Strata are part of how treatment was assigned and always stay in the model, as additive
    indicators unless everything is interacted; without adjustment, covariates do not. Matched
    pairs have an intercept each, and uncertainty is over pairs. Over periods, which stand in
    the model, clusters have one each.

    Parameters
    ----------
    assignment : Assignment
        Moments by cell.
    covariates : sequence of str
        Columns to adjust for.
    adjustment : {"none", "additive", "interacted"}
        How they enter.
    treatments : ndarray, shape (g, m), or None
        Treatment columns of each cell; ``None`` is one: treated or not.
    blocks : sequence of ndarray, each shape (g,)
        Further groupings that are held constant.

    Raises
    ------
    Refused
        ``stratum_one_arm`` when interaction needs both arms in a stratum that lacks one,
        ``weights_with_pairs`` when probability weights differ within a matched pair, and the
        codes of ``treatment_model`` and ``fit_terms``.

    References
    ----------
    Matched pairs: Imai, King & Nall (2009), Statistical Science 24(1); de Chaisemartin &
    Ramirez-Cuellar (2024), American Economic Journal: Applied Economics 16(1). Periods:
    Hussey & Hughes (2007), Contemporary Clinical Trials 28(2), with clusters fixed.
    """
    interacted = adjustment == "interacted"
    if interacted and not assignment.both_arms_everywhere:
        raise Refused(
            "stratum_one_arm",
            "a stratum holds only treated or only comparison rows",
            "merge strata, or ask for adjustment: additive",
        )
    used = () if adjustment == "none" else tuple(covariates)
    names = (*used, assignment.cells.columns[-1])
    refined = assignment.refined
    whole = assignment.cells if refined is None or refined.columns != names else refined
    cells = whole.only(names)
    columns = assignment.treated[:, None] if treatments is None else treatments
    # What is absorbed leaves no trace of weights that differ within it: indicators are kept then.
    plain, cluster = cells.powers is None, assignment.cluster
    group, absorbed, nested = cluster, False, 0
    held = (assignment.stratum, *blocks)
    if assignment.period is not None and cluster is not None:
        absorbed, nested = plain, 0 if plain else int(cluster.max())
        held = (*(() if plain else (cluster,)), assignment.period, *blocks)
    elif assignment.paired and not interacted:
        require_alike(cells, assignment.stratum)
        group, held, absorbed = assignment.stratum, tuple(blocks), True
    model = treatment_model(cells, columns, held, interacted=interacted)
    fitted = fit_terms(cells, model, group, absorbed=absorbed)
    return replace(fitted, weights=assignment.weights, nested=nested)


def treatment_spreads(
    sample: Sample,
    fitted: TreatmentFit,
    std_errors: Sequence[str],
    contrast: Float | None = None,
) -> Iterator[tuple[str, Spread]]:
    """Yield the uncertainty of a fitted effect, once for each estimator.

    Parameters
    ----------
    sample : Sample
        The rows behind the fit, for the third pass that individuals with covariates need.
    fitted : TreatmentFit
        The fit.
    std_errors : sequence of str
        Names for clusters where uncertainty is over groups, else names for individuals.
    contrast : ndarray, shape (k,), or None
        Weights of the coefficients; ``None`` is the first effect.

    Yields
    ------
    tuple of str and Spread
        Name and uncertainty, in the order asked for.

    Raises
    ------
    Refused
        With the codes of ``cluster_spread`` or ``individual_spread``.
    """
    contrast = fitted.contrast if contrast is None else contrast
    if fitted.clustered:
        for name in std_errors:
            kind = cast(ClusterStdError, name)
            # The constant counts once; effects nested in the groups do not (Stata, fixest).
            rank = fitted.fit.rank + fitted.absorbed - fitted.nested
            counted = replace(fitted.fit, rank=rank)
            if fitted.powers:
                of, own = fitted.powers, not fitted.nested
                yield name, weighted_cluster_spread(of, counted, contrast, kind, alone=own)
            else:
                yield name, cluster_spread(fitted.groups, counted, contrast, kind)
        return
    rows = fitted.row_sums(sample, contrast)
    for name in std_errors:
        one = cast(IndividualStdError, name)
        spread = individual_spread(
            fitted.groups,
            fitted.fit,
            contrast,
            rows,
            fitted.maps,
            std_error=one,
            working=fitted.working,
        )
        yield name, spread
