"""A fall at one chosen place, against what choosing the worst gives: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Self, cast

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import Cell, CellType, Check, Name, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference.chosen_place import Places, worst_falls
from evaluate.inference.wilson import wilson
from evaluate.method import Example, Inquiry, Method, Result, column_of
from evaluate.wording.labels_chosen_place import LABELS, WORDS

LEVEL = 0.05
LARGEST = 5_000  # people of a place, whose counts are all gone through
_COLUMNS: tuple[tuple[str, CellType], ...] = (
    ("key", "text"),
    ("place", "text"),
    ("places", "integer"),
    ("size", "integer"),
    ("assumed", "boolean"),
    ("first", "share"),
    ("later", "share"),
    ("later_low", "share"),
    ("later_high", "share"),
    ("base", "share"),
    ("expected_first", "share"),
    ("expected_later", "share"),
    ("explained", "share"),
    ("p_value", "number"),
    ("state", "text"),
)


class Place(Strict):
    """A place whose rate of something unwanted is told to have fallen."""

    title: Text = Field(description="The place and the rate.")
    first: float = Field(gt=0, lt=1, description="Rate that is told of the first year.")
    later: float = Field(ge=0, lt=1, description="Rate that is told of the next year.")
    sizes: tuple[int, ...] = Field(
        min_length=1, description="People in each place; several where it is not known."
    )
    sizes_known: bool = Field(default=False, description="Whether the size was told too.")
    places: tuple[int, ...] = Field(
        min_length=1, description="How many places there were to choose from; several to compare."
    )
    base: float | None = Field(
        default=None, gt=0, lt=1, description="Rate of all places; else what fits the worst one."
    )
    between: float = Field(
        default=0.0, ge=0, lt=0.5, description="Standard deviation of the places' own rates."
    )

    @model_validator(mode="after")
    def _fell(self) -> Self:
        if self.later >= self.first:
            raise ValueError("`later` must be below `first`: nothing fell")
        if min(*self.sizes, *self.places) < 1 or max(self.sizes) > LARGEST:
            raise ValueError(f"`sizes` and `places` count from 1, sizes to {LARGEST}")
        return self


class ChosenPlaces(Strict):
    """Places that were told of because of what became of them."""

    places: dict[Name, Place] = Field(min_length=1, description="Each place by its key.")


def _rows(key: str, place: Place, conf_level: float) -> Iterator[dict[str, Cell]]:
    for number in place.places:
        for size in place.sizes:
            row: dict[str, Cell] = {
                "key": f"{key}.{number}x{size}",
                "place": key,
                "places": number,
                "size": size,
                "assumed": not place.sizes_known,
                "first": place.first,
                "later": place.later,
            }
            low, high = wilson(place.later * size, size, conf_level)
            row |= {"later_low": low, "later_high": high}
            try:
                of = Places(number, size, size, place.between)
                found = worst_falls(of, place.first, place.later, place.base)
            except Refused as refused:
                yield row | {"state": refused.code}
                continue
            fall = found.first - found.later
            yield row | {
                "base": found.base,
                "expected_first": found.first,
                "expected_later": found.later,
                "explained": max(0.0, round(fall / (place.first - place.later), 12)),
                "p_value": found.p_value,
            }


def _estimate(spec: ChosenPlaces, inquiry: Inquiry) -> Result:
    rows = [row for key, one in spec.places.items() for row in _rows(key, one, inquiry.conf_level)]
    columns = tuple(column_of(LABELS, name, kind) for name, kind in _COLUMNS)
    table = Table("falls", "chosen_place_falls", columns, tuple(rows))
    return Result((), checks=(_check(rows),), tables=(table,))


def _check(rows: Sequence[Mapping[str, Cell]]) -> Check:
    found = [float(row["p_value"] or 0) for row in rows if "p_value" in row]
    if not found:
        text = "No rate of all places fits what is told, so that nothing was computed."
        return Check("fall_beyond_choice", "not_run", text, "falls")
    least, most = min(found), max(found)
    text = (
        f"Had the worst place been told of and nothing been done, a fall as large would come with"
        f" probability {least:.2g} to {most:.2g}, over {len(found)} sets of what was assumed."
    )
    return Check("fall_beyond_choice", "passed" if most < LEVEL else "failed", text, "falls")


def _titles(spec: ChosenPlaces) -> Mapping[str, Text]:
    words = cast("Mapping[str, Text]", WORDS)
    return {**words, **{key: one.title for key, one in spec.places.items()}}


def _example(_: np.random.Generator) -> Example[ChosenPlaces]:
    place = Place(
        title="A school that was told of",
        first=0.09,
        later=0.02,
        sizes=(40, 80),
        places=(1, 20),
        between=0.01,
    )
    return Example(ChosenPlaces(places={"school": place}))


METHOD = Method(
    name="chosen_place",
    title="A fall at one chosen place",
    spec=ChosenPlaces,
    rung=3,
    estimate=_estimate,
    example=_example,
    needs={2: frozenset({"fall_beyond_choice"}), 3: frozenset({"fall_beyond_choice"})},
    titles=_titles,
)
