"""What a unit stands beside: shares, weights and means of its matches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from evaluate.inference.comparison import Groups, Ints
from evaluate.inference.linear import Float
from evaluate.inference.nearest_levels import DIGITS, Flow, Levels
from evaluate.inference.nearest_line import merged

Ties = Literal["share", "first"]
# Lists of matches longer than this share of all units are not written down.
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Half:
    """One group's units, each beside its matches from the other group.

    Attributes
    ----------
    own_at, other_at : ndarray of int
        Places of the two groups' units among all.
    own, other : Levels
        Their levels.
    flow : Flow
        Each pair of levels once; amounts are shares that sum to 1 for each level with a match.
    omega : ndarray, one for each unit with ``own_at``
        What it counts for; 0 for who has no match.
    share : ndarray, one for each unit with ``other_at``
        Of its level.
    used : ndarray, one for each unit with ``other_at``
        Weight it has as a match.
    square : ndarray, one for each unit with ``other_at``
        Sum of squares of what it is to each unit that it is a match of.
    """

    own_at: Ints
    other_at: Ints
    own: Levels
    other: Levels
    flow: Flow
    omega: Float
    share: Float
    used: Float
    square: Float

    def beside(self, values: Float) -> Float:
        """Return the mean of each own unit's matches; 0 without any.

        Parameters
        ----------
        values : ndarray, shape (n,)
            Of all units.
        """
        count = len(self.other.size)
        means = np.bincount(self.other.of, self.share * values[self.other_at], count)
        matched = self.flow.amount * means[self.flow.target]
        sums = np.bincount(self.flow.source, matched, len(self.own.size)).astype(np.float64)
        return sums[self.own.of]


def half(
    groups: Groups, own: tuple[Ints, Levels], other: tuple[Ints, Levels], flow: Flow, *, again: bool
) -> Half:
    """Return one group's units beside their matches.

    Parameters
    ----------
    groups : Groups
        All units.
    own, other : tuple of ndarray of int and Levels
        Places of the two groups' units, and their levels.
    flow : Flow
        Matches.
    again : bool
        Whether a unit could be used more than once.
    """
    weights = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    (own_at, own_levels), (other_at, other_levels) = own, other
    mass = other_levels.size.astype(np.float64)
    if groups.weights is not None:
        mass[:] = np.bincount(other_levels.of, weights[other_at], len(mass))
    flow = merged(flow)
    count = len(own_levels.size)
    held = flow.amount * (mass / other_levels.size)[flow.target]
    total = np.bincount(flow.source, held, count)
    shares = held / total[flow.source]
    made = np.bincount(flow.source, flow.amount, count)
    part = (made > 0).astype(np.float64) if again else np.minimum(made / own_levels.size, 1.0)
    omega = weights[own_at] * part[own_levels.of]
    sums = np.bincount(own_levels.of, omega, count)
    squares = np.bincount(own_levels.of, omega**2, count)
    levels = len(other_levels.size)
    used = np.bincount(flow.target, shares * sums[flow.source], levels)
    square = np.bincount(flow.target, shares**2 * squares[flow.source], levels)
    own_share = weights[other_at] / mass[other_levels.of]
    return Half(
        own_at,
        other_at,
        own_levels,
        other_levels,
        Flow(flow.source, flow.target, shares),
        omega,
        own_share,
        used[other_levels.of] * own_share,
        square[other_levels.of] * own_share**2,
    )


def one_by_one(
    own: Levels, other: Levels, flow: Flow, rank: tuple[Ints, Ints]
) -> tuple[Ints, Ints]:
    """Return pairs of units for matches that were made without replacement.

    Parameters
    ----------
    own, other : Levels
        The two groups.
    flow : Flow
        Numbers of pairs, in the order in which they were made.
    rank : tuple of ndarray of int
        Of each group's units: the lowest of a level is first.

    Returns
    -------
    tuple of ndarray of int
        Places within each group.
    """
    number = flow.amount.astype(np.int64)
    mine = np.repeat(flow.source, number)
    theirs = np.repeat(flow.target, number)
    own_unit, own_start = _units(own, rank[0])
    unit, start = _units(other, rank[1])
    # A search that goes outward from a unit's own place meets the last of a lower level first.
    below = np.zeros(len(mine), bool)
    if own.value.ndim == 1:
        below = other.value[theirs] < own.value[mine]
    turn = np.empty(len(mine), np.int64)
    turn[~below] = _turn(theirs[~below])
    turn[below] = other.size[theirs[below]] - 1 - _turn(theirs[below])
    return own_unit[own_start[mine] + _turn(mine) % own.size[mine]], unit[start[theirs] + turn]


def _units(levels: Levels, rank: Ints | None = None) -> tuple[Ints, Ints]:
    """Return units by level, and where each level begins among them."""
    order = levels.order
    if rank is not None and len(levels.size) < len(order):
        order = np.lexsort((rank, levels.of))
    return order, np.cumsum(levels.size) - levels.size


def _turn(level: Ints) -> Ints:
    """Return how often each entry's level came before it."""
    order = np.argsort(level, kind="stable")
    new = np.diff(level[order], prepend=-1) != 0
    first = np.flatnonzero(new)
    turn = np.empty(len(level), np.int64)
    turn[order] = np.arange(len(level)) - np.repeat(first, np.diff(np.append(first, len(level))))
    return turn


def all_pairs(own: Levels, other: Levels, flow: Flow, n: int) -> tuple[Ints, Ints] | None:
    """Return every pair of matched units within a flow, or None where there are too many.

    Parameters
    ----------
    own, other : Levels
        The two groups.
    flow : Flow
        Matches, each pair of levels once.
    n : int
        Number of all units.
    """
    wide = own.size[flow.source] * other.size[flow.target]
    if int(wide.sum()) > _LONGEST * n:
        return None
    (own_unit, own_start), (unit, start) = _units(own), _units(other)
    edge = np.repeat(np.arange(len(wide)), wide)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(wide) - wide, wide)
    across = other.size[flow.target][edge]
    mine = own_unit[own_start[flow.source[edge]] + step // across]
    theirs = unit[start[flow.target[edge]] + step % across]
    return mine, theirs


def first_of(own: Levels, other: Levels, flow: Flow, number: int) -> Flow:
    """Return matches with single units: of equally near ones those met first going outward.

    Parameters
    ----------
    own, other : Levels
        The two groups.
    flow : Flow
        Matches with all that tie.
    number : int
        Units that each is matched with.

    Returns
    -------
    Flow
        To ``alone(other)``.
    """
    size = other.size[flow.target]
    edge = np.repeat(np.arange(len(size)), size)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(size) - size, size)
    unit, start = _units(other)
    to = unit[start[flow.target[edge]] + step]
    source = flow.source[edge]
    apart = own.value[source] - other.value[other.of[to]]
    away = np.abs(apart) if apart.ndim == 1 else np.sqrt(np.square(apart).sum(axis=1))
    below = apart > 0 if apart.ndim == 1 else np.zeros(len(to), bool)
    order = np.lexsort((np.where(below, -to, to), away.round(DIGITS - 1), source))
    kept = order[_turn(source[order]) < number]
    return Flow(source[kept], to[kept], np.ones(len(kept)))


def alone(levels: Levels) -> Levels:
    """Return levels with every unit on its own.

    Parameters
    ----------
    levels : Levels
        Of one group.
    """
    every = np.arange(len(levels.of))
    return replace(
        levels,
        of=every,
        value=levels.value[levels.of],
        measure=levels.measure[levels.of],
        size=np.ones(len(every), np.int64),
        cell=levels.cell[levels.of],
        order=every,
    )
