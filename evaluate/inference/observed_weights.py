"""One over the probability that a row is complete, from what is known of all rows."""

from __future__ import annotations

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools
from evaluate.inference.linear import Float

_STEPS = 50
_NEAR = 1e-10  # of the score, in parts of the rows
_EDGE = 1e-6  # fitted probabilities this near 0 or 1 mean that the groups are apart


def observed_weights(x: Float, treated: Bools, whole: Bools, weights: Float) -> Float:
    """Return the weight of each complete row, 0 for the others.

    Parameters
    ----------
    x : ndarray, shape (n, p)
        Covariates without a missing cell.
    treated : ndarray of bool, shape (n,)
        Arms; each has a logit model of its own.
    whole : ndarray of bool, shape (n,)
        Which rows are complete.
    weights : ndarray, shape (n,)
        Sampling weights, 1 where there are none.

    Returns
    -------
    ndarray, shape (n,)
        One over the fitted probability. An analysis that takes them for known is, as a rule, a
        little less certain than it could be.

    Raises
    ------
    Refused
        ``all_missing``, or ``separation`` where a covariate tells for sure who is complete.

    References
    ----------
    Seaman, S. R. & White, I. R. (2013). Review of inverse probability weighting for dealing with
    missing data. Statistical Methods in Medical Research 22(3).
    """
    found = np.zeros(len(whole))
    for arm in (treated, ~treated):
        if not (arm & whole).any():
            raise Refused(
                "all_missing", "no row of one group is complete", "leave out the emptiest column"
            )
        chance = _logit(x[arm], whole[arm], weights[arm])
        found[arm] = np.where(whole[arm], 1 / chance, 0.0)
    return found


def _logit(x: Float, whole: Bools, weights: Float) -> Float:
    if whole.all():
        return np.ones(len(whole))
    spread = x.std(axis=0)
    there = spread > 1e-12 * (1 + np.abs(x.mean(axis=0)))
    z = (x[:, there] - x[:, there].mean(axis=0)) / spread[there]
    left, size, _ = np.linalg.svd(z, full_matrices=False)
    z = left[:, size > 1e-7 * (size.max(initial=0.0) or 1.0)] * np.sqrt(len(z))
    z = np.column_stack([np.ones(len(z)), z])
    w = weights / weights.mean()
    share = float(w @ whole / w.sum())
    slopes = np.zeros(z.shape[1])
    slopes[0] = np.log(share / (1 - share))
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(z @ slopes, -30, 30)))
        score = z.T @ (w * (whole - chance))
        if np.abs(score).max() < _NEAR * len(whole):
            if chance.min() < _EDGE:
                break
            return chance
        held = (z * (w * chance * (1 - chance))[:, None]).T @ z
        step = np.linalg.lstsq(held, score, rcond=None)[0]
        slopes = slopes + step * min(1.0, 5 / max(float(np.abs(step).max()), 1e-9))
    raise Refused(
        "separation",
        "a covariate tells for sure which rows are complete",
        "leave it out, or read the bounds",
    )
