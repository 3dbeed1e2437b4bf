"""A sample behind DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.path_groups import Cells, Groups, nothing
from evaluate.data.path_queries import PathQueries
from evaluate.data.path_stream import Range, TwiceSeen, numbers_of, placed_groups
from evaluate.data.path_stream_panel import placed_panel
from evaluate.data.path_totals import Totals
from evaluate.data.paths import Panel, PanelColumns, Unusable
from evaluate.data.sql_groups import kind_of
from evaluate.data.sql_sample import SqlSample

if TYPE_CHECKING:
    import duckdb
    from ibis.expr.types import NumericValue, Table, Value
    from pyarrow import RecordBatchReader

# Of DuckDB and of Ibis; any other number is a float64 to every sample.
_TYPES = {
    "VARCHAR": "string",
    "DOUBLE": "float64",
    "BOOLEAN": "boolean",
    "INTEGER": "int32",
    "BIGINT": "int64",
}
Found = Mapping[str, NDArray[Any]]
_STORED = {"string": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT"}


class DuckSample(SqlSample):
    """Rows in a DuckDB table or view.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Open connection; a temporary table is made on it during the third pass.
    table : str
        Name of the table: numbers as DOUBLE, clusters and strata as VARCHAR.
    outcome : str
        Column of the outcome; NULL marks rows that cannot be used: attrition, or a covariate
        that is missing.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, outcome: str) -> None:
        super().__init__(table, outcome)
        self._connection = connection

    def _schema(self) -> Mapping[str, str]:
        found = self._connection.table(self._table)
        types = zip(found.columns, map(str, found.types), strict=True)
        return {name: _TYPES.get(kind, "float64") for name, kind in types}

    def _run(self, expression: Table) -> dict[str, NDArray[Any]]:
        import ibis

        sql = str(ibis.to_sql(expression, dialect="duckdb"))
        # fetchnumpy, because Arrow's own conversion to NumPy imports pandas (1.3 s).
        found = self._connection.execute(sql).fetchnumpy()
        return {name: np.ma.filled(values, 0) for name, values in found.items()}

    def _batches(self, expression: Table) -> Iterator[Found]:
        for batch in self._arrow(expression):
            yield {name: numbers_of(batch.column(name)) for name in batch.schema.names}

    def _arrow(self, expression: Table) -> RecordBatchReader:
        """Return a query's result as Arrow's batches, a million rows in memory at a time."""
        import ibis
        import pyarrow as pa

        sql = str(ibis.to_sql(expression, dialect="duckdb"))
        return pa.RecordBatchReader.from_stream(self._connection.sql(sql))

    def _groups(self, queries: PathQueries, cells: Cells, *, drop: bool) -> Iterator[Groups]:
        units = Range(*cells.units) if cells.units and queries.columns.by_unit else None
        if units is None or not units.fits(cells):
            yield from super()._groups(queries, cells, drop=drop)
            return
        try:
            yield from placed_groups(queries, cells, units, self._arrow, drop=drop)
        except TwiceSeen:
            yield self._twice(queries, cells)

    def panel(
        self,
        columns: PanelColumns,
        covariates: Sequence[str] = (),
        leaving: str | None = None,
    ) -> tuple[Panel, Unusable]:
        """Return one row for each unit, and the count of what is left out."""
        queries = self._over_time(columns, leaving)
        cells = self._cells(queries)
        units = Range(*cells.units) if cells.units else None
        if units is None or not units.fits(cells):
            return super().panel(columns, covariates, leaving)
        try:
            return placed_panel(queries, cells, units, self._arrow, covariates)
        except TwiceSeen:
            totals = Totals(cells)
            totals.count(self._twice(queries, cells))
            totals.require_sound(of_units=columns.by_unit)
            raise

    def _twice(self, queries: PathQueries, cells: Cells) -> Groups:
        return replace(nothing(cells), twice=int(self._run(queries.twice())["twice"][0]))

    def _sum(self, term: NumericValue) -> Value:
        return _exact_sum()(term)

    def _store(self, name: str, columns: Mapping[str, NDArray[Any]]) -> None:
        fields = ", ".join(f"{key} {_STORED[kind_of(values)]}" for key, values in columns.items())
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({fields})")
        rows = ", ".join(
            f"({', '.join(map(_literal, row))})"
            for row in zip(*(values.tolist() for values in columns.values()), strict=True)
        )
        self._connection.execute(f"INSERT INTO {name} VALUES {rows}")

    def _drop(self, name: str) -> None:
        self._connection.execute(f"DROP TABLE {name}")


def _fsum(x: float) -> float:  # what Ibis reads the signature of; DuckDB has the sum
    raise NotImplementedError


@cache
def _exact_sum() -> Callable[[NumericValue], Value]:
    """Return DuckDB's sum with Kahan's compensation: a sixth slower, and exact for any n."""
    import ibis

    made: Callable[[NumericValue], Value] = ibis.udf.agg.builtin(_fsum, name="fsum")
    return made


def _literal(value: str | float) -> str:
    """Return a value as SQL: bound parameters make DuckDB import pandas (1.3 s)."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    # With an exponent, DuckDB reads a DOUBLE at once and not a rounded DECIMAL.
    return f"{value:.17e}"
