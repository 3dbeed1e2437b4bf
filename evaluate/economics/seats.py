"""What a pupil who stays brings and costs a school organiser, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from evaluate.economics.break_even import BreakEven, break_even

MONTHS = 12

_YEARS = 100


@dataclass(frozen=True, slots=True)
class Seat:
    """What one treated pupil costs and brings, in money of one price year.

    Attributes
    ----------
    programme_cost : float
        Of the programme, per treated pupil.
    grants : float
        What others give towards it, per treated pupil.
    averted : float
        Share of treated pupils who stay because of the programme; below 0 where it harms.
    months : float
        How long each of them stays on.
    price : float
        What the home municipality pays the organiser for a pupil, a month.
    marginal_cost : float
        What one more pupil costs the organiser, a month.
    """

    programme_cost: float
    grants: float
    averted: float
    months: float
    price: float
    marginal_cost: float

    @property
    def margin(self) -> float:
        """Return what the organiser keeps of a pupil who stays, a month."""
        return self.price - self.marginal_cost


@dataclass(frozen=True, slots=True)
class Accounts:
    """What each party gains per treated pupil; what it loses is negative.

    Attributes
    ----------
    organiser, home_municipality : float
        One is paid what the other pays.
    consolidated : float
        Both together: a municipality that runs its own schools. The payment cancels.
    """

    organiser: float
    home_municipality: float
    consolidated: float


def accounts(seat: Seat) -> Accounts:
    """Return what organiser and home municipality gain per treated pupil.

    The organiser gains ``averted * months * (price - marginal_cost) - programme_cost + grants``;
    the home municipality pays ``averted * months * price``; together they lose what the pupil's
    place and the programme really cost, less the grants.

    Parameters
    ----------
    seat : Seat
        Costs and prices.
    """
    stay = seat.averted * seat.months
    own = seat.grants - seat.programme_cost
    return Accounts(
        organiser=stay * seat.margin + own,
        home_municipality=-stay * seat.price,
        consolidated=own - stay * seat.marginal_cost,
    )


def months_to_break_even(seat: Seat) -> BreakEven:
    """Return how long each averted dropout must stay for the organiser to break even.

    Parameters
    ----------
    seat : Seat
        Costs and prices; its ``months`` play no part.

    Returns
    -------
    BreakEven
        In months; ``"never pays"`` where a month brings no more than it costs, ``"always pays"``
        where grants cover the programme.

    Examples
    --------
    >>> seat = Seat(18_000, 0, averted=0.1, months=0, price=10_850, marginal_cost=5_425)
    >>> round(months_to_break_even(seat).effect, 2)
    33.18
    """
    return break_even(seat.grants - seat.programme_cost, seat.averted * seat.margin)


def funded_months(exit_month: int, months: float, count_months: Sequence[int]) -> float:
    """Return the months that are paid for when pupils are counted on certain dates.

    Parameters
    ----------
    exit_month : int
        Calendar month, 1 to 12, from whose first day the pupil would have been away.
    months : float
        How long the pupil stays on from that day.
    count_months : sequence of int
        Calendar months on whose first day pupils are counted. Each count pays for an equal part
        of twelve months, whoever leaves after it.

    Examples
    --------
    Counted in October and April, half a year each: who would have left in October and stays for
    one month is paid for six; who would have left in November is paid for none.

    >>> funded_months(10, 1, [10, 4]), funded_months(11, 1, [10, 4])
    (6.0, 0.0)
    """
    years = ceil(months / MONTHS)
    passed = sum(one < months for one in _counts(exit_month, count_months, years))
    return passed * MONTHS / len(count_months)


def counted_months_to_break_even(
    seat: Seat, *, exit_month: int, count_months: Sequence[int]
) -> BreakEven:
    """Return the months to break even when pupils are counted on certain dates.

    Money comes in steps, on each count, and is used up month by month in between.

    Parameters
    ----------
    seat : Seat
        Costs and prices; its ``months`` play no part.
    exit_month : int
        Calendar month from whose first day the pupil would have been away.
    count_months : sequence of int
        Calendar months on whose first day pupils are counted.

    Returns
    -------
    BreakEven
        First month; ``"falls back"`` where a later month is below 0 again; ``"never pays"`` where
        a hundred years would not do, or the programme averts less than nothing.
    """
    if seat.averted < 0:
        return BreakEven(None, "never pays")
    months = np.array([0, *_counts(exit_month, count_months, _YEARS)])
    paid = MONTHS / len(count_months) * seat.price * np.arange(months.size)
    own = seat.grants - seat.programme_cost
    balance = own + seat.averted * (paid - seat.marginal_cost * months)
    before_next = own + seat.averted * (paid[:-1] - seat.marginal_cost * months[1:])
    # What is nothing but rounding counts as 0.
    slack = 1e-12 * (seat.grants + seat.programme_cost + seat.averted * paid)
    reached = np.flatnonzero(balance >= -slack)
    if not reached.size:
        return BreakEven(None, "never pays")
    first = int(reached[0])
    stays = bool((before_next[first:] >= -slack[first:-1]).all())
    if first == 0 and stays:
        return BreakEven(None, "always pays")
    return BreakEven(float(months[first]), "" if stays else "falls back")


def _counts(exit_month: int, count_months: Sequence[int], years: int) -> list[int]:
    """Return the months from the averted exit to each count, in order."""
    first = sorted((one - exit_month) % MONTHS for one in count_months)
    return [MONTHS * year + one for year in range(years) for one in first]
