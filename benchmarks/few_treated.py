"""How often a roll-out to a few schools finds an effect that is not there: ours and peers.

python -m benchmarks.few_treated PEERS_PYTHON [--draws 2000] [--peer-draws 1000] [--workers 2]

Twenty schools are seen for eight years; their years are an autoregression of order one with
correlation 0.6. Peers estimate the same draws as ours, each by its own default: the first
``--peer-draws`` of the first two kinds. Without peers' Python only ours are run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, sqrt
from pathlib import Path
from statistics import NormalDist
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.released import HERE, release
from benchmarks.rollouts import CELLS, EFFECT, Cell, Rows, draw
from evaluate.core import Cell as Value
from evaluate.core import Column, Estimand, Settings, Table
from evaluate.data.paths import PanelColumns
from evaluate.data.sample import ArraySample
from evaluate.designs.staggered import DESIGN, FirstTreated, Staggered
from evaluate.inference.aggregate import aggregate
from evaluate.inference.group_time import Contrast
from evaluate.inference.group_time_sums import group_times_of_sums
from evaluate.inference.rollout_test import leave_one_cluster_out
from evaluate.inference.t import two_sided_p

LEVEL, NAME = 0.05, "few-treated"
PERMUTATIONS = 1999
POWER_SHARE = 5  # power, which need not be known as well, from a fifth of the draws
TAIL, WIDER = 3.29, 0.01  # of the 99.9 % band; wider where a method is approximate
SPEC = Staggered(time="year", first_treated=FirstTreated(column="first", never=0), unit="school")
COLUMNS = PanelColumns("year", "first", "0", unit="school")
PEERS = ("diff_diff", "moderndid", "pyfixest")
ASKED = 2  # kinds of roll-out that peers are run on


@dataclass(frozen=True, slots=True)
class Found:
    """p-values of one roll-out: the headline's, the normal distribution's, the jackknife's."""

    headline: float
    analytic: float
    left_out: float


def rows_of(cell: Cell, effect: float, seed: int) -> Rows:
    """Return the rows of one draw; the same for every tool."""
    place = [20261122, CELLS.index(cell), int(effect != 0), seed]
    return draw(cell, effect, np.random.default_rng(np.random.SeedSequence(place)))


def one(cell: Cell, effect: float, seed: int) -> Found:
    """Return the p-values of one draw."""
    sample, contrast = ArraySample(rows_of(cell, effect, seed), "y"), Contrast(SPEC.comparison)
    settings = Settings(seed=(seed, CELLS.index(cell)), draws=PERMUTATIONS, headline_only=True)
    result = DESIGN.estimate(SPEC, sample, Estimand("ATT", "y", "sd"), settings)
    (headline,) = result.estimates
    paths, _ = sample.paths(COLUMNS)
    whole = aggregate(group_times_of_sums(paths, contrast), "simple")
    normal = 2 * NormalDist().cdf(-abs(whole.overall / whole.std_error))
    left = leave_one_cluster_out(sample.cluster_paths(COLUMNS), contrast)
    jackknife = two_sided_p(left.estimate / left.std_error, len(left.without) - 1)
    return Found(float(headline.p_value or 0.0), normal, jackknife)


def many(cell: Cell, effect: float, seeds: range) -> list[Found]:
    """Return the p-values of many draws."""
    return [one(cell, effect, seed) for seed in seeds]


def band(draws: int, wider: float = 0.0) -> tuple[float, float]:
    """Return the shares between which a right test of level 5 % lies in 99.9 % of runs."""
    half = TAIL * sqrt(LEVEL * (1 - LEVEL) / draws) + wider
    return max(LEVEL - half, 0.0), LEVEL + half


def peer(python: str, tool: str, cell: Cell, draws: int) -> list[float]:
    """Return a peer's p-values of the first draws without an effect."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = [rows_of(cell, 0.0, seed) for seed in range(draws)]
    table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    table["draw"] = np.repeat(np.arange(draws), len(parts[0]["y"]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "draws.parquet"
        pq.write_table(pa.table(table), path)
        script = HERE / "peers" / "few_treated_tasks.py"
        done = subprocess.run(
            [python, str(script), tool, str(path)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def share(p_values: list[float]) -> float:
    """Return the share of p-values of at most 5 %."""
    return float(np.mean([p <= LEVEL for p in p_values]))


def row(
    cell: Cell, null: list[Found], other: list[Found], peers: dict[str, list[float]]
) -> dict[str, Value]:
    """Return a row of the table."""
    low, high = band(len(null), WIDER if cell.ratio != 1 else 0.0)
    found: dict[str, Value] = {
        "cell": cell.name,
        "draws": len(null),
        "headline": share([p.headline for p in null]),
        "band_low": low,
        "band_high": high,
        "analytic": share([p.analytic for p in null]),
        "left_out": share([p.left_out for p in null]),
        "power": share([p.headline for p in other]),
    }
    for name, p_values in peers.items():
        given = [p for p in p_values if isfinite(p)]
        found |= {"peer_draws": len(p_values)} | ({name: share(given)} if given else {})
    return found


def columns() -> tuple[Column, ...]:
    """Return the table's columns."""
    shares = [
        ("headline", "False alarms, over dates"),
        ("band_low", "Band from"),
        ("band_high", "Band to"),
        ("analytic", "False alarms, analytic (withheld)"),
        ("left_out", "False alarms, leave one out"),
        *((name, f"False alarms, {name.replace('_', '-')}") for name in PEERS),
        ("power", "Power, over dates"),
    ]
    return (
        Column("cell", "text", {"en": "Treated schools"}),
        Column("draws", "integer", {"en": "Draws"}),
        Column("peer_draws", "integer", {"en": "Draws, peers"}),
        *(Column(name, "share", {"en": label}) for name, label in shares),
    )


def tasks(draws: int, block: int = 50) -> Iterator[tuple[Cell, float, range]]:
    """Yield the simulation in pieces that take some seconds each."""
    for cell in CELLS:
        for effect, number in ((0.0, draws), (EFFECT, draws // POWER_SHARE)):
            for start in range(0, number, block):
                yield cell, effect, range(start, min(start + block, number))


def simulate(draws: int, workers: int, python: str | None, peer_draws: int) -> Table:
    """Return the table of all cells."""
    from joblib import Parallel, delayed
    from rich.progress import track

    work = list(tasks(draws))
    run = Parallel(n_jobs=workers, return_as="generator")(delayed(many)(*one) for one in work)
    found: dict[tuple[str, bool], list[Found]] = {}
    for (cell, effect, _), part in zip(work, track(run, "draws", len(work)), strict=True):
        found.setdefault((cell.name, effect != 0), []).extend(part)
    rows = []
    for place, cell in enumerate(CELLS):
        asked = PEERS if python and place < ASKED else ()
        peers = {name: peer(str(python), name, cell, peer_draws) for name in asked}
        rows.append(row(cell, found[cell.name, False], found[cell.name, True], peers))
        print(json.dumps(rows[-1]), flush=True)
    return Table("few_treated", "few_treated", columns(), tuple(rows))


def main() -> None:
    """Simulate all cells and write the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", nargs="?", help="Python that has the peers installed")
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--peer-draws", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    python = str(Path(asked.peers).absolute()) if asked.peers else None
    table = simulate(asked.draws, asked.workers, python, asked.peer_draws)
    release(
        NAME,
        "False alarms with few schools in a roll-out",
        "How often does a roll-out to a few schools find an effect that is not there?",
        table,
    )


if __name__ == "__main__":
    main()
