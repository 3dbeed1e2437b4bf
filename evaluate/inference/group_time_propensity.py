"""Who is treated, given covariates: logistic regressions of all fits at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float
from evaluate.inference.group_time_fits import Fits, Part, pairs, solved, square
from evaluate.inference.group_time_rows import Rows

Bool = NDArray[np.bool_]

# Squared Newton step in standard errors, per unit, after which also the information has settled.
_CONVERGED = 1e-20
_ROUNDS = 80
# A step may move no standardised coefficient by more: it keeps the first ones from overshooting.
_LONGEST = 3.0
# Beyond this a probability adds nothing to any sum.
_FARTHEST = 60.0
# A tenth of so many rows is enough to begin near the end.
_MANY, _EVERY = 100_000, 16
# No overlap, as R's did: somebody's probability of being treated is at least this.
NO_OVERLAP = 0.999
# Comparison units above this probability weigh nothing, as R's DRDID.
TRIMMED = 0.995


@dataclass(frozen=True, slots=True)
class Propensity:
    """Logistic regressions, one for each fit.

    Attributes
    ----------
    coefficients : ndarray, shape (k, F)
        Maximum likelihood.
    information : ndarray, shape (F, k, k)
        Negative second derivative of the log likelihood.
    usable : ndarray of bool, shape (F,)
        Whether the fit converged, with nobody (almost) certain to be treated.
    """

    coefficients: Float
    information: Float
    usable: Bool


def fit_propensity(rows: Rows, fits: Fits, sizes: Float) -> Propensity:
    """Return the probability of being treated rather than of the comparison, in each fit.

    Newton's method runs over all fits in one pass over the rows, from where it ends on a
    sixteenth of them if there are many; a fit that has converged leaves.

    Parameters
    ----------
    rows : Rows
        The panel.
    fits : Fits
        Which fits there are.
    sizes : ndarray, shape (2, F)
        Treated and comparison units of each fit.
    """
    start = np.zeros((rows.x.shape[2], fits.n))
    start[0] = np.log(sizes[0] / sizes[1])
    if len(rows.y) >= _MANY and sizes.min() >= _EVERY * 50 * len(start):
        near, settled, _ = _newton(rows, fits, start, sizes.sum(axis=0) / _EVERY, _EVERY)
        start[:, settled] = near[:, settled]
    found, usable, information = _newton(rows, fits, start, sizes.sum(axis=0))
    return Propensity(found, information, usable)


def probabilities(x: Float, coefficients: Float) -> Float:
    """Return the probability of being treated, shape (f, r).

    Parameters
    ----------
    x : ndarray, shape (k, r)
        Covariates.
    coefficients : ndarray, shape (k, f)
        Of each fit.
    """
    found = coefficients.T @ x
    np.clip(found, -_FARTHEST, _FARTHEST, out=found)
    np.negative(found, out=found)
    np.exp(found, out=found)
    found += 1.0
    return np.divide(1.0, found, out=found)


def _newton(
    rows: Rows, fits: Fits, start: Float, n: Float, every: int = 1
) -> tuple[Float, Bool, Float]:
    """Return coefficients, which fits converged, and their information."""
    k = len(start)
    found, active = start.copy(), np.ones(fits.n, dtype=bool)
    usable, information = np.zeros(fits.n, dtype=bool), np.zeros((fits.n, k, k))
    for _ in range(_ROUNDS):
        score, products, highest = _pass(rows, fits.parts, active, found, every)
        at = np.flatnonzero(active)
        information[at] = square(products[at])
        # Where somebody's probability tends to 0 the information vanishes in that direction.
        step, _ = solved(information[at], score[at])
        size = (step * score[at]).sum(axis=1)
        done = size <= _CONVERGED * n[at]
        usable[at] = done & (highest[at] < NO_OVERLAP)
        longest = np.abs(step).max(axis=1, initial=_LONGEST)
        found[:, at] += (step * (_LONGEST / longest)[:, None]).T
        active[at] = ~done
        if not active.any():
            break
    return found, usable, information


def _pass(
    rows: Rows, parts: Sequence[Sequence[Part]], active: Bool, coefficients: Float, every: int
) -> tuple[Float, Float, Float]:
    """Return the score, the information and the highest probability of the active fits."""
    k, n = coefficients.shape
    score = np.zeros((n, k))
    products = np.zeros((n, k * (k + 1) // 2))
    highest = np.zeros(n)
    for place, mine in enumerate(parts):
        kept = [one for one in (part.only(active) for part in mine) if one is not None]
        for block in rows.blocks(place, every) if kept else ():
            for part in kept:
                x, _, mask = part.of(block)
                p = probabilities(x, coefficients[:, part.fits])
                if mask is not None:
                    p *= mask
                highest[part.fits] = np.maximum(highest[part.fits], p.max(axis=1))
                variance = p * (1.0 - p)
                if part.treated:
                    np.subtract(1.0 if mask is None else mask, p, out=p)
                else:
                    np.negative(p, out=p)
                score[part.fits] += p @ x.T
                products[part.fits] += variance @ pairs(x).T
    return score, products, highest
