"""Who else might have been treated: other assignments of the same units, within strata."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Integer

Flags = NDArray[np.bool_]

# Numbers in a block of assignments: small enough to stay in a processor's cache.
_BLOCK = 1_000_000


def assignments(stratum: Integer, treated: Flags) -> int:
    """Return the number of ways to treat as many units in each stratum.

    Parameters
    ----------
    stratum : ndarray, shape (n,)
        Stratum of each unit, 0, 1, ...
    treated : ndarray, shape (n,)
        Who was treated.
    """
    size, share = _counts(stratum, treated)
    return prod(map(comb, size, share))


def mirrored(stratum: Integer, treated: Flags) -> bool:
    """Return whether both arms of each stratum that has both are of one size.

    Then to swap the arms everywhere is an assignment too, and turns t into -t.

    Parameters
    ----------
    stratum, treated : ndarray, shape (n,)
        As in ``assignments``.
    """
    size, share = _counts(stratum, treated)
    return all(one in {0, n} or 2 * one == n for n, one in zip(size, share, strict=True))


def assignment_blocks(
    stratum: Integer, treated: Flags, draws: int, rng: np.random.Generator
) -> Iterator[Flags]:
    """Yield assignments in blocks, shape (b, n): every one, or as many as asked for at random.

    Parameters
    ----------
    stratum : ndarray, shape (n,)
        Sorted: 0 for the first units, then 1, ...
    treated : ndarray, shape (n,)
        Who was treated.
    draws : int
        Random assignments, each as likely as any other; where there are no more than this
        altogether, each comes once.
    rng : numpy.random.Generator
        Source of chance.
    """
    rows = max(_BLOCK // len(stratum), 1)
    if assignments(stratum, treated) <= draws:
        yield from _every(stratum, treated, rows)
        return
    sampler = _Sampler(stratum, treated, rng)
    for start in range(0, draws, rows):
        yield sampler.draw(min(rows, draws - start))


def _counts(stratum: Integer, treated: Flags) -> tuple[list[int], list[int]]:
    """Return how many units each stratum has, and how many of them are treated."""
    size = np.bincount(stratum)
    return size.tolist(), np.bincount(stratum[treated], minlength=len(size)).tolist()


def _every(stratum: Integer, treated: Flags, rows: int) -> Iterator[Flags]:
    size, share = _counts(stratum, treated)
    starts = np.concatenate([[0], np.cumsum(size)[:-1]])
    within = [
        [tuple(int(start) + i for i in one) for one in combinations(range(n), k)]
        for start, n, k in zip(starts, size, share, strict=True)
    ]
    block: list[list[int]] = []
    for choice in product(*within):
        block.append([i for one in choice for i in one])
        if len(block) == rows:
            yield _flags(block, len(stratum))
            block = []
    if block:
        yield _flags(block, len(stratum))


def _flags(chosen: list[list[int]], n: int) -> Flags:
    flags = np.zeros((len(chosen), n), bool)
    np.put_along_axis(flags, np.array(chosen), True, axis=1)
    return flags


class _Sampler:
    """Assignments drawn uniformly.

    Each unit is first treated with its stratum's share, rounded to 1/256, by one random byte.
    Then in each stratum with too many treated units, units are drawn with replacement and
    untreated where they are treated, until the number is right; likewise with too few. Given
    their number the treated are a uniform subset, and neither step tells one unit of a stratum
    from another: the law of the result does not change when units swap places, so that all
    subsets of the right size are equally likely.
    """

    def __init__(self, stratum: Integer, treated: Flags, rng: np.random.Generator) -> None:
        size, share = _counts(stratum, treated)
        self._size, self._share = np.array(size), np.array(share)
        self._start = np.concatenate([[0], np.cumsum(self._size)[:-1]])
        limit = np.rint(256 * self._share / self._size)
        # A stratum of which all are treated is put right in the second step.
        self._limit = np.minimum(limit, 255).astype(np.uint8)[stratum]
        if len(size) == 1:
            self._limit = self._limit[:1]
        self._rng = rng

    def draw(self, rows: int) -> Flags:
        """Return assignments, shape (rows, n)."""
        n = int(self._size.sum())
        words = self._rng.integers(0, 2**64 - 1, -(-rows * n // 8), np.uint64, endpoint=True)
        flags: Flags = words.view(np.uint8)[: rows * n].reshape(rows, n) < self._limit
        if len(self._size) == 1:
            count = np.count_nonzero(flags, axis=1)[:, None]
        else:
            count = np.add.reduceat(flags, self._start, axis=1, dtype=np.int64)
        self._correct(flags, (count - self._share).ravel())
        return flags

    def _correct(self, flags: Flags, excess: Integer) -> None:
        """Put right the number treated in each stratum of each row, in place."""
        flat, width, number = flags.reshape(-1), flags.shape[1], len(self._size)
        place = np.flatnonzero(excess)
        while len(place):
            one = np.repeat(place, np.abs(excess[place]))
            row, stratum = np.divmod(one, number)
            drawn = self._rng.random(len(one)) * self._size[stratum]
            key = row * width + self._start[stratum] + drawn.astype(np.int64)
            fits = flat[key] == (excess[one] > 0)
            # A unit drawn twice changes once; a round never changes more than are wanted.
            key, first = np.unique(key[fits], return_index=True)
            flat[key] = ~flat[key]
            changed = np.bincount(one[fits][first], minlength=len(excess))
            excess -= np.sign(excess) * changed
            place = np.flatnonzero(excess)
