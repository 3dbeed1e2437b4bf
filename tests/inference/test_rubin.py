"""Rubin's rules: worked by hand, and what their degrees of freedom come to at the ends."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.rubin import rubin


def test_by_hand() -> None:
    """Estimates 1, 2, 3 with variances 1, 1, 4: within 2, between 1, total 2 + 4/3."""
    one = rubin(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 4.0]))
    assert (one.value, one.within, one.between) == (2.0, 2.0, 1.0)
    assert one.variance == pytest.approx(10 / 3, rel=1e-15)
    assert one.share == pytest.approx(0.4, rel=1e-15)
    assert one.df == pytest.approx(2 / 0.4**2, rel=1e-14)  # Rubin (1987): (m - 1) / share²
    few = rubin(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 4.0]), 20.0)
    of_data = 21 / 23 * 20 * 0.6
    assert few.df == pytest.approx(1 / (1 / 12.5 + 1 / of_data), rel=1e-14)


@pytest.mark.parametrize("complete", [3.0, 12.0, 200.0])
def test_degrees_of_freedom_are_never_more_than_of_complete_data(complete: float) -> None:
    rng = np.random.default_rng(0)
    for spread in (1e-9, 0.1, 1.0, 10.0):
        one = rubin(rng.normal(0, spread, 20), np.ones(20), complete)
        assert 0 < one.df < complete


def test_estimates_that_do_not_differ_keep_their_variance() -> None:
    one = rubin(np.full(5, 2.0), np.full(5, 0.25))
    assert (one.value, one.variance, one.df, one.share) == (2.0, 0.25, inf, 0.0)
    assert rubin(np.full(5, 2.0), np.full(5, 0.25), 9.0).df == pytest.approx(10 / 12 * 9)


def test_one_imputation_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        rubin(np.ones(1), np.ones(1))
    assert refused.value.code == "too_few_imputations"
