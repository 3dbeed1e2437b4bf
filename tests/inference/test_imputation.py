"""Imputation equals dense least squares and the variance written out, and the authors' peers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_two_way_paths import covariates_of
from units_over_time import (
    Float,
    Rows,
    by_cluster,
    cluster_paths_of,
    made_panel,
    paths_of,
    rows_of,
)

from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast
from evaluate.inference.imputation import imputation_of_sums
from evaluate.inference.imputation_panel import imputation_of_panel
from evaluate.inference.over_time import OverTime

NEVER = 6
STAGGERED = [2, 2, 2, 3, 3, 3, 3, 5, 5, *[NEVER] * 7]
SIZES = [1, 3, 2, 2, 2, 5, 1, 4, 1, 1, 2, 3, 1, 1, 2, 6]


def written_out(
    rows: Rows, nuisance: Float, *, leave_out: bool, anticipation: int = 0
) -> tuple[Float, Float]:
    """Return overall and event-time effects and their covariance, from rows and definitions."""
    base = ~rows.begins | (rows.event < -anticipation)
    z, y = nuisance, rows.y
    fitted = np.linalg.lstsq(z[base], y[base], rcond=None)[0]
    gap = y - z @ fitted
    events = np.unique(rows.event[~base])
    treated = rows.begins & (rows.event >= 0)
    masks = [treated, *(~base & (rows.event == event) for event in events)]
    effects, scores = [], []
    for mask in masks:
        w = mask / mask.sum()
        v = w - np.where(base, z @ (np.linalg.pinv(z[base].T @ z[base]) @ (z.T @ w)), 0)
        assert v @ y == pytest.approx(w @ gap)
        residual = gap.copy()
        for cohort in np.unique(rows.cohort):
            for period in range(rows.n_periods):
                cell = mask & (rows.cohort == cohort) & (rows.period == period)
                if not cell.any():
                    continue
                names = np.unique(rows.cluster[cell])
                weight = np.array([v[cell & (rows.cluster == c)].sum() for c in names])
                total = np.array([(v * gap)[cell & (rows.cluster == c)].sum() for c in names])
                for i, c in enumerate(names):
                    kept = np.arange(len(names)) != i if leave_out else slice(None)
                    mean = weight[kept] @ total[kept] / (weight[kept] ** 2).sum()
                    residual[cell & (rows.cluster == c)] -= mean
        effects.append(w @ gap)
        scores.append(by_cluster(v * residual, rows.cluster))
    stacked = np.array(scores)
    return np.array(effects), stacked @ stacked.T


def agree(found: OverTime, effects: Float, covariance: Float) -> None:
    np.testing.assert_allclose([found.effect, *found.by_event], effects, rtol=1e-9, atol=1e-10)
    assert found.std_error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-9)
    np.testing.assert_allclose(found.covariance, covariance[1:, 1:], rtol=1e-8, atol=1e-11)


def cohort_effects(rows: Rows) -> Float:
    cohorts = rows.cohort[:, None] == np.unique(rows.cohort)
    return np.hstack([cohorts, rows.period[:, None] == np.arange(1, rows.n_periods)]).astype(float)


@pytest.mark.parametrize("std_error", ["leave_out", "conservative"])
@pytest.mark.parametrize("anticipation", [0, 1])
@pytest.mark.parametrize("sizes", [None, [2] * len(STAGGERED), SIZES], ids=["1", "2", "uneven"])
def test_balanced_sums_are_least_squares(
    sizes: list[int] | None, anticipation: int, std_error: str
) -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=sizes)
    rows = rows_of(panel)
    found = imputation_of_sums(
        paths_of(panel),
        Contrast(anticipation=anticipation),
        cluster_paths_of(panel) if sizes == SIZES else None,
        std_error=std_error,  # type: ignore[arg-type]
    )
    expected = written_out(
        rows, rows.effects(), leave_out=std_error == "leave_out", anticipation=anticipation
    )
    agree(found, *expected)
    assert found.terms == tuple(range(-anticipation, 4))


def test_cross_sections_take_effects_of_cohorts_away() -> None:
    panel = made_panel(STAGGERED, NEVER, per_cluster=SIZES, gaps=0.1)
    rows = rows_of(panel)
    paths, clusters = paths_of(panel), cluster_paths_of(panel)
    agree(
        imputation_of_sums(paths, clusters=clusters),
        *written_out(rows, cohort_effects(rows), leave_out=True),
    )
    agree(
        imputation_of_sums(paths, std_error="conservative"),
        *written_out(rows, cohort_effects(rows), leave_out=False),
    )
    # Rows that are never seen again are clusters of one: sums are then enough.
    single = made_panel([2] * 4 + [3] * 5 + [NEVER] * 6, NEVER, gaps=0.3)
    rows = rows_of(single)
    expected = written_out(rows, cohort_effects(rows), leave_out=True)
    agree(imputation_of_sums(paths_of(single)), *expected)


def test_without_never_treated_the_last_cohort_s_periods_are_left_out() -> None:
    panel = made_panel([1, 1, 1, 2, 2, 4, 4, 4], NEVER)
    found = imputation_of_sums(paths_of(panel))
    rows = rows_of(panel)
    kept = rows.period < 4
    early = Rows(
        *(getattr(rows, name)[kept] for name in ("y", "unit", "period", "cohort", "cluster")), NEVER
    )
    agree(found, *written_out(early, rows.effects()[kept], leave_out=True))
    assert found.n_dropped == 2 * 8
    assert {one[:2] for one in found.dropped} == {(g, t) for g in (1, 2, 4) for t in (4, 5)}
    agree(imputation_of_panel(panel), *written_out(early, rows.effects()[kept], leave_out=True))


@pytest.mark.parametrize("std_error", ["leave_out", "conservative"])
@pytest.mark.parametrize("moving", [False, True], ids=["fixed", "moving"])
@pytest.mark.parametrize("covariates", [0, 2])
@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_units_with_gaps_and_covariates_are_least_squares(
    gaps: float, covariates: int, moving: bool, std_error: str
) -> None:
    panel = made_panel(
        STAGGERED, NEVER, per_cluster=SIZES, gaps=gaps, covariates=covariates, seed=3
    )
    if moving:
        rng = np.random.default_rng(9)
        panel = replace(panel, covariates=rng.normal(size=(*panel.outcome.shape, covariates)))
    # A unit that is first seen when treated cannot be imputed.
    panel.outcome[0, :2] = np.nan
    rows = rows_of(panel)
    untreated = np.unique(rows.unit[~rows.begins | (rows.event < 0)])
    kept = np.isin(rows.unit, untreated)
    rows = Rows(
        *(getattr(rows, name)[kept] for name in ("y", "unit", "period", "cohort", "cluster")), NEVER
    )
    found = imputation_of_panel(panel, std_error=std_error)  # type: ignore[arg-type]
    agree(
        found,
        *written_out(
            rows,
            np.hstack([rows.effects(), covariates_of(panel, rows)]),
            leave_out=std_error == "leave_out",
        ),
    )
    assert found.n_dropped == (~kept).sum()


def test_sums_and_units_agree() -> None:
    panel = made_panel([2] * 30 + [4] * 20 + [NEVER] * 50, NEVER)
    sums, units = imputation_of_sums(paths_of(panel)), imputation_of_panel(panel)
    agree(units, np.array([sums.effect, *sums.by_event]), whole(sums))


def whole(found: OverTime) -> Float:
    k = len(found.terms)
    joined = np.zeros((k + 1, k + 1))
    joined[0, 0], joined[1:, 1:] = found.std_error**2, found.covariance
    return joined
