"""Real forward rates into discount factors: the one function that discounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.definition import Timing

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
    steps: Sequence[Step], years: ArrayLike, *, timing: Timing = "start"
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

    Returns
    -------
    ndarray, shape (t,)
        Factors; 1 in the base year when money falls at the start of a year.

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
    time = np.asarray(years, dtype=np.float64) + _SHIFT[timing]
    exponent = np.zeros_like(time)
    start = 0.0
    for step in steps:
        end = np.inf if step.to is None else float(step.to)
        exponent += np.clip(time - start, 0.0, end - start) * np.log1p(step.rate)
        start = end
    return np.exp(-exponent)
