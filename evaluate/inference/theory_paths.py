"""Ways through a theory of change, and the weakest link of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

GRADES = ("refuted", "assumed", "described", "monitoring", "pre_post", "comparison", "rct")
# What a link of each grade lets one say. Steps 5 and 6 need bounds and repetition, which no grade
# tells; what is refuted or assumed carries nothing.
SUPPORTS = {"described": 0, "monitoring": 1, "pre_post": 3, "comparison": 4, "rct": 4}
TESTED = GRADES.index("monitoring")
MOST = 60


@dataclass(frozen=True, slots=True)
class Link:
    """One arrow of the theory.

    Attributes
    ----------
    start, end : str
        Keys of the nodes that it joins.
    grade : str
        What it rests on: one of ``GRADES``.
    feedback : bool
        Whether it leads back, so that no way through uses it.
    """

    start: str
    end: str
    grade: str
    feedback: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way from where something is done to where it is meant to matter.

    Attributes
    ----------
    nodes : tuple of str
        In order.
    links : tuple of int
        Positions of its links.
    weakest : int
        Position of the link with the least evidence; of several, the first on the way.
    """

    nodes: tuple[str, ...]
    links: tuple[int, ...]
    weakest: int


def cycle(links: Sequence[Link]) -> tuple[str, ...]:
    """Return the nodes of a circle of links that are not marked as feedback, or nothing.

    Parameters
    ----------
    links : sequence of Link
        Of the theory.
    """
    onward: dict[str, list[str]] = {}
    for one in links:
        if not one.feedback:
            onward.setdefault(one.start, []).append(one.end)
    done: set[str] = set()
    for first in onward:
        trail: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = []
        _enter(first, trail, stack, onward, done)
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                done.add(node)
                stack.pop()
                trail.pop()
            elif following in trail:
                return tuple(trail[trail.index(following) :])
            else:
                _enter(following, trail, stack, onward, done)
    return ()


def _enter(
    node: str,
    trail: list[str],
    stack: list[tuple[str, Iterator[str]]],
    onward: dict[str, list[str]],
    done: Collection[str],
) -> None:
    if node not in done:
        trail.append(node)
        stack.append((node, iter(onward.get(node, ()))))


def ways(
    links: Sequence[Link], starts: Sequence[str], ends: Collection[str], *, most: int = MOST
) -> tuple[tuple[Way, ...], int]:
    """Return the ways from any start to any end, the first ``most`` of them, and how many there are.

    A way may pass through one end to another.

    Parameters
    ----------
    links : sequence of Link
        Without a circle but for those marked as feedback.
    starts, ends : collections of str
        Keys of nodes.
    most : int
        How many ways are listed at most.
    """
    onward: dict[str, list[int]] = {}
    for index, one in enumerate(links):
        if not one.feedback:
            onward.setdefault(one.start, []).append(index)
    counts: dict[str, int] = {}
    total = sum(_count(one, links, onward, ends, counts) - (one in ends) for one in starts)
    onward = {  # what leads nowhere is not walked: there may be very many such ways
        node: [i for i in leads if counts.get(links[i].end)] for node, leads in onward.items()
    }
    found: list[Way] = []
    for start in starts:
        for taken in _walk(start, links, onward, ends):
            if len(found) == most:
                break
            found.append(_way(start, taken, links))
    return tuple(found), total


def _walk(
    start: str, links: Sequence[Link], onward: dict[str, list[int]], ends: Collection[str]
) -> Iterator[tuple[int, ...]]:
    stack: list[tuple[int, ...]] = [(i,) for i in reversed(onward.get(start, ()))]
    while stack:
        taken = stack.pop()
        here = links[taken[-1]].end
        if here in ends:
            yield taken
        stack += [(*taken, i) for i in reversed(onward.get(here, ()))]


def _count(
    node: str,
    links: Sequence[Link],
    onward: dict[str, list[int]],
    ends: Collection[str],
    counts: dict[str, int],
) -> int:
    if node not in counts:
        later = sum(_count(links[i].end, links, onward, ends, counts) for i in onward.get(node, ()))
        counts[node] = later + (node in ends)
    return counts[node]


def _way(start: str, taken: tuple[int, ...], links: Sequence[Link]) -> Way:
    nodes = (start, *(links[i].end for i in taken))
    return Way(nodes, taken, min(taken, key=lambda i: GRADES.index(links[i].grade)))
