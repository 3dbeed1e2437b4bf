"""What is measured after the programme: numbers, and yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.covariates import Drawn
from evaluate.assumptions.definition import AssumedOutcome
from evaluate.assumptions.shares import moved, persistence, weights_for
from evaluate.assumptions.units import Units

Float = NDArray[np.float64]


def draw_outcome(
    assumed: AssumedOutcome,
    lift: Float,
    units: Units,
    covariates: Sequence[Drawn],
    rng: np.random.Generator,
) -> Float:
    """Draw an outcome for each row.

    Of a number, the mean without the programme is ``baseline`` and the standard deviation
    ``sd``, of whose square the share ``icc`` lies between clusters; of what lies within them a
    covariate explains the share ``strength``. The programme adds ``lift`` to a row and changes
    nothing else. A yes or no is a normal variable of the same make above a threshold, so cut
    and so weighted that share, correlation within clusters and covariates' R² (of a linear
    regression) are those declared; at the share with the programme the correlation within
    clusters still is, and covariates keep their part of the normal variable.

    Over periods a cluster's effect, or all that a person has beyond covariates, is an
    autoregression of order one.

    Parameters
    ----------
    assumed : AssumedOutcome
        What is expected.
    lift : ndarray, shape (n,)
        What the programme and time add to each row's mean.
    units : Units
        The rows.
    covariates : sequence of Drawn
        Of the people.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray, shape (n,)
        In the outcome's unit, or 0 and 1.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no distribution of a yes or no fits.
    """
    if assumed.sd is None:
        return _share(assumed, lift, units, covariates, rng)
    explained = sum(one.assumed.strength for one in covariates)
    icc = assumed.icc if units.clustered else 0.0
    again = assumed.autocorrelation or 0.0
    if not units.clustered and explained:
        again = max(0.0, again - explained) / (1 - explained)
    strengths = [one.assumed.strength * (1 - icc) for one in covariates]
    left = 1 - icc - sum(strengths)
    people = [one.standard for one in covariates]
    deviation = _mixed(
        (icc, left), zip(strengths, people, strict=True), _noise(units, again, rng), units
    )
    return assumed.baseline + lift + assumed.sd * deviation


def _share(
    assumed: AssumedOutcome,
    lift: Float,
    units: Units,
    covariates: Sequence[Drawn],
    rng: np.random.Generator,
) -> Float:
    again = persistence(assumed, [one.assumed for one in covariates], clustered=units.clustered)
    noise = _noise(units, again, rng)
    icc = assumed.icc if units.clustered else 0.0
    people = [one.latent for one in covariates]
    without = weights_for(assumed.baseline, icc, tuple(one.assumed for one in covariates))
    value = np.zeros(len(lift))
    for level in np.unique(lift):
        share = min(max(assumed.baseline + float(level), 0.0), 1.0)  # but for rounding
        weights = moved(without, share, icc)
        parts = zip(weights.covariates, people, strict=True)
        latent = _mixed((weights.between, weights.left), parts, noise, units)
        rows = lift == level
        value[rows] = latent[rows] > weights.cut
    return value


def _mixed(
    variances: tuple[float, float],
    covariates: Iterable[tuple[float, Float]],
    noise: tuple[Float, Float],
    units: Units,
) -> Float:
    """Return the weighted sum of a cluster's effect, covariates and what is left; variance 1."""
    (between, left), (effect, rest) = variances, noise
    total: Float = np.sqrt(left) * rest
    if between:
        total += np.sqrt(between) * effect[units.unit, units.period]
    for strength, values in covariates:
        if strength:
            total += np.sqrt(strength) * values[units.person]
    return total


def _noise(units: Units, again: float, rng: np.random.Generator) -> tuple[Float, Float]:
    """Draw the clusters' effects, shape (units, periods), and what each row has besides."""
    if units.followed:
        effect = autoregression(len(units.stratum), units.periods, again, rng)
        own = autoregression(units.people, units.periods, again, rng)
        return effect, own[units.person, units.period]
    if units.clustered:
        effect = autoregression(len(units.stratum), units.periods, again, rng)
        return effect, rng.standard_normal(len(units.unit))
    own = autoregression(len(units.stratum), units.periods, again, rng)
    return own[:, :0], own[units.unit, units.period]


def autoregression(units: int, periods: int, correlation: float, rng: np.random.Generator) -> Float:
    """Draw stationary series of order one with variance 1, shape (units, periods).

    Parameters
    ----------
    units, periods : int
        Series, and their length.
    correlation : float
        Of neighbours.
    rng : numpy.random.Generator
        Source of chance.
    """
    series = rng.standard_normal((units, periods))
    fresh = np.sqrt(1 - correlation**2)
    for period in range(1, periods):
        series[:, period] = correlation * series[:, period - 1] + fresh * series[:, period]
    return series
