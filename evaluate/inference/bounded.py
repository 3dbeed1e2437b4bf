"""An effect between two bounds, where some outcomes are not known.

Errors of the bounds are sums over units of what each adds to them, and over clusters where units
lie in clusters. The interval covers the effect, not the whole range between the bounds: where the
bounds lie apart, the effect cannot be near both ends at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Ints
from evaluate.inference.linear import Float

_FEWEST = 2  # observed outcomes of an arm: of one there is no variance
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Lost:
    """Two arms of which some outcomes are lost; the order of rows means nothing.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Outcome, NaN where it is lost.
    treated : ndarray of bool, shape (n,)
        Who had the programme, or the offer of it.
    cluster : ndarray of int, shape (n,), or None
        Code of each unit's cluster, from 0; ``None`` where every unit stands alone.
    weights : ndarray, shape (n,), or None
        Sampling weights above 0.
    """

    y: Float
    treated: Bools
    cluster: Ints | None = None
    weights: Float | None = None

    @property
    def observed(self) -> Bools:
        """Return whose outcome is known."""
        return ~np.isnan(self.y)

    @property
    def w(self) -> Float:
        """Return the weights, 1 where there are none."""
        return np.ones(len(self.y)) if self.weights is None else self.weights

    @property
    def df(self) -> float | None:
        """Return degrees of freedom: clusters less the two means; of individuals normal."""
        if self.cluster is None:
            return None
        return float(max(len(np.unique(self.cluster)) - 2, 1))


@dataclass(frozen=True, slots=True)
class Bounded:
    """Bounds of an effect in the unit of the outcome.

    Attributes
    ----------
    low, high : float
        The bounds.
    std_low, std_high : float
        Their standard errors.
    conf_low, conf_high : float
        Limits that hold the effect with the level of confidence, wherever between the bounds it
        lies.
    share : float
        Of the arm with more outcomes, the part that was trimmed; of worst cases, the part of all
        that was filled in.
    df : float or None
        Degrees of freedom behind the limits; ``None`` is normal.
    """

    low: float
    high: float
    std_low: float
    std_high: float
    conf_low: float
    conf_high: float
    share: float
    df: float | None


def require_observed(lost: Lost) -> None:
    """Refuse arms without outcomes.

    Parameters
    ----------
    lost : Lost
        Two arms.

    Raises
    ------
    Refused
        ``no_comparison``, ``all_missing`` or ``too_few_observed``.
    """
    for arm in (lost.treated, ~lost.treated):
        if not arm.any():
            raise Refused(
                "no_comparison",
                "all rows are of one group",
                "add rows of the other group",
            )
        n = int((arm & lost.observed).sum())
        if n == 0:
            raise Refused(
                "all_missing",
                "no outcome is known in one of the groups",
                "collect the outcome in both groups",
            )
        if n < _FEWEST:
            raise Refused(
                "too_few_observed",
                "a single outcome is known in one of the groups, so that nothing shows how they"
                " vary",
                "collect more outcomes",
            )


def std_error(added: Float, lost: Lost) -> float:
    """Return the standard error of what is a sum over units.

    Parameters
    ----------
    added : ndarray, shape (n,)
        What each unit adds to the estimate's error; its sum in each arm is 0.
    lost : Lost
        Clusters and arms. Each arm has its own correction for few clusters, n / (n - 1), where
        no cluster lies in both.
    """
    n = len(added)
    codes = np.arange(n) if lost.cluster is None else lost.cluster
    _, codes = np.unique(codes, return_inverse=True)
    sums = np.bincount(codes, added)
    share = np.bincount(codes, lost.treated) / np.bincount(codes)
    if np.isin(share, (0.0, 1.0)).all():
        arms = (sums[share == 1], sums[share == 0])
        if min(map(len, arms)) > 1:
            return sqrt(sum(len(one) / (len(one) - 1) * float(one @ one) for one in arms))
    return sqrt(len(sums) / max(len(sums) - 1, 1) * float(sums @ sums))


def between(
    bounds: tuple[float, float],
    errors: tuple[float, float],
    conf_level: float,
    df: float | None = None,
) -> tuple[float, float]:
    """Return an interval for an effect that lies between two estimated bounds.

    Parameters
    ----------
    bounds : tuple of float
        Lower and upper.
    errors : tuple of float
        Their standard errors.
    conf_level : float
        Probability with which the interval holds the effect, at the least.
    df : float, optional
        Degrees of freedom of Student's t in the place of the normal.

    Returns
    -------
    tuple of float
        Limits: those of an ordinary interval where the bounds are one, and of a one-sided one
        at each end where they lie far apart.

    References
    ----------
    Imbens, G. W. & Manski, C. F. (2004). Confidence intervals for partially identified
    parameters. Econometrica 72(6), equations 6 and 7.
    """
    from scipy.special import ndtr, stdtr

    def below(x: float) -> float:
        return float(ndtr(x) if df is None else stdtr(df, x))

    low, high = bounds
    widest = max(errors)
    apart = (high - low) / widest if widest > 0 else 0.0
    # Bisection: what is sought rises with the multiple, and lies between the two quantiles.
    left, right = 0.0, 1.0
    while below(right + apart) - below(-right) < conf_level:
        right *= 2
    for _ in range(_STEPS):
        middle = (left + right) / 2
        if below(middle + apart) - below(-middle) < conf_level:
            left = middle
        else:
            right = middle
    return low - right * errors[0], high + right * errors[1]
