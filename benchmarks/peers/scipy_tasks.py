"""SciPy: a permutation test of the difference in means."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
from measure import Answer, arguments, report

task, path, warm = arguments()
table = pq.read_table(path)
y, t = table["y"].to_numpy(), table["t"].to_numpy()


def permutation() -> Answer:
    """Return the p-value of 10 000 permutations, statistic the difference in means."""
    from scipy.stats import permutation_test

    def difference(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
        return np.mean(a, axis=axis) - np.mean(b, axis=axis)

    found = permutation_test(
        (y[t == 1], y[t == 0]), difference, n_resamples=10_000, vectorized=True, batch=500, rng=1
    )
    return {"statistic": float(found.statistic), "p_value": float(found.pvalue)}


report({"permutation": permutation}[task], warm)
