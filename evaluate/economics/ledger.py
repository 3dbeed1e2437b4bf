"""Flows into present values: payers, the cost of public funds, and society."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.economics.definition import PUBLIC_FUNDS, SOCIETY, Economics
from evaluate.economics.flows import PER_UNIT, Flows


@dataclass(frozen=True, slots=True)
class Ledger:
    """Present values per treated person, linear in the effect.

    The last axis holds what does not depend on the effect, and what each unit of it adds.

    Attributes
    ----------
    names : tuple of str, length r
        Payers, then the cost of public funds where it counts, then society: their sum.
    cost, benefit : ndarray, shape (r, t, 2)
        Resources used, as positive numbers; everything else, with its sign.
    extrapolated : ndarray of bool, shape (t,)
        Years in which the effect was not measured.
    """

    names: tuple[str, ...]
    cost: NDArray[np.float64]
    benefit: NDArray[np.float64]
    extrapolated: NDArray[np.bool_]

    @property
    def net(self) -> NDArray[np.float64]:
        """Return benefit less cost, shape (r, t, 2)."""
        return self.benefit - self.cost


def ledger(
    spec: Economics, flows: Flows, factors: NDArray[np.float64], public_funds: float
) -> Ledger:
    """Return present values by row and year.

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
    deficit costs as much.
    """
    present = flows.amounts * factors[:, None]
    side = np.array(flows.sides)
    cost = -present[:, side == "cost"].sum(axis=1)
    benefit = present[:, side != "cost"].sum(axis=1)
    # Transfers are left out of society's benefit: summed over payers they would leave rounding.
    total = present[:, side == "benefit"].sum(axis=(0, 1))
    names = flows.payers
    public = [spec.payers[name].public for name in names]
    if public_funds and any(public):
        burden = public_funds * (benefit - cost)[public].sum(axis=0)
        cost = np.concatenate([cost, np.zeros_like(burden)[None]])
        benefit = np.concatenate([benefit, burden[None]])
        total = total + burden
        names = (*names, PUBLIC_FUNDS)
    return Ledger(
        names=(*names, SOCIETY),
        cost=np.concatenate([cost, cost.sum(axis=0)[None]]),
        benefit=np.concatenate([benefit, total[None]]),
        extrapolated=np.array([year not in spec.observed for year in range(len(factors))]),
    )


def at(values: NDArray[np.float64], effect: float) -> NDArray[np.float64]:
    """Return linear values, shape (…, 2), at an effect: shape (…)."""
    return values[..., 0] + values[..., PER_UNIT] * effect
