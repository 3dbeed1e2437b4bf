"""How far up the claims ladder each method got, and why not further."""

from __future__ import annotations

from collections.abc import Iterator

from evaluate.claims import rung, step_of
from evaluate.core import Cell, Column, Table
from evaluate.disclosure.gate import Released
from evaluate.study.load import Definition
from evaluate.wording.labels_ladder import LABELS

KIND = "ladder"


def ladder(definition: Definition, released: Released) -> Iterator[Table]:
    """Yield the table of the steps that a study's methods reach, where it has any.

    Parameters
    ----------
    definition : Definition
        The study.
    released : Released
        Checks and refusals as they left the gate.

    Yields
    ------
    Table
        One row for each method that gave something.
    """
    refused = {one.analysis for one in released.refusals}
    shown = {one.analysis for one in released.tables}
    rows: list[dict[str, Cell]] = []
    for name, (method, _) in definition.methods.items():
        if name in refused and name not in shown:
            continue
        checks = [one for one in released.checks if one.analysis == name]
        reached, because = step_of(method.rung, method.needs, checks)
        rows.append(
            {
                "analysis": name,
                "method": method.name,
                "rung": reached,
                "highest": method.rung,
                "because": "; ".join(because) or None,
            }
        )
    if rows:
        columns = (
            Column("analysis", "text", LABELS["analysis"]),
            Column("method", "text", LABELS["method"]),
            Column("rung", "integer", LABELS["rung"]),
            Column("highest", "integer", LABELS["highest"]),
            Column("because", "text", LABELS["because"]),
        )
        yield Table(KIND, KIND, columns, tuple(rows))


def steps(definition: Definition, released: Released) -> dict[str, int]:
    """Return the step of the claims ladder that each analysis has reached, by name.

    Parameters
    ----------
    definition : Definition
        The study.
    released : Released
        Checks and tables as they left the gate.
    """
    found = {
        str(row["analysis"]): int(row["rung"] or 0)
        for table in released.tables
        if table.kind == KIND
        for row in table.rows
    }
    for name in {one.analysis for one in released.estimates} & set(definition.specs):
        design, _ = definition.specs[name]
        checks = [one for one in released.checks if one.analysis == name]
        found[name], _ = rung(design.rung, design.needs, checks)
    return found
