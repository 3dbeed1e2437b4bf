"""What is special to randomised trials; the values of R stand in tests/truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.design import Result, draw_example, roles
from evaluate.designs.randomised import DESIGN, Randomised, std_errors
from evaluate.errors import Refused

ATE = Estimand("ATE", "y", "points")
Data = Mapping[str, NDArray[Any]]


def individuals(rng: np.random.Generator, n: int = 60, effect: float = 1.0) -> dict[str, Any]:
    """Return a trial of individuals: a covariate that matters, and unequal variances."""
    t = rng.permutation(np.arange(n) < n // 3).astype(float)
    x = rng.normal(10, 2, n)
    y = x + effect * t + rng.normal(0, 1, n) * (1 + t)
    return {"t": t, "x": x, "girl": rng.integers(0, 2, n).astype(float), "y": y}


def estimate(data: Data, settings: Settings | None = None, **fields: Any) -> Result:
    """Return the result of a trial whose treatment is ``t``."""
    spec = Randomised(treated="t", **fields)
    return DESIGN.estimate(spec, ArraySample(data, "y"), ATE, settings or Settings())


def matched_pairs(
    rng: np.random.Generator, pairs: int, per_stratum: int = 1
) -> dict[str, NDArray[Any]]:
    """Return pairs of schools with five pupils each, one of each offered a useless programme."""
    school = np.repeat(np.arange(2 * pairs), 5)
    pair = school // 2 // per_stratum
    level = rng.normal(0, 0.5, 2 * pairs)[school] + rng.normal(0, 1, pairs)[pair]
    x = rng.normal(size=len(school)) + level
    return {
        "t": (school % 2).astype(float),
        "school": np.array([f"s{i:03d}" for i in school]),
        "pair": np.array([f"p{i:03d}" for i in pair]),
        "x": x,
        "y": level + 0.5 * x + rng.normal(size=len(school)),
    }


def refused(data: Data, match: str, settings: Settings | None = None, **fields: Any) -> str:
    """Return the code with which a trial is refused."""
    with pytest.raises(Refused, match=match) as caught:
        estimate(data, settings, **fields)
    assert caught.value.fix
    return caught.value.code


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a fixed source of chance."""
    return np.random.default_rng(20)


def test_the_difference_in_means_is_welch_with_other_degrees_of_freedom(
    rng: np.random.Generator,
) -> None:
    data = individuals(rng)
    (row,) = estimate(data).estimates
    one, other = data["y"][data["t"] == 1], data["y"][data["t"] == 0]
    welch = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    assert row.estimate == pytest.approx(one.mean() - other.mean(), rel=1e-12)
    assert row.std_error == pytest.approx(welch, rel=1e-12)
    assert row.method == "difference in means"
    assert (row.std_error_method, row.role, row.n_clusters) == ("HC2", "headline", None)
    assert (row.n_obs, row.n_treated) == (60, 20)


def test_covariates_are_fully_interacted_unless_asked_otherwise(rng: np.random.Generator) -> None:
    data = individuals(rng)
    headline, beside = estimate(data, covariates=("x",)).estimates
    assert headline.method == "regression, covariates fully interacted"
    assert (beside.method, beside.role) == ("difference in means", "beside")
    # Imputing both outcomes for everybody from each arm's own regression.
    fits = [
        np.polyfit(data["x"][data["t"] == arm], data["y"][data["t"] == arm], 1) for arm in (0, 1)
    ]
    imputed = np.polyval(fits[1], data["x"]) - np.polyval(fits[0], data["x"])
    assert headline.estimate == pytest.approx(imputed.mean(), rel=1e-10)
    (plain,) = estimate(data).estimates
    assert beside.estimate == pytest.approx(plain.estimate, rel=1e-12)
    assert beside.std_error == pytest.approx(plain.std_error, rel=1e-12)
    assert headline.std_error < beside.std_error


def test_asked_for_adjustment_and_standard_errors_come_in_their_order(
    rng: np.random.Generator,
) -> None:
    settings = Settings(adjustment="additive", std_errors=("HC1", "HC3", "HC1"), conf_level=0.9)
    rows = estimate(individuals(rng), settings, covariates=("x",)).estimates
    assert [(row.std_error_method, row.role) for row in rows] == [
        ("HC1", "headline"),
        ("HC3", "beside"),
        ("HC1", "beside"),
    ]
    assert rows[0].method == rows[1].method == "regression, covariates additive"
    assert rows[2].method == "difference in means"
    assert {row.conf_level for row in rows} == {0.9}
    assert rows[0].estimate == rows[1].estimate


def test_no_adjustment_keeps_the_headline_plain_and_still_shows_balance(
    rng: np.random.Generator,
) -> None:
    settings = Settings(adjustment="none")
    result = estimate(individuals(rng), settings, covariates=("x", "girl"))
    assert [row.method for row in result.estimates] == ["difference in means"]
    (table,) = [table for table in result.tables if table.kind == "balance"]
    assert [row["covariate"] for row in table.rows] == ["x", "girl"]
    assert [row["measure"] for row in table.rows] == ["hedges_g", "cox"]
    assert not any(row["adjusted"] for row in table.rows)


def test_equal_strata_do_not_move_the_effect_and_narrow_the_interval(
    rng: np.random.Generator,
) -> None:
    block = np.repeat(["a", "b", "c", "d"], 20)
    t = np.tile([0.0, 1.0], 40)
    y = t + rng.normal(size=80) + np.repeat([0.0, 5.0, 10.0, 20.0], 20)
    data = {"t": t, "block": block, "y": y}
    (within,), (plain,) = estimate(data, strata="block").estimates, estimate(data).estimates
    assert within.estimate == pytest.approx(plain.estimate, rel=1e-10)
    assert within.std_error < plain.std_error / 3
    assert within.method == "difference in means, strata weighted by size"


def test_strata_weighted_by_size_are_the_weighted_mean_of_their_differences(
    rng: np.random.Generator,
) -> None:
    block = np.repeat(["a", "b"], [30, 50])
    t = np.concatenate([np.arange(30) < 10, np.arange(50) < 40]).astype(float)
    y = rng.normal(size=80) + t * (block == "a") * 3
    settings = Settings(adjustment="interacted")
    (row,) = estimate({"t": t, "block": block, "y": y}, settings, strata="block").estimates
    each = [
        y[(block == b) & (t == 1)].mean() - y[(block == b) & (t == 0)].mean() for b in ("a", "b")
    ]
    assert row.estimate == pytest.approx((30 * each[0] + 50 * each[1]) / 80, rel=1e-10)
    assert row.method == "difference in means, strata weighted by size"


def test_strata_with_other_shares_of_assignment_still_count_by_size() -> None:
    # Half are treated in the first stratum, a tenth in the second; effects 0 and 10.
    rng = np.random.default_rng(8)
    block = np.repeat(["a", "b"], 1000)
    t = np.concatenate([np.arange(1000) % 2, np.arange(1000) % 10 == 0]).astype(float)
    y = 10 * t * (block == "b") + rng.normal(size=2000)
    data = {"t": t, "block": block, "y": y}
    (row,) = estimate(data, strata="block").estimates
    assert row.estimate == pytest.approx(5, abs=4 * row.std_error)
    assert row.method == "difference in means, strata weighted by size"
    none = Settings(adjustment="none")
    (precise,) = estimate(data, none, strata="block").estimates
    # By the variances p (1 - p): 0.25 and 0.09.
    assert precise.estimate == pytest.approx(10 * 0.09 / 0.34, abs=0.3)
    assert precise.method == "difference in means, strata weighted by precision"


def test_one_unit_of_an_arm_in_a_stratum_makes_the_default_additive(
    rng: np.random.Generator,
) -> None:
    data = matched_pairs(rng, pairs=12)
    for cluster in ("school", None):
        few = data if cluster else {name: values[::5] for name, values in data.items()}
        rows = estimate(few, strata="pair", cluster=cluster, covariates=("x",)).estimates
        headline, (beside,) = rows[0], [row for row in rows if row.method.startswith("diff")]
        assert headline.method == "regression, covariates additive, within pairs"
        assert beside.method == "difference in means, within pairs"
        asked = Settings(adjustment="additive")
        row = estimate(few, asked, strata="pair", cluster=cluster, covariates=("x",)).estimates[0]
        assert row == headline
    plain = estimate(data, strata="pair", cluster="school").estimates[0]
    assert plain.method == "difference in means, within pairs"
    # Three of each in a stratum are no pair, and one is enough to leave nothing to interact.
    three = {**data, "pair": np.where(data["pair"] == "p001", "p000", data["pair"])}
    row = estimate(three, strata="pair", cluster="school").estimates[0]
    assert row.method == "difference in means, strata weighted by precision"


@pytest.mark.parametrize("unit", ["CR", "HC"])
@pytest.mark.parametrize("kind", ["0", "1", "2", "3"])
def test_asked_for_interaction_is_refused_where_it_leaves_no_residual(
    rng: np.random.Generator, unit: str, kind: str
) -> None:
    data = matched_pairs(rng, pairs=12)
    # The first stratum has a single treated school, or pupil; the other has many.
    data["pair"] = np.where(np.arange(120) < 20, "few", "many")
    data["t"] = (np.arange(120) // (5 if unit == "CR" else 1) % 2).astype(float)
    data["t"][10 if unit == "CR" else 2 : 20] = 0
    cluster = "school" if unit == "CR" else None
    asked = Settings(adjustment="interacted", std_errors=(unit + kind,))
    for covariates in ((), ("x",)):
        code = refused(
            data,
            "alone decides part of the effect",
            asked,
            strata="pair",
            cluster=cluster,
            covariates=covariates,
        )
        assert code == "leverage_one"


def test_a_stratum_left_with_one_row_changes_nothing(rng: np.random.Generator) -> None:
    data = {name: values[::5] for name, values in matched_pairs(rng, pairs=20).items()}
    lost = {**data, "y": np.where(np.arange(40) < 3, np.nan, data["y"])}  # 1 pair and a half
    whole = {name: values[4:] for name, values in data.items()}
    (row,), (other,) = (estimate(one, strata="pair").estimates for one in (lost, whole))
    for name in ("estimate", "std_error", "df"):
        assert getattr(row, name) == pytest.approx(getattr(other, name), rel=1e-9)
    assert row.n_obs == other.n_obs + 1


@pytest.mark.slow
@pytest.mark.parametrize(("strata", "each"), [(20, 1), (10, 2), (4, 5)])
def test_intervals_cover_with_clusters_strata_and_covariates(strata: int, each: int) -> None:
    rng = np.random.default_rng(20240502)
    rejected = []
    for _ in range(200):
        data = matched_pairs(rng, pairs=strata * each, per_stratum=each)
        row = estimate(data, strata="pair", cluster="school", covariates=("x",)).estimates[0]
        rejected.append(not row.conf_low <= 0 <= row.conf_high)
    # 99.9 % binomial band around 0.05 at 200 draws: 0.05 +- 3.29 sqrt(0.05 x 0.95 / 200).
    assert 0 < np.mean(rejected) <= 0.101


def test_a_trial_of_clusters_uses_cr2(rng: np.random.Generator) -> None:
    drawn = draw_example(DESIGN, rng, 0.5)
    sample = ArraySample(drawn.data, "outcome")
    settings = Settings(std_errors=("CR2", "CR0", "CR1", "CR1S", "CR3"))
    rows = DESIGN.estimate(drawn.spec, sample, ATE, settings).estimates
    names = ["CR2", "CR0", "CR1", "CR1S", "CR3", "CR2", "Welch"]
    assert [row.std_error_method for row in rows] == names
    assert rows[-1].method == "cluster means of residuals"
    assert {row.n_clusters for row in rows} == {30}
    assert rows[0].df is not None
    assert rows[0].df < 28
    assert {row.df for row in rows[1:5]} == {29.0}
    assert rows[1].std_error < rows[2].std_error < rows[4].std_error


def test_intervals_for_individuals_cover(rng: np.random.Generator) -> None:
    hits = dict.fromkeys(("plain", "interacted"), 0)
    for _ in range(400):
        data = individuals(rng, n=45)
        plain = estimate(data).estimates[0]
        interacted = estimate(data, covariates=("x",)).estimates[0]
        for name, row in (("plain", plain), ("interacted", interacted)):
            hits[name] += row.conf_low <= 1.0 <= row.conf_high
    # 99.9 % binomial band; one point wider below, as both are approximate at 15 treated.
    for name, count in hits.items():
        assert 0.904 <= count / 400 <= 0.986, name


def trial(**changes: Any) -> dict[str, Any]:
    """Return 40 individuals in 8 clusters and 2 strata, with some columns replaced."""
    rng = np.random.default_rng(1)
    cluster = np.repeat([f"c{i}" for i in range(8)], 5)
    t = np.repeat([0.0, 1.0] * 4, 5)
    base = {"t": t, "c": cluster, "s": np.repeat(["a", "b"], 20), "x": rng.normal(size=40)}
    return {**base, "y": rng.normal(size=40), **changes}


def test_degenerate_trials_are_refused() -> None:
    assert refused(trial(t=np.zeros(40)), "no row with an outcome is treated") == "no_treated"
    assert refused(trial(t=np.ones(40)), "in the comparison group") == "no_comparison"
    thirds = np.arange(40) % 3.0
    assert refused(trial(t=thirds), "other values than 0 and 1") == "treatment_not_binary"
    assert refused(trial(y=np.full(40, 0.1)), "same in every row") == "constant_outcome"
    assert refused(trial(y=np.full(40, np.nan)), "no row has an outcome") == "no_rows"
    steps = trial()["t"] * 2.0
    assert refused(trial(y=steps), "too little to tell chance") == "no_variation"
    assert refused(trial(y=steps), "too little to tell chance", cluster="c") == "no_variation"


def test_an_arm_that_attrition_empties_is_refused() -> None:
    t = trial()["t"]
    gone = np.where(t == 1, np.nan, np.arange(40.0))
    assert refused(trial(y=gone), "no row with an outcome is treated") == "no_treated"


def test_one_unit_on_a_side_is_refused() -> None:
    one = (np.arange(40) < 1).astype(float)
    assert refused(trial(t=one), "single treated individual") == "one_unit"
    first = (np.arange(40) < 5).astype(float)
    assert refused(trial(t=first), "single treated cluster", cluster="c") == "one_cluster"
    assert refused(trial(t=1 - first), "single comparison cluster", cluster="c") == "one_cluster"


def test_covariates_collinear_with_treatment_are_refused() -> None:
    data = trial()
    twice = {**data, "of_t": data["t"] * 3}
    assert refused(twice, "linearly dependent", covariates=("of_t",)) == "collinear"
    assert (
        refused(twice, "linearly dependent", covariates=("of_t", "x"), cluster="c") == "collinear"
    )


def test_more_coefficients_than_rows_are_refused() -> None:
    data = trial()
    some = {name: values[::5] for name, values in data.items()}
    rng = np.random.default_rng(2)
    names = tuple(f"x{i}" for i in range(5))
    wide = {**some, **{name: rng.normal(size=8) for name in names}}
    assert refused(wide, "8 rows cannot carry", covariates=names) == "too_few_rows"


def test_a_stratum_with_one_arm_needs_additive_strata() -> None:
    data = trial(t=np.where(np.arange(40) < 20, np.arange(40) % 2.0, 1.0))
    interacted = Settings(adjustment="interacted")
    assert refused(data, "holds only treated", interacted, strata="s") == "stratum_one_arm"
    (row,) = estimate(data, strata="s").estimates
    first = {name: values[:20] for name, values in data.items()}
    assert row.estimate == pytest.approx(estimate(first).estimates[0].estimate, rel=1e-9)


def test_what_cannot_be_done_is_said() -> None:
    asked = Settings(adjustment="additive")
    assert refused(trial(), "neither covariates nor strata", asked) == "nothing_to_adjust"
    robust = Settings(std_errors=("HC2", "CR2"))
    assert refused(trial(), "CR2: not a standard error for individ", robust) == "unknown_std_error"
    assert refused(trial(), "HC2: not a standard error for clus", robust, cluster="c")
    alone, grouped = Randomised(treated="t"), Randomised(treated="t", cluster="c")
    assert std_errors(alone) == ("HC2", "HC0", "HC1", "HC3", "randomisation")
    tests = ("wild", "randomisation")
    assert std_errors(grouped) == ("CR2", "CR0", "CR1", "CR1S", "CR3", *tests)
    assert refused(trial(), "wild: not a standard error", Settings(std_errors=("wild",)))


def check(result: Result, name: str) -> str:
    """Return what a check found."""
    (found,) = [one.result for one in result.checks if one.name == name]
    return found


def text_of(result: Result, name: str) -> str:
    """Return what a check says."""
    (found,) = [one.text for one in result.checks if one.name == name]
    return found


def test_covariates_that_add_nothing_are_left_out_and_named() -> None:
    data = trial(flat=np.full(40, 3.0))
    data |= {"x2": 2 * data["x"] + 1, "of_s": (data["s"] == "a") * 2.0}
    names = ("flat", "x", "x2", "of_s")
    headline, beside = estimate(data, strata="s", covariates=names).estimates[:2]
    expected = estimate(data, strata="s", covariates=("x",)).estimates[0]
    for field in ("estimate", "std_error", "df"):
        assert getattr(headline, field) == pytest.approx(getattr(expected, field), rel=1e-9)
    result = estimate(data, strata="s", covariates=names)
    assert "flat: the same in every row; x2, of_s: follows from" in text_of(result, "covariates")
    assert check(result, "covariates") == "uninformative"
    assert beside.method == "difference in means, strata weighted by size"
    (only,) = estimate(data, covariates=("flat",)).estimates
    assert only.method == "difference in means"


def test_few_clusters_take_the_larger_p_value_and_the_wider_interval() -> None:
    result = estimate(trial(), cluster="c")
    headline, alone = result.estimates[:2]
    assert (headline.role, alone.role) == ("headline", "beside")
    assert (headline.n_clusters, alone.interval_method) == (8, None)
    assert headline.interval_method is not None
    assert (headline.estimate, headline.df) == (alone.estimate, alone.df)
    (table,) = [table for table in result.tables if table.kind == "inference"]
    tests = {str(row["method"]).split(" (")[0]: row for row in table.rows}
    assert set(tests) == {"CR2", "randomisation", "wild cluster bootstrap"}
    both = [tests["CR2"], tests["randomisation"]]
    assert headline.p_value == max(float(str(row["p_value"])) for row in both)
    assert headline.conf_low == min(float(str(row["conf_low"])) for row in both)
    assert headline.conf_high == max(float(str(row["conf_high"])) for row in both)
    assert tests["randomisation"]["exact"] is True
    assert tests["randomisation"]["n_draws"] == 70  # 8 over 4
    assert check(result, "clusters") == "passed"
    assert "4 treated and 4 comparison clusters: fewer than 10 on a side" in text_of(
        result, "clusters"
    )


def test_too_few_assignments_leave_no_p_value() -> None:
    some = {name: values[:30] for name, values in trial().items()}
    result = estimate(some, cluster="c")
    assert result.estimates[0].p_value is None
    assert result.estimates[0].interval_method is None
    assert check(result, "clusters") == "failed"
    assert "no p-value below 5 % can be reached" in text_of(result, "clusters")


def test_few_individuals_are_judged_by_randomisation_too(rng: np.random.Generator) -> None:
    data = {name: values[:24] for name, values in individuals(rng).items()}
    data["t"] = np.repeat([1.0, 0.0], [7, 17])
    for fields, adjustment in (((), None), (("x",), None), (("x",), "additive")):
        result = estimate(data, Settings(adjustment=adjustment), covariates=fields)
        headline, alone = result.estimates[:2]
        assert headline.interval_method is not None
        assert (headline.p_value or 0) >= (alone.p_value or 1)
        assert headline.conf_low <= alone.conf_low <= alone.conf_high <= headline.conf_high
        assert check(result, "clusters") == "passed"


def test_asked_for_tests_stand_in_the_table_and_change_no_row(rng: np.random.Generator) -> None:
    drawn = draw_example(DESIGN, rng, 0.5)
    sample = ArraySample(drawn.data, "outcome")
    plain = DESIGN.estimate(drawn.spec, sample, ATE, Settings())
    names = ("wild", "CR2", "randomisation")
    asked = DESIGN.estimate(drawn.spec, sample, ATE, Settings(std_errors=names, draws=999))
    assert asked.estimates == plain.estimates
    assert not [table for table in plain.tables if table.kind == "inference"]
    (table,) = [table for table in asked.tables if table.kind == "inference"]
    assert [str(row["method"]).split(" (")[0] for row in table.rows] == [
        "CR2",
        "randomisation",
        "wild cluster bootstrap",
    ]
    assert {row.get("n_draws") for row in table.rows} == {None, 999}


def test_one_large_cluster_is_few(rng: np.random.Generator) -> None:
    size = np.full(40, 5)
    size[0] = 60
    cluster = np.repeat(np.arange(40), size)
    level = rng.normal(size=40)
    data = {
        "t": (cluster % 2).astype(float),
        "c": np.array([f"c{i:02d}" for i in cluster]),
        "y": level[cluster] + rng.normal(size=len(cluster)),
    }
    result = estimate(data, cluster="c")
    (text,) = [one.text for one in result.checks if one.name == "clusters"]
    assert "one cluster with more than 25% of a side" in text
    (table,) = [table for table in result.tables if table.kind == "clusters"]
    assert table.rows[1] == {
        "arm": "comparison",
        "n_clusters": 20,
        "smallest": 5,
        "largest": 60,
        "largest_share": 60 / 155,
    }
    assert check(estimate({**data, "t": data["t"][::-1].copy()}), "clusters") == "passed"


def test_clusters_that_hold_both_groups_are_named(rng: np.random.Generator) -> None:
    cluster = np.repeat([f"c{i:02d}" for i in range(30)], 6)
    data = {"t": np.tile([0.0, 1.0], 90), "c": cluster, "y": rng.normal(size=180)}
    result = estimate(data, cluster="c")
    assert check(result, "clusters") == "failed"


def test_a_chosen_standard_error_stands_alone_and_the_check_says_so() -> None:
    # Two schools of a side hold most pupils: few degrees of freedom, but 15 clusters on each.
    rng = np.random.default_rng(4)
    size = np.full(30, 4)
    size[[0, 2, 4, 6]] = 30
    school = np.repeat(np.arange(30), size)
    data = {
        "t": (school % 2).astype(float),
        "c": np.array([f"c{i:02d}" for i in school]),
        "x": rng.normal(size=30)[school] * np.where(size > 4, 8.0, 0.1)[school],
        "y": rng.normal(size=30)[school] + rng.normal(size=len(school)),
    }
    texts = set()
    for name in ("CR2", "CR0", "CR1", "CR1S", "CR3"):
        result = estimate(data, Settings(std_errors=(name,)), cluster="c", covariates=("x",))
        texts.add(text_of(result, "clusters").partition(". ")[0])
        assert check(result, "clusters") == ("passed" if name == "CR2" else "failed")
        assert (f"{name} was chosen" in text_of(result, "clusters")) == (name != "CR2")
        assert {row.std_error_method for row in result.estimates} == {name, "Welch"}
        assert (result.estimates[0].df == 29) == (name != "CR2")
        assert (result.estimates[0].interval_method is None) == (name != "CR2")
    assert len(texts) == 1
    assert "degrees of freedom" in texts.pop()


def test_rows_that_lack_a_covariate_count_as_attrition() -> None:
    x, y = trial()["x"].copy(), trial()["y"].copy()
    gone = np.flatnonzero(trial()["t"] == 1)[:9]
    x[gone], y[gone] = np.nan, np.nan  # as the data step leaves them
    result = estimate(trial(x=x, y=y), covariates=("x",))
    assert check(result, "attrition") == "failed"
    (text,) = [one.text for one in result.checks if one.name == "attrition"]
    assert "22.5% of those assigned lack the outcome or a covariate" in text
    assert "(a covariate: 9, left out)" in text
    (balance,) = [table for table in result.tables if table.kind == "balance"]
    assert (balance.rows[0]["n_treated"], balance.rows[0]["n_comparison"]) == (11, 20)
    assert {row.n_obs for row in result.estimates} == {31}


def test_attrition_is_counted_by_arm() -> None:
    y = trial()["y"].copy()
    y[trial()["t"] == 1] = np.where(np.arange(20) < 6, np.nan, y[:20])
    result = estimate(trial(y=y))
    assert check(result, "attrition") == "failed"
    (table,) = [table for table in result.tables if table.kind == "attrition"]
    assert [row.get("n_obs") for row in table.rows] == [14, 20, 34, None]
    assert table.rows[3]["attrition"] == pytest.approx(0.3)
    assert result.estimates[0].n_obs == 34
    (arms,) = [table for table in result.tables if table.kind == "arms"]
    assert [(row["arm"], row["n_assigned"], row["n_obs"]) for row in arms.rows] == [
        ("treated", 20, 14),
        ("comparison", 20, 20),
    ]
    assert arms.rows[1]["mean"] == pytest.approx(y[trial()["t"] == 0].mean(), rel=1e-12)
    assert arms.rows[1]["std_dev"] == pytest.approx(y[trial()["t"] == 0].std(ddof=1), rel=1e-12)


def test_fields_and_their_roles() -> None:
    spec = Randomised(treated="t", cluster="c", strata="s", covariates=("x", "z"))
    assert roles(spec) == {
        "t": "treatment",
        "c": "cluster",
        "s": "stratum",
        "x": "covariate",
        "z": "covariate",
    }
    with pytest.raises(ValidationError, match="Extra inputs"):
        Randomised(treated="t", clusters="c")  # type: ignore[call-arg]


def test_simulated_truth_is_what_was_put_in(rng: np.random.Generator) -> None:
    drawn = draw_example(DESIGN, rng, 2.5)
    assert drawn.truth == {"outcome": 2.5}
    rows: list[Estimate] = []
    for _ in range(60):
        drawn = draw_example(DESIGN, rng, 2.5)
        sample = ArraySample(drawn.data, "outcome")
        rows.append(DESIGN.estimate(drawn.spec, sample, ATE, Settings()).estimates[0])
    error = np.array([row.estimate for row in rows]) - 2.5
    assert abs(error.mean()) < 3.3 * error.std(ddof=1) / np.sqrt(60)
