"""Published tables and worked numbers, copied from the project's collection of them.

Attrition: WWC Standards Handbook 4.1, table II.1 (as in CRAN baselinr 0.6.0). Months: EEF. The
others were computed once by hand from the published formulas, to the digits that stand here.
"""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.checks.attrition import CAUTIOUS, OPTIMISTIC, boundary
from evaluate.checks.balance import hedges_g, omega
from evaluate.errors import Refused
from evaluate.evidence.eef import attrition_locks, mdes_locks
from evaluate.evidence.effect_sizes import (
    cox_of,
    cox_std_error,
    g_std_error,
    g_std_error_from,
    improvement_index,
    months,
    pooled_std_dev,
    share_from_cox,
)
from evaluate.evidence.effect_sizes_cluster import cluster_bias, corrected_for_clusters
from evaluate.evidence.ratings_rules import EefRules, rules

EEF = rules("eef-2019", EefRules)


def test_hedges_g_of_three_and_three() -> None:
    treated, comparison = np.array([5.0, 6, 7]), np.array([4.0, 5, 6])
    spread = pooled_std_dev((treated.std(ddof=1), 3), (comparison.std(ddof=1), 3))
    assert hedges_g(treated.mean() - comparison.mean(), spread, 6) == pytest.approx(0.8, abs=1e-12)


def test_pooled_spread_weighs_groups_by_their_size() -> None:
    assert pooled_std_dev((1.0, 2), (3.0, 5)) == pytest.approx(((1 * 1 + 4 * 9) / 5) ** 0.5)


@pytest.mark.parametrize(
    ("n", "value"),
    [(20, 0.9577), (40, 0.9801), (60, 0.987), (100, 0.9923), (200, 0.9962), (400, 0.9981)],
)
def test_correction_for_small_samples(n: int, value: float) -> None:
    assert omega(n) == pytest.approx(value, abs=5e-5)


@pytest.mark.parametrize(
    ("treated", "comparison", "cox", "index"),
    [
        (0.8, 0.75, 0.1744, 6.9),
        (0.72, 0.68, 0.1156, 4.6),
        (0.55, 0.5, 0.1216, 4.8),
        (0.9, 0.85, 0.2804, 11.0),
        (0.3, 0.25, 0.1523, 6.1),
    ],
)
def test_cox_index(treated: float, comparison: float, cox: float, index: float) -> None:
    assert cox_of(treated, comparison) == pytest.approx(cox, abs=5e-5)
    assert improvement_index(cox_of(treated, comparison)) == pytest.approx(index, abs=0.05)
    assert share_from_cox(cox_of(treated, comparison), comparison) == pytest.approx(
        treated - comparison, abs=1e-12
    )


@pytest.mark.parametrize(("treated", "comparison"), [(0.0, 0.5), (0.5, 1.0), (1.0, 1.0)])
def test_cox_index_of_nobody_or_everybody(treated: float, comparison: float) -> None:
    with pytest.raises(Refused, match="a share is 0 or 1"):
        cox_of(treated, comparison)


@pytest.mark.parametrize(
    ("g", "index"), [(0.05, 1.99), (0.1, 3.98), (0.2, 7.93), (0.25, 9.87), (0.5, 19.15)]
)
def test_improvement_index(g: float, index: float) -> None:
    assert improvement_index(g) == pytest.approx(index, abs=0.005)
    assert improvement_index(-g) == pytest.approx(-improvement_index(g), abs=1e-12)


@pytest.mark.parametrize(
    ("cox", "points"),
    [
        (0.05, (1.7, 1.5, 1.3)),
        (0.10, (3.3, 3.0, 2.5)),
        (0.20, (6.4, 5.7, 4.8)),
        (0.25, (7.9, 6.9, 5.8)),
        (0.50, (14.2, 12.3, 10.1)),
    ],
)
def test_percentage_points_of_a_cox_index(cox: float, points: tuple[float, ...]) -> None:
    for base, point in zip((0.70, 0.75, 0.80), points, strict=True):
        assert 100 * share_from_cox(cox, base) == pytest.approx(point, abs=0.05)


@pytest.mark.parametrize(
    ("icc", "corrected", "df", "p"),
    [(0.2, 1.3486, 231.6576, 0.1788), (0.1, 1.7435, 338.4155, 0.0822)],
)
def test_clusters_counted_after_all(icc: float, corrected: float, df: float, p: float) -> None:
    found = corrected_for_clusters(0.3, (200, 200), 20, icc)
    assert found.t == pytest.approx(2.9833, abs=5e-5)
    assert found.t_corrected == pytest.approx(corrected, abs=5e-5)
    assert found.df == pytest.approx(df, abs=5e-5)
    assert found.p_value == pytest.approx(p, abs=5e-5)


def test_without_correlation_clusters_change_nothing() -> None:
    found = corrected_for_clusters(0.3, (200, 200), 20, 0.0)
    assert found.t_corrected == pytest.approx(found.t, rel=1e-12)
    assert found.df == pytest.approx(398)
    assert cluster_bias(400, 20, 0.0) == 1
    assert cluster_bias(400, 20, 0.2) == pytest.approx((1 - 2 * 19 * 0.2 / 398) ** 0.5)


def test_standard_error_of_g_is_the_same_from_sizes_and_from_the_difference() -> None:
    spread, g = 2.0, 0.25
    alone = spread * (1 / 60 + 1 / 40) ** 0.5
    assert g_std_error(g, 60, 40) == pytest.approx(g_std_error_from(alone, spread, g, 100))
    # By hand: omega(100) x sqrt(100 / 2400 x (1 - 0.36) + 0.0625 / 200).
    value = (1 - 3 / 391) * (100 / 2400 * 0.64 + 0.0625 / 200) ** 0.5
    assert g_std_error(g, 60, 40, r_squared=0.36) == pytest.approx(value, rel=1e-12)


def test_standard_error_of_the_cox_index() -> None:
    # By hand: sqrt(1 / (100 x .6 x .4) + 1 / (200 x .45 x .55)) / 1.65.
    value = (1 / 24 + 1 / 49.5) ** 0.5 / 1.65
    assert cox_std_error((0.6, 100), (0.45, 200)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("lost", "n", "gap", "limits", "low"),
    [
        (8, 100, 0.03, CAUTIOUS, True),
        (30, 100, 0.06, CAUTIOUS, False),
        (30, 100, 0.06, OPTIMISTIC, True),
        (10, 100, 0.063, CAUTIOUS, True),
        (10, 100, 0.064, CAUTIOUS, False),
        (58, 100, 0.0, CAUTIOUS, False),
        (66, 100, 0.0, OPTIMISTIC, False),
    ],
)
def test_attrition(lost: int, n: int, gap: float, limits: tuple[float, ...], low: bool) -> None:
    limit = boundary(lost, n, limits)
    assert (limit is not None and gap <= limit + 1e-8) is low


def test_rows_of_the_attrition_table_that_copies_get_wrong() -> None:
    assert (len(CAUTIOUS), len(OPTIMISTIC)) == (58, 66)
    assert [OPTIMISTIC[at] for at in (13, 20, 57)] == [10.8, 10.0, 2.1]
    assert [CAUTIOUS[at] for at in (0, 10, 20, 57)] == [5.7, 6.3, 5.4, 0.0]


# From, to, months.
TRIALS = [
    (0.0, 0.04, 0),
    (0.05, 0.09, 1),
    (0.10, 0.18, 2),
    (0.19, 0.26, 3),
    (0.27, 0.35, 4),
    (0.36, 0.44, 5),
    (0.45, 0.52, 6),
    (0.53, 0.61, 7),
    (0.62, 0.69, 8),
    (0.70, 0.78, 9),
    (0.79, 0.87, 10),
    (0.88, 0.95, 11),
    (0.96, 2.50, 12),
]
TOOLKIT = [(0.0, 0.01, 0), (0.02, 0.09, 1), *TRIALS[2:-1], (0.96, 1.0, 12)]


@pytest.mark.parametrize(("table", "bands"), [("trials", TRIALS), ("toolkit", TOOLKIT)])
def test_months_of_progress(table: str, bands: list[tuple[float, float, int]]) -> None:
    for low, high, value in bands:
        for size in (low, high):
            assert months(size, table) == value  # type: ignore[arg-type]
            assert months(-size, table) == -value  # type: ignore[arg-type]


def test_months_are_read_at_two_decimals() -> None:
    assert months(0.0949) == 1
    assert months(0.095) == 2
    assert months(1.01, "toolkit") is None


@pytest.mark.parametrize(
    ("size", "locks"),
    [(0.0, 5), (0.199, 5), (0.2, 4), (0.29, 4), (0.3, 3), (0.4, 2), (0.5, 1), (0.6, 0), (3.0, 0)],
)
def test_padlocks_of_a_detectable_effect(size: float, locks: int) -> None:
    assert mdes_locks(size, EEF) == locks


@pytest.mark.parametrize(
    ("lost", "locks"),
    [(0, 5), (10, 5), (10.1, 4), (20, 4), (30, 3), (40, 2), (50, 1), (50.1, 0), (100, 0)],
)
def test_padlocks_of_attrition(lost: float, locks: int) -> None:
    assert attrition_locks(lost, EEF) == locks
