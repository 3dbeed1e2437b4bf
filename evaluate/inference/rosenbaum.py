"""How unequal the chances of two matched units may be before a paired test tells nothing.

Two units of a pair have the same covariates. With a hidden factor the odds that it was the one
and not the other who was treated may be up to gamma; the p-value then lies between two bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float

Equal = Literal["ranked", "left_out", "at_random"]

EXACT_PAIRS = 50
MOST_GAMMA = 1e6
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Bounds:
    """Smallest and largest value of what depends on a hidden factor.

    Attributes
    ----------
    low, high : float
        For p-values one-sided, that those treated have more of the outcome.
    """

    low: float
    high: float


def require_gamma(gamma: float) -> None:
    """Refuse odds below 1.

    Raises
    ------
    Refused
        ``impossible_gamma``.
    """
    if not 1 <= gamma < float("inf"):
        raise Refused(
            "impossible_gamma",
            "the odds between two matched units are at least 1",
            "give a gamma from 1 on",
        )


def signed_rank(
    differences: Float,
    gamma: float = 1.0,
    *,
    exact: bool | None = None,
    equal: Equal = "ranked",
) -> Bounds:
    """Return bounds of the p-value of Wilcoxon's signed rank test; tied ranks are averaged.

    Parameters
    ----------
    differences : ndarray, shape (m,)
        Treated less comparison, one for each pair.
    gamma : float
        Odds of treatment within pairs, from 1.
    exact : bool or None
        Whether over all assignments, else by the normal approximation without correction;
        ``None`` is exact up to 50 pairs.
    equal : {"ranked", "left_out", "at_random"}
        What becomes of pairs whose outcomes are equal: they have ranks and count for neither
        side, as in Rosenbaum's book; they are left out before the others are ranked, as in R
        ``wilcox.test``; or they may count for either, as in R ``rbounds::psens``.

    Raises
    ------
    Refused
        ``no_variation`` when every pair is equal; ``impossible_gamma``.

    References
    ----------
    Rosenbaum (2002), Observational Studies, 2nd edition, section 4.3; Pratt (1959), J. American
    Statistical Association 54(287). R ``DOS2::senWilcox``, and ``rbounds::psens`` with
    ``equal="at_random"``.
    """
    require_gamma(gamma)
    tail = _tail(differences, exact, equal)
    return Bounds(tail(1 / (1 + gamma)), tail(gamma / (1 + gamma)))


def signed_rank_gamma(
    differences: Float, alpha: float, *, exact: bool | None = None, equal: Equal = "ranked"
) -> float | None:
    """Return the odds at which the larger bound of ``signed_rank`` passes a level.

    Parameters
    ----------
    differences : ndarray, shape (n,)
        As in ``signed_rank``.
    alpha : float
        The level, one-sided.
    exact : bool or None
        As in ``signed_rank``.
    equal : str
        As in ``signed_rank``.

    Returns
    -------
    float or None
        As of ``gamma_at``.

    Raises
    ------
    Refused
        ``no_variation``.
    """
    tail = _tail(differences, exact, equal)
    return gamma_at(lambda gamma: tail(gamma / (1 + gamma)), alpha)


def _tail(differences: Float, exact: bool | None, equal: Equal) -> Callable[[float], float]:
    """Return the p-value by the chance that a pair's difference is above zero."""
    ranks, positive = _ranks(differences, equal)
    if len(ranks) <= EXACT_PAIRS if exact is None else exact:
        return lambda chance: _exact_tail(ranks, positive, chance)
    total, squares = float(ranks.sum()), float(ranks @ ranks)
    return lambda chance: _normal_tail((total, squares), positive, chance)


def _ranks(differences: Float, equal: Equal) -> tuple[Float, float]:
    """Return ranks of the absolute differences, and their sum over those above zero."""
    if not differences.any():
        raise Refused(
            "no_variation",
            "the outcomes of every pair are equal",
            "check the outcome's column, or ask for another outcome",
        )
    given = differences[differences != 0] if equal == "left_out" else differences
    _, place, many = np.unique(np.abs(given), return_inverse=True, return_counts=True)
    ranks: Float = (np.cumsum(many) - (many - 1) / 2)[place]
    statistic = float(ranks[given > 0].sum())
    return ranks[given != 0] if equal == "ranked" else ranks, statistic


def _normal_tail(sums: tuple[float, float], statistic: float, chance: float) -> float:
    from scipy.special import ndtr

    total, squares = sums
    spread = sqrt(chance * (1 - chance) * squares)
    return float(ndtr((chance * total - statistic) / spread))


def _exact_tail(ranks: Float, statistic: float, chance: float) -> float:
    """Return the chance of a sum of ranks at least as large; averaged ranks have halves."""
    twice = np.rint(2 * ranks).astype(np.int64)
    mass = np.zeros(int(twice.sum()) + 1)
    mass[0] = 1.0
    for one in twice.tolist():
        moved = np.zeros_like(mass)
        moved[one:] = mass[: len(mass) - one]
        mass = (1 - chance) * mass + chance * moved
    return float(min(mass[round(2 * statistic) :].sum(), 1.0))


def mcnemar(only_treated: int, only_comparison: int, gamma: float = 1.0) -> Bounds:
    """Return bounds of the exact p-value of McNemar's test.

    Parameters
    ----------
    only_treated, only_comparison : int
        Pairs in which only the treated, or only the comparison unit, has the outcome.
    gamma : float
        Odds of treatment within pairs, from 1.

    Raises
    ------
    Refused
        ``no_variation`` without a pair that differs; ``impossible_gamma``.

    References
    ----------
    Rosenbaum (2002), section 4.3.2. R ``rbounds::binarysens``.
    """
    from scipy.special import bdtrc

    require_gamma(gamma)
    pairs = only_treated + only_comparison
    if not pairs:
        raise Refused(
            "no_variation",
            "the outcomes of every pair are equal",
            "check the outcome's column, or ask for another outcome",
        )
    chances = 1 / (1 + gamma), gamma / (1 + gamma)
    if not only_treated:
        return Bounds(1.0, 1.0)
    return Bounds(*(float(bdtrc(only_treated - 1, pairs, chance)) for chance in chances))


def gamma_at(p_value: Callable[[float], float], alpha: float) -> float | None:
    """Return the odds at which the larger bound of a p-value passes a level.

    Parameters
    ----------
    p_value : callable
        Larger bound by gamma; it never falls.
    alpha : float
        The level, in (0, 1).

    Returns
    -------
    float or None
        ``None`` where it is above the level at gamma 1: there is nothing to undo. At most a
        million.
    """
    if p_value(1.0) > alpha:
        return None
    low, high = 1.0, 2.0
    while p_value(high) <= alpha:
        low, high = high, 2 * high
        if low > MOST_GAMMA:
            return MOST_GAMMA
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if p_value(middle) <= alpha else (low, middle)
    return low
