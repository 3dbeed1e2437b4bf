"""The rows of a study: read, typed, checked, computed and filtered, in a private database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import duckdb

from evaluate.core import ColumnRole
from evaluate.data import sql
from evaluate.data.cells import TYPED, Cells, Counts, judge, type_cells
from evaluate.data.definition import Data, Source
from evaluate.data.faults import form_of, of_values, problems_in
from evaluate.data.names import plural
from evaluate.data.plan import Plan, make_plan
from evaluate.data.scratch import scratch_folder
from evaluate.data.source import Snapshot, check_date_format, locate, take
from evaluate.data.table import RAW, column_of, connect, layout, load_raw, masked
from evaluate.data.variable import PeriodForm, Variable
from evaluate.data.views import USED, make_view
from evaluate.errors import DataError, Problem

At = Callable[..., str]


class Rows:
    """A study's used rows; a context manager that removes its private copy at the end.

    Attributes
    ----------
    connection : DuckDBPyConnection
        Reaches nothing but these rows.
    n_rows : int
        Rows in the source.
    used : int
        Rows that meet the study's conditions.
    sha256 : str
        Of the bytes of the source; private where data are restricted.
    columns : mapping of str to Variable
        Columns that were read or computed.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        scratch: Path,
        *,
        path: str,
        n_rows: int,
        used: int,
        sha256: str,
        columns: Mapping[str, Variable],
    ) -> None:
        self.connection, self._scratch, self._path = connection, scratch, path
        self.n_rows, self.used, self.sha256, self.columns = n_rows, used, sha256, columns
        self._views: dict[object, str] = {}

    def sample_table(
        self,
        outcome: str,
        roles: Mapping[str, ColumnRole],
        covariates_missing: Literal["error", "complete_case"],
    ) -> str:
        """Return the name of a view with the rows of one analysis.

        Outcome, treatment, covariates, weights and time are DOUBLE, clusters, strata and units
        VARCHAR. Rows without an outcome stay, with NULL: they are attrition, as are those
        whose outcome is made NULL because a covariate is missing.

        Parameters
        ----------
        outcome : str
            Column of the outcome.
        roles : mapping of str to str
            Role of every other column.
        covariates_missing : {"error", "complete_case"}
            Whether rows without a covariate stop the run, or count as lost.

        Raises
        ------
        DataError
            If cells are missing that must not be, a treatment is not 0 or 1, a weight is
            negative, or a column that has to be a number is not.
        """
        key = (outcome, tuple(sorted(roles.items())), covariates_missing)
        if key not in self._views:
            name = f"sample_{len(self._views) + 1}"
            make_view(
                self.connection,
                name,
                path=self._path,
                variables=self.columns,
                outcome=outcome,
                roles=roles,
                complete_cases=covariates_missing == "complete_case",
            )
            self._views[key] = name
        return self._views[key]

    def close(self) -> None:
        """Close the database and remove it; may be called twice."""
        self.connection.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def __enter__(self) -> Self:
        """Return the rows."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""
        self.close()


def open_rows(
    data: Data,
    *,
    folder: Path,
    workdir: Path,
    variables: Mapping[str, Variable],
    columns: Collection[str],
    at: At,
) -> Rows:
    """Read a study's rows and hold them against its dictionary.

    Parameters
    ----------
    data : Data
        The study's ``data`` block.
    folder : Path
        The study's folder; its source stands inside.
    workdir : Path
        Private folder for the database; made with mode 0700 if it is not there.
    variables : mapping of str to Variable
        As ``Dictionary.variables`` gives them for the study.
    columns : collection of str
        Every column that an outcome or an analysis names. A mapping gives each one's key in
        ``study.yaml``, for messages.
    at : callable
        ``at(*key)`` returns ``study.yaml:line`` of a key.

    Returns
    -------
    Rows
        To be closed by the caller.

    Raises
    ------
    StudyError
        If the definition and the dictionary do not fit together; all faults at once.
    DataError
        If the file cannot be read, or does not hold what the dictionary promises; all faults
        of its structure, or all faults of its cells, at once.
    """
    forms = {name: form for name, v in variables.items() if (form := form_of(v))}
    plan = make_plan(data, variables, columns, at, forms)
    check_date_format(data.main, at("data"))
    original = locate(data.main, folder, at("data"))
    with ExitStack() as undo:
        scratch = scratch_folder(workdir)
        undo.callback(shutil.rmtree, scratch, ignore_errors=True)
        snapshot = take(data.main, original, scratch / "source")
        connection = connect(scratch, snapshot.path)
        undo.callback(connection.close)
        n_rows, cells = _read(connection, data.main, snapshot, plan, variables)
        forms |= _type(connection, cells)
        # Once more, now that the forms of all periods are known.
        plan = make_plan(data, variables, columns, at, forms)
        used = _select(connection, data, plan, at)
        _check_computed(connection, data, plan, variables, at)
        undo.pop_all()
    names = (*plan.columns, *(one.name for one in plan.computed))
    return Rows(
        connection,
        scratch,
        path=data.main.path,
        n_rows=n_rows,
        used=used,
        sha256=snapshot.sha256,
        columns={name: variables[name] for name in names},
    )


def _read(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    snapshot: Snapshot,
    plan: Plan,
    variables: Mapping[str, Variable],
) -> tuple[int, dict[str, Cells]]:
    """Create the table of text; return its number of rows, and its columns by name."""
    found = layout(connection, source, snapshot, (*plan.columns, *plan.promised))
    clashes = [
        Problem(
            f"{source.path}:{one.name}",
            "the study computes this column, and the file has it already",
            "nobody could tell which of the two is used",
            "rename the computed column",
        )
        for one in plan.computed
        if one.name.casefold() in map(str.casefold, found.names)
    ]
    if clashes:
        raise DataError(*clashes)
    n_rows = load_raw(connection, source, found, plan.columns)
    snapshot.path.unlink()
    cells = {name: Cells(variables[name], source, column_of(found, name)) for name in plan.columns}
    return n_rows, cells


def _type(
    connection: duckdb.DuckDBPyConnection, cells: Mapping[str, Cells]
) -> dict[str, PeriodForm]:
    """Create the typed table; return the form of each column of periods."""
    path = next(iter(cells.values())).source.path if cells else ""
    with masked(path, "the cells cannot be read as the dictionary types them", "see the types"):
        counts = type_cells(connection, cells)
        problems = problems_in(connection, cells, counts)
    if problems:
        raise DataError(*problems)
    connection.execute(f"DROP TABLE {RAW}")
    return {name: count.forms[0] for name, count in counts.items() if count.forms}


def _select(connection: duckdb.DuckDBPyConnection, data: Data, plan: Plan, at: At) -> int:
    """Create the table of used rows; return their number."""
    rows = f"(SELECT * FROM {TYPED})"
    for one in plan.computed:
        rows = f"(SELECT *, {one.value} AS {sql.identifier(one.name)} FROM {rows})"
    tests = " AND ".join(f"({condition})" for condition in plan.conditions) or "true"
    with masked(at("data"), "the computed columns or conditions fail", "see derive and where"):
        connection.execute(f"CREATE TABLE {USED} AS SELECT * FROM {rows} WHERE {tests}")
        (used,) = connection.execute(f"SELECT count(*) FROM {USED}").fetchone() or (0,)
        if used:
            connection.execute(f"DROP TABLE {TYPED}")
            return int(used)
        counts = [f"count(*) FILTER ({condition})" for condition in plan.conditions]
        alone = connection.execute(f"SELECT {', '.join(counts)} FROM {rows}").fetchone() or ()
    why, fix = "nothing can be estimated without rows", "correct the condition or the data"
    what = f"no row of `{data.main.path}` meets it"
    never = [i for i, count in enumerate(alone) if not count]
    problems = [Problem(at("data", "where", i), what, why, fix) for i in never]
    together = Problem(at("data", "where"), "no row meets all conditions together", why, fix)
    raise DataError(*(problems or [together]))


def _check_computed(
    connection: duckdb.DuckDBPyConnection,
    data: Data,
    plan: Plan,
    variables: Mapping[str, Variable],
    at: At,
) -> None:
    """Hold the computed columns of the used rows against the dictionary."""
    asked: list[str] = []
    for one in plan.computed:
        asked += [f"count(*) FILTER ({one.undefined})", f"count(*) FILTER ({one.unfit})"]
        asked += judge(variables[one.name], sql.identifier(one.name))
    if not asked:
        return
    with masked(at("data", "derive"), "the computed columns fail", "see derive"):
        row = connection.execute(f"SELECT {', '.join(asked)} FROM {USED}").fetchone() or ()
    problems = []
    for i, one in enumerate(plan.computed):
        undefined, unfit, present, outside, nearly = map(int, row[5 * i : 5 * i + 5])
        where, variable = at("data", "derive", i), variables[one.name]
        if undefined:
            what = f"`{one.name}` has {one.why} in {plural(undefined, 'row')}"
            fix = "leave such rows out with `where`, or choose another rule"
            problems.append(Problem(where, what, "those rows would be lost without a word", fix))
        if unfit:
            what = f"`{one.name}` is not {variable.type} in {plural(unfit, 'row')}"
            why = f"the dictionary declares it so ({variable.where})"
            problems.append(Problem(where, what, why, "declare it as number"))
        counts = Counts(present, present, outside, nearly)
        problems += [
            Problem(f.where, f"`{one.name}`: {f.what}", f.why, f.fix)
            for f in of_values(where, variable, counts)
        ]
    if problems:
        raise DataError(*problems)
