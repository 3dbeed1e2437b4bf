"""A smooth expectation of draws given some of what they rest on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_KNOTS, _MOST_KNOTS, _DRAWS_PER_KNOT = 40, 160, 5
_PENALTIES = np.logspace(-12, 6, 91)  # relative to the best-determined direction
_NOTHING, _LEANING = 1e-9, 1e-6


def smooth(parameters: Floats, outcomes: Floats) -> Floats:
    """Return the expectation of each outcome given all parameters, at every draw.

    A regression on a linear part and on cubes of the distance to knots, the roughness of which is
    penalised: in one dimension a cubic smoothing spline of low rank.

    Parameters
    ----------
    parameters : ndarray, shape (s, p)
        Draws; their order makes no difference.
    outcomes : ndarray, shape (s, k)
        The same draws.

    Returns
    -------
    ndarray, shape (s, k)
        Each column has the mean of its outcome.

    Raises
    ------
    ValueError
        If there are too few draws.

    References
    ----------
    Wood (2017), on additive models, 2nd ed., sections 5.5 and 6.2 (thin plate splines,
    generalised cross-validation). In R: ``fitted(mgcv::gam(y ~ s(x, bs = "tp")))``.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 201)[:, None]
    >>> bool(np.abs(smooth(x, np.sin(3 * x)) - np.sin(3 * x)).max() < 1e-3)
    True
    """
    mean = outcomes.mean(axis=0)
    points = _directions(parameters)
    n, p = points.shape
    if p == 0:
        return np.broadcast_to(mean, outcomes.shape).copy()
    if n < 4 * (p + 2):
        raise ValueError("too few draws for a regression on the parameters")
    linear, _ = np.linalg.qr(np.column_stack([np.ones(n), points]))
    knots = _knots(points)
    rough = _rough(points, knots) if len(knots) > p + 2 else np.zeros((n, 0))
    rough -= linear @ (linear.T @ rough)
    fitted = linear @ (linear.T @ outcomes)
    return fitted + _penalised(rough, outcomes - fitted, p + 1)


def _directions(parameters: Floats) -> Floats:
    """Return the parameters in standard units, without those that follow from the others."""
    centred = parameters - parameters.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    moving = spread > _NOTHING * np.abs(parameters).max(axis=0)
    scaled = centred[:, moving] / spread[moving]
    values, vectors = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    # A direction may point either way; always the same way, so that the knots are the same.
    first = np.argmax(np.abs(vectors) > _LEANING, axis=0)
    vectors = vectors * np.sign(vectors[first, np.arange(len(values))])
    return np.asarray(scaled @ vectors[:, values > _NOTHING])


def _knots(points: Floats) -> Floats:
    """Return knots spread over the draws, the same whatever their order."""
    n, p = points.shape
    wanted = min(_KNOTS * p, _MOST_KNOTS, n // _DRAWS_PER_KNOT)
    # Evenly by rank in the widest direction; in the others, draws are as good as a design.
    ordered = points[np.lexsort(points.T)]
    return np.unique(ordered[np.linspace(0, n - 1, wanted).round().astype(int)], axis=0)


def _rough(points: Floats, knots: Floats) -> Floats:
    """Return the curved part of the basis, scaled so that its penalty is the sum of squares."""
    p = points.shape[1]
    # Weights on the knots that leave straight lines alone: there the penalty is definite.
    straight = np.column_stack([np.ones(len(knots)), knots])
    free = np.linalg.qr(straight, mode="complete")[0][:, p + 1 :]
    values, vectors = np.linalg.eigh(free.T @ _cubes(knots, knots) @ free)
    kept = values > _NOTHING**1.5 * values[-1]
    return np.asarray(_cubes(points, knots) @ (free @ (vectors[:, kept] / np.sqrt(values[kept]))))


def _cubes(points: Floats, knots: Floats) -> Floats:
    square = np.zeros((len(points), len(knots)))
    for column, knot in zip(points.T, knots.T, strict=True):
        square += (column[:, None] - knot) ** 2
    return np.asarray(square * np.sqrt(square))


def _penalised(rough: Floats, residual: Floats, fixed: int) -> Floats:
    """Return the fit of residuals by the curved part, its penalty chosen for each outcome."""
    n = len(residual)
    values, vectors = np.linalg.eigh(rough.T @ rough)
    kept = values > _NOTHING**1.5 * max(values.max(initial=0.0), 0.0)
    values, vectors = values[kept], vectors[:, kept]
    if not values.size:
        return np.zeros_like(residual)
    scores = vectors.T @ (rough.T @ residual)
    total = (residual**2).sum(axis=0)
    weights = values / (values + _PENALTIES[:, None] * values[-1])
    used = fixed + weights.sum(axis=1)
    explained = (2 * weights - weights**2) @ (scores**2 / values[:, None])
    loss = np.maximum(total - explained, 0.0) / (np.maximum(n - used, 1.0) ** 2)[:, None]
    best = weights[loss.argmin(axis=0)].T
    return np.asarray(rough @ (vectors @ (best * scores / values[:, None])))
