"""A Spark session for one run: private, quiet, and gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluate.errors import DataError, Problem, StudyError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "EVALUATE_SPARK_MASTER"
LOG = "spark.log"
_LOCAL = "local"
# What queries mean must not depend on how a cluster is configured, nor on text in the data.
_MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.variable.substitute": "false",
}
_WAIT = 30  # seconds for Java to end by itself


def require_spark() -> None:
    """Check that Spark can be started at all, before any row is read.

    Raises
    ------
    StudyError
        If pyspark or Java is missing.
    """
    problems = []
    why = "`--engine spark` runs the counts and sums of every analysis there"
    if find_spec("pyspark") is None:
        fix = 'pip install "evaluate-programmes[spark]"'
        problems.append(Problem("--engine spark", "pyspark is not installed", why, fix))
    if not _java():
        what = "no Java on this machine: neither JAVA_HOME nor the search path leads to one"
        fix = "install Java 17 or later (Debian: default-jre-headless), or set JAVA_HOME"
        problems.append(Problem("--engine spark", what, why, fix))
    if problems:
        raise StudyError(*problems)


@contextmanager
def spark_session(scratch: Path) -> Iterator[SparkSession]:
    """Start Spark, and stop it and its Java at the end.

    ``EVALUATE_SPARK_MASTER`` names the master; without it Spark runs on this machine, on all
    its cores. Where the calling process has a session already, as in a notebook of a cluster,
    that one is used, by a session of its own beside it, and left running.

    Parameters
    ----------
    scratch : Path
        Private folder of the run: for the log, and all that Spark writes on this machine.

    Raises
    ------
    StudyError
        If Spark does not start, or would not write into the folder.
    """
    _require_plain(scratch)
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        session = active.newSession()
        for name, value in _MEANING.items():
            session.conf.set(name, value)
        yield session
        return
    with ExitStack() as undo:
        yield _start(scratch, undo)


@contextmanager
def spark_masked() -> Iterator[None]:
    """Turn an error of Spark, whose text may hold cells, into a problem without them.

    Raises
    ------
    DataError
        In place of any error of Spark, or of the line to it.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        with _quiet():
            yield
    except (PySparkException, Py4JError, OSError, EOFError) as error:
        condition = error.getCondition() if isinstance(error, PySparkException) else None
        raise DataError(
            Problem(
                "--engine spark",
                f"Spark could not finish a query ({condition or type(error).__name__})",
                "the details are kept back because they may hold cells of the data",
                f"see {LOG} in the study's private folder; on a cluster, check that every worker "
                "can read the folder that EVALUATE_SPARK_FOLDER names",
            )
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out pyspark's warning about pandas 3, which nothing here uses."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support", FutureWarning)
        yield


def _require_plain(scratch: Path) -> None:
    if "," in str(scratch):
        what = "the path of the study's private folder holds a comma"
        why = "Spark cuts the name of its folder there, and would leave rows elsewhere"
        fix = "name another folder in the variable EVALUATE_WORK"
        raise StudyError(Problem("--engine spark", what, why, fix))


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None)


def _start(scratch: Path, undo: ExitStack) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    master = os.environ.get(MASTER) or f"{_LOCAL}[*]"
    local = master.startswith(_LOCAL)
    conf = SparkConf(loadDefaults=False)
    for name, value in _settings(master, scratch, local=local).items():
        conf.set(name, value)
    # Java's output goes to a private file: an error that Spark prints may hold cells.
    log = undo.enter_context((scratch / LOG).open("wb"))
    try:
        with _environment(scratch, local=local):
            output = {"stdout": log, "stderr": subprocess.STDOUT}
            gateway = launch_gateway(conf, popen_kwargs=output)
        undo.callback(_end_java, gateway)
        with _own_signals(), _quiet():
            context = SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, Py4JError, OSError) as error:
        raise StudyError(_no_start(master, error)) from None
    undo.callback(context.stop)
    return SparkSession(context)


def _settings(master: str, scratch: Path, *, local: bool) -> Mapping[str, str]:
    """Return what this run needs; all else is for Spark's own configuration files."""
    quoted = str(scratch).replace("\\", "\\\\").replace('"', '\\"')
    options = f'"-Djava.io.tmpdir={quoted}" -XX:-UsePerfData'
    settings = {
        **_MEANING,
        "spark.master": master,
        "spark.app.name": "evaluate",
        "spark.log.level": "ERROR",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.defaultJavaOptions": options,
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
    }
    if local:
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.authenticate": "true",  # others on this machine reach the loopback too
            "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
        }
    return settings


@contextmanager
def _environment(scratch: Path, *, local: bool) -> Iterator[None]:
    """Set what Java reads from the environment when it starts, and only the driver's."""
    wanted = {"SPARK_LOCAL_DIRS": str(scratch)} | ({"SPARK_LOCAL_IP": "127.0.0.1"} if local else {})
    before = {name: os.environ.get(name) for name in wanted}
    os.environ |= wanted
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _own_signals() -> Iterator[None]:
    """Keep our answer to Ctrl-C, which Spark replaces by one that leaves private copies."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    answer = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, answer)


def _end_java(gateway: Any) -> None:
    """End the Java process, so that the next run starts one with a folder of its own."""
    from pyspark import SparkContext

    gateway.shutdown()
    gateway.proc.stdin.close()  # at which Java ends
    try:
        gateway.proc.wait(_WAIT)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


def _no_start(master: str, error: Exception) -> Problem:
    return Problem(
        MASTER,
        f"Spark does not start on `{master}` ({type(error).__name__})",
        "nothing can be computed without it",
        f"see {LOG} in the study's private folder; Spark needs Java 17 or later, and a master "
        "that it can reach",
    )
