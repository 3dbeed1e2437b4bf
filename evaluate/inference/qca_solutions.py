"""Solutions: the shortest statements of what the rows with the outcome have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from evaluate.inference.qca_cover import smallest_covers
from evaluate.inference.qca_implicants import ANY, covering, primes
from evaluate.inference.qca_truth_table import TruthTable

Terms = NDArray[np.int64]
# Pairs of models that intermediate solutions are formed from: of small tables many, of large
# ones these few; a pair takes as many steps as both have terms, times the remainders.
PAIRS, MOST_PAIRS, STEPS = 25, 1000, 2_000_000


@dataclass(frozen=True, slots=True)
class Solution:
    """All shortest solutions of one kind.

    Attributes
    ----------
    models : tuple of ndarray of int, each shape (t, k)
        Terms of each: the value that a condition has to have, -1 for any.
    is_complete : bool
        Whether there are no further ones.
    assumed : ndarray of int, shape (m, k)
        Remainders that the first model takes to show the outcome.
    """

    models: tuple[Terms, ...]
    is_complete: bool
    assumed: Terms


def minimised(positive: Terms, allowed: Terms, levels: Sequence[int]) -> Solution:
    """Return the solutions with the fewest terms.

    Parameters
    ----------
    positive : ndarray of int, shape (n, k)
        Rows that show the outcome; not empty.
    allowed : ndarray of int, shape (m, k)
        Remainders that may be taken to show it.
    levels : sequence of int
        Number of values of each condition.

    Raises
    ------
    ValueError
        If there are too many conditions for an exact answer.
    """
    found = primes(positive, allowed, levels)
    covers = smallest_covers(found.covers)
    models = tuple(found.terms[list(one)] for one in covers.models)
    assumed = allowed[covering(models[0], allowed).any(axis=0)] if len(allowed) else allowed
    return Solution(models, covers.is_complete, assumed)


def conservative(table: TruthTable) -> Solution:
    """Return the solutions that assume nothing about rows without cases."""
    none = np.empty((0, table.rows.shape[1]), dtype=np.int64)
    return minimised(table.of("present"), none, table.levels)


def parsimonious(table: TruthTable) -> Solution:
    """Return the solutions that assume of rows without cases whatever makes them shortest."""
    return minimised(table.of("present"), table.remainders(), table.levels)


def intermediate(table: TruthTable, expected: Mapping[int, frozenset[int]]) -> Solution:
    """Return the solutions that assume of rows without cases only what is expected.

    A remainder is used only if the parsimonious solution uses it and it differs from what was
    seen by having a condition as it is expected to help.

    Parameters
    ----------
    table : TruthTable
        The rows.
    expected : mapping of int to frozenset of int
        By condition, the values that are expected to lead to the outcome.

    References
    ----------
    Ragin and Sonnett (2005), in Ragin (2008), ch. 9: easy counterfactuals. R:
    ``QCA::minimize(..., include = "?", dir.exp = …)``.
    """
    careful, short = conservative(table), parsimonious(table)
    remainders = table.remainders()
    found: dict[bytes, tuple[Terms, Terms]] = {}
    tried: set[bytes] = set()
    steps = len(careful.models[0]) * len(short.models[0]) * max(len(remainders), 1)
    asked = max(PAIRS, min(MOST_PAIRS, STEPS // steps))
    pairs = list(islice(product(careful.models, short.models), asked))
    is_complete = careful.is_complete and short.is_complete
    is_complete &= len(pairs) == len(careful.models) * len(short.models)
    for whole, brief in pairs:
        easy = easy_remainders(whole, brief, expected, remainders)
        if easy.tobytes() not in tried:
            tried.add(easy.tobytes())
            solved = minimised(table.of("present"), easy, table.levels)
            is_complete &= solved.is_complete
            for model in solved.models:
                found.setdefault(model.tobytes(), (model, easy))
    models = sorted(found.values(), key=lambda one: (len(one[0]), one[0].tolist()))
    first, easy = models[0]
    assumed = easy[covering(first, easy).any(axis=0)]
    return Solution(tuple(model for model, _ in models), is_complete, assumed)


def easy_remainders(
    whole: Terms, brief: Terms, expected: Mapping[int, frozenset[int]], remainders: Terms
) -> Terms:
    """Return the remainders that may be assumed to show the outcome.

    A conservative term that lies within a parsimonious one gives up what the latter lacks and
    what stands against expectation; a remainder is easy where the rest of the term holds.

    Parameters
    ----------
    whole, brief : ndarray of int, shape (s, k) and (l, k)
        Terms of a conservative and of a parsimonious model.
    expected : mapping of int to frozenset of int
        By condition, the values that are expected to lead to the outcome; a condition without
        an entry is never given up.
    remainders : ndarray of int, shape (m, k)
        Rows without cases.

    Returns
    -------
    ndarray of int, shape (e, k)
        Some of the remainders, in their order.
    """
    terms = [
        _relaxed(one, other, expected)
        for one in whole
        for other in brief
        if np.all((other == ANY) | (other == one))
    ]
    if not terms:
        return remainders[:0]
    return remainders[covering(np.array(terms), remainders).any(axis=0)]


def _relaxed(
    one: NDArray[np.int64], other: NDArray[np.int64], expected: Mapping[int, frozenset[int]]
) -> NDArray[np.int64]:
    term = one.copy()
    for place, value in enumerate(one.tolist()):
        if value != ANY and other[place] == ANY and value not in expected.get(place, {value}):
            term[place] = ANY
    return term
