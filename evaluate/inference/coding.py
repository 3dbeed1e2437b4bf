"""Coded segments counted: by case, by who told, and together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Coded:
    """Segments with what is known of each.

    Attributes
    ----------
    code, case : ndarray of str, shape (s,)
        Code and case of each segment.
    role, informant, coder, passage : ndarray of str, shape (s,), or None
        Who told it, in which role; who coded it; the passage of text that it lies in.
    """

    code: NDArray[Any]
    case: NDArray[Any]
    role: NDArray[Any] | None = None
    informant: NDArray[Any] | None = None
    coder: NDArray[Any] | None = None
    passage: NDArray[Any] | None = None

    @property
    def cases(self) -> list[str]:
        """Return the cases in alphabetical order."""
        return sorted(set(self.case))

    def of(self, codes: Sequence[str]) -> NDArray[np.bool_]:
        """Return which segments bear one of some codes."""
        return np.isin(self.code.astype(str), list(codes))

    def n(self, field: NDArray[Any] | None, chosen: NDArray[np.bool_]) -> int | None:
        """Return how many different values of a field some segments have."""
        return None if field is None else len({one for one in field[chosen] if one is not None})


def matrix(coded: Coded, codes: Sequence[str]) -> NDArray[np.int64]:
    """Return the number of segments of each code in each case.

    A passage that two coders gave the same code counts once.

    Parameters
    ----------
    coded : Coded
        The segments.
    codes : sequence of str
        Rows of the matrix.

    Returns
    -------
    ndarray of int, shape (len(codes), len(coded.cases))
        Columns in the order of ``coded.cases``.
    """
    cases = coded.cases
    found = np.zeros((len(codes), len(cases)), dtype=np.int64)
    seen: set[tuple[Any, ...]] = set()
    for at, (code, case) in enumerate(zip(coded.code, coded.case, strict=True)):
        if coded.passage is not None and coded.passage[at] is not None:
            if (code, case, coded.passage[at]) in seen:
                continue
            seen.add((code, case, coded.passage[at]))
        if code in codes:
            found[list(codes).index(code), cases.index(case)] += 1
    return found


@dataclass(frozen=True, slots=True)
class Together:
    """How often two codes occur together.

    Attributes
    ----------
    n_cases : int
        Cases that tell both.
    n_passages : int or None
        Passages that bear both; ``None`` where passages are not known.
    """

    n_cases: int
    n_passages: int | None


def together(coded: Coded, one: str, other: str) -> Together:
    """Return how often two codes occur in the same case and in the same passage."""
    first, second = coded.of([one]), coded.of([other])
    cases = set(coded.case[first]) & set(coded.case[second])
    passages: int | None = None
    if coded.passage is not None:
        marked = [
            {(c, p) for c, p in zip(coded.case[x], coded.passage[x], strict=True) if p is not None}
            for x in (first, second)
        ]
        passages = len(marked[0] & marked[1])
    return Together(len(cases), passages)
