"""Ours, its peers and the scan floor on the same files, in one run.

python benchmarks/speed.py PEERS_PYTHON [--rows 10000000] [--runs 5] [--folder DIR] [--tasks …]

Answers are compared before any time counts. Every tool runs in processes of its own: whole is
the process from start to end, warm is a repeat within one process, peak is the process's
largest resident memory. Medians of ``--runs``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Any

from benchmarks import rows
from benchmarks.released import release
from evaluate.core import Cell, Column, Table
from evaluate.findings import read

HERE = Path(__file__).parent
NAME, CLUSTERS, COVARIATES = "speed", 2000, 9
PATIENCE = 60.0  # seconds
# Monte Carlo error, of 9 999 draws or, of a band, 999; other numbers are compared relatively.
AGREE = {"p_wild": 0.02, "p_value": 0.02, "reach": 0.25}
TIGHT = 1e-6
SHOWN = ("run", "task", "tool", "rows", "runs", "whole", "warm", "peak_mb")
SHOWN += ("whole_ratio", "warm_ratio", "apart")
GROWN = ("run", "tool", "rows", "runs", "whole", "peak_mb")
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to compute.

    Attributes
    ----------
    name : str
        Key of the function in each tool's script.
    title : str
        In the table.
    file : Path
        Its rows.
    n : int
        Number of rows.
    tools : tuple of str
        Scripts in ``peers/`` that can do it.
    ours : str
        Our script there.
    """

    name: str
    title: str
    file: Path
    n: int
    tools: tuple[str, ...]
    ours: str = "ours_tasks.py"


@dataclass(frozen=True, slots=True)
class Timing:
    """What one tool did."""

    answer: dict[str, float]
    whole: float
    warm: float | None
    peak_mb: float
    runs: int


def run(command: Sequence[str], runs: int, warm: int) -> Timing:
    """Return the median times of a tool's script, which is run in new processes.

    A tool that takes more than a minute is run once, and not again within its process.
    """
    start = time.perf_counter()
    found = _process([*command, "0"])
    whole, peaks = [time.perf_counter() - start], [found["peak_mb"]]
    if whole[0] > PATIENCE:
        return Timing(found["answer"], whole[0], None, peaks[0], 1)
    for _ in range(runs - 1):
        start = time.perf_counter()
        found = _process([*command, "0"])
        whole.append(time.perf_counter() - start)
        peaks.append(found["peak_mb"])
    if not warm:
        return Timing(found["answer"], median(whole), None, max(peaks), runs)
    again = _process([*command, str(warm)])
    return Timing(found["answer"], median(whole), median(again["warm"]), max(peaks), runs)


def _process(command: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=HERE / "peers", env=_environment()
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment() -> dict[str, str]:
    """Return the environment of every tool: compiled Python kept, the project found."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE / 'peers'}"}


def disagreement(ours: dict[str, float], theirs: dict[str, float]) -> float:
    """Return the largest relative difference of what both give, Monte Carlo numbers apart.

    Raises
    ------
    SystemExit
        If the two do not agree: then times mean nothing.
    """
    worst = 0.0
    for key in sorted(ours.keys() & theirs.keys()):
        apart = abs(ours[key] - theirs[key])
        if key in AGREE:
            if apart > AGREE[key]:
                raise SystemExit(f"{key}: {ours[key]} and {theirs[key]}")
            continue
        worst = max(worst, apart / abs(theirs[key]))
    if worst > TIGHT:
        raise SystemExit(f"answers differ by {worst:.1e}: {ours} and {theirs}")
    return worst


def compare(task: Task, peers: str, runs: int) -> list[dict[str, Cell]]:
    """Return a row for each tool, ours first; answers are compared as they come."""
    warm = runs
    tools = {"ours": [sys.executable, task.ours]}
    tools |= {name: [peers, f"{name}_tasks.py"] for name in task.tools}
    tools["scan floor"] = [sys.executable, "duckdb_floor.py"]
    times = {
        name: run([*script, task.name, str(task.file)], runs, warm)
        for name, script in tools.items()
    }
    ours, table = times["ours"], []
    for name, one in times.items():
        row: dict[str, Cell] = {
            "run": f"{task.title}: {name}",
            "task": task.title,
            "tool": name,
            "rows": task.n,
            "runs": one.runs,
            "whole": one.whole,
            "peak_mb": one.peak_mb,
            "whole_ratio": one.whole / ours.whole,
        }
        if one.warm is not None and ours.warm is not None:
            row |= {"warm": one.warm, "warm_ratio": one.warm / ours.warm}
        if name not in {"ours", "scan floor"}:
            row["apart"] = disagreement(ours.answer, one.answer)
        table.append(row)
        print(json.dumps(row), flush=True)
    return table


def tasks(folder: Path, n: int) -> list[Task]:
    """Return the tasks, their files written where they are not there yet."""
    trial = folder / f"trial-{n}"
    trial.mkdir(parents=True, exist_ok=True)
    big = rows.write(rows.clustered(n, CLUSTERS, COVARIATES), trial / "rows.parquet")
    few = rows.write(rows.clustered(100_000, 50, COVARIATES, 3), folder / "few.parquet")
    full = rows.write(rows.panel(100_000, 10, 0.0), folder / "balanced.parquet")
    gaps = rows.write(rows.panel(100_000, 10, 0.1), folder / "unbalanced.parquet")
    wide = rows.write(rows.panel(n // 10, 10, 0.0), folder / f"panel-{n}.parquet")
    people = rows.write(rows.clustered(10_000, 10_000, 0, 5), folder / "people.parquet")
    return [
        Task("wild", "9 999 wild draws, 50 clusters", few, 100_000, ("wildboottest",)),
        Task("permutation", "10 000 permutations", people, 10_000, ("scipy",)),
        Task("two_way", "Two-way effects, balanced", full, 1_000_000, ("pyfixest",)),
        Task("two_way", "Two-way effects, 10 % missing", gaps, 900_000, ("pyfixest",)),
        Task("two_way", "Two-way effects, many units", wide, n, ("pyfixest",)),
        Task("clustered", f"CR2, CR3 and wild bootstrap, {CLUSTERS} clusters", big, n,
             ("pyfixest",)),
    ]  # fmt: skip


def growth(folder: Path, sizes: Sequence[int], runs: int) -> list[dict[str, Cell]]:
    """Return our times on files of growing length, beside the floor."""
    found: list[dict[str, Cell]] = []
    for n in sizes:
        trial = folder / f"trial-{n}"
        trial.mkdir(parents=True, exist_ok=True)
        file = rows.write(rows.clustered(n, CLUSTERS, COVARIATES), trial / "rows.parquet")
        for name, script in (("ours", "ours_tasks.py"), ("scan floor", "duckdb_floor.py")):
            one = run([sys.executable, script, "clustered", str(file)], runs, 0)
            found.append(
                {
                    "run": f"{name}, {n} rows",
                    "tool": name,
                    "rows": n,
                    "runs": one.runs,
                    "whole": one.whole,
                    "peak_mb": one.peak_mb,
                }
            )
            print(json.dumps(found[-1]), flush=True)
    return found


def columns(*names: str) -> tuple[Column, ...]:
    """Return columns by name."""
    known = {
        "run": Column("run", "text", {"en": "Task and tool"}),
        "task": Column("task", "text", {"en": "Task"}),
        "tool": Column("tool", "text", {"en": "Tool"}),
        "rows": Column("rows", "integer", {"en": "Rows"}),
        "runs": Column("runs", "integer", {"en": "Runs"}),
        "whole": Column("whole", "number", {"en": "Whole process, s"}),
        "warm": Column("warm", "number", {"en": "Warm, s"}),
        "peak_mb": Column("peak_mb", "number", {"en": "Peak memory, MB"}),
        "whole_ratio": Column("whole_ratio", "number", {"en": "Whole, times ours"}),
        "warm_ratio": Column("warm_ratio", "number", {"en": "Warm, times ours"}),
        "apart": Column("apart", "number", {"en": "Answers apart, relative"}),
    }
    return tuple(known[name] for name in names)


def publish(found: list[Row], longer: list[Row]) -> None:
    """Write the finding."""
    release(
        NAME,
        "Speed and memory beside peers",
        "How fast is a whole analysis, and how much memory does it need?",
        Table("speed", "speed", columns(*SHOWN), tuple(found)),
        Table("growth", "growth", columns(*GROWN), tuple(longer)),
    )


def main() -> None:
    """Measure all tasks and write the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", help="Python that has the peers installed")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "evaluate-bench")
    parser.add_argument(
        "--only", default="", help="Tasks whose title holds this; their rows replace the old ones"
    )
    parser.add_argument("--largest", type=int, default=100_000_000)
    asked = parser.parse_args()
    wanted = [one for one in tasks(asked.folder, asked.rows) if asked.only in one.title]
    found = [
        row
        for task in wanted
        for row in compare(task, str(Path(asked.peers).absolute()), asked.runs)
    ]
    if asked.only:
        old, longer = (one.rows for one in read(HERE / NAME / "finding.json").tables)
        new = {row["task"]: [one for one in found if one["task"] == row["task"]] for row in found}
        groups = {row["task"]: [one for one in old if one["task"] == row["task"]] for row in old}
        publish([row for rows_ in (groups | new).values() for row in rows_], list(longer))
        return
    sizes = [n for n in (100_000, 1_000_000, 10_000_000, 100_000_000) if n <= asked.largest]
    longer = growth(asked.folder, sizes, asked.runs)
    publish(found, longer)


if __name__ == "__main__":
    main()
