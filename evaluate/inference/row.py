"""From a contrast and its uncertainty to the row that a finding holds."""

from __future__ import annotations

from math import isfinite
from typing import Any

from evaluate.core import Estimand, Estimate
from evaluate.errors import Refused
from evaluate.inference.linear import Spread
from evaluate.inference.t import t_quantile, two_sided_p


def estimate_row(
    value: float, spread: Spread, estimand: Estimand, conf_level: float, **known: Any
) -> Estimate:
    """Return an estimate with its interval and p-value, or refuse what is not a number.

    Parameters
    ----------
    value : float
        The estimate, in ``estimand.unit``.
    spread : Spread
        Its standard error and degrees of freedom.
    estimand : Estimand
        What it estimates.
    conf_level : float
        Coverage probability of the interval, in (0, 1).
    **known
        Further fields of ``Estimate``, such as ``n_obs`` and ``method``.

    Raises
    ------
    Refused
        ``not_a_number`` when any part is infinite, undefined or out of order.
    """
    half = t_quantile((1 + conf_level) / 2, spread.df) * spread.std_error
    low, high = value - half, value + half
    p_value = two_sided_p(value / spread.std_error, spread.df)
    parts = (value, spread.std_error, spread.df, low, high, p_value)
    if not (all(map(isfinite, parts)) and spread.std_error > 0 and low <= value <= high):
        raise Refused(
            "not_a_number",
            "the arithmetic left the range of numbers, so that the result means nothing",
            "express the outcome and the covariates in units of a usual size",
        )
    return Estimate(
        estimate=value,
        std_error=spread.std_error,
        conf_low=low,
        conf_high=high,
        conf_level=conf_level,
        df=spread.df,
        p_value=p_value,
        unit=estimand.unit,
        estimand=estimand.summary,
        **known,
    )
