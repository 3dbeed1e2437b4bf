"""Units and clusters with sums by period, and the centres that these are taken about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.data.path_calendar import Calendar


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of a sample counted by first treated period and period.

    Attributes
    ----------
    calendar : Calendar
        What the values mean.
    centre : ndarray, shape (s, T)
        Mean outcome; the overall mean where there is no row.
    n : ndarray, shape (s, T)
        Rows that are not left out.
    units : (int, int) or None
        Smallest and largest number of a unit, where whole numbers name all of them.
    """

    calendar: Calendar
    centre: Float
    n: Float
    units: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """Some of the assigned clusters, with sums by period.

    Attributes
    ----------
    low, high : ndarray, shape (b,)
        Smallest and largest code of the first treated period.
    n, deviation : ndarray, shape (b, T)
        Rows, and the sum of their outcomes less the centre of code ``low``.
    units, seen, gaps : ndarray, shape (b,)
        Units that enter, all units, and those of them without a row in some period.
    twice, changes, apart : int
        Unit-periods with several rows, units with several first treated periods, and units
        in several clusters, over all of these clusters.
    """

    low: Integer
    high: Integer
    n: Float
    deviation: Float
    units: Integer
    seen: Integer
    gaps: Integer
    twice: int = 0
    changes: int = 0
    apart: int = 0


def of_single_units(
    low: Integer, high: Integer, n: Float, deviation: Float, *, drop: bool
) -> Groups:
    """Return units, each a cluster of its own; those with gaps do not enter if ``drop``."""
    least = n.min(axis=1, initial=np.inf)
    gaps = (least == 0).astype(np.int64)
    seen = np.ones_like(gaps)
    twice = int(np.count_nonzero(n > 1)) if n.max(initial=0.0) > 1 else 0
    return Groups(low, high, n, deviation, seen - gaps if drop else seen, seen, gaps, twice)


def of_clusters(
    units: Groups, cluster: tuple[Integer, Integer], centre: Float, *, drop: bool
) -> Groups:
    """Return clusters from their units.

    Parameters
    ----------
    units : Groups
        As ``of_single_units`` returns them.
    cluster : (ndarray, ndarray), each shape (b,)
        Smallest and largest number of a unit's cluster.
    centre : ndarray, shape (s, T)
        What was subtracted from the outcomes of each code.
    drop : bool
        Whether units with gaps do not enter.
    """
    first, last = cluster
    size = int(first.max(initial=-1)) + 1
    low, high = ends(first, units.low, size)[0], ends(first, units.high, size)[1]
    at = units.units > 0
    # A cluster of several cohorts is refused, but until then has one centre.
    deviation = units.deviation + units.n * (centre[units.low] - centre[low[first]])
    seen, gaps = np.bincount(first, minlength=size), np.bincount(first, units.gaps, size)
    return Groups(
        low,
        high,
        _summed(first[at], units.n[at], size),
        _summed(first[at], deviation[at], size),
        np.bincount(first[at], minlength=size),
        seen,
        gaps.astype(np.int64),
        units.twice,
        int(np.count_nonzero(units.low != units.high)),
        int(np.count_nonzero(first != last)),
    )


def ends(group: Integer, values: Integer, size: int) -> tuple[Integer, Integer]:
    """Return the smallest and the largest value of each group."""
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(low, group, values)
    np.maximum.at(high, group, values)
    return low, high


def nothing(cells: Cells) -> Groups:
    """Return no clusters."""
    none, empty = np.zeros(0, np.int64), np.zeros((0, cells.calendar.size))
    return Groups(none, none, empty, empty, none, none, none)


def joined(parts: Sequence[Groups]) -> Groups:
    """Return several parts as one."""
    if len(parts) == 1:
        return parts[0]
    return Groups(
        low=np.concatenate([one.low for one in parts]),
        high=np.concatenate([one.high for one in parts]),
        n=np.concatenate([one.n for one in parts]),
        deviation=np.concatenate([one.deviation for one in parts]),
        units=np.concatenate([one.units for one in parts]),
        seen=np.concatenate([one.seen for one in parts]),
        gaps=np.concatenate([one.gaps for one in parts]),
        twice=sum(one.twice for one in parts),
        changes=sum(one.changes for one in parts),
        apart=sum(one.apart for one in parts),
    )


def _summed(group: Integer, values: Float, size: int) -> Float:
    sums = [np.bincount(group, column, size) for column in values.T]
    return np.array(sums, dtype=np.float64).reshape(values.shape[1], size).T


def centres_at(calendar: Calendar) -> Integer:
    """Return, for each cohort 0 to T, which first treated period's centre it goes by."""
    at = np.zeros(calendar.size + 1, np.int64)
    for code in range(len(calendar.starts) - 1, -1, -1):
        if calendar.cohorts[code] >= 0:
            at[calendar.cohorts[code]] = code
    return at


def cells_of(
    calendar: Calendar, code: Integer, place: Integer, n: Float, total: Float, kept: Float
) -> Cells:
    """Return counts and centres from sums by first treated period and period.

    Parameters
    ----------
    calendar : Calendar
        What the values mean.
    code, place : ndarray, shape (m,)
        Of the first treated period and of the period, in ``calendar``; may repeat.
    n, total : ndarray, shape (m,)
        Rows, and the sum of their outcomes.
    kept : ndarray, shape (m,)
        Rows that are not left out.
    """
    shape = (len(calendar.starts), calendar.size)
    count, sums, used = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    np.add.at(count, (code, place), n)
    np.add.at(sums, (code, place), total)
    np.add.at(used, (code, place), kept)
    overall = sums.sum() / max(count.sum(), 1.0)
    centre = np.where(count > 0, sums / np.maximum(count, 1.0), overall)
    cohort = centres_at(calendar)[calendar.cohorts]  # those always treated go by any
    return Cells(calendar, centre[cohort], used)
