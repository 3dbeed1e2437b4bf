"""Change from before to after, without a comparison: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, Self, cast

import numpy as np
from pydantic import Field, model_validator

from evaluate.checks import paired_change as checks
from evaluate.core import Cell, Check, Name, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference import change_rows as rows
from evaluate.inference.change_columns import TABLES, type_of
from evaluate.inference.linear import Float
from evaluate.inference.regression_to_mean import Chosen
from evaluate.inference.reliability import item_reliability
from evaluate.inference.reliable_change import Norms
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
from evaluate.wording.labels_change import LABELS, WORDS


class Group(Strict):
    """Mean and spread of a group that a scale was tried on."""

    mean: float = Field(description="Its mean on this scale.")
    sd: float = Field(gt=0, description="Its standard deviation.")


class Population(Strict):
    """Those that the participants came from, before anybody was chosen."""

    mean: float = Field(description="Their mean on this scale.")
    correlation: float | None = Field(
        default=None,
        ge=-1,
        le=1,
        description="Of two measurements of them without a programme; else that of participants.",
    )
    sd: float | None = Field(
        default=None, gt=0, description="Their standard deviation, where a cutoff decided."
    )
    below: float | None = Field(default=None, description="Cutoff: those below it took part.")
    above: float | None = Field(default=None, description="Cutoff: those above it took part.")

    @model_validator(mode="after")
    def _one_cutoff(self) -> Self:
        cutoffs = [one for one in (self.below, self.above) if one is not None]
        if len(cutoffs) != (self.sd is not None):
            raise ValueError("give `sd` with one of `below` and `above`, or none of them")
        return self

    @property
    def chosen(self) -> Chosen | None:
        """Return who was chosen, where a cutoff decided."""
        cutoff = self.above if self.below is None else self.below
        if self.sd is None or cutoff is None:
            return None
        return Chosen(self.sd, cutoff, self.below is not None)


class Scale(FromRecord):
    """One scale, with one row for each unit."""

    unit: ColumnName = cell("any", "Column of the unit: one row each.")
    before: ColumnName | None = cell(
        "number", "Column of the value before.", missing=True, default=None
    )
    after: ColumnName | None = cell(
        "number", "Column of the value after.", missing=True, default=None
    )
    then: ColumnName | None = cell(
        "number",
        "Column of what people say afterwards that they were before (the then-test).",
        missing=True,
        default=None,
    )
    items_before: tuple[ColumnName, ...] = cell(
        "number",
        "Columns of the items before, in place of `before`: their mean is the value.",
        missing=True,
        default=(),
    )
    items_after: tuple[ColumnName, ...] = cell(
        "number", "Columns of the items after, in the same order.", missing=True, default=()
    )
    cluster: ColumnName | None = cell(
        "any", "Column of what a unit belongs to, as organisers.", default=None
    )
    group: ColumnName | None = cell("any", "Column to show means by.", default=None)
    title: Text | None = Field(default=None, description="What the scale is called.")
    reported_by: Literal["participants", "others"] = Field(
        default="participants", description="Who fills in the scale."
    )
    better: Literal["increase", "decrease"] = Field(
        default="increase", description="Which way is better."
    )
    lowest: float | None = Field(default=None, description="Lowest possible value.")
    highest: float | None = Field(default=None, description="Highest possible value.")
    reliability: float | None = Field(
        default=None, gt=0, le=1, description="Published reliability; else alpha of the items."
    )
    sd: float | None = Field(
        default=None, gt=0, description="Standard deviation of a norm group, for error."
    )
    population: Population | None = Field(
        default=None, description="Those that the participants came from."
    )
    functional: Group | None = Field(default=None, description="People who function well.")
    dysfunctional: Group | None = Field(default=None, description="People who do not.")
    smallest_worthwhile: float | None = Field(
        default=None, gt=0, description="Smallest change worth having, in the scale's unit."
    )
    planned: int | None = Field(
        default=None, ge=1, description="Units that were planned; never taken as reached."
    )

    @model_validator(mode="after")
    def _values_or_items(self) -> Self:
        values, items = (self.before, self.after), (self.items_before, self.items_after)
        if all(values) == all(items) or any(values) != all(values) or any(items) != all(items):
            raise ValueError("give `before` and `after`, or `items_before` and `items_after`")
        if len(self.items_before) != len(self.items_after):
            raise ValueError("`items_before` and `items_after` must name the same items")
        if (self.lowest is None) != (self.highest is None):
            raise ValueError("give `lowest` and `highest`, or neither")
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise ValueError("`lowest` must be below `highest`")
        return self


class Change(Strict):
    """Scales that were filled in before and after."""

    scales: dict[Name, Scale] = Field(min_length=1, description="Each scale by its key.")
    groups: dict[str, Text] = Field(default_factory=dict, description="Titles of groups, by value.")


def _asked(key: str, spec: Scale, inquiry: Inquiry) -> rows.Asked:
    columns = inquiry.table(spec)
    if len({str(one) for one in columns["unit"]}) < len(columns["unit"]):
        raise Refused(
            "repeated_units",
            "some units have more than one row",
            "give one row for each unit, with both values in it",
        )
    reliability, ends, origin = spec.reliability, None, spec.population
    if spec.items_before:
        items = columns["items_before"]
        before, after = items.mean(axis=1), columns["items_after"].mean(axis=1)
        reliability = _alpha(items) if reliability is None else reliability
    else:
        before, after = columns["before"], columns["after"]
    if spec.lowest is not None and spec.highest is not None:
        ends = spec.lowest, spec.highest
        _require_inside(before, after, columns.get("then"), ends=ends)
    return rows.Asked(
        key,
        before,
        after,
        then=columns.get("then"),
        cluster=columns.get("cluster"),
        group=columns.get("group"),
        better=spec.better,
        ends=ends,
        reliability=reliability,
        sd=spec.sd,
        population=origin.mean if origin else None,
        correlation=origin.correlation if origin else None,
        chosen=origin.chosen if origin else None,
        norms=_norms(spec),
        conf_level=inquiry.conf_level,
    )


def _alpha(items: Float) -> float | None:
    """Return alpha of the items, or nothing where it tells nothing of error."""
    try:
        return max(item_reliability(items).alpha, 0.0) or None
    except Refused:
        return None


def _require_inside(*values: Float | None, ends: tuple[float, float]) -> None:
    every = np.concatenate([one for one in values if one is not None])
    if np.any((every < ends[0] - 1e-9) | (every > ends[1] + 1e-9)):  # NaN is neither
        raise Refused(
            "beyond_the_scale",
            "some values lie outside the ends of the scale",
            "correct `lowest` and `highest`, or the values",
        )


def _norms(spec: Scale) -> Norms | None:
    groups = spec.functional, spec.dysfunctional
    well, ill = ((one.mean, one.sd) if one else (None, None) for one in groups)
    return Norms(*well, *ill) if any(groups) else None


_ROWS: Mapping[str, Callable[[rows.Asked], Iterable[rows.Row]]] = {
    "scores": rows.scores,
    "groups": rows.groups,
    "reliable": rows.reliable,
    "selection": rows.selection,
    "lost": rows.lost,
    "ends": rows.at_ends,
    "shift": rows.shift,
}


def _estimate(spec: Change, inquiry: Inquiry) -> Result:
    asked = [_asked(key, one, inquiry) for key, one in spec.scales.items()]
    found = {id_: [row for one in asked for row in make(one)] for id_, make in _ROWS.items()}
    for row in found["scores"]:
        row["worthwhile"] = spec.scales[str(row["scale"])].smallest_worthwhile
    for row in found["lost"]:
        row["n_planned"] = spec.scales[str(row["scale"])].planned
    tables = tuple(_table(id_, each) for id_, each in found.items() if each)
    return Result((), checks=tuple(_checks(spec, asked, found)), tables=tables)


def _table(id_: str, found: Sequence[Mapping[str, Cell]]) -> Table:
    columns = tuple(column_of(LABELS, name, type_of(name)) for name in TABLES[id_])
    whole = tuple({k: v for k, v in row.items() if v is not None} for row in found)
    return Table(id_, f"change_{id_}", columns, whole)


def _checks(
    spec: Change, asked: Sequence[rows.Asked], found: Mapping[str, Sequence[checks.Row]]
) -> Iterator[Check]:
    others = {key: one.reported_by == "others" for key, one in spec.scales.items()}
    worthwhile = {key: one.smallest_worthwhile for key, one in spec.scales.items()}
    yield checks.measured_twice(found["scores"])
    yield checks.measured_by_others(others)
    yield checks.regression_to_mean(found["selection"], found["scores"])
    yield checks.lost_before_after(found["lost"], found["scores"])
    yield checks.scale_reliability({one.key: one.reliability for one in asked})
    yield checks.ceiling(found["ends"])
    yield checks.response_shift(found["shift"], worthwhile)


def _titles(spec: Change) -> Mapping[str, Text]:
    scales = {key: one.title for key, one in spec.scales.items() if one.title}
    return {**cast("Mapping[str, Text]", WORDS), **spec.groups, **scales}


_PEOPLE, _ORGANISERS, _LOST = 240, 24, 0.1


def _example(rng: np.random.Generator) -> Example[Change]:
    """Return made-up staff of organisers whose competence rises by half a standard deviation."""
    organiser = np.arange(_PEOPLE) % _ORGANISERS
    shared, able = rng.normal(0, 0.2, _ORGANISERS)[organiser], rng.normal(0, 0.5, _PEOPLE)
    before = 3 + able + rng.normal(0, 0.3, _PEOPLE)
    after = 3.4 + able + shared + rng.normal(0, 0.3, _PEOPLE)
    after[rng.random(_PEOPLE) < _LOST] = np.nan
    record = {
        "person": np.array([f"p{i:03d}" for i in range(_PEOPLE)], dtype=object),
        "organiser": np.array([f"o{i:02d}" for i in organiser], dtype=object),
        "kind": np.array([("small", "large")[i % 2] for i in organiser], dtype=object),
        "before": np.clip(before, 1, 5),
        "after": np.clip(after, 1, 5),
        "then": np.clip(before + rng.normal(-0.1, 0.2, _PEOPLE), 1, 5),
    }
    names = {name: name for name in ("before", "after", "then")}
    scale = Scale(
        **{"record": "staff", "unit": "person", "cluster": "organiser", "group": "kind"} | names,
        lowest=1,
        highest=5,
        reliability=0.8,
        population=Population(mean=3.1, correlation=0.7),
        smallest_worthwhile=0.3,
        planned=300,
    )
    return Example(Change(scales={"competence": scale}), {"staff": record})


METHOD = Method(
    name="change",
    title="Change from before to after",
    spec=Change,
    rung=3,
    estimate=_estimate,
    example=_example,
    needs={
        2: frozenset({"measured_twice"}),
        3: frozenset({"measured_by_others", "regression_to_mean", "lost_before_after"}),
    },
    titles=_titles,
)
