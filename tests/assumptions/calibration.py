"""What is measured on simulated trials, each with the value that the assumptions declare.

Every measure is unbiased whatever the sizes of clusters, so that its mean over draws may be held
against the declared value within Monte Carlo error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome, ByGroup
from evaluate.assumptions.scenario import Scenario
from evaluate.design import Simulated
from evaluate.designs.randomised import DESIGN, Randomised

Float = NDArray[np.float64]
Draw = Callable[[Randomised, Scenario, np.random.Generator], Simulated[Randomised]]
ERRORS = 3  # Monte Carlo errors


def measured(drawn: Simulated[Randomised], scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Return each measure with its declared value."""
    data, spec = drawn.data, drawn.spec
    t = np.asarray(data[spec.treated])
    found = {}
    if spec.period is None:
        unit = np.unique(data[spec.cluster], return_index=True)[1] if spec.cluster else ...
        found["treated share"] = (float(t[unit].mean()), scenario.treated_share)
    if spec.received:
        by = scenario.received or ByGroup(treated=1, comparison=0)
        part = data[spec.received]
        found["received, treated"] = (float(part[t == 1].mean()), by.treated)
        found["received, others"] = (float(part[t == 0].mean()), by.comparison)
    for name, covariate in scenario.covariates.items():
        found |= _of_covariate(name, covariate, data[name])
    for name, outcome in scenario.outcomes.items():
        found |= _of_outcome(name, outcome, drawn, scenario)
    if scenario.size is not None and spec.period is None:
        sizes = np.unique(data[str(spec.cluster)], return_counts=True)[1]
        found["cluster size"] = (float(sizes.mean()), scenario.size.mean)
        squares = float(((sizes - scenario.size.mean) ** 2).mean())
        found["cluster size, variance"] = (squares, scenario.size.sd**2)
    return found


def _of_covariate(
    name: str, assumed: AssumedCovariate, values: Float
) -> Mapping[str, tuple[float, float]]:
    variance = assumed.sd**2 if assumed.sd else assumed.mean * (1 - assumed.mean)
    here = values[~np.isnan(values)]
    return {
        f"{name}, mean": (float(here.mean()), assumed.mean),
        f"{name}, variance": (float(((here - assumed.mean) ** 2).mean()), variance),
        f"{name}, missing": (float(np.isnan(values).mean()), assumed.missing),
    }


def _of_outcome(
    name: str, assumed: AssumedOutcome, drawn: Simulated[Randomised], scenario: Scenario
) -> Mapping[str, tuple[float, float]]:
    data, t = drawn.data, np.asarray(drawn.data[drawn.spec.treated])
    values = np.asarray(data[name])
    lost = assumed.missing
    by = lost if isinstance(lost, ByGroup) else ByGroup(treated=lost, comparison=lost)
    found = {
        f"{name}, missing treated": (float(np.isnan(values[t == 1]).mean()), by.treated),
        f"{name}, missing others": (float(np.isnan(values[t == 0]).mean()), by.comparison),
    }
    means = {0.0: assumed.baseline, 1.0: assumed.baseline + assumed.effect}
    taken = scenario.received
    if taken is not None:
        lift = assumed.effect / (taken.treated - taken.comparison)
        means = {1.0: assumed.baseline + lift * taken.treated}
        means[0.0] = assumed.baseline + lift * taken.comparison
    groups = [0.0, 1.0] if taken is None else []
    for group, mean in means.items():
        inside = values[(t == group) & ~np.isnan(values)]
        found[f"{name}, mean {group:g}"] = (float(inside.mean()), mean)
    for group in groups:
        share = means[group]
        variance = assumed.sd**2 if assumed.sd else share * (1 - share)
        rows = (t == group) & ~np.isnan(values)
        away = values[rows] - share
        found[f"{name}, variance {group:g}"] = (float((away**2).mean()), variance)
        if drawn.spec.cluster:
            cluster = data[drawn.spec.cluster][rows]
            if drawn.spec.period is None:
                between = between_variance(away, cluster)
                found[f"{name}, icc {group:g}"] = (between, assumed.icc * variance)
        for one, covariate in scenario.covariates.items():
            x = np.asarray(data[one])[rows] - covariate.mean
            spread = covariate.sd or np.sqrt(covariate.mean * (1 - covariate.mean))
            # Of a yes or no the share explained is declared for those without the programme.
            if not np.isnan(x).any() and (assumed.sd or not group):
                wanted = np.sqrt(covariate.strength * variance * (1 - assumed.icc))
                found[f"{name} by {one} {group:g}"] = (float((x * away).mean() / spread), wanted)
    if scenario.periods > 1:
        found |= _over_time(name, assumed, drawn)
    return found


def _over_time(
    name: str, assumed: AssumedOutcome, drawn: Simulated[Randomised]
) -> Mapping[str, tuple[float, float]]:
    """Return the covariance of a unit's means in neighbouring periods, before any begins."""
    data, spec = drawn.data, drawn.spec
    values = np.asarray(data[name]) - assumed.baseline - assumed.effect * data[spec.treated]
    period = np.unique(data[str(spec.period)], return_inverse=True)[1]
    unit = np.unique(data[str(spec.cluster)], return_inverse=True)[1]
    periods, n = period.max() + 1, np.bincount(unit * (period.max() + 1) + period)
    mean = (np.bincount(unit * periods + period, values) / n).reshape(-1, periods)
    variance = assumed.sd**2 if assumed.sd else assumed.baseline * (1 - assumed.baseline)
    wanted = (assumed.autocorrelation or 0.0) * assumed.icc * variance
    return {f"{name}, neighbours": (float((mean[:, 1:] * mean[:, :-1]).mean()), wanted)}


def between_variance(values: Float, cluster: NDArray[Any]) -> float:
    """Return the variance between clusters by analysis of variance.

    Searle, Casella & McCulloch (1992), Variance Components, equation (3.28).
    """
    _, code, n = np.unique(cluster, return_inverse=True, return_counts=True)
    mean = np.bincount(code, values) / n
    within = float(((values - mean[code]) ** 2).sum() / (len(values) - len(n)))
    around = float(n @ (mean - values.mean()) ** 2 / (len(n) - 1))
    typical = (len(values) - float((n**2).sum()) / len(values)) / (len(n) - 1)
    return (around - within) / typical


def misses(
    spec: Randomised, scenario: Scenario, draws: int, draw: Draw = DESIGN.simulate
) -> dict[str, float]:
    """Return the measures that are off their declared values, by how many Monte Carlo errors."""
    rng = np.random.default_rng(20240601)
    each = [measured(draw(spec, scenario, rng), scenario) for _ in range(draws)]
    found = {}
    for name in each[0]:
        off = np.array([one[name][0] - one[name][1] for one in each])
        error = max(float(off.std(ddof=1)) / np.sqrt(draws), 1e-9)
        if abs(off.mean()) > ERRORS * error:
            found[name] = float(off.mean()) / error
    return found
