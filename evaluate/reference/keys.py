"""Every key of ``study.yaml`` and of each design, from the models that read them."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from evaluate.core import Address, Name, Slug, Strict, Text
from evaluate.design import all_designs
from evaluate.method import all_methods
from evaluate.reference.markdown import prose, table
from evaluate.study.entries import Inquired
from evaluate.study.schema import Study

Places = dict[type[Strict], list[str]]

_HEADER = ("Key", "Type", "Default", "What it says")
_TEXT = get_args(Text)[0]
_WORDS = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "`true` or `false`",
    date: "date",
    Any: "the fields of that design",
}
_BOUNDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def _pattern(annotation: Any) -> str | None:
    return next((p for one in get_args(annotation) if (p := getattr(one, "pattern", None))), None)


_NAMED = {
    _pattern(Slug): "slug, such as `supported-work`",
    _pattern(Name): "name, such as `hours_worked`",
    _pattern(Address): "https address",
}


_APART: Mapping[type[Strict], str] = {Inquired: " (method)"}  # one place, two kinds of entry


def study() -> Iterator[str]:
    """Yield a table of keys for each block of ``study.yaml``, in reading order."""
    places: Places = {Study: []}
    _visit(Study, "", places)
    for model, paths in places.items():
        if paths:
            level = "##" if _depth(paths[0]) == 0 else "###"
            yield f"\n({_target(paths[0])})=\n{level} `{paths[0]}`\n"
            yield prose(model.__doc__)
            if paths[1:]:
                also = ", ".join(f"`{path}`" for path in paths[1:])
                yield f"The same keys stand under {also}."
        yield from table(_HEADER, _rows(model, places))


def design(name: str) -> Iterator[str]:
    """Yield what a design answers and a table of its fields.

    Parameters
    ----------
    name : str
        Its key under ``design:``.
    """
    one = all_designs()[name]
    yield f"- Key: `{name}`"
    yield f"- Estimands: {', '.join(sorted(one.estimands))}"
    yield f"- Highest step of the claims ladder: {one.rung}"
    for step, checks in sorted(one.needs.items()):
        if checks:
            passed = ", ".join(check.replace("_", " ") for check in sorted(checks))
            yield f"- Step {step} needs these checks to have passed: {passed}"
    yield from table(("Field", *_HEADER[1:]), _rows(one.spec, {}))


def method(name: str) -> Iterator[str]:
    """Yield how far a method reaches, and tables of its fields and of their parts.

    Parameters
    ----------
    name : str
        Its key under ``method:``.
    """
    one = all_methods()[name]
    yield f"- Key: `{name}`"
    yield f"- Highest step of the claims ladder: {one.rung}"
    for step, checks in sorted(one.needs.items()):
        if checks:
            passed = ", ".join(check.replace("_", " ") for check in sorted(checks))
            yield f"- Step {step} needs these checks to have passed: {passed}"
    yield from table(("Field", *_HEADER[1:]), _rows(one.spec, {}))
    parts: Places = {}
    _visit(one.spec, "", parts)
    for part, paths in parts.items():
        yield f"\n`{paths[0]}`: {prose(part.__doc__)}\n"
        yield from table(("Field", *_HEADER[1:]), _rows(part, {}))


def _visit(model: type[Strict], path: str, places: Places) -> None:
    """Collect every model below ``model``, with all paths at which its keys stand."""
    for key, info in _fields(model):
        for inner, suffix in _models(info.annotation):
            place = f"{path}.{key}{suffix}{_APART.get(inner, '')}".lstrip(".")
            known = inner in places
            places.setdefault(inner, []).append(place)
            if not known:
                _visit(inner, place, places)


def _fields(model: type[Strict]) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in model.model_fields.items():
        yield info.alias or name, info


def _models(annotation: Any, suffix: str = "") -> Iterator[tuple[type[Strict], str]]:
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        yield annotation, suffix
    steps = {tuple: "[]", dict: ".NAME"}
    for one in get_args(annotation):
        yield from _models(one, suffix + steps.get(get_origin(annotation) or str, ""))


def _depth(path: str) -> int:
    return re.sub(r"\.NAME|\[\]", "", path).count(".")


def _target(path: str) -> str:
    return "study-" + re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")


def _rows(model: type[Strict], places: Places) -> list[tuple[str, ...]]:
    return [
        (f"`{key}`", _type_of(info, places), _default(info), info.description or "")
        for key, info in _fields(model)
    ]


def _type_of(info: FieldInfo, places: Places) -> str:
    words = _type(Annotated[info.annotation, None, *info.metadata], places)
    limits = [
        f"{word} {bound:,}".replace(",", "\N{NO-BREAK SPACE}")
        for name, word in _BOUNDS.items()
        for one in info.metadata
        if isinstance(bound := getattr(one, name, None), int | float)
    ]
    return ", ".join((words, *limits))


def _type(annotation: Any, places: Places) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation == _TEXT:
        return "text, or texts by language"
    if origin is Annotated:
        return _NAMED.get(_pattern(annotation)) or _type(arguments[0], places)
    if origin is Literal:
        words = [f"`{one}`".replace("`\t`", "tab") for one in arguments]
        return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    if origin in (Union, types.UnionType):
        options = (_type(one, places) for one in arguments if one is not types.NoneType)
        return " or ".join(dict.fromkeys(options))
    if origin is tuple:
        inner = _type(arguments[0], places)
        return f"list: {inner}" if arguments[-1] is Ellipsis else f"list of two: {inner}"
    if origin is dict:
        value = _type(arguments[1], places)
        return value if arguments[1] is Any else f"mapping: {value}"
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        path = places.get(annotation)
        return f"[`{path[0]}`](#{_target(path[0])})" if path else "mapping"
    return _WORDS[annotation]


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    if info.default_factory is not None or info.default in (None, ()):
        return "absent"
    value = str(info.default)
    return f"`{value.lower() if isinstance(info.default, bool) else value}`"
