"""Who is in a simulated study: units, the people in them, strata and periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.definition import ClusterSize
from evaluate.assumptions.scenario import Scenario

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
ROUNDING = 1 / 6  # variance that rounding to whole people by chance adds


@dataclass(frozen=True, slots=True)
class Units:
    """The rows of a study before anything is measured.

    Attributes
    ----------
    unit, person, period : ndarray, shape (n,)
        Of each row, from 0. In clusters other people are seen in each period, unless they
        are followed; individuals are seen again.
    stratum : ndarray, shape (units,)
        Block of each unit, from 0; sizes differ by one at most.
    people, periods : int
        Their numbers.
    clustered : bool
        Whether units are clusters of people.
    followed : bool
        Whether the same people of a cluster are seen in every period.
    """

    unit: Integer
    person: Integer
    period: Integer
    stratum: Integer
    people: int
    periods: int
    clustered: bool
    followed: bool = False


def draw_units(
    scenario: Scenario, rng: np.random.Generator, periods: int = 1, *, followed: bool = False
) -> Units:
    """Draw the units of a study and the people in them.

    Parameters
    ----------
    scenario : Scenario
        What is assumed.
    rng : numpy.random.Generator
        Source of chance.
    periods : int
        Periods that each unit is seen in, with as many people in each.
    followed : bool
        Whether those are the same people of a cluster each time.
    """
    number = scenario.units
    stratum = np.arange(number) * scenario.strata // number
    within = np.repeat(np.arange(number), draw_sizes(scenario.size, number, rng))
    unit = np.tile(within, periods)
    period = np.repeat(np.arange(periods), len(within))
    clustered = scenario.size is not None
    person = np.arange(len(unit)) if clustered else unit
    people = len(unit) if clustered else number
    if followed:
        person, people = np.tile(np.arange(len(within)), periods), len(within)
    return Units(unit, person, period, stratum, people, periods, clustered, followed)


def draw_sizes(size: ClusterSize | None, number: int, rng: np.random.Generator) -> Integer:
    """Draw how many people each cluster holds, at least one.

    One plus a gamma variable, rounded by chance so that the mean is kept.

    Parameters
    ----------
    size : ClusterSize or None
        Mean and standard deviation; ``None`` for individuals.
    number : int
        Clusters.
    rng : numpy.random.Generator
        Source of chance.
    """
    if size is None:
        return np.ones(number, dtype=np.int64)
    more, variance = size.mean - 1, size.sd**2 - ROUNDING
    if more <= 0 or variance <= 0:
        return np.floor(size.mean + rng.random(number)).astype(np.int64)
    drawn = 1 + rng.gamma(more**2 / variance, variance / more, number)
    return np.floor(drawn + rng.random(number)).astype(np.int64)


def assign(stratum: Integer, share: float, rng: np.random.Generator) -> Float:
    """Assign a share of the units of each stratum by chance, at least one on each side.

    Where a share is not a whole number of units, chance rounds it, so that the share over all
    strata is kept to a unit.

    Parameters
    ----------
    stratum : ndarray, shape (units,)
        Block of each unit, in order.
    share : float
        Share that is treated, in (0, 1).
    rng : numpy.random.Generator
        Source of chance.
    """
    size = np.bincount(stratum)
    edges = np.floor(np.concatenate(([0.0], share * np.cumsum(size))) + rng.random())
    wanted = np.clip(np.diff(edges), np.minimum(1, size - 1), np.maximum(size - 1, 0))
    order = np.lexsort((rng.random(len(stratum)), stratum))
    rank = np.empty(len(stratum))
    rank[order] = np.arange(len(stratum)) - (np.cumsum(size) - size)[stratum[order]]
    return (rank < wanted[stratum]).astype(np.float64)


def spread(chosen: Float, kinds: int, rng: np.random.Generator) -> Integer:
    """Spread the chosen units evenly over some kinds, such as arms or starting periods.

    Parameters
    ----------
    chosen : ndarray, shape (units,)
        1 for units that take part.
    kinds : int
        Their number.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray, shape (units,)
        Kind of each chosen unit, 0 to ``kinds`` - 1; -1 for the others.
    """
    kind = np.full(len(chosen), -1)
    members = np.flatnonzero(chosen)
    kind[members] = rng.permutation(np.arange(len(members)) % kinds)
    return kind


def labels(name: str, number: int) -> NDArray[np.str_]:
    """Return names of units that sort as they count: ``school 01``, ``school 02``.

    Parameters
    ----------
    name : str
        What the units are, such as their column's name.
    number : int
        How many.
    """
    width = len(str(number))
    return np.array([f"{name} {i:0{width}d}" for i in range(1, number + 1)])
