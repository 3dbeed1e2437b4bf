"""A simulated roll-out: units begin one wave after the other, and some never do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.possible import require_possible
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.trial import measure, take_part
from evaluate.assumptions.units import assign, draw_units, labels
from evaluate.assumptions.waves import Treatment, begin

Float = NDArray[np.float64]
Text = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class RolloutShape:
    """What a roll-out's rows are to hold.

    Attributes
    ----------
    unit : str or None
        Column of what is seen in every period: individuals, or people in clusters; ``None``
        where other people are seen in each period.
    cluster : str or None
        Column of what was assigned, where that is not the unit.
    """

    unit: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class RolledOut:
    """A simulated roll-out's rows, each of shape (n,).

    Attributes
    ----------
    time : ndarray
        The period, from 1.
    first : ndarray
        Period of the first treatment, 0 for those never treated.
    treated, received : ndarray
        Whether treated in that period, and took part, 0 or 1.
    unit, cluster : ndarray
        Names; empty where the shape has none.
    values : mapping of str to ndarray
        Outcomes and covariates by column, missing cells undefined.
    truth : mapping of str to float
        By column of the outcome the mean effect over treated cells, each cohort weighted by
        its units: what the simple aggregation of group-time effects estimates.
    """

    time: Float
    first: Float
    treated: Float
    received: Float
    unit: Text
    cluster: Text
    values: Mapping[str, Float]
    truth: Mapping[str, float]


def draw_rollout(scenario: Scenario, rng: np.random.Generator, shape: RolloutShape) -> RolledOut:
    """Draw a roll-out whose assumptions hold.

    Which unit begins in which wave is chance, within strata. Without waves, the treated begin
    spread over all periods but the first. What is assumed as ``diverging`` changes the outcomes
    of units that begin some time in every period, also before: trends are then not parallel.

    Parameters
    ----------
    scenario : Scenario
        What is assumed. With ``size`` the clusters are assigned, and ``shape.unit`` says
        whether their people are the same in each period; else individuals, seen again.
    rng : numpy.random.Generator
        Source of chance.
    shape : RolloutShape
        What rows are to hold.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    require_possible(scenario, clustered=shape.cluster is not None)
    followed = shape.cluster is not None and shape.unit is not None
    units = draw_units(scenario, rng, scenario.periods, followed=followed)
    offered = np.ones(scenario.units)
    if scenario.treated_share < 1:
        offered = assign(units.stratum, scenario.treated_share, rng)
    first = begin(scenario, offered, rng)
    treated = (units.period >= first[units.unit]).astype(np.float64)
    received = take_part(scenario, treated, units, rng)
    return RolledOut(
        time=(units.period + 1).astype(np.float64),
        first=np.where(offered > 0, first + 1, 0).astype(np.float64)[units.unit],
        treated=treated,
        received=received,
        unit=labels(shape.unit, units.people)[units.person] if shape.unit else _NONE,
        cluster=labels(shape.cluster, scenario.units)[units.unit] if shape.cluster else _NONE,
        values=measure(scenario, Treatment(first, treated, received), units, rng),
        truth={name: one.effect for name, one in scenario.outcomes.items()},
    )


_NONE = np.array([], dtype=np.str_)
