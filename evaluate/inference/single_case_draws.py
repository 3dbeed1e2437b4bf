"""Randomisation tests of single cases: the programme's start was drawn by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.single_case import Case

# Assignments that are gone through one by one; of more, draws are taken.
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What chance could have given.

    Attributes
    ----------
    statistic : ndarray, shape (a,)
        Mean over cases of the difference of phase means, under each assignment; of draws, the
        assignment that was made is the first.
    share : ndarray, shape (a,)
        The same of the series that is 1 where the programme was there: by how much an effect of
        one would show under each assignment.
    observed : float
        The statistic under the assignment that was made.
    assignments : int
        How many different ones there are.
    exact : bool
        Whether all were gone through.
    """

    statistic: Float
    share: Float
    observed: float
    assignments: int
    exact: bool


def contrast(case: Case, start: float, value: Float) -> float:
    """Return the mean from a start on less the mean before it.

    Parameters
    ----------
    case : Case
        Gives the occasions.
    start : float
        First occasion with the programme.
    value : ndarray, shape (n,)
        What the means are of.

    Raises
    ------
    Refused
        ``empty_phase`` when there is no value on one side.
    """
    after = case.time >= start
    if after.all() or not after.any():
        raise Refused(
            "empty_phase",
            "under a start that chance could have drawn, a case has no value in one phase",
            "declare the starts that were possible, or leave out cases that lack occasions",
        )
    return float(value[after].mean() - value[~after].mean())


def _tables(cases: Sequence[Case], starts: Sequence[Sequence[float]]) -> tuple[list[Float], ...]:
    values = [
        np.array([contrast(case, one, case.value) for one in each])
        for case, each in zip(cases, starts, strict=True)
    ]
    shares = [
        np.array([contrast(case, one, case.on.astype(np.float64)) for one in each])
        for case, each in zip(cases, starts, strict=True)
    ]
    return values, shares


def _observed(cases: Sequence[Case]) -> float:
    each = [case.value[case.on].mean() - case.value[~case.on].mean() for case in cases]
    return float(np.mean(each))


def by_start_order(
    cases: Sequence[Case], draws: int = 9999, rng: np.random.Generator | None = None
) -> Drawn:
    """Return what other assignments of the same starts to cases would have given.

    Parameters
    ----------
    cases : sequence of Case
        Each in two phases.
    draws : int
        Taken where there are more than ``MOST`` orders.
    rng : numpy.random.Generator or None
        Source of chance, for draws.

    Raises
    ------
    Refused
        ``phases_return``, ``same_start`` when all cases start together, and ``empty_phase``.

    References
    ----------
    Wampold & Worsham (1986), Behavioral Assessment 8(2); R ``SCRT::pvalue.systematic``.
    """
    _require_two_phases(cases)
    starts = [case.start for case in cases]
    known, times = np.unique(starts, return_counts=True)
    if len(known) == 1:
        raise Refused(
            "same_start",
            "all cases start at the same time, so that chance had no order to draw",
            "name the scheme that was used, or describe without a test",
        )
    k = len(cases)
    distinct = factorial(k) // prod(factorial(int(one)) for one in times)
    values, shares = _tables(cases, [starts] * k)
    if factorial(k) <= MOST:
        orders = np.array(list(permutations(range(k))))
    else:
        if rng is None:
            raise ValueError("draws need a source of chance")
        orders = np.vstack([np.arange(k), rng.permuted(np.tile(np.arange(k), (draws, 1)), axis=1)])
    statistic, share = (
        np.array(one)[np.arange(k), orders].mean(axis=1) for one in (values, shares)
    )
    return Drawn(statistic, share, _observed(cases), distinct, factorial(k) <= MOST)


def by_start_window(
    cases: Sequence[Case],
    windows: Sequence[tuple[float, float]],
    draws: int = 9999,
    rng: np.random.Generator | None = None,
) -> Drawn:
    """Return what other starts, each drawn from its case's window, would have given.

    Parameters
    ----------
    cases : sequence of Case
        Each in two phases.
    windows : sequence of tuple of float
        Earliest and latest start that could have been drawn, for each case; occasions between
        them were equally probable.
    draws : int
        Taken where there are more than ``MOST`` combinations.
    rng : numpy.random.Generator or None
        Source of chance, for draws.

    Raises
    ------
    Refused
        ``phases_return``; ``start_outside_window`` when a case began at a time that could not be
        drawn; ``empty_phase``.

    References
    ----------
    Marascuilo & Busk (1988), Behavioral Assessment 10(1), for replicated AB designs; for one case
    Edgington (1975), J. Psychology 90(1).
    """
    _require_two_phases(cases)
    starts = []
    for case, (low, high) in zip(cases, windows, strict=True):
        inside = case.time[(case.time >= low) & (case.time <= high)]
        if case.start not in inside:
            raise Refused(
                "start_outside_window",
                "a case begins at a time that its window does not hold, or that was not measured",
                "correct the window: it holds every start that could have been drawn",
            )
        starts.append(inside.tolist())
    counts = [len(one) for one in starts]
    total = prod(counts)
    values, shares = _tables(cases, starts)
    if total <= MOST:
        statistic, share = (_sums(one) / len(cases) for one in (values, shares))
        return Drawn(statistic, share, _observed(cases), total, True)
    if rng is None:
        raise ValueError("draws need a source of chance")
    picked = np.column_stack([rng.integers(0, n, draws) for n in counts])
    made = [each.index(case.start) for case, each in zip(cases, starts, strict=True)]
    picked = np.vstack([made, picked])
    statistic, share = (
        np.mean([one[picked[:, i]] for i, one in enumerate(each)], axis=0)
        for each in (values, shares)
    )
    return Drawn(statistic, share, _observed(cases), total, False)


def by_phase_order(
    cases: Sequence[Case], draws: int = 9999, rng: np.random.Generator | None = None
) -> Drawn:
    """Return what exchanging the phases of cases would have given.

    Chance decided for each case which of the two conditions came first.

    Parameters
    ----------
    cases : sequence of Case
        In two phases or more.
    draws : int
        Taken where there are more than ``MOST`` orders.
    rng : numpy.random.Generator or None
        Source of chance, for draws.
    """
    k = len(cases)
    each = np.array([case.value[case.on].mean() - case.value[~case.on].mean() for case in cases])
    if 2**k <= MOST:
        signs = 1.0 - 2.0 * ((np.arange(2**k)[:, None] >> np.arange(k)) & 1)
    else:
        if rng is None:
            raise ValueError("draws need a source of chance")
        signs = np.vstack([np.ones(k), rng.choice([-1.0, 1.0], (draws, k))])
    return Drawn(signs @ each / k, signs.mean(axis=1), float(each.mean()), 2**k, bool(2**k <= MOST))


def _require_two_phases(cases: Sequence[Case]) -> None:
    if not all(case.ordered for case in cases):
        raise Refused(
            "phases_return",
            "a case has occasions without the programme after its start",
            "name the scheme phase_order, or leave out what comes after the return",
        )


def _sums(parts: Sequence[Float]) -> Float:
    total = np.zeros(1)
    for one in parts:
        total = np.add.outer(total, one).ravel()
    return total
