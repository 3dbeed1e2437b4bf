"""The E-value of a risk difference from the counts behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from evaluate.errors import Refused
from evaluate.inference.e_value import EValue, Ratio, e_value
from evaluate.inference.t import t_quantile

_STEPS = 200


@dataclass(frozen=True, slots=True)
class Counts:
    """A table of two by two.

    Attributes
    ----------
    treated_with, treated_without : int
        Treated with the outcome, and without it.
    comparison_with, comparison_without : int
        Comparison units with the outcome, and without it.
    """

    treated_with: int
    treated_without: int
    comparison_with: int
    comparison_without: int

    def turned(self) -> Counts:
        """Return the table with treated and comparison in each other's place."""
        return Counts(
            self.comparison_with, self.comparison_without, self.treated_with, self.treated_without
        )


def e_value_of_counts(counts: Counts, true: float = 0.0, alpha: float = 0.05) -> EValue:
    """Return how strong a hidden factor must be to move a risk difference to another value.

    A factor tied to both by B at most leaves the risk difference of the whole population at no
    less than (p1 - p0 B) (f + (1 - f) / B), where f is the share of treated. Its interval has
    the standard error of that product by the delta method.

    Parameters
    ----------
    counts : Counts
        Whom the risks are of; a difference below ``true`` is turned round first.
    true : float
        Risk difference that the hidden factor leaves.
    alpha : float
        One less the level of confidence, in (0, 1).

    Returns
    -------
    EValue
        Its ratio is the factor's B for the difference, with that for its limit.

    Raises
    ------
    Refused
        ``impossible_risk`` when a group is empty or nobody in comparison has the outcome.

    References
    ----------
    Ding & VanderWeele (2016), Epidemiology 27(3), 368-377, and its appendix. R
    ``EValue::evalues.RD(n11, n10, n01, n00, true, alpha)``, to its grid's step.
    """
    given = _Risks(counts, t_quantile(1 - alpha / 2, None))
    if given.left(1.0) < true:
        given, true = _Risks(counts.turned(), given.quantile), -true
    value = _first(lambda bias: given.left(bias) <= true)
    limit = _first(lambda bias: given.low(bias) <= true)
    found = e_value(Ratio(value, limit))
    return EValue(found.value, found.limit, Ratio(value, limit))


class _Risks:
    def __init__(self, counts: Counts, quantile: float) -> None:
        treated = counts.treated_with + counts.treated_without
        comparison = counts.comparison_with + counts.comparison_without
        if min(treated, comparison) < 1 or counts.comparison_with < 1:
            raise Refused(
                "impossible_risk",
                "a group is empty, or nobody in it has the outcome",
                "give the counts of both groups",
            )
        self.quantile = quantile
        self.one, self.zero = counts.treated_with / treated, counts.comparison_with / comparison
        self.share = treated / (treated + comparison)
        self.errors = (
            self.one * (1 - self.one) / treated,
            self.zero * (1 - self.zero) / comparison,
            self.share * (1 - self.share) / (treated + comparison),
        )

    def left(self, bias: float) -> float:
        """Return the least risk difference when a hidden factor biases by so much."""
        return (self.one - self.zero * bias) * (self.share + (1 - self.share) / bias)

    def low(self, bias: float) -> float:
        """Return its lower limit."""
        apart, scale = self.one - self.zero * bias, self.share + (1 - self.share) / bias
        one, zero, share = self.errors
        square = scale**2 * (one + bias**2 * zero) + (apart * (1 - 1 / bias)) ** 2 * share
        return apart * scale - self.quantile * sqrt(square)


def _first(reached: Callable[[float], bool]) -> float:
    """Return the smallest bias, from 1, at which something is reached; it then stays so."""
    if reached(1.0):
        return 1.0
    low, high = 1.0, 2.0
    while not reached(high):
        low, high = high, 2 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
