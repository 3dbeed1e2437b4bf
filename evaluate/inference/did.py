"""Difference in differences of two groups: what was read, and the models fitted to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluate.core import Estimand, Settings
from evaluate.data.moments import Float, Integer, Moments
from evaluate.data.sample import Sample
from evaluate.data.within import Within
from evaluate.errors import Refused
from evaluate.inference.arms import RowWeights
from evaluate.inference.assignment import Assignment, Columns, numbered
from evaluate.inference.design_rows import (
    TreatmentModel,
    dependent_terms,
    treatment_model,
)
from evaluate.inference.did_base import Base, base_of_cells, base_of_within, fit_base
from evaluate.inference.did_columns import (
    Calendar,
    DidColumns,
    read_calendar,
    require_four_cells,
    require_two_units,
)
from evaluate.inference.precision import refining_basis
from evaluate.inference.preconditions import require_variation
from evaluate.inference.treatment import TreatmentFit, fit_terms
from evaluate.inference.trial import Trial

# Share of a column's squares about its mean that is left within units: below, none is.
_NOTHING_WITHIN = 1e-12


@dataclass(frozen=True, slots=True)
class Did:
    """Two groups before and after, as moments.

    Attributes
    ----------
    trial : Trial
        The question; its assignment is that of the groups, whatever the time.
    columns : DidColumns
        Where groups and times are.
    calendar : Calendar or None
        The periods, where a column names them.
    corners : Moments
        Of covariates and, last, the outcome, by group and time: comparison before and after,
        then the programme's group.
    base : Base or None
        Moments by cluster; ``None`` where each row is its own.
    within : Within or None
        Moments around units' means, where units are seen again.
    """

    trial: Trial
    columns: DidColumns
    calendar: Calendar | None
    corners: Moments
    base: Base | None
    within: Within | None = None

    @property
    def n_obs(self) -> int:
        """Return the rows used: of units that are followed, those with more than one."""
        return int((self.corners if self.within is None else self.within).n.sum())

    @property
    def n_treated(self) -> int:
        """Return the rows of the programme's group from the start."""
        return int(self.corners.n[-1])

    def fit(self, *, covariates: bool = True) -> TreatmentFit:
        """Return the fitted effect, with or without covariates.

        Raises
        ------
        Refused
            With the codes of ``fit_terms``.
        """
        used = self.trial.adjusted if covariates else ()
        if self.within is None:
            return _fit_cells(self.trial.assignment, self.columns, used)
        return _fit_within(self, used)


def read_did(
    sample: Sample,
    question: tuple[Estimand, Settings],
    columns: DidColumns,
    covariates: tuple[str, ...],
    std_errors: tuple[str, ...],
) -> Did:
    """Return two groups before and after, or refuse what cannot be compared.

    Units that are seen again have an intercept each. Where each is seen once, rows are
    repeated cross-sections: of clusters where these are named, else each row for itself.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    question : tuple of Estimand and Settings
        What is asked for, and how.
    columns : DidColumns
        Where groups and times are.
    covariates : tuple of str
        Numeric columns to hold constant.
    std_errors : tuple of str
        Estimators: the first is the headline's.

    Raises
    ------
    Refused
        ``nothing_to_adjust``, ``interacted_over_time``, and the codes of
        ``require_variation``, ``require_four_cells``, ``read_calendar``,
        ``require_two_units`` and ``read_within``.
    """
    estimand, settings = question
    adjustment = settings.adjustment or ("additive" if covariates else "none")
    if adjustment == "interacted":
        raise Refused(
            "interacted_over_time",
            "over time covariates enter additively, beside groups and periods",
            "ask for adjustment: additive, or for design: staggered, whose covariates are"
            " doubly robust",
        )
    if adjustment == "additive" and not covariates:
        raise Refused(
            "nothing_to_adjust",
            "adjustment is additive, but there are no covariates",
            "name covariates, or leave adjustment out",
        )
    constant = require_variation(sample, covariates, columns.weights)
    require_four_cells(sample, columns)
    calendar = read_calendar(sample, columns)
    kept = tuple(name for name in covariates if name not in constant)
    within = read_within(sample, columns, kept) if columns.unit else None
    followed = within is not None and within.n_units > 0
    names = (*kept, sample.outcome)
    if followed:
        cells = sample.moments((sample.outcome,), _panel_by(columns), columns.weights, columns.kind)
    else:
        cells = sample.moments(names, columns.by, columns.weights, columns.kind)
    assignment = _assignment(cells, columns, constant, followed=followed)
    corners = cells
    if followed:
        by = (columns.treated, columns.post)
        corners = sample.moments(names, by, columns.weights, columns.kind)
    else:
        basis = refining_basis(cells)
        if basis is not None:
            again = sample.moments(names, columns.by, columns.weights, columns.kind, basis=basis)
            assignment = replace(assignment, refined=again)
    trial = Trial(
        sample=sample,
        estimand=estimand,
        settings=settings,
        columns=Columns(
            treated=columns.treated,
            cluster=columns.assigned if followed else columns.cross_cluster,
            weights=columns.weights,
            kind=columns.kind,
        ),
        covariates=kept,
        std_errors=std_errors,
        assignment=assignment,
        adjustment=adjustment,
    )
    found = Did(trial, columns, calendar, _corners(corners, columns), None)
    return _with_base(found, within if followed else None)


def _panel_by(columns: DidColumns) -> tuple[str, ...]:
    return tuple(dict.fromkeys((columns.treated, columns.assigned, columns.post)))


def read_within(sample: Sample, columns: DidColumns, covariates: Sequence[str]) -> Within:
    """Return the moments of post, covariates and outcome around units' means.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : DidColumns
        Units are those named.
    covariates : sequence of str
        Columns to hold constant.

    Raises
    ------
    Refused
        ``treated_within_unit`` when a unit changes its group; ``unit_not_nested`` when it
        changes its cluster.
    """
    names = (columns.post, *covariates, sample.outcome)
    by = tuple(dict.fromkeys((columns.treated, columns.assigned)))
    unit = columns.unit or ""
    known = (columns.weights, columns.kind)
    try:
        return sample.within(names, unit, columns.time, by, *known)
    except Refused as refused:
        if refused.code != "unit_not_nested":
            raise
        moved = sample.within((columns.treated, sample.outcome), unit, None, (), *known)
        if moved.cross[0, 0, 0] > _NOTHING_WITHIN * moved.total[0]:
            raise Refused(
                "treated_within_unit",
                "treated changes within units, so that it does not say which group they are of",
                "make treated 1 in all periods for the units that the programme reaches; where"
                " it reaches them at different times, name the design staggered",
            ) from refused
        raise


def _assignment(
    cells: Moments, columns: DidColumns, constant: tuple[str, ...], *, followed: bool
) -> Assignment:
    """Return the groups as an assignment of clusters, or of rows."""
    treated = cells.labels[columns.treated].astype(np.float64)
    name = columns.assigned if followed else columns.cross_cluster
    arm = np.stack([cells.cross[treated == side].sum(axis=0) for side in (0.0, 1.0)])
    n = np.array([cells.n[treated == side].sum() for side in (0.0, 1.0)])
    sides = {columns.treated: np.array([0.0, 1.0])}
    time = columns.time if columns.time and not followed else columns.post
    return Assignment(
        cells=cells,
        arms=Moments(cells.columns, cells.centre, sides, n, arm),
        treated=treated,
        cluster=numbered(cells.labels[name]) if name else None,
        stratum=np.zeros(len(treated), np.int64),
        arm=treated.astype(np.int64),
        period=numbered(cells.labels[time]),
        constant=constant,
        weights=RowWeights(columns.weights, columns.kind),
    )


def _corners(cells: Moments, columns: DidColumns) -> Moments:
    """Return moments by group and time, from finer ones."""
    treated, post = (cells.labels[one].astype(np.int64) for one in (columns.treated, columns.post))
    place = 2 * treated + post
    cross = np.zeros((4, *cells.cross.shape[1:]))
    np.add.at(cross, place, cells.cross)
    n = np.bincount(place, cells.n, minlength=4).astype(np.int64)
    labels = {columns.treated: np.repeat([0.0, 1.0], 2), columns.post: np.tile([0.0, 1.0], 2)}
    return Moments(cells.columns, cells.centre, labels, n, cross)


def _with_base(found: Did, within: Within | None) -> Did:
    """Return the groups with their moments by cluster, each with two clusters at least."""
    assignment, columns = found.trial.assignment, found.columns
    if within is None:
        clustered = assignment.cluster is not None
        require_two_units(assignment.units(1), assignment.units(0), clustered=clustered)
        if assignment.cluster is None:
            return found
        post = assignment.cells.labels[columns.post].astype(np.float64)
        period = assignment.period if columns.time else None
        base = base_of_cells(assignment.cells, post, period, assignment.treated, assignment.cluster)
        return replace(found, base=base)
    # Clusters without a unit that is seen before and after say nothing of the effect.
    seen = within.cross[:, 0, 0] > _NOTHING_WITHIN * within.total[0]
    treated = within.labels[columns.treated].astype(np.float64)
    on, off = (int((seen & (treated == side)).sum()) for side in (1.0, 0.0))
    if not seen.any():
        raise Refused(
            "no_unit_before_and_after",
            "no unit that is seen again is seen both before and after the start",
            "leave unit out and name the cluster that was assigned: rows are then repeated"
            " cross-sections",
        )
    require_two_units(on, off, clustered=True)
    labels = within.labels[columns.assigned]
    kept = np.isin(assignment.cells.labels[columns.assigned], labels[seen])
    trial = replace(found.trial, assignment=_part(assignment, kept))
    base = base_of_within(within, treated, numbered(labels))
    return replace(found, trial=trial, base=base, within=within)


def _part(assignment: Assignment, kept: np.ndarray) -> Assignment:
    cells = assignment.cells
    labels = {name: values[kept] for name, values in cells.labels.items()}
    powers = None if cells.powers is None else cells.powers[:, kept]
    inside = replace(cells, labels=labels, n=cells.n[kept], cross=cells.cross[kept], powers=powers)
    cluster, period = assignment.cluster, assignment.period
    return replace(
        assignment,
        cells=inside,
        treated=assignment.treated[kept],
        cluster=None if cluster is None else numbered(cluster[kept]),
        stratum=assignment.stratum[kept],
        arm=assignment.arm[kept],
        period=None if period is None else period[kept],
    )


def _fit_cells(
    assignment: Assignment, columns: DidColumns, covariates: tuple[str, ...]
) -> TreatmentFit:
    """Return the fit to repeated cross-sections."""
    names = (*covariates, assignment.cells.columns[-1])
    refined = assignment.refined
    whole = assignment.cells if refined is None or refined.columns != names else refined
    cells = whole.only(names)
    post = cells.labels[columns.post].astype(np.float64)
    held = [assignment.arm, assignment.period if assignment.period is not None else assignment.arm]
    effect = (assignment.treated * post)[:, None]
    model = treatment_model(cells, effect, held)
    fitted = fit_terms(cells, model, assignment.cluster)
    return replace(fitted, weights=assignment.weights)


def _fit_within(did: Did, covariates: tuple[str, ...]) -> TreatmentFit:
    """Return the fit to units that are followed."""
    base, within = did.base, did.within
    if base is None or within is None:
        raise ValueError("units are followed by cluster")
    used = replace(base, covariates=base.covariates if covariates else ())
    own, shared = used.own(used.only(used.post)), used.shared(covariates=False)
    gone = _dependent(used, within, own, shared)
    used = replace(used, covariates=tuple(at for at in used.covariates if at not in gone))
    groups, fitted = fit_base(used, own, used.shared())
    names = did.corners.columns
    contrast = np.eye(fitted.rank)[:1]
    return TreatmentFit(
        effects=contrast @ fitted.coefficients,
        contrasts=contrast,
        cells=did.corners if covariates else did.corners.only(names[-1:]),
        maps=np.zeros((4, 0, 0)),
        groups=groups,
        fit=fitted,
        clustered=True,
        absorbed=True,
        dropped=tuple(names[at - 1] for at in sorted(gone)),
        weights=did.trial.assignment.weights,
    )


def _dependent(base: Base, within: Within, own: Float, shared: Float) -> set[int]:
    """Return the covariates that follow from units, periods and covariates before them."""
    if not base.covariates:
        return set()
    columns = np.hstack([own, shared, base.only(*base.covariates)])
    pooled = base.moments.xx.sum(axis=0)
    xx = columns.T @ pooled @ columns
    size, first = np.diag(xx).copy(), 1 + shared.shape[1]
    size[first:] = within.total[list(base.covariates)]
    others = tuple((at + 1,) for at in range(1, len(xx)))
    lost = dependent_terms(xx, size, TreatmentModel(np.zeros((0, 0, 0)), 1, others), 1)
    return {base.covariates[at + 1 - first] for at in lost if at + 1 >= first}
