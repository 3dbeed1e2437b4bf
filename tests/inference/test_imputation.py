"""Imputation equals dense least squares and the variance written out, and the authors' peers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_two_way_paths import covariates_of
from units_over_time import (
    Float,
    Rows,
    by_cluster,
    cluster_paths_of,
    made_panel,
    paths_of,
    rows_of,
    starts_of,
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
    panel = made_panel(STAGGERED, NEVER, per_cluster=[size + 3 for size in SIZES], gaps=0.2)
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
    single = made_panel([2] * 12 + [3] * 15 + [NEVER] * 12, NEVER, gaps=0.3)
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


# ImputationDiD of the package diff-diff 3.13 on this panel, each unit its own cluster:
# overall effect and standard error without and with its ``leave_one_out``, then by event time.
PEER = {
    0.0: (
        0.4059019411,
        (0.3187174509394383, 0.34504715833994615),
        (0.28797998737445857, 0.43868704745480724, 0.421697612011522, 0.8790964526248705),
    ),
    0.1: (
        0.5000481355,
        (0.3302319530989385, 0.35806926089387394),
        (0.3134565867914571, 0.45679575484833335, 0.44745171743444734, 1.0541304289773485),
    ),
}


@pytest.mark.parametrize("gaps", PEER)
def test_a_peer_gives_the_same(gaps: float) -> None:
    sizes = [1, 3, 2, 2, 2, 5, 1, 4, 1, 1, 2, 3, 1, 1, 2, 6, 2]
    cohorts = [2] * 3 + [3] * 4 + [5] * 3 + [NEVER] * 7
    panel = made_panel(cohorts, NEVER, per_cluster=sizes, seed=4)
    alone = np.arange(len(panel.cohort))
    panel = replace(panel, cluster=alone, starts=starts_of(panel.cohort, alone, NEVER))
    if gaps:
        panel.outcome[np.random.default_rng(0).random(panel.outcome.shape) < gaps] = np.nan
    effect, (conservative, leave_out), by_event = PEER[gaps]
    found = imputation_of_panel(panel)
    # The peer iterates to 1e-10.
    assert found.effect == pytest.approx(effect, rel=1e-8)
    assert found.std_error == pytest.approx(leave_out, rel=1e-8)
    np.testing.assert_allclose(found.std_errors, by_event, rtol=1e-8)
    plain = imputation_of_panel(panel, std_error="conservative")
    assert plain.std_error == pytest.approx(conservative, rel=1e-8)


def refused(estimate: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        estimate()
    return caught.value.code


def test_what_cannot_be_imputed_is_refused() -> None:
    nobody = made_panel([NEVER] * 4, NEVER)
    together = made_panel([3] * 4, NEVER)
    single = made_panel([2, 3, 3, NEVER, NEVER], NEVER)
    uneven = made_panel([2, 2, NEVER, NEVER], NEVER, per_cluster=[1, 2, 3, 1])
    gaps = replace(paths_of(single), balanced=False)
    flat = replace(single, outcome=np.tile(np.arange(NEVER * 1.0), (5, 1)))
    for code, panel in (
        ("no_treated", nobody),
        ("nothing_to_impute_from", together),
        ("single_unit_cohort", single),
    ):
        assert refused(partial(imputation_of_sums, paths_of(panel))) == code
        assert refused(partial(imputation_of_panel, panel)) == code
    assert refused(partial(imputation_of_sums, paths_of(uneven))) == "needs_cluster_paths"
    assert refused(partial(imputation_of_sums, gaps)) == "gaps_need_units"
    plain = partial(imputation_of_panel, std_error="conservative")
    assert refused(partial(plain, flat)) == "no_variation"
    assert refused(partial(imputation_of_sums, paths_of(flat), std_error="conservative")) == (
        "no_variation"
    )
    # One treated unit has an effect, but nothing to leave out.
    agree(plain(single), *written_out(rows_of(single), rows_of(single).effects(), leave_out=False))


def test_covariates_that_say_nothing_are_refused() -> None:
    panel = made_panel(STAGGERED, NEVER, covariates=2)
    panel.covariates[:, 1] = 2 * panel.covariates[:, 0]
    assert refused(partial(imputation_of_panel, panel)) == "collinear"


@given(
    scale=st.sampled_from([1e-6, 3.0, 1e6]),
    shift=st.sampled_from([0.0, 1e5]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=15)
def test_units_order_names_and_scale_do_not_matter(scale: float, shift: float, seed: int) -> None:
    panel = made_panel(STAGGERED, NEVER, gaps=0.1, covariates=1, seed=2)
    order = np.random.default_rng(seed).permutation(len(panel.cohort))
    other = replace(
        panel,
        outcome=scale * (panel.outcome[order] + shift),
        cohort=panel.cohort[order],
        cluster=len(order) - panel.cluster[order],
        covariates=panel.covariates[order] * 7 - 3,
    )
    one, two = (imputation_of_panel(each, std_error="conservative") for each in (panel, other))
    assert two.effect == pytest.approx(scale * one.effect, rel=1e-8)
    assert two.std_error == pytest.approx(scale * one.std_error, rel=1e-8)
    np.testing.assert_allclose(two.covariance, scale**2 * one.covariance, rtol=1e-6)


@pytest.mark.slow
def test_leave_out_intervals_cover_and_the_conservative_do_not_fall_far_short() -> None:
    # 600 draws, fixed beforehand: the band of 5 % is 2.1 to 8.0 at 99.9 %, and one point more
    # as the standard error is approximate. Effects differ by cohort and grow with time.
    cohorts = np.repeat([2, 3, 5, NEVER], [8, 10, 10, 20])
    event = np.arange(NEVER) - cohorts[:, None]
    treated = (event >= 0) & (cohorts[:, None] < NEVER)
    effects = np.where(treated, 0.4 + 0.2 * event + 0.1 * cohorts[:, None], 0.0)
    true = effects[treated].mean()
    one = made_panel(cohorts.tolist(), NEVER)
    rng = np.random.default_rng(31)
    missed = {"leave_out": 0, "conservative": 0}
    found = 0
    for _ in range(600):
        walk = 0.5 * rng.normal(size=effects.shape).cumsum(axis=1)
        panel = replace(one, outcome=effects + walk + rng.normal(size=effects.shape))
        for std_error in missed:
            fitted = imputation_of_panel(panel, std_error=std_error)  # type: ignore[arg-type]
            missed[std_error] += abs(fitted.effect - true) > 1.96 * fitted.std_error
            found += std_error == "leave_out" and fitted.effect > 1.96 * fitted.std_error
    assert 0.011 <= missed["leave_out"] / 600 <= 0.09
    # Their residuals are nearer to zero in every draw.
    assert missed["leave_out"] <= missed["conservative"] <= 0.16 * 600
    assert found / 600 >= 0.7
