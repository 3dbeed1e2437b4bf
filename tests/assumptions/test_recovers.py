"""Drawn from a stated effect and estimated, a design's intervals hold that effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from evaluate.assumptions.definition import AssumedOutcome, ByGroup, ClusterSize
from evaluate.assumptions.scenario import Scenario
from evaluate.core import Estimand, Settings, Strict
from evaluate.data.array_sample import ArraySample
from evaluate.design import Design, all_designs

SETS = 200
# 99.9 % binomial band around 0.95 at 200 sets: 0.95 +- 3.29 sqrt(0.95 x 0.05 / 200).
BAND = (0.899, 1.0)
NUMBER = AssumedOutcome(baseline=40, effect=3, sd=10, missing=0.05)
SHARE = AssumedOutcome(
    baseline=0.7, effect=0.1, missing=ByGroup(treated=0.05, comparison=0.1)
)  # a yes or no


def cells() -> Iterator[tuple[str, str, str]]:
    """Yield each design with each kind of outcome and of assigned unit."""
    for name, design in all_designs().items():
        units = ["clusters", "individuals"] if "cluster" in design.spec.model_fields else ["own"]
        for unit in units:
            yield from ((name, kind, unit) for kind in ("number", "share"))


def case(design: Design[Any], kind: str, unit: str) -> tuple[Strict, Scenario]:
    """Return a design's example with another outcome and unit."""
    spec, scenario = design.example
    outcome = NUMBER if kind == "number" else SHARE
    if unit == "individuals":
        spec = spec.model_copy(update={"cluster": None})
        scenario = replace(scenario, units=240, size=None)
    elif unit == "clusters":
        spec = spec.model_copy(update={"cluster": getattr(spec, "cluster", None) or "cluster"})
        scenario = replace(scenario, units=40, size=ClusterSize(mean=20, sd=6))
        outcome = outcome.model_copy(update={"icc": 0.1})
    return spec, replace(scenario, outcomes={"outcome": outcome})


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind", "unit"), list(cells()))
def test_the_stated_truth_is_found(name: str, kind: str, unit: str) -> None:
    design = all_designs()[name]
    spec, scenario = case(design, kind, unit)
    rng = np.random.default_rng(20240610)
    estimand = Estimand(min(design.estimands), "outcome", "unit")
    hits, found = 0, []
    for _ in range(SETS):
        drawn = design.simulate(spec, scenario, rng)
        sample = ArraySample(drawn.data, "outcome")
        settings = Settings(headline_only=True)
        row = design.estimate(drawn.spec, sample, estimand, settings).estimates[0]
        hits += row.conf_low <= drawn.truth["outcome"] <= row.conf_high
        found.append(row.estimate)
    assert BAND[0] <= hits / SETS <= BAND[1]
    truth = scenario.outcomes["outcome"].effect
    assert abs(np.mean(found) - truth) < 3.3 * np.std(found, ddof=1) / np.sqrt(SETS)
    assert np.mean(found) > 3.3 * np.std(found, ddof=1) / np.sqrt(SETS)  # and not only wide


def test_taking_part_has_the_effect_of_the_offer_over_those_it_moves() -> None:
    design = all_designs()["randomised"]
    spec = design.spec(treated="offered", received="attended")
    by = ByGroup(treated=0.7, comparison=0.2)
    scenario = Scenario(units=400, size=None, outcomes={"outcome": NUMBER}, received=by)
    rng = np.random.default_rng(3)
    found = {"ITT": [], "LATE": []}
    for _ in range(60):
        drawn = design.simulate(spec, scenario, rng)
        for asked, rows in found.items():
            sample = ArraySample(drawn.data, "outcome")
            estimand = Estimand(asked, "outcome", "unit")
            rows.append(design.estimate(spec, sample, estimand, Settings()).estimates[0].estimate)
    for asked, truth in (("ITT", 3.0), ("LATE", 6.0)):
        rows = np.array(found[asked])
        assert abs(rows.mean() - truth) < 3.3 * rows.std(ddof=1) / np.sqrt(60)
