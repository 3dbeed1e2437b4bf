"""Tests of several hypotheses: p-values that hold for all of them together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float

# Names of replicates: t of each draw, the observed t, and a digest of what was weighted.
_DRAWS, _STATISTIC, _UNITS = "family", "family_statistic", "family_units"
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
        the same resample or relabelling; infinite counts as beyond any value.

    Returns
    -------
    ndarray, shape (m,)
        (1 + draws at least as large) / (1 + b), in the order given.

    Raises
    ------
    ValueError
        When shapes differ, there is no draw, a statistic is not finite or a draw not a number.

    References
    ----------
    Westfall & Young (1993), algorithm 2.8; Romano & Wolf (2005), Econometrica 73(4); Romano &
    Wolf (2016), Statistics & Probability Letters 113, equation (3.4), for these p-values.
    Stata ``rwolf2``.
    """
    t, null = np.abs(np.asarray(observed, np.float64)), np.abs(np.asarray(draws, np.float64))
    if null.shape != (len(null), len(t)) or not len(null):
        raise ValueError("draws have one column for each statistic, and at least one row")
    if not np.isfinite(t).all() or np.isnan(null).any():
        raise ValueError("statistics are finite")
    order = np.argsort(-t, kind="stable")
    # Column j holds, for each draw, the largest of the statistics ranked j and below.
    largest = np.maximum.accumulate(null[:, order][:, ::-1], axis=1)[:, ::-1]
    reached = np.sum(largest >= t[order] * (1 - _TIE), axis=0)
    adjusted = np.empty(len(t))
    adjusted[order] = np.maximum.accumulate((1 + reached) / (1 + len(null)))
    return adjusted


def replicates(
    statistic: float, draws: Float, column: str, labels: NDArray[Any]
) -> dict[str, Float]:
    """Return one outcome's draws, named, with all that tells whether others' are joint with them.

    Parameters
    ----------
    statistic : float
        Observed statistic.
    draws : ndarray, shape (b,)
        The same under the null, with weights by the place of each unit among the labels.
    column : str
        Column of the units that were weighted, such as the school.
    labels : ndarray, shape (g,)
        Their labels; only a digest of them is kept.
    """
    named = repr((column, np.unique(labels).tolist())).encode()
    digest = np.frombuffer(hashlib.sha256(named).digest(), np.uint8).astype(np.float64)
    return {_DRAWS: draws, _STATISTIC: np.array([statistic]), _UNITS: digest}


def adjust_jointly(outcomes: Sequence[Mapping[str, Float]]) -> Float | None:
    """Return p-values adjusted by ``romano_wolf``, or ``None`` where draws are not joint.

    Draws are joint when all outcomes have them, equally many, of the same units. That one
    stream was behind them is the caller's to know.

    Parameters
    ----------
    outcomes : sequence of mapping
        What ``replicates`` returned of each outcome, or a mapping without it.

    Returns
    -------
    ndarray, shape (m,), or None
        In the order given. The observed statistic counts as one draw more, also where the
        draws are all that there are.
    """
    if not all(_DRAWS in one for one in outcomes):
        return None
    if len({(len(one[_DRAWS]), tuple(one[_UNITS].tolist())) for one in outcomes}) != 1:
        return None
    observed = np.concatenate([one[_STATISTIC] for one in outcomes])
    return romano_wolf(observed, np.column_stack([one[_DRAWS] for one in outcomes]))


def correlation(first: Mapping[str, Float], second: Mapping[str, Float]) -> float | None:
    """Return how two effects go together in repeated samples, or ``None`` where draws are not joint.

    Parameters
    ----------
    first, second : mapping
        What ``replicates`` returned of each outcome, or a mapping without it.

    Returns
    -------
    float or None
        Correlation over the wild bootstrap's draws of the same clusters: in each draw both
        outcomes had the same weights.
    """
    if any(_DRAWS not in one for one in (first, second)):
        return None
    (a, b), (c, d) = ((one[_DRAWS], one[_UNITS]) for one in (first, second))
    if len(a) != len(c) or b.tolist() != d.tolist():
        return None
    both = np.isfinite(a) & np.isfinite(c)
    if both.sum() <= 1 or np.ptp(a[both]) == 0 or np.ptp(c[both]) == 0:
        return None
    return float(np.corrcoef(a[both], c[both])[0, 1])
