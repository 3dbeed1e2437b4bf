"""The line through sites against SciPy and statsmodels, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evaluate.errors import Refused
from evaluate.inference.dose_response import DoseResponse, dose_response

DOSE = np.array([2.0, 4, 4, 6, 8, 9, 12])
OUTCOME = np.array([50.0, 55, 49, 60, 58, 66, 64])


def fitted(dose: np.ndarray, outcome: np.ndarray, **how: object) -> DoseResponse:
    return dose_response(dose, outcome, np.random.default_rng(0), **{"draws": 1999} | how)


def test_line_is_that_of_least_squares() -> None:
    found, expected = fitted(DOSE, OUTCOME), stats.linregress(DOSE, OUTCOME)
    assert (found.slope, found.std_error, found.p_value) == pytest.approx(
        (expected.slope, expected.stderr, expected.pvalue), rel=1e-10
    )
    half = stats.t.ppf(0.975, 5) * expected.stderr
    assert found.conf_high - found.slope == pytest.approx(half, rel=1e-10)


def test_ranks_are_spearmans_and_shuffling_agrees_with_every_order() -> None:
    dose, outcome = DOSE[:6], OUTCOME[:6]
    found, expected = fitted(dose, outcome, draws=20_000), stats.spearmanr(dose, outcome)
    assert found.correlation == pytest.approx(expected.statistic, rel=1e-12)
    exact = stats.permutation_test(
        (dose,),
        lambda x: stats.spearmanr(x, outcome).statistic,
        permutation_type="pairings",
        n_resamples=np.inf,
    ).pvalue
    # Four standard errors of 20 000 draws.
    assert abs(found.p_ranks - exact) < 4 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-4


def test_one_site_left_out() -> None:
    found = fitted(DOSE, OUTCOME)
    slopes = [
        stats.linregress(np.delete(DOSE, i), np.delete(OUTCOME, i)).slope for i in range(len(DOSE))
    ]
    assert (found.lowest, found.highest) == pytest.approx((min(slopes), max(slopes)), rel=1e-10)


def test_order_unit_and_missing_sites() -> None:
    one = fitted(DOSE, OUTCOME)
    order = np.random.default_rng(2).permutation(len(DOSE))
    assert fitted(DOSE[order], OUTCOME[order]) == one
    scaled = fitted(DOSE * 10, OUTCOME)
    assert scaled.slope == pytest.approx(one.slope / 10, rel=1e-12)
    assert scaled.p_value == pytest.approx(one.p_value, rel=1e-9)
    with_gaps = fitted(np.append(DOSE, [np.nan, 3]), np.append(OUTCOME, [1.0, np.nan]))
    assert with_gaps == one


@pytest.mark.parametrize(
    ("dose", "outcome", "code"),
    [
        ([1, 2, 3], [1, 5, 2], "too_few_sites"),
        ([2, 2, 2, 2], [1, 5, 2, 3], "one_dose"),
        ([1, 2, 3, 4], [5, 5, 5, 5], "no_variation"),
        ([1, 2, 3, 4], [2, 4, 6, 8], "no_variation"),
    ],
)
def test_refusals(dose: list[float], outcome: list[float], code: str) -> None:
    with pytest.raises(Refused) as caught:
        fitted(np.array(dose, dtype=float), np.array(outcome, dtype=float))
    assert caught.value.code == code


def test_nothing_is_seldom_taken_for_something() -> None:
    rng = np.random.default_rng(4)
    found = [fitted(rng.normal(size=8), rng.normal(size=8), draws=199) for _ in range(300)]
    # 5 % of 300 with the 99.9 % binomial band reaches 30.
    assert sum(one.p_value < 0.05 for one in found) <= 30
    assert sum(one.p_ranks <= 0.05 for one in found) <= 30
