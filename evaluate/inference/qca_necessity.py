"""What is necessary for an outcome: single conditions, and unions of few of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evaluate.inference.qca_analysis import Sets
from evaluate.inference.qca_fit import Memberships, Necessity, necessity

NECESSARY = 0.9  # consistency from which a condition is commonly called necessary
RELEVANT = 0.6  # relevance below which it is so common that it says nothing
WIDEST = 3  # conditions of a union


@dataclass(frozen=True, slots=True)
class Needed:
    """A condition or a union of conditions, as necessary for the outcome.

    Attributes
    ----------
    words : str
        ``A``, ``~A`` or ``A + ~B``.
    fit : Necessity
        Consistency, coverage and relevance.
    is_union : bool
        Whether it is more than one condition.
    """

    words: str
    fit: Necessity
    is_union: bool

    @property
    def is_necessary(self) -> bool:
        """Return whether it is as consistent as what is commonly called necessary."""
        return self.fit.consistency is not None and self.fit.consistency >= NECESSARY

    @property
    def is_relevant(self) -> bool:
        """Return whether it is not so common that it says nothing."""
        return self.fit.relevance is not None and self.fit.relevance >= RELEVANT


def single(sets: Sets) -> Iterator[Needed]:
    """Yield every value of every condition.

    Parameters
    ----------
    sets : Sets
        The cases.
    """
    for words, members in _literals(sets):
        yield Needed(words, necessity(members, sets.outcome), is_union=False)


def unions(sets: Sets) -> Iterator[Needed]:
    """Yield the unions of two or three conditions that are necessary and relevant.

    Only the shortest are given: none of which a part is necessary already.

    Parameters
    ----------
    sets : Sets
        The cases.

    References
    ----------
    Duşa (2019), QCA with R, ch. 5. R: ``QCA::superSubset(relation = "necessity",
    incl.cut = 0.9, ron.cut = 0.6, depth = 3)``.
    """
    literals = list(_literals(sets))
    place = _places(sets)
    found = [frozenset({at}) for at, (_, one) in enumerate(literals) if _holds(one, sets.outcome)]
    for size in range(2, min(WIDEST, len(sets.names)) + 1):
        for chosen in combinations(range(len(literals)), size):
            apart = len({place[at] for at in chosen}) == size
            if not apart or any(one <= set(chosen) for one in found):
                continue
            members = np.max([literals[at][1] for at in chosen], axis=0)
            if _holds(members, sets.outcome):
                found.append(frozenset(chosen))
                words = " + ".join(literals[at][0] for at in chosen)
                needed = Needed(words, necessity(members, sets.outcome), is_union=True)
                if needed.is_relevant:
                    yield needed


def _holds(members: Memberships, outcome: Memberships) -> bool:
    consistency = necessity(members, outcome).consistency
    return consistency is not None and consistency >= NECESSARY


def _places(sets: Sets) -> list[int]:
    return [at for at, count in enumerate(sets.levels) for _ in range(count)]


def _literals(sets: Sets) -> Iterator[tuple[str, Memberships]]:
    for place, count in enumerate(sets.levels):
        for value in reversed(range(count)):
            term = np.full(len(sets.names), -1)
            term[place] = value
            yield sets.words(term), sets.of(term)
