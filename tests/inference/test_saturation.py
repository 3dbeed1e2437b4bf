"""Saturation: every order of the cases by hand, and what is left to find."""

from __future__ import annotations

from itertools import permutations
from time import perf_counter

import numpy as np
import pytest

from evaluate.inference.saturation import saturation, unseen

RNG = np.random.default_rng


def seen(rng: np.random.Generator, codes: int, cases: int, share: float = 0.35) -> np.ndarray:
    found = rng.random((codes, cases)) < share
    found[:, 0] |= ~found.any(axis=1)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_every_order_by_hand(seed: int) -> None:
    x = seen(RNG(seed), 9, 6)
    curves = np.array(
        [
            [len(set(np.flatnonzero(x[:, list(order[: n + 1])].any(axis=1)))) for n in range(6)]
            for order in permutations(range(6))
        ]
    )
    found = saturation(x, conf_level=0.8)
    np.testing.assert_allclose(found.expected, curves.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.std_dev, curves.std(axis=0), rtol=1e-9, atol=1e-7)
    np.testing.assert_array_equal(found.least, curves.min(axis=0))
    np.testing.assert_array_equal(found.most, curves.max(axis=0))
    for n in range(6):
        for tail, limit in ((0.1, found.low[n]), (0.9, found.high[n])):
            assert limit == np.quantile(curves[:, n], tail, method="inverted_cdf")
    assert found.is_exact
    assert found.added.sum() == pytest.approx(9)
    np.testing.assert_allclose(np.cumsum(found.added), found.expected)


def test_orders_that_are_drawn_agree_with_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    x = seen(RNG(1), 60, 12, 0.15)
    exact = saturation(x)
    monkeypatch.setattr("evaluate.inference.saturation.FEW", 0)
    drawn = saturation(x, 0.95, RNG(2))
    assert exact.is_exact
    assert not drawn.is_exact
    np.testing.assert_array_equal(exact.expected, drawn.expected)
    # Limits are counts: drawn ones may miss by one where two counts share a tail.
    for one, other in ((exact.low, drawn.low), (exact.high, drawn.high)):
        assert np.abs(one - other).max() <= 1
        assert (one != other).sum() <= 2
    assert (drawn.least >= exact.least).all()
    assert (drawn.most <= exact.most).all()


def test_more_codes_than_one_number_holds() -> None:
    x = seen(RNG(3), 150, 8)
    found = saturation(x)
    assert found.most[-1] == 150
    assert found.least[0] == x.sum(axis=0).min()


def test_eighteen_cases_take_no_time() -> None:
    start = perf_counter()
    assert saturation(seen(RNG(3), 60, 18)).is_exact
    assert perf_counter() - start < 2


def test_order_and_repetition_of_codes_and_cases() -> None:
    rng = RNG(5)
    x = seen(rng, 12, 7)
    one = saturation(x)
    other = saturation(x[rng.permutation(12)][:, rng.permutation(7)])
    np.testing.assert_allclose(one.expected, other.expected, rtol=1e-12)
    np.testing.assert_allclose(one.low, other.low)
    double = saturation(np.vstack([x, x, np.zeros((3, 7), dtype=bool)]))
    np.testing.assert_allclose(double.expected, 2 * one.expected, rtol=1e-12)
    np.testing.assert_allclose(double.std_dev, 2 * one.std_dev, rtol=1e-9, atol=1e-7)


def test_what_is_left_by_formula() -> None:
    x = np.zeros((8, 5), dtype=bool)
    for row, k in enumerate((1, 1, 1, 2, 2, 3, 4, 5)):
        x[row, :k] = True
    got = unseen(x)
    assert (got.once, got.twice, got.state) == (3, 2, "computed")
    assert got.codes == pytest.approx(8 + 4 / 5 * 9 / (2 * 2))
    assert got.coverage == pytest.approx(1 - 3 / 19 * (4 * 3) / (4 * 3 + 2 * 2))
    # Chao (1987): variance from the ratio of those seen once and twice, then log-normal limits.
    r, a = 3 / 2, 4 / 5
    variance = 2 * (a / 2 * r**2 + a**2 * r**3 + a**2 / 4 * r**4)
    k = np.exp(1.959963984540054 * np.sqrt(np.log(1 + variance / 1.8**2)))
    assert (got.low, got.high) == pytest.approx((8 + 1.8 / k, 8 + 1.8 * k))


def test_all_shared_nothing_shared_and_too_few() -> None:
    everywhere = unseen(np.ones((4, 5), dtype=bool))
    assert (everywhere.coverage, everywhere.codes, everywhere.high) == (1.0, 4.0, None)
    alone = unseen(np.eye(5, dtype=bool))
    assert (alone.coverage, alone.codes, alone.state) == (None, None, "nothing_shared")
    assert unseen(np.ones((4, 2), dtype=bool)).state == "too_few_cases"
    assert unseen(np.zeros((4, 5), dtype=bool)).state == "nothing_shared"
    single = np.ones((4, 5), dtype=bool)
    single[:2, 1:] = False
    # iNEXT where no code is seen twice: 1 - 2/12 * (4 * 1) / (4 * 1 + 2).
    assert unseen(single).coverage == pytest.approx(1 - 2 / 12 * 4 / 6)
    assert unseen(single).codes == pytest.approx(4 + 4 / 5)


def test_the_interval_holds_the_truth_when_cases_are_drawn() -> None:
    rng, hits, times = RNG(7), 0, 300
    # Thirty codes, each told by an eighth of cases: ten cases leave eight unseen on average.
    for _ in range(times):
        got = unseen(rng.random((30, 10)) < 0.125)
        assert got.low is not None
        assert got.high is not None
        hits += got.low <= 30 <= got.high
    # Nominal 0.95, less a point for the approximation and the 99.9 % band of 300 draws.
    assert hits / times >= 0.89


def test_one_case_and_nothing_told() -> None:
    assert saturation(np.ones((3, 1), dtype=bool)).expected.tolist() == [3.0]
    assert saturation(np.zeros((3, 4), dtype=bool)).expected.tolist() == [0.0] * 4
