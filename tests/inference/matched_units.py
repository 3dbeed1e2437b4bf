"""Units of two groups, drawn, for tests of matching."""

from __future__ import annotations

import numpy as np

from evaluate.inference.comparison import Groups
from evaluate.inference.linear import Float


def drawn(
    n: int, *, seed: int, discrete: bool = False, cells: int = 0, clusters: int = 0,
    weighted: bool = False,
) -> Groups:  # fmt: skip
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    if discrete:
        x = np.clip(np.round(x), -1, 1)
    treated = rng.random(n) < 1 / (1 + np.exp(1.2 - x @ [0.7, 0.4, -0.3]))
    y = x @ [1.0, 2.0, -1.0] + treated * (1 + 0.5 * x[:, 0]) + rng.normal(size=n)
    return Groups(
        y,
        treated,
        x,
        ("a", "b", "c"),
        cluster=rng.integers(0, clusters, n) if clusters else None,
        weights=rng.uniform(0.5, 3, n) if weighted else None,
        exact=rng.integers(0, cells, n) if cells else None,
    )


def logit(score: Float) -> Float:
    return np.log(score / (1 - score))
