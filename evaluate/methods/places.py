"""Places beside each other: rates, chance, ranks, series and gaps; of ``analyses:``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluate.checks import places as checks
from evaluate.core import Cell, Reference, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference import place_rows as rows
from evaluate.inference.place_rates import ranks
from evaluate.inference.place_series import changes, series
from evaluate.inference.place_table import Columns, Place, read_places, standard_of
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
from evaluate.wording.labels_places import LABELS, WORDS

_FEWEST_RANKED = 3


class Rates(FromRecord):
    """Rates of places, one row for each place, period and stratum."""

    place: ColumnName = cell("any", "Column of the place.")
    events: ColumnName | None = cell(
        "number",
        "Column of how many, such as those who completed; missing where not published.",
        missing=True,
        default=None,
    )
    n: ColumnName | None = cell(
        "number",
        "Column of how many people; without it there are no intervals.",
        missing=True,
        default=None,
    )
    rate: ColumnName | None = cell(
        "number", "In place of `events`: column of published rates.", missing=True, default=None
    )
    period: ColumnName | None = cell(
        "number", "Column of the period, such as the year.", default=None
    )
    stratum: ColumnName | None = cell(
        "any", "Column of the groups that rates are standardised by.", default=None
    )
    definition: ColumnName | None = cell(
        "any", "Column of the definition by which a row was counted.", missing=True, default=None
    )

    @model_validator(mode="after")
    def _events_or_rate(self) -> Self:
        if (self.events is None) == (self.rate is None):
            raise ValueError("name `events` or `rate`, and not both")
        if self.events and not self.n:
            raise ValueError("`events` need `n`")
        return self


class Break(Strict):
    """A period from which something is counted otherwise."""

    period: float = Field(description="First period of the new definition.")
    what: Text = Field(description="What changed.")
    adds: float | None = Field(
        default=None,
        description="What the new definition adds to the rate by itself, as a share, where that is"
        " known: it is taken off changes across it. Without it no such change is computed.",
    )
    source: Reference = Field(description="Where the change is described.")

    @model_validator(mode="after")
    def _small(self) -> Self:
        if self.adds is not None and abs(self.adds) > 1:
            raise ValueError("`adds` is a share from -1 to 1")
        return self


class Places(Strict):
    """Places beside each other; context, and no claim about any programme."""

    rates: Rates = Field(description="The record of rates.")
    percent: bool = Field(default=False, description="Whether published rates are in per cent.")
    kind: Literal["share", "rate"] = Field(
        default="share",
        description="Share of people; or events, of which a person may have several.",
    )
    better: Literal["increase", "decrease"] = Field(
        default="increase", description="Which way is better, for ranks."
    )
    period: float | None = Field(
        default=None, description="Period in which places are compared; else the last one."
    )
    standard: dict[str, float] | Literal["all_places"] | None = Field(
        default=None,
        description="People in each stratum of the standard; or `all_places`, those of all together.",
    )
    members: dict[str, Text] = Field(
        default_factory=dict, description="Places that are expected, by key, with their names."
    )
    breaks: tuple[Break, ...] = Field(default=(), description="New definitions.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.standard is not None and self.rates.stratum is None:
            raise ValueError("`standard` needs `stratum` in `rates`")
        if isinstance(self.standard, dict) and (
            not self.standard or min(self.standard.values()) <= 0
        ):
            raise ValueError("the standard's people are above 0 in each stratum")
        return self


def _places(spec: Places, inquiry: Inquiry) -> tuple[Place, ...]:
    found = inquiry.table(spec.rates)
    names = _texts(found["place"])
    columns = Columns(
        np.array(names, dtype=object),
        found.get("events"),
        found.get("n"),
        found.get("rate"),
        found.get("period"),
        np.array(_texts(found["stratum"]), dtype=object) if "stratum" in found else None,
        np.array(_texts(found["definition"]), dtype=object) if "definition" in found else None,
        spec.percent,
    )
    return read_places(columns, shares=spec.kind == "share")


def _texts(cells: NDArray[np.generic]) -> list[str | None]:
    return [
        None if one is None else (f"{one:.15g}" if isinstance(one, float) else str(one))
        for one in cells.tolist()
    ]


def _estimate(spec: Places, inquiry: Inquiry) -> Result:
    every = _places(spec, inquiry)
    at = spec.period if spec.period is not None else max(one.period for one in every)
    now = [one for one in every if one.period == at]
    if not now:
        raise Refused(
            "no_such_period",
            "no place has a rate in the period that places are compared in",
            "name a period that is in the data",
        )
    given = spec.standard if isinstance(spec.standard, dict) else None
    standard = None if spec.standard is None else standard_of(now, given)
    asked = rows.Asked(inquiry.conf_level, spec.kind == "share", standard)
    named: dict[str, list[dict[str, Cell]]] = {"rates": list(rows.rates(now, asked))}
    named["ranks"] = list(_ranked(spec, now, inquiry))
    breaks = {one.period: one.adds for one in spec.breaks}
    if len({one.period for one in every}) > 1:
        named["series"] = list(series(every, asked, breaks))
        named["change"] = list(changes(every, asked, breaks))
    if spec.members:
        named["members"] = list(rows.members(every, list(spec.members)))
    ran = [
        checks.coverage(named.get("members", ())),
        checks.more_than_chance(now, shares=asked.shares),
        checks.ranks_tell(named["ranks"]),
    ]
    if "series" in named:
        ran.append(checks.one_definition(named["series"], named["change"]))
    tables = tuple(_table(key, found, spec) for key, found in named.items() if found)
    return Result((), checks=tuple(ran), tables=tables)


def _ranked(spec: Places, now: Sequence[Place], inquiry: Inquiry) -> list[dict[str, Cell]]:
    counted = [one for one in now if one.counted]
    if len(counted) < _FEWEST_RANKED or spec.kind == "rate":
        return []
    events, n = (np.array([one.total[at] for one in counted]) for at in (0, 1))
    found = ranks(
        np.minimum(events, n),
        n,
        inquiry.rng("ranks"),
        draws=inquiry.draws,
        conf_level=inquiry.conf_level,
        downwards=spec.better == "decrease",
    )
    return list(rows.ranked(counted, found))


def _table(name: str, found: list[dict[str, Cell]], spec: Places) -> Table:
    shares = spec.kind == "share"
    columns = tuple(
        column_of(LABELS, key, rows.type_of(key, name, shares=shares)) for key in rows.TABLES[name]
    )
    return Table(name, f"places_{name}", columns, tuple(found))


def _titles(spec: Places) -> Mapping[str, Text]:
    return {**cast("Mapping[str, Text]", WORDS), **spec.members}


_NAMES, _YEARS = ("aa", "bb", "cc", "dd", "ee"), (2019.0, 2020.0, 2021.0)


def _example(rng: np.random.Generator) -> Example[Places]:
    cells = [(p, y, s) for p in _NAMES for y in _YEARS for s in ("men", "women")]
    n = rng.integers(80, 400, len(cells)).astype(np.float64)
    level = {name: 0.6 + 0.05 * i for i, name in enumerate(_NAMES)}
    share = np.array([level[p] + (0.05 if s == "women" else 0.0) for p, _, s in cells])
    record = {
        "place": np.array([p for p, _, _ in cells], dtype=object),
        "year": np.array([y for _, y, _ in cells]),
        "sex": np.array([s for _, _, s in cells], dtype=object),
        "n": n,
        "completed": rng.binomial(n.astype(np.int64), share).astype(np.float64),
    }
    spec = Places(
        rates=Rates(
            record="places", place="place", events="completed", n="n", period="year", stratum="sex"
        ),
        standard="all_places",
        members={name: f"Place {name.upper()}" for name in (*_NAMES, "ff")},
        breaks=(
            Break(
                period=2021,
                what="A new survey",
                source=Reference(title="No publication: an example"),
            ),
        ),
    )
    return Example(spec, {"places": record})


METHOD = Method(
    name="places",
    title="Places beside each other",
    spec=Places,
    rung=0,
    estimate=_estimate,
    example=_example,
    titles=_titles,
)
