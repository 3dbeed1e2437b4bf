"""One qualitative comparative analysis: truth table, three kinds of solution, and their fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evaluate.inference.qca_fit import Memberships, Sufficiency, membership, sufficiency
from evaluate.inference.qca_implicants import ANY
from evaluate.inference.qca_solutions import (
    Solution,
    Terms,
    conservative,
    intermediate,
    parsimonious,
)
from evaluate.inference.qca_truth_table import Cuts, TruthTable, truth_table

KINDS = ("conservative", "intermediate", "parsimonious")


@dataclass(frozen=True, slots=True)
class Sets:
    """The cases' memberships.

    Attributes
    ----------
    names : tuple of str, length k
        The conditions.
    conditions : ndarray, shape (n, k)
        Memberships in 0..1, or values of a condition with several values.
    outcome : ndarray, shape (n,)
        Membership in the outcome.
    fuzzy : ndarray of bool, shape (k,)
        Which conditions hold memberships.
    levels : tuple of int
        Number of values of each condition.
    """

    names: tuple[str, ...]
    conditions: Memberships
    outcome: Memberships
    fuzzy: NDArray[np.bool_]
    levels: tuple[int, ...]

    def negated(self) -> Sets:
        """Return the same cases with the absence of the outcome in its place."""
        return Sets(self.names, self.conditions, 1 - self.outcome, self.fuzzy, self.levels)

    def table(self, cuts: Cuts) -> TruthTable:
        """Return their truth table."""
        return truth_table(
            self.conditions, self.outcome, cuts, fuzzy=self.fuzzy, levels=self.levels
        )

    def of(self, term: NDArray[np.int64]) -> Memberships:
        """Return the cases' membership in a term."""
        return membership(self.conditions, term, self.fuzzy)

    def union(self, terms: Terms) -> Memberships:
        """Return the cases' membership in a solution, shape (n,)."""
        return np.asarray(np.max([self.of(term) for term in terms], axis=0))

    def words(self, term: NDArray[np.int64]) -> str:
        """Return a term in the notation of the field: ``absence*~relations``, ``level{2}``."""
        return _words(self.names, tuple(self.fuzzy.tolist()), tuple(term.tolist()))

    def sentence(self, terms: Terms) -> str:
        """Return a solution: its terms joined by ``+``, in the order of their words."""
        return " + ".join(sorted(self.words(term) for term in terms))


@lru_cache(maxsize=65_536)
def _words(names: tuple[str, ...], fuzzy: tuple[bool, ...], term: tuple[int, ...]) -> str:
    parts = [
        (name if value else f"~{name}") if is_fuzzy else f"{name}{{{value}}}"
        for name, value, is_fuzzy in zip(names, term, fuzzy, strict=True)
        if value != ANY
    ]
    return "*".join(parts) or "1"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A term of a solution, or the whole solution, with its fit.

    Attributes
    ----------
    model : int
        Number of the model, from 1.
    term : str
        In the notation of the field; the whole solution for ``is_whole``.
    is_whole : bool
        Whether this is the solution as a whole.
    fit : Sufficiency
        Consistency, PRI and coverage.
    """

    model: int
    term: str
    is_whole: bool
    fit: Sufficiency


def solutions(table: TruthTable, expected: Mapping[int, frozenset[int]]) -> dict[str, Solution]:
    """Return the three kinds of solution of a truth table with at least one positive row."""
    return {
        "conservative": conservative(table),
        "intermediate": intermediate(table, expected),
        "parsimonious": parsimonious(table),
    }


def fitted(sets: Sets, models: Sequence[Terms]) -> Iterator[Fitted]:
    """Yield the fit of every term and every whole of some models, in the order of their words.

    Parameters
    ----------
    sets : Sets
        The cases.
    models : sequence of ndarray of int, each shape (t, k)
        Solutions.
    """
    ordered = sorted(models, key=sets.sentence)
    for number, terms in enumerate(ordered, start=1):
        parts = [(sets.words(term), sets.of(term)) for term in terms]
        whole = sets.union(terms)
        yield Fitted(number, sets.sentence(terms), True, sufficiency(whole, sets.outcome))
        for words, one in sorted(parts, key=lambda part: part[0]):
            rest = [other for name, other in parts if name != words]
            others = np.max(rest, axis=0) if rest else np.zeros(len(one))
            yield Fitted(number, words, False, sufficiency(one, sets.outcome, others))


def first(sets: Sets, solution: Solution) -> Terms:
    """Return the first model in the order of its words, the same whatever the order of cases."""
    return min(solution.models, key=sets.sentence)
