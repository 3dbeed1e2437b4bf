"""Two-stage least squares from moments equals the formulas written with rows, and R."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.individual import individual_spread
from evaluate.inference.instruments import InstrumentModel, column_model, instrument_moments
from evaluate.inference.linear import Spread, fit
from evaluate.inference.tsls import TwoStage, classical_spread, tsls, tsls_rows
from evaluate.inference.wald import cluster_covariance
from evaluate.inference.weak import (
    effective_f,
    first_stage_f,
    partialled,
    sargan,
    wu_hausman,
)

Float = NDArray[np.float64]
TRUTH = Path(__file__).parents[1] / "truth"
VALUES = json.loads((TRUTH / "instrument.json").read_text("utf-8"))
TIGHT = 1e-8  # R solves by QR, we from moments: conditions of 1e4, squared, of 1e-16


@pytest.fixture(scope="module")
def data() -> dict[str, NDArray[Any]]:
    """Return the rows that R saw."""
    with (TRUTH / "instrument.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {
        name: np.array([r[name] if name in {"school", "town"} else float(r[name]) for r in rows])
        for name in rows[0]
    }
    return {**found, "b": (found["town"] == "b") * 1.0, "c": (found["town"] == "c") * 1.0}


MODELS = {
    "just": (["offered"], ["points", "girl", "b", "c"]),
    "over": (["offered", "second"], ["points"]),
}


def model(
    data: dict[str, NDArray[Any]], name: str, cluster: str | None
) -> tuple[ArraySample, InstrumentModel]:
    instruments, covariates = MODELS[name]
    sample = ArraySample(data, "y")
    return sample, column_model(sample, ["took"], instruments, covariates, cluster=cluster)


def spread_of(sample: ArraySample, one: InstrumentModel, kind: str) -> tuple[TwoStage, Spread]:
    cells = np.arange(len(one.cells.n))
    two = tsls(instrument_moments(one, cells))
    contrast = np.eye(one.exogenous + 1)[-1]
    if kind.startswith("CR"):
        return two, cluster_spread(two.groups, two.fit, contrast, kind)  # type: ignore[arg-type]
    if kind == "classical":
        return two, classical_spread(two.groups, two.fit, contrast)
    rows, maps = tsls_rows(one, one.cells.labels, two, contrast)
    sums = sample.row_moments(rows)
    return two, individual_spread(
        two.groups,
        two.fit,
        contrast,
        sums,
        maps,
        std_error=kind,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("case", [name for name in VALUES if name[:4] in {"just", "over"}])
def test_equals_estimatr(data: dict[str, NDArray[Any]], case: str) -> None:
    name, level, kind = case.split()
    sample, one = model(data, name, "school" if level == "cluster" else None)
    two, found = spread_of(sample, one, kind)
    expected = VALUES[case]
    assert two.fit.coefficients[-1] == pytest.approx(expected["estimate"], rel=TIGHT)
    assert found.std_error == pytest.approx(expected["std_error"], rel=TIGHT)
    if kind != "HC2":  # theirs are n - k; ours are Bell and McCaffrey's
        assert found.df == pytest.approx(expected["df"], rel=TIGHT)
    if kind == "classical":
        (first,) = first_stage_f(instrument_moments(one, np.zeros(1, np.int64)))
        assert first.statistic == pytest.approx(expected["first"], rel=TIGHT)


def test_the_df_of_hc2_are_those_of_clusters_of_one(data: dict[str, NDArray[Any]]) -> None:
    sample, one = model(data, "over", None)
    _, by_row = spread_of(sample, one, "HC2")
    rows = {**data, "row": np.arange(len(data["y"])).astype(str)}
    sample, one = model(rows, "over", "row")
    _, by_cluster = spread_of(sample, one, "CR2")
    assert by_row.std_error == pytest.approx(by_cluster.std_error, rel=TIGHT)
    assert by_row.df == pytest.approx(by_cluster.df, rel=TIGHT)


@pytest.mark.parametrize("kind", ["CR0", "CR1S", "CR2"])
def test_the_effective_f_of_one_instrument_is_its_robust_f(
    data: dict[str, NDArray[Any]], kind: str
) -> None:
    _, one = model(data, "just", "school")
    moments = instrument_moments(one, np.arange(len(one.cells.n)))
    groups = moments.regression([*moments.x, *moments.z], moments.d[0])
    first = fit(groups)
    contrast = np.eye(first.rank)[-1:]
    covariance = cluster_covariance(groups, first, contrast, kind)  # type: ignore[arg-type]
    found = effective_f(contrast @ first.coefficients, covariance, partialled(moments))
    assert found == pytest.approx(VALUES[f"first cluster {kind}"]["f"], rel=TIGHT)


def test_the_effective_f_equals_the_definition_on_rows(rng: np.random.Generator) -> None:
    n = 400
    z, x = rng.normal(size=(n, 3)), np.column_stack([np.ones(n), rng.normal(size=n)])
    d = z @ [0.1, 0.2, 0.1] + x[:, 1] + rng.normal(size=n) * (1 + np.abs(z[:, 0]))
    away = np.eye(n) - x @ np.linalg.inv(x.T @ x) @ x.T
    # Montiel Olea and Pflueger work with instruments made orthonormal: z'z / n = I.
    values, vectors = np.linalg.eigh(z.T @ away @ z / n)
    z_unit = away @ z @ (vectors / np.sqrt(values)) @ vectors.T
    pi = z_unit.T @ d / n
    v = away @ d - z_unit @ pi
    omega = (z_unit * v[:, None]).T @ (z_unit * v[:, None]) / n
    expected = n * float(pi @ pi) / float(np.trace(omega))
    columns = {"y": d + rng.normal(size=n), "x": x[:, 1], "d": d}
    columns |= {f"z{i}": z[:, i] for i in range(3)} | {"row": np.arange(n).astype(str)}
    one = column_model(ArraySample(columns, "y"), ["d"], ["z0", "z1", "z2"], ["x"], cluster="row")
    moments = instrument_moments(one, np.arange(n))
    groups = moments.regression([*moments.x, *moments.z], moments.d[0])
    first = fit(groups)
    picked = np.eye(5)[2:]
    covariance = cluster_covariance(groups, first, picked, "CR0")
    found = effective_f(picked @ first.coefficients, covariance, partialled(moments))
    assert found == pytest.approx(expected, rel=TIGHT)


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a fixed source of chance."""
    return np.random.default_rng(3)


def planted(rng: np.random.Generator, n: int = 200) -> dict[str, NDArray[Any]]:
    z = rng.normal(size=n)
    d = z + rng.normal(size=n)
    return {"z": z, "d": d, "x": rng.normal(size=n), "y": d + rng.normal(size=n)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"z": np.full(200, 3.1)}, "constant_instrument"),
        ({"z": "x"}, "instrument_collinear"),
        ({"d": np.zeros(200)}, "received_constant"),
        ({"d": "x"}, "received_collinear"),
    ],
    ids=["constant", "collinear", "received constant", "received collinear"],
)
def test_what_identifies_nothing_is_refused(
    rng: np.random.Generator, change: dict[str, Any], code: str
) -> None:
    data = planted(rng)
    for name, value in change.items():
        data[name] = 2 * data[value] + 1 if isinstance(value, str) else value
    one = column_model(ArraySample(data, "y"), ["d"], ["z"], ["x"])
    with pytest.raises(Refused) as caught:
        tsls(instrument_moments(one, np.zeros(1, np.int64)))
    assert caught.value.code == code


def test_too_few_instruments_are_refused(rng: np.random.Generator) -> None:
    one = column_model(ArraySample(planted(rng), "y"), ["d", "x"], ["z"])
    with pytest.raises(Refused) as caught:
        tsls(instrument_moments(one, np.zeros(1, np.int64)))
    assert caught.value.code == "under_identified"


def test_an_instrument_that_moves_nothing_is_refused() -> None:
    z = np.tile([0.0, 0.0, 1.0, 1.0], 25)
    data = {"z": z, "d": np.tile([0.0, 1.0, 0.0, 1.0], 25), "y": np.arange(100.0)}
    one = column_model(ArraySample(data, "y"), ["d"], ["z"])
    with pytest.raises(Refused) as caught:
        tsls(instrument_moments(one, np.zeros(1, np.int64)))
    assert caught.value.code == "no_first_stage"


def test_nothing_is_tested_where_nothing_is_to_spare(rng: np.random.Generator) -> None:
    data = planted(rng)
    one = column_model(ArraySample(data, "y"), ["d"], ["z"], ["x"])
    moments = instrument_moments(one, np.zeros(1, np.int64))
    assert sargan(moments, tsls(moments)) is None
    one = column_model(ArraySample({**data, "d": data["z"]}, "y"), ["d"], ["z"], ["x"])
    moments = instrument_moments(one, np.zeros(1, np.int64))
    assert wu_hausman(moments) is None
    assert first_stage_f(moments) == ()
