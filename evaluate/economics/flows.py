"""Rows of money into flows by payer, item and year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.economics.definition import Economics
from evaluate.economics.rows import MoneyRow, Side

FIXED, PER_UNIT = 0, 1


@dataclass(frozen=True, slots=True)
class Flows:
    """Real money before discounting, per treated person; what a payer gains is positive.

    Attributes
    ----------
    payers : tuple of str, length p
        Who.
    items, sides : tuple of str, length i
        Key of each row, and whether it is a cost, a benefit or a transfer.
    amounts : ndarray, shape (p, i, t, 2)
        Money in year t: what does not depend on the effect, and what each unit of it adds. At
        effect e the flow is ``amounts[..., 0] + amounts[..., 1] * e``.
    """

    payers: tuple[str, ...]
    items: tuple[str, ...]
    sides: tuple[Side, ...]
    amounts: NDArray[np.float64]


def flows(spec: Economics) -> Flows:
    """Return what each payer gains and loses by each row in each year."""
    payers = tuple(spec.payers)
    last = max(row.years.to for row in spec.rows)
    amounts = np.zeros((len(payers), len(spec.rows), last + 1, 2))
    for i, row in enumerate(spec.rows):
        part = FIXED if row.per == "participant" else PER_UNIT
        money = _by_year(row, last, spec.observed.to)
        for payer, share in row.gains.items():
            amounts[payers.index(payer), i, :, part] = share * money
    return Flows(
        payers=payers,
        items=tuple(row.item for row in spec.rows),
        sides=tuple(row.side for row in spec.rows),
        amounts=amounts,
    )


def _by_year(row: MoneyRow, last: int, observed: int) -> NDArray[np.float64]:
    """Return the row's money in years 0 to ``last``, for a rise of the outcome by one unit."""
    years = np.arange(last + 1)
    on = (years >= row.years.from_) & (years <= row.years.to)
    money = np.where(on, row.amount * (1.0 + row.growth) ** years, 0.0)
    if row.fade == "linear":
        # Whole in the last observed year, nothing in the year after the row's last.
        end = row.years.to + 1
        left = (end - years) / max(end - observed, 1)
        money = money * np.clip(left, 0.0, 1.0)
    return -money if row.per == "decrease" else money
