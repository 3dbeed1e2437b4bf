"""Effects into present values by payer, with the uncertainty of effects and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Direction
from evaluate.economics.amounts import amount, size
from evaluate.economics.break_even import BreakEven, break_even
from evaluate.economics.definition import Economics
from evaluate.economics.discount import discount_factors
from evaluate.economics.draws import named, slices
from evaluate.economics.effects import Effects
from evaluate.economics.flows import NO_EFFECT, Flows, flows
from evaluate.economics.ledger import Ledger, ledger
from evaluate.economics.payers import SOCIETY
from evaluate.economics.quantile_grid import quantiles
from evaluate.economics.rows import MoneyRow
from evaluate.economics.schedules import public_funds, rates, steps

Floats = NDArray[np.float64]
_ROUNDING = 1e-12
_NEAR = 1e-9  # of the account at the estimates: draws so small are looked at again


@dataclass(frozen=True, slots=True)
class Valuation:
    """What effects are worth, per treated person, in real money of the price year.

    Attributes
    ----------
    spec : Economics
        The account.
    flows : Flows
        Real money by payer, item and year.
    factors : ndarray, shape (t,)
        Discount factors.
    ledger : Ledger
        Present values by row, item and year, for one unit of each item.
    effects : Effects
        Estimates and their joint draws.
    figures : mapping of str to ndarray, shape (n,)
        Draws of each row's size per treated person, by item; rows that are sure are not there.
    """

    spec: Economics
    flows: Flows
    factors: Floats
    ledger: Ledger
    effects: Effects
    figures: Mapping[str, Floats]

    @property
    def names(self) -> tuple[str, ...]:
        """Return payers, cost of public funds and society: the rows of the account."""
        return self.ledger.names

    @property
    def society(self) -> int:
        """Return the place of society."""
        return self.ledger.row(SOCIETY)

    @property
    def drawn(self) -> bool:
        """Return whether draws say how likely something is.

        Never where nobody estimated any of the effects: what is uncertain of the amounts would
        look like all that is uncertain.
        """
        what_if = bool(self.effects.names) and not self.effects.drawn
        return not what_if and (self.effects.drawn or bool(self.figures))

    @property
    def direction(self) -> Direction:
        """Return the desired direction of the first effect."""
        return self.effects.direction

    def multipliers(self) -> Floats:
        """Return each item's size times the effect that it follows, shape (i,)."""
        money = self.flows
        at = np.append(self.effects.estimates, 1.0)  # the last is for what follows none
        return np.asarray(money.sizes * at[money.follows])

    def drawn_multipliers(self) -> Floats:
        """Return the same in every draw, shape (n, i)."""
        money = self.flows
        at = np.empty((len(money.items), self.spec.draws))  # an item's draws lie side by side
        for i, (item, follows) in enumerate(zip(money.items, money.follows, strict=True)):
            at[i] = self.figures.get(self.spec.rows[item.row].item, money.sizes[i])
            if follows != NO_EFFECT:
                at[i] *= self.effects.draws[:, follows]
        return at.T

    def present(self, values: Floats) -> Floats:
        """Return what values per unit, shape (…, i, t), come to: shape (…, t)."""
        return np.asarray(np.einsum("...it,i->...t", values, self.multipliers()))

    def net(self, row: int) -> float:
        """Return a row's net present value; what is nothing but rounding is 0."""
        parts = self.ledger.net[row].sum(axis=1) * self.multipliers()
        total, scale = parts.sum(), self._scale()
        return 0.0 if abs(total) <= _ROUNDING * scale else float(total)

    def _scale(self) -> float:
        gross = np.abs(self.ledger.cost) + np.abs(self.ledger.benefit)
        return float((gross.sum(axis=2) * np.abs(self.multipliers())).sum(axis=1).max())

    def draws(self, row: int, multipliers: Floats | None = None) -> Floats:
        """Return draws of a row's net present value, shape (n,); rounding alone is 0."""
        each = self.drawn_multipliers() if multipliers is None else multipliers
        found = np.asarray(each @ self.ledger.net[row].sum(axis=1), dtype=np.float64)
        gross = np.abs(self.ledger.cost[row]).sum(axis=1)
        gross += np.abs(self.ledger.benefit[row]).sum(axis=1)
        near = np.flatnonzero(np.abs(found) <= _NEAR * (gross @ np.abs(self.multipliers())))
        nothing = np.abs(found[near]) <= _ROUNDING * (np.abs(each[near]) @ gross)
        found[near[nothing]] = 0.0
        return found

    def line(self, row: int, effect: int = 0) -> tuple[float, float]:
        """Return what a row's net is at no effect, and what one unit of an effect adds.

        The other effects stay as estimated.
        """
        parts = self.ledger.net[row].sum(axis=1) * self.flows.sizes
        at = np.append(self.effects.estimates, 1.0)[self.flows.follows]
        mine = self.flows.follows == effect
        gross = np.abs(self.ledger.cost[row]) + np.abs(self.ledger.benefit[row])
        each = _ROUNDING * gross.sum(axis=1)[mine] @ np.abs(self.flows.sizes[mine])
        fixed, slope = float((parts * at)[~mine].sum()), float(parts[mine].sum())
        nothing = abs(fixed) <= _ROUNDING * self._scale()
        return (0.0 if nothing else fixed), (0.0 if abs(slope) <= each else slope)

    def break_even(self, row: int) -> BreakEven:
        """Return the first effect at which a row's net present value is 0."""
        fixed, slope = self.line(row)
        return break_even(fixed, slope, direction=self.direction)

    def extrapolated(self) -> NDArray[np.bool_]:
        """Return the years in which no effect was measured, shape (t,)."""
        seen = self.spec.observed
        return np.array([seen is None or year not in seen for year in range(len(self.factors))])

    def following(self) -> NDArray[np.bool_]:
        """Return which items follow an effect, shape (i,)."""
        return np.asarray(self.flows.follows != NO_EFFECT)


def value(spec: Economics, effects: Effects, *, seed: tuple[int, ...]) -> Valuation:
    """Return what effects are worth; without effects, what the programme costs.

    Parameters
    ----------
    spec : Economics
        Costs, benefits and transfers, and how they are discounted.
    effects : Effects
        Estimates and their draws, in the order of ``spec.valued``.
    seed : tuple of int
        Names the random streams of the figures.

    Raises
    ------
    Refused
        If an amount's parameter is unknown or its money cannot be converted.
    """
    figures = {row.item: _drawn(spec, row, seed) for row in spec.rows if _uncertain(row)}
    return replace(at_estimates(spec, effects), figures=figures)


def at_estimates(spec: Economics, effects: Effects) -> Valuation:
    """Return what effects are worth at the figures as they stand, without draws of these.

    Parameters
    ----------
    spec : Economics
        Costs, benefits and transfers, and how they are discounted.
    effects : Effects
        Estimates, in the order of ``spec.valued``.

    Raises
    ------
    Refused
        If an amount's parameter is unknown or its money cannot be converted.
    """
    money = flows(spec)
    years = np.arange(money.amounts.shape[2])
    factors = discount_factors(steps(rates(spec)), years, timing=spec.timing)
    marginal = public_funds(spec)
    book = ledger(spec, money, factors, marginal.value if marginal else 0.0)
    return Valuation(spec, money, factors, book, effects, {})


def _uncertain(row: MoneyRow) -> bool:
    shares = (row.causal, row.displaced)
    return bool(row.uncertain or any(one and one.uncertain for one in shares))


def _drawn(spec: Economics, row: MoneyRow, seed: tuple[int, ...]) -> Floats:
    """Return draws of a row's size; each of its uncertain figures has a stream of its own."""
    n = spec.draws
    found = amount(spec, row)
    amounts: Floats | float = found.value
    if row.uncertain:
        at = slices(n, named(seed, f"{row.item} amount"))  # an effect may have the same key
        amounts = quantiles(row.uncertain, found.given, at) * found.rate
    parts: dict[str, Floats | float] = {"causal": 1.0, "displaced": 0.0}
    for name in parts:
        part = getattr(row, name)
        if part is not None and part.uncertain is not None:
            at = slices(n, named(seed, f"{row.item} {name}"))
            parts[name] = quantiles(part.uncertain, part.share, at)
        elif part is not None:
            parts[name] = part.share
    return size(spec, row, amounts, parts["causal"], parts["displaced"])
