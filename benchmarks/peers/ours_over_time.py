"""Evaluate over time, on the same files: every repeat reads the file again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measure import Answer, arguments, report

if TYPE_CHECKING:
    from evaluate.data.sample import DuckSample
    from evaluate.inference.group_time import GroupTimes

task, path, warm = arguments()


def sample() -> DuckSample:
    """Return the file's rows behind DuckDB, on two threads."""
    import duckdb

    from evaluate.data.sample import DuckSample

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(f"CREATE VIEW rows AS SELECT * FROM '{path}'")
    return DuckSample(connection, "rows", "y")


def answer(times: GroupTimes) -> Answer:
    """Return the overall effect and the first and last of the event study."""
    from evaluate.inference.aggregate import aggregate

    whole, study = aggregate(times, "simple"), aggregate(times, "dynamic")
    found = {"estimate": whole.overall, "std_error": whole.std_error}
    for since in (0, int(study.keys.max())):
        at = int((study.keys == since).nonzero()[0][0])
        found[f"event_{since}"] = float(study.effect[at])
        found[f"event_{since}_se"] = float(study.std_errors[at])
    return found


def plain() -> GroupTimes:
    """Return group-time effects without covariates, comparison the never treated."""
    from evaluate.data.paths import PanelColumns
    from evaluate.inference.group_time import Contrast
    from evaluate.inference.group_time_sums import group_times_of_sums

    paths, _ = sample().paths(PanelColumns("period", "first", "0", unit="unit"))
    return group_times_of_sums(paths, Contrast("never"))


def adjusted() -> GroupTimes:
    """Return doubly robust group-time effects with the file's covariates."""
    import pyarrow.parquet as pq

    from evaluate.data.paths import PanelColumns
    from evaluate.inference.group_time import Contrast
    from evaluate.inference.group_time_panel import group_times_of_panel

    names = [name for name in pq.read_schema(path).names if name.startswith("x")]
    panel, _ = sample().panel(PanelColumns("period", "first", "0", unit="unit"), names)
    return group_times_of_panel(panel, Contrast("never"), "doubly_robust")


def group_time() -> Answer:
    """Return effects without covariates."""
    return answer(plain())


def doubly_robust() -> Answer:
    """Return effects with five covariates."""
    return answer(adjusted())


def bands() -> Answer:
    """Return effects without covariates, and how far the event study's band reaches."""
    from evaluate.inference.aggregate import aggregate
    from evaluate.inference.bands import critical_value

    times = plain()
    study = aggregate(times, "dynamic")
    whole = aggregate(times, "simple")
    reach = critical_value(study.covariance, 0.95, 9999, (1,))
    return {"estimate": whole.overall, "event_0": answer(times)["event_0"], "reach": reach}


def imputation() -> Answer:
    """Return the overall effect by imputation, without leaving out."""
    from evaluate.data.paths import PanelColumns
    from evaluate.inference.imputation import imputation_of_sums

    paths, _ = sample().paths(PanelColumns("period", "first", "0", unit="unit"))
    found = imputation_of_sums(paths, std_error="conservative")
    return {"estimate": found.effect, "std_error": found.std_error}


TASKS = {
    "group_time": group_time,
    "doubly_robust": doubly_robust,
    "bands": bands,
    "imputation": imputation,
}
report(TASKS[task], warm)
