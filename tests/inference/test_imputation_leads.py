"""Leads among untreated rows equal dense least squares, and stay where trends are parallel."""

from __future__ import annotations

import numpy as np
import pytest
from test_two_way_paths import covariates_of, event_columns, regress
from units_over_time import Rows, made_panel, paths_of, rows_of

from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.imputation_leads import Leads, leads_of_panel, leads_of_sums

NEVER = 6
STAGGERED = [2, 2, 3, 3, 3, 5, 5, *[NEVER] * 5]
SIZES = [2, 3, 2, 2, 5, 3, 4, 2, 3, 2, 2, 6]


def untreated(rows: Rows, before: int) -> Rows:
    """Return rows before treatment, of units with two of them or more."""
    kept = ~rows.begins | (rows.event < before)
    seen = np.bincount(rows.unit[kept], minlength=rows.unit.max() + 1)
    kept &= seen[rows.unit] > 1
    names = ("y", "unit", "period", "cohort", "cluster")
    return Rows(*(getattr(rows, name)[kept] for name in names), rows.n_periods)


def agree(found: Leads, rows: Rows, extra: np.ndarray | None = None) -> None:
    x = event_columns(rows, found.terms)
    k = x.shape[1]
    effects, covariance = regress(
        rows, x if extra is None else np.hstack([x, extra]), rows.effects()
    )
    np.testing.assert_allclose(found.by_event, effects[:k], rtol=1e-8)
    np.testing.assert_allclose(found.covariance, covariance[:k, :k], rtol=1e-7, atol=1e-11)
    np.testing.assert_array_equal(found.n_treated, x.sum(axis=0))
    assert found.n_obs == len(rows.y)


@pytest.mark.parametrize("anticipation", [0, 1])
def test_leads_are_least_squares_on_untreated_rows(anticipation: int) -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=SIZES)
    contrast = Contrast(anticipation=anticipation)
    rows = untreated(rows_of(panel), -anticipation)
    # A unit with one untreated row has nothing of its own left, but counts in the sums.
    if not anticipation:
        found = leads_of_sums(paths_of(panel), contrast)
        assert found.terms == (-4, -3, -2, -1)
        agree(found, rows)
        assert leads_of_sums(paths_of(panel), contrast, 2).terms == (-2, -1)
    assert leads_of_panel(panel, contrast).terms[-1] == -1 - anticipation
    agree(leads_of_panel(panel, contrast), rows)


def test_leads_with_gaps_and_covariates() -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=SIZES, gaps=0.1, covariates=1)
    rows = untreated(rows_of(panel), 0)
    agree(leads_of_panel(panel), rows, covariates_of(panel, rows))


def test_no_leads_are_refused() -> None:
    panel = made_panel([1, 1, NEVER, NEVER], NEVER)
    for estimate in (lambda: leads_of_sums(paths_of(panel)), lambda: leads_of_panel(panel)):
        with pytest.raises(Refused) as refused:
            estimate()
        assert refused.value.code == "no_leads"
