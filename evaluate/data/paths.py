"""Outcomes over time: as sums by cohort, as one path for each cluster, and as a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer

Incomplete = Literal["pairs", "drop", "levels"]


@dataclass(frozen=True, slots=True)
class Starts:
    """Who begins when, and which clusters were assigned.

    Periods are places in ``periods``, 0 to T - 1; a cohort is the place of its first treated
    period, and T for those who never begin or begin after the last period. A period in which
    nobody was seen has no place: who begins in it begins with the next.

    Attributes
    ----------
    periods : ndarray, shape (T,)
        The periods' own values, in order: integers where all are whole, else floats, or text
        such as ``"2015/16"``.
    cohorts : ndarray, shape (H,)
        Cohorts that are there, in order; T last where there are any.
    units, clusters : ndarray, shape (H,)
        Units and assigned clusters of each cohort; of repeated cross-sections units are rows.
    """

    periods: NDArray[Any]
    cohorts: Integer
    units: Integer
    clusters: Integer


@dataclass(frozen=True, slots=True)
class Paths:
    """Sums by cohort: all that estimators without covariates need, whatever the number of rows.

    Attributes
    ----------
    starts : Starts
        Who begins when.
    n, mean : ndarray, shape (H, T)
        Rows with an outcome, and its mean, by cohort and period.
    products : ndarray, shape (H, 2T, 2T)
        Sum over a cohort's clusters of c c', where c holds, by period, the cluster's rows and
        then the sum of its outcomes less the cohort's mean in that period.
    balanced : bool
        Whether every unit has an outcome in every period.
    incomplete : {"pairs", "drop", "levels"}
        What was done about units that have not.
    """

    starts: Starts
    n: Float
    mean: Float
    products: Float
    balanced: bool
    incomplete: Incomplete


@dataclass(frozen=True, slots=True)
class ClusterPaths:
    """One mean path for each assigned cluster, ordered by what they hold, not by label.

    Attributes
    ----------
    starts : Starts
        Who begins when.
    n, mean : ndarray, shape (C, T)
        Rows with an outcome, and its mean (0 where there is no row), by cluster and period.
    cohort : ndarray, shape (C,)
        Cohort of each cluster.
    """

    starts: Starts
    n: Float
    mean: Float
    cohort: Integer


@dataclass(frozen=True, slots=True)
class Panel:
    """One row for each unit, held in memory: for covariates and for panels with gaps.

    Attributes
    ----------
    starts : Starts
        Who begins when.
    outcome : ndarray, shape (N, T)
        NaN where a unit has none.
    cohort, cluster : ndarray, shape (N,)
        Cohort, and number of the assigned cluster, of each unit.
    covariates : ndarray, shape (N, k), or (N, T, k) where they change over time
        Without a constant; NaN where a unit is not there.
    """

    starts: Starts
    outcome: Float
    cohort: Integer
    cluster: Integer
    covariates: Float


@dataclass(frozen=True, slots=True)
class PanelColumns:
    """Which columns make the panel.

    Attributes
    ----------
    time, first_treated : str
        Period of a row, and period in which its unit is first treated.
    never : str
        Code, as text, of units that are never treated.
    unit, cluster : str or None
        Column of units, ``None`` for repeated cross-sections; of assigned clusters, by
        default the unit. One of the two is there.
    """

    time: str
    first_treated: str
    never: str
    unit: str | None = None
    cluster: str | None = None

    @property
    def by_unit(self) -> bool:
        """Return whether each unit is a cluster of its own."""
        return self.unit is not None and self.cluster in {None, self.unit}

    def rule(self, incomplete: Incomplete) -> Incomplete:
        """Return what is done about units with gaps: without units there are none to follow."""
        return incomplete if self.unit is not None else "levels"


@dataclass(frozen=True, slots=True)
class Unusable:
    """Rows or units that no effect over time can be read from, by count.

    Attributes
    ----------
    always_treated : int
        Units treated in their first period or before, left out.
    incomplete : int
        Units without an outcome in some period.
    single : tuple of int
        Cohorts (places in ``periods``) that consist of one cluster.
    """

    always_treated: int
    incomplete: int
    single: Sequence[int] = ()
