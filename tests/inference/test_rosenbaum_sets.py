"""Rosenbaum's bounds for matched sets and strata: enumeration of who might have been treated."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import nchypergeom_fisher

from evaluate.errors import Refused
from evaluate.inference.rosenbaum import mcnemar, signed_rank
from evaluate.inference.rosenbaum_sets import (
    Sets,
    huber_sets,
    mantel_haenszel,
    set_p_values,
)

Float = NDArray[np.float64]
Drawn = tuple[Float, NDArray[np.bool_], NDArray[np.int64]]


def drawn(sizes: tuple[int, ...], seed: int = 1, effect: float = 1.0) -> Drawn:
    """Sets of one treated and the rest comparison units."""
    rng = np.random.default_rng(seed)
    member = np.repeat(np.arange(len(sizes)), sizes)
    treated = np.concatenate([np.arange(size) == 0 for size in sizes])
    y = rng.normal(size=len(member)) + rng.normal(size=len(sizes))[member] + effect * treated
    return y, treated, member


def by_hand(y: Float, member: NDArray[np.int64], trim: float) -> Float:
    """Huber's scores with loops."""
    n = len(y)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j and member[i] == member[j]]
    scale = np.quantile([abs(y[i] - y[j]) for i, j in pairs], 0.5)
    scores = np.zeros(n)
    for i, j in pairs:
        scores[i] += np.clip((y[i] - y[j]) / scale / trim, -1, 1) / (member == member[i]).sum()
    return scores


def test_scores_are_those_of_the_definition() -> None:
    y, treated, member = drawn((3, 2, 4, 3))
    scores = by_hand(y, member, 2.5)
    found = huber_sets(y, treated, member)
    for one in found.scores:
        size = one.shape[1]
        chosen = [g for g in range(4) if (member == g).sum() == size]
        wanted = np.array([scores[member == g] for g in chosen])
        assert one[:, 0] == pytest.approx(wanted[:, 0], abs=1e-12)
        assert np.sort(one) == pytest.approx(np.sort(wanted), abs=1e-12)


def largest(scores: list[Float], gamma: float) -> tuple[float, float]:
    """Mean and variance of the largest expectation over all hidden factors of 0 or 1."""
    mean = variance = 0.0
    for one in scores:
        found = []
        for hidden in product((0, 1), repeat=len(one)):
            weight = gamma ** np.array(hidden)
            chance = weight / weight.sum()
            m = float(chance @ one)
            found.append((round(m, 12), float(chance @ one**2) - m**2))
        mean += max(found)[0]
        variance += max(found)[1]
    return mean, variance


@pytest.mark.parametrize("gamma", [1.0, 1.6, 5.0])
def test_bounds_are_the_worst_over_all_hidden_factors(gamma: float) -> None:
    y, treated, member = drawn((3, 2, 4, 3, 3, 2))
    sets = huber_sets(y, treated, member)
    scores = [row for one in sets.scores for row in one]
    statistic = sum(row[0] for row in scores)
    mean, variance = largest(scores, gamma)
    found = set_p_values(sets, gamma)
    assert found.high == pytest.approx(ndtr((mean - statistic) / np.sqrt(variance)), rel=1e-9)
    less, least = largest([-row for row in scores], gamma)
    assert found.low == pytest.approx(ndtr((-less - statistic) / np.sqrt(least)), rel=1e-9)
    assert found.low <= found.high


def test_ranks_in_place_of_scores_of_pairs_give_the_signed_rank_test() -> None:
    differences = np.random.default_rng(3).normal(0.4, 1, size=70)
    ranks = (np.argsort(np.argsort(np.abs(differences))) + 1) * np.sign(differences) / 2
    sets = Sets((np.column_stack([ranks, -ranks]),))
    for gamma in (1.0, 1.5):
        one, other = set_p_values(sets, gamma), signed_rank(differences, gamma, exact=False)
        assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-9)


def test_one_comparison_unit_beside_several_treated() -> None:
    """Turned round, those who are not treated have less: the same p-value."""
    y, treated, member = drawn((3, 3, 3, 3, 3, 3), seed=2)
    one = set_p_values(huber_sets(y, treated, member), 1.4)
    other = set_p_values(huber_sets(-y, ~treated, member), 1.4)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-12)


def test_order_and_unit_do_not_matter() -> None:
    y, treated, member = drawn((3, 2, 4, 3, 3))
    order = np.random.default_rng(0).permutation(len(y))
    sets = huber_sets(y, treated, member)
    found = set_p_values(sets, 2.0)
    shuffled = set_p_values(huber_sets(1e4 * y[order] + 5, treated[order], 9 - member[order]), 2.0)
    assert (found.low, found.high) == pytest.approx((shuffled.low, shuffled.high), rel=1e-9)


def test_untrimmed_scores_are_differences_of_means() -> None:
    y, treated, member = drawn((3, 3, 3))
    found = huber_sets(y, treated, member, trim=np.inf)
    means = [y[(member == g)][0] - y[member == g].mean() for g in range(3)]
    assert found.scores[0][:, 0] == pytest.approx(means, abs=1e-12)


def test_inner_trimming_ignores_small_differences() -> None:
    y, treated, member = (
        np.array([5.0, 0.0, 1.0, 0.0, 9.0, 0.0]),
        np.array([True, False] * 3),
        np.repeat([0, 1, 2], 2),
    )
    found = huber_sets(y, treated, member, inner=0.5, trim=2.5)
    assert found.scores[0][:, 0] == pytest.approx([0.5 * (1 - 0.5) / 2, 0.0, 0.5 * 1.3 / 2])


def test_strata_of_a_share_are_extended_hypergeometric() -> None:
    rng = np.random.default_rng(4)
    member = np.repeat(np.arange(12), 9)
    treated = rng.random(108) < 0.4
    y = (rng.random(108) < 0.3 + 0.3 * treated).astype(float)
    for gamma in (1.0, 2.0):
        moments = []
        for odds in (1 / gamma, gamma):
            rows = [
                nchypergeom_fisher(9, y[member == g].sum(), treated[member == g].sum(), odds)
                for g in range(12)
            ]
            moments.append((sum(r.mean() for r in rows), sum(r.var() for r in rows)))
        wanted = [ndtr((mean - y[treated].sum()) / np.sqrt(var)) for mean, var in moments]
        found = mantel_haenszel(y, treated, member, gamma)
        assert (found.low, found.high) == pytest.approx(wanted, rel=1e-6)


def test_strata_of_pairs_are_near_mcnemar() -> None:
    treated = np.array([True, False] * 200)
    member = np.repeat(np.arange(200), 2)
    y = np.zeros(400)
    y[:80:2], y[81:121:2] = 1.0, 1.0  # 40 pairs with only the treated, 20 with only the other
    for gamma in (1.0, 1.3):
        one, other = mantel_haenszel(y, treated, member, gamma), mcnemar(40, 20, gamma)
        assert one.high == pytest.approx(other.high, abs=0.035)


def test_large_strata_stay_within_numbers() -> None:
    treated = np.arange(200_000) % 20 == 0
    y = (np.arange(200_000) % 7 < 3).astype(float)
    found = mantel_haenszel(y, treated, np.zeros(200_000, dtype=np.int64), 1.2)
    assert 0 <= found.low < 0.5 < found.high <= 1


def test_what_cannot_be_told_is_refused() -> None:
    y, treated, member = drawn((3, 3))
    with pytest.raises(Refused) as refused:
        huber_sets(np.ones(6), treated, member)
    assert refused.value.code == "no_variation"
    with pytest.raises(Refused) as refused:
        set_p_values(huber_sets(np.ones(6), treated, member, trim=np.inf))
    assert refused.value.code == "no_variation"
    with pytest.raises(Refused) as refused:
        mantel_haenszel(np.ones(6), treated, member)
    assert refused.value.code == "no_variation"
    with pytest.raises(Refused) as refused:
        huber_sets(y, treated, np.full(6, -1))
    assert refused.value.code == "no_pairs"
    with pytest.raises(Refused) as refused:
        huber_sets(y, np.ones(6, dtype=bool), member)
    assert refused.value.code == "no_pairs"
    four = np.array([True, True, False, False])
    with pytest.raises(Refused) as refused:
        huber_sets(np.arange(4.0), four, np.zeros(4, dtype=np.int64))
    assert refused.value.code == "several_in_set"
