"""Group-time effects: how each cohort's outcome in each period differs from its comparison."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

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
        Units that each effect rests on; of repeated cross-sections rows of the smaller of the
        two periods.
    compared : ndarray of bool, shape (m, H)
        Which cohorts of ``Starts`` each effect is compared with.
    dropped : tuple of (int, int, str)
        Cohort, period and reason of effects that cannot be estimated, such as
        ``"no comparison left"``.
    parts : ndarray, shape (H, m + h, m + h)
        What the clusters of each cohort add to ``joint``; empty where that is not known.
    clusters : ndarray, shape (H,)
        Clusters of each cohort.
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
    compared: NDArray[np.bool_]
    dropped: tuple[tuple[int, int, str], ...] = ()
    parts: Float = field(default_factory=lambda: np.zeros((0, 0, 0)))
    clusters: Integer = field(default_factory=lambda: np.zeros(0, np.int64))

    def free(self, gradient: Float) -> float:
        """Return Welch and Satterthwaite's degrees of freedom of a sum of effects and shares.

        Each cohort's clusters make up a part of the variance, with one degree of freedom less
        than they are.

        Parameters
        ----------
        gradient : ndarray, shape (m + h,)
            Weights of effects and shares.

        References
        ----------
        Welch (1947), Biometrika 34(1/2), equation 28.
        """
        if not len(self.parts):
            return float(max(self.clusters.sum() - 1, 1))
        parts = np.einsum("i,hij,j->h", gradient, self.parts, gradient)
        total = float(np.sum(parts**2 / np.maximum(self.clusters - 1, 1)))
        if total > 0:
            return float(parts.sum() ** 2 / total)
        return float(max(self.clusters.sum() - 1, 1))
