"""The check of hidden selection fires on a planted confounder, and says so when it cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.checks.hidden_selection import (
    Asked,
    hidden_selection,
    hidden_selection_of_moments,
)
from evaluate.core import Cell, Check, Estimate, Table
from evaluate.data.levels import Indicator
from evaluate.data.moments import Moments
from evaluate.disclosure.gate import PROFILES, release
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.exposure import chance_alone
from evaluate.inference.linear_exposure import exposure_of
from evaluate.inference.t import t_quantile

Float = NDArray[np.float64]
Made = tuple[Compared, Estimate, Asked]
DRAWS = 60


def drawn(seed: int, effect: float, hidden: float, n: int = 1200) -> Groups:
    """Units whose strongest covariate moves treatment and outcome by half; and a hidden factor."""
    rng = np.random.default_rng(seed)
    x, u = rng.normal(size=(n, 3)), rng.normal(size=n)
    shared = 0.5 * x[:, 0] + hidden * u
    treated = rng.random(n) < 1 / (1 + np.exp(0.8 - shared - 0.3 * x[:, 1]))
    y = effect * treated + shared + 0.2 * x[:, 2] + rng.normal(size=n)
    return Groups(y, treated, x, ("a", "b", "c"))


def row(value: float, std_error: float, df: float | None, counts: tuple[int, int]) -> Estimate:
    half = t_quantile(0.975, df) * std_error
    return Estimate(
        estimate=value,
        std_error=std_error,
        conf_low=value - half,
        conf_high=value + half,
        n_obs=counts[0],
        n_treated=counts[1],
        method="",
        std_error_method="",
        unit="points",
        estimand="ATT",
        df=df,
    )


def regression(groups: Groups) -> Made:
    found = exposure_of(groups)
    made = row(found.value, found.std_error, found.df, (found.n, int(groups.treated.sum())))
    weights = np.ones(found.n)
    return Compared(found.value, found.std_error**2, found.df, weights, ""), made, Asked()


def score(groups: Groups) -> Float:
    """Logit of taking part, by Newton's steps."""
    x = np.column_stack([np.ones(len(groups.y)), groups.x])
    b = np.zeros(x.shape[1])
    for _ in range(8):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (groups.treated - p))
    return np.asarray(x @ b)


def pairs(groups: Groups) -> Made:
    """Each treated beside the nearest that is left on the score, within 0.2."""
    logit, free = score(groups), ~groups.treated
    on, beside = [], []
    for i in np.flatnonzero(groups.treated):
        distance = np.where(free, np.abs(logit - logit[i]), np.inf)
        j = int(np.argmin(distance))
        if distance[j] < 0.2:
            on.append(int(i))
            beside.append(j)
            free[j] = False
    weights = np.zeros(len(groups.y))
    weights[on + beside] = 1.0
    apart = groups.y[on] - groups.y[beside]
    std_error = float(apart.std(ddof=1) / np.sqrt(len(on)))
    made = row(float(apart.mean()), std_error, None, (2 * len(on), len(on)))
    both = np.array(on), np.array(beside)
    found = Compared(made.estimate, std_error**2, np.inf, weights, "", pairs=both)
    return found, made, Asked("matching")


def weighting(groups: Groups) -> Made:
    d, odds = groups.treated, np.exp(score(groups))
    weights = np.where(d, 1.0, odds)
    mean = np.average(groups.y[~d], weights=weights[~d])
    value = float(groups.y[d].mean() - mean)
    apart = np.where(d, groups.y - groups.y[d].mean(), weights * (groups.y - mean))
    std_error = float(np.sqrt((apart**2).sum()) / d.sum())
    made = row(value, std_error, None, (len(d), int(d.sum())))
    return Compared(value, std_error**2, np.inf, weights, ""), made, Asked("weighting")


METHODS = {"regression": regression, "pairs": pairs, "weighting": weighting}


def checked(groups: Groups, method: Callable[[Groups], Made]) -> tuple[Check, tuple[Table, ...]]:
    found, made, asked = method(groups)
    (check,), tables = hidden_selection(groups, found, made, asked)
    return check, tables


def measures(tables: tuple[Table, ...]) -> dict[str, dict[str, Cell]]:
    return {str(one["measure"]): dict(one) for one in tables[0].rows}


@pytest.mark.parametrize("method", METHODS)
def test_a_confounder_as_strong_as_the_strongest_covariate_is_found(method: str) -> None:
    """Without any effect: all that is seen comes from what is hidden."""
    made = [checked(drawn(i, 0.0, 0.5, 2500), METHODS[method])[0].result for i in range(DRAWS)]
    assert made.count("failed") >= 0.8 * DRAWS


@pytest.mark.parametrize("method", METHODS)
def test_a_large_effect_without_hidden_selection_bears_it(method: str) -> None:
    made = [checked(drawn(i, 0.8, 0.0), METHODS[method])[0].result for i in range(DRAWS)]
    assert made.count("passed") >= 0.93 * DRAWS


def numbers(tables: tuple[Table, ...]) -> list[float]:
    cells = [value for one in tables for each in one.rows for value in each.values()]
    return [float(one) for one in cells if isinstance(one, int | float)]


@pytest.mark.parametrize("method", METHODS)
def test_every_measure_has_its_row(method: str) -> None:
    _, tables = checked(drawn(1, 0.8, 0.0), METHODS[method])
    wanted = {
        *("e_value_standardised_difference", "robustness_value", "extreme_scenario"),
        *("as_strong", "proportional_selection"),
    }
    assert set(measures(tables)) == wanted | ({"matched_odds"} if method == "pairs" else set())
    assert [one.kind for one in tables] == ["hidden_selection", "hidden_selection_bounds"]
    assert not any("state" in one for table in tables for one in table.rows)
    assert all(map(isfinite, numbers(tables)))
    columns = [{one.name for one in table.columns} for table in tables]
    assert all(set(one) <= names for table, names in zip(tables, columns, strict=True)
               for one in table.rows)  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_order_units_and_signs_do_not_matter(method: str) -> None:
    groups = drawn(2, 0.5, 0.2, n=400)
    found, made, asked = METHODS[method](groups)
    order = np.random.default_rng(0).permutation(len(groups.y))
    back = np.argsort(order)
    places = None if found.pairs is None else (back[found.pairs[0]], back[found.pairs[1]])
    other = Groups(
        -1000 * groups.y[order] + 5, groups.treated[order], groups.x[order] * 1e4, groups.names
    )
    moved = replace(
        made,
        estimate=-1000 * made.estimate,
        std_error=1000 * made.std_error,
        conf_low=-1000 * made.conf_high,
        conf_high=-1000 * made.conf_low,
    )
    turned = replace(found, weights=found.weights[order], pairs=places)
    (one,), tables = hidden_selection(groups, found, made, asked)
    (two,), others = hidden_selection(other, turned, moved, asked)
    assert one.result == two.result
    for name, wanted in measures(tables).items():
        now = measures(others)[name]
        for key in {*wanted} & {"value", "limit", "share", "share_limit", "r2_treatment"}:
            assert now[key] == pytest.approx(wanted[key], rel=1e-6)
        if "estimate" in wanted:
            assert now["estimate"] == pytest.approx(-1000 * float(wanted["estimate"] or 0))


def test_balanced_covariates_measure_by_what_they_were_before() -> None:
    groups = drawn(3, 0.8, 0.0)
    _, tables = checked(groups, weighting)
    strong = measures(tables)["as_strong"]
    assert strong["benchmark"] == "a"
    assert float(strong["r2_treatment"] or 0) > 0.02
    held = exposure_of(groups, weighting(groups)[0].weights).benchmarks[0]
    assert held.r2_treatment < 1e-3


def test_moments_give_what_rows_give() -> None:
    groups = drawn(4, 0.6, 0.0)
    found, made, _ = regression(groups)
    whole = np.column_stack([np.ones(len(groups.y)), groups.treated, groups.x, groups.y])
    moments = Moments(
        ("d", *groups.names, "y"), np.zeros(5), {}, np.array([len(whole)]), (whole.T @ whole)[None]
    )
    (one,), tables = hidden_selection(groups, found, made)
    (two,), others = hidden_selection_of_moments(moments, ("d", "y"), made)
    assert one == two
    assert numbers(tables) == pytest.approx(numbers(others), rel=1e-8)


def test_clusters_widen_and_are_said() -> None:
    groups = drawn(5, 0.6, 0.0)
    found, made, asked = regression(groups)
    wide = replace(
        made, std_error=2 * made.std_error, conf_low=made.estimate - 4 * made.std_error,
        conf_high=made.estimate + 4 * made.std_error, df=20.0, n_clusters=40,
    )  # fmt: skip
    inside = replace(groups, cluster=np.arange(len(groups.y)) % 40)
    (one,), tables = hidden_selection(inside, found, wide, asked)
    _, others = hidden_selection(groups, found, made, asked)
    assert "errors by cluster" in one.text
    now, then = (measures(each)["robustness_value"] for each in (tables, others))
    assert now["share"] == then["share"]
    assert float(now["share_limit"] or 0) < float(then["share_limit"] or 0)


def test_an_interval_that_holds_zero_has_nothing_to_undo() -> None:
    found, made, asked = regression(drawn(6, 0.0, 0.0))
    low = replace(made, estimate=0.01, conf_low=-0.1, conf_high=0.12)
    (check,), tables = hidden_selection(drawn(6, 0.0, 0.0), found, low, asked)
    assert check.result == "uninformative"
    assert measures(tables)["e_value_standardised_difference"]["limit"] == 1.0
    assert measures(tables)["robustness_value"]["share_limit"] == 0.0


def test_without_covariates_nothing_measures_but_the_rest_is_told() -> None:
    groups = drawn(7, 0.8, 0.0)
    bare = replace(groups, x=np.zeros((len(groups.y), 0)), names=())
    check, tables = checked(bare, regression)
    assert check.result == "not_run"
    assert [one.kind for one in tables] == ["hidden_selection"]
    assert "value" in measures(tables)["e_value_standardised_difference"]
    assert measures(tables)["proportional_selection"]["state"] == "no_covariates"


def test_a_text_of_many_levels_is_shown_and_not_judged() -> None:
    groups = drawn(8, 0.6, 0.0)
    rng = np.random.default_rng(0)
    place = rng.integers(0, 60, size=len(groups.y))
    levels = [(place == one).astype(float) for one in range(1, 60)]
    names = (*groups.names, *(Indicator(f"p={i}", "p", str(i)) for i in range(1, 60)))
    check, tables = checked(
        replace(groups, x=np.column_stack([groups.x, *levels]), names=names), regression
    )
    judged = {one["benchmark"]: one["judged"] for one in tables[1].rows}
    assert judged == {"a": True, "b": True, "c": True, "p": False}
    assert check.result == "passed"


def test_named_benchmarks_alone_are_measured_by() -> None:
    found, made, _ = regression(drawn(9, 0.6, 0.0))
    asked = Asked(benchmarks=("c",), multiples=(1.0, 5.0))
    _, tables = hidden_selection(drawn(9, 0.6, 0.0), found, made, asked)
    assert [(one["benchmark"], one["times"]) for one in tables[1].rows] == [("c", 1.0), ("c", 5.0)]


def of_matched(groups: Groups, found: Compared, **more: float) -> dict[str, Cell]:
    _, made, _ = regression(groups)
    _, tables = hidden_selection(groups, found, made, Asked("matching", **more))
    return measures(tables)["matched_odds"]


def test_sets_of_several_use_hubers_test_and_shares_mcnemar_or_strata() -> None:
    groups = drawn(10, 0.9, 0.0, n=300)
    order = np.concatenate([np.flatnonzero(groups.treated), np.flatnonzero(~groups.treated)])
    m = int(groups.treated.sum())
    ones = np.ones(300)
    on, beside = order[:m], order[m : 2 * m]
    single = Compared(0.9, 1.0, np.inf, ones, "", pairs=(on, beside))
    few = on[:40]
    triple = Compared(0.9, 1.0, np.inf, ones, "", pairs=(np.repeat(few, 2), order[m : m + 80]))
    cells = Compared(0.9, 1.0, np.inf, ones, "", stratum=(groups.x[:, 0] > 0).astype(np.int64))
    share = replace(groups, y=(groups.y > 0).astype(float))
    assert of_matched(groups, single)["basis"] == "signed_rank"
    assert of_matched(groups, triple)["basis"] == "huber_sets"
    assert of_matched(groups, cells) == {
        "measure": "matched_odds", "state": "several_in_set", "n_least": m
    }  # fmt: skip
    assert of_matched(share, single)["basis"] == "mcnemar"
    assert of_matched(share, triple)["basis"] == "mantel_haenszel"
    assert of_matched(share, cells)["basis"] == "mantel_haenszel"
    turned = replace(share, y=1 - share.y)
    assert of_matched(turned, cells)["limit"] == pytest.approx(of_matched(share, cells)["limit"])


@pytest.mark.parametrize(
    ("what", "state"),
    [("again", "used_again"), ("clusters", "in_clusters"), ("weights", "sampling_weights"),
     ("nobody", "not_matched"), ("ties", "no_variation"), ("one pair", "not_rejected")],
)  # fmt: skip
def test_what_cannot_be_bounded_says_why(what: str, state: str) -> None:
    groups = drawn(11, 0.9, 0.0, n=300)
    on, off = np.flatnonzero(groups.treated)[:50], np.flatnonzero(~groups.treated)[:50]
    found = Compared(0.9, 1.0, np.inf, np.ones(300), "", pairs=(on, off))
    if what == "again":
        found = replace(found, pairs=(np.repeat(on, 2), np.append(np.repeat(off[1:], 2), off[:2])))
    elif what == "clusters":
        groups = replace(groups, cluster=np.arange(300))
    elif what == "weights":
        groups = replace(groups, weights=np.arange(1.0, 301.0))
    elif what == "nobody":
        found = replace(found, pairs=None)
    elif what == "one pair":
        found = replace(found, pairs=(on[:1], off[:1]))
    else:
        tied = groups.y.copy()
        tied[on] = tied[off]
        groups = replace(groups, y=tied)
    assert of_matched(groups, found)["state"] == state


def test_treated_who_share_a_comparison_unit_are_a_set_with_it() -> None:
    groups = drawn(16, 0.9, 0.0, n=300)
    on, off = np.flatnonzero(groups.treated)[:60], np.flatnonzero(~groups.treated)[:20]
    shared = Compared(0.9, 1.0, np.inf, np.ones(300), "", pairs=(on, np.repeat(off, 3)))
    stratum = np.full(300, -1)
    stratum[on], stratum[off] = np.repeat(off, 3), off
    named = replace(shared, pairs=None, stratum=stratum)
    assert of_matched(groups, shared)["basis"] == "huber_sets"
    assert of_matched(groups, shared) == of_matched(groups, named)


def test_few_odds_fail_where_covariates_would_not() -> None:
    groups = drawn(12, 0.8, 0.0)
    found, made, _ = pairs(groups)
    for least, result in ((1.01, "passed"), (50.0, "failed")):
        (check,), _ = hidden_selection(groups, found, made, Asked("matching", least_gamma=least))
        assert check.result == result
        assert "odds" in check.text


@pytest.mark.parametrize("what", ["constant", "told", "all treated"])
def test_what_cannot_be_computed_is_not_run(what: str) -> None:
    groups = drawn(13, 0.8, 0.0, n=200)
    found, made, asked = regression(groups)
    bad = {
        "constant": replace(groups, y=np.full(200, 2.5)),
        "told": replace(groups, y=groups.treated + groups.x[:, 0]),
        "all treated": replace(groups, treated=np.ones(200, dtype=bool)),
    }[what]
    (check,), tables = hidden_selection(bad, found, made, asked)
    assert check.result == "not_run"
    assert tables == ()


def test_covariates_that_say_half_of_who_took_part_measure_nothing() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 1))
    treated = x[:, 0] + rng.normal(size=2000) * 0.15 > 0
    groups = Groups(treated + x[:, 0] + rng.normal(size=2000), treated, x, ("a",))
    check, tables = checked(groups, regression)
    assert check.result == "uninformative"
    assert {one["state"] for one in tables[1].rows} == {"impossible_strength"}


def test_a_covariate_that_cannot_be_matched_keeps_the_check_from_passing() -> None:
    groups = drawn(17, 0.9, 0.0, n=2000)
    rng = np.random.default_rng(0)
    telling = groups.treated + rng.normal(size=2000) * 0.3
    more = replace(groups, x=np.column_stack([groups.x, telling]), names=(*groups.names, "telling"))
    found, made, asked = regression(groups)
    (one,), _ = hidden_selection(groups, found, made, asked)
    (two,), tables = hidden_selection(more, found, made, asked)
    assert (one.result, two.result) == ("passed", "uninformative")
    assert two.text.startswith("telling tells so much")
    assert measures(tables)["beyond"]["benchmark"] == "telling"


def test_a_share_is_told_as_a_ratio_of_risks() -> None:
    groups = drawn(14, 0.8, 0.0)
    share = replace(groups, y=(groups.y > 0).astype(float))
    _, tables = checked(share, regression)
    made = regression(share)[1]
    with_programme = share.y[share.treated].mean()
    ratio = with_programme / (with_programme - made.estimate)
    wanted = ratio + np.sqrt(ratio * (ratio - 1))
    assert measures(tables)["e_value_risk_ratio"]["value"] == pytest.approx(wanted)


def test_few_people_stay_with_the_data_owner() -> None:
    groups = drawn(15, 0.8, 0.0)
    found, made, asked = regression(groups)
    strict = PROFILES["nordic_strict"]
    few: list[tuple[dict[str, Any], bool]] = [
        ({"n_treated": 7}, True),
        ({"n_treated": 300}, False),
        ({"df": 8.4}, True),
        ({"df": None}, False),
    ]
    for change, hidden in few:
        _, tables = hidden_selection(groups, found, replace(made, **change), asked)
        shown = release((), (), tables, (), strict).tables
        assert (not numbers(shown)) is hidden
        assert all(one.get("n_least") is None for table in shown for one in table.rows)
        assert all(one.get("measure") for one in shown[0].rows)
    none = release((), (), tables, (), PROFILES["none"]).tables
    assert none == tables


@pytest.mark.parametrize("method", METHODS)
def test_covariates_that_tell_nothing_cannot_measure_what_is_hidden(method: str) -> None:
    """However strong the confounder: beside columns of noise it would look like nothing."""
    results = []
    for seed in range(DRAWS):
        groups = drawn(seed, 0.0, 0.9)
        noise = np.random.default_rng(10_000 + seed).normal(size=groups.x.shape)
        results.append(checked(replace(groups, x=noise), METHODS[method])[0].result)
    assert results.count("passed") <= 0.1 * DRAWS  # at 5 %, twice
    assert results.count("uninformative") >= 0.9 * DRAWS


def test_chance_is_told_as_by_two_f_tests() -> None:
    """R ``anova`` of nested regressions; here by ordinary least squares."""
    groups = drawn(3, 0.4, 0.0, 80)
    sm = pytest.importorskip("statsmodels.api")
    d = groups.treated.astype(float)
    both = sm.OLS(d, sm.add_constant(groups.x)).fit()
    long = sm.OLS(groups.y, sm.add_constant(np.column_stack([d, groups.x]))).fit()
    short = sm.OLS(groups.y, sm.add_constant(d)).fit()
    expected = min(float(both.f_pvalue), float(long.compare_f_test(short)[1]))
    assert chance_alone(exposure_of(groups)) == pytest.approx(2 * expected, rel=1e-8)
