"""The same rows in each engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from evaluate.data.sample import DuckSample

Data = Mapping[str, NDArray[Any]]


def in_duckdb(data: Data, outcome: str) -> DuckSample:
    """Return a sample whose rows stand in DuckDB, as the data step leaves them."""
    connection = duckdb.connect()
    text = {name for name, values in data.items() if values.dtype.kind in "OU"}
    fields = ", ".join(f'"{name}" {"VARCHAR" if name in text else "DOUBLE"}' for name in data)
    connection.execute(f"CREATE TABLE analysis ({fields})")
    columns = [
        [None if name == outcome and np.isnan(value) else value for value in values.tolist()]
        for name, values in data.items()
    ]
    marks = ", ".join("?" * len(data))
    connection.executemany(
        f"INSERT INTO analysis VALUES ({marks})", list(zip(*columns, strict=True))
    )
    return DuckSample(connection, "analysis", outcome)
