"""Nearest neighbours on several numbers, by a tree of points."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from evaluate.inference.comparison import Bools, Ints
from evaluate.inference.linear import Float
from evaluate.inference.nearest_levels import DIGITS, SAME, Flow, Levels
from evaluate.inference.nearest_line import in_turn, merged, shared_cells

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

# Neighbours asked for beyond the number, so that ties are seen; doubled where that is not enough.
_MORE = 8
# Distances held at a time.
_HELD = 4_000_000


def space_windows(source: Levels, target: Levels, number: int, width: float) -> Flow:
    """Return each source level's nearest target units, used as often as they are nearest.

    Parameters
    ----------
    source, target : Levels
        The groups, as points.
    number : int
        Units that each is to be matched with; all as near as the last of them are taken too.
    width : float
        Caliper on the measure; infinite for none.

    Returns
    -------
    Flow
        Amounts are sizes of the target levels.
    """
    pairs: list[tuple[Ints, Ints]] = []
    for own, other in shared_cells(source, target):
        cloud = _Cloud.of(target, other, width)
        for a, b in cloud.nearest(source.value[own], source.measure[own], number):
            pairs.append((a + own.start, b + other.start))
    if not pairs:
        none = np.zeros(0, np.int64)
        return Flow(none, none, np.zeros(0))
    at, to = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    return merged(Flow(at, to, target.size[to].astype(np.float64)))


@dataclass(slots=True)
class _Cloud:
    """The target levels of a cell, of which some may be used up."""

    value: Float
    measure: Float
    size: Ints
    width: float
    places: Ints
    tree: cKDTree = field(repr=False)

    @classmethod
    def of(cls, target: Levels, other: slice, width: float) -> _Cloud:
        """Return a cell with all of its units free."""
        from scipy.spatial import cKDTree

        value = target.value[other]
        places = np.arange(len(value))
        tree = cKDTree(value)
        size = target.size[other].copy()
        return cls(value, target.measure[other], size, width, places, tree)

    def near(self, points: Float, count: int) -> tuple[Float, Ints]:
        """Return distances and places of the nearest levels, shape (m, count)."""
        asked = np.arange(1, min(count, len(self.places)) + 1)
        away, at = self.tree.query(points, asked)
        return np.asarray(away, np.float64), self.places[np.asarray(at, np.int64)]

    def allowed(self, measure: Float | float, at: Ints) -> Bools:
        """Return which levels are within the caliper and free."""
        free: Bools = self.size[at] > 0
        if self.width < inf:
            free &= np.abs(self.measure[at] - measure) <= self.width * (1 + SAME)
        return free

    def nearest(self, points: Float, measure: Float, number: int) -> list[tuple[Ints, Ints]]:
        """Return pairs of places: each point's nearest units, with all that tie."""
        found: list[tuple[Ints, Ints]] = []
        waiting, count = np.arange(len(points)), min(number + _MORE, len(self.places))
        while len(waiting):
            later = []
            for part in np.array_split(waiting, 1 + len(waiting) * count // _HELD):
                away, at = self.near(points[part], count)
                good = self.allowed(measure[part, None], at)
                units = np.cumsum(np.where(good, self.size[at], 0), axis=1)
                enough = units[:, -1] >= number
                last = np.argmax(units >= number, axis=1)
                radius = np.where(enough, away[np.arange(len(part)), last], inf) + SAME
                done = (enough & (away[:, -1] > radius)) | (count == len(self.places))
                row, column = np.nonzero(good & (away <= radius[:, None]) & done[:, None])
                found.append((part[row], at[row, column]))
                later.append(part[~done])
            waiting, count = np.concatenate(later), min(2 * count, len(self.places))
        return found

    def best(self, point: Float, measure: float) -> tuple[float, int]:
        """Return the nearest free level and its distance, ties by place; -1 for none."""
        count = _MORE
        while True:
            away, at = self.near(point, count)
            good = self.allowed(measure, at)
            if good.any():
                first = float(away[np.argmax(good)])
                tied = good & (away <= first + SAME)
                if away[-1] > first + SAME or len(at) == len(self.places):
                    return round(first, DIGITS), int(at[tied].min())
            if len(at) == len(self.places):
                return inf, -1
            count *= 4

    def take(self, level: int, number: int) -> None:
        """Use units of a level; a tree of mostly used points is built again."""
        self.size[level] -= number
        if self.size[level] or level % 64:
            return
        free = np.flatnonzero(self.size)
        if 0 < len(free) <= len(self.places) // 2:
            from scipy.spatial import cKDTree

            self.places, self.tree = free, cKDTree(self.value[free])


def space_greedy(
    source: Levels, target: Levels, ratio: int, width: float, turns: Float | None
) -> Flow:
    """Return matches of which none uses a target unit twice, each the nearest still free.

    Parameters
    ----------
    source, target : Levels
        The groups, as points.
    ratio : int
        Matches for each source unit: every unit has its first before any has its second.
    width : float
        Caliper on the measure; infinite for none.
    turns : ndarray, shape (l,), or None
        The lowest of the source levels chooses first; ``None`` for the nearest pair's.

    Returns
    -------
    Flow
        Amounts are numbers of pairs.
    """
    found: list[tuple[int, int, int]] = []
    for own, other in shared_cells(source, target):
        cloud = _Cloud.of(target, other, width)
        needed = source.size[own].tolist()
        for _ in range(ratio):
            if turns is None:
                made = _by_nearness(cloud, source, own, needed)
            else:
                made = _by_turns(cloud, source, own, needed, np.argsort(turns[own], kind="stable"))
            needed = [0] * len(needed)
            for a, b, number in made:
                needed[a] += number
                found.append((a + own.start, b + other.start, number))
    return in_turn(found)


def _by_turns(
    cloud: _Cloud, source: Levels, own: slice, needed: list[int], turns: Ints
) -> list[tuple[int, int, int]]:
    made = []
    for a in turns.tolist():
        left = needed[a]
        while left:
            _, b = cloud.best(source.value[own.start + a], source.measure[own.start + a])
            if b < 0:
                break
            number = min(left, int(cloud.size[b]))
            cloud.take(b, number)
            made.append((a, b, number))
            left -= number
    return made


def _by_nearness(
    cloud: _Cloud, source: Levels, own: slice, needed: list[int]
) -> list[tuple[int, int, int]]:
    def best(a: int) -> tuple[float, int, int]:
        return (*cloud.best(source.value[own.start + a], source.measure[own.start + a]), a)

    made, left = [], list(needed)
    waiting = [best(a) for a, number in enumerate(left) if number]
    heapify(waiting)
    while waiting:
        _, b, a = heappop(waiting)
        if b < 0:
            continue
        number = min(left[a], int(cloud.size[b]))
        if number:
            cloud.take(b, number)
            made.append((a, b, number))
            left[a] -= number
        if left[a]:
            heappush(waiting, best(a))
    return made
