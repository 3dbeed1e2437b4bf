"""Group-time effects: how each cohort's outcome in each period differs from its comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evaluate.data.moments import Float, Integer

Comparison = Literal["never", "not_yet"]
Base = Literal["varying", "universal"]
Covariates = Literal["doubly_robust", "regression", "weighting"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """With whom, and with which period, each cohort is compared.

    Attributes
    ----------
    comparison : {"never", "not_yet"}
        Units that are never treated, or all that are not yet treated in either period.
    base : {"varying", "universal"}
        Before treatment, the period before, or always the last before treatment.
    anticipation : int
        Periods before the first treated one in which an effect may already show.
    """

    comparison: Comparison = "not_yet"
    base: Base = "varying"
    anticipation: int = 0


@dataclass(frozen=True, slots=True)
class GroupTimes:
    """Effects by cohort and period, with all that sums of them need.

    Attributes
    ----------
    cohort, period, base : ndarray, shape (m,)
        Places in ``Starts.periods``.
    effect : ndarray, shape (m,)
        Group-time effects; exactly 0 in the reference period of a universal base.
    shares : ndarray, shape (h,)
        Each treated cohort's share of all units, cohorts in order.
    cohorts : ndarray, shape (h,)
        Those cohorts.
    joint : ndarray, shape (m + h, m + h)
        Covariance of effects and shares, clusters kept.
    n_treated, n_comparison : ndarray, shape (m,)
        Units that each effect rests on.
    dropped : tuple of (int, int, str)
        Cohort, period and reason of effects that cannot be estimated, such as
        ``"no comparison left"``.
    """

    cohort: Integer
    period: Integer
    base: Integer
    effect: Float
    shares: Float
    cohorts: Integer
    joint: Float
    n_treated: Integer
    n_comparison: Integer
    dropped: tuple[tuple[int, int, str], ...] = ()
