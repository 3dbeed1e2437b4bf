"""Nearest neighbours against a search through all pairs, and under changes that mean nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product
from typing import Any, Literal

import numpy as np
import pytest
from matched_units import drawn, logit

from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.linear import Float
from evaluate.inference.nearest import Nearest, nearest
from evaluate.inference.propensity import propensity


def by_search(
    groups: Groups, apart: Float, allowed: np.ndarray[Any, Any], k: int
) -> tuple[float, Float]:
    """Return the ATT with replacement and weights, pair by pair; the comparison's all ties in."""
    base = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    weights, effects, total = np.zeros(len(base)), 0.0, 0.0
    for i in np.flatnonzero(groups.treated):
        others = np.flatnonzero(~groups.treated & allowed[i])
        if not len(others):
            continue
        away = apart[i, others]
        reach = np.sort(away)[min(k, len(away)) - 1]
        near = others[away <= reach + 1e-9]
        share = base[near] / base[near].sum()
        weights[i] = base[i]
        weights[near] += base[i] * share
        effects += base[i] * (groups.y[i] - share @ groups.y[near])
        total += base[i]
    return effects / total, weights


@pytest.mark.parametrize("discrete", [False, True])
@pytest.mark.parametrize("cells", [0, 4])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("k", "width"), [(1, None), (3, None), (1, 0.1), (2, 0.05), (200, None)])
def test_the_score_with_replacement(
    *, discrete: bool, cells: int, weighted: bool, k: int, width: float | None
) -> None:
    groups = drawn(260, seed=3, discrete=discrete, cells=cells, weighted=weighted)
    score = propensity(groups).score
    at = logit(score)
    allowed = np.ones((260, 260), bool)
    if cells:
        assert groups.exact is not None
        allowed &= groups.exact[:, None] == groups.exact
    if width is not None:
        allowed &= np.abs(at[:, None] - at) <= width * at.std(ddof=1) + 1e-12
    ours = nearest(
        groups,
        score,
        Nearest(ratio=min(k, 150), caliper=None if width is None else (width, "sd_logit")),
    )
    value, weights = by_search(groups, np.abs(at[:, None] - at), allowed, min(k, 150))
    assert ours.value == pytest.approx(value, rel=1e-10)
    np.testing.assert_allclose(ours.weights, weights, atol=1e-10)


def mahalanobis(groups: Groups, covariance: str) -> Float:
    x, on = groups.x, groups.treated
    found = {
        "whole": np.cov(x.T),
        "comparison": np.cov(x[~on].T),
        "diagonal": np.diag(x.var(axis=0, ddof=1)),
        "pooled": (np.cov(x[on].T) * (on.sum() - 1) + np.cov(x[~on].T) * ((~on).sum() - 1))
        / (len(on) - 2),
    }[covariance]
    apart = x[:, None] - x
    squares: Float = np.einsum("abi,ij,abj->ab", apart, np.linalg.inv(found), apart)
    return np.sqrt(squares)


@pytest.mark.parametrize("covariance", ["pooled", "whole", "comparison", "diagonal"])
@pytest.mark.parametrize("discrete", [False, True])
@pytest.mark.parametrize("cells", [0, 3])
def test_mahalanobis_distance_with_replacement(
    covariance: Literal["pooled", "whole", "comparison", "diagonal"], *, discrete: bool, cells: int
) -> None:
    groups = drawn(200, seed=4, discrete=discrete, cells=cells)
    allowed = np.abs(groups.x[:, 1][:, None] - groups.x[:, 1]) <= 0.7
    if groups.exact is not None:
        allowed &= groups.exact[:, None] == groups.exact
    asked = Nearest(ratio=2, distance="mahalanobis", covariance=covariance, caliper=(0.7, "b"))
    ours = nearest(groups, None, asked)
    value, weights = by_search(groups, mahalanobis(groups, covariance), allowed, 2)
    assert ours.value == pytest.approx(value, rel=1e-10)
    np.testing.assert_allclose(ours.weights, weights, atol=1e-10)


@pytest.mark.parametrize("unit", ["score", "sd_score", "logit", "sd_logit", "a"])
@pytest.mark.parametrize("distance", ["logit", "score"])
def test_a_caliper_may_be_in_another_unit_than_the_distance(
    unit: str, distance: Literal["logit", "score"]
) -> None:
    groups = drawn(300, seed=5)
    score = propensity(groups).score
    measure = {"score": score, "sd_score": score, "a": groups.x[:, 0]}.get(unit, logit(score))
    width = 0.04 * (measure.std(ddof=1) if unit.startswith("sd_") else 1)
    at = logit(score) if distance == "logit" else score
    value, weights = by_search(
        groups, np.abs(at[:, None] - at), np.abs(measure[:, None] - measure) <= width, 1
    )
    ours = nearest(groups, score, Nearest(distance=distance, caliper=(0.04, unit)))
    assert 0 < np.count_nonzero(ours.weights[groups.treated]) < groups.treated.sum()
    assert ours.value == pytest.approx(value, rel=1e-10)
    np.testing.assert_allclose(ours.weights, weights, atol=1e-10)


def greedily(
    groups: Groups, apart: Float, key: Float, ratio: int, reach: float
) -> dict[int, list[int]]:
    """Return whom each treated unit has: in rounds, the lowest key first."""
    free = set(np.flatnonzero(~groups.treated).tolist())
    turns = [int(i) for i in np.flatnonzero(groups.treated)[np.argsort(key[groups.treated])]]
    found: dict[int, list[int]] = {i: [] for i in turns}
    for _, i in product(range(ratio), turns):
        can = [
            j
            for j in free
            if apart[i, j] <= reach and (groups.exact is None or groups.exact[i] == groups.exact[j])
        ]
        if can:
            best = min(can, key=lambda j: apart[i, j])
            free.remove(best)
            found[i].append(best)
    return found


def closest_first(groups: Groups, apart: Float, reach: float) -> dict[int, list[int]]:
    on, off = np.flatnonzero(groups.treated), np.flatnonzero(~groups.treated)
    pairs = sorted((apart[i, j], int(i), int(j)) for i in on for j in off if apart[i, j] <= reach)
    found: dict[int, list[int]] = {}
    taken: set[int] = set()
    for _, i, j in pairs:
        if i not in found and j not in taken:
            found[i] = [j]
            taken.add(j)
    return found


# The search for the closest is written for single pairs.
ROUNDS = [
    *product(("largest", "smallest"), (0, 3), (1, 2)),
    ("closest", 0, 1),
]


@pytest.mark.parametrize("distance", ["logit", "mahalanobis"])
@pytest.mark.parametrize("width", [None, 0.2])
@pytest.mark.parametrize(("order", "cells", "ratio"), ROUNDS)
def test_without_replacement_everybody_is_used_once(
    distance: Literal["logit", "mahalanobis"], order: Literal["largest", "smallest", "closest"],
    width: float | None, cells: int, ratio: int,
) -> None:  # fmt: skip
    groups = drawn(240, seed=6, cells=cells)
    score = propensity(groups).score
    at = logit(score)
    reach = np.inf if width is None else width
    apart = np.abs(at[:, None] - at)
    if distance == "mahalanobis":
        apart = np.where(apart <= reach, mahalanobis(groups, "pooled"), np.inf)
        reach = 1e9
    if order == "closest":
        theirs = closest_first(groups, apart, reach)
    else:
        theirs = greedily(groups, apart, -at if order == "largest" else at, ratio, reach)
    ours = nearest(
        groups,
        score,
        Nearest(
            ratio=ratio,
            replace=False,
            distance=distance,
            order=order,
            caliper=None if width is None else (width, "logit"),
        ),
    )
    assert ours.pairs is not None
    pairs = set(zip(ours.pairs[0].tolist(), ours.pairs[1].tolist(), strict=True))
    assert pairs == {(i, j) for i, them in theirs.items() for j in them}
    effects = [groups.y[i] - groups.y[them].mean() for i, them in theirs.items() if them]
    assert ours.value == pytest.approx(np.mean(effects), rel=1e-12)


def test_without_replacement_ties_have_the_mean_over_all_ways_to_break_them() -> None:
    """Two treated of one score, three comparison units of another, and one farther off."""
    score = np.array([0.6, 0.6, 0.31, 0.55, 0.55, 0.55, 0.3, 0.2])
    treated = np.array([1, 1, 1, 0, 0, 0, 0, 0], bool)
    y = np.array([5.0, 7.0, 2.0, 1.0, 4.0, 10.0, 3.0, -2.0])
    values = []
    for order in permutations(range(3, 8)):
        mine = np.concatenate([[0, 1, 2], order])
        groups = Groups(y[mine], treated[mine], score[mine, None], ("s",))
        apart = np.abs(score[mine][:, None] - score[mine]).round(9)
        pairs = greedily(groups, apart, -score[mine], 1, np.inf)
        values.append(np.mean([groups.y[i] - groups.y[j[0]] for i, j in pairs.items()]))
    groups = Groups(y, treated, score[:, None], ("s",))
    ours = nearest(groups, score, Nearest(replace=False, distance="score"))
    assert np.std(values) > 1
    assert ours.value == pytest.approx(np.mean(values))
    assert ours.weights.tolist() == pytest.approx([1, 1, 1, 2 / 3, 2 / 3, 2 / 3, 1, 0])


def test_who_of_equal_treated_is_left_out_is_shared_too() -> None:
    score = np.array([0.6, 0.6, 0.6, 0.55, 0.55, 0.3, 0.3, 0.3])
    treated = np.array([1, 1, 1, 0, 0, 0, 0, 0], bool)
    y = np.array([3.0, 6.0, 9.0, 1.0, 2.0, 0.0, 0.0, 0.0])
    groups = Groups(y, treated, score[:, None], ("s",))
    asked = Nearest(replace=False, distance="score", caliper=(0.1, "score"))
    ours = nearest(groups, score, asked)
    assert ours.weights.tolist() == pytest.approx([2 / 3] * 3 + [1, 1, 0, 0, 0])
    assert ours.value == pytest.approx(6.0 - 1.5)
    assert ours.stratum is not None
    assert ours.stratum.tolist() == [0] * 5 + [-1] * 3


def turned(groups: Groups, order: np.ndarray[Any, Any]) -> Groups:
    def mine(one: Any) -> Any:
        return None if one is None else one[order]

    return Groups(
        groups.y[order], groups.treated[order], groups.x[order], groups.names,
        mine(groups.cluster), mine(groups.weights), mine(groups.exact),
    )  # fmt: skip


WAYS = {
    "with": Nearest(outcome="bias_corrected"),
    "with, plain": Nearest(ratio=2, caliper=(0.5, "sd_logit")),
    "without": Nearest(replace=False),
    "without, two": Nearest(replace=False, ratio=2, caliper=(0.3, "sd_score"), order="closest"),
    "regression": Nearest(replace=False, outcome="regression", order="smallest"),
    "mahalanobis": Nearest(distance="mahalanobis", outcome="bias_corrected"),
    "mahalanobis without": Nearest(distance="mahalanobis", replace=False, caliper=(0.9, "a")),
    "mahalanobis closest": Nearest(distance="mahalanobis", replace=False, order="closest"),
}


def result(groups: Groups, way: str) -> Compared:
    return nearest(groups, propensity(groups).score, WAYS[way])


def same(one: Compared, other: Compared, scale: float = 1.0) -> None:
    assert other.value == pytest.approx(scale * one.value, rel=1e-8, abs=1e-10)
    assert other.variance == pytest.approx(scale**2 * one.variance, rel=1e-7)
    assert other.df == one.df


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("discrete", [False, True], ids=["distinct", "ties"])
@pytest.mark.parametrize("clusters", [0, 25])
def test_neither_order_nor_units_nor_labels_matter(
    way: str, *, discrete: bool, clusters: int
) -> None:
    groups = drawn(300, seed=8, discrete=discrete, clusters=clusters, cells=2)
    ours = result(groups, way)
    rng = np.random.default_rng(1)
    order = rng.permutation(300)
    other = result(turned(groups, order), way)
    same(ours, other)
    np.testing.assert_allclose(other.weights, ours.weights[order], atol=1e-9)
    same(ours, result(replace(groups, y=groups.y * -7.5 + 100), way), -7.5)
    if WAYS[way].caliper != (0.9, "a"):
        same(ours, result(replace(groups, x=groups.x * [100.0, 0.01, -3.0] + 5), way))
    if groups.cluster is not None:
        same(ours, result(replace(groups, cluster=rng.permutation(25)[groups.cluster]), way))
    assert groups.exact is not None
    same(ours, result(replace(groups, exact=1 - groups.exact), way))


@pytest.mark.parametrize("outcome", ["difference", "bias_corrected"])
def test_comparison_units_twice_are_as_a_weight_of_two(
    outcome: Literal["difference", "bias_corrected"],
) -> None:
    groups = drawn(200, seed=9, discrete=True)
    twice = np.concatenate([np.arange(200), np.flatnonzero(~groups.treated)])
    weighted = replace(groups, weights=np.where(groups.treated, 1.0, 2.0))
    score = propensity(weighted).score
    one = nearest(weighted, score, Nearest(outcome=outcome))
    other = nearest(turned(groups, twice), score[twice], Nearest(outcome=outcome))
    assert other.value == pytest.approx(one.value, rel=1e-10)


def test_weights_sum_to_those_of_the_treated() -> None:
    groups = drawn(300, seed=10, weighted=True)
    assert groups.weights is not None
    for way in ("with, plain", "without", "mahalanobis"):
        found = result(groups, way)
        on = groups.treated
        assert found.weights[~on].sum() == pytest.approx(found.weights[on].sum())
        kept = on & (found.weights > 0)
        np.testing.assert_allclose(found.weights[kept], groups.weights[kept])
    both = nearest(groups, propensity(groups).score, Nearest(), "ATE")
    for on in (groups.treated, ~groups.treated):
        assert both.weights[on].sum() == pytest.approx(groups.weights.sum())


def test_the_first_of_ties_with_replacement() -> None:
    score = np.array([0.5, 0.7, 0.5, 0.5, 0.8, 0.8, 0.1])
    treated = np.array([1, 1, 0, 0, 0, 0, 0], bool)
    groups = Groups(np.array([9.0, 9.0, 1, 2, 3, 4, 5]), treated, score[:, None], ("s",))
    found = nearest(groups, score, Nearest(distance="score", ties="first"))
    assert found.weights.tolist() == [1, 1, 1, 0, 1, 0, 0]
    shared = nearest(groups, score, Nearest(distance="score"))
    assert shared.weights.tolist() == [1, 1, 0.5, 0.5, 0.5, 0.5, 0]


def few(n_treated: int, n_others: int) -> tuple[Groups, Float]:
    n = n_treated + n_others
    score = np.linspace(0.2, 0.8, n)
    treated = np.zeros(n, bool)
    treated[np.linspace(0, n - 1, n_treated).round().astype(int)] = True
    y = np.sin(np.arange(n))
    return Groups(y, treated, score[:, None], ("s",)), score


@pytest.mark.parametrize(
    ("code", "asked", "sizes"),
    [
        ("too_few_comparison", Nearest(replace=False), (6, 5)),
        ("too_few_comparison", Nearest(replace=False, ratio=2), (4, 7)),
        ("too_few_comparison", Nearest(ratio=3), (4, 2)),
        ("too_few_treated", Nearest(), (1, 9)),
        ("no_match_within_caliper", Nearest(caliper=(1e-6, "score")), (5, 9)),
        ("no_match_within_caliper", Nearest(caliper=(1e-6, "s"), distance="mahalanobis"), (5, 9)),
        ("no_match_within_caliper", Nearest(caliper=(1e-6, "s"), replace=False), (5, 9)),
        ("unknown_caliper", Nearest(caliper=(1, "height")), (5, 9)),
        ("reused_in_regression", Nearest(outcome="regression"), (5, 9)),
    ],
)
def test_refusals(code: str, asked: Nearest, sizes: tuple[int, int]) -> None:
    groups, score = few(*sizes)
    with pytest.raises(Refused) as found:
        nearest(groups, score, asked)
    assert found.value.code == code


def test_refusals_of_distances_and_estimands() -> None:
    groups, score = few(5, 9)
    odd = [
        ("needs_replacement", groups, score, Nearest(replace=False), "ATE"),
        ("no_score", groups, None, Nearest(), "ATT"),
        ("constant_distance", groups, np.full(14, 0.5), Nearest(), "ATT"),
        ("no_match_within_cells", replace(groups, exact=groups.treated.astype(np.int64)), score,
         Nearest(), "ATT"),
        ("no_variation", replace(groups, y=np.ones(14)), score, Nearest(), "ATT"),
        ("one_cluster", replace(groups, cluster=groups.treated.astype(np.int64)), score,
         Nearest(), "ATT"),
    ]  # fmt: skip
    for code, units, scores, asked, estimand in odd:
        with pytest.raises(Refused) as found:
            nearest(units, scores, asked, estimand)  # type: ignore[arg-type]
        assert found.value.code == code
