"""How much an effect differs between subgroups, from one joint model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.assignment import FEWEST_UNITS, Assignment, numbered
from evaluate.inference.linear import Spread
from evaluate.inference.treatment import Adjustment, TreatmentFit, fit_treatment, treatment_spreads

FEWEST_LEVELS, MOST_LEVELS = 2, 30


@dataclass(frozen=True, slots=True)
class Segment:
    """One level of a subgroup column.

    Attributes
    ----------
    level : str
        Its label.
    n_obs, n_treated : int
        Rows used, and how many of them are treated.
    effect : float or None
        In the outcome's unit; ``None`` where it is refused.
    spread : Spread or None
        Its uncertainty.
    state : str or None
        Why there is no number.
    n_clusters : int or None
        Assigned clusters with rows in this level.
    """

    level: str
    n_obs: int
    n_treated: int
    effect: float | None = None
    spread: Spread | None = None
    state: str | None = None
    n_clusters: int | None = None


@dataclass(frozen=True, slots=True)
class Segments:
    """The levels of one column, and whether the effect differs between them.

    Attributes
    ----------
    levels : tuple of Segment
        In the order of their labels.
    fitted : TreatmentFit or None
        The joint model; ``None`` where it could not be fitted.
    contrasts : ndarray, shape (q, k)
        Differences of each estimable level but the first from the first.
    difference : float or None
        Between the two levels where exactly two are estimable.
    spread : Spread or None
        Of the difference.
    state : str or None
        Why the levels cannot be compared.
    """

    levels: tuple[Segment, ...]
    fitted: TreatmentFit | None
    contrasts: Float
    difference: float | None = None
    spread: Spread | None = None
    state: str | None = None


def segments(
    sample: Sample,
    assignment: Assignment,
    column: str,
    covariates: Sequence[str],
    std_error: str,
) -> Segments:
    """Return the effect in each level of a column, and the difference between levels.

    One model holds the treatment of each level, the levels, strata and, additively, the
    covariates. A level with fewer than two assigned units on a side gets no number.

    Parameters
    ----------
    sample : Sample
        The rows.
    assignment : Assignment
        Moments by cell, the column among what cells are formed by.
    column : str
        Column of the levels.
    covariates : sequence of str
        Columns to adjust for.
    std_error : str
        Name of the estimator.

    References
    ----------
    Gelman & Stern (2006), American Statistician 60(4): the difference is what is tested. R
    ``lm(y ~ level + t:level + x)``.
    """
    labels = assignment.cells.labels[column]
    names, code = [_text(one) for one in np.unique(labels)], numbered(labels)
    if len(names) > MOST_LEVELS:
        return Segments((), None, np.zeros((0, 0)), state=f"more than {MOST_LEVELS} levels")
    units = np.array([_units(assignment, code == at) for at in range(len(names))])
    levels = _levels(assignment, code, names, units)
    both = np.flatnonzero(units.min(axis=1) > 0)
    treatments = assignment.treated[:, None] * (code[:, None] == both[None, :])
    adjustment: Adjustment = "additive" if covariates else "none"
    if sum(one.state is None for one in levels) < FEWEST_LEVELS:
        return Segments(levels, None, np.zeros((0, 0)), state=_ALONE)
    try:
        fitted = fit_treatment(
            assignment, covariates, adjustment, treatments=treatments, blocks=(code,)
        )
    except Refused as refused:
        none = tuple(replace(one, state=one.state or refused.why) for one in levels)
        return Segments(none, None, np.zeros((0, 0)), state=refused.why)
    place = {int(level): at for at, level in enumerate(both)}
    shown = tuple(
        one if one.state else _estimated(sample, fitted, place[at], one, std_error)
        for at, one in enumerate(levels)
    )
    usable = [place[at] for at, one in enumerate(shown) if one.spread is not None]
    return _compared(sample, shown, fitted, usable, std_error)


_FEW = f"fewer than {FEWEST_UNITS} assigned units on a side"
_ALONE = f"fewer than {FEWEST_LEVELS} levels can be estimated"


def _compared(
    sample: Sample,
    levels: tuple[Segment, ...],
    fitted: TreatmentFit,
    usable: list[int],
    std_error: str,
) -> Segments:
    contrasts: Float = fitted.contrasts[usable[1:]] - fitted.contrasts[usable[:1]]
    if len(usable) < FEWEST_LEVELS:
        return Segments(levels, fitted, contrasts, state=_ALONE)
    if len(usable) > FEWEST_LEVELS:
        return Segments(levels, fitted, contrasts)
    try:
        ((_, spread),) = treatment_spreads(sample, fitted, (std_error,), contrasts[0])
    except Refused as refused:
        return Segments(levels, fitted, contrasts, state=refused.why)
    value = float(contrasts[0] @ fitted.fit.coefficients)
    return Segments(levels, fitted, contrasts, value, spread)


def _estimated(
    sample: Sample, fitted: TreatmentFit, at: int, level: Segment, std_error: str
) -> Segment:
    try:
        ((_, spread),) = treatment_spreads(sample, fitted, (std_error,), fitted.contrasts[at])
    except Refused as refused:
        return replace(level, state=refused.why)
    return replace(level, effect=float(fitted.effects[at]), spread=spread)


def _levels(
    assignment: Assignment,
    code: Integer,
    names: Sequence[str],
    units: NDArray[np.int64],
) -> tuple[Segment, ...]:
    n, cluster = assignment.cells.n, assignment.cluster
    return tuple(
        Segment(
            level=name,
            n_obs=int(n[code == at].sum()),
            n_treated=int(n[(code == at) & (assignment.treated == 1)].sum()),
            state=None if units[at].min() >= FEWEST_UNITS else _FEW,
            n_clusters=None if cluster is None else len(set(cluster[code == at].tolist())),
        )
        for at, name in enumerate(names)
    )


def _units(assignment: Assignment, inside: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the assigned units of comparison and treated among some cells."""
    found = []
    for arm in (0.0, 1.0):
        some = inside & (assignment.treated == arm)
        own = assignment.cells.n[some].sum()
        found.append(int(own) if assignment.cluster is None else len(set(assignment.cluster[some])))
    return found[0], found[1]


def _text(value: object) -> str:
    """Return a level as it is shown: whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
