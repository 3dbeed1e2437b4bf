"""Costs from ingredients: quantity, price, share, and the yearly cost of what lasts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.finite import finite


def annualise(price: float, years: float, rate: float, salvage: float = 0.0) -> float:
    """Return the cost of each year in which something durable is used.

    The same amount at the end of each year repays the price with interest, less what the thing
    is worth at the end.

    Parameters
    ----------
    price : float
        Real price when bought.
    years : float
        Years of use, above 0.
    rate : float
        Real rate a year, as a share, above −1.
    salvage : float
        Real worth after the last year.

    Returns
    -------
    float
        Money a year; at a rate of 0 the loss of worth divided by the years.

    Raises
    ------
    ValueError
        If there are no years, or the rate is −1 or less.

    References
    ----------
    Levin and McEwan (2001), Cost-Effectiveness Analysis, 2nd ed., ch. 4:
    (P − S/(1+r)^n) · r / (1 − (1+r)^−n). In R: ``FinCal::pmt(rate, years, -price, salvage)``.

    Examples
    --------
    >>> round(annualise(120_000, 5, 0.04), 2)
    26955.25
    >>> annualise(120_000, 5, 0)
    24000.0
    """
    finite("price, years, rate and salvage value", [price, years, rate, salvage])
    if years <= 0 or rate <= -1:
        raise ValueError("a durable ingredient is used for more than 0 years, at a rate above -1")
    # Equal to the formula, and exact as the rate goes to 0.
    recovery = rate / -math.expm1(-years * math.log1p(rate)) if rate else 1 / years
    return (price - salvage) * recovery + salvage * rate


def ingredients_cost(
    quantity: ArrayLike, price: ArrayLike, share: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Return what each ingredient costs the programme.

    Parameters
    ----------
    quantity, price : array_like, shape (k,)
        Units used, and the real price of one, at market price when it was given for nothing.
    share : array_like, shape (k,)
        Share of it that the programme uses, 0 to 1.

    Returns
    -------
    ndarray, shape (k,)
        Quantity × price × share. Subtract the comparison group's ingredients before calling it
        the cost of the programme.

    Raises
    ------
    ValueError
        If a quantity is negative or a share is not between 0 and 1.

    References
    ----------
    Levin and McEwan (2001), ch. 3–5. In R: ``quantity * price * share``.

    Examples
    --------
    >>> ingredients_cost([1.5, 40], [784_000, 1_800], [1, 0.5]).tolist()
    [1176000.0, 36000.0]
    """
    used = finite("quantities", quantity)
    shares = finite("shares", share)
    if (used < 0).any() or (shares < 0).any() or (shares > 1).any():
        raise ValueError("quantities are 0 or more, shares between 0 and 1")
    return np.asarray(used * finite("prices", price) * shares, dtype=np.float64)
