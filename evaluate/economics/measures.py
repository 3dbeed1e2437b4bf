"""What an account comes to for each perspective: net, ratio, payback, returns, public value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell, Table
from evaluate.economics.fiscal import mvpf, mvpf_draws
from evaluate.economics.internal_rates import irr
from evaluate.economics.payers import EU_SOCIETY, PUBLIC, SOCIETY
from evaluate.economics.returns import benefit_cost_ratio, payback
from evaluate.economics.tables import conf_level, table
from evaluate.economics.valuation import Floats, Valuation

_ROUNDING = 1e-12
_CHUNK = 8192  # draws whose years fit a processor's cache


def measure_tables(done: Valuation) -> Iterator[Table]:
    """Yield the measures of every perspective."""
    yield table(done.spec, "measures", _measures(done))


def perspectives(done: Valuation) -> dict[str, int]:
    """Return the rows of the ledger from which somebody may look at an account.

    Society as the nation sees it, society with the EU's money inside where the EU pays, all
    public payers of the nation together, then each payer.
    """
    book = done.ledger
    found = {SOCIETY: done.society}
    if EU_SOCIETY in book.others:
        found[EU_SOCIETY] = book.row(EU_SOCIETY)
    public = [name for name, one in done.spec.payers.items() if one.public and not one.eu]
    if public:
        found[PUBLIC] = book.row(PUBLIC if PUBLIC in book.others else public[0])
    return found | {name: book.row(name) for name in done.spec.payers}


@dataclass(frozen=True, slots=True)
class _View:
    """One perspective: its money by item and year, and the draws of all items."""

    done: Valuation
    name: str
    place: int
    each: Floats | None
    tail: float

    def cells(
        self,
        measure: str,
        value: float | None,
        *,
        ends: tuple[float | None, float | None] = (None, None),
        state: str = "",
        key: str = "",
    ) -> dict[str, Cell]:
        """Return a row of the table."""
        return {
            "key": f"{self.name}|{key or measure}",
            "perspective": self.name,
            "measure": measure,
            "value": value,
            "low": ends[0],
            "high": ends[1],
            "state": state,
        }

    def interval(self, draws: Floats) -> tuple[float, float]:
        """Return the percentiles of draws at the level of the account."""
        low, high = np.quantile(draws, [self.tail, 1.0 - self.tail])
        return float(low), float(high)


def _measures(done: Valuation) -> Iterator[dict[str, Cell]]:
    each = done.drawn_multipliers() if done.drawn else None
    tail = (1.0 - conf_level(done)) / 2.0
    for name, place in perspectives(done).items():
        view = _View(done, name, place, each, tail)
        yield from _net(view)
        if not done.effects.names:
            continue  # costs alone give nothing back: no ratio, no year, no rate
        yield from _ratio(view)
        yield from _payback(view)
        yield from _internal_rates(view)
        if name in (SOCIETY, EU_SOCIETY):
            yield from _public_value(view)


def _net(view: _View) -> Iterator[dict[str, Cell]]:
    value = view.done.net(view.place)
    if view.each is None:
        yield view.cells("npv", value)
        return
    draws = view.done.draws(view.place, view.each)
    yield view.cells("npv", value, ends=view.interval(draws))
    yield view.cells("npv_mean", float(draws.mean()))


def _ratio(view: _View) -> Iterator[dict[str, Cell]]:
    """Yield benefit over cost; its interval only where no draw of the cost is 0 or saved."""
    book, place = view.done.ledger, view.place
    cost, benefit = book.cost[place].sum(axis=1), book.benefit[place].sum(axis=1)
    at = view.done.multipliers()
    gross = float(np.abs(cost) @ np.abs(at))
    value, state = benefit_cost_ratio(float(benefit @ at), float(cost @ at), gross=gross)
    ends: tuple[float | None, float | None] = (None, None)
    if view.each is not None and value is not None:
        costs = view.each @ cost
        if costs.min() > _ROUNDING * gross:
            ends = view.interval((view.each @ benefit) / costs)
        else:
            state = "cost_crosses_zero"
    yield view.cells("benefit_cost_ratio", value, ends=ends, state=state)


def _years(view: _View) -> Floats:
    """Return present values by year at the estimates; what is nothing but rounding is 0."""
    parts = view.done.ledger.net[view.place] * view.done.multipliers()[:, None]
    total, gross = parts.sum(axis=0), np.abs(parts).sum(axis=0)
    return np.where(np.abs(total) <= _ROUNDING * gross, 0.0, total)


def _payback(view: _View) -> Iterator[dict[str, Cell]]:
    present = _years(view)
    found = payback(present, np.ones_like(present))
    yield view.cells("payback", _number(found.year), state=found.state)
    yield view.cells("payback_final", _number(found.final), state=found.state)
    if view.each is not None:
        share = float(np.mean(paid_back(view.done.ledger.net[view.place], view.each)))
        yield view.cells("prob_payback", share)


def _number(year: int | None) -> float | None:
    return None if year is None else float(year)


def paid_back(net: Floats, multipliers: Floats) -> NDArray[np.bool_]:
    """Return in which draws the money put in has come back within the horizon.

    Parameters
    ----------
    net : ndarray, shape (i, t)
        Present values by item and year, for one unit of each item.
    multipliers : ndarray, shape (n, i)
        Each item's size and effect in each draw.

    Returns
    -------
    ndarray of bool, shape (n,)
        By the rule of :func:`evaluate.economics.returns.payback`; true where nothing was put in.
    """
    moving = np.flatnonzero(net.any(axis=1))
    flow = np.ascontiguousarray(net[moving].T)
    sums = flow.cumsum(axis=0)
    gross = _ROUNDING * np.abs(net[moving]).sum(axis=1)
    found = np.empty(len(multipliers), dtype=np.bool_)
    for start in range(0, len(multipliers), _CHUNK):
        part = slice(start, start + _CHUNK)
        at = np.ascontiguousarray(multipliers[part, moving].T)
        found[part] = _back(flow, sums, at, gross @ np.abs(at))
    return found


def _back(flow: Floats, sums: Floats, at: Floats, nothing: Floats) -> NDArray[np.bool_]:
    """Return whether the sum so far is 0 in a year from 1 on, once something was put in."""
    running = sums[1:] @ at
    ends = sums[-1] @ at >= -nothing  # so that it has come back, or nothing was ever put in
    # Money put in during the first two years, as nearly all is: the rest has come back or not.
    early = (flow[:2] @ at < -nothing).any(axis=0)
    back = ends | (early & (running.max(axis=0, initial=-np.inf) >= -nothing))
    open_ = ~(early | ends)
    if open_.any():
        yearly = flow @ at[:, open_]
        begun = np.logical_or.accumulate(yearly < -nothing[open_], axis=0)
        back[open_] = (begun[1:] & (running[:, open_] >= -nothing[open_])).any(axis=0)
    return np.asarray(back)


def _internal_rates(view: _View) -> Iterator[dict[str, Cell]]:
    """Yield every internal rate of return; of several none may be read as a return."""
    flow = _years(view) / view.done.factors
    found = irr(flow)
    moved = flow[flow != 0]
    # One change of sign from gain to loss: what is paid for the money, not what it earns.
    borrowed = found.sign_changes == 1 and moved[0] > 0
    if not found.rates:
        yield view.cells("internal_rate", None, state=found.state)
    for number, rate in enumerate(found.rates, start=1):
        key = f"internal_rate.{number}"
        yield view.cells(
            "internal_rate", rate, state="gain_first" if borrowed else found.state, key=key
        )


def _public_value(view: _View) -> Iterator[dict[str, Cell]]:
    """Yield what all others gain for each unit of net public cost, and how often it is free.

    National: the EU stands outside. With the EU's money inside, the EU is a public payer. The
    marginal cost of public funds has no part in it.
    """
    spec, net = view.done.spec, view.done.ledger.net.sum(axis=2)
    members = [one for one in spec.payers.values() if view.name == EU_SOCIETY or not one.eu]
    if not any(one.public for one in members):
        return
    of = {
        public: sum(
            net[view.done.ledger.row(name)]
            for name, one in spec.payers.items()
            if one in members and one.public == public
        )
        for public in (True, False)
    }
    gain, cost = np.zeros(net.shape[1]) + of[False], -np.asarray(of[True])
    at = view.done.multipliers()
    gross = float((np.abs(gain) + np.abs(cost)) @ np.abs(at))
    point = mvpf(float(gain @ at), float(cost @ at), gross=gross)
    if view.each is None:
        yield view.cells("mvpf", point.value, state=point.state)
        return
    found = mvpf_draws(view.each @ gain, view.each @ cost, level=1.0 - 2.0 * view.tail)
    unbounded = "unbounded" if found.low is None else "unbounded_above"
    state = point.state or ("" if found.high is not None else unbounded)
    yield view.cells("mvpf", point.value, ends=(found.low, found.high), state=state)
    yield view.cells("prob_pays_for_itself", found.share_pays_for_itself)
