"""Two-way views against SciPy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evaluate.errors import Refused
from evaluate.inference.perception_gap import (
    gap,
    mean_over_cases,
    rater_means,
    view,
    within_agreement,
)

SCALE = (1.0, 5.0)
NAV = np.array([2.0, 3.0, 3.5, 2.5])
SCHOOL = np.array([4.0, 3.0, 4.5])


def test_interval_of_a_view_is_students() -> None:
    found = view(NAV, SCALE)
    expected = stats.ttest_1samp(NAV, 0).confidence_interval()
    assert (found.conf_low, found.conf_high) == pytest.approx(tuple(expected), rel=1e-10)


def test_interval_of_a_gap_is_welchs() -> None:
    found = gap(view(NAV, SCALE), view(SCHOOL, SCALE), 0.9)
    expected = stats.ttest_ind(NAV, SCHOOL, equal_var=False).confidence_interval(0.9)
    assert (found.conf_low, found.conf_high) == pytest.approx(tuple(expected), rel=1e-10)
    assert found.gap == pytest.approx(2.75 - 11.5 / 3, rel=1e-12)


def test_a_gap_turns_its_sign_with_the_sides() -> None:
    one, other = (
        gap(view(NAV, SCALE), view(SCHOOL, SCALE)),
        gap(view(SCHOOL, SCALE), view(NAV, SCALE)),
    )
    assert (one.gap, one.conf_low) == pytest.approx((-other.gap, -(other.conf_high or 0)))


def test_one_rater_has_no_interval() -> None:
    found = view(np.array([4.0, np.nan]), SCALE)
    assert (found.n, found.mean, found.std_dev, found.conf_low) == (1, 4.0, None, None)
    assert gap(found, view(NAV, SCALE)).conf_low is None


def test_raters_who_all_gave_the_same_have_no_interval() -> None:
    found = view(np.array([0.1 + 0.2 + 1, 0.1 + 0.2 + 1, 1.3]), (1.0, 5.0))
    assert found.n == 3
    same = view(np.full(3, 1.3), SCALE)
    assert (same.std_dev, same.conf_low, same.mean) == (0.0, None, 1.3)


def test_the_interval_stays_on_the_scale() -> None:
    found = view(np.array([5.0, 5.0, 4.0]), SCALE)
    assert found.conf_high == 5.0
    assert found.conf_low is not None
    assert 1.0 <= found.conf_low < 4.0


@pytest.mark.parametrize(
    ("ratings", "code"), [([np.nan], "no_raters"), ([0.0], "off_scale"), ([6.0, 3.0], "off_scale")]
)
def test_refusals(ratings: list[float], code: str) -> None:
    with pytest.raises(Refused) as caught:
        view(np.array(ratings), SCALE)
    assert caught.value.code == code


def test_a_rater_with_half_of_the_items_counts() -> None:
    items = np.array([[1, 2, 3, np.nan], [1, np.nan, np.nan, 3], [1, np.nan, np.nan, np.nan]])
    found = rater_means(items)
    assert found[:2].tolist() == [2.0, 2.0]
    assert np.isnan(found[2])


def test_cases_count_once() -> None:
    values = np.array([0.5, 1.5, -0.2, 0.9])
    found = mean_over_cases(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval()
    assert (found.conf_low, found.conf_high) == pytest.approx(tuple(expected), rel=1e-10)
    assert mean_over_cases(values[:1]).conf_low is None
    with pytest.raises(Refused):
        mean_over_cases(np.zeros(0))


class TestAgreement:
    def test_one_item_by_hand(self) -> None:
        # Variance of 3, 4, 4, 5 is 2/3; at random over five categories it is 2.
        assert within_agreement(np.array([[3.0], [4], [4], [5]]), 5) == pytest.approx(2 / 3)

    def test_several_items_step_up(self) -> None:
        items = np.array([[3.0, 4], [4, 5], [4, 4], [5, 5]])
        ratio = (2 / 3 + 1 / 3) / 2 / 2
        expected = 2 * (1 - ratio) / (2 * (1 - ratio) + ratio)
        assert within_agreement(items, 5) == pytest.approx(expected, rel=1e-12)

    def test_complete_and_none(self) -> None:
        assert within_agreement(np.full((3, 2), 4.0), 5) == 1.0
        assert within_agreement(np.array([[1.0], [5], [1], [5]]), 5) == 0.0
        assert within_agreement(np.array([[1.0], [np.nan]]), 5) is None
