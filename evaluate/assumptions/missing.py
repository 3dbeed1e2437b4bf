"""Cells that a simulated study lacks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.definition import ByGroup

Float = NDArray[np.float64]
FEWEST = 2  # values that stay in each group


def thin(values: Float, share: float | ByGroup, treated: Float, rng: np.random.Generator) -> Float:
    """Return values without a share of them, in each group by its own.

    Chance decides which cells are lost, whatever stood in them; of each group two stay.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Whole.
    share : float or ByGroup
        Lost.
    treated : ndarray, shape (n,)
        1 for those treated.
    rng : numpy.random.Generator
        Source of chance.
    """
    by = share if isinstance(share, ByGroup) else ByGroup(treated=share, comparison=share)
    kept = values.copy()
    for group, lost in ((1.0, by.treated), (0.0, by.comparison)):
        members = np.flatnonzero(treated == group)
        number = int(lost * len(members) + rng.random())
        number = min(number, max(len(members) - FEWEST, 0))
        kept[rng.permutation(members)[:number] if number else members[:0]] = np.nan
    return kept
