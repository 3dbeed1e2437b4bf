"""How many must be helped for a programme to pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evaluate.economics.finite import finite

_SMALLEST = 1e-300


@dataclass(frozen=True, slots=True)
class BreakEvenNumber:
    """How many must be helped for a cost to come back.

    Attributes
    ----------
    number : float or None
        Need not be whole; ``None`` where no number is enough.
    state : str
        ``""``; ``"never"``: each one helped brings nothing or a loss; ``"no_cost"``: there is
        nothing to bring back.
    """

    number: float | None
    state: Literal["", "never", "no_cost"]


def break_even_number(cost: float, value: float) -> BreakEvenNumber:
    """Return how many averted cases pay for a programme.

    Parameters
    ----------
    cost : float
        Present value of the programme's cost to a payer.
    value : float
        Present value to that payer of one averted case.

    Returns
    -------
    BreakEvenNumber
        Cost / value.

    References
    ----------
    HM Treasury, The Green Book, ch. 5 (break-even). In R: ``cost / value``.

    Examples
    --------
    >>> break_even_number(4e6, 240_000).number
    16.666666666666668
    >>> break_even_number(4e6, 0)
    BreakEvenNumber(number=None, state='never')
    """
    finite("cost and value", [cost, value])
    if cost <= 0:
        return BreakEvenNumber(0.0, "no_cost")
    return BreakEvenNumber(cost / value, "") if value > 0 else BreakEvenNumber(None, "never")


def percentage_points(number: float, participants: float) -> float:
    """Return a number of cases as percentage points of the participants.

    Parameters
    ----------
    number, participants : float
        Cases averted, and persons in the programme.

    Returns
    -------
    float
        0 to 100; above 100 it cannot be reached.

    Raises
    ------
    ValueError
        If there are no participants.

    Examples
    --------
    >>> round(percentage_points(4e6 / 9e5, 200), 3)
    2.222
    """
    if participants <= 0:
        raise ValueError("percentage points need participants")
    return number / participants * 100


def number_needed_to_treat(risk_reduction: float) -> float | None:
    """Return how many must take part for one case to be averted.

    Parameters
    ----------
    risk_reduction : float
        Risk without the programme less risk with it, as a share.

    Returns
    -------
    float or None
        1 / risk reduction; none where the risk does not fall.

    References
    ----------
    Laupacis, Sackett and Roberts (1988), NEJM 318(26). In Stata: ``csi``; in R: ``1 / arr``.

    Examples
    --------
    >>> number_needed_to_treat(0.05)
    20.0
    """
    # Below the smallest normal number its inverse is infinite: nobody is averted.
    return 1 / risk_reduction if risk_reduction > _SMALLEST else None


def pays(cost: float, value: float, risk_reduction: float) -> bool:
    """Return whether a programme pays for itself per participant.

    Parameters
    ----------
    cost : float
        For one participant.
    value : float
        Of one averted case.
    risk_reduction : float
        As a share; negative where the programme harms.

    Returns
    -------
    bool
        Whether the cost is less than value × risk reduction.

    Examples
    --------
    >>> pays(20_000, 900_000, 0.05)
    True
    """
    return cost < value * risk_reduction
