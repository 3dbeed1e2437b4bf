"""Inference from moments equals the same formula written with n x n matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.moments import RowMoments
from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.individual import constant_rows, individual_spread, row_model
from evaluate.inference.linear import Fit, GroupMoments, fit, spread

Float = NDArray[np.float64]
TIGHT = 1e-9  # two routes through matrices of condition 1e4


def by_cluster(x: Float, y: Float, cluster: NDArray[np.int64]) -> GroupMoments:
    """Return the moments of each cluster, from rows."""
    parts = [(x[cluster == one], y[cluster == one]) for one in np.unique(cluster)]
    return GroupMoments(
        n=np.array([len(b) for _, b in parts]),
        xx=np.array([a.T @ a for a, _ in parts]),
        xy=np.array([a.T @ b for a, b in parts]),
        yy=np.array([b @ b for _, b in parts]),
    )


def power(matrix: Float, exponent: float) -> Float:
    """Return a symmetric matrix to a power; directions of eigenvalue zero get zero."""
    values, vectors = np.linalg.eigh(matrix)
    real = values > 1e-9
    powers = np.where(real, np.where(real, values, 1.0) ** exponent, 0.0)
    return (vectors * powers) @ vectors.T


def dense(x: Float, y: Float, cluster: NDArray[np.int64], exponent: float) -> tuple[float, float]:
    """Return variance and Satterthwaite df of the second coefficient, with n x n matrices.

    Bell and McCaffrey: v = sum over clusters of (p_g'y)^2, p_g = (I - H)' A_g X_g M c.
    """
    bread = np.linalg.inv(x.T @ x)
    maker = np.eye(len(y)) - x @ bread @ x.T
    columns = []
    for one in np.unique(cluster):
        inside = cluster == one
        adjust = power(maker[np.ix_(inside, inside)], exponent)
        columns.append(maker[:, inside] @ adjust @ x[inside] @ bread[:, 1])
    p = np.column_stack(columns)
    inner = p.T @ p
    return float(np.sum((p.T @ y) ** 2)), float(np.trace(inner) ** 2 / np.sum(inner**2))


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a fixed source of chance."""
    return np.random.default_rng(11)


def trial(rng: np.random.Generator, within: bool) -> tuple[Float, Float, NDArray[np.int64]]:
    """Return X, y and clusters of unlike size; treatment may vary within clusters."""
    cluster = np.repeat(np.arange(14), rng.integers(1, 12, 14))
    n = len(cluster)
    treated = rng.integers(0, 2, n) if within else cluster % 2
    x = np.column_stack(
        [np.ones(n), treated, rng.normal(size=(n, 2)), treated * rng.normal(size=n)]
    )
    y = rng.normal(size=n) + cluster / 5 + treated
    return x.astype(float), y, cluster


@pytest.mark.parametrize("within", [False, True])
def test_cr2_and_its_df_equal_the_dense_formula(rng: np.random.Generator, within: bool) -> None:
    x, y, cluster = trial(rng, within)
    groups = by_cluster(x, y, cluster)
    found = cluster_spread(groups, fit(groups), np.eye(5)[1], "CR2")
    variance, df = dense(x, y, cluster, -0.5)
    assert found.std_error == pytest.approx(np.sqrt(variance), rel=TIGHT)
    assert found.df == pytest.approx(df, rel=TIGHT)


def test_cr2_with_a_dummy_for_every_cluster_uses_the_generalised_inverse(
    rng: np.random.Generator,
) -> None:
    x, y, cluster = trial(rng, within=True)
    full = np.column_stack([x[:, :4], cluster[:, None] == np.arange(1, 14)]).astype(float)
    groups = by_cluster(full, y, cluster)
    found = cluster_spread(groups, fit(groups), np.eye(full.shape[1])[1], "CR2")
    variance, df = dense(full, y, cluster, -0.5)
    assert found.std_error == pytest.approx(np.sqrt(variance), rel=TIGHT)
    assert found.df == pytest.approx(df, rel=TIGHT)


@pytest.mark.parametrize("within", [False, True])
def test_cr3_leaves_one_cluster_out(rng: np.random.Generator, within: bool) -> None:
    x, y, cluster = trial(rng, within)
    groups = by_cluster(x, y, cluster)
    fitted = fit(groups)
    without = [
        np.linalg.lstsq(x[cluster != one], y[cluster != one], rcond=None)[0][1] for one in range(14)
    ]
    jackknife = 13 / 14 * np.sum((np.array(without) - fitted.coefficients[1]) ** 2)
    found = cluster_spread(groups, fitted, np.eye(5)[1], "CR3")
    assert found.std_error == pytest.approx(np.sqrt(jackknife), rel=TIGHT)
    assert found.df == 13


def test_cr3_with_a_dummy_for_every_cluster(rng: np.random.Generator) -> None:
    x, y, cluster = trial(rng, within=True)
    full = np.column_stack([x[:, :3], cluster[:, None] == np.arange(1, 14)]).astype(float)
    groups = by_cluster(full, y, cluster)
    fitted = fit(groups)
    without = [
        np.linalg.lstsq(full[cluster != one], y[cluster != one], rcond=None)[0][1]
        for one in range(14)
    ]
    jackknife = 13 / 14 * np.sum((np.array(without) - fitted.coefficients[1]) ** 2)
    found = cluster_spread(groups, fitted, np.eye(full.shape[1])[1], "CR3")
    assert found.std_error == pytest.approx(np.sqrt(jackknife), rel=TIGHT)


def test_plain_sandwiches_differ_by_their_factors(rng: np.random.Generator) -> None:
    x, y, cluster = trial(rng, within=False)
    groups = by_cluster(x, y, cluster)
    fitted = fit(groups)
    c = np.eye(5)[1]
    variance, _ = dense(x, y, cluster, 0.0)
    plain = cluster_spread(groups, fitted, c, "CR0").std_error
    assert plain == pytest.approx(np.sqrt(variance), rel=TIGHT)
    n, k = len(y), 5
    one = cluster_spread(groups, fitted, c, "CR1").std_error
    stata = cluster_spread(groups, fitted, c, "CR1S").std_error
    assert one**2 == pytest.approx(plain**2 * 14 / 13, rel=TIGHT)
    assert stata**2 == pytest.approx(one**2 * (n - 1) / (n - k), rel=TIGHT)


def rows_of(
    data: dict[str, NDArray[Any]], maps: Float, fitted: Fit, covariates: tuple[str, ...]
) -> RowMoments:
    """Return the third pass over a sample whose cells are the two arms."""
    sample = ArraySample(data, "y")
    labels = sample.count(("t",)).labels
    model = row_model(covariates, labels, maps, fitted, np.eye(fitted.rank)[1])
    return sample.row_moments(model)


@pytest.mark.parametrize(("std_error", "exponent"), [("HC0", 0.0), ("HC2", -0.5), ("HC3", -1.0)])
def test_individuals_are_clusters_of_one(
    rng: np.random.Generator, std_error: Any, exponent: float
) -> None:
    n = 60
    t, x1 = (rng.random(n) < 0.3).astype(float), rng.normal(size=n)
    y = 1 + t + x1 * (1 + t) + rng.normal(size=n) * (1 + t)
    data = {"t": t, "x1": x1, "y": y}
    cells = ArraySample(data, "y").moments(("x1", "y"), ("t",))
    # Row (1, t, z, t z) of z = x1 - centre, as one affine map of (1, z) for each arm.
    maps = np.array([[[1, 0], [a, 0], [0, 1], [0, a]] for a in (0.0, 1.0)])
    z = x1 - cells.centre[0]
    design = np.column_stack([np.ones(n), t, z, t * z])
    pooled = by_cluster(design, y - cells.centre[1], np.zeros(n, dtype=np.int64))
    fitted = fit(pooled)
    rows = rows_of(data, maps, fitted, ("x1",))
    found = individual_spread(pooled, fitted, np.eye(4)[1], rows, maps, std_error=std_error)
    variance, df = dense(design, y, np.arange(n), exponent)
    assert found.std_error == pytest.approx(np.sqrt(variance), rel=TIGHT)
    assert found.df == pytest.approx(df if std_error == "HC2" else n - 4, rel=TIGHT)


def test_without_covariates_no_third_pass_is_needed(rng: np.random.Generator) -> None:
    data = {"t": np.repeat([0.0, 1.0], [9, 17]), "y": rng.normal(3, 1, 26)}
    cells = ArraySample(data, "y").moments(("y",), ("t",))
    maps = np.array([[[1.0], [0.0]], [[1.0], [1.0]]])
    xx = np.array([[[26.0, 17.0], [17.0, 17.0]]])
    y = data["y"] - cells.centre[0]
    pooled = GroupMoments(np.array([26]), xx, np.array([[y.sum(), y[9:].sum()]]), np.array([y @ y]))
    fitted = fit(pooled)
    model = row_model((), cells.labels, maps, fitted, np.eye(2)[1])
    short, long = constant_rows(model, cells), ArraySample(data, "y").row_moments(model)
    assert short.squares == pytest.approx(long.squares, rel=TIGHT)
    assert short.fourth == pytest.approx(long.fourth, rel=TIGHT)
    assert short.weighted == pytest.approx(long.weighted, rel=TIGHT)
    assert short.alone == long.alone == 0


def test_badly_scaled_columns_cost_no_digits(rng: np.random.Generator) -> None:
    x, y, cluster = trial(rng, within=False)
    scaled = x * np.array([1.0, 1.0, 1e9, 1e-9, 1.0])
    a, b = by_cluster(x, y, cluster), by_cluster(scaled, y, cluster)
    for name in ("CR0", "CR2", "CR3"):
        one = cluster_spread(a, fit(a), np.eye(5)[1], name)  # type: ignore[arg-type]
        two = cluster_spread(b, fit(b), np.eye(5)[1], name)  # type: ignore[arg-type]
        assert two.std_error == pytest.approx(one.std_error, rel=TIGHT)
        assert two.df == pytest.approx(one.df, rel=TIGHT)


@pytest.mark.parametrize("extra", [0.0, 1e-8])
def test_collinear_columns_are_refused(rng: np.random.Generator, extra: float) -> None:
    x, y, cluster = trial(rng, within=False)
    x[:, 4] = x[:, 1] + 2 * x[:, 2] + extra * rng.normal(size=len(y))
    with pytest.raises(Refused, match="linearly dependent") as refused:
        fit(by_cluster(x, y, cluster))
    assert refused.value.code == "collinear"


def test_a_column_of_zeros_is_refused_as_collinear(rng: np.random.Generator) -> None:
    x, y, cluster = trial(rng, within=False)
    x[:, 4] = 0
    with pytest.raises(Refused, match="linearly dependent"):
        fit(by_cluster(x, y, cluster))


def test_as_many_columns_as_rows_are_refused(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(5, 5)), rng.normal(size=5)
    with pytest.raises(Refused, match="5 rows cannot carry a model with 5 coefficients"):
        fit(by_cluster(x, y, np.arange(5)))


def test_one_cluster_is_refused(rng: np.random.Generator) -> None:
    x, y, cluster = trial(rng, within=True)
    groups = by_cluster(x, y, np.zeros_like(cluster))
    with pytest.raises(Refused, match="single cluster") as refused:
        cluster_spread(groups, fit(groups), np.eye(5)[1], "CR2")
    assert refused.value.code == "one_cluster"


def test_a_perfect_fit_is_refused(rng: np.random.Generator) -> None:
    x, _, cluster = trial(rng, within=False)
    groups = by_cluster(x, x @ np.array([1.0, 2.0, 3.0, 4.0, 5.0]), cluster)
    for name in ("CR0", "CR2", "CR3"):
        with pytest.raises(Refused, match="nothing tells chance from effect"):
            cluster_spread(groups, fit(groups), np.eye(5)[1], name)  # type: ignore[arg-type]


@pytest.mark.parametrize("df", [0.0, -1.0, np.inf, np.nan])
def test_no_degrees_of_freedom_are_refused(rng: np.random.Generator, df: float) -> None:
    x, y, cluster = trial(rng, within=False)
    with pytest.raises(Refused, match="too few assigned units"):
        spread(1.0, df, by_cluster(x, y, cluster))


def one_row_alone(contrast: Float) -> Any:
    """Return the spreads of a model in which the first row decides the third coefficient."""
    t = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])
    x1 = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    data = {"t": t, "x1": x1, "y": np.arange(8) % 3 + t}
    cells = ArraySample(data, "y").moments(("x1", "y"), ("t",))
    maps = np.array([[[1, 0], [a, 0], [0, 1]] for a in (0.0, 1.0)])
    z = np.column_stack([np.ones(8), t, x1 - cells.centre[0]])
    pooled = by_cluster(z, data["y"] - cells.centre[1], np.zeros(8, dtype=np.int64))
    fitted = fit(pooled)
    model = row_model(("x1",), cells.labels, maps, fitted, contrast)
    rows = ArraySample(data, "y").row_moments(model)

    def spread_of(name: Any) -> Any:
        return individual_spread(pooled, fitted, contrast, rows, maps, std_error=name)

    return z, data["y"] - cells.centre[1], spread_of


@pytest.mark.parametrize("name", ["HC0", "HC1", "HC2", "HC3"])
def test_a_row_that_alone_decides_part_of_the_contrast_is_refused(name: str) -> None:
    *_, spread_of = one_row_alone(np.eye(3)[2])
    with pytest.raises(Refused, match="one row alone decides part of the effect") as refused:
        spread_of(name)
    assert refused.value.code == "leverage_one"


@pytest.mark.parametrize(("exponent", "name"), [(0.0, "HC0"), (-0.5, "HC2"), (-1.0, "HC3")])
def test_a_row_that_decides_another_coefficient_does_no_harm(exponent: float, name: str) -> None:
    z, y, spread_of = one_row_alone(np.eye(3)[1])
    variance, df = dense(z, y, np.arange(8), exponent)
    found = spread_of(name)
    assert found.std_error == pytest.approx(np.sqrt(variance), rel=TIGHT)
    assert found.df == pytest.approx(df if name == "HC2" else 5, rel=TIGHT)


@pytest.mark.parametrize("name", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
def test_a_cluster_that_alone_decides_part_of_the_contrast_is_refused(
    rng: np.random.Generator, name: Any
) -> None:
    x, y, cluster = trial(rng, within=False)
    x[:, 4] = cluster == 3
    groups = by_cluster(x, y, cluster)
    fitted = fit(groups)
    with pytest.raises(Refused, match="a cluster alone decides part of the effect") as refused:
        cluster_spread(groups, fitted, np.eye(5)[4], name)
    assert refused.value.code == "leverage_one"
    # That cluster has no weight in treatment's coefficient but through the other columns.
    assert cluster_spread(groups, fitted, np.eye(5)[1], name).std_error > 0
