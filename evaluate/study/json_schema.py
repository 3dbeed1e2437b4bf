"""JSON Schema of ``study.yaml``, by which editors complete and check while one types."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from evaluate.design import ROLE, Design, all_designs
from evaluate.method import CELL, Method, all_methods
from evaluate.study.schema import Study

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFINITIONS = "#/$defs/{model}"


def schema(
    designs: Mapping[str, Design[Any]] | None = None,
    methods: Mapping[str, Method[Any]] | None = None,
) -> Json:
    """Return the JSON Schema of a study definition.

    Parameters
    ----------
    designs : mapping of str to Design, optional
        The designs that analyses may name; all of the package by default.
    methods : mapping of str to Method, optional
        Likewise the methods.

    Returns
    -------
    dict
        Draft 2020-12. It accepts what ``load`` accepts, up to the rules that join several
        keys, which a schema cannot say.
    """
    raw = Study.model_json_schema(by_alias=True, ref_template=_DEFINITIONS)
    shared: Json = raw.setdefault("$defs", {})
    known = all_designs() if designs is None else designs
    _name_each(shared, "Analysis", "design", known)
    _some_fields(shared, "OtherChoices", known)
    _name_each(shared, "Inquired", "method", all_methods() if methods is None else methods)
    # An editor then points at the key that is wrong, and not at the whole entry.
    entries: Json = raw["properties"]["analyses"]["patternProperties"]
    for name in entries:
        entries[name] = {
            "if": {"required": ["method"]},
            "then": {"$ref": "#/$defs/Inquired"},
            "else": {"$ref": "#/$defs/Analysis"},
        }
    clean: Json = _clean(raw)
    return {"$schema": DIALECT, "title": "study.yaml", **clean}


def _name_each(
    shared: Json, model: str, word: str, known: Mapping[str, Design[Any] | Method[Any]]
) -> None:
    """Let the one key under ``design`` or ``method`` be a known one, with its own fields."""
    names: Json = {}
    for name, one in sorted(known.items()):
        # Two methods may each have a part of one name.
        own = f"{word}_{name}_"
        template = _DEFINITIONS.replace("{model}", own + "{model}")
        fields = one.spec.model_json_schema(by_alias=True, ref_template=template)
        shared |= {own + key: part for key, part in fields.pop("$defs", {}).items()}
        shared[f"{word}_{name}"] = fields
        names[name] = {"$ref": f"#/$defs/{word}_{name}", "description": one.title}
    properties = shared[model]["properties"]
    properties[word] = {
        "type": "object",
        "description": properties[word]["description"],
        "properties": names,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _some_fields(shared: Json, model: str, known: Mapping[str, Design[Any]]) -> None:
    """Let the one key under ``design`` be a known one, with any of its fields."""
    names: Json = {}
    for name in sorted(known):
        own = f"{_DEFINITIONS.replace('{model}', f'design_{name}')}/properties"
        fields = {key: {"$ref": f"{own}/{key}"} for key in shared[f"design_{name}"]["properties"]}
        names[name] = {"type": "object", "properties": fields, "additionalProperties": False}
    properties = shared[model]["properties"]
    properties["design"] = {
        "type": "object",
        "description": properties["design"]["description"],
        "properties": names,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def text(schema: Mapping[str, Any]) -> str:
    """Return a JSON Schema as the text of a file, the same for the same schema."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _clean(node: Any, *, names: bool = False) -> Any:
    """Drop what only Python knows, and let numbers stand where text is wanted, as ``load`` does.

    In a mapping of ``names`` the keys are those of the file, not of the schema's language.
    """
    if isinstance(node, list):
        return [_clean(one) for one in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {key: _clean(value) for key, value in node.items()}
    kept = {
        key: _clean(value, names=key in ("properties", "$defs"))
        for key, value in node.items()
        if key not in (ROLE, CELL, "default", "title")
    }
    if node.get("default") is not None:
        kept["default"] = node["default"]
    return _as_typed(_without_null(kept))


def _without_null(node: Json) -> Json:
    """Drop ``null``: a key without a value is a fault, and an absent key says the same."""
    choices = node.get("anyOf")
    if choices is None:
        return node
    choices = [one for one in choices if one != {"type": "null"}]
    if len(choices) > 1:
        return {**node, "anyOf": choices}
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    return {**choices[0], **rest}


def _as_typed(node: Json) -> Json:
    """Let a number stand for text that may look like one, such as ``as_of: 2015``."""
    words = "enum" in node or "const" in node or "format" in node
    if node.get("type") != "string" or words:
        return node
    pattern = node.get("pattern")
    if pattern is not None and not re.search(pattern, "2015"):
        return node
    return {**node, "type": ["string", "number"]}
