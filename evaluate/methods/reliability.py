"""How well the items of a scale measure one thing: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import Self, cast

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import Cell, CellType, Check, CheckResult, Name, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.reliability import ItemReliability, item_reliability
from evaluate.method import (
    ColumnName,
    Example,
    FromRecord,
    Inquiry,
    Method,
    Result,
    cell,
    column_of,
)
from evaluate.wording.labels_reliability import LABELS, WORDS

ENOUGH = 0.70  # for comparing groups: Nunnally & Bernstein (1994), Psychometric Theory, ch. 7
_SCALES: tuple[tuple[str, CellType], ...] = (
    ("scale", "text"),
    ("n", "integer"),
    ("n_incomplete", "integer"),
    ("items", "integer"),
    ("alpha", "number"),
    ("alpha_low", "number"),
    ("alpha_high", "number"),
    ("standardised", "number"),
    ("omega", "number"),
    ("omega_state", "text"),
    ("state", "text"),
)
_ITEMS: tuple[tuple[str, CellType], ...] = (
    ("key", "text"),
    ("scale", "text"),
    ("item", "text"),
    ("item_total", "number"),
    ("alpha_without", "number"),
    ("loading", "number"),
    ("state", "text"),
)


class Items(FromRecord):
    """The items of one scale, with one row for each person."""

    items: tuple[ColumnName, ...] = cell(
        "number", "Columns of the items, two or more.", missing=True, min_length=2
    )
    title: Text | None = Field(default=None, description="What the scale is called.")
    reversed: tuple[Name, ...] = Field(
        default=(), description="Items where less is more: they are turned round."
    )
    lowest: float | None = Field(default=None, description="Lowest answer, to turn items round.")
    highest: float | None = Field(default=None, description="Highest answer.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        if set(self.reversed) - set(self.items):
            raise ValueError("`reversed` names an item that is not among `items`")
        if len(set(self.items)) < len(self.items):
            raise ValueError("an item is named twice: it would agree with itself")
        if self.reversed and (self.lowest is None or self.highest is None):
            raise ValueError("to turn items round, give `lowest` and `highest`")
        return self


class Reliability(Strict):
    """Scales whose items are added up."""

    scales: dict[Name, Items] = Field(min_length=1, description="Each scale by its key.")


def _turned(spec: Items, items: Float) -> Float:
    if not spec.reversed or spec.lowest is None or spec.highest is None:
        return items
    turned = np.isin(spec.items, spec.reversed)
    return np.where(turned, spec.lowest + spec.highest - items, items)


def _estimate(spec: Reliability, inquiry: Inquiry) -> Result:
    scales: list[dict[str, Cell]] = []
    items: list[dict[str, Cell]] = []
    for key, one in spec.scales.items():
        answers = _turned(one, inquiry.table(one)["items"])
        try:
            found = item_reliability(answers, inquiry.conf_level)
        except Refused as refused:
            scales.append({"scale": key, "state": refused.code})
            continue
        scales.append(_scale(key, found))
        items += _items(key, one.items, found)
    tables = [_table("scales", _SCALES, scales)]
    if items:
        tables.append(_table("items", _ITEMS, items))
    return Result((), checks=tuple(_checks(scales, items)), tables=tuple(tables))


def _table(
    id_: str, columns: Sequence[tuple[str, CellType]], rows: Sequence[Mapping[str, Cell]]
) -> Table:
    head = tuple(column_of(LABELS, name, kind) for name, kind in columns)
    whole = tuple({k: v for k, v in row.items() if v is not None} for row in rows)
    return Table(id_, f"reliability_{id_}", head, whole)


def _scale(key: str, found: ItemReliability) -> dict[str, Cell]:
    return {
        "scale": key,
        "n": found.n,
        "n_incomplete": found.n_dropped,
        "items": found.n_items,
        "alpha": found.alpha,
        "alpha_low": found.alpha_low,
        "alpha_high": found.alpha_high,
        "standardised": found.standardised,
        "omega": found.omega.value,
        "omega_state": None if found.omega.state == "computed" else found.omega.state,
        "state": None if found.state == "computed" else found.state,
    }


def _items(key: str, names: Sequence[str], found: ItemReliability) -> Iterator[dict[str, Cell]]:
    loadings = iter(found.omega.loadings)
    for at, name in enumerate(names):
        constant = bool(found.constant[at])
        loading = None if constant else next(loadings, None)
        yield {
            "key": f"{key}.{name}",
            "scale": key,
            "item": name,
            "item_total": _known(found.item_total[at]),
            "alpha_without": _known(found.alpha_without[at]),
            "loading": None if loading is None else float(loading),
            "state": "constant" if constant else None,
        }


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _checks(
    scales: Sequence[Mapping[str, Cell]], items: Sequence[Mapping[str, Cell]]
) -> Iterator[Check]:
    results: list[CheckResult] = [_judged(row) for row in scales]
    order: tuple[CheckResult, ...] = ("failed", "not_run", "uninformative", "passed")
    told = " ".join(_told(row) for row in scales)
    worst = next(one for one in order if one in results)
    yield Check("item_reliability", worst, told, "scales")
    wrong = [row for row in items if float(row.get("item_total") or 0.0) < 0]
    if not items:
        yield Check("item_direction", "not_run", "No items could be compared.", "scales")
        return
    text = (
        f"{len(wrong)} of {len(items)} items go against the sum of the others: they may be worded"
        " the other way round and not turned."
        if wrong
        else f"All {len(items)} items go the same way as the sum of the others."
    )
    yield Check("item_direction", "failed" if wrong else "passed", text, "items")


def _judged(row: Mapping[str, Cell]) -> CheckResult:
    if "alpha" not in row:
        return "not_run"
    value, high = float(row["alpha"] or 0), float(row["alpha_high"] or 0)
    if value >= ENOUGH:
        return "passed"
    return "failed" if high < ENOUGH or value < 0 else "uninformative"


def _told(row: Mapping[str, Cell]) -> str:
    if "alpha" not in row:
        return f"{row['scale']}: reliability cannot be told."
    low, high = float(row["alpha_low"] or 0), float(row["alpha_high"] or 0)
    return (
        f"{row['scale']}: alpha is {float(row['alpha'] or 0):.2f} ({low:.2f} to {high:.2f}),"
        f" wanted {ENOUGH:.2f} or more."
    )


def _titles(spec: Reliability) -> Mapping[str, Text]:
    words = cast("Mapping[str, Text]", WORDS)
    return {**words, **{key: one.title for key, one in spec.scales.items() if one.title}}


_SILENT = 0.03


def _example(rng: np.random.Generator) -> Example[Reliability]:
    """Return made-up answers to five items, one of them turned round."""
    able = rng.normal(0, 1, (180, 1))
    answers = np.clip(np.round(3 + 0.8 * able + rng.normal(0, 0.8, (180, 5))), 1, 5)
    answers[:, 4] = 6 - answers[:, 4]
    answers[rng.random(answers.shape) < _SILENT] = np.nan
    names = ("q1", "q2", "q3", "q4", "q5")
    record = {name: answers[:, at] for at, name in enumerate(names)}
    spec = Items(record="staff", items=names, reversed=("q5",), lowest=1, highest=5)
    return Example(Reliability(scales={"competence": spec}), {"staff": record})


METHOD = Method(
    name="reliability",
    title="Reliability of items",
    spec=Reliability,
    rung=0,
    estimate=_estimate,
    example=_example,
    titles=_titles,
)
