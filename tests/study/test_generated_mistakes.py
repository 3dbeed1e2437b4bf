"""Mistakes made from the schema: every field, every kind of mistake, each on its line."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from pydantic import BaseModel
from study_mistakes import (
    HERE,
    Place,
    Twice,
    Typed,
    all_fields,
    at,
    emit,
    first_places,
    host,
    members,
    replaced,
)

from evaluate.errors import Problem

Problems = Callable[[str], tuple[Problem, ...]]

PLACES = first_places()
# Words of the validator, and of Python, that a person should never have to read.
FOREIGN = (
    "Input should",
    "Extra inputs",
    "Field required",
    "String should",
    "Value error",
    "Assertion",
    "Traceback",
    "pydantic",
    "type=",
    "NoneType",
    "object at",
)
# Optional by themselves, but another rule needs them.
_TESTS = [
    "is",
    "is_not",
    "in",
    "not_in",
    "at_least",
    "at_most",
    "above",
    "below",
    "between",
    "missing",
]
_DERIVED = [
    "power",
    "product",
    "difference",
    "ratio",
    "log",
    "bins",
    "indicator",
    "date_part",
    "lag",
    "status",
]
NEEDED = {
    "Outcome.column",
    "Data.source",
    "Data.sources",
    "Data.join",
    "Data.cohort",
    "Entry.source",
    "Criterion.source",
    "Criterion.date",
    "Measured.over",
    *(f"Status.{key}" for key in ("date", "from", "to", "within", "standard", "types")),
    "Source.path",
    "Source.database",
    "Source.table",
    "Record.path",
    "Record.database",
    "Record.table",
    "Study.analyses",
    "Study.data",
    "Study.facts",
    "Study.records",
    "Randomised.cluster",
    "Randomised.strata",
    "Randomised.period",
    "Randomised.received",
    "Assumptions.clusters",
    "Assumptions.cluster_size",
    "Assumptions.people",
    "Assumptions.strata",
    "Assumptions.periods",
    "AssumedOutcome.sd",
    "AssumedCovariate.sd",
    "Analysis.missing",
    "Missing.covariates",
    "Evidence.boundary_reason",
    "Published.treated",
    "Published.comparison",
    "Alternative.source",
    "Assumed.source",
    "Benefit.amount",
    "Benefit.effect",
    "Benefit.parameter",
    "Correlation.source",
    "Cost.amount",
    "Cost.effect",
    "Cost.parameter",
    "Earnings.amount",
    "Earnings.effect",
    "Earnings.parameter",
    "Earnings.source",
    "Economics.conversion",
    "Economics.earnings",
    "Economics.effects",
    "Economics.observed",
    "Economics.participants",
    "Funding.parameter",
    "Funding.source",
    "Funding.status",
    "Grant.amount",
    "Grant.share",
    "Grant.source",
    "MonthlyTransfer.source",
    "Participants.age",
    "Retained.source",
    "Saving.amount",
    "Saving.payer",
    "Saving.source",
    "SourcedAmount.source",
    "SourcedShare.source",
    "StatedRate.source",
    "Transfer.amount",
    "Transfer.effect",
    "Transfer.parameter",
    "Uncertain.beta",
    "Uncertain.gamma",
    "Uncertain.lognormal",
    "Uncertain.pert",
    "Uncertain.triangular",
    "Uncertain.uniform",
    "Valued.analysis",
    "Valued.assumed",
    "Rate.to",
    "Schedule.source",
    "PublicFunds.source",
    "Cost.source",
    "Benefit.source",
    "Transfer.note",
    "Answer.text",
    "Answer.not_done",
    *(f"{model}.{test}" for model in ("Condition", "Criterion") for test in _TESTS),
    *(f"Derive.{rule}" for rule in _DERIVED),
}
# One field of each model is quick, the others are slow tests: there are thousands of mistakes.
_FIRST = {place.model: place.name for place in reversed(PLACES.values())}
every_field = pytest.mark.parametrize(
    "place",
    [
        pytest.param(
            place,
            marks=() if place.name == _FIRST[place.model] else pytest.mark.slow,
            id=place.name,
        )
        for place in PLACES.values()
    ],
)


def check(found: tuple[Problem, ...], line: int, *words: str) -> None:
    """Assert that a problem stands on a line, in our words only."""
    here = [one for one in found if one.where == f"study.yaml:{line}"]
    assert any(all(word in str(one) for word in words) for one in here), (line, words, found)
    assert not [word for one in found for word in FOREIGN if word in str(one)]
    assert all(one.what and one.why and one.fix for one in found)


def test_every_field_of_the_schema_has_a_case() -> None:
    assert all_fields() == set(PLACES)


@pytest.mark.parametrize("name", ["good.yaml", "good-short.yaml", "good-planned.yaml"])
def test_good_definitions_load(name: str, problems: Problems) -> None:
    assert problems((HERE / name).read_text(encoding="utf-8")) == ()


@every_field
def test_missing(place: Place, problems: Problems) -> None:
    tree = host(place)
    del at(tree, place.path[:-1])[place.key]
    text, lines = emit(tree)
    found = problems(text)
    if place.info.is_required():
        check(found, lines[place.path[:-1]], f"`{spelt(place.path)}` is missing", place.key)
    elif found:
        check(found, min(map(line_of, found)))
        assert place.name in NEEDED
    else:
        assert place.name not in NEEDED


@every_field
def test_null(place: Place, problems: Problems) -> None:
    text, lines = emit(replaced(host(place), place.path, Typed("")))
    found = problems(text)
    check(found, lines[place.path], f"`{place.key}` has no value", "write a value, or delete")
    assert len(found) == 1


@every_field
def test_wrong_type(place: Place, problems: Problems) -> None:
    for value in wrong_values(place):
        text, lines = emit(replaced(host(place), place.path, value))
        check(problems(text), lines[place.path], f"`{spelt(place.path)}` is ")


@every_field
def test_out_of_range(place: Place, problems: Problems) -> None:
    for value in outside(place):
        text, lines = emit(replaced(host(place), place.path, value))
        check(problems(text), lines[place.path], spelt(place.path))


@every_field
def test_unknown_neighbour_and_duplicate(place: Place, problems: Problems) -> None:
    tree = host(place)
    block = Twice(at(tree, place.path[:-1]) | {f"{place.key}x": "surprise"})
    block.again = place.key
    tree = block if len(place.path) == 1 else replaced(tree, place.path[:-1], block)
    text, lines = emit(tree)
    found = problems(text)
    again = f"`{place.key}` stands here again, after line {lines[place.path]}"
    check(found, lines[(*place.path, "again")], again, "keep one of them")
    unknown = (*place.path[:-1], f"{place.key}x")
    check(found, lines[unknown], f"`{spelt(unknown)}` is not a known key", "did you mean `")


@every_field
def test_alias_and_anchor(place: Place, problems: Problems) -> None:
    text, lines = emit(replaced(host(place), place.path, Typed("*there")))
    found = problems(text)
    check(found, lines[place.path], "`*there` repeats another value", "write the value out")
    assert len(found) == 1
    text, lines = emit(replaced(host(place), place.path, Typed("&here value")))
    check(problems(text), lines[place.path], "`&here` names a value for repetition")


def line_of(problem: Problem) -> int:
    """Return the line that a problem names."""
    return int(problem.where.rpartition(":")[2])


def spelt(path: tuple[str | int, ...]) -> str:
    """Return a place as messages spell it."""
    return "".join(
        f"[#{one + 1}]" if isinstance(one, int) else f".{one}" for one in path
    ).removeprefix(".")


def wrong_values(place: Place) -> Iterator[object]:
    """Yield values of kinds that a field does not accept."""
    kinds = members(place.info)
    models = {one for one in kinds if isinstance(one, type) and issubclass(one, BaseModel)}
    if not models and dict not in kinds:
        yield {"surprise": 1}
    if tuple not in kinds:
        yield ["surprise", 1]
    if bool not in kinds:
        yield True
    if not kinds & {str, Literal}:
        yield "surprise"


def outside(place: Place) -> Iterator[object]:
    """Yield values just outside each limit that the schema publishes for a field."""
    schema = place.model.model_json_schema(by_alias=True)
    beyond: dict[str, Callable[[Any], object]] = {
        "minimum": lambda limit: limit - 1,
        "maximum": lambda limit: limit + 1,
        "exclusiveMinimum": lambda limit: limit,
        "exclusiveMaximum": lambda limit: limit,
        "maxLength": lambda limit: "x" * (limit + 1),
        "pattern": lambda _: "Not of THE form!",
        "enum": lambda _: "nonsense",
        "const": lambda _: "nonsense",
        "minItems": lambda _: [],
        "maxItems": lambda limit: list(range(limit + 1)),
        "minProperties": lambda _: {},
        "maxProperties": lambda _: _doubled(at(host(place), place.path)),
    }
    for limits in _alternatives(_properties(schema, place)[place.key]):
        yield from (beyond[name](limits[name]) for name in beyond if name in limits)


def _doubled(block: dict[str, Any]) -> dict[str, Any]:
    return {"one": copy.deepcopy(next(iter(block.values()))), **block}


def _alternatives(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    # A ``$ref`` is a model of its own, whose fields have their own cases.
    for one in schema.get("anyOf", ()):
        yield from _alternatives(one)
    yield schema


def _properties(schema: dict[str, Any], place: Place) -> dict[str, Any]:
    shared: dict[str, Any] = schema.get("$defs", {})
    model = shared.get(place.model.__name__, schema) if "$ref" in schema else schema
    properties: dict[str, Any] = model["properties"]
    return properties
