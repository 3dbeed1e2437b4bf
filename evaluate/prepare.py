"""Everything before the first estimate: definition, prose, dictionary and checked rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from evaluate.data.definition import Data
from evaluate.data.dictionary import Dictionary, dictionary_for
from evaluate.data.records import section_of
from evaluate.data.rows import Rows, open_rows
from evaluate.data.scratch import private_folder
from evaluate.data.watch import data_hash
from evaluate.errors import DataError, EvaluateError, Problem, StudyError
from evaluate.findings.provenance import digest, keyed, source
from evaluate.inquiries import Records, load_records, records_hash
from evaluate.study.against_plan import Registered, in_the_plan, registered
from evaluate.study.columns import analysis_roles
from evaluate.study.dummy_places import require_own_rows
from evaluate.study.expectations import FILE as EXPECTATIONS
from evaluate.study.expectations import contradictions
from evaluate.study.load import Definition, load
from evaluate.study.lock_file import lock_hash
from evaluate.texts import parsed, text_files
from evaluate.variant_views import Views, variant_columns, variant_views

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A study that passed ``evaluate check``.

    Attributes
    ----------
    definition : Definition
        The loaded study.
    prose : mapping of str to list
        Parsed text by language.
    rows : Rows or None
        The data; ``None`` where a study has none yet.
    samples : mapping of str to str
        Name of the view with each analysis's rows.
    hashes : mapping of str to str
        What all this was made from.
    plan : Registered or None
        The study held against its locked plan; ``None`` where none is locked.
    records : Records
        What methods read.
    others : mapping of str to tuple of Views
        By analysis, the rows of its alternatives and negative controls.
    """

    definition: Definition
    prose: Mapping[str, list[Json]]
    rows: Rows | None
    samples: Mapping[str, str]
    hashes: Mapping[str, str]
    plan: Registered | None = None
    records: Records = field(default_factory=Records)
    others: Mapping[str, tuple[Views, ...]] = field(default_factory=dict)


@contextmanager
def prepare(path: Path, *, dummy: bool = False) -> Iterator[Prepared]:
    """Load and check a study; close its data at the end.

    Parameters
    ----------
    path : Path
        A folder with a ``study.yaml``.
    dummy : bool
        Whether dummy rows stand in for restricted ones.

    Raises
    ------
    StudyError
        If the definition, its prose or the dictionary are wrong; all faults at once.
    DataError
        If the data do not hold what they promise.
    """
    loaded = load(path)
    definition = _with_dummy(loaded) if dummy else loaded
    texts, problems = parsed(definition)
    plan, dictionary = None, None
    try:
        plan = registered(loaded)
    except StudyError as error:
        problems += error.problems
    definition = in_the_plan(definition, plan)
    try:
        dictionary = dictionary_for(definition.folder)
    except EvaluateError as error:
        problems += error.problems
    if problems or dictionary is None:
        raise StudyError(*problems)
    hashes = _hashes(definition, dictionary)
    data = definition.study.data
    require_own_rows(definition)
    records = load_records(definition, dictionary, partial(work_folder, definition))
    if records.loaded:
        hashes["records"] = _kept(records.sha256, definition)
    if data is None or definition.study.status == "planned":
        yield Prepared(definition, texts, None, {}, hashes, plan, records)
        return
    with _rows(definition, data, dictionary) as rows:
        samples, others = _samples(definition, rows), variant_views(definition, rows)
        hashes["data"] = _kept(rows.sha256, definition)
        yield Prepared(definition, texts, rows, samples, hashes, plan, records, others)


@contextmanager
def reopen(definition: Definition) -> Iterator[Prepared]:
    """Open the rows of a definition that is not the one in the file; close them at the end.

    Parameters
    ----------
    definition : Definition
        With data; nothing but its rows and samples is prepared.

    Raises
    ------
    StudyError
        If the dictionary has not what the definition names.
    DataError
        If the data do not hold it.
    """
    data = definition.study.data
    if data is None:
        yield Prepared(definition, {}, None, {}, {})
        return
    with _rows(definition, data, dictionary_for(definition.folder)) as rows:
        yield Prepared(definition, {}, rows, _samples(definition, rows), {})


def fingerprint(path: Path) -> dict[str, str]:
    """Return the hashes of a study as it stands now, without opening its data.

    Raises
    ------
    StudyError
        If the definition or the dictionary cannot be read.
    """
    definition = load(path)
    found = {**_hashes(definition, dictionary_for(definition.folder)), "source": source()}
    data = definition.study.data
    if data is not None and definition.study.status != "planned":
        plain = data_hash(data, definition.folder, definition.at("data"))
        if plain is not None:
            found["data"] = _kept(plain, definition)
    plain = records_hash(definition)
    if plain is not None:
        found["records"] = _kept(plain, definition)
    return found


def refuse_contradictions(definition: Definition) -> None:
    """Try the definition on the invented people of ``expect.yaml``, where there is one.

    Raises
    ------
    StudyError
        With every contradiction between the two.
    """
    if not os.path.lexists(definition.folder / EXPECTATIONS):
        return
    dictionary = dictionary_for(definition.folder)
    if found := contradictions(definition, dictionary, work_folder(definition)):
        raise StudyError(*found)


def work_folder(definition: Definition) -> Path:
    """Return the study's private data zone, made with mode 0700.

    Raises
    ------
    DataError
        If it cannot be made or written to.
    """
    root = os.environ.get("EVALUATE_WORK")
    if not root:
        return private_folder(definition.folder / ".evaluate")
    return private_folder(Path(root).expanduser() / definition.study.id)


def _with_dummy(definition: Definition) -> Definition:
    study = definition.study
    records = {name: one.in_dummy_form() for name, one in study.records.items()}
    in_place = any(one.dummy is not None for one in study.records.values())
    if (study.data is None or study.data.kind != "restricted") and in_place:
        return replace(definition, study=study.model_copy(update={"records": records}))
    if study.data is None or study.data.dummy is None:
        raise StudyError(
            Problem(
                definition.at("data"),
                "no dummy rows are named",
                "without them there is nothing to run on in place of restricted data",
                "add `dummy: PATH` under `data`, or leave out --dummy",
            )
        )
    changed = study.model_copy(update={"data": study.data.in_dummy_form(), "records": records})
    return replace(definition, study=changed)


def _hashes(definition: Definition, dictionary: Dictionary) -> dict[str, str]:
    study = definition.study
    texts = text_files(definition)
    lock = lock_hash(definition.folder)
    found = {
        **({} if lock is None else {"lock": lock}),
        "definition": definition.sha256,
        "text": digest(one for k, f in texts.items() for one in (k.encode(), _bytes(f))),
    }
    sections = [section_of(definition.folder, name) for name in study.records]
    if study.data is not None and study.status != "planned":
        sections.insert(0, definition.folder.resolve().name)
    if sections:
        found["dictionary"] = digest(
            repr(variables[name]).encode()
            for variables in map(dictionary.variables, sections)
            for name in sorted(variables)
        )
    return found


def _kept(plain: str, definition: Definition) -> str:
    """Return the hash of data as provenance keeps it: keyed where they are restricted."""
    study = definition.study
    kinds = {study.data.kind} if study.data is not None else set()
    if "restricted" not in kinds | {one.kind for one in study.records.values()}:
        return plain
    return keyed(plain, work_folder(definition) / "key")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # reading it as prose says what is wrong
        return b""


def _columns(definition: Definition) -> set[str]:
    """Return every column that an outcome or a design names."""
    study = definition.study
    outcomes = {one.column for one in study.outcomes.values() if one.column}
    used = (
        analysis_roles(study.analyses[name], spec) for name, (_, spec) in definition.specs.items()
    )
    return outcomes.union(*used, variant_columns(definition))


def _rows(definition: Definition, data: Data, dictionary: Dictionary) -> Rows:
    return open_rows(
        data,
        folder=definition.folder,
        workdir=work_folder(definition),
        variables=dictionary.variables(definition.folder.resolve().name),
        columns=_columns(definition),
        at=definition.at,
    )


def _samples(definition: Definition, rows: Rows) -> dict[str, str]:
    """Return the view of each analysis; every analysis's data faults at once."""
    study = definition.study
    views: dict[str, str] = {}
    problems: list[Problem] = []
    for name, analysis in study.analyses.items():
        column = study.outcomes[analysis.outcome].column or ""
        _, spec = definition.specs[name]
        try:
            used = analysis_roles(analysis, spec)
            views[name] = rows.sample_table(column, used, analysis.missing.covariates)
        except EvaluateError as error:
            problems += [one for one in error.problems if one not in problems]
    if problems:
        raise DataError(*problems)
    return views
