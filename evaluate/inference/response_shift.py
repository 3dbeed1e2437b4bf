"""Whether people judge themselves by another yardstick afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.paired_change import Labels, Mean, mean_of


@dataclass(frozen=True, slots=True)
class ResponseShift:
    """A change seen from before and from afterwards.

    Attributes
    ----------
    observed : Mean or Refused
        After less before.
    adjusted : Mean or Refused
        After less what people say afterwards that they were before (the then-test).
    shift : Mean or Refused
        The then-test less before. It cannot be told from faulty recall, or from the wish to
        have improved.
    """

    observed: Mean | Refused
    adjusted: Mean | Refused
    shift: Mean | Refused


def response_shift(
    before: Float,
    then: Float,
    after: Float,
    cluster: Labels | None = None,
    conf_level: float = 0.95,
) -> ResponseShift:
    """Return the change observed, adjusted by the then-test, and their difference.

    Each is a mean, or why it has no interval, such as ``no_variation`` of the shift where nobody
    changed the yardstick.

    Parameters
    ----------
    before, then, after : ndarray, shape (n,)
        Of the same people, without missing ones; ``then`` was asked together with ``after``.
    cluster : ndarray, shape (n,), or None
        What each person belongs to.
    conf_level : float
        Coverage probability, in (0, 1).

    References
    ----------
    Howard (1980), Evaluation Review 4(1); Schwartz & Sprangers (2010), Quality of Life Research
    19(4), on what the then-test cannot tell apart.
    """
    pairs = (after - before, after - then, then - before)
    return ResponseShift(*(_mean(one, cluster, conf_level) for one in pairs))


def _mean(values: Float, cluster: Labels | None, conf_level: float) -> Mean | Refused:
    try:
        return mean_of(values, cluster, conf_level)
    except Refused as refused:
        return refused
