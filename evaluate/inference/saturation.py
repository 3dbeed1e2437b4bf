"""Saturation: how many codes a number of cases tells, over every order of the cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Limits = tuple[Float, Float, Float, Float]
FEW = 18  # cases up to which every subset is looked at: 262 144 of them
LEAST_CASES = 3
_WORD = 63  # codes in one number
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Saturation:
    """Codes told by so many cases, over all orders.

    Attributes
    ----------
    expected : ndarray, shape (n,)
        Mean number of codes that the first 1, …, n cases tell.
    std_dev : ndarray, shape (n,)
        Its standard deviation over orders.
    low, high : ndarray, shape (n,)
        Within which ``conf_level`` of the orders lie.
    least, most : ndarray, shape (n,)
        Over every order, or those that were drawn.
    added : ndarray, shape (n,)
        Mean number of codes that each further case adds.
    is_exact : bool
        Whether the limits come from every order, not from some.
    """

    expected: Float = field(repr=False)
    std_dev: Float = field(repr=False)
    low: Float = field(repr=False)
    high: Float = field(repr=False)
    least: Float = field(repr=False)
    most: Float = field(repr=False)
    added: Float = field(repr=False)
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Unseen:
    """How many codes further cases might tell, if cases were drawn at random.

    Attributes
    ----------
    once, twice : int
        Codes told in one case only, and in two.
    codes, low, high : float or None
        Number of codes in all, seen and unseen (a lower bound), with its interval; no interval
        where the bound is what was seen.
    coverage : float or None
        Share of all mentions that are of a code seen already.
    state : {"computed", "too_few_cases", "nothing_shared"}
        Why there are none: fewer than three cases, or no code told in two cases, so that nothing
        says how many are left.
    """

    once: int
    twice: int
    codes: float | None
    low: float | None
    high: float | None
    coverage: float | None
    state: Literal["computed", "too_few_cases", "nothing_shared"]


def saturation(
    told: Bool,
    conf_level: float = 0.95,
    rng: np.random.Generator | None = None,
    draws: int = 9999,
) -> Saturation:
    """Return how many codes a number of cases tells, over every order of the cases.

    A code told in k of N cases is missing from n of them in a share C(N - k, n) / C(N, n) of the
    orders; sums of that give the mean, and of the same for two codes the variance. For up to 18
    cases limits are those of every subset, above those of orders drawn at random.

    Parameters
    ----------
    told : ndarray of bool, shape (c, n)
        Whether each code occurs in each case; codes that no case tells add nothing.
    conf_level : float
        Share of the orders between the limits, in (0, 1).
    rng : numpy.random.Generator or None
        The stream of the orders with more than 18 cases; one of its own by default.
    draws : int
        Their number.

    References
    ----------
    Mean and variance over all orders: Ugland, Gray and Ellingsen (2003), Journal of Animal
    Ecology 72(5), eq. 3 and 5. R: ``vegan::specaccum(t(told), method = "exact")`` for the mean.
    """
    told = np.asarray(told, dtype=bool)
    told = told[told.any(axis=1)]
    n = told.shape[1]
    inside = told.sum(axis=1)
    absent = np.array([_absent(n, inside, size) for size in range(1, n + 1)])
    expected = (1 - absent).sum(axis=1)
    std_dev = np.sqrt(np.clip(_variance(told, absent), 0.0, None))
    if n <= FEW:
        limits = _of_subsets(told, conf_level)
    else:
        limits = _of_orders(told, conf_level, rng or np.random.default_rng(0), draws)
    low, high, least, most = limits
    added = np.diff(expected, prepend=0.0)
    return Saturation(expected, std_dev, low, high, least, most, added, n <= FEW)


def _absent(cases: int, inside: NDArray[np.int64], size: int) -> Float:
    """Return the share of subsets of a size in which codes told in so many cases are missing."""
    found = np.ones(len(inside))
    for step in range(size):
        found = found * np.clip(cases - inside - step, 0, None) / (cases - step)
    return found


def _variance(told: Bool, absent: Float) -> Float:
    whole = told.astype(np.int64)
    inside = whole.sum(axis=1)
    union = inside[:, None] + inside - whole @ whole.T
    sizes, times = np.unique(union, return_counts=True)
    n = told.shape[1]
    both = np.array([float(times @ _absent(n, sizes, size)) for size in range(1, n + 1)])
    found: Float = both - absent.sum(axis=1) ** 2
    return found


def _of_subsets(told: Bool, conf_level: float) -> Limits:
    """Return limits over all subsets: each is a smaller one with one more case."""
    n = told.shape[1]
    counts = np.zeros(1 << n, dtype=np.uint16)
    for start in range(0, len(told), _WORD):
        part = told[start : start + _WORD]
        bits = np.left_shift(np.uint64(1), np.arange(len(part), dtype=np.uint64))
        unions = np.zeros(1, dtype=np.uint64)
        for case in range(n):
            one = np.bitwise_or.reduce(bits[part[:, case]], initial=np.uint64(0))
            unions = np.concatenate([unions, unions | one])
        counts += np.bitwise_count(unions).astype(np.uint16)
    size = np.zeros(1, dtype=np.uint8)
    for _ in range(n):
        size = np.concatenate([size, size + np.uint8(1)])
    return _limits([counts[size == at] for at in range(1, n + 1)], conf_level)


def _of_orders(told: Bool, conf_level: float, rng: np.random.Generator, draws: int) -> Limits:
    """Return limits over orders that are drawn."""
    n = told.shape[1]
    counts = np.empty((draws, n), dtype=np.int64)
    for draw in range(draws):
        first = np.where(told, rng.permutation(n), n).min(axis=1)
        counts[draw] = np.cumsum(np.bincount(first, minlength=n))
    return _limits(list(counts.T), conf_level)


def _limits(counts: Sequence[NDArray[Any]], conf_level: float) -> Limits:
    tail = (1 - conf_level) / 2
    found = np.zeros((4, len(counts)))
    for at, own in enumerate(counts):
        low, high = np.quantile(own, (tail, 1 - tail), method="inverted_cdf")
        found[:, at] = low, high, own.min(), own.max()
    return found[0], found[1], found[2], found[3]


def unseen(told: Bool, conf_level: float = 0.95) -> Unseen:
    """Return how many codes there may be in all, and how much of what is told they cover.

    Both take cases as drawn at random; for cases that were chosen they are a guide, and no more.

    Parameters
    ----------
    told : ndarray of bool, shape (c, n)
        Whether each code occurs in each case.
    conf_level : float
        Coverage probability of the interval, in (0, 1).

    References
    ----------
    Chao (1987), Biometrics 43(4): the lower bound for incidence data with its log-normal interval,
    in its bias-corrected form where no code occurs in exactly two cases; coverage: Chao and Jost
    (2012), Ecology 93(12), eq. 4a. R: ``SpadeR::ChaoSpecies(x, "incidence_raw")``,
    ``iNEXT::iNEXT(datatype = "incidence_freq")``.
    """
    told = np.asarray(told, dtype=bool)
    n, times = told.shape[1], told.sum(axis=1)
    times = times[times > 0]
    once, twice = int((times == 1).sum()), int((times == 2).sum())  # noqa: PLR2004
    if n < LEAST_CASES:
        return Unseen(once, twice, None, None, None, None, "too_few_cases")
    if once == len(times):
        return Unseen(once, twice, None, None, None, None, "nothing_shared")
    a = (n - 1) / n
    more = a * (once**2 / (2 * twice) if twice else once * (once - 1) / 2)
    left = n * more / (n * more + once) if once else 0.0
    low, high = _interval(len(times), more, _spread(once, twice, a, len(times) + more), conf_level)
    coverage = 1 - once / int(times.sum()) * left
    return Unseen(once, twice, len(times) + more, low, high, coverage, "computed")


def _spread(once: int, twice: int, a: float, total: float) -> float:
    """Return the variance of the number of codes in all."""
    if twice:
        r = once / twice
        return twice * (a / 2 * r**2 + a**2 * r**3 + a**2 / 4 * r**4)
    return (
        a * once * (once - 1) / 2
        + a**2 * once * (2 * once - 1) ** 2 / 4
        - a**2 * once**4 / (4 * total)
    )


def _interval(
    found: int, more: float, variance: float, conf_level: float
) -> tuple[float | None, float | None]:
    """Return the log-normal interval, never below what was found; none where nothing is left."""
    if more <= _ROUNDING:
        return None, None
    z = NormalDist().inv_cdf((1 + conf_level) / 2)
    wide = exp(z * sqrt(log(1 + max(variance, 0.0) / more**2)))
    return found + more / wide, found + more * wide
