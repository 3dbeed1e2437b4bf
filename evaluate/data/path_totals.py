"""From sums by cluster and period to what ``Paths`` and ``ClusterPaths`` hold."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.data.path_groups import Cells, Groups, centres_at
from evaluate.data.paths import ClusterPaths, Incomplete, Paths, Starts, Unusable
from evaluate.errors import Refused


@dataclass(slots=True)
class Totals:
    """Sums over clusters by cohort, and counts of what is wrong with them.

    Attributes
    ----------
    cells : Cells
        Calendar and centres.
    cohorts : ndarray, shape (H,)
        Cohorts that may occur, in order.
    """

    cells: Cells
    cohorts: Integer = field(init=False)
    n: Float = field(init=False)
    deviation: Float = field(init=False)
    products: Float = field(init=False)
    units: Integer = field(init=False)
    clusters: Integer = field(init=False)
    always: int = 0
    gaps: int = 0
    twice: int = 0
    changes: int = 0
    apart: int = 0
    mixed: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing."""
        every = self.cells.calendar.cohorts
        self.cohorts = np.unique(every[every >= 0])
        h, t = len(self.cohorts), self.cells.calendar.size
        self.n, self.deviation = np.zeros((h, t)), np.zeros((h, t))
        self.products = np.zeros((h, 2 * t, 2 * t))
        self.units, self.clusters = np.zeros(h, np.int64), np.zeros(h, np.int64)

    def add(self, groups: Groups) -> None:
        """Add some clusters.

        Cohorts of several first treated periods have one centre: of the first of them.
        """
        self.count(groups)
        cohort = self.cells.calendar.cohorts[groups.low]
        enters = groups.units > 0
        for place, one in enumerate(self.cohorts):
            at = np.flatnonzero((cohort == one) & enters)
            if len(at):
                self._add(place, groups, slice(None) if len(at) == len(cohort) else at)

    def count(self, groups: Groups) -> None:
        """Count what is wrong with some clusters, and no more."""
        self.twice, self.changes = self.twice + groups.twice, self.changes + groups.changes
        self.apart += groups.apart
        self.mixed += int(np.count_nonzero(groups.low != groups.high))
        cohort = self.cells.calendar.cohorts[groups.low]
        self.always += int(groups.seen[cohort < 0].sum())
        self.gaps += int(groups.gaps[cohort >= 0].sum())

    def _add(self, place: int, groups: Groups, at: slice | Integer) -> None:
        deviation = groups.deviation[at]
        t = self.cells.calendar.size
        total = deviation.sum(axis=0)
        self.deviation[place] += total
        products = self.products[place]
        # One number for all, as of a balanced panel: the products with it are known.
        n = groups.n[:1] if not any(groups.n.strides) else groups.n[at]
        if n.min() == n.max():
            self.n[place] += len(deviation) * n[0, 0]
            products[:t, :t] += len(deviation) * n[0, 0] ** 2
            both = np.outer(np.full(t, n[0, 0]), total)
        else:
            self.n[place] += n.sum(axis=0)
            products[:t, :t] += n.T @ n
            both = n.T @ deviation
        products[:t, t:] += both
        products[t:, :t] += both.T
        products[t:, t:] += deviation.T @ deviation
        self.units[place] += int(groups.units[at].sum())
        self.clusters[place] += len(deviation)

    def require_sound(self, *, of_units: bool) -> None:
        """Refuse what no path can be read from.

        Parameters
        ----------
        of_units : bool
            Whether each unit is a cluster of its own.

        Raises
        ------
        Refused
            ``duplicate_unit_time``, ``cohort_changes``, ``unit_in_several_clusters`` and
            ``cluster_of_several_cohorts``.
        """
        changes = self.mixed if of_units else self.changes
        if self.twice:
            raise Refused(
                "duplicate_unit_time",
                f"{self.twice} pairs of a unit and a period stand in several rows",
                "keep one row for each unit and period, or name no unit",
            )
        if changes:
            raise Refused(
                "cohort_changes",
                f"the first treated period changes over time in {changes} units",
                "give each unit the one period in which it was first treated",
            )
        if self.apart:
            raise Refused(
                "unit_in_several_clusters",
                f"{self.apart} units lie in more than one cluster",
                "give each unit the cluster it was in when treatment was assigned",
            )
        if self.mixed and not of_units:
            raise Refused(
                "cluster_of_several_cohorts",
                f"{self.mixed} clusters hold units of several first treated periods",
                "cluster by what was assigned, or by something within it",
            )

    def paths(self, incomplete: Incomplete, *, balanced: bool) -> tuple[Paths, Unusable]:
        """Return the sums about each cohort's own means.

        Parameters
        ----------
        incomplete : {"pairs", "drop", "levels"}
            What was done about units with gaps.
        balanced : bool
            Whether the clusters that were added hold a row in every period for each unit.
        """
        kept = self.clusters > 0
        starts = Starts(
            self.cells.calendar.periods,
            self.cohorts[kept],
            self.units[kept],
            self.clusters[kept],
        )
        n, t = self.n[kept], self.cells.calendar.size
        shift = self.deviation[kept] / np.maximum(n, 1.0)
        turn = np.tile(np.eye(2 * t), (len(n), 1, 1))
        turn[:, t + np.arange(t), np.arange(t)] = -shift
        products = turn @ self.products[kept] @ turn.transpose(0, 2, 1)
        products = (products + products.transpose(0, 2, 1)) / 2
        if balanced and bool((self.units == self.clusters).all()):
            # Deviations from a mean add up to nothing: so says algebra, to the last digit.
            products[:, :t, t:] = products[:, t:, :t] = 0.0
        mean = np.where(n > 0, self.centre[kept] + shift, 0.0)
        single = tuple(self.cohorts[self.clusters == 1].tolist())
        unusable = Unusable(self.always, self.gaps, single)
        return Paths(starts, n, mean, products, balanced, incomplete), unusable

    @property
    def centre(self) -> Float:
        """Return what was subtracted from each cohort's outcomes, shape (H, T)."""
        return self.cells.centre[centres_at(self.cells.calendar)[self.cohorts]]


def cluster_paths(cells: Cells, groups: Groups) -> ClusterPaths:
    """Return the clusters' mean paths, ordered by what they hold.

    Parameters
    ----------
    cells : Cells
        Calendar and centres.
    groups : Groups
        All clusters; none of them has several first treated periods.
    """
    cohort = cells.calendar.cohorts[groups.low]
    there = (cohort >= 0) & (groups.units > 0)
    n, deviation = groups.n[there], groups.deviation[there]
    centre = cells.centre[groups.low[there]]
    mean = np.where(n > 0, centre + deviation / np.maximum(n, 1.0), 0.0)
    cohort, units = cohort[there], groups.units[there]
    order = np.lexsort((*mean.T[::-1], *n.T[::-1], cohort))
    kinds, code = np.unique(cohort, return_inverse=True)
    starts = Starts(
        cells.calendar.periods,
        kinds,
        np.bincount(code, units, len(kinds)).astype(np.int64),
        np.bincount(code, minlength=len(kinds)),
    )
    return ClusterPaths(starts, n[order], mean[order], cohort[order])
