"""What differs between an analysis and its alternatives, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluate.design import ROLE
from evaluate.study.design_rules import Specs
from evaluate.study.differences import elements
from evaluate.study.plan import Json, plain_dump
from evaluate.study.schema import Study
from evaluate.study.variants import Variant

_NONE = "none"


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
        By alternative, and under the empty name as declared: words by choice. Choices that are
        the same throughout are left out.
    """
    own = Variant(of, "", study.analyses[of], *specs[of])
    told = {one.name: dict(_told(one)) for one in (own, *others)}
    names = list(dict.fromkeys(key for one in told.values() for key in one))
    differ = [key for key in names if len({one.get(key, _NONE) for one in told.values()}) > 1]
    return {name: {key: one.get(key, _NONE) for key in differ} for name, one in told.items()}


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
    for name, info in type(one.spec).model_fields.items():
        value = one.spec.model_dump(mode="json", by_alias=True)[info.alias or name]
        extra = info.json_schema_extra
        # A column that is named nowhere is a choice too; another field at its default is none.
        if name in one.spec.model_fields_set or (isinstance(extra, dict) and ROLE in extra):
            yield name, _words(value)


def _words(value: Any) -> str:
    if value is None or value in ([], {}):
        return _NONE
    told = elements({"value": value})
    if list(told) == ["value"]:
        return told["value"]
    return ", ".join(f"{key.removeprefix('value.')} {one}" for key, one in told.items())
