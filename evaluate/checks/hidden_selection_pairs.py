"""Which matched units Rosenbaum's bounds can use, and how far they reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups, Ints
from evaluate.inference.linear import Float
from evaluate.inference.rosenbaum import (
    Bounds,
    gamma_at,
    mcnemar,
    signed_rank_gamma,
)
from evaluate.inference.rosenbaum_effects import hodges_lehmann
from evaluate.inference.rosenbaum_sets import huber_sets, mantel_haenszel, set_p_values

_PAIR = 2


@dataclass(frozen=True, slots=True)
class Matched:
    """How far a test of matched units holds.

    Attributes
    ----------
    test : str
        ``"signed_rank"``, ``"mcnemar"``, ``"huber_sets"`` or ``"mantel_haenszel"``.
    gamma : float or None
        Odds at which its p-value passes the level; ``None`` where it does at equal odds.
    effect : Bounds or None
        Effects that Hodges and Lehmann estimate when odds are up to those that were stated.
    """

    test: str
    gamma: float | None
    effect: Bounds | None = None


def matched_bounds(
    groups: Groups, found: Compared, sign: float, alpha: float, gamma: float
) -> Matched:
    """Return the odds between matched units at which a test in the effect's direction fails.

    Parameters
    ----------
    groups : Groups
        Treated and comparison units.
    found : Compared
        Who was matched with whom.
    sign : float
        1 for an effect above zero, -1 below.
    alpha : float
        One-sided level.
    gamma : float
        Odds for which the range of effects is given.

    Raises
    ------
    Refused
        ``not_matched``, ``in_clusters``, ``sampling_weights``, ``used_again``, and the codes of
        ``evaluate.inference.rosenbaum_sets``.
    """
    weights = groups.weights
    if groups.cluster is not None:
        raise _cannot("in_clusters", "units of one cluster share what is hidden of them")
    if weights is not None and np.ptp(weights[found.weights != 0]) > 0:
        raise _cannot("sampling_weights", "sampling weights make pairs count unequally")
    member = _members(groups, found)
    y = groups.y.astype(np.float64)
    used = y[member >= 0]
    binary = bool(np.all((used == 0) | (used == 1)))
    pairs = _pairs(groups, member)
    if binary:
        if pairs is not None:
            difference = sign * (y[pairs[0]] - y[pairs[1]])
            counts = int((difference > 0).sum()), int((difference < 0).sum())
            return Matched("mcnemar", gamma_at(lambda g: mcnemar(*counts, g).high, alpha))
        events = y if sign > 0 else 1 - y
        return Matched(
            "mantel_haenszel",
            gamma_at(lambda g: mantel_haenszel(events, groups.treated, member, g).high, alpha),
        )
    if pairs is not None:
        return _signed_rank(y[pairs[0]] - y[pairs[1]], sign, alpha, gamma)
    sets = huber_sets(sign * y, groups.treated, member)
    return Matched("huber_sets", gamma_at(lambda g: set_p_values(sets, g).high, alpha))


def _signed_rank(difference: Float, sign: float, alpha: float, gamma: float) -> Matched:
    reaches = signed_rank_gamma(sign * difference, alpha)
    return Matched("signed_rank", reaches, hodges_lehmann(difference, gamma))


def _cannot(code: str, why: str) -> Refused:
    return Refused(code, why, "read the other measures of hidden selection")


def _members(groups: Groups, found: Compared) -> Ints:
    """Return the matched set of each unit, -1 for who is in none.

    With replacement, all treated who share a comparison unit are one set with it; sets that are
    chained through several of both kinds are none.
    """
    if found.pairs is not None:
        return _linked(groups, *found.pairs)
    if found.stratum is None:
        raise _cannot("not_matched", "nobody was matched with anybody")
    member = np.where(found.weights != 0, found.stratum, -1).astype(np.int64)
    return _both(groups, member)


def _linked(groups: Groups, on: Ints, beside: Ints) -> Ints:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(groups.y)
    links = coo_array((np.ones(len(on), dtype=np.int8), (on, beside)), shape=(n, n))
    _, member = connected_components(links, directed=False)
    inside = np.zeros(n, dtype=bool)
    inside[on] = inside[beside] = True
    found = np.where(inside, member, -1).astype(np.int64)
    sizes = [np.bincount(found[inside & (groups.treated == kind)], minlength=n) for kind in (0, 1)]
    if np.any((sizes[0] > 1) & (sizes[1] > 1)):
        raise _cannot("used_again", "treated share comparison units in chains")
    return found


def _both(groups: Groups, member: Ints) -> Ints:
    """Leave out sets with units of one kind only."""
    inside = member >= 0
    if not inside.any():
        raise _cannot("not_matched", "nobody was matched with anybody")
    on, off = (np.unique(member[inside & (groups.treated == kind)]) for kind in (True, False))
    return np.where(np.isin(member, np.intersect1d(on, off)), member, -1)


def _pairs(groups: Groups, member: Ints) -> tuple[Ints, Ints] | None:
    """Return the treated and the comparison unit of each set, where all are pairs."""
    inside = np.flatnonzero(member >= 0)
    sizes = np.unique(member[inside], return_counts=True)[1]
    if not len(sizes) or (sizes != _PAIR).any():
        return None
    order = inside[np.argsort(member[inside], kind="stable")]
    on, off = (order[groups.treated[order] == kind] for kind in (True, False))
    return on, off
