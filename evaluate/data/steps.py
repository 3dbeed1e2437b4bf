"""From the rows that were read to those that are used: how many leave at each step, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from evaluate.data import sql
from evaluate.data.cohort import LINK, NEVER
from evaluate.data.definition import Data
from evaluate.data.merge import Merged
from evaluate.data.plan import Plan

FATES = "row_fates"
FATE = "evaluate:fate"


@dataclass(frozen=True, slots=True)
class Leaver:
    """Rows that one rule sends away.

    Attributes
    ----------
    stage : {"included", "linked"}
        Where in the flow.
    keeps : str
        SQL that is true for those that stay.
    reason : str
        Why others leave.
    place : tuple
        Its key in ``study.yaml``.
    """

    stage: str
    keeps: str
    reason: str
    place: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One reason in the flow of rows.

    Attributes
    ----------
    stage : {"eligible", "included", "linked"}
        Where in the flow.
    n : int
        Rows left after the whole stage.
    lost : int
        Rows that leave for this reason, of those that earlier reasons left.
    reason : str
        Why; empty where nobody leaves.
    """

    stage: str
    n: int
    lost: int = 0
    reason: str = ""


def leavers(data: Data, plan: Plan) -> tuple[Leaver, ...]:
    """Return what sends rows away once they are computed, in order.

    Parameters
    ----------
    data : Data
        As the study defines it.
    plan : Plan
        With the criteria and conditions as SQL.
    """
    found = []
    if plan.cohort is not None:
        found += [Leaver("included", one.keeps, one.reason, one.place) for one in plan.cohort.stays]
    for i, (condition, rule) in enumerate(zip(plan.conditions, data.where, strict=True)):
        reason = f"outside the condition on {rule.column}"
        found.append(Leaver("included", condition, reason, ("data", "where", i)))
    if plan.cohort is not None:
        for number, join in enumerate(data.join):
            if join.unmatched == "drop":
                keeps = f"r.{sql.identifier(f'{LINK} {number}')}"
                place = ("data", "join", number)
                found.append(Leaver("linked", keeps, f"not found in {join.right}", place))
    return tuple(found)


def count_leavers(
    connection: duckdb.DuckDBPyConnection, rows: str, found: Sequence[Leaver], gone: int
) -> tuple[int, ...]:
    """Return how many rows each rule sends away, of those that the rules before it left.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the rows.
    rows : str
        The computed rows as SQL.
    found : sequence of Leaver
        The rules, in order.
    gone : int
        Rows that all of them together send away.
    """
    if len(found) <= 1:
        return (gone,) * len(found)
    asked, before = [], "true"
    for one in found:
        stays = f"coalesce({one.keeps}, false)"
        asked.append(f"count(*) FILTER ({before} AND NOT {stays})")
        before += f" AND {stays}"
    row = connection.execute(f"SELECT {', '.join(asked)} FROM {rows} r").fetchone() or ()
    return tuple(map(int, row))


def steps_of(
    data: Data, merged: Merged, found: Sequence[Leaver], lost: Sequence[int]
) -> tuple[Step, ...]:
    """Return the flow of rows from the source to those that are used.

    Parameters
    ----------
    data : Data
        As the study defines it.
    merged : Merged
        How many rows were read, entered and joined.
    found, lost : sequence
        The rules that send rows away, and how many each does.
    """
    first = [Leaver("included", "", NEVER)] if merged.entered else []
    counts = [merged.entered.n_without] if merged.entered else []
    if merged.entered is None:
        for join in merged.joins:
            if join.unmatched == "drop":
                first.append(Leaver("included", "", f"not found in {join.right}"))
                counts.append(join.n_unmatched)
    left = merged.n_rows
    done = [Step("eligible", left)]
    everything = list(zip((*first, *found), (*counts, *lost), strict=True))
    for stage in ("included", "linked"):
        here = [(one.reason, n) for one, n in everything if one.stage == stage]
        if stage == "linked" and not here:
            continue
        left -= sum(n for _, n in here)
        gone = [(reason, n) for reason, n in here if n]
        done += [Step(stage, left, n, reason) for reason, n in gone] or [Step(stage, left)]
    return tuple(done)


def fates(
    connection: duckdb.DuckDBPyConnection, rows: str, found: Sequence[Leaver]
) -> Mapping[int, str]:
    """Create a view of all computed rows with the number of the rule that sent each away.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the rows.
    rows : str
        The computed rows as SQL.
    found : sequence of Leaver
        The rules, in order.

    Returns
    -------
    mapping of int to str
        The reason behind each number; 0 are those that stay.
    """
    cases = " ".join(
        f"WHEN NOT coalesce({one.keeps}, false) THEN {i}" for i, one in enumerate(found, 1)
    )
    value = f"CASE {cases} ELSE 0 END" if cases else "0"
    connection.execute(
        f"CREATE VIEW {FATES} AS SELECT r.*, {value} AS {sql.identifier(FATE)} FROM {rows} r"
    )
    return {i: one.reason for i, one in enumerate(found, 1)}
