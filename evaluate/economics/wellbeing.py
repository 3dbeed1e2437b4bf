"""Well-being in money, and the weight of money by income."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.finite import finite


def wellby_value(
    points: ArrayLike, unit_value: float, factors: ArrayLike, *, people: float = 1.0
) -> float:
    """Return the worth of a change in life satisfaction.

    Show it as a line of its own, never within the base case, and never added to a private benefit
    from earnings that it may already contain.

    Parameters
    ----------
    points : array_like, scalar or shape (t,)
        Change on the scale 0–10, in each year; negative where satisfaction falls.
    unit_value : float
        Worth of one point for one person and year.
    factors : array_like, shape (t,)
        Discount factors of the years in which the change lasts; ones without discounting.
    people : float
        Persons.

    Returns
    -------
    float
        Σ points × people × unit value × factor.

    References
    ----------
    HM Treasury (2021), Wellbeing guidance for appraisal: supplementary Green Book guidance. In R:
    ``sum(points * people * unit_value * factors)``.

    Examples
    --------
    >>> wellby_value(0.2, 13_000, [1, 1])
    5200.0
    """
    weighed = finite("points", points) * finite("factors", factors)
    return float(weighed.sum() * unit_value * people)


def distributional_weights(
    income: ArrayLike, reference: float, elasticity: float
) -> NDArray[np.float64]:
    """Return the weight of one more unit of money at each income.

    Parameters
    ----------
    income : array_like
        Equivalised disposable income, above 0.
    reference : float
        Income with weight 1, such as the national median, above 0.
    elasticity : float
        Of the marginal utility of income; 0 weighs all alike.

    Returns
    -------
    ndarray
        (reference / income) ** elasticity, of the shape of ``income``.

    Raises
    ------
    ValueError
        If an income is 0 or less.

    References
    ----------
    HM Treasury, The Green Book, ch. 7; Layard, Mayraz and Nickell (2008), J. Public Economics
    92(8–9). In R: ``(reference / income)^elasticity``.

    Examples
    --------
    >>> distributional_weights([250, 500, 1000], 500, 1.3).round(4).tolist()
    [2.4623, 1.0, 0.4061]
    """
    incomes = finite("incomes", income)
    if reference <= 0 or (incomes <= 0).any():
        raise ValueError("distributional weights need incomes above 0")
    return np.asarray((reference / incomes) ** elasticity, dtype=np.float64)
