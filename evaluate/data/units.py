"""Codes of municipalities and counties brought to the units of one day, mergers followed."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from evaluate.data import sql
from evaluate.data.cohort_definition import Change, Units
from evaluate.data.conditions import Unfit
from evaluate.data.derive import Computed
from evaluate.data.names import closest, shown
from evaluate.data.variable import Levels, Variable

_TEXTS = frozenset({"text", "category"})


@cache
def histories() -> Mapping[str, tuple[tuple[Change, ...], tuple[str, ...]]]:
    """Return the histories that come with the package: changes, and codes that never changed."""
    found = {}
    folder = files("evaluate.data") / "histories"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            for key, block in tomllib.loads(file.read_text(encoding="utf-8")).items():
                changes = tuple(Change.model_validate(one) for one in block["changes"])
                found[key] = changes, tuple(block["unchanged"])
    return found


def unit_of(changes: Iterable[Change], as_of: dt.date) -> dict[str, str | None]:
    """Return the unit of one day that each code belongs to.

    Parameters
    ----------
    changes : iterable of Change
        In any order.
    as_of : date
        The day; a change on it counts.

    Returns
    -------
    dict
        By code; ``None`` where a split without a target lies between, or where the unit arose
        only after that day.
    """
    ordered = sorted(changes, key=lambda one: one.date)
    known = {code for one in ordered for code in (*one.from_, *one.after)}
    return {code: _followed(code, ordered, as_of) for code in sorted(known)}


def _followed(code: str, ordered: Sequence[Change], as_of: dt.date) -> str | None:
    never = dt.date.max
    arose = min((one.date for one in ordered if code in one.after and code not in one.from_),
                default=never)  # fmt: skip
    ended = min((one.date for one in ordered if code in one.from_), default=never)
    if as_of < arose < never and ended >= arose:
        return None  # there was no such unit yet
    day = dt.date.min
    for one in ordered:
        # What arose by one change of a day is not changed by another of that day.
        if code in one.from_ and day < one.date <= as_of:
            day = one.date
            if len(one.after) > 1 and one.target is None:
                return None
            code = one.target or one.after[0]
    return code


def compile_units(name: str, units: Units, variables: Mapping[str, Variable]) -> Computed:
    """Return the units of one day as a computed column.

    Parameters
    ----------
    name : str
        The new column.
    units : Units
        As the study declares them.
    variables : mapping of str to Variable
        The dictionary.

    Raises
    ------
    Unfit
        If the history is not known, or a column is not made of codes.
    """
    for column in (units.column, name):
        if variables[column].type not in _TEXTS:
            raise Unfit(
                f"`{shown(column)}` is {variables[column].type} ({variables[column].where}), and "
                "units are told apart by codes that may begin with 0",
                "declare it category or text",
            )
    changes, same = units.changes, set(units.unchanged)
    if units.history is not None:
        held = histories().get(units.history)
        if held is None:
            near = closest(units.history, histories())
            choice = f"did you mean `{near}`?" if near else "declare the changes yourself"
            raise Unfit(f"`{units.history}` is no history that comes with the package", choice)
        changes, same = (*held[0], *changes), same | set(held[1])
    allowed = variables[units.column].values
    if isinstance(allowed, Levels):
        same |= {str(one) for one in allowed.values}
    found = unit_of(changes, units.as_of)
    moved = {code: to for code, to in found.items() if to is not None}
    known = {**{code: code for code in same if code not in found}, **moved}
    column = sql.identifier(units.column)
    cases = [
        f"WHEN {column} IN {sql.listing(sorted(c for c, t in known.items() if t == to))} "
        f"THEN {sql.text(to)}"
        for to in sorted(set(known.values()))
    ]
    return Computed(
        name=name,
        value=f"CASE {' '.join(cases)} END",
        undefined=f"{column} IS NOT NULL AND {column} NOT IN {sql.listing(sorted(known))}",
        unfit="false",
        why="a code without a unit on that day: unknown, split, or of a later day",
    )
