"""Matching and entropy balancing: ours, four peers and a floor on the same rows, in one run.

python -m benchmarks.matching PEERS_PYTHON [--runs 5] [--treated 10000] [--patience 60]

Answers are compared before any time counts. Calipers are of one width and four units, so each
peer is matched in its own: pymatchit-causal's is in standard deviations of the propensity score,
of all units; psmpy's is absolute, on the logit of scikit-learn's penalised fit, and ours is given
that fit; causalinference has none, and measures distance on covariates over their variances.
Times hold what it takes to fit the score, match, and give the effect; ours, causalinference's and
ebal's also hold its standard error. The floor is one sort and one search of a score that is
given. psmpy and causalinference hold or search every pair, so they see the small rows only. A
tool that takes longer than the patience is stopped, and its row says so by having no time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Any

import numpy as np

from benchmarks.released import release
from benchmarks.speed import GROWN, HERE, SHOWN, columns
from evaluate.core import Cell, Column, Table

NAME = "matching"
OURS, FLOOR = "ours_matching.py", "numpy_matching.py"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# Peers by task: those that see all rows, and those that see only a tenth of each group.
TASKS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "again": ("With replacement, 0.05 sd of the score", ("pymatchit",), ()),
    "once": ("Without replacement, 0.05 sd of the score", ("pymatchit",), ()),
    "penalised": ("With replacement, 0.05 on the logit", (), ("psmpy",)),
    "covariates": ("With replacement, on covariates", (), ("causalinference",)),
    "entropy": ("Entropy balancing", ("ebal",), ()),
}
# Comparison units for each treated one; the largest rows have more.
OTHERS, MOST, MOST_TREATED = 10, 20, 50_000
GROWING = (1_000, 10_000, 100_000, 1_000_000)
# Relative; ebal stops at means 1e-9 apart.
AGREE = 1e-6


def rows(folder: Path, treated: int, others: int) -> Path:
    """Return the file of so many treated, drawn with odds that rise with five covariates."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"matching-{treated}-{others}.npz"
    if path.exists():
        return path
    rng = np.random.default_rng(20261123)
    x = rng.normal(size=(treated + others, 5))
    odds = np.exp(x @ [0.5, 0.3, 0.2, 0.1, 0.1])
    on = np.zeros(len(x), bool)
    on[rng.choice(len(x), treated, replace=False, p=odds / odds.sum())] = True
    y = x.sum(axis=1) + 2 * on + rng.normal(size=len(x))
    np.savez(path, y=y, treated=on, x=x)
    return path


def timed(script: list[str], task: str, path: Path, runs: int, patience: float) -> dict[str, Any]:
    """Return a tool's answer, warm seconds and peak; nothing where its first run was stopped."""
    kept = {key: one for key, one in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    kept["PYTHONPATH"] = f"{HERE.parent}{os.pathsep}{HERE / 'peers'}"
    found: dict[str, Any] = {}
    whole = []
    for again in (0, runs):
        start = time.perf_counter()
        try:
            done = subprocess.run(
                [*script, task, str(path), str(again)],
                check=True,
                capture_output=True,
                text=True,
                cwd=HERE / "peers",
                env=kept,
                timeout=patience * (1 if again == 0 else again + 2),
            )
        except subprocess.TimeoutExpired:
            return found
        whole.append(time.perf_counter() - start)
        one = json.loads(done.stdout.splitlines()[-1])
        found = {"answer": one["answer"], "peak_mb": one["peak_mb"], "whole": whole[0]}
        if again:
            found["warm"] = median(one["warm"])
    return found


def apart(ours: dict[str, float], theirs: dict[str, float], name: str) -> float:
    """Return the largest relative difference of what both give.

    Raises
    ------
    SystemExit
        If they do not agree: then times mean nothing.
    """
    both = ours.keys() & theirs.keys()
    worst = max((abs(ours[key] / theirs[key] - 1) for key in both), default=0.0)
    if worst > AGREE:
        raise SystemExit(f"{name}: answers differ by {worst:.1e}: {ours} and {theirs}")
    return worst


def compare(
    task: str, sizes: tuple[int, int], peers: tuple[str, ...], asked: argparse.Namespace
) -> list[dict[str, Cell]]:
    """Return a row for each tool, ours first."""
    treated, others = sizes
    path = rows(asked.folder, treated, others)
    scripts = {"ours": [sys.executable, OURS]}
    scripts |= {name: [asked.peers, f"{name}_tasks.py"] for name in peers}
    if task == "again":
        scripts["scan floor"] = [sys.executable, FLOOR]
    title = f"{TASKS[task][0]}, {treated} and {others} units"
    table: list[dict[str, Cell]] = []
    ours: dict[str, Any] = {}
    for name, script in scripts.items():
        found = timed(script, task, path, asked.runs, asked.patience)
        row: dict[str, Cell] = {
            "run": f"{title}: {name}",
            "task": title,
            "tool": name,
            "rows": treated + others,
            "runs": asked.runs,
        }
        ours = ours or found
        if found:
            row["peak_mb"] = found["peak_mb"]
            row |= {"whole": found["whole"], "whole_ratio": found["whole"] / ours["whole"]}
            if name not in {"ours", "scan floor"}:
                row["apart"] = apart(ours["answer"], found["answer"], name)
        if "warm" in found:
            row |= {"warm": found["warm"], "warm_ratio": found["warm"] / ours["warm"]}
        table.append(row)
        print(json.dumps(row), flush=True)
    return table


def growth(asked: argparse.Namespace, sizes: tuple[int, ...]) -> list[dict[str, Cell]]:
    """Return our times without replacement, and the floor's, on ever more rows."""
    table: list[dict[str, Cell]] = []
    for others in sizes:
        path = rows(asked.folder, others // MOST, others)
        for name, script, task in (("ours", OURS, "once"), ("scan floor", FLOOR, "again")):
            found = timed([sys.executable, script], task, path, asked.runs, asked.patience)
            n = others + others // MOST
            table.append(
                {
                    "run": f"{name}, {n} rows",
                    "tool": name,
                    "rows": n,
                    "runs": asked.runs,
                    "whole": found["whole"],
                    "warm": found["warm"],
                    "peak_mb": found["peak_mb"],
                }
            )
            print(json.dumps(table[-1]), flush=True)
    return table


def shown(*names: str) -> tuple[Column, ...]:
    """Return the columns of the other benchmarks of speed."""
    label = {"rows": {"en": "Units"}}
    return tuple(replace(one, label=label.get(one.name, one.label)) for one in columns(*names))


def main() -> None:
    """Measure and write the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", help="Python that has the peers installed")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--treated", type=int, default=10_000)
    parser.add_argument("--patience", type=float, default=60.0)
    parser.add_argument("--largest", type=int, default=MOST_TREATED, help="Treated; 0 for none")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "evaluate-bench")
    parser.add_argument("--try", action="store_true", dest="trial", help="Nothing is kept")
    asked = parser.parse_args()
    asked.peers = str(Path(asked.peers).absolute())
    os.environ |= dict.fromkeys(THREADS, "1")
    found: list[dict[str, Cell]] = []
    small = (asked.treated // 10, asked.treated // 10 * OTHERS)
    for task, (_, all_rows, few_rows) in TASKS.items():
        found += compare(task, small, (*all_rows, *few_rows), asked)
        if all_rows:
            found += compare(task, (asked.treated, asked.treated * OTHERS), all_rows, asked)
            if asked.largest:
                found += compare(task, (asked.largest, asked.largest * MOST), (), asked)
    longer = growth(asked, tuple(n for n in GROWING if n <= max(asked.largest * MOST, 10_000)))
    if asked.trial:
        return
    release(
        NAME,
        "Speed of matching and entropy balancing",
        "How fast are comparison units found among many, and does time grow as the data do?",
        Table("speed", "speed", shown(*SHOWN), tuple(found)),
        Table("growth", "growth", shown(*GROWN, "warm"), tuple(longer)),
    )


if __name__ == "__main__":
    main()
