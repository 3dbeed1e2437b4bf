"""From a file to a study that holds together, or to all that is wrong with it, by line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError, create_model

from evaluate.core import Strict
from evaluate.design import Design, all_designs
from evaluate.errors import StudyError
from evaluate.method import Method, all_methods
from evaluate.study.alternative_rules import broken_alternatives, wrong_alternatives
from evaluate.study.document import Document, Key, nearest
from evaluate.study.entries import Entries
from evaluate.study.faults import faults, texts_typed_as_numbers
from evaluate.study.file import decode, find, read, shown
from evaluate.study.method_rules import broken_method_rules
from evaluate.study.rules import broken_rules
from evaluate.study.schema import Study
from evaluate.study.shape import attributes, fields
from evaluate.study.syntax import Fault, shorten
from evaluate.study.words import choose, dotted
from evaluate.study.yaml import parse

MAX_PROBLEMS = 200
Specs = Mapping[str, tuple[Design[Any], Strict]]
Methods = Mapping[str, tuple[Method[Any], Strict]]
M = TypeVar("M", bound=BaseModel)
_OF_ALTERNATIVES = {"analyses", "outcomes", "data"}  # what their rules rest on


@dataclass(frozen=True, slots=True)
class Definition:
    """A study that holds together, and where each part of it stands.

    Attributes
    ----------
    path : Path
        The file ``study.yaml``, as it was named.
    folder : Path
        Its folder.
    study : Study
        What it says.
    specs : mapping of str to (Design, Strict)
        By analysis: the design, and the fields it was given.
    lines : mapping of tuple to int
        Line of each key, from 1.
    sha256 : str
        Of the file's bytes, in hexadecimal.
    methods : mapping of str to (Method, Strict)
        By analysis without a comparison: the method, and the fields it was given.
    """

    path: Path
    folder: Path
    study: Study
    specs: Specs
    lines: Mapping[Key, int]
    sha256: str
    methods: Methods = field(default_factory=dict)

    def at(self, *key: str | int) -> str:
        """Return ``file:line`` of a place, or of the nearest place around it.

        Parameters
        ----------
        *key : str or int
            Keys and list positions (from 0), as they stand in the file.

        Returns
        -------
        str
            For the ``where`` of a ``Problem``.
        """
        return f"{shown(self.path)}:{nearest(self.lines, key)}"


def load(
    path: Path,
    designs: Mapping[str, Design[Any]] | None = None,
    methods: Mapping[str, Method[Any]] | None = None,
) -> Definition:
    """Return the study that a folder or its ``study.yaml`` defines.

    Parameters
    ----------
    path : Path
        The folder, or the file itself.
    designs : mapping of str to Design, optional
        The designs that analyses may name; all of the package by default.
    methods : mapping of str to Method, optional
        Likewise the methods.

    Returns
    -------
    Definition
        The study, checked as far as that can be done without its data.

    Raises
    ------
    StudyError
        With every problem of the file at once, each with its line.
    """
    file = find(Path(path))
    content = read(file)
    document = parse(decode(content, file))
    if document.value is None:
        raise _error(file, document.faults)
    known = _designs_for(document, designs)
    study, found = _study(document)
    specs, wrong = _specs(document, known)
    inquiries, wrong_too = _methods(document, methods)
    found += (*wrong, *wrong_too)
    unsure = {str(key[0]) for key in document.broken if key}
    if not unsure & _OF_ALTERNATIVES:
        found += _alternatives(document, study, specs, known)
    broken = set(document.faults + found)
    for key, *words in (
        *broken_rules(study, specs, unsure),
        *broken_method_rules(study, inquiries, unsure),
    ):
        broken.add(Fault(document.line(key), *words))
    if broken:
        raise _error(file, broken)
    return Definition(
        path=file,
        folder=file.parent,
        study=study,
        specs=MappingProxyType(specs),
        lines=MappingProxyType(document.lines),
        sha256=hashlib.sha256(content).hexdigest(),
        methods=MappingProxyType(inquiries),
    )


def _designs_for(
    document: Document, designs: Mapping[str, Design[Any]] | None
) -> Mapping[str, Design[Any]]:
    if designs is not None:
        return designs
    return all_designs() if (document.value or {}).get("analyses") else {}


def _error(file: Path, found: Iterable[Fault]) -> StudyError:
    faults_by_line = sorted(set(found))
    shown_faults, rest = faults_by_line[:MAX_PROBLEMS], faults_by_line[MAX_PROBLEMS:]
    if rest:
        what = f"from here on there are {len(rest)} more problems"
        fix = "repair those above first, and check again"
        shown_faults.append(Fault(rest[0].line, what, "so many often have one cause", fix))
    return StudyError(*(fault.problem(shown(file)) for fault in shown_faults))


def validated(model: type[M], document: Document, base: Key) -> M:
    """Return a part of the document as a model; a number stands as typed where text is wanted.

    Parameters
    ----------
    model : type
        What is expected there.
    document : Document
        The file.
    base : tuple
        Where the part stands; empty for the whole.

    Raises
    ------
    ValidationError
        With everything that is wrong.
    """
    while True:
        part = _part(document, base)
        try:
            # As JSON, strictly: a list may be a tuple and text a date, but never a number.
            return model.model_validate_json(json.dumps(part), strict=True)
        except ValidationError as error:
            typed = texts_typed_as_numbers(error, document, base)
            if not typed:
                raise
            for key, text in typed.items():
                cast("dict[str | int, object]", _part(document, key[:-1]))[key[-1]] = text
                del document.written[key]


def _part(document: Document, key: Key) -> object:
    node: Any = document.value
    for step in key:
        node = node[step]
    return node


def _study(document: Document) -> tuple[Study, list[Fault]]:
    """Return the study, or those of its blocks that hold, with the faults of the others."""
    try:
        return validated(Study, document, ()), []
    except ValidationError as error:
        found = faults(error, document, Study)
        failed = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
    given = document.value or {}
    keys = attributes(Study)
    parts: dict[str, Any] = {
        keys[key]: (info.annotation, info)
        for key, info in fields(Study).items()
        if key not in failed and (key in given or not info.is_required())
    }
    part = create_model("Part", __base__=Entries, **parts)
    value = {key: one for key, one in given.items() if keys.get(key) in parts}
    return cast(Study, part.model_validate_json(json.dumps(value), strict=True)), found


def _specs(
    document: Document, designs: Mapping[str, Design[Any]]
) -> tuple[dict[str, tuple[Design[Any], Strict]], list[Fault]]:
    specs: dict[str, tuple[Design[Any], Strict]] = {}
    found: list[Fault] = []
    for analysis, name in _named(document, "design"):
        key = ("analyses", analysis, "design", name)
        design = designs.get(name)
        if design is None:
            why = "the design decides how a comparison group gives an effect"
            found.append(_unknown(document, key, "design", why, designs))
            continue
        try:
            specs[analysis] = design, validated(design.spec, document, key)
        except ValidationError as error:
            found += faults(error, document, design.spec, key)
    return specs, found


def _alternatives(
    document: Document, study: Study, specs: Specs, designs: Mapping[str, Design[Any]]
) -> list[Fault]:
    """Return what is wrong with alternatives, where all that they rest on holds."""
    if not _OF_ALTERNATIVES.issubset(fields(type(study))):
        return []
    held = {name: one for name, one in specs.items() if name in study.analyses}
    others, found = wrong_alternatives(document, study, held, designs)
    for key, *words in broken_alternatives(study, held, others):
        found.append(Fault(document.line(key), *words))
    return found


def _methods(
    document: Document, methods: Mapping[str, Method[Any]] | None
) -> tuple[dict[str, tuple[Method[Any], Strict]], list[Fault]]:
    inquiries: dict[str, tuple[Method[Any], Strict]] = {}
    found: list[Fault] = []
    for analysis, name in _named(document, "method"):
        key = ("analyses", analysis, "method", name)
        known = all_methods() if methods is None else methods
        method = known.get(name)
        if method is None:
            why = "the method decides what is computed"
            found.append(_unknown(document, key, "method", why, known))
            continue
        try:
            inquiries[analysis] = method, validated(method.spec, document, key)
        except ValidationError as error:
            found += faults(error, document, method.spec, key)
    return inquiries, found


def _unknown(document: Document, key: Key, word: str, why: str, known: Iterable[str]) -> Fault:
    what = f"`{dotted(key[:-1])}` is `{shorten(str(key[-1]))}`, which is not a {word} here"
    return Fault(document.line(key), what, why, choose(str(key[-1]), known))


def _named(document: Document, word: str) -> Iterator[tuple[str, str]]:
    """Yield each analysis with its one design or method, however wrong the rest of it is."""
    analyses = (document.value or {}).get("analyses")
    for analysis, block in analyses.items() if isinstance(analyses, dict) else ():
        inner = block.get(word) if isinstance(block, dict) else None
        if isinstance(inner, dict) and len(inner) == 1:
            (name,) = inner
            if isinstance(inner[name], dict):
                yield analysis, name
