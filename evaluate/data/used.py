"""The used rows: with computed columns, filtered, and held against the dictionary again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from evaluate.data import sql
from evaluate.data.cells import Counts, judge
from evaluate.data.definition import Data
from evaluate.data.derive import Computed
from evaluate.data.faults import of_values
from evaluate.data.merge import TYPED, Merged
from evaluate.data.names import plural, shown
from evaluate.data.plan import Plan
from evaluate.data.series import series_faults
from evaluate.data.status_rows import Scored, look_up, refuse, score
from evaluate.data.steps import Leaver, Step, count_leavers, fates, leavers, steps_of
from evaluate.data.table import masked
from evaluate.data.variable import Variable
from evaluate.data.views import USED
from evaluate.errors import DataError, Problem

At = Callable[..., str]
_COMPUTED = "computed_rows"
_WHY_ROWS = "nothing can be estimated without rows"


@dataclass(frozen=True, slots=True)
class Lagged:
    """How often a lag found nothing to look back at.

    Attributes
    ----------
    name : str
        The computed column.
    n_rows : int
        Rows with a unit and a period.
    n_first : int
        Those of them that stand too early for their unit to have been seen before.
    n_gap : int
        Those whose unit was seen before, but not in the very period that is asked for.
    """

    name: str
    n_rows: int
    n_first: int
    n_gap: int


@dataclass(frozen=True, slots=True)
class Used:
    """The used rows.

    Attributes
    ----------
    n_rows : int
        Their number.
    present : mapping of str to int
        Present cells of each computed column.
    lags : tuple of Lagged
        What the lags found.
    scored : tuple of Scored
        What the status rules found.
    steps : tuple of Step
        How many rows were left after each step, and why others went.
    reasons : mapping of int to str
        Of invented rows, what each number in the view of their fates means.
    """

    n_rows: int
    present: Mapping[str, int]
    lags: tuple[Lagged, ...]
    scored: tuple[Scored, ...] = ()
    steps: tuple[Step, ...] = ()
    reasons: Mapping[int, str] = field(default_factory=dict)


def use_rows(
    connection: duckdb.DuckDBPyConnection,
    data: Data,
    plan: Plan,
    variables: Mapping[str, Variable],
    at: At,
    *,
    merged: Merged,
    invented: bool = False,
) -> Used:
    """Create the view of used rows.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the typed rows.
    data : Data
        As the study defines it.
    plan : Plan
        Computed columns and conditions.
    variables : mapping of str to Variable
        The dictionary.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.
    merged : Merged
        The typed rows.
    invented : bool
        Whether the rows are a few invented ones, none of which need be used.

    Raises
    ------
    DataError
        If no row is used, or a computed column does not hold what the dictionary promises.
    """
    going = leavers(data, plan)
    with masked(at("data"), "the computed columns or conditions fail", "see derive and where"):
        rows, lags = _computed(connection, plan, at)
        tests = " AND ".join(f"({one.keeps})" for one in going) or "true"
        connection.execute(f"CREATE VIEW {USED} AS SELECT * FROM {rows} r WHERE {tests}")
        if not (going or plan.computed or data.measured or invented):
            return Used(merged.n_typed, {}, lags, steps=steps_of(data, merged, (), ()))
        asked = [question for one in plan.computed for question in _questions(one, variables)]
        listing = ", ".join(["count(*)", *asked])
        used, *found = connection.execute(f"SELECT {listing} FROM {USED}").fetchone() or (0,)
        if not used and not invented:
            raise _nothing_left(connection, rows, going, at, merged.label)
        reasons = fates(connection, rows, going) if invented else {}
        lost = count_leavers(connection, rows, going, merged.n_typed - int(used))
        problems = _status_faults(connection, plan, at, invented=invented)
        problems += series_faults(connection, USED, data, variables, merged.forms, at)
        scored = tuple(score(connection, USED, one.asked, one.number)
                       for one in plan.computed if one.asked is not None)  # fmt: skip
    present = {one.name: int(found[5 * i + 2]) for i, one in enumerate(plan.computed)}
    for i, one in enumerate(plan.computed):
        counts = tuple(map(int, found[5 * i : 5 * i + 5]))
        problems += _of_column(at(*one.place), one, variables[one.name], counts)
    if problems:
        raise DataError(*problems)
    return Used(int(used), present, lags, scored, steps_of(data, merged, going, lost), reasons)


def _of_column(
    where: str, one: Computed, variable: Variable, counts: Sequence[int]
) -> list[Problem]:
    """Return what is wrong with the cells of a computed column."""
    undefined, unfit, n, outside, nearly = counts
    return _faults(where, one, variable, undefined, unfit) + [
        Problem(f.where, f"`{one.name}`: {f.what}", f.why, f.fix)
        for f in of_values(where, variable, Counts(n, n, outside, nearly))
    ]


def _status_faults(
    connection: duckdb.DuckDBPyConnection, plan: Plan, at: At, *, invented: bool
) -> list[Problem]:
    """Return what is wrong with the rows in which statuses were looked up."""
    if plan.cohort is None:
        return []
    cohort = plan.cohort.cohort
    return [
        fault
        for one in plan.computed
        if one.asked is not None
        for fault in refuse(
            connection, USED, one.asked, cohort, one.number, at(*one.place), invented=invented
        )
    ]


def _computed(
    connection: duckdb.DuckDBPyConnection, plan: Plan, at: At
) -> tuple[str, tuple[Lagged, ...]]:
    """Return the rows with computed columns as SQL, and what the lags among them found."""
    rows, lags = f"(SELECT * FROM {TYPED})", []
    for one in plan.computed:
        if one.lag is not None:
            lags.append(_look_back(connection, rows, one, at(*one.place)))
        if one.asked is not None and plan.cohort is not None:
            rows = look_up(connection, rows, one.asked, plan.cohort.cohort, one.number)
        rows = f"(SELECT *, {one.value} AS {sql.identifier(one.name)} FROM {rows})"
    if lags or any(one.asked is not None for one in plan.computed):
        # A window sorts all rows, which is not done again for every pass.
        connection.execute(f"CREATE TABLE {_COMPUTED} AS SELECT * FROM {rows}")
        rows = _COMPUTED
    return rows, tuple(lags)


def _look_back(
    connection: duckdb.DuckDBPyConnection, rows: str, one: Computed, where: str
) -> Lagged:
    """Count the rows whose unit has no row at the lag.

    Raises
    ------
    DataError
        If a unit has several rows in one period.
    """
    lag = one.lag
    if lag is None:
        raise TypeError("the column looks at no other row")
    by, over = sql.identifier(lag.by), sql.identifier(lag.over)
    known = (
        f"(SELECT {by} AS u, {over} AS t FROM {rows} WHERE {by} IS NOT NULL AND {over} IS NOT NULL)"
    )
    twice, total = connection.execute(
        f"SELECT count(*) FILTER (n > 1), coalesce(sum(n), 0) "
        f"FROM (SELECT count(*) AS n FROM {known} GROUP BY u, t)"
    ).fetchone() or (0, 0)
    if twice:
        what = (
            f"{plural(twice, 'pair')} of `{shown(lag.by)}` and `{shown(lag.over)}` "
            f"{'stand' if twice > 1 else 'stands'} in several rows"
        )
        why = "then nobody can say which row came before which"
        fix = "keep one row for each unit and period"
        raise DataError(Problem(where, what, why, fix))
    k = lag.periods
    first, gap = connection.execute(
        f"SELECT count(*) FILTER (t - {k} < begun), count(*) FILTER (t - {k} >= begun) FROM "
        f"(SELECT t, min(t) OVER (PARTITION BY u) AS begun, count(*) OVER (PARTITION BY u "
        f"ORDER BY t RANGE BETWEEN {k} PRECEDING AND {k} PRECEDING) AS n FROM {known}) WHERE n = 0"
    ).fetchone() or (0, 0)
    return Lagged(one.name, int(total), int(first), int(gap))


def _questions(one: Computed, variables: Mapping[str, Variable]) -> list[str]:
    return [
        f"count(*) FILTER ({one.undefined})",
        f"count(*) FILTER ({one.unfit})",
        *judge(variables[one.name], sql.identifier(one.name)),
    ]


def _faults(
    where: str, one: Computed, variable: Variable, undefined: int, unfit: int
) -> list[Problem]:
    problems = []
    if undefined:
        what = f"`{one.name}` has {one.why} in {plural(undefined, 'row')}"
        fix = "leave such rows out with `where`, or choose another rule"
        problems.append(Problem(where, what, "those rows would be lost without a word", fix))
    if unfit:
        what = f"`{one.name}` is not {variable.type} in {plural(unfit, 'row')}"
        why = f"the dictionary declares it so ({variable.where})"
        problems.append(Problem(where, what, why, "declare it as number"))
    return problems


def _nothing_left(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    going: Sequence[Leaver],
    at: At,
    label: str,
) -> DataError:
    counts = [f"count(*) FILTER ({one.keeps})" for one in going] or ["NULL"]
    alone = connection.execute(f"SELECT {', '.join(counts)} FROM {rows} r").fetchone() or ()
    fix = "correct the condition or the data"
    problems = [
        Problem(at(*one.place), f"no row of `{label}` meets it", _WHY_ROWS, fix)
        for one, count in zip(going, alone, strict=False)
        if not count
    ]
    together = "no row meets all conditions together"
    return DataError(*(problems or [Problem(at("data", "where"), together, _WHY_ROWS, fix)]))
