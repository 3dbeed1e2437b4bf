"""Fidelity by hand, and every cell of what delivery and effect say together."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.implementation import (
    Shown,
    all_delivered,
    delivered,
    effect_word,
    fidelity,
    interval_of,
    reading,
)


class TestFidelity:
    def test_components_count_alike_however_often_observed(self) -> None:
        found = fidelity(np.array([1.0, 1, 1, 0]), np.array([0, 0, 0, 1]), 2)
        assert found.score == 0.5
        assert found.never == 1

    def test_interval_by_hand(self) -> None:
        score, component = np.array([1.0, 0, 1, 1, 0, 1]), np.array([0, 0, 1, 1, 1, 1])
        found = fidelity(score, component, 2)
        # Within: 2 * 0.25 and 4 * 0.1875 over 4 df; (1/2 + 1/4) / 4; qt(0.975, 4) = 2.776445.
        half = 2.7764451051977987 * sqrt((0.5 + 0.75) / 4 * 0.75 / 4)
        assert found.score == pytest.approx((0.5 + 0.75) / 2)
        assert found.conf_high == min(1.0, found.score + half)
        assert found.conf_low == pytest.approx(max(0.0, found.score - half), rel=1e-10)

    def test_counted_once_there_is_no_interval(self) -> None:
        found = fidelity(np.array([1.0, 0, 0.5]), np.arange(3), 3)
        assert (found.score, found.conf_low, found.conf_high) == (0.5, None, None)

    @pytest.mark.parametrize(
        ("score", "component", "code"),
        [([1.0], [0], "component_not_observed"), ([1.0, 2.0], [0, 1], "off_scale")],
    )
    def test_refusals(self, score: list[float], component: list[int], code: str) -> None:
        with pytest.raises(Refused) as caught:
            fidelity(np.array(score), np.array(component), 2)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (0.8, 0.7, 0.9, "delivered"),
        (0.8, 0.6, 0.9, "uncertain"),
        (0.4, 0.3, 0.69, "not_delivered"),
        (0.7, None, None, "delivered"),
        (0.69, None, None, "not_delivered"),
    ],
)
def test_delivered_as_far_as_the_interval_says(
    value: float, low: float | None, high: float | None, said: str
) -> None:
    assert delivered(value, low, high, 0.7) == said


def test_one_part_short_is_not_delivered() -> None:
    assert all_delivered(["delivered", "uncertain", "not_delivered"]) == "not_delivered"
    assert all_delivered(["delivered", "uncertain"]) == "uncertain"
    assert all_delivered(["delivered"]) == "delivered"
    assert all_delivered([]) == "uncertain"


@pytest.mark.parametrize(
    ("estimate", "std_error", "word"),
    [
        (3.0, 1.0, "benefit"),
        (-3.0, 1.0, "harm"),
        (0.0, 0.5, "ruled_out"),
        (1.0, 1.0, "not_detectable"),
        (1.3, 0.7, "inconclusive"),
    ],
)
def test_words_of_an_effect(estimate: float, std_error: float, word: str) -> None:
    assert effect_word(interval_of(estimate, std_error, None), 2.0) == word


def test_words_are_those_of_the_verdict() -> None:
    """The rule stands in a layer that this one may not import: both must say the same."""
    from evaluate.claims import verdict
    from evaluate.core import Estimate

    names = {
        "shown benefit": "benefit",
        "shown harm": "harm",
        "ruled out": "ruled_out",
        "not detectable": "not_detectable",
        "inconclusive": "inconclusive",
    }
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(2000):
        value, error = rng.normal(0.3, 1), rng.uniform(0.05, 1)
        df = None if rng.random() < 0.3 else float(rng.integers(3, 40))
        one = interval_of(value, error, df)
        row = Estimate(
            value, error, one.conf_low, one.conf_high, 10, 5, "m", "s", "u", "ATE", df=df
        )
        said = names[verdict(row, "increase", 1.0)[0]]
        assert effect_word(one, 1.0) == said
        seen.add(said)
    assert seen == set(names.values())


def test_an_effect_without_an_error_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        interval_of(1.0, 0.0, None)
    assert caught.value.code == "no_std_error"


CELLS = {
    ("delivered", "benefit"): "delivered_and_shown",
    ("delivered", "harm"): "harm",
    ("delivered", "ruled_out"): "did_not_work",
    ("delivered", "not_detectable"): "cannot_be_told",
    ("delivered", "inconclusive"): "cannot_be_told",
    ("delivered", "unknown"): "not_estimated",
    ("not_delivered", "benefit"): "shown_not_delivered",
    ("not_delivered", "harm"): "harm",
    ("not_delivered", "ruled_out"): "not_tried",
    ("not_delivered", "not_detectable"): "not_tried",
    ("not_delivered", "inconclusive"): "not_tried",
    ("not_delivered", "unknown"): "not_tried",
    ("uncertain", "benefit"): "shown_delivery_uncertain",
    ("uncertain", "harm"): "harm",
    ("uncertain", "ruled_out"): "ruled_out_delivery_uncertain",
    ("uncertain", "not_detectable"): "cannot_be_told",
    ("uncertain", "inconclusive"): "cannot_be_told",
    ("uncertain", "unknown"): "not_estimated",
}


@pytest.mark.parametrize(("cell", "said"), CELLS.items())
def test_every_cell(cell: tuple[str, str], said: str) -> None:
    assert reading(*cell) == said


def test_did_not_work_is_said_in_one_cell_only() -> None:
    assert [one for one, said in CELLS.items() if said == "did_not_work"] == [
        ("delivered", "ruled_out")
    ]


def test_no_effect_estimated() -> None:
    assert effect_word(None, 1.0) == "unknown"
    assert effect_word(Shown(0.5, 0.1, 0.3, 0.7), 1.0) == "benefit"
