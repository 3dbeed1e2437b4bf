"""Incentives as tables: by payer, who pays whom, and the wrong-pocket index."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluate.core import Cell, Table
from evaluate.economics.break_even import break_even
from evaluate.economics.incentives import (
    Floats,
    Stakes,
    horizon,
    outside,
    shares,
    side_payments,
    wrong_pocket,
)
from evaluate.economics.quantities import table


def incentive_tables(
    found: Stakes, *, currency: str, analysis: str, unit: str
) -> tuple[Table, ...]:
    """Return the tables ``incentives``, ``side_payments`` and ``wrong_pocket``.

    Parameters
    ----------
    found : Stakes
        Present values by payer.
    currency : str
        Of all amounts.
    analysis : str
        Whose effect is valued.
    unit : str
        Of the effect.
    """
    given = {"currency": currency, "analysis": analysis}
    return (
        table("incentives", _by_payer(found), unit=unit, **given),
        table("side_payments", _payments(found), **given),
        table("wrong_pocket", _pockets(found), **given),
    )


def _by_payer(found: Stakes) -> Iterator[dict[str, Cell]]:
    net, costs, gains = found.net, shares(found.outlay), shares(found.gain)
    payments = side_payments(net)
    for i, payer in enumerate(found.payers):
        fixed, slope = float(found.fixed[i]), float(found.slope[i])
        even = break_even(fixed, slope, direction=found.direction)
        cost = None if costs is None else float(costs[i])
        gain = None if gains is None else float(gains[i])
        wait = None if found.flows is None else horizon(found.flows[i])
        yield {
            "payer": payer,
            "outlay": float(found.outlay[i]),
            "gain": float(found.gain[i]),
            "net": float(net[i]),
            "cost_share": cost,
            "benefit_share": gain,
            "gap": None if cost is None or gain is None else gain - cost,
            "break_even": even.effect,
            "state": even.state,
            "prob_positive": _prob(None if found.draws is None else found.draws[:, i]),
            "side_payment": None if payments is None else float(payments[:, i].sum()),
            "contribution": None if payments is None else float(payments[i].sum()),
            "horizon": None if wait is None else wait.year,
            "horizon_state": None if wait is None else wait.state,
        }


def _prob(draws: Floats | None) -> float | None:
    return None if draws is None else float(np.mean(draws > 0.0))


def _payments(found: Stakes) -> Iterator[dict[str, Cell]]:
    payments = side_payments(found.net)
    if payments is None:
        return
    for giver, taker in np.argwhere(payments > 0.0):
        one, other = found.payers[giver], found.payers[taker]
        amount = float(payments[giver, taker])
        yield {"key": f"{one}|{other}", "from": one, "to": other, "amount": amount}


def _pockets(found: Stakes) -> Iterator[dict[str, Cell]]:
    index = wrong_pocket(found.net)
    yield {"key": "index", "value": index.value, "state": index.state}
    if found.public is not None and found.public.sum() > 1:
        among = wrong_pocket(found.net[found.public])
        yield {"key": "index_public", "value": among.value, "state": among.state}
    if found.draws is not None:
        # Winners can make losers whole exactly where the nets sum to more than 0.
        share = _prob(found.draws.sum(axis=1))
        yield {"key": "prob_self_financing", "value": share, "state": ""}
    beyond, costs = outside(found.gain), shares(found.outlay)
    if beyond is None or costs is None:
        yield {"key": "gain_outside", "state": "no gain" if beyond is None else "no outlay"}
        return
    for payer, share, cost in zip(found.payers, beyond, costs, strict=True):
        if cost > 0.0:
            yield {"key": f"gain_outside|{payer}", "value": float(share), "state": ""}
    yield {"key": "gain_outside", "value": float((costs * beyond).sum()), "state": ""}
