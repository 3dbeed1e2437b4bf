"""Intervals that hold when trends part no faster than they did before, times a factor.

For one period and sign of the largest difference before, whether a value of the overall effect
can be true is a set of linear inequalities in the differences after the start. All its dual
solutions depend on the data through two numbers only: U, the overall effect less that value,
and V, the difference before. With c_t the overall effect's weights of the differences from
period t - 1 to t, and s_t+ and s_t- the standard errors of the two moments of period t, the
statistic is the largest of (U - M |c|_1 V) / s_up, (-U - M |c|_1 V) / s_down and
-2 M V / (s_t+ + s_t-). Critical values then follow from a plane, without simulation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.inference.honest_coefficients import EventCoefficients

# Share of the error that the first, least favourable stage may make.
FIRST_STAGE = 0.1
_ANGLES, _NEWTON, _POINTS, _HALVINGS = 2048, 12, 801, 50
_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class _Plane:
    """The tests of all k periods and signs, in the plane of U and V.

    Attributes
    ----------
    before : ndarray, shape (k,)
        V.
    covariance : ndarray, shape (k, 2, 2)
        Of U and V.
    directions : ndarray, shape (k, 4, 2)
        What the statistic is the largest of, as weights of U and V.
    critical : ndarray, shape (k,)
        Least favourable critical value of the first stage.
    """

    before: Float
    covariance: Float
    directions: Float
    critical: Float


@dataclass(frozen=True, slots=True)
class Inverted:
    """The values that are not rejected.

    Attributes
    ----------
    conf_low, conf_high : float
        The outermost of them.
    connected : bool
        Whether all between them are not rejected either.
    """

    conf_low: float
    conf_high: float
    connected: bool


def relative_interval(events: EventCoefficients, m: float, conf_level: float) -> Inverted:
    """Return the confidence set under relative magnitudes, as its outermost values.

    The hybrid of the conditional and the least favourable test, over moments after the
    reference only, united over the period and the sign of the largest difference before it.

    Parameters
    ----------
    events : EventCoefficients
        With at least one coefficient before the reference.
    m : float
        How many times the largest difference between neighbouring periods before the
        reference those after it may be; not negative.
    conf_level : float
        Coverage probability.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90(5), section 3; Andrews, Roth & Pakes
    (2023), Review of Economic Studies 90(6). R
    ``HonestDiD::createSensitivityResults_relativeMagnitudes(method = "C-LF")``, whose limits
    are points of a grid and whose first stage is simulated.
    """
    plane = _plane(events, m, 1 - conf_level)
    up, down = plane.directions[:, 0], plane.directions[:, 1]
    centre = events.overall
    low = centre - (plane.critical - up[:, 1] * plane.before) / up[:, 0]
    high = centre - (plane.critical - down[:, 1] * plane.before) / down[:, 0]
    some = np.flatnonzero(low < high)
    plane = _kept(plane, some)
    theta = np.linspace(low[some], high[some], _POINTS, axis=1)
    accepted = _accepts(plane, centre - theta, 1 - conf_level)
    held = np.flatnonzero(accepted.any(axis=1))
    plane, theta, accepted = _kept(plane, held), theta[held], accepted[held]
    rows = np.arange(len(theta))
    first = accepted.argmax(axis=1)
    last = _POINTS - 1 - accepted[:, ::-1].argmax(axis=1)
    ends = []
    for at, beyond in (
        (first, np.maximum(first - 1, 0)),
        (last, np.minimum(last + 1, _POINTS - 1)),
    ):
        ends.append(_end(plane, theta[rows, at], theta[rows, beyond], centre, 1 - conf_level))
    lowest, highest = float(ends[0].min()), float(ends[1].max())
    between = np.linspace(lowest, highest, _POINTS + 2)[1:-1]
    found = _accepts(plane, np.tile(centre - between, (len(rows), 1)), 1 - conf_level)
    return Inverted(lowest, highest, bool(found.any(axis=0).all()))


def _kept(plane: _Plane, which: Integer) -> _Plane:
    return _Plane(
        plane.before[which],
        plane.covariance[which],
        plane.directions[which],
        plane.critical[which],
    )


def _end(plane: _Plane, inside: Float, outside: Float, centre: float, alpha: float) -> Float:
    """Return where acceptance ends between an accepted value and the rejected one beside it."""
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        holds = _accepts(plane, centre - middle[:, None], alpha)[:, 0]
        inside, outside = np.where(holds, middle, inside), np.where(holds, outside, middle)
    return inside


def _plane(events: EventCoefficients, m: float, alpha: float) -> _Plane:
    n, sigma = events.n_pre, events.covariance
    steps = np.diff(np.eye(n + 1)[:, :n], axis=0)  # the reference comes last, and is 0
    steps = np.hstack([steps, np.zeros((n, events.n_post))])
    steps = np.vstack([steps, -steps])
    after = np.hstack([np.zeros((events.n_post, n)), np.eye(events.n_post)])
    after[1:] -= after[:-1].copy()
    share = np.cumsum(events.weights[::-1])[::-1]
    before = np.sum((steps @ sigma) * steps, axis=1)
    own = np.sum((after @ sigma) * after, axis=1)
    shared = steps @ sigma @ after.T
    common = own + m**2 * before[:, None]
    above = np.sqrt(np.maximum(common - 2 * m * shared, 0.0))
    below = np.sqrt(np.maximum(common + 2 * m * shared, 0.0))
    plus, minus = np.maximum(share, 0.0), np.maximum(-share, 0.0)
    size = m * np.abs(share).sum()
    pair = above + below
    k = len(steps)
    directions = np.empty((k, 4, 2))
    directions[:, 0] = np.array([1.0, -size]) / (above @ plus + below @ minus)[:, None]
    directions[:, 1] = np.array([-1.0, -size]) / (above @ minus + below @ plus)[:, None]
    # The two moments of a period together, of which only the extremes can be the largest.
    directions[:, 2:, 0] = 0.0
    directions[:, 2, 1], directions[:, 3, 1] = -2 * m / pair.min(1), -2 * m / pair.max(1)
    covariance = np.empty((k, 2, 2))
    covariance[:, 0, 0], covariance[:, 1, 1] = events.std_error**2, before
    covariance[:, 0, 1] = covariance[:, 1, 0] = steps @ sigma @ events.towards
    critical = _least_favourable(directions, covariance, FIRST_STAGE * alpha)
    return _Plane(steps @ events.effect, covariance, directions, critical)


def _least_favourable(directions: Float, covariance: Float, level: float) -> Float:
    """Return what the statistic exceeds with this probability when all moments bind.

    Along each angle of the plane the statistic is the radius times g, and the squared radius
    is chi-squared with two degrees of freedom: the probability is the mean of exp(-x^2/2g^2).
    """
    root = np.linalg.cholesky(covariance)
    angle = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    g = np.max(directions @ root @ circle, axis=1)
    rate = -0.5 / np.maximum(g, 1e-100) ** 2  # what is never positive has no mass
    x = np.sqrt(-2 * np.log(level)) * g.max(axis=1)  # more than the root: all mass at the largest
    for _ in range(_NEWTON):
        mass = np.exp(rate * x[:, None] ** 2)
        slope = 2 * x * np.sum(rate * mass, axis=1) / mass.sum(axis=1)
        x = x - (np.log(mass.mean(axis=1)) - np.log(level)) / slope
    result: Float = x
    return result


def _accepts(plane: _Plane, u: Float, alpha: float) -> NDArray[np.bool_]:
    """Return whether values with these U are not rejected, shape (k, values)."""
    from scipy.special import ndtr

    rows = np.arange(len(u))[:, None]
    moments = (
        plane.directions[:, :, :1] * u[:, None]
        + (plane.directions[:, :, 1] * plane.before[:, None])[:, :, None]
    )
    best = moments.argmax(axis=1)
    eta = np.take_along_axis(moments, best[:, None], axis=1)[:, 0]
    products = plane.directions @ plane.covariance @ plane.directions.transpose(0, 2, 1)
    variance = products[rows, best, best]
    spread = np.sqrt(variance)
    known = variance > 0  # at M = 0 what is largest may be a constant 0, which rejects nothing
    ratio = products[rows, best] / np.where(known, variance, 1.0)[:, :, None]
    ratio = ratio.transpose(0, 2, 1)
    rest, gap = moments - ratio * eta[:, None], 1 - ratio
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = rest / gap
    low = np.where(gap > _SAME, bound, -np.inf).max(axis=1)
    high = np.where(gap < -_SAME, bound, np.inf).min(axis=1)
    high = np.minimum(high, plane.critical[:, None])
    scale = np.where(known, spread, 1.0)
    tail, top, all_ = (ndtr(-one / scale) for one in (eta, high, np.minimum(low, eta)))
    level = (alpha - FIRST_STAGE * alpha) / (1 - FIRST_STAGE * alpha)
    rejected = (eta > high) | ((eta > 0) & (tail - top < level * (all_ - top)))
    result: NDArray[np.bool_] = ~(rejected & known)
    return result
