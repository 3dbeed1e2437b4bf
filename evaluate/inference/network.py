"""Networks of organisations at one time: who is tied to whom, and across which sectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEWEST = 2


@dataclass(frozen=True, slots=True)
class Network:
    """Actors and the ties between them.

    Attributes
    ----------
    ties : ndarray of bool, shape (n, n)
        Whether there is a tie from row to column; symmetric where ties have no direction, and
        never from an actor to itself.
    sector : ndarray of int, shape (n,)
        Sector of each actor, 0, 1, ...
    directed : bool
        Whether a tie has a direction.
    answered : ndarray of bool, shape (n,)
        Who told of their ties; all of them where ties come from documents.
    allowed : ndarray of bool, shape (n, n)
        Which pairs could be tied at all, such as those of one county; its diagonal is False.
    """

    ties: Flags
    sector: Integer
    directed: bool
    answered: Flags
    allowed: Flags

    @property
    def size(self) -> int:
        """Return the number of actors."""
        return len(self.sector)

    @property
    def n_ties(self) -> int:
        """Return the number of ties; one without direction counts once."""
        return self.counted(self.ties)

    def counted(self, pairs: Flags) -> int:
        """Return how many pairs a symmetric or directed matrix marks.

        Parameters
        ----------
        pairs : ndarray of bool, shape (n, n)
            Marks, symmetric where ties have no direction.
        """
        return int(pairs.sum()) // (1 if self.directed else 2)


@dataclass(frozen=True, slots=True)
class Density:
    """Ties as a share of the pairs that could be tied.

    Attributes
    ----------
    share : float
        In [0, 1]; of the pairs that were told of.
    low, high : float
        Bounds: were every pair that nobody could tell of untied, or tied. Equal to ``share``
        where everyone answered.
    n_ties, n_pairs, n_unknown : int
        Ties, pairs that could be tied, and pairs that nobody could tell of.
    """

    share: float
    low: float
    high: float
    n_ties: int
    n_pairs: int
    n_unknown: int


@dataclass(frozen=True, slots=True)
class Shape:
    """How a network hangs together.

    Attributes
    ----------
    reciprocity : float or None
        Share of directed ties that are returned; ``None`` without direction or ties.
    components : int
        Parts between which there is no tie, whatever its direction; an isolate is one.
    largest : int
        Actors in the largest part.
    isolates : int
        Actors without any tie.
    centralisation, centralisation_in : float or None
        How far degrees are from equal, 0 to 1: of ties sent (or of all ties, without
        direction), and of ties received (``None`` without direction).
    """

    reciprocity: float | None
    components: int
    largest: int
    isolates: int
    centralisation: float | None
    centralisation_in: float | None


def network_of(
    pairs: Integer,
    sector: Integer,
    *,
    directed: bool,
    answered: Flags | None = None,
    group: Integer | None = None,
) -> Network:
    """Return the network of some ties; what is told twice counts once.

    Parameters
    ----------
    pairs : ndarray of int, shape (m, 2)
        Sender and receiver of each tie, 0, 1, ...
    sector : ndarray of int, shape (n,)
        Sector of each actor.
    directed : bool
        Whether a tie has a direction; without, one side's word is enough.
    answered : ndarray of bool, shape (n,), or None
        Who told of their ties; ``None`` is everyone.
    group : ndarray of int, shape (n,), or None
        Group outside which an actor cannot be tied, such as a county.

    Raises
    ------
    Refused
        ``too_few_actors`` with fewer than two; ``tie_to_itself`` and ``tie_across_groups``
        when a tie is none.
    """
    n = len(sector)
    if n < FEWEST:
        raise Refused(
            "too_few_actors",
            "a network, or a group of it, has fewer than two actors",
            "list every actor that could have been tied, also those without ties, or leave such a"
            " group out",
        )
    if np.any(pairs[:, 0] == pairs[:, 1]):
        raise Refused(
            "tie_to_itself",
            "a tie runs from an actor to itself, which says nothing of a network",
            "take out the rows whose two ends are the same",
        )
    allowed = ~np.eye(n, dtype=bool)
    if group is not None:
        allowed &= group[:, None] == group[None, :]
    ties = np.zeros((n, n), dtype=bool)
    ties[pairs[:, 0], pairs[:, 1]] = True
    if not directed:
        ties |= ties.T
    if np.any(ties & ~allowed):
        raise Refused(
            "tie_across_groups",
            "a tie joins actors of two groups, which the groups rule out",
            "correct the group of the tie or of the actor, or leave the groups out",
        )
    told = np.ones(n, dtype=bool) if answered is None else answered
    return Network(ties, sector, directed, told, allowed)


def unknown_pairs(net: Network) -> Flags:
    """Return the pairs that are not told to be tied, and whose word is missing.

    With direction the sender's word is needed; without, one of the two would have been enough,
    so that a pair is known to be untied only when both answered.

    Parameters
    ----------
    net : Network
        Actors and ties.
    """
    silent = ~net.answered
    unsure = np.repeat(silent[:, None], net.size, axis=1)
    if not net.directed:
        unsure = unsure | unsure.T
    found: Flags = unsure & net.allowed & ~net.ties
    return found


def density(net: Network) -> Density:
    """Return the density, with bounds for actors who did not answer.

    Parameters
    ----------
    net : Network
        Actors and ties.

    Raises
    ------
    Refused
        ``no_pairs`` when no two actors could be tied, as with one in each group;
        ``nobody_answered`` when nothing is known.

    References
    ----------
    Wasserman & Faust (1994), Social Network Analysis, eq. 4.3 and section 4.3; bounds after
    Manski (2003), Partial Identification, chapter 1. R ``igraph::edge_density(g)``.
    """
    n_pairs = net.counted(net.allowed)
    if not n_pairs:
        raise Refused(
            "no_pairs",
            "no two actors could be tied, so that there is no share of pairs",
            "list the actors of each group, at least two in one of them",
        )
    n_unknown = net.counted(unknown_pairs(net))
    if n_unknown == n_pairs:
        raise Refused(
            "nobody_answered",
            "nobody told of any ties, so that nothing is known of the network",
            "use the ties of those who answered, or of documents",
        )
    ties = net.n_ties
    return Density(
        ties / (n_pairs - n_unknown),
        ties / n_pairs,
        (ties + n_unknown) / n_pairs,
        ties,
        n_pairs,
        n_unknown,
    )


def shape(net: Network) -> Shape:
    """Return how the network hangs together.

    Parameters
    ----------
    net : Network
        Actors and ties.

    References
    ----------
    Freeman (1979), Social Networks 1(3), for centralisation; Wasserman & Faust (1994),
    chapters 4 and 13. R ``igraph``: ``reciprocity(g)``, ``components(g, "weak")``,
    ``centr_degree(g, mode = "out", loops = FALSE)$centralization``; with groups the maximum is
    the sum of the groups' own.
    """
    from scipy.sparse.csgraph import connected_components

    components, part = connected_components(net.ties, directed=True, connection="weak")
    either = net.ties | net.ties.T
    n = int(net.ties.sum())
    sent = net.ties.sum(axis=1)
    return Shape(
        int((net.ties & net.ties.T).sum()) / n if net.directed and n else None,
        int(components),
        int(np.bincount(part).max()),
        int((~either.any(axis=1)).sum()),
        _centralisation(net, sent),
        _centralisation(net, net.ties.sum(axis=0)) if net.directed else None,
    )


def _centralisation(net: Network, degree: Integer) -> float | None:
    """Return Freeman's centralisation; within groups where there are any."""
    groups = np.unique(net.allowed | np.eye(net.size, dtype=bool), axis=0)
    short, most = 0, 0
    for members in groups:
        n = int(members.sum())
        short += int((degree[members].max() - degree[members]).sum())
        most += (n - 1) ** 2 if net.directed else (n - 1) * (n - 2)
    return short / most if most else None
