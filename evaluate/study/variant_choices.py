"""What differs between an analysis and its alternatives, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluate.design import ROLE
from evaluate.inference.matching_options import OfMethod
from evaluate.study.design_rules import Specs
from evaluate.study.differences import elements
from evaluate.study.plan import Json, plain_dump
from evaluate.study.schema import Study
from evaluate.study.variants import Variant

_NONE, _NOT_ITS_OWN = "none", "–"


def choices(study: Study, specs: Specs, of: str, others: list[Variant]) -> dict[str, Json]:
    """Return what differs between an analysis and its alternatives, in words.

    Parameters
    ----------
    study : Study
        The study.
    specs : mapping of str to (Design, Strict)
        By analysis.
    of : str
        The analysis.
    others : list of Variant
        Its alternatives.

    Returns
    -------
    dict of str to dict
        By alternative, and under the empty name as declared: words by choice, a dash where
        a design or its method has no such choice. Choices that are the same throughout, or that
        nobody wrote, are left out.
    """
    every = (Variant(of, "", study.analyses[of], *specs[of]), *others)
    told = {one.name: {**dict(_told(one)), **dict(_fields(one))} for one in every}
    names = dict.fromkeys(key for one in every for key in (*dict(_told(one)), *_written(one)))
    whole = {name: {key: one.get(key, _NOT_ITS_OWN) for key in names} for name, one in told.items()}
    differ = [key for key in names if _differs(key, every, whole)]
    return {name: {key: one[key] for key in differ} for name, one in whole.items()}


def _differs(key: str, every: tuple[Variant, ...], told: dict[str, Json]) -> bool:
    """Return whether a choice differs; where somebody wrote it, also from having none such."""
    found = {one[key] for one in told.values()}
    by_hand = any(key in one.spec.model_fields_set for one in every)
    return len(found if by_hand else found - {_NOT_ITS_OWN}) > 1


def _told(one: Variant) -> Iterator[tuple[str, str]]:
    """Yield the choices of an analysis in words."""
    yield "design", one.design.name
    yield "estimand", one.analysis.estimand
    yield "adjustment", one.analysis.adjustment or "default"
    names = one.analysis.inference.std_errors or one.design.std_errors(one.spec)[:1]
    yield "std_error", names[0] if names else "default"
    yield "missing", one.analysis.missing.covariates
    where = [
        plain_dump(each.model_dump(mode="json", by_alias=True, exclude_none=True), "en")
        for each in one.where
    ]
    yield "where", elements({"where": where})["where"] if where else "all rows"


def _written(one: Variant) -> Iterator[str]:
    """Yield the fields that somebody wrote, and those that name columns."""
    for name, info in type(one.spec).model_fields.items():
        extra = info.json_schema_extra
        if name in one.spec.model_fields_set or (isinstance(extra, dict) and ROLE in extra):
            yield name


def _fields(one: Variant) -> Iterator[tuple[str, str]]:
    """Yield the fields of a design that its method has, those at their default too."""
    values = one.spec.model_dump(mode="json", by_alias=True)
    for name, info in type(one.spec).model_fields.items():
        if not isinstance(one.spec, OfMethod) or one.spec.has(name):
            yield name, _words(values[info.alias or name])


def _words(value: Any) -> str:
    if value is None or value in ([], {}):
        return _NONE
    value = _short(value)
    told = elements({"value": value})
    if list(told) == ["value"]:
        return told["value"]
    return ", ".join(f"{key.removeprefix('value.')} {one}" for key, one in told.items())


def _short(value: Any) -> Any:
    """Return a value whose numbers are as somebody would write them: 12, not 12.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_short(one) for one in value]
    return {key: _short(one) for key, one in value.items()} if isinstance(value, dict) else value
