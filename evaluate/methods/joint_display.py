"""Joint display: the same cases' effects, conditions, doses and codes side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import Cell, CellType, Check, CheckResult, Column, Name, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference.joint_display import (
    Limits,
    Sides,
    Spoken,
    concordance_rows,
    heading,
    in_order,
    spoken,
)
from evaluate.inference.joint_strands import Strand, fewest, of_rows, of_table, wide_rows
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
from evaluate.wording.labels_joint_display import LABELS

_OWN = ("case", "n_least", "concordance")
_PAIR = 2


class Rows(FromRecord):
    """A strand that stands in a record: one row for each case."""

    case: ColumnName = cell("text", "Column of the case's key.")
    value: ColumnName = cell("any", "Column of what is shown.", missing=True)
    people: ColumnName | None = cell(
        "number", "Column: how many people stand behind the row.", missing=True, default=None
    )


class Shown(Strict):
    """One column of the display: from a table of an earlier analysis, or from a record."""

    title: Text = Field(description="Heading of the column.")
    strand: Literal["effect", "outcome", "condition", "dose", "code", "other"] = Field(
        default="other", description="What kind of evidence it is."
    )
    analysis: Name | None = Field(default=None, description="Key of an analysis before this one.")
    table: Name | None = Field(default=None, description="Id of its table, such as `matrix`.")
    key: Name | None = Field(default=None, description="Column of that table with the case's key.")
    value: Name | None = Field(default=None, description="Column of that table that is shown.")
    where: dict[Name, str] = Field(
        default_factory=dict, description="Only rows with these words in these columns."
    )
    rows: Rows | None = Field(default=None, description="A record, instead of a table.")
    speaks_for: Limits | None = Field(
        default=None, description="When it speaks for the programme's account of the case."
    )
    speaks_against: Limits | None = Field(default=None, description="When it speaks against it.")

    @model_validator(mode="after")
    def _one_source(self) -> Shown:
        parts = [self.analysis, self.table, self.key, self.value]
        if (self.rows is None) != all(parts) or (self.rows is not None and any(parts)):
            raise ValueError("give `analysis`, `table`, `key` and `value`, or `rows`: one of them")
        return self


class Case(Strict):
    """A case of the display."""

    title: Text = Field(description="What it is called.")


class JointDisplay(Strict):
    """Cases in rows, strands in columns."""

    columns: dict[Name, Shown] = Field(
        min_length=2, max_length=20, description="The strands, each under its key."
    )
    cases: dict[str, Case] = Field(
        default_factory=dict,
        max_length=200,
        description="The cases; those that no strand knows are shown all the same.",
    )
    only_listed: bool = Field(default=False, description="Whether other cases are left out.")
    order_by: Name | None = Field(
        default=None, description="Strand whose values order the cases; missing ones come last."
    )
    descending: bool = Field(default=True, description="Whether the largest value comes first.")

    @model_validator(mode="after")
    def _known(self) -> JointDisplay:
        for own in (one for one in self.columns if one in _OWN):
            raise ValueError(f"`{own}` is a column of every display; give the strand another key")
        if self.only_listed and not self.cases:
            raise ValueError("`only_listed` leaves nothing without `cases`; list them")
        if self.order_by is not None and self.order_by not in self.columns:
            raise ValueError("`order_by` names no strand; use a key under `columns`")
        return self


def estimate(spec: JointDisplay, inquiry: Inquiry) -> Result:
    """Return one wide table of the cases, what the strands say of each, and what is missing.

    Parameters
    ----------
    spec : JointDisplay
        Which strands.
    inquiry : Inquiry
        Earlier results, and records.

    Raises
    ------
    Refused
        If a strand's table or column is not there, it has two rows for a case, or no two strands
        share a case.
    """
    read = {key: _read(one, inquiry) for key, one in spec.columns.items()}
    found = set() if spec.only_listed else {c for one in read.values() for c in one.values}
    cases = [*spec.cases, *sorted(found - set(spec.cases))]
    order = read[spec.order_by].values if spec.order_by else None
    cases = in_order(cases, order, descending=spec.descending)
    if all(sum(one.tells(case) for one in read.values()) < _PAIR for case in cases):
        raise Refused(
            "nothing_shared",
            "no case has a value in two strands",
            "use the same keys of cases in every strand",
        )
    rules = _rules(spec)
    said = {
        case: spoken({key: one.values.get(case) for key, one in read.items()}, rules)
        for case in cases
    }
    tables = [_wide(spec, inquiry, read, said), _strands(spec, read, cases)]
    if len(rules) >= _PAIR:
        tables.append(_concordance(said, fewest(read)))
    return Result((), tables=tuple(tables), checks=tuple(_checks(read, said, rules)))


def _read(one: Shown, inquiry: Inquiry) -> Strand:
    if one.rows is not None:
        rows = inquiry.table(one.rows)
        return of_rows(rows["case"], rows["value"], rows.get("people"))
    if one.analysis is None or one.analysis not in inquiry.results:
        return Strand(state="analysis_without_result")
    tables = inquiry.results[one.analysis].tables
    table = next((t for t in tables if t.id.rpartition(".")[2] == one.table), None)
    if table is None:
        raise Refused(
            "no_such_table",
            "a strand names a table that its analysis does not give",
            "name one of its tables, as its id stands in the finding",
        )
    return of_table(table, str(one.key), str(one.value), one.where)


def _rules(spec: JointDisplay) -> dict[str, Sides]:
    sides = {key: (one.speaks_for, one.speaks_against) for key, one in spec.columns.items()}
    return {key: pair for key, pair in sides.items() if any(pair)}


def _columns(**kinds: CellType) -> tuple[Column, ...]:
    return tuple(column_of(LABELS, name, kind) for name, kind in kinds.items())


def _wide(
    spec: JointDisplay,
    inquiry: Inquiry,
    read: Mapping[str, Strand],
    said: Mapping[str, Spoken],
) -> Table:
    columns = (
        *_columns(case="text"),
        *(
            Column(
                key, strand.kind, heading(spec.columns[key].title, inquiry.language), strand.unit
            )
            for key, strand in read.items()
        ),
        *_columns(concordance="text", n_least="integer"),
    )
    return Table("cases", "joint_cases", columns, tuple(wide_rows(read, said)))


def _strands(spec: JointDisplay, read: Mapping[str, Strand], cases: list[str]) -> Table:
    rows: list[dict[str, Cell]] = []
    for key, strand in read.items():
        one = spec.columns[key]
        source = one.rows.record if one.rows else f"{one.analysis}.{one.table}.{one.value}"
        rows.append(
            {
                "column": key,
                "strand": one.strand,
                "source": source,
                "cases": sum(strand.tells(case) for case in cases),
                "cases_missing": sum(not strand.tells(case) for case in cases),
                "rule_for": one.speaks_for.told() if one.speaks_for else None,
                "rule_against": one.speaks_against.told() if one.speaks_against else None,
                "state": strand.state,
            }
        )
    columns = _columns(
        column="text", strand="text", source="text", cases="integer", cases_missing="integer",
        rule_for="text", rule_against="text", state="text",
    )  # fmt: skip
    return Table("strands", "joint_columns", columns, tuple(rows))


def _concordance(said: Mapping[str, Spoken], people: Mapping[str, int]) -> Table:
    columns = _columns(
        case="text", speak_for="integer", speak_against="integer", silent="integer",
        missing="integer", concordance="text", n_least="integer",
    )  # fmt: skip
    return Table("concordance", "joint_concordance", columns, tuple(concordance_rows(said, people)))


def _checks(
    read: Mapping[str, Strand], said: Mapping[str, Spoken], rules: Mapping[str, object]
) -> Iterator[Check]:
    whole = sum(all(one.tells(case) for one in read.values()) for case in said)
    text = f"{whole} of {len(said)} cases have a value in all {len(read)} strands."
    yield Check("cases_joined", _result(whole == len(said)), text, "cases")
    if len(rules) < _PAIR:
        text = "Fewer than two strands say when they speak for or against."
        yield Check("strands_agree", "not_run", text)
        return
    apart = sum(one.together == "disagree" for one in said.values())
    sides = sum(one.together != "silent" for one in said.values())
    text = (
        f"Two or more strands take a side on {sides} of {len(said)} cases, and contradict each "
        f"other on {apart}."
    )
    result: CheckResult = _result(apart == 0) if sides else "uninformative"
    yield Check("strands_agree", result, text, "concordance")


def _result(passed: bool) -> CheckResult:
    return "passed" if passed else "failed"


def titles(spec: JointDisplay) -> Mapping[str, Text]:
    """Return what cases and strands are called.

    Parameters
    ----------
    spec : JointDisplay
        Which strands.
    """
    cases = {key: one.title for key, one in spec.cases.items()}
    return cases | {key: one.title for key, one in spec.columns.items()}


def example(rng: np.random.Generator) -> Example[JointDisplay]:
    """Return eight invented places with an effect, a condition and a dose, some missing.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the values.
    """
    places = np.array([f"place_{i}" for i in range(8)], object)
    dose = rng.uniform(0, 40, len(places)).round(1)
    plan = np.array([("clear", None)[i] for i in rng.integers(0, 2, len(places))], object)
    rows: tuple[dict[str, Cell], ...] = tuple(
        {"site": f"place_{i}", "mean": float(rng.normal()), "n": 30} for i in range(1, 8)
    )
    heads: dict[str, CellType] = {"site": "text", "mean": "number", "n": "integer"}
    made = tuple(Column(key, kind, {"en": key}) for key, kind in heads.items())
    earlier = {"goals": Result((), tables=(Table("sites", "sites", made, rows),))}
    own = {"record": "places", "case": "place"}
    columns = {
        "effect": {"title": "Change", "strand": "effect", "analysis": "goals", "table": "sites",
                   "key": "site", "value": "mean", "speaks_for": {"at_least": 0.3},
                   "speaks_against": {"at_most": 0.0}},
        "plan": {"title": "Plan", "strand": "condition", "rows": {**own, "value": "plan"},
                 "speaks_for": {"among": ["clear"]}},
        "dose": {"title": "Hours", "strand": "dose", "rows": {**own, "value": "hours"}},
    }  # fmt: skip
    spec = JointDisplay.model_validate({"columns": columns, "order_by": "effect"})
    return Example(spec, {"places": {"place": places, "plan": plan, "hours": dose}}, earlier)


METHOD = Method(
    name="joint_display",
    title="Joint display",
    spec=JointDisplay,
    rung=1,
    estimate=estimate,
    example=example,
    titles=titles,
)
