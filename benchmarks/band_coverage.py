"""How often simultaneous bands hold every effect over time, and two-way fixed effects the truth.

python -m benchmarks.band_coverage [--draws 2000] [--workers 2]

Units begin in three waves; effects grow from period to period and differ between waves. Each
draw is estimated by group-time effects, whose event study has a band for all event times at
once, and by two-way fixed effects with standard errors clustered by unit.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from benchmarks.few_treated import TAIL, WIDER
from benchmarks.released import release
from benchmarks.rollouts import NEVER, Growing, Rows
from evaluate.core import Cell as Value
from evaluate.core import Column, Table
from evaluate.data.paths import PanelColumns
from evaluate.data.sample import ArraySample
from evaluate.inference.aggregate import aggregate
from evaluate.inference.bands import critical_value
from evaluate.inference.group_time import Contrast
from evaluate.inference.group_time_sums import group_times_of_sums
from evaluate.inference.t import t_quantile
from evaluate.inference.two_way import absorb_effects

CONF_LEVEL, NAME, NORMAL = 0.95, "band-coverage", 1.959963984540054
DRAWS_OF_BAND = 1999
COLUMNS = PanelColumns("period", "first", "0", unit="unit")
CELLS = {
    "100 units, 3 waves of 20": Growing(),
    "60 units, 3 waves of 12": Growing(units=60, starts=((3, 12, 1.0), (5, 12, 0.5), (6, 12, 0.0))),
}


@dataclass(frozen=True, slots=True)
class Held:
    """What one draw's intervals hold.

    Attributes
    ----------
    band, points, overall, two_way : bool
        Whether the band holds every effect by event time; pointwise intervals all of them;
        the interval of the overall effect the true one; and that of two-way fixed effects.
    estimate, two_way_estimate : float
        Overall effect by group-time effects, and by two-way fixed effects.
    """

    band: bool
    points: bool
    overall: bool
    two_way: bool
    estimate: float
    two_way_estimate: float


def one(name: str, seed: int) -> Held:
    """Return what the intervals of one draw hold."""
    made = CELLS[name]
    place = [20261123, list(CELLS).index(name), seed]
    rows = made.draw(np.random.default_rng(np.random.SeedSequence(place)))
    sample = ArraySample(rows, "y")
    paths, _ = sample.paths(COLUMNS)
    times = group_times_of_sums(paths, Contrast())
    study, whole = aggregate(times, "dynamic"), aggregate(times, "simple")
    free = [times.free(gradient) for gradient in (*study.gradient[:-1], whole.gradient[-1])]
    near = [t_quantile((1 + CONF_LEVEL) / 2, df) for df in free]
    covariance = study.covariance, CONF_LEVEL, DRAWS_OF_BAND, (seed,)
    reach = critical_value(*covariance, min(free[:-1]))
    truth = np.array([made.by_event_time(int(since)) for since in study.keys])
    apart = np.abs(study.effect - truth)
    effect, std_error = two_way(rows)
    return Held(
        band=bool((apart <= reach * study.std_errors).all()),
        points=bool((apart <= near[:-1] * study.std_errors).all()),
        overall=abs(whole.overall - made.overall) <= near[-1] * whole.std_error,
        two_way=abs(effect - made.overall) <= NORMAL * std_error,
        estimate=whole.overall,
        two_way_estimate=effect,
    )


def two_way(rows: Rows) -> tuple[float, float]:
    """Return the coefficient of being treated beside unit and period effects, and its CR1."""
    first, period = (np.asarray(rows[name], dtype=np.float64) for name in ("first", "period"))
    unit = np.asarray(rows["unit"], dtype=np.int64)
    treated = ((first != NEVER) & (period >= first)).astype(np.float64)
    effects = (unit, period.astype(np.int64))
    y = np.asarray(rows["y"], dtype=np.float64)
    fit = absorb_effects(y, treated[:, None], effects, cluster=unit, std_error="CR1")
    return float(fit.coefficients[0]), float(fit.std_errors[0])


def many(name: str, seeds: range) -> list[Held]:
    """Return what the intervals of many draws hold."""
    return [one(name, seed) for seed in seeds]


def band(draws: int) -> tuple[float, float]:
    """Return the shares between which right 95 % intervals hold the truth in 99.9 % of runs.

    One point wider, since with few units degrees of freedom are an approximation.
    """
    half = TAIL * sqrt(CONF_LEVEL * (1 - CONF_LEVEL) / draws) + WIDER
    return CONF_LEVEL - half, min(CONF_LEVEL + half, 1.0)


def row(name: str, held: list[Held]) -> dict[str, Value]:
    """Return a row of the table."""
    truth = CELLS[name].overall
    low, high = band(len(held))
    return {
        "cell": name,
        "draws": len(held),
        "band": float(np.mean([one.band for one in held])),
        "band_low": low,
        "band_high": high,
        "points": float(np.mean([one.points for one in held])),
        "overall": float(np.mean([one.overall for one in held])),
        "two_way": float(np.mean([one.two_way for one in held])),
        "truth": truth,
        "bias": float(np.mean([one.estimate for one in held])) - truth,
        "two_way_bias": float(np.mean([one.two_way_estimate for one in held])) - truth,
    }


def columns() -> tuple[Column, ...]:
    """Return the table's columns."""
    shares = [
        ("band", "Simultaneous band holds all"),
        ("band_low", "Right from"),
        ("band_high", "Right to"),
        ("points", "Pointwise intervals hold all"),
        ("overall", "Overall effect held"),
        ("two_way", "Two-way fixed effects hold it"),
    ]
    numbers = [
        ("truth", "True overall effect"),
        ("bias", "Bias"),
        ("two_way_bias", "Bias, two-way fixed effects"),
    ]
    return (
        Column("cell", "text", {"en": "Roll-out"}),
        Column("draws", "integer", {"en": "Draws"}),
        *(Column(name, "share", {"en": label}) for name, label in shares),
        *(Column(name, "number", {"en": label}) for name, label in numbers),
    )


def tasks(draws: int, block: int = 50) -> Iterator[tuple[str, range]]:
    """Yield the simulation in pieces that take some seconds each."""
    for name in CELLS:
        for start in range(0, draws, block):
            yield name, range(start, min(start + block, draws))


def simulate(draws: int, workers: int) -> Table:
    """Return the table of all cells."""
    from joblib import Parallel, delayed
    from rich.progress import track

    work = list(tasks(draws))
    run = Parallel(n_jobs=workers, return_as="generator")(delayed(many)(*one) for one in work)
    found: dict[str, list[Held]] = {}
    for (name, _), part in zip(work, track(run, "draws", len(work)), strict=True):
        found.setdefault(name, []).extend(part)
    rows = tuple(row(name, held) for name, held in found.items())
    return Table("band_coverage", "band_coverage", columns(), rows)


def main() -> None:
    """Simulate and write the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    release(
        NAME,
        "Bands over time, and two-way fixed effects",
        "Do simultaneous bands hold every effect when effects grow and differ between waves?",
        simulate(asked.draws, asked.workers),
    )


if __name__ == "__main__":
    main()
