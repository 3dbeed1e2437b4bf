"""Difference in differences of two groups: what was read, and the models fitted to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluate.core import Estimand, Settings
from evaluate.data.moments import Moments
from evaluate.data.sample import Sample
from evaluate.data.within import Within
from evaluate.errors import Refused
from evaluate.inference.arms import RowWeights
from evaluate.inference.assignment import Assignment, Columns, numbered
from evaluate.inference.did_base import Base, base_of_cells, base_of_within
from evaluate.inference.did_columns import (
    Calendar,
    DidColumns,
    read_calendar,
    require_four_cells,
    require_once,
    require_two_units,
)
from evaluate.inference.precision import refining_basis
from evaluate.inference.preconditions import require_variation
from evaluate.inference.treatment import Adjustment
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
        ``require_variation``, ``require_four_cells``, ``read_calendar``, ``require_once``,
        ``require_two_units`` and ``read_within``.
    """
    adjustment = _adjustment(question[1], covariates)
    constant = require_variation(sample, covariates, columns.weights)
    require_four_cells(sample, columns)
    calendar = read_calendar(sample, columns)
    kept = tuple(name for name in covariates if name not in constant)
    within = read_within(sample, columns, kept) if columns.unit else None
    if within is not None and calendar is not None:
        units = within.n_units + within.n_singletons
        require_once(sample, columns, units, len(calendar.periods))
    if within is not None and not _seen_again(sample, columns, within):
        within = None
    followed = within is not None
    cluster = columns.assigned if followed else columns.cross_cluster
    assignment, corners = _read_cells(sample, columns, (*kept, sample.outcome), followed=followed)
    trial = Trial(
        sample=sample,
        estimand=question[0],
        settings=question[1],
        columns=Columns(columns.treated, cluster, weights=columns.weights, kind=columns.kind),
        covariates=kept,
        std_errors=std_errors,
        assignment=replace(assignment, constant=constant),
        adjustment=adjustment,
    )
    return _with_base(Did(trial, columns, calendar, corners, None), within)


def _seen_again(sample: Sample, columns: DidColumns, within: Within) -> bool:
    """Return whether some unit has several rows; one that stands for many is still one row."""
    if columns.weights and columns.kind == "frequency":
        return sample.within((columns.post, sample.outcome), columns.unit or "").n_units > 0
    return within.n_units > 0


def _adjustment(settings: Settings, covariates: tuple[str, ...]) -> Adjustment:
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
    return adjustment


def _read_cells(
    sample: Sample, columns: DidColumns, names: tuple[str, ...], *, followed: bool
) -> tuple[Assignment, Moments]:
    """Return the groups as an assignment, and moments by group and time."""
    weights = (columns.weights, columns.kind)
    if followed:
        by = tuple(dict.fromkeys((columns.treated, columns.assigned, columns.post)))
        cells = sample.moments(names[-1:], by, *weights)
        corners = sample.moments(names, (columns.treated, columns.post), *weights)
        return _assignment(cells, columns, followed=True), _corners(corners, columns)
    cells = sample.moments(names, columns.by, *weights)
    found, basis = _assignment(cells, columns, followed=False), refining_basis(cells)
    if basis is not None:
        found = replace(found, refined=sample.moments(names, columns.by, *weights, basis=basis))
    return found, _corners(cells, columns)


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


def _assignment(cells: Moments, columns: DidColumns, *, followed: bool) -> Assignment:
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
