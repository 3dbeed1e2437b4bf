"""Ties across sectors, beside what random ties would give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.inference.network import Flags, Integer, Network
from evaluate.inference.network_permutation import relabelling_test


@dataclass(frozen=True, slots=True)
class Mixing:
    """How far ties cross sectors.

    Attributes
    ----------
    across, within : int
        Ties between actors of two sectors, and of one.
    share : float
        Ties across as a share of all ties.
    ei : float
        E-I index: (across - within) / all, from -1 (only within) to 1 (only across).
    expected, low, high : float
        The E-I index under random ties: its mean, and the range of the stated share of
        relabellings. With few actors of each sector most pairs cross sectors anyway.
    p_value : float
        Of random ties, two-sided.
    exact : bool
        Whether every relabelling was taken.
    """

    across: int
    within: int
    share: float
    ei: float
    expected: float
    low: float
    high: float
    p_value: float
    exact: bool


def groups_of(net: Network) -> list[Integer]:
    """Return the actors of each group within which ties are possible.

    Parameters
    ----------
    net : Network
        Actors and ties.
    """
    members = np.unique(net.allowed | np.eye(net.size, dtype=bool), axis=0)
    return [np.flatnonzero(one) for one in members]


def crossing(net: Network) -> Flags:
    """Return which pairs are of two sectors.

    Parameters
    ----------
    net : Network
        Actors and ties.
    """
    found: Flags = net.sector[:, None] != net.sector[None, :]
    return found


def mixing(
    net: Network, rng: np.random.Generator, *, draws: int = 9999, conf_level: float = 0.95
) -> Mixing | None:
    """Return how far ties cross sectors; ``None`` where there are no ties.

    Parameters
    ----------
    net : Network
        Actors and ties.
    rng : numpy.random.Generator
        Source of chance where not every relabelling can be taken.
    draws : int
        Relabellings then.
    conf_level : float
        Share of relabellings between ``low`` and ``high``.

    References
    ----------
    Krackhardt & Stern (1988), Social Psychology Quarterly 51(2), with its permutation test. R
    ``isnar::ei``, ``netseg::ei``.
    """
    total = net.n_ties
    if not total:
        return None
    test = relabelling_test(
        net.ties, crossing(net), groups_of(net), rng, draws=draws, conf_level=conf_level
    )
    once = 1 if net.directed else 2
    across = test.observed // once

    def index(pairs: float) -> float:
        return 2 * pairs / once / total - 1

    return Mixing(
        across,
        total - across,
        across / total,
        index(test.observed),
        index(test.expected),
        index(test.low),
        index(test.high),
        test.p_value,
        test.exact,
    )


def sector_ties(net: Network, sectors: int) -> tuple[Integer, Integer]:
    """Return ties and possible ties from each sector to each.

    Parameters
    ----------
    net : Network
        Actors and ties.
    sectors : int
        Number of sectors.

    Returns
    -------
    ties, pairs : ndarray of int, shape (sectors, sectors)
        Row to column; without direction symmetric, a pair within a sector counted once.
    """
    member = (net.sector[:, None] == np.arange(sectors)[None, :]).astype(np.int64)
    found = []
    for relation in (net.ties, net.allowed):
        number = member.T @ relation.astype(np.int64) @ member
        if not net.directed:
            number[np.diag_indices(sectors)] //= 2
        found.append(number)
    return found[0], found[1]
