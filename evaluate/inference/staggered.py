"""A roll-out as it was asked about: its sums or its panel, and effects under other questions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float
from evaluate.data.paths import ClusterPaths, Incomplete, Panel, PanelColumns, Paths, Unusable
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast, Covariates, GroupTimes
from evaluate.inference.group_time_panel import group_times_of_panel
from evaluate.inference.group_time_sums import group_times_of_sums
from evaluate.inference.preconditions import require_variation


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a roll-out.

    Attributes
    ----------
    columns : PanelColumns
        Where units, periods and starts are.
    contrast : Contrast
        With whom, and with which period, cohorts are compared.
    covariates : tuple of str
        Numeric columns that comparison units are made alike in.
    covariates_by : {"doubly_robust", "regression", "weighting"}
        How.
    incomplete : {"pairs", "drop", "levels"}
        What is done about units that are not there in every period.
    """

    columns: PanelColumns
    contrast: Contrast
    covariates: tuple[str, ...] = ()
    covariates_by: Covariates = "doubly_robust"
    incomplete: Incomplete = "pairs"


@dataclass(frozen=True, slots=True)
class RollOut:
    """A roll-out that was read.

    Attributes
    ----------
    asked : Asked
        The question.
    paths : Paths
        Sums by cohort.
    unusable : Unusable
        What no effect can be read from, by count.
    panel : Panel or None
        Units one by one, where covariates or gaps need them.
    clusters : ClusterPaths or None
        Clusters one by one, where units lie in clusters and sums are enough otherwise.
    """

    asked: Asked
    paths: Paths
    unusable: Unusable
    panel: Panel | None = None
    clusters: ClusterPaths | None = None

    def group_times(self, contrast: Contrast | None = None) -> GroupTimes:
        """Return the group-time effects, under another contrast where one is given."""
        used = contrast or self.asked.contrast
        if self.panel is None:
            return group_times_of_sums(self.paths, used)
        return group_times_of_panel(self.panel, used, self.asked.covariates_by)

    def plain(self) -> RollOut:
        """Return the roll-out without covariates, its gaps taken as levels."""
        if self.panel is None:
            return self
        gaps = not self.paths.balanced and self.asked.incomplete == "pairs"
        rule: Incomplete = "levels" if gaps else self.asked.incomplete
        asked = replace(self.asked, covariates=(), incomplete=rule)
        return replace(self, asked=asked, paths=replace(self.paths, incomplete=rule), panel=None)

    def without(self, cohort: int) -> RollOut:
        """Return the roll-out without one cohort."""
        kept = self.paths.starts.cohorts != cohort
        paths = _kept(self.paths, kept)
        panel = None if self.panel is None else units_of(self.panel, self.panel.cohort != cohort)
        held = None if self.clusters is None else _left(self.clusters, cohort)
        return replace(self, paths=paths, panel=panel, clusters=held)


def read_rollout(sample: Sample, asked: Asked, leaving: str | None = None) -> RollOut:
    """Return a roll-out as sums, and as units one by one where the question needs them.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    asked : Asked
        The question.
    leaving : str or None
        Column of 0 and 1; rows where it is 1 are left out.

    Raises
    ------
    Refused
        ``covariates_need_units``, and the codes of ``require_variation``, ``Sample.paths`` and
        ``Sample.panel``.
    """
    require_variation(sample, asked.covariates)
    paths, unusable = sample.paths(asked.columns, asked.incomplete, leaving)
    pairs = not paths.balanced and asked.incomplete == "pairs" and asked.columns.unit is not None
    if not (asked.covariates or pairs):
        return RollOut(asked, paths, unusable, clusters=_clusters(sample, asked, leaving))
    if asked.columns.unit is None:
        raise Refused(
            "covariates_need_units",
            "covariates are named, but the periods hold other units each time",
            "name the unit if it is seen again, or leave the covariates out",
        )
    panel, _ = sample.panel(asked.columns, asked.covariates, leaving)
    if asked.incomplete == "drop":
        gaps = np.isnan(panel.outcome).any(axis=1)
        panel = units_of(panel, np.logical_not(gaps))
    return RollOut(asked, paths, unusable, panel)


def _clusters(sample: Sample, asked: Asked, leaving: str | None) -> ClusterPaths | None:
    if asked.columns.cluster is None:
        return None
    return sample.cluster_paths(asked.columns, asked.incomplete, leaving)


def _left(held: ClusterPaths, cohort: int) -> ClusterPaths:
    kept, starts = held.cohort != cohort, held.starts
    stay = starts.cohorts != cohort
    starts = replace(
        starts,
        cohorts=starts.cohorts[stay],
        units=starts.units[stay],
        clusters=starts.clusters[stay],
    )
    return ClusterPaths(starts, held.n[kept], held.mean[kept], held.cohort[kept])


def _kept(paths: Paths, kept: NDArray[np.bool_]) -> Paths:
    starts = replace(
        paths.starts,
        cohorts=paths.starts.cohorts[kept],
        units=paths.starts.units[kept],
        clusters=paths.starts.clusters[kept],
    )
    return replace(
        paths, starts=starts, n=paths.n[kept], mean=paths.mean[kept], products=paths.products[kept]
    )


def units_of(panel: Panel, kept: NDArray[np.bool_]) -> Panel:
    """Return a panel with some of its units.

    Parameters
    ----------
    panel : Panel
        All units.
    kept : ndarray of bool, shape (N,)
        Which stay.
    """
    cohort, cluster = panel.cohort[kept], panel.cluster[kept]
    cohorts = np.unique(cohort)
    starts = replace(
        panel.starts,
        cohorts=cohorts,
        units=np.array([(cohort == one).sum() for one in cohorts]),
        clusters=np.array([len(np.unique(cluster[cohort == one])) for one in cohorts]),
    )
    return Panel(starts, panel.outcome[kept], cohort, cluster, panel.covariates[kept])


def sums_of_clusters(held: ClusterPaths, kept: NDArray[np.bool_] | None = None) -> Paths:
    """Return clusters' paths as sums by cohort, each cluster counted by its rows.

    Parameters
    ----------
    held : ClusterPaths
        One path for each cluster.
    kept : ndarray of bool, shape (C,), or None
        Clusters that count; all where none are given.
    """
    kept = np.ones(len(held.cohort), bool) if kept is None else kept
    n, mean, cohort = held.n[kept], held.mean[kept], held.cohort[kept]
    cohorts = np.unique(cohort)
    found = [_one_cohort(n[cohort == one], mean[cohort == one]) for one in cohorts]
    rows, means, products = (np.array(part) for part in zip(*found, strict=True))
    starts = replace(
        held.starts,
        cohorts=cohorts,
        units=rows.max(axis=1).astype(np.int64),
        clusters=np.array([(cohort == one).sum() for one in cohorts]),
    )
    even = bool((n == n[:, :1]).all())
    return Paths(starts, rows, means, products, even, "levels")


def _one_cohort(n: Float, mean: Float) -> tuple[Float, Float, Float]:
    rows = n.sum(axis=0)
    average = (n * mean).sum(axis=0) / np.where(rows > 0, rows, 1.0)
    c = np.hstack([n, n * (mean - average)])
    return rows, average, c.T @ c
