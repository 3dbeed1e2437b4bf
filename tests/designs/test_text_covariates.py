"""A trial adjusted for a text column is one adjusted for indicators made by hand."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample, DuckSample, Sample
from evaluate.designs.randomised import DESIGN, Randomised

Data = dict[str, NDArray[np.generic]]


@pytest.fixture
def data() -> Data:
    """Return a trial of 20 schools in three towns."""
    rng = np.random.default_rng(4)
    school = np.repeat(np.arange(20), rng.integers(8, 20, 20))
    town = rng.integers(0, 3, len(school))
    treated = (school % 2).astype(float)
    grade = rng.normal(size=len(school))
    return {
        "treated": treated,
        "school": np.array([f"s{i:02d}" for i in school]),
        "town": np.array(["Å", "Bergen", "Oslo"])[town],
        "oslo": (town == 2).astype(float),
        "å": (town == 0).astype(float),
        "grade": grade,
        "y": rng.normal(size=len(school)) + 0.5 * town + 0.4 * treated + 0.3 * grade,
    }


def in_duckdb(data: Data) -> Sample:
    connection = duckdb.connect()
    text = {name for name, values in data.items() if values.dtype.kind == "U"}
    fields = ", ".join(f'"{name}" {"VARCHAR" if name in text else "DOUBLE"}' for name in data)
    connection.execute(f"CREATE TABLE analysis ({fields})")
    marks = ", ".join("?" * len(data))
    rows = list(zip(*(values.tolist() for values in data.values()), strict=True))
    connection.executemany(f"INSERT INTO analysis VALUES ({marks})", rows)
    return DuckSample(connection, "analysis", "y")


def headline(sample: Sample, cluster: str | None, covariates: tuple[str, ...]) -> Estimate:
    spec = Randomised(treated="treated", cluster=cluster, covariates=covariates)
    estimand = Estimand("ATE", "y", "points")
    return DESIGN.estimate(spec, sample, estimand, Settings(adjustment="additive")).estimates[0]


@pytest.mark.parametrize("cluster", ["school", None])
@pytest.mark.parametrize("engine", ["array", "duckdb"])
def test_a_text_covariate(data: Data, engine: str, cluster: str | None) -> None:
    sample = ArraySample(data, "y") if engine == "array" else in_duckdb(data)
    found = headline(sample, cluster, ("grade", "town"))
    made = headline(sample, cluster, ("grade", "oslo", "å"))
    for name in ("estimate", "std_error", "df", "n_obs"):
        assert getattr(found, name) == pytest.approx(getattr(made, name), rel=1e-10)
