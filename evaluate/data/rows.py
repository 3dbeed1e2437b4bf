"""The rows of a study: read, typed, checked, computed and filtered, in a private database."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from evaluate.core import ColumnRole
from evaluate.data.bring import Fetched, fetch
from evaluate.data.definition import Data
from evaluate.data.faults import form_of
from evaluate.data.join import Joined
from evaluate.data.known import known_columns
from evaluate.data.merge import Merged, merge
from evaluate.data.narrowed import compiled, narrowed
from evaluate.data.plan import At, make_plan
from evaluate.data.rules import Condition
from evaluate.data.scratch import scratch_folder
from evaluate.data.source import places_of
from evaluate.data.status_rows import Scored
from evaluate.data.steps import Step
from evaluate.data.table import connect
from evaluate.data.used import Lagged, Used, use_rows
from evaluate.data.variable import PeriodForm, Variable
from evaluate.data.views import Gaps, Known, make_view
from evaluate.data.watch import Watch, together
from evaluate.errors import EvaluateError


class Rows:
    """A study's used rows; a context manager that removes its private copies at the end.

    Parquet files are read where they are: leaving the context raises a DataError if one changed
    meanwhile.

    Attributes
    ----------
    connection : DuckDBPyConnection
        Reaches nothing but these rows.
    n_rows : int
        Rows in the source; of several, in the one whose rows stay.
    label : str
        What messages call the source whose rows stay.
    used : int
        Rows that meet the study's conditions.
    columns : mapping of str to Variable
        Columns that were read or computed.
    forms : mapping of str to str
        Form of each column of periods.
    joins : tuple of Joined
        How many rows of each join found their partner.
    lags : tuple of Lagged
        How often each lag looked back over a gap.
    scored : tuple of Scored
        How many of the used persons were in each status at the end of each horizon.
    steps : tuple of Step
        The flow from the rows that were read to those that are used, with reasons.
    reasons : mapping of int to str
        Of invented rows, what each number in the view of their fates means.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        scratch: Path,
        *,
        sources: Sequence[Fetched],
        merged: Merged,
        used: Used,
        columns: Mapping[str, Variable],
        known: Mapping[str, Known],
        forms: Mapping[str, PeriodForm],
    ) -> None:
        self.connection, self._scratch, self._sources = connection, scratch, sources
        self.n_rows, self.used, self.columns = merged.n_rows, used.n_rows, columns
        self.label: str = merged.label
        self.joins: tuple[Joined, ...] = merged.joins
        self.lags: tuple[Lagged, ...] = used.lags
        self.scored: tuple[Scored, ...] = used.scored
        self.steps: tuple[Step, ...] = used.steps
        self.reasons: Mapping[int, str] = used.reasons
        self._known = known
        self.forms: Mapping[str, PeriodForm] = forms
        self._views: dict[object, str] = {}
        self._sha256: str | None = None

    @property
    def sha256(self) -> str:
        """Return the hash of the sources' bytes; private where data are restricted.

        Hashing runs beside the checks; this waits for its end.

        Raises
        ------
        DataError
            If a file changed while it was read.
        """
        if self._sha256 is None:
            self._sha256 = together((one.place.origin.key, one.sha256()) for one in self._sources)
        return self._sha256

    def sample_table(
        self,
        outcome: str,
        roles: Mapping[str, ColumnRole],
        covariates_missing: Gaps,
        where: Sequence[Condition] = (),
    ) -> str:
        """Return the name of a view with the rows of one analysis.

        Outcome, treatment, covariates, weights and time are DOUBLE, clusters, strata and units
        VARCHAR. Where a first treated period is named, it and time are text as the data write it
        unless they are numbers, and units that are whole numbers are BIGINT. Rows without an outcome stay, with NULL: they are attrition, as are those
        whose outcome is made NULL because a covariate is missing.

        Parameters
        ----------
        outcome : str
            Column of the outcome.
        roles : mapping of str to str
            Role of every other column.
        covariates_missing : {"error", "complete_case", "indicator", "multiple_imputation"}
            Whether rows without a covariate stop the run, count as lost, or are completed later;
            until then they count as lost.
        where : sequence of Condition
            Which of the used rows: all must hold.

        Raises
        ------
        Unfit
            If a condition does not fit its column.
        DataError
            If cells are missing that must not be, a treatment is not 0 or 1, a weight is
            negative, or a column that has to be a number is not.
        """
        tests = compiled(where, self.columns, self.forms)
        key = (outcome, tuple(sorted(roles.items())), covariates_missing, tests)
        if key not in self._views:
            name = f"sample_{len(self._views) + 1}"
            own = (tests, self._known, self.used)
            table, known, n_rows = narrowed(self.connection, f"{name}_rows", *own)
            make_view(
                self.connection,
                name,
                path=self.label,
                n_rows=n_rows,
                known=known,
                variables=self.columns,
                outcome=outcome,
                roles=roles,
                gaps=covariates_missing,
                forms=self.forms,
                table=table,
            )
            self._views[key] = name
        return self._views[key]

    def refuse_changes(self) -> None:
        """Refuse sources that changed since they were opened.

        Raises
        ------
        DataError
            With the name of each file.
        """
        for one in self._sources:
            if one.watch is not None:
                one.watch.refuse_changes()

    def close(self) -> None:
        """Close the database and remove it; may be called twice."""
        for one in self._sources:
            if one.watch is not None:
                one.watch.close()
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
        """Close them.

        Raises
        ------
        DataError
            If a file changed while it was read.
        """
        try:
            if kind is None or issubclass(kind, (duckdb.Error, EvaluateError)):
                self.refuse_changes()
        finally:
            self.close()


def open_rows(
    data: Data,
    *,
    folder: Path,
    workdir: Path,
    variables: Mapping[str, Variable],
    columns: Collection[str],
    at: At,
    section: str | None = None,
    invented: bool = False,
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
    section : str or None
        Heading of the dictionary that the rows stand under; by default the folder's name.
    invented : bool
        Whether the rows are a few invented ones, with which the definition is tried: then a
        source may be empty, and no row need be used.

    Returns
    -------
    Rows
        To be closed by the caller.

    Raises
    ------
    StudyError
        If the definition and the dictionary do not fit together; all faults at once.
    DataError
        If the files cannot be read, or do not hold what the dictionary promises; all faults
        of their structure, or all faults of their cells, at once.
    """
    forms = {name: form for name, v in variables.items() if (form := form_of(v))}
    section, places = section or folder.resolve().name, places_of(data, folder, at)
    plan = make_plan(data, variables, columns, at, forms, section=section)
    with ExitStack() as undo:
        scratch = scratch_folder(workdir)
        undo.callback(shutil.rmtree, scratch, ignore_errors=True)
        sources: list[Fetched] = []
        for place in places:
            sources.append(fetch(place, scratch, plan.asked.get(place.origin.key, plan.columns)))
            if sources[-1].watch is not None:
                undo.callback(sources[-1].watch.close)
        connection = connect(scratch, *(path for one in sources for path in one.paths))
        undo.callback(connection.close)
        with _unchanged([one.watch for one in sources if one.watch is not None]):
            merged = merge(connection, data, sources, plan, variables, at, invented=invented)
            # Once more, now that the forms of all periods are known.
            forms |= merged.forms
            plan = make_plan(data, variables, columns, at, forms)
            used = use_rows(connection, data, plan, variables, at, merged=merged, invented=invented)
        undo.pop_all()
    return Rows(
        connection,
        scratch,
        sources=sources,
        merged=merged,
        used=used,
        columns={name: variables[name] for name in plan.names},
        known=known_columns(plan, merged, used, variables),
        forms=forms,
    )


@contextmanager
def _unchanged(watches: Sequence[Watch]) -> Iterator[None]:
    """Say that a file changed, where that may be why it could not be read."""
    try:
        yield
    except EvaluateError:
        for one in watches:
            one.refuse_changes()
        raise
