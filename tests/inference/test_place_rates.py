"""Rates of places: published totals, other packages' formulas, and what chance alone gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evaluate.errors import Refused
from evaluate.inference.place_rates import (
    difference_of_shares,
    funnel_limit,
    overdispersion,
    ranks,
    standardised_rate,
    standardised_share,
    wald,
)

# Statistics Norway, completed upper secondary within five or six years, those who began in 2019:
# general studies 90.7 % of 35 627, vocational 69.7 % of 29 667; published for all: 81.2 %.
N = np.array([35627.0, 29667.0])
COMPLETED = np.array([0.907, 0.697]) * N


def test_the_published_total_follows_from_its_parts() -> None:
    found = standardised_share(COMPLETED, N, N)
    assert round(100 * found.value, 2) == 81.16
    assert found.conf_low < found.value < found.conf_high


def test_standardising_by_sex_takes_off_what_the_make_up_gives() -> None:
    women, men = (
        standardised_share(COMPLETED, N, np.array([19719.0, 11894.0])),
        (standardised_share(COMPLETED, N, np.array([15908.0, 17773.0]))),
    )
    assert women.value == pytest.approx(
        (0.907 * 19719 + 0.697 * 11894) / (19719 + 11894), rel=1e-12
    )
    assert women.value > men.value
    one = standardised_share(COMPLETED, N, N)
    scaled = standardised_share(COMPLETED, N, 7 * N)
    assert (one.value, one.conf_low) == pytest.approx((scaled.value, scaled.conf_low))


def test_one_stratum_is_nearly_wilsons_interval_and_an_empty_cell_has_width() -> None:
    found = standardised_share(np.array([40.0]), np.array([100.0]), np.array([1.0]))
    expected = stats.binomtest(40, 100).proportion_ci(method="wilson")
    assert (found.conf_low, found.conf_high) == pytest.approx(
        (expected.low, expected.high), abs=2e-3
    )
    none = standardised_share(np.array([0.0, 5.0]), np.array([10.0, 10.0]), np.array([1.0, 1.0]))
    assert none.value == 0.25
    assert none.conf_low < 0.2
    assert none.conf_high > 0.3
    nobody = standardised_share(np.array([0.0]), np.array([10.0]), np.array([1.0]))
    assert nobody.conf_low == 0 < nobody.conf_high


def test_the_standardised_interval_covers() -> None:
    rng = np.random.default_rng(4)
    n, p, w = np.array([30.0, 60.0, 15.0]), np.array([0.9, 0.7, 0.4]), np.array([5.0, 3.0, 2.0])
    truth = float(w @ p / w.sum())
    hits = []
    for _ in range(1000):
        found = standardised_share(rng.binomial(n.astype(int), p).astype(float), n, w)
        hits.append(found.conf_low <= truth <= found.conf_high)
    assert 0.92 <= np.mean(hits) <= 0.98


def test_the_rate_is_that_of_fay_and_feuer() -> None:
    x, n, w = np.array([3.0, 0.0, 12.0]), np.array([400.0, 300.0, 700.0]), np.array([1.0, 2.0, 1.0])
    found = standardised_rate(x, n, w)
    part = w / w.sum() / n
    y, v, m = part @ x, part**2 @ x, part.max()
    low = v / (2 * y) * stats.chi2.ppf(0.025, 2 * y**2 / v)
    high = (v + m**2) / (2 * (y + m)) * stats.chi2.ppf(0.975, 2 * (y + m) ** 2 / (v + m**2))
    assert (found.value, found.conf_low, found.conf_high) == pytest.approx((y, low, high))
    # One stratum: the exact Poisson interval (Garwood 1936).
    one = standardised_rate(np.array([7.0]), np.array([100.0]), np.array([1.0]))
    exact = (stats.chi2.ppf(0.025, 14) / 200, stats.chi2.ppf(0.975, 16) / 200)
    assert (one.conf_low, one.conf_high) == pytest.approx(exact)
    assert standardised_rate(np.array([0.0]), np.array([9.0]), np.array([1.0])).conf_low == 0


def test_differences_by_newcombes_own_example() -> None:
    # Newcombe (1998), table II, method 10: 56/70 - 48/80.
    found = difference_of_shares((48, 80), (56, 70))
    assert (found.value, found.conf_low, found.conf_high) == pytest.approx(
        (0.2, 0.0524, 0.3339), abs=5e-5
    )
    back = difference_of_shares((56, 70), (48, 80))
    assert back.conf_low == pytest.approx(-found.conf_high)


@pytest.mark.parametrize("n", [5, 40, 400])
def test_chance_alone_leaves_one_in_twenty_outside_the_funnel(n: int) -> None:
    low, high = (funnel_limit(0.3, n, one) for one in (0.025, 0.975))
    counts = np.arange(n + 1)
    chance = stats.binom.pmf(counts, n, 0.3)
    outside = chance[(counts / n < low) | (counts / n > high)].sum()
    assert outside <= 0.05 + chance.max()
    assert low <= 0.3 <= high
    wide = [funnel_limit(0.3, n, one) for one in (0.001, 0.999)]
    assert wide[0] <= low
    assert high <= wide[1]


def test_limits_lie_between_the_numbers_that_binom_gives() -> None:
    for n in (10, 37, 250):
        for p in (0.001, 0.025, 0.975, 0.999):
            r = stats.binom.ppf(p, n, 0.42)
            alpha = (stats.binom.cdf(r, n, 0.42) - p) / (
                stats.binom.cdf(r, n, 0.42) - stats.binom.cdf(r - 1, n, 0.42)
            )
            assert funnel_limit(0.42, n, p) == pytest.approx(max(0, (r - alpha) / n), abs=1e-9)


def test_overdispersion_is_the_chi_square_of_the_table() -> None:
    x, n = np.array([30.0, 44, 81]), np.array([100.0, 120, 150])
    factor, p, target = overdispersion(x, n)
    expected = stats.chi2_contingency(np.array([x, n - x]), correction=False)
    assert (factor * 2, p) == pytest.approx((expected.statistic, expected.pvalue))
    assert target == pytest.approx(155 / 370)


def test_alike_places_cannot_be_ranked_and_unlike_ones_can() -> None:
    alike = ranks(np.full(9, 40.0), np.full(9, 100.0), np.random.default_rng(1))
    assert (alike.conf_low <= 2).all()
    assert (alike.conf_high >= 8).all()
    np.testing.assert_allclose(alike.best, 1 / 3, atol=0.03)
    far = ranks(np.arange(1.0, 10) * 1000, np.full(9, 10000.0), np.random.default_rng(1))
    np.testing.assert_array_equal(far.median, np.arange(9, 0, -1))
    np.testing.assert_array_equal(far.conf_low, far.conf_high)
    np.testing.assert_array_equal(far.worst, [1, 1, 1, 0, 0, 0, 0, 0, 0])
    down = ranks(
        np.arange(1.0, 10) * 1000, np.full(9, 10000.0), np.random.default_rng(1), downwards=True
    )
    np.testing.assert_array_equal(down.median, np.arange(1, 10))


def test_ranks_follow_the_place_in_whatever_order() -> None:
    x, n = np.array([10.0, 60, 35, 20]), np.array([50.0, 100, 80, 31])
    turn = np.array([2, 0, 3, 1])
    one = ranks(x, n, np.random.default_rng(7))
    two = ranks(x[turn], n[turn], np.random.default_rng(7))
    np.testing.assert_array_equal(one.best[turn], two.best)
    np.testing.assert_array_equal(one.conf_low[turn], two.conf_low)


def test_a_published_standard_error_gives_an_interval() -> None:
    found = wald(10.9, 0.5, 0.95)
    assert (found.conf_low, found.conf_high) == pytest.approx((9.920018, 11.879982))


def test_what_has_no_rate_is_refused() -> None:
    with pytest.raises(Refused, match="no people"):
        standardised_share(np.array([0.0]), np.array([0.0]), np.array([1.0]))
    with pytest.raises(Refused, match="more events"):
        standardised_share(np.array([2.0]), np.array([1.0]), np.array([1.0]))
    with pytest.raises(Refused, match="differs from nobody"):
        overdispersion(np.array([2.0]), np.array([4.0]))
    with pytest.raises(Refused, match="all or none"):
        overdispersion(np.array([0.0, 0.0]), np.array([4.0, 5.0]))
