"""Simulated trials have the means, variances and correlations that their assumptions declare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from calibration import misses

from evaluate.assumptions.definition import (
    AssumedCovariate,
    AssumedOutcome,
    ByGroup,
    ClusterSize,
)
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.shares import least_correlation
from evaluate.design import Simulated
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.errors import Refused

NUMBER = AssumedOutcome(baseline=40, effect=2.5, sd=10, icc=0.12, missing=0.08)
SHARE = AssumedOutcome(
    baseline=0.8, effect=0.06, icc=0.05, missing=ByGroup(treated=0.05, comparison=0.15)
)
BEFORE = {
    "grade": AssumedCovariate(mean=3.8, sd=0.9, strength=0.25),
    "girl": AssumedCovariate(mean=0.3, strength=0.05),
    "absence": AssumedCovariate(mean=12, sd=6, missing=0.1),
}
SCHOOLS = Scenario(
    units=24,
    size=ClusterSize(mean=20, sd=8),
    strata=3,
    treated_share=0.4,
    outcomes={"points": NUMBER, "completed": SHARE},
    covariates=BEFORE,
)
PUPILS = Scenario(
    units=150,
    size=None,
    treated_share=0.35,
    outcomes={
        "points": NUMBER.model_copy(update={"icc": 0.0}),
        "completed": SHARE.model_copy(update={"icc": 0.0}),
    },
    covariates=BEFORE,
    received=ByGroup(treated=0.7, comparison=0.1),
)
COVARIATES = tuple(BEFORE)
CASES = {
    "schools": (
        Randomised(treated="t", cluster="school", strata="block", covariates=COVARIATES),
        SCHOOLS,
    ),
    "pupils": (Randomised(treated="t", received="attended", covariates=COVARIATES), PUPILS),
    "wedge": (
        Randomised(treated="t", cluster="school", period="year"),
        replace(
            SCHOOLS,
            periods=4,
            covariates={},
            treated_share=0.75,
            outcomes={
                "points": NUMBER.model_copy(update={"autocorrelation": 0.7, "missing": 0}),
                "completed": SHARE.model_copy(
                    update={"autocorrelation": 0.6, "missing": 0, "icc": 0.1, "effect": 0}
                ),
            },
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_measures_are_those_declared(name: str) -> None:
    assert misses(*CASES[name], draws=300) == {}


def wrong(change: Callable[[Scenario], Scenario]) -> Callable[..., Simulated[Randomised]]:
    """Return a generator that draws from assumptions other than those it was given."""

    def draw(
        spec: Randomised, scenario: Scenario, rng: np.random.Generator
    ) -> Simulated[Randomised]:
        return DESIGN.simulate(spec, change(scenario), rng)

    return draw


def with_outcomes(scenario: Scenario, **changes: object) -> Scenario:
    """Return a scenario whose outcomes are all changed."""
    outcomes = {k: one.model_copy(update=changes) for k, one in scenario.outcomes.items()}
    return replace(scenario, outcomes=outcomes)


PLANTED: dict[str, tuple[str, Callable[[Scenario], Scenario], str]] = {
    "icc": ("schools", lambda s: with_outcomes(s, icc=0.2), "points, icc 0"),
    "effect": ("schools", lambda s: with_outcomes(s, effect=0.02), "points, mean 1"),
    "sd": (
        "schools",
        lambda s: replace(
            s, outcomes={**s.outcomes, "points": NUMBER.model_copy(update={"sd": 11})}
        ),
        "points, variance 0",
    ),
    "attrition": ("schools", lambda s: with_outcomes(s, missing=0.1), "points, missing treated"),
    "share": ("schools", lambda s: replace(s, treated_share=0.5), "treated share"),
    "sizes": (
        "schools",
        lambda s: replace(s, size=ClusterSize(mean=20, sd=6)),
        "cluster size, variance",
    ),
    "strength": (
        "schools",
        lambda s: replace(s, covariates={**BEFORE, "grade": AssumedCovariate(mean=3.8, sd=0.9)}),
        "completed by grade 0",
    ),
    "uptake": (
        "pupils",
        lambda s: replace(s, received=ByGroup(treated=0.6, comparison=0.1)),
        "received, treated",
    ),
    "time": ("wedge", lambda s: with_outcomes(s, autocorrelation=0.3), "points, neighbours"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_wrong_generator_is_found(fault: str) -> None:
    case, change, measure = PLANTED[fault]
    assert measure in misses(*CASES[case], draws=150, draw=wrong(change))


def test_people_seen_again_are_as_alike_as_declared() -> None:
    covariates = {"grade": AssumedCovariate(sd=1, strength=0.3)}
    for sd, covered in ((10.0, 0.6), (None, 0.4)):
        outcome = AssumedOutcome(baseline=0.4, effect=0, sd=sd, autocorrelation=covered)
        scenario = Scenario(
            units=4000, size=None, outcomes={"y": outcome}, covariates=covariates, periods=3
        )
        drawn = DESIGN.simulate(Randomised(treated="t"), scenario, np.random.default_rng(4))
        values = drawn.data["y"].reshape(3, -1)
        found = [np.corrcoef(values[i], values[i + 1])[0, 1] for i in (0, 1)]
        # Twice 4 000 pairs: three errors of a correlation are 3 (1 - r²) / sqrt(8 000).
        assert np.mean(found) == pytest.approx(covered, abs=3 * (1 - covered**2) / np.sqrt(8000))


def test_people_less_alike_over_time_than_covariates_make_them_are_refused() -> None:
    covariates = {"grade": AssumedCovariate(sd=1, strength=0.3)}
    rng = np.random.default_rng(4)
    for sd in (10.0, None):
        outcome = AssumedOutcome(baseline=0.4, effect=0, sd=sd)
        scenario = Scenario(
            units=6000, size=None, outcomes={"y": outcome}, covariates=covariates, periods=3
        )
        # Left out, what covariates explain is all that stays, over one period as over two.
        values = DESIGN.simulate(Randomised(treated="t"), scenario, rng).data["y"].reshape(3, -1)
        least = least_correlation(outcome, tuple(covariates.values()))
        for i, j in ((0, 1), (0, 2)):
            assert np.corrcoef(values[i], values[j])[0, 1] == pytest.approx(least, abs=0.04)
        lower, higher = (
            with_outcomes(scenario, autocorrelation=least + step) for step in (-0.01, 0.01)
        )
        with pytest.raises(Refused, match="over time"):
            DESIGN.simulate(Randomised(treated="t"), lower, rng)
        assert len(DESIGN.simulate(Randomised(treated="t"), higher, rng).data["y"]) == 18_000
