"""NIST's reference regressions: certain to nine digits, or refused."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample, DuckSample, Sample
from evaluate.errors import Refused
from evaluate.inference.linear import GroupMoments, fit, require_digits, spread
from evaluate.inference.precision import refining_basis

HERE = Path(__file__).parent / "nist"
Float = NDArray[np.float64]
Engine = Callable[[dict[str, Float], str], Sample]

X = np.arange(21.0)
POWERS = {f"x{k}": X**k for k in range(1, 6)}
POLYNOMIAL = 1 + sum(POWERS.values())
HALF = [759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048]
NOISE = np.array([*HALF, 2048, *HALF[::-1]], dtype=float)


def in_duckdb(data: dict[str, Float], outcome: str) -> Sample:
    connection = duckdb.connect()
    fields = ", ".join(f"{name} DOUBLE" for name in data)
    connection.execute(f"CREATE TABLE rows ({fields})")
    marks = ", ".join("?" * len(data))
    rows = list(zip(*(values.tolist() for values in data.values()), strict=True))
    connection.executemany(f"INSERT INTO rows VALUES ({marks})", rows)
    return DuckSample(connection, "rows", outcome)


each_engine = pytest.mark.parametrize("engine", [ArraySample, in_duckdb], ids=["array", "duckdb"])


def read(name: str) -> dict[str, Float]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}


@dataclass(frozen=True)
class Found:
    """Slopes, their standard errors, and whether a second pass was made."""

    slopes: Float
    std_errors: Float
    refined: bool


def regress(sample: Sample, names: Sequence[str]) -> Found:
    """Regress the outcome on columns, in the better basis where there is one."""
    columns = (*names, sample.outcome)
    moments = sample.moments(columns)
    basis = refining_basis(moments)
    if basis is not None:
        moments = sample.moments(columns, basis=basis)
    cross = moments.cross
    groups = GroupMoments(moments.n, cross[:, :-1, :-1], cross[:, :-1, -1], cross[:, -1, -1])
    fitted = fit(groups)
    turn = np.eye(len(columns)) if basis is None else basis
    contrasts = np.column_stack([np.zeros(len(names)), turn[:-1, :-1]])
    std_errors = []
    for contrast in contrasts:
        require_digits(groups, fitted, contrast)
        sigma = fitted.residual_sum / (fitted.n_obs - fitted.rank)
        variance = sigma * contrast @ fitted.bread @ contrast
        std_errors.append(spread(variance, fitted.n_obs - fitted.rank, groups).std_error)
    taken = turn[:-1, -1]  # what the outcome lost to the covariates
    return Found(contrasts @ fitted.coefficients - taken, np.array(std_errors), basis is not None)


@each_engine
def test_longley(engine: Engine) -> None:
    data = read("longley.csv")
    found = regress(engine(data, "y"), [f"x{k}" for k in range(1, 7)])
    assert found.slopes == pytest.approx(
        [
            15.0618722713733,
            -0.358191792925910e-01,
            -2.02022980381683,
            -1.03322686717359,
            -0.511041056535807e-01,
            1829.15146461355,
        ],
        rel=1e-10,
    )
    assert found.std_errors == pytest.approx(
        [
            84.9149257747669,
            0.334910077722432e-01,
            0.488399681651699,
            0.214274163161675,
            0.226073200069370,
            455.478499142212,
        ],
        rel=1e-10,
    )


@each_engine
@pytest.mark.parametrize(("number", "factor", "digits"), [(3, 1, 9), (4, 100, 8), (5, 10_000, 6)])
def test_wampler_with_noise(engine: Engine, number: int, factor: int, digits: int) -> None:
    # Digits of the slopes, which are 1 beside standard errors of up to 2e7; of these nine.
    found = regress(engine({**POWERS, "y": POLYNOMIAL + factor * NOISE}, "y"), list(POWERS))
    assert found.refined
    assert found.slopes == pytest.approx(np.ones(5), rel=10.0**-digits)
    certified = [
        2363.55173469681,
        779.343524331583,
        101.475507550350,
        5.64566512170752,
        0.112324854679312,
    ]
    assert found.std_errors / factor == pytest.approx(certified, rel=1e-9), number


@each_engine
@pytest.mark.parametrize("base", [1.0, 0.1], ids=["wampler1", "wampler2"])
def test_wampler_without_noise_leaves_nothing_to_judge_by(engine: Engine, base: float) -> None:
    y = 1 + sum(base**k * POWERS[f"x{k}"] for k in range(1, 6))
    with pytest.raises(Refused) as refused:
        regress(engine({**POWERS, "y": y}, "y"), list(POWERS))
    assert refused.value.code == "no_variation"


@each_engine
def test_filip_is_refused(engine: Engine) -> None:
    data = read("filip.csv")
    powers = {f"x{k}": data["x"] ** k for k in range(1, 11)}
    with pytest.raises(Refused) as refused:
        regress(engine({**powers, "y": data["y"]}, "y"), list(powers))
    assert refused.value.code == "collinear"


def two(closeness: float, noise: float = 1.0) -> tuple[dict[str, Float], list[str]]:
    """Return two covariates that differ by a given share, and an outcome of both."""
    rng = np.random.default_rng(3)
    a, b, e = rng.normal(size=(3, 400))
    return {"a": a, "b": a + closeness * b, "y": 3 * a + noise * e}, ["a", "b"]


@pytest.mark.parametrize(
    ("closeness", "refined"), [(1e-1, False), (1e-2, False), (1e-4, True), (1e-5, True)]
)
def test_a_second_pass_is_made_where_it_is_needed(closeness: float, refined: bool) -> None:
    data, names = two(closeness)
    found = regress(ArraySample(data, "y"), names)
    x = np.column_stack([np.ones(400), data["a"], data["b"]])
    theirs = np.linalg.lstsq(x, data["y"], rcond=None)[0][1:]
    assert found.refined == refined
    # Digits are lost to the rounding of the rows, of 1e-16 over the closeness; without a second
    # pass as many as nine printed ones allow.
    assert found.slopes == pytest.approx(theirs, rel=2e-15 / closeness if refined else 1e-9)


def test_what_depends_too_closely_is_refused() -> None:
    data, names = two(1e-8)
    with pytest.raises(Refused) as refused:
        regress(ArraySample(data, "y"), names)
    assert refused.value.code == "collinear"


def test_without_the_second_pass_the_loss_is_known() -> None:
    data, names = two(1e-3)
    moments = ArraySample(data, "y").moments((*names, "y"))
    cross = moments.cross
    groups = GroupMoments(moments.n, cross[:, :-1, :-1], cross[:, :-1, -1], cross[:, -1, -1])
    with pytest.raises(Refused) as refused:
        require_digits(groups, fit(groups), np.eye(3)[1])
    assert refused.value.code == "collinear"
    require_digits(groups, fit(groups), np.array([0.0, 1.0, 1.0]))  # their sum is well known


def test_an_outcome_that_covariates_all_but_give_is_taken_less_them() -> None:
    data, names = two(1.0, noise=1e-4)
    found = regress(ArraySample(data, "y"), names)
    assert found.refined
    x = np.column_stack([np.ones(400), data["a"], data["b"]])
    beta = np.linalg.lstsq(x, data["y"], rcond=None)[0]
    sigma = np.sum((data["y"] - x @ beta) ** 2) / 397
    theirs = np.sqrt(sigma * np.diag(np.linalg.inv(x.T @ x)))[1:]
    assert found.std_errors == pytest.approx(theirs, rel=1e-9)
