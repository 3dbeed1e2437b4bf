"""How often a trial of few schools finds an effect that is not there, and one that is.

python benchmarks/size_and_power.py [--draws 1000] [--workers 2]

Each cell and outcome is drawn ``--draws`` times without an effect and with the effect that a
test with known variances would find in 80 % of draws. The share of p-values of at most 0.05 is
reported for Stata's and most packages' default, CR1 with G - 1 degrees of freedom, for CR2 with
Satterthwaite's, and for our headline.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import product
from math import sqrt

import numpy as np

from benchmarks.cells import CELLS, OUTCOMES, Cell, Kind, draw, oracle_effect
from benchmarks.released import release
from evaluate.core import Cell as Value
from evaluate.core import Column, Estimand, Estimate, Settings, Table
from evaluate.data.sample import ArraySample
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.errors import Refused
from evaluate.inference.t import two_sided_p

LEVEL, NAME = 0.05, "size-and-power"
PERMUTATIONS = 1999  # of each test that cannot be exact; the finding's own runs use 9 999
WIDER = 0.01  # for approximate methods
TAIL = 3.29  # normal quantile of the 99.9 % band
SPEC = Randomised(treated="t", cluster="school")
ASKED = ("CR2", "CR1")
Found = tuple[float | None, float | None, float | None]


def one(cell: Cell, kind: Kind, effect: float, seed: int) -> Found:
    """Return the p-values of one trial: CR1, CR2 and the headline; absent where there is none."""
    place = (CELLS.index(cell), OUTCOMES.index(kind), int(effect != 0))
    rng = np.random.default_rng(np.random.SeedSequence([20261122, *place, seed]))
    sample = ArraySample(draw(cell, kind, effect, rng), "y")
    settings = Settings(std_errors=ASKED, seed=(seed, *place), draws=PERMUTATIONS)
    try:
        result = DESIGN.estimate(SPEC, sample, Estimand("ATE", "y", "unit"), settings)
    except Refused:
        return None, None, None
    return (
        *(_alone(result.estimates, name) for name in ("CR1", "CR2")),
        result.estimates[0].p_value,
    )


def _alone(rows: Sequence[Estimate], name: str) -> float | None:
    """Return the p-value of an estimator by itself, with its own degrees of freedom."""
    for row in rows:
        if row.std_error_method == name:
            return two_sided_p(row.estimate / row.std_error, row.df)
    return None


def rejections(cell: Cell, kind: Kind, effect: float, seeds: range) -> list[Found]:
    """Return the p-values of many trials."""
    return [one(cell, kind, effect, seed) for seed in seeds]


def band(draws: int) -> tuple[float, float]:
    """Return the shares between which a right test of level 5 % lies in 99.9 % of runs."""
    half = TAIL * sqrt(LEVEL * (1 - LEVEL) / draws) + WIDER
    return max(LEVEL - half, 0.0), LEVEL + half


def row(cell: Cell, kind: Kind, null: list[Found], other: list[Found]) -> dict[str, Value]:
    """Return a row of the table."""
    shares = [_share([p[i] for p in null]) for i in range(3)]
    low, high = band(sum(p[2] is not None for p in null) or 1)
    given = sum(p[2] is not None for p in null) / len(null)
    found: dict[str, Value] = {
        "cell": f"{cell.name}, {kind}",
        "schools": cell.schools,
        "treated": cell.treated,
        "outcome": kind,
        "given": given,
        "cr1": shares[0],
        "cr2": shares[1],
        "headline": shares[2],
        "band_low": low if shares[2] is not None else None,
        "band_high": high if shares[2] is not None else None,
        "power_cr2": _share([p[1] for p in other]),
        "power": _share([p[2] for p in other]),
    }
    return {key: value for key, value in found.items() if value is not None}


def _share(p_values: list[float | None]) -> float | None:
    given = [p for p in p_values if p is not None]
    return float(np.mean([p <= LEVEL for p in given])) if given else None


def columns() -> tuple[Column, ...]:
    """Return the table's columns."""
    share = [
        ("given", "Trials with a p-value"),
        ("cr1", "False alarms, CR1"),
        ("cr2", "False alarms, CR2"),
        ("headline", "False alarms, headline"),
        ("band_low", "Band from"),
        ("band_high", "Band to"),
        ("power_cr2", "Power, CR2"),
        ("power", "Power, headline"),
    ]
    return (
        Column("cell", "text", {"en": "Schools/treated, outcome"}),
        Column("schools", "integer", {"en": "Schools"}),
        Column("treated", "integer", {"en": "Treated"}),
        Column("outcome", "text", {"en": "Outcome"}),
        *(Column(name, "share", {"en": label}) for name, label in share),
    )


def tasks(draws: int, block: int = 50) -> Iterator[tuple[Cell, Kind, float, range]]:
    """Yield the simulation in pieces that take some seconds each."""
    for cell, kind in product(CELLS, OUTCOMES):
        for effect in (0.0, oracle_effect(cell, kind)):
            for start in range(0, draws, block):
                yield cell, kind, effect, range(start, min(start + block, draws))


def simulate(draws: int, workers: int) -> Table:
    """Return the table of all cells."""
    from joblib import Parallel, delayed
    from rich.progress import track

    work = list(tasks(draws))
    run = Parallel(n_jobs=workers, return_as="generator")(delayed(rejections)(*one) for one in work)
    found: dict[tuple[str, str, bool], list[Found]] = {}
    for (cell, kind, effect, _), part in zip(work, track(run, "trials", len(work)), strict=True):
        found.setdefault((cell.name, kind, effect != 0), []).extend(part)
    rows = [
        row(cell, kind, found[cell.name, kind, False], found[cell.name, kind, True])
        for cell, kind in product(CELLS, OUTCOMES)
    ]
    return Table("size_and_power", "size_and_power", columns(), tuple(rows))


def main() -> None:
    """Simulate all cells and write the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    table = simulate(asked.draws, asked.workers)
    release(
        NAME,
        "False alarms and power with few schools",
        "How often does a trial of few schools find an effect that is not there?",
        table,
    )


if __name__ == "__main__":
    main()
