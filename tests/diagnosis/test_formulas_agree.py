"""Simulated power is that of the formulas, and is not when a formula leaves something out."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from simulated_trials import NUMBER, SHARE, people, question, schools

from evaluate.assumptions.definition import AssumedCovariate, ByGroup, ClusterSize
from evaluate.designs.randomised import Randomised
from evaluate.diagnosis.draws import Task, simulate_all
from evaluate.diagnosis.formula import formula_mde, formula_std_error, layout_of
from evaluate.inference.mdes import before_after, clustered, individuals

DRAWS = 500
BAND = 3.29  # 99.9 % of a normal: what a right formula stays within
POWER_OFF = 0.02  # Satterthwaite's degrees of freedom and unlike sizes are no formula's
SPREAD_OFF = 0.02

AGAIN = NUMBER.model_copy(update={"autocorrelation": 0.7})
CASES = {
    "individuals": people(),
    "individuals, shares": people(300, SHARE),
    "individuals, a third treated, some lost": people(240, treated_share=1 / 3, outcome=(
        NUMBER.model_copy(update={"missing": ByGroup(treated=0.1, comparison=0.2)}))),
    "individuals, blocks": replace(
        people(strata=4), spec=Randomised(treated="t", strata="block")
    ),
    "individuals in two periods": people(120, strength=0.5),
    "clusters": schools(),
    "clusters, shares": schools(mean=30, outcome=SHARE),
    "clusters of unlike size": schools(sd=12.0, icc=0.1),
    "clusters, blocks": replace(
        schools(strata=4), spec=Randomised(treated="t", cluster="school", strata="block")
    ),
    "clusters, pupils' grades known": question(
        Randomised(treated="t", cluster="school", covariates=("grade",)),
        NUMBER.model_copy(update={"icc": 0.05}),
        units=40,
        size=ClusterSize(mean=20),
        covariates={"grade": AssumedCovariate(sd=2, strength=0.6)},
    ),
    "clusters in two periods": schools(period="year", periods=2, outcome=AGAIN, icc=0.3),
    "taking part": question(
        Randomised(treated="t", received="came"),
        NUMBER,
        estimand="LATE",
        units=400,
        size=None,
        received=ByGroup(treated=0.8, comparison=0.1),
    ),
    "an offer that few take up": question(
        Randomised(treated="t", received="came"),
        NUMBER,
        estimand="ITT",
        units=80,
        size=None,
        received=ByGroup(treated=0.3, comparison=0.0),
    ),
}  # fmt: skip


@cache
def drawn(name):
    asked = CASES[name]
    # Half way up the power curve a wrong formula shows most.
    asked = asked.with_truth(0.75 * formula_mde(asked))
    return asked, *simulate_all([Task(asked, (11, 7), DRAWS)], workers=1)


def distance(power, found):
    """Return how far a power is from the simulated one, in Monte Carlo errors."""
    share = found.found.mean()
    allowed = BAND * np.sqrt(power * (1 - power) / found.draws) + POWER_OFF
    return abs(share - power) / allowed


QUICK = ("individuals", "clusters", "clusters in two periods", "individuals in two periods")
every = pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in CASES]
)


@every
def test_power(name):
    asked, found = drawn(name)
    assert not found.refused
    power = layout_of(asked).power(asked.truth / (formula_std_error(asked) / root(asked)))
    assert 0.3 < power < 0.8
    assert distance(power, found) < 1


def root(asked):
    return np.sqrt(layout_of(asked).scale)


@every
def test_standard_error(name):
    asked, found = drawn(name)
    spread, expected = found.estimate.std(ddof=1), formula_std_error(asked)
    off = BAND / np.sqrt(2 * (DRAWS - 1)) + SPREAD_OFF
    assert spread == pytest.approx(expected, rel=off)
    assert found.std_error.mean() == pytest.approx(expected, rel=off)
    assert abs(found.estimate.mean() - asked.truth) < BAND * spread / np.sqrt(DRAWS)


@pytest.mark.parametrize("name", CASES)
def test_detectable_effect_is_where_the_formula_has_80_percent(name):
    asked = CASES[name]
    asked = asked.with_truth(formula_mde(asked))
    layout = layout_of(asked)
    power = layout.power(asked.truth / (formula_std_error(asked) / root(asked)))
    assert power == pytest.approx(0.8, abs=0.002)


WRONG = {
    "clusters": lambda asked: layout_of(schools(icc=0.0)),
    "clusters, shares": lambda asked: layout_of(schools(mean=30, icc=0.0)),
    "clusters of unlike size": lambda asked: clustered(40, 20 * 40 / 15, 0.0),
    "individuals in two periods": lambda asked: layout_of(people(120)),
    "clusters in two periods": lambda asked: layout_of(
        schools(period="year", periods=2, outcome=NUMBER, icc=0.3)
    ),
    "individuals, a third treated, some lost": lambda asked: layout_of(people(480)),
    "an offer that few take up": lambda asked: layout_of(people(106)),  # all take it up
}


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in WRONG]
)
def test_a_formula_that_leaves_something_out_is_found(name):
    asked, found = drawn(name)
    sd = formula_std_error(asked) / root(asked)
    assert distance(WRONG[name](asked).power(asked.truth / sd), found) > 1


def test_two_periods_of_individuals_are_a_covariate_that_explains_its_square():
    found = layout_of(people(120, strength=0.5))
    expected = before_after(individuals(120), np.sqrt(0.5))
    assert found.scale == pytest.approx(expected.scale, rel=1e-12)
    assert found.df == expected.df + 1  # a slope costs a degree of freedom, of many


def test_what_has_no_formula_is_not_given_one():
    assert layout_of(schools(period="year", periods=5)) is None
    weighted = replace(people(), spec=Randomised(treated="t", weights="w"))
    assert layout_of(weighted) is None
    assert formula_mde(weighted) is None
    assert formula_std_error(weighted) is None
    high = people(20, SHARE.model_copy(update={"baseline": 0.95, "effect": 0.04}))
    assert formula_mde(high) is None  # the share would be above one
