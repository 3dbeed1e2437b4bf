"""What selecting people at a low would give without any programme."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.linear import Float, GroupMoments, fit
from evaluate.inference.paired_change import Labels
from evaluate.inference.t import t_quantile, two_sided_p

_FEWEST = 3
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A change with what selection alone gives taken off.

    Attributes
    ----------
    change, std_error, df, conf_low, conf_high, p_value : float
        Of somebody who started at the reference mean.
    slope : float
        Of the value after on the value before.
    tipping_mean : float or None
        The reference mean at which nothing would be left of the change; ``None`` where the
        slope is one, so that no reference mean matters.
    """

    change: float
    std_error: float
    df: float
    conf_low: float
    conf_high: float
    p_value: float
    slope: float
    tipping_mean: float | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who was chosen of a population whose values are normal.

    Attributes
    ----------
    sd : float
        Standard deviation of the population.
    cutoff : float
        Value that decided.
    below : bool
        Whether those below it were chosen, else those above.
    """

    sd: float
    cutoff: float
    below: bool


def by_selection(selected: float, population: float, correlation: float) -> float:
    """Return the change that is expected of a selected group without any programme.

    Parameters
    ----------
    selected : float
        The group's mean before.
    population : float
        Mean of those it was selected from.
    correlation : float
        Of two measurements of the same people in that population, without a programme.

    References
    ----------
    James (1973), Biometrics 29(1), section 2: (1 - r) (population - selected).
    """
    return (1 - correlation) * (population - selected)


def by_cutoff(mean: float, chosen: Chosen, correlation: float) -> float:
    """Return the change that is expected of all on one side of a cutoff, without any programme.

    Parameters
    ----------
    mean : float
        Of the population before.
    chosen : Chosen
        Its spread, and who was chosen.
    correlation : float
        As in ``by_selection``.

    Returns
    -------
    float
        Positive where those below were chosen.

    References
    ----------
    Davis (1976), American Journal of Epidemiology 104(5), eq. 1; Barnett, van der Pols & Dobson
    (2005), International Journal of Epidemiology 34(1), eq. 1: sd (1 - r) phi(z) / Phi(z).
    """
    from scipy.special import ndtr

    sign = 1 if chosen.below else -1
    z = sign * (chosen.cutoff - mean) / chosen.sd
    share = float(ndtr(z))
    if not share > 0:
        return 0.0
    return sign * chosen.sd * (1 - correlation) * exp(-(z**2) / 2) / sqrt(2 * pi) / share


def mee_chua(
    before: Float,
    after: Float,
    population: float,
    cluster: Labels | None = None,
    conf_level: float = 0.95,
) -> Adjusted:
    """Return the change of somebody who started at the mean of the population.

    After is regressed on before; with clusters the error is CR2 with Satterthwaite's df.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        Of the same people, without missing ones.
    population : float
        Mean before of those that they were selected from, taken as known.
    cluster : ndarray, shape (n,), or None
        What each person belongs to.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``too_few_units`` with fewer than three people; ``no_variation`` where before does not
        vary or after lies on a line; as in ``cluster_spread``.

    References
    ----------
    Mee & Chua (1991), The American Statistician 45(1), eq. 4; R ``lm(after ~ I(before -
    population))``, whose constant is held against ``population``.
    """
    n = len(before)
    if n < _FEWEST:
        raise Refused("too_few_units", "fewer than three people have both values", "add people")
    x, y = before - population, after - population
    away = before - before.mean()
    varies = away @ away > _ROUNDING**2 * n * max(float(np.abs(before).max()) ** 2, 1e-300)
    slope = float(away @ after / (away @ away)) if varies else 0.0
    change = float(y.mean() - slope * x.mean())
    left = y - change - slope * x
    if not (
        varies and left @ left > _ROUNDING**2 * n * max(float(np.abs(after).max()), 1e-150) ** 2
    ):
        raise Refused(
            "no_variation",
            "the values before do not vary, or those after follow from them",
            "check both columns",
        )
    if cluster is None:
        variance = left @ left / (n - 2) * (1 / n + x.mean() ** 2 / (away @ away))
        error, df = sqrt(float(variance)), float(n - 2)
    else:
        moments = _moments(x, y, cluster)
        found = cluster_spread(moments, fit(moments), np.array([1.0, 0.0]), "CR2")
        error, df = found.std_error, found.df
    half = t_quantile((1 + conf_level) / 2, df) * error
    mean = float(after.mean() - slope * before.mean()) / (1 - slope) if slope != 1 else None
    p = two_sided_p(change / error, df)
    return Adjusted(change, error, df, change - half, change + half, p, slope, mean)


def _moments(x: Float, y: Float, cluster: Labels) -> GroupMoments:
    _, codes = np.unique(cluster.astype(str), return_inverse=True)
    order = np.lexsort((y, x, codes))
    codes, rows = codes[order], np.column_stack([np.ones(len(x)), x, y])[order]
    products = rows[:, :, None] * rows[:, None, :]
    every = np.zeros((int(codes[-1]) + 1, 3, 3))
    np.add.at(every, codes, products)
    every = every[np.lexsort((every[:, 2, 2], every[:, 1, 1], every[:, 0, 0]))]
    counts = np.rint(every[:, 0, 0]).astype(np.int64)
    return GroupMoments(counts, every[:, :2, :2], every[:, :2, 2], every[:, 2, 2])
