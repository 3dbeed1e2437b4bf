"""Randomisation inference where chance decided when each cluster begins.

Clusters keep their periods, outcomes and intercepts; the sequences of treatment change hands
between them, within strata.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from math import factorial, prod

import numpy as np

from evaluate.data.moments import Float, Integer, Moments
from evaluate.errors import Refused
from evaluate.inference.assignment import Assignment
from evaluate.inference.inversion import Inversion, joined, stream
from evaluate.inference.randomisation import (
    Randomisation,
    clean_ratios,
    own_ratios,
    require_assignments,
    tested,
)
from evaluate.inference.sequence_refits import SequenceRefits
from evaluate.inference.units import moment_keys

# Assignments fitted at once.
_ROWS = 1000
# Sequences of a waiting list: now, and later.
_TWO = 2


@dataclass(frozen=True, slots=True)
class _Roll:
    """Clusters sorted by stratum and moments: which sequence each has, and where it is held."""

    cluster: Integer
    label: Integer
    stratum: Integer
    starts: Float


def permute_sequences(
    assignment: Assignment,
    cells: Moments,
    *,
    seed: Sequence[int],
    draws: int = 9999,
    conf_level: float = 0.95,
    received: bool = False,
) -> Randomisation:
    """Return the studentised randomisation test of an effect that is rolled out over periods.

    The model has an intercept for each cluster and each period, as ``fit_treatment`` has it;
    t is the effect over a cluster-robust standard error.

    Parameters
    ----------
    assignment : Assignment
        Read with cluster and period; a cluster, once treated, stays so.
    cells : Moments
        Moments of the model's covariates and, last, the outcome, by the assignment's cells.
    seed : sequence of int
        Entropy of the random stream.
    draws : int
        Random assignments; every assignment is taken where there are no more.
    conf_level : float
        Coverage probability of the interval, in (0, 1).
    received : bool
        Whether the column before the outcome is what was received: then its effect is tested.

    Raises
    ------
    Refused
        ``no_sequences`` without clusters or periods, ``mixed_clusters`` when a cluster lies in
        several strata, ``too_few_assignments``, ``collinear`` and ``no_variation`` as in
        ``randomisation_test``.

    References
    ----------
    Wang & De Gruttola (2017), Statistics in Medicine 36(18); Ji, Fink, Robyn & Small (2017),
    Annals of Applied Statistics 11(1), section 3. R ``swepermute``.
    """
    if assignment.cluster is None or assignment.period is None:
        raise Refused(
            "no_sequences",
            "no column says which cluster began in which period",
            "name the cluster and the period",
        )
    roll = _roll(assignment, assignment.cluster, assignment.period, cells)
    number, symmetric = _count(roll)
    require_assignments(number, symmetric=symmetric)
    where = roll.cluster, assignment.period, roll.label, roll.starts
    refits = SequenceRefits(cells, *where, received=received)
    effect, std_error = refits.observed()
    exact = number <= draws
    drawn = _every(roll) if exact else _random(roll, draws, stream(seed, "sequences"))
    ratios = joined(clean_ratios(*refits.fit(block)) for block in drawn)
    own = own_ratios(refits.fit(roll.label[None]), ratios) if received else None
    return tested(Inversion(effect, std_error, ratios, exact, own), number, conf_level)


def _roll(assignment: Assignment, cluster: Integer, period: Integer, cells: Moments) -> _Roll:
    """Return each cluster's sequence, named by its first treated period."""
    g = int(cluster.max()) + 1
    begin = np.full(g, np.inf)
    treated = assignment.treated == 1
    np.minimum.at(begin, cluster[treated], period[treated].astype(np.float64))
    first = np.unique(cluster, return_index=True)[1]
    stratum = assignment.stratum[first]
    if (assignment.stratum != stratum[cluster]).any():
        raise Refused(
            "mixed_clusters",
            "a cluster lies in several strata, so that it was not assigned as a whole",
            "name the unit that was assigned as the cluster",
        )
    cross = np.zeros((g, *cells.cross.shape[1:]))
    np.add.at(cross, cluster, cells.cross)
    by_stratum = np.zeros((int(stratum.max()) + 1, *cross.shape[1:]))
    np.add.at(by_stratum, stratum, cross)
    block = np.argsort(np.lexsort(moment_keys(by_stratum)))[stratum]
    order = np.lexsort((*moment_keys(cross), block))
    starts, label = np.unique(begin, return_inverse=True)
    return _Roll(np.argsort(order)[cluster], label[order], block[order], starts)


def _by_stratum(roll: _Roll) -> list[Integer]:
    """Return how many clusters of each stratum have each sequence."""
    number = len(roll.starts)
    labels = [roll.label[roll.stratum == one] for one in np.unique(roll.stratum)]
    return [np.bincount(one, minlength=number) for one in labels]


def _count(roll: _Roll) -> tuple[int, bool]:
    """Return the number of assignments, and whether these come in pairs with one |t|.

    Two sequences that change hands everywhere turn treatment into the periods' indicators less
    treatment; with three or more nothing of the kind holds.
    """
    counts = _by_stratum(roll)
    number = prod(
        factorial(int(n.sum())) // prod(factorial(one) for one in n.tolist()) for n in counts
    )
    even = all(n.min() == 0 or len(set(n.tolist())) == 1 for n in counts)
    return number, len(roll.starts) == _TWO and even


def _every(roll: _Roll) -> Iterator[Integer]:
    """Yield every assignment of sequences in blocks, shape (b, g)."""
    strata = [list(arrangements(n.tolist())) for n in _by_stratum(roll)]
    found = (sum(choice, ()) for choice in product(*strata))
    while block := list(islice(found, _ROWS)):
        yield np.array(block, dtype=np.int64)


def arrangements(counts: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield each order of labels of which there are so many of each.

    Parameters
    ----------
    counts : list of int
        How often each label, 0, 1, ..., comes.
    """
    n, last = sum(counts), len(counts) - 1
    while last >= 0 and counts[last] == 0:
        last -= 1
    if last <= 0:
        yield (0,) * n
        return
    for places in combinations(range(n), counts[last]):
        taken = set(places)
        for rest in arrangements(counts[:last]):
            others = iter(rest)
            yield tuple(last if at in taken else next(others) for at in range(n))


def _random(roll: _Roll, draws: int, rng: np.random.Generator) -> Iterator[Integer]:
    """Yield random assignments of sequences in blocks, shape (b, g)."""
    for start in range(0, draws, _ROWS):
        labels = np.tile(roll.label, (min(_ROWS, draws - start), 1))
        for one in np.unique(roll.stratum):
            inside = roll.stratum == one
            labels[:, inside] = rng.permuted(labels[:, inside], axis=1)
        yield labels
