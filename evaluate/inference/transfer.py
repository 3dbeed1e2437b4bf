"""How many of the conditions that a practice needs are known to be met in another place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evaluate.errors import Refused

Known = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a practice, at its origin and at a destination.

    Attributes
    ----------
    key : str
        Its name.
    needed : {"yes", "no", "unknown"}
        Whether the practice needs it.
    origin, destination : {"yes", "no", "unknown"}
        Whether it is met where the practice comes from, and where it would go.
    """

    key: str
    needed: Known
    origin: Known
    destination: Known


@dataclass(frozen=True, slots=True)
class Transfer:
    """How a destination meets what a practice needs.

    Attributes
    ----------
    needed : int
        Conditions that the practice is known to need.
    met, unmet, unknown : int
        Of these, by what is known of the destination.
    low, high : float or None
        Bounds of the share that is met, over all that is unknown: whether a condition is met,
        and whether it is needed. ``None`` where every condition is known not to be needed.
    uncertain : tuple of str
        Conditions whose answer would narrow the bounds.
    missing : tuple of str
        Needed and known to be absent at the destination.
    doubtful : tuple of str
        Said to be needed, and absent where the practice comes from.
    """

    needed: int
    met: int
    unmet: int
    unknown: int
    low: float | None
    high: float | None
    uncertain: tuple[str, ...]
    missing: tuple[str, ...]
    doubtful: tuple[str, ...]


def transfer(conditions: Sequence[Condition]) -> Transfer:
    """Return the share of needed conditions that a destination meets, in its sharpest bounds.

    With m met, f unmet and u unknown among the conditions that are needed, and m', f', u' among
    those of which it is not known whether they are needed, the least share is
    m / (m + f + u + f' + u') and the largest (m + u + m' + u') / (m + f + u + m' + u').

    Parameters
    ----------
    conditions : sequence of Condition
        Of one practice and one destination.

    Returns
    -------
    Transfer
        Counts, bounds and the conditions by name.

    Raises
    ------
    Refused
        If no condition is given.
    """
    if not conditions:
        raise Refused(
            "no_conditions",
            "the practice names no condition under which it works",
            "name what the practice needs, and whether it is there at the destination",
        )
    sure = [one for one in conditions if one.needed == "yes"]
    open_ = [one for one in conditions if one.needed == "unknown"]
    met, unmet, unknown = (_count(sure, one) for one in ("yes", "no", "unknown"))
    maybe_met, maybe_unmet, maybe_unknown = (_count(open_, one) for one in ("yes", "no", "unknown"))
    known = met + unmet + unknown
    best = met + unknown + maybe_met + maybe_unknown
    return Transfer(
        needed=known,
        met=met,
        unmet=unmet,
        unknown=unknown,
        low=_low(met, known + maybe_unmet + maybe_unknown, only_met=maybe_met),
        high=_high(best, known + maybe_met + maybe_unknown, only_unmet=maybe_unmet),
        uncertain=tuple(
            one.key
            for one in conditions
            if one.needed == "unknown" or (one.needed == "yes" and one.destination == "unknown")
        ),
        missing=tuple(one.key for one in sure if one.destination == "no"),
        doubtful=tuple(one.key for one in sure if one.origin == "no"),
    )


def _count(conditions: Sequence[Condition], known: Known) -> int:
    return sum(one.destination == known for one in conditions)


def _low(met: int, whole: int, *, only_met: int) -> float | None:
    """Return the least share; where all that may be needed is met, it is whole if any is."""
    if whole:
        return met / whole
    return 1.0 if only_met else None


def _high(met: int, whole: int, *, only_unmet: int) -> float | None:
    if whole:
        return met / whole
    return 0.0 if only_unmet else None
