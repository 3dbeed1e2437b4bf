"""A sample behind Spark: the same expressions as DuckDB's, compiled for Spark SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.spark_session import spark_masked
from evaluate.data.sql_sample import SqlSample

if TYPE_CHECKING:
    from ibis.expr.types import Table
    from pyspark.sql import SparkSession

_TYPES = {"string": "string", "bigint": "int64", "long": "int64"}  # of Spark and of Ibis


class SparkSample(SqlSample):
    """Rows in a table or view of a Spark session.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Open session; a temporary view is made in it during the third pass.
    table : str
        Name of the table: numbers as DOUBLE or BIGINT, clusters and strata as STRING.
    outcome : str
        Column of the outcome; NULL marks rows that cannot be used: attrition, or a covariate
        that is missing.
    """

    def __init__(self, session: SparkSession, table: str, outcome: str) -> None:
        super().__init__(table, outcome)
        self._session = session

    def _schema(self) -> Mapping[str, str]:
        with spark_masked():
            fields = self._session.table(self._table).schema
        kinds = {field.name: field.dataType.typeName() for field in fields}
        return {name: _TYPES.get(kind, "float64") for name, kind in kinds.items()}

    def _run(self, expression: Table) -> dict[str, NDArray[Any]]:
        import ibis

        with spark_masked():
            # Not ibis.to_sql: it fails until the backend, which sets its options, is loaded.
            found = self._session.sql(ibis.pyspark.compile(expression)).toArrow()
        return {name: _array(found.column(name)) for name in found.column_names}

    def _store(self, name: str, columns: Mapping[str, NDArray[Any]]) -> None:
        import pyarrow as pa

        table = pa.table({key: pa.array(values) for key, values in columns.items()})
        with spark_masked():
            self._session.createDataFrame(table).createOrReplaceTempView(name)

    def _drop(self, name: str) -> None:
        with spark_masked():
            self._session.catalog.dropTempView(name)


def _array(column: Any) -> NDArray[Any]:
    """Return an Arrow column as NumPy: text as objects, a Decimal as float, 0 for NULL."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return np.array(column.to_pylist(), dtype=object)
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    values: NDArray[Any] = column.fill_null(0).to_numpy()
    return values
