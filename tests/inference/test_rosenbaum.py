"""Rosenbaum's bounds for pairs: enumeration, and the lead study of his book."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import comb

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.rosenbaum import (
    Bounds,
    Equal,
    gamma_at,
    mcnemar,
    signed_rank,
    signed_rank_gamma,
)
from evaluate.inference.rosenbaum_effects import hodges_lehmann, signed_rank_interval

Float = NDArray[np.float64]
# Morton et al. (1982): lead in the blood of children of exposed fathers, and of their controls.
EXPOSED = (38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35,
           49, 48, 44, 35, 43, 39, 34, 13, 73, 25, 27)  # fmt: skip
CONTROL = (16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19,
           7, 18, 19, 12, 11, 22, 25, 16, 13, 11, 13)  # fmt: skip
LEAD = np.array(EXPOSED, dtype=np.float64) - np.array(CONTROL)


@pytest.mark.parametrize(
    ("gamma", "p_value"), [(2, 0.0018), (3, 0.0136), (4, 0.0388), (4.25, 0.0468), (5, 0.0740)]
)
def test_published_p_values_of_the_lead_study(gamma: float, p_value: float) -> None:
    """Rosenbaum (2002), Observational Studies, 2nd edition, table 4.1; one pair is equal."""
    found = signed_rank(LEAD, gamma, exact=False)
    assert found.high == pytest.approx(p_value, abs=5e-5)
    assert found.low < 1e-4


@pytest.mark.parametrize(
    ("gamma", "low", "high"),
    [(1, 15, 15), (2, 10.25, 19.5), (3, 8, 23), (4, 6.5, 25), (5, 5, 26.5)],
)
def test_published_effects_of_the_lead_study(gamma: float, low: float, high: float) -> None:
    """Rosenbaum (2002), table 4.2: bounds of Hodges and Lehmann's estimate."""
    assert hodges_lehmann(LEAD, gamma) == Bounds(low, high)


def test_without_the_equal_pair_it_is_the_test_of_r() -> None:
    """R ``exactRankTests::wilcox.exact(exposed, control, paired = TRUE)``: p = 8.037e-07."""
    found = signed_rank(LEAD, 1.0, exact=True, equal="left_out")
    assert 2 * found.high == pytest.approx(8.037e-07, rel=1e-4)


def enumerated(differences: Float, gamma: float, equal: Equal) -> float:
    """Sum the chances of all assignments in which each pair's larger is treated at p."""
    from scipy.stats import rankdata

    kept = differences[differences != 0] if equal == "left_out" else differences
    ranks = rankdata(np.abs(kept))
    statistic = ranks[kept > 0].sum()
    free = ranks if equal == "at_random" else ranks[kept != 0]
    chance, total = gamma / (1 + gamma), 0.0
    for signs in product((0, 1), repeat=len(free)):
        if np.dot(signs, free) >= statistic - 1e-9:
            total += chance ** sum(signs) * (1 - chance) ** (len(signs) - sum(signs))
    return total


@pytest.mark.parametrize("gamma", [1.0, 1.7, 4.0])
@pytest.mark.parametrize("equal", ["ranked", "left_out", "at_random"])
def test_exact_p_values_are_those_of_enumeration(gamma: float, equal: Equal) -> None:
    differences = np.array([1.0, 2.0, 2.0, -0.5, 0.0, 3.0, -1.0, 2.5, 1.0, 4.0])
    found = signed_rank(differences, gamma, equal=equal)
    assert found.high == pytest.approx(enumerated(differences, gamma, equal), rel=1e-10)
    assert found.low == pytest.approx(enumerated(differences, 1 / gamma, equal), rel=1e-10)


def test_no_hidden_factor_within_gamma_leaves_the_bounds() -> None:
    """Random chances of each pair between the two extremes give p-values between the bounds."""
    rng = np.random.default_rng(7)
    differences = rng.normal(0.5, 1, size=9)
    gamma, found = 2.0, signed_rank(differences, 2.0)
    ranks = np.argsort(np.argsort(np.abs(differences))) + 1.0
    signs = np.array(list(product((0, 1), repeat=9)))
    reached = signs @ ranks >= ranks[differences > 0].sum()
    for _ in range(50):
        chance = rng.uniform(1 / (1 + gamma), gamma / (1 + gamma), size=9)
        p_value = np.prod(np.where(signs == 1, chance, 1 - chance), axis=1)[reached].sum()
        assert found.low <= p_value <= found.high


def test_the_normal_approximation_is_near_the_exact_test() -> None:
    differences = np.random.default_rng(8).normal(0.4, 1, size=60)
    for gamma in (1.0, 1.5):
        exact, near = (signed_rank(differences, gamma, exact=one).high for one in (True, False))
        assert near == pytest.approx(exact, rel=0.15)


def test_mcnemar_is_a_binomial_tail() -> None:
    found = mcnemar(12, 5, 1.5)
    tails = [
        sum(comb(17, k) * p**k * (1 - p) ** (17 - k) for k in range(12, 18)) for p in (0.4, 0.6)
    ]
    assert (found.low, found.high) == pytest.approx(tails, rel=1e-12)
    assert mcnemar(0, 5, 3.0) == Bounds(1.0, 1.0)


def test_the_odds_at_which_a_test_fails() -> None:
    """Lead study: it fails just above 4.25, as the book says."""
    gamma = signed_rank_gamma(LEAD, 0.05, exact=False)
    assert gamma == pytest.approx(4.344, abs=5e-4)
    assert signed_rank(LEAD, gamma, exact=False).high == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize("draw", [0, 1, 2])
def test_the_p_value_passes_the_level_at_that_gamma_and_not_before(draw: int) -> None:
    differences = np.random.default_rng(draw).normal(0.6, 1, size=30)
    gamma = signed_rank_gamma(differences, 0.025)
    assert gamma is not None
    assert signed_rank(differences, gamma * 0.999).high < 0.025
    assert signed_rank(differences, gamma * 1.001).high > 0.025


def test_nothing_to_undo_has_no_gamma() -> None:
    assert signed_rank_gamma(np.array([1.0, -1.2, 0.3, -0.4]), 0.05) is None


def test_a_test_that_nothing_undoes_stops_at_a_million() -> None:
    assert gamma_at(lambda gamma: 0.0, 0.05) == 1e6


def brute(differences: Float, expected: float) -> float:
    """Middle of the shifts at which as many averages lie above as are expected."""
    i, j = np.triu_indices(len(differences))
    averages = (differences[i] + differences[j]) / 2
    places = np.unique(averages)
    gaps = np.concatenate([[places[0] - 1], (places[1:] + places[:-1]) / 2, [places[-1] + 1]])
    counts = [(averages > one).sum() for one in gaps]
    above = max(place for place, n in zip([*places, np.inf], counts, strict=True) if n > expected)
    below = min(place for place, n in zip([-np.inf, *places], counts, strict=True) if n < expected)
    return float((above + below) / 2)


@pytest.mark.parametrize("gamma", [1.0, 1.3, 2.0, 6.0])
def test_effects_solve_what_they_should(gamma: float) -> None:
    differences = np.random.default_rng(4).normal(1, 2, size=12).round(1)
    n, chance = 12 * 13 / 2, gamma / (1 + gamma)
    found = hodges_lehmann(differences, gamma)
    assert found.low == pytest.approx(brute(differences, chance * n), abs=1e-12)
    assert found.high == pytest.approx(brute(differences, (1 - chance) * n), abs=1e-12)


def test_many_pairs_give_what_all_averages_give(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = np.random.default_rng(5).normal(1, 2, size=300).round(2)
    wanted = hodges_lehmann(differences, 1.7), signed_rank_interval(differences, 1.7)
    monkeypatch.setattr("evaluate.inference.rosenbaum_effects._ALL_AVERAGES", 0)
    found = hodges_lehmann(differences, 1.7), signed_rank_interval(differences, 1.7)
    for one, other in zip(found, wanted, strict=True):
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-12)


def test_the_interval_holds_what_is_not_rejected() -> None:
    differences = np.random.default_rng(6).normal(1, 2, size=80)
    for gamma in (1.0, 1.5):
        found = signed_rank_interval(differences, gamma)
        for shift, sign in ((found.low, 1), (found.high, -1)):
            inside, outside = (
                signed_rank(sign * (differences - shift - sign * step), gamma, exact=False).high
                for step in (1e-6, -1e-6)
            )
            assert inside > 0.024
            assert outside < 0.026
            assert inside >= outside


def mirrored(one: Callable[[Float], Bounds]) -> None:
    differences = np.random.default_rng(9).normal(1, 2, size=25).round(1)
    found, other = one(differences), one(-10 * differences)
    assert (found.low, found.high) == pytest.approx((-other.high / 10, -other.low / 10))


def test_order_unit_and_sign_do_not_matter() -> None:
    differences = np.random.default_rng(9).normal(1, 2, size=25).round(1)
    shuffled = np.random.default_rng(1).permutation(differences)
    assert signed_rank(differences, 2.0) == signed_rank(shuffled, 2.0)
    assert signed_rank(differences, 2.0) == signed_rank(3e5 * differences, 2.0)
    mirrored(lambda d: hodges_lehmann(d, 2.0))
    mirrored(lambda d: signed_rank_interval(d, 1.2))


def test_one_pair_can_exclude_nothing() -> None:
    assert signed_rank(np.array([3.0])).high == 0.5
    assert signed_rank_gamma(np.array([3.0]), 0.025) is None
    assert hodges_lehmann(np.array([3.0]), 2.0) == Bounds(3.0, 3.0)
    with pytest.raises(Refused) as refused:
        signed_rank_interval(np.array([3.0]))
    assert refused.value.code == "too_few_pairs"


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        signed_rank(np.zeros(5))
    assert refused.value.code == "no_variation"
    with pytest.raises(Refused) as refused:
        mcnemar(0, 0)
    assert refused.value.code == "no_variation"
    with pytest.raises(Refused) as refused:
        hodges_lehmann(np.array([]))
    assert refused.value.code == "no_pairs"
    for gamma in (0.9, float("nan"), float("inf")):
        with pytest.raises(Refused) as refused:
            signed_rank(np.array([1.0, 2.0]), gamma)
        assert refused.value.code == "impossible_gamma"
