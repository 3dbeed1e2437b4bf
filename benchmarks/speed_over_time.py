"""Roll-outs: ours, its peers and the scan floor on the same files, in one run.

python -m benchmarks.speed_over_time PEERS_PYTHON [--runs 3] [--units 1000000] [--folder DIR]

Answers are compared before any time counts: standard errors and effects relatively, a band's
critical value to its Monte Carlo error. Peers read their frame once, and a warm repeat does not
count that; ours read the file at every repeat. Medians of ``--runs``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import gettempdir

from benchmarks import rows
from benchmarks.released import release
from benchmarks.speed import GROWN, SHOWN, Task, columns, compare, run
from evaluate.core import Cell, Table

NAME, BY_PERIODS, OURS = "speed-over-time", "growth-over-periods", "ours_over_time.py"
PERIODS, COVARIATES = 10, 5
ALL = ("diff_diff", "csdid", "moderndid", "differences")
FASTEST = ("diff_diff",)  # what else takes minutes, or all of the memory
SMALL = 100_000
GROWING = (10_000, 100_000, 1_000_000, 10_000_000)
LONGER = (5, 10, 20, 50, 100)  # periods of 100 000 units


def tasks(folder: Path, units: int, small: int, largest: int) -> list[Task]:
    """Return the tasks, their files written where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    few = plain(folder, small, PERIODS)
    few_x = covaried(folder, small)
    many, many_x = plain(folder, units, PERIODS), covaried(folder, units)
    big = plain(folder, largest, PERIODS)
    mixed = rows.write(
        rows.scattered(largest, PERIODS), folder / f"scattered-{largest}-{PERIODS}.parquet"
    )
    made = [
        ("group_time", "No covariates", few, small, ALL),
        ("doubly_robust", "Doubly robust, five covariates", few_x, small, ALL),
        ("bands", "Simultaneous bands", few, small, ALL),
        ("imputation", "Imputation", few, small, FASTEST),
        ("group_time", "No covariates", many, units, FASTEST),
        ("doubly_robust", "Doubly robust, five covariates", many_x, units, FASTEST),
        ("group_time", "No covariates, sorted", big, largest, ()),
        ("group_time", "No covariates, shuffled", mixed, largest, ()),
    ]
    return [
        Task(name, f"{title}, {number} units", file, number * PERIODS, tools, OURS)
        for name, title, file, number, tools in made
    ]


def plain(folder: Path, units: int, periods: int) -> Path:
    """Return the file of a roll-out without covariates."""
    file = folder / f"rollout-{units}-{periods}.parquet"
    return rows.write(rows.rollout(units, periods, 0), file)


def covaried(folder: Path, units: int) -> Path:
    """Return the file of a roll-out with covariates."""
    file = folder / f"covariates-{units}-{PERIODS}.parquet"
    return rows.write(rows.rollout(units, PERIODS, COVARIATES), file)


def growth(folder: Path, sizes: Sequence[tuple[int, int]], runs: int) -> list[dict[str, Cell]]:
    """Return our times on files of more units or more periods, beside the floor."""
    found: list[dict[str, Cell]] = []
    for units, periods in sizes:
        file = plain(folder, units, periods)
        for name, script in (("ours", OURS), ("scan floor", "duckdb_floor.py")):
            one = run([sys.executable, script, "group_time", str(file)], runs, 0)
            found.append(
                {
                    "run": f"{name}, {units} units, {periods} periods",
                    "tool": name,
                    "rows": units * periods,
                    "runs": one.runs,
                    "whole": one.whole,
                    "peak_mb": one.peak_mb,
                }
            )
            print(json.dumps(found[-1]), flush=True)
    return found


def main() -> None:
    """Measure all tasks and write the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", help="Python that has the peers installed")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--largest", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "evaluate-bench")
    parser.add_argument("--only", default="", help="Tasks whose title holds this; nothing is kept")
    asked = parser.parse_args()
    python = str(Path(asked.peers).absolute())
    wanted = tasks(asked.folder, asked.units, asked.small, asked.largest)
    chosen = [one for one in wanted if asked.only in one.title]
    found = list(chain.from_iterable(compare(one, python, asked.runs) for one in chosen))
    if asked.only:
        return
    by_units = [(n, PERIODS) for n in GROWING if n <= asked.largest]
    by_periods = [(asked.small, t) for t in LONGER]
    longer = [growth(asked.folder, sizes, asked.runs) for sizes in (by_units, by_periods)]
    release(
        NAME,
        "Speed and memory of roll-outs beside peers",
        "How fast are group-time effects, and how much memory do they need?",
        Table("speed", "speed", columns(*SHOWN), tuple(found)),
        Table("growth", "growth", columns(*GROWN), tuple(longer[0])),
    )
    release(
        BY_PERIODS,
        "Speed and memory of roll-outs by number of periods",
        "How do time and memory grow with the number of periods?",
        Table("growth", "growth", columns(*GROWN), tuple(longer[1])),
    )


if __name__ == "__main__":
    main()
