"""Method after method: columns of the records in, checks and tables out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.core import DataKind, Refusal
from evaluate.data.definition import Data
from evaluate.data.dictionary import Dictionary
from evaluate.data.records import Loaded, load_record, record_hash
from evaluate.data.watch import together
from evaluate.design import Result
from evaluate.disclosure.gate import release
from evaluate.disclosure.rule import Profile
from evaluate.errors import DataError, EvaluateError, Problem, Refused, StudyError
from evaluate.method import FromRecord, Inquiry, blocks, named_cells
from evaluate.study.load import Definition
from evaluate.study.record_cells import unfit
from evaluate.study.record_kinds import GRAVEST, kind_of

_NO_NUMBER = (
    "no_number",
    "the figures lead to a division by zero, or to a number too large or too small to write",
    "look for values that are all alike, nearly zero or very large, and choose another unit",
)
_KEYS_TWICE = (
    "two rows of a table would be called the same, so that a text could not name one of them",
    "choose names that stay apart when they are joined by `_` or `|`, and none called `all`",
)


@dataclass(frozen=True, slots=True)
class Records:
    """The records that a study's methods read.

    Attributes
    ----------
    loaded : mapping of str to Loaded
        By key under ``records``.
    """

    loaded: Mapping[str, Loaded] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Return the hash of all their bytes together."""
        return together((name, one.sha256) for name, one in sorted(self.loaded.items()))

    def table(self, block: FromRecord) -> dict[str, NDArray[Any]]:
        """Return the columns that a block names, by field."""
        record = self.loaded[block.record]
        found = {}
        for one in named_cells(block):
            columns = [_as_kind(record.columns[name], one.kind) for name in one.columns]
            found[one.field] = np.column_stack(columns) if one.several else columns[0]
        return found


def load_records(
    definition: Definition, dictionary: Dictionary, workdir: Callable[[], Path]
) -> Records:
    """Return every record that a method names, all faults at once.

    Parameters
    ----------
    definition : Definition
        The study.
    dictionary : Dictionary
        Describes the columns.
    workdir : callable
        Makes the study's private folder; called where there is something to read.

    Raises
    ------
    StudyError
        If the dictionary lacks a column.
    DataError
        If a file does not hold what the dictionary promises, or a cell is missing that a method
        cannot do without.
    """
    loaded: dict[str, Loaded] = {}
    problems: list[Problem] = []
    kinds: set[type[EvaluateError]] = set()
    for name, columns in _named(definition).items():
        try:
            loaded[name] = load_record(
                name,
                definition.study.records[name],
                columns,
                folder=definition.folder,
                workdir=workdir(),
                dictionary=dictionary,
                at=definition.at,
            )
        except EvaluateError as error:
            kinds.add(type(error))
            problems += error.problems
    for _, spec in definition.methods.values():
        for block in blocks(spec):
            if block.record in loaded:
                problems += unfit(block, loaded[block.record])
    if problems:
        # Its exit code is that of the graver: data that do not hold what they promise.
        raised = StudyError if kinds == {StudyError} else DataError
        raise raised(*dict.fromkeys(problems))
    return Records(loaded)


def records_hash(definition: Definition) -> str | None:
    """Return the hash that ``Records.sha256`` would be, without opening the records.

    ``None`` where there is no record, or a file cannot be read.
    """
    named = sorted(_named(definition))
    found = {
        name: record_hash(definition.study.records[name], definition.folder, definition.at())
        for name in named
    }
    hashes = [(name, one) for name, one in found.items() if one is not None]
    return together(hashes) if hashes and len(hashes) == len(named) else None


def inquire(
    definition: Definition, records: Records, results: Mapping[str, Result], profile: Profile
) -> tuple[dict[str, Result], list[Refusal]]:
    """Run every method, in the order of the file.

    Parameters
    ----------
    definition : Definition
        The study.
    records : Records
        What they read.
    results : mapping of str to Result
        What the designs gave, by analysis.
    profile : Profile
        Of other analyses a method sees only what the gate lets out under it; else a joint display
        would show what the gate hid where it stood first.

    Returns
    -------
    results : dict of str to Result
        Of the methods, by analysis.
    refusals : list of Refusal
        What could not be computed.
    """
    found: dict[str, Result] = {}
    refusals: list[Refusal] = []
    study = definition.study
    seen = {name: _outside(one, profile) for name, one in results.items()}
    for name, (method, spec) in definition.methods.items():
        inference = study.methods[name].inference
        inquiry = Inquiry(
            name,
            records.table,
            study=study.id,
            language=study.language,
            conf_level=inference.conf_level,
            draws=inference.draws,
            results=seen,
        )
        try:
            found[name] = named(_fit(method.estimate(spec, inquiry)), name)
            seen[name] = _outside(found[name], profile)
        except Refused as refused:
            refusals.append(Refusal(name, refused.code, refused.why, refused.fix))
        except (ArithmeticError, np.linalg.LinAlgError):
            refusals.append(Refusal(name, *_NO_NUMBER))
    return found, refusals


def _outside(result: Result, profile: Profile) -> Result:
    """Return of a result what the gate lets out."""
    shown = release(result.estimates, result.checks, result.tables, (), profile)
    return Result(shown.estimates, checks=shown.checks, tables=shown.tables)


def _fit(result: Result) -> Result:
    """Return a method's result if its tables can be read: each row has a key, each cell a value.

    Raises
    ------
    Refused
        ``keys_twice`` and ``no_number``.
    """
    for table in result.tables:
        first = table.columns[0].name
        keys = {row.get(first) for row in table.rows}
        if len(keys) < len(table.rows):
            raise Refused("keys_twice", *_KEYS_TWICE)
        if any(
            isinstance(x, float) and not isfinite(x) for row in table.rows for x in row.values()
        ):
            raise Refused(*_NO_NUMBER)
    return result


def named(result: Result, name: str) -> Result:
    """Return a method's result with the name of its analysis in all its parts."""
    return replace(
        result,
        checks=tuple(
            replace(one, analysis=name, table=one.table and f"{name}.{one.table}")
            for one in result.checks
        ),
        tables=tuple(replace(one, analysis=name, id=f"{name}.{one.id}") for one in result.tables),
    )


def gravest(definition: Definition, data: Data | None) -> DataKind | None:
    """Return the kind of all that a study computes from: dummy before restricted before public.

    Parameters
    ----------
    definition : Definition
        The study.
    data : Data or None
        What the designs compute from, if they compute.
    """
    kinds = {kind_of(definition.study, spec) for _, spec in definition.methods.values()}
    kinds |= {data.kind} if data is not None else set()
    return next((one for one in GRAVEST if one in kinds), None)


def _named(definition: Definition) -> dict[str, dict[str, tuple[str | int, ...]]]:
    """Return the columns that methods name, by record, each with a key of ``study.yaml``."""
    found: dict[str, dict[str, tuple[str | int, ...]]] = {}
    for name, (method, spec) in definition.methods.items():
        for block in blocks(spec):
            columns = found.setdefault(block.record, {})
            for one in named_cells(block):
                for column in one.columns:
                    columns.setdefault(column, ("analyses", name, "method", method.name))
    return found


def _as_kind(cells: NDArray[Any], kind: str) -> NDArray[Any]:
    """Return cells as a method reads them: texts where it wants texts."""
    if kind != "text" or cells.dtype == object:
        return cells
    texts = np.empty(len(cells), dtype=object)
    if cells.dtype.kind == "M":
        texts[:] = [None if np.isnat(one) else str(one) for one in cells]
    else:
        texts[:] = [None if np.isnan(one) else f"{one:.15g}" for one in cells]
    return texts
