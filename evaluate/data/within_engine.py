"""Moments within units behind an SQL engine: the part of ``SqlSample`` that demeans."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Summary, centre_of
from evaluate.data.sql_groups import Pass, formed, labelled, table_of
from evaluate.data.weights import WeightKind
from evaluate.data.within import Demeaning, ScoreProducts, Within, WithinModel
from evaluate.data.within_queries import WithinQueries
from evaluate.data.within_sql import (
    PERIODS,
    moments_within,
    period_columns,
    scores_of,
    within_queries,
)

if TYPE_CHECKING:
    from ibis.expr.types import Table


class WithinEngine(ABC):
    """Demeans within units, by what a sample can do already."""

    @abstractmethod
    def summary(self, columns: Sequence[str], weights: str | None = None) -> Summary:
        """Return mean, smallest and largest value of each column over all rows."""

    @abstractmethod
    def levels(self, column: str) -> NDArray[Any]:
        """Return the distinct values of a column, sorted."""

    @abstractmethod
    def _rows(self, weights: str | None = None) -> Table:
        """Return the used rows."""

    @abstractmethod
    def _run(self, expression: Table) -> dict[str, NDArray[Any]]:
        """Return the columns of a query's result, text as objects, 0 for NULL."""

    @abstractmethod
    def _store(self, name: str, columns: Mapping[str, NDArray[Any]]) -> None:
        """Put a small table of text, float64 and int64 columns where queries find it."""

    @abstractmethod
    def _drop(self, name: str) -> None:
        """Remove a table that ``_store`` has put there."""

    def within(
        self,
        columns: Sequence[str],
        unit: str,
        period: str | None = None,
        by: Sequence[str] = (),
        weights: str | None = None,
        kind: WeightKind = "frequency",
    ) -> Within:
        """Return the moments of columns demeaned within units, by group."""
        of = Demeaning(tuple(columns), unit, period, weights, kind)
        centre = centre_of(self.summary(columns).mean)
        periods = self.levels(period) if period else np.array([])
        p = len(of.columns)
        model = WithinModel(of, centre, periods, np.zeros((len(periods), p)), np.zeros(p - 1))
        with self._queries(model, by) as queries:
            return moments_within(queries, self._run, partial(labelled, by=by), model=model)

    def within_scores(self, model: WithinModel, by: Sequence[str] = ()) -> ScoreProducts:
        """Return the products of groups' scores in a two-way model."""
        with self._queries(model, by) as queries:
            found = self._run(queries.scores(model.coefficients))
        return scores_of(found, len(model.coefficients))

    @contextmanager
    def _queries(self, model: WithinModel, by: Sequence[str]) -> Iterator[WithinQueries]:
        """Hold the table of periods while queries need it."""
        of, weights = model.of, [model.of.weights] if model.of.weights else []
        keys = (*by, of.unit, *([of.period] if of.period else []))
        centre = np.append(model.centre, np.zeros(len(weights)))
        centred = formed(self._rows(), Pass((*of.columns, *weights), keys, centre))
        if not of.period:
            yield within_queries(centred, of, len(by), None)
            return
        stored = period_columns(len(by), model.periods, model.sweep)
        self._store(PERIODS, stored)
        try:
            yield within_queries(centred, of, len(by), table_of(PERIODS, stored))
        finally:
            self._drop(PERIODS)
