"""Difference in differences: numbers by brute force, coverage, and checks that find faults."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from evaluate.assumptions.definition import AssumedOutcome, ClusterSize
from evaluate.assumptions.scenario import Scenario, Wave
from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.design import Result, roles
from evaluate.designs.did import DESIGN, Did
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.did_alone import ALONE
from evaluate.inference.linear import Fit, GroupMoments, fit

Float = NDArray[np.float64]
Data = dict[str, NDArray[Any]]
ATT = Estimand("ATT", "y", "points")
# Sums in another order, through matrices of moderate condition.
TIGHT = 1e-9
FIELDS: dict[str, dict[str, Any]] = {
    "crossed": {"cluster": "c"},
    "crossed by year": {"cluster": "c", "time": "time", "covariates": ("x",)},
    "followed": {"unit": "u"},
    "followed in clusters": {"unit": "u", "cluster": "c", "covariates": ("x",)},
    "followed by year": {"unit": "u", "cluster": "c", "time": "time", "covariates": ("x",)},
    "rows": {"unit": "r", "covariates": ("x",)},
}
each_kind = pytest.mark.parametrize("kind", FIELDS)


def groups(clusters: int = 33, pupils: int = 2, seed: int = 8, gaps: bool = True) -> Data:
    """Return pupils of clusters in four years, a third treated in the last two, not all seen."""
    rng = np.random.default_rng(seed)
    c = np.repeat(np.arange(clusters), 4 * pupils)
    year = np.tile(np.repeat(np.arange(4), pupils), clusters)
    u = c * pupils + np.tile(np.arange(pupils), clusters * 4)
    t, post = (c % 3 == 0) * 1.0, (year >= 2) * 1.0
    x = rng.normal(size=len(c)) + 0.2 * t * post
    y = rng.normal(size=clusters)[c] + 0.3 * rng.normal(size=(clusters, 4))[c, year]
    y += 0.3 * year + 0.5 * x + 1.5 * t * post + rng.normal(size=len(c))
    data: Data = {
        "t": t,
        "post": post,
        "time": 2015.0 + year,
        "c": np.array([f"c{one:02d}" for one in c]),
        "u": np.array([f"u{one:03d}" for one in u]),
        "r": np.array([f"r{one:04d}" for one in range(len(c))]),
        "w": rng.integers(1, 4, len(c)).astype(float),
        "x": x,
        "y": y,
    }
    kept = rng.random(len(c)) < (0.9 if gaps else 2.0)
    return {name: values[kept] for name, values in data.items()}


def estimate(data: Data, settings: Settings | None = None, **fields: Any) -> Result:
    """Return our result."""
    spec = Did(treated="t", post="post", **fields)
    return DESIGN.estimate(spec, ArraySample(data, "y"), ATT, settings or Settings())


def indicators(values: NDArray[Any]) -> Float:
    """Return an indicator for each level."""
    return (values[:, None] == np.unique(values)) * 1.0


def long_way(data: Data, fields: Mapping[str, Any]) -> tuple[GroupMoments, Fit]:
    """Return the regression on rows with all its indicators, by cluster, the effect first."""
    columns = [data["t"] * data["post"]]
    columns += [data[name] for name in fields.get("covariates", ())]
    effects = indicators(data["time"])[:, 1:] if "time" in fields else data["post"][:, None]
    followed = "unit" in fields and fields["unit"] != "r"
    level = indicators(data["u"]) if followed else np.column_stack([data["t"], 0 * data["t"] + 1])
    x = np.column_stack([*columns, effects, level])
    if followed:  # a unit with one row tells nothing, and is not counted
        unit = np.unique(data["u"], return_inverse=True)[1]
        keep = np.bincount(unit)[unit] > 1
        x, data = x[keep][:, x[keep].any(axis=0)], {n: v[keep] for n, v in data.items()}
    name = fields.get("cluster", fields.get("unit"))
    parts = [(x[data[name] == one], data["y"][data[name] == one]) for one in np.unique(data[name])]
    moments = GroupMoments(
        n=np.array([len(b) for _, b in parts]),
        xx=np.array([a.T @ a for a, _ in parts]),
        xy=np.array([a.T @ b for a, b in parts]),
        yy=np.array([b @ b for _, b in parts]),
    )
    return moments, fit(moments)


@each_kind
def test_the_effect_is_that_of_the_regression_on_rows(kind: str) -> None:
    data, fields = groups(), FIELDS[kind]
    headline = estimate(data, **fields).estimates[0]
    moments, fitted = long_way(data, fields)
    expected = cluster_spread(moments, fitted, np.eye(fitted.rank)[0], "CR2")
    assert headline.estimate == pytest.approx(float(fitted.coefficients[0]), rel=TIGHT)
    assert headline.std_error == pytest.approx(expected.std_error, rel=TIGHT)
    assert headline.df == pytest.approx(expected.df, rel=1e-7)
    assert headline.n_obs == fitted.n_obs
    assert headline.n_treated == int((data["t"] * data["post"]).sum())
    assert headline.std_error_method == ("HC2" if kind == "rows" else "CR2")


def test_without_covariates_it_is_the_difference_of_two_changes() -> None:
    data = groups()
    cell = {
        (t, post): data["y"][(data["t"] == t) & (data["post"] == post)].mean()
        for t in (0, 1)
        for post in (0, 1)
    }
    result = estimate(data, cluster="c")
    change = cell[1, 1] - cell[1, 0]
    assert result.estimates[0].estimate == pytest.approx(
        change - (cell[0, 1] - cell[0, 0]), rel=TIGHT
    )
    (alone,) = [row for row in result.estimates if row.method == ALONE]
    assert alone.estimate == pytest.approx(change, rel=TIGHT)
    assert (alone.estimand, alone.role, alone.term) == ("descriptive", "beside", "overall")
    (paths,) = [table for table in result.tables if table.kind == "paths"]
    assert [row["event_time"] for row in paths.rows] == [-1, 0]
    assert paths.rows[1]["treated"] == pytest.approx(cell[1, 1], rel=TIGHT)


@pytest.mark.parametrize("kind", ["crossed", "followed in clusters", "rows"])
def test_frequencies_are_rows_written_out(kind: str) -> None:
    data = groups()
    fields = dict(FIELDS[kind], weights="w", weights_kind="frequency")
    weighted = estimate(data, **fields)
    again = {name: np.repeat(v, data["w"].astype(int)) for name, v in data.items()}
    if kind == "rows":  # each is a unit of its own
        again["r"] = np.array([f"r{i:05d}" for i in range(len(again["y"]))])
    written = estimate(again, **FIELDS[kind])
    left, right = weighted.estimates[0], written.estimates[0]
    assert left.estimate == pytest.approx(right.estimate, rel=TIGHT)
    assert left.std_error == pytest.approx(right.std_error, rel=TIGHT)


def test_precision_weights_of_clusters_are_weighted_least_squares() -> None:
    data = groups()
    row = estimate(data, cluster="c", weights="w", weights_kind="inverse_variance").estimates[0]
    x = np.column_stack([data["t"] * data["post"], data["t"], data["post"], 0 * data["t"] + 1])
    root = np.sqrt(data["w"])
    expected = np.linalg.lstsq(x * root[:, None], data["y"] * root, rcond=None)[0]
    assert row.estimate == pytest.approx(expected[0], rel=TIGHT)


@each_kind
@pytest.mark.parametrize("change", ["rows", "labels", "unit"])
def test_what_must_not_matter_does_not(kind: str, change: str) -> None:
    data = groups()
    before = estimate(data, **FIELDS[kind])
    other, scale = dict(data), 1.0
    if change == "rows":
        turn = np.random.default_rng(2).permutation(len(data["y"]))
        other = {name: values[turn] for name, values in data.items()}
    elif change == "labels":
        for name in ("c", "u", "r"):
            level, code = np.unique(data[name], return_inverse=True)
            other[name] = np.array([f"{len(level) - i:04d}" for i in range(len(level))])[code]
    else:
        other["y"], scale = 40 - 3 * data["y"], -3.0
    after = estimate(other, **FIELDS[kind])
    for left, right in zip(before.estimates, after.estimates, strict=True):
        size = abs(left.std_error * scale)
        assert right.estimate == pytest.approx(left.estimate * scale, abs=TIGHT * size)
        assert right.std_error == pytest.approx(size, rel=1e-8)
        assert right.p_value == pytest.approx(left.p_value, rel=1e-6, abs=1e-12)
    assert [one.result for one in before.checks] == [one.result for one in after.checks]


@pytest.mark.parametrize("kind", ["crossed", "followed in clusters", "followed by year"])
def test_few_clusters_are_judged_by_exchanging_groups(kind: str) -> None:
    data = groups(clusters=12)
    result = estimate(data, **FIELDS[kind])
    headline, alone = result.estimates[:2]
    assert headline.interval_method is not None
    assert (headline.p_value or 0) >= (alone.p_value or 1)
    assert headline.conf_low <= alone.conf_low <= alone.conf_high <= headline.conf_high
    (table,) = [one for one in result.tables if one.kind == "inference"]
    (row,) = [one for one in table.rows if one["method"] == "randomisation"]
    assert (row["n_draws"], row["exact"]) == (495, True)  # 12 clusters, 4 treated
    assert row["p_value"] == pytest.approx(exchanged(data, FIELDS[kind]), abs=1e-12)


def exchanged(data: Data, fields: Mapping[str, Any]) -> float:
    """Return the p-value from a regression on rows for each of all assignments."""
    level, code = np.unique(data["c"], return_inverse=True)
    own = np.array([data["t"][code == i].max() for i in range(len(level))]) == 1
    found = {}
    for chosen in combinations(range(len(level)), int(own.sum())):
        treated = np.isin(np.arange(len(level)), chosen)
        moments, fitted = long_way({**data, "t": treated[code] * 1.0}, fields)
        towards = fitted.bread[0]
        scores = moments.xy - moments.xx @ fitted.coefficients
        leverage = np.einsum("i,cij,j->c", towards, moments.xx, towards)
        side = np.where(treated, leverage[treated].sum(), leverage[~treated].sum())
        influence = scores @ towards / np.sqrt(1 - leverage / side)
        found[chosen] = abs(fitted.coefficients[0]) / np.sqrt(influence @ influence)
    observed = found[tuple(np.flatnonzero(own).tolist())]
    return float(np.mean([one >= observed * (1 - 1e-9) for one in found.values()]))


def test_exchanged_groups_of_one_size_have_the_t_of_cr2() -> None:
    data = groups(clusters=12, gaps=False)
    result = estimate(data, cluster="c", time="time")
    (table,) = [one for one in result.tables if one.kind == "inference"]
    cr2, randomised = table.rows[:2]
    assert randomised["statistic"] == pytest.approx(cr2["statistic"], rel=TIGHT)


def test_years_are_told_apart_as_a_regression_on_rows_does() -> None:
    data = groups()
    result = estimate(data, cluster="c", time="time")
    shown = [2015.0, 2017.0, 2018.0]
    effects = np.column_stack([data["t"] * (data["time"] == one) for one in shown])
    x = np.column_stack([effects, indicators(data["time"]), data["t"]])
    expected = np.linalg.lstsq(x, data["y"], rcond=None)[0][:3]
    (table,) = [one for one in result.tables if one.kind == "event_study"]
    assert [row["event_time"] for row in table.rows] == [-2, -1, 0, 1]
    assert [row["reference"] for row in table.rows] == [False, True, False, False]
    found = [row["estimate"] for row in table.rows if not row["reference"]]
    np.testing.assert_allclose(np.array(found, float), expected, rtol=TIGHT)
    for row in table.rows:
        if not row["reference"]:
            low, high = (float(str(row[name])) for name in ("conf_low", "conf_high"))
            assert float(str(row["band_low"])) < low < high < float(str(row["band_high"]))
    terms = {row.term: row.estimate for row in result.estimates}
    assert terms["event_time=-2"] == pytest.approx(expected[0], rel=TIGHT)
    (rollout,) = [one for one in result.tables if one.kind == "rollout"]
    assert {(row["cohort"], row["period"]) for row in rollout.rows if row["treated"]} == {
        ("2017", "2017"),
        ("2017", "2018"),
    }


def test_units_that_are_each_seen_once_are_rows() -> None:
    data = groups()
    plain = estimate(data, unit="r").estimates[0]
    same = estimate(data, unit="r", cluster="r").estimates[0]
    assert (plain.n_clusters, plain.method) == (None, "difference in differences")
    assert (same.estimate, same.std_error) == (plain.estimate, plain.std_error)
    clustered = estimate(data, unit="r", cluster="c").estimates[0]
    assert clustered == estimate(data, cluster="c").estimates[0]
    asked = estimate(data, Settings(std_errors=("classical", "CR1S", "HC3")), unit="r")
    assert [row.std_error_method for row in asked.estimates[:3]] == ["classical", "HC1", "HC3"]


def test_chosen_standard_errors_and_tests() -> None:
    data = groups()
    names = ("CR1S", "CR2", "CR3", "wild", "randomisation")
    result = estimate(data, Settings(std_errors=names, draws=199), cluster="c")
    assert [row.std_error_method for row in result.estimates[:3]] == ["CR1S", "CR2", "CR3"]
    (table,) = [one for one in result.tables if one.kind == "inference"]
    assert len(table.rows) == 5
    few = estimate(groups(clusters=12), Settings(std_errors=("CR1S",)), cluster="c")
    text = {one.name: one.text for one in few.checks}["clusters"]
    assert "CR1S was chosen" in text


def test_headline_only_is_the_headline() -> None:
    for clusters in (12, 33):
        data = groups(clusters=clusters)
        whole = estimate(data, **FIELDS["crossed by year"])
        alone = estimate(data, Settings(headline_only=True), **FIELDS["crossed by year"])
        assert alone.estimates == whole.estimates[:1]


def test_fields_and_their_roles() -> None:
    spec = Did(treated="t", post="post", unit="u", cluster="c", time="y", covariates=("x",))
    assert roles(spec) == {
        "t": "treatment",
        "post": "treatment",
        "u": "unit",
        "c": "cluster",
        "y": "time",
        "x": "covariate",
    }
    with pytest.raises(ValidationError, match="neither `unit` nor `cluster`"):
        Did(treated="t", post="post")


SHAPES: dict[str, dict[str, Any]] = {
    "crossed": {"cluster": "c", "time": "time"},
    "followed": {"unit": "u"},
    "followed in clusters": {"unit": "u", "cluster": "c"},
}


def scenario(kind: str, effect: float, diverging: float = 0.0, units: int = 30) -> Scenario:
    """Return schools, or pupils without schools, in six years."""
    outcome = AssumedOutcome(
        baseline=10, effect=effect, sd=2, icc=0.2, autocorrelation=0.5, trend=0.4
    )
    icc = 0.0 if kind == "followed" else 0.2
    outcome = outcome.model_copy(update={"diverging": diverging, "icc": icc})
    size = None if kind == "followed" else ClusterSize(mean=8, sd=3)
    return Scenario(units=units, size=size, periods=6, outcomes={"y": outcome}, treated_share=0.4)


def drawn_rows(kind: str, draws: int, effect: float, *, units: int = 30) -> list[Estimate]:
    """Return the headlines of simulated studies."""
    rng, spec = np.random.default_rng(5), Did(treated="t", post="post", **SHAPES[kind])
    found = []
    for _ in range(draws):
        drawn = DESIGN.simulate(spec, scenario(kind, effect, units=units), rng)
        sample, asked = ArraySample(drawn.data, "y"), Settings(headline_only=True, draws=199)
        found.append(DESIGN.estimate(spec, sample, ATT, asked).estimates[0])
    return found


@pytest.mark.parametrize("kind", SHAPES)
def test_simulated_truth_is_what_was_put_in(kind: str) -> None:
    error = np.array([row.estimate for row in drawn_rows(kind, 60, 2.5)]) - 2.5
    assert abs(error.mean()) < 3.3 * error.std(ddof=1) / np.sqrt(60)


@pytest.mark.slow
@pytest.mark.parametrize("units", [30, 12])
@pytest.mark.parametrize("kind", SHAPES)
def test_intervals_cover(kind: str, units: int) -> None:
    rows = drawn_rows(kind, 400, 1.0, units=units)
    covered = np.mean([row.conf_low <= 1.0 <= row.conf_high for row in rows])
    # 99.9 % binomial band around 0.95 at 400 draws; with few clusters the hull may be wider.
    assert 0.914 <= covered <= (0.986 if units > 20 else 1.0)


def test_the_scenario_decides_when_the_programme_starts() -> None:
    spec = Did(treated="t", post="post", **SHAPES["crossed"])
    rng = np.random.default_rng(1)
    one = scenario("crossed", 1.0)
    early = Scenario(**{**{n: getattr(one, n) for n in one.__slots__}, "waves": (Wave(2, 0.4),)})
    for plan, start in ((one, 4), (early, 2)):
        data = DESIGN.simulate(spec, plan, rng).data
        np.testing.assert_array_equal(data["post"], data["time"] >= start)
        assert len(np.unique(data["c"][data["t"] == 1])) == 12


def found_by(check: str, draws: int, *, diverging: float = 0.0, losing: bool = False) -> float:
    """Return how often a check failed in simulated studies."""
    rng, spec = np.random.default_rng(7), Did(treated="t", post="post", **SHAPES["crossed"])
    failed = 0
    for _ in range(draws):
        data = dict(DESIGN.simulate(spec, scenario("crossed", 1.0, diverging), rng).data)
        if losing:
            gone = (data["t"] == 1) & (data["post"] == 1) & (rng.random(len(data["t"])) < 0.5)
            data = {name: values[~gone] for name, values in data.items()}
        sample, quick = ArraySample(data, "y"), Settings(draws=99)
        result = DESIGN.estimate(spec, sample, ATT, quick)
        failed += {one.name: one.result for one in result.checks}[check] == "failed"
    return failed / draws


# Of clean draws 7 % may fail, and with 60 of them 3.29 standard errors more.
CLEAN = 0.07 + 3.29 * np.sqrt(0.07 * 0.93 / 60)


@pytest.mark.slow
def test_trends_that_part_are_found_and_equal_ones_are_not() -> None:
    assert found_by("pretrends", 30, diverging=1.0) >= 0.8
    assert found_by("pretrends", 60) <= CLEAN


@pytest.mark.slow
def test_rows_that_are_lost_in_one_group_are_found_and_others_are_not() -> None:
    assert found_by("composition", 30, losing=True) >= 0.8
    assert found_by("composition", 60) <= CLEAN
