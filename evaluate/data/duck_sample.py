"""A sample behind DuckDB: Ibis writes the SQL, DuckDB runs it, only aggregates come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.duck_model import evaluated, parameters, row_moments, row_sums, with_one
from evaluate.data.moments import (
    Cells,
    Float,
    Moments,
    RowModel,
    RowMoments,
    Summary,
    centre_of,
    order,
    plain,
)

if TYPE_CHECKING:
    import duckdb
    from ibis.expr.types import Table, Value

# Of DuckDB and of Ibis; any other number is a float64 to both samples.
_TYPES = {
    "VARCHAR": "string",
    "DOUBLE": "float64",
    "BOOLEAN": "boolean",
    "INTEGER": "int32",
    "BIGINT": "int64",
}
_MODEL = "evaluate_row_model"


class DuckSample:
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
        self.outcome = outcome
        self._connection = connection
        self._table = table
        self._known: dict[str, tuple[float, float, float]] = {}
        self._n: int | None = None
        self._described: Table | None = None

    @property
    def n_obs(self) -> int:
        """Return the number of rows with an outcome."""
        if self._n is None:
            self._summarise(())
        return self._n or 0

    def count(self, by: Sequence[str] = ()) -> Cells:
        """Return the rows with an outcome, counted by group."""
        return self._count(self._rows(), by)

    def assigned(self, by: Sequence[str] = ()) -> Cells:
        """Return all rows, those without an outcome too, counted by group."""
        return self._count(self._source(), by)

    def incomplete(self, columns: Sequence[str]) -> int:
        """Return how many of all rows lack a value of one of the columns."""
        if not columns:
            return 0
        rows = self._source()
        missing = reduce(or_, (rows[name].isnull() for name in columns))
        found = self._run(rows.filter(missing).aggregate(n=rows.filter(missing).count()))
        return int(found["n"][0])

    def summary(self, columns: Sequence[str]) -> Summary:
        """Return mean, smallest and largest value of each column over all rows."""
        self._summarise([name for name in columns if name not in self._known])
        values = np.array([self._known[name] for name in columns]).reshape(-1, 3)
        return Summary(self.n_obs, values[:, 0], values[:, 1], values[:, 2])

    def moments(self, columns: Sequence[str], by: Sequence[str] = ()) -> Moments:
        """Return the moments of (1, columns - centre) by group, from two passes."""
        centre = centre_of(self.summary(columns).mean)
        centred = self._centred(columns, centre, by)
        size = len(columns) + 1
        pairs = [(i, j) for i in range(size) for j in range(i + 1)]
        z = with_one(centred, len(columns))
        sums = {f"m_{i}_{j}": (z[i] * z[j]).sum() for i, j in pairs[1:]}
        found = self._run(_grouped(centred, len(by), {"n": centred.count(), **sums}))
        labels, at = _labels(found, by)
        cross = np.empty((len(at), size, size))
        for i, j in pairs:
            cross[:, i, j] = cross[:, j, i] = found[f"m_{i}_{j}" if i else "n"][at]
        return Moments(tuple(columns), centre, labels, found["n"][at].astype(np.int64), cross)

    def row_moments(self, model: RowModel) -> RowMoments:
        """Return the sums over rows that HC0 to HC3 need, from a third pass."""
        by, p = tuple(model.labels), len(model.columns)
        columns = (*model.columns, self.outcome)
        centred = self._centred(columns, centre_of(self.summary(columns).mean), by)
        sums = row_sums(evaluated(centred, self._model(model), len(by), p), p)
        self._store(model)
        found = self._run(sums)
        self._connection.execute(f"DROP TABLE {_MODEL}")
        return row_moments(found, model)

    def levels(self, column: str) -> NDArray[Any]:
        """Return the distinct values of a column, sorted."""
        return self.count((column,)).labels[column]

    def columns(self, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Return whole columns, each shape (n,), in one order of rows that means nothing."""
        found = self._run(self._rows().select(*dict.fromkeys(names)))
        return {name: plain(found[name]) for name in names}

    def _source(self) -> Table:
        if self._described is None:
            import ibis

            found = self._connection.table(self._table)
            types = zip(found.columns, map(str, found.types), strict=True)
            schema = {name: _TYPES.get(kind, "float64") for name, kind in types}
            self._described = ibis.table(schema, name=self._table)
        return self._described

    def _rows(self) -> Table:
        source = self._source()
        return source.filter(source[self.outcome].notnull())

    def _run(self, expression: Table) -> dict[str, NDArray[Any]]:
        import ibis

        sql = str(ibis.to_sql(expression, dialect="duckdb"))
        # fetchnumpy, because Arrow's own conversion to NumPy imports pandas (1.3 s).
        found = self._connection.execute(sql).fetchnumpy()
        return {name: np.ma.filled(values, 0) for name, values in found.items()}

    def _count(self, rows: Table, by: Sequence[str]) -> Cells:
        named = rows.select(**_keys(rows, by), one=1)
        found = self._run(_grouped(named, len(by), {"n": named.count()}))
        labels, at = _labels(found, by)
        n = found["n"][at].astype(np.int64)
        return Cells(labels, n if by or n.any() else n[:0])

    def _summarise(self, columns: Sequence[str]) -> None:
        if not columns and self._n is not None:
            return
        rows = self._rows()
        named = rows.select(
            **{f"x_{i}": rows[name].cast("float64") for i, name in enumerate(columns)}, one=1
        )
        wanted = {"n": named.count()}
        for i in range(len(columns)):
            x = named[f"x_{i}"]
            wanted |= {f"mean_{i}": x.mean(), f"low_{i}": x.min(), f"high_{i}": x.max()}
        found = self._run(named.aggregate(**wanted))
        self._n = int(found["n"][0])
        for i, name in enumerate(columns):
            mean, low, high = (float(found[f"{part}_{i}"][0]) for part in ("mean", "low", "high"))
            self._known[name] = (mean, low, high)

    def _centred(self, columns: Sequence[str], centre: Float, by: Sequence[str]) -> Table:
        """Return rows with groups as by_0, by_1, ... and centred columns as z_1, z_2, ..."""
        rows = self._rows()
        z = {
            f"z_{i}": rows[name].cast("float64") - float(middle)
            for i, (name, middle) in enumerate(zip(columns, centre, strict=True), start=1)
        }
        return rows.select(**_keys(rows, by), **z)

    def _model(self, model: RowModel) -> Table:
        import ibis

        kinds = {
            f"by_{i}": "string" if values.dtype.kind == "U" else "float64"
            for i, values in enumerate(model.labels.values())
        }
        return ibis.table(
            {"cell": "int64", **kinds, **dict.fromkeys(parameters(model), "float64")},
            name=_MODEL,
        )

    def _store(self, model: RowModel) -> None:
        """Put the model's arrays into a temporary table, one row for each group."""
        schema = self._model(model).schema()
        kinds = {"string": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT"}
        fields = ", ".join(f"{name} {kinds[str(kind)]}" for name, kind in schema.items())
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {_MODEL} ({fields})")
        labels = [values.tolist() for values in model.labels.values()]
        numbers = [values.tolist() for values in parameters(model).values()]
        cells = range(len(model.residual))
        rows = ", ".join(
            f"({', '.join(map(_literal, row))})"
            for row in zip(cells, *labels, *numbers, strict=True)
        )
        self._connection.execute(f"INSERT INTO {_MODEL} VALUES {rows}")


def _literal(value: str | float) -> str:
    """Return a value as SQL: bound parameters make DuckDB import pandas (1.3 s)."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    # With an exponent, DuckDB reads a DOUBLE at once and not a rounded DECIMAL.
    return f"{value:.17e}"


def _keys(rows: Table, by: Sequence[str]) -> dict[str, Value]:
    """Return the columns that form groups as by_0, by_1, ..., text or float64."""
    keys = {f"by_{i}": rows[name] for i, name in enumerate(by)}
    return {
        name: key if key.type().is_string() else key.cast("float64") for name, key in keys.items()
    }


def _grouped(rows: Table, number: int, sums: Mapping[str, Value]) -> Table:
    keys = [f"by_{i}" for i in range(number)]
    return rows.group_by(keys).aggregate(**sums) if keys else rows.aggregate(**sums)


def _labels(
    found: Mapping[str, NDArray[Any]], by: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64]]:
    """Return the labels of the groups, sorted, and the positions that sort them."""
    labels = [plain(found[f"by_{i}"]) for i in range(len(by))]
    at = order(labels, len(found["n"]))
    return {name: values[at] for name, values in zip(by, labels, strict=True)}, at
