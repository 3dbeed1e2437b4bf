"""A simulated comparison without a lottery: those treated differ beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.covariates import Drawn, draw_covariate
from evaluate.assumptions.definition import AssumedOutcome
from evaluate.assumptions.missing import thin
from evaluate.assumptions.normal import threshold
from evaluate.assumptions.outcomes import draw_outcome
from evaluate.assumptions.possible import require_possible
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.shares import Weights, moved, weights_for
from evaluate.assumptions.units import Units, assign, draw_units, labels

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Selected:
    """Simulated rows of two groups that nobody drew lots for, each array of shape (n,).

    Attributes
    ----------
    treated : ndarray
        1 with the programme, 0 without.
    cluster : ndarray of str
        Names; empty where individuals are treated.
    values : mapping of str to ndarray
        Outcomes and covariates by column, missing cells undefined.
    truth : mapping of str to float
        Mean effect on the treated by column of the outcome.
    """

    treated: Float
    cluster: NDArray[np.str_]
    values: Mapping[str, Float]
    truth: Mapping[str, float]


def draw_selected(scenario: Scenario, rng: np.random.Generator, cluster: str | None) -> Selected:
    """Draw two groups that differ in their covariates as is assumed, and in nothing else.

    Within each group a covariate (of a yes or no, the normal variable behind it) has the
    standard deviation that is declared, and its means lie ``apart`` as many of those: the
    probability of treatment given covariates is then a logit of them. Given covariates,
    outcomes do not hang on who is treated.

    Parameters
    ----------
    scenario : Scenario
        What is assumed.
    rng : numpy.random.Generator
        Source of chance.
    cluster : str or None
        Column of the treated units where they are clusters.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no data are as the scenario has it.
    """
    require_possible(scenario, clustered=cluster is not None)
    units = draw_units(scenario, rng)
    treated = assign(units.stratum, scenario.treated_share, rng)[units.unit]
    shift = treated - scenario.treated_share
    drawn = {
        name: _shifted(draw_covariate(one, units.people, rng), one.apart * shift)
        for name, one in scenario.covariates.items()
    }
    none = np.zeros_like(treated)
    values = {name: thin(one.values, one.assumed.missing, none, rng) for name, one in drawn.items()}
    people = tuple(drawn.values())
    for name, assumed in scenario.outcomes.items():
        whole = draw_outcome(assumed, assumed.effect * treated, units, people, rng)
        values[name] = thin(whole, assumed.missing, treated, rng)
    return Selected(
        treated=treated,
        cluster=labels(cluster, scenario.units)[units.unit] if cluster else _NONE,
        values=values,
        truth={
            name: _truth(one, people, scenario, units) for name, one in scenario.outcomes.items()
        },
    )


_NONE = np.array([], dtype=np.str_)


def _shifted(drawn: Drawn, shift: Float) -> Drawn:
    """Return a covariate whose normal variable is moved, person by person."""
    assumed, latent = drawn.assumed, drawn.latent + shift
    if assumed.sd:
        return replace(drawn, latent=latent, values=assumed.mean + assumed.sd * latent)
    return replace(drawn, latent=latent, values=(latent > threshold(assumed.mean)).astype(float))


def _truth(
    assumed: AssumedOutcome, covariates: Sequence[Drawn], scenario: Scenario, units: Units
) -> float:
    """Return the mean effect on the treated, who of a yes or no stand elsewhere on its curve."""
    if assumed.sd is not None:
        return assumed.effect
    icc = assumed.icc if units.clustered else 0.0
    kinds = tuple(one.assumed for one in covariates)
    without = weights_for(assumed.baseline, icc, kinds)
    raised = moved(without, min(max(assumed.baseline + assumed.effect, 0.0), 1.0), icc)
    above = 1 - scenario.treated_share
    lifts = [one.apart * above for one in kinds]
    return _share(raised, lifts) - _share(without, lifts)


def _share(weights: Weights, lifts: Sequence[float]) -> float:
    """Return the share of yes where the covariates' normal variables are lifted."""
    mean = sum(sqrt(part) * lift for part, lift in zip(weights.covariates, lifts, strict=True))
    return erfc((weights.cut - mean) / sqrt(2)) / 2
