"""Goodman-Bacon's comparisons add up to the two-way coefficient and match their definition."""

from __future__ import annotations

import numpy as np
import pytest
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
def test_comparisons_add_up_to_the_two_way_coefficient(
    cohorts: list[int], kinds: set[str]
) -> None:
    paths = paths_of(made_panel(cohorts, 7))
    pairs = bacon(paths)
    assert {pair.kind for pair in pairs} == kinds
    assert sum(pair.weight for pair in pairs) == pytest.approx(1, rel=1e-12)
    total = sum(pair.weight * pair.estimate for pair in pairs)
    assert total == pytest.approx(two_way(paths).effect, rel=1e-10)
