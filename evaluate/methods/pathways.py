"""Who leaves, when and where to, with ways out that exclude each other: of ``analyses:``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, cast

import numpy as np
from pydantic import Field, model_validator

from evaluate.checks import pathways as checks
from evaluate.core import Cell, Strict, Table, Text
from evaluate.inference import pathway_rows as rows
from evaluate.inference.discrete_hazard import STILL
from evaluate.method import (
    ColumnName,
    Example,
    FromRecord,
    Inquiry,
    Method,
    Result,
    cell,
    column_of,
)
from evaluate.wording.labels_pathways import LABELS, WORDS

UNKNOWN = "unknown_status"


class People(FromRecord):
    """One row for each person who entered."""

    entry: ColumnName | None = cell("date", "Column of the day of entry.", default=None)
    exit: ColumnName | None = cell(
        "date",
        "Column of the day of leaving; for those still in, the last day that they were seen.",
        default=None,
    )
    seen_from: ColumnName | None = cell(
        "date",
        "Column of the day from which somebody is followed, where that is after entry.",
        missing=True,
        default=None,
    )
    periods: ColumnName | None = cell(
        "number",
        "In place of days: column of the period of leaving, the first one being 1; for those still"
        " in, how many whole periods they were seen.",
        default=None,
    )
    first_period: ColumnName | None = cell(
        "number", "Column of the first period in which somebody is followed.", default=None
    )
    status: ColumnName = cell(
        "text", "Column of what became of them; missing where nobody knows.", missing=True
    )
    group: ColumnName | None = cell("any", "Column to show curves by.", default=None)

    @model_validator(mode="after")
    def _days_or_periods(self) -> Self:
        days = self.entry is not None and self.exit is not None
        if days == (self.periods is not None) or (self.entry is None) != (self.exit is None):
            raise ValueError("give `entry` and `exit`, or `periods`")
        if (self.seen_from and not days) or (self.first_period and days):
            raise ValueError("`seen_from` goes with days, `first_period` with periods")
        return self


class Pathways(Strict):
    """Ways out of a programme, each hindering the others."""

    people: People = Field(description="The record of people.")
    outcomes: dict[str, Text] = Field(
        min_length=1, description="Every way out, by its code in the data, with its title."
    )
    still: str = Field(default=STILL, description="Code of those who are still in.")
    unknown: str = Field(
        default=UNKNOWN, description="Code of those of whom nobody knows; missing cells are too."
    )
    period_days: float = Field(
        default=30.4375, gt=0, le=3660, description="Length of a period in days; 30.4375 a month."
    )
    horizon: int | None = Field(
        default=None, ge=1, le=600, description="Periods to follow; else as long as anybody is."
    )
    least_at_risk: int = Field(
        default=5, ge=1, description="People that ought to be followed up to the end."
    )

    @model_validator(mode="after")
    def _codes(self) -> Self:
        if self.still in self.outcomes or self.still == self.unknown:
            raise ValueError("`still` is no way out: leave its code out of `outcomes`")
        return self


def _spells(spec: Pathways, inquiry: Inquiry) -> tuple[rows.Spells, tuple[str, ...]]:
    columns = inquiry.table(spec.people)
    outcome = [
        spec.unknown if one is None else (None if one == spec.still else str(one))
        for one in columns["status"]
    ]
    ways = tuple(spec.outcomes)
    if spec.unknown in outcome and spec.unknown not in ways:
        ways = (*ways, spec.unknown)
    if spec.people.periods:
        found = rows.spells_of_periods(columns["periods"], outcome, columns.get("first_period"))
        return found, ways
    days = spec.period_days
    seen_from = columns.get("seen_from")
    return rows.spells_of_days(columns["entry"], columns["exit"], outcome, days, seen_from), ways


def _estimate(spec: Pathways, inquiry: Inquiry) -> Result:
    spells, ways = _spells(spec, inquiry)
    level = inquiry.conf_level
    whole = rows.pathways(spells, ways, spec.horizon)
    by_period = list(rows.incidence(whole, rows.ALL, level))
    ends = list(rows.at_end(whole, spells, rows.ALL, level))
    flow = list(rows.flow(spells, spec.unknown, rows.ALL))
    if spec.people.group:
        cells = inquiry.table(spec.people)["group"]
        labels = np.array([f"{one:g}" if isinstance(one, float) else str(one) for one in cells])
        for group in np.unique(labels):
            part = spells.only(labels == group)
            found = rows.pathways(part, ways, spec.horizon)
            by_period += rows.incidence(found, str(group), level)
            ends += rows.at_end(found, part, str(group), level)
            flow += rows.flow(part, spec.unknown, str(group))
    ran = (
        checks.status_known(spells, spec.unknown),
        checks.followed_to_end(spells),
        checks.late_entry(spells),
        checks.enough_at_risk(whole, spec.least_at_risk),
        checks.adds_up(whole),
    )
    named = {"outcomes": ends, "incidence": by_period, "flow": flow}
    return Result((), checks=ran, tables=tuple(_table(*one) for one in named.items()))


def _table(name: str, found: list[dict[str, Cell]]) -> Table:
    columns = tuple(column_of(LABELS, key, rows.type_of(key)) for key in rows.TABLES[name])
    return Table(name, f"pathways_{name}", columns, tuple(found))


def _titles(spec: Pathways) -> Mapping[str, Text]:
    words = cast("Mapping[str, Text]", WORDS)
    unknown = {spec.unknown: words[UNKNOWN]}
    return {**words, **unknown, **spec.outcomes}


_PEOPLE, _UNKNOWN = 120, 0.03


def _example(rng: np.random.Generator) -> Example[Pathways]:
    n, month = _PEOPLE, 30.4375
    entry = np.datetime64("2024-01-01") + rng.integers(0, 365, n).astype("timedelta64[D]")
    stay = rng.exponential(8 * month, n)
    end = np.datetime64("2025-06-30")
    leaving = entry + np.ceil(stay).astype("timedelta64[D]")
    in_data = leaving > end
    ways = np.array(["completed", "work", "moved"], dtype=object)
    status = ways[rng.integers(0, len(ways), n)]
    status[rng.random(n) < _UNKNOWN] = None
    status[in_data] = "still_in"
    record = {"entry": entry, "exit": np.minimum(leaving, end), "status": status}
    spec = Pathways(
        people=People(record="people", entry="entry", exit="exit", status="status"),
        outcomes={"completed": "Completed", "work": "Work", "moved": "Moved"},
        horizon=12,
    )
    return Example(spec, {"people": record})


METHOD = Method(
    name="pathways",
    title="What became of people, and when",
    spec=Pathways,
    rung=3,
    estimate=_estimate,
    example=_example,
    needs={2: frozenset({"status_known"})},
    titles=_titles,
)
