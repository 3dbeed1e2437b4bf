"""A commented ``study.yaml`` to begin with: generated from the schema, so never behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from evaluate.core import Slug, Strict
from evaluate.data.definition import Data
from evaluate.design import Design, all_designs
from evaluate.errors import Problem, StudyError
from evaluate.study.entries import Analysis
from evaluate.study.schema import Comparison, Intervention, Outcome, Programme, Study

Filled = Mapping[str, str | list[str]]

DICTIONARY = "data-dictionary.md"
_HEADER = "| variable | type | unit | values | missing | description | source |"


def write_template(folder: Path, design: str) -> Path:
    """Write a study with blanks into a new folder, and a dictionary where there is none.

    Parameters
    ----------
    folder : Path
        The study's folder; its name becomes the study's id.
    design : str
        Name of the design of its first analysis.

    Returns
    -------
    Path
        The ``study.yaml``.

    Raises
    ------
    StudyError
        If the name is no slug, the design is unknown, or the file is there already.
    """
    path = folder / "study.yaml"
    problems = list(_faults(folder, path, design))
    if problems:
        raise StudyError(*problems)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(template(folder.name, all_designs()[design]), encoding="utf-8")
    if not any((above / DICTIONARY).exists() for above in (folder, *folder.resolve().parents)):
        line = re.sub("[a-z ]+", "---", _HEADER.replace(" | ", "|"))
        text = f"# Data dictionary\n\n## {folder.name}\n\n{_HEADER}\n{line}\n"
        (folder / DICTIONARY).write_text(text, encoding="utf-8")
    return path


def template(slug: str, design: Design[Any]) -> str:
    """Return the text of a commented ``study.yaml`` with blanks."""
    filled: Filled = {
        "version": "1",
        "id": slug,
        "status": "running",
        "programme": _block(Programme),
        "intervention": _block(Intervention),
        "comparison": _block(Comparison),
        "data": _block(Data, {"source": ""}, skip=("sources",)),
        "outcomes": ["outcome:", *_indented(_block(Outcome, {"column": "", "role": "primary"}))],
        "analyses": ["main:", *_indented(_analysis(design))],
    }
    lines = [
        "# Fill in what stands empty, then run: evaluate check " + slug,
        "# Lines that begin with # are optional; remove the # to use them.",
        *_block(Study, filled),
    ]
    return "\n".join(lines) + "\n"


def _analysis(design: Design[Any]) -> list[str]:
    fields = [f"{design.name}:", *_indented(_block(design.spec))]
    filled: Filled = {"outcome": "outcome", "estimand": min(design.estimands), "design": fields}
    return _block(Analysis, filled)


def _block(
    model: type[Strict],
    filled: Filled | None = None,
    skip: tuple[str, ...] = (),
) -> list[str]:
    """Return a model's keys as lines: required ones blank, optional ones commented out."""
    filled = filled or {}
    lines: list[str] = []
    for name, info in model.model_fields.items():
        value = filled.get(name)
        if name in skip:
            continue
        lines += _field(info.alias or name, info, value)
    return lines


def _field(key: str, info: FieldInfo, value: str | list[str] | None) -> Iterator[str]:
    note = f"  # {info.description}{_choices(info)}"
    if isinstance(value, list):
        yield f"{key}:{note}"
        yield from _indented(value)
    elif value is None and not info.is_required():
        yield f"# {key}:{note}"
    else:
        yield f"{key}: {value or ''}".rstrip() + note


def _choices(info: FieldInfo) -> str:
    """Return the allowed words of a closed vocabulary; languages of a text are none."""
    words = [one for one in _literals(info.annotation) if isinstance(one, str)]
    return f" One of: {', '.join(words)}." if words else ""


def _literals(annotation: Any) -> Iterator[object]:
    if get_origin(annotation) is dict:
        return
    for one in get_args(annotation):
        if isinstance(one, type) and issubclass(one, BaseModel):
            continue
        if get_args(one):
            yield from _literals(one)
        elif isinstance(one, str):
            yield one


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _faults(folder: Path, path: Path, design: str) -> Iterator[Problem]:
    try:
        TypeAdapter(Slug).validate_python(folder.name)
    except ValidationError:
        yield Problem(
            "command line",
            f"`{folder.name}` cannot name a study",
            "the name becomes an address in the book",
            "use small letters, digits and hyphens, such as after-school-work",
        )
    if design not in all_designs():
        yield Problem(
            "command line",
            f"no design is called `{design}`",
            "without one there is no comparison",
            f"use one of: {', '.join(sorted(all_designs()))}",
        )
    if path.exists():
        yield Problem(
            str(path), "is there already", "it would be lost", "choose another name, or edit it"
        )
