"""The one design from which the rows of all analyses are drawn."""

from __future__ import annotations

from typing import Any

from evaluate.core import Strict
from evaluate.design import Design, named_columns
from evaluate.errors import Problem, StudyError
from evaluate.study.load import Definition


def one_design(definition: Definition) -> tuple[Design[Any], Strict]:
    """Return the design of a study's analyses, with all fields that any of them gives.

    Parameters
    ----------
    definition : Definition
        The study.

    Raises
    ------
    StudyError
        If analyses have different designs, or one field of theirs names different columns.
    """
    first, (design, spec) = next(iter(definition.specs.items()))
    fields: dict[str, Any] = {}
    problems = []
    for name, (other, given) in definition.specs.items():
        if other.name != design.name:
            problems.append(_differs(definition, name, first, "have different designs"))
            continue
        for field in type(given).model_fields:
            value = getattr(given, field)
            if isinstance(value, tuple):
                value = tuple(dict.fromkeys((*fields.get(field, ()), *value)))
            elif field in {one for one, _, _ in named_columns(given)} and fields.get(
                field, value
            ) not in (None, value):
                what = f"name different columns under `{field}`"
                problems.append(_differs(definition, name, first, what))
            if value is not None and value != ():
                fields[field] = value
    if problems:
        raise StudyError(*problems)
    return design, type(spec)(**fields)


def _differs(definition: Definition, name: str, first: str, what: str) -> Problem:
    return Problem(
        definition.at("analyses", name, "design"),
        f"`analyses.{first}` and `analyses.{name}` {what}",
        "one set of rows is drawn, in which one chance decided who is treated",
        "simulate a copy of the study with one of the two",
    )
