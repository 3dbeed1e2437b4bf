"""The public part of a definition: every text by language, as the finding carries it."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from evaluate.core import LANGUAGES, Text
from evaluate.study.load import Definition
from evaluate.study.record_kinds import kind_of
from evaluate.study.schema import Study

Json = dict[str, Any]
_PRIVATE = {"data", "records", "disclosure", "version"}  # how rows are read is nobody's business


def public(definition: Definition, prose: Mapping[str, list[Json]]) -> Json:
    """Return what a reader may know of a study, JSON-ready.

    Parameters
    ----------
    definition : Definition
        The loaded study.
    prose : mapping of str to list
        Parsed text by language.
    """
    study = definition.study
    shown = _model(study, study.language, skip=_PRIVATE)
    shown["languages"] = list(study.report.languages or (study.language,))
    for key, outcome in shown["outcomes"].items():
        outcome.setdefault("title", {study.language: key.replace("_", " ")})
    entries = shown.pop("analyses", {})
    shown["analyses"] = {name: entries[name] for name in study.analyses}
    shown["methods"] = {
        name: _method(definition, name, entries[name]) for name in definition.methods
    }
    for name, analysis in shown["analyses"].items():
        design, _ = definition.specs[name]
        analysis["fields"] = analysis.pop("design")[design.name]
        analysis |= {"design": design.name, "design_title": design.title}
        analysis["design_kind"] = design.kind
    whole = {key: one for key, one in shown.items() if one or key not in ("analyses", "methods")}
    return {**whole, "prose": dict(prose)}


def _method(definition: Definition, name: str, entry: Json) -> Json:
    """Return what a reader may know of an analysis without a comparison."""
    language = definition.study.language
    method, spec = definition.methods[name]
    titles = {
        key: {language: one} if isinstance(one, str) else dict(one)
        for key, one in method.titles(spec).items()
    }
    return {
        "title": entry.get("title", {language: name.replace("_", " ")}),
        "method": method.name,
        "method_title": method.title,
        "data_kind": kind_of(definition.study, spec),
        "fields": _model(spec, language),
        **({"titles": titles} if titles else {}),
    }


def languages(study: Study) -> tuple[str, ...]:
    """Return the languages that prose may be written in, the study's own first."""
    return (study.language, *(one for one in LANGUAGES if one != study.language))


def _model(model: BaseModel, language: str, skip: Collection[str] = ()) -> Json:
    shown: Json = {}
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if name not in skip and value not in (None, (), {}):
            shown[info.alias or name] = _value(value, info.annotation, language)
    return shown


def _value(value: Any, annotation: Any, language: str) -> Any:
    bare = _bare(annotation)
    if isinstance(value, BaseModel):
        return _model(value, language)
    if bare == _TEXT:
        return {language: value} if isinstance(value, str) else dict(value)
    if isinstance(value, dict):
        inner = (*get_args(bare), None, None)[1]
        return {key: _value(one, inner, language) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        inner = (*get_args(bare), None)[0]
        return [_value(one, inner, language) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _bare(annotation: Any) -> Any:
    """Return a type without its metadata and without ``| None``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [one for one in get_args(annotation) if one is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else annotation
    return annotation


_TEXT = _bare(Text)
