"""The smallest effect at which a payer gets back what it pays."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evaluate.core import Direction


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where a linear account is zero.

    Attributes
    ----------
    effect : float or None
        In the outcome's unit; ``None`` where no effect in the desired direction is decisive.
    state : str
        ``""``, or ``"always pays"``, ``"never pays"``, ``"pays below it"``, ``"no stake"``.
    """

    effect: float | None
    state: str


def break_even(fixed: float, slope: float, *, direction: Direction = "increase") -> BreakEven:
    """Return the effect in the desired direction at which a net present value is zero.

    Parameters
    ----------
    fixed : float
        Net at no effect.
    slope : float
        What one unit of effect adds.
    direction : {"increase", "decrease"}
        The desired direction of the outcome.

    Returns
    -------
    BreakEven
        ``"always pays"``: without any effect too; ``"never pays"``: at no effect in the desired
        direction; ``"pays below it"``: a gain that a larger effect uses
        up; ``"no stake"``: nothing gained or lost.

    Examples
    --------
    >>> break_even(-4000.0, 900.0).effect
    4.444444444444445
    >>> break_even(-4000.0, -900.0).state
    'never pays'
    """
    towards = slope if direction == "increase" else -slope
    if fixed == 0 and slope == 0:
        return BreakEven(None, "no stake")
    if fixed > 0 and towards >= 0:
        return BreakEven(None, "always pays")
    if fixed <= 0 and towards <= 0:
        return BreakEven(None, "never pays")
    effect = -fixed / slope
    if math.isinf(effect):  # what an effect adds is lost in rounding
        return BreakEven(None, "never pays" if towards > 0 else "always pays")
    return BreakEven(effect, "" if towards > 0 else "pays below it")
