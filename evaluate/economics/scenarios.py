"""The account with something else assumed: a study's own scenarios, and those of every account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from evaluate.core import Cell, Table
from evaluate.economics.definition import Economics, PublicFunds, Scenario, Schedule
from evaluate.economics.payers import SOCIETY
from evaluate.economics.rows import MoneyRow
from evaluate.economics.schedules import public_funds
from evaluate.economics.sensitivity_tables import HIGH_RATE, LOW_RATE
from evaluate.economics.tables import table
from evaluate.economics.valuation import Valuation, at_estimates
from evaluate.parameters.table import parameter

BASE, OBSERVED = "base", "observed_only"
_ASSUMED = {"status": "illustrative", "note": "Assumed in a scenario."}
_SIDES = ("costs", "earnings", "benefits", "transfers")


def scenario_tables(done: Valuation) -> Iterator[Table]:
    """Yield every scenario's net by payer and the effect at which society breaks even."""
    unit = done.effects.units[0] if done.effects.units else ""
    yield table(done.spec, "scenarios", _rows(done), break_even=unit)


def scenarios(done: Valuation) -> Mapping[str, Scenario]:
    """Return the scenarios of an account, by key: those that make sense for it, then its own.

    Growing rows also without growth; effects that stay also fading to nothing; public money at no more than its face; flat real rates of 2 % and 5 %, the
    span in which the shipped schedules lie and which appraisals of the social sector without a
    binding rate use; equalisation as of one place and of all places; and the correction for
    optimism that goes with the study's grades.
    """
    return {**dict(_built_in(done)), **done.spec.scenarios}


def _built_in(done: Valuation) -> Iterator[tuple[str, Scenario]]:
    spec = done.spec
    following = [row for row in spec.rows if row.follows]
    marginal = public_funds(spec)
    if any(row.growth for row in spec.rows):
        yield "no_growth", Scenario(title="no growth", growth=0.0)
    if following and all(row.fade == "none" for row in following):
        yield "fading", Scenario(title="fading", fade="linear")
    if marginal is not None and marginal.value > 0:
        yield "no_public_funds", Scenario(title="no cost of public funds", public_funds=0.0)
    for key, rate in (("rate_low", LOW_RATE), ("rate_high", HIGH_RATE)):
        flat = Schedule.model_validate({"rates": [{"rate": rate}], **_ASSUMED})
        yield key, Scenario(title=f"{rate:g} a year", schedule=flat)
    if any(one.retention is not None for one in spec.payers.values()):
        yield "scope_local", Scenario(title="one place", scope="local")
        yield "scope_national", Scenario(title="all places", scope="national")
    if spec.optimism is not None:
        yield "optimism", Scenario(title="corrected for optimism", items=_cautious(done))


def _cautious(done: Valuation) -> dict[str, float]:
    """Return factors on items: costs and harm grow, benefits and savings shrink."""
    grades = done.spec.optimism
    if grades is None:
        return {}
    at = done.multipliers()
    cost, benefit = (
        part[done.society].sum(axis=1) * at for part in (done.ledger.cost, done.ledger.benefit)
    )
    found = {}
    for place, row in enumerate(done.spec.rows):
        mine = np.array([item.row == place for item in done.flows.items])
        if row.side == "cost":
            share, worse = _correction(grades.costs), float(cost[mine].sum()) > 0
        else:
            share, worse = _correction(grades.benefits), float(benefit[mine].sum()) < 0
        found[row.item] = 1.0 + share if worse else 1.0 - share
    return found


def _correction(grade: int) -> float:
    return parameter(f"gmca_grade_{grade}_correction").value


def varied(spec: Economics, scenario: Scenario) -> Economics:
    """Return an account with something else assumed.

    Years after another horizon do not count; rows keep their own years, so that what fades does
    so as before. Another schedule brings its rates, never its cost of public funds. A factor on
    effects is none of the account's: see :func:`revalued`.

    Parameters
    ----------
    spec : Economics
        The account.
    scenario : Scenario
        What is different.
    """
    changed: dict[str, Any] = {}
    rate = scenario.public_funds
    if scenario.schedule is not None:
        changed["schedule"] = scenario.schedule
        known = public_funds(spec)
        rate = (known.value if known else 0.0) if rate is None else rate
    if rate is not None:
        changed["public_funds"] = PublicFunds.model_validate({"rate": rate, **_ASSUMED})
    for name in ("horizon", "scope"):
        if getattr(scenario, name) is not None:
            changed[name] = getattr(scenario, name)
    for side in _SIDES:
        changed[side] = tuple(_changed(row, scenario) for row in getattr(spec, side))
    return spec.model_copy(update=changed)


def _changed(row: MoneyRow, scenario: Scenario) -> MoneyRow:
    changed: dict[str, Any] = {}
    if scenario.growth is not None and row.growth:
        changed["growth"] = scenario.growth
    if scenario.fade is not None and row.follows:
        changed["fade"] = scenario.fade
    if row.item in scenario.items:
        changed["times"] = row.times * scenario.items[row.item]
    return row.model_copy(update=changed) if changed else row


def revalued(done: Valuation, scenario: Scenario) -> Valuation:
    """Return the account of a scenario at the estimates, without draws.

    Parameters
    ----------
    done : Valuation
        The account as it stands.
    scenario : Scenario
        What is different.

    Raises
    ------
    Refused
        If an amount cannot be converted.
    """
    factor = 1.0 if scenario.effect is None else scenario.effect
    effects = replace(done.effects, estimates=done.effects.estimates * factor, drawn=False)
    return at_estimates(varied(done.spec, scenario), effects)


def observed_only(done: Valuation) -> Valuation | None:
    """Return the account with effects in the years alone in which they were measured.

    What does not follow an effect, such as the programme's cost, counts in all its years.

    Parameters
    ----------
    done : Valuation
        The account as it stands.

    Returns
    -------
    Valuation or None
        Without draws; ``None`` where no money follows an effect in another year.
    """
    guessed = done.following()[:, None] & done.extrapolated()
    book = done.ledger
    if not (book.net * guessed).any():
        return None
    seen = replace(
        book,
        cost=np.where(guessed, 0.0, book.cost),
        benefit=np.where(guessed, 0.0, book.benefit),
    )
    return replace(done, ledger=seen, effects=replace(done.effects, drawn=False), figures={})


def _rows(done: Valuation) -> Iterator[dict[str, Cell]]:
    yield from _nets(BASE, done)
    seen = observed_only(done)
    if seen is not None:
        yield from _nets(OBSERVED, seen)
    for key, scenario in scenarios(done).items():
        if key != BASE:
            yield from _nets(key, revalued(done, scenario))


def _nets(key: str, done: Valuation) -> Iterator[dict[str, Cell]]:
    for place, payer in enumerate(done.names):
        row: dict[str, Cell] = {
            "key": f"{key}|{payer}",
            "scenario": key,
            "payer": payer,
            "net": done.net(place),
        }
        if payer == SOCIETY and done.effects.names:
            found = done.break_even(place)
            row |= {"break_even": found.effect, "state": found.state}
        yield row
