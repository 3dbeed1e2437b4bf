"""Tables of a roll-out: who began when, effects by event time and by cohort, both groups' paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evaluate.checks.labels import LABELS
from evaluate.core import Cell, CellType, Column, Table
from evaluate.data.paths import Paths, Starts

Row = Mapping[str, Cell]
NEVER = "never"

TYPES: dict[str, CellType] = {
    "event_time": "integer",
    "reference": "boolean",
    "before": "boolean",
    "chosen": "boolean",
    "cohort": "text",
    "period": "text",
    "type": "text",
    "placebo": "text",
    "left_out": "text",
    "rule": "text",
    "state": "text",
    "weight": "share",
}
MEASURED = ("estimate", "std_error", "conf_low", "conf_high", "band_low", "band_high")
MEANS = ("treated", "comparison")


def table_of(kind: str, names: Sequence[str], rows: Sequence[Row], unit: str) -> Table:
    """Return a table whose columns are labelled as all tables over time are.

    Parameters
    ----------
    kind : str
        Rule of the gate; also its id.
    names : sequence of str
        Columns, in order.
    rows : sequence of mapping
        Cells by column; absent is unknown.
    unit : str
        Unit of the outcome.
    """
    columns = tuple(_column(kind, name, unit) for name in names)
    kept = tuple({k: v for k, v in row.items() if v is not None} for row in rows)
    return Table(kind, kind, columns, kept)


def _column(kind: str, name: str, unit: str) -> Column:
    label = dict(zip(("en", "nb", "sv"), LABELS[name], strict=True))
    if name.startswith("n_"):
        return Column(name, "integer", label)
    if kind == "rollout" and name == "treated":
        return Column(name, "boolean", label)
    measured = name in MEASURED or (kind == "paths" and name in MEANS)
    kind_of = TYPES.get(name, "number") if name != "comparison" or measured else "text"
    return Column(name, kind_of, label, unit if measured else None)


def name_of(starts: Starts, place: int) -> str:
    """Return a cohort or period as it is written; ``"never"`` after the last.

    Parameters
    ----------
    starts : Starts
        Periods.
    place : int
        0 to T.
    """
    return NEVER if place >= len(starts.periods) else period_name(starts.periods[place])


def period_name(value: object) -> str:
    """Return a period as it is written: years without decimals."""
    return f"{value:g}" if isinstance(value, float | np.floating) else str(value)


def rollout_table(paths: Paths) -> Table:
    """Return who is treated when, one row for each cohort and period.

    Parameters
    ----------
    paths : Paths
        Cohorts and periods.
    """
    starts = paths.starts
    rows: list[Row] = [
        {
            "cohort": name_of(starts, int(cohort)),
            "period": name_of(starts, place),
            "treated": bool(place >= cohort),
            "n_units": int(units),
            "n_clusters": int(clusters),
        }
        for cohort, units, clusters in zip(
            starts.cohorts, starts.units, starts.clusters, strict=True
        )
        for place in range(len(starts.periods))
    ]
    return table_of("rollout", ("cohort", "period", "treated", "n_units", "n_clusters"), rows, "")
