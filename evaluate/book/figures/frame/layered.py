"""Where the boxes of a layered graph stand: few crossings, links as straight as boxes allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_STARTS, _SWEEPS = 8, 8
_SETTLES = 8

Pair = tuple[str, str]
_Place = tuple[str, ...]  # (key,) of a box, (start, end, layer) where a link passes a layer


@dataclass(frozen=True, slots=True)
class Layered:
    """Places of boxes, and of the points where links pass a layer between their ends.

    Attributes
    ----------
    middle : mapping of str to float
        Where each box has its middle across the layers.
    bends : mapping of (str, str) to tuple of (int, float)
        For each link that passes layers: the layer, and where it passes.
    across : float
        How far the widest layer reaches.
    crossings : int
        Pairs of links that cross between two neighbouring layers.
    """

    middle: Mapping[str, float]
    bends: Mapping[Pair, tuple[tuple[int, float], ...]]
    across: float
    crossings: int


def layered(
    layer: Mapping[str, int],
    links: Sequence[Pair],
    size: Mapping[str, float],
    *,
    gap: float,
    passage: float = 0.0,
) -> Layered:
    """Return where boxes stand within their layers.

    Links that pass over layers get a place in each of them. Layers are ordered by the mean place
    of their neighbours, sweep after sweep, and the order with the fewest crossings is kept. Boxes
    then move as near to their neighbours as their order and sizes allow: the least squares under
    that order, by pooling adjacent violators.

    Parameters
    ----------
    layer : mapping of str to int
        Layer of each box, from 0.
    links : sequence of (str, str)
        Each leads to a later layer; the others are left out here.
    size : mapping of str to float
        Room that each box takes across its layer.
    gap : float
        Least room between two boxes.
    passage : float
        Room that a passing link takes.

    References
    ----------
    Sugiyama, Tagawa, Toda (1981). Methods for visual understanding of hierarchical system
    structures. *IEEE Transactions on Systems, Man, and Cybernetics* 11(2), 109-125.
    """
    onward = [one for one in links if layer[one[0]] < layer[one[1]]]
    rows, steps = _with_passages(layer, onward)
    rows = _ordered(rows, steps)
    room = {place: size[place[0]] if len(place) == 1 else passage for row in rows for place in row}
    at = _settled(rows, steps, room, gap)
    bends = {
        (start, end): tuple(
            (k, at[start, end, str(k)]) for k in range(layer[start] + 1, layer[end])
        )
        for start, end in onward
        if layer[end] - layer[start] > 1
    }
    return Layered(
        middle={place[0]: y for place, y in at.items() if len(place) == 1},
        bends=bends,
        across=max((y + room[place] / 2 for place, y in at.items()), default=0.0),
        crossings=_crossings(rows, steps),
    )


def _with_passages(
    layer: Mapping[str, int], links: Sequence[Pair]
) -> tuple[list[list[_Place]], list[tuple[_Place, _Place]]]:
    rows: list[list[_Place]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for key, index in layer.items():
        rows[index].append((key,))
    steps: list[tuple[_Place, _Place]] = []
    for start, end in links:
        before: _Place = (start,)
        for index in range(layer[start] + 1, layer[end]):
            place = (start, end, str(index))
            rows[index].append(place)
            steps.append((before, place))
            before = place
        steps.append((before, (end,)))
    return rows, steps


def _neighbours(
    steps: Sequence[tuple[_Place, _Place]],
) -> tuple[dict[_Place, list[_Place]], dict[_Place, list[_Place]]]:
    before: dict[_Place, list[_Place]] = {}
    after: dict[_Place, list[_Place]] = {}
    for start, end in steps:
        after.setdefault(start, []).append(end)
        before.setdefault(end, []).append(start)
    return before, after


def _ordered(
    rows: list[list[_Place]], steps: Sequence[tuple[_Place, _Place]]
) -> list[list[_Place]]:
    """Return the order with the fewest crossings of all that the sweeps come by."""
    near = _neighbours(steps)
    best, fewest = rows, _crossings(rows, steps)
    for turn in range(_STARTS):
        tried = [_turned(row, turn * (1 + index)) for index, row in enumerate(rows)]
        for sweep in range(_SWEEPS):
            if fewest == 0:
                return best
            _sweep(tried, near[sweep % 2], down=sweep % 2 == 0)
            _swap(tried, steps)
            count = _crossings(tried, steps)
            if count < fewest:
                best, fewest = [list(row) for row in tried], count
    return best


def _turned(row: list[_Place], steps: int) -> list[_Place]:
    at = steps % max(len(row), 1)
    return [*row[at:], *row[:at]]


def _sweep(rows: list[list[_Place]], near: Mapping[_Place, list[_Place]], *, down: bool) -> None:
    """Order each layer by the mean place of what its boxes are joined to in the one before."""
    for row in rows if down else reversed(rows):
        place = {one: (i + 0.5) / len(line) for line in rows for i, one in enumerate(line)}
        rank = {
            one: _mean([place[other] for other in near.get(one, ())] or [place[one]]) for one in row
        }
        row.sort(key=rank.__getitem__)


def _swap(rows: list[list[_Place]], steps: Sequence[tuple[_Place, _Place]]) -> None:
    """Exchange neighbours as long as that takes crossings away."""
    fewest, better = _crossings(rows, steps), True
    while better and fewest:
        better = False
        for row in rows:
            for i in range(len(row) - 1):
                row[i : i + 2] = row[i + 1], row[i]
                count = _crossings(rows, steps)
                if count < fewest:
                    fewest, better = count, True
                else:
                    row[i : i + 2] = row[i + 1], row[i]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _crossings(rows: Sequence[Sequence[_Place]], steps: Sequence[tuple[_Place, _Place]]) -> int:
    place = {one: i for row in rows for i, one in enumerate(row)}
    level = {one: k for k, row in enumerate(rows) for one in row}
    total = 0
    for k in range(len(rows) - 1):
        here = [(place[a], place[b]) for a, b in steps if level[a] == k]
        total += sum(
            (one[0] - other[0]) * (one[1] - other[1]) < 0
            for i, one in enumerate(here)
            for other in here[:i]
        )
    return total


def _settled(
    rows: Sequence[Sequence[_Place]],
    steps: Sequence[tuple[_Place, _Place]],
    room: Mapping[_Place, float],
    gap: float,
) -> dict[_Place, float]:
    before, after = _neighbours(steps)
    at: dict[_Place, float] = {}
    for row in rows:
        y = 0.0
        for one in row:
            at[one] = y + room[one] / 2
            y += room[one] + gap
    middle = max(at.values(), default=0.0) / 2
    for row in rows:
        shift = middle - (at[row[0]] + at[row[-1]]) / 2 if row else 0.0
        at |= {one: at[one] + shift for one in row}
    for sweep in range(_SETTLES):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            joined = ([*before.get(one, ()), *after.get(one, ())] or [one] for one in row)
            aims = [_mean([at[other] for other in others]) for others in joined]
            at |= dict(zip(row, _apart(aims, [room[one] for one in row], gap), strict=True))
    top = min((y - room[one] / 2 for one, y in at.items()), default=0.0)
    return {one: y - top for one, y in at.items()}


def _apart(aims: Sequence[float], rooms: Sequence[float], gap: float) -> list[float]:
    """Return the places nearest to the aims, in squares, that keep order and distance."""
    offsets = [0.0]
    for one, other in pairwise(rooms):
        offsets.append(offsets[-1] + (one + other) / 2 + gap)
    pools: list[tuple[float, int]] = []
    for aim, offset in zip(aims, offsets, strict=False):
        mean, count = aim - offset, 1
        while pools and pools[-1][0] > mean:
            other, number = pools.pop()
            mean = (mean * count + other * number) / (count + number)
            count += number
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=False)]
