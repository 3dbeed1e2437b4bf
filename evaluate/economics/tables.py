"""The account as tables: one row per payer, year, bin, line or step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell, Table
from evaluate.economics.amounts import amount
from evaluate.economics.definition import Economics
from evaluate.economics.labels import columns
from evaluate.economics.returns import benefit_cost_ratio
from evaluate.economics.rows import Fading, MoneyRow
from evaluate.economics.schedules import Parameter, plain, public_funds, rates
from evaluate.economics.valuation import Floats, Valuation
from evaluate.parameters.table import expired

_BINS = 40


def account_tables(done: Valuation) -> Iterator[Table]:
    """Yield the account itself, its years, its lines and what it rests on."""
    yield accounts(done)
    yield cash_flow(done)
    yield flow_lines(done)
    if done.drawn:
        yield distribution(done)
    if done.effects.names:
        yield break_even(done)
    yield inputs(done.spec)
    yield schedule(done.spec)


def accounts(done: Valuation) -> Table:
    """Return present values per treated person: payers, cost of public funds, society."""
    each = done.drawn_multipliers() if done.drawn else None
    rows = (account_row(done, i, each) for i in range(len(done.names)))
    return table(done.spec, "accounts", rows)


def account_row(done: Valuation, i: int, each: Floats | None) -> dict[str, Cell]:
    """Return a row of the account: cost, benefit, net and its range.

    Parameters
    ----------
    done : Valuation
        The account.
    i : int
        Place of the row in the ledger.
    each : ndarray, shape (n, items), or None
        Multipliers of all draws; ``None`` where nothing is uncertain.
    """
    book = done.ledger
    cost, benefit = (float(done.present(part[i]).sum()) for part in (book.cost, book.benefit))
    ratio, state = benefit_cost_ratio(benefit, cost, gross=_gross(done, book.cost[i]))
    row: dict[str, Cell] = {
        "payer": (*book.names, *book.others)[i],
        "cost": cost,
        "benefit": benefit,
        "net": done.net(i),
    }
    if done.effects.names:  # costs alone have nothing to be held against
        row |= {"benefit_cost_ratio": ratio, "state": state}
    if each is not None:
        draws = done.draws(i, each)
        tail = (1.0 - conf_level(done)) / 2.0
        low, high = np.quantile(draws, [tail, 1.0 - tail])
        row |= {"net_low": float(low), "net_high": float(high)}
        row["prob_positive"] = float(np.mean(draws > 0.0))
    return row | _beyond(done, i)


def conf_level(done: Valuation) -> float:
    """Return the level of intervals: that of the effects, else 95 %."""
    return next((row.conf_level for row in done.effects.rows if row is not None), 0.95)


def _gross(done: Valuation, values: Floats) -> float:
    return float((np.abs(values).sum(axis=1) * np.abs(done.multipliers())).sum())


def _beyond(done: Valuation, i: int) -> dict[str, Cell]:
    """Return what follows an effect in years in which none was measured."""
    parts = done.ledger.net[i] * done.multipliers()[:, None]
    parts = parts[done.following()]
    late = done.extrapolated()
    beyond, whole = float(parts[:, late].sum()), float(np.abs(parts).sum())
    share = float(np.abs(parts[:, late]).sum()) / whole if whole else None
    return {"net_extrapolated": beyond, "share_extrapolated": share}


def cash_flow(done: Valuation) -> Table:
    """Return the present value of each year, and its running sum."""
    return table(done.spec, "cash_flow", _years(done))


def _years(done: Valuation) -> Iterator[dict[str, Cell]]:
    net = done.ledger.net[: len(done.names)]
    values = done.present(net)
    sums = values.cumsum(axis=1)
    follows = (net * done.following()[:, None] != 0).any(axis=1)
    rests = done.extrapolated() & follows
    for i, name in enumerate(done.names):
        for year in range(values.shape[1]):
            yield {
                "key": f"{name}|{year}",
                "payer": name,
                "year": year,
                "value": float(values[i, year]),
                "cumulative": float(sums[i, year]),
                "extrapolated": bool(rests[i, year]),
            }


def flow_lines(done: Valuation) -> Table:
    """Return every flow of money that is not 0: by payer, item and year."""
    return table(done.spec, "flows", _lines(done))


def _lines(done: Valuation) -> Iterator[dict[str, Cell]]:
    money, late = done.flows, done.extrapolated()
    names = (*done.effects.names, None)
    at = np.append(done.effects.estimates, 1.0)
    for p, i, year in zip(*np.nonzero(money.amounts), strict=True):
        item = money.items[i]
        each = float(money.amounts[p, i, year] * money.sizes[i])
        value = each * float(at[money.follows[i]])
        yield {
            "key": f"{money.payers[p]}|{item.key}|{year}",
            "payer": money.payers[p],
            "item": item.key,
            "side": item.side,
            "year": int(year),
            "follows": names[money.follows[i]],
            "each": each,
            "value": value,
            "present": value * float(done.factors[year]),
            "taxed": item.taxed,
            "extrapolated": bool(late[year]) and names[money.follows[i]] is not None,
        }


def distribution(done: Valuation) -> Table:
    """Return a histogram of society's net present value, over the middle 99.8 % of draws."""
    draws = done.draws(done.society)
    counts, edges = np.histogram(draws, bins=_edges(draws))
    rows = (
        {"bin": i, "low": float(low), "high": float(high), "share": float(count) / draws.size}
        for i, (count, low, high) in enumerate(zip(counts, edges, edges[1:], strict=False))
    )
    return table(done.spec, "distribution", rows)


def _edges(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return round edges with 0 among them, so that a bin is a gain or a loss, never both."""
    low, high = np.quantile(draws, [0.001, 0.999])
    spread = max(high - low, 1e-9 * max(abs(high), 1.0))
    power = 10.0 ** np.floor(np.log10(spread / _BINS))
    width = power * next(step for step in (1, 2, 5, 10) if power * step * _BINS >= spread)
    first, last = np.floor(low / width), np.floor(high / width)
    return np.asarray(np.arange(first, last + 2) * width, dtype=np.float64)


def break_even(done: Valuation) -> Table:
    """Return the effect at which each payer breaks even, and how likely it is reached."""
    each = done.drawn_multipliers() if done.effects.drawn else None
    rows = []
    for i, name in enumerate((*done.names, *done.ledger.others)):
        found = done.break_even(i)
        reached = None
        if each is not None and found.effect is not None:
            reached = float(np.mean(done.draws(i, each) > 0.0))
        rows.append(
            {
                "payer": name,
                "effect": found.effect,
                "state": found.state,
                "prob_reached": reached,
            }
        )
    return table(done.spec, "break_even", rows, effect=done.effects.units[0])


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
    return table(spec, "inputs", rows)


def _input(spec: Economics, row: MoneyRow) -> dict[str, Cell]:
    gains = {payer: share for payer, share in row.gains.items() if share > 0}
    losses = {payer: -share for payer, share in row.gains.items() if share < 0}
    found = amount(spec, row)
    return {
        "item": row.item,
        "payer": _parties(losses or gains),
        "receiver": _parties(gains) if row.side == "transfer" else None,
        "side": row.side,
        "amount": found.given,
        "currency": found.currency,
        "price_year": found.price_year,
        "converted": found.value if found.factors else None,
        "conversion": "; ".join(f"{one.key} {one.value:.6g}" for one in found.factors) or None,
        "parameter": row.parameter,
        "per": row.per,
        "years": str(row.years),
        "growth": row.growth,
        "fade": f"{row.fade.rate:g}" if isinstance(row.fade, Fading) else row.fade,
        "uncertain": row.uncertain.kind if row.uncertain else None,
        "expired": (found.origin and expired(found.origin, spec.base_year)) or None,
        **(_provenance(found.origin) if found.origin else _own(row)),
    }


def _own(row: MoneyRow) -> dict[str, Cell]:
    source = row.source
    return {
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
    return table(spec, "schedule", rows)


def _provenance(parameter: Parameter) -> dict[str, Cell]:
    return {
        "source": parameter.source,
        "url": parameter.url,
        "date": parameter.date,
        "status": parameter.status,
        "note": parameter.note,
    }


def table(
    spec: Economics,
    kind: str,
    rows: Iterable[Mapping[str, Cell]],
    **units: str,
) -> Table:
    """Return a table of the account without its empty cells.

    Parameters
    ----------
    spec : Economics
        The account.
    kind : str
        Of the table; its id is ``economics.KIND``.
    rows : iterable of mapping
        Cells by column; ``None`` is absent.
    **units : str
        Units of columns other than money, by name.
    """
    # Adding 0 makes -0 a plain 0.
    known = tuple(
        {
            key: cell + 0.0 if isinstance(cell, float) else cell
            for key, cell in row.items()
            if cell is not None
        }
        for row in rows
    )
    heads = columns(kind, money=spec.currency, **units)
    return Table(f"economics.{kind}", kind, heads, known, analysis=spec.analysis or "")
