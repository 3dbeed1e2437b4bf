"""Cost per unit of effect: the plane, the frontier, and how sure a choice is at each threshold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluate.core import Cell, Table
from evaluate.economics.acceptability import acceptability
from evaluate.economics.draws import spread
from evaluate.economics.effectiveness import RatioInterval, fieller, quadrant
from evaluate.economics.frontier import Option, frontier
from evaluate.economics.tables import table
from evaluate.economics.valuation import Floats, Valuation

USUAL, PROGRAMME = "usual", "programme"
_POINTS = 100  # steps of the threshold
_MOST = 1e15
_DRAWS = 500  # in the plane
_STATUS = {"ND": "frontier", "ED": "extended_dominated", "D": "dominated", "duplicate": "duplicate"}


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen: usual care, the programme, and the study's alternatives.

    Attributes
    ----------
    names : tuple of str, length k
        Usual care first, then the programme.
    costs, effects : ndarray, shape (k,)
        Per participant beyond usual care; effects in the desired direction. The cost is that of
        resources to society as the nation sees it, what the effect causes to be used included.
    draws : tuple of ndarray, shape (n,), or None
        Of the programme's cost and effect; ``None`` where the effect was not estimated. The
        alternatives are constants: nobody says how sure they are.
    """

    names: tuple[str, ...]
    costs: Floats
    effects: Floats
    draws: tuple[Floats, Floats] | None


def acceptability_tables(done: Valuation) -> Iterator[Table]:
    """Yield what a unit of the first effect costs; nothing without an effect."""
    if not done.effects.names:
        return
    found, unit = options(done), done.effects.units[0]
    yield table(done.spec, "effectiveness", _effectiveness(done, found), effect=unit)
    yield table(done.spec, "acceptability", _acceptability(done, found))
    if found.draws is not None:
        rows = (
            {"draw": number, "effect": float(effect), "cost": float(cost)}
            for number, (cost, effect) in enumerate(
                zip(*(draws[:_DRAWS] for draws in found.draws), strict=True), start=1
            )
        )
        yield table(done.spec, "plane", rows, effect=unit)


def options(done: Valuation) -> Options:
    """Return what can be chosen, with its cost and effect per participant."""
    cost = done.ledger.cost[done.society].sum(axis=1)
    sign = 1.0 if done.direction == "increase" else -1.0
    others = done.spec.alternatives
    draws = None
    if not done.effects.assumed[0]:
        draws = done.drawn_multipliers() @ cost, sign * done.effects.draws[:, 0]
    return Options(
        (USUAL, PROGRAMME, *others),
        np.array([0.0, float(cost @ done.multipliers()), *(one.cost for one in others.values())]),
        np.array([0.0, sign * done.effects.estimates[0], *(one.effect for one in others.values())]),
        draws,
    )


def _effectiveness(done: Valuation, found: Options) -> Iterator[dict[str, Cell]]:
    assumed = done.effects.assumed[0]
    for one in frontier(found.names, found.costs, found.effects):
        where = RatioInterval(None, None, "")
        if one.name == PROGRAMME and one.against is not None and found.draws is not None:
            below = found.names.index(one.against)
            where = _interval(done, found, found.costs[below], found.effects[below])
        state = where.state or _quadrant(one)
        yield {
            "option": one.name,
            "cost": one.cost,
            "effect": one.effect,
            "ratio": one.icer,
            "low": where.low,
            "high": where.high,
            "status": _STATUS[one.status],
            "state": "what_if" if assumed and one.name == PROGRAMME else state,
        }


def _quadrant(one: Option) -> str:
    return "" if one.name == USUAL else quadrant(one.cost, one.effect)


def _interval(done: Valuation, found: Options, cost: float, effect: float) -> RatioInterval:
    """Return Fieller's interval of the programme's ratio to the option below it.

    The effect has the standard error and the degrees of freedom of its published interval, the
    cost the spread of its draws, and the two the correlation of theirs.
    """
    row = done.effects.rows[0]
    if row is None or found.draws is None:
        return RatioInterval(None, None, "")
    costs, effects = found.draws
    se_cost = float(costs.std())
    moving = se_cost > 1e-12 * float(np.abs(costs).max(initial=0.0)) and effects.std() > 0
    together = float(np.corrcoef(costs, effects)[0, 1]) if moving else 0.0
    return fieller(
        float(found.costs[1] - cost),
        float(found.effects[1] - effect),
        se_cost=se_cost if moving else 0.0,
        se_effect=spread(row),
        correlation=min(max(together, -1.0), 1.0),
        df=row.df,
        level=row.conf_level,
    )


def thresholds(done: Valuation, found: Options) -> Floats:
    """Return values of one unit of effect, from 0 to the largest that the study would pay.

    Where it does not say: to three times what a unit costs, or, where no ratio has a meaning, to
    three times the cost of an effect as large as the estimate or its standard error; rounded up
    to 1, 2 or 5 times a power of ten.
    """
    top = done.spec.willingness
    if top is None:
        row = done.effects.rows[0]
        effects = np.abs(found.effects[1:])
        least = row.std_error if row is not None else 0.0
        units = np.maximum(effects, least)
        costs = np.abs(found.costs[1:])
        # A unit that costs more than any `willingness` has no ratio worth a grid.
        known = (units * _MOST > costs) & (costs > 0)
        top = _round_up(3.0 * float((costs[known] / units[known]).max(initial=0.0)))
    return np.linspace(0.0, top, _POINTS + 1)


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(power * next(step for step in (1, 2, 5, 10) if power * step >= value))


def _acceptability(done: Valuation, found: Options) -> Iterator[dict[str, Cell]]:
    """Yield every threshold and option; without draws net benefit at the assumed effect alone."""
    known = found.draws is not None
    n = len(found.draws[0]) if found.draws is not None else 1
    costs, effects = (np.tile(one, (n, 1)) for one in (found.costs, found.effects))
    if found.draws is not None:
        costs[:, 1], effects[:, 1] = found.draws
    curves = acceptability(effects, costs, thresholds(done, found))
    for i, threshold in enumerate(curves.thresholds):
        for k, name in enumerate(found.names):
            yield {
                "key": f"{threshold:.10g}|{name}",
                "threshold": float(threshold),
                "option": name,
                "probability": float(curves.ceac[i, k]) if known else None,
                "net_benefit": float(curves.mean_net_benefit[i, k]),
                "optimal": bool(curves.optimum[i] == k),
                "evpi": float(curves.evpi[i]) if known else None,
            }
