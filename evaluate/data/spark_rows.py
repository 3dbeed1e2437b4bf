"""The rows of one analysis as Parquet files, for Spark to read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evaluate.data import sql

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

Kinds = Mapping[str, str]
_KINDS = {"VARCHAR": "STRING", "BIGINT": "BIGINT"}


def write_rows(connection: duckdb.DuckDBPyConnection, view: str, folder: Path) -> tuple[Kinds, int]:
    """Write a view as files of about a million rows each.

    The connection reaches no file, so that its rows come as Arrow batches, one in memory at a
    time. Columns are numbered: Hadoop would put a setting's value in place of a name such as
    ``${user.name}``, and Spark would then find no such column and take all its cells for NULL.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Holds the view.
    view : str
        Its name.
    folder : Path
        New folder for the files.

    Returns
    -------
    kinds : mapping of str to str
        STRING, BIGINT or DOUBLE for each column, in the order of the files.
    n_rows : int
        Rows written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = connection.table(view)
    kinds = {
        name: _KINDS.get(str(kind), "DOUBLE")
        for name, kind in zip(found.columns, found.types, strict=True)
    }
    fields = ", ".join(
        f"CAST({sql.identifier(name)} AS {kind}) AS c{i}"
        for i, (name, kind) in enumerate(kinds.items())
    )
    folder.mkdir(mode=0o700)
    relation = connection.sql(f"SELECT {fields} FROM {sql.identifier(view)}")
    reader = pa.RecordBatchReader.from_stream(relation)
    n_rows = 0
    for number, batch in enumerate(reader):
        pq.write_table(pa.Table.from_batches([batch]), folder / f"{number:06d}.parquet")
        n_rows += batch.num_rows
    return kinds, n_rows


def read_rows(session: SparkSession, name: str, folder: Path, kinds: Kinds) -> int:
    """Make the files a view of Spark's, and return how many rows it sees there.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Holds the view.
    name : str
        Of the view.
    folder : Path
        As ``write_rows`` filled it; every worker must see it by this name.
    kinds : mapping of str to str
        As ``write_rows`` returns them.
    """
    schema = ", ".join(f"c{i} {kind}" for i, kind in enumerate(kinds.values()))
    rows = session.read.schema(schema).parquet(_path(folder)).toDF(*kinds)
    rows.createOrReplaceTempView(name)
    return int(rows.count())


def _path(folder: Path) -> str:
    """Return a folder as Spark reads it: no percent codes, and no character a pattern."""
    path = re.sub(r"([\\\[\]{}*?])", r"\\\1", folder.as_posix())
    return f"file:{path}" if path.startswith("/") else f"file:/{path}"
