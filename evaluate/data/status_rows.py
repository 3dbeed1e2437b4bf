"""Statuses looked up in spells and events, one value for each person, with counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from evaluate.data import sql
from evaluate.data.cohort_definition import Cohort
from evaluate.data.names import plural
from evaluate.data.status import Asked
from evaluate.errors import Problem

# Whether a row holds on the last day: of dated changes the last one is taken.
_RUNNING = {True: "begins <= last", False: "begins <= last AND (ends IS NULL OR ends >= last)"}
HELD = "evaluate:status"  # begins the name of the column with a person's status


@dataclass(frozen=True, slots=True)
class Scored:
    """What a status rule found among the used persons.

    Attributes
    ----------
    name : str
        The computed column.
    n : int
        Persons.
    states : mapping of str to int
        How many were in each status on the last day, the event first; ``""`` is unknown.
    """

    name: str
    n: int
    states: Mapping[str, int]


def look_up(
    connection: duckdb.DuckDBPyConnection, rows: str, asked: Asked, cohort: Cohort, number: int
) -> str:
    """Create the table of each person's status, and return the rows with it as SQL.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the rows and the source.
    rows : str
        SQL of the cohort's rows so far.
    asked : Asked
        The rule.
    cohort : Cohort
        Whose persons these are.
    number : int
        Of the rule, for the names of its tables.
    """
    people, found, table = _tables(number)
    person, entry = sql.identifier(cohort.person), sql.identifier(cohort.entry.date)
    ends = " ".join(
        f"WHEN {holds} THEN CAST({entry} + {length} AS DATE)" for holds, length in asked.horizons
    )
    connection.execute(
        f"CREATE TABLE {people} AS SELECT row_number() OVER () AS id, {person} AS person, "
        f"{entry} AS entry, "
        f"CASE {ends} END AS last FROM {rows}"
    )
    connection.execute(f"CREATE TABLE {found} AS {_rows_of(asked, people)}")
    connection.execute(f"CREATE TABLE {table} AS {_statuses(asked, cohort, people, found)}")
    held = sql.identifier(f"{HELD} {number}")
    return (
        f"(SELECT r.*, s.held AS {held} FROM {rows} r LEFT JOIN {table} s ON s.person = r.{person})"
    )


def value_of(asked: Asked, number: int) -> str:
    """Return SQL for the computed column: 1, 0 or NULL as DOUBLE, or the name of the status."""
    held, rule = sql.identifier(f"{HELD} {number}"), asked.rule
    if rule.give == "state":
        return held
    zeros = sql.listing(rule.else_)
    return f"CASE WHEN {held} = {sql.text(rule.event)} THEN 1.0 WHEN {held} IN {zeros} THEN 0.0 END"


def refuse(
    connection: duckdb.DuckDBPyConnection,
    used: str,
    asked: Asked,
    cohort: Cohort,
    number: int,
    where: str,
    *,
    invented: bool = False,
) -> list[Problem]:
    """Return what is wrong with the rows of the source, as far as used persons have them.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the tables of ``look_up``.
    used : str
        View of the used rows.
    asked : Asked
        As for ``look_up``.
    cohort : Cohort
        As for ``look_up``.
    number : int
        As for ``look_up``.
    where : str
        Place of the rule in ``study.yaml``.
    invented : bool
        Whether the people are a few invented ones, of whom none need have a row.
    """
    people, found, _ = _tables(number)
    person = sql.identifier(cohort.person)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE status_used AS SELECT * FROM {people} "
        f"WHERE person IN (SELECT {person} FROM {used})"
    )
    counts = _counts(connection, found, asked, cohort)
    label = f"`{asked.rule.source}`"
    return [
        Problem(where, f"{what.format(label=label, n=plural(counts[key], noun))}", why, fix)
        for key, noun, what, why, fix in _FAULTS
        if counts[key] and not (invented and key == "strangers")
    ]


def score(connection: duckdb.DuckDBPyConnection, used: str, asked: Asked, number: int) -> Scored:
    """Return how many of the used persons were in each status."""
    held = sql.identifier(f"{HELD} {number}")
    found = dict(
        connection.execute(
            f"SELECT coalesce({held}, ''), count(*) FROM {used} GROUP BY ALL"
        ).fetchall()
    )
    states = {one: int(found.get(one, 0)) for one in (*asked.rule.states, "")}
    return Scored(asked.name, sum(states.values()), states)


def _tables(number: int) -> tuple[str, str, str]:
    return f"status_people_{number}", f"status_rows_{number}", f"status_{number}"


def _rows_of(asked: Asked, people: str) -> str:
    """Return SQL of the rows of the source that belong to the cohort's persons."""
    rule, source = asked.rule, f"typed_{asked.rule.source}"
    begins = sql.identifier(rule.date or rule.from_ or "")
    ends = sql.identifier(rule.to) if rule.to else "CAST(NULL AS DATE)"
    chosen = (
        f"SELECT {sql.identifier(asked.person)} AS person, {begins} AS begins, {ends} AS ends, "
        f"{asked.state} AS state FROM {source} WHERE {asked.counts}"
    )
    # Rows that are equal in all that counts are one, in whatever order they stand.
    return (
        f"SELECT DISTINCT p.id, s.begins, s.ends, s.state, p.entry, p.last FROM ({chosen}) s "
        f"JOIN {people} p ON p.person = s.person"
    )


def _statuses(asked: Asked, cohort: Cohort, people: str, found: str) -> str:
    """Return SQL of each person's status: the event if it happened, else what held at the end."""
    rule = asked.rule
    event, last_day = sql.text(rule.event), sql.literal(cohort.window.to)
    inside = _inside(cohort, dated=rule.date is not None)
    none = sql.text(rule.no_record) if rule.no_record is not None else "NULL"
    running = _RUNNING[rule.date is not None]
    # A row of the event outside the horizon does not say what held instead of it.
    return (
        f"SELECT p.person, CASE WHEN p.last > {last_day} OR p.last IS NULL THEN NULL "
        f"WHEN f.happened THEN {event} ELSE coalesce(f.held, {none}) END AS held "
        f"FROM {people} p LEFT JOIN (SELECT id, "
        f"bool_or(state = {event} AND begins BETWEEN entry AND last) AS happened, "
        f"arg_max(state, begins) FILTER (state <> {event} AND {running}) AS held "
        f"FROM {found} WHERE {inside} GROUP BY id) f ON f.id = p.id"
    )


def _inside(cohort: Cohort, *, dated: bool) -> str:
    first, last = sql.literal(cohort.window.from_), sql.literal(cohort.window.to)
    return f"(begins <= {last} AND {'begins' if dated else f'coalesce(ends, {last})'} >= {first})"


def _counts(
    connection: duckdb.DuckDBPyConnection, found: str, asked: Asked, cohort: Cohort
) -> dict[str, int]:
    """Return how many rows or persons each fault concerns."""
    rule = asked.rule
    event = sql.text(rule.event)
    first, last = sql.literal(cohort.window.from_), sql.literal(cohort.window.to)
    of_rows = {
        "unnamed": "state IS NULL",
        "undated": "begins IS NULL",
        "backwards": "ends < begins",
    }
    if rule.outside == "error":
        begun = "begins" if rule.date else "ends"
        of_rows["outside"] = f"begins > {last} OR ends > {last} OR {begun} < {first}"
    if rule.before_entry == "error":
        of_rows["before"] = f"state = {event} AND begins < entry"
    asks = {
        "unkind": "SELECT count(*) FROM status_used WHERE last IS NULL",
        "unfinished": f"SELECT count(*) FROM status_used WHERE last > {last}",
        "strangers": f"SELECT CASE WHEN count(*) = 0 THEN 1 END FROM {found}",
        "tied": _tied(rule.date is not None, event),
    }
    if rule.from_ and rule.overlap == "error":
        # An empty end runs on; a spell may begin on the last day of the one before it.
        asks["overlapping"] = (
            "SELECT count(DISTINCT id) FROM (SELECT id, begins, max(coalesce(ends, "
            "DATE '9999-12-31')) OVER (PARTITION BY id ORDER BY begins, ends ROWS BETWEEN "
            f"UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM used WHERE state <> {event}) "
            "WHERE begins < before"
        )
    tests = ", ".join(f"count(*) FILTER ({test})" for test in of_rows.values())
    (answers,) = connection.execute(
        f"WITH used AS MATERIALIZED (SELECT f.* FROM {found} f SEMI JOIN status_used USING (id)) "
        f"SELECT {tests}, {', '.join(f'({one})' for one in asks.values())} FROM used"
    ).fetchall()
    counts = dict.fromkeys((key for key, *_ in _FAULTS), 0)
    keys = (*of_rows, *asks)
    return counts | {key: int(n or 0) for key, n in zip(keys, answers, strict=True)}


def _tied(dated: bool, event: str) -> str:
    """Return SQL that counts persons whose last status stands beside another of its day."""
    counts = f"(state <> {event} AND {_RUNNING[dated]})"
    return (
        "SELECT count(*) FROM (SELECT u.id FROM used u JOIN (SELECT id, "
        f"max(begins) FILTER ({counts}) AS latest FROM used GROUP BY id "
        f"HAVING NOT coalesce(bool_or(state = {event} AND begins BETWEEN entry AND last), false)) l "
        f"ON l.id = u.id AND l.latest = u.begins WHERE {counts} "
        "GROUP BY u.id HAVING count(DISTINCT state) > 1)"
    )


_WHY_WHEN = "the status on the last day would be guessed"
_FAULTS = (
    ("strangers", "source", "nobody of the cohort has a row in {label}",
     "then everybody would be without a record", "see whether the ids of both are alike"),
    ("unkind", "person", "{n} with no horizon, as their kind of programme is not listed",
     "nobody can say how long they are followed", "add the codes under `types`, or exclude them"),
    ("unfinished", "person", "{n} whose horizon ends after the window of the cohort",
     "an unfinished cohort cannot be scored: who has not got there yet would count as a failure",
     "shorten `within`, exclude those who entered too late, or wait for newer registers"),
    ("unnamed", "row", "{n} of {label} with a status that the rule does not name",
     "such rows would count as if they were not there",
     "add its code under `codes`, or leave such rows out with `where`"),
    ("undated", "row", "{n} of {label} without the day on which the status began", _WHY_WHEN,
     "complete the cells, or leave such rows out with `where`"),
    ("backwards", "spell", "{n} of {label} ending before the first day", _WHY_WHEN,
     "correct the dates, or leave such rows out with `where`"),
    ("outside", "row", "{n} of {label} outside the window of the cohort",
     "the registers are said to cover nothing there",
     "correct `window`, or set `outside: ignore`"),
    ("before", "row", "{n} of {label} with the event before entry",
     "whoever has got there already cannot get there within the horizon",
     "exclude these persons, or set `before_entry: ignore`"),
    ("overlapping", "person", "{n} with spells that overlap in {label}", _WHY_WHEN,
     "correct the dates, or set `overlap: latest`"),
    ("tied", "person", "{n} with several statuses on the day that counts in {label}", _WHY_WHEN,
     "keep one status a day, or leave some out with `where`"),
)  # fmt: skip
