"""How outcomes go with doses over sites: an association, unless doses were given by lot."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.network import Float
from evaluate.inference.t import t_quantile, two_sided_p

FEWEST_SITES = 4
_EXACT = 1e-12


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """A line through sites.

    Attributes
    ----------
    n : int
        Sites.
    slope, std_error, conf_low, conf_high, p_value : float
        Outcome per unit of dose.
    df : int
        Sites less two.
    correlation : float
        Spearman's, in [-1, 1].
    p_ranks : float
        Of no association, from shuffling doses over sites, two-sided.
    lowest, highest : float
        Of the slopes that remain when one site is left out.
    """

    n: int
    slope: float
    std_error: float
    conf_low: float
    conf_high: float
    p_value: float
    df: int
    correlation: float
    p_ranks: float
    lowest: float
    highest: float


def dose_response(
    dose: Float,
    outcome: Float,
    rng: np.random.Generator,
    *,
    draws: int = 9999,
    conf_level: float = 0.95,
) -> DoseResponse:
    """Return the line through sites, and what shuffling says of it.

    Parameters
    ----------
    dose, outcome : ndarray, shape (n,)
        One of each site; a site with NaN is left out.
    rng : numpy.random.Generator
        Source of chance.
    draws : int
        Shuffles.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``too_few_sites`` with fewer than four; ``one_dose`` when doses do not differ;
        ``no_variation`` when outcomes do not, or lie on the line.

    References
    ----------
    Weisberg (2014), Applied Linear Regression, chapter 2; Spearman (1904). R
    ``summary(lm(outcome ~ dose))``, ``cor(dose, outcome, method = "spearman")``.
    """
    there = ~(np.isnan(dose) | np.isnan(outcome))
    order = np.lexsort((outcome[there], dose[there]))
    x, y = dose[there][order], outcome[there][order]
    _require(x)
    slope, std_error = _line(x, y)
    df = len(x) - 2
    half = t_quantile((1 + conf_level) / 2, df) * std_error
    ranks = _ranks(x), _ranks(y)
    correlation = float(np.corrcoef(*ranks)[0, 1])
    without = [_slope(np.delete(x, i), np.delete(y, i)) for i in range(len(x))]
    left = [one for one in without if one is not None]
    return DoseResponse(
        len(x),
        slope,
        std_error,
        slope - half,
        slope + half,
        two_sided_p(slope / std_error, df),
        df,
        correlation,
        _shuffled(ranks, rng, draws),
        min(left),
        max(left),
    )


def _require(x: Float) -> None:
    if len(x) < FEWEST_SITES:
        raise Refused(
            "too_few_sites",
            f"{len(x)} sites have both a dose and an outcome, and a line through fewer than"
            f" {FEWEST_SITES} says nothing of how far it may be off",
            "collect doses and outcomes of more sites",
        )
    if x[0] == x[-1]:
        raise Refused(
            "one_dose",
            "all sites had the same dose, so that nothing can go with it",
            "leave the dose out",
        )


def _slope(x: Float, y: Float) -> float | None:
    around = x - x.mean()
    squares = float(around @ around)
    return float(around @ y) / squares if squares > 0 else None


def _line(x: Float, y: Float) -> tuple[float, float]:
    around = x - x.mean()
    squares = float(around @ around)
    slope = float(around @ y) / squares
    rest = y - y.mean() - slope * around
    left = float(rest @ rest)
    if left <= _EXACT * float(np.square(y).sum()):
        raise Refused(
            "no_variation",
            "outcomes do not differ between sites, or lie on a line, so that nothing tells how"
            " far the slope may be off",
            "check the outcome's column",
        )
    return slope, sqrt(left / (len(x) - 2) / squares)


def _ranks(values: Float) -> Float:
    """Return mean ranks, 1 the smallest."""
    _, at, number = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(number)
    middle: Float = (last - (number - 1) / 2)[at]
    return middle


def _shuffled(ranks: tuple[Float, Float], rng: np.random.Generator, draws: int) -> float:
    x, y = (one - one.mean() for one in ranks)
    observed = abs(float(x @ y))
    drawn = rng.permuted(np.tile(x, (draws, 1)), axis=1) @ y
    # Half ranks make sums of quarters: what differs by less is rounding.
    far = int((np.abs(drawn) >= observed - 1e-9 * max(1.0, observed)).sum())
    return (1 + far) / (1 + draws)
