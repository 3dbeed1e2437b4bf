"""Prime implicants of a truth table: every combination of conditions that needs no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 20_000_000  # implicants that are looked at: 3^15 of two-valued conditions
ANY = -1
FEW = 128  # rows up to which implicants are merged one by one
SMALL = 729  # implicants up to which all are judged at once anyway: 3^6


@dataclass(frozen=True, slots=True)
class Primes:
    """The prime implicants of a truth table.

    Attributes
    ----------
    terms : ndarray of int, shape (p, k)
        The value that each condition has to have, or -1 where it may have any; ordered by the
        number of conditions named, then by their values.
    covers : ndarray of bool, shape (p, n)
        Which of the ``n`` rows with the outcome each covers.
    """

    terms: NDArray[np.int64]
    covers: NDArray[np.bool_]


def primes(
    positive: NDArray[np.int64], allowed: NDArray[np.int64], levels: Sequence[int]
) -> Primes:
    """Return all prime implicants that cover a row with the outcome.

    Few rows are merged one condition at a time. With many, every implicant is one cell of an
    array with one axis for each condition and one place on it for each value and one for
    "any", so that all are judged at once.

    Parameters
    ----------
    positive : ndarray of int, shape (n, k)
        Rows that show the outcome.
    allowed : ndarray of int, shape (m, k)
        Further rows that a term may cover: remainders that are taken to show the outcome.
    levels : sequence of int
        Number of values of each condition, which are 0, 1, … .

    Raises
    ------
    ValueError
        If the array would have more than 20 million cells.

    References
    ----------
    Quine (1952), American Mathematical Monthly 59(8); McCluskey (1956), Bell System Technical
    Journal 35(6): what is found is their set of prime implicants. R: ``QCA::minimize``.
    """
    shape = tuple(one + 1 for one in levels)
    if np.prod([float(one) for one in shape]) > MOST:
        raise ValueError("too many conditions for an exact minimisation")
    if len(positive) + len(allowed) <= FEW and np.prod(shape) > SMALL:
        terms = _by_merging(np.vstack([positive, allowed]), levels)
        terms = terms[covering(terms, positive).any(axis=1)]
    else:
        terms = _at_once(positive, allowed, levels)
    order = np.lexsort((*terms.T[::-1], (terms != ANY).sum(axis=1)))
    terms = terms[order]
    return Primes(terms, covering(terms, positive))


def covering(terms: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows each term covers.

    Parameters
    ----------
    terms : ndarray of int, shape (p, k)
        Terms, -1 for any value.
    rows : ndarray of int, shape (n, k)
        Rows of a truth table.

    Returns
    -------
    ndarray of bool, shape (p, n)
        Whether the term holds in the row.
    """
    found = np.ones((len(terms), len(rows)), dtype=bool)
    for place in range(rows.shape[1]):
        value = terms[:, place, None]
        found &= (value == ANY) | (value == rows[None, :, place])
    return found


def _at_once(
    positive: NDArray[np.int64], allowed: NDArray[np.int64], levels: Sequence[int]
) -> NDArray[np.int64]:
    known = np.zeros(tuple(levels), dtype=bool)
    shown = np.zeros(tuple(levels), dtype=bool)
    shown[tuple(positive.T)] = True
    known |= shown
    if len(allowed):
        known[tuple(allowed.T)] = True
    valid, useful = _all_of(known), _any_of(shown)
    prime = valid & useful
    for axis, count in enumerate(levels):
        wider = np.take(valid, [count], axis=axis)
        named = [slice(None)] * valid.ndim
        named[axis] = slice(0, count)
        prime[tuple(named)] &= ~wider
    terms = np.argwhere(prime).astype(np.int64)
    terms[terms == np.asarray(levels)] = ANY
    return terms


def _by_merging(rows: NDArray[np.int64], levels: Sequence[int]) -> NDArray[np.int64]:
    """Return the prime implicants of few rows, each pass one condition wider."""
    found: set[tuple[int, ...]] = set()
    current = set(map(tuple, rows.tolist()))
    while current:
        wider: set[tuple[int, ...]] = set()
        merged: set[tuple[int, ...]] = set()
        for term in current:
            for place, count in enumerate(levels):
                if term[place] == 0:
                    before, after = term[:place], term[place + 1 :]
                    alike = [(*before, value, *after) for value in range(count)]
                    if current.issuperset(alike):
                        wider.add((*before, ANY, *after))
                        merged.update(alike)
        found |= current - merged
        current = wider
    return np.array(sorted(found), dtype=np.int64).reshape(-1, len(levels))


def _all_of(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    for axis in range(rows.ndim):
        rows = np.concatenate([rows, rows.all(axis=axis, keepdims=True)], axis=axis)
    return rows


def _any_of(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    for axis in range(rows.ndim):
        rows = np.concatenate([rows, rows.any(axis=axis, keepdims=True)], axis=axis)
    return rows
