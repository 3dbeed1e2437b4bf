"""The truth table: which combinations of conditions cases show, and what outcome they go with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.qca_fit import Memberships, Sufficiency, membership, sufficiency
from evaluate.inference.qca_implicants import ANY

# A cut is reached by what equals it but for rounding, as in R.
ROUNDING = 1.5e-8
HALF = 0.5  # a case belongs neither to a set nor to its absence


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where a row of a truth table is taken to go with the outcome.

    Attributes
    ----------
    consistency : float
        Least consistency of a row that goes with the outcome.
    contradiction : float
        From here to ``consistency`` a row contradicts itself.
    pri : float
        Least PRI of a row that goes with the outcome.
    frequency : int
        Fewest cases of a row that is not left among the remainders.
    """

    consistency: float
    contradiction: float
    pri: float
    frequency: int


@dataclass(frozen=True, slots=True)
class TruthTable:
    """Rows that cases fall in, and what they go with.

    Attributes
    ----------
    rows : ndarray of int, shape (r, k)
        Rows with a case, ordered by their values.
    row_of : ndarray of int, shape (n,)
        The row of each case, or -1 where it is at exactly one half of a condition.
    n_cases : ndarray of int, shape (r,)
        Cases of each row.
    fits : tuple of Sufficiency, length r
        How nearly each row lies within the outcome.
    out : tuple of str, length r
        ``"present"``, ``"absent"``, ``"contradiction"`` or ``"too_few"``.
    levels : tuple of int, length k
        Number of values of each condition.
    """

    rows: NDArray[np.int64]
    row_of: NDArray[np.int64]
    n_cases: NDArray[np.int64]
    fits: tuple[Sufficiency, ...]
    out: tuple[str, ...]
    levels: tuple[int, ...]

    @property
    def possible(self) -> int:
        """Return the number of rows that there could be."""
        return int(np.prod([float(one) for one in self.levels]))

    def of(self, out: str) -> NDArray[np.int64]:
        """Return the rows of one kind, shape (m, k)."""
        kept = np.array([one == out for one in self.out], dtype=bool)
        return np.asarray(self.rows[kept], dtype=np.int64)

    def remainders(self) -> NDArray[np.int64]:
        """Return the rows without cases, or with too few, shape (m, k)."""
        free = np.ones(self.levels, dtype=bool)
        kept = self.rows[np.array([one != "too_few" for one in self.out], dtype=bool)]
        free[tuple(kept.T)] = False
        return np.asarray(np.argwhere(free), dtype=np.int64)


def truth_table(
    conditions: Memberships,
    outcome: Memberships,
    cuts: Cuts,
    *,
    fuzzy: NDArray[np.bool_],
    levels: Sequence[int],
) -> TruthTable:
    """Return the truth table of cases.

    Parameters
    ----------
    conditions : ndarray, shape (n, k)
        Memberships in 0..1, or values of a condition with several values.
    outcome : ndarray, shape (n,)
        Membership in the outcome.
    cuts : Cuts
        Where a row goes with the outcome.
    fuzzy : ndarray of bool, shape (k,)
        Which conditions hold memberships.
    levels : sequence of int
        Number of values of each condition.

    Raises
    ------
    Refused
        If no case falls in a row.

    References
    ----------
    Ragin (2008), ch. 7. R: ``QCA::truthTable(data, outcome, incl.cut, n.cut, pri.cut)``.
    """
    placed = np.where(fuzzy, np.where(conditions == HALF, ANY, conditions > HALF), conditions)
    placed = placed.astype(np.int64)
    whole = np.all(placed != ANY, axis=1)
    if not whole.any():
        raise Refused(
            "no_case_in_a_row",
            "every case is at exactly one half of a condition, and belongs to no row",
            "move the crossovers of the calibration off the cases",
        )
    rows, place = np.unique(placed[whole], axis=0, return_inverse=True)
    row_of = np.full(len(placed), -1)
    row_of[whole] = np.ravel(place)
    fits = tuple(sufficiency(membership(conditions, one, fuzzy), outcome) for one in rows)
    n_cases = np.bincount(row_of[whole], minlength=len(rows))
    out = tuple(_out(fit, int(n), cuts) for fit, n in zip(fits, n_cases, strict=True))
    return TruthTable(rows, row_of, n_cases, fits, out, tuple(levels))


def _out(fit: Sufficiency, n_cases: int, cuts: Cuts) -> str:
    if n_cases < cuts.frequency:
        return "too_few"
    consistency, pri = fit.consistency or 0.0, fit.pri or 0.0
    if consistency >= cuts.consistency - ROUNDING:
        return "present" if pri >= cuts.pri - ROUNDING else "absent"
    return "contradiction" if consistency >= cuts.contradiction - ROUNDING else "absent"
