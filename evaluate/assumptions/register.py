"""Pupils of a simulated register, a block at a time: each block has a random stream of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.register_definition import SHORTEST, Register, Spread

Array = NDArray[Any]
Float = NDArray[np.float32]
BLOCK = 50_000  # pupils; it names the streams, so that it is no setting
LAST_COHORT = 3  # years before the end in which the last pupils enter
AGE = 16  # at entry
SCHOOL_BEGINS, SCHOOL_ENDS = 8, 6  # months
RUNNING, COMPLETED, LEFT, MOVED = 0, 1, 2, 3
STATES = ("running", "completed", "left", "moved")


@dataclass(frozen=True, slots=True)
class Map:
    """Where the schools lie.

    Attributes
    ----------
    municipality : ndarray, shape (schools,)
        Of each school, from 0.
    weight : ndarray, shape (schools,)
        Cumulative share of the pupils that each school has.
    effect : ndarray, shape (3, schools)
        Of absence, points and earnings; standard normal.
    """

    municipality: Array
    weight: Array
    effect: Float


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table and year, all of one block.

    Attributes
    ----------
    table : str
        Name of the table.
    year : int
        Its partition.
    pupil : ndarray, shape (n,)
        Place of each row's pupil in the block.
    columns : mapping of str to ndarray
        The other columns.
    """

    table: str
    year: int
    pupil: Array
    columns: Mapping[str, Array]


def draw_map(register: Register, seed: tuple[int, ...]) -> Map:
    """Draw the schools.

    Parameters
    ----------
    register : Register
        What is assumed.
    seed : tuple of int
        Entropy of the register.
    """
    rng = np.random.default_rng((*seed, 0))
    place = np.arange(register.schools) % register.municipalities
    share = rng.gamma(4.0, 1.0, register.schools)
    effect = rng.standard_normal((3, register.schools), dtype=np.float32)
    return Map(place, np.cumsum(share) / share.sum(), effect)


def blocks(register: Register) -> int:
    """Return the number of blocks that hold all pupils.

    Parameters
    ----------
    register : Register
        What is assumed.
    """
    return -(-register.pupils // BLOCK)


def draw_block(register: Register, number: int, schools: Map, seed: tuple[int, ...]) -> list[Part]:
    """Draw all rows of one block of pupils.

    Parameters
    ----------
    register : Register
        What is assumed.
    number : int
        Of the block, from 0.
    schools : Map
        The same for all blocks.
    seed : tuple of int
        Entropy of the register.
    """
    rng = np.random.default_rng((*seed, 1, number))
    size = min(BLOCK, register.pupils - number * BLOCK)
    everybody = np.arange(size, dtype=np.int32)
    school = np.searchsorted(schools.weight, rng.random(size)).astype(np.int32)
    school = np.minimum(school, register.schools - 1)
    cohorts = max(register.years - LAST_COHORT, 1)
    entry = rng.integers(0, cohorts, size).astype(np.int16)
    track = rng.integers(0, 2, size).astype(np.int8)
    people: dict[str, Array] = {
        "school": school,
        "municipality": schools.municipality[school].astype(np.int32),
        "track": track,
        "sex": rng.integers(1, 3, size).astype(np.int8),
        "birth_year": (register.first_year + entry - AGE).astype(np.int16),
    }
    parts: list[Part] = [
        Part("pupils", register.first_year + year, everybody[entry == year],
             {name: values[entry == year] for name, values in people.items()})
        for year in range(cohorts)
    ]  # fmt: skip
    enrolled, spells = _careers(register, entry, rng)
    parts += [*_completed(spells, track, register), *_spells(spells, school, register)]
    parts += _measures(register, enrolled, school, schools, rng)
    return parts


def _careers(register: Register, entry: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return who is enrolled in each year, shape (years, n), and spells.

    Spells have a row each: pupil, first and last school year, and how they end.
    """
    size, years = len(entry), register.years
    enrolled = np.zeros((years, size), dtype=bool)
    there, out = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    seen, began = np.zeros(size, dtype=np.int8), np.zeros(size, dtype=np.int16)
    spells = []
    for year in range(years):
        chance, back = rng.random((2, size), dtype=np.float32)
        begins = (entry == year) | (out & (back < register.returning))
        there, out = there | begins, out & ~begins
        began[begins] = year
        enrolled[year] = there
        seen += there
        left = there & (chance < register.leaving)
        moved = there & ~left & (chance < register.leaving + register.moving)
        done = there & ~left & ~moved & (seen >= SHORTEST)
        done &= rng.random(size, dtype=np.float32) < register.completion
        for ends, state in ((left, LEFT), (moved, MOVED), (done, COMPLETED)):
            who = np.flatnonzero(ends)
            spells.append(_rows(who, began[who], year, state))
        out |= left
        there &= ~(left | moved | done)
    who = np.flatnonzero(there)
    spells.append(_rows(who, began[who], years, RUNNING))
    return enrolled, np.concatenate(spells, axis=1)


def _rows(who: Array, began: Array, year: int, state: int) -> Array:
    return np.stack([who, began, np.full(len(who), year), np.full(len(who), state)]).astype(
        np.int32
    )


def _day(year: Array, month: int) -> Array:
    """Return the first day of a month as days since 1970, for years."""
    months = (year.astype(np.int64) - 1970) * 12 + month - 1
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)


def _completed(spells: Array, track: Array, register: Register) -> Iterator[Part]:
    done = spells[:, spells[3] == COMPLETED]
    for year in np.unique(done[2]).tolist():
        who = np.sort(done[0, done[2] == year])
        at = np.full(len(who), register.first_year + year + 1)
        columns = {"day": _day(at, SCHOOL_ENDS), "qualification": track[who]}
        yield Part("completion", register.first_year + year + 1, who, columns)


def _spells(spells: Array, school: Array, register: Register) -> Iterator[Part]:
    order = np.lexsort((spells[0], spells[1]))
    pupil, first, last, state = spells[:, order]
    for year in np.unique(first).tolist():
        here = first == year
        ends = _day(register.first_year + last[here] + 1, SCHOOL_ENDS)
        columns = {
            "from": _day(register.first_year + first[here], SCHOOL_BEGINS),
            "to": np.where(state[here] == RUNNING, -1, ends),
            "state": state[here].astype(np.int8),
            "school": school[pupil[here]],
        }
        yield Part("spells", register.first_year + year, pupil[here], columns)


def _measures(
    register: Register, enrolled: Array, school: Array, schools: Map, rng: np.random.Generator
) -> Iterator[Part]:
    """Yield what is measured of pupils each year: at school, at work and by services."""
    size = len(school)
    everybody = np.arange(size, dtype=np.int32)
    series = (
        _Series(register, register.absence, log=True),
        _Series(register, register.points, log=False),
        _Series(register, register.earnings, log=True),
    )
    own = np.zeros((3, size), dtype=np.float32)
    for place in range(register.years):
        fresh = rng.standard_normal((3, size), dtype=np.float32)
        keep = register.autocorrelation if place else 0.0
        own = np.float32(keep) * own + np.float32(np.sqrt(1 - keep**2)) * fresh
        works, served = rng.random((2, size), dtype=np.float32)
        year = register.first_year + place
        values = [one.values(schools.effect[i, school], own[i]) for i, one in enumerate(series)]
        there = everybody[enrolled[place]]
        yield Part("attendance", year, there, {"hours_absent": values[0][there]})
        yield Part("grades", year, there, {"points": values[1][there]})
        earned = np.where(works < register.working, values[2], np.float32(0))
        yield Part("earnings", year, everybody, {"earnings": earned})
        some = everybody[served < register.services]
        kind = (some % 3).astype(np.int8)
        yield Part("services", year, some, {"service": kind})


class _Series:
    """Turns a school's effect and a pupil's own part into a measure of known mean and spread."""

    def __init__(self, register: Register, spread: Spread, *, log: bool) -> None:
        self.log = log
        icc = register.icc
        self.mean, self.sd = spread.mean, spread.sd
        if log:
            variance = float(np.log1p((spread.sd / spread.mean) ** 2))
            # Correlated logarithms: corr = (exp(r s²) - 1) / (exp(s²) - 1).
            icc = float(np.log1p(icc * np.expm1(variance))) / variance
            self.mean, self.sd = float(np.log(spread.mean)) - variance / 2, float(np.sqrt(variance))
        self.school, self.own = np.float32(np.sqrt(icc)), np.float32(np.sqrt(1 - icc))

    def values(self, effect: Float, own: Float) -> Float:
        mixed = self.school * effect + self.own * own
        mixed *= np.float32(self.sd)
        mixed += np.float32(self.mean)
        return np.exp(mixed) if self.log else mixed
