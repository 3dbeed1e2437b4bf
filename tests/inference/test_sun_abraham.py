"""Interaction-weighted effects equal dense least squares on rows, weighted by shares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_two_way_paths import covariates_of, regress
from units_over_time import Float, Rows, made_panel, paths_of, rows_of

from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.over_time import OverTime
from evaluate.inference.path_regression_panel import sun_abraham_of_panel
from evaluate.inference.sun_abraham import sun_abraham

NEVER = 6
STAGGERED = [2, 2, 3, 3, 3, 5, 5, *[NEVER] * 5]
SIZES = [1, 3, 2, 2, 5, 1, 4, 1, 3, 1, 2, 6]


def interacted(
    rows: Rows,
    nuisance: Float,
    comparison: int,
    anticipation: int = 0,
    extra: Float | None = None,
) -> OverTime:
    """Return effects from a regression with one indicator for each cohort and event time."""
    cells = [
        (int(g), int(e))
        for g in np.unique(rows.cohort)
        if g != comparison
        for e in np.unique(rows.event[rows.cohort == g])
        if e != -1 - anticipation
    ]
    x = np.array([(rows.cohort == g) & (rows.event == e) for g, e in cells], float).T
    k = len(cells)
    effects, covariance = regress(rows, x if extra is None else np.hstack([x, extra]), nuisance)
    effects, covariance = effects[:k], covariance[:k, :k]
    share = x.sum(axis=0)
    terms = tuple(sorted({e for _, e in cells}))
    masks = [np.array([e >= 0 for _, e in cells])]
    masks += [np.array([e == term for _, e in cells]) for term in terms]
    weights = np.array([share * mask / (share * mask).sum() for mask in masks])
    every = weights @ effects
    spread = weights @ covariance @ weights.T
    return OverTime(
        every[0],
        float(np.sqrt(spread[0, 0])),
        None,
        terms,
        every[1:],
        spread[1:, 1:],
        share,
        "",
        "",
        len(rows.y),
        0,
    )


def agree(found: OverTime, expected: OverTime) -> None:
    assert found.terms == expected.terms
    assert found.n_obs == expected.n_obs
    assert found.effect == pytest.approx(expected.effect, rel=1e-9)
    assert found.std_error == pytest.approx(expected.std_error, rel=1e-9)
    np.testing.assert_allclose(found.by_event, expected.by_event, rtol=1e-8)
    np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-7, atol=1e-11)


@pytest.mark.parametrize("anticipation", [0, 1])
@pytest.mark.parametrize("sizes", [None, SIZES], ids=["units", "clusters"])
def test_balanced_sums_are_least_squares(sizes: list[int] | None, anticipation: int) -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=sizes)
    rows = rows_of(panel)
    found = sun_abraham(paths_of(panel), Contrast(anticipation=anticipation))
    agree(found, interacted(rows, rows.effects(), NEVER, anticipation))


def test_cross_sections_take_effects_of_cohorts_away() -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=SIZES, gaps=0.2)
    rows = rows_of(panel)
    cohorts = (rows.cohort[:, None] == np.unique(rows.cohort)).astype(float)
    nuisance = np.hstack([cohorts, rows.effects()[:, len(np.unique(rows.unit)) :]])
    agree(sun_abraham(paths_of(panel)), interacted(rows, nuisance, NEVER))


@pytest.mark.parametrize("covariates", [0, 1])
def test_units_with_gaps_and_covariates_are_least_squares(covariates: int) -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=SIZES, gaps=0.1, covariates=covariates)
    rows = rows_of(panel)
    x = covariates_of(panel, rows)
    found = sun_abraham_of_panel(panel)
    # Each covariate's five coefficients are counted, but nothing else of them is looked at.
    agree(found, interacted(rows, rows.effects(), NEVER, extra=x if covariates else None))


def test_without_never_treated_the_last_cohort_is_the_comparison() -> None:
    panel = made_panel([1, 1, 1, 2, 2, 4, 4, 4], NEVER)
    rows = rows_of(panel)
    kept = rows.period < 4
    names = ("y", "unit", "period", "cohort", "cluster")
    early = Rows(*(getattr(rows, name)[kept] for name in names), 4)
    expected = interacted(early, early.effects(), 4)
    for found in (sun_abraham(paths_of(panel)), sun_abraham_of_panel(panel)):
        agree(found, expected)
        assert {one[:2] for one in found.dropped} == {(g, t) for g in (1, 2) for t in (4, 5)}


def test_a_cohort_without_a_period_before_is_left_out() -> None:
    panel = made_panel([1, 1, 3, 3, *[NEVER] * 3], NEVER)
    found = sun_abraham(paths_of(panel), Contrast(anticipation=1))
    assert found.dropped == ((1, -1, "no period before an effect may show"),)
    alone = made_panel([1, 1, *[NEVER] * 3], NEVER)
    with pytest.raises(Refused) as refused:
        sun_abraham(paths_of(alone), Contrast(anticipation=1))
    assert refused.value.code == "no_comparison"


def test_an_outcome_without_variation_is_refused() -> None:
    panel = made_panel([2, 2, 3, 3, NEVER, NEVER], NEVER)
    panel.outcome[:] = np.arange(NEVER) / 3
    for estimate in (lambda: sun_abraham(paths_of(panel)), lambda: sun_abraham_of_panel(panel)):
        with pytest.raises(Refused) as refused:
            estimate()
        assert refused.value.code == "no_variation"


def test_gaps_need_units() -> None:
    paths = replace(paths_of(made_panel([2, 2, NEVER, NEVER], NEVER)), balanced=False)
    with pytest.raises(Refused) as refused:
        sun_abraham(paths)
    assert refused.value.code == "gaps_need_units"
