"""Who begins when, and how large the effect is in each cohort and period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.definition import AssumedOutcome
from evaluate.assumptions.scenario import Scenario, Wave
from evaluate.assumptions.units import Units, spread

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
NO_MEAN = 1e-9  # of the first period's effect


@dataclass(frozen=True, slots=True)
class Treatment:
    """Who is treated when.

    Attributes
    ----------
    first : ndarray, shape (units,)
        Place of each unit's first treated period, ``periods`` where it has none.
    treated, received : ndarray, shape (n,)
        Whether treated in that row's period, and took part, 0 or 1.
    """

    first: Integer
    treated: Float
    received: Float


def begin(scenario: Scenario, offered: Float, rng: np.random.Generator) -> Integer:
    """Return the place of each unit's first treated period, ``periods`` where it has none.

    Parameters
    ----------
    scenario : Scenario
        Its waves take as many of the treated units as they are assumed to; without waves the
        treated begin spread evenly over all periods but the first.
    offered : ndarray, shape (units,)
        1 for units that are treated some time.
    rng : numpy.random.Generator
        Source of chance.
    """
    if not scenario.waves:
        later = 1 + spread(offered, max(scenario.periods - 1, 1), rng)
        return np.where(offered > 0, later, scenario.periods)
    members = np.flatnonzero(offered)
    share = np.cumsum([one.share for one in scenario.waves])
    ends = np.rint(share / share[-1] * len(members)).astype(np.int64)
    wave = np.searchsorted(ends, np.arange(len(members)), side="right")
    first = np.full(len(offered), scenario.periods)
    places = np.array([one.period - 1 for one in scenario.waves])
    first[rng.permutation(members)] = places[wave]
    return first


def profile(scenario: Scenario, first: Integer, units: Units) -> Float:
    """Return each row's effect as a multiple of the mean effect over treated rows.

    It is 1 where a row is not treated. Units treated from the first period on do not count
    towards the mean, since no effect on them can be estimated.

    Parameters
    ----------
    scenario : Scenario
        Its waves and growth.
    first : ndarray, shape (units,)
        Place of the first treated period.
    units : Units
        The rows.

    Returns
    -------
    ndarray, shape (n,)
        Without a unit.
    """
    times = np.ones(scenario.periods + 1)
    for one in scenario.waves:
        times[one.period - 1] = one.times
    start = first[units.unit]
    since = units.period - start
    raw: Float = times[start] * (1 + scenario.growth * since)
    treated = since >= 0
    counted = treated & (start > 0)
    level = raw[counted if counted.any() else treated].mean() if treated.any() else 1.0
    return np.where(treated, raw / level, 1.0)


def extremes(scenario: Scenario) -> tuple[float, float]:
    """Return the smallest and the largest multiple of the mean effect that a cell can have.

    Infinite where the mean over treated cells is zero.

    Parameters
    ----------
    scenario : Scenario
        Its waves and growth; cohorts count by their share of the units.
    """
    if not scenario.waves and not scenario.growth:
        return 1.0, 1.0
    spread_out = tuple(Wave(place, 1.0) for place in range(2, scenario.periods + 1))
    cells = [
        (one.share, one.times * (1 + scenario.growth * since))
        for one in scenario.waves or spread_out
        for since in range(scenario.periods - one.period + 1)
        if one.period > 1 or len(scenario.waves) == 1
    ]
    share, raw = np.array(cells).T if cells else np.ones((2, 1))
    level = float(share @ raw) / float(share.sum())
    found = raw / level if abs(level) > NO_MEAN else np.array([-np.inf, np.inf])
    return float(found.min()), float(found.max())


def drift(assumed: AssumedOutcome, first: Integer, units: Units) -> Float:
    """Return how far each row has moved since the first period without the programme.

    Parameters
    ----------
    assumed : AssumedOutcome
        Its trend, and by how much more units move that begin some time.
    first : ndarray, shape (units,)
        Place of the first treated period.
    units : Units
        The rows.

    Returns
    -------
    ndarray, shape (n,)
        In the outcome's unit.
    """
    sometime = (first < units.periods)[units.unit]
    each = assumed.trend + assumed.diverging * sometime.astype(np.float64)
    return each * units.period
