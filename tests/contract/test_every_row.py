"""Whole columns of all rows: every engine gives the same, missing where they are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from engines import in_duckdb, in_spark
from numpy.typing import NDArray

from evaluate.data.every_row import RECORDED
from evaluate.data.sample import ArraySample, DuckSample, Sample

Columns = Mapping[str, NDArray[Any]]
ENGINES: dict[str, Callable[[Columns, str], Sample]] = {
    "arrays": ArraySample,
    "duckdb": in_duckdb,
    "spark": in_spark,
}


def rows(seed: int = 1, n: int = 60) -> dict[str, NDArray[Any]]:
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n))
    return {"y": y, "treated": (np.arange(n) % 2).astype(float), "x": np.arange(n) * 1.0}


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_without_an_outcome_are_there(engine: str) -> None:
    data = rows()
    data["school"] = np.array([f"s{i % 7}" for i in range(60)], dtype=object)
    sample = ENGINES[engine](data, "y")
    found = sample.everyone(("y", "treated", "x", "school"))
    order = np.argsort(found["x"])
    for name in ("y", "treated", "x"):
        assert found[name].dtype == np.float64
        np.testing.assert_array_equal(found[name][order], data[name])
    assert found["school"][order].tolist() == data["school"].tolist()
    assert sample.n_obs == int((~np.isnan(data["y"])).sum())
    assert sample.everyone(()) == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_outcome_is_as_recorded_where_a_covariate_is_missing(engine: str) -> None:
    data = rows()
    recorded = data["y"].copy()
    data["y"] = np.where(np.arange(60) % 5 == 0, np.nan, data["y"])
    sample = ENGINES[engine]({**data, RECORDED: np.nan_to_num(recorded, nan=-9.0)}, "y")
    found = sample.everyone(("x", "y"))
    np.testing.assert_array_equal(
        found["y"][np.argsort(found["x"])], np.nan_to_num(recorded, nan=-9.0)
    )
    assert sample.n_obs < int((~np.isnan(recorded)).sum())


def test_missing_cells_of_text_and_numbers() -> None:
    import duckdb

    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE a AS SELECT * FROM (VALUES (1.0::DOUBLE, NULL::DOUBLE, 'u', 1::BIGINT),"
        " (2.0, 0.0, NULL, 2), (NULL, 5.0, '', NULL)) AS t(y, x, g, unit)"
    )
    in_engine = DuckSample(connection, "a", "y").everyone(("y", "x", "g", "unit"))
    in_memory = ArraySample(
        {
            "y": np.array([1.0, 2.0, np.nan]),
            "x": np.array([np.nan, 0.0, 5.0]),
            "g": np.array(["u", None, ""], dtype=object),
            "unit": np.array([1.0, 2.0, np.nan]),
        },
        "y",
    ).everyone(("y", "x", "g", "unit"))
    for found in (in_engine, in_memory):
        assert found["g"].tolist() == ["u", None, ""]
        np.testing.assert_array_equal(found["y"], [1.0, 2.0, np.nan])
        np.testing.assert_array_equal(found["x"], [np.nan, 0.0, 5.0])
        np.testing.assert_array_equal(found["unit"], [1.0, 2.0, np.nan])
