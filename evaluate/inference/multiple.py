"""Tests of several hypotheses: p-values that hold for all of them together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluate.data.moments import Float

# Equal statistics of relabelled draws differ by their rounding.
_TIE = 1e-9


def adjust(p_values: Sequence[float] | Float, method: str) -> Float:
    """Return p-values adjusted for how many there are.

    Parameters
    ----------
    p_values : sequence of float, length m
        Each in [0, 1].
    method : {"holm", "benjamini_hochberg"}
        ``holm`` controls the probability of any false finding, whatever the dependence;
        ``benjamini_hochberg`` the expected share of false ones among the findings, when tests
        are independent or positively dependent.

    Returns
    -------
    ndarray, shape (m,)
        In the order given; at least as large as ``p_values``, at most 1.

    Raises
    ------
    ValueError
        For another method, or a number outside [0, 1].

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2); Benjamini & Hochberg (1995), J. Royal
    Statistical Society B 57(1). R ``p.adjust(p, "holm")``, ``p.adjust(p, "BH")``.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("a p-value lies between 0 and 1")
    m, order = len(p), np.argsort(p, kind="stable")
    rank = np.arange(m)
    if method == "holm":
        sorted_ = np.maximum.accumulate((m - rank) * p[order])
    elif method == "benjamini_hochberg":
        sorted_ = np.minimum.accumulate((m / (rank + 1) * p[order])[::-1])[::-1]
    else:
        raise ValueError(f"unknown method {method!r}")
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(sorted_, 1.0)
    return adjusted


def romano_wolf(observed: Sequence[float] | Float, draws: Float) -> Float:
    """Return p-values adjusted by the joint distribution of all statistics, step by step.

    The largest statistic is compared with the largest of all in each draw, the next with the
    largest of those left, and so on; no p-value is smaller than that of a larger statistic.

    Parameters
    ----------
    observed : sequence of float, length m
        Statistics, such as t; two-sided.
    draws : ndarray, shape (b, m)
        The same statistics in each of b draws under the null, all hypotheses of a draw from
        the same resample or relabelling.

    Returns
    -------
    ndarray, shape (m,)
        (1 + draws at least as large) / (1 + b), in the order given.

    Raises
    ------
    ValueError
        When shapes differ, there is no draw, or a number is not finite.

    References
    ----------
    Westfall & Young (1993), algorithm 2.8; Romano & Wolf (2005), Econometrica 73(4); Romano &
    Wolf (2016), Statistics & Probability Letters 113, equation (3.4), for these p-values.
    Stata ``rwolf2``.
    """
    t, null = np.abs(np.asarray(observed, np.float64)), np.abs(np.asarray(draws, np.float64))
    if null.shape != (len(null), len(t)) or not len(null):
        raise ValueError("draws have one column for each statistic, and at least one row")
    if not (np.isfinite(t).all() and np.isfinite(null).all()):
        raise ValueError("statistics are finite")
    order = np.argsort(-t, kind="stable")
    # Column j holds, for each draw, the largest of the statistics ranked j and below.
    largest = np.maximum.accumulate(null[:, order][:, ::-1], axis=1)[:, ::-1]
    reached = np.sum(largest >= t[order] * (1 - _TIE), axis=0)
    adjusted = np.empty(len(t))
    adjusted[order] = np.maximum.accumulate((1 + reached) / (1 + len(null)))
    return adjusted
