"""The account as tables: one row per payer, year, bin, item or step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell, Table
from evaluate.economics.definition import Economics
from evaluate.economics.labels import columns
from evaluate.economics.ledger import at
from evaluate.economics.rows import MoneyRow
from evaluate.economics.schedules import Parameter, plain, public_funds, rates
from evaluate.economics.valuation import Valuation

_ROUNDING = 1e-12
_BINS = 40


def accounts(spec: Economics, done: Valuation) -> Table:
    """Return present values per treated person: payers, cost of public funds, society."""
    return _table(spec, "accounts", (_account_row(done, i) for i in range(len(done.ledger.names))))


def _account_row(done: Valuation, i: int) -> dict[str, Cell]:
    book = done.ledger
    cost, benefit = (
        float(at(part[i].sum(axis=0), done.effect)) for part in (book.cost, book.benefit)
    )
    ratio, state = benefit_cost_ratio(benefit, cost, gross=float(np.abs(book.cost[i]).sum()))
    low, high = done.interval(i)
    beyond = book.net[i, book.extrapolated, 1].sum() * done.effect
    return {
        "payer": book.names[i],
        "cost": cost,
        "benefit": benefit,
        "net": float(at(done.net[i], done.effect)),
        "net_low": low,
        "net_high": high,
        "prob_positive": done.prob_positive(i),
        "benefit_cost_ratio": ratio,
        "state": state,
        "net_extrapolated": float(beyond),
    }


def benefit_cost_ratio(
    benefit: float, cost: float, *, gross: float = 0.0
) -> tuple[float | None, str]:
    """Return benefit over cost, or nothing and the reason why.

    Parameters
    ----------
    benefit : float
        Present value of everything but cost, with its sign.
    cost : float
        Present value of resources used; negative where more are saved.
    gross : float
        Size of what the cost is the sum of: rounding of it counts as 0.

    Returns
    -------
    tuple
        The ratio and ``""``; or ``None`` and ``"no cost"`` or ``"saves cost"``.

    Examples
    --------
    >>> benefit_cost_ratio(-859.0, 188.0)[0]
    -4.569148936170213
    >>> benefit_cost_ratio(100.0, -20.0)
    (None, 'saves cost')
    """
    if abs(cost) <= _ROUNDING * max(gross, abs(benefit)):
        return None, "no cost"
    return (benefit / cost, "") if cost > 0 else (None, "saves cost")


def cash_flow(spec: Economics, done: Valuation) -> Table:
    """Return the present value of each year, and its running sum."""
    return _table(spec, "cash_flow", _years(done))


def _years(done: Valuation) -> Iterator[dict[str, Cell]]:
    book = done.ledger
    values = at(book.net, done.effect)
    sums = values.cumsum(axis=1)
    rests = book.extrapolated & (book.net[..., 1] != 0)
    for i, name in enumerate(book.names):
        for year in range(values.shape[1]):
            yield {
                "key": f"{name}|{year}",
                "payer": name,
                "year": year,
                "value": float(values[i, year]),
                "cumulative": float(sums[i, year]),
                "extrapolated": bool(rests[i, year]),
            }


def distribution(spec: Economics, done: Valuation) -> Table:
    """Return a histogram of society's net present value, over the middle 99.8 % of draws."""
    draws = done.draws(len(done.ledger.names) - 1)
    counts, edges = np.histogram(draws, bins=_edges(draws))
    rows = (
        {"bin": i, "low": float(low), "high": float(high), "share": float(count) / draws.size}
        for i, (count, low, high) in enumerate(zip(counts, edges, edges[1:], strict=False))
    )
    return _table(spec, "distribution", rows)


def _edges(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return round edges with 0 among them, so that a bin is a gain or a loss, never both."""
    low, high = np.quantile(draws, [0.001, 0.999])
    spread = max(high - low, 1e-9 * max(abs(high), 1.0))
    power = 10.0 ** np.floor(np.log10(spread / _BINS))
    width = power * next(step for step in (1, 2, 5, 10) if power * step * _BINS >= spread)
    first, last = np.floor(low / width), np.floor(high / width)
    return np.asarray(np.arange(first, last + 2) * width, dtype=np.float64)


def break_even(spec: Economics, done: Valuation, unit: str) -> Table:
    """Return the effect at which each payer breaks even, and how likely it is reached."""
    rows = []
    for i, name in enumerate(done.ledger.names):
        if name not in spec.payers and name != done.ledger.names[-1]:
            continue
        found = done.break_even(i)
        reached = None if found.effect is None else done.prob_positive(i)
        rows.append(
            {
                "payer": name,
                "effect": found.effect,
                "state": found.state,
                "prob_reached": reached,
            }
        )
    return _table(spec, "break_even", rows, effect=unit)


def inputs(spec: Economics) -> Table:
    """Return every figure that the account rests on, with its source and status."""
    rows = [_input(spec, row) for row in spec.rows]
    marginal = public_funds(spec)
    if marginal is not None:
        rows.append(
            {
                "item": "marginal_cost_of_public_funds",
                "side": "parameter",
                "amount": marginal.value,
                "per": "public outlay",
                **_provenance(marginal),
            }
        )
    return _table(spec, "inputs", rows)


def _input(spec: Economics, row: MoneyRow) -> dict[str, Cell]:
    gains = {payer: share for payer, share in row.gains.items() if share > 0}
    losses = {payer: -share for payer, share in row.gains.items() if share < 0}
    source = row.source
    return {
        "item": row.item,
        "payer": _parties(losses or gains),
        "receiver": _parties(gains) if row.side == "transfer" else None,
        "side": row.side,
        "amount": row.amount,
        "currency": spec.currency,
        "price_year": spec.price_year,
        "per": row.per,
        "years": str(row.years),
        "growth": row.growth,
        "fade": row.fade,
        "source": plain(source.title) if source else None,
        "url": source.url if source else None,
        "date": source.date if source else None,
        "page": source.page if source else None,
        "status": row.status,
        "note": plain(row.note) or None,
    }


def _parties(shares: Mapping[str, float]) -> str:
    if list(shares.values()) == [1.0]:
        return next(iter(shares))
    return "; ".join(f"{payer} {share:g}" for payer, share in shares.items())


def schedule(spec: Economics) -> Table:
    """Return the discount rates, with their source and status."""
    rows = [
        {
            "from_year": rate.from_year,
            "to_year": rate.to_year,
            "rate": rate.value,
            **_provenance(rate),
        }
        for rate in rates(spec)
    ]
    return _table(spec, "schedule", rows)


def _provenance(parameter: Parameter) -> dict[str, Cell]:
    return {
        "source": parameter.source,
        "url": parameter.url,
        "date": parameter.date,
        "status": parameter.status,
        "note": parameter.note,
    }


def _table(
    spec: Economics,
    kind: str,
    rows: Iterable[Mapping[str, Cell]],
    **units: str,
) -> Table:
    """Return a table without its empty cells; adding 0 makes -0 a plain 0."""
    known = tuple(
        {
            key: cell + 0.0 if isinstance(cell, float) else cell
            for key, cell in row.items()
            if cell is not None
        }
        for row in rows
    )
    heads = columns(kind, money=spec.currency, **units)
    return Table(f"economics.{kind}", kind, heads, known, analysis=spec.analysis)
