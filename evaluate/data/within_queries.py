"""Moments within units as Ibis expressions: rows are joined to their unit's means.

Joining costs a second scan and no digits: sums of squares less squares of sums would lose as
many as units differ more than their rows do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any

from evaluate.data.moments import Float

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value


@dataclass(frozen=True, slots=True)
class WithinQueries:
    """Queries over centred rows.

    Attributes
    ----------
    rows : Table
        Columns by_0, ..., unit, z_0, ..., z_{p-1} and, where there are such, weight, and time:
        the position of the row's period.
    n_by, n_columns : int
        Number of columns that form groups, and of columns z.
    weighted, repeats : bool
        Whether there is a weight, and whether it says how often a row counts.
    """

    rows: Table
    n_by: int
    n_columns: int
    weighted: bool
    repeats: bool

    @property
    def keys(self) -> list[str]:
        """Return the columns that form groups."""
        return [f"by_{i}" for i in range(self.n_by)]

    def units(self, n_periods: int = 0) -> Table:
        """Return a row for each unit: size, weight, means, weight by period, its group."""
        rows = self.rows
        ends = {
            f"{end}_{key}": getattr(rows[key], end)() for key in self.keys for end in ("min", "max")
        }
        heavy = self._heavy(rows)
        means = {
            f"mean_{i}": self._weighed(rows, rows[f"z_{i}"]).sum() / heavy
            for i in range(self.n_columns)
        }
        seen = {f"seen_{t}": self._heavy(rows, rows["time"] == t) for t in range(n_periods)}
        return rows.group_by("unit").aggregate(
            size=heavy if self.repeats else rows.count(), heavy=heavy, **ends, **means, **seen
        )

    def counts(self, units: Table) -> Table:
        """Return one row: units, units of one row, and units in several groups.

        Parameters
        ----------
        units : Table
            Result of ``units``.
        """
        several, one = units["size"] > 1, units["size"] == 1
        ends = [units[f"min_{key}"] != units[f"max_{key}"] for key in self.keys]
        apart = (reduce(or_, ends) & several).ifelse(1, 0) if ends else several.ifelse(0, 0)
        return units.aggregate(
            units=several.ifelse(1, 0).sum(), alone=one.ifelse(1, 0).sum(), apart=apart.sum()
        )

    def n_groups(self) -> Table:
        """Return one row: how many groups there are."""
        groups = self.rows.select(self.keys).distinct()
        return groups.aggregate(groups=groups.count())

    def demeaned(self, units: Table) -> Table:
        """Return the rows of units with more than one, with columns d_0, ... demeaned.

        Parameters
        ----------
        units : Table
            Result of ``units``.
        """
        names = ["unit", *(f"mean_{i}" for i in range(self.n_columns))]
        several = units.filter(units["size"] > 1).select(names)
        joined = self.rows.inner_join(several, "unit")
        return joined.mutate(
            **{f"d_{i}": joined[f"z_{i}"] - joined[f"mean_{i}"] for i in range(self.n_columns)}
        )

    def moments(self, n_periods: int) -> Table:
        """Return all products by group, and the counts of units beside each.

        Parameters
        ----------
        n_periods : int
            Number of periods.
        """
        # One expression for the units, so that the engine can form them once.
        units = self.units(n_periods)
        found = self._products(self.demeaned(units), n_periods)
        if n_periods:
            seen = self._indicators(units, n_periods)
            found = found.inner_join(seen, self.keys) if self.keys else found.cross_join(seen)
        return found.cross_join(self.counts(units))

    def _products(self, rows: Table, n_periods: int) -> Table:
        """Return products of the columns, and their sums by period, by group."""
        p = self.n_columns
        d = [rows[f"d_{i}"] for i in range(p)]
        sums: dict[str, Value] = {"n": self._heavy(rows) if self.repeats else rows.count()}
        for i in range(p):
            sums[f"sum_{i}"] = self._weighed(rows, rows[f"z_{i}"]).sum()
            sums[f"square_{i}"] = self._weighed(rows, rows[f"z_{i}"] * rows[f"z_{i}"]).sum()
            for j in range(i + 1):
                sums[f"m_{i}_{j}"] = self._weighed(rows, d[i] * d[j]).sum()
            for t in range(n_periods):
                sums[f"m_{i}_{p + t}"] = self._weighed(rows, d[i]).sum(where=rows["time"] == t)
        return self._grouped(rows, {**sums, "heavy": self._heavy(rows)})

    def _indicators(self, units: Table, n_periods: int) -> Table:
        """Return products of the demeaned period indicators, by group."""
        names = {key: units[f"min_{key}"] for key in self.keys}
        seen = {f"seen_{t}": units[f"seen_{t}"] for t in range(n_periods)}
        several = units.filter(units["size"] > 1).select("heavy", **names, **seen)
        weight = [several[f"seen_{t}"] for t in range(n_periods)]
        sums = {f"here_{t}": one.sum() for t, one in enumerate(weight)}
        for s in range(n_periods):
            for t in range(s + 1):
                sums[f"both_{s}_{t}"] = (weight[s] * weight[t] / several["heavy"]).sum()
        return self._grouped(several, sums)

    def scores(self, coefficients: Float) -> Table:
        """Return one row: groups, and the products of their scores.

        Parameters
        ----------
        coefficients : ndarray, shape (p - 1,)
            Of the columns but the last.
        """
        rows, k = self.demeaned(self.units()), len(coefficients)
        terms = [rows[f"d_{j}"] * float(-b) for j, b in enumerate(coefficients)]
        residual = reduce(add, terms, rows[f"d_{k}"])
        rows = rows.mutate(residual=self._weighed(rows, residual))
        scores = {f"s_{j}": (rows[f"d_{j}"] * rows["residual"]).sum() for j in range(k)}
        groups = self._grouped(rows, scores)
        pairs = {
            f"ss_{i}_{j}": (groups[f"s_{i}"] * groups[f"s_{j}"]).sum()
            for i in range(k)
            for j in range(i + 1)
        }
        return groups.aggregate(groups=groups.count(), **pairs)

    def _weighed(self, rows: Table, value: Value) -> Any:
        return rows["weight"] * value if self.weighted else value

    def _heavy(self, rows: Table, where: Value | None = None) -> Any:
        """Return the weight of rows, 0 with none."""
        if not self.weighted:
            return rows.count(where=where).cast("float64")
        return rows["weight"].sum(where=where).fill_null(0.0)

    def _grouped(self, rows: Table, sums: Mapping[str, Value]) -> Table:
        return rows.group_by(self.keys).aggregate(**sums) if self.keys else rows.aggregate(**sums)
