"""Intervals of few: against scipy, R's values, and the coverage that they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evaluate.errors import Refused
from evaluate.inference.exact_share import beta_binomial, binomial_p, clopper_pearson


@pytest.mark.parametrize(("x", "n"), [(0, 7), (7, 7), (3, 11), (1, 1), (58, 143), (400, 1000)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_exact_interval_and_test_are_scipys(x: int, n: int, level: float) -> None:
    expected = stats.binomtest(x, n).proportion_ci(level, method="exact")
    assert clopper_pearson(x, n, level) == pytest.approx((expected.low, expected.high), abs=1e-9)
    for reference in (0.2, 0.5, 0.81):
        p = stats.binomtest(x, n, reference).pvalue
        assert binomial_p(x, n, reference) == pytest.approx(p, rel=1e-6, abs=1e-12)


def test_values_of_r() -> None:
    # R: binom.test(3, 11)$conf.int; binom.test(3, 11, 0.6)$p.value; qbeta(.025, 3.5, 8.5)
    assert clopper_pearson(3, 11) == pytest.approx((0.06021773, 0.6097426), abs=1e-7)
    assert binomial_p(3, 11, 0.6) == pytest.approx(0.03290945536, abs=1e-10)
    assert beta_binomial(3, 11, (0.5, 0.5)).conf_low == pytest.approx(0.08348175983, abs=1e-10)


def test_it_covers_at_least_as_often_as_it_says() -> None:
    for n in (3, 10, 25):
        limits = [clopper_pearson(x, n) for x in range(n + 1)]
        for share in np.linspace(0.01, 0.99, 50):
            inside = [low <= share <= high for low, high in limits]
            assert stats.binom.pmf(np.arange(n + 1), n, share) @ inside >= 0.95 - 1e-12


def test_a_flat_prior_and_its_posterior() -> None:
    found = beta_binomial(4, 9, (1, 1), reference=0.5)
    assert found.mean == pytest.approx(5 / 11)
    assert found.above == pytest.approx(1 - stats.beta.cdf(0.5, 5, 6))
    assert beta_binomial(0, 0, (2, 3)).mean == pytest.approx(0.4)
    assert beta_binomial(0, 0, (2, 3)).above is None


def test_no_counts_that_cannot_be() -> None:
    with pytest.raises(Refused, match="more are counted"):
        clopper_pearson(4, 3)
    with pytest.raises(Refused, match="nobody"):
        binomial_p(0, 0, 0.5)
    with pytest.raises(Refused, match="between 0 and 1"):
        binomial_p(1, 2, 1.0)
    with pytest.raises(Refused, match="above 0"):
        beta_binomial(1, 2, (0, 1))
