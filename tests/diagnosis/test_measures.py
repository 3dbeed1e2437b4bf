"""Shares, errors and detectable effects, from simulated studies that are written by hand."""

import numpy as np
import pytest

from evaluate.diagnosis.draws import Drawn
from evaluate.diagnosis.measures import binomial, detectable, measure, power_at


# R: binom.test(count, of)$conf.int
@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (53, 1000, 0.03994925236, 0.06875518329),
        (0, 200, 0.0, 0.0182753403551),
        (200, 200, 0.981724659645, 1.0),
        (7, 12, 0.276669685682, 0.848347770192),
    ],
)
def test_binomial_limits_are_those_of_r(count, of, low, high):
    assert binomial(count, of) == pytest.approx((low, high), rel=1e-9, abs=1e-15)


def studies(estimates, half=1.0, refused=0):
    one = np.array([*estimates, *[np.nan] * refused])
    return Drawn(one, one * 0 + half / 2, one - half, one + half, ("x",) * refused)


def test_measures_by_hand():
    there = studies([2.0, 1.5, 0.5, -1.5], refused=1)
    none = studies([0.0, 0.2, 1.2, -0.1], refused=1)
    found = measure(there, none, 1.0)
    assert found.draws == 5
    assert found.power == 3 / 5  # a study without a result finds nothing
    assert found.false_positive == 1 / 4  # and raises no false alarm: it is left out there
    assert found.refused == pytest.approx(2 / 10)
    assert found.coverage == 3 / 4  # 2.0 and 1.5 and 0.5 hold 1, at the edge too
    assert found.bias == pytest.approx(0.625 - 1.0)
    assert found.true_std_error == pytest.approx(np.std([2.0, 1.5, 0.5, -1.5], ddof=1))
    assert found.mean_std_error == 0.5
    assert found.type_s == 1 / 3
    assert found.type_m == pytest.approx((2.0 + 1.5 + 1.5) / 3)
    half = 1.959963984540054 * found.true_std_error / 2
    assert (found.bias_low, found.bias_high) == pytest.approx(
        (found.bias - half, found.bias + half)
    )


def test_nothing_is_said_of_studies_without_results():
    empty = studies([], refused=3)
    row = measure(empty, empty, 1.0).row()
    assert row == {"draws": 3, "effect": 1.0, "refused": 1.0, "power": 0.0, "power_low": 0.0,
                   "power_high": pytest.approx(0.7075982261)}  # fmt: skip
    assert detectable(empty, 1.0) == {}


def test_no_effect_has_neither_sign_nor_size():
    found = measure(studies([2.0, 0.1]), studies([0.1, 0.2]), 0.0)
    assert found.type_s is None
    assert found.type_m is None


def test_detectable_effect_is_what_moves_four_fifths_of_the_limits_above_zero():
    errors = np.linspace(-1, 1, 1001)
    there = studies(errors + 3.0)
    mde = detectable(there, 3.0)["mde"]
    # The limit lies 1 below the estimate, and four fifths of errors are above -0.6.
    assert mde == pytest.approx(1.6, abs=0.003)
    assert power_at(there, 3.0, mde + 1e-9)[0] == pytest.approx(0.8, abs=0.002)
    assert power_at(there, 3.0, mde - 0.01)[0] < 0.8
    down = detectable(studies(errors - 3.0), -3.0)
    assert down["mde"] == pytest.approx(mde, abs=0.003)
    assert down["mde_low"] < down["mde"] < down["mde_high"]


def test_studies_without_a_result_find_no_effect_however_large():
    there = studies(np.linspace(2.9, 3.1, 70), refused=30)
    assert "mde" not in detectable(there, 3.0)
    assert power_at(there, 3.0, 1000.0)[0] == 0.7
