"""All sources of a study as one table of typed rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from evaluate.data.bring import Brought, Fetched, bring, header_faults, names_in
from evaluate.data.cells import Counts
from evaluate.data.definition import Data
from evaluate.data.files import Origin
from evaluate.data.header import absent
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
    """

    label: str
    n_rows: int
    n_typed: int
    columns: Mapping[str, tuple[Origin, int, Counts]]
    widened: frozenset[str]
    forms: Mapping[str, PeriodForm]
    joins: tuple[Joined, ...]


def merge(
    connection: duckdb.DuckDBPyConnection,
    data: Data,
    sources: Sequence[Fetched],
    plan: Plan,
    variables: Mapping[str, Variable],
    at: At,
) -> Merged:
    """Create ``typed``: the wanted columns of all sources, checked and put side by side.

    Raises
    ------
    DataError
        If the files do not hold what the dictionary promises, or do not fit together; all
        faults of their structure, or all faults of their cells, at once.
    """
    layouts = [one.layout(connection) for one in sources]
    _check_headers(data, sources, layouts, plan, at)
    brought: dict[str, Brought] = {}
    problems: list[Problem] = []
    for source, found in zip(sources, layouts, strict=True):
        columns = [name for name in plan.columns if name in names_in(source, found)]
        key = source.place.origin.key
        brought[key], faults = bring(connection, source, found, columns, variables)
        problems += faults
    forms, faults = _forms(brought)
    if problems or faults:
        raise DataError(*(problems or faults))
    joins: tuple[Joined, ...] = ()
    main = brought[data.join[0].left] if data.join else next(iter(brought.values()))
    n_typed = main.n_rows
    if data.join:
        places = [at("data", "join", number) for number in range(len(data.join))]
        joins = join_sources(connection, TYPED, brought, data.join, places)
        (n_typed,) = connection.execute(f"SELECT count(*) FROM {TYPED}").fetchone() or (0,)
    else:
        connection.execute(f"CREATE VIEW {TYPED} AS SELECT * FROM {main.view}")
    keys = {name for one in data.join for name in one.keys}
    kept = {one.right for one in joins if one.unmatched == "keep" and one.n_unmatched}
    return Merged(
        label=main.origin.label,
        n_rows=main.n_rows,
        n_typed=int(n_typed),
        columns=_columns(brought, [key for key in brought if brought[key] is not main], main),
        widened=frozenset(name for key in kept for name in brought[key].counts if name not in keys),
        forms=forms,
        joins=joins,
    )


def _columns(
    brought: Mapping[str, Brought], others: Sequence[str], main: Brought
) -> dict[str, tuple[Origin, int, Counts]]:
    """Return each column as the first source has it: the main one before those joined to it."""
    found: dict[str, tuple[Origin, int, Counts]] = {}
    for one in (main, *(brought[key] for key in others)):
        for name, counts in one.counts.items():
            found.setdefault(name, (one.origin, one.n_rows, counts))
    return found


def _check_headers(
    data: Data,
    sources: Sequence[Fetched],
    layouts: Sequence[Layout],
    plan: Plan,
    at: At,
) -> None:
    """Refuse names that stand twice, are missing, or are taken by computed columns.

    Raises
    ------
    DataError
        With all of them.
    """
    wanted = (*plan.columns, *plan.promised)
    pairs = list(zip(sources, layouts, strict=True))
    problems = [fault for one, found in pairs for fault in header_faults(one, found, wanted)]
    if not problems:
        names = [name for one, found in pairs for name in names_in(one, found)]
        where = pairs[0][0].place.origin.label if len(pairs) == 1 else at("data", "sources")
        problems = absent(where, names, wanted)
        problems += _shared(data, pairs, plan)
        problems += _absent_keys(data, pairs, at)
    if problems:
        raise DataError(*problems)
    clashes = [
        Problem(
            f"{source.place.origin.label}:{one.name}",
            "the study computes this column, and the file has it already",
            "nobody could tell which of the two is used",
            "rename the computed column",
        )
        for source, found in pairs
        for one in plan.computed
        if one.name.casefold() in map(str.casefold, names_in(source, found))
    ]
    if clashes:
        raise DataError(*clashes)


def _shared(data: Data, pairs: Sequence[tuple[Fetched, Layout]], plan: Plan) -> list[Problem]:
    """Return the columns that several sources have although they are no key of theirs."""
    problems = []
    for name in plan.columns:
        holders = [one.place.origin for one, found in pairs if name in names_in(one, found)]
        linked = {holders[0].key} if holders else set()
        for join in data.join:
            if name in join.keys:
                linked |= {join.left, join.right}
        for other in holders[1:]:
            if other.key not in linked:
                problems.append(
                    Problem(
                        f"{other.label}:{shown(name)}",
                        f"`{holders[0].label}` has a column of this name too",
                        "nobody could tell which of the two is used",
                        "rename one of them, or add it to `on` if it is part of the key",
                    )
                )
    return problems


def _absent_keys(data: Data, pairs: Sequence[tuple[Fetched, Layout]], at: At) -> list[Problem]:
    """Return the columns of keys that a source lacks; the left side may have joined them."""
    names = {one.place.origin.key: set(names_in(one, found)) for one, found in pairs}
    labels = {one.place.origin.key: one.place.origin.label for one, _ in pairs}
    problems = []
    joined = set[str]()
    for number, join in enumerate(data.join):
        joined |= names[join.left]
        for key, have in ((join.left, joined), (join.right, names[join.right])):
            for name in join.keys:
                if name not in have:
                    what = f"`{labels[key]}` has no column `{shown(name)}`"
                    why = "rows are joined where their keys are equal"
                    fix = "name a column that both sources have"
                    problems.append(Problem(at("data", "join", number, "on"), what, why, fix))
        joined |= names[join.right]
    return problems


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
