"""The effect of receiving: R, brute force, and what weak instruments leave."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.anderson_rubin import (
    ConfidenceSet,
    anderson_rubin,
    quadratic_set,
    robust_anderson_rubin,
)
from evaluate.inference.assignment import Columns, read_assignment
from evaluate.inference.instruments import column_model, instrument_moments
from evaluate.inference.late import Late, late
from evaluate.inference.t import t_quantile
from evaluate.inference.treatment import fit_treatment, treatment_spreads
from evaluate.inference.weak import first_stage_f

Data = dict[str, NDArray[Any]]
TRUTH = Path(__file__).parents[1] / "truth"
VALUES = json.loads((TRUTH / "instrument.json").read_text("utf-8"))
TIGHT = 1e-8
COVARIATES = ("points", "girl")


@pytest.fixture(scope="module")
def data() -> Data:
    """Return the rows that R saw."""
    with (TRUTH / "instrument.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([r[name] if name in {"school", "town"} else float(r[name]) for r in rows])
        for name in rows[0]
    }


def ours(data: Data, cluster: str | None, covariates: tuple[str, ...] = (), **asked: Any) -> Late:
    sample = ArraySample(data, "y")
    columns = Columns("offered", cluster, "town" if "town" in data else None)
    assignment = read_assignment(sample, columns, covariates, further=("took",))
    return late(sample, assignment, "took", covariates, **asked)


@pytest.mark.parametrize("kind", ["CR0", "CR1S", "CR2", "HC0", "HC1", "HC2", "HC3"])
def test_equals_estimatr(data: Data, kind: str) -> None:
    level = "cluster" if kind.startswith("CR") else "individual"
    found = ours(data, "school" if level == "cluster" else None, COVARIATES, std_error=kind)
    expected = VALUES[f"just {level} {kind}"]
    assert found.estimate == pytest.approx(expected["estimate"], rel=TIGHT)
    assert found.std_error == pytest.approx(expected["std_error"], rel=TIGHT)
    # With one instrument the effective F is the robust F of the first stage.
    assert found.effective_f == pytest.approx(expected["first"], rel=TIGHT)
    assert found.first_stage_f == pytest.approx(
        VALUES["just individual classical"]["first"], rel=TIGHT
    )
    if kind != "HC2":
        assert found.df == pytest.approx(expected["df"], rel=TIGHT)


@pytest.mark.parametrize("cluster", ["school", None])
def test_the_anderson_rubin_test_is_that_of_the_offer(data: Data, cluster: str | None) -> None:
    from evaluate.inference.t import two_sided_p

    sample = ArraySample(data, "y")
    assignment = read_assignment(sample, Columns("offered", cluster, "town"), COVARIATES)
    fitted = fit_treatment(assignment, COVARIATES, "additive")
    ((_, spread),) = treatment_spreads(sample, fitted, ("CR2" if cluster else "HC2",))
    found = ours(data, cluster, COVARIATES)
    p_value = two_sided_p(fitted.effect / spread.std_error, spread.df)
    assert found.ar_p == pytest.approx(p_value, rel=TIGHT)
    assert found.estimate * found.moved == pytest.approx(fitted.effect, rel=TIGHT)


@pytest.mark.parametrize("cluster", ["school", None])
def test_the_set_holds_what_the_offer_does_not_reject(data: Data, cluster: str | None) -> None:
    """For each effect b, test that the offer does nothing to y - b D: the definition."""
    found = ours(data, cluster, COVARIATES, conf_level=0.9)
    assert found.ar_set.kind == "interval"
    low, high = found.ar_set.low or 0.0, found.ar_set.high or 0.0
    for b, inside in ((low, None), (high, None), (found.estimate, True), (high + 0.1, False)):
        moved = {**data, "y": data["y"] - b * data["took"]}
        sample = ArraySample(moved, "y")
        assignment = read_assignment(sample, Columns("offered", cluster, "town"), COVARIATES)
        fitted = fit_treatment(assignment, COVARIATES, "additive")
        ((_, spread),) = treatment_spreads(sample, fitted, ("CR2" if cluster else "HC2",))
        t = abs(fitted.effect) / spread.std_error
        limit = t_quantile(0.95, spread.df)
        if inside is None:
            assert t == pytest.approx(limit, rel=1e-7)
        else:
            assert (t <= limit) is inside
            assert (b in found.ar_set) is inside


def test_where_all_comply_it_is_the_effect_of_the_offer(data: Data) -> None:
    complied = {**data, "took": data["offered"]}
    found = ours(complied, "school", COVARIATES)
    sample = ArraySample(data, "y")
    assignment = read_assignment(sample, Columns("offered", "school", "town"), COVARIATES)
    fitted = fit_treatment(assignment, COVARIATES, "additive")
    ((_, spread),) = treatment_spreads(sample, fitted, ("CR2",))
    assert found.estimate == pytest.approx(fitted.effect, rel=TIGHT)
    assert found.std_error == pytest.approx(spread.std_error, rel=TIGHT)
    assert found.effective_f is None
    assert not found.weak
    half = t_quantile(0.975, spread.df) * spread.std_error
    assert found.ar_set.low == pytest.approx(fitted.effect - half, rel=1e-7)
    assert found.ar_set.high == pytest.approx(fitted.effect + half, rel=1e-7)


def test_matched_pairs_equal_pairs_as_indicators(data: Data) -> None:
    """Intercepts taken out by group give what an indicator for each pair gives."""
    rng = np.random.default_rng(8)
    pair = np.repeat(np.arange(12), 20)
    offered = np.tile(np.repeat([0.0, 1.0], 10), 12)
    took = (rng.random(240) < 0.1 + 0.6 * offered).astype(float)
    y = pair / 3 + took + rng.normal(size=240)
    unit = (2 * pair + offered).astype(int).astype(str)
    rows = {"y": y, "offered": offered, "took": took, "unit": unit, "pair": pair.astype(str)}
    sample = ArraySample(rows, "y")
    columns = Columns("offered", "unit", "pair")
    found = late(sample, read_assignment(sample, columns, further=("took",)), "took")
    names = [f"p{i}" for i in range(1, 12)]
    rows |= {name: (pair == int(name[1:])) * 1.0 for name in names}
    one = column_model(ArraySample(rows, "y"), ["took"], ["offered"], names, cluster="pair")
    moments = instrument_moments(one, np.arange(12))
    (first,) = first_stage_f(moments)
    from evaluate.inference.clustered import cluster_spread
    from evaluate.inference.tsls import tsls

    two = tsls(moments)
    spread = cluster_spread(two.groups, two.fit, np.eye(13)[-1], "CR2")
    assert found.estimate == pytest.approx(two.fit.coefficients[-1], rel=TIGHT)
    assert found.std_error == pytest.approx(spread.std_error, rel=TIGHT)
    assert found.df == pytest.approx(spread.df, rel=1e-6)
    assert found.first_stage_f == pytest.approx(first.statistic, rel=TIGHT)


def test_a_covariate_that_follows_from_others_is_left_out(data: Data) -> None:
    doubled = {**data, "twice": 2 * data["points"] + 1, "same": np.ones(len(data["y"]))}
    found = ours(doubled, "school", ("points", "girl", "twice", "same"))
    expected = VALUES["just cluster CR2"]
    assert found.estimate == pytest.approx(expected["estimate"], rel=TIGHT)
    assert found.std_error == pytest.approx(expected["std_error"], rel=TIGHT)
    alone = ours(doubled, None, ("points", "girl", "twice"))
    assert alone.std_error == pytest.approx(VALUES["just individual HC2"]["std_error"], rel=TIGHT)


def simulated(rng: np.random.Generator, strength: float) -> Data:
    schools = np.repeat(np.arange(30), 10)
    offered = (schools % 2).astype(float)
    hidden = rng.normal(size=300)
    took = hidden + strength * offered  # hours, so that no draw has the same mean in both arms
    return {
        "y": hidden + 0.1 * rng.normal(size=30)[schools],
        "offered": offered,
        "took": took,
        "school": schools.astype(str),
    }


def test_the_set_covers_where_the_t_interval_does_not() -> None:
    """The truth is 0; chance moves the first stage as much as the offer does.

    The set's error is binomial around 5 % in 300 draws: 1.3 to 10 % holds 99.9 %.
    """
    rng = np.random.default_rng(5)
    missed = short = weak = 0
    kinds = set()
    for _ in range(300):
        found = ours(simulated(rng, 0.05), "school")
        missed += 0.0 not in found.ar_set
        assert (0.0 not in found.ar_set) == (found.ar_p < 0.05)
        short += abs(found.estimate) > t_quantile(0.975, found.df) * found.std_error
        weak += found.weak
        kinds.add(found.ar_set.kind)
    assert 4 <= missed <= 30
    assert short > 40
    assert weak > 240
    assert {"line", "two_rays", "interval"} <= kinds


@pytest.mark.parametrize(
    ("a", "b", "c", "found"),
    [
        (1, 0, -4, ConfidenceSet("interval", -2, 2)),
        (-1, 0, 4, ConfidenceSet("two_rays", -2, 2)),
        (-1, 0, -4, ConfidenceSet("line")),
        (1, 0, 4, ConfidenceSet("empty")),
        (0, 2, -4, ConfidenceSet("unbounded_below", high=2)),
        (0, -2, -4, ConfidenceSet("unbounded_above", low=-2)),
        (0, 0, -1, ConfidenceSet("line")),
        (0, 0, 1, ConfidenceSet("empty")),
        (1, -2e8, 1, ConfidenceSet("interval", 5e-9, 2e8)),
        (1, 0, 0, ConfidenceSet("interval", 0, 0)),
    ],
)
def test_quadratic_sets(a: float, b: float, c: float, found: ConfidenceSet) -> None:
    ours = quadratic_set(a, b, c, size=1.0)
    assert ours.kind == found.kind
    assert ours.low == (None if found.low is None else pytest.approx(found.low))
    assert ours.high == (None if found.high is None else pytest.approx(found.high))
    inside = [x for x in np.linspace(-5, 5, 41) if a * x * x + b * x + c <= 0]
    assert inside == [x for x in np.linspace(-5, 5, 41) if float(x) in ours]


def test_one_instrument_under_equal_variances_is_the_f_version(data: Data) -> None:
    """With the classical covariance the robust set is Anderson and Rubin's own."""
    sample = ArraySample(data, "y")
    moments = instrument_moments(
        column_model(sample, ["took"], ["offered"], COVARIATES), np.zeros(1, np.int64)
    )
    found = anderson_rubin(moments, 0.95)
    on = [*moments.x, *moments.z]
    total = moments.cross[0]
    bread = np.linalg.inv(total[np.ix_(on, on)])
    at = [moments.y, *moments.d]
    coefficients = bread @ total[np.ix_(on, at)]
    rest = total[np.ix_(at, at)] - total[np.ix_(at, on)] @ coefficients
    covariance = rest / moments.spare * bread[-1, -1]
    moved = (float(coefficients[-1, 0]), float(coefficients[-1, 1]))
    other = robust_anderson_rubin(moved, covariance, moments.spare, 0.95)
    assert found.f == pytest.approx(other.f, rel=TIGHT)
    assert found.p_value == pytest.approx(other.p_value, rel=TIGHT)
    assert found.values.low == pytest.approx(other.values.low, rel=1e-6)
    assert found.values.high == pytest.approx(other.values.high, rel=1e-6)


def test_receipt_that_does_not_vary_is_refused(data: Data) -> None:
    with pytest.raises(Refused) as caught:
        ours({**data, "took": np.ones(len(data["y"]))}, "school")
    assert caught.value.code == "received_constant"


def test_an_offer_that_moves_nobody_is_refused() -> None:
    offered = np.tile([0.0, 0.0, 1.0, 1.0], 25)
    took = np.tile([0.0, 1.0, 0.0, 1.0], 25)
    rows = {"offered": offered, "took": took, "y": np.random.default_rng(1).normal(size=100)}
    with pytest.raises(Refused) as caught:
        ours(rows, None)
    assert caught.value.code == "no_first_stage"


def test_an_outcome_that_receipt_decides_is_refused(data: Data) -> None:
    with pytest.raises(Refused) as caught:
        ours({**data, "y": 3 * data["took"]}, "school")
    assert caught.value.code == "no_variation"
