"""Real forward rates into discount factors: the one function that discounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.definition import Timing

Boundary = Literal["own", "first_year_lower"]

_SHIFT: dict[Timing, float] = {"start": 0.0, "mid": 0.5, "end": 1.0}


@dataclass(frozen=True, slots=True)
class Step:
    """A forward rate that holds up to and including a year.

    Attributes
    ----------
    to : int or None
        Last year, counted from the base year; ``None`` is for ever.
    rate : float
        Real rate a year, as a share.
    """

    to: int | None
    rate: float


def discount_factors(
    steps: Sequence[Step],
    years: ArrayLike,
    *,
    timing: Timing = "start",
    boundary: Boundary = "own",
) -> NDArray[np.float64]:
    """Return what one unit of real money in each year is worth in the base year.

    The rates of a schedule are forward rates: money is carried back through each step at that
    step's own rate, so the factor never jumps where a rate changes.

    Parameters
    ----------
    steps : sequence of Step
        In order; the last is open.
    years : array_like, shape (t,)
        Years after the base year, 0 or more.
    timing : {"start", "mid", "end"}
        Year t is carried back over t, t + 0.5 or t + 1 years.
    boundary : {"own", "first_year_lower"}
        A step's last year has that step's own rate, or already the next step's: some read "up to
        40 years" as ending in year 39.

    Returns
    -------
    ndarray, shape (t,)
        Factors; 1 in the base year when money falls at the start of a year.

    Raises
    ------
    ValueError
        If a year is negative or no number, or the steps are out of order or not open at the end.

    References
    ----------
    HM Treasury, The Green Book, annex on discounting; Finansdepartementet, R-109/21. In R, for
    one rate: ``(1 + rate)^-years``.

    Examples
    --------
    >>> norway = [Step(40, 0.04), Step(75, 0.03), Step(None, 0.02)]
    >>> discount_factors(norway, [0, 40, 41]).round(6).tolist()
    [1.0, 0.208289, 0.202222]
    """
    given = np.asarray(years, dtype=np.float64)
    if not (np.isfinite(given) & (given >= 0)).all():
        raise ValueError("years are counted from the base year: finite, and 0 or more")
    time = given + _SHIFT[timing]
    earlier = 1.0 if boundary == "first_year_lower" else 0.0
    exponent = np.zeros_like(time)
    start = 0.0
    for step, end in zip(steps, _ends(steps, earlier), strict=True):
        exponent += np.clip(time - start, 0.0, end - start) * np.log1p(step.rate)
        start = end
    return np.exp(-exponent)


def annuity(
    amount: float,
    first: int,
    last: int,
    steps: Sequence[Step],
    *,
    growth: float = 0.0,
    timing: Timing = "start",
    boundary: Boundary = "own",
) -> float:
    """Return what a yearly amount is worth in the base year.

    Parameters
    ----------
    amount : float
        Real money a year, at the level of the base year.
    first, last : int
        First and last year, both counted.
    steps : sequence of Step
        In order; the last is open.
    growth : float
        Real growth a year from the base year on: year t has ``amount * (1 + growth)**t``.
    timing : {"start", "mid", "end"}
        As in ``discount_factors``.
    boundary : {"own", "first_year_lower"}
        As in ``discount_factors``.

    Returns
    -------
    float
        Present value, in the money of ``amount``.

    Raises
    ------
    ValueError
        If the amount or its growth is no number, a year is negative, or ``last`` comes before
        ``first``.

    References
    ----------
    HM Treasury, The Green Book, annex on discounting. In R, for one rate:
    ``sum(amount * (1 + growth)^t / (1 + rate)^t)``.

    Examples
    --------
    >>> norway = [Step(40, 0.04), Step(75, 0.03), Step(None, 0.02)]
    >>> round(annuity(30_000, 1, 40, norway), 2)
    593783.22
    """
    if not (np.isfinite(amount) and np.isfinite(growth) and growth > -1):
        raise ValueError("an annuity needs a finite amount, and growth above -1")
    if last < first:
        raise ValueError("the last year of an annuity comes before the first")
    years = np.arange(first, last + 1)
    factors = discount_factors(steps, years, timing=timing, boundary=boundary)
    return float(amount * ((1.0 + growth) ** years @ factors))


def _ends(steps: Sequence[Step], earlier: float) -> list[float]:
    """Return where each step ends; the last never does."""
    ends = [np.inf if step.to is None else step.to - earlier for step in steps]
    if not ends or ends[-1] != np.inf or any(low >= high for low, high in pairwise(ends)):
        raise ValueError("the steps of a schedule are in order, and only the last is open")
    return ends
