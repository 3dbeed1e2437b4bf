"""Group-time effects equal row-wise formulas, and change with their data as they must."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from group_time_by_row import (
    Draw,
    cells_of,
    joint_of,
    levels_by_row,
    pairs_by_row,
    panel_of,
    paths_of,
    same,
)

from evaluate.data.paths import Panel
from evaluate.errors import Refused
from evaluate.inference.aggregate import aggregate
from evaluate.inference.group_time import Contrast, GroupTimes
from evaluate.inference.group_time_panel import group_times_of_panel
from evaluate.inference.group_time_plan import NO_BASE, NO_COMPARISON
from evaluate.inference.group_time_sums import group_times_of_sums

CONTRASTS = [
    Contrast(*one)
    for one in product(("never", "not_yet"), ("varying", "universal"), (0, 1))  # type: ignore[arg-type]
]
METHODS = ("doubly_robust", "regression", "weighting")
# Sums of a few hundred numbers of size 1.
EXACT = 1e-11
# Both solve the same logistic regression to convergence.
FITTED = 1e-9


def cells(times: GroupTimes) -> list[tuple[int, int, int]]:
    return list(zip(times.cohort.tolist(), times.period.tolist(), times.base.tolist(), strict=True))


@pytest.mark.parametrize("contrast", CONTRASTS, ids=str)
@pytest.mark.parametrize(("gaps", "clusters"), [(0.0, 0), (0.0, 24), (0.2, 0)])
def test_sums_give_what_rows_give(contrast: Contrast, gaps: float, clusters: int) -> None:
    panel = Draw(1).panel(gaps, clusters)
    times = group_times_of_sums(paths_of(panel), contrast)
    expected = cells_of(panel, contrast)
    assert cells(times) == [(one.cohort, one.period, one.base) for one in expected]
    same(times, panel, levels_by_row(panel, expected), EXACT)


def test_repeated_cross_sections_count_rows_as_units() -> None:
    random = np.random.default_rng(2)
    # One row for each unit: what is one cross-section to the next has no unit in common.
    wave, school = random.integers(0, 5, 900), random.integers(0, 40, 900)
    cohort = np.array([2, 3, 5, 5])[school % 4]
    outcome = np.full((900, 5), np.nan)
    outcome[np.arange(900), wave] = random.standard_normal(900) + random.standard_normal(40)[school]
    panel = panel_of(outcome, cohort, school)
    times = group_times_of_sums(paths_of(panel), Contrast())
    same(times, panel, levels_by_row(panel, cells_of(panel, Contrast())), EXACT)


def test_units_of_a_cluster_with_gaps_are_counted_by_rows() -> None:
    panel = Draw(3).panel(0.2, 24)
    found = group_times_of_sums(paths_of(panel), Contrast())
    effects, influence = levels_by_row(panel, cells_of(panel, Contrast()))
    np.testing.assert_allclose(found.effect, effects, rtol=EXACT)
    sums = np.array([influence[panel.cluster == c].sum(axis=0) for c in range(24)])
    np.testing.assert_allclose(
        found.joint[: len(effects), : len(effects)], sums.T @ sums, rtol=1e-9, atol=1e-14
    )
    # Only the shares' own part rests on rows in proportion: the overall error moves by little.
    whole = replace(found, joint=joint_of(panel, influence, found.shares))
    ours, theirs = aggregate(found, "simple").std_error, aggregate(whole, "simple").std_error
    assert ours == pytest.approx(theirs, rel=0.02)


@pytest.mark.parametrize("contrast", CONTRASTS, ids=str)
@pytest.mark.parametrize(("gaps", "clusters"), [(0.0, 24), (0.15, 0), (0.15, 24)])
def test_a_panel_without_covariates_gives_what_rows_give(
    contrast: Contrast, gaps: float, clusters: int
) -> None:
    panel = Draw(4).panel(gaps, clusters)
    times = group_times_of_panel(panel, contrast, "doubly_robust")
    same(times, panel, pairs_by_row(panel, cells_of(panel, contrast), "regression"), EXACT)


@pytest.mark.parametrize("by", METHODS)
@pytest.mark.parametrize("contrast", CONTRASTS[::3], ids=str)
@pytest.mark.parametrize(
    ("gaps", "clusters", "varying"),
    [(0.0, 0, False), (0.0, 32, True), (0.1, 0, False), (0.1, 32, True)],
)
def test_covariates_give_what_rows_give(
    by: str, contrast: Contrast, gaps: float, clusters: int, varying: bool
) -> None:
    panel = Draw(5, n=320).panel(gaps, clusters, 2, varying=varying)
    times = group_times_of_panel(panel, contrast, by)  # type: ignore[arg-type]
    assert not times.dropped or contrast.anticipation
    same(times, panel, pairs_by_row(panel, cells_of(panel, contrast), by), FITTED)


@pytest.mark.parametrize("contrast", CONTRASTS, ids=str)
def test_both_routes_agree_on_a_complete_panel(contrast: Contrast) -> None:
    panel = Draw(6).panel(clusters=20)
    one = group_times_of_panel(panel, contrast, "weighting")
    two = group_times_of_sums(paths_of(panel), contrast)
    for name in ("cohort", "period", "base", "n_treated", "n_comparison", "compared", "cohorts"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert one.dropped == two.dropped
    np.testing.assert_allclose(one.joint, two.joint, rtol=1e-10, atol=1e-15)


def times_of(panel: Panel, route: str) -> GroupTimes:
    if route == "sums":
        return group_times_of_sums(paths_of(panel), Contrast())
    return group_times_of_panel(panel, Contrast(), "doubly_robust")


def moved(one: GroupTimes, two: GroupTimes, factor: float = 1.0) -> None:
    """Assert that effects differ by a factor, and their covariance by its square."""
    m = len(one.effect)
    np.testing.assert_allclose(two.effect, factor * one.effect, rtol=1e-9, atol=1e-9 * abs(factor))
    np.testing.assert_allclose(
        two.joint[:m, :m], factor**2 * one.joint[:m, :m], rtol=1e-8, atol=1e-10 * factor**2
    )
    np.testing.assert_allclose(two.joint[m:, m:], one.joint[m:, m:], rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("route", ["sums", "panel"])
def test_what_must_not_matter_does_not(route: str) -> None:
    panel = Draw(7, n=240).panel(0.0, 30, 2 if route == "panel" else 0)
    times = times_of(panel, route)
    random = np.random.default_rng(0)
    order, label = random.permutation(240), random.permutation(30)
    moved(times, times_of(replace(panel, cluster=label[panel.cluster]), route))
    shuffled = replace(
        panel,
        outcome=panel.outcome[order],
        cohort=panel.cohort[order],
        cluster=panel.cluster[order],
        covariates=panel.covariates[order],
    )
    moved(times, times_of(shuffled, route))
    # A path that all share, and what a unit always has, drop out.
    path, own = random.standard_normal(6) * 5, random.standard_normal((240, 1)) * 5
    if route == "panel":
        moved(times, times_of(replace(panel, outcome=panel.outcome + path + own), route))
    moved(times, times_of(replace(panel, outcome=7 - 3 * panel.outcome + path), route), -3.0)
    moved(times, times_of(replace(panel, covariates=5 + 100 * panel.covariates), route))


@pytest.mark.parametrize("route", ["sums", "panel"])
def test_copies_of_a_unit_within_its_cluster_change_nothing(route: str) -> None:
    panel = Draw(8, n=240).panel(k=2 if route == "panel" else 0)
    twice = panel_of(
        np.repeat(panel.outcome, 2, axis=0),
        np.repeat(panel.cohort, 2),
        np.repeat(panel.cluster, 2),
        np.repeat(panel.covariates, 2, axis=0),
    )
    moved(times_of(panel, route), times_of(twice, route))


def test_many_blocks_and_a_start_from_a_part_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    panel = Draw(9, n=4000).panel(k=2)
    whole = times_of(panel, "panel")
    monkeypatch.setattr("evaluate.inference.group_time_rows.BLOCK", 64)
    moved(whole, times_of(panel, "panel"))
    monkeypatch.setattr("evaluate.inference.group_time_propensity._MANY", 1000)
    monkeypatch.setattr("evaluate.inference.group_time_propensity._EVERY", 4)
    moved(whole, times_of(panel, "panel"))
    clustered = Draw(9, n=4000).panel(k=2, clusters=16)
    small = times_of(clustered, "panel")
    monkeypatch.undo()
    moved(small, times_of(clustered, "panel"))


def test_very_many_parts_are_added_up_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = Draw(9).panel()
    kept = [times_of(panel, route) for route in ("sums", "panel")]
    monkeypatch.setattr("evaluate.inference.group_time_joint._KEPT", 1)
    for one, route in zip(kept, ("sums", "panel"), strict=True):
        added = times_of(panel, route)
        assert len(one.parts) == 4
        assert not len(added.parts)
        np.testing.assert_array_equal(added.joint, one.joint)


def refusal(panel: Panel, contrast: Contrast, by: str = "doubly_robust") -> str:
    with pytest.raises(Refused) as caught:
        group_times_of_panel(panel, contrast, by)  # type: ignore[arg-type]
    if not panel.covariates.size:
        with pytest.raises(Refused) as other:
            group_times_of_sums(paths_of(panel), contrast)
        assert other.value.code == caught.value.code
    return caught.value.code


def test_nobody_never_treated() -> None:
    panel = Draw(10, starts=(2, 3, 5)).panel()
    assert refusal(panel, Contrast("never")) == "no_never_treated"
    times = group_times_of_sums(paths_of(panel), Contrast("not_yet"))
    # As R's did: the last to begin are comparison only, and nobody is left from then on.
    assert set(times.cohort) == {2, 3}
    assert times.period.max() == 4
    assert {reason for g, t, reason in times.dropped if g < 5} == {NO_COMPARISON}
    as_never = replace(panel, cohort=np.where(panel.cohort == 5, 6, panel.cohort))
    never = panel_of(as_never.outcome[:, :5], np.minimum(as_never.cohort, 5))
    other = group_times_of_sums(paths_of(never), Contrast("not_yet"))
    np.testing.assert_allclose(times.effect, other.effect, rtol=1e-12)
    np.testing.assert_allclose(times.joint[:8, :8], other.joint[:8, :8], rtol=1e-10, atol=1e-16)


def test_no_comparison_at_all() -> None:
    assert refusal(Draw(11, starts=(3,)).panel(), Contrast("not_yet")) == "no_comparison"
    # Treated from the second period on, one period of anticipation: no base is left.
    panel = Draw(11, starts=(1, 6)).panel()
    assert refusal(panel, Contrast("never", anticipation=1)) == "no_comparison"


def test_a_cohort_without_base_or_outcomes_is_dropped_with_the_reason() -> None:
    panel = Draw(12, starts=(1, 3, 6)).panel()
    times = group_times_of_sums(paths_of(panel), Contrast(anticipation=1))
    assert {g for g, _, reason in times.dropped if reason == NO_BASE} == {1}
    assert 1 not in times.cohort[times.period >= times.cohort]
    unseen = panel.outcome.copy()
    unseen[panel.cohort == 3, 4] = np.nan
    lost = replace(panel, outcome=unseen)
    for found in (
        group_times_of_sums(paths_of(lost), Contrast()),
        group_times_of_panel(lost, Contrast(), "regression"),
    ):
        assert (3, 4) not in list(zip(found.cohort, found.period, strict=True))
        assert [(g, t) for g, t, _ in found.dropped] == [(3, 4)]


def test_sums_of_pairs_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="need the panel"):
        group_times_of_sums(paths_of(Draw(13).panel(0.1), "pairs"), Contrast())


@pytest.mark.parametrize("by", ["doubly_robust", "weighting"])
def test_covariates_that_tell_the_treated_apart(by: str) -> None:
    panel = Draw(14, n=240).panel(k=1)
    apart = np.where(panel.cohort == 2, 10.0, 0.0)[:, None]
    told = replace(panel, covariates=panel.covariates + apart)
    times = group_times_of_panel(told, Contrast("never"), by)  # type: ignore[arg-type]
    assert {g for g, _, _ in times.dropped} == {2}
    every = np.where(panel.cohort < 6, 10.0, 0.0)[:, None]
    everybody = replace(panel, covariates=panel.covariates + every)
    assert refusal(everybody, Contrast("never"), by) == "separation"


@pytest.mark.parametrize("by", METHODS)
def test_covariates_that_do_not_vary(by: str) -> None:
    panel = Draw(15).panel(k=2)
    twice = replace(panel, covariates=panel.covariates[:, [0, 0]])
    assert refusal(twice, Contrast(), by) == "covariates_constant"
    same_for_all = replace(panel, covariates=np.ones((160, 1)))
    assert refusal(same_for_all, Contrast(), by) == "covariates_constant"


def test_a_covariate_that_is_constant_among_the_treated_is_no_obstacle() -> None:
    panel = Draw(16, n=320).panel(k=1)
    covariates = np.where(panel.cohort[:, None] == 2, 0.1, panel.covariates)
    held = replace(panel, covariates=covariates)
    times = group_times_of_panel(held, Contrast("never"), "doubly_robust")
    assert not times.dropped
    same(times, held, pairs_by_row(held, cells_of(held, Contrast("never")), "doubly_robust"), 1e-8)


def test_comparison_units_that_no_treated_unit_resembles_weigh_nothing() -> None:
    # One covariate value that only comparison units have: their probability tends to 0.
    panel = Draw(17, n=320).panel(k=1)
    alone = (panel.cohort == 6) & (np.arange(320) % 3 == 0)
    found = group_times_of_panel(
        replace(panel, covariates=alone[:, None] * 1.0), Contrast("never"), "weighting"
    )
    kept = panel_of(panel.outcome[~alone], panel.cohort[~alone])
    without = group_times_of_panel(kept, Contrast("never"), "regression")
    np.testing.assert_allclose(found.effect, without.effect, atol=1e-6)
