"""A simulated trial: chance decides which units are offered a programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.covariates import draw_covariate
from evaluate.assumptions.missing import thin
from evaluate.assumptions.outcomes import draw_outcome
from evaluate.assumptions.possible import require_possible
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.units import Units, assign, draw_units, labels, spread
from evaluate.assumptions.waves import Treatment, begin, drift, profile

Float = NDArray[np.float64]
Text = NDArray[np.str_]
ARMS = 2
WEIGHTS = {"frequency": (1, 4), "inverse_variance": (0.5, 2.0), "probability": (1.0, 3.0)}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a trial's rows are to hold.

    Attributes
    ----------
    cluster, strata : str or None
        Columns; ``None`` where there is none.
    rollout, arms : bool
        Whether clusters begin at different times, and several programmes are offered.
    weights : {"frequency", "inverse_variance", "probability"} or None
        What weights are.
    """

    cluster: str | None = None
    strata: str | None = None
    rollout: bool = False
    arms: bool = False
    weights: Literal["frequency", "inverse_variance", "probability"] | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A simulated trial's rows, each of shape (n,).

    Attributes
    ----------
    treated, received, weight, period : ndarray
        Offered and took part, 0 or 1; what a row stands for; the period, from 1.
    cluster, stratum, arm : ndarray
        Names.
    values : mapping of str to ndarray
        Outcomes and covariates by column, missing cells undefined.
    """

    treated: Float
    received: Float
    weight: Float
    period: Float
    cluster: Text
    stratum: Text
    arm: Text
    values: Mapping[str, Float]


def draw_trial(scenario: Scenario, rng: np.random.Generator, shape: Shape) -> Trial:
    """Draw a trial whose assumptions hold.

    Units are assigned within strata; the programme acts on those who take part, all offered
    where nothing is assumed of that, so that its mean effect per person offered is the one
    declared. Outcomes are independent of each other given covariates, do not differ between
    strata, and are lost whatever they are. Weights tell nothing.

    Parameters
    ----------
    scenario : Scenario
        What is assumed.
    rng : numpy.random.Generator
        Source of chance.
    shape : Shape
        What rows are to hold.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    require_possible(scenario, clustered=shape.cluster is not None)
    units = draw_units(scenario, rng, scenario.periods)
    offered = assign(units.stratum, scenario.treated_share, rng)
    first = np.where(offered > 0, 0, units.periods)
    if shape.rollout:
        first = begin(scenario, offered, rng)
    treated = (units.period >= first[units.unit]).astype(np.float64)
    received = take_part(scenario, treated, units, rng)
    return Trial(
        treated=treated,
        received=received,
        weight=_weigh(shape, len(treated), rng),
        period=(units.period + 1).astype(np.float64),
        cluster=labels(shape.cluster, scenario.units)[units.unit] if shape.cluster else _NONE,
        stratum=labels(shape.strata, scenario.strata)[units.stratum][units.unit]
        if shape.strata
        else _NONE,
        arm=_arms(offered, treated, units, rng) if shape.arms else _NONE,
        values=measure(scenario, Treatment(first, treated, received), units, rng),
    )


_NONE = np.array([], dtype=np.str_)


def measure(
    scenario: Scenario, treatment: Treatment, units: Units, rng: np.random.Generator
) -> dict[str, Float]:
    """Return covariates and outcomes by column, each shape (n,).

    Parameters
    ----------
    scenario : Scenario
        What is assumed.
    treatment : Treatment
        Who is treated, and takes part.
    units : Units
        The rows.
    rng : numpy.random.Generator
        Source of chance.
    """
    covariates = {
        name: draw_covariate(one, units.people, rng) for name, one in scenario.covariates.items()
    }
    values = {
        name: thin(one.values[units.person], one.assumed.missing, treatment.treated, rng)
        for name, one in covariates.items()
    }
    drawn = tuple(covariates.values())
    shape = profile(scenario, treatment.first, units)
    for name, one in scenario.outcomes.items():
        lift = one.effect / taking(scenario) * treatment.received * shape
        lift += drift(one, treatment.first, units)
        whole = draw_outcome(one, lift, units, drawn, rng)
        values[name] = thin(whole, one.missing, treatment.treated, rng)
    return values


def taking(scenario: Scenario) -> float:
    """Return by how much an offer raises the share that takes part; 1 where all do.

    The effect of taking part is that of the offer over this share.

    Parameters
    ----------
    scenario : Scenario
        What is assumed.
    """
    by = scenario.received
    return 1.0 if by is None else by.treated - by.comparison


def take_part(scenario: Scenario, treated: Float, units: Units, rng: np.random.Generator) -> Float:
    """Return who takes part, 0 or 1, shape (n,): the share assumed of each group.

    Parameters
    ----------
    scenario : Scenario
        What is assumed; where nothing is of taking part, exactly those treated do.
    treated : ndarray, shape (n,)
        1 for those treated.
    units : Units
        The rows.
    rng : numpy.random.Generator
        Source of chance.
    """
    by = scenario.received
    if by is None:
        return treated
    ready = rng.random(units.people)[units.person]
    return (ready < np.where(treated > 0, by.treated, by.comparison)).astype(np.float64)


def _arms(offered: Float, treated: Float, units: Units, rng: np.random.Generator) -> Text:
    arms = min(ARMS, max(1, int(offered.sum()) // 2))
    arm = spread(offered, arms, rng)[units.unit]
    return np.array(["none", "programme 1", "programme 2"])[np.where(treated > 0, arm + 1, 0)]


def _weigh(shape: Shape, number: int, rng: np.random.Generator) -> Float:
    if shape.weights is None:
        return np.ones(number)
    low, high = WEIGHTS[shape.weights]
    drawn = rng.uniform(low, high, number)
    return np.floor(drawn) if shape.weights == "frequency" else drawn
