"""Who stands between others: betweenness, brokers between sectors, and the core."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from evaluate.inference.network import FEWEST, Flags, Float, Integer, Network

# Order of the columns of ``Roles.counts``.
ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")


@dataclass(frozen=True, slots=True)
class Roles:
    """What each actor does for the others.

    Attributes
    ----------
    sent, received : ndarray of int, shape (n,)
        Ties sent and received; the same without direction.
    betweenness : ndarray, shape (n,)
        Share of the shortest paths between two others that pass the actor, in [0, 1].
    counts : ndarray of int, shape (n, 5)
        How often the actor joins two others who are not tied, by `ROLES`. Without direction a
        pair counts once, and a gatekeeper is also a representative: the fourth column is 0.
    core : ndarray of int, shape (n,)
        The largest k for which the actor is in a group whose members each have k ties within
        it, whatever their direction.
    """

    sent: Integer
    received: Integer
    betweenness: Float
    counts: Integer
    core: Integer


def roles(net: Network) -> Roles:
    """Return what each actor does for the others.

    Parameters
    ----------
    net : Network
        Actors and ties.

    References
    ----------
    Freeman (1977), Sociometry 40(1), and Brandes (2001), Journal of Mathematical Sociology
    25(2), for betweenness; Gould & Fernandez (1989), Sociological Methodology 19, for roles;
    Seidman (1983), Social Networks 5(3), for cores. R ``igraph::betweenness(g, normalized =
    TRUE)``, ``sna::brokerage(g, sector)$raw.nli`` (columns w_I, w_O, b_OI, b_IO, b_O),
    ``igraph::coreness(as.undirected(g))``.
    """
    return Roles(
        net.ties.sum(axis=1),
        net.ties.sum(axis=0),
        betweenness(net.ties),
        brokerage(net),
        coreness(net.ties),
    )


def betweenness(ties: Flags) -> Float:
    """Return the share of shortest paths between others that pass each actor.

    Parameters
    ----------
    ties : ndarray of bool, shape (n, n)
        Ties, symmetric without direction.
    """
    n = len(ties)
    found = np.zeros(n)
    after = [np.flatnonzero(row) for row in ties]
    for source in range(n):
        found += _dependencies(after, source)
    # Ordered pairs of others; a symmetric matrix counts both orders of each.
    return found / ((n - 1) * (n - 2)) if n > FEWEST else found


def _dependencies(after: list[Integer], source: int) -> Float:
    """Return Brandes' dependencies of one source on all others."""
    n = len(after)
    distance, paths = np.full(n, -1), np.zeros(n)
    distance[source], paths[source] = 0, 1.0
    before: list[list[int]] = [[] for _ in range(n)]
    order: list[int] = []
    waiting = deque([source])
    while waiting:
        at = waiting.popleft()
        order.append(at)
        for to in after[at]:
            if distance[to] < 0:
                distance[to] = distance[at] + 1
                waiting.append(int(to))
            if distance[to] == distance[at] + 1:
                paths[to] += paths[at]
                before[to].append(at)
    share = np.zeros(n)
    for at in reversed(order):
        for one in before[at]:
            share[one] += paths[one] / paths[at] * (1 + share[at])
    share[source] = 0.0
    return share


def brokerage(net: Network) -> Integer:
    """Return how often each actor joins two others who are not tied, by role.

    Actor b joins a to c when a is tied to b, b to c, and a not to c. By sector of a, b, c:
    coordinator (x, x, x), itinerant (x, y, x), gatekeeper (x, y, y), representative (y, y, x)
    and liaison (x, y, z).

    Parameters
    ----------
    net : Network
        Actors and ties.

    Returns
    -------
    ndarray of int, shape (n, 5)
        By `ROLES`.
    """
    counts = np.zeros((net.size, len(ROLES)), dtype=np.int64)
    other = ~np.eye(net.size, dtype=bool)
    same = net.sector[:, None] == net.sector[None, :]
    for b in range(net.size):
        open_ = np.outer(net.ties[:, b], net.ties[b]) & ~net.ties & other
        first, last = same[b][:, None], same[b][None, :]
        marks = (
            first & last,
            ~first & ~last & same,
            ~first & last,
            first & ~last,
            ~first & ~last & ~same,
        )
        counts[b] = [int((open_ & one).sum()) for one in marks]
    if not net.directed:
        counts[:, [0, 1, 4]] //= 2
        counts[:, 3] = 0
    return counts


def coreness(ties: Flags) -> Integer:
    """Return the largest k of a k-core that each actor is in.

    Parameters
    ----------
    ties : ndarray of bool, shape (n, n)
        Ties; their direction does not matter.
    """
    either = (ties | ties.T).copy()
    core = np.zeros(len(ties), dtype=np.int64)
    left = np.ones(len(ties), dtype=bool)
    k = 0
    while left.any():
        degree = either[:, left].sum(axis=1)
        out = left & (degree <= k)
        if not out.any():
            k += 1
            continue
        core[out] = k
        left &= ~out
    return core
