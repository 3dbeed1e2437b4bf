"""The uncertain figures of an account, one at a time: what society's net is at each value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.amounts import amount, size
from evaluate.economics.keys import PARAMETERS
from evaluate.economics.ranges import Uncertain
from evaluate.economics.rows import MoneyRow
from evaluate.economics.valuation import Valuation

Floats = NDArray[np.float64]
AMOUNT, CAUSAL, DISPLACED = "amount", "causal", "displaced"


@dataclass(frozen=True, slots=True)
class Figure:
    """One uncertain figure of a row of money.

    Attributes
    ----------
    name : str
        The row's key for its amount; with ``causal`` or ``displaced`` for these shares.
    part : str
        Which of the three.
    row : MoneyRow
        Whose.
    place : int
        Of the row in the study.
    value : float
        As given.
    unit : str
        Of it.
    uncertain : Uncertain
        Its distribution.
    """

    name: str
    part: str
    row: MoneyRow
    place: int
    value: float
    unit: str
    uncertain: Uncertain

    @property
    def most(self) -> float:
        """Return the largest value that makes sense: 1 for shares."""
        return np.inf if self.part == AMOUNT else 1.0

    def quantiles(self, shares: ArrayLike) -> Floats:
        """Return quantiles of the figure, in its unit."""
        return self.uncertain.quantiles(self.value, shares)


def figures(done: Valuation) -> Iterator[Figure]:
    """Yield every uncertain figure, in the order of the rows."""
    taken = {*done.effects.names, *PARAMETERS}
    for place, row in enumerate(done.spec.rows):
        if row.uncertain is not None:
            found = amount(done.spec, row)
            name = f"{row.item} {AMOUNT}" if row.item in taken else row.item
            yield Figure(name, AMOUNT, row, place, found.given, found.currency, row.uncertain)
        for part, share in ((CAUSAL, row.causal), (DISPLACED, row.displaced)):
            if share is not None and share.uncertain is not None:
                name = f"{row.item} {part}"
                yield Figure(name, part, row, place, share.share, "share", share.uncertain)


def net_at(done: Valuation, figure: Figure, values: ArrayLike) -> Floats:
    """Return society's net at values of a figure, all else as stated.

    Parameters
    ----------
    done : Valuation
        The account.
    figure : Figure
        What varies.
    values : array_like, shape (n,)
        In its unit.

    Returns
    -------
    ndarray, shape (n,)
        Straight in the figure.
    """
    each = _each(done) * _followed(done, done.effects.estimates)
    mine = np.array([item.row == figure.place for item in done.flows.items])
    rest = float((each * done.flows.sizes)[~mine].sum())
    return rest + float(each[mine].sum()) * _sizes(done, figure, values, _stated(figure.row))


def expected_at(done: Valuation, figure: Figure, values: ArrayLike) -> Floats:
    """Return society's expected net at values of a figure, over all else that is uncertain.

    Parameters
    ----------
    done : Valuation
        The account, with draws.
    figure : Figure
        What is known.
    values : array_like, shape (n,)
        In its unit.

    Returns
    -------
    ndarray, shape (n,)
        Exact but for the draws of the effects: a row is a product of independent figures and one
        effect.
    """
    each = _each(done) * _followed(done, done.effects.draws.mean(axis=0))
    mine = np.array([item.row == figure.place for item in done.flows.items])
    sizes = expected_sizes(done)
    rest = float((each * sizes)[~mine].sum())
    return rest + float(each[mine].sum()) * _sizes(done, figure, values, _means(done, figure.row))


def expected_sizes(done: Valuation) -> Floats:
    """Return the mean size of each item over draws, shape (i,)."""
    keys = [done.spec.rows[item.row].item for item in done.flows.items]
    stated = zip(keys, done.flows.sizes, strict=True)
    return np.array([np.mean(done.figures.get(key, size_)) for key, size_ in stated])


def _each(done: Valuation) -> Floats:
    return np.asarray(done.ledger.net[done.society].sum(axis=1))


def _followed(done: Valuation, effects: Floats) -> Floats:
    return np.asarray(np.append(effects, 1.0)[done.flows.follows])


def _stated(row: MoneyRow) -> dict[str, float]:
    return {
        CAUSAL: row.causal.share if row.causal else 1.0,
        DISPLACED: row.displaced.share if row.displaced else 0.0,
    }


_GRID = (np.arange(4096) + 0.5) / 4096


def _means(done: Valuation, row: MoneyRow) -> dict[str, float]:
    """Return the expectations of a row's figures."""
    found = _stated(row)
    for part, share in ((CAUSAL, row.causal), (DISPLACED, row.displaced)):
        if share is not None and share.uncertain is not None:
            found[part] = float(share.uncertain.quantiles(share.share, _GRID).mean())
    if row.uncertain is not None:
        given = amount(done.spec, row).given
        found[AMOUNT] = float(row.uncertain.quantiles(given, _GRID).mean())
    return found


def _sizes(done: Valuation, figure: Figure, values: ArrayLike, others: dict[str, float]) -> Floats:
    """Return the row's size at values of one of its figures, at given others."""
    found = amount(done.spec, figure.row)
    parts: dict[str, ArrayLike] = {AMOUNT: found.given, **others, figure.part: values}
    prices = np.asarray(parts[AMOUNT], dtype=np.float64) * found.rate
    sizes = size(done.spec, figure.row, prices, parts[CAUSAL], parts[DISPLACED])
    return np.broadcast_to(sizes, np.shape(values))
