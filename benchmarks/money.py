"""An account of 8 payers, 20 items and 60 years: ours beside the plain tensor, in one run.

python -m benchmarks.money [--runs 5] [--draws N] [--folder DIR]

Both value the same account with the same uniform numbers, in processes of their own and on one
thread; answers are compared before any time counts. Whole is the process from its start to its
end, warm a repeat within one process. Medians of ``--runs``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

from benchmarks.accounts import account
from benchmarks.released import release
from benchmarks.speed import SHOWN, columns, run
from evaluate.core import Cell, Column, Table

NAME = "money"
TOOLS = {"ours": "ours_money.py", "plain NumPy": "numpy_money.py"}
DRAWS = (10_000, 100_000, 1_000_000)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
TIGHT, SHARES = 1e-8, 2e-5  # of money, relative; of shares of draws, absolute


def file(folder: Path, draws: int) -> Path:
    """Return the file of an account."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"account-{draws}.json"
    path.write_text(json.dumps(account(draws)), encoding="utf-8")
    return path


def apart(ours: dict[str, float], theirs: dict[str, float]) -> float:
    """Return the largest difference of money, relative to the largest amount of its payer.

    Raises
    ------
    SystemExit
        If answers or their names differ: then times mean nothing.
    """
    if ours.keys() != theirs.keys():
        raise SystemExit("the two answer different questions")
    worst = 0.0
    for key, value in theirs.items():
        payer, measure = key.split()
        difference = abs(ours[key] - value)
        if measure in {"share", "paid_back"}:
            if difference > SHARES:
                raise SystemExit(f"{key}: {ours[key]} and {value}")
            continue
        size = max(abs(theirs[f"{payer} {end}"]) for end in ("low", "high"))
        worst = max(worst, difference / size)
    if worst > TIGHT:
        raise SystemExit(f"answers differ by {worst:.1e}")
    return worst


def compare(path: Path, draws: int, runs: int) -> list[dict[str, Cell]]:
    """Return a row for each tool, ours first."""
    times = {
        name: run([sys.executable, script, "net", str(path)], runs, runs)
        for name, script in TOOLS.items()
    }
    ours, task = times["ours"], f"{draws:,} draws".replace(",", " ")
    rows = []
    for name, one in times.items():
        row: dict[str, Cell] = {
            "run": f"{task}: {name}",
            "task": task,
            "tool": name,
            "rows": draws,
            "runs": one.runs,
            "whole": one.whole,
            "peak_mb": one.peak_mb,
            "whole_ratio": one.whole / ours.whole,
        }
        if one.warm is not None and ours.warm is not None:
            row |= {"warm": one.warm, "warm_ratio": one.warm / ours.warm}
        if name != "ours":
            row["apart"] = apart(ours.answer, one.answer)
        rows.append(row)
        print(json.dumps(row), flush=True)
    return rows


def shown() -> tuple[Column, ...]:
    """Return the columns of the other benchmarks of speed; what grows here is draws."""
    label = {"rows": {"en": "Draws"}}
    return tuple(replace(one, label=label.get(one.name, one.label)) for one in columns(*SHOWN))


def main() -> None:
    """Measure and write the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--draws", type=int, default=0, help="This size only; nothing is kept")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "evaluate-bench")
    asked = parser.parse_args()
    os.environ |= dict.fromkeys(THREADS, "1")
    sizes = (asked.draws,) if asked.draws else DRAWS
    found = [row for n in sizes for row in compare(file(asked.folder, n), n, asked.runs)]
    if asked.draws:
        return
    release(
        NAME,
        "Speed and memory of an account",
        "How fast is an account by payer with all its uncertainty, and how much memory does it "
        "need?",
        Table("speed", "speed", shown(), tuple(found)),
    )


if __name__ == "__main__":
    main()
