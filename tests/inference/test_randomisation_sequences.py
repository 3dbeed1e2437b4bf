"""Randomisation inference for roll-outs equals refitting every roll-out to the rows."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.assignment import Columns, read_assignment
from evaluate.inference.randomisation import Randomisation
from evaluate.inference.sequences import permute_sequences
from evaluate.inference.treatment import fit_treatment

Float = NDArray[Any]
Data = dict[str, NDArray[Any]]
TIGHT = 1e-9
SEED = (20, 26)
NEVER = 99


def wedge(starts: list[int], stratum: list[int] | None = None, seed: int = 5) -> Data:
    """Return four periods of clusters that begin one after the other; some rows are lost."""
    rng = np.random.default_rng(seed)
    g = len(starts)
    cluster, period = (one.ravel() for one in np.meshgrid(np.arange(g), np.arange(4)))
    times = rng.integers(1, 4, len(cluster))
    cluster, period = np.repeat(cluster, times), np.repeat(period, times)
    x = rng.normal(size=len(cluster))
    noise = rng.normal(size=len(cluster)) + rng.normal(size=(g, 4))[cluster, period] / 2
    treated = (period >= np.array(starts)[cluster]).astype(float)
    return {
        "t": treated,
        "c": cluster.astype(float),
        "p": period.astype(float),
        "s": np.array(stratum or [0] * g)[cluster].astype(float),
        "x": x,
        "y": 0.4 * treated + rng.normal(size=g)[cluster] + period / 3 + x + noise,
    }


def permuted(data: Data, covariates: tuple[str, ...] = (), **asked: Any) -> Randomisation:
    columns = Columns("t", "c", "s" if np.ptp(data["s"]) else None, None, "p")
    assignment = read_assignment(ArraySample(data, "y"), columns, covariates)
    cells = assignment.cells.only((*covariates, "y"))
    return permute_sequences(assignment, cells, seed=SEED, **asked)


def t_of(data: Data, starts: Float, y: Float, covariates: tuple[str, ...]) -> float:
    """Return effect over standard error under other starts, from rows and indicators."""
    cluster = data["c"].astype(int)
    t = (data["p"] >= starts[cluster]).astype(float)
    parts = [t, *(data[name] for name in covariates)]
    parts += [cluster == one for one in np.unique(cluster)]
    parts += [data["p"] == one for one in np.unique(data["p"])[1:]]
    x = np.column_stack(parts).astype(float)
    bread = np.linalg.inv(x.T @ x)
    weight = x @ bread[0]
    beta = bread @ x.T @ y
    influence = np.bincount(cluster, weight * (y - x @ beta))
    share = np.bincount(cluster, weight**2) / np.sum(weight**2)
    return float(beta[0] / np.sqrt(np.sum(influence**2 / (1 - share))))


def every_roll(starts: list[int], stratum: list[int] | None) -> list[Float]:
    blocks = np.array(stratum or [0] * len(starts))
    found = {one for one in permutations(range(len(starts))) if (blocks[list(one)] == blocks).all()}
    return [np.array(one) for one in sorted({tuple(starts[i] for i in o) for o in found})]


CASES = {
    "three steps": ([1, 1, 2, 2, 3, 3], None, ()),
    "a covariate": ([1, 1, 2, 2, 3, 3], None, ("x",)),
    "waiting list": ([1, 1, 1, NEVER, NEVER, NEVER, NEVER], None, ("x",)),
    "strata": ([1, 2, 3, 1, 2, NEVER, 3], [0, 0, 0, 1, 1, 1, 1], ()),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_every_roll_out_equals_a_refit(
    case: tuple[list[int], list[int] | None, tuple[str, ...]],
) -> None:
    starts, stratum, covariates = case
    data = wedge(starts, stratum)
    found = permuted(data, covariates)
    every = every_roll(starts, stratum)

    def p_of(null: float) -> float:
        y = data["y"] - null * data["t"]
        drawn = np.array([abs(t_of(data, one, y, covariates)) for one in every])
        observed = abs(t_of(data, np.array(starts), y, covariates))
        return float(np.mean(drawn >= observed * (1 - TIGHT)))

    drawn = [t_of(data, one, data["y"], covariates) for one in every]
    assert found.exact
    assert found.n_assignments == len(every) == len(found.draws)
    observed = t_of(data, np.array(starts), data["y"], covariates)
    assert found.statistic == pytest.approx(observed, rel=TIGHT)
    assert np.sort(found.draws) == pytest.approx(np.sort(drawn), rel=1e-7, abs=1e-9)
    assert found.p_value == p_of(0.0)
    step = 1e-6 * (found.conf_high - found.conf_low)
    for limit, outwards in ((found.conf_low, -1), (found.conf_high, 1)):
        outside, inside = p_of(limit + outwards * step), p_of(limit - outwards * step)
        assert outside <= 0.05 * (1 + TIGHT) < inside


def test_the_effect_is_the_headlines() -> None:
    data = wedge([1, 1, 2, 2, 3, 3])
    columns = Columns("t", "c", None, None, "p")
    assignment = read_assignment(ArraySample(data, "y"), columns, ("x",))
    fitted = fit_treatment(assignment, ("x",), "additive")
    data["y"] = data["y"] - fitted.effect * data["t"]
    left = permuted(data, ("x",))
    assert left.statistic == pytest.approx(0.0, abs=1e-9)
    assert left.p_value == 1.0


def test_names_order_and_unit_mean_nothing() -> None:
    starts = [1, 1, 2, 2, 3, 3, NEVER, NEVER]
    data = wedge(starts, [0, 1] * 4)
    turn = np.random.default_rng(8).permutation(len(data["y"]))
    names = np.random.default_rng(9).permutation(8)
    other = {name: values[turn] for name, values in data.items()}
    other["c"] = names[other["c"].astype(int)].astype(float)
    other["s"] = 1 - other["s"]
    other["y"] = 1e4 * other["y"] - 7
    for draws in (9999, 150):
        one, two = permuted(data, draws=draws), permuted(other, draws=draws)
        assert two.exact is one.exact is (draws == 9999)
        assert two.p_value == one.p_value
        assert two.draws == pytest.approx(one.draws, rel=1e-6, abs=1e-9)
        assert two.conf_low == pytest.approx(1e4 * one.conf_low, rel=1e-6)


def test_few_roll_outs_give_no_p_value() -> None:
    for starts in ([1, 2, 3], [1, 1, NEVER, NEVER], [1, 1, 1, 3, 3, 3]):
        with pytest.raises(Refused) as found:
            permuted(wedge(starts))
        assert found.value.code == "too_few_assignments"
    assert permuted(wedge([1, 2, 3, NEVER])).n_assignments == 24


def test_what_is_no_roll_out_is_refused() -> None:
    data = wedge([1, 1, 2, 2, 3, 3])
    assignment = read_assignment(ArraySample(data, "y"), Columns("t", "c"))
    with pytest.raises(Refused) as found:
        permute_sequences(assignment, assignment.cells, seed=SEED)
    assert found.value.code == "no_sequences"
    data["s"] = (np.arange(len(data["s"])) % 2).astype(float)
    with pytest.raises(Refused) as found:
        permuted(data)
    assert found.value.code == "mixed_clusters"
    still = wedge([1, 1, 2, 2, 3, 3])
    still["y"] = 2 * still["t"] + still["p"] + still["c"]
    with pytest.raises(Refused) as found:
        permuted(still)
    assert found.value.code == "no_variation"
