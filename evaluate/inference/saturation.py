"""Saturation: how many codes a number of cases tells, over every order of the cases."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

FEW = 14  # cases up to which every subset is looked at: 16 384 of them
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Saturation:
    """Codes told by so many cases, over all orders.

    Attributes
    ----------
    expected : ndarray, shape (n,)
        Mean number of codes that the first 1, …, n cases tell.
    low, high : ndarray, shape (n,)
        Within which 95 % of the orders lie.
    added : ndarray, shape (n,)
        Mean number of codes that each further case adds.
    is_exact : bool
        Whether the limits come from all subsets, not from mean and variance.
    """

    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    added: NDArray[np.float64]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Unseen:
    """How many codes further cases might tell.

    Attributes
    ----------
    codes : float or None
        Estimated number of codes in all, seen and unseen; ``None`` where it cannot be told.
    coverage : float or None
        Estimated share of all mentions that are of a code seen already.
    """

    codes: float | None
    coverage: float | None


def saturation(told: NDArray[np.bool_]) -> Saturation:
    """Return how many codes a number of cases tells, over every order of the cases.

    Parameters
    ----------
    told : ndarray of bool, shape (c, n)
        Whether each code occurs in each case; codes that no case tells add nothing.

    References
    ----------
    Mean and variance over all orders: Ugland, Gray and Ellingsen (2003), Journal of Animal
    Ecology 72(5), eq. 3 and 5. R: ``vegan::specaccum(t(told), method = "exact")``.
    """
    n = told.shape[1]
    sizes = range(1, n + 1)
    expected = np.array([_mean(told, size) for size in sizes])
    if n <= FEW:
        limits = _of_subsets(told)
    else:
        spread = [sqrt(max(_variance(told, size), 0.0)) for size in sizes]
        apart = _Z * np.array(spread)
        seen = float(told.any(axis=1).sum())
        limits = np.array([np.maximum(expected - apart, 0), np.minimum(expected + apart, seen)])
    added = np.diff(np.concatenate([[0.0], expected]))
    return Saturation(expected, limits[0], limits[1], added, n <= FEW)


def unseen(told: NDArray[np.bool_]) -> Unseen:
    """Return how many codes there may be in all, and how much of what is told they cover.

    Parameters
    ----------
    told : ndarray of bool, shape (c, n)
        Whether each code occurs in each case.

    References
    ----------
    Chao (1987), Biometrics 43(4): the lower bound for incidence data, in its bias-corrected form
    where no code occurs in exactly two cases; coverage: Chao and Jost (2012), Ecology 93(12),
    eq. 4a. R: ``vegan::specpool``, ``iNEXT::iNEXT(datatype = "incidence_freq")``.
    """
    n = told.shape[1]
    counts = told.sum(axis=1)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())  # noqa: PLR2004
    mentions = int(counts.sum())
    if n < 2 or mentions == 0:  # noqa: PLR2004 - one case repeats nothing
        return Unseen(None, None)
    more = (n - 1) / n * (once**2 / (2 * twice) if twice else once * (once - 1) / 2)
    weight = (n - 1) * once / ((n - 1) * once + 2 * max(twice, 1)) if once else 0.0
    return Unseen(float((counts > 0).sum() + more), 1 - once / mentions * weight)


def _mean(told: NDArray[np.bool_], size: int) -> float:
    n = told.shape[1]
    return sum(1 - comb(n - int(one), size) / comb(n, size) for one in told.sum(axis=1))


def _variance(told: NDArray[np.bool_], size: int) -> float:
    n, total = told.shape[1], comb(told.shape[1], size)
    absent = [comb(n - int(one), size) / total for one in told.sum(axis=1)]
    found = sum(q * (1 - q) for q in absent)
    for i in range(len(told)):
        for j in range(i):
            both = comb(n - int((told[i] | told[j]).sum()), size) / total
            found += 2 * (both - absent[i] * absent[j])
    return found


def _of_subsets(told: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the limits within which 95 % of all subsets of each size lie, shape (2, n)."""
    n = told.shape[1]
    members = np.arange(1, 2**n)[:, None] >> np.arange(n) & 1
    sizes = members.sum(axis=1)
    counts = (members @ told.T.astype(np.int64) > 0).sum(axis=1)
    limits = [
        np.quantile(counts[sizes == size], (0.025, 0.975), method="inverted_cdf")
        for size in range(1, n + 1)
    ]
    return np.array(limits, dtype=float).T
