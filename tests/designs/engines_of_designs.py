"""The same rows in memory and in DuckDB, for designs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample, DuckSample, Sample


def both_engines(data: Mapping[str, NDArray[Any]], outcome: str) -> Mapping[str, Sample]:
    """Return a sample in each engine."""
    connection = duckdb.connect()
    text = {name for name, values in data.items() if values.dtype.kind in "OU"}
    fields = ", ".join(f'"{name}" {"VARCHAR" if name in text else "DOUBLE"}' for name in data)
    connection.execute(f"CREATE TABLE analysis ({fields})")
    columns = [
        [None if name == outcome and np.isnan(value) else value for value in values.tolist()]
        for name, values in data.items()
    ]
    marks = ", ".join("?" * len(data))
    rows = list(zip(*columns, strict=True))
    connection.executemany(f"INSERT INTO analysis VALUES ({marks})", rows)
    return {
        "array": ArraySample(data, outcome),
        "duckdb": DuckSample(connection, "analysis", outcome),
    }
