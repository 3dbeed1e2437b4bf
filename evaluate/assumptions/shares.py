"""A yes or no as a normal variable above a threshold: weights that give what is declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome
from evaluate.assumptions.normal import (
    correlation_for,
    covariance_above,
    density,
    threshold,
)
from evaluate.errors import Refused


@dataclass(frozen=True, slots=True)
class Weights:
    """How a latent normal variable is put together.

    Attributes
    ----------
    cut : float
        A yes is what exceeds it.
    between, left : float
        Its variance between clusters, and what neither they nor covariates explain.
    covariates : tuple of float
        Its variance by covariate.
    """

    cut: float
    between: float
    left: float
    covariates: tuple[float, ...]


@cache
def weights_for(share: float, icc: float, covariates: tuple[AssumedCovariate, ...]) -> Weights:
    """Return the weights at which a yes or no has a share, a correlation and covariates' R².

    Two members of a cluster share its effect, so that their outcomes covary by
    ``icc`` x ``share`` (1 - ``share``); a covariate that explains a share R² of the variance
    within clusters covaries with the outcome by the root of R² x ``share`` (1 - ``share``)
    (1 - ``icc``), in its own standard deviations.

    Parameters
    ----------
    share : float
        Of those who answer yes, in 0..1.
    icc : float
        Correlation of two members of a cluster.
    covariates : tuple of AssumedCovariate
        What explains the rest.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when covariates and clusters explain more of a yes or no
        than can be.
    """
    variance = share * (1 - share)
    cut = threshold(share)
    if not variance:
        return Weights(cut, 0.0, 1.0, tuple(0.0 for _ in covariates))
    between = _needed(cut, cut, icc * variance)
    parts = tuple(_explained(cut, one, one.strength * variance * (1 - icc)) for one in covariates)
    left = 1 - between - sum(parts)
    if left < 0:
        raise _too_strong()
    return Weights(cut, between, left, parts)


def moved(weights: Weights, share: float, icc: float) -> Weights:
    """Return the weights at another share: covariates keep their part of what is in clusters.

    Parameters
    ----------
    weights : Weights
        At the share without the programme.
    share : float
        With it, in 0..1.
    icc : float
        Correlation of two members of a cluster, the same as without.

    Raises
    ------
    Refused
        ``impossible_assumptions`` when no variable has that correlation.
    """
    alone = weights_for(share, icc, ())
    kept = (1 - alone.between) / (1 - weights.between)
    parts = tuple(one * kept for one in weights.covariates)
    return Weights(alone.cut, alone.between, weights.left * kept, parts)


def _explained(cut: float, covariate: AssumedCovariate, variance: float) -> float:
    """Return the latent variance at which a covariate explains a variance of a yes or no."""
    if not variance:
        return 0.0
    if covariate.sd:
        height = density(cut) ** 2
        if variance > height:  # also where so few answer yes that it is nothing
            raise _too_strong()
        return float(variance / height)
    spread = covariate.mean * (1 - covariate.mean)
    return _needed(cut, threshold(covariate.mean), float(np.sqrt(variance * spread))) ** 2


def _needed(first: float, second: float, covariance: float) -> float:
    found = correlation_for(first, second, covariance) if covariance else 0.0
    if found is None:
        raise _too_strong()
    return found


def _too_strong() -> Refused:
    return Refused(
        "impossible_assumptions",
        "clusters and covariates explain more of a yes or no than its share allows: one that few"
        " or nearly all answer with yes can only be foretold in part",
        "lower the strength of the covariates or the icc",
    )


def persistence(
    assumed: AssumedOutcome, covariates: Sequence[AssumedCovariate], *, clustered: bool
) -> float:
    """Return the latent correlation in neighbouring periods that gives the one declared.

    Parameters
    ----------
    assumed : AssumedOutcome
        A yes or no.
    covariates : sequence of AssumedCovariate
        Constant over time, so that they are part of a person's correlation.
    clustered : bool
        Whether it is the clusters' effects that are correlated over time.
    """
    again, share = assumed.autocorrelation or 0.0, assumed.baseline
    variance = share * (1 - share)
    if not again or not variance or (clustered and not assumed.icc):
        return 0.0
    cut = threshold(share)
    weights = weights_for(share, assumed.icc if clustered else 0.0, tuple(covariates))
    if clustered:
        return _needed(cut, cut, again * assumed.icc * variance) / weights.between
    constant = sum(weights.covariates)
    return max(0.0, _needed(cut, cut, again * variance) - constant) / (1 - constant)


def least_correlation(assumed: AssumedOutcome, covariates: Sequence[AssumedCovariate]) -> float:
    """Return the correlation of a person's values in two periods that covariates alone give.

    Parameters
    ----------
    assumed : AssumedOutcome
        A number, or a yes or no.
    covariates : sequence of AssumedCovariate
        Constant over time.

    Raises
    ------
    Refused
        As ``weights_for``.
    """
    if assumed.sd is not None:
        return sum(one.strength for one in covariates)
    share = assumed.baseline
    variance = share * (1 - share)
    if not variance:
        return 0.0
    weights = weights_for(share, 0.0, tuple(covariates))
    return covariance_above(weights.cut, weights.cut, sum(weights.covariates)) / variance
