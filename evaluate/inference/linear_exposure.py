"""What covariates explain of treatment and of an outcome: from rows, or an engine's moments."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from evaluate.data.moments import Moments
from evaluate.inference.comparison import Groups
from evaluate.inference.exposure import DEPENDENT, Exposure, exposure_from
from evaluate.inference.linear import Float

_BLOCK = 100_000


def exposure_of(
    groups: Groups, weights: Float | None = None, *, always: Collection[str] = ()
) -> Exposure:
    """Return the regressions of rows in memory.

    Parameters
    ----------
    groups : Groups
        Treated and comparison units.
    weights : ndarray, shape (n,), or None
        Of each unit in the comparison, 0 for who is left out; ``None`` is the sampling weights,
        or 1.
    always : collection of str
        As in ``exposure_from``; Stata ``psacalc`` calls them ``mcontrol``.

    Raises
    ------
    Refused
        As ``exposure_from``.
    """
    if weights is None:
        weights = groups.weights
    keep = slice(None) if weights is None else np.flatnonzero(weights > 0)
    z = np.column_stack([groups.treated[keep], groups.x[keep], groups.y[keep]]).astype(
        np.float64, copy=False
    )
    w = np.ones(len(z)) if weights is None else weights[keep] / weights[keep].mean()
    centre = np.average(z, axis=0, weights=w) if len(z) else np.zeros(z.shape[1])
    z -= centre
    cross = np.zeros((z.shape[1] + 1,) * 2)
    for start in range(0, len(z), _BLOCK):
        part, own = z[start : start + _BLOCK], w[start : start + _BLOCK, None]
        whole = np.column_stack([np.ones(len(part)), part])
        cross += whole.T @ (own * whole)
    y = groups.y[keep]
    binary = bool(np.all((y == 0) | (y == 1)))
    return exposure_from(cross, centre, len(z), groups.names, binary=binary, always=always)


def exposure_of_moments(moments: Moments, treated: str, outcome: str) -> Exposure:
    """Return the regressions of rows that an engine has reduced to moments.

    Parameters
    ----------
    moments : Moments
        Of treatment, the covariates and the outcome, by any groups.
    treated, outcome : str
        Their columns; all others are covariates.

    Raises
    ------
    Refused
        As ``exposure_from``.
    """
    names = [one for one in moments.columns if one not in (treated, outcome)]
    at = [moments.columns.index(one) for one in (treated, *names, outcome)]
    keep = [0, *(i + 1 for i in at)]
    cross = moments.cross.sum(axis=0)[np.ix_(keep, keep)]
    n, centre = int(moments.n.sum()), moments.centre[at]
    mean = centre[-1] + cross[0, -1] / cross[0, 0]
    squares = cross[-1, -1] / cross[0, 0] - (cross[0, -1] / cross[0, 0]) ** 2
    binary = bool(abs(mean * (1 - mean) - squares) < DEPENDENT and 0 < mean < 1)
    return exposure_from(cross * (n / cross[0, 0]), centre, n, names, binary=binary)
