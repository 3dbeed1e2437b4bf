"""Reliability of items: tables, and checks that fire on planted faults alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from arrays import ask, check_of, rows_of

from evaluate.methods.reliability import METHOD, Items, Reliability

NAMES = ("q1", "q2", "q3", "q4")
DRAWS = 100


def answers(rng: np.random.Generator, noise: float = 0.8, n: int = 120) -> dict[str, Any]:
    able = rng.normal(0, 1, n)
    return {name: able + rng.normal(0, noise, n) for name in NAMES}


def run(record: dict[str, Any], **more: Any) -> Any:
    items = Items(**{"record": "staff", "items": NAMES, **more})
    return ask(METHOD, Reliability(scales={"one": items}), record)


def share(name: str, result: str, make: Any) -> float:
    rng = np.random.default_rng(17)
    return sum(check_of(run(make(rng)), name).result == result for _ in range(DRAWS)) / DRAWS


def test_weak_items_fire_and_strong_ones_do_not() -> None:
    assert share("item_reliability", "failed", lambda rng: answers(rng, 2.5)) >= 0.8
    assert share("item_reliability", "failed", answers) <= 0.07
    assert share("item_reliability", "passed", answers) >= 0.8


def test_an_item_that_was_not_turned_round_fires() -> None:
    def wrong(rng: np.random.Generator) -> dict[str, Any]:
        record = answers(rng)
        return record | {"q2": -record["q2"]}

    assert share("item_direction", "failed", wrong) >= 0.8
    assert share("item_direction", "failed", answers) <= 0.07


def test_turning_round_gives_the_same_numbers() -> None:
    record = answers(np.random.default_rng(2))
    one = rows_of(run(record), "scales")["one"]
    other = run(record | {"q3": 6 - record["q3"]}, reversed=("q3",), lowest=1, highest=5)
    assert rows_of(other, "scales")["one"]["alpha"] == pytest.approx(one["alpha"], rel=1e-9)
    assert rows_of(other, "scales")["one"]["omega"] == pytest.approx(one["omega"], rel=1e-6)


def test_items_that_do_not_vary_and_scales_that_tell_nothing() -> None:
    record = answers(np.random.default_rng(2))
    found = run(record | {"q4": np.full(120, 3.0)})
    assert rows_of(found, "scales")["one"]["items"] == 3
    assert rows_of(found, "items")["one.q4"]["state"] == "constant"
    assert "item_total" not in rows_of(found, "items")["one.q4"]
    nothing = run({name: np.full(120, np.nan) for name in NAMES})
    assert rows_of(nothing, "scales")["one"] == {"scale": "one", "state": "too_few_units"}
    assert check_of(nothing, "item_reliability").result == "not_run"


def test_two_items_that_go_against_each_other() -> None:
    record = answers(np.random.default_rng(2))
    found = run({"q1": record["q1"], "q2": -0.6 * record["q2"]}, items=("q1", "q2"))
    assert rows_of(found, "scales")["one"]["state"] == "negative"
    assert check_of(found, "item_reliability").result == "failed"


@pytest.mark.parametrize(
    "fields",
    [
        {"items": ("q1",)},
        {"items": ("q1", "q1")},
        {"reversed": ("q9",)},
        {"reversed": ("q1",)},
    ],
)
def test_fields_that_contradict_each_other(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"item|turn"):
        Items(**{"record": "staff", "items": NAMES, **fields})
