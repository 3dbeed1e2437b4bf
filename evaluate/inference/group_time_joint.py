"""The covariance of group-time effects, added up over cohorts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from evaluate.data.moments import Float

# Cohorts' parts beyond so many numbers (160 MB) are added up and not kept.
_KEPT = 20_000_000


def added_up(each: Iterable[Float], n: int, size: int) -> tuple[Float, Float]:
    """Return the covariance of effects and shares, and each cohort's part of it.

    Parameters
    ----------
    each : iterable of ndarray, shape (size, size)
        Cohorts' parts, in the order of ``Starts.cohorts``.
    n, size : int
        How many cohorts there are, and effects and shares together. Where they are very many,
        no parts are returned.
    """
    joint = np.zeros((size, size))
    parts = np.zeros((n if n * size**2 <= _KEPT else 0, size, size))
    for place, one in enumerate(each):
        even = (one + one.T) / 2
        joint += even
        if len(parts):
            parts[place] = even
    return joint, parts
