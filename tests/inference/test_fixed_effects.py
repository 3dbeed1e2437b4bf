"""Absorbing effects equals a column for each of their levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import evaluate.data.within as within_module
from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference import demean, demean_iterated
from evaluate.inference.absorb import absorbed_covariance, absorbed_spread, fit_absorbed
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.demean import demeaned
from evaluate.inference.demean_factors import connected_sets, factor
from evaluate.inference.linear import Fit, GroupMoments, fit
from evaluate.inference.two_way import absorb_effects

Float = NDArray[np.float64]
Data = dict[str, NDArray[Any]]
TIGHT = 1e-9  # two routes through matrices of condition 1e4
CLUSTERED = ("CR0", "CR1", "CR2", "CR3")


def panel(seed: int = 4) -> Data:
    """Return 260 rows: units of unlike size in 12 clusters, not all in each of six periods."""
    rng = np.random.default_rng(seed)
    n = 260
    unit = rng.integers(0, 48, n)
    period = rng.integers(0, 6, n)
    keep = np.bincount(unit, minlength=48)[unit] > 1
    unit, period = unit[keep], period[keep]
    n = len(unit)
    treated = ((unit % 3 == 0) & (period >= 3)).astype(float)
    x = rng.normal(size=n) + 0.1 * unit + 0.2 * period
    return {
        "unit": unit.astype(float),
        "period": period + 2010.0,
        "cluster": unit % 12.0,
        "group": rng.integers(0, 9, n).astype(float),
        "fourth": rng.integers(0, 30, n).astype(float),
        "treated": treated,
        "x": x,
        "weight": rng.uniform(0.5, 3, n),
        "y": rng.normal(size=n) + 2 * treated + x + 0.3 * unit + 0.5 * period,
    }


def indicators(*columns: NDArray[Any]) -> Float:
    """Return an indicator for each level; of all columns but the first, without one level."""
    parts = [(one[:, None] == np.unique(one)).astype(float) for one in columns]
    return np.hstack([part if i == 0 else part[:, 1:] for i, part in enumerate(parts)])


def by_cluster(x: Float, y: Float, cluster: NDArray[Any]) -> GroupMoments:
    """Return the moments of each cluster, from rows."""
    parts = [(x[cluster == one], y[cluster == one]) for one in np.unique(cluster)]
    return GroupMoments(
        n=np.array([len(b) for _, b in parts]),
        xx=np.array([a.T @ a for a, _ in parts]),
        xy=np.array([a.T @ b for a, b in parts]),
        yy=np.array([b @ b for _, b in parts]),
    )


def long_way(data: Data, effects: tuple[str, ...], weighted: bool) -> tuple[GroupMoments, Fit]:
    """Return the regression with explicit indicators, and its fit."""
    x = np.column_stack([data["treated"], data["x"], indicators(*(data[one] for one in effects))])
    root = np.sqrt(data["weight"]) if weighted else np.ones(len(x))
    groups = by_cluster(x * root[:, None], data["y"] * root, data["cluster"])
    return groups, fit(groups)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("period", [None, "period"])
@pytest.mark.parametrize("std_error", CLUSTERED)
def test_absorbing_equals_explicit_indicators(
    std_error: str, period: str | None, weighted: bool
) -> None:
    data = panel()
    weights = "weight" if weighted else None
    within = ArraySample(data, "y").within(
        ("treated", "x", "y"), "unit", period, ("cluster",), weights, "inverse_variance"
    )
    fitted = fit_absorbed(within, ("treated",))
    groups, long = long_way(data, ("unit", "period") if period else ("unit",), weighted)
    for i, name in enumerate(("treated", "x")):
        assert fitted.effect(name) == pytest.approx(long.coefficients[i], rel=TIGHT)
        ours = absorbed_spread(fitted, fitted.contrast(name), std_error)  # type: ignore[arg-type]
        theirs = cluster_spread(groups, long, np.eye(long.rank)[i], std_error)  # type: ignore[arg-type]
        assert ours.std_error == pytest.approx(theirs.std_error, rel=TIGHT)
        assert ours.df == pytest.approx(theirs.df, rel=TIGHT)


def test_cr1s_counts_columns_periods_and_the_constant() -> None:
    data = panel()
    sample = ArraySample(data, "y")
    within = sample.within(("treated", "x", "y"), "unit", "period", ("cluster",))
    fitted = fit_absorbed(within)
    n, k = len(data["y"]), 2 + 5 + 1
    plain, stata = (
        absorbed_spread(fitted, fitted.contrast("x"), name).std_error for name in ("CR1", "CR1S")
    )
    assert stata / plain == pytest.approx(np.sqrt((n - 1) / (n - k)), rel=1e-12)


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("std_error", ["CR0", "CR1", "CR1S"])
def test_scores_give_what_moments_by_cluster_give(std_error: Any, weights: str | None) -> None:
    data = panel()
    sample = ArraySample(data, "y")
    columns = ("treated", "x", "y")
    kind = "probability"
    pooled = fit_absorbed(sample.within(columns, "unit", "period", (), weights, kind))
    covariance, df = absorbed_covariance(sample, pooled, ("cluster",), std_error)
    fitted = fit_absorbed(sample.within(columns, "unit", "period", ("cluster",), weights, kind))
    rows = absorb_effects(
        data["y"],
        np.column_stack([data["treated"], data["x"]]),
        (data["unit"], data["period"]),
        data["cluster"],
        std_error=std_error,
        weights=data[weights] if weights else None,
    )
    assert rows.covariance == pytest.approx(covariance, rel=TIGHT)
    assert rows.df == df == 11
    for i, name in enumerate(("treated", "x")):
        spread = absorbed_spread(fitted, fitted.contrast(name), std_error)
        assert spread.std_error**2 == pytest.approx(covariance[i, i], rel=TIGHT)


EFFECTS = [("unit",), ("unit", "period"), ("unit", "period", "group")]
EFFECTS += [("period", "fourth", "unit", "group")]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("effects", EFFECTS, ids=len)
def test_any_number_of_effects_equals_explicit_indicators(
    effects: tuple[str, ...], weighted: bool
) -> None:
    data = panel()
    x = np.column_stack([data["treated"], data["x"]])
    weights = data["weight"] if weighted else None
    _, long = long_way(data, effects, weighted)
    found = absorb_effects(
        data["y"], x, [data[one] for one in effects], std_error="classical", weights=weights
    )
    assert found.coefficients == pytest.approx(long.coefficients[:2], rel=TIGHT)
    assert found.n_effects == long.rank - 2
    assert found.df == long.n_obs - long.rank
    variance = long.residual_sum / found.df * long.bread[:2, :2]
    assert found.covariance == pytest.approx(variance, rel=TIGHT)


@pytest.mark.parametrize("std_error", ["HC0", "HC1"])
def test_robust_rows_equal_explicit_indicators(std_error: Any) -> None:
    data = panel()
    design = np.column_stack([data["treated"], data["x"], indicators(data["unit"], data["period"])])
    _, long = long_way(data, ("unit", "period"), False)
    scores = design * (data["y"] - design @ long.coefficients)[:, None]
    n, k = design.shape
    factor_ = n / (n - k) if std_error == "HC1" else 1.0
    expected = factor_ * long.bread @ scores.T @ scores @ long.bread
    found = absorb_effects(
        data["y"], design[:, :2], (data["unit"], data["period"]), std_error=std_error
    )
    assert found.covariance == pytest.approx(expected[:2, :2], rel=TIGHT)


def test_frequencies_equal_repeated_rows() -> None:
    data = panel()
    data["times"] = np.random.default_rng(6).integers(0, 4, len(data["y"])).astype(float)
    often = {name: np.repeat(values, data["times"].astype(int)) for name, values in data.items()}
    of = (("treated", "x", "y"), "unit", "period", ("cluster",))
    ours = ArraySample(data, "y").within(*of, "times")
    theirs = ArraySample(often, "y").within(*of)
    assert ours.n.tolist() == theirs.n.tolist()
    assert (ours.n_units, ours.n_singletons) == (theirs.n_units, theirs.n_singletons)
    for name in ("CR1S", "CR2"):
        found = [
            absorbed_spread(fitted, fitted.contrast("x"), name)  # type: ignore[arg-type]
            for fitted in (fit_absorbed(ours), fit_absorbed(theirs))
        ]
        assert found[0].std_error == pytest.approx(found[1].std_error, rel=TIGHT)
        assert found[0].df == pytest.approx(found[1].df, rel=TIGHT)


@pytest.mark.parametrize("kind", ["inverse_variance", "probability"])
def test_the_size_of_weights_does_not_matter(kind: Any) -> None:
    data = panel()
    data["large"] = data["weight"] * 1e12
    of = (("treated", "x", "y"), "unit", "period", ("cluster",))
    ours, theirs = (
        fit_absorbed(ArraySample(data, "y").within(*of, name, kind)) for name in ("weight", "large")
    )
    small, large = (absorbed_spread(one, one.contrast("x"), "CR3") for one in (ours, theirs))
    assert small.std_error == pytest.approx(large.std_error, rel=TIGHT)


def test_probability_weights_have_no_cr2_after_absorbing() -> None:
    data = panel()
    within = ArraySample(data, "y").within(
        ("x", "y"), "unit", "period", ("cluster",), "weight", "probability"
    )
    fitted = fit_absorbed(within)
    with pytest.raises(Refused, match="probability weights CR2") as refused:
        absorbed_spread(fitted, fitted.contrast("x"), "CR2")
    assert refused.value.code == "absorbed_probability_weights"


def test_a_balanced_panel_in_any_order() -> None:
    rng = np.random.default_rng(1)
    unit, period = np.repeat(np.arange(40), 5), np.tile(np.arange(5), 40)
    x = rng.normal(size=(200, 2)) + unit[:, None]
    y = rng.normal(size=200) + x @ [1.0, -1.0] + period
    tidy = absorb_effects(y, x, (unit, period), unit)
    long = np.linalg.lstsq(np.column_stack([x, indicators(unit, period)]), y, rcond=None)[0]
    assert tidy.coefficients == pytest.approx(long[:2], rel=TIGHT)
    mixed = rng.permutation(200)
    shuffled = absorb_effects(y[mixed], x[mixed], (unit[mixed], period[mixed]), unit[mixed])
    assert shuffled.coefficients == pytest.approx(tidy.coefficients, rel=1e-11)
    assert shuffled.covariance == pytest.approx(tidy.covariance, rel=1e-11)


def test_neither_order_nor_labels_matter() -> None:
    data = panel()
    other = np.random.default_rng(9).permutation(len(data["y"]))
    names = np.random.default_rng(8).permutation(48)
    renamed = {
        **{name: values[other] for name, values in data.items()},
        "unit": np.array([f"enhet {names[int(one)]}" for one in data["unit"][other]]),
        "period": np.array([f"{9 - one % 10:.0f}" for one in data["period"][other]]),
    }
    found = []
    for rows in (data, renamed):
        sample = ArraySample(rows, "y")
        fitted = fit_absorbed(sample.within(("treated", "x", "y"), "unit", "period", ("cluster",)))
        spread = absorbed_spread(fitted, fitted.contrast("treated"), "CR2")
        direct = absorb_effects(
            rows["y"], rows["x"][:, None], (rows["unit"], rows["period"]), rows["cluster"]
        )
        found.append([fitted.effect("treated"), spread.std_error, spread.df, *direct.std_errors])
    assert found[0] == pytest.approx(found[1], rel=1e-10)


def test_periods_that_no_unit_connects_lose_an_indicator_each() -> None:
    data = panel()
    apart = data["period"] >= 2013
    data["unit"] = data["unit"] + 100.0 * apart
    data["cluster"] = data["unit"] % 12
    size = {one: np.sum(data["unit"] == one) for one in np.unique(data["unit"])}
    keep = np.array([size[one] > 1 for one in data["unit"]])
    data = {name: values[keep] for name, values in data.items()}
    within = ArraySample(data, "y").within(("x", "y"), "unit", "period", ("cluster",))
    assert within.shown.tolist() == [1, 2, 4, 5]
    fitted = fit_absorbed(within)
    design = np.column_stack([data["x"], indicators(data["unit"], data["period"])])
    long = np.linalg.lstsq(design, data["y"], rcond=None)
    assert fitted.effect("x") == pytest.approx(long[0][0], rel=TIGHT)
    direct = absorb_effects(
        data["y"], data["x"][:, None], (data["unit"], data["period"]), std_error="classical"
    )
    assert direct.n_effects + 1 == long[2]
    assert connected_sets(factor(data["unit"]), factor(data["period"])) == 2


def test_units_of_one_row_are_counted_and_change_nothing() -> None:
    data = panel()
    alone = {name: np.append(values, values[:3]) for name, values in data.items()}
    alone["unit"][-3:] = [900, 901, 902]
    alone["cluster"][-3:] = [7, 77, 78]
    alone["y"][-3:] += 100
    found = []
    for rows in (data, alone):
        within = ArraySample(rows, "y").within(("treated", "x", "y"), "unit", by=("cluster",))
        fitted = fit_absorbed(within)
        spread = absorbed_spread(fitted, fitted.contrast("x"), "CR1S")
        direct = absorb_effects(
            rows["y"], rows["x"][:, None], (rows["unit"],), rows["cluster"], std_error="CR1S"
        )
        found.append((fitted.effect("x"), spread.std_error, spread.df, direct.std_errors[0]))
    assert (within.n_singletons, direct.n_singletons) == (3, 3)
    assert (len(within.n), direct.n_clusters) == (12, 12)
    assert found[0] == pytest.approx(found[1], rel=1e-11)


def test_units_that_differ_far_more_than_their_rows_cost_no_digits() -> None:
    data = panel()
    calm = ArraySample(data, "y").within(("x", "y"), "unit", "period")
    # A power of two, so that adding it costs the rows themselves as little as can be.
    data["y"] = data["y"] + 2.0**20 * data["unit"]
    data["x"] = data["x"] - 2.0**20 * data["unit"]
    steep = ArraySample(data, "y").within(("x", "y"), "unit", "period")
    # Numbers near 5e7 hold the rows' differences to 1e-8 of their size.
    assert steep.cross == pytest.approx(calm.cross, rel=1e-7, abs=1e-6)
    # Squares less squares of sums would have kept none of the 16 digits.
    assert steep.total.min() > 1e14 * calm.cross[0].diagonal()[:2].max() / 1e2


def test_iteration_equals_the_exact_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel()
    columns = np.array([data["x"], data["y"]])
    factors = [factor(data["unit"]), factor(data["fourth"])]
    for weights in (None, data["weight"]):
        exact = demeaned(columns, factors, weights)
        with monkeypatch.context() as patch:
            patch.setattr(demean, "SOLVED_AT_ONCE", 0)
            iterated = demeaned(columns, factors, weights)
        assert iterated.columns == pytest.approx(exact.columns, abs=1e-9)
        assert iterated.rank == exact.rank


def test_a_long_chain_of_units_still_converges(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each unit is at two places, each place holds three rows of neighbouring units: the graph
    # is as loose as a connected one can be.
    m = 300
    unit = np.repeat(np.arange(m), 3)
    place = (unit + np.tile([0, 1, 1], m)).astype(np.int64)
    x = np.random.default_rng(0).normal(size=(1, 3 * m))
    factors = [factor(unit), factor(place)]
    exact = demeaned(x, factors).columns
    monkeypatch.setattr(demean, "SOLVED_AT_ONCE", 0)
    assert demeaned(x, factors).columns == pytest.approx(exact, abs=1e-9)


def test_iteration_that_does_not_arrive_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel()
    monkeypatch.setattr(demean_iterated, "MOST_STEPS", 3)
    with pytest.raises(Refused, match="loosely connected") as refused:
        absorb_effects(
            data["y"],
            data["x"][:, None],
            (data["unit"], data["fourth"], data["group"]),
            std_error="classical",
        )
    assert refused.value.code == "not_converged"


def test_iteration_that_rounding_undoes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel()
    monkeypatch.setattr(demean_iterated, "_ROUNDING", 1.0)  # as if it were there at once
    with pytest.raises(Refused, match="loosely connected"):
        demeaned(data["x"][None], [factor(data[one]) for one in ("unit", "fourth", "group")])


@pytest.mark.parametrize(
    "values",
    [
        np.array([5, 3, 5, 9]),
        np.array([5.0, 3, 5, 9]),
        np.array([0.5, -1, 0.5, 2]),
        np.array([0, -np.inf, 0, np.nan]),
        np.array([200, 3, 200, 255], np.uint8),
        np.array([2**63 + 5, 3, 2**63 + 5, 2**64 - 1], np.uint64),
        np.array(list("bacb")),
    ],
    ids=str,
)
def test_codes_follow_the_order_of_levels(values: NDArray[Any]) -> None:
    found = factor(values)
    assert found.codes.tolist() == np.unique(values, return_inverse=True)[1].tolist()
    assert found.size == 3
    wide = factor(np.array([0, 2**40, 7]))
    assert wide.codes.tolist() == [0, 2, 1]


def refusal(code: str, columns: tuple[str, ...], data: Data, **of: Any) -> None:
    """Assert that a fit is refused with a code."""
    with pytest.raises(Refused) as refused:
        fit_absorbed(ArraySample(data, "y").within(columns, **of), ("treated",))
    assert refused.value.code == code


def test_what_effects_take_up_is_refused_by_name() -> None:
    data = panel()
    data["fixed"] = data["unit"] % 5
    data["same date"] = (data["period"] >= 2013) * 1.0
    refusal("covariate_absorbed", ("treated", "fixed", "y"), data, unit="unit")
    always = {**data, "treated": data["unit"] % 2}
    refusal("treatment_absorbed", ("treated", "y"), always, unit="unit")
    at_once = {**data, "treated": data["same date"]}
    refusal("treatment_absorbed", ("treated", "y"), at_once, unit="unit", period="period")
    flat = {**data, "y": 3.0 * data["unit"]}
    refusal("constant_outcome", ("treated", "y"), flat, unit="unit")
    twice = {**data, "x2": 2 * data["x"]}
    refusal("collinear", ("treated", "x", "x2", "y"), twice, unit="unit")
    alone = {**data, "unit": np.arange(len(data["y"]))}
    refusal("no_rows", ("treated", "y"), alone, unit="unit", by=("cluster",))


def test_more_effects_than_rows_can_carry_are_refused() -> None:
    few = {name: values[:60] for name, values in panel().items()}
    # A ring of 30 units and 30 periods: 59 effects, and one more coefficient.
    few["unit"] = np.repeat(np.arange(30.0), 2)
    few["period"] = (few["unit"] + np.tile([0, 1], 30)) % 30
    refusal("too_few_rows", ("x", "y"), few, unit="unit", period="period")
    with pytest.raises(Refused, match="cannot carry"):
        absorb_effects(few["y"], few["x"][:, None], (few["unit"], few["period"]))


def test_rows_in_memory_are_judged_alike() -> None:
    data = panel()
    y, unit, cluster = data["y"], data["unit"], data["cluster"]
    x = data["x"][:, None]

    def code(*arguments: Any, **options: Any) -> str:
        with pytest.raises(Refused) as refused:
            absorb_effects(*arguments, **options)
        return refused.value.code

    assert code(y, (unit % 5)[:, None], (unit,), cluster) == "treatment_absorbed"
    assert code(unit, x, (unit,), cluster) == "constant_outcome"
    assert code(y, x, (unit,)) == "one_cluster"
    assert code(y, x, (unit,), np.zeros(len(y))) == "one_cluster"
    assert code(y, x, (np.arange(len(y)),), cluster) == "no_rows"
    assert code(y, np.hstack([x, x]), (unit,), cluster) == "collinear"
    assert code(x[:, 0] * 2, x, (unit,), cluster) == "no_variation"


def test_uncertainty_from_scores_says_what_it_cannot_do() -> None:
    sample = ArraySample({**panel(), "one": np.zeros(len(panel()["y"]))}, "y")
    fitted = fit_absorbed(sample.within(("x", "y"), "unit"))
    with pytest.raises(Refused, match="moments of each cluster"):
        absorbed_covariance(sample, fitted, ("cluster",), "CR2")
    with pytest.raises(Refused, match="single cluster"):
        absorbed_covariance(sample, fitted, ("one",), "CR1")


def test_moments_that_do_not_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(within_module, "LARGEST", 12 * 8**2 - 1)
    sample = ArraySample(panel(), "y")
    with pytest.raises(Refused, match="8 columns in 12 clusters"):
        sample.within(("x", "y"), "unit", "period", ("cluster",))
