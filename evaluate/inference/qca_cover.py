"""The fewest prime implicants that cover every row with the outcome, and all such choices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEARCHED = 40_000  # choices that are tried before the search for further models ends
SMALL = 16  # columns up to which every choice is tried, without a solver
KEPT = 1_000  # models that are kept


@dataclass(frozen=True, slots=True)
class Covers:
    """The smallest covers of a chart.

    Attributes
    ----------
    models : tuple of tuple of int
        Each a set of columns, by their places; no smaller set covers all rows.
    is_complete : bool
        Whether these are all of them; else there are at least so many.
    """

    models: tuple[tuple[int, ...], ...]
    is_complete: bool

    @property
    def size(self) -> int:
        """Return how many columns each cover has."""
        return len(self.models[0]) if self.models else 0


def smallest_covers(chart: NDArray[np.bool_]) -> Covers:
    """Return the covers with the fewest columns.

    The least number is proven, always: by trying every choice where the columns are few, else
    by integer programming. The enumeration of all models may be cut off, and then says so.

    Parameters
    ----------
    chart : ndarray of bool, shape (p, n)
        Which rows each prime implicant covers; every row is covered by one.

    Returns
    -------
    Covers
        Ordered by the places of their columns.

    References
    ----------
    Petrick (1956), AFCRC-TR-56-110. R: ``QCA::minimize(..., all.sol = FALSE)``.
    """
    if chart.shape[1] == 0:
        return Covers(((),), is_complete=True)
    masks = [_mask(row) for row in chart]
    classes: dict[int, list[int]] = {}
    for place, mask in enumerate(masks):
        classes.setdefault(mask, []).append(place)
    distinct = sorted(classes, key=lambda one: (-one.bit_count(), one))
    first = _least_cover(distinct, chart.shape[1])
    found, is_complete = _all_of_size(distinct, chart.shape[1], first)
    models: list[tuple[int, ...]] = []
    for cover in found:
        for model in _members([classes[mask] for mask in cover]):
            if len(models) == KEPT:
                return Covers(tuple(sorted(models)), is_complete=False)
            models.append(model)
    return Covers(tuple(sorted(models)), is_complete=is_complete)


def _mask(row: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")


def _members(choices: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Yield one column of each class, in every way: columns of a class cover the same rows."""
    from itertools import product

    for chosen in product(*choices):
        yield tuple(sorted(chosen))


def _undominated(masks: Sequence[int]) -> list[int]:
    """Return the masks that no other one holds; larger ones first."""
    kept: list[int] = []
    for mask in masks:
        if not any(mask & ~other == 0 for other in kept):
            kept.append(mask)
    return kept


def _least_cover(masks: Sequence[int], n_rows: int) -> tuple[int, ...]:
    """Return one cover with the least number of columns."""
    left, taken = (1 << n_rows) - 1, []
    kept = {mask: mask for mask in _undominated(masks)}  # what is left of each column
    while left:
        rows = {row: [one for one, rest in kept.items() if rest >> row & 1] for row in _bits(left)}
        essential = {found[0] for found in rows.values() if len(found) == 1}
        if not essential:
            break
        taken += sorted(essential)
        for one in essential:
            left &= ~one
        parts = {rest & left: one for one, rest in kept.items() if rest & left}
        order = sorted(parts, key=lambda one: (-one.bit_count(), one))
        kept = {parts[rest]: rest for rest in _undominated(order)}
    if not left:
        return tuple(sorted(taken))
    solve = _by_trying if len(kept) <= SMALL else _by_integer_programme
    back = {rest: one for one, rest in kept.items()}
    chosen = solve(sorted(back, key=lambda one: (-one.bit_count(), one)), left)
    return tuple(sorted([*taken, *(back[one] for one in chosen)]))


def _by_trying(masks: Sequence[int], whole: int) -> tuple[int, ...]:
    from itertools import combinations

    for size in range(1, len(masks) + 1):
        for chosen in combinations(masks, size):
            covered = 0
            for one in chosen:
                covered |= one
            if covered == whole:
                return tuple(sorted(chosen))
    return ()


def _by_integer_programme(masks: Sequence[int], whole: int) -> tuple[int, ...]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    chart = np.array([[mask >> row & 1 for mask in masks] for row in _bits(whole)], dtype=float)
    found = milp(
        np.ones(len(masks)),
        constraints=LinearConstraint(chart, lb=1),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(masks), dtype=np.int64),
    )
    taken = np.rint(np.asarray(found.x, dtype=float)).astype(bool)
    return tuple(sorted(mask for mask, one in zip(masks, taken, strict=True) if one))


def _all_of_size(
    masks: Sequence[int], n_rows: int, first: tuple[int, ...]
) -> tuple[list[tuple[int, ...]], bool]:
    """Return the covers of the least size, beginning with a known one, and whether these are all."""
    ranked = _Ranked(masks, n_rows)
    size = len(first)
    found: dict[tuple[int, ...], None] = {first: None}
    waiting: list[tuple[int, tuple[int, ...]]] = [((1 << n_rows) - 1, ())]
    seen: set[tuple[int, ...]] = set()
    tried = 0
    while waiting:
        left, taken = waiting.pop()
        if tried > SEARCHED or len(found) > KEPT:
            return sorted(found), False
        for mask, one in ranked.holding(left):
            chosen, rest = tuple(sorted((*taken, one))), left & ~mask
            tried += 1
            if not rest:
                found[chosen] = None
            elif len(chosen) < size and chosen not in seen:
                seen.add(chosen)
                if ranked.can_end(rest, size - len(chosen)):
                    waiting.append((rest, chosen))
    return sorted(found), True


class _Ranked:
    """Columns with their rows numbered anew: the row that fewest columns cover is the lowest bit."""

    def __init__(self, masks: Sequence[int], n_rows: int) -> None:
        count = [sum(mask >> row & 1 for mask in masks) for row in range(n_rows)]
        order = sorted(range(n_rows), key=lambda row: (count[row], row))
        ranked = {
            sum((mask >> row & 1) << place for place, row in enumerate(order)): mask
            for mask in masks
        }
        self.by_row = [
            [(mask, one) for mask, one in ranked.items() if mask >> row & 1]
            for row in range(n_rows)
        ]
        # All that a column reaches which covers the row.
        self.reach = [0] * n_rows
        for row, holding in enumerate(self.by_row):
            for mask, _ in holding:
                self.reach[row] |= mask
        self.widest = max(mask.bit_count() for mask in ranked)
        self.wide = _undominated(sorted(ranked, key=lambda one: (-one.bit_count(), one)))

    def holding(self, left: int) -> list[tuple[int, int]]:
        """Return the columns that cover the row which fewest columns cover, of those left."""
        return self.by_row[(left & -left).bit_length() - 1]

    def can_end(self, left: int, most: int) -> bool:
        """Return whether so many columns may be enough for the rows left: else surely not."""
        if left.bit_count() > most * self.widest:
            return False
        apart, rest = 0, left
        while rest:  # rows that no column shares need one each
            apart += 1
            if apart > most:
                return False
            rest &= ~self.reach[(rest & -rest).bit_length() - 1]
        need = left.bit_count()
        for mask in self.wide if most > 1 else ():
            if (mask & left).bit_count() * most >= need:
                return True
        return most == 1 or not self.wide


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
