"""Goals and how far they were met, and benefits with who owns them: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Self, cast

import numpy as np
from pydantic import Field, model_validator

from evaluate.checks import goals as checks
from evaluate.core import Cell, Check, Name, Strict, Table, Text
from evaluate.inference import goal_rows as rows
from evaluate.inference.goal_attainment import CORRELATION, Goals
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
from evaluate.wording.labels_goals import LABELS, WORDS

MeasuredBy = Literal["participants", "staff", "others"]


class Attainment(FromRecord):
    """Goal attainment scaling: one row for each goal of each person."""

    person: ColumnName = cell("any", "Column of the person whose goal it is.")
    level: ColumnName = cell(
        "number", "Column of the level: -2 much less than expected … 2 much more.", missing=True
    )
    weight: ColumnName | None = cell(
        "number", "Column of how much the goal matters, above 0.", default=None
    )
    baseline: ColumnName | None = cell(
        "number", "Column of the level at the start.", missing=True, default=None
    )
    cluster: ColumnName | None = cell(
        "any", "Column of what the person belongs to, such as the adviser.", default=None
    )
    measured_by: MeasuredBy = Field(description="Who scored the goals.")
    correlation: float = Field(
        default=CORRELATION, ge=0, le=1, description="Assumed of every two goals of a person."
    )


class Answers(FromRecord):
    """Questions that are answered on one ordered scale: one row for each unit."""

    questions: tuple[ColumnName, ...] = cell(
        "text", "Columns of the questions.", missing=True, min_length=1
    )
    cluster: ColumnName | None = cell(
        "any", "Column of what a unit belongs to, such as the region.", default=None
    )
    levels: tuple[str, ...] = Field(
        min_length=2, description="Codes of the levels, from the worst to the best."
    )
    reasons: tuple[str, ...] = Field(
        default=(), description="Codes of why there is no level, such as not_measured."
    )
    empty: str | None = Field(
        default=None, description="Which of `reasons` an empty cell stands for, where all do."
    )
    measured_by: MeasuredBy = Field(description="Who gave the answers.")
    titles: dict[str, Text] = Field(
        default_factory=dict, description="What questions, levels and reasons are called."
    )

    @model_validator(mode="after")
    def _apart(self) -> Self:
        codes = (*self.levels, *self.reasons)
        if len(set(codes)) < len(codes):
            raise ValueError("a code stands twice among `levels` and `reasons`")
        if self.empty is not None and self.empty not in self.reasons:
            raise ValueError("`empty` must be one of `reasons`")
        return self


class Benefit(Strict):
    """A benefit that the programme should bring."""

    title: Text = Field(description="The benefit.")
    indicator: Text | None = Field(default=None, description="What would show it.")
    owner: Text | None = Field(default=None, description="Who answers for its coming about.")
    unit: str | None = Field(default=None, description="Unit of the numbers.")
    baseline: float | None = Field(default=None, description="Indicator before the programme.")
    target: float | None = Field(default=None, description="Indicator when the goal is met.")
    measured: float | None = Field(default=None, description="Indicator when last measured.")
    due: str | None = Field(default=None, description="When the target is to be met.")


class GoalsMet(Strict):
    """Goals of persons, answers about goals, and benefits: at least one of them."""

    attainment: Attainment | None = Field(default=None, description="Goal attainment scaling.")
    answers: dict[Name, Answers] = Field(
        default_factory=dict, description="Answers by key, one for each ordered scale."
    )
    benefits: dict[Name, Benefit] = Field(
        default_factory=dict, description="Register of benefits by key."
    )

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.attainment or self.answers or self.benefits):
            raise ValueError("give `attainment`, `answers` or `benefits`")
        asked = [name for one in self.answers.values() for name in one.questions]
        if len(set(asked)) < len(asked):
            raise ValueError("a question stands twice under `answers`")
        return self


def _goals(spec: Attainment, inquiry: Inquiry) -> Goals:
    columns = inquiry.table(spec)
    return Goals(
        columns["person"],
        columns["level"],
        columns.get("weight"),
        columns.get("baseline"),
        columns.get("cluster"),
    )


def _answers(spec: Answers, inquiry: Inquiry) -> Iterator[rows.Row]:
    columns = inquiry.table(spec)
    given = columns["questions"]
    if spec.empty is not None:
        given = np.where(given == np.array(None), spec.empty, given)
    for at, question in enumerate(spec.questions):
        yield from rows.distribution(
            question,
            given[:, at],
            (spec.levels, spec.reasons),
            columns.get("cluster"),
            inquiry.conf_level,
        )


def _benefit(key: str, one: Benefit) -> rows.Row:
    """Return the row of a benefit; its state is everything that it lacks."""
    lacks = {
        "no_indicator": one.indicator,
        "no_owner": one.owner,
        "no_baseline": one.baseline,
        "no_target": one.target,
        "not_measured": one.measured,
    }
    way = None
    if one.baseline is not None and one.target is not None and one.measured is not None:
        whole = one.target - one.baseline
        way = (one.measured - one.baseline) / whole if whole else None
    return {
        "key": key,
        "title": f"{key}.title",
        "indicator": f"{key}.indicator" if one.indicator else None,
        "owner": f"{key}.owner" if one.owner else None,
        "unit": one.unit,
        "baseline": one.baseline,
        "target": one.target,
        "measured": one.measured,
        "due": one.due,
        "reached": way,
        "state": "; ".join(state for state, value in lacks.items() if value is None) or None,
    }


def _estimate(spec: GoalsMet, inquiry: Inquiry) -> Result:
    found: dict[str, list[rows.Row]] = {}
    goals = _goals(spec.attainment, inquiry) if spec.attainment else None
    if goals is not None and spec.attainment is not None:
        asked = spec.attainment.correlation, inquiry.conf_level
        found["scores"] = list(rows.scores(goals, *asked))
        found["sensitivity"] = list(rows.sensitivity(goals, *asked))
        found["levels"] = list(rows.levels(goals, inquiry.conf_level))
    if spec.answers:
        each = (_answers(one, inquiry) for one in spec.answers.values())
        found["distribution"] = [row for one in each for row in one]
    if spec.benefits:
        found["benefits"] = [_benefit(key, one) for key, one in spec.benefits.items()]
    tables = tuple(_table(id_, each) for id_, each in found.items())
    return Result((), checks=tuple(_checks(spec, goals, found)), tables=tables)


def _table(id_: str, found: Sequence[Mapping[str, Cell]]) -> Table:
    columns = tuple(column_of(LABELS, name, rows.type_of(name)) for name in rows.TABLES[id_])
    whole = tuple({k: v for k, v in row.items() if v is not None} for row in found)
    return Table(id_, f"goals_{id_}", columns, whole)


def _checks(
    spec: GoalsMet, goals: Goals | None, found: Mapping[str, Sequence[checks.Row]]
) -> Iterator[Check]:
    spread = found.get("distribution", ())
    measured_by = [one.measured_by for one in (spec.attainment, *spec.answers.values()) if one]
    if measured_by:
        yield checks.goals_reported(goals, spread)
        yield checks.goals_measured(goals, spread)
        yield checks.goals_independent(measured_by)
        yield checks.goals_baseline(goals)
        yield checks.goals_spread(goals, spread)
    if spec.benefits:
        yield checks.benefits_owned(found.get("benefits", ()))


def _titles(spec: GoalsMet) -> Mapping[str, Text]:
    found = dict(cast("Mapping[str, Text]", WORDS))
    if spec.attainment is not None:
        found |= {f"rho{one:g}": found["other_correlation"] for one in rows.SENSITIVITY}
        found[f"rho{spec.attainment.correlation:g}"] = found["as_assumed"]
    for key, one in spec.benefits.items():
        for part in ("title", "indicator", "owner"):
            text: Text | None = getattr(one, part)
            if text is not None:
                found[f"{key}.{part}"] = text
    for answers in spec.answers.values():
        found |= answers.titles
    return found


_UNMEASURED, _PEOPLE, _PROJECTS = 0.1, 30, 40


def _example(rng: np.random.Generator) -> Example[GoalsMet]:
    """Return made-up goals of thirty people, forty projects' answers and two benefits."""
    person = np.repeat(np.arange(_PEOPLE), 3)
    level = rng.integers(-1, 3, len(person)).astype(np.float64)
    level[rng.random(len(person)) < _UNMEASURED] = np.nan
    goals = {
        "person": np.array([f"p{i:02d}" for i in person], dtype=object),
        "level": level,
        "weight": rng.integers(1, 4, len(person)).astype(np.float64),
        "start": -rng.integers(1, 3, len(person)).astype(np.float64),
        "adviser": np.array([f"a{i % 6}" for i in person], dtype=object),
    }
    codes = np.array(["not_met", "partly", "exceeded", "not_measured", None], dtype=object)
    chances = (0.15, 0.4, 0.2, 0.15, 0.1)
    reports: dict[str, np.ndarray] = {
        name: rng.choice(codes, _PROJECTS, p=chances) for name in ("attendance", "grades")
    }
    reports["region"] = np.array([f"r{i % 8}" for i in range(_PROJECTS)], dtype=object)
    return Example(_EXAMPLE, {"goals": goals, "reports": reports})


_EXAMPLE = GoalsMet(
    attainment=Attainment(
        record="goals",
        person="person",
        level="level",
        weight="weight",
        baseline="start",
        cluster="adviser",
        measured_by="staff",
    ),
    answers={
        "projects": Answers(
            record="reports",
            questions=("attendance", "grades"),
            cluster="region",
            levels=("not_met", "partly", "exceeded"),
            reasons=("not_measured", "not_answered"),
            measured_by="staff",
        )
    },
    benefits={
        "completed": Benefit(title="More complete", indicator="Completed", owner="Office"),
        "lonely": Benefit(
            title="Fewer are lonely",
            indicator="Share who often feel lonely",
            owner="Office",
            baseline=40.0,
            target=30.0,
            measured=36.0,
            unit="per cent",
            due="2026",
        ),
    },
)


METHOD = Method(
    name="goals",
    title="Goals and how far they were met",
    spec=GoalsMet,
    rung=3,
    estimate=_estimate,
    example=_example,
    needs={
        1: frozenset({"goals_reported"}),  # a register alone tells of plans
        3: frozenset({"goals_measured", "goals_independent", "goals_baseline"}),
    },
    titles=_titles,
)
