"""Networks of organisations before, during and after a programme: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Self, cast

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import Cell, Check, Name, Strict, Table, Text
from evaluate.inference import network_report as report
from evaluate.inference.network_columns import TABLES, type_of
from evaluate.inference.network_rows import roster
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
from evaluate.wording.labels_network import LABELS, WORDS

# Share of pairs that nobody could tell of, above which measures of the whole are not relied on.
MOST_UNKNOWN = 0.2
LEVEL = 0.05


class Actors(FromRecord):
    """Every actor that could have been tied, also those without ties."""

    actor: ColumnName = cell("text", "Column of the actor: an organisation or a role.")
    sector: ColumnName = cell("text", "Column of the actor's sector, such as school or NAV.")
    group: ColumnName | None = cell(
        "text",
        "Column of the group outside which there are no ties, such as a county.",
        default=None,
    )


class Ties(FromRecord):
    """One row for each tie, of each type, at each time."""

    sender: ColumnName = cell("text", "Column of the actor that the tie starts from.")
    receiver: ColumnName = cell("text", "Column of the actor that it leads to.")
    type: ColumnName | None = cell(
        "text", "Column of the type, such as mandate, information or meeting.", default=None
    )
    wave: ColumnName | None = cell("text", "Column of the time.", default=None)
    group: ColumnName | None = cell("text", "Column of the group.", default=None)


class Answers(FromRecord):
    """Who told of their ties; an actor without a row did not."""

    actor: ColumnName = cell("text", "Column of the actor.")
    answered: ColumnName = cell("boolean", "Column: 1 where the actor answered, else 0.")
    wave: ColumnName | None = cell("text", "Column of the time.", default=None)
    group: ColumnName | None = cell("text", "Column of the group.", default=None)


class Wave(Strict):
    """A time at which ties were recorded."""

    months: int = Field(description="Months after the programme's end; below 0 before it.")
    title: Text | None = Field(default=None, description="What the time is called.")


class Networks(Strict):
    """Actors, ties and times."""

    actors_are: Literal["organisations", "roles"] = Field(
        description="What an actor is. Networks of named persons are not published."
    )
    actors: Actors = Field(description="The list of actors.")
    ties: Ties = Field(description="The ties.")
    answers: Answers | None = Field(
        default=None, description="Who answered, where actors were asked; else absent."
    )
    directed: bool = Field(
        default=False, description="Whether a tie has a direction; else one side's word is enough."
    )
    waves: dict[Name, Wave] = Field(
        default_factory=dict, description="The times by their key in the rows."
    )
    permanence: tuple[int, ...] = Field(
        default=(), description="Months after the end at which ties should still be there."
    )
    sectors: dict[Name, Text] = Field(
        default_factory=dict, description="Titles of sectors; then others are refused."
    )
    types: dict[Name, Text] = Field(
        default_factory=dict, description="Titles of types of tie; then others are refused."
    )
    names: dict[Name, Text] = Field(
        default_factory=dict, description="Titles of actors and of groups."
    )

    @model_validator(mode="after")
    def _months_differ(self) -> Self:
        months = [one.months for one in self.waves.values()]
        if len(set(months)) < len(months):
            raise ValueError("two waves have the same month: give each its own")
        return self


def _table(id_: str, rows: Iterable[report.Row]) -> Table:
    columns = tuple(column_of(LABELS, name, type_of(id_, name)) for name in TABLES[id_])
    whole = tuple({k: v for k, v in row.items() if v is not None} for row in rows)
    return Table(id_, f"network_{id_}", columns, whole)


def _estimate(spec: Networks, inquiry: Inquiry) -> Result:
    waves = sorted(spec.waves, key=lambda name: spec.waves[name].months)
    people = roster(
        inquiry.table(spec.actors),
        inquiry.table(spec.ties),
        inquiry.table(spec.answers) if spec.answers else None,
        waves=waves,
        named={"sector": tuple(spec.sectors), "type": tuple(spec.types)},
    )
    months = {name: one.months for name, one in spec.waves.items()}
    asked = report.Asked(
        people,
        spec.directed,
        months,
        spec.permanence,
        inquiry.rng,
        inquiry.draws,
        inquiry.conf_level,
    )
    tables = [_table(id_, rows(asked)) for id_, rows in _ROWS.items()]
    shown = tuple(one for one in tables if one.rows)
    return Result((), checks=tuple(_checks(spec, shown)), tables=shown)


_ROWS: Mapping[str, Callable[[report.Asked], Iterable[report.Row]]] = {
    "ties": report.ties,
    "waves": report.waves,
    "crossing": report.crossing,
    "sectors": report.sectors,
    "types": report.types,
    "change": report.change,
    "permanence": report.permanence,
    "actors": report.actors,
}


def _checks(spec: Networks, tables: Sequence[Table]) -> Iterator[Check]:
    rows = {one.id: one.rows for one in tables}
    yield _times(spec)
    yield _answers(spec, rows["waves"])
    yield _chance(rows["crossing"])
    if spec.permanence:
        yield _later(rows["permanence"])


def _times(spec: Networks) -> Check:
    months = [one.months for one in spec.waves.values()]
    both = len(months) > 1 and min(months) < 0 <= max(months)
    span = f" from month {min(months)} to month {max(months)}, counted from" if both else " beside"
    return Check(
        "network_times",
        "passed" if both else "failed",
        f"Ties were recorded at {max(1, len(months))} time(s){span} the programme's end"
        + ("." if both else ", not before and after it: nothing is known of a change."),
        "waves",
    )


def _answers(spec: Networks, rows: Sequence[Mapping[str, Cell]]) -> Check:
    if spec.answers is None:
        return Check(
            "network_answers",
            "not_run",
            "It is not recorded who was asked and answered, so that a missing tie may be a"
            " missing answer.",
        )
    silent = sum(int(row["silent"] or 0) for row in rows if row["group"] == rows[0]["group"])
    # A wave in which nobody answered has no density: everything of it is unknown.
    worst = max(
        float(row.get("density_high", 1.0) or 0) - float(row.get("density_low", 0.0) or 0)
        for row in rows
    )
    return Check(
        "network_answers",
        "passed" if worst <= MOST_UNKNOWN + 1e-9 else "failed",
        f"Over all times {silent} answers are missing, and of {worst:.0%} of the possible ties"
        f" nobody could tell in the network with most of them; {MOST_UNKNOWN:.0%} is taken as"
        " the most that leaves measures of the whole to be relied on.",
        "waves",
    )


def _chance(rows: Sequence[Mapping[str, Cell]]) -> Check:
    found = [row for row in rows if "ei" in row]
    still = [row for row in found if row["ei_low"] == row["ei_high"]]
    if not found or len(still) == len(found):
        return Check(
            "network_crossing",
            "uninformative",
            "Random ties would cross sectors exactly as often, so that the share of ties across"
            " sectors says nothing of whom actors seek.",
            "crossing",
        )
    apart = [row for row in found if float(row["p_value"] or 0) * len(found) < LEVEL]
    return Check(
        "network_crossing",
        "passed" if apart else "uninformative",
        f"In {len(apart)} of {len(found)} networks ties cross sectors more or less often than"
        f" random ties would (p times their number below {LEVEL}).",
        "crossing",
    )


def _later(rows: Sequence[Mapping[str, Cell]]) -> Check:
    asked = {row["horizon"] for row in rows}
    known = {row["horizon"] for row in rows if "survived" in row}
    missing = ", ".join(str(one) for one in sorted(asked - known, key=str))
    return Check(
        "network_permanence",
        "passed" if known == asked else "failed",
        f"Ties were followed for all {len(asked)} spans that were asked for."
        if known == asked
        else f"Ties were not followed for {missing} months after the programme's end: a network"
        " may not be called permanent without a later time.",
        "permanence",
    )


def _titles(spec: Networks) -> Mapping[str, Text]:
    titled = {name: one.title for name, one in spec.waves.items() if one.title}
    words = cast("Mapping[str, Text]", WORDS)
    return {**words, **spec.sectors, **spec.types, **spec.names, **titled}


SILENT = 0.05  # of those asked, in the example
_SECTORS = ("school", "nav", "county", "municipality", "ngo")
_MONTHS = {"before": -24, "after": 0, "year_later": 12}


def _example(rng: np.random.Generator) -> Example[Networks]:
    """Return a made-up network in two counties that thickens and then loses some ties."""
    actors: list[tuple[str, str, str]] = []
    ties: list[tuple[str, str, str, str, str]] = []
    answers: list[tuple[str, str, str, float]] = []
    for group in ("east", "west"):
        here = [(f"{one}_{i}", one) for one in _SECTORS for i in (1, 2)]
        actors += [(name, sector, group) for name, sector in here]
        strength = rng.random((len(here), len(here)))
        for wave, cut in zip(_MONTHS, (0.88, 0.65, 0.75), strict=True):
            answers += [(name, wave, group, float(rng.random() > SILENT)) for name, _ in here]
            for i, j in np.argwhere(np.triu(strength, 1) > cut):
                type_ = ("meeting", "information")[int(rng.integers(2))]
                ties.append((here[i][0], here[j][0], type_, wave, group))
    records = {
        "actors": _columns(("actor", "sector", "county"), actors),
        "ties": _columns(("from", "to", "type", "time", "county"), ties),
        "answers": _columns(("actor", "time", "county", "answered"), answers),
    }
    spec = Networks(
        actors_are="organisations",
        actors=Actors(record="actors", actor="actor", sector="sector", group="county"),
        ties=Ties(
            record="ties", sender="from", receiver="to", type="type", wave="time", group="county"
        ),
        answers=Answers(
            record="answers", actor="actor", answered="answered", wave="time", group="county"
        ),
        waves={name: Wave(months=months) for name, months in _MONTHS.items()},
        permanence=(12, 24),
    )
    return Example(spec, records)


def _columns(names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        number = isinstance(values[0], float)
        found[name] = np.array(values, dtype=np.float64 if number else object)
    return found


METHOD = Method(
    name="network",
    title="Networks of organisations",
    spec=Networks,
    rung=2,
    estimate=_estimate,
    example=_example,
    needs={2: frozenset({"network_times", "network_answers"})},
    titles=_titles,
)
