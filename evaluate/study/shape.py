"""Which keys the models know at a place of the definition, and what they say about it."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from evaluate.core import Language
from evaluate.study.document import Key


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a model's fields by the key that stands in the file."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def attributes(model: type[BaseModel]) -> dict[str, str]:
    """Return a model's attributes by the key that stands in the file."""
    return {info.alias or name: name for name, info in model.model_fields.items()}


def keys_at(model: type[BaseModel], key: Key) -> dict[str, FieldInfo]:
    """Return the fields that may stand under a place, by key; none where names are free."""
    known: dict[str, FieldInfo] = {}
    for kind in _kinds_at(model, key):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            known.update(fields(kind))
    return known


def description(model: type[BaseModel], key: Key) -> str:
    """Return what the models say about a place, or about the nearest place around it."""
    for end in range(len(key), 0, -1):
        info = keys_at(model, key[: end - 1]).get(str(key[end - 1]))
        if info is not None and info.description:
            return info.description
    return "a part of the study definition"


def purpose(model: type[BaseModel], key: Key) -> str:
    """Return the first sentence of the models that describe a place, else its description."""
    for kind in _kinds_at(model, key):
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__doc__:
            return kind.__doc__.strip().splitlines()[0].partition(". ")[0].replace("``", "`")
    return description(model, key)


def is_text(model: type[BaseModel], key: Key) -> bool:
    """Return whether text by language may stand at a place."""
    return any(
        get_origin(kind) is dict and get_args(kind)[0] == Language for kind in _kinds_at(model, key)
    )


def _kinds_at(model: type[BaseModel], key: Key) -> list[Any]:
    kinds: list[Any] = [model]
    for part in key:
        kinds = [inner for kind in kinds for inner in _under(kind, part)]
    return kinds


def _under(kind: Any, part: str | int) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        info = fields(kind).get(str(part))
        if info is not None:
            yield from members(info.annotation)
        return
    origin, inner = get_origin(kind), get_args(kind)
    if not isinstance(origin, type):
        return
    if issubclass(origin, Mapping) and isinstance(part, str):
        yield from members(inner[1])
    elif issubclass(origin, Sequence | AbstractSet) and isinstance(part, int):
        mixed = origin is tuple and inner[-1] is not Ellipsis
        yield from members(inner[min(part, len(inner) - 1)] if mixed else inner[0])


def members(annotation: Any) -> Iterator[Any]:
    """Yield the plain types that an annotation stands for, without ``None``."""
    if get_origin(annotation) is Annotated:
        yield from members(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from members(one)
    elif annotation is not type(None):
        yield annotation
