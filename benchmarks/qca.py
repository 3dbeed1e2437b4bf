"""Exact minimisation of hard truth tables: ours beside setqca and pyqca, in one run.

python -m benchmarks.qca PEERS_PYTHON [--runs 5] [--conditions K] [--seeds 3] [--patience 60]

Each table has 59 rows that all differ, drawn from a fixed seed, 35 with the outcome; all other
rows may be taken either way (the parsimonious solution). Answers are compared before any time
counts: the least number of terms, and that the model keeps to the table. Each tool runs in
processes of its own; one that takes longer than the patience is stopped, and its row says so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import gettempdir

from benchmarks.released import release
from benchmarks.speed import HERE, SHOWN, columns
from evaluate.core import Cell, Column, Table

NAME = "qca"
CASES, POSITIVE = 59, 35
TOOLS = {"ours": "ours_qca.py", "setqca": "setqca_tasks.py", "pyqca": "pyqca_tasks.py"}
CONDITIONS = (6, 8, 10, 12)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def file(folder: Path, k: int, seed: int) -> Path:
    """Return the file of a table: which of 2^k rows show the outcome, and which do not."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    rows = min(CASES, 2**k - 4)
    picked = np.random.default_rng(seed).permutation(2**k)[:rows].tolist()
    shown = rows * POSITIVE // CASES
    path = folder / f"qca-{k}-{seed}.json"
    table = {"k": k, "shown": picked[:shown], "absent": picked[shown:]}
    path.write_text(json.dumps(table), encoding="utf-8")
    return path


def timed(python: str, script: str, path: Path, runs: int, patience: float) -> dict[str, float]:
    """Return what one tool found, and its warm seconds; nothing where it was stopped."""
    kept = {**os.environ, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE / 'peers'}"}
    added = os.environ.get("PYTHONPATH")
    if added:
        kept["PYTHONPATH"] += f"{os.pathsep}{added}"
    command = [python, script, "minimise", str(path), str(runs)]
    try:
        done = subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            cwd=HERE / "peers",
            env=kept,
            timeout=patience * (runs + 1),
        )
    except subprocess.TimeoutExpired:
        return {}
    found = json.loads(done.stdout.splitlines()[-1])
    return {**found["answer"], "warm": median(found["warm"]), "peak_mb": found["peak_mb"]}


def compare(k: int, asked: argparse.Namespace) -> list[dict[str, Cell]]:
    """Return a row for each tool, ours first: the slowest of the tables, so that none hides."""
    paths = [file(asked.folder, k, seed) for seed in range(asked.seeds)]
    pythons = {"ours": sys.executable, "setqca": asked.peers, "pyqca": asked.peers}
    rows: list[dict[str, Cell]] = []
    least: list[float] = []
    ours = 0.0
    for name, script in TOOLS.items():
        found = [timed(pythons[name], script, one, asked.runs, asked.patience) for one in paths]
        row: dict[str, Cell] = {
            "run": f"{k} conditions: {name}",
            "task": f"{k} conditions",
            "tool": name,
            "rows": k,
            "runs": asked.runs,
        }
        if all(found):
            terms = [one["terms"] for one in found]
            if name == "ours":
                least, ours = terms, max(one["warm"] for one in found)
            if any(one["faults"] for one in found):
                raise SystemExit(f"{name}: a model does not keep to its table")
            row["apart"] = max(a / b - 1 for a, b in zip(terms, least, strict=True))
            if name != "pyqca" and row["apart"]:
                raise SystemExit(f"{name}: {terms} terms, and ours {least}")
            warm = max(one["warm"] for one in found)
            row |= {"warm": warm, "warm_ratio": warm / ours}
            row["peak_mb"] = max(one["peak_mb"] for one in found)
        rows.append(row)
        print(json.dumps(row), flush=True)
    return rows


def shown() -> tuple[Column, ...]:
    """Return the columns of the other benchmarks of speed; what grows here is conditions."""
    label = {"rows": {"en": "Conditions"}, "apart": {"en": "More terms than the least"}}
    kept = (one for one in columns(*SHOWN) if one.name not in {"whole", "whole_ratio"})
    return tuple(replace(one, label=label.get(one.name, one.label)) for one in kept)


def main() -> None:
    """Measure and write the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", help="Python that has setqca and pyqca")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--patience", type=float, default=60.0)
    parser.add_argument("--conditions", type=int, default=0, help="These only; nothing is kept")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "evaluate-bench")
    asked = parser.parse_args()
    asked.peers = os.path.abspath(asked.peers)  # its links stay: they lead to its packages
    os.environ |= dict.fromkeys(THREADS, "1")
    sizes = (asked.conditions,) if asked.conditions else CONDITIONS
    found = [row for k in sizes for row in compare(k, asked)]
    if asked.conditions:
        return
    release(
        NAME,
        "Speed of exact minimisation in QCA",
        "How fast are all shortest solutions of a hard truth table found, and proven shortest?",
        Table("speed", "speed", shown(), tuple(found)),
    )


if __name__ == "__main__":
    main()
