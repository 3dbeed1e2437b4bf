"""An estimate into present values by payer, with the uncertainty of the effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Direction, Estimate
from evaluate.economics.break_even import BreakEven, break_even
from evaluate.economics.definition import Economics
from evaluate.economics.discount import discount_factors
from evaluate.economics.draws import draw_effect
from evaluate.economics.flows import flows
from evaluate.economics.ledger import Ledger, ledger
from evaluate.economics.schedules import public_funds, rates, steps
from evaluate.errors import Refused

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Valuation:
    """What one effect is worth, per treated person, in real money of the price year.

    Attributes
    ----------
    ledger : Ledger
        Present values by payer and year.
    effect : float
        The estimate, in the outcome's unit.
    effects : ndarray, shape (n,)
        Draws of it: the same for every payer.
    net : ndarray, shape (r, 2)
        Net present value of each row of the ledger, linear in the effect.
    conf_level : float
        Of intervals.
    direction : {"increase", "decrease"}
        The desired direction of the outcome.
    """

    ledger: Ledger
    effect: float
    effects: NDArray[np.float64]
    net: NDArray[np.float64]
    conf_level: float
    direction: Direction

    def draws(self, row: int) -> NDArray[np.float64]:
        """Return draws of a row's net present value, shape (n,)."""
        return np.asarray(self.net[row, 0] + self.net[row, 1] * self.effects)

    def interval(self, row: int) -> tuple[float, float]:
        """Return the percentile interval of a row's net present value."""
        tail = (1.0 - self.conf_level) / 2.0
        low, high = np.quantile(self.draws(row), [tail, 1.0 - tail])
        return float(low), float(high)

    def prob_positive(self, row: int) -> float:
        """Return the share of draws in which a row's net present value is above 0."""
        return float(np.mean(self.draws(row) > 0.0))

    def break_even(self, row: int) -> BreakEven:
        """Return the effect at which a row's net present value is 0."""
        fixed, slope = map(float, self.net[row])
        return break_even(fixed, slope, direction=self.direction)


def value(
    spec: Economics, estimate: Estimate, *, seed: tuple[int, ...], direction: Direction
) -> Valuation:
    """Return what an effect is worth; parameters as of ``account``.

    Raises
    ------
    Refused
        If the effect is not a difference, or there is no distribution to draw from.
    """
    _check(estimate)
    effects = draw_effect(
        estimate.estimate, estimate.std_error, estimate.df, n=spec.draws, seed=seed
    )
    if not np.isfinite(effects).all():
        raise Refused(
            "too_few_df",
            f"the effect of `{estimate.analysis}` has too few degrees of freedom to draw from",
            "value an analysis with more independent units",
        )
    money = flows(spec)
    years = np.arange(money.amounts.shape[2])
    factors = discount_factors(steps(rates(spec)), years, timing=spec.timing)
    marginal = public_funds(spec)
    book = ledger(spec, money, factors, marginal.value if marginal else 0.0)
    return Valuation(
        ledger=book,
        effect=estimate.estimate,
        effects=effects,
        net=_net(book),
        conf_level=estimate.conf_level,
        direction=direction,
    )


def _net(book: Ledger) -> NDArray[np.float64]:
    """Return net present values; what is nothing but rounding is 0."""
    net = book.net.sum(axis=1)
    scale = (np.abs(book.cost) + np.abs(book.benefit)).sum(axis=1).max(axis=0)
    return np.where(np.abs(net) <= _ROUNDING * scale, 0.0, net)


def _check(estimate: Estimate) -> None:
    if estimate.scale != "difference":
        raise Refused(
            "not_a_difference",
            f"the effect of `{estimate.analysis}` is a {estimate.scale}: money counts units",
            "value an analysis whose effect is a difference in the outcome's unit",
        )
    if not (np.isfinite(estimate.estimate) and np.isfinite(estimate.std_error)):
        raise Refused(
            "no_std_error",
            f"the effect of `{estimate.analysis}` has no standard error, so its value has no range",
            "value an analysis whose effect has a standard error",
        )
