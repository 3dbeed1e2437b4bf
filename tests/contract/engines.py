"""The same rows in each engine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import DuckSample
from evaluate.data.spark_rows import read_rows, write_rows
from evaluate.data.spark_sample import SparkSample
from evaluate.data.spark_session import require_spark, spark_session
from evaluate.data.sql import identifier
from evaluate.errors import StudyError

Data = Mapping[str, NDArray[Any]]


def in_duckdb(data: Data, outcome: str) -> DuckSample:
    """Return a sample whose rows stand in DuckDB, as the data step leaves them."""
    connection = duckdb.connect()
    text = {name for name, values in data.items() if values.dtype.kind in "OU"}
    fields = ", ".join(
        f"{identifier(name)} {'VARCHAR' if name in text else 'DOUBLE'}" for name in data
    )
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


_open = ExitStack()
_number = count()


@cache
def the_spark() -> tuple[Any, Path]:
    """Return a local Spark session and a folder; without Spark the test is skipped."""
    try:
        require_spark()
    except StudyError as error:
        pytest.skip("; ".join(one.what for one in error.problems))
    folder = Path(_open.enter_context(TemporaryDirectory()))
    # Java compiles less, which is right for a few hundred rows.
    os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
    return _open.enter_context(spark_session(folder)), folder


def stop_spark() -> None:
    """End the session, if a test has started it."""
    _open.close()


def in_spark(data: Data, outcome: str) -> SparkSample:
    """Return a sample whose rows stand in files that a real Spark session reads."""
    session, above = the_spark()
    name = f"analysis_{next(_number)}"
    connection = in_duckdb(data, outcome)._connection
    kinds, n_rows = write_rows(connection, "analysis", above / name)
    connection.close()
    assert read_rows(session, name, above / name, kinds) == n_rows
    return SparkSample(session, name, outcome)
