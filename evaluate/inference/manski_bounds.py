"""Bounds of an effect when every lost outcome may be anything that the outcome can be."""

from __future__ import annotations

from math import isfinite

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.bounded import Bounded, Lost, between, require_observed, std_error
from evaluate.inference.linear import Float

_OVER = 1e-9  # of the range: what is beyond it by less is rounding


def manski_bounds(
    lost: Lost, possible: tuple[float, float] | None, *, conf_level: float = 0.95
) -> Bounded:
    """Return the effect if all lost outcomes were worst for it, and if all were best.

    Nothing is assumed but the outcome's range; so the bounds are as wide as the share lost times
    that range.

    Parameters
    ----------
    lost : Lost
        Two arms.
    possible : tuple of float or None
        The lowest and the highest value that the outcome can have, as the dictionary declares.
    conf_level : float
        Of the interval, which is Imbens and Manski's (2004).

    Returns
    -------
    Bounded
        ``share`` is the part of all that was filled in.

    Raises
    ------
    Refused
        ``no_range``, ``outside_range``, and those of ``require_observed``.

    References
    ----------
    Horowitz, J. L. & Manski, C. F. (2000). JASA 95(449), section 2, on experiments with missing
    data; Manski, C. F. (1990).
    Nonparametric bounds on treatment effects. American Economic Review 80(2).
    """
    require_observed(lost)
    ends: tuple[list[float], list[float]] = ([], [])
    for end, filled in enumerate(worst_cases(lost, possible)):
        added, effect = np.zeros(len(filled)), 0.0
        for arm, sign in ((lost.treated, 1), (~lost.treated, -1)):
            w = lost.w[arm]
            mean = float(w @ filled[arm] / w.sum())
            effect += sign * mean
            added[arm] = sign * w * (filled[arm] - mean) / w.sum()
        ends[end].extend([effect, std_error(added, lost)])
    (low, first), (high, second) = ends
    limits = between((low, high), (first, second), conf_level, lost.df)
    share = float(lost.w[~lost.observed].sum() / lost.w.sum())
    return Bounded(low, high, first, second, *limits, share, lost.df)


def worst_cases(lost: Lost, possible: tuple[float, float] | None) -> tuple[Float, Float]:
    """Return the outcomes with what is lost filled in, worst and best for the effect.

    Parameters
    ----------
    lost : Lost
        Two arms.
    possible : tuple of float or None
        The outcome's range.

    Raises
    ------
    Refused
        ``no_range`` or ``outside_range``.
    """
    if possible is None or not all(map(isfinite, possible)) or possible[0] >= possible[1]:
        raise Refused(
            "no_range",
            "worst cases need the lowest and the highest value that the outcome can have",
            "declare both ends under values in the data dictionary",
        )
    low, high = possible
    known = lost.y[lost.observed]
    beyond = _OVER * (high - low)
    if known.min() < low - beyond or known.max() > high + beyond:
        raise Refused(
            "outside_range",
            "some outcomes lie outside the range that is declared",
            "correct the range, or the outcomes",
        )
    worst, best = (
        np.where(lost.observed, lost.y, np.where(lost.treated, of_treated, of_others))
        for of_treated, of_others in ((low, high), (high, low))
    )
    return worst, best
