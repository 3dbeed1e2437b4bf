"""The rows of the matching benchmark: who was treated, five covariates, an outcome."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COVARIATES = tuple(f"x{place}" for place in range(5))
CALIPER = 0.05


def read(path: str) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Return outcome, treatment and covariates."""
    with np.load(path) as held:
        return held["y"], held["treated"], held["x"]
