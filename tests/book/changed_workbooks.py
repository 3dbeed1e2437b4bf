"""Inputs that are changed together, each in the workbook and in the definition."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

from example_workbooks import (
    COST_EXAMPLE,
    FULL_EXAMPLE,
    NOTE,
    SMALL_EXAMPLE,
    TWO_EXAMPLE,
    Definition,
    Example,
    effect,
)
from reading_workbooks import Change

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Twin:
    """One input: its place in the workbook and in the definition, and what it becomes in each.

    Without a place in the definition, another twin changes it there.
    """

    cell: str | tuple[str, str, str]
    where: Where
    value: Any
    shown: Any = None

    @property
    def change(self) -> Change:
        return Change(self.cell, self.value if self.shown is None else self.shown)


def changed(definition: Definition, twins: tuple[Twin, ...]) -> Definition:
    """Return the definition with inputs changed; rows are found by their item."""
    found = copy.deepcopy(definition)
    for one in (twin for twin in twins if twin.where):
        inner: Any = found
        for step in one.where[:-1]:
            if isinstance(inner, list):
                inner = next(row for row in inner if row["item"] == step)
            else:
                inner = inner.setdefault(step, {})
        inner[one.where[-1]] = one.value
    return found


def row(block: str, item: str, name: str, value: Any, *path: str, shown: Any = None) -> Twin:
    """Return a twin of a figure of a row, which stands at ``path`` in the definition."""
    return Twin(f"{item}.{name}", (block, item, *(path or (name,))), value, shown)


RATES = {"rates": [{"to": 12, "rate": 0.05}, {"to": 30, "rate": 0.0}, {"rate": 0.015}], **NOTE}

# More than 20 at once; the effect is changed in the estimate.
FULL_TWINS = (
    Twin("public_funds", ("public_funds", "rate"), 0.31),
    Twin("rate.1", ("schedule",), RATES, 0.05),
    Twin("rate.1.to", (), 12),
    Twin("rate.2", (), 0.0),
    Twin("rate.2.to", (), 30),
    Twin("rate.3", (), 0.015),
    Twin("timing", ("timing",), "end"),
    Twin("scope", ("scope",), "national", "all places"),
    Twin("observed.to", ("observed", "to"), 3),
    Twin("treated", ("participants", "treated"), 260),
    Twin("completed", ("participants", "completed"), 170),
    Twin("age", ("participants", "age"), 19),
    Twin("kept.county.national", ("payers", "county", "retention", "national"), 0.4),
    row("costs", "programme", "amount", 8_400),
    row("costs", "programme", "to", 2, "years", "to"),
    row("costs", "schooling", "causal", 0.5, "causal", "share"),
    row("costs", "workshop", "quantity", 4),
    row("costs", "workshop", "charged", 0.35),
    row("costs", "workshop", "durable_years", 8, "durable", "years"),
    row("costs", "workshop", "salvage", 11_000, "durable", "salvage"),
    row("costs", "workshop", "durable_rate", 0.0, "durable", "rate"),
    row("earnings", "wages", "amount", 31_000),
    row("earnings", "wages", "growth", -0.004),
    row("earnings", "wages", "survival", 0.99),
    row("earnings", "wages", "causal", 0.55, "causal", "share"),
    row("earnings", "wages", "displaced", 0.25, "displaced", "share"),
    row("earnings", "wages", "tax_rate", 0.36, "tax", "rate"),
    row("earnings", "wages", "contribution_rate", 0.106, "contribution", "rate"),
    row("earnings", "wages", "from", 4, "years", "from"),
    row("earnings", "wages", "to", 52, "years", "to"),
    row("earnings", "wages", "height_at.3", 1.5, "profile", 40),
    row("benefits", "follow_up_saved", "times", 2.5),
    row("benefits", "follow_up_saved", "fade", "linear", shown="equal steps"),
    Twin("local_tax.fade", ("benefits", "local_tax", "fade"), {"rate": 0.15}, "rate"),
    Twin("local_tax.fade_rate", (), 0.15),
    row("transfers", "social_assistance", "administration", 0.03),
    Twin(("programme", "paid by", "County"), ("costs", "programme", "payer", "county"), 0.2),
    Twin(("programme", "paid by", "State"), ("costs", "programme", "payer", "state"), 0.55),
    Twin(("grant", "to", "State"), ("transfers", "grant", "to", "state"), 0.5),
    Twin(("grant", "to", "County"), ("transfers", "grant", "to", "county"), 0.5),
)

SMALL_TWINS = (
    row("costs", "course", "amount", 900),
    row("benefits", "earnings", "to", 9, "years", "to"),
    row("benefits", "earnings", "growth", 0.02),
    row("benefits", "earnings", "fade", "linear", shown="equal steps"),
    Twin("rate.1", ("schedule", "rates"), [{"rate": 0.03}], 0.03),
    Twin("observed.to", ("observed", "to"), 2),
    Twin("timing", ("timing",), "mid", "middle"),
    Twin("public_funds", ("public_funds",), {"rate": 0.25, **NOTE}, 0.25),
)
COST_TWINS = (
    row("costs", "workshop", "amount", 90_000),
    row("costs", "programme", "to", 5, "years", "to"),
    row("costs", "usual_care", "growth", 0.03),
    row("costs", "hours_given", "quantity", 0),
    Twin("public_funds", ("public_funds", "rate"), 0.0),
    Twin("treated", ("participants", "treated"), 177),
)
TWO_TWINS = (
    Twin("effect.absence", ("effects", "absence", "assumed", "value"), 1.25),
    row("benefits", "days", "amount", 420),
    row("benefits", "days", "times", 3),
    row("benefits", "days", "to", 4, "years", "to"),
    row("benefits", "days", "fade", "linear", shown="equal steps"),
)


def as_published(example: Example) -> Example:
    """Return an example whose converted amounts are those of its sealed finding."""
    found = copy.deepcopy(example.definition)
    (table,) = [one for one in example.finding().tables if one.kind == "inputs"]
    for row in table.rows:
        for one in found["costs"]:
            if one["item"] == row["item"] and "converted" in row:
                one.pop("currency"), one.pop("price_year")
                one["amount"] = row["converted"]
    return replace(example, definition=found)


def of(example: Example, twins: tuple[Twin, ...], **estimates: float) -> Example:
    """Return an example as Python sees it after changes, effects among them."""
    rows = {key: effect(value, unit="share") for key, value in estimates.items()}
    definition = changed(as_published(example).definition, twins)
    return replace(example, definition=definition, estimates={**example.estimates, **rows})


# Name: the example, what is changed in its rows, and its effects.
CASES: dict[str, tuple[Example, tuple[Twin, ...], dict[str, float]]] = {
    "full": (FULL_EXAMPLE, FULL_TWINS, {"main": 0.081}),
    "full_harm": (FULL_EXAMPLE, FULL_TWINS[:7], {"main": -0.03}),
    "full_no_effect": (FULL_EXAMPLE, (), {"main": 0.0}),
    "small": (SMALL_EXAMPLE, SMALL_TWINS, {"main": 300.25}),
    "costs": (COST_EXAMPLE, COST_TWINS, {}),
    "two": (TWO_EXAMPLE, TWO_TWINS, {"pay": -40.5}),
}
