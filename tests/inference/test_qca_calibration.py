"""Calibration: anchors, both directions, ends, and what is refused."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.errors import Refused
from evaluate.inference.qca_calibration import crisp, direct, indirect, linear

ANCHORS = (10.0, 30.0, 70.0)
VALUES = np.array([-5.0, 10.0, 20.0, 30.0, 50.0, 70.0, 90.0])


def test_logistic_is_the_textbook_curve() -> None:
    odds = log(0.95 / 0.05)
    expected = [1 / (1 + exp(-(x - 30) * odds / (20 if x < 30 else 40))) for x in VALUES]
    assert direct(VALUES, ANCHORS) == pytest.approx(expected, rel=1e-12)
    assert direct(VALUES, ANCHORS)[[1, 3, 5]] == pytest.approx([0.05, 0.5, 0.95])
    assert direct(np.array([10.0, 70.0]), ANCHORS, idm=0.99) == pytest.approx([0.01, 0.99])


def test_straight_lines_and_powers() -> None:
    assert linear(VALUES, ANCHORS).tolist() == [0, 0, 0.25, 0.5, 0.75, 1, 1]
    bent = linear(VALUES, ANCHORS, below=2, above=3)
    assert bent[2] == pytest.approx(0.5**2 / 2)
    assert bent[4] == pytest.approx(1 - 0.5**3 / 2)


@pytest.mark.parametrize("curve", [direct, linear])
def test_falling_anchors_are_the_absence_of_rising_ones(curve: object) -> None:
    assert callable(curve)
    falling = curve(VALUES, ANCHORS[::-1])
    assert falling == pytest.approx(1 - curve(VALUES, ANCHORS))
    assert curve(-VALUES, tuple(-one for one in ANCHORS)) == pytest.approx(curve(VALUES, ANCHORS))


@pytest.mark.parametrize("curve", [direct, linear])
@given(shift=st.floats(-100, 100), scale=st.floats(0.1, 100))
def test_another_unit_gives_the_same_memberships(curve: object, shift: float, scale: float) -> None:
    assert callable(curve)
    moved = curve(VALUES * scale + shift, tuple(one * scale + shift for one in ANCHORS))
    assert moved == pytest.approx(curve(VALUES, ANCHORS), abs=2e-4)


def test_far_values_are_put_on_the_ends_and_missing_stays_missing() -> None:
    found = direct(np.array([-1e6, np.nan, 1e6]), ANCHORS)
    assert found[0] == 0
    assert np.isnan(found[1])
    assert found[2] == 1
    assert np.isnan(crisp(np.array([np.nan]), [1.0]))[0]


@pytest.mark.parametrize("curve", [direct, linear])
@pytest.mark.parametrize("anchors", [(1, 3, 2), (2, 1, 3), (1, 1, 2), (1, 2, 2), (1, np.nan, 2)])
def test_anchors_out_of_order_are_refused(
    curve: object, anchors: tuple[float, float, float]
) -> None:
    assert callable(curve)
    with pytest.raises(Refused) as refused:
        curve(VALUES, anchors)
    assert refused.value.code == "anchors_out_of_order"


def test_other_refusals() -> None:
    with pytest.raises(Refused, match="between"):
        direct(VALUES, ANCHORS, idm=0.4)
    with pytest.raises(Refused, match="above 0"):
        linear(VALUES, ANCHORS, below=0)
    for thresholds in ([2.0, 1.0], [1.0, 1.0], []):
        with pytest.raises(Refused, match="do not rise"):
            crisp(VALUES, thresholds)
    with pytest.raises(Refused, match="logarithms"):
        indirect(VALUES, [20, 40])
    with pytest.raises(Refused, match="too few"):
        indirect(np.array([1.0, 2.0, 1.0]), [1.5])


def test_crisp_and_several_values() -> None:
    assert crisp(VALUES, [30]).tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert crisp(VALUES, [20, 60]).tolist() == [0, 0, 1, 1, 1, 2, 2]


@pytest.mark.parametrize("quadratic", [False, True])
def test_the_indirect_method_is_a_fractional_logit(quadratic: bool) -> None:
    values = np.random.default_rng(2).lognormal(3, 0.6, 60)
    thresholds = [10.0, 20.0, 35.0]
    found = indirect(values, thresholds, quadratic=quadratic)
    degree = np.round(np.searchsorted(thresholds, values, side="left") / 3, 3)
    columns = [np.ones(60), values, values**2]
    if not quadratic:
        columns += [np.log(values), np.sqrt(values)]
    # At the maximum of the quasi-likelihood the residuals are orthogonal to every column.
    for column in columns:
        assert np.sum((degree - found) * column / np.abs(column).max()) == pytest.approx(
            0, abs=2e-3
        )
    again = indirect(values[::-1], thresholds, quadratic=quadratic)[::-1]
    assert again == pytest.approx(found, abs=1e-6)


def test_the_indirect_method_equals_a_glm() -> None:
    models = pytest.importorskip("statsmodels.api")
    values = np.random.default_rng(5).lognormal(3, 0.6, 40)
    degree = np.round(np.searchsorted([10.0, 20.0, 35.0], values, side="left") / 3, 3)
    design = np.column_stack([np.ones(40), np.log(values), values**0.5, values, values**2])
    fit = models.GLM(degree, design, family=models.families.Binomial()).fit(tol=1e-8)
    expected = np.clip(fit.fittedvalues, 0, 1)
    assert indirect(values, [10, 20, 35]) == pytest.approx(expected, abs=2e-4)
