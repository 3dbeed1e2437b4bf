"""Sums over time as Ibis expressions: a row for each unit or cluster, a column each period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.path_calendar import Calendar, whole
from evaluate.data.paths import PanelColumns
from evaluate.data.sql_groups import value

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

_SMALL = 2_000_000_000  # below it four bytes hold a number


@dataclass(frozen=True, slots=True)
class PathQueries:
    """Queries over the rows with an outcome.

    Attributes
    ----------
    rows : Table
        The rows.
    outcome : str
        Column of the outcome.
    columns : PanelColumns
        Which columns make the panel.
    leaving : str or None
        Column that is 1 in rows that are left out.
    """

    rows: Table
    outcome: str
    columns: PanelColumns
    leaving: str | None

    @property
    def numbered(self) -> bool:
        """Return whether the engine holds units as whole numbers."""
        return self.columns.unit is not None and self.rows[self.columns.unit].type().is_integer()

    def cells(self) -> Table:
        """Return rows, their sum, and those not left out, by first treated period and period."""
        rows = self.rows
        kept: Any = rows.count() if self.leaving is None else rows.count(where=self._stays(rows))
        start, time = rows[self.columns.first_treated], rows[self.columns.time]
        numbers = {}
        if self.numbered:
            unit = rows[self.columns.unit]
            numbers = {"unit_low": unit.min(), "unit_high": unit.max()}
            numbers["no_unit"] = rows.count() - unit.count()
        # Grouped as they are held, and changed where few are left: half the time.
        found = rows.group_by(start=start, time=time).aggregate(
            n=rows.count(),
            total=value(rows, self.outcome).sum(),
            kept=kept,
            no_start=rows.count() - start.count(),
            no_time=rows.count() - time.count(),
            **numbers,
        )
        return found.mutate(start=_key(found["start"]), time=_key(found["time"]))

    def groups(
        self, calendar: Calendar, centre: float, part: tuple[int, int] = (0, 1), *, drop: bool
    ) -> Table:
        """Return a row for each cluster: what ``Groups`` holds.

        Parameters
        ----------
        calendar : Calendar
            What the values mean.
        centre : float
            Subtracted from all outcomes.
        part : (int, int)
            Which part of the units, and of how many; only of units that are clusters.
        drop : bool
            Whether units with gaps do not enter.
        """
        named, t = self._named(calendar, centre), calendar.size
        if part[1] > 1:
            named = named.filter((named["unit"].hash() % part[1]).abs() == part[0])
        sums = _sums(named, t)
        if self.columns.unit is None:
            found = named.group_by("cluster").aggregate(**_ends(named, "code"), **sums)
            return found.drop("cluster")
        if self.columns.by_unit:
            return named.group_by("unit").aggregate(**_ends(named, "code"), **sums).drop("unit")
        ends = {**_ends(named, "code"), **_ends(named, "cluster")}
        return _of_units(named.group_by("unit").aggregate(**ends, **sums), t, drop=drop)

    def varying(self, covariates: Sequence[str]) -> Table:
        """Return one row: in how many units each covariate changes over time."""
        rows = self._left()
        named = rows.select(
            unit=rows[self.columns.unit],
            **{f"x_{i}": value(rows, x) for i, x in enumerate(covariates)},
        )
        ends = {k: v for i in range(len(covariates)) for k, v in _ends(named, f"x_{i}").items()}
        units = named.group_by("unit").aggregate(**ends)
        return units.aggregate(
            **{
                f"x_{i}": (units[f"low_x_{i}"] != units[f"high_x_{i}"]).ifelse(1, 0).sum()
                for i in range(len(covariates))
            }
        )

    def panel(self, calendar: Calendar, covariates: Sequence[str], *, over_time: bool) -> Table:
        """Return a row for each unit: counts and outcome by period, ends, covariates.

        Parameters
        ----------
        calendar : Calendar
            What the values mean.
        covariates : sequence of str
            Columns, or indicators.
        over_time : bool
            Whether covariates are given by period.
        """
        named, t = self._named(calendar, 0.0, covariates), calendar.size
        sums = _sums(named, t)
        ends = _ends(named, "code")
        if not self.columns.by_unit:
            ends |= _ends(named, "cluster")
        for i in range(len(covariates)):
            x = named[f"x_{i}"]
            if over_time:
                sums |= {f"x_{i}_{p}": x.max(where=named["place"] == p) for p in range(t)}
            else:
                sums[f"x_{i}"] = x.max()
        # In one order in every run, so that draws fall on the same units.
        return named.group_by("unit").aggregate(**ends, **sums).order_by("unit").drop("unit")

    def placed(
        self, calendar: Calendar, units: tuple[int, int], covariates: Sequence[str] = ()
    ) -> Table:
        """Return, of a range of units that are numbers, the place of each row and what it holds.

        Columns are ``cell``, T times the unit less the smallest and the place of the period;
        ``code``, as ``offsets`` counts; y; x_0, ...; and, where units lie in clusters, cluster.

        Parameters
        ----------
        calendar : Calendar
            What the values mean.
        units : (int, int)
            Smallest and largest unit.
        covariates : sequence of str
            Columns, or indicators.
        """
        low, high = units
        rows, of = self._left(), self.columns
        rows = rows.filter(rows[of.unit].between(low, high))
        time, start = rows[of.time], rows[of.first_treated]
        in_row = whole(calendar.times) and bool((np.diff(calendar.times) == 1).all())
        place, code = (
            _offset(column, values) if counted else _place(column, values.tolist())
            for column, values, counted in (
                (time, calendar.times, in_row),
                (start, calendar.starts, whole(calendar.starts)),
            )
        )
        t = calendar.size
        narrow = max(abs(low), abs(high)) * t < _SMALL
        kind = "int32" if narrow else "int64"
        cell = (rows[of.unit].cast(kind) - low) * t + place.cast(kind)
        more = {f"x_{i}": value(rows, x) for i, x in enumerate(covariates)}
        if of.cluster is not None and not of.by_unit:
            more["cluster"] = rows[of.cluster]
        return rows.select(cell=cell, code=code.cast("int16"), y=value(rows, self.outcome), **more)

    def twice(self) -> Table:
        """Return one row: how many unit-periods stand in several rows."""
        rows = self._left()
        named = rows.select(unit=rows[self.columns.unit], time=rows[self.columns.time])
        cells = named.group_by(["unit", "time"]).aggregate(n=named.count())
        return cells.aggregate(twice=(cells["n"] > 1).ifelse(1, 0).sum())

    def _named(self, calendar: Calendar, centre: float, covariates: Sequence[str] = ()) -> Table:
        """Return the rows that stay as unit, cluster, code, place, y and x_0, ...."""
        rows, of = self._left(), self.columns
        keys = {"unit": of.unit, "cluster": of.cluster or of.unit}
        return rows.select(
            **{name: rows[column] for name, column in keys.items() if column is not None},
            code=_place(rows[of.first_treated], calendar.starts.tolist()),
            place=_place(rows[of.time], calendar.times.tolist()),
            y=value(rows, self.outcome) - centre,
            **{f"x_{i}": value(rows, x) for i, x in enumerate(covariates)},
        )

    def _left(self) -> Table:
        return self.rows if self.leaving is None else self.rows.filter(self._stays(self.rows))

    def _stays(self, rows: Table) -> Any:
        column = value(rows, self.leaving or "")
        return (column != 1) | column.isnull()


def _key(column: Value) -> Value:
    return column if column.type().is_string() else column.cast("float64")


def _place(column: Value, values: Sequence[Any]) -> Value:
    """Return where a list holds the values of a column."""
    key = _key(column)
    found: Value = key.cases(*((one, place) for place, one in enumerate(values)))
    return found


def _offset(column: Value, values: NDArray[Any]) -> Value:
    """Return by how much whole numbers pass the smallest."""
    least = float(values.min())
    if max(abs(least), abs(float(values.max()))) > _SMALL:
        return column.cast("float64") - least
    # Half as wide, and so half as long on the way.
    found: Value = column.cast("int32") - int(least)
    return found


def _sums(named: Table, t: int) -> dict[str, Value]:
    here = [named["place"] == p for p in range(t)]
    counts = {f"n_{p}": named.count(where=at) for p, at in enumerate(here)}
    y = named["y"]
    return counts | {f"s_{p}": y.sum(where=at).fill_null(0.0) for p, at in enumerate(here)}


def _ends(named: Table, column: str) -> dict[str, Value]:
    return {f"low_{column}": named[column].min(), f"high_{column}": named[column].max()}


def _of_units(units: Table, t: int, *, drop: bool) -> Table:
    """Return sums over the units of each cluster, and what is wrong with them."""
    complete = reduce(and_, (units[f"n_{p}"] > 0 for p in range(t)))
    enters = complete if drop else units["n_0"] >= 0
    sums: Mapping[str, Value] = {
        name: units[name].sum(where=enters) for p in range(t) for name in (f"n_{p}", f"s_{p}")
    }
    twice = reduce(lambda a, b: a + b, ((units[f"n_{p}"] > 1).ifelse(1, 0) for p in range(t)))
    found = units.group_by(cluster=units["low_cluster"]).aggregate(
        # A sum of whole numbers is wider than NumPy knows.
        **{name: column.fill_null(0).cast("float64") for name, column in sums.items()},
        low_code=units["low_code"].min(),
        high_code=units["high_code"].max(),
        seen=units.count(),
        units=units.count(where=enters),
        gaps=units.count(where=~complete),
        twice=twice.sum().cast("float64"),
        changes=units.count(where=units["low_code"] != units["high_code"]),
        apart=units.count(where=units["low_cluster"] != units["high_cluster"]),
    )
    return found.drop("cluster")
