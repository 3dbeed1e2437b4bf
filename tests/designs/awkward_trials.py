"""Trials with awkward names, missing outcomes and truths, as a table holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def schools() -> dict[str, NDArray[Any]]:
    """Return 24 schools of unlike size in two counties, with awkward names of columns."""
    rng = np.random.default_rng(11)
    size = rng.integers(4, 12, 24)
    school = np.repeat(np.arange(24), size)
    n = len(school)
    offered = ((school // 2) % 2).astype(float)
    level = rng.normal(size=24)[school]
    x = rng.normal(size=n) + level
    y = 0.4 * offered + x + 0.5 * level + rng.normal(size=n)
    y[rng.random(n) < 0.05] = np.nan
    chance = np.where(school % 2 == 0, 0.3, 0.6)
    return {
        "offered": offered,
        "skole nr": np.array([f"s{one:02d}" for one in school]),
        "county": np.array(["east", "west"])[school % 2],
        "x": x,
        "if": rng.integers(0, 2, n).astype(float),
        "took part": (rng.random(n) < 0.2 + 0.6 * offered).astype(float),
        "chance": chance,
        "weight": rng.uniform(0.5, 2, n),
        "some zero": rng.uniform(0.5, 2, n) * (rng.random(n) > 0.1),
        "times": rng.integers(0, 4, n).astype(float),
        "åpen": y,
    }


def pairs(per_school: int) -> dict[str, NDArray[Any]]:
    """Return twelve pairs of schools, one of each pair treated."""
    rng = np.random.default_rng(12)
    size = rng.integers(2, 9, 24) if per_school > 1 else np.ones(24, int)
    school = np.repeat(np.arange(24), size)
    n = len(school)
    return {
        "t": (school % 2).astype(float),
        "school": np.array([f"s{one:02d}" for one in school]),
        "pair": np.array([f"p{one:02d}" for one in school // 2]),
        "took": (rng.random(n) < 0.2 + 0.6 * (school % 2)).astype(float),
        "x": rng.normal(size=n),
        "y": rng.normal(size=n) + rng.normal(size=12)[school // 2] + rng.normal(size=24)[school],
    }


def wedge() -> dict[str, NDArray[Any]]:
    """Return twelve clusters that begin in four periods."""
    rng = np.random.default_rng(13)
    cluster, period = (one.ravel() for one in np.mgrid[0:12, 0:5].repeat(6, axis=2))
    n = len(cluster)
    level = rng.normal(size=12)[cluster]
    return {
        "t": (period >= 1 + cluster % 4).astype(float),
        "c": np.array([f"c{one:02d}" for one in cluster]),
        "when": np.array([f"20{one:02d}" for one in period]),
        "weight": rng.uniform(0.5, 2, n),
        "times": rng.integers(0, 4, n).astype(float),
        "x": rng.normal(size=n),
        "y": 0.2 * period + level + rng.normal(size=n),
    }


def told(data: dict[str, NDArray[Any]], *columns: str) -> dict[str, NDArray[Any]]:
    """Return a table in which columns say true or false, as R reads them."""
    return {name: one == 1 if name in columns else one for name, one in data.items()}


def passed(data: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return a table whose outcome is true or false, and never missing."""
    return {**data, "åpen": data["x"] + data["åpen"] > 0}
