"""What was assumed before the data: which outcome leads, and where the study itself stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluate.book.figures.frame.reading import Reading, Row, value

MAIN = "main"  # the design as planned, among the scenarios of a diagnosis
_PLANNED = {"clusters": "planned_clusters", "people": "planned_n", "icc": "planned_icc"}


def leading(reading: Reading, kind: str) -> str | None:
    """Return the first outcome of a kind of table, the study's primary one before others.

    Parameters
    ----------
    reading : Reading
        Finding and language.
    kind : str
        Of a table with a column ``outcome``.
    """
    found = dict.fromkeys(str(row["outcome"]) for row in rows_of(reading, kind) if "outcome" in row)
    ranked = sorted(found, key=lambda one: reading.outcome(one).get("role") != "primary")
    return next(iter(ranked), None)


def rows_of(reading: Reading, kind: str) -> Sequence[Row]:
    """Return the rows of the table that is about the leading analysis, or the primary outcome.

    Parameters
    ----------
    reading : Reading
        Finding and language.
    kind : str
        Of a table with a column ``outcome``.
    """
    if reading.lead() is not None:
        return reading.rows(kind)
    tables = [one for one in reading.finding.tables if one.kind == kind and one.rows]
    ranked = sorted(tables, key=lambda one: not _primary(reading, one.rows[0]))
    return ranked[0].rows if ranked else ()


def _primary(reading: Reading, row: Row) -> bool:
    return reading.outcome(str(row.get("outcome"))).get("role") == "primary"


def assumed(reading: Reading, outcome: str) -> Row:
    """Return the row of a diagnosis for the design as planned; empty without one."""
    return _row(reading, "diagnosis", outcome, scenario=MAIN)


def here(reading: Reading, outcome: str, axis: str) -> float | None:
    """Return where the study as planned stands on an axis, if that is known."""
    if axis == "effect":
        return value(assumed(reading, outcome).get("effect"))
    told = _stated(reading.study.get("assumptions", {}), outcome, axis)
    if told is not None:
        return told
    planned = _row(reading, "precision", outcome)
    if axis == "cluster_size":
        people, clusters = (value(planned.get(_PLANNED[one])) for one in ("people", "clusters"))
        return people / clusters if people and clusters else None
    return value(planned.get(_PLANNED[axis]))


def _stated(assumptions: Mapping[str, Any], outcome: str, axis: str) -> float | None:
    if axis == "icc":
        return value(assumptions.get("outcomes", {}).get(outcome, {}).get("icc"))
    given = assumptions.get(axis)
    return value(given.get("mean") if isinstance(given, Mapping) else given)


def _row(reading: Reading, kind: str, outcome: str, **named: str) -> Row:
    wanted = {"outcome": outcome} | named
    return next(
        (
            row
            for row in rows_of(reading, kind)
            if all(row.get(key) == cell for key, cell in wanted.items())
        ),
        {},
    )
