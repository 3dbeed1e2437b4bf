"""How many clusters the overall effect of a roll-out rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.checks.clusters import FEWEST
from evaluate.inference.aggregate import aggregate
from evaluate.inference.group_time import GroupTimes
from evaluate.inference.staggered import RollOut


@dataclass(frozen=True, slots=True)
class Sides:
    """Assigned clusters behind the overall effect.

    Attributes
    ----------
    treated, comparison : int
        Clusters of the cohorts that have an effect, and of those that they are compared with.
    single : int
        Cohorts of one cluster among the treated.
    df : float
        Of the analytic standard error.
    """

    treated: int
    comparison: int
    single: int
    df: float

    @property
    def fewest(self) -> int:
        """Return the number of clusters of the smaller side."""
        return min(self.treated, self.comparison)

    @property
    def few(self) -> bool:
        """Return whether the analytic standard error is not to be relied on."""
        return self.fewest < FEWEST or self.single > 0


def sides_of(rolled: RollOut, times: GroupTimes) -> Sides:
    """Return how many clusters the overall effect rests on.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    times : GroupTimes
        Its effects.
    """
    starts, contrast = rolled.paths.starts, rolled.asked.contrast
    with_effect = np.unique(times.cohort[times.period >= times.cohort])
    treated = np.isin(starts.cohorts, with_effect)
    compared = starts.cohorts >= len(starts.periods)
    if contrast.comparison == "not_yet":
        compared |= starts.cohorts > int(with_effect.min())
    return Sides(
        treated=int(starts.clusters[treated].sum()),
        comparison=int(starts.clusters[compared].sum()),
        single=int((starts.clusters[treated] == 1).sum()),
        df=times.free(aggregate(times, "simple").gradient[-1]),
    )
