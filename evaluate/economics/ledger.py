"""Flows into present values: payers, the cost of public funds, and society."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.economics.definition import Economics
from evaluate.economics.flows import Flows
from evaluate.economics.payers import EU_SOCIETY, PUBLIC, PUBLIC_FUNDS, SOCIETY

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Present values per treated person, for one unit of each item's size and effect.

    Attributes
    ----------
    names : tuple of str, length r
        Payers, then the cost of public funds where it counts, then society: their sum.
    others : tuple of str, length q
        Sums that stand beside: all public payers, and society with the EU's money inside.
    cost, benefit : ndarray, shape (r + q, i, t)
        Resources used, as positive numbers; everything else, with its sign.
    """

    names: tuple[str, ...]
    others: tuple[str, ...]
    cost: Floats
    benefit: Floats

    @property
    def net(self) -> Floats:
        """Return benefit less cost, shape (r + q, i, t)."""
        return self.benefit - self.cost

    def row(self, name: str) -> int:
        """Return the place of a name."""
        return (*self.names, *self.others).index(name)


def ledger(spec: Economics, flows: Flows, factors: Floats, public_funds: float) -> Ledger:
    """Return present values by row, item and year.

    Parameters
    ----------
    spec : Economics
        The account.
    flows : Flows
        Real money, undiscounted.
    factors : ndarray, shape (t,)
        Discount factors.
    public_funds : float
        Marginal cost of public funds, as a share of net public outlay.

    Notes
    -----
    Cost is what the programme uses or causes to be used; everything else, avoided public outlay
    and transfers too, is benefit with its sign. The net does not depend on that rule, the
    benefit-cost ratio does. A public surplus is worth ``1 + public_funds`` to society, a public
    deficit costs as much. Money of the EU is an inflow to the country: it counts in the sum over
    the country's payers alone, and as public money in the sum with the EU inside.
    """
    present = flows.amounts * factors
    is_cost = (flows.sides == "cost")[:, None]
    cost, benefit = np.where(is_cost, -present, 0.0), np.where(is_cost, 0.0, present)
    payers = [spec.payers[name] for name in flows.payers]
    inside = np.array([not one.eu for one in payers])
    public = np.array([one.public for one in payers])
    names, rows = list(flows.payers), [(cost[p], benefit[p]) for p in range(len(payers))]
    nation, burden = _society(flows, cost, benefit, inside, public_funds * (public & inside))
    if public_funds and (public & inside).any():
        names.append(PUBLIC_FUNDS)
        rows.append((np.zeros_like(burden), burden))
    names.append(SOCIETY)
    rows.append(nation)
    others = []
    if (public & inside).sum() > 1:
        others.append(PUBLIC)
        rows.append((cost[public & inside].sum(axis=0), benefit[public & inside].sum(axis=0)))
    if not inside.all():
        others.append(EU_SOCIETY)
        everyone = np.ones_like(inside)
        rows.append(_society(flows, cost, benefit, everyone, public_funds * public)[0])
    first, second = zip(*rows, strict=True)
    return Ledger(tuple(names), tuple(others), np.stack(first), np.stack(second))


def _society(
    flows: Flows, cost: Floats, benefit: Floats, members: NDArray[np.bool_], weight: Floats
) -> tuple[tuple[Floats, Floats], Floats]:
    """Return cost and benefit of a society, and its burden of public money."""
    total = benefit[members].sum(axis=0)
    for i, item in enumerate(flows.items):
        within = all(members[flows.payers.index(payer)] for payer in item.gains)
        if item.side == "transfer" and within:
            total[i] = 0.0  # summed over payers it would leave rounding
    burden = np.tensordot(weight, benefit - cost, axes=1)
    return (cost[members].sum(axis=0), total + burden), burden
