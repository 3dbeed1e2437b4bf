"""What a row's amount is in the account's money, and how large the row is in each draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.costs import Cost
from evaluate.economics.definition import Conversion, Economics
from evaluate.economics.rows import MoneyRow
from evaluate.errors import Refused
from evaluate.parameters.prices import Factor, convert
from evaluate.parameters.table import Parameter, parameter

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Amount:
    """A row's amount in the account's money.

    Attributes
    ----------
    value : float
        For one unit of quantity, before it counts ``times``.
    given : float
        As the study or the table has it.
    currency, price_year : str, int
        Of ``given``.
    factors : tuple of Factor
        What it was converted by; empty where the money was the same.
    origin : Parameter or None
        The row of a table that it comes from.
    """

    value: float
    given: float
    currency: str
    price_year: int
    factors: tuple[Factor, ...] = ()
    origin: Parameter | None = None

    @property
    def rate(self) -> float:
        """Return what one unit of the given money is worth in the account's."""
        return self.value / self.given if self.given else 1.0


def amount(spec: Economics, row: MoneyRow) -> Amount:
    """Return a row's amount in the account's money.

    Raises
    ------
    Refused
        If its parameter is unknown, or its money cannot be converted by the tables.
    """
    if row.parameter is not None:
        return of_parameter(spec, row.parameter)
    currency = row.currency or spec.currency
    return _converted(spec, row.amount or 0.0, currency, row.price_year or spec.price_year, None)


def of_parameter(spec: Economics, key: str) -> Amount:
    """Return a parameter in the account's money.

    Parameters
    ----------
    spec : Economics
        Says which money, and how other money is converted.
    key : str
        Of the parameter.

    Raises
    ------
    Refused
        If it is unknown, is no amount of money, or cannot be converted by the tables.
    """
    origin = parameter(key)
    if origin.currency is None or origin.price_year is None:
        raise Refused(
            "not_an_amount",
            f"the parameter {key} is no amount of money: it is in {origin.unit}",
            "name a parameter that is money, or give the amount with its own source",
        )
    return _converted(spec, origin.value, origin.currency, origin.price_year, origin)


def _converted(
    spec: Economics, given: float, currency: str, year: int, origin: Parameter | None
) -> Amount:
    if (currency, year) == (spec.currency, spec.price_year):
        return Amount(given, given, currency, year, (), origin)
    how = spec.conversion or Conversion()
    done = convert(
        given, currency, year, spec.currency, spec.price_year, route=how.route, index=how.index
    )
    return Amount(done.amount, given, currency, year, done.factors, origin)


def size(
    spec: Economics,
    row: MoneyRow,
    amounts: ArrayLike,
    causal: ArrayLike = 1.0,
    displaced: ArrayLike = 0.0,
) -> Floats:
    """Return what a row adds per treated person in a year without growth, profile or fading.

    Parameters
    ----------
    spec : Economics
        Says by how many people a programme's amount is divided.
    row : MoneyRow
        Says how often the amount counts.
    amounts : array_like, shape (n,)
        For one unit, in the account's money.
    causal, displaced : array_like, shape (n,)
        Shares.

    Returns
    -------
    ndarray, shape (n,)
        Money; quantity x price x share charged, a durable thing spread over its years.

    References
    ----------
    Levin, McEwan, Belfield, Bowden and Shand (2018), Economic Evaluation in Education, chapters
    3 to 5 (ingredients, annualised capital).
    """
    price = np.asarray(amounts, dtype=np.float64)
    if isinstance(row, Cost):
        if row.durable is not None:
            rate = amount(spec, row).rate
            price = _annual(price, row.durable.salvage * rate, row.durable.years, row.durable.rate)
        price = price * row.quantity * row.charged
    each = price * row.times * np.asarray(causal) * (1.0 - np.asarray(displaced))
    if row.per == "programme" and spec.participants is not None:
        each = each / spec.participants.treated
    return np.asarray(each, dtype=np.float64)


def _annual(price: Floats, salvage: float, years: int, rate: float) -> Floats:
    if rate == 0:
        return (price - salvage) / years
    # expm1 and log1p keep the digits of a rate that is all but 0.
    return np.asarray(
        (price - salvage / (1 + rate) ** years) * rate / -np.expm1(-years * np.log1p(rate))
    )


def base_size(spec: Economics, row: MoneyRow) -> float:
    """Return a row's size at the figures as they stand."""
    causal = row.causal.share if row.causal else 1.0
    displaced = row.displaced.share if row.displaced else 0.0
    return float(size(spec, row, amount(spec, row).value, causal, displaced))
