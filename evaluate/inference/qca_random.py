"""What the same analysis finds where there is nothing to find: outcomes dealt out at random."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evaluate.inference.qca_fit import Memberships, membership
from evaluate.inference.qca_solutions import minimised
from evaluate.inference.qca_truth_table import ROUNDING, Cuts, TruthTable


@dataclass(frozen=True, slots=True)
class Chance:
    """Solutions of random outcomes.

    Attributes
    ----------
    found : ndarray of bool, shape (d,)
        Whether at least one row passed the cuts, so that there is a solution.
    consistency, coverage : ndarray, shape (d,)
        Of the conservative solution; 0 where there is none.
    """

    found: NDArray[np.bool_]
    consistency: Memberships
    coverage: Memberships

    @property
    def share(self) -> float:
        """Return how often there is a solution."""
        return float(self.found.mean())

    def as_good(self, consistency: float, coverage: float) -> float:
        """Return how often a solution is as consistent and covers as much as another one."""
        at_least = (self.consistency >= consistency - ROUNDING) & (
            self.coverage >= coverage - ROUNDING
        )
        return float((at_least & self.found).mean())

    def p_value(self, consistency: float, coverage: float) -> float:
        """Return how often consistency times coverage is as large, the study's own counted in.

        Parameters
        ----------
        consistency, coverage : float
            Of the study's own solution.

        References
        ----------
        Phipson & Smyth (2010): the observed one is one of the permutations.
        """
        as_large = self.consistency * self.coverage >= consistency * coverage - ROUNDING
        return float((1 + as_large.sum()) / (1 + len(as_large)))


@dataclass(slots=True)
class Dealer:
    """Solves one truth table's conditions for many outcomes; equal rows are solved once.

    Attributes
    ----------
    conditions : ndarray, shape (n, k)
        Memberships of the cases.
    table : TruthTable
        Its rows do not depend on the outcome.
    cuts : Cuts
        What a row has to show.
    fuzzy : ndarray of bool, shape (k,)
        Which conditions hold memberships.
    """

    conditions: Memberships
    table: TruthTable
    cuts: Cuts
    fuzzy: NDArray[np.bool_]
    solved: dict[bytes, Memberships] = field(default_factory=dict)

    def chance(self, outcomes: Memberships) -> Chance:
        """Return the solutions of many outcomes.

        Parameters
        ----------
        outcomes : ndarray, shape (d, n)
            Memberships in each outcome.
        """
        rows = np.array([membership(self.conditions, one, self.fuzzy) for one in self.table.rows])
        present = self._present(rows, outcomes)
        solutions = np.array([self._solution(one) for one in present])
        both = np.minimum(solutions, outcomes).sum(axis=1)
        weight, shown = solutions.sum(axis=1), outcomes.sum(axis=1)
        none = np.zeros(len(outcomes))
        return Chance(
            found=np.asarray(present.any(axis=1)),
            consistency=np.divide(both, weight, out=none.copy(), where=weight > 0),
            coverage=np.divide(both, shown, out=none, where=shown > 0),
        )

    def _present(self, rows: Memberships, outcomes: Memberships) -> NDArray[np.bool_]:
        """Return which rows pass the cuts under each outcome, shape (d, r)."""
        enough = self.table.n_cases >= self.cuts.frequency
        total = rows.sum(axis=1)
        found = np.zeros((len(outcomes), len(rows)), dtype=bool)
        for place, row in enumerate(rows):
            both = np.minimum(row, outcomes)
            twice = np.minimum(both, 1 - outcomes).sum(axis=1)
            both = both.sum(axis=1)
            left = np.maximum(total[place] - twice, 1e-12)
            found[:, place] = (
                (both >= (self.cuts.consistency - ROUNDING) * total[place])
                & ((both - twice) / left >= self.cuts.pri - ROUNDING)
                & enough[place]
            )
        return found

    def _solution(self, present: NDArray[np.bool_]) -> Memberships:
        """Return the cases' membership in the conservative solution of some rows."""
        key = present.tobytes()
        if key not in self.solved:
            found = np.zeros(len(self.conditions))
            if present.any():
                none = np.empty((0, self.table.rows.shape[1]), dtype=np.int64)
                terms = minimised(self.table.rows[present], none, self.table.levels).models[0]
                for term in terms:
                    found = np.maximum(found, membership(self.conditions, term, self.fuzzy))
            self.solved[key] = found
        return self.solved[key]


def shuffled(outcome: Memberships, draws: int, rng: np.random.Generator) -> Memberships:
    """Return the outcome dealt out anew among the cases, shape (draws, n)."""
    # Sorted first, so that the draws do not hang on the order of the cases.
    return rng.permuted(np.tile(np.sort(outcome), (draws, 1)), axis=1)
