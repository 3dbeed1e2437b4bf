"""Simulated people in registers: when they enter, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from evaluate.assumptions.backwards import Frame, StuckError, Values, choose
from evaluate.assumptions.fitted import keys_of
from evaluate.assumptions.pools import Drawn, pool
from evaluate.assumptions.statuses import People, Row, after, status_rows
from evaluate.data.cohort_definition import Cohort, Criterion
from evaluate.data.conditions import Unfit
from evaluate.data.definition import Data
from evaluate.data.rules import Status
from evaluate.data.status import horizons_of

BESIDE = 30.0  # days between a row that a criterion asks for and entry


@dataclass(frozen=True, slots=True)
class Sources:
    """Rows of the sources that are asked for each person.

    Attributes
    ----------
    rows : dict of str to list
        Rows by source.
    """

    rows: dict[str, list[Row]]

    def as_columns(self) -> dict[str, dict[str, Values]]:
        """Return the rows as columns, by source."""
        found: dict[str, dict[str, Values]] = {}
        for source, rows in self.rows.items():
            found[source] = {}
            for name in dict.fromkeys(name for row in rows for name in row):
                cells = np.empty(len(rows), dtype=object)
                cells[:] = [row.get(name) for row in rows]
                found[source][name] = cells
        return found


def follow(data: Data, frame: Frame, used: int, rng: np.random.Generator) -> Sources:
    """Give everybody a day of entry and rows in the sources that are asked.

    Parameters
    ----------
    data : Data
        The study's block.
    frame : Frame
        Columns; keys of persons and days of entry are added.
    used : int
        Rows that meet the study's conditions; they stand first.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    StuckError
        If the window is too short, or rows of one source would have to serve two purposes.
    """
    cohort = data.cohort
    if cohort is None:
        return Sources({})
    if cohort.entry.source is not None:
        raise StuckError(
            "entries stand in a source of their own, and every column is drawn for a person",
            "make the day of entry a column of the persons, or name one file under `dummy`",
        )
    rules = [(one.name, one.status) for one in data.derive if one.status is not None]
    horizons = {name: _horizons(rule) for name, rule in rules}
    frame.columns[cohort.entry.date] = _entries(
        cohort, frame, [one for some in horizons.values() for one in some.values()]
    )
    key = keys_of(frame.variables[cohort.person], frame.n_rows)
    frame.columns[cohort.person] = key
    found = Sources({})
    for name, rule in rules:
        if rule.source in found.rows:
            if name in frame.columns:
                raise StuckError(
                    f"rows of `{rule.source}` already settle another outcome",
                    "assume something of one of the two outcomes only",
                )
            continue
        wanted = frame.columns.get(name)
        if wanted is None:
            wanted = choose([0.0, 1.0], frame.n_rows, rng)
        people = People(key, frame.columns[cohort.entry.date], _kinds(rule, frame), wanted)
        rows = status_rows(rule, people, frame.variables, horizons[name],
                           rule.person or cohort.person, rng)  # fmt: skip
        found.rows[rule.source] = [_meeting(row, rule, frame) for row in rows]
    _criteria(cohort, frame, used, found)
    return found


def _horizons(rule: Status) -> dict[str, tuple[int, str]]:
    try:
        return horizons_of(rule)
    except Unfit as error:
        raise StuckError(str(error), "correct the horizon") from None


def _entries(cohort: Cohort, frame: Frame, lengths: list[tuple[int, str]]) -> Values:
    """Draw days of entry whose horizons end within the window."""
    given = frame.columns.get(cohort.entry.date)
    if given is not None:
        return given
    first, last = cohort.window.from_, cohort.window.to
    days = [
        one
        for one in pool(frame.variables[cohort.entry.date])
        if isinstance(one, float)
        and date.fromordinal(int(one)) >= first
        and all(after(date.fromordinal(int(one)), length) <= last for length in lengths)
    ]
    if not days:
        raise StuckError(
            "no day of entry leaves room for the horizon before the window ends",
            "widen the window, or the dates that the dictionary allows",
        )
    return choose(days, frame.n_rows, frame.rng)


def _kinds(rule: Status, frame: Frame) -> Values:
    """Return each person's kind of programme."""
    if rule.types is None:
        return np.full(frame.n_rows, "", dtype=object)
    codes = rule.types.codes
    cells = frame.draw(rule.types.column)
    if codes is None:
        return cells
    names = {str(code): name for name, some in codes.items() for code in some}
    found = np.empty(frame.n_rows, dtype=object)
    found[:] = [names.get(_code(one), "") for one in cells]
    return found


def _code(value: object) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def _meeting(row: Row, rule: Status, frame: Frame) -> Row:
    """Add what the rule's own conditions ask of a row."""
    for test in rule.where:
        if test.column not in row:
            row[test.column] = choose(pool(frame.variables[test.column], [(test, True)]), 1,
                                      frame.rng)[0]  # fmt: skip
    return row


def _criteria(cohort: Cohort, frame: Frame, used: int, found: Sources) -> None:
    """Give rows to those who have to have them to be included, and to some of the others."""
    settled = set(found.rows)
    key, entry = frame.columns[cohort.person], frame.columns[cohort.entry.date]
    for kind, _, one in cohort.criteria:
        if one.source is None or one.date is None:
            continue
        if one.source in settled:
            raise StuckError(
                f"rows of `{one.source}` settle an outcome and who is {kind}d",
                "read the file as two sources",
            )
        values = pool(frame.variables[one.column], [(one, True)])
        rows = found.rows.setdefault(one.source, [])
        for place in range(frame.n_rows):
            if (kind == "include") == (place < used):
                day = float(entry[place]) + (BESIDE if one.when == "after_entry" else -BESIDE)
                rows.append(_row_of(one, cohort, key[place], day, values, frame))


def _row_of(
    one: Criterion,
    cohort: Cohort,
    key: Drawn,
    day: float,
    values: list[float | str | None],
    frame: Frame,
) -> Row:
    cell = choose(values, 1, frame.rng)[0]
    return {one.person or cohort.person: key, str(one.date): day, one.column: cell}
