"""Reliable change: the worked example of Jacobson and Truax, and each limit from both sides."""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.reliable_change import Norms, classify, cutoff, limits


def test_worked_example_of_jacobson_and_truax() -> None:
    # (1991), p. 14: s1 = 7.5, r = .80, 32.5 before and 47.5 after: RC = 15 / 4.74 = 3.16.
    found = limits(0.80, 7.5)
    assert found.std_error == pytest.approx(3.35, abs=0.005)
    assert found.of_difference == pytest.approx(4.74, abs=0.005)
    assert (47.5 - 32.5) / found.of_difference == pytest.approx(3.16, abs=0.005)
    assert found.reliable == pytest.approx(1.959964 * found.of_difference, rel=1e-6)


def test_cutoffs_a_b_and_c() -> None:
    # p. 13: clinical mean 40, normal mean 60, standard deviations 7.5.
    assert cutoff(Norms(dysfunctional=40, dysfunctional_sd=7.5)) == 55
    assert cutoff(Norms(functional=60, functional_sd=7.5)) == 45
    assert cutoff(Norms(60, 7.5, 40, 7.5)) == 50
    assert cutoff(Norms(60, 5.0, 40, 10.0)) == pytest.approx((5 * 40 + 10 * 60) / 15)
    assert cutoff(Norms(functional=20, functional_sd=5), better="decrease") == 30
    assert cutoff(Norms(dysfunctional=40, dysfunctional_sd=5), better="decrease") == 30
    assert cutoff(Norms()) is None
    assert cutoff(Norms(functional=60)) is None


def test_classes_on_both_sides_of_each_limit() -> None:
    before = np.array([40.0, 40.0, 40.0, 40.0, 52.0, 40.0])
    after = np.array([50.0, 50.1, 30.0, 29.9, 65.0, 49.0])
    found = classify(before, after, 10.0, cut=50.0)
    expected = ["unchanged", "recovered", "unchanged", "deteriorated", "improved", "unchanged"]
    assert found.tolist() == expected
    alone = classify(before, after, 10.0).tolist()
    assert alone == [one.replace("recovered", "improved") for one in expected]


def test_turning_the_scale_round_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.normal(size=60), rng.normal(0.3, 1, 60)
    up = classify(before, after, 0.8, cut=0.4)
    down = classify(-before, -after, 0.8, better="decrease", cut=-0.4)
    assert up.tolist() == down.tolist()
    assert set(up.tolist()) >= {"improved", "unchanged", "deteriorated"}


def test_a_perfect_scale_calls_every_change() -> None:
    assert limits(1.0, 3.0).reliable == 0
    found = classify(np.zeros(3), np.array([0.0, 1e-3, -1e-3]), 0.0)
    assert found.tolist() == ["unchanged", "improved", "deteriorated"]


def test_error_alone_is_called_change_in_one_of_twenty() -> None:
    rng = np.random.default_rng(8)
    true = rng.normal(0, np.sqrt(0.8), 40000)
    one, other = true + rng.normal(0, np.sqrt(0.2), (2, 40000))
    found = classify(one, other, limits(0.8, 1.0).reliable)
    share = float((found != "unchanged").mean())
    assert share == pytest.approx(0.05, abs=0.0036)  # 99.9 % band of 40 000 draws


@pytest.mark.parametrize(("reliability", "sd"), [(0.0, 1.0), (-0.2, 1.0), (1.1, 1.0), (0.8, 0.0)])
def test_no_error_of_measurement_is_refused(reliability: float, sd: float) -> None:
    with pytest.raises(Refused):
        limits(reliability, sd)
