"""Randomisation inference over clusters equals refitting every assignment to the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from math import isinf
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.arms import RowWeights
from evaluate.inference.assignment import Assignment, Columns, read_assignment
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.design_rows import treatment_model
from evaluate.inference.randomisation import Randomisation, randomisation_test
from evaluate.inference.shuffle import assignment_blocks, assignments, mirrored
from evaluate.inference.treatment import TreatmentFit, fit_terms, fit_treatment
from evaluate.inference.units import cluster_units

Float = NDArray[Any]
Data = dict[str, NDArray[Any]]
TIGHT = 1e-9  # two routes through matrices of condition 1e3
SEED = (20, 26)


def trial(treated: Float, stratum: Float | None = None, seed: int = 5, effect: float = 0.5) -> Data:
    """Return a trial of clusters of unlike size."""
    rng = np.random.default_rng(seed)
    g = len(treated)
    cluster = np.repeat(np.arange(g), rng.integers(3, 12, g))
    x = rng.normal(size=len(cluster))
    level = rng.normal(size=g)[cluster]
    data: Data = {
        "t": treated[cluster].astype(float),
        "c": np.array([f"c{i:02d}" for i in cluster]),
        "x": x,
        "y": effect * treated[cluster] + level + x + rng.normal(size=len(cluster)),
    }
    data["s"] = (np.zeros(g) if stratum is None else stratum)[cluster]
    return data


def read(data: Data, adjustment: Any, arm: str | None = None) -> tuple[Assignment, TreatmentFit]:
    columns = Columns("t", "c", "s" if np.ptp(data["s"]) else None, arm)
    used = () if adjustment == "none" else ("x",)
    assignment = read_assignment(ArraySample(data, "y"), columns, used)
    return assignment, fit_treatment(assignment, used, adjustment)


def randomised(data: Data, adjustment: Any, **asked: Any) -> Randomisation:
    assignment, fitted = read(data, adjustment)
    units = cluster_units(
        assignment,
        fitted.cells,
        interacted=adjustment == "interacted",
        pooled=fitted.absorbed,
    )
    return randomisation_test(units, seed=SEED, **asked)


def per_cluster(data: Data, name: str) -> Float:
    return np.array([data[name][data["c"] == one][0] for one in np.unique(data["c"])])


def every_assignment(data: Data) -> list[Float]:
    """Return every way to treat as many clusters in each stratum."""
    treated, stratum = per_cluster(data, "t"), per_cluster(data, "s")
    blocks = [np.flatnonzero(stratum == one) for one in np.unique(stratum)]
    choices = product(*(combinations(block, int(treated[block].sum())) for block in blocks))
    found = []
    for choice in choices:
        one = np.zeros(len(treated))
        one[[i for part in choice for i in part]] = 1
        found.append(one)
    return found


def t_of(data: Data, treated: Float, y: Float, adjustment: str, pooled: bool = False) -> float:
    """Return effect over standard error under an assignment of clusters, from rows."""
    code = np.unique(data["c"], return_inverse=True)[1]
    t = treated[code]
    w = [data["s"] == one for one in np.unique(data["s"])[1:]]
    w += [data["x"]] if adjustment != "none" else []
    inside = np.column_stack([np.zeros((len(y), 0)), *w])
    inside = inside - inside.mean(axis=0)
    parts = [np.ones(len(y)), t, inside]
    x = np.column_stack([*parts, t[:, None] * inside] if adjustment == "interacted" else parts)
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    weight = x @ bread[1]
    group = data["s"].astype(int) if pooled else code
    influence = np.bincount(group, weight * (y - x @ beta))
    leverage = np.bincount(group, weight**2)
    whole = np.full(len(leverage), leverage.sum())
    if not pooled:
        cell = treated.astype(int)
        if adjustment == "interacted":
            cell = cell + 2 * per_cluster(data, "s").astype(int)
        whole = np.bincount(cell, leverage)[cell]
    return float(beta[1] / np.sqrt(np.sum(influence**2 / (1 - leverage / whole))))


def p_of(data: Data, null: float, t: Callable[..., float], *rest: Any) -> float:
    """Return the share of all assignments with a |t| as large as the observed."""
    y = data["y"] - null * data["t"]
    drawn = np.array([t(data, one, y, *rest) for one in every_assignment(data)])
    observed = abs(t(data, per_cluster(data, "t"), y, *rest))
    return float(np.mean(np.abs(drawn) >= observed * (1 - TIGHT)))


PAIRS = np.repeat(np.arange(8.0), 2)
CASES = {
    "none": (np.arange(9.0) < 4, None, "none"),
    "additive": (np.arange(9.0) < 4, None, "additive"),
    "interacted": (np.arange(9.0) < 4, None, "interacted"),
    "strata": (np.arange(12.0) % 4 < 2, np.arange(12.0) % 3, "none"),
    "strata, additive": (np.arange(12.0) % 4 < 2, np.arange(12.0) % 3, "additive"),
    "strata, interacted": (np.arange(12.0) % 4 < 2, np.arange(12.0) % 3, "interacted"),
    "a stratum without treated": (np.arange(10.0) < 3, np.arange(10.0) // 7, "additive"),
    "pairs": (np.arange(16.0) % 2, PAIRS, "none"),
    "pairs, additive": (np.arange(16.0) % 2, PAIRS, "additive"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_every_assignment_equals_a_refit(case: tuple[Float, Float | None, str]) -> None:
    treated, stratum, adjustment = case
    data = trial(treated, stratum)
    found = randomised(data, adjustment)
    pooled = stratum is PAIRS
    every = every_assignment(data)
    expected = np.array([t_of(data, one, data["y"], adjustment, pooled) for one in every])
    observed = t_of(data, per_cluster(data, "t"), data["y"], adjustment, pooled)
    assert found.exact
    assert found.n_assignments == len(every) == len(found.draws)
    assert found.statistic == pytest.approx(observed, rel=TIGHT)
    assert np.sort(found.draws) == pytest.approx(np.sort(expected), rel=1e-7, abs=1e-9)
    assert found.p_value == p_of(data, 0.0, t_of, adjustment, pooled)
    step = 1e-6 * (found.conf_high - found.conf_low)
    for limit, outwards in ((found.conf_low, -1), (found.conf_high, 1)):
        inside = p_of(data, limit - outwards * step, t_of, adjustment, pooled)
        outside = p_of(data, limit + outwards * step, t_of, adjustment, pooled)
        assert outside <= 0.05 * (1 + TIGHT) < inside


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_effect_is_the_headlines(case: tuple[Float, Float | None, str]) -> None:
    treated, stratum, adjustment = case
    _, fitted = read(trial(treated, stratum), adjustment)
    found = randomised(trial(treated, stratum), adjustment)
    shifted = trial(treated, stratum)
    shifted["y"] = shifted["y"] - fitted.effect * shifted["t"]
    # With the effect taken out nothing is left, and the interval is the same around zero.
    left = randomised(shifted, adjustment)
    assert left.p_value == 1.0
    assert left.statistic == pytest.approx(0.0, abs=1e-9)
    assert left.conf_low + fitted.effect == pytest.approx(found.conf_low, abs=1e-7)


def test_without_covariates_t_is_that_of_cr2() -> None:
    data = trial(np.arange(9.0) < 4)
    _, fitted = read(data, "none")
    spread = cluster_spread(fitted.groups, fitted.fit, fitted.contrast, "CR2")
    found = randomised(data, "none")
    assert found.statistic == pytest.approx(fitted.effect / spread.std_error, rel=TIGHT)


def test_matched_pairs_of_equal_size_are_sign_changes() -> None:
    data = trial(np.arange(16.0) % 2, PAIRS)
    keep = np.concatenate([np.flatnonzero(data["c"] == one)[:3] for one in np.unique(data["c"])])
    data = {name: values[keep] for name, values in data.items()}
    found = randomised(data, "none")
    pairs = [data["s"] == one for one in np.unique(data["s"])]
    each = np.array(
        [
            data["y"][p & (data["t"] == 1)].mean() - data["y"][p & (data["t"] == 0)].mean()
            for p in pairs
        ]
    )
    # t of a mean grows with its size while the squares stay the same: signs of the mean do.
    means = np.array([np.mean(each * np.array(sign)) for sign in product((1, -1), repeat=8)])
    assert found.n_assignments == 256
    assert found.p_value == np.mean(np.abs(means) >= abs(each.mean()) * (1 - TIGHT))
    assert found.statistic == pytest.approx(each.mean() / (each.std(ddof=1) / np.sqrt(8)))


def arms_trial() -> Data:
    data = trial((np.arange(13.0) % 3 > 0).astype(float), seed=11)
    code = np.array([int(one[1:]) % 3 for one in data["c"]])
    data["arm"] = np.array(["none", "coach", "grant"])[code]
    return data


@pytest.mark.parametrize("interacted", [False, True])
@pytest.mark.parametrize("arm", [1, 2])
def test_other_arms_keep_their_treatment(arm: int, interacted: bool) -> None:
    data = arms_trial()
    assignment = read_assignment(ArraySample(data, "y"), Columns("t", "c", None, "arm"), ("x",))
    columns = np.column_stack([assignment.arm == 1, assignment.arm == 2]).astype(float)
    model = treatment_model(assignment.cells, columns, (), interacted=interacted)
    fitted = fit_terms(assignment.cells, model, assignment.cluster)
    units = cluster_units(assignment, fitted.cells, interacted=interacted, arm=arm)
    found = randomisation_test(units, seed=SEED)
    # Five comparison clusters and four of this arm change places, four others stay.
    assert found.n_assignments == 126
    taken = fitted.effects[arm - 1]
    data["y"] = data["y"] - taken * (data["arm"] == ("coach", "grant")[arm - 1])
    again = read_assignment(ArraySample(data, "y"), Columns("t", "c", None, "arm"), ("x",))
    units = cluster_units(again, again.cells, interacted=interacted, arm=arm)
    left = randomisation_test(units, seed=SEED)
    assert left.statistic == pytest.approx(0.0, abs=1e-8)
    assert left.conf_high + taken == pytest.approx(found.conf_high, abs=1e-7)


@pytest.mark.parametrize(
    ("treated", "stratum", "number", "symmetric"),
    [
        ([1, 1, 1, 0, 0, 0], [0] * 6, 20, True),
        ([1, 1, 0, 0, 0, 0], [0] * 6, 15, False),
        ([1, 0, 1, 0, 1, 0], [0, 0, 1, 1, 2, 2], 8, True),
        ([1, 0, 1, 0, 0, 0], [0, 0, 1, 1, 2, 2], 4, True),
        ([1, 1, 0, 0, 1, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 2, 2], 18, False),
    ],
)
def test_assignments_are_counted_and_listed_once(
    treated: list[int], stratum: list[int], number: int, symmetric: bool
) -> None:
    flags, block = np.array(treated, bool), np.array(stratum)
    assert assignments(block, flags) == number
    assert mirrored(block, flags) is symmetric
    every = np.concatenate(list(assignment_blocks(block, flags, number, np.random.default_rng(1))))
    assert every.shape == (number, len(flags))
    assert len(np.unique(every, axis=0)) == number
    for one in np.unique(block):
        assert (every[:, block == one].sum(axis=1) == flags[block == one].sum()).all()


@pytest.mark.parametrize("treated", [[1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0]])
def test_random_assignments_are_all_as_likely(treated: list[int]) -> None:
    # Two strata of unlike size; more draws than there are assignments of each would be listed.
    flags = np.array([*treated, 1, 0, 0, 1, 0, 0, 0, 1], bool)
    block = np.repeat([0, 1], [len(treated), 8])
    number, draws = assignments(block, flags), 0
    counts: dict[bytes, int] = {}
    rng = np.random.default_rng(4)
    while draws < 50 * number:
        for blocks in assignment_blocks(block, flags, number - 1, rng):
            draws += len(blocks)
            for one in blocks:
                counts[one.tobytes()] = counts.get(one.tobytes(), 0) + 1
    assert len(counts) == number
    expected = draws / number
    squares = sum((count - expected) ** 2 for count in counts.values()) / expected
    # Chi-square with number - 1 degrees of freedom: mean and four standard deviations.
    assert abs(squares - (number - 1)) < 4 * np.sqrt(2 * (number - 1))


@pytest.mark.parametrize(
    ("clusters", "few", "refused"), [(9, 3, False), (6, 3, True), (6, 2, True), (7, 3, False)]
)
def test_too_few_assignments_give_no_p_value(clusters: int, few: int, refused: bool) -> None:
    data = trial((np.arange(clusters) < few).astype(float))
    if not refused:
        assert randomised(data, "none").p_value > 0
        return
    with pytest.raises(Refused, match="only 1[05] sets of units") as found:
        randomised(data, "none")
    assert found.value.code == "too_few_assignments"


def test_a_cluster_of_two_arms_was_not_assigned() -> None:
    data = trial(np.arange(9.0) < 4)
    data["t"] = data["t"].copy()
    data["t"][0] = 0.0
    assignment, fitted = read(data, "none")
    with pytest.raises(Refused) as found:
        cluster_units(assignment, fitted.cells, interacted=False)
    assert found.value.code == "mixed_clusters"
    with pytest.raises(Refused) as found:
        cluster_units(replace(assignment, cluster=None), fitted.cells, interacted=False)
    assert found.value.code == "no_clusters"


def test_weights_that_depend_on_the_arm_would_change_with_it() -> None:
    assignment, fitted = read(trial(np.arange(9.0) < 4), "none")
    weighted = replace(assignment, weights=RowWeights(scale=np.ones(len(assignment.treated))))
    with pytest.raises(Refused) as found:
        cluster_units(weighted, fitted.cells, interacted=False)
    assert found.value.code == "weighted_by_arm"


def test_what_does_not_vary_is_refused() -> None:
    data = trial(np.arange(9.0) < 4)
    data["y"] = data["t"] * 2.0
    with pytest.raises(Refused) as found:
        randomised(data, "none")
    assert found.value.code == "no_variation"


def test_assignments_that_cannot_be_fitted_count_against_the_effect() -> None:
    # A covariate at the clusters' level that varies in one arm of some assignments only.
    data = trial(np.arange(8.0) < 4, effect=9.0)
    special = np.isin(data["c"], ["c00", "c07"])
    data["x"] = special.astype(float)
    found = randomised(data, "interacted")
    together = sum(one[0] == one[7] for one in every_assignment(data))
    assert np.isinf(found.draws).sum() == together == 30
    assert found.p_value >= 30 / 70
    assert isinf(found.conf_low)


@pytest.mark.parametrize("case", ["interacted", "strata, additive", "pairs"])
def test_names_and_order_mean_nothing(case: str) -> None:
    treated, stratum, adjustment = CASES[case]
    data = trial(treated, stratum)
    turn = np.random.default_rng(8).permutation(len(data["y"]))
    names = np.random.default_rng(9).permutation(len(treated))
    other = {name: values[turn] for name, values in data.items()}
    other["c"] = np.array([f"s{names[int(one[1:])]:02d}" for one in other["c"]])
    other["s"] = -other["s"]
    for draws in (9999, 100):
        one, two = (randomised(d, adjustment, draws=draws) for d in (data, other))
        assert two.exact is one.exact is (draws == 9999)
        assert two.draws == pytest.approx(one.draws, rel=1e-6, abs=1e-9)
        assert two.p_value == one.p_value
        assert two.conf_low == pytest.approx(one.conf_low, rel=1e-8)
        assert two.conf_high == pytest.approx(one.conf_high, rel=1e-8)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_outcomes_unit_means_nothing(case: tuple[Float, Float | None, str]) -> None:
    data = trial(*case[:2])
    one = randomised(data, case[2])
    data["y"] = -1e5 * data["y"] + 3e6
    other = randomised(data, case[2])
    assert other.p_value == one.p_value
    assert other.conf_low == pytest.approx(-1e5 * one.conf_high, rel=1e-7)
    assert other.conf_high == pytest.approx(-1e5 * one.conf_low, rel=1e-7)


def test_random_assignments_agree_with_all_of_them() -> None:
    data = trial(np.arange(14.0) < 6)
    every, some = randomised(data, "additive"), randomised(data, "additive", draws=2000)
    assert every.exact
    assert not some.exact
    error = np.sqrt(every.p_value * (1 - every.p_value) / 2000)
    assert some.p_value == pytest.approx(every.p_value, abs=4 * error)
    assert some.conf_low == pytest.approx(every.conf_low, rel=0.1)


def test_the_test_holds_its_size_and_finds_what_is_there() -> None:
    p_values, found = [], 0
    for seed in range(300):
        chance = np.random.default_rng(seed).permutation(9) < 4
        data = trial(chance.astype(float), seed=5000 + seed, effect=0.0)
        p_values.append(randomised(data, "additive").p_value)
        if seed < 30:
            data["y"] = data["y"] + 6 * data["t"]
            found += randomised(data, "additive").p_value <= 0.05
    # Exact: of 126 assignments six have p at most 0.05, 63 at most 0.5. Binomial 99.9 % bands.
    assert 4 <= np.sum(np.array(p_values) <= 0.05) <= 28
    assert 121 <= np.sum(np.array(p_values) <= 0.5) <= 179
    assert found >= 27
