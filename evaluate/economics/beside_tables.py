"""What stands beside the account: who has which incentive, the organiser, grants and the fund."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from evaluate.core import Cell, Table
from evaluate.economics.amounts import of_parameter
from evaluate.economics.cofinancing import cofinancing_tables
from evaluate.economics.definition import Economics
from evaluate.economics.fund import Savings, fund_tables
from evaluate.economics.incentive_tables import incentive_tables
from evaluate.economics.incentives import Stakes
from evaluate.economics.organiser_tables import organiser_tables
from evaluate.economics.valuation import Valuation


def beside_tables(done: Valuation) -> Iterator[Table]:
    """Yield incentives by payer where effects are valued, and the models that are declared."""
    spec = done.spec
    given = {"currency": spec.currency, "analysis": spec.analysis or ""}
    if done.effects.names:
        yield from incentive_tables(_stakes(done), unit=done.effects.units[0], **given)
    if spec.organiser is not None:
        lookup = partial(_priced, spec)
        yield from organiser_tables(spec.organiser, lookup=lookup, **given)
    if spec.cofinancing is not None:
        yield from cofinancing_tables(spec.cofinancing, **given)
    if spec.fund is not None:
        yield from fund_tables(spec.fund, savings=_savings(done), **given)


def _stakes(done: Valuation) -> Stakes:
    """Return the account of each payer, as incentives are read from it."""
    n, book = len(done.flows.payers), done.ledger
    net = done.present(book.net[:n])
    lines = np.array([done.line(p) for p in range(n)])
    each = done.drawn_multipliers() if done.drawn else None
    draws = None if each is None else np.column_stack([done.draws(p, each) for p in range(n)])
    return Stakes(
        payers=done.flows.payers,
        outlay=done.present(book.cost[:n]).sum(axis=1),
        gain=done.present(book.benefit[:n]).sum(axis=1),
        fixed=lines[:, 0],
        slope=lines[:, 1],
        draws=draws,
        flows=net,
        public=np.array([one.public and not one.eu for one in done.spec.payers.values()]),
        direction=done.direction,
    )


def _savings(done: Valuation) -> Savings | None:
    """Return what the fund's payer gains in each year from the effect, for all participants."""
    spec = done.spec
    if spec.fund is None or spec.fund.saving.payer is None:
        return None
    people = spec.participants.treated if spec.participants else 1.0
    p = done.flows.payers.index(spec.fund.saving.payer)
    mine = done.following()
    real = done.flows.amounts[p, mine] * people
    years = _padded(done, spec.fund.years)
    expected = done.multipliers()[mine] @ real
    draws = done.drawn_multipliers()[:, mine] @ real if done.drawn else None
    return Savings(expected[years], None if draws is None else draws[:, years])


def _padded(done: Valuation, last: int) -> list[int]:
    return list(range(1, min(last, len(done.factors) - 1) + 1))


def _priced(spec: Economics, key: str) -> Mapping[str, Cell]:
    """Return a parameter in the account's money, with its provenance."""
    found = of_parameter(spec, key)
    row = found.origin
    return {"value": found.value} | (
        {}
        if row is None
        else {name: getattr(row, name) for name in ("source", "url", "date", "status", "note")}
    )
