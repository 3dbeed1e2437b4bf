"""Two simulated groups before and after one start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.rollout import RolloutShape, draw_rollout
from evaluate.assumptions.scenario import Scenario, Wave
from evaluate.assumptions.trial import WEIGHTS

Float = NDArray[np.float64]
Text = NDArray[np.str_]
FEWEST_PERIODS = 2


@dataclass(frozen=True, slots=True)
class GroupsShape:
    """What rows are to hold.

    Attributes
    ----------
    unit : str or None
        Column of units that are seen in every period; ``None`` where others are each time.
    cluster : str or None
        Column of what was assigned; ``None``, or the unit's, where units are.
    """

    unit: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class TwoGroups:
    """Two simulated groups, arrays of shape (n,).

    Attributes
    ----------
    treated, post : ndarray
        1.0 for the programme's group in all periods; 1.0 for both groups from the start.
    time : ndarray
        The period, from 1.
    unit, cluster : ndarray
        Names; empty where the shape has none.
    values : mapping of str to ndarray
        Outcomes and covariates by column.
    truth : mapping of str to float
        Mean effect on the treated by column of the outcome.
    """

    treated: Float
    post: Float
    time: Float
    unit: Text
    cluster: Text
    values: Mapping[str, Float]
    truth: Mapping[str, float]


def draw_two_groups(scenario: Scenario, rng: np.random.Generator, shape: GroupsShape) -> TwoGroups:
    """Draw two groups, of which one is treated from one period on.

    Parameters
    ----------
    scenario : Scenario
        What is assumed. The treated all begin in the period of the first wave, without waves
        in the one after the middle. Without a cluster each unit has one row in each period.
    rng : numpy.random.Generator
        Source of chance.
    shape : GroupsShape
        What rows are to hold.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    clustered = shape.cluster not in {None, shape.unit}
    periods = max(scenario.periods, FEWEST_PERIODS)
    start = scenario.waves[0].period if scenario.waves else periods // 2 + 1
    wanted = replace(
        scenario,
        periods=periods,
        size=scenario.size if clustered else None,
        waves=(Wave(start, scenario.treated_share),),
    )
    of = RolloutShape(unit=shape.unit, cluster=shape.cluster if clustered else None)
    drawn = draw_rollout(wanted, rng, of)
    return TwoGroups(
        treated=(drawn.first > 0).astype(np.float64),
        post=(drawn.time >= start).astype(np.float64),
        time=drawn.time,
        unit=drawn.unit,
        cluster=drawn.cluster if clustered else drawn.unit,
        values=drawn.values,
        truth=drawn.truth,
    )


def weigh(
    kind: Literal["frequency", "inverse_variance", "probability"],
    number: int,
    rng: np.random.Generator,
) -> Float:
    """Draw weights that tell nothing, shape (number,).

    Parameters
    ----------
    kind : {"frequency", "inverse_variance", "probability"}
        What weights are.
    number : int
        Rows.
    rng : numpy.random.Generator
        Source of chance.
    """
    low, high = WEIGHTS[kind]
    drawn = rng.uniform(low, high, number)
    return np.floor(drawn) if kind == "frequency" else drawn
