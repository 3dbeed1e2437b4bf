"""The effect of taking part by randomisation equals refitting every assignment to the rows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations, product
from math import isinf
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.assignment import Columns, read_assignment
from evaluate.inference.headline import randomise
from evaluate.inference.randomisation import Randomisation
from evaluate.inference.receipt import Chance, receipt_test
from evaluate.inference.treatment import fit_treatment

Float = NDArray[Any]
Data = dict[str, NDArray[Any]]
TIGHT = 1e-8  # two routes through matrices of condition 1e3
SEED = (20, 26)
LEVEL = 0.9
ALPHA = 0.1 + 1e-12  # shares of assignments are rounded


def trial(
    treated: Float, stratum: Float | None = None, *, seed: int = 3, moved: float = 0.6
) -> Data:
    """Return clusters of unlike size, of which the offered take part more often."""
    rng = np.random.default_rng(seed)
    g = len(treated)
    cluster = np.repeat(np.arange(g), rng.integers(4, 12, g))
    n = len(cluster)
    offered, keen, x = treated[cluster].astype(float), rng.random(n), rng.normal(size=n)
    part = (keen < 0.15 + moved * offered).astype(float)
    level = rng.normal(0, 0.6, g)[cluster]
    return {
        "t": offered,
        "c": cluster.astype(float),
        "s": (np.zeros(g) if stratum is None else stratum)[cluster].astype(float),
        "x": x,
        "d": part,
        "y": 1.5 * part - keen + level + x + rng.normal(size=n),
    }


def found(data: Data, used: tuple[str, ...] = (), *, cluster: bool = True, **asked: Any) -> Any:
    """Return the test of the effect of taking part."""
    blocks = "s" if np.ptp(data["s"]) else None
    columns = Columns("t", "c" if cluster else None, blocks, None, "p" if "p" in data else None)
    sample = ArraySample(data, "y")
    assignment = read_assignment(sample, columns, used, further=("d",))
    chance: Chance = {"seed": SEED, "draws": 9999, "conf_level": LEVEL, **asked}  # type: ignore[typeddict-item]
    return receipt_test(sample, columns, assignment, ("d", used), chance)


def t_of(data: Data, treated: Float, y: Float, used: tuple[str, ...], group: Float) -> float:
    """Return t of the offer under an assignment, from rows and indicators."""
    w = [data["s"] == one for one in np.unique(data["s"])[1:]]
    x = np.column_stack([treated, np.ones(len(y)), *w, *(data[name] for name in used)])
    bread = np.linalg.inv(x.T @ x)
    beta, weight = bread @ x.T @ y, x @ bread[0]
    influence = np.bincount(group, weight * (y - x @ beta))
    leverage = np.bincount(group, weight**2)
    arm = np.bincount(group, treated) / np.bincount(group)
    if np.isin(arm, (0, 1)).all():
        whole = np.bincount(arm.astype(int), leverage)[arm.astype(int)]
    else:  # pairs, and clusters over periods
        whole = np.full(len(leverage), leverage.sum())
    return float(beta[0] / np.sqrt(np.sum(influence**2 / (1 - leverage / whole))))


def every_assignment(data: Data) -> list[Float]:
    """Return who is treated, by row, under each assignment."""
    unit, first = np.unique(data["c"], return_index=True)
    treated, stratum = data["t"][first], data["s"][first]
    blocks = [np.flatnonzero(stratum == one) for one in np.unique(stratum)]
    choices = product(*(combinations(block, int(treated[block].sum())) for block in blocks))
    at = np.searchsorted(unit, data["c"])
    return [np.isin(at, [i for part in one for i in part]).astype(float) for one in choices]


def brute_force(
    data: Data, every: list[Float], used: tuple[str, ...], group: Float
) -> Callable[[float], float]:
    """Return the p-value of any effect b: the offer's on y - b d, in every assignment."""

    def p_value(b: float) -> float:
        y = data["y"] - b * data["d"]
        observed = abs(t_of(data, data["t"], y, used, group))
        drawn = np.array([t_of(data, one, y, used, group) for one in every])
        return float(np.mean(np.abs(drawn) >= observed * (1 - TIGHT)))

    return p_value


def agree(test: Randomisation, p_value: Callable[[float], float]) -> None:
    """Assert that limits and p-value are those of the definition."""
    assert test.exact
    assert test.p_value == p_value(0.0)
    low, high = test.conf_low, test.conf_high
    width = high - low
    kept = [p_value(low + share * width) > ALPHA for share in (1e-6, 1 - 1e-6)]
    assert kept == [True, True]
    # Nothing further out is kept: a grid to three times the interval's width, then far away.
    away = [*(width * np.linspace(1e-6, 3, 12)), *(width * 10.0 ** np.arange(1, 5))]
    beyond = [p_value(low - one) for one in away] + [p_value(high + one) for one in away]
    assert max(beyond) <= ALPHA


PAIRS = np.repeat(np.arange(8.0), 2)
CASES: dict[str, tuple[Float, Float | None, tuple[str, ...]]] = {
    "plain": (np.arange(8.0) < 4, None, ()),
    "four against five": (np.arange(9.0) < 4, None, ("x",)),
    "strata": (np.arange(9.0) % 3 < 2, np.arange(9.0) // 3 % 2, ("x",)),
    "pairs": (np.arange(16.0) % 2, PAIRS, ()),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_equals_the_definition(case: tuple[Float, Float | None, tuple[str, ...]]) -> None:
    treated, stratum, used = case
    data = trial(treated, stratum, moved=0.8)
    group = (data["s"] if stratum is PAIRS else data["c"]).astype(int)
    agree(found(data, used), brute_force(data, every_assignment(data), used, group))


def test_six_against_six_over_a_grid() -> None:
    data = trial(np.arange(12.0) < 6, seed=8)
    test = found(data)
    p_value = brute_force(data, every_assignment(data), (), data["c"].astype(int))
    assert test.n_assignments == 924
    assert test.p_value == p_value(0.0)
    grid = np.linspace(test.conf_low - 2, test.conf_high + 2, 16)
    kept = [b for b in grid if p_value(float(b)) > ALPHA]
    step = grid[1] - grid[0]
    assert test.conf_low <= min(kept) < test.conf_low + step
    assert test.conf_high - step < max(kept) <= test.conf_high


def test_individuals_are_units_too() -> None:
    rng = np.random.default_rng(2)
    t = np.arange(10.0) % 2
    d = t * (rng.random(10) < 0.9)
    data = {"t": t, "c": np.arange(10.0), "s": np.zeros(10), "d": d, "y": d + rng.normal(size=10)}
    test = found(data, cluster=False)
    agree(test, brute_force(data, every_assignment(data), (), np.arange(10)))


def test_sequences_of_a_roll_out() -> None:
    rng = np.random.default_rng(6)
    starts = [1, 1, 2, 2, 3, 3]
    cluster, period = (one.ravel() for one in np.meshgrid(np.arange(6), np.arange(4)))
    cluster, period = np.repeat(cluster, 3), np.repeat(period, 3)
    t = (period >= np.array(starts)[cluster]).astype(float)
    d = (rng.random(len(t)) < 0.1 + 0.8 * t).astype(float)
    y = 2 * d + rng.normal(size=6)[cluster] + period / 3 + rng.normal(size=len(t))
    data: Data = {"t": t, "c": cluster.astype(float), "p": period.astype(float), "d": d, "y": y}
    data["s"] = np.zeros(len(t))
    every = [
        (period >= np.array(one)[cluster]).astype(float) for one in sorted({*permutations(starts)})
    ]
    test = found(data)
    # Intercepts of clusters and periods, as covariates of the check.
    held = {f"c{i}": (cluster == i).astype(float) for i in range(1, 6)}
    held |= {f"p{i}": (period == i).astype(float) for i in range(1, 4)}
    agree(test, brute_force(data | held, every, tuple(held), cluster))


def test_where_all_and_only_the_offered_take_part_it_is_the_offer() -> None:
    data = trial(np.arange(9.0) < 4)
    data["d"] = data["t"]
    test = found(data)
    assignment = read_assignment(ArraySample(data, "y"), Columns("t", "c"))
    fitted = fit_treatment(assignment, (), "none")
    offer = randomise(fitted, assignment, interacted=False, seed=SEED, conf_level=LEVEL)
    assert isinstance(offer, Randomisation)
    assert test.p_value == offer.p_value
    assert test.conf_low == pytest.approx(offer.conf_low, rel=TIGHT)
    assert test.conf_high == pytest.approx(offer.conf_high, rel=TIGHT)


def test_who_took_part_may_be_counted_in_any_unit() -> None:
    data = trial(np.arange(9.0) < 4, moved=0.8)
    test = found(data, ("x",))
    tenfold = found(data | {"d": 7 - 10 * data["d"], "y": data["y"] + 1e6}, ("x",))
    assert tenfold.p_value == test.p_value
    assert tenfold.conf_low == pytest.approx(-test.conf_high / 10, rel=1e-6)
    assert tenfold.conf_high == pytest.approx(-test.conf_low / 10, rel=1e-6)


def test_an_offer_that_moved_nobody_excludes_nothing() -> None:
    data = trial(np.arange(10.0) < 5, moved=0.05, seed=4)
    p_value = brute_force(data, every_assignment(data), (), data["c"].astype(int))
    assert p_value(1e7) > ALPHA or p_value(-1e7) > ALPHA
    test = found(data)
    assert isinf(test.conf_low) or isinf(test.conf_high)


def test_few_assignments_are_refused() -> None:
    refused = found(trial(np.arange(5.0) < 2))
    assert isinstance(refused, Refused)
    assert refused.code == "too_few_assignments"
