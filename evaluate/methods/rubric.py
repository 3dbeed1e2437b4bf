"""Plans scored on criteria by one or more readers: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluate.core import CellType, Check, Name, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference import rubric_report as report
from evaluate.inference.implementation_rows import placed
from evaluate.inference.rubric import by_reader, reader_pairs, scores
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
from evaluate.wording.labels_rubric import LABELS, WORDS

# Share of pairs of readers with the same score from which one reader's score may stand alone.
ENOUGH = 0.8
_TABLES: Mapping[str, str] = {
    "overall": "standard plans plans_met plans_unknown share conf_low conf_high design_effect"
    " organisers at_least at_most state",
    "criteria": "criterion least plans mean plans_met share conf_low conf_high design_effect state",
    "plans": "plan organiser readers total possible short unscored meets meets_every meets_some"
    " state",
    "scores": "key plan criterion middle lowest highest readers",
    "readers": "criterion pairs same near state",
}
_SHARES = {"share", "conf_low", "conf_high", "at_least", "at_most", "same", "near"}
_TEXTS = {"plan", "organiser", "key", "criterion", "standard", "state"}
_NUMBERS = {"total", "middle", "lowest", "highest", "mean", "design_effect"}
_FLAGS = {"meets", "meets_every", "meets_some"}


class Scored(FromRecord):
    """One row for each plan, criterion and reader."""

    plan: ColumnName = cell("text", "Column of the plan.")
    criterion: ColumnName = cell("text", "Column of the criterion.")
    score: ColumnName = cell("number", "Column of the score; missing: not scored.", missing=True)
    reader: ColumnName | None = cell("text", "Column of the reader.", default=None)
    organiser: ColumnName | None = cell(
        "text", "Column of the organiser whose plan it is.", default=None
    )


class Criterion(Strict):
    """What a plan is scored on."""

    title: Text = Field(description="What it is called, such as who acts.")
    levels: tuple[Text, ...] = Field(
        min_length=2, description="What each score says, from 0 up; written before reading."
    )
    least: int = Field(ge=0, description="The score that is enough.")

    @model_validator(mode="after")
    def _least_is_a_level(self) -> Self:
        if self.least >= len(self.levels):
            raise ValueError("the least is above the highest level")
        return self


class Rubric(Strict):
    """Criteria, and how plans were scored on them."""

    scores: Scored = Field(description="The scores.")
    criteria: dict[Name, Criterion] = Field(min_length=1, description="The criteria by key.")
    names: dict[Name, Text] = Field(
        default_factory=dict, description="Titles of plans and organisers."
    )


def _read(spec: Rubric, inquiry: Inquiry) -> report.Read:
    given = inquiry.table(spec.scores)
    criteria = tuple(spec.criteria)
    plans = tuple(sorted(set(map(str, given["plan"]))))
    readers = given.get("reader", np.full(len(given["plan"]), "one", dtype=object))
    names = tuple(sorted(set(map(str, readers))))
    score, there = given["score"], ~np.isnan(given["score"])
    places = (
        placed(given["plan"], plans, "plan"),
        placed(given["criterion"], criteria, "criterion"),
        placed(readers, names, "reader"),
    )
    most = np.array([len(one.levels) - 1 for one in spec.criteria.values()], dtype=np.float64)
    known, top = score[there], most[places[1][there]]
    if np.any((known < 0) | (known > top) | (known != np.round(known))):
        raise Refused(
            "off_scale",
            "a score is none of its criterion's levels",
            "correct the scores, or declare the level",
        )
    at, shape = np.column_stack(places)[there], (len(plans), len(criteria), len(names))
    return report.Read(
        plans,
        criteria,
        _organisers(given, plans, places[0]),
        np.array([one.least for one in spec.criteria.values()], dtype=np.float64),
        most,
        by_reader(at, known, shape),
        scores(at, known, shape),
        inquiry.conf_level,
    )


def _organisers(
    given: Mapping[str, NDArray[Any]], plans: tuple[str, ...], at: NDArray[np.int64]
) -> tuple[str, ...] | None:
    if "organiser" not in given:
        return None
    whose = [set(map(str, given["organiser"][at == i])) for i in range(len(plans))]
    if any(len(one) > 1 for one in whose):
        raise Refused(
            "plan_of_two",
            "a plan is said to be of two organisers",
            "give each plan one organiser, or each organiser's plan a key of its own",
        )
    return tuple(next(iter(one)) for one in whose)


def _table(id_: str, rows: Iterable[report.Row]) -> Table:
    names = _TABLES[id_].split()
    columns = tuple(column_of(LABELS, name, _type_of(name)) for name in names)
    whole = [{k: row[k] for k in names if row.get(k) is not None} for row in rows]
    return Table(id_, f"rubric_{id_}", columns, tuple(whole))


def _type_of(name: str) -> CellType:
    if name in _SHARES:
        return "share"
    if name in _FLAGS:
        return "boolean"
    return "text" if name in _TEXTS else "number" if name in _NUMBERS else "integer"


def _estimate(spec: Rubric, inquiry: Inquiry) -> Result:
    read = _read(spec, inquiry)
    makers = (report.overall, report.criteria, report.plans, report.scores, report.readers)
    tables = [_table(id_, make(read)) for id_, make in zip(_TABLES, makers, strict=True)]
    return Result((), checks=(_complete(read), _agreed(read)), tables=tuple(tables))


def _complete(read: report.Read) -> Check:
    whole = int((read.found.readers > 0).all(axis=1).sum())
    return Check(
        "rubric_complete",
        "passed" if whole == len(read.plans) else "failed",
        f"{whole} of {len(read.plans)} plans are scored on every criterion.",
        "plans",
    )


def _agreed(read: report.Read) -> Check:
    pairs = reader_pairs(read.table)
    if pairs is None:
        return Check(
            "rubric_readers",
            "not_run",
            "No plan has two readers, so that it is not known whether another reader would have"
            " scored it alike.",
            "readers",
        )
    return Check(
        "rubric_readers",
        "passed" if pairs.same >= ENOUGH else "failed",
        f"Two readers gave the same score in {pairs.same:.0%} of {pairs.pairs} pairs, and scores"
        f" at most one level apart in {pairs.near:.0%}; {ENOUGH:.0%} the same is taken as enough.",
        "readers",
    )


def _titles(spec: Rubric) -> Mapping[str, Text]:
    named = {key: one.title for key, one in spec.criteria.items()}
    return {**cast("Mapping[str, Text]", WORDS), **spec.names, **named}


_CRITERIA = ("indicator", "threshold", "who_acts", "within_days", "action")


def _example(rng: np.random.Generator) -> Example[Rubric]:
    """Return made-up plans of ten organisers, read by two readers who mostly agree."""
    rows: list[tuple[str, str, str, str, float]] = []
    owner = rng.normal(0, 0.7, 10)
    for i in range(24):
        plan, organiser, good = f"plan_{i:02d}", f"organiser_{i % 10}", owner[i % 10]
        for k, criterion in enumerate(_CRITERIA):
            base = 2.2 - 0.3 * k + good + rng.normal(0, 0.5)
            for reader in ("first", "second"):
                score = float(np.clip(np.round(base + rng.normal(0, 0.3)), 0, 3))
                rows.append((plan, organiser, criterion, reader, score))
    names = ("plan", "organiser", "criterion", "reader", "score")
    columns: dict[str, Any] = {
        name: np.array(values, dtype=float if name == "score" else object)
        for name, values in zip(names, zip(*rows, strict=True), strict=True)
    }
    levels = ("absent", "named", "described", "described and measured")
    spec = Rubric(
        scores=Scored(
            record="scores",
            plan="plan",
            criterion="criterion",
            score="score",
            reader="reader",
            organiser="organiser",
        ),
        criteria={
            one: Criterion(title=one.replace("_", " "), levels=levels, least=1) for one in _CRITERIA
        },
    )
    return Example(spec, {"scores": columns})


METHOD = Method(
    name="rubric",
    title="Rubric scores of plans",
    spec=Rubric,
    rung=1,
    estimate=_estimate,
    example=_example,
    needs={1: frozenset({"rubric_complete"})},
    titles=_titles,
)
