"""One row for each person on the day of entry, from a source of entries."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from evaluate.data import sql
from evaluate.data.bring import Brought
from evaluate.data.cohort_definition import Cohort
from evaluate.data.cohort_plan import WHY, At, CohortPlan
from evaluate.data.names import plural, shown
from evaluate.data.table import masked
from evaluate.errors import DataError, Problem

ENTERED = "cohort_rows"
_ENTRIES, _PICKED = "cohort_entries", "cohort_picked"
NEVER = "never enter the cohort"
LINK = "evaluate:linked"  # begins the names of columns that say whether a row found its partner


@dataclass(frozen=True, slots=True)
class Entered:
    """The persons of a cohort, before any criterion.

    Attributes
    ----------
    rows : Brought
        Persons who enter, with the columns of their entry.
    n_persons : int
        Persons in their source.
    n_without : int
        Those of them who never enter.
    """

    rows: Brought
    n_persons: int
    n_without: int


def enter(
    connection: duckdb.DuckDBPyConnection,
    persons: Brought,
    entries: Brought | None,
    plan: CohortPlan,
    at: At,
    *,
    invented: bool = False,
) -> Entered:
    """Create the table of the persons who enter, one row each.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the typed sources.
    persons : Brought
        The persons.
    entries : Brought or None
        The source of entries; ``None`` where the day is a column of the persons.
    plan : CohortPlan
        How the cohort is formed.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.
    invented : bool
        Whether the persons are a few invented ones, none of whom need enter.

    Raises
    ------
    DataError
        If persons stand twice, have several entries where only one may be, or nobody enters.
    """
    cohort, where = plan.cohort, at("data", "cohort", "entry")
    with masked(where, "the entries cannot be found", "see the types of its columns"):
        _refuse_persons(connection, persons, cohort, at)
        if entries is None:
            day = sql.identifier(cohort.entry.date)
            rows = f"SELECT p.* FROM {persons.view} p WHERE p.{day} IS NOT NULL"
            added = {}
        else:
            _pick(connection, entries, plan, where)
            person = sql.identifier(cohort.person)
            chosen = ", ".join(f"e.{sql.identifier(one)}" for one in plan.taken)
            rows = (
                f"SELECT p.*, {chosen} FROM {persons.view} p JOIN {_PICKED} e "
                f"ON e.person = p.{person}"
            )
            added = {one: entries.counts[one] for one in plan.taken}
        connection.execute(f"CREATE TABLE {ENTERED} AS {rows}")
        (n_rows,) = connection.execute(f"SELECT count(*) FROM {ENTERED}").fetchone() or (0,)
    without = persons.n_rows - int(n_rows)
    if not invented:
        _refuse_without(cohort, persons, without, at)
    found = replace(persons, view=ENTERED, n_rows=int(n_rows), counts={**persons.counts, **added})
    return Entered(found, persons.n_rows, without)


def _refuse_persons(
    connection: duckdb.DuckDBPyConnection, persons: Brought, cohort: Cohort, at: At
) -> None:
    """Refuse persons without an id, or in several rows."""
    where, label = at("data", "cohort", "person"), persons.origin.label
    person = sql.identifier(cohort.person)
    missing, twice = connection.execute(
        f"SELECT (SELECT count(*) - count({person}) FROM {persons.view}), (SELECT count(*) FROM "
        f"(SELECT 1 FROM {persons.view} WHERE {person} IS NOT NULL GROUP BY {person} "
        "HAVING count(*) > 1))"
    ).fetchone() or (0, 0)
    problems = []
    if missing:
        what = f"{plural(missing, 'row')} of `{label}` without `{shown(cohort.person)}`"
        why = "nothing can be looked up for a person who cannot be told from others"
        problems.append(Problem(where, what, why, "complete the cells, or leave such rows out"))
    if twice:
        stand = "stand" if twice > 1 else "stands"
        what = f"{plural(twice, 'person')} {stand} in several rows of `{label}`"
        fix = "keep one row for each person; put what happened to them in a source of its own"
        problems.append(Problem(where, what, "they would be counted several times", fix))
    if problems:
        raise DataError(*problems)


def _pick(
    connection: duckdb.DuckDBPyConnection, entries: Brought, plan: CohortPlan, where: str
) -> None:
    """Create the table of the entry of each person."""
    entry = plan.cohort.entry
    person = sql.identifier(entry.person or plan.cohort.person)
    day = sql.identifier(entry.date)
    taken = ", ".join(map(sql.identifier, plan.taken))
    # Rows that are equal in all that is taken are one entry, in whatever order they stand.
    connection.execute(
        f"CREATE TABLE {_ENTRIES} AS SELECT DISTINCT {person} AS person, {taken} "
        f"FROM {entries.view} WHERE {plan.entries}"
    )
    problems = _entry_faults(connection, plan.cohort, entries.origin.label, where)
    if problems:
        raise DataError(*problems)
    order = f"{day} {'DESC' if entry.pick == 'last' else 'ASC'}"
    connection.execute(
        f"CREATE TABLE {_PICKED} AS SELECT * FROM {_ENTRIES} "
        f"QUALIFY rank() OVER (PARTITION BY person ORDER BY {order}) = 1"
    )
    connection.execute(f"DROP TABLE {_ENTRIES}")
    (tied,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {_PICKED} GROUP BY person HAVING count(*) > 1)"
    ).fetchone() or (0,)
    if tied:
        have = "have" if tied > 1 else "has"
        what = f"{plural(tied, 'person')} {have} several entries on one day that differ"
        why = "which of them counts would depend on the order of the rows"
        fix = "say with `where` under `entry` which of them counts"
        raise DataError(Problem(where, what, why, fix))


def _entry_faults(
    connection: duckdb.DuckDBPyConnection, cohort: Cohort, label: str, where: str
) -> list[Problem]:
    """Return entries without a day, outside the window, or more of them than may be."""
    entry, day = cohort.entry, sql.identifier(cohort.entry.date)
    first, last = sql.literal(cohort.window.from_), sql.literal(cohort.window.to)
    undated, outside, several = connection.execute(
        f"SELECT count(*) FILTER ({day} IS NULL OR person IS NULL), "
        f"count(*) FILTER ({day} NOT BETWEEN {first} AND {last}), "
        f"(SELECT count(*) FROM (SELECT 1 FROM {_ENTRIES} GROUP BY person HAVING count(*) > 1)) "
        f"FROM {_ENTRIES}"
    ).fetchone() or (0, 0, 0)
    problems = []
    if undated:
        what = f"{plural(undated, 'entry', 'entries')} of `{label}` without a day or person"
        fix = "complete the cells, or leave such rows out with `where` under `entry`"
        problems.append(Problem(where, what, "nobody can say who entered when", fix))
    if outside:
        what = (
            f"{plural(outside, 'entry', 'entries')} of `{label}` outside the window of the cohort"
        )
        why = "the registers do not cover what came before and after"
        fix = "correct `window`, or leave such rows out with `where` under `entry`"
        problems.append(Problem(where, what, why, fix))
    if several and entry.pick == "only":
        have = "have" if several > 1 else "has"
        what = f"{plural(several, 'person')} {have} several entries in `{label}`"
        fix = "set `pick: first` or `last`, or say with `where` which rows are entries"
        problems.append(Problem(where, what, "nobody could tell which of them counts", fix))
    return problems


def _refuse_without(cohort: Cohort, persons: Brought, without: int, at: At) -> None:
    """Refuse persons who never enter, where the study does not say what becomes of them."""
    where, n = at("data", "cohort", "entry"), persons.n_rows
    if without == n:
        what = f"none of {plural(n, 'person')} of `{persons.origin.label}` enters"
        raise DataError(Problem(where, what, WHY, "see whether the ids of both sources are alike"))
    if without and cohort.without_entry == "error":
        what = f"{without} of {plural(n, 'person')} of `{persons.origin.label}` never enter"
        fix = "correct the entries, or set `without_entry: exclude`"
        raise DataError(Problem(where, what, "they would be lost without a word", fix))
