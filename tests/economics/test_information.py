"""The value of information: worked values, a closed form, and its limits."""

from __future__ import annotations

import json
from math import erf, exp, hypot, pi, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluate.economics.discount import Step, discount_factors
from evaluate.economics.information import evpi, evppi, population_evpi
from evaluate.economics.smoother import smooth

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))
EFFECTS = np.array([[0, 4, 6], [0, 8, 7], [0, 2, 9], [0, 6, 6]], dtype=float)
COSTS = np.array([[0, 1.0, 2.0], [0, 1.2, 1.8], [0, 0.9, 2.2], [0, 1.1, 2.0]]) * 1e6
BENEFIT = 2.5e5 * EFFECTS - COSTS


def test_population() -> None:
    factors = discount_factors([Step(40, 0.04), Step(None, 0.03)], range(5))
    known = VECTORS["pop EVPI lam250k, 1 decision/yr 5y NO"]
    assert population_evpi(evpi(BENEFIT), 1, factors) == pytest.approx(known, abs=0.00500001)
    assert population_evpi(evpi(BENEFIT), np.ones(5), factors) == pytest.approx(known, abs=0.005)
    assert population_evpi(100, [1, 2], [1, 0.5]) == 200


@pytest.mark.parametrize(
    ("key", "parameter"),
    [
        ("EVPPI lam250k theta groups draws 0,1|2,3", [0, 0, 1, 1]),
        ("EVPPI lam250k theta groups draws 0,2|1,3", [0, 1, 0, 1]),
    ],
)
def test_groups(key: str, parameter: list[int]) -> None:
    assert evppi(BENEFIT, parameter) == pytest.approx(VECTORS[key], abs=1e-9)
    # Two columns that say the same are no more than one.
    assert evppi(BENEFIT, np.column_stack([parameter, parameter])) == evppi(BENEFIT, parameter)


def unit_loss(d: float) -> float:
    """Return E[max(Z − d, 0)] of a standard normal Z."""
    return exp(-d * d / 2) / sqrt(2 * pi) - d * (1 - erf(d / sqrt(2))) / 2


@pytest.mark.parametrize(
    ("mean", "slope", "rest"), [(0.3, 1.0, 1.0), (0.0, 1.0, 3.0), (-1.0, 0.5, 2.0), (2.0, 3.0, 0.5)]
)
def test_two_options_with_normal_benefit(mean: float, slope: float, rest: float) -> None:
    # Quantiles in place of draws leave little but the error of the regression.
    rng = np.random.default_rng(5)
    known, unknown = (rng.permutation(normal_slices(20_000)) for _ in range(2))
    benefit = np.column_stack([np.zeros(20_000), mean + slope * known + rest * unknown])
    expected = slope * unit_loss(abs(mean) / slope)
    assert evppi(benefit, known) == pytest.approx(expected, abs=0.02 * hypot(slope, rest))
    total = hypot(slope, rest)
    assert evpi(benefit) == pytest.approx(total * unit_loss(abs(mean) / total), rel=0.02)
    both = evppi(benefit, np.column_stack([known, unknown]))
    assert both == pytest.approx(evpi(benefit), rel=1e-6)


def normal_slices(n: int) -> np.ndarray:
    from scipy.special import ndtri

    return np.asarray(ndtri((np.arange(n) + 0.5) / n))


def test_a_parameter_that_matters_in_a_curve() -> None:
    rng = np.random.default_rng(6)
    known, unknown = rng.normal(size=(2, 20_000))
    benefit = np.column_stack([np.zeros(20_000), known**2 - 1 + unknown])
    # E[max(Z² − 1, 0)] = 2 φ(1); a straight line through it would find nothing.
    assert evppi(benefit, known) == pytest.approx(2 * exp(-0.5) / sqrt(2 * pi), rel=0.04)
    skewed = np.exp(known)
    benefit = np.column_stack([np.zeros(20_000), skewed - 1.5 + unknown])
    # E[max(e^Z − 1.5, 0)] − (e^0.5 − 1.5), as Black and Scholes have it.
    assert evppi(benefit, skewed) == pytest.approx(0.5309, rel=0.04)


def test_parameters_that_matter_only_together() -> None:
    rng = np.random.default_rng(7)
    known, unknown = rng.normal(size=(20_000, 2)), rng.normal(size=20_000)
    product = known[:, 0] * known[:, 1]
    benefit = np.column_stack([np.zeros(20_000), product + unknown])
    # E[max(XY, 0)] = E|X| E|Y| / 2 = 1/π; each alone is worth nothing.
    assert evppi(benefit, known) == pytest.approx(1 / pi, rel=0.04)
    assert evppi(benefit, known[:, 0]) < 0.02
    # A parameter that nothing rests on, and one that is a copy, add nothing.
    wide = np.column_stack([known, known.sum(axis=1), np.ones(20_000)])
    assert evppi(benefit, wide) == pytest.approx(evppi(benefit, known), abs=0.02)


@settings(max_examples=40)
@given(
    st.integers(20, 300),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_limits(s: int, k: int, p: int, seed: int, whole: bool) -> None:
    rng = np.random.default_rng(seed)
    benefit, parameter = rng.normal(size=(s, k)), rng.normal(size=(s, p))
    parameter = parameter.round() if whole else parameter
    found = evppi(benefit, parameter)
    assert 0 <= found <= evpi(benefit)
    order = rng.permutation(s)
    assert evppi(benefit[order], parameter[order]) == pytest.approx(found, abs=1e-6)
    assert evppi(benefit * 11.4, parameter * 1e6) == pytest.approx(11.4 * found, abs=1e-5)


def test_what_is_known_already_is_worth_nothing() -> None:
    rng = np.random.default_rng(8)
    benefit = rng.normal(size=(500, 3))
    assert evppi(benefit, np.full(500, 3.0)) == 0
    assert evppi(benefit[:, :1], rng.normal(size=500)) == 0
    # Same draws for all options: nothing to choose.
    assert evppi(np.repeat(benefit[:, :1], 3, axis=1), rng.normal(size=500)) == 0


def test_the_smoother_goes_through_what_is_smooth() -> None:
    x = np.random.default_rng(9).uniform(-2, 2, size=(2_000, 1))
    truth = np.column_stack([np.sin(2 * x[:, 0]), 3 * x[:, 0] - 1, np.ones(2_000)])
    # Beyond its last knots the spline is straight, and sin(2x) a little curved.
    assert smooth(x, truth) == pytest.approx(truth, abs=5e-3)
    noise = np.random.default_rng(10).normal(size=(2_000, 3))
    found = smooth(x, truth + noise)
    assert np.sqrt(((found - truth) ** 2).mean(axis=0)).max() < 0.12
    assert found.mean(axis=0) == pytest.approx((truth + noise).mean(axis=0), abs=1e-9)


@pytest.mark.parametrize(
    ("benefit", "parameter"),
    [
        (BENEFIT, [1, 2, 3]),
        (BENEFIT, [1, 2, 3, 4.5]),  # as many values as draws: nothing to average
        (BENEFIT[:, 0], [1, 2, 3, 4]),
        (BENEFIT, [1, 2, 3, np.nan]),
    ],
)
def test_what_cannot_be_valued(benefit, parameter) -> None:
    with pytest.raises(ValueError, match="draws|finite"):
        evppi(benefit, parameter)
