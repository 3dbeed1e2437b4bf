"""Two-way fixed effects from sums equal dense least squares on rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from units_over_time import (
    Float,
    Rows,
    by_cluster,
    dense_fit,
    made_panel,
    paths_of,
    rows_of,
)

from evaluate.data.paths import Panel
from evaluate.errors import Refused
from evaluate.inference.path_regression_panel import two_way_of_panel
from evaluate.inference.two_way_paths import two_way

NEVER = 6
STAGGERED = [2, 2, 3, 3, 3, 5, 5, *[NEVER] * 5]
SIZES = [1, 3, 2, 2, 5, 1, 4, 1, 3, 1, 2, 6]


def regress(rows: Rows, x: Float, nuisance: Float) -> tuple[Float, Float]:
    """Return coefficients and their CR1S covariance, effects of units not counted."""
    coefficients, within, left = dense_fit(rows.y, x, nuisance)
    bread = np.linalg.inv(within.T @ within)
    scores = by_cluster(within * left[:, None], rows.cluster) @ bread
    g, n = len(scores), len(rows.y)
    counted = x.shape[1] + rows.n_periods
    return coefficients, scores.T @ scores * g / (g - 1) * (n - 1) / (n - counted)


def treated(rows: Rows) -> Float:
    return (rows.begins & (rows.event >= 0))[:, None].astype(float)


def covariates_of(panel: Panel, rows: Rows) -> Float:
    """Return moving covariates, or fixed ones times an indicator of each period."""
    if panel.covariates.ndim == 3:
        return panel.covariates[rows.unit, rows.period]
    x = panel.covariates[rows.unit]
    later = range(1, panel.outcome.shape[1])
    return np.hstack([x * (rows.period == period)[:, None] for period in later])


def event_columns(rows: Rows, terms: tuple[int, ...]) -> Float:
    return np.array([rows.begins & (rows.event == term) for term in terms], float).T


@pytest.mark.parametrize("sizes", [None, SIZES], ids=["units", "clusters"])
def test_balanced_sums_are_least_squares(sizes: list[int] | None) -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=sizes)
    rows = rows_of(panel)
    found = two_way(paths_of(panel))
    effect, covariance = regress(rows, treated(rows), rows.effects())
    assert found.effect == pytest.approx(effect[0], rel=1e-10)
    assert found.std_error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-10)
    assert (found.df, found.n_obs) == (len(STAGGERED) - 1, len(rows.y))
    assert found.terms == tuple(e for e in range(-5, 4) if e != -1)
    effects, covariance = regress(rows, event_columns(rows, found.terms), rows.effects())
    np.testing.assert_allclose(found.by_event, effects, rtol=1e-9)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-8, atol=1e-12)


def test_cross_sections_take_effects_of_cohorts_away() -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=SIZES, gaps=0.2)
    rows = rows_of(panel)
    found = two_way(paths_of(panel))
    cohorts = (rows.cohort[:, None] == np.unique(rows.cohort)).astype(float)
    nuisance = np.hstack([cohorts, rows.effects()[:, len(np.unique(rows.unit)) :]])
    effect, covariance = regress(rows, treated(rows), nuisance)
    assert found.effect == pytest.approx(effect[0], rel=1e-9)
    assert found.std_error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-9)


@pytest.mark.parametrize("moving", [False, True], ids=["fixed", "moving"])
@pytest.mark.parametrize("covariates", [0, 2])
def test_units_with_gaps_and_covariates_are_least_squares(covariates: int, moving: bool) -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=SIZES, gaps=0.15, covariates=covariates)
    if moving:
        rng = np.random.default_rng(9)
        panel = replace(panel, covariates=rng.normal(size=(*panel.outcome.shape, covariates)))
    rows = rows_of(panel)
    x = covariates_of(panel, rows)
    found = two_way_of_panel(panel)
    effects, covariance = regress(rows, np.hstack([treated(rows), x]), rows.effects())
    assert found.effect == pytest.approx(effects[0], rel=1e-9)
    assert found.std_error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-9)
    events = event_columns(rows, found.terms)
    effects, covariance = regress(rows, np.hstack([events, x]), rows.effects())
    k = len(found.terms)
    np.testing.assert_allclose(found.by_event, effects[:k], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found.covariance, covariance[:k, :k], rtol=1e-7, atol=1e-11)


def test_sums_and_units_agree() -> None:
    panel = made_panel([2] * 30 + [4] * 20 + [NEVER] * 50, NEVER)
    sums, units = two_way(paths_of(panel)), two_way_of_panel(panel)
    assert units.effect == pytest.approx(sums.effect, rel=1e-10)
    assert units.std_error == pytest.approx(sums.std_error, rel=1e-10)
    assert (units.terms, units.n_obs, units.df) == (sums.terms, sums.n_obs, sums.df)
    np.testing.assert_allclose(units.covariance, sums.covariance, rtol=1e-8, atol=1e-13)


def test_without_never_treated_two_event_times_are_references() -> None:
    panel = made_panel([1, 1, 2, 2, 4, 4], NEVER)
    found = two_way(paths_of(panel))
    assert found.reference == (-4, -1)
    rows = rows_of(panel)
    effects, covariance = regress(rows, event_columns(rows, found.terms), rows.effects())
    np.testing.assert_allclose(found.by_event, effects, rtol=1e-8)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-7, atol=1e-12)
    assert two_way_of_panel(panel).reference == (-4, -1)


def test_one_start_for_all_is_refused() -> None:
    panel = made_panel([3, 3, 3], NEVER)
    for estimate in (lambda: two_way(paths_of(panel)), lambda: two_way_of_panel(panel)):
        with pytest.raises(Refused) as refused:
            estimate()
        assert refused.value.code == "treatment_absorbed"


def test_no_start_is_refused() -> None:
    panel = made_panel([NEVER] * 4, NEVER)
    for estimate in (lambda: two_way(paths_of(panel)), lambda: two_way_of_panel(panel)):
        with pytest.raises(Refused) as refused:
            estimate()
        assert refused.value.code == "no_treated"


def test_an_outcome_without_variation_is_refused() -> None:
    panel = made_panel([2, 2, 3, 3, NEVER, NEVER], NEVER)
    panel.outcome[:] = np.arange(NEVER) / 3
    for estimate in (lambda: two_way(paths_of(panel)), lambda: two_way_of_panel(panel)):
        with pytest.raises(Refused) as refused:
            estimate()
        assert refused.value.code == "no_variation"


def test_gaps_need_units() -> None:
    paths = replace(paths_of(made_panel([2, 2, NEVER, NEVER], NEVER)), balanced=False)
    with pytest.raises(Refused) as refused:
        two_way(paths)
    assert refused.value.code == "gaps_need_units"
