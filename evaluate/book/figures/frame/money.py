"""What the figures of money share: accounts by payer, and how sums are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evaluate.book.figures.frame.axis import Measure, measure
from evaluate.book.figures.frame.reading import Reading, value

SOCIETY = "society"


@dataclass(frozen=True, slots=True)
class Account:
    """One payer's present values per participant.

    Attributes
    ----------
    payer, name : str
        Key and name in the figure's language.
    cost, benefit, net : float
        In the account's currency.
    low, high : float or None
        Interval of net.
    gains : float or None
        Share of draws in which net is above zero.
    outside : bool
        Whether it is no part of society: the money of the EU, seen from a country.
    """

    payer: str
    name: str
    cost: float
    benefit: float
    net: float
    low: float | None
    high: float | None
    gains: float | None
    outside: bool = False


def accounts(reading: Reading) -> list[Account]:
    """Return the accounts in the order of the study, then society, then who stands outside it.

    Empty without society.
    """
    payers = _economics(reading, "payers") or {}
    abroad = {key for key, one in payers.items() if isinstance(one, dict) and one.get("eu")}
    found = [
        Account(
            payer=str(row.get("payer")),
            name=_name(reading, row.get("payer"), outside=row.get("payer") in abroad),
            cost=value(row.get("cost")) or 0.0,
            benefit=value(row.get("benefit")) or 0.0,
            net=net,
            low=value(row.get("net_low")),
            high=value(row.get("net_high")),
            gains=value(row.get("prob_positive")),
            outside=row.get("payer") in abroad,
        )
        for row in reading.rows("accounts")
        if (net := value(row.get("net"))) is not None
    ]
    found.sort(key=lambda one: (one.outside, one.payer == SOCIETY))
    return found if any(one.payer == SOCIETY for one in found) else []


def _name(reading: Reading, payer: object, *, outside: bool) -> str:
    name = reading.payer(payer)
    return reading.words("accounts.outside", payer=name) if outside else name


def sums(reading: Reading, values: Iterable[float]) -> Measure:
    """Return how sums of money are written."""
    return measure(values, str(_economics(reading, "currency")), reading)


def per(reading: Reading, how: Measure) -> str:
    """Return the unit of an account in words: currency, per participant, prices of a year."""
    year = _economics(reading, "price_year")
    return reading.words("money.per", unit=how.unit, year=year)


def _economics(reading: Reading, key: str) -> Any:
    return reading.study.get("economics", {}).get(key, "")
