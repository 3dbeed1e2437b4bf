"""Trials of few schools without any effect, or with a known one: the cells of a simulation.

Thirteen cells cross three outcomes. Pupils sit in schools; an eighth of the variance lies
between schools. The cells differ in how many schools there are, how many of them are treated,
how unlike their sizes are, and whether treatment also changes how much schools differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["normal", "skewed", "binary"]
Float = NDArray[np.float64]
OUTCOMES: tuple[Kind, ...] = ("normal", "skewed", "binary")
ICC, PUPILS, SHARE = 0.125, 25, 0.05


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of trial.

    Attributes
    ----------
    name : str
        In the table.
    schools, treated : int
        Number of schools, and of treated schools.
    sizes : {"equal", "unequal", "largest treated"}
        Pupils of a school: 25; from 5 to 100; or one treated school with as many pupils as
        all other treated schools together.
    ratio : float
        Variance between treated schools, and between their pupils, as a multiple of that in
        comparison schools.
    """

    name: str
    schools: int
    treated: int
    sizes: Literal["equal", "unequal", "largest treated"] = "equal"
    ratio: float = 1.0


CELLS = (
    Cell("20/4", 20, 4),
    Cell("20/8", 20, 8),
    Cell("20/10", 20, 10),
    Cell("40/20", 40, 20),
    Cell("40/36", 40, 36),
    Cell("12/6", 12, 6),
    Cell("9/4", 9, 4),
    Cell("6/3", 6, 3),
    Cell("6/2", 6, 2),
    Cell("20/4, unequal sizes", 20, 4, sizes="unequal"),
    Cell("20/4, largest treated", 20, 4, sizes="largest treated"),
    Cell("20/8, treated variance doubled", 20, 8, ratio=2.0),
    Cell("20/8, treated variance halved", 20, 8, ratio=0.5),
)


def sizes(cell: Cell, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the pupils of each school, the treated schools first."""
    if cell.sizes == "unequal":
        return np.rint(np.exp(rng.uniform(np.log(5), np.log(100), cell.schools))).astype(np.int64)
    found = np.full(cell.schools, PUPILS, dtype=np.int64)
    if cell.sizes == "largest treated":
        found[0] = PUPILS * (cell.treated - 1)
    return found


def draw(
    cell: Cell, kind: Kind, effect: float, rng: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """Return one trial's rows.

    Parameters
    ----------
    cell : Cell
        What kind of trial.
    kind : {"normal", "skewed", "binary"}
        The outcome's distribution: standardised, but for shares, where 5 % have it.
    effect : float
        Added to every treated pupil's outcome; for shares, to the probability.
    rng : numpy.random.Generator
        Source of chance.
    """
    size = sizes(cell, rng)
    school = np.repeat(np.arange(cell.schools), size)
    treated = school < cell.treated
    outcome = _binary(cell, effect, rng, size) if kind == "binary" else None
    if outcome is None:
        between, within = (_errors(kind, rng, n) for n in (cell.schools, len(school)))
        noise = np.sqrt(ICC) * between[school] + np.sqrt(1 - ICC) * within
        outcome = effect * treated + noise * np.where(treated, np.sqrt(cell.ratio), 1.0)
    names = np.array([f"s{i:02d}" for i in range(cell.schools)])
    return {"y": outcome, "t": treated.astype(np.float64), "school": names[school]}


def _errors(kind: Kind, rng: np.random.Generator, n: int) -> Float:
    """Return errors with mean 0 and variance 1."""
    if kind == "normal":
        return rng.standard_normal(n)
    # A standard exponential has skewness 2: earnings, days of absence.
    return rng.standard_exponential(n) - 1.0


def _binary(cell: Cell, effect: float, rng: np.random.Generator, size: NDArray[np.int64]) -> Float:
    """Return whether each pupil has it: a beta-binomial outcome, of mean ``SHARE`` at no effect.

    The variance between schools follows from the intra-class correlation; treatment changes
    it where the cell says so, and the mean stays.
    """
    inside = np.arange(cell.schools) < cell.treated
    icc = np.where(inside, np.minimum(ICC * cell.ratio, 0.5), ICC)
    share = SHARE + effect * inside
    weight = 1 / icc - 1
    level = rng.beta(share * weight, (1 - share) * weight)
    return (rng.random(int(size.sum())) < np.repeat(level, size)).astype(np.float64)


def oracle_effect(cell: Cell, kind: Kind, power: float = 0.8, level: float = 0.05) -> float:
    """Return the effect that a test with known variances would find with the given power.

    Sizes are taken as equal at their mean; the effect is in standard deviations, for shares
    in the share's own unit.
    """
    from scipy.special import ndtri

    variance = SHARE * (1 - SHARE) if kind == "binary" else 1.0
    mean = PUPILS
    each = variance * (ICC + (1 - ICC) / mean)
    error = np.sqrt(each * (cell.ratio / cell.treated + 1 / (cell.schools - cell.treated)))
    return float((ndtri(1 - level / 2) + ndtri(power)) * error)
