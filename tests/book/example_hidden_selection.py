"""Invented tables of how strong hidden selection must be, as the check gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evaluate.checks.hidden_selection import Asked, hidden_selection
from evaluate.core import Estimate, Table
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.linear_exposure import exposure_of

NAMES = ("age", "earnings the year before", "average mark in lower secondary school")


def groups(effect: float = 0.5, n: int = 600, names: Sequence[str] = NAMES) -> Groups:
    """Two groups that differ less and less from one covariate to the next."""
    rng = np.random.default_rng(20261123)
    x = rng.normal(size=(n, len(names)))
    strong = 0.5 * 0.6 ** np.arange(len(names))
    treated = rng.random(n) < 1 / (1 + np.exp(0.8 - x @ strong))
    return Groups(effect * treated + x @ strong + rng.normal(size=n), treated, x, tuple(names))


def headline(given: Groups, unit: str = "points") -> Estimate:
    """The regression's row."""
    found = exposure_of(given)
    half = 1.96 * found.std_error
    return Estimate(
        estimate=found.value,
        std_error=found.std_error,
        conf_low=found.value - half,
        conf_high=found.value + half,
        n_obs=found.n,
        n_treated=int(given.treated.sum()),
        method="regression",
        std_error_method="classical",
        unit=unit,
        estimand="ATT",
    )


def tables(
    effect: float = 0.5,
    names: Sequence[str] = NAMES,
    unit: str = "points",
    scale: float = 1.0,
) -> tuple[Table, ...]:
    """Return the tables, as the analysis ``main`` would have them."""
    given = groups(effect, names=names)
    given = replace(given, y=scale * given.y)
    row = headline(given, unit)
    found = Compared(row.estimate, row.std_error**2, np.inf, np.ones(len(given.y)), "regression")
    _, made = hidden_selection(given, found, row, Asked())
    return tuple(Table(f"main.{one.id}", one.kind, one.columns, one.rows, "main") for one in made)
