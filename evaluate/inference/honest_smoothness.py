"""Intervals that hold when trends differ, but by a difference that bends only so much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.inference.honest_coefficients import EventCoefficients

_HALVINGS = 60
_NEWTON = 12
_STILL = 1e-14


@dataclass(frozen=True, slots=True)
class Frontier:
    """Linear estimators of the overall effect from which none is both surer and less biased.

    Between two knots the weights are straight lines in the bias.

    Attributes
    ----------
    bias : ndarray, shape (k,)
        Largest bias by unit of M, increasing.
    weights : ndarray, shape (k, m)
        Of all coefficients, at each knot.
    """

    bias: Float
    weights: Float


def frontier(events: EventCoefficients) -> Frontier:
    """Return the estimators that trade bias for variance best.

    Every estimator keeps the overall effect's own weights after the reference and is exact
    under a straight difference in trends. Written by the weights w that it gives the second
    differences before the reference, its bias is M (|w|_1 + constant) and its variance
    quadratic in w, so that the best ones are the path of a lasso.

    Parameters
    ----------
    events : EventCoefficients
        With at least one coefficient before the reference.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90(5), section 4.1 and appendix B;
    Armstrong & Kolesar (2020), Quantitative Economics 11(1).
    """
    n = events.n_pre
    # Weight of the coefficient j periods before the reference: w_(j-1) - 2 w_j + w_(j+1), with
    # w_0 the overall effect's reach, and 0 beyond the first period.
    from_w = np.zeros((n, n + 2))
    for j in range(1, n + 1):
        from_w[n - j, j - 1 : j + 2] = (1.0, -2.0, 1.0)
    bend = from_w[:, 1:n]
    start = np.concatenate([events.reach * from_w[:, 0], events.weights])
    turn = np.vstack([bend, np.zeros((events.n_post, n - 1))])
    path = _lasso_path(turn.T @ events.covariance @ turn, turn.T @ events.covariance @ start)
    later = np.cumsum(np.cumsum(events.weights[::-1]))
    bias = np.abs(later).sum() + np.abs(path).sum(axis=1)
    return Frontier(bias, start + path @ turn.T)


def _lasso_path(square: Float, linear: Float) -> Float:
    """Return the knots of argmin w'Qw / 2 + q'w + k |w|_1 as k falls to 0, shape (knots, n)."""
    n = len(linear)
    w, knots = np.zeros(n), [np.zeros(n)]
    if not n:
        return np.array(knots)
    level = float(np.abs(linear).max())
    active = [int(np.abs(linear).argmax())]
    sign, dropped = -np.sign(linear), -1
    for _ in range(100 * n):
        if level <= 0:
            break
        step = np.zeros(n)
        step[active] = np.linalg.solve(square[np.ix_(active, active)], sign[active])
        slope, moves = linear + square @ w, square @ step
        event = np.full((n, 2), np.inf)  # how far the level falls until each weight joins or ends
        for j in range(n):
            if j in active:
                event[j, 0] = -w[j] / step[j] if w[j] * step[j] < 0 else np.inf
                continue
            ahead = [(level - slope[j], 1 + moves[j]), (level + slope[j], 1 - moves[j])]
            if j == dropped:  # it has just left one side and may only come to the other
                ahead.pop(int(slope[j] < 0))
            near = [max(gap, 0.0) / speed for gap, speed in ahead if speed > _STILL]
            event[j, 1] = min(near, default=np.inf)
        fall = min(float(event.min()), level)
        w, level = w + fall * step, level - fall
        dropped = -1
        if fall == event.min() and level > 0:
            j, joins = divmod(int(event.argmin()), 2)
            if joins:
                active.append(j)
                sign[j] = -np.sign((linear + square @ w)[j])
            else:
                active.remove(j)
                w[j], dropped = 0.0, j
        knots.append(w.copy())
    return np.array(knots)


def folded_quantile(bias: Float, conf_level: float) -> Float:
    """Return the quantile of the size of a normal with variance one and this mean.

    The same number as R ``sqrt(qchisq(conf_level, 1, ncp = bias^2))``.

    Parameters
    ----------
    bias : ndarray
        Means, not negative.
    conf_level : float
        Probability, in (0, 1).
    """
    from scipy.special import ndtr, ndtri

    value: Float = bias + ndtri((1 + conf_level) / 2)  # above the root, where the function bends
    for _ in range(_NEWTON):
        gap = ndtr(value - bias) - ndtr(-value - bias) - conf_level
        density = np.exp(-((value - bias) ** 2) / 2) + np.exp(-((value + bias) ** 2) / 2)
        value = value - gap * np.sqrt(2 * np.pi) / density
    return value


def shortest_interval(
    events: EventCoefficients, curve: Frontier, m: float, conf_level: float
) -> tuple[float, float]:
    """Return the centre and half-width of the shortest interval of fixed length.

    Parameters
    ----------
    events : EventCoefficients
        Coefficients.
    curve : Frontier
        As ``frontier`` gives it.
    m : float
        How much the difference in trends may change from one period to the next, not negative,
        in the outcome's unit.
    conf_level : float
        Coverage probability.

    References
    ----------
    Rambachan & Roth (2023), equation (18). R ``HonestDiD::createSensitivityResults(method =
    "FLCI")``.
    """
    low, high = float(curve.bias[0]), float(curve.bias[-1])
    if m == 0 or len(curve.bias) == 1:
        low = high
    # Convex in the bias: its derivative changes sign once, which tells the place to the last
    # digit, where values beside the least one are all alike.
    for _ in range(_HALVINGS if low < high else 0):
        middle = (low + high) / 2
        rising = _derivative(events, curve, m, middle, conf_level) > 0
        low, high = (low, middle) if rising else (middle, high)
    weights = _between(curve, np.array([high]))[0]
    spread = float(np.sqrt(weights @ events.covariance @ weights))
    half = spread * folded_quantile(np.array([m * high / spread]), conf_level)[0]
    return float(weights @ events.effect), float(half)


def _derivative(
    events: EventCoefficients, curve: Frontier, m: float, bias: float, conf_level: float
) -> float:
    """Return how the half-width changes with the bias, between two knots."""
    at = int(np.clip(np.searchsorted(curve.bias, bias, "right"), 1, len(curve.bias) - 1))
    step = (curve.weights[at] - curve.weights[at - 1]) / (curve.bias[at] - curve.bias[at - 1])
    weights = curve.weights[at - 1] + (bias - curve.bias[at - 1]) * step
    spread = float(np.sqrt(weights @ events.covariance @ weights))
    slope = float(weights @ events.covariance @ step) / spread
    mean = m * bias / spread
    value = float(folded_quantile(np.array([mean]), conf_level)[0])
    # Of the quantile by the mean: the densities of both tails, weighed.
    near, far = np.exp(-((value - mean) ** 2) / 2), np.exp(-((value + mean) ** 2) / 2)
    turn = float((near - far) / (near + far))
    return slope * value + turn * (m - mean * slope)


def _between(curve: Frontier, bias: Float) -> Float:
    """Return the weights of estimators by their bias, straight lines between the knots."""
    columns = [np.interp(bias, curve.bias, column) for column in curve.weights.T]
    return np.column_stack(columns)
