"""Parameters of fit: how consistently cases with a combination show the outcome, and how many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.inference.qca_implicants import ANY

Memberships = NDArray[np.float64]
_NOTHING = 1e-12  # sums of memberships below are taken for none


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """How far a combination is enough for the outcome.

    Attributes
    ----------
    consistency : float or None
        Share of its membership that lies within the outcome; ``None`` where no case belongs.
    pri : float or None
        The same without what lies in the outcome and in its absence alike.
    coverage : float or None
        Share of the outcome that it accounts for; ``None`` where no case shows the outcome.
    unique : float or None
        Share that it alone accounts for.
    """

    consistency: float | None
    pri: float | None
    coverage: float | None
    unique: float | None = None


@dataclass(frozen=True, slots=True)
class Necessity:
    """How far a condition is needed for the outcome.

    Attributes
    ----------
    consistency : float or None
        Share of the outcome that lies within the condition.
    coverage : float or None
        Share of the condition that lies within the outcome: low where it is common anyway.
    relevance : float or None
        Relevance of necessity: low where almost every case has the condition.
    """

    consistency: float | None
    coverage: float | None
    relevance: float | None


def sufficiency(
    term: Memberships, outcome: Memberships, others: Memberships | None = None
) -> Sufficiency:
    """Return the parameters of fit of a combination as sufficient.

    Parameters
    ----------
    term, outcome : ndarray, shape (n,)
        Set membership of each case, in 0..1.
    others : ndarray, shape (n,), optional
        Membership in the union of the solution's other terms, for the unique coverage.

    References
    ----------
    Ragin (2006), Political Analysis 14(3); Schneider and Wagemann (2012), ch. 5 and 9. R:
    ``QCA::pof(x, y, relation = "sufficiency")``.
    """
    both = np.minimum(term, outcome)
    twice = np.minimum(both, 1 - outcome).sum()
    unique = None
    if others is not None:
        unique = _share(both.sum() - np.minimum(both, others).sum(), outcome.sum())
    return Sufficiency(
        consistency=_share(both.sum(), term.sum()),
        pri=_share(both.sum() - twice, term.sum() - twice),
        coverage=_share(both.sum(), outcome.sum()),
        unique=unique,
    )


def necessity(condition: Memberships, outcome: Memberships) -> Necessity:
    """Return the parameters of fit of a condition as necessary.

    Parameters
    ----------
    condition, outcome : ndarray, shape (n,)
        Set membership of each case, in 0..1.

    References
    ----------
    Schneider and Wagemann (2012), Set-Theoretic Methods, eq. 9.1 for relevance. R:
    ``QCA::pof(x, y, relation = "necessity")``: inclN, covN, RoN.
    """
    both = np.minimum(condition, outcome).sum()
    return Necessity(
        consistency=_share(both, outcome.sum()),
        coverage=_share(both, condition.sum()),
        relevance=_share((1 - condition).sum(), (1 - np.minimum(condition, outcome)).sum()),
    )


def membership(
    conditions: Memberships, term: NDArray[np.int64], fuzzy: NDArray[np.bool_]
) -> Memberships:
    """Return how far each case belongs to a combination of conditions.

    Parameters
    ----------
    conditions : ndarray, shape (n, k)
        Set membership, or the value of a condition with several values.
    term : ndarray of int, shape (k,)
        The value that each condition has to have, -1 for any.
    fuzzy : ndarray of bool, shape (k,)
        Which conditions hold memberships; the others hold values.

    Returns
    -------
    ndarray, shape (n,)
        The least membership of its parts; 1 where the term names no condition.
    """
    found = np.ones(len(conditions))
    for place, value in enumerate(term):
        if value != ANY:
            column = conditions[:, place]
            part = (column if value else 1 - column) if fuzzy[place] else column == value
            found = np.minimum(found, part)
    return found


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > _NOTHING else None
