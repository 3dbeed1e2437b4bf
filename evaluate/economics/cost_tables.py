"""What the programme costs: its ingredients, and sums that a funder asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluate.core import Cell, Table
from evaluate.economics.amounts import amount, base_size
from evaluate.economics.costs import Cost
from evaluate.economics.flows import by_year
from evaluate.economics.rows import shares
from evaluate.economics.tables import table
from evaluate.economics.valuation import Valuation


def cost_tables(done: Valuation) -> Iterator[Table]:
    """Yield the ingredients and their sums."""
    parts = [_part(done, row) for row in done.spec.costs]
    yield table(done.spec, "costs", parts)
    yield table(done.spec, "cost_summary", _sums(done, parts))


def _part(done: Valuation, row: Cost) -> dict[str, Cell]:
    """Return an ingredient; what the effect causes is counted at the effect."""
    spec = done.spec
    course = by_year(spec, row) * base_size(spec, row)
    if row.follows:
        names = list(done.effects.names)
        course = course * done.effects.estimates[names.index(row.effect or names[0])]
    sign = -1.0 if row.saving else 1.0
    each = sign * float(course.sum())
    people = spec.participants
    return {
        "item": row.item,
        "payer": "; ".join(shares(row.payer)),
        "type": row.type,
        "phase": row.phase,
        "in_kind": row.in_kind,
        "saving": row.saving,
        "follows": row.follows,
        "fixed": row.per == "programme",
        "quantity": row.quantity * row.times,
        "unit": row.unit,
        "price": amount(spec, row).value,
        "charged": row.charged,
        "per_participant": each,
        "total": each * people.treated if people else None,
        "present": sign * float(course @ done.factors),
    }


def _sums(done: Valuation, parts: list[dict[str, Cell]]) -> Iterator[dict[str, Cell]]:
    """Yield sums in the present value per participant, and for all who took part."""
    people = done.spec.participants
    programme = [one for one in parts if not one["follows"]]
    whole = _total(programme)
    asked = {
        "programme": [one for one in programme if not one["saving"]],
        "comparison": [one for one in programme if one["saving"]],
        "incremental": programme,
        "caused_by_effect": [one for one in parts if one["follows"]],
        "start_up": [one for one in programme if one["phase"] == "start_up"],
        "running": [one for one in programme if one["phase"] == "running"],
        "in_kind": [one for one in programme if one["in_kind"]],
        "cash": [one for one in programme if not one["in_kind"]],
        "fixed": [one for one in programme if one["fixed"]],
        "variable": [one for one in programme if not one["fixed"]],
        **{
            f"type_{kind}": [one for one in programme if one["type"] == kind]
            for kind in dict.fromkeys(str(one["type"]) for one in programme)
        },
    }
    for key, chosen in asked.items():
        if not chosen:
            continue
        present = _total(chosen)
        yield {
            "measure": key,
            "per_participant": present,
            "per_completed": _per_completed(done, present),
            "total": present * people.treated if people else None,
            "share": present / whole if whole > 0 else None,
        }
    yield from _by_payer(done, whole)


def _by_payer(done: Valuation, whole: float) -> Iterator[dict[str, Cell]]:
    people = done.spec.participants
    still = ~done.following()
    for p, payer in enumerate(done.flows.payers):
        cost = done.ledger.cost[p].sum(axis=1) * done.flows.sizes
        present = float(cost[still].sum())
        if np.any(cost[still] != 0):
            yield {
                "measure": f"payer_{payer}",
                "per_participant": present,
                "per_completed": _per_completed(done, present),
                "total": present * people.treated if people else None,
                "share": present / whole if whole > 0 else None,
            }


def _total(parts: list[dict[str, Cell]]) -> float:
    return sum(float(one["present"] or 0.0) for one in parts)


def _per_completed(done: Valuation, present: float) -> float | None:
    people = done.spec.participants
    if people is None or people.completed is None:
        return None
    return present * people.treated / people.completed
