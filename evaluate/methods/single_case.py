"""Single cases and multiple baselines, with a randomisation test: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluate.checks import single_case as checks
from evaluate.core import Cell, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference import single_case_rows as rows
from evaluate.inference.single_case import Case, moved, read_cases
from evaluate.inference.single_case_chance import Tested, judged
from evaluate.inference.single_case_draws import (
    Drawn,
    by_phase_order,
    by_start_order,
    by_start_window,
)
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
from evaluate.wording.labels_single_case import LABELS, WORDS


class Series(FromRecord):
    """Values of each case over time, with one row for each case and occasion."""

    case: ColumnName = cell("text", "Column of the case.")
    time: ColumnName = cell("number", "Column of the occasion, such as the week.")
    value: ColumnName = cell("number", "Column of what was measured.", missing=True)
    phase: ColumnName | None = cell(
        "text", "Column of the phase; without it, `start` says where it changes.", default=None
    )
    start: ColumnName | None = cell(
        "number", "Column of the case's first occasion with the programme.", default=None
    )


class Window(Strict):
    """Starts that chance could have drawn."""

    earliest: float = Field(description="Earliest first occasion with the programme.")
    latest: float = Field(description="Latest one.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.earliest > self.latest:
            raise ValueError("`earliest` must not be after `latest`")
        return self


class SingleCase(Strict):
    """Cases that are followed before the programme and with it."""

    series: Series = Field(description="The record of the series.")
    baseline: str = Field(
        default="baseline", description="Code of the phase without the programme."
    )
    scheme: Literal["not_random", "start_order", "start_window", "phase_order"] = Field(
        description="What chance decided: nothing; which case began at which of the starts; each"
        " case's start within a window; which phase came first. Only what was drawn before the"
        " first measurement counts."
    )
    window: Window | None = Field(
        default=None, description="For `start_window`: the window of all cases."
    )
    windows: dict[str, Window] = Field(
        default_factory=dict,
        description="For `start_window`: windows of cases that have their own.",
    )
    alternative: Literal["either", "better"] = Field(
        default="either", description="Whether the test asks for any change, or for the better."
    )
    better: Literal["increase", "decrease"] = Field(
        default="increase", description="Which way is better."
    )
    cases: Literal["people", "places"] = Field(default="people", description="What a case is.")
    shown: Literal["together", "each"] = Field(
        default="together",
        description="Whether cases may be shown one by one: places, rows that are made up, or"
        " people who all agreed to it.",
    )
    shown_because: Text | None = Field(
        default=None, description="Why people may be shown one by one."
    )
    ratio_scale: bool = Field(
        default=False, description="Whether 0 means none, so that ratios have a meaning."
    )
    unit: str | None = Field(default=None, max_length=60, description="Unit of the values.")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.series.phase is None) == (self.series.start is None):
            raise ValueError("name `phase` or `start`, and not both")
        if self.scheme == "start_window" and self.window is None and not self.windows:
            raise ValueError("`start_window` needs `window` or `windows`")
        if self.scheme == "phase_order" and self.series.phase is None:
            raise ValueError("`phase_order` needs `phase`")
        if self.shown == "each" and self.cases == "people" and not self.shown_because:
            raise ValueError("people are shown one by one only with `shown_because`")
        return self


def _cases(spec: SingleCase, inquiry: Inquiry) -> tuple[tuple[Case, ...], int, int]:
    columns = inquiry.table(spec.series)
    on: NDArray[np.bool_]
    if spec.series.phase:
        phases = np.array([str(one) for one in columns["phase"]])
        others = set(phases.tolist()) - {spec.baseline}
        if spec.baseline not in phases or len(others) != 1:
            raise Refused(
                "phases_not_two",
                "the column of the phase does not hold two codes, one of them the baseline's",
                "correct `baseline`, or leave rows of other phases out of the file",
            )
        on = phases != spec.baseline
    else:
        on = columns["time"] >= columns["start"]
    names, start = list(columns["case"]), columns.get("start")
    found = read_cases(names, columns["time"], columns["value"], on, start)
    missing = int(np.isnan(columns["value"]).sum())
    return found, missing, len(on)


def _drawn(spec: SingleCase, cases: Sequence[Case], inquiry: Inquiry) -> Drawn | None:
    rng = inquiry.rng("single_case")
    if spec.scheme == "not_random":
        return None
    if spec.scheme == "start_order":
        return by_start_order(cases, inquiry.draws, rng)
    if spec.scheme == "phase_order":
        return by_phase_order(cases, inquiry.draws, rng)
    windows = []
    for case in cases:
        window = spec.windows.get(case.name, spec.window)
        if window is None:
            raise Refused(
                "no_window",
                "a case has no window of starts that could have been drawn",
                "add it to `windows`, or give `window` for all",
            )
        windows.append((window.earliest, window.latest))
    return by_start_window(cases, windows, inquiry.draws, rng)


def _estimate(spec: SingleCase, inquiry: Inquiry) -> Result:
    cases, missing, every = _cases(spec, inquiry)
    down = spec.better == "decrease"
    shown = rows.Shown(spec.cases == "people", spec.shown == "each", spec.ratio_scale)
    if shown.people and not shown.each and len(cases) < rows.LEAST_TOGETHER:
        raise Refused(
            "too_few_people",
            f"a mean of fewer than {rows.LEAST_TOGETHER} people tells of one of them",
            "ask everybody for consent and write `shown: each`, or describe them in words",
        )
    found = [moved(one, inquiry.conf_level, downwards=down) for one in cases]
    drawn = _drawn(spec, cases, inquiry)
    row = rows.told_row(cases, spec.scheme, spec.alternative, shown)
    test: Tested | None = None
    if drawn is None:
        row["state"] = "not_randomised"
    else:
        wanted = 0 if spec.alternative == "either" else (-1 if down else 1)
        test = judged(drawn, inquiry.conf_level, wanted=wanted)
        row |= rows.tested_row(drawn, test)
    named = {
        "test": [row],
        "measures": list(rows.measures(cases, found, shown)),
        "series": list(rows.series(cases, shown)),
    }
    tables = tuple(_table(key, made, spec.unit) for key, made in named.items() if made)
    difference = float(np.mean([one.difference for one in found]))
    ran = (
        checks.randomised_start(drawn),
        checks.enough_assignments(test),
        checks.trend(cases, difference),
        checks.neighbours(cases),
        checks.occasions(missing, every),
    )
    return Result((), checks=ran, tables=tables)


_IN_UNIT = ("difference", "conf_low", "conf_high", "mean_before", "mean_after", "value")


def _table(name: str, found: list[dict[str, Cell]], unit: str | None) -> Table:
    columns = tuple(
        column_of(LABELS, key, rows.type_of(key), unit if key in _IN_UNIT else None)
        for key in rows.TABLES[name]
    )
    return Table(name, f"single_case_{name}", columns, tuple(found))


def _titles(_: SingleCase) -> Mapping[str, Text]:
    return cast("Mapping[str, Text]", WORDS)


_LENGTH, _STARTS = 16, (6, 8, 10, 12)


def _example(rng: np.random.Generator) -> Example[SingleCase]:
    case = np.repeat(np.arange(len(_STARTS)), _LENGTH)
    week = np.tile(np.arange(1.0, _LENGTH + 1), len(_STARTS))
    start = np.array(_STARTS, dtype=float)[case]
    value = 4 + 0.3 * case + 1.5 * (week >= start) + rng.normal(0, 0.6, len(week))
    record = {
        "case": np.array([f"dummy {i + 1}" for i in case], dtype=object),
        "week": week,
        "score": value,
        "start": start,
    }
    spec = SingleCase(
        series=Series(record="series", case="case", time="week", value="score", start="start"),
        scheme="start_order",
        shown="each",
        shown_because="the rows are made up",
        unit="points",
    )
    return Example(spec, {"series": record})


METHOD = Method(
    name="single_case",
    title="Single cases followed through phases",
    spec=SingleCase,
    rung=4,
    estimate=_estimate,
    example=_example,
    needs={4: frozenset({"randomised_start", "enough_assignments", "baseline_trend"})},
    titles=_titles,
)
