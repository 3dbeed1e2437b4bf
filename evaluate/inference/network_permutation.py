"""Whether two relations between the same actors agree more than chance would have it.

Both questions asked of networks here are sums over pairs of one relation times another: ties
across sectors (tie times "of unlike sector") and ties that are kept (tie before times tie
after). Chance is a relabelling of the actors, which keeps both relations whole; so ties need
not be independent of each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from evaluate.inference.network import Flags, Float, Integer

# Relabellings of a group that are all taken: 7! = 5040.
MOST_EXACT = 7
_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class Agreement:
    """A sum over pairs beside its distribution when actors are relabelled by chance.

    Attributes
    ----------
    observed : int
        Pairs that both relations mark; ordered pairs.
    expected : float
        Their mean over all relabellings, exact.
    low, high : float
        Between these lies the stated share of relabellings.
    p_value : float
        Share of relabellings at least as far from the mean, either side.
    p_more : float
        Share of relabellings with at least as many pairs.
    exact : bool
        Whether every relabelling was taken.
    """

    observed: int
    expected: float
    low: float
    high: float
    p_value: float
    p_more: float
    exact: bool


def relabelling_test(
    one: Flags,
    other: Flags,
    groups: Sequence[Integer],
    rng: np.random.Generator,
    *,
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Agreement:
    """Return how many pairs two relations share, beside what chance gives.

    Parameters
    ----------
    one, other : ndarray of bool, shape (n, n)
        Relations; pairs of two groups are not looked at, nor is the diagonal.
    groups : sequence of ndarray of int
        Actors of each group; they are relabelled within it.
    rng : numpy.random.Generator
        Source of chance where not every relabelling can be taken.
    draws : int
        Relabellings then.
    conf_level : float
        Share of relabellings between ``low`` and ``high``.

    References
    ----------
    Hubert & Schultz (1976), British Journal of Mathematical and Statistical Psychology 29(2);
    Krackhardt (1988), Social Networks 10(4). R ``sna::qaptest``.
    """
    parts = [(one[np.ix_(g, g)], other[np.ix_(g, g)]) for g in groups if len(g) > 1]
    observed = sum(int((x & y).sum()) for x, y in parts)
    expected = sum(float(x.sum()) * float(y.sum()) / (len(x) * (len(x) - 1)) for x, y in parts)
    exact = all(len(x) <= MOST_EXACT for x, _ in parts)
    if exact:
        chance = _all_sums(parts)
        weight = chance / chance.sum()
        at = np.arange(len(chance), dtype=np.float64)
    else:
        sums = np.append(_drawn_sums(parts, rng, draws), observed)
        at, number = np.unique(sums.astype(np.float64), return_counts=True)
        weight = number / number.sum()
    far = np.abs(at - expected) >= abs(observed - expected) * (1 - 1e-9)
    low, high = _quantiles(at, weight, conf_level)
    return Agreement(
        observed,
        expected,
        low,
        high,
        min(1.0, float(weight[far].sum())),
        min(1.0, float(weight[at >= observed].sum())),
        exact,
    )


def _quantiles(at: Float, weight: Float, conf_level: float) -> tuple[float, float]:
    tail = (1 - conf_level) / 2
    upto = np.cumsum(weight)
    low = int(np.searchsorted(upto, tail - 1e-12))
    high = int(np.searchsorted(upto, 1 - tail - 1e-12))
    return float(at[low]), float(at[min(high, len(at) - 1)])


def _all_sums(parts: Sequence[tuple[Flags, Flags]]) -> Float:
    """Return the share of relabellings that give each sum 0, 1, ..., over all groups."""
    chance = np.ones(1)
    for x, y in parts:
        every = np.array(list(permutations(range(len(x)))), dtype=np.int64)
        number = np.bincount(_sums(x, y, every)).astype(np.float64)
        chance = np.convolve(chance, number / number.sum())
    return chance


def _drawn_sums(
    parts: Sequence[tuple[Flags, Flags]], rng: np.random.Generator, draws: int
) -> Integer:
    """Return the sums of random relabellings; relations are first put in an order of their own."""
    ordered = sorted((_ordered(x, y) for x, y in parts), key=_content)
    total = np.zeros(draws, dtype=np.int64)
    for x, y in ordered:
        for start, size in _blocks(draws):
            labels = rng.permuted(np.tile(np.arange(len(x)), (size, 1)), axis=1)
            total[start : start + size] += _sums(x, y, labels)
    return total


def _blocks(draws: int) -> Iterator[tuple[int, int]]:
    for start in range(0, draws, _BLOCK):
        yield start, min(_BLOCK, draws - start)


def _sums(x: Flags, y: Flags, labels: Integer) -> Integer:
    """Return the sum of x times the relabelled y, for each relabelling."""
    sender, receiver = np.nonzero(x)
    found: Integer = y[labels[:, sender], labels[:, receiver]].sum(axis=1).astype(np.int64)
    return found


def _content(part: tuple[Flags, Flags]) -> tuple[int, bytes, bytes]:
    return len(part[0]), part[0].tobytes(), part[1].tobytes()


def _ordered(x: Flags, y: Flags) -> tuple[Flags, Flags]:
    """Return both relations with actors ordered by whom they are tied to, not by name.

    Colours are refined until they no longer split (Weisfeiler & Leman); actors that still
    share a colour are as good as alike.
    """
    colour = np.zeros(len(x), dtype=np.int64)
    while True:
        seen = [
            (colour[i], *(tuple(np.sort(colour[line])) for line in (x[i], x[:, i], y[i], y[:, i])))
            for i in range(len(x))
        ]
        rank = {one: k for k, one in enumerate(sorted(set(seen)))}
        finer = np.array([rank[one] for one in seen], dtype=np.int64)
        if len(rank) == len(np.unique(colour)):
            break
        colour = finer
    order = np.argsort(finer, kind="stable")
    return x[np.ix_(order, order)], y[np.ix_(order, order)]
