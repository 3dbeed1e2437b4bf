"""Present values, ratios, payback and internal rates: worked values and plain loops."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.economics.discount import Step, discount_factors
from evaluate.economics.internal_rates import InternalRates, irr
from evaluate.economics.returns import (
    Payback,
    benefit_cost_ratio,
    level_equivalent,
    npv,
    payback,
    present_value,
)

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))
NORWAY = [Step(40, 0.04), Step(75, 0.03), Step(None, 0.02)]
CENT = 0.00500001


@pytest.mark.parametrize(
    ("key", "benefit", "cost"),
    [("WSIPP_391_2022", -859.0, 188.0), ("WSIPP_391_2023", -902.0, 195.0)],
)
def test_programme_that_harms_and_costs(key: str, benefit: float, cost: float) -> None:
    net, ratio = VECTORS[key]
    assert npv([benefit], [cost], [1]) == net
    assert round(benefit_cost_ratio(benefit, cost)[0] or 0, 2) == ratio


@pytest.mark.parametrize(
    ("benefit", "cost", "state"),
    [(0, 0, "no cost"), (5, 0, "no cost"), (-5, 0, "no cost"), (5, -1, "saves cost")],
)
def test_no_ratio_without_a_cost(benefit: float, cost: float, state: str) -> None:
    assert benefit_cost_ratio(benefit, cost) == (None, state)


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.sampled_from([1e-6, 0.087, 11.5, 1e6]))
def test_a_ratio_does_not_depend_on_the_currency(benefit: float, cost: float, scale: float) -> None:
    here, there = (benefit_cost_ratio(benefit * s, cost * s) for s in (1.0, scale))
    assert here[1] == there[1]
    if here[0] is not None:
        assert there[0] == pytest.approx(here[0], rel=1e-12, abs=1e-300)


def test_lifetime_income() -> None:
    years = np.arange(47)
    gap, larger = VECTORS["SSB: 10%/12% of 20.7M (2019 NOK)"]
    shares = [share * 20.7e6 for share in (0.10, 0.12)]
    assert shares == pytest.approx([gap, larger], abs=CENT)
    inflated, causal = VECTORS[" -> 2024 NOK (CPI 110.8->133.6), x0.5 causal"]
    assert gap * 133.6 / 110.8 == pytest.approx(inflated, abs=0.5)
    assert 0.5 * gap * 133.6 / 110.8 == pytest.approx(causal, abs=0.5)
    level = level_equivalent(gap, 1.01**-years)
    key = "level annuity equivalent to 2.07M at 1% over t=0..46"
    assert level == pytest.approx(VECTORS[key], abs=CENT)
    factors = discount_factors(NORWAY, years)
    flat, grown = np.full(47, level), level * 1.01**years
    assert present_value(flat, factors) == pytest.approx(VECTORS[" same stream at 4% NO"], abs=CENT)
    assert present_value(grown, factors) == pytest.approx(
        VECTORS[" same stream growing 1pct real at 4% NO"], abs=CENT
    )


def test_one_factor_for_each_flow() -> None:
    for wrong in (present_value, payback):
        with pytest.raises(ValueError, match="one discount factor"):
            wrong([1, 2, 3], [1, 1])
        with pytest.raises(ValueError, match="finite"):
            wrong([1, np.nan], [1, 1])
    with pytest.raises(ValueError, match="one year"):
        level_equivalent(5, [])


# ---------- payback


@pytest.mark.parametrize(
    ("flows", "found"),
    [
        ([-100, 50, 50], Payback(2, 2, "")),
        ([-100, 50, 40], Payback(None, None, "never")),
        ([-100, 120, -50, 60], Payback(1, 3, "")),
        ([-100, 120, -50], Payback(1, None, "lost_again")),
        ([0, 10, 20], Payback(0, 0, "no_outlay")),
        ([0, 0, 0], Payback(0, 0, "no_outlay")),
        ([], Payback(0, 0, "no_outlay")),
        ([-100], Payback(None, None, "never")),
        # Nothing has come back before anything was put in.
        ([0, 0, -100, 100], Payback(3, 3, "")),
        ([0, 0, -100, 40], Payback(None, None, "never")),
        # A grant that comes first covers the outlay in the year of the outlay.
        ([200, 0, -100, 0], Payback(2, 2, "")),
        # What comes back in the base year is counted from year 1.
        ([-100 + 100.0, -5, 5], Payback(2, 2, "")),
    ],
)
def test_payback(flows: list[float], found: Payback) -> None:
    assert payback(flows, np.ones(len(flows))) == found


def test_a_sum_that_rounding_leaves_below_zero_has_come_back() -> None:
    factors = 1.04 ** -np.arange(31.0)
    flows = np.r_[-present_value(np.full(30, 70_000.0), factors[1:]), np.full(30, 70_000.0)]
    assert payback(flows, factors) == Payback(30, 30, "")


def test_what_a_subtraction_leaves_is_no_outlay() -> None:
    left = 1e6 * (0.3 - 0.1 - 0.2)
    assert left < 0
    assert payback([left, 5_000, 5_000], [1, 1, 1]) == Payback(0, 0, "no_outlay")


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.sampled_from([1.0, 0.5]))
def test_payback_by_a_plain_loop(flows: list[int], factor: float) -> None:
    # Powers of one half and small whole numbers: no rounding.
    factors = factor ** np.arange(len(flows))
    found = payback(flows, factors)
    sums, total = [], 0.0
    for flow, weight in zip(flows, factors, strict=True):
        total += flow * weight
        sums.append(total)
    if all(flow >= 0 for flow in flows):
        assert found == Payback(0, 0, "no_outlay")
        return
    first = next(t for t, flow in enumerate(flows) if flow < 0)
    back = [t for t in range(1, len(flows)) if t >= first and sums[t] >= 0]
    assert found.year == (back[0] if back else None)
    stays = [t for t in back if all(later >= 0 for later in sums[t:])]
    assert found.final == (stays[0] if stays else None)
    assert found.state == ("" if stays else "lost_again" if back else "never")


# ---------- internal rates


def test_internal_rates_of_the_worked_examples() -> None:
    once = irr([-1000, *[300] * 5])
    assert once.state == ""
    assert [round(rate, 6) for rate in once.rates] == VECTORS["IRR -1000,300x5"]
    twice = irr([-1000, 2500, -1540])
    assert twice.state == "ambiguous"
    assert list(twice.rates) == VECTORS["IRR multiple -1000,2500,-1540"]
    assert list(irr([100, 50]).rates) == VECTORS["IRR none"]


@pytest.mark.parametrize(
    ("flows", "found"),
    [
        ([], InternalRates((), 0, "no_flow")),
        ([0, 0], InternalRates((), 0, "no_flow")),
        ([-100], InternalRates((), 0, "none")),
        ([-100, -5], InternalRates((), 0, "none")),
        ([-1000, 2000, -2000], InternalRates((), 2, "none")),
        ([-100, 100], InternalRates((0.0,), 1, "")),
        ([100, -110], InternalRates((0.10,), 1, "")),
        ([-100, 220, -121], InternalRates((0.10,), 2, "ambiguous")),
        ([-4, 2, 1], InternalRates(((1 + 5**0.5) / 4 - 1,), 1, "")),
    ],
)
def test_internal_rates(flows: list[float], found: InternalRates) -> None:
    rates = irr(flows)
    assert rates.rates == pytest.approx(found.rates, rel=1e-15)
    assert (rates.sign_changes, rates.state) == (found.sign_changes, found.state)
    padded = irr([0, 0, *flows, 0, 0, 0])
    assert padded == rates


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 3.0, 7e12, 1e200])
def test_internal_rates_do_not_depend_on_the_currency(scale: float) -> None:
    for flows in ([-1000, 300, 400, 500, 200], [-1000, 2500, -1540], [-100, 220, -121]):
        there = irr(np.array(flows) * scale).rates
        assert there == pytest.approx(irr(flows).rates, rel=1e-13)


def test_what_a_subtraction_leaves_is_no_flow() -> None:
    left = 1e6 * (0.1 + 0.2 - 0.3)
    assert left != 0
    assert irr([left, -1e6, 1.1e6, -left]) == irr([0, -1e6, 1.1e6, 0])


def flows_with(rates: list[float]) -> np.ndarray:
    """Return flows whose internal rates are these, by multiplying out."""
    out = np.array([1.0])
    for rate in rates:
        out = np.convolve(out, [-1.0, 1 + rate])
    return out


@given(st.lists(st.integers(-60, 60), min_size=1, max_size=5, unique=True))
def test_all_roots_of_a_constructed_polynomial_are_found(steps: list[int]) -> None:
    rates = sorted(step / 64 for step in steps)
    found = irr(flows_with(rates))
    # Flows with roots in 64ths and at most five of them are exact in binary.
    assert found.rates == pytest.approx(rates, abs=1e-15)


@given(
    st.lists(st.sampled_from([-0.5, -0.25, 0.0, 0.125, 0.5]), min_size=2, max_size=6),
    st.lists(st.integers(1, 9), min_size=1, max_size=60),
)
def test_repeated_roots_over_long_horizons_are_found_once(
    rates: list[float], others: list[int]
) -> None:
    # A factor with positive coefficients adds no positive root of the polynomial.
    flows = np.convolve(flows_with(rates), others)
    assert irr(flows).rates == pytest.approx(sorted(set(rates)), abs=1e-15)


@pytest.mark.parametrize("rates", [[0.1, 0.1], [0.1, 0.1, 0.4], [0.03, 0.03, 0.08, 0.08]])
def test_touches_that_rounding_moves_off_zero_are_found(rates: list[float]) -> None:
    assert irr(flows_with(rates)).rates == pytest.approx(sorted(set(rates)), abs=1e-11)


@pytest.mark.parametrize("years", [60, 100])
@pytest.mark.parametrize("seed", range(6))
def test_long_horizons(years: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    flows = rng.normal(size=years + 1) * 1e6 * 1.009 ** np.arange(years + 1.0)
    found = irr(flows).rates
    assert_signs_change_just_there(flows, found)
    # NumPy's roots of the same polynomial, those that are real beyond doubt.
    roots = np.roots(flows[::-1])
    real = roots[(np.abs(roots.imag) < 1e-9 * np.abs(roots)) & (roots.real > 0)].real
    assert found == pytest.approx(sorted(1 / real - 1), rel=1e-6, abs=1e-6)


def assert_signs_change_just_there(flows: np.ndarray, rates: tuple[float, ...]) -> None:
    """Assert that a fine grid of rates shows a change of sign exactly at the rates found."""
    years = np.arange(len(flows))
    grid = np.geomspace(0.05, 20, 40_001)  # 1 + rate
    signs = np.sign([(flows * one ** -(years - len(flows) / 2)).sum() for one in grid])
    changes = np.flatnonzero(signs[1:] != signs[:-1])
    inside = [rate for rate in rates if grid[0] < 1 + rate < grid[-1]]
    assert len(changes) == len(inside)
    assert (np.searchsorted(grid, 1 + np.array(inside)) - 1 == changes).all()


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=25))
def test_rates_are_roots(flows: list[int]) -> None:
    for rate in irr(flows).rates:
        terms = np.array(flows) * (1 + rate) ** -np.arange(len(flows), dtype=float)
        # A step of the last digit of 1 + rate moves a term by as many digits as it has years.
        assert abs(terms.sum()) <= 1e-15 * len(flows) * np.abs(terms).sum()


@given(st.integers(1, 100), st.floats(0.02, 3.0))
def test_one_outlay_and_level_returns_have_one_rate(years: int, share: float) -> None:
    found = irr([-1.0, *[share] * years])
    assert found.state == ""
    (rate,) = found.rates
    value = share * years if rate == 0 else share * -np.expm1(-years * np.log1p(rate)) / rate
    assert value == pytest.approx(1.0, rel=1e-9)


def test_only_one_row_of_numbers() -> None:
    with pytest.raises(ValueError, match="one row"):
        irr([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="finite"):
        irr([-1, np.nan])
