"""``expect.yaml``: a few invented people, and what the definition should make of each of them."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isclose
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from evaluate.core import Name, Slug, Strict
from evaluate.data import sql
from evaluate.data.cohort import NEVER
from evaluate.data.definition import Data, Source
from evaluate.data.dictionary import COMMON, Dictionary
from evaluate.data.plan import make_plan
from evaluate.data.rows import open_rows
from evaluate.data.rules import ColumnName, Scalar
from evaluate.data.scratch import scratch_folder
from evaluate.data.steps import FATE, FATES
from evaluate.data.variable import Period, Variable, parse_value
from evaluate.errors import EvaluateError, Problem, StudyError
from evaluate.study.document import Document, Key
from evaluate.study.faults import faults
from evaluate.study.file import decode, read, shown
from evaluate.study.load import Definition, validated
from evaluate.study.words import choose
from evaluate.study.yaml import parse

FILE = "expect.yaml"
MISSING = "missing"
_WHY = "the definition is tried on invented people before it is trusted with real ones"
_UNKNOWN = "column `{}` is not in the dictionary"
Rows = tuple[dict[ColumnName, Scalar], ...]
Variables = Mapping[str, Variable]


class Person(Strict):
    """One invented person."""

    id: Slug = Field(description="Name; the person's column holds it, or a number in its place.")
    rows: dict[Name, Rows] = Field(description="Rows by source; a key left out is an empty cell.")
    included: bool = Field(description="Whether the definition should use the person.")
    reason: str | None = Field(default=None, description="Why not, as the criterion says it.")
    outcomes: dict[ColumnName, Scalar] = Field(
        default_factory=dict, description="Expected values by column; `missing` where none is."
    )

    @model_validator(mode="after")
    def _one_fate(self) -> Person:
        if self.included and self.reason is not None:
            raise ValueError("whoever is included has no reason to be left out; delete `reason`")
        if not self.included and self.outcomes:
            raise ValueError("outcomes of people who are left out are never used; delete them")
        return self


class Expectations(Strict):
    """Invented people, and what the definition should make of them."""

    version: Literal[1] = Field(description="Version of this format.")
    shared: dict[Name, Rows] = Field(
        default_factory=dict, description="Rows that belong to nobody, such as schools."
    )
    people: tuple[Person, ...] = Field(min_length=1, description="The invented people.")


@dataclass(frozen=True, slots=True)
class _Fate:
    """What the definition made of a person."""

    reason: str | None
    values: Mapping[str, Any]


def contradictions(
    definition: Definition, dictionary: Dictionary, workdir: Path
) -> tuple[Problem, ...]:
    """Return where the definition does not do what ``expect.yaml`` expects.

    The invented rows go the very way of the study's own: typed, entered, joined, computed and
    selected by the same code.

    Parameters
    ----------
    definition : Definition
        The study.
    dictionary : Dictionary
        Its variables.
    workdir : Path
        Private folder for the invented rows.

    Returns
    -------
    tuple of Problem
        Each with its line; none where there is no such file.

    Raises
    ------
    StudyError
        If the file cannot be read, or the study has no data block.
    """
    file = definition.folder / FILE
    if not os.path.lexists(file):
        return ()
    document = parse(decode(read(file), file))
    expected = _read(document, file)
    data = definition.study.data
    if data is None:
        at, what = f"{shown(file)}:1", "the study has no `data`"
        raise StudyError(Problem(at, what, _WHY, f"delete `{FILE}`"))
    everybody = dictionary.variables(definition.folder.resolve().name)
    # Columns that only the files have are not needed here.
    variables = {name: replace(one, section=COMMON) for name, one in everybody.items()}
    trial = _Trial(definition, data, variables, expected, workdir)
    problems = list(trial.names(document, file))
    if problems:
        return tuple(problems)
    return tuple(trial.run(document, file))


def _read(document: Document, file: Path) -> Expectations:
    found = list(document.faults)
    if document.value is not None:
        try:
            expected = validated(Expectations, document, ())
        except ValidationError as error:
            found += faults(error, document, Expectations)
        else:
            if not found:
                return expected
    raise StudyError(*(one.problem(shown(file)) for one in sorted(set(found))))


@dataclass(frozen=True, slots=True)
class _Trial:
    definition: Definition
    data: Data
    variables: Variables
    expected: Expectations
    workdir: Path

    def names(self, document: Document, file: Path) -> Iterator[Problem]:
        """Yield sources and columns that the study does not have, and people who stand twice."""
        places: list[tuple[Key, Mapping[str, Rows]]] = [(("shared",), self.expected.shared)]
        seen: set[str] = set()
        for number, one in enumerate(self.expected.people):
            places.append((("people", number, "rows"), one.rows))
            at = f"{shown(file)}:{document.line(('people', number))}"
            if one.id in seen:
                yield Problem(at, f"`{one.id}` stands twice", _WHY, "give each a name of their own")
            seen.add(one.id)
            for column in one.outcomes:
                if column not in self.variables:
                    line = document.line(("people", number, "outcomes", column))
                    what, derived = _UNKNOWN.format(column), [one.name for one in self.data.derive]
                    yield Problem(f"{shown(file)}:{line}", what, _WHY, choose(column, derived))
        for key, rows in places:
            for name in rows:
                at = f"{shown(file)}:{document.line((*key, name))}"
                if name not in self.data.tables:
                    what = f"the study has no source `{name}`"
                    yield Problem(at, what, _WHY, choose(name, self.data.tables))
                for column in {column: 0 for row in rows[name] for column in row}:
                    if column not in self.variables:
                        fix = choose(column, self.variables)
                        yield Problem(at, _UNKNOWN.format(column), _WHY, fix)

    def run(self, document: Document, file: Path) -> Iterator[Problem]:
        """Yield where the definition and the expectations contradict each other."""
        people, found = self.expected.people, {}
        if self.data.cohort is not None:
            with suppress(EvaluateError):  # alone, each person's rows can be told from others'
                found = self._try(people)
        for number, one in enumerate(people):
            at = f"{shown(file)}:{document.line(('people', number))}"
            try:
                fate = found[one.id] if found else self._try((one,))[one.id]
            except EvaluateError as error:
                for problem in error.problems:
                    what = f"the rows of `{one.id}` do not hold: {problem.where}: {problem.what}"
                    yield Problem(at, what, problem.why, problem.fix)
                continue
            for part, what in self._against(one, fate):
                line = document.line(("people", number, *part))
                fix = "correct the expectation, or the definition"
                yield Problem(f"{shown(file)}:{line}", what, _WHY, fix)

    def _against(self, one: Person, fate: _Fate) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield what differs for one person, with its place."""
        if one.included and fate.reason is not None:
            yield ("included",), f"`{one.id}` is expected in, and is left out: {fate.reason}"
            return
        if not one.included and fate.reason is None:
            yield ("included",), f"`{one.id}` is expected to be left out, and is used"
            return
        if one.reason is not None and one.reason != fate.reason:
            yield ("reason",), f"`{one.id}` is left out for another reason: {fate.reason}"
        for column, value in one.outcomes.items():
            variable, seen = self.variables[column], fate.values[column]
            if not _equal(value, seen, variable):
                given = MISSING if seen is None else _text(seen)
                what = f"`{column}` of `{one.id}` is expected to be {_text(value)}, and is {given}"
                yield ("outcomes", column), what

    def _try(self, people: Sequence[Person]) -> dict[str, _Fate]:
        """Return what the definition makes of people whose rows stand together."""
        columns = sorted({name for one in people for name in one.outcomes})
        scratch = scratch_folder(self.workdir)
        try:
            data = self._write(people, columns, scratch)
            with open_rows(
                data, folder=scratch, workdir=self.workdir, variables=self.variables,
                columns=columns, at=self.definition.at, invented=True,
            ) as rows:  # fmt: skip
                person = self.data.cohort.person if self.data.cohort else None
                key = sql.identifier(person) if person else "NULL"
                chosen = ", ".join([key, sql.identifier(FATE), *map(sql.identifier, columns)])
                cells = rows.connection.execute(f"SELECT {chosen} FROM {FATES}").fetchall()
                reasons = rows.reasons
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        lost = NEVER if self.data.cohort else "no row of theirs is left after the joins"
        found = {one.id: _Fate(lost, {}) for one in people}
        ids = {self._cell(one): one.id for one in self.expected.people}
        for value, fate, *values in cells:
            name = ids.get(value) if self.data.cohort else people[0].id
            if name is not None:  # else a row that belongs to nobody here
                found[name] = _Fate(reasons.get(fate), dict(zip(columns, values, strict=True)))
        return found

    def _cell(self, one: Person) -> Scalar:
        """Return what the person's column holds: the name, or a number in its place."""
        cohort = self.data.cohort
        if cohort and self.variables[cohort.person].type in {"text", "category"}:
            return one.id
        return [each.id for each in self.expected.people].index(one.id) + 1

    def _write(self, people: Sequence[Person], columns: Sequence[str], folder: Path) -> Data:
        """Write the rows as CSV files, and return a data block that reads them."""
        plan = make_plan(self.data, self.variables, columns, self.definition.at, {})
        tables: dict[str, list[dict[str, Scalar]]] = {}
        for name in self.data.tables:
            tables[name] = [dict(row) for row in self.expected.shared.get(name, ())]
            for one in people:
                own = {key: self._cell(one) for key in self._persons(name)}
                tables[name] += [{**own, **row} for row in one.rows.get(name, ())]
        named = {name: dict.fromkeys(key for row in rows for key in row)
                 for name, rows in tables.items()}  # fmt: skip
        for name, asked in plan.asked.items():
            named[name] |= dict.fromkeys(asked)
        for join in self.data.join:
            named[join.right] |= dict.fromkeys(join.keys)
        taken = plan.cohort.taken if plan.cohort is not None else ()
        known = {key for name in named if name not in plan.asked for key in named[name]}
        for key in plan.columns:
            if key not in known and key not in taken:
                named[self.data.main_name][key] = None
        for name, rows in tables.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(named[name]), restval="")
                writer.writeheader()
                writer.writerows({key: _text(cell) for key, cell in row.items()} for row in rows)
        sources = {name: Source(path=f"{name}.csv") for name in tables}
        return self.data.model_copy(update={"source": None, "sources": sources})

    def _persons(self, source: str) -> tuple[str, ...]:
        """Return the columns of the person in a source."""
        cohort = self.data.cohort
        if cohort is None:
            return ()
        found = {cohort.person} if source == self.data.main_name else set()
        if cohort.entry.source == source:
            found.add(cohort.entry.person or cohort.person)
        named = [(one.source, one.person) for _, _, one in cohort.criteria]
        named += [(one.status.source, one.status.person) for one in self.data.derive
                  if one.status is not None]  # fmt: skip
        found |= {person or cohort.person for name, person in named if name == source}
        return tuple(sorted(found))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _equal(expected: Scalar, seen: Any, variable: Variable) -> bool:
    """Return whether a cell is what was expected; numbers to nine digits."""
    if seen is None or expected == MISSING:
        return seen is None and expected == MISSING
    value = parse_value(_text(expected), variable.type)
    value = value.index if isinstance(value, Period) else value
    if isinstance(value, int | float) and isinstance(seen, int | float):
        return isclose(value, seen, rel_tol=1e-9, abs_tol=1e-12)
    return bool(value == seen)
