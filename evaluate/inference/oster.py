"""Selection on what is hidden, in proportion to selection on what was observed.

With covariates the coefficient of treatment moves from b0 to b1 and R-squared from r0 to r1. The
outcome is b d + w1 + w2, where w1 is what the covariates and w2 what hidden factors, unrelated to
them, contribute; together with treatment they explain the share r of the outcome. Write v = b1 - b,
s for the sum of squares of treatment, t for what covariates leave of it, and y for the outcome's.
Least squares without and with the covariates then give

    cov(d, w2) = v t                      cov(d, w1) = (b0 - b1 + v) s - v t
    var(w2) = (r - r1) y + v^2 t          var(w1) = (r1 - r0) y + (b0 - b1 + v)^2 s - v^2 t

and proportional selection, delta cov(d, w1) / var(w1) = cov(d, w2) / var(w2), ties delta to v.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.exposure import Exposure
from evaluate.inference.linear import Float

TIMES = 1.3
# Real parts of roots of a polynomial are certain to about this share of the largest.
_REAL = 1e-7
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Proportional:
    """What follows when hidden selection is so many times that on observed covariates.

    Attributes
    ----------
    value : float
        The effect that is left.
    others : tuple of float
        Other effects that fit the same numbers, nearest first.
    delta, r_max : float
        What was assumed.
    """

    value: float
    others: tuple[float, ...]
    delta: float
    r_max: float


def largest_r2(found: Exposure, times: float = TIMES) -> float:
    """Return the share that treatment, covariates and hidden factors may explain at most.

    Parameters
    ----------
    found : Exposure
        The regressions.
    times : float
        How many times what was observed, from 1; 1.3 keeps nine of ten effects that chance
        assigned.

    References
    ----------
    Oster (2019), J. Business & Economic Statistics 37(2), section 4.
    """
    return min(1.0, times * found.r2)


def delta_for(found: Exposure, r_max: float | None = None, value: float = 0.0) -> float | None:
    """Return how many times as strong hidden selection must be for an effect to be another.

    Parameters
    ----------
    found : Exposure
        The regressions without and with covariates.
    r_max : float or None
        Share that all together explain; ``largest_r2`` by default.
    value : float
        That effect.

    Returns
    -------
    float or None
        Below 0 when hidden selection must run against that on covariates; ``None`` when none,
        however strong, would do, as with covariates that treatment has nothing to do with.

    Raises
    ------
    Refused
        ``no_covariates`` when covariates explain nothing; ``impossible_r2``.

    References
    ----------
    Oster (2019), proposition 3. Stata ``psacalc delta TREATED, rmax() beta()``; R
    ``robomit::o_delta``.
    """
    r_max = _checked(found, r_max)
    v = found.value - value
    own, other = _sides(found, r_max)
    above, below = float(np.polyval(other, v)), float(np.polyval(own, v))
    size = float(np.polyval(np.abs(own), abs(v)))
    if not abs(below) > _ROUNDING * size:
        return None
    delta = above / below
    return delta if isfinite(delta) else None


def effect_at(found: Exposure, r_max: float | None = None, delta: float = 1.0) -> Proportional:
    """Return the effect that is left when hidden selection is delta times that on covariates.

    Of several that fit, it is the nearest to the effect with covariates among those that hidden
    factors move on as the covariates did, in their own measure delta; else the nearest.

    Parameters
    ----------
    found : Exposure
        The regressions without and with covariates.
    r_max : float or None
        As in ``delta_for``.
    delta : float
        Selection on hidden factors, of which 1 is as much as on the covariates.

    Raises
    ------
    Refused
        ``no_covariates``; ``impossible_r2``; ``no_solution``.

    References
    ----------
    Oster (2019), propositions 2 and 3. Stata ``psacalc beta TREATED, rmax() delta()``; R
    ``robomit::o_beta``.
    """
    r_max = _checked(found, r_max)
    own, other = _sides(found, r_max)
    moves = _real_roots(delta * own - other, found)
    if not moves:
        raise Refused(
            "no_solution",
            "no effect fits selection of this size",
            "assume another size of selection",
        )
    way = delta * (found.raw - found.value)
    along = [v for v in moves if v * way > 0 or len(moves) == 1]
    order = sorted(moves, key=lambda v: (v not in along, abs(v), v))
    first, *rest = (found.value - v for v in order)
    return Proportional(first, tuple(rest), delta, r_max)


def _checked(found: Exposure, r_max: float | None) -> float:
    if not found.benchmarks:
        raise Refused(
            "no_covariates",
            "without covariates nothing tells how selection on them moves the effect",
            "name covariates from before the programme",
        )
    explained = found.r2 - found.r2_raw, 1 - found.treatment_left / found.treatment
    if max(explained) < _ROUNDING:
        raise Refused(
            "no_covariates",
            "the covariates explain nothing, neither of treatment nor of the outcome",
            "name covariates that may have moved both",
        )
    r_max = largest_r2(found) if r_max is None else r_max
    if not found.r2 < r_max <= 1:
        raise Refused(
            "impossible_r2",
            "what all factors explain must be more than treatment and covariates do, and at"
            " most everything",
            "give a largest R-squared between what was explained and 1",
        )
    return r_max


def _sides(found: Exposure, r_max: float) -> tuple[Float, Float]:
    """Return cov(d, w1) var(w2) and cov(d, w2) var(w1) as polynomials of v, highest first."""
    s, t = found.treatment, found.treatment_left
    moved = found.raw - found.value
    hidden = (r_max - found.r2) * found.outcome
    seen = (found.r2 - found.r2_raw) * found.outcome
    # Multiplied out: of covariates that treatment has nothing to do with s - t is 0, and a product
    # of polynomials would lose its highest power.
    own = [(s - t) * t, moved * s * t, hidden * (s - t), moved * s * hidden]
    other = [(s - t) * t, 2 * moved * s * t, (seen + moved**2 * s) * t, 0.0]
    return np.array(own), np.array(other)


def _real_roots(polynomial: Float, found: Exposure) -> list[float]:
    """Return the real roots, in units in which those that matter are about one."""
    unit = float(np.sqrt(found.outcome / found.treatment))
    scaled = polynomial * unit ** np.arange(len(polynomial) - 1, -1, -1.0)
    scaled = scaled / max(np.abs(scaled).max(), 1e-300)
    scaled[np.abs(scaled) < _ROUNDING] = 0.0
    roots = np.roots(scaled)
    real = roots[np.abs(roots.imag) <= _REAL * np.maximum(np.abs(roots), 1e-3)].real
    return [float(one) * unit for one in sorted(set(real.tolist()))]
