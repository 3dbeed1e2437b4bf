"""Goodman-Bacon's comparisons add up to the two-way coefficient and match their definition."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from units_over_time import made_panel, paths_of

from evaluate.errors import Refused
from evaluate.inference.bacon import bacon
from evaluate.inference.two_way_paths import two_way


@pytest.mark.parametrize(
    ("cohorts", "kinds"),
    [
        ([1, 2, 2, 4, 4, 4, 7, 7], {"treated_vs_never", "earlier_vs_later", "later_vs_earlier"}),
        ([2, 2, 3, 5, 5], {"earlier_vs_later", "later_vs_earlier"}),
        ([0, 0, 2, 4, 4], {"earlier_vs_later", "later_vs_earlier", "later_vs_always"}),
        ([3, 3, 7], {"treated_vs_never"}),
    ],
    ids=["never", "none never", "always", "one cohort"],
)
def test_comparisons_add_up_to_the_two_way_coefficient(cohorts: list[int], kinds: set[str]) -> None:
    paths = paths_of(made_panel(cohorts, 7))
    pairs = bacon(paths)
    assert {pair.kind for pair in pairs} == kinds
    assert sum(pair.weight for pair in pairs) == pytest.approx(1, rel=1e-12)
    total = sum(pair.weight * pair.estimate for pair in pairs)
    assert total == pytest.approx(two_way(paths).effect, rel=1e-10)


def test_one_comparison_is_a_difference_in_differences_of_means() -> None:
    panel = made_panel([2, 2, 4, 4, 4], 6)
    y, early = panel.outcome, panel.cohort == 2
    pairs = {pair.kind: pair for pair in bacon(paths_of(panel))}

    def change(units: NDArray[np.bool_], before: slice, after: slice) -> float:
        return float(y[units, after].mean() - y[units, before].mean())

    before, between, after = slice(0, 2), slice(2, 4), slice(4, 6)
    expected = change(early, before, between) - change(~early, before, between)
    assert pairs["earlier_vs_later"].estimate == pytest.approx(expected)
    expected = change(~early, between, after) - change(early, between, after)
    assert pairs["later_vs_earlier"].estimate == pytest.approx(expected)
    # Equation 10 of the paper: each third of the time is as long, so weights are equal.
    assert pairs["earlier_vs_later"].weight == pytest.approx(0.5)


def test_what_has_no_comparisons_is_refused() -> None:
    for code, panel in (
        ("bacon_needs_balance", made_panel([2] * 9 + [7] * 9, 7, gaps=0.2)),
        ("no_treated", made_panel([7, 7, 7], 7)),
        ("treatment_absorbed", made_panel([3, 3, 3], 7)),
    ):
        with pytest.raises(Refused) as refused:
            bacon(paths_of(panel))
        assert refused.value.code == code
