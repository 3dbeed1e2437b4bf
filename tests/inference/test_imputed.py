"""Completed copies: what must not matter, what stays in range, and coverage where gaps are unfair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.imputed import Gaps, imputations, missing
from evaluate.inference.imputed_draws import draw_donors, draw_normal, from_donors
from evaluate.inference.rubin import rubin
from evaluate.inference.t import t_quantile

Float = NDArray[np.float64]


def rows(seed: int, n: int = 400) -> dict[str, NDArray[Any]]:
    """Gaps in a number, a code, a text and the outcome that other columns account for."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    z = x + rng.normal(size=n)
    code = np.clip(np.round(2 + z), 0, 4)
    place = np.array(["north", "south", "west"], dtype=object)[
        (x + rng.normal(size=n) > 0).astype(int) + (rng.random(n) < 0.3)
    ]
    y = x + 0.5 * z + rng.normal(size=n)
    gone = rng.random((4, n)) < 1 / (1 + np.exp(2 - x))
    text = place.copy()
    text[gone[2]] = None
    return {
        "x": x,
        "z": np.where(gone[0], np.nan, z),
        "code": np.where(gone[1], np.nan, code),
        "place": text,
        "y": np.where(gone[3], np.nan, y),
    }


def copies(gaps: Gaps, number: int = 3, **more: Any) -> Iterator[dict[str, NDArray[Any]]]:
    return imputations(gaps, number, (1, 2), **more)


def test_known_cells_stay_and_no_gap_is_left() -> None:
    data = rows(1)
    for copy in copies(Gaps(data)):
        assert set(copy) == set(data)
        for name, values in data.items():
            known = ~missing(values)
            assert not missing(copy[name]).any()
            assert (copy[name][known] == values[known]).all()
        assert set(copy["code"]) <= {0.0, 1.0, 2.0, 3.0, 4.0}
        assert set(copy["place"]) == {"north", "south", "west"}
        drawn = copy["z"][missing(data["z"])]
        assert len(np.unique(drawn)) == len(drawn)  # a continuous column is drawn, not copied


@pytest.mark.parametrize("clustered", [False, True])
def test_order_of_rows_and_names_of_clusters_change_nothing(clustered: bool) -> None:
    data, rng = rows(2), np.random.default_rng(0)
    arm = (np.arange(400) % 2).astype(float)
    cluster = np.array([f"s{i % 20}" for i in range(400)], dtype=object) if clustered else None
    order = rng.permutation(400)
    other = {name: values[order] for name, values in data.items()}
    named = None if cluster is None else np.array([f"z{one[::-1]}" for one in cluster[order]])
    for a, b in zip(
        copies(Gaps(data, arm, cluster)), copies(Gaps(other, arm[order], named)), strict=True
    ):
        for name in data:
            assert (a[name][order] == b[name]).all(), name


def test_other_units_give_the_same_draws_in_other_units() -> None:
    data = rows(3)
    other = {**data, "x": 10 * data["x"] + 3, "z": 1000 * data["z"], "y": data["y"] / 7}
    for a, b in zip(copies(Gaps(data)), copies(Gaps(other)), strict=True):
        assert b["z"] == pytest.approx(1000 * a["z"], rel=1e-6, abs=1e-6)
        assert b["y"] == pytest.approx(a["y"] / 7, rel=1e-6, abs=1e-9)
        assert (a["code"] == b["code"]).all()
        assert (a["place"] == b["place"]).all()


def test_more_copies_begin_with_the_same() -> None:
    few, many = list(copies(Gaps(rows(4)), 2)), list(copies(Gaps(rows(4)), 4))
    for a, b in zip(few, many[:2], strict=True):
        assert all((a[name] == b[name]).all() for name in a)
    assert (many[2]["z"] != many[3]["z"]).any()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.linspace(0, 1, 500), True),  # bounded
        (np.exp(np.linspace(-3, 3, 500)), True),  # skewed
        (np.arange(500) % 7 * 1.0, True),  # codes
        (np.where(np.arange(500) < 100, 0.0, np.arange(500.0)), True),  # often nothing
        (np.ones(9), True),
        (np.random.default_rng(0).normal(size=500), False),
    ],
)
def test_which_columns_take_values_of_others(values: Float, expected: bool) -> None:
    assert from_donors(values) is expected


def test_all_as_near_as_the_fifth_may_be_the_donor() -> None:
    """One binary predictor: every known row of the same kind must be drawn from, none left out."""
    rng = np.random.default_rng(0)
    x = np.repeat([0.0, 1.0], 300)
    y = np.where(x == 1, 10.0, 0.0) + np.arange(600) % 50
    known = np.arange(600) % 300 < 50
    drawn = draw_donors(x[:, None], y, known, rng)
    for kind in (0.0, 1.0):
        own = drawn[x[~known] == kind]
        # 250 draws from 50 values: fewer than 40 of them seen has a chance below 1e-9.
        assert len(np.unique(own)) >= 40
        assert set(own) <= set(y[known & (x == kind)])


def test_a_draw_has_the_spread_of_what_is_not_known() -> None:
    """Mean and variance of a normal draw of one cell over 4 000 draws, against their formulas.

    With n known values and no predictor: mean of the values, and t with n - 1 degrees of freedom
    times s and the root of 1 + 1/n; errors of 1.6 and 4 per cent, three of which are allowed.
    """
    rng = np.random.default_rng(1)
    y = np.append(rng.normal(5, 2, 12), 0.0)
    known = np.arange(13) < 12
    none = np.zeros((13, 0))
    drawn = np.array([draw_normal(none, y, known, rng)[0] for _ in range(4000)])
    scale = y[:12].std(ddof=1) * np.sqrt(1 + 1 / 12)
    variance = scale**2 * 11 / 9
    assert drawn.mean() == pytest.approx(y[:12].mean(), abs=3 * np.sqrt(variance / 4000))
    assert drawn.var() == pytest.approx(variance, rel=0.12)


def test_collinear_and_constant_predictors_do_no_harm() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=200)
    gone = np.arange(200) % 4 == 0
    data = {"a": x, "b": 2 * x + 1, "c": np.ones(200), "y": np.where(gone, np.nan, 3 * x)}
    for copy in copies(Gaps(data)):
        assert copy["y"] == pytest.approx(3 * x, abs=1e-9)


def test_more_columns_than_rows() -> None:
    rng = np.random.default_rng(3)
    data = {f"x{i}": rng.normal(size=12) for i in range(20)}
    data["y"] = np.where(np.arange(12) < 4, np.nan, data["x0"])
    for copy in copies(Gaps(data)):
        assert np.isfinite(copy["y"]).all()
        assert np.abs(copy["y"]).max() < 100


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (np.full(9, np.nan), "all_missing"),
        (np.array([None] * 9, dtype=object), "all_missing"),
        (np.where(np.arange(9) < 2, 1.0, np.nan), "too_few_observed"),
    ],
)
def test_refusals(column: NDArray[Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        list(copies(Gaps({"x": np.arange(9.0), "column": column})))
    assert refused.value.code == code


def regression(y: Float, x: Float, at: int) -> tuple[float, float, float]:
    """A coefficient, its squared HC2 error, and degrees of freedom."""
    x = np.column_stack([np.ones(len(y)), x])
    inverse = np.linalg.inv(x.T @ x)
    slopes = inverse @ x.T @ y
    left = (y - x @ slopes) ** 2 / (1 - np.einsum("ij,jk,ik->i", x, inverse, x))
    covariance = inverse @ (x.T * left) @ x @ inverse
    return float(slopes[at]), float(covariance[at, at]), len(y) - x.shape[1]


def unfair(seed: int, kind: str) -> tuple[Float, Float, Float, Float]:
    """A covariate that decides who is treated is lost where the outcome is high: effect 1."""
    rng = np.random.default_rng([7, seed])
    x = rng.normal(size=300)
    z = rng.normal(size=300) + 0.5 * x
    z = (z > 0) * 2.0 if kind == "binary" else z
    treated = (rng.random(300) < 1 / (1 + np.exp(-x - z))) * 1.0
    y = treated + x + z + rng.normal(size=300)
    chance = 1 / (1 + np.exp(0.7 - (y - 1)))
    return y, treated, x, np.where(rng.random(300) < chance, np.nan, z)


def held(value: float, variance: float, df: float) -> bool:
    return abs(value - 1) <= t_quantile(0.975, df) * np.sqrt(variance)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "binary"])
def test_coverage_where_complete_cases_are_biased(kind: str) -> None:
    """300 draws of 300 rows: the 99.9 % band of 95 % begins at 0.907; complete cases fall below."""
    imputed, complete, values = [], [], []
    for seed in range(300):
        y, treated, x, z = unfair(seed, kind)
        found = np.array(
            [
                regression(y, np.column_stack([treated, x, one["z"]]), 1)
                for one in imputations(Gaps({"y": y, "x": x, "z": z}, treated), 10, (seed,))
            ]
        )
        pooled = rubin(found[:, 0], found[:, 1], float(found[0, 2]))
        imputed.append(held(pooled.value, pooled.variance, pooled.df))
        whole = ~np.isnan(z)
        value, variance, df = regression(y[whole], np.column_stack([treated, x, z])[whole], 1)
        complete.append(held(value, variance, df))
        values.append((pooled.value, value))
    assert np.mean(imputed) >= 0.907
    assert np.mean(complete) < 0.907
    ours, theirs = np.mean(values, axis=0)
    assert abs(ours - 1) < 0.04
    assert theirs < 0.9


def test_a_peer_finds_the_same_within_monte_carlo_error() -> None:
    """``statsmodels`` draws from the joint normal; 150 imputations have errors of about 0.006.

    The gap's own error is then 0.009, and 0.035 four times that.
    """
    import pandas as pd
    from statsmodels.imputation.bayes_mi import BayesGaussMI

    y, treated, x, z = unfair(2, "normal")
    gaps = Gaps({"y": y, "x": x, "z": z, "t": treated})
    ours = [
        regression(y, np.column_stack([treated, x, one["z"]]), 1)[0]
        for one in imputations(gaps, 150, (5,))
    ]
    np.random.seed(5)
    peer = BayesGaussMI(pd.DataFrame({"y": y, "t": treated, "x": x, "z": z}))
    theirs = []
    for _ in range(160):
        peer.update()
        one = np.asarray(peer.data)
        theirs.append(regression(one[:, 0], one[:, 1:], 1)[0])
    assert np.mean(ours) == pytest.approx(np.mean(theirs[10:]), abs=0.035)
    assert np.std(ours) == pytest.approx(np.std(theirs[10:]), rel=0.4)


@pytest.mark.slow
def test_outcomes_lost_in_clusters_are_covered() -> None:
    """40 schools, outcomes lost by an observed covariate: the effect on cluster means, 300 draws."""
    hits, naive = [], []
    for seed in range(300):
        rng = np.random.default_rng([8, seed])
        school = np.repeat(np.arange(40), 15)
        treated = (rng.permutation(40) % 2 == 0)[school] * 1.0
        x = rng.normal(size=600) + rng.normal(0, 0.5, 40)[school]
        y = treated + x + rng.normal(0, 0.5, 40)[school] + rng.normal(size=600)
        lost = rng.random(600) < 1 / (1 + np.exp(1 - x * (1 - 2 * treated)))
        gaps = Gaps({"x": x, "y": np.where(lost, np.nan, y)}, treated, school)
        found = np.array(
            [by_school(one["y"], treated, school) for one in imputations(gaps, 10, (seed,))]
        )
        pooled = rubin(found[:, 0], found[:, 1], 38.0)
        hits.append(held(pooled.value, pooled.variance, pooled.df))
        value, variance = by_school(y[~lost], treated[~lost], school[~lost])
        naive.append(held(value, variance, 38.0))
    assert np.mean(hits) >= 0.897  # widened by one point, as the method is approximate
    assert np.mean(naive) < 0.8


def by_school(y: Float, treated: Float, school: NDArray[np.int64]) -> tuple[float, float]:
    """Difference in means with errors by cluster."""
    added = np.zeros(len(y))
    effect = 0.0
    for arm, sign in ((treated == 1, 1), (treated == 0, -1)):
        effect += sign * y[arm].mean()
        added[arm] = (y[arm] - y[arm].mean()) / arm.sum()
    sums = np.bincount(school, added)
    return float(effect), float(sums @ sums * 40 / 38)
