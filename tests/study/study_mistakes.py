"""Every field of the models at a place of a good definition, and every mistake made there."""

from __future__ import annotations

import copy
import json
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import numpy as np
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from evaluate.core import Strict
from evaluate.design import Design
from evaluate.designs.randomised import DESIGN
from evaluate.method import ColumnName, Example, FromRecord, Inquiry, Method, Result, cell
from evaluate.study.schema import Study
from evaluate.study.yaml import parse

Path_ = tuple[str | int, ...]
HERE = Path(__file__).parent
GOOD = parse((HERE / "good.yaml").read_text(encoding="utf-8")).value
SHORT = parse((HERE / "good-short.yaml").read_text(encoding="utf-8")).value
PLANNED = parse((HERE / "good-planned.yaml").read_text(encoding="utf-8")).value
# Blocks that refer to each other move together.
_GROUPS = (
    {"facts", "programme"},
    {"facts", "programme", "outcomes", "analyses", "assumptions", "records"},
)


DESIGNS: Mapping[str, Design[Any]] = {"randomised": DESIGN}


class Counted(FromRecord):
    """A record whose rows are counted."""

    code: ColumnName = cell("text", "Column of the code.")


class Counting(Strict):
    """The fields of a method that counts."""

    segments: Counted = Field(description="What is counted.")


def _nothing(spec: Counting, inquiry: Inquiry) -> Result:
    return Result(())


def _example(rng: np.random.Generator) -> Example[Counting]:
    return Example(Counting(segments=Counted(record="segments", code="code")))


METHODS: Mapping[str, Method[Any]] = {
    "counting": Method("counting", "Counting", Counting, 2, _nothing, _example)
}


@dataclass(frozen=True)
class Place:
    """A field of a model, and where the good definition has it."""

    model: type[BaseModel]
    key: str
    info: FieldInfo
    path: Path_

    @property
    def name(self) -> str:
        """Name of the field, for test ids."""
        return f"{self.model.__name__}.{self.key}"


@dataclass(frozen=True)
class Typed:
    """What is typed after ``key:``, such as an alias."""

    text: str


class Twice(dict[str, Any]):
    """A block whose key ``again`` stands in it twice."""

    again: str = ""


def _members(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _members(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from _members(one)
    elif annotation is not type(None):
        yield annotation


def members(info: FieldInfo) -> set[Any]:
    """Return the plain kinds that a field accepts: types, or origins of generic ones."""
    return {get_origin(one) or one for one in _members(info.annotation)}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    for one in _members(annotation):
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield one
        else:
            for inner in get_args(one):
                yield from _models_in(inner)


def all_fields() -> set[str]:
    """Return ``Model.key`` for every field that a definition can have."""
    waiting: list[type[BaseModel]] = [Study, *(one.spec for one in DESIGNS.values())]
    seen: dict[type[BaseModel], None] = {}
    while waiting:
        model = waiting.pop()
        if model not in seen:
            seen[model] = None
            for info in model.model_fields.values():
                waiting += _models_in(info.annotation)
    return {
        f"{model.__name__}.{info.alias or name}"
        for model in seen
        for name, info in model.model_fields.items()
    }


def places(model: type[BaseModel], node: Any, path: Path_ = ()) -> Iterator[Place]:
    """Yield each field of the models that a definition has."""
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key in node:
            yield Place(model, key, info, (*path, key))
            yield from _inside(info.annotation, node[key], (*path, key))


def _inside(annotation: Any, node: Any, path: Path_) -> Iterator[Place]:
    if len(path) == 4 and path[0] == "analyses" and path[2] == "design":
        yield from places(DESIGNS[str(path[3])].spec, node, path)
        return
    for kind in _members(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if isinstance(node, dict):
                yield from places(kind, node, path)
        elif get_origin(kind) is dict and isinstance(node, dict):
            for key, value in node.items():
                yield from _inside(get_args(kind)[1], value, (*path, key))
        elif get_origin(kind) is tuple and isinstance(node, list):
            for number, value in enumerate(node):
                yield from _inside(get_args(kind)[0], value, (*path, number))


def first_places() -> dict[str, Place]:
    """Return the first place of each field in the good definitions."""
    found: dict[str, Place] = {}
    for tree in (GOOD, SHORT, PLANNED):
        for place in places(Study, tree):
            found.setdefault(place.name, place)
    return found


def host(place: Place) -> dict[str, Any]:
    """Return a good definition that has a place, and little else: reading takes the time."""
    assert GOOD is not None
    assert SHORT is not None
    block = str(place.path[0])
    group = next((one for one in _GROUPS if block in one), {block})
    tree = copy.deepcopy(SHORT)
    if has(GOOD, place.path):
        tree |= copy.deepcopy({one: GOOD[one] for one in group})
    elif not has(SHORT, place.path):
        assert PLANNED is not None
        return copy.deepcopy(PLANNED)
    if block != "economics":
        del tree["economics"]
    return tree


def has(tree: Any, path: Path_) -> bool:
    """Return whether a tree has a place."""
    for part in path:
        if (isinstance(tree, list) and isinstance(part, int) and part < len(tree)) or (
            isinstance(tree, dict) and part in tree
        ):
            tree = tree[part]
        else:
            return False
    return True


def at(tree: Any, path: Path_) -> Any:
    """Return what stands at a place."""
    for part in path:
        tree = tree[part]
    return tree


def replaced(tree: Any, path: Path_, value: object) -> dict[str, Any]:
    """Return a tree with another value at a place."""
    at(tree, path[:-1])[path[-1]] = value
    return tree


def emit(tree: Mapping[str, Any]) -> tuple[str, dict[Path_, int]]:
    """Return a tree as YAML, one key a line, with the line of each place."""
    lines: list[str] = []
    numbers: dict[Path_, int] = {(): 1}
    _block(tree, 0, (), lines, numbers)
    return "\n".join(lines) + "\n", numbers


def _block(
    tree: Mapping[str, Any], step: int, path: Path_, lines: list[str], numbers: dict[Path_, int]
) -> None:
    for key, value in tree.items():
        _entry(key, value, step, (*path, key), lines, numbers)
        if isinstance(tree, Twice) and tree.again == key:
            _entry(key, value, step, (*path, key, "again"), lines, numbers)


def _entry(
    key: str, value: Any, step: int, path: Path_, lines: list[str], numbers: dict[Path_, int]
) -> None:
    numbers[path] = len(lines) + 1
    start = "  " * step + f"{key}:"
    if isinstance(value, dict) and value:
        lines.append(start)
        _block(value, step + 1, path, lines, numbers)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        lines.append(start)
        for number, item in enumerate(value):
            numbers[(*path, number)] = len(lines) + 1
            if not isinstance(item, dict):
                lines.append("  " * (step + 1) + f"- {scalar(item)}")
                continue
            begin = len(lines)
            _block(item, step + 2, (*path, number), lines, numbers)
            if len(lines) == begin:
                lines.append("  " * (step + 2) + "{}")
            indent = "  " * (step + 1)
            lines[begin] = f"{indent}- {lines[begin].lstrip()}"
    else:
        lines.append(f"{start} {scalar(value)}")


def scalar(value: Any) -> str:
    """Return a value on one line: text in quotes, so that it cannot be read as another kind."""
    return value.text if isinstance(value, Typed) else json.dumps(value, ensure_ascii=False)
