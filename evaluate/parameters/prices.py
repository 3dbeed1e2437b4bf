"""Money of one country and year in the money of another: price level, exchange rate, both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from evaluate.errors import Refused
from evaluate.parameters.series import at, series, weakest
from evaluate.parameters.table import Parameter, Status

Route = Literal["inflate_then_fx", "fx_then_inflate", "inflate_then_ppp"]
Index = Literal["cpi", "wage"]
Kind = Literal["inflate", "fx", "ppp"]

# Whose prices money is in, where the study does not say; the euro's are those of the euro area.
PLACES: Mapping[str, str] = {
    "NOK": "NO",
    "SEK": "SE",
    "DKK": "DK",
    "EUR": "EA",
    "GBP": "UK",
    "USD": "US",
}


@dataclass(frozen=True, slots=True)
class Factor:
    """One multiplication of a conversion.

    Attributes
    ----------
    kind : {"inflate", "fx", "ppp"}
        What it does.
    table : str
        Where its figures stand.
    keys : tuple of str
        The rows used; a year's wage growth is one row.
    from_year, to_year : int
        Prices before and after; for an exchange rate the year of the rate, twice.
    value : float
        What the amount is multiplied by.
    status : {"verified", "unverified", "illustrative", "calculated"}
        The weakest among its rows.
    provisional : bool
        Whether any of its rows is.
    """

    kind: Kind
    table: str
    keys: tuple[str, ...]
    from_year: int
    to_year: int
    value: float
    status: Status
    provisional: bool

    @property
    def key(self) -> str:
        """Return the rows used, as one cell."""
        return " ".join(self.keys)


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in other money, and how it came about.

    Attributes
    ----------
    amount : float
        In the target currency and year.
    factors : tuple of Factor
        In the order applied; their product times the given amount is ``amount``.
    warnings : tuple of str
        Sentences on factors that are provisional or were not read in their source.
    """

    amount: float
    factors: tuple[Factor, ...]
    warnings: tuple[str, ...]


def convert(
    amount: float,
    from_ccy: str,
    from_year: int,
    to_ccy: str,
    to_year: int,
    *,
    route: Route = "inflate_then_fx",
    index: Index = "cpi",
    places: Mapping[str, str] | None = None,
) -> Converted:
    """Return money of one currency and price year in another.

    The order matters: prices first and then the target year's rate keeps the resources of the
    source country, the rate first and then the target country's prices keeps its purchases.

    Parameters
    ----------
    amount : float
        In ``from_ccy`` at the prices of ``from_year``.
    from_ccy, to_ccy : str
        ISO 4217 codes.
    from_year, to_year : int
        Price years.
    route : {"inflate_then_fx", "fx_then_inflate", "inflate_then_ppp"}
        Source prices to the target year and the target year's exchange rate; the source year's
        rate and target prices; or source prices and the target year's purchasing power.
    index : {"cpi", "wage"}
        What prices follow: the consumer price index, or the growth of wages.
    places : mapping of str to str, optional
        Countries whose prices and purchasing power stand for a currency, such as
        ``{"EUR": "FI"}``; by default the euro is that of the euro area.

    Returns
    -------
    Converted
        The amount, with every factor.

    Raises
    ------
    Refused
        If the amount is not a number, or a currency, a route, an index or a year is not in the
        tables; nothing is extrapolated.

    References
    ----------
    European Commission (2021), Economic Appraisal Vademecum 2021-2027; OECD (2023), Purchasing
    Power Parities. In R: ``amount * cpi[to] / cpi[from] / eur[from_ccy] * eur[to_ccy]``.

    Examples
    --------
    >>> round(convert(100_000, "SEK", 2018, "NOK", 2024).amount, 2)
    128588.77
    """
    _sound(amount, (from_ccy, to_ccy), route, index)
    where = {**PLACES, **(places or {})}
    source, target = where[from_ccy], where[to_ccy]
    factors: tuple[Factor, ...]
    if route == "fx_then_inflate":
        factors = (
            *_exchanged(from_ccy, to_ccy, from_year),
            *_inflated(target, from_year, to_year, index),
        )
    else:
        inflated = _inflated(source, from_year, to_year, index)
        if route == "inflate_then_fx":
            factors = (*inflated, *_exchanged(from_ccy, to_ccy, to_year))
        else:
            factors = (*inflated, *_purchasing(source, target, to_year))
    value = amount * math.prod(one.value for one in factors)
    return Converted(value, factors, tuple(_warnings(factors)))


def _sound(amount: float, currencies: tuple[str, str], route: str, index: str) -> None:
    if not math.isfinite(amount):
        raise Refused(
            "no_amount", "An amount that is not a number has no value.", "Give the amount."
        )
    for what, given, known in (
        *(("currency", one, tuple(PLACES)) for one in currencies),
        ("route of conversion", route, get_args(Route)),
        ("index", index, get_args(Index)),
    ):
        if given not in known:
            raise Refused(
                "unknown_conversion",
                f"There is no {what} {given!r} in the tables.",
                f"Choose one of: {', '.join(known)}.",
            )


def _inflated(place: str, first: int, last: int, index: Index) -> Iterator[Factor]:
    if first == last:
        return
    if index == "wage":
        yield _grown(place, first, last)
        return
    known = series("price_indices", place)
    old = at(known, first, f"consumer prices in {place}")
    new = at(known, last, f"consumer prices in {place}")
    yield _factor("inflate", "price_indices", (new, old), (first, last), new.value / old.value)


def _grown(place: str, first: int, last: int) -> Factor:
    known = series("wage_growth", place)
    years = range(min(first, last) + 1, max(first, last) + 1)
    used = tuple(at(known, year, f"growth of wages in {place}") for year in years)
    growth = math.prod(1 + one.value for one in used)
    value = growth if last > first else 1 / growth
    return _factor("inflate", "wage_growth", used, (first, last), value)


def _exchanged(source: str, target: str, year: int) -> Iterator[Factor]:
    if source == target:
        return
    used = tuple(
        at(series("exchange_rates", one), year, f"units of {one} per euro")
        for one in (target, source)
        if one != "EUR"
    )
    per = {str(one.currency): one.value for one in used} | {"EUR": 1.0}
    yield _factor("fx", "exchange_rates", used, (year, year), per[target] / per[source])


def _purchasing(source: str, target: str, year: int) -> Iterator[Factor]:
    if source == target:
        return
    used = tuple(
        at(series("purchasing_power", one), year, f"purchasing power in {one}")
        for one in (target, source)
    )
    value = used[0].value / used[1].value
    yield _factor("ppp", "purchasing_power", used, (year, year), value)


def _factor(
    kind: Kind, table: str, used: tuple[Parameter, ...], years: tuple[int, int], value: float
) -> Factor:
    status, provisional = weakest(used)
    return Factor(kind, table, tuple(one.key for one in used), *years, value, status, provisional)


def _warnings(factors: tuple[Factor, ...]) -> Iterator[str]:
    for one in factors:
        if one.provisional:
            yield f"Provisional, to be revised: {one.key}."
        elif one.status == "unverified":
            yield f"Not read in the named source: {one.key}."
