"""Probability weights: one working model for individuals, clusters, pairs and roll-outs."""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.assignment import Columns, read_assignment
from evaluate.inference.linear import Spread
from evaluate.inference.treatment import (
    Adjustment,
    TreatmentFit,
    fit_treatment,
    treatment_spreads,
)

Data = dict[str, np.ndarray]
TIGHT = 1e-9
CLUSTERED = ("CR0", "CR1", "CR1S", "CR2", "CR3")


def trial(n: int = 60) -> Data:
    """Return a trial of individuals with weights and a probability of their own."""
    rng = np.random.default_rng(5)
    stratum = np.arange(n) % 3
    chance = np.array([0.25, 0.5, 0.75])[stratum]
    treated = (np.arange(n) // 3 % 4 < 4 * chance).astype(float)
    x = rng.normal(size=n)
    return {
        "t": treated,
        "x": x,
        "id": np.array([f"i{i:03d}" for i in range(n)]),
        "block": np.array(["a", "b", "c"])[stratum],
        "p": chance,
        "w": np.exp(rng.normal(0, 1.2, n)),
        "y": 0.5 * treated + x + rng.normal(size=n),
    }


def estimated(
    data: Data, columns: Columns, names: tuple[str, ...], adjustment: Adjustment = "none"
) -> tuple[TreatmentFit, list[Spread]]:
    sample = ArraySample(data, "y")
    covariates = () if adjustment == "none" else ("x",)
    assignment = read_assignment(sample, columns, covariates)
    fitted = fit_treatment(assignment, covariates, adjustment)
    return fitted, [spread for _, spread in treatment_spreads(sample, fitted, names)]


def by_matrices(y: np.ndarray, x: np.ndarray, w: np.ndarray) -> tuple[float, float, float]:
    """Return effect, HC2 and its degrees of freedom from whole matrices, each row a cluster."""
    m = np.linalg.inv(x.T @ (w[:, None] * x))
    maker = np.eye(len(y)) - x @ m @ (w[:, None] * x).T
    adjusted = (w[:, None] * x @ m)[:, 1] / np.sqrt(np.diag(maker @ maker.T))
    form = adjusted[:, None] * maker @ maker.T * adjusted
    variance = float(np.sum((adjusted * (maker @ y)) ** 2))
    beta = m @ x.T @ (w * y)
    return float(beta[1]), variance**0.5, float(np.trace(form) ** 2 / np.sum(form**2))


@pytest.mark.parametrize("column", ["weights", "probability", "both"])
@pytest.mark.parametrize("adjustment", ["none", "additive", "interacted"])
def test_individuals_are_clusters_of_one(column: str, adjustment: Adjustment) -> None:
    data = trial()
    weights = None if column == "probability" else "w"
    chance = None if column == "weights" else "p"
    alone = Columns("t", probability=chance, weights=weights)
    each = Columns("t", cluster="id", probability=chance, weights=weights)
    one, (hc2, hc0) = estimated(data, alone, ("HC2", "HC0"), adjustment)
    other, (cr2, cr0) = estimated(data, each, ("CR2", "CR0"), adjustment)
    assert one.effect == pytest.approx(other.effect, rel=TIGHT)
    for ours, theirs in ((hc2, cr2), (hc0, cr0)):
        assert ours.std_error == pytest.approx(theirs.std_error, rel=TIGHT)
    assert hc2.df == pytest.approx(cr2.df, rel=TIGHT)
    w = np.ones(len(data["y"])) if weights is None else data["w"]
    if chance:
        w = w / np.where(data["t"] == 1, data["p"], 1 - data["p"])
    x = data["x"] - np.average(data["x"], weights=w)
    terms = {"none": (), "additive": (x,), "interacted": (x, x * data["t"])}[adjustment]
    design = np.column_stack([np.ones(len(w)), data["t"], *terms])
    found = (one.effect, hc2.std_error, hc2.df)
    assert found == pytest.approx(by_matrices(data["y"], design, w), rel=1e-8)


def test_constant_weights_of_individuals_change_nothing() -> None:
    data = trial() | {"w": np.full(60, 1.5)}
    names = ("HC0", "HC1", "HC2", "HC3")
    _, plain = estimated(data, Columns("t"), names, "interacted")
    _, weighted = estimated(data, Columns("t", weights="w"), names, "interacted")
    for one, other in zip(plain, weighted, strict=True):
        assert (one.std_error, one.df) == pytest.approx((other.std_error, other.df), rel=TIGHT)


def clustered(clusters: int = 20, size: int = 6) -> Data:
    """Return pairs of clusters, one of each pair treated, and periods of a roll-out."""
    rng = np.random.default_rng(8)
    cluster = np.repeat(np.arange(clusters), size)
    n = len(cluster)
    period = np.tile(np.arange(size) // 2, clusters)
    return {
        "t": (cluster % 2).astype(float),
        "rolled": (period > cluster % 3 - 1).astype(float) * (period > 0),
        "when": period.astype(float),
        "school": np.array([f"s{i:02d}" for i in cluster]),
        "pair": np.array([f"p{i:02d}" for i in cluster // 2]),
        "x": rng.normal(size=n),
        "same": np.full(n, 1.5),
        "by_pair": 1.0 + cluster // 2 % 4,
        "w": rng.uniform(0.5, 3.0, n),
        "y": rng.normal(size=n) + rng.normal(size=clusters)[cluster],
    }


@pytest.mark.parametrize("adjustment", ["none", "additive"])
def test_pairs_stay_pairs_with_constant_weights(adjustment: Adjustment) -> None:
    data = clustered()
    one, plain = estimated(data, Columns("t", "school", "pair"), CLUSTERED, adjustment)
    asked = Columns("t", "school", "pair", weights="same")
    other, weighted = estimated(data, asked, CLUSTERED, adjustment)
    assert len(one.groups.n) == len(other.groups.n) == 10
    for ours, theirs in zip(plain, weighted, strict=True):
        found = (theirs.std_error, theirs.df)
        assert found == pytest.approx((ours.std_error, ours.df), rel=TIGHT)


def test_weights_of_whole_pairs() -> None:
    data = clustered()
    asked = Columns("t", "school", "pair", weights="by_pair")
    fitted, (cr0,) = estimated(data, asked, ("CR0",))
    pairs = np.unique(data["pair"])
    gaps = np.array(
        [
            data["y"][(data["pair"] == one) & (data["t"] == 1)].mean()
            - data["y"][(data["pair"] == one) & (data["t"] == 0)].mean()
            for one in pairs
        ]
    )
    w = np.array([data["by_pair"][data["pair"] == one][0] for one in pairs])
    effect = float(w @ gaps / w.sum())
    assert fitted.effect == pytest.approx(effect, rel=TIGHT)
    by_hand = np.sqrt(np.sum((w * (gaps - effect)) ** 2)) / w.sum()
    assert cr0.std_error == pytest.approx(by_hand, rel=TIGHT)


def test_weights_that_differ_within_pairs_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        estimated(clustered(), Columns("t", "school", "pair", weights="w"), ("CR2",))
    assert refused.value.code == "weights_with_pairs"


def test_effects_of_clusters_are_not_counted_in_a_weighted_roll_out() -> None:
    data = clustered()
    columns = {"treated": "rolled", "cluster": "school", "period": "when"}
    _, plain = estimated(data, Columns(**columns), CLUSTERED)
    _, same = estimated(data, Columns(**columns, weights="same"), CLUSTERED)
    for ours, theirs in zip(plain, same, strict=True):
        found = (theirs.std_error, theirs.df)
        assert found == pytest.approx((ours.std_error, ours.df), rel=TIGHT)
    _, (cr1, cr1s) = estimated(data, Columns(**columns, weights="w"), ("CR1", "CR1S"))
    # One constant, one treatment, two of three periods.
    factor = (120 - 1) / (120 - 4)
    assert (cr1s.std_error / cr1.std_error) ** 2 == pytest.approx(factor, rel=TIGHT)


@pytest.mark.parametrize("std_error", ["CR0", "CR2", "CR3"])
def test_a_cluster_that_owns_its_side_by_weight_is_refused(std_error: str) -> None:
    data = clustered()
    for weight, refuses in ((100.0, False), (1e6, True), (1e7, True)):
        data["heavy"] = np.where(data["school"] == "s00", weight, 1.0)
        asked = Columns("t", "school", weights="heavy")
        if not refuses:
            _, (found,) = estimated(data, asked, (std_error,))
            assert found.df > 1
            continue
        with pytest.raises(Refused) as refused:
            estimated(data, asked, (std_error,))
        assert refused.value.code == "leverage_one"


def test_a_row_that_owns_its_side_by_weight_is_refused() -> None:
    data = trial()
    data["w"] = np.where(np.arange(60) == np.flatnonzero(data["t"])[0], 1e6, 1.0)
    with pytest.raises(Refused) as refused:
        estimated(data, Columns("t", weights="w"), ("HC2",))
    assert refused.value.code == "leverage_one"
