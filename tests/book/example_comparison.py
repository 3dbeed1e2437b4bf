"""Invented tables of a comparison that was built, as its checks give them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluate.checks.comparison import Asked, diagnose
from evaluate.core import Table
from evaluate.inference.comparison import Compared, Groups

NAMES = (
    *("age", "earnings the year before", "average mark in lower secondary school"),
    *("mother's education", "lives with both parents", "absence"),
)


def groups(names: Sequence[str], shift: float = 0.5, n: int = 400) -> tuple[Groups, Compared]:
    """Two groups that differ less and less from one covariate to the next, and ATT weights."""
    rng = np.random.default_rng(20261123)
    treated = np.arange(n) % 3 == 0
    x = rng.normal(size=(n, len(names)))
    x[:, -1] = rng.random(n) < 0.4
    x += treated[:, None] * shift * 0.6 ** np.arange(len(names))
    logit = x[:, 0] * shift - 0.7
    score = 1 / (1 + np.exp(-logit))
    weights = np.where(treated, 1.0, score / (1 - score))
    return Groups(rng.normal(size=n), treated, x, tuple(names)), Compared(
        1.0, 0.1, 100.0, weights, "inverse probability", score=score
    )


def comparison(names: Sequence[str] = NAMES, shift: float = 0.5, n: int = 400) -> tuple[Table, ...]:
    """Return the tables of the checks, as the analysis ``main`` would have them."""
    given, found = groups(names, shift, n)
    _, tables = diagnose(given, found, Asked("ATT"))
    return tuple(Table(f"main.{one.id}", one.kind, one.columns, one.rows, "main") for one in tables)
