"""How often the interval of a matched comparison holds the effect, with ties and with clusters."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np
import pytest

from benchmarks.size_and_power import TAIL, WIDER
from evaluate.inference.comparison import Groups
from evaluate.inference.nearest import Nearest, nearest
from evaluate.inference.propensity import propensity
from evaluate.inference.t import two_sided_p

UNITS, CLUSTERS = 500, 60
LEVEL = 0.05
# One that is too wide covers as well; errors are allowed to be half as large again, no more.
WIDEST = 1.5
# The test of no effect must find the one that there is.
LEAST_POWER = 0.9
Kind = Literal["distinct", "ties", "curved", "clusters", "clusters, ties", "treated clusters"]
ESTIMATORS = {
    "with replacement": (Nearest(outcome="bias_corrected"), "ATT"),
    "with replacement, for all": (Nearest(outcome="bias_corrected"), "ATE"),
    "two, caliper": (Nearest(ratio=2, caliper=(0.2, "sd_logit")), "ATT"),
    "without replacement": (Nearest(replace=False, caliper=(0.2, "sd_logit")), "ATT"),
    "regression": (
        Nearest(replace=False, caliper=(0.2, "sd_logit"), outcome="regression"), "ATT",
    ),
    "mahalanobis": (Nearest(distance="mahalanobis", outcome="bias_corrected"), "ATT"),
}  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "distinct", "ties", "curved", "clusters", "clusters, ties", "treated clusters",
)  # fmt: skip


def draw(kind: Kind, rng: np.random.Generator, shock: float = 0.6) -> Groups:
    """Return units whose effect is 1 for everybody, or 1 on average where it varies with noise."""
    x = rng.normal(size=(UNITS, 2))
    cluster = rng.permutation(UNITS) % CLUSTERS if "clusters" in kind else None
    if cluster is not None:
        x[:, 0] = 0.7 * x[:, 0] + 0.7 * rng.normal(size=CLUSTERS)[cluster]
    if "ties" in kind:
        x = np.clip(np.round(x), -1, 1)
    treated = rng.random(UNITS) < 1 / (1 + np.exp(1.3 - x @ [0.6, 0.4]))
    if kind == "treated clusters":
        assert cluster is not None
        mean = np.bincount(cluster, x[:, 0]) / np.bincount(cluster)
        treated = (rng.random(CLUSTERS) < 1 / (1 + np.exp(1.2 - 0.6 * mean)))[cluster]
    y = x.sum(axis=1) + (0.4 * x[:, 0] ** 2 if kind == "curved" else 0)
    y = y + rng.normal(size=UNITS) * (1 + 0.3 * (x[:, 0] > 0))
    if cluster is not None:
        y = y + shock * rng.normal(size=CLUSTERS)[cluster]
    y = y + treated * (1 + 0.5 * rng.normal(size=UNITS))
    return Groups(y, treated, x, ("a", "b"), cluster=cluster)


def shares(kind: Kind, name: str, draws: int) -> tuple[float, float, float]:
    """Return how often the interval misses 1, how often it misses 0, and its width in errors."""
    asked, estimand = ESTIMATORS[name]
    missed, found, values, errors = 0, 0, [], []
    for seed in range(draws):
        place = [20261123, KINDS.index(kind), seed]
        groups = draw(kind, np.random.default_rng(np.random.SeedSequence(place)))
        score = propensity(groups).score
        one = nearest(groups, score, asked, "ATE" if estimand == "ATE" else "ATT")
        error = sqrt(one.variance)
        missed += two_sided_p((one.value - 1) / error, one.df) <= LEVEL
        found += two_sided_p(one.value / error, one.df) <= LEVEL
        values.append(one.value)
        errors.append(error)
    return missed / draws, found / draws, float(np.mean(errors) / np.std(values))


def kept(kind: Kind, name: str, draws: int) -> None:
    missed, found, width = shares(kind, name, draws)
    assert missed <= LEVEL + TAIL * sqrt(LEVEL * (1 - LEVEL) / draws) + WIDER
    assert width <= WIDEST
    assert found >= LEAST_POWER


@pytest.mark.parametrize(
    ("kind", "name"),
    [("ties", "with replacement"), ("clusters, ties", "without replacement")],
)
def test_a_part(kind: Kind, name: str) -> None:
    kept(kind, name, 100)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ESTIMATORS)
def test_intervals_hold_the_effect(kind: Kind, name: str) -> None:
    kept(kind, name, 400)


@pytest.mark.slow
def test_without_clusters_the_interval_of_treated_clusters_is_too_short() -> None:
    """The planted fault: errors that leave the clusters out miss the effect far too often."""
    asked, _ = ESTIMATORS["with replacement"]
    missed = 0
    for seed in range(200):
        groups = draw("treated clusters", np.random.default_rng([5, seed]), 1.5)
        alone = Groups(groups.y, groups.treated, groups.x, groups.names)
        one = nearest(alone, propensity(alone).score, asked)
        missed += two_sided_p((one.value - 1) / sqrt(one.variance), one.df) <= LEVEL
    assert missed / 200 > LEVEL + TAIL * sqrt(LEVEL * (1 - LEVEL) / 200) + WIDER
