"""Shares of few people, such as who passed an examination: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
from pydantic import Field

from evaluate.core import Cell, Check, CheckResult, Name, Reference, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference import share_rows as rows
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
from evaluate.wording.labels_shares import LABELS, WORDS

FEW_MISSING = 0.05


class Attempts(FromRecord):
    """Attempts, such as examinations, one row each or counted."""

    passed: ColumnName = cell(
        "any",
        "Column: 1 where passed, 0 where not; or how many passed, with `taken`. Missing where the"
        " result is not known.",
        missing=True,
    )
    taken: ColumnName | None = cell(
        "number", "Column of how many took part, where rows are counts.", default=None
    )
    person: ColumnName | None = cell(
        "any", "Column of whose attempt it is, where people have several.", default=None
    )
    by: tuple[ColumnName, ...] = cell(
        "any", "Columns to show shares by, each on its own, such as the term.", default=()
    )


class Standard(Strict):
    """A share from elsewhere to be held against; it is no comparison group."""

    value: float = Field(gt=0, lt=1, description="The share.")
    title: Text = Field(description="Whose share it is.")
    source: Reference = Field(description="Where it was published.")
    declared: bool = Field(
        description="Whether it was written down before any result was seen; only then it is tested."
    )


class Prior(Strict):
    """What was believed before the data."""

    passed: float = Field(default=0.5, gt=0, description="As if so many had passed.")
    failed: float = Field(default=0.5, gt=0, description="As if so many had not.")
    because: Text = Field(
        default="Jeffreys' prior, which knows next to nothing", description="Why these."
    )


class Shares(Strict):
    """Shares with intervals that hold for few people."""

    attempts: Attempts = Field(description="The record of attempts.")
    reference: Standard | None = Field(default=None, description="A share to hold against.")
    prior: Prior = Field(default_factory=Prior, description="Of the Bayesian interval.")
    least: int = Field(default=1, ge=1, description="Fewest attempts that a share is shown for.")
    names: dict[Name, Text] = Field(default_factory=dict, description="Titles of the groups.")


def _estimate(spec: Shares, inquiry: Inquiry) -> Result:
    columns = inquiry.table(spec.attempts)
    passed = np.asarray(columns["passed"])
    if passed.dtype == object:
        raise Refused(
            "not_a_share",
            "what is counted as passed is text",
            "derive a column that is 1 for passed and 0 for not",
        )
    every = rows.read_attempts(passed, columns.get("taken"), columns.get("person"))
    asked = rows.Asked(inquiry.conf_level, (spec.prior.passed, spec.prior.failed), spec.least)
    found = [rows.rate_row(every, asked, (rows.ALL, rows.ALL, None))]
    for i, name in enumerate(spec.attempts.by):
        cells = columns["by"][:, i]
        levels = np.array([_text(one) for one in cells])
        for level in np.unique(levels):
            part = every.only(levels == level)
            found.append(rows.rate_row(part, asked, (f"{name}={level}", name, str(level))))
    tables = [_table("rates", found)]
    if spec.reference is not None:
        given = spec.reference
        beside = [
            rows.reference_row(one, asked, given.value, declared=given.declared) for one in found
        ]
        held = [one for one in beside if one is not None]
        if held:
            tables.append(_table("reference", held))
    return Result((), checks=_checks(spec, every, found), tables=tuple(tables))


def _text(one: object) -> str:
    return f"{one:.15g}" if isinstance(one, float) else str(one)


def _table(name: str, found: list[dict[str, Cell]]) -> Table:
    columns = tuple(column_of(LABELS, key, rows.type_of(key)) for key in rows.TABLES[name])
    return Table(name, f"shares_{name}", columns, tuple(found))


def _checks(spec: Shares, every: rows.Attempts, found: list[dict[str, Cell]]) -> tuple[Check, ...]:
    missing, n = int((~every.known).sum()), len(every.passed)
    few: CheckResult = "passed" if missing <= FEW_MISSING * n else "failed"
    text = f"The result of {missing} of {n} rows is not known."
    checks = [Check("results_known", few, text, "rates")]
    if every.repeated:
        text = (
            "People have several attempts, which are not independent: intervals are widened by how"
            " alike each one's attempts are, and there is no exact test."
        )
        checks.append(Check("independent_attempts", "failed", text, "rates"))
    elif every.person is None:
        text = "No column says whose attempts they are, so that people may count several times."
        checks.append(Check("independent_attempts", "not_run", text, "rates"))
    else:
        text = "Nobody has more than one attempt."
        checks.append(Check("independent_attempts", "passed", text, "rates"))
    wide = found[0]
    low, high = wide.get("wilson_low"), wide.get("wilson_high")
    if isinstance(low, float) and isinstance(high, float):
        broad: CheckResult = "failed" if high - low > _BROAD else "passed"
        text = f"The interval of all attempts is {100 * (high - low):.0f} percentage points wide."
        checks.append(Check("precise_share", broad, text, "rates"))
    checks.append(_declared(spec))
    return tuple(checks)


_BROAD = 0.3  # an interval that holds both a half and four fifths tells little


def _declared(spec: Shares) -> Check:
    name = "reference_declared"
    if spec.reference is None:
        return Check(name, "not_run", "There is no reference to hold the share against.", "rates")
    if not spec.reference.declared:
        text = (
            "The reference was not written down before results were seen, so that it is shown"
            " and not tested."
        )
        return Check(name, "failed", text, "rates")
    text = (
        "The reference was declared beforehand; those behind it are other people, so that a"
        " difference is not an effect."
    )
    return Check(name, "passed", text, "rates")


def _titles(spec: Shares) -> Mapping[str, Text]:
    return {**cast("Mapping[str, Text]", WORDS), **spec.names}


_PEOPLE, _PASS, _UNKNOWN = 48, 0.6, 0.04


def _example(rng: np.random.Generator) -> Example[Shares]:
    n = _PEOPLE
    passed = rng.binomial(1, _PASS, n).astype(np.float64)
    passed[rng.random(n) < _UNKNOWN] = np.nan
    record = {
        "passed": passed,
        "person": np.array([f"p{i:02d}" for i in range(n)], dtype=object),
        "term": np.array([("2024-1", "2024-2", "2025-1")[i % 3] for i in range(n)], dtype=object),
    }
    spec = Shares(
        attempts=Attempts(record="exams", passed="passed", person="person", by=("term",)),
        reference=Standard(
            value=0.5,
            title="A share chosen for this example",
            source=Reference(title="No publication: an example"),
            declared=True,
        ),
    )
    return Example(spec, {"exams": record})


METHOD = Method(
    name="shares",
    title="Pass rates of few people",
    spec=Shares,
    rung=3,
    estimate=_estimate,
    example=_example,
    needs={2: frozenset({"results_known"}), 3: frozenset({"reference_declared"})},
    titles=_titles,
)
