"""How often intervals of weighted comparisons hold the effect, and how often zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom, t

from evaluate.errors import Refused
from evaluate.inference.coarsened import exact_cells, subclasses
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.doubly_robust import doubly_robust
from evaluate.inference.entropy_balance import entropy_balance
from evaluate.inference.estimated_mean import Estimands
from evaluate.inference.inverse_probability import inverse_probability
from evaluate.inference.propensity import logistic
from evaluate.inference.regression_adjustment import regression_adjustment

LEVEL, LEAST_POWER = 0.95, 0.5
DRAWS, QUICK = 1000, 60
METHODS: dict[str, Callable[[Groups, Estimands], Compared]] = {
    "ipw": inverse_probability,
    "entropy": entropy_balance,
    "regression": regression_adjustment,
    "aipw": lambda groups, estimand: doubly_robust(groups, estimand, splits=3),
    "aipw, one fold": lambda groups, estimand: doubly_robust(groups, estimand, folds=1),
    "exact": exact_cells,
    "subclass": lambda groups, estimand: subclasses(groups, estimand, number=8),
}


@dataclass(frozen=True, slots=True)
class World:
    """Units alone, or clusters that were treated whole or in part."""

    clusters: int | None
    whole: bool = False
    members: int = 12
    apart: float = 0.5

    def draw(self, rng: np.random.Generator, cells: bool) -> tuple[Groups, np.ndarray, np.ndarray]:
        """Return units, their effects and their true scores."""
        number = self.clusters or 300
        size = self.members if self.clusters else 1
        code = np.repeat(np.arange(number), size)
        n = len(code)
        shared = rng.normal(size=number)[code]
        x = np.column_stack([shared, 0.5 * shared + rng.normal(size=n)])
        if not self.whole:
            x = np.column_stack([x, rng.normal(size=n)])
        if cells:
            x = np.clip(np.round(x), -1, 1)
        pull = x[:, 0] if self.whole else x @ np.array([1.0, 0.7, -0.5])
        score = logistic(-0.7 + self.apart * pull)
        chance = rng.random(number)[code] if self.whole else rng.random(n)
        treated = chance < score
        effect = 1 + 0.5 * x[:, 0]
        own = 0.5 * rng.normal(size=number)[code] if self.clusters else 0.0
        y = x.sum(axis=1) + own + treated * effect + rng.normal(size=n)
        names = ("a", "b", "c")[: x.shape[1]]
        return Groups(y, treated, x, names, code if self.clusters else None), effect, score


WORLDS = {
    "300 alone": World(None),
    "20 in part": World(20),
    "40 in part": World(40),
    "40 whole": World(40, whole=True),
}


@cache
def truth(world: World, estimand: Estimands, cells: bool) -> float:
    rng = np.random.default_rng(7)
    weights, total = 0.0, 0.0
    for _ in range(400):
        groups, effect, score = world.draw(rng, cells)
        weight = {"ATT": groups.treated * 1.0, "ATE": np.ones(len(score))}.get(
            estimand, score * (1 - score)
        )
        weights, total = weights + weight.sum(), total + float(weight @ effect)
    return total / weights


def share_held(
    world: World, method: str, estimand: Estimands, draws: range
) -> tuple[float, float, float]:
    """Return the shares of intervals with the effect, without zero, and of refusals."""
    cells = method == "exact"
    goal = truth(world, estimand, cells)
    held, found, refused = 0, 0, 0
    for seed in draws:
        groups, _, _ = world.draw(np.random.default_rng([seed, 11]), cells)
        try:
            one = METHODS[method](groups, estimand)
        except Refused:
            refused += 1
            continue
        half = t.ppf((1 + LEVEL) / 2, one.df) * np.sqrt(one.variance)
        held += abs(one.value - goal) <= half
        found += abs(one.value) > half
    given = len(draws) - refused
    return held / given, found / given, refused / len(draws)


def band(draws: int) -> tuple[float, float]:
    """Shares that are chance at the 99.9 % level, and one point more."""
    low, high = binom.ppf([0.0005, 0.9995], draws, LEVEL) / draws
    return float(low) - 0.01, float(high) + 0.01


CELLS: list[tuple[str, str, Estimands]] = [
    (world, method, estimand)
    for world in WORLDS
    for method in METHODS
    for estimand in ("ATT", "ATE", "ATO")
    if estimand != "ATO" or method in {"ipw", "exact"}
]


@pytest.mark.slow
@pytest.mark.parametrize(("world", "method", "estimand"), CELLS)
def test_intervals_hold_the_effect(world: str, method: str, estimand: Estimands) -> None:
    draws = DRAWS // 3 if method == "aipw" else DRAWS
    held, power, refused = share_held(WORLDS[world], method, estimand, range(draws))
    low, high = band(round(draws * (1 - refused)))
    # Classes leave some of the bias, and count the score as known: they err on the safe side.
    assert low <= held <= (1.0 if method == "subclass" else high)
    assert power >= LEAST_POWER
    assert refused < 0.05


@pytest.mark.parametrize("method", ["ipw", "entropy", "exact"])
def test_a_few_of_them(method: str) -> None:
    for world in ("300 alone", "40 whole"):
        held, power, refused = share_held(WORLDS[world], method, "ATT", range(QUICK))
        low, _ = band(QUICK)
        assert held >= low
        assert power >= LEAST_POWER
        assert refused < 0.05


def test_fixed_weights_are_too_wide() -> None:
    world = WORLDS["300 alone"]
    wider = []
    for seed in range(QUICK):
        groups, _, _ = world.draw(np.random.default_rng([seed, 11]), False)
        pair = [
            inverse_probability(groups, "ATE", std_error=one).variance
            for one in ("fixed", "estimated")
        ]
        wider.append(pair[0] / pair[1])
    assert np.median(wider) > 1.5
