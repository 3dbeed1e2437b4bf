"""Averages of group-time effects: overall, by time since treatment, by cohort, by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.errors import Refused
from evaluate.inference.group_time import GroupTimes

Kind = Literal["simple", "dynamic", "group", "calendar"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Averages of one kind, and their own average.

    Attributes
    ----------
    keys : ndarray, shape (k,)
        Periods since treatment (dynamic), or places in ``Starts.periods`` of the cohort
        (group) or the period (calendar); none for simple.
    effect : ndarray, shape (k,)
        One average for each.
    covariance : ndarray, shape (k, k)
        Theirs, estimated weights included.
    overall, std_error : float
        All treated cells weighted by cohort size (simple); the plain mean over periods since
        treatment from 0 on (dynamic) or over periods (calendar); the mean over cohorts
        weighted by size (group).
    gradient : ndarray, shape (k + 1, m + h)
        Derivatives of the averages, then of the overall one, by effects and shares: with
        ``GroupTimes.joint`` they give the covariance with any other average.
    n_treated, n_comparison : ndarray, shape (k + 1,)
        Units behind each average, then behind the overall one: the treated ones of all its
        cohorts, and the largest comparison among its effects.
    """

    keys: Integer
    effect: Float
    covariance: Float
    overall: float
    std_error: float
    gradient: Float
    n_treated: Integer
    n_comparison: Integer

    @property
    def std_errors(self) -> Float:
        """Standard error of each average, shape (k,)."""
        return np.sqrt(np.maximum(np.diagonal(self.covariance), 0.0))


def aggregate(
    times: GroupTimes, kind: Kind, min_e: int | None = None, max_e: int | None = None
) -> Aggregate:
    """Return averages of group-time effects with their joint covariance.

    Within an average each effect is weighted by its cohort's share of units; of one cohort
    all periods weigh the same. That shares are estimated is part of the covariance (delta
    method on ``GroupTimes.joint``).

    Parameters
    ----------
    times : GroupTimes
        Effects by cohort and period.
    kind : {"simple", "dynamic", "group", "calendar"}
        What to average over.
    min_e, max_e : int or None
        Only effects from this, and up to this, many periods since treatment.

    Raises
    ------
    Refused
        ``no_treated_period`` where no effect of treatment is left to average.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, equations 3.1 to 3.11; R's
    ``did::aggte(type = kind)``.
    """
    since = times.period - times.cohort
    kept = (since >= (-np.inf if min_e is None else min_e)) & (
        since <= (np.inf if max_e is None else max_e)
    )
    treated = kept & (since >= 0)
    if not treated.any():
        raise Refused(
            "no_treated_period",
            "no effect of a period of treatment is left to average",
            "widen the range of periods since treatment",
        )
    if kind == "simple":
        empty = np.zeros(0, dtype=np.int64)
        return _finished(times, empty, treated[None, :], _average(times, treated)[None, :])
    by, among = {
        "dynamic": (since, kept),
        "group": (times.cohort, treated),
        "calendar": (times.period, treated),
    }[kind]
    keys = np.unique(by[among])
    members = among & (by == keys[:, None])
    rows = np.array([_average(times, one) for one in members])
    if kind == "group":
        last = _mean_of_cohorts(times, rows, np.searchsorted(times.cohorts, keys))
    else:
        last = rows[keys >= 0].mean(axis=0)
    return _finished(times, keys, np.vstack([members, treated]), np.vstack([rows, last]))


def _average(times: GroupTimes, members: NDArray[np.bool_]) -> Float:
    """Return the derivatives of an average weighted by cohort size, shape (m + h,)."""
    m, at = len(times.effect), np.flatnonzero(members)
    cohort = np.searchsorted(times.cohorts, times.cohort[at])
    total = times.shares[cohort].sum()
    found = np.zeros(len(times.joint))
    found[at] = times.shares[cohort] / total
    value = found[at] @ times.effect[at]
    np.add.at(found, m + cohort, (times.effect[at] - value) / total)
    if len(np.unique(cohort)) == 1:
        # One cohort's size weighs all its periods alike, however it varies.
        found[m:] = 0.0
    return found


def _mean_of_cohorts(times: GroupTimes, rows: Float, cohort: Integer) -> Float:
    """Return the derivatives of cohorts' averages weighted by their size, shape (m + h,)."""
    m, total = len(times.effect), times.shares[cohort].sum()
    each, weight = rows[:, :m] @ times.effect, times.shares[cohort] / total
    found: Float = weight @ rows
    found[m + cohort] += (each - weight @ each) / total
    return found


def _finished(
    times: GroupTimes, keys: Integer, members: NDArray[np.bool_], gradient: Float
) -> Aggregate:
    """Return the averages that these derivatives belong to, the overall one last."""
    effect = gradient[:, : len(times.effect)] @ times.effect
    covariance = gradient @ times.joint @ gradient.T
    sizes = np.where(members, times.n_treated, 0)
    treated = np.where(times.cohort == times.cohorts[:, None], sizes[:, None, :], 0)
    return Aggregate(
        keys,
        effect[:-1],
        covariance[:-1, :-1],
        overall=float(effect[-1]),
        std_error=float(np.sqrt(max(covariance[-1, -1], 0.0))),
        gradient=gradient,
        n_treated=treated.max(axis=2).sum(axis=1),
        n_comparison=np.where(members, times.n_comparison, 0).max(axis=1),
    )
