"""Rows of money into flows by payer, item and year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluate.economics.amounts import base_size
from evaluate.economics.definition import Economics
from evaluate.economics.gains import Benefit, Earnings, Levy, Transfer
from evaluate.economics.rows import Fading, MoneyRow, Side, shares

NO_EFFECT = -1
EQUALISATION = "equalisation"


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a row that has its own line in the account.

    Attributes
    ----------
    key : str
        The row's key, with what part of it this is.
    row : int
        Which row of the study it comes from.
    side : str
        Cost, benefit or transfer.
    gains : mapping of str to float
        What each payer gains of one unit; what it loses is negative.
    taxed : bool
        Whether it is tax revenue that equalisation takes a part of.
    """

    key: str
    row: int
    side: Side
    gains: Mapping[str, float]
    taxed: bool = False


@dataclass(frozen=True, slots=True)
class Flows:
    """Real money before discounting, per treated person; what a payer gains is positive.

    At effects e the flow is ``amounts[p, i, t] * sizes[i] * e[follows[i]]``, without the last
    factor where ``follows[i]`` is -1.

    Attributes
    ----------
    payers : tuple of str, length p
        Who.
    items : tuple of Item, length i
        The lines of the account.
    amounts : ndarray, shape (p, i, t)
        Shares, growth, profile, survival and fading of each year.
    sizes : ndarray, shape (i,)
        Money per treated person, or per unit of effect.
    follows : ndarray of int, shape (i,)
        Which effect.
    """

    payers: tuple[str, ...]
    items: tuple[Item, ...]
    amounts: NDArray[np.float64]
    sizes: NDArray[np.float64]
    follows: NDArray[np.int64]

    @property
    def sides(self) -> NDArray[np.str_]:
        """Return the side of each item, shape (i,)."""
        return np.array([one.side for one in self.items])


def flows(spec: Economics) -> Flows:
    """Return what each payer gains and loses by each item in each year.

    Raises
    ------
    Refused
        If an amount's parameter is unknown or its money cannot be converted.
    """
    payers, rows, names = tuple(spec.payers), spec.rows, list(spec.valued)
    items = tuple(_items(spec))
    shapes = [by_year(spec, row) for row in rows]
    sizes = [base_size(spec, row) for row in rows]
    amounts = np.zeros((len(payers), len(items), spec.last + 1))
    for i, item in enumerate(items):
        for payer, share in item.gains.items():
            amounts[payers.index(payer), i] = share * shapes[item.row]
    return Flows(
        payers=payers,
        items=items,
        amounts=amounts,
        sizes=np.array([sizes[one.row] for one in items]),
        follows=np.array([_follows(rows[one.row], names) for one in items], dtype=np.int64),
    )


def _follows(row: MoneyRow, names: list[str]) -> int:
    return names.index(row.effect or names[0]) if row.follows else NO_EFFECT


def _items(spec: Economics) -> Iterator[Item]:
    for place, row in enumerate(spec.rows):
        for item in _parts(row, place):
            yield item
            if item.taxed:
                yield from _equalised(spec, item)


def _parts(row: MoneyRow, place: int) -> Iterator[Item]:
    whole = Item(row.item, place, row.side, row.gains)
    if isinstance(row, Earnings):
        net = 1.0 - (row.tax.rate if row.tax else 0.0)
        yield replace(whole, gains={row.earner: net})
        for part, levy in (("tax", row.tax), ("contribution", row.contribution)):
            if levy is not None:
                yield Item(f"{row.item}_{part}", place, "benefit", _levied(levy), part == "tax")
    elif isinstance(row, Transfer) and row.administration:
        yield whole
        saved = {payer: row.administration * share for payer, share in shares(row.to).items()}
        yield Item(f"{row.item}_administration", place, "benefit", saved)
    else:
        yield replace(whole, taxed=isinstance(row, Benefit) and row.taxed)


def _levied(levy: Levy) -> dict[str, float]:
    return {payer: levy.rate * share for payer, share in shares(levy.to).items()}


def _equalised(spec: Economics, item: Item) -> Iterator[Item]:
    """Yield what equalisation takes of a tax, as a transfer to who gets the rest."""
    moved: dict[str, float] = {}
    for payer, share in item.gains.items():
        rule = spec.payers[payer].retention
        lost = share * (1.0 - rule.kept(spec.scope)) if rule else 0.0
        if rule and lost:
            moved[payer] = moved.get(payer, 0.0) - lost
            moved[rule.rest] = moved.get(rule.rest, 0.0) + lost
    if moved:
        yield Item(f"{item.key}_{EQUALISATION}", item.row, "transfer", moved)


def by_year(spec: Economics, row: MoneyRow) -> NDArray[np.float64]:
    """Return a row's course over years 0 to the last, per unit of its size.

    For what follows the effect it is that of a rise of the outcome by one unit.
    """
    years = np.arange(spec.last + 1)
    on = (years >= row.years.from_) & (years <= row.years.to)
    money = np.where(on, (1.0 + row.growth) ** years * row.survival**years, 0.0)
    if row.profile:
        ages = sorted(row.profile)
        start = (spec.participants and spec.participants.age) or 0
        money = money * np.interp(start + years, ages, [row.profile[age] for age in ages])
    money = money * _faded(spec, row, years)
    return -money if row.per == "decrease" else money


def _faded(spec: Economics, row: MoneyRow, years: NDArray[np.int64]) -> NDArray[np.float64] | float:
    if row.fade == "none" or spec.observed is None:
        return 1.0
    after = years - spec.observed.to
    if isinstance(row.fade, Fading):
        return np.asarray((1.0 - row.fade.rate) ** np.clip(after, 0, None))
    # Whole in the last observed year, nothing in the year after the row's last.
    end = row.years.to + 1
    return np.asarray(np.clip((end - years) / max(end - spec.observed.to, 1), 0.0, 1.0))
