"""What DuckDB is asked: flat queries, no question twice, and the same sums on any threads."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import DuckSample

ROWS = 250_000  # several row groups of 122 880, so that two threads have work


class Watched(DuckSample):
    """A sample that writes down its queries."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, outcome: str) -> None:
        super().__init__(connection, "analysis", outcome)
        self.asked: list[str] = []

    def _run(self, expression: Any) -> dict[str, NDArray[Any]]:
        import ibis

        self.asked.append(str(ibis.to_sql(expression, dialect="duckdb")))
        return super()._run(expression)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """Return a table of two covariates, a far-off outcome, clusters and a treatment."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE analysis AS SELECT 'c' || (hash(i) % 97) AS school,"
        " (hash(i * 3) % 2)::DOUBLE AS t, (hash(i * 5) % 10007) / 7.0::DOUBLE AS a,"
        " (hash(i * 7) % 20011) / 3.0::DOUBLE AS b, 1e6 + (hash(i * 11) % 4001)::DOUBLE AS y"
        f" FROM range({ROWS}) r(i)"
    )
    return connection


def test_grouped_moments_are_one_flat_query(connection: duckdb.DuckDBPyConnection) -> None:
    sample = Watched(connection, "y")
    sample.moments(("a", "b", "y"), ("school", "t"))
    summary, moments = sample.asked
    for sql in sample.asked:
        assert "CASE" not in sql
        assert "CAST" not in sql
        assert sql.count('FROM "analysis"') == 1
        assert sql.count('"y" IS NOT NULL') == 1
    assert moments.count("SELECT") == 2
    plan = connection.execute(f"EXPLAIN {moments}").fetchall()[0][1]
    assert plan.count("HASH_GROUP_BY") == 1
    assert "FILTER" not in plan.replace("Filters", "")  # pushed into the scan
    assert summary.count("SUM(") + summary.count("fsum(") == 4


def test_nothing_is_asked_twice(connection: duckdb.DuckDBPyConnection) -> None:
    sample = Watched(connection, "y")
    sample.moments(("a", "b", "y"), ("school", "t"))
    sample.summary(("b", "y"))
    sample.count(("t",))
    sample.levels("school")
    assert sample.n_obs == ROWS
    assert len(sample.asked) == 2


@pytest.mark.parametrize("by", [(), ("t",), ("school", "t")])
def test_threads_change_nothing(connection: duckdb.DuckDBPyConnection, by: tuple[str, ...]) -> None:
    found = []
    for threads in (1, 2):
        connection.execute(f"SET threads = {threads}")
        found.append(DuckSample(connection, "analysis", "y").moments(("a", "b", "y"), by))
    one, two = found
    np.testing.assert_array_equal(one.centre, two.centre)
    np.testing.assert_array_equal(one.n, two.n)
    scale = np.sqrt(np.einsum("gii->gi", one.cross))
    error = (two.cross - one.cross) / (scale[:, :, None] * scale[:, None, :])
    assert np.abs(error).max() < 1e-14
