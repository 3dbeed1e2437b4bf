"""A place that was chosen because it fell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from arrays import ask, check_of, rows_of

from evaluate.claims import step_of
from evaluate.methods.chosen_place import METHOD, ChosenPlaces, Place


def told(**more: Any) -> ChosenPlaces:
    fields: dict[str, Any] = {
        "title": "Dropouts of one school", "first": 0.084, "later": 0.013, "sizes": (40, 80),
        "places": (1, 20, 80),
    }  # fmt: skip
    return ChosenPlaces(places={"school": Place(**{**fields, **more})})


def test_the_more_places_the_more_is_explained() -> None:
    result = ask(METHOD, told())
    rows = rows_of(result, "falls")
    assert len(rows) == 6
    explained = [rows[f"school.{m}x40"]["explained"] for m in (1, 20, 80)]
    assert explained == sorted(explained)
    assert explained[0] == 0
    chances = [rows[f"school.{m}x40"]["p_value"] for m in (1, 20, 80)]
    assert chances == sorted(chances)
    assert check_of(result, "fall_beyond_choice").result == "failed"
    assert step_of(METHOD.rung, METHOD.needs, result.checks)[0] == 1


def test_a_fall_of_many_people_at_the_only_place_is_beyond_choice() -> None:
    result = ask(METHOD, told(sizes=(2000,), places=(1,), sizes_known=True))
    assert check_of(result, "fall_beyond_choice").result == "passed"
    assert not rows_of(result, "falls")["school.1x2000"]["assumed"]


def test_the_worst_of_many_fires_and_the_only_one_does_not() -> None:
    rng = np.random.default_rng(31)
    fired, quiet, draws = 0, 0, 100
    for _ in range(draws):
        first, later = rng.binomial(60, 0.08, (2, 30)) / 60
        worst = int(first.argmax())
        if later[worst] < first[worst]:
            spec = told(
                first=first[worst], later=later[worst], sizes=(60,), places=(30,), base=0.08
            )
            fired += check_of(ask(METHOD, spec), "fall_beyond_choice").result == "failed"
        before, after = rng.binomial(800, 0.09) / 800, rng.binomial(800, 0.02) / 800
        spec = told(first=before, later=after, sizes=(800,), places=(1,))
        quiet += check_of(ask(METHOD, spec), "fall_beyond_choice").result == "failed"
    assert fired / draws >= 0.8
    assert quiet / draws <= 0.07


def test_assumptions_that_cannot_be_have_a_state() -> None:
    rows = rows_of(ask(METHOD, told(between=0.4)), "falls")
    assert {row["state"] for row in rows.values()} == {"rate_out_of_range"}
    result = ask(METHOD, told(between=0.4))
    assert check_of(result, "fall_beyond_choice").result == "not_run"


@pytest.mark.parametrize(
    "fields", [{"later": 0.2}, {"sizes": (0,)}, {"sizes": (10**7,)}, {"places": (0,)}]
)
def test_nothing_fell_or_nobody_was_there(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fell|count"):
        told(**fields)
