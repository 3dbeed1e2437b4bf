"""How far each choice can be moved before the solution changes, alone and together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from evaluate.inference.qca_definition import Robustness
from evaluate.inference.qca_robust import (
    ANCHORS,
    Choices,
    Row,
    key_of,
    solved,
    with_anchor,
    with_consistency,
)

STEPS = 10  # to each side of a choice


@dataclass(frozen=True, slots=True)
class _Choice:
    """One choice that can be made otherwise by degrees."""

    name: str
    column: str | None
    own: float
    values: tuple[float, ...]
    make: Callable[[float], Choices | None]


def _graded(own: Choices, tried: Robustness) -> Iterator[_Choice]:
    cut = own.cuts.consistency
    ends = min(*tried.consistency, cut), max(*tried.consistency, cut)
    values = _grid(ends[0], cut, ends[1])
    yield _Choice("consistency_cut", None, cut, values, lambda one: with_consistency(own, one))
    most = max(*tried.frequency, own.cuts.frequency)
    yield _Choice(
        "frequency_cut",
        None,
        own.cuts.frequency,
        tuple(float(one) for one in range(1, most + 1)),
        lambda one: replace(own, cuts=replace(own.cuts, frequency=round(one))),
    )
    for name, way in own.ways.items():
        for place, anchor in enumerate(ANCHORS if way.anchors else ()):
            if way.anchors is not None and tried.anchor_shift:
                yield _anchor(own, name, place, anchor, tried.anchor_shift)


def _anchor(own: Choices, name: str, place: int, anchor: str, shift: float) -> _Choice:
    anchors = own.ways[name].anchors or (0.0, 0.5, 1.0)
    width, value = anchors[2] - anchors[0], anchors[place]
    reach = abs(shift * width)
    return _Choice(
        anchor,
        name,
        value,
        _grid(value - reach, value, value + reach),
        lambda one: with_anchor(own, name, place, (one - value) / width),
    )


def _grid(low: float, own: float, high: float) -> tuple[float, ...]:
    below = np.linspace(low, own, STEPS + 1)[:-1] if low < own else np.empty(0)
    above = np.linspace(own, high, STEPS + 1)[1:] if high > own else np.empty(0)
    return (*below.round(12).tolist(), own, *above.round(12).tolist())


def ranges(own: Choices, tried: Robustness) -> Iterator[Row]:
    """Yield how far each choice can be moved alone before the solution changes.

    Parameters
    ----------
    own : Choices
        The study's own.
    tried : Robustness
        How far choices are moved; ten steps to each side.

    Yields
    ------
    dict
        ``key``, ``choice``, ``column``, ``value`` (the study's own), ``stays_from`` and
        ``stays_to`` (the steps without a break around it that give the same models), ``tried_from``,
        ``tried_to`` and ``share_same``.

    References
    ----------
    As for ``varied``.
    """
    here = solved(own).models
    for choice in _graded(own, tried):
        made = ((one, choice.make(one)) for one in choice.values)
        same = {one: solved(other).models == here for one, other in made if other is not None}
        places = sorted(same)
        at = low = high = places.index(choice.own)
        while low > 0 and same[places[low - 1]]:
            low -= 1
        while high < len(places) - 1 and same[places[high + 1]]:
            high += 1
        if len(places) > 1 or at:
            yield {
                "key": key_of(choice.name, choice.column),
                "choice": f"qca.{choice.name}",
                "column": choice.column,
                "value": choice.own,
                "stays_from": places[low],
                "stays_to": places[high],
                "tried_from": places[0],
                "tried_to": places[-1],
                "share_same": sum(same.values()) / len(same),
            }


def together(own: Choices, tried: Robustness, draws: int, rng: np.random.Generator) -> float:
    """Return how often the solution is the same where every choice is drawn anew at once.

    Parameters
    ----------
    own : Choices
        The study's own.
    tried : Robustness
        Each choice is drawn evenly between its ends.
    draws : int
        How many times.
    rng : Generator
        The random stream.
    """
    here = solved(own).models
    return sum(solved(_drawn(own, tried, rng)).models == here for _ in range(draws)) / draws


def _drawn(own: Choices, tried: Robustness, rng: np.random.Generator) -> Choices:
    cut = own.cuts.consistency
    low, high = min(*tried.consistency, cut), max(*tried.consistency, cut)
    drawn = with_consistency(own, float(rng.uniform(low, high)))
    most = max(*tried.frequency, own.cuts.frequency)
    least = min(*tried.frequency, own.cuts.frequency)
    count = int(rng.integers(least, most + 1))
    drawn = replace(drawn, cuts=replace(drawn.cuts, frequency=count))
    for name in own.ways:
        for place in range(len(ANCHORS)):
            share = float(rng.uniform(-tried.anchor_shift, tried.anchor_shift))
            drawn = with_anchor(drawn, name, place, share) or drawn
    return drawn
