"""A sample behind an SQL engine: Ibis writes the queries, only aggregates come back."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from math import prod
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.crossed import Crossing, coarse, crossed, fine, shares
from evaluate.data.every_row import EveryRowEngine
from evaluate.data.levels import MOST_LEVELS, Indicator, indicators
from evaluate.data.moments import (
    Cells,
    Float,
    Moments,
    RowModel,
    RowMoments,
    Summary,
    centre_of,
    coarser,
    plain,
)
from evaluate.data.path_engine import PathEngine
from evaluate.data.sql_groups import (
    Pass,
    cross,
    formed,
    grouped,
    keys,
    labelled,
    products,
    table_of,
    value,
    weight_sums,
)
from evaluate.data.sql_model import evaluated, parameters, row_moments, row_sums
from evaluate.data.weights import WeightKind, WeightSummary, unit_of, weight_summary
from evaluate.data.within_engine import WithinEngine

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, Table, Value

ROW_MODEL = "evaluate_row_model"


class SqlSample(EveryRowEngine, WithinEngine, PathEngine):
    """Rows in a table or view of an engine that Ibis writes for.

    An engine says what its table is like, runs one query, and holds one small table while
    the third pass needs it.

    Parameters
    ----------
    table : str
        Name of the table: numbers as DOUBLE, clusters and strata as text.
    outcome : str
        Column of the outcome; NULL marks rows that cannot be used: attrition, or a covariate
        that is missing.
    """

    def __init__(self, table: str, outcome: str) -> None:
        self.outcome = outcome
        self._table = table
        self._described: Table | None = None
        self._n: int | None = None
        # What a pass has told already: no question is asked of the rows twice.
        self._summaries: dict[tuple[str, str | None], tuple[float, float, float]] = {}
        self._weights: dict[str, WeightSummary] = {}
        self._counts: dict[tuple[str, ...], Cells] = {}
        self._held = {}

    @abstractmethod
    def _schema(self) -> Mapping[str, str]:
        """Return Ibis's type of each of the table's columns: string, or one of numbers."""

    def _sum(self, term: NumericValue) -> Value:
        """Return the engine's most exact sum of floats."""
        return term.sum()

    @property
    def n_obs(self) -> int:
        """Return the number of rows with an outcome."""
        if self._n is None:
            self._summarise((), None)
        return self._n or 0

    def count(self, by: Sequence[str] = ()) -> Cells:
        """Return the rows with an outcome, counted by group."""
        return self._count(self._rows(), tuple(by))

    def assigned(self, by: Sequence[str] = ()) -> Cells:
        """Return all rows, those without an outcome too, counted by group."""
        rows = self._source()
        named = rows.select(**keys(rows, by), one=1)
        return self._counted(named, tuple(by))

    def incomplete(self, columns: Sequence[str]) -> int:
        """Return how many of all rows lack a value of one of the columns."""
        if not columns:
            return 0
        rows = self._source()
        names = {name.column if isinstance(name, Indicator) else name for name in columns}
        missing = reduce(or_, (rows[name].isnull() for name in sorted(names)))
        found = self._run(rows.filter(missing).aggregate(n=rows.filter(missing).count()))
        return int(found["n"][0])

    def expand(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return numeric columns; for text one indicator for each level but the first."""
        return tuple(one for name in names for one in self._expand(name))

    def summary(self, columns: Sequence[str], weights: str | None = None) -> Summary:
        """Return mean, smallest and largest value of each column over all rows."""
        self._summarise([x for x in columns if (x, weights) not in self._summaries], weights)
        known = [self._summaries[name, weights] for name in columns]
        values = np.array(known).reshape(-1, 3)
        n = self.n_obs if weights is None else self.weights(weights).n
        return Summary(n, values[:, 0], values[:, 1], values[:, 2])

    def weights(self, column: str) -> WeightSummary:
        """Return what there is to know about a column of weights."""
        if column not in self._weights:
            rows = self._rows()
            found = self._run(rows.aggregate(**weight_sums(value(rows, column), self._sum)))
            self._weights[column] = weight_summary({x: float(v[0]) for x, v in found.items()})
        return self._weights[column]

    def moments(
        self,
        columns: Sequence[str],
        by: Sequence[str] = (),
        weights: str | None = None,
        kind: WeightKind = "frequency",
        *,
        basis: Float | None = None,
    ) -> Moments:
        """Return the moments of (1, columns - centre) by group, from two passes."""
        wanted = self._pass(columns, by, weights, kind, basis)
        of = Crossing(wanted.columns, wanted.by)
        if of.texts and self._fits(of):
            numeric = [columns[i] for i in of.numeric]
            finer = self.moments(numeric, of.finer, weights, kind, basis=of.basis(basis))
            return coarse(finer, of, wanted.centre, basis)
        rows, size = self._formed(wanted), len(columns) + 1
        powers = (0,) if weights is None else (0, 1, 2) if kind == "probability" else (1,)
        terms = {k: v for power in powers for k, v in products(rows, size, power).items()}
        sums = {name: self._sum(term) for name, term in terms.items()}
        found = self._run(grouped(rows, len(by), {"n": rows.count(), **sums}))
        labels, at = labelled(found, by)
        every = np.array([cross(found, at, size, power) for power in powers])
        main = every[powers.index(1) if weights else 0]
        n = found["n"][at] if kind != "frequency" else main[:, 0, 0].round()
        counted = n.astype(np.int64)
        if weights is None and by:
            self._counts[tuple(by)] = Cells(labels, counted)
        return Moments(
            columns=wanted.columns,
            centre=wanted.centre,
            labels=labels,
            n=counted,
            cross=main,
            powers=every if len(powers) > 1 else None,
            basis=basis,
        )

    def row_moments(
        self, model: RowModel, weights: str | None = None, kind: WeightKind = "frequency"
    ) -> RowMoments:
        """Return the sums over rows that HC0 to HC3 need, from a third pass."""
        columns = (*model.columns, self.outcome)
        of = Crossing(model.columns, tuple(model.labels))
        if of.texts:
            centre = centre_of(self.summary(model.columns, weights).mean)
            used = self.moments((), of.finer, weights, kind).labels
            finer, groups = fine(model, of, used, centre)
            sums = self.row_moments(finer, weights, kind)
            every = (sums.weighted,) if sums.powers is None else tuple(sums.powers)
            full = np.array([crossed(one, groups, used, of, centre) for one in every])
            powers = None if sums.powers is None else full
            return replace(sums, labels=model.labels, weighted=full[0], powers=powers)
        wanted = self._pass(columns, tuple(model.labels), weights, kind, model.basis)
        stored = _model_columns(model)
        rows = evaluated(self._formed(wanted), table_of(ROW_MODEL, stored), model, weights)
        query = row_sums(rows, len(model.columns), self._sum, kind=kind)
        self._store(ROW_MODEL, stored)
        try:
            found = self._run(query)
        finally:
            self._drop(ROW_MODEL)
        return row_moments(found, model)

    def levels(self, column: str) -> NDArray[Any]:
        """Return the distinct values of a column, sorted."""
        return self.count((column,)).labels[column]

    def columns(self, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Return whole columns, each shape (n,), in one order of rows that means nothing."""
        rows = self._rows()
        numbered = {f"c_{i}": name for i, name in enumerate(dict.fromkeys(names))}
        found = self._run(rows.select(**{k: self._shown(rows, x) for k, x in numbered.items()}))
        return {name: plain(found[key]) for key, name in numbered.items()}

    def _shown(self, rows: Table, name: str) -> Value:
        return value(rows, name) if isinstance(name, Indicator) else rows[name]

    def _source(self) -> Table:
        if self._described is None:
            import ibis

            self._described = ibis.table(dict(self._schema()), name=self._table)
        return self._described

    def _rows(self, weights: str | None = None) -> Table:
        source = self._source()
        used = [source[self.outcome].notnull()]
        if weights is not None:
            used.append(source[weights] > 0)
        return source.filter(reduce(and_, used))

    def _formed(self, wanted: Pass) -> Table:
        return formed(self._rows(wanted.weights), wanted)

    def _fits(self, of: Crossing) -> bool:
        n_levels = prod(len(self.levels(text)) for text in of.texts)
        return of.fits(len(self.count(of.by).n), n_levels, self.n_obs)

    def _pass(
        self,
        columns: Sequence[str],
        by: Sequence[str],
        weights: str | None,
        kind: WeightKind,
        basis: Float | None,
    ) -> Pass:
        unit = 1.0 if weights is None else unit_of(self.weights(weights), kind)
        centre = centre_of(self.summary(columns, weights).mean)
        return Pass(tuple(columns), tuple(by), centre, weights, unit, basis)

    def _expand(self, name: str) -> tuple[str, ...]:
        source = self._source()
        if isinstance(name, Indicator) or not source[name].type().is_string():
            return (name,)
        # One more than may be: a column of names would bring every name here.
        rows = self._rows()
        found = self._run(rows.select(level=rows[name]).distinct().limit(MOST_LEVELS + 1))
        return indicators(name, np.unique(plain(found["level"])).tolist(), source.columns)

    def _count(self, rows: Table, by: tuple[str, ...]) -> Cells:
        finer = [known for known in self._counts if set(by) <= set(known)]
        if finer and by not in self._counts:
            self._counts[by] = coarser(self._counts[min(finer, key=len)], by)
        if by not in self._counts:
            self._counts[by] = self._counted(rows.select(**keys(rows, by), one=1), by)
        return self._counts[by]

    def _counted(self, named: Table, by: tuple[str, ...]) -> Cells:
        found = self._run(grouped(named, len(by), {"n": named.count()}))
        labels, at = labelled(found, by)
        n = found["n"][at].astype(np.int64)
        return Cells(labels, n if by or n.any() else n[:0])

    def _summarise(self, columns: Sequence[str], weights: str | None) -> None:
        for text in dict.fromkeys(one.column for one in columns if isinstance(one, Indicator)):
            cells = self.moments((), (text,), weights, "inverse_variance")
            for name, known in shares(cells, text, columns).items():
                self._summaries[name, weights] = known
        columns = [one for one in columns if not isinstance(one, Indicator)]
        if not columns and self._n is not None:
            return
        rows = self._rows(weights)
        named = rows.select(
            **{f"x_{i}": value(rows, name) for i, name in enumerate(columns)},
            w=1.0 if weights is None else value(rows, weights),
        )
        wanted = {"n": named.count(), "total": named["w"].sum()}
        for i in range(len(columns)):
            x = named[f"x_{i}"]
            total = self._sum(x if weights is None else x * named["w"])
            wanted |= {f"sum_{i}": total, f"low_{i}": x.min(), f"high_{i}": x.max()}
        found = self._run(named.aggregate(**wanted))
        n, total = int(found["n"][0]), float(found["total"][0]) or 1.0
        self._n = n if weights is None else self._n
        for i, name in enumerate(columns):
            mean, low, high = (float(found[f"{part}_{i}"][0]) for part in ("sum", "low", "high"))
            self._summaries[name, weights] = (mean / total, low, high)


def _model_columns(model: RowModel) -> dict[str, NDArray[Any]]:
    """Return the model as a table, one row for each group."""
    labels = {f"by_{i}": values for i, values in enumerate(model.labels.values())}
    return {"cell": np.arange(len(model.residual)), **labels, **parameters(model)}
