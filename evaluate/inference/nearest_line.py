"""Nearest neighbours on one number: windows of a sorted array, in n log n steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import inf

import numpy as np

from evaluate.inference.comparison import Ints
from evaluate.inference.linear import Float
from evaluate.inference.nearest_levels import DIGITS, SAME, Flow, Levels


def line_windows(source: Levels, target: Levels, number: int, width: float) -> Flow:
    """Return each source level's nearest target units, used as often as they are nearest.

    Parameters
    ----------
    source, target : Levels
        The groups, on a line.
    number : int
        Units that each is to be matched with; all as near as the last of them are taken too.
    width : float
        Caliper on the measure; infinite for none.

    Returns
    -------
    Flow
        Amounts are sizes of the target levels.
    """
    found = [
        _in_cell(source, target, own, other, number, width)
        for own, other in shared_cells(source, target)
    ]
    if not found:
        none = np.zeros(0, np.int64)
        return Flow(none, none, np.zeros(0))
    at = np.concatenate([one[0] for one in found])
    first = np.concatenate([one[1] for one in found])
    last = np.concatenate([one[2] for one in found])
    count = last - first
    begins = np.cumsum(count) - count
    step = np.arange(int(count.sum())) - np.repeat(begins, count)
    to = np.repeat(first, count) + step
    return Flow(np.repeat(at, count), to, target.size[to].astype(np.float64))


def shared_cells(source: Levels, target: Levels) -> Iterator[tuple[slice, slice]]:
    """Yield the levels of each cell that both groups have.

    Parameters
    ----------
    source, target : Levels
        The groups.
    """
    ends = {int(one.cell[end]) for one in (source, target) for end in (0, -1)}
    if len(ends) == 1:  # no cells, or one alone: both are sorted
        yield slice(0, len(source.cell)), slice(0, len(target.cell))
        return
    for cell in np.intersect1d(source.cell, target.cell).tolist():
        yield source.within(cell), target.within(cell)


def _in_cell(
    source: Levels, target: Levels, own: slice, other: slice, number: int, width: float
) -> tuple[Ints, Ints, Ints]:
    """Return source levels with a match, and the first and last of their target levels."""
    t, size = source.value[own], target.size[other]
    c = np.repeat(target.value[other], size)
    level = np.repeat(np.arange(len(size)), size)
    measures = np.repeat(target.measure[other], size)
    low, high = _reach(source.measure[own], measures, width)
    some = np.flatnonzero(high > low)
    t, low, high = t[some], low[some], high[some]
    k = np.minimum(number, high - low)
    place = np.clip(np.searchsorted(c, t), low, high)
    a, b = np.maximum(low, place - k), np.minimum(place, high - k)
    for _ in range(int(number).bit_length() + 1):
        middle = (a + b) // 2
        nearer = np.minimum(middle + k, len(c) - 1)
        right = (a < b) & (t - c[middle] > c[nearer] - t)
        a, b = np.where(right, middle + 1, a), np.where(right, b, middle)
    radius = np.maximum(np.maximum(t - c[a], c[a + k - 1] - t), 0.0) + SAME
    first = np.clip(np.searchsorted(c, t - radius, "left"), low, high)
    last = np.clip(np.searchsorted(c, t + radius, "right"), low, high)
    start = other.start
    return some + own.start, level[first] + start, level[last - 1] + 1 + start


def _reach(own: Float, others: Float, width: float) -> tuple[Ints, Ints]:
    """Return the first and last place within the caliper; its end counts as within."""
    if width == inf:
        return np.zeros(len(own), np.int64), np.full(len(own), len(others))
    reach = width * (1 + SAME)
    return (
        np.searchsorted(others, own - reach, "left"),
        np.searchsorted(others, own + reach, "right"),
    )


@dataclass(slots=True)
class _Free:
    """Sorted levels of which some are used up; finds the nearest that is not.

    ``right[i]`` leads to the first level from i on that is free, ``left[i + 1]`` to the last up
    to i; paths are halved as they are walked.
    """

    value: list[float]
    room: list[int]
    right: list[int]
    left: list[int]

    def best(self, t: float, place: int, low: int, high: int) -> tuple[float, int]:
        """Return the nearest free level from low to high and its distance; -1 for none."""
        right, left = self.right, self.left
        i = place
        while right[i] != i:
            right[i] = right[right[i]]
            i = right[i]
        j = place
        while left[j] != j:
            left[j] = left[left[j]]
            j = left[j]
        above = self.value[i] - t if i < high else inf
        below = t - self.value[j - 1] if j > low else inf
        if below <= above + SAME:
            return (below, j - 1) if below < inf else (inf, -1)
        return above, i

    def take(self, level: int, number: int) -> None:
        """Use units of a level."""
        self.room[level] -= number
        if not self.room[level]:
            self.right[level] = level + 1
            self.left[level + 1] = level


def line_greedy(source: Levels, target: Levels, ratio: int, width: float, order: str) -> Flow:
    """Return matches of which none uses a target unit twice, each the nearest still free.

    Where the units above and below are equally near, the one below is taken; units of one
    level are not told apart.

    Parameters
    ----------
    source, target : Levels
        The groups, on a line.
    ratio : int
        Matches for each source unit: every unit has its first before any has its second.
    width : float
        Caliper on the measure; infinite for none.
    order : {"largest", "smallest", "closest"}
        Whose turn comes first: the highest value's, the lowest's, or the nearest pair's.

    Returns
    -------
    Flow
        Amounts are numbers of pairs.
    """
    found: list[tuple[int, int, int]] = []
    for own, other in shared_cells(source, target):
        turns = _Turns.of(source, target, own, other, width)
        needed = source.size[own].tolist()
        for _ in range(ratio):
            made = (
                turns.by_nearness(needed) if order == "closest" else turns.by_value(needed, order)
            )
            needed = [0] * len(needed)
            for a, b, number in made:
                needed[a] += number
                found.append((a + own.start, b + other.start, number))
    return in_turn(found)


def in_turn(found: Sequence[tuple[int, int, int]]) -> Flow:
    """Return a flow in the order in which matches were made.

    Parameters
    ----------
    found : sequence of tuple of int
        Source and target level, and number of pairs.
    """
    kept = np.array(found, np.int64).reshape(-1, 3)
    return Flow(kept[:, 0], kept[:, 1], kept[:, 2].astype(np.float64))


def merged(flow: Flow) -> Flow:
    """Return a flow with each pair of levels once, in their order.

    Parameters
    ----------
    flow : Flow
        Of which some pairs of levels may be there several times.
    """
    source, target, amount = flow.source, flow.target, flow.amount
    order = np.lexsort((target, source))
    source, target, amount = source[order], target[order], amount[order]
    new = np.ones(len(source), bool)
    new[1:] = (np.diff(source) != 0) | (np.diff(target) != 0)
    first = np.flatnonzero(new)
    total = np.add.reduceat(amount, first) if len(first) else amount
    return Flow(source[first], target[first], total)


@dataclass(slots=True)
class _Turns:
    """The levels of a cell, whose turns come one after the other."""

    free: _Free
    value: list[float]
    place: list[int]
    low: list[int]
    high: list[int]

    @classmethod
    def of(cls, source: Levels, target: Levels, own: slice, other: slice, width: float) -> _Turns:
        """Return a cell with all of its target units free."""
        c, t = target.value[other], source.value[own]
        low, high = _reach(source.measure[own], target.measure[other], width)
        ends = list(range(len(c) + 1))
        free = _Free(c.tolist(), target.size[other].tolist(), ends, ends.copy())
        place = np.searchsorted(c, t)
        return cls(free, t.tolist(), place.tolist(), low.tolist(), high.tolist())

    def by_value(self, needed: Sequence[int], order: str) -> list[tuple[int, int, int]]:
        """Return pairs of levels, and how many matches, from one end to the other."""
        free, made = self.free, []
        turns = range(len(needed))
        for a in reversed(turns) if order == "largest" else turns:
            left = needed[a]
            while left:
                _, b = free.best(self.value[a], self.place[a], self.low[a], self.high[a])
                if b < 0:
                    break
                number = min(left, free.room[b])
                free.take(b, number)
                made.append((a, b, number))
                left -= number
        return made

    def by_nearness(self, needed: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return pairs of levels, and how many matches, the nearest of all first."""
        free, made, left = self.free, [], list(needed)
        waiting = []
        for a, number in enumerate(left):
            if number:
                waiting.append((*self._best(a), a))
        heapify(waiting)
        while waiting:
            _, b, a = heappop(waiting)
            if b < 0:
                continue
            number = min(left[a], free.room[b])
            if number:
                free.take(b, number)
                made.append((a, b, number))
                left[a] -= number
            if left[a]:
                heappush(waiting, (*self._best(a), a))
        return made

    def _best(self, a: int) -> tuple[float, int]:
        away, b = self.free.best(self.value[a], self.place[a], self.low[a], self.high[a])
        return round(away, DIGITS), b
