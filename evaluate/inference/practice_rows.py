"""The rows of the tables of practice records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product

from evaluate.core import Cell
from evaluate.inference.practice_definition import CLASSES, GRADES, LEVELS, TARGETS, Practice
from evaluate.inference.transfer import transfer

Rows = list[dict[str, Cell]]
Records = Mapping[str, Practice]
Classed = Mapping[str, Collection[str]]  # the classes in which each practice counts
TEXTS = ("region", "context", "method", "evidence_source", "contact", "source")


def sureness(
    records: Records, said: Mapping[tuple[str, str], float]
) -> dict[str, dict[str, float]]:
    """Return how surely each practice is of each class: as stated, else the raters' share.

    Parameters
    ----------
    records : mapping of str to Practice
        By key.
    said : mapping of (str, str) to float
        By practice and class, the share of raters who say that it applies.
    """
    return {
        key: {str(name): sure for name, sure in one.classes.items()}
        or {name: said[key, name] for name in CLASSES if (key, name) in said}
        for key, one in records.items()
    }


def record_rows(records: Records, sure: Mapping[str, Mapping[str, float]]) -> Rows:
    """Return a row for each practice; texts are keys, whose titles the method gives.

    Parameters
    ----------
    records : mapping of str to Practice
        By key.
    sure : mapping of str to mapping of str to float
        How surely each practice is of each class, from 0 to 1.
    """
    rows: Rows = []
    for key, one in records.items():
        row: dict[str, Cell] = {"practice": key}
        row |= {name: sure[key].get(name) for name in CLASSES}
        row |= {"levels": "; ".join(one.levels) or None, "targets": "; ".join(one.targets) or None}
        row |= {"country": one.country, "evidence": one.evidence, "status": one.status}
        row |= {name: None if getattr(one, name) is None else f"{key}_{name}" for name in TEXTS}
        row["actors"] = "; ".join(f"{key}_actor_{i}" for i in range(1, len(one.actors) + 1)) or None
        if one.cost is not None:
            row |= {"cost": one.cost.amount, "cost_unit": one.cost.unit}
        rows.append(row)
    return rows


def matrix_rows(records: Records, classed: Classed) -> Rows:
    """Return how many practices of each class work at each level.

    Parameters
    ----------
    records : mapping of str to Practice
        By key.
    classed : mapping of str to collection of str
        The classes in which each practice counts.
    """
    rows: Rows = []
    for name in CLASSES:
        here = [one for key, one in records.items() if name in classed[key]]
        row: dict[str, Cell] = {"type": name}
        row |= {f"level_{at}": sum(at in one.levels for one in here) for at in LEVELS}
        rows.append(row | {"any_level": len(here)})
    return rows


def typology_rows(records: Records, classed: Classed) -> Rows:
    """Return every combination of class, level and target group, the empty ones marked.

    Parameters
    ----------
    records : mapping of str to Practice
        By key.
    classed : mapping of str to collection of str
        The classes in which each practice counts.
    """
    rows: Rows = []
    for name, level, target in product(CLASSES, LEVELS, TARGETS):
        here = [
            key
            for key, one in records.items()
            if name in classed[key] and level in one.levels and target in one.targets
        ]
        row: dict[str, Cell] = {"cell": f"{name}_{level}_{target}", "type": name, "level": level}
        row |= {"target": target, "practices": len(here), "named": "; ".join(here) or None}
        rows.append(row | {"gap": not here})
    return rows


def evidence_rows(records: Records) -> Rows:
    """Return how many practices rest on what, the strongest first.

    Parameters
    ----------
    records : mapping of str to Practice
        By key.
    """
    grades = [one.evidence for one in records.values()]
    return [
        {"evidence": one, "practices": grades.count(one), "share": grades.count(one) / len(grades)}
        for one in reversed(GRADES)
    ]


def transfer_rows(records: Records, destinations: Collection[str]) -> Rows:
    """Return how each destination meets what each practice needs.

    Parameters
    ----------
    records : mapping of str to Practice
        By key.
    destinations : collection of str
        Keys.
    """
    rows: Rows = []
    for (key, one), there in product(records.items(), destinations):
        row: dict[str, Cell] = {"pair": f"{key}_in_{there}", "destination": there}
        if not one.conditions:
            rows.append(row | {"state": "no_conditions"})
            continue
        found = transfer(one.conditions_at(there))
        row |= {"needed": found.needed, "met": found.met, "unmet": found.unmet}
        row |= {"unknown": found.unknown, "low": found.low, "high": found.high}
        row |= {
            name: "; ".join(f"{key}_needs_{each}" for each in getattr(found, name)) or None
            for name in ("uncertain", "missing", "doubtful")
        }
        rows.append(row | {"state": "nothing_needed" if found.low is None else None})
    return rows


def condition_rows(records: Records, destinations: Collection[str]) -> Rows:
    """Return each condition at each destination.

    Parameters
    ----------
    records : mapping of str to Practice
        By key.
    destinations : collection of str
        Keys.
    """
    return [
        {
            "row": f"{key}_needs_{each.key}_in_{there}",
            "practice": key,
            "is_needed": each.needed,
            "origin": each.origin,
            "destination": there,
            "there": each.destination,
        }
        for (key, one), there in product(records.items(), destinations)
        for each in one.conditions_at(there)
    ]
