"""Where an analysis's rows are counted and summed: DuckDB on this machine, or Spark."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from evaluate.data.sample import DuckSample, Sample
from evaluate.data.scratch import scratch_folder
from evaluate.errors import DataError, EvaluateError, Problem, StudyError

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

ENGINES = ("duckdb", "spark")
FOLDER = "EVALUATE_SPARK_FOLDER"

SampleOf = Callable[[str, str], Sample]


def require_engine(name: str) -> None:
    """Check that an engine is known and can be started, before any row is read.

    Raises
    ------
    StudyError
        If it is unknown, or what it needs is not installed.
    """
    if name not in ENGINES:
        fix = f"choose {' or '.join(ENGINES)}"
        raise StudyError(Problem(f"--engine {name}", "no such engine", "nothing would run", fix))
    if name == "spark":
        from evaluate.data.spark_session import require_spark

        require_spark()


@contextmanager
def samples_of(
    engine: str, connection: duckdb.DuckDBPyConnection, workdir: Path
) -> Iterator[SampleOf]:
    """Give a function ``(view, outcome) -> Sample``; end the engine with the block.

    Parameters
    ----------
    engine : {"duckdb", "spark"}
        As ``require_engine`` has found it in order.
    connection : duckdb.DuckDBPyConnection
        Holds the views, checked and typed.
    workdir : Path
        The study's private folder.

    Raises
    ------
    StudyError
        If Spark does not start, or has no folder to read from.
    DataError
        From the function, if Spark does not see all rows.
    """
    if engine == "duckdb":
        yield lambda view, outcome: DuckSample(connection, view, outcome)
        return
    scratch = scratch_folder(workdir).resolve()
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, scratch, ignore_errors=True)
        try:
            yield _SparkRows(connection, scratch, undo).sample
        except EvaluateError:
            _keep_log(scratch, workdir)
            raise


class _SparkRows:
    """Views of DuckDB, each written for Spark when the first analysis asks for it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, scratch: Path, undo: ExitStack
    ) -> None:
        self._connection, self._scratch, self._undo = connection, scratch, undo
        self._views: set[str] = set()

    def sample(self, view: str, outcome: str) -> Sample:
        """Return the sample of a view of DuckDB."""
        from evaluate.data.spark_sample import SparkSample

        if view not in self._views:
            self._bring(view)
        return SparkSample(self._session, view, outcome)

    def _bring(self, view: str) -> None:
        from evaluate.data.spark_rows import read_rows, write_rows
        from evaluate.data.spark_session import spark_masked

        # Nothing is written before Spark has started.
        folder, session = self._folder / view, self._session
        kinds, n_rows = write_rows(self._connection, view, folder)
        with spark_masked():
            seen = read_rows(session, view, folder, kinds)
        if seen != n_rows:
            raise DataError(
                Problem(
                    FOLDER,
                    f"Spark sees {seen} of {n_rows} rows",
                    "an effect of part of the rows would be another effect",
                    "name a folder that every worker of the cluster sees",
                )
            )
        self._views.add(view)

    @cached_property
    def _session(self) -> SparkSession:
        from evaluate.data.spark_session import spark_session

        return self._undo.enter_context(spark_session(self._scratch))

    @cached_property
    def _folder(self) -> Path:
        """Return a new folder for the files, which every worker sees."""
        shared = os.environ.get(FOLDER)
        if not shared:
            return self._scratch
        try:
            folder = Path(tempfile.mkdtemp(prefix="evaluate-", dir=Path(shared).resolve()))
        except OSError as error:
            raise StudyError(_no_folder(shared, error)) from None
        self._undo.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder


def _no_folder(shared: str, error: OSError) -> Problem:
    return Problem(
        FOLDER,
        f"no folder can be made in `{shared}` ({type(error).__name__})",
        "Spark reads the rows from files in it",
        "name a folder that is there, and that you may write to",
    )


def _keep_log(scratch: Path, workdir: Path) -> None:
    """Leave Spark's log in the private folder, where the message says it is."""
    from evaluate.data.spark_session import LOG

    if (scratch / LOG).exists():
        shutil.copyfile(scratch / LOG, workdir / LOG)
