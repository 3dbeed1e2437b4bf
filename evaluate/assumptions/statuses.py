"""Dated statuses of people, or spells, from which a wanted outcome follows."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from evaluate.assumptions.backwards import StuckError, Values
from evaluate.assumptions.pools import Drawn, typed
from evaluate.data.rules import Status
from evaluate.data.status import drops_out, labels_of
from evaluate.data.variable import Variable

Row = dict[str, Drawn]
EARLIEST = 0.5  # of the horizon that has passed before anything happens


@dataclass(frozen=True, slots=True)
class People:
    """Whom a status is wanted of; each shape (n,).

    Attributes
    ----------
    key : ndarray
        Of each person, as it stands in the source.
    entry : ndarray
        Day of entry, as an ordinal.
    kind : ndarray
        Kind of programme; ``""`` where all have one horizon.
    wanted : ndarray
        1, 0 or ``None``.
    """

    key: Values
    entry: Values
    kind: Values
    wanted: Values


def after(day: date, length: tuple[int, str]) -> date:
    """Return the same day of the calendar some time later, the month's last where it has none.

    Parameters
    ----------
    day : date
        From when.
    length : (int, str)
        Number of ``"day"``, ``"month"`` or ``"year"``.
    """
    number, unit = length
    if unit == "day":
        return date.fromordinal(day.toordinal() + number)
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def status_rows(
    rule: Status,
    people: People,
    variables: Mapping[str, Variable],
    horizons: Mapping[str, tuple[int, str]],
    person: str,
    rng: np.random.Generator,
) -> list[Row]:
    """Return rows of a source from which the rule finds what is wanted of each person.

    Everybody has the first of the statuses that mean 0, and not leaving, from entry on. Then comes the event in
    the horizon, another of those statuses, or one in which the outcome cannot be known.

    Parameters
    ----------
    rule : Status
        As the study writes it.
    people : People
        Whom it asks for.
    variables : mapping of str to Variable
        The dictionary.
    horizons : mapping of str to (int, str)
        By kind; one under ``""`` holds for all.
    person : str
        Column of the person in the source.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    StuckError
        If the rule gives names of statuses, or leaves no way to an unknown outcome.
    """
    if rule.give != "event":
        raise StuckError("a status by name is wanted, not 1 or 0", "write `give: event`")
    unknown = rule.missing or (() if rule.no_record is None else None)
    if unknown is None and any(one is None for one in people.wanted):
        raise StuckError(
            "an outcome that is missing is wanted, and every status means 1 or 0",
            "name a status under `missing`, or assume that none is missing",
        )
    labels = labels_of(variables[rule.column])
    start = next((one for one in rule.else_ if not drops_out(one, rule, labels)), rule.else_[0])
    rows: list[Row] = []
    for key, entry, kind, wanted in zip(
        people.key, people.entry, people.kind, people.wanted, strict=True
    ):
        states = (rule.event,) if wanted else rule.else_ if wanted is not None else unknown or ()
        if not states:
            continue  # without a record nothing is known
        first = int(entry)
        last = after(date.fromordinal(first), horizons.get(kind, horizons.get("", (0, "day"))))
        early = first + int((last.toordinal() - first) * EARLIEST)
        day = int(rng.integers(max(early, first + 1), last.toordinal() + 1))
        state = states[int(rng.integers(len(states)))]
        rows += _spells(rule, variables, (first, start), (day, state), {person: key})
    return rows


def _spells(
    rule: Status,
    variables: Mapping[str, Variable],
    first: tuple[int, str],
    then: tuple[int, str],
    row: Row,
) -> list[Row]:
    """Return two statuses one after the other, as dated changes or as spells."""
    column = variables[rule.column]
    codes = {name: typed(some[0], column) for name, some in rule.states.items()}
    found: list[Row] = []
    for (day, state), end in ((first, then[0] - 1), (then, None)):
        one: Row = {**row, rule.column: codes[state]}
        if rule.date is not None:
            one[rule.date] = float(day)
        elif rule.from_ is not None and rule.to is not None:
            one |= {rule.from_: float(day), rule.to: None if end is None else float(end)}
        found.append(one)
    return found
