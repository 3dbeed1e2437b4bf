"""The floor: DuckDB reads every column of the file and adds it up."""

from __future__ import annotations

import duckdb
from measure import Answer, arguments, report

task, path, warm = arguments()


def floor() -> Answer:
    """Return the sum of one column, having summed all."""
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
    sums = ", ".join(f"sum({name})" for name in names)
    row = connection.execute(f"SELECT {sums} FROM '{path}'").fetchone() or (0.0,)
    return {"sum": float(row[0])}


report(floor, warm)
