"""Roll-outs of known make: few treated schools without an effect, and effects that differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.outcomes import autoregression

Float = NDArray[np.float64]
Rows = dict[str, NDArray[np.generic]]
SCHOOLS, YEARS, AGAIN = 20, 8, 0.6
EFFECT = 2.0  # standard deviations of a school's year, for power
NEVER = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of roll-out among twenty schools.

    Attributes
    ----------
    name : str
        In the table.
    starts : tuple of (int, int)
        First treated year, from 1, and how many schools begin in it.
    ratio : float
        Variance of the treated schools, as a multiple of that of the others.
    """

    name: str
    starts: tuple[tuple[int, int], ...]
    ratio: float = 1.0

    @property
    def first(self) -> NDArray[np.int64]:
        """Return each school's first treated year, 0 where there is none."""
        begin = [year for year, number in self.starts for _ in range(number)]
        return np.array(begin + [NEVER] * (SCHOOLS - len(begin)))


CELLS = (
    Cell("4 of 20, one cohort", ((5, 4),)),
    Cell("4 of 20, three cohorts", ((3, 1), (5, 2), (7, 1))),
    Cell("4 of 20, three cohorts, treated variance doubled", ((3, 1), (5, 2), (7, 1)), ratio=2.0),
    Cell("8 of 20, three cohorts", ((3, 3), (5, 3), (7, 2))),
)


def draw(cell: Cell, effect: float, rng: np.random.Generator) -> Rows:
    """Return a row for each school and year; schools' years are an autoregression.

    Parameters
    ----------
    cell : Cell
        What kind of roll-out.
    effect : float
        In every treated year, in standard deviations of a school's year.
    rng : numpy.random.Generator
        Source of chance.
    """
    first = cell.first
    noise = autoregression(SCHOOLS, YEARS, AGAIN, rng)
    noise *= np.where(first == NEVER, 1.0, np.sqrt(cell.ratio))[:, None]
    year = np.arange(1, YEARS + 1)
    treated = (first[:, None] != NEVER) & (year >= first[:, None])
    names = np.array([f"s{i:02d}" for i in range(SCHOOLS)])
    return {
        "school": np.repeat(names, YEARS),
        "year": np.tile(year, SCHOOLS).astype(np.float64),
        "first": np.repeat(first, YEARS).astype(np.float64),
        "y": (noise + effect * treated).ravel(),
    }


@dataclass(frozen=True, slots=True)
class Growing:
    """Units whose effects grow, and differ between cohorts.

    Attributes
    ----------
    units, periods : int
        How many, and how often each is seen.
    starts : tuple of (int, int, float)
        First treated period, from 1, how many units begin, and their effect in it.
    growth : float
        What each further period adds to an effect.
    """

    units: int = 100
    periods: int = 8
    starts: tuple[tuple[int, int, float], ...] = ((3, 20, 1.0), (5, 20, 0.5), (6, 20, 0.0))
    growth: float = 0.5

    @property
    def first(self) -> NDArray[np.int64]:
        """Return each unit's first treated period, 0 where there is none."""
        begin = [start for start, number, _ in self.starts for _ in range(number)]
        return np.array(begin + [NEVER] * (self.units - len(begin)))

    def effects(self) -> Float:
        """Return the effect on each unit in each period, shape (units, periods)."""
        found = np.zeros((self.units, self.periods))
        first, period = self.first, np.arange(1, self.periods + 1)
        for start, _, size in self.starts:
            grown = np.where(period >= start, size + self.growth * (period - start), 0.0)
            found[first == start] = grown
        return found

    @property
    def overall(self) -> float:
        """Return the mean effect over treated cells."""
        treated = (self.first[:, None] != NEVER) & (
            np.arange(1, self.periods + 1) >= self.first[:, None]
        )
        return float(self.effects()[treated].mean())

    def by_event_time(self, since: int) -> float:
        """Return the mean effect that many periods after the first treated one; 0 before."""
        if since < 0:
            return 0.0
        known = {start: number for start, number, _ in self.starts}
        reached = [start for start in known if start + since <= self.periods]
        sizes = {start: size for start, _, size in self.starts}
        each = [sizes[start] + self.growth * since for start in reached]
        return float(np.average(each, weights=[known[start] for start in reached]))

    def draw(self, rng: np.random.Generator) -> Rows:
        """Return a row for each unit and period, unit and period effects included."""
        level = rng.normal(0, 1, (self.units, 1))
        noise = autoregression(self.units, self.periods, 0.5, rng)
        common = 0.2 * np.arange(self.periods)
        return {
            "unit": np.repeat(np.arange(self.units), self.periods).astype(np.float64),
            "period": np.tile(np.arange(1, self.periods + 1), self.units).astype(np.float64),
            "first": np.repeat(self.first, self.periods).astype(np.float64),
            "y": (level + common + noise + self.effects()).ravel(),
        }
