"""How sources were joined and periods looked back over, and whether too many rows lost by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evaluate.core import Cell, Check, Column, ColumnRole, Table
from evaluate.data import sql
from evaluate.data.join import Joined
from evaluate.data.rows import Rows
from evaluate.data.used import Lagged
from evaluate.design import Result

MOST = 0.05  # of the rows: beyond it, who is missing is a question of its own
_COLUMNS: tuple[Column, ...] = (
    Column("join", "text", {"en": "Join", "nb": "Kobling", "sv": "Koppling"}),
    Column("n_left", "integer", {"en": "Rows", "nb": "Rader", "sv": "Rader"}),
    Column("n_matched", "integer", {"en": "Matched", "nb": "Med treff", "sv": "Med träff"}),
    Column("unmatched", "share", {"en": "Unmatched", "nb": "Uten treff", "sv": "Utan träff"}),
    Column("kept", "boolean", {"en": "Kept", "nb": "Beholdt", "sv": "Behållna"}),
)

_FLOW: tuple[Column, ...] = (
    Column("stage", "text", {"en": "Step", "nb": "Trinn", "sv": "Steg"}),
    Column("arm", "text", {"en": "Group", "nb": "Gruppe", "sv": "Grupp"}),
    Column("n", "integer", {"en": "People", "nb": "Personer", "sv": "Personer"}),
    Column("n_clusters", "integer", {"en": "Clusters", "nb": "Klynger", "sv": "Kluster"}),
    Column("lost", "integer", {"en": "Left out", "nb": "Utelatt", "sv": "Utelämnade"}),
    Column("reason", "text", {"en": "Why", "nb": "Hvorfor", "sv": "Varför"}),
)


def linked(
    results: Mapping[str, Result], joins: Sequence[Joined], lags: Sequence[Lagged]
) -> tuple[dict[str, Result], tuple[Table, ...]]:
    """Return the results with the checks of joins and lags, and the table of joins.

    Parameters
    ----------
    results : mapping of str to Result
        By analysis; all rest on the joined rows.
    joins : sequence of Joined
        As the data step counted them.
    lags : sequence of Lagged
        Likewise.
    """
    checks = [_check(joins)] if joins else []
    checks += [_gaps(lags)] if lags else []
    found = {
        name: replace(
            one, checks=(*one.checks, *(replace(check, analysis=name) for check in checks))
        )
        for name, one in results.items()
    }
    table = Table("joins", "joins", _COLUMNS, tuple(map(_row, joins)))
    return found, (table,) if joins else ()


def _row(one: Joined) -> dict[str, Cell]:
    return {
        "join": f"{one.left} – {one.right}",
        "n_left": one.n_left,
        "n_matched": one.n_matched,
        "unmatched": _share(one),
        "kept": one.unmatched == "keep",
    }


def _share(one: Joined) -> float:
    return one.n_unmatched / one.n_left if one.n_left else 0.0


def _check(joins: Sequence[Joined]) -> Check:
    alone = [one for one in joins if _share(one) > MOST]
    if not alone:
        text = f"At most {max(map(_share, joins)):.1%} of the rows of a join found no partner."
        return Check("joins", "passed", text, "joins")
    worst = max(alone, key=_share)
    fate = "keep missing cells" if worst.unmatched == "keep" else "are left out"
    text = (
        f"{_share(worst):.1%} of the rows of {worst.left} found no partner in {worst.right} and"
        f" {fate}: whoever is not in both registers may differ from who is."
    )
    return Check("joins", "failed", text, "joins")


def _gaps(lags: Sequence[Lagged]) -> Check:
    """Return whether looking back over missing periods has emptied many cells."""
    worst = max(lags, key=lambda one: one.n_gap / max(one.n_rows, 1))
    share = worst.n_gap / max(worst.n_rows, 1)
    text = (
        f"{share:.1%} of the rows have no value of {worst.name}, since a period before is missing."
    )
    return Check("lags", "failed" if share > MOST else "passed", text)


def flow_table(rows: Rows, view: str, outcome: str, roles: Mapping[str, ColumnRole]) -> Table:
    """Return the flow from the rows that were eligible to those that are analysed.

    Every row of a step gives how many are left after the whole of it, and one reason for which
    others went. From assignment on the groups stand apart, where rows are treated or not.

    Parameters
    ----------
    rows : Rows
        The study's rows, still open.
    view : str
        The analysis's own, as ``Rows.sample_table`` names it.
    outcome : str
        Column of the outcome.
    roles : mapping of str to str
        Role of every other column.

    Returns
    -------
    Table
        Of kind ``flow``; without ``lost`` where nobody went.
    """
    found: list[dict[str, Cell]] = []
    for step in rows.steps:
        row: dict[str, Cell] = {"stage": step.stage, "arm": "all", "n": step.n}
        found.append({**row, "lost": step.lost, "reason": step.reason} if step.lost else row)
    assigned, analysed = _by_arm(rows, view, outcome, roles)
    return Table("flow", "flow", _FLOW, (*found, *assigned, *analysed))


def _by_arm(
    rows: Rows, view: str, outcome: str, roles: Mapping[str, ColumnRole]
) -> tuple[list[dict[str, Cell]], list[dict[str, Cell]]]:
    """Return the counts of those assigned and analysed, by group."""
    named = {role: sql.identifier(column) for column, role in reversed(list(roles.items()))}
    treated = named.get("treatment")
    arm = f"CASE WHEN {treated} = 1 THEN 'treated' ELSE 'comparison' END" if treated else "'all'"
    y, cluster = sql.identifier(outcome), named.get("cluster", "NULL")
    counts = rows.connection.execute(
        f"SELECT {arm} AS arm, count(*), count({y}), count(DISTINCT {cluster}), "
        f"count(DISTINCT {cluster}) FILTER ({y} IS NOT NULL) FROM {view} GROUP BY ALL "
        "ORDER BY arm DESC"
    ).fetchall()
    reason = "no outcome, or a covariate is missing" if "covariate" in named else "no outcome"
    assigned: list[dict[str, Cell]] = []
    analysed: list[dict[str, Cell]] = []
    for name, n, n_obs, clusters, left in counts:
        first: dict[str, Cell] = {"stage": "assigned", "arm": name, "n": n}
        last: dict[str, Cell] = {"stage": "analysed", "arm": name, "n": n_obs}
        if "cluster" in named:
            first, last = {**first, "n_clusters": clusters}, {**last, "n_clusters": left}
        if n > n_obs:
            last = {**last, "lost": n - n_obs, "reason": reason}
        assigned.append(first)
        analysed.append(last)
    return assigned, analysed
