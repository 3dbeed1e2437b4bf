"""Checks of a built comparison: each fires on a planted fault, and rarely without one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.checks.comparison import Asked, diagnose
from evaluate.core import Check, Table
from evaluate.data.levels import Indicator
from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups

Float = NDArray[np.float64]
Given = tuple[Groups, Compared]
DRAWS = 200
FIRES_ON_A_VIOLATION, FIRES_ON_CLEAN_DATA = 0.80, 0.07
ATT = Asked("ATT")


def compared(weights: Float, score: Float | None = None) -> Compared:
    return Compared(1.0, 0.1, 100.0, weights, "made", score=score)


def checks(given: Given, asked: Asked = ATT) -> dict[str, Check]:
    return {one.name: one for one in diagnose(*given, asked)[0]}


def tables(given: Given, asked: Asked = ATT) -> dict[str, Table]:
    return {one.kind: one for one in diagnose(*given, asked)[1]}


def alike(rng: np.random.Generator, apart: float = 0.0) -> Given:
    """Two groups of 2 000 that were made alike in five covariates, but for the first."""
    n = 4000
    treated = np.arange(n) < n // 2
    x = rng.normal(size=(n, 5))
    x[:, 4] = x[:, 4] > 0.3
    x[:, 0] += apart * treated
    return Groups(rng.normal(size=n), treated, x, tuple("abcde")), compared(np.ones(n))


def scored(rng: np.random.Generator, alone: float = 0.0) -> Given:
    """Scores half a standard deviation apart; a share of the treated is far from everybody."""
    n = 600
    treated = np.arange(n) < n // 3
    logit = rng.normal(size=n) + 0.5 * treated
    far = treated & (rng.random(n) < alone)
    logit[far] = 5 + 0.2 * rng.normal(size=int(far.sum()))
    score = 1 / (1 + np.exp(-logit))
    weights = np.where(treated, 1.0, np.exp(np.minimum(0.5 * logit, 2.0)))
    return Groups(rng.normal(size=n), treated, logit[:, None], ("x",)), compared(weights, score)


def heavy(rng: np.random.Generator, share: float = 0.0) -> Given:
    """Weights of a factor of four from the lightest to the heaviest, one of which has a share."""
    n = 300
    treated = np.arange(n) < 100
    weights = np.where(treated, 1.0, rng.uniform(0.5, 2.0, n))
    if share:
        weights[-1] = share / (1 - share) * weights[100:-1].sum()
    return Groups(rng.normal(size=n), treated, rng.normal(size=(n, 1)), ("x",)), compared(weights)


def thin(rng: np.random.Generator, n_left: int = 0) -> Given:
    """A comparison of 200, most of whose weight lies on a few."""
    given, found = heavy(rng)
    if n_left:
        weights = found.weights.copy()
        weights[100:] *= 0.001
        weights[100 : 100 + n_left] = 1.0
        found = replace(found, weights=weights)
    return given, found


@pytest.mark.parametrize(
    ("name", "make", "fault"),
    [
        ("balance", alike, 0.15),
        ("overlap", scored, 0.10),
        ("overlap", heavy, 0.15),
        ("effective_size", heavy, 0.15),
        ("effective_size", thin, 8),
    ],
    ids=["0.15 apart", "10 % alone", "15 % of weight", "one carries 15 %", "worth eight"],
)
def test_a_check_fires_on_a_fault_and_not_without(
    name: str, make: Callable[..., Given], fault: float
) -> None:
    rng = np.random.default_rng(2026)
    clean = [checks(make(rng))[name].result for _ in range(DRAWS)]
    faulty = [checks(make(rng, fault))[name].result for _ in range(DRAWS)]
    assert {*clean, *faulty} <= {"passed", "failed"}
    assert clean.count("failed") <= FIRES_ON_CLEAN_DATA * DRAWS
    assert faulty.count("failed") >= FIRES_ON_A_VIOLATION * DRAWS


def test_all_three_come_always_and_in_order() -> None:
    found, made = diagnose(*scored(np.random.default_rng(1)), ATT)
    assert [one.name for one in found] == ["balance", "overlap", "effective_size"]
    assert [one.kind for one in made] == [
        "comparison_balance",
        "comparison_overlap",
        "comparison_samples",
    ]
    assert all(one.id == one.kind for one in made)
    assert [one.table for one in found] == [one.kind for one in made]


def exactly(apart: float, modelled: tuple[str, ...] = ()) -> Check:
    """The check on two groups that are so many standard deviations apart, to rounding."""
    x = np.tile([-1.0, 1.0], 100)
    x /= x.std(ddof=1)
    both = np.concatenate([x + apart, x])
    treated = np.arange(400) < 200
    groups = Groups(np.zeros(400), treated, both[:, None], ("x",))
    return checks((groups, compared(np.ones(400))), Asked("ATT", modelled=modelled))["balance"]


@pytest.mark.parametrize(
    ("apart", "modelled", "result"),
    [
        (0.1, (), "passed"),
        (-0.1, (), "passed"),
        (0.101, (), "failed"),
        (-0.24, (), "failed"),
        (-0.24, ("x",), "passed"),
        (0.25, ("x",), "passed"),
        (0.26, ("x",), "failed"),
    ],
)
def test_the_model_decides_between_the_two_limits(
    apart: float, modelled: tuple[str, ...], result: str
) -> None:
    assert exactly(apart, modelled).result == result


def test_the_text_says_which_rule_decides_and_what_lies_between() -> None:
    plain, held = exactly(0.2).text, exactly(0.2, ("x",)).text
    assert "1 of them by at most 0.25 and 0 by more" in plain
    assert "each is to be at most 0.1" in plain
    assert "may be up to 0.25, as the model holds them all" in held


def test_a_model_that_holds_a_text_column_holds_its_levels() -> None:
    rng = np.random.default_rng(2)
    region, treated = rng.integers(0, 3, 900), np.arange(900) < 450
    names = tuple(Indicator(f"region={i}", "region", str(i)) for i in (1, 2))
    x = np.column_stack([(region == i) * 1.0 for i in (1, 2)])
    asked = Asked("ATE", first={"region": "0"}, modelled=("region",))
    rows = tables((Groups(np.zeros(900), treated, x, names), compared(np.ones(900))), asked)
    found = rows["comparison_balance"].rows
    assert [one["covariate"] for one in found] == ["region=0", "region=1", "region=2"]
    assert all(one["adjusted"] for one in found)


def test_a_covariate_that_parts_the_groups_fails_whatever_the_rest() -> None:
    treated = np.arange(60) < 30
    groups = Groups(np.zeros(60), treated, treated[:, None] * 1.0, ("x",))
    found = checks((groups, compared(np.ones(60))), Asked("ATT", modelled=("x",)))["balance"]
    assert found.result == "failed"
    assert "1 part the groups wholly" in found.text


def test_without_covariates_nothing_is_tested() -> None:
    groups = Groups(np.zeros(60), np.arange(60) < 30, np.zeros((60, 0)), ())
    found = diagnose(groups, compared(np.ones(60)), ATT)
    assert found[0][0].result == "not_run"
    assert [one.kind for one in found[1]] == ["comparison_samples"]


def test_differences_are_in_standard_deviations_of_whom_the_effect_is_about() -> None:
    given = alike(np.random.default_rng(3), 0.3)
    x = given[0].x[:, 0]
    x[given[0].treated] *= 2.0
    gap = x[:2000].mean() - x[2000:].mean()
    own, other = (float(one.var(ddof=1)) for one in (x[:2000], x[2000:]))
    for estimand, spread in (("ATT", own), ("ATE", (own + other) / 2), ("ATO", (own + other) / 2)):
        table = tables(given, Asked(estimand))["comparison_balance"]  # type: ignore[arg-type]
        assert table.rows[0]["difference"] == pytest.approx(gap / math.sqrt(spread))
        heading = next(one for one in table.columns if one.name == "std_dev").label["en"]
        assert ("treated" in heading) is (estimand == "ATT")


def lost(n_gone: int, n: int = 300) -> Given:
    """The oldest of the treated have nobody and are left out."""
    rng = np.random.default_rng(4)
    treated = np.arange(n) < 100
    age = rng.normal(30, 5, n)
    weights = np.ones(n)
    weights[np.argsort(np.where(treated, -age, np.inf))[:n_gone]] = 0.0
    x = np.column_stack([age, rng.normal(size=n)])
    return Groups(rng.normal(size=n), treated, x, ("age", "noise")), compared(weights)


@pytest.mark.parametrize(("gone", "result"), [(0, "passed"), (5, "passed"), (6, "failed")])
def test_more_than_one_in_twenty_left_out_is_no_effect_on_the_treated(
    gone: int, result: str
) -> None:
    assert checks(lost(gone))["overlap"].result == result


def test_it_is_said_whom_the_effect_is_about_now() -> None:
    given = lost(20)
    text = checks(given)["effective_size"].text
    assert "about 80 of the 100 that it was meant for" in text
    assert "differ most in age" in text
    table = tables(given)["comparison_dropped"]
    age = given[0].x[given[0].treated, 0]
    row = table.rows[0]
    assert row["mean_dropped"] == pytest.approx(np.sort(age)[-20:].mean())
    assert row["mean_kept"] == pytest.approx(np.sort(age)[:-20].mean())
    assert (row["n_kept"], row["n_dropped"]) == (80, 20)
    assert "comparison_dropped" not in tables(lost(0))


def test_comparison_units_may_be_left_out_of_an_effect_on_the_treated() -> None:
    groups, found = lost(0)
    weights = found.weights.copy()
    weights[200:] = 0.0
    left = (groups, replace(found, weights=weights))
    assert checks(left)["overlap"].result == "passed"
    assert "comparison_dropped" not in tables(left)
    assert checks(left, Asked("ATE"))["overlap"].result == "failed"


def test_of_overlap_weights_those_alone_count_as_little_as_they_weigh() -> None:
    groups, found = scored(np.random.default_rng(5), 0.15)
    assert found.score is not None
    weights = np.where(groups.treated, 1 - found.score, found.score)
    both = [checks((groups, replace(found, weights=weights)), Asked(one)) for one in ("ATT", "ATO")]  # type: ignore[arg-type]
    assert [one["overlap"].result for one in both] == ["failed", "passed"]


def test_a_group_of_which_nobody_is_left_is_refused() -> None:
    groups, found = lost(0)
    with pytest.raises(Refused) as refused:
        diagnose(groups, replace(found, weights=groups.treated * 1.0), ATT)
    assert refused.value.code == "no_overlap"


@pytest.mark.parametrize("estimand", ["ATT", "ATE", "ATO"])
def test_no_cell_is_without_a_number_and_all_rows_fit_their_columns(estimand: Any) -> None:
    rng = np.random.default_rng(6)
    n = 80
    treated = np.arange(n) < 30
    x = np.column_stack(
        [np.zeros(n), treated * 1.0, np.full(n, 1e12), rng.normal(size=n) * 1e-300, treated - 0.5,
         rng.integers(0, 2, n), rng.lognormal(0, 8, n)]
    )  # fmt: skip
    score = np.where(rng.random(n) < 0.5, treated * 1.0, 0.5)
    weights = np.where(rng.random(n) < 0.3, 0.0, rng.lognormal(0, 3, n))
    found = diagnose(
        Groups(rng.normal(size=n), treated, x, tuple("abcdefg")),
        compared(weights, score),
        Asked(estimand),
    )
    for table in found[1]:
        keys = [row[table.columns[0].name] for row in table.rows]
        assert len(set(keys)) == len(keys)
        names = {one.name for one in table.columns}
        for row in table.rows:
            assert set(row) <= names
            json.dumps(row, allow_nan=False)
            assert all({"en", "nb", "sv"} <= set(one.label) for one in table.columns)
    assert not any(word in one.text for one in found[0] for word in ("nan", "inf "))


def test_the_order_of_rows_changes_nothing() -> None:
    groups, found = scored(np.random.default_rng(7), 0.05)
    assert found.score is not None
    order = np.random.default_rng(8).permutation(len(groups.y))
    turned = (
        replace(groups, y=groups.y[order], treated=groups.treated[order], x=groups.x[order]),
        replace(found, weights=found.weights[order], score=found.score[order]),
    )
    one, other = diagnose(groups, found, ATT), diagnose(*turned, ATT)
    assert [each.text for each in one[0]] == [each.text for each in other[0]]
    for table, same in zip(one[1], other[1], strict=True):
        for row, twin in zip(table.rows, same.rows, strict=True):
            assert {k: v for k, v in row.items() if not isinstance(v, float)} == {
                k: v for k, v in twin.items() if not isinstance(v, float)
            }
            numbers = {k: v for k, v in row.items() if isinstance(v, float)}
            assert {k: twin[k] for k in numbers} == pytest.approx(numbers, abs=1e-9)


def test_negative_weights_of_a_regression_are_no_fault() -> None:
    groups, found = alike(np.random.default_rng(9))
    weights = found.weights.copy()
    weights[-20:] = -0.2
    assert checks((groups, replace(found, weights=weights)))["balance"].result == "passed"


def test_a_spread_that_differs_is_told_though_means_agree() -> None:
    given = alike(np.random.default_rng(10))
    given[0].x[:2000, 1] *= 2
    text = checks(given)["balance"].text
    assert "1 have a variance ratio outside 0.5 to 2" in text
