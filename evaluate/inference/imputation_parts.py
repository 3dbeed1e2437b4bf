"""What imputation needs whatever the data: which cells can be imputed, and estimands."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.errors import Refused
from evaluate.inference.over_time import Bool, Clock, Left

ImputationStdError = Literal["leave_out", "conservative"]

METHOD = "imputation"
# Clusters of a cohort and period that one can be left out of.
LEAST_CLUSTERS = 2


def linked_periods(untreated: Bool) -> Integer:
    """Return, by period, the first of the periods that it can be compared with; -1 if none.

    Parameters
    ----------
    untreated : ndarray of bool, shape (R, T)
        Whether a row has an untreated outcome in a period.
    """
    seen = untreated.astype(np.float64)
    reach = seen.T @ seen > 0
    while True:
        further = reach.astype(np.float64) @ reach > 0
        if (further == reach).all():
            break
        reach = further
    return np.where(reach.any(axis=0), reach.argmax(axis=0), -1)


def imputable(asked: Bool, untreated: Bool, linked: Integer) -> Bool:
    """Return which of the asked cells can be imputed, shape (R, T).

    Parameters
    ----------
    asked, untreated : ndarray of bool, shape (R, T)
        Cells to be imputed, and cells that may be imputed from.
    linked : ndarray, shape (T,)
        What ``linked_periods`` returns.
    """
    own = np.where(untreated.any(axis=1), linked[untreated.argmax(axis=1)], -2)
    same: Bool = asked & (own[:, None] == linked)
    return same


def free_periods(linked: Integer) -> Integer:
    """Return the periods whose effect is estimated: all linked ones but each set's first.

    Parameters
    ----------
    linked : ndarray, shape (T,)
        What ``linked_periods`` returns.
    """
    return np.flatnonzero((linked >= 0) & (linked != np.arange(len(linked))))


def estimands(at: Clock, n: Float) -> tuple[tuple[int, ...], Float]:
    """Return event times, and cells' weights in the overall effect and in each of them.

    Parameters
    ----------
    at : Clock
        Where rows stand.
    n : ndarray, shape (R, T)
        Rows of each cell that count, 0 where it has no effect.
    """
    events = np.unique(at.event[n > 0])
    masks = [at.treated, *(at.event == event for event in events)]
    weights = np.array([np.where(mask, n, 0.0) for mask in masks])
    return tuple(map(int, events)), weights / weights.sum(axis=(1, 2), keepdims=True)


def left_out(cohorts: Integer, missed: Bool) -> tuple[Left, ...]:
    """Return cells that cannot be imputed, with the reason.

    Parameters
    ----------
    cohorts : ndarray, shape (H,)
        Cohorts.
    missed : ndarray of bool, shape (H, T)
        Cells that were asked for and have no effect.
    """
    return tuple(
        (int(cohorts[row]), int(period), "no untreated outcomes to impute from")
        for row, period in np.argwhere(missed)
    )


def no_treated() -> Refused:
    """Return the refusal of data in which nobody is ever treated."""
    return Refused(
        "no_treated",
        "no unit is treated within the periods of the data",
        "check the column of the first treated period and the code for never",
    )


def require_imputable(asked: Float | Bool, used: Float | Bool) -> None:
    """Refuse data without a treated row, or without one that can be imputed.

    Parameters
    ----------
    asked, used : ndarray
        Treated cells, or rows of them, that are there, and those that can be imputed.

    Raises
    ------
    Refused
        ``no_treated``; ``nothing_to_impute_from``.
    """
    if not asked.any():
        raise no_treated()
    if not used.any():
        raise Refused(
            "nothing_to_impute_from",
            "no treated row has both an untreated period of its own unit and untreated units "
            "in its own period",
            "add periods before the roll-out, or units that are not treated yet",
        )


def single_unit_cohort() -> Refused:
    """Return the refusal of a leave-out standard error with one cluster in a cohort."""
    return Refused(
        "single_unit_cohort",
        "a cohort consists of one cluster in some period: with it left out nothing is left to "
        "judge its residual by",
        "join cohorts that begin at about the same time, or ask for the conservative standard "
        "error",
    )


def leave_out(total: Float, n: Float) -> Float:
    """Return clusters' sums less what the other clusters of their cohort and period lead to.

    Parameters
    ----------
    total, n : ndarray, shape (C, T)
        Sums of effects, and rows, by cluster and period.

    Raises
    ------
    Refused
        ``single_unit_cohort``.
    """
    squares = (n**2).sum(axis=0)
    rest = squares - n**2
    if ((n > 0).sum(axis=0) < LEAST_CLUSTERS).any():
        raise single_unit_cohort()
    left: Float = squares * (total - n * (n * total).sum(axis=0) / squares) / rest
    return left
