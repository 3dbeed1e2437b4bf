"""A difference of means whose weights or predictions were themselves estimated.

Each mean is a ratio of sums over units whose terms move with coefficients c of a fitted model.
The model and the means are one system of estimating equations. Leaving a cluster g out moves c
by one Newton step, (A - A_g)^-1 s_g, with A the model's information and s its scores, and the
mean by what then becomes of the ratio. The squares of these moves are the variance: it counts
that the model was estimated, and how much each cluster decided its own part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Groups
from evaluate.inference.linear import NOTHING_LEFT, Float
from evaluate.inference.one_step import Part, in_order, solved

Estimands = Literal["ATT", "ATE", "ATO"]
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two means and its uncertainty.

    Attributes
    ----------
    value : float
        First mean less second.
    influence : ndarray, shape (n,)
        Of each unit on the value, with sum 0, without regard to leverage.
    variance : float
        Of the leave-one-cluster-out jackknife around the value, from one-step refits.
    df : float
        Satterthwaite's, of ``reference_df``.
    """

    value: float
    influence: Float
    variance: float
    df: float


def difference(parts: tuple[Part, Part], groups: Groups) -> Difference:
    """Return a difference of two estimated means.

    Parameters
    ----------
    parts : tuple of Part
        The treated's mean, and what it is compared with.
    groups : Groups
        The units behind them.

    Returns
    -------
    Difference
        Value, influence, variance and degrees of freedom.

    Raises
    ------
    Refused
        ``one_cluster`` with a single cluster on a side; ``no_variation``.

    References
    ----------
    Stefanski & Boos (2002), The American Statistician 56(1), on stacked equations; Mancl &
    DeRouen (2001), Biometrics 57(1), and MacKinnon, Nielsen & Webb (2023), J. Applied
    Econometrics 38(5), on what a cluster decides itself. R
    ``sandwich::vcovCL(type = "HC0")`` of stacked equations (geex) without the last.
    """
    reference_df(groups)  # refuses a group that lies in a single cluster
    value = parts[0].mean - parts[1].mean
    first, second = solved(parts[0]), solved(parts[1])
    influence = first.influence() - second.influence()
    if groups.cluster is None:
        moves = first.moves_alone() - second.moves_alone()
    else:
        held = in_order(groups.cluster)
        moves = first.moves_together(*held) - second.moves_together(*held)
    variance = float(moves @ moves) * (len(moves) - 1) / len(moves)
    require_variance(variance, groups.y)
    return Difference(value, influence, variance, reference_df(groups, moves))


def difference_at_fixed_weights(parts: tuple[Part, Part], groups: Groups) -> Difference:
    """Return a difference of two weighted means as if nothing had been estimated before.

    Parameters
    ----------
    parts : tuple of Part
        The treated's mean, and what it is compared with.
    groups : Groups
        The units behind them.

    Returns
    -------
    Difference
        Its variance is HC0 of the weighted regression of the outcome on treatment, or CR0.

    Raises
    ------
    Refused
        As ``difference``.

    References
    ----------
    R ``sandwich::vcovHC(lm(y ~ treated, weights = w), type = "HC0")``.
    """
    terms = [(one.above - one.mean * one.below) / one.below.sum() for one in parts]
    moves = terms[0] - terms[1]
    sums = by_cluster(groups, moves)
    variance = float(sums @ sums)
    require_variance(variance, groups.y)
    value = parts[0].mean - parts[1].mean
    return Difference(value, moves * len(moves), variance, reference_df(groups, sums))


def require_all_or_treated(estimand: Estimands, method: str) -> None:
    """Refuse overlap weights' estimand of a method that has none.

    Parameters
    ----------
    estimand : {"ATT", "ATE", "ATO"}
        Asked for.
    method : str
        In prose.

    Raises
    ------
    Refused
        ``not_its_estimand``.
    """
    if estimand == "ATO":
        raise Refused(
            "not_its_estimand",
            f"{method} estimates ATT or ATE, and ATO is asked for",
            "ask for ATT or ATE, or choose overlap weights",
        )


def by_cluster(groups: Groups, influence: Float) -> Float:
    """Return sums by cluster, in the order of the clusters' codes, or what was given.

    Parameters
    ----------
    groups : Groups
        Units and clusters.
    influence : ndarray, shape (n,)
        Of each unit.
    """
    if groups.cluster is None:
        return influence
    code = np.unique(groups.cluster, return_inverse=True)[1]
    sums: Float = np.bincount(code, influence).astype(np.float64)
    return sums


def plain_part(weight: Float, y: Float) -> Part:
    """Return a mean behind which there is no model.

    Parameters
    ----------
    weight : ndarray, shape (n,)
        Of each unit, 0 for who is not in it.
    y : ndarray, shape (n,)
        Outcome.
    """
    zero = np.zeros(len(y))
    return Part(np.ones((len(y), 1)), zero, zero, weight * y, weight, zero, zero, weight)


def reference_df(groups: Groups, moves: Float | None = None) -> float:
    """Return Satterthwaite's degrees of freedom of a sum of squares over clusters.

    Clusters of treated, clusters of comparison units and clusters with both add variances of
    their own, each known as well as there are clusters of its kind less one.

    Parameters
    ----------
    groups : Groups
        Units and clusters.
    moves : ndarray, shape (g,), or None
        What each cluster adds, in the order of the clusters' codes; or each unit. Where it is
        not known the kind with fewer counts alone.

    Returns
    -------
    float
        For two kinds as in Welch's test; for one kind, clusters less one.

    Raises
    ------
    Refused
        ``one_cluster`` when a group lies in a single cluster.

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2(6); Welch (1947), Biometrika 34(1/2).
    """
    if groups.cluster is None:
        kind = groups.treated.astype(np.int64)
    else:
        code = np.unique(groups.cluster, return_inverse=True)[1]
        held = [np.bincount(code[on], minlength=code.max() + 1) > 0 for on in _sides(groups)]
        if min(int(one.sum()) for one in held) < _FEWEST:
            raise Refused(
                "one_cluster",
                "all of one group lie in a single cluster, so that nothing tells its own fate"
                " from the effect",
                "add clusters, or compare over time with a synthetic control",
            )
        kind = np.where(held[0] & held[1], 2, held[1].astype(np.int64))
    number = np.bincount(kind, minlength=3)
    if moves is None:
        return float(min(number[0], number[1]) + number[2]) - 1.0
    # Only ratios matter: in units of the largest, a power of two, fourth powers stay numbers.
    near = np.ldexp(moves, -np.frexp(np.abs(moves).max())[1])
    squares = np.bincount(kind, near**2, 3)
    known = squares**2 / np.maximum(number - 1, 1)
    total = float(known.sum())
    return float(squares.sum() ** 2 / total) if total > 0 else 1.0


def _sides(groups: Groups) -> tuple[Bools, Bools]:
    return ~groups.treated, groups.treated


def require_variance(variance: float, y: Float) -> None:
    """Refuse a variance that is rounding.

    Parameters
    ----------
    variance : float
        Of a difference.
    y : ndarray, shape (n,)
        Outcome.

    Raises
    ------
    Refused
        ``no_variation``.
    """
    size = float(np.sqrt(np.mean(np.square(y))))
    if not variance > (NOTHING_LEFT * size) ** 2 / len(y):
        raise Refused(
            "no_variation",
            "the outcome does not vary within the groups that are compared, so that nothing"
            " tells chance from effect",
            "check the outcome's column, or ask for an outcome that varies",
        )
