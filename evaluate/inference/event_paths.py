"""Mean outcomes by time since the start, of those treated and of those they are compared with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from evaluate.data.paths import Paths
from evaluate.inference.group_time import GroupTimes


def event_paths(paths: Paths, times: GroupTimes) -> Iterator[tuple[int, float, float, int, int]]:
    """Yield event time, both means, and the units behind each.

    Cohorts are weighted by their size, as in the average by event time; each is set beside the
    cohorts that its own effect in that period is compared with.

    Parameters
    ----------
    paths : Paths
        Means by cohort and period.
    times : GroupTimes
        Effects with a universal base, from the same cohorts.
    """
    starts = paths.starts
    since = times.period - times.cohort
    share = times.shares[np.searchsorted(times.cohorts, times.cohort)]
    own = np.searchsorted(starts.cohorts, times.cohort)
    for event in np.unique(since).tolist():
        cells = np.flatnonzero((since == event) & (paths.n[own, times.period] > 0))
        if not len(cells):
            continue
        weight = share[cells] / share[cells].sum()
        at = times.period[cells]
        compared = np.array([_compared(times, one) for one in cells.tolist()])
        n = np.where(compared, paths.n.T[at], 0.0)
        total = n.sum(axis=1)
        if (total == 0).any():
            continue
        beside = (n * paths.mean.T[at]).sum(axis=1) / total
        yield (
            event,
            float(weight @ paths.mean[own[cells], at]),
            float(weight @ beside),
            round(float(paths.n[own[cells], at].sum())),
            round(float(total.max())),
        )


def _compared(times: GroupTimes, cell: int) -> NDArray[np.bool_]:
    """Return the cohorts that a cell is compared with; of a reference period, the first's."""
    found: NDArray[np.bool_] = times.compared[cell]
    if found.any():
        return found
    other = times.compared[(times.cohort == times.cohort[cell]) & times.compared.any(axis=1)]
    first: NDArray[np.bool_] = other[0] if len(other) else found
    return first
