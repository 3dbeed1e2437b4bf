"""All sources of a study as one table of typed rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from evaluate.data.bring import Brought, Fetched, bring, names_in
from evaluate.data.cells import Counts
from evaluate.data.cohort import LINK, Entered, enter
from evaluate.data.columns import check_headers
from evaluate.data.definition import Data
from evaluate.data.files import Origin
from evaluate.data.join import Joined, join_sources
from evaluate.data.names import shown
from evaluate.data.plan import At, Plan
from evaluate.data.table import Layout
from evaluate.data.variable import PeriodForm, Variable
from evaluate.errors import DataError, Problem

TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Merged:
    """The typed rows.

    Attributes
    ----------
    label : str
        What messages call the source whose rows stay.
    n_rows : int
        Its rows.
    n_typed : int
        Rows after all joins.
    columns : mapping of str to (Origin, int, Counts)
        Of each column the source, its number of rows and what was found in it.
    widened : frozenset of str
        Columns that a join left without a value for some rows.
    forms : mapping of str to str
        Form of each column of periods.
    joins : tuple of Joined
        How many rows found their partner.
    entered : Entered or None
        The persons of a cohort.
    """

    label: str
    n_rows: int
    n_typed: int
    columns: Mapping[str, tuple[Origin, int, Counts]]
    widened: frozenset[str]
    forms: Mapping[str, PeriodForm]
    joins: tuple[Joined, ...]
    entered: Entered | None = None


def merge(
    connection: duckdb.DuckDBPyConnection,
    data: Data,
    sources: Sequence[Fetched],
    plan: Plan,
    variables: Mapping[str, Variable],
    at: At,
    *,
    invented: bool = False,
) -> Merged:
    """Create ``typed``: the wanted columns of all sources, checked and put side by side.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Can read the files of the sources.
    data : Data
        As the study defines it.
    sources : sequence of Fetched
        All of them.
    plan : Plan
        What is read.
    variables : mapping of str to Variable
        The dictionary.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.
    invented : bool
        Whether the rows are a few invented ones: a source may then be empty.

    Raises
    ------
    DataError
        If the files do not hold what the dictionary promises, or do not fit together; all
        faults of their structure, or all faults of their cells, at once.
    """
    layouts = [one.layout(connection) for one in sources]
    check_headers(data, sources, layouts, plan, at)
    brought, forms = _bring_all(
        connection, zip(sources, layouts, strict=True), plan, variables, invented=invented
    )
    main, entered = brought[data.main_name], None
    columns_of = _columns(data, brought, plan)
    if plan.cohort is not None:
        entries = brought.get(plan.cohort.cohort.entry.source or "")
        entered = enter(connection, main, entries, plan.cohort, at, invented=invented)
        brought = {**brought, data.main_name: entered.rows}
    n_typed, joins = _side_by_side(connection, data, brought, at, invented=invented)
    keys = {name for one in data.join for name in one.keys}
    kept = {one.right for one in joins if one.unmatched == "keep" and one.n_unmatched}
    return Merged(
        label=main.origin.label,
        n_rows=main.n_rows,
        n_typed=n_typed,
        columns=columns_of,
        widened=frozenset(name for key in kept for name in brought[key].counts if name not in keys),
        forms=forms,
        joins=joins,
        entered=entered,
    )


def _bring_all(
    connection: duckdb.DuckDBPyConnection,
    pairs: Iterable[tuple[Fetched, Layout]],
    plan: Plan,
    variables: Mapping[str, Variable],
    *,
    invented: bool,
) -> tuple[dict[str, Brought], dict[str, PeriodForm]]:
    """Return every source typed, and the form of each column of periods."""
    brought: dict[str, Brought] = {}
    problems: list[Problem] = []
    for source, found in pairs:
        key = source.place.origin.key
        wanted = plan.asked.get(key, plan.columns)
        columns = [name for name in wanted if name in names_in(source, found)]
        brought[key], faults = bring(
            connection, source, found, columns, variables, may_be_empty=invented
        )
        problems += faults
    forms, faults = _forms(brought)
    if problems or faults:
        raise DataError(*(problems or faults))
    return brought, forms


def _side_by_side(
    connection: duckdb.DuckDBPyConnection,
    data: Data,
    brought: Mapping[str, Brought],
    at: At,
    *,
    invented: bool,
) -> tuple[int, tuple[Joined, ...]]:
    """Create ``typed``; return its rows, and how many found their partner."""
    main = brought[data.main_name]
    if not data.join:
        connection.execute(f"CREATE VIEW {TYPED} AS SELECT * FROM {main.view}")
        return main.n_rows, ()
    places = [at("data", "join", number) for number in range(len(data.join))]
    marks = LINK if data.cohort is not None else None
    joins = join_sources(
        connection, TYPED, brought, data.join, places, marks=marks, invented=invented
    )
    (n_typed,) = connection.execute(f"SELECT count(*) FROM {TYPED}").fetchone() or (0,)
    return int(n_typed), joins


def _columns(
    data: Data, brought: Mapping[str, Brought], plan: Plan
) -> dict[str, tuple[Origin, int, Counts]]:
    """Return each column as the first source has it: the main one before those joined to it."""
    found: dict[str, tuple[Origin, int, Counts]] = {}
    rest = [key for key in brought if key != data.main_name and key not in plan.asked]
    for key in (data.main_name, *rest):
        one = brought[key]
        for name, counts in one.counts.items():
            found.setdefault(name, (one.origin, one.n_rows, counts))
    if plan.cohort is not None and plan.cohort.cohort.entry.source is not None:
        one = brought[plan.cohort.cohort.entry.source]
        for name in plan.cohort.taken:
            found[name] = (one.origin, one.n_rows, one.counts[name])
    return found


def _forms(
    brought: Mapping[str, Brought],
) -> tuple[dict[str, PeriodForm], list[Problem]]:
    """Return the form of each column of periods, and keys whose forms differ between sources."""
    forms: dict[str, PeriodForm] = {}
    problems = []
    for source in brought.values():
        for name, counts in source.counts.items():
            if not counts.forms:
                continue
            if forms.setdefault(name, counts.forms[0]) != counts.forms[0]:
                problems.append(
                    Problem(
                        f"{source.origin.label}:{shown(name)}",
                        f"periods are written as {counts.forms[0]}, and as {forms[name]} in "
                        "another source",
                        "periods of two kinds are never equal",
                        "write the periods of both in one way",
                    )
                )
    return forms, problems
