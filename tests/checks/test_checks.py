"""The checks of a trial: golden values, and how often they fire."""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.checks.assignment import assignment_probability
from evaluate.checks.attrition import CAUTIOUS, OPTIMISTIC, Arm, attrition, boundary
from evaluate.checks.balance import balance, cox_index, hedges_g
from evaluate.checks.clusters import Side, Support, clusters, individuals
from evaluate.core import Check
from evaluate.data.sample import ArraySample

# 99.9 % binomial bands at 400 draws would be wider; these are the promised limits.
DRAWS = 400
FIRES_ON_A_VIOLATION, FIRES_ON_CLEAN_DATA = 0.80, 0.07


@pytest.mark.parametrize(
    ("overall", "cautious", "optimistic"),
    [
        (0.00, 0.057, 0.100),
        (0.13, 0.061, 0.108),
        (0.20, 0.054, 0.100),
        (0.30, 0.041, 0.082),
        (0.50, 0.010, 0.037),
        (0.57, 0.000, 0.021),
        (0.58, None, 0.019),
        (0.65, None, 0.003),
        (0.66, None, None),
        (1.00, None, None),
    ],
)
def test_boundary_of_the_what_works_clearinghouse(
    overall: float, cautious: float | None, optimistic: float | None
) -> None:
    assert boundary(round(1000 * overall), 1000, CAUTIOUS) == (cautious and pytest.approx(cautious))
    assert boundary(round(1000 * overall), 1000, OPTIMISTIC) == (
        optimistic and pytest.approx(optimistic)
    )


def test_the_boundary_has_a_row_for_each_per_cent_and_falls() -> None:
    assert (len(CAUTIOUS), len(OPTIMISTIC)) == (58, 66)
    for limits in (CAUTIOUS, OPTIMISTIC):
        top = limits.index(max(limits))
        assert list(limits[:top]) == sorted(limits[:top])
        assert list(limits[top:]) == sorted(limits[top:], reverse=True)


def test_overall_attrition_is_rounded_to_whole_per_cent() -> None:
    assert boundary(194, 1000, CAUTIOUS) == pytest.approx(0.055)
    assert boundary(196, 1000, CAUTIOUS) == pytest.approx(0.054)
    # 3 of 40 is 7.5 %, hence 8; 1 - 37 / 40 in floating point is a little less.
    assert boundary(3, 40, CAUTIOUS) == pytest.approx(0.063)
    assert boundary(3, 40, OPTIMISTIC) == pytest.approx(0.109)
    assert boundary(1, 200, OPTIMISTIC) == pytest.approx(0.101)
    assert boundary(1, 201, OPTIMISTIC) == pytest.approx(0.100)


@pytest.mark.parametrize(
    ("lost", "result"),
    [
        ((0, 0), "passed"),
        ((100, 40), "passed"),
        ((110, 20), "uninformative"),
        ((150, 20), "failed"),
        ((700, 650), "failed"),
    ],
)
def test_attrition_is_judged_by_both_boundaries(lost: tuple[int, int], result: str) -> None:
    check, table = attrition(Arm(1000, 1000 - lost[0]), Arm(1000, 1000 - lost[1]))
    assert check.result == result
    assert table.rows[2]["attrition"] == pytest.approx(sum(lost) / 2000)
    assert table.rows[3]["attrition"] == pytest.approx(abs(lost[0] - lost[1]) / 1000)
    known = {"boundary_cautious", "boundary_optimistic"} <= set(table.rows[3])
    assert known == (result != "failed" or lost == (150, 20))


def test_rows_left_out_for_a_covariate_are_named() -> None:
    check, table = attrition(Arm(100, 90), Arm(100, 88), incomplete=7)
    assert "lack the outcome or a covariate (a covariate: 7, left out)" in check.text
    plain, same = attrition(Arm(100, 90), Arm(100, 88))
    assert plain.text.startswith("11.0% of those assigned lack the outcome and the groups")
    assert (table, check.result) == (same, plain.result)


def test_complete_outcomes_are_not_called_proof() -> None:
    check, _ = attrition(Arm(10, 10), Arm(12, 12))
    assert "cannot be seen" in check.text


def test_hedges_g_and_the_cox_index_have_their_published_values() -> None:
    # (5, 6, 7) against (4, 5, 6): d = 1, small-sample factor 1 - 3 / 15.
    assert hedges_g(1.0, 1.0, 6) == pytest.approx(0.80)
    # 1.5 percentage points at 75 % are the limit of 0.05, 6.9 that of 0.25.
    assert cox_index(0.7652, 0.75) == pytest.approx(0.05, abs=0.001)
    assert cox_index(0.8191, 0.75) == pytest.approx(0.25, abs=0.001)
    assert cox_index(0.4, 0.6) == -cox_index(0.6, 0.4)


def judged(x: np.ndarray, t: np.ndarray, adjusted: bool) -> tuple[Check, dict[str, object]]:
    """Return the check of one covariate and the row of its table."""
    sample = ArraySample({"x": x, "t": t, "y": np.arange(len(x)) * 1.0}, "y")
    moments = sample.moments(("x",), ("t",))
    check, table = balance(moments, sample.summary(("x",)), ("x",) if adjusted else ())
    assert table is not None
    return check, dict(table.rows[0])


@pytest.mark.parametrize(
    ("shift", "category", "plain", "adjusted"),
    [
        (0.0, "satisfied", "passed", "passed"),
        (0.15, "needs adjustment", "failed", "passed"),
        (0.40, "not satisfied", "failed", "failed"),
        (-0.40, "not satisfied", "failed", "failed"),
    ],
)
def test_categories_of_balance(shift: float, category: str, plain: str, adjusted: str) -> None:
    x = np.tile(np.linspace(-1, 1, 200), 2) / np.linspace(-1, 1, 200).std(ddof=1)
    t = np.repeat([0.0, 1.0], 200)
    for inside, result in ((False, plain), (True, adjusted)):
        check, row = judged(x + shift * t + 1000, t, inside)
        assert (check.result, row["category"]) == (result, category)
        assert row["difference"] == pytest.approx(shift * (1 - 3 / 1591), abs=1e-9)
        assert row["adjusted"] is inside
        assert row["std_dev"] == pytest.approx(1.0)


def test_shares_use_the_cox_index_unless_it_is_infinite() -> None:
    t = np.repeat([0.0, 1.0], 10)
    _, row = judged(np.tile([0.0, 1.0], 10), t, adjusted=False)
    assert (row["measure"], row["difference"]) == ("cox", 0.0)
    _, row = judged(np.concatenate([np.zeros(10), np.tile([0.0, 1.0], 5)]), t, adjusted=False)
    assert row["measure"] == "hedges_g"
    _, row = judged(np.tile([0.0, 0.5, 1.0, 0.5], 5), t, adjusted=False)
    assert row["measure"] == "hedges_g"


def test_a_covariate_that_separates_the_groups_has_no_number() -> None:
    t = np.repeat([0.0, 1.0], 10)
    check, row = judged(3 + 2 * t, t, adjusted=True)
    assert "difference" not in row
    assert (row["n_treated"], row["n_comparison"]) == (10, 10)
    assert (check.result, row["category"]) == ("failed", "not satisfied")


def test_without_covariates_balance_is_not_run() -> None:
    sample = ArraySample({"t": np.array([0.0, 1.0]), "y": np.array([1.0, 2.0])}, "y")
    check, table = balance(sample.moments((), ("t",)), sample.summary(()), ())
    assert (check.result, table) == ("not_run", None)
    assert "untested" in check.text


def test_balance_fires_on_half_a_standard_deviation_and_hardly_on_chance() -> None:
    rng = np.random.default_rng(5)
    fired = {0.0: 0, 0.5: 0}
    for _ in range(DRAWS):
        for shift in fired:
            t = np.repeat([0.0, 1.0], 250)
            check, _ = judged(rng.normal(size=500) + shift * t, t, adjusted=True)
            fired[shift] += check.result == "failed"
    assert fired[0.5] / DRAWS >= FIRES_ON_A_VIOLATION
    assert fired[0.0] / DRAWS <= FIRES_ON_CLEAN_DATA


def test_attrition_fires_on_fifteen_points_and_hardly_on_chance() -> None:
    rng = np.random.default_rng(6)
    fired = {0.10: 0, 0.25: 0}
    for _ in range(DRAWS):
        for treated in fired:
            lost = rng.binomial(1000, [treated, 0.10])
            check, _ = attrition(Arm(1000, 1000 - lost[0]), Arm(1000, 1000 - lost[1]))
            fired[treated] += check.result == "failed"
    assert fired[0.25] / DRAWS >= FIRES_ON_A_VIOLATION
    assert fired[0.10] / DRAWS <= FIRES_ON_CLEAN_DATA


@pytest.mark.parametrize(
    ("treated", "comparison", "df", "mixed", "result"),
    [
        ([5] * 10, [5] * 10, 15.0, 0, "passed"),
        ([5] * 9, [5] * 10, 15.0, 0, "failed"),
        ([5] * 10, [5] * 10, 9.9, 0, "failed"),
        ([20, *[5] * 11], [5] * 10, 15.0, 0, "failed"),
        ([5] * 10, [5] * 10, 15.0, 3, "failed"),
    ],
)
def test_clusters_are_judged_by_number_df_and_size(
    treated: list[int], comparison: list[int], df: float, mixed: int, result: str
) -> None:
    sides = (Side(np.array(treated)), Side(np.array(comparison)))
    check, table = clusters(*sides, Support(df), mixed=mixed)
    assert check.result == result
    beside, _ = clusters(*sides, Support(df, beside=True), mixed=mixed)
    assert beside.result == ("failed" if mixed else "passed")
    assert table.rows[0]["n_clusters"] == len(treated)
    assert table.rows[0]["largest_share"] == pytest.approx(max(treated) / sum(treated))


def test_the_largest_share_goes_by_weight_where_there_are_weights() -> None:
    heavy = Side(np.full(12, 5), np.array([*[5.0] * 11, 50.0]))
    check, table = clusters(Side(np.full(12, 5)), heavy, Support(15.0))
    assert check.result == "failed"
    assert "more than 25% of a side" in check.text
    assert table.rows[1]["largest_share"] == pytest.approx(50 / 105)


def test_nothing_makes_up_for_a_single_unit_that_decides() -> None:
    sides = Side(np.full(12, 5)), Side(np.full(12, 5))
    assert clusters(*sides, Support(1.27, beside=True))[0].result == "failed"
    assert clusters(*sides, Support(2.5, beside=True))[0].result == "passed"
    assert individuals(30, 30, Support(1.12, beside=True)).result == "failed"


def test_individuals_are_judged_by_number_and_df() -> None:
    assert individuals(10, 50, Support(12.0)).result == "passed"
    assert individuals(9, 50, Support(12.0)).result == "failed"
    assert individuals(10, 50, Support(9.0)).result == "failed"
    assert individuals(9, 50, Support(12.0, beside=True)).result == "passed"


def test_the_binomial_test_has_the_p_values_of_r() -> None:
    # R: 2 * min(pbinom(230, 500, .5), pbinom(229, 500, .5, lower.tail = FALSE)) = 0.0810323.
    one = (np.array([500.0]), np.array([0.5]))
    assert assignment_probability(230, *one).result == "passed"
    # 2 * pbinom(220, 500, .5) = 0.00826, and of 221 it is 0.01073.
    assert assignment_probability(220, *one).result == "failed"
    assert assignment_probability(221, *one).result == "passed"
    assert assignment_probability(0, np.array([3.0]), np.array([0.5])).result == "passed"
    assert "230 of 500 assigned units" in assignment_probability(230, *one).text


@pytest.mark.parametrize("chances", [[0.5], [0.3, 0.6]])
def test_the_share_treated_fires_on_lost_units_and_hardly_on_chance(chances: list[float]) -> None:
    rng = np.random.default_rng(7)
    units = np.full(len(chances), 500 / len(chances))
    fired = {1.0: 0, 0.6: 0}
    for _ in range(DRAWS):
        for kept in fired:
            treated = rng.binomial(units.astype(int), chances)
            left = rng.binomial(treated, kept)
            known = units - treated + left
            check = assignment_probability(int(left.sum()), known, np.array(chances))
            fired[kept] += check.result == "failed"
    assert fired[0.6] / DRAWS >= FIRES_ON_A_VIOLATION
    assert fired[1.0] / DRAWS <= FIRES_ON_CLEAN_DATA
