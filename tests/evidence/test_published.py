"""What a published null rules out: against numbers computed by hand, and never “no effect”."""

from __future__ import annotations

import re
from dataclasses import replace
from math import sqrt
from typing import Any

import pytest
from scipy import stats

from evaluate.claims import detectable, verdict
from evaluate.core import Direction, Estimate, Table
from evaluate.errors import Refused
from evaluate.evidence.dilution import dilution_table, per_participant, per_unit
from evaluate.evidence.dilution_definition import Dilution
from evaluate.evidence.published import published_table, reading, smallest_found
from evaluate.evidence.published_definition import Published

CLOSE = pytest.approx


def result(**numbers: Any) -> Published:
    given = {
        "id": "one",
        "title": "A programme",
        "outcome": "completion",
        "result": {"en": "n.s.", "sv": "ej sign."},
        "source": {"title": "A report", "author": "An agency", "date": "2015"},
        "status": "verified",
    }
    return Published.model_validate({**given, **numbers})


def table(*found: Published, worthwhile: float | None = 0.0005, language: str = "en") -> Table:
    made = published_table(found, {"completion": ("increase", worthwhile)}, language)
    assert made is not None
    return made


@pytest.mark.parametrize(("sd", "points"), [(2, 0.9), (3, 1.3), (4, 1.8)])
def test_the_municipal_null_of_2015(sd: float, points: float) -> None:
    """47 of 290 municipalities: R (qt(.975,288)+qt(.8,288))*sd*sqrt(1/47+1/243)."""
    assert round(smallest_found(47, 243, sd), 1) == points


@pytest.mark.parametrize(("treated", "comparison", "sd"), [(47, 243, 0.03), (2, 1, 5.0)])
def test_the_power_is_eighty_per_cent(treated: int, comparison: int, sd: float) -> None:
    """With more than a few units Bloom's multiple gives 80 % power by the noncentral t."""
    df = treated + comparison - 2
    found = smallest_found(treated, comparison, sd)
    se = sd * sqrt(1 / treated + 1 / comparison)
    by_hand = (stats.t.ppf(0.975, df) + stats.t.ppf(0.8, df)) * se
    assert found == CLOSE(by_hand, rel=1e-12)
    if df > 100:
        power = stats.nct.sf(stats.t.ppf(0.975, df), df, found / se)
        assert power == CLOSE(0.8, abs=1e-3)


def test_each_spread_has_its_row() -> None:
    rows = table(result(treated=47, comparison=243, sd=(0.02, 0.03, 0.04))).rows
    assert [round(float(row["detectable"] or 0), 3) for row in rows] == [0.009, 0.013, 0.018]
    assert {row["reading"] for row in rows} == {"not detectable"}
    assert all("estimate" not in row and "conf_low" not in row for row in rows)
    assert rows[0]["source"] == "An agency: A report"


@pytest.mark.parametrize(
    ("numbers", "worthwhile", "word"),
    [
        ({}, 0.01, "cannot be said"),
        ({}, None, "cannot be said"),
        ({"estimate": 0.0}, 0.01, "cannot be said"),
        ({"treated": 20, "comparison": 40}, 0.01, "cannot be said"),
        ({"treated": 47, "comparison": 243, "sd": 0.02}, None, "cannot be said"),
        ({"treated": 47, "comparison": 243, "sd": 0.02}, 0.009, "could have found it"),
        ({"treated": 47, "comparison": 243, "sd": 0.02}, 0.0089, "not detectable"),
        ({"std_error": 0.01}, 0.02, "not detectable"),
        ({"std_error": 0.01}, 0.03, "could have found it"),
        ({"conf_high": 0.015}, 0.02, "ruled out"),
        ({"conf_high": 0.015}, 0.015, "inconclusive"),
        ({"conf_high": 0.015}, 0.01, "inconclusive"),
        ({"conf_high": 0.015}, None, "inconclusive"),
        ({"conf_low": -0.01, "conf_high": 0.03, "std_error": 0.01}, 0.02, "not detectable"),
        ({"conf_low": -0.01, "conf_high": 0.03, "std_error": 0.01}, 0.029, "inconclusive"),
        ({"conf_low": 0.001, "conf_high": 0.03}, 0.02, "shown benefit"),
        ({"conf_low": -0.03, "conf_high": -0.001}, 0.02, "shown harm"),
        ({"conf_low": -0.03, "conf_high": -0.001, "unit": "hours"}, 0.02, "another unit"),
    ],
)
def test_the_reading(numbers: dict[str, float], worthwhile: float | None, word: str) -> None:
    (row,) = table(result(**numbers), worthwhile=worthwhile).rows
    assert row["reading"] == word


@pytest.mark.parametrize("direction", ["increase", "decrease"])
@pytest.mark.parametrize("centre", [-0.05, -0.02, 0.0, 0.02, 0.05])
@pytest.mark.parametrize("std_error", [0.005, 0.01, 0.02])
def test_an_interval_reads_as_the_verdict_on_our_own_would(
    direction: Direction, centre: float, std_error: float
) -> None:
    own = row(centre, std_error)
    found = result(
        estimate=centre, conf_low=own.conf_low, conf_high=own.conf_high, std_error=std_error
    )
    word, _ = verdict(own, direction, 0.03)
    assert reading(found, detectable(own), direction, 0.03) == word


def test_the_desired_direction_turns_the_reading() -> None:
    one, other = result(conf_low=-0.04, conf_high=0.01), result(conf_low=-0.01, conf_high=0.04)
    assert reading(one, None, "decrease", 0.02) == reading(other, None, "increase", 0.02)
    assert reading(one, None, "increase", 0.02) == "ruled out"


def test_no_null_reads_as_no_effect() -> None:
    """Whatever is published, no cell of the table says that there was nothing."""
    found = [
        result(),
        result(treated=5, comparison=5, sd=1.0),
        result(estimate=0.0, conf_low=-0.1, conf_high=0.1),
    ]
    words = " ".join(str(cell) for row in table(*found).rows for cell in row.values())
    assert not re.search(r"no effect|without effect|zero", words, re.IGNORECASE)


def test_texts_come_in_the_studys_language() -> None:
    (row,) = table(result(), language="sv").rows
    assert (row["result"], row["title"]) == ("ej sign.", "A programme")


def test_nothing_published_is_no_table() -> None:
    assert published_table((), {}) is None


def row(estimate: float = 0.003, std_error: float = 0.004, **given: Any) -> Estimate:
    half = 1.959963984540054 * std_error
    return Estimate(
        estimate, std_error, estimate - half, estimate + half, 2900, 470, "did", "CR2", "share",
        "ATT", **given,
    )  # fmt: skip


def diluted(share: Any, **given: Any) -> Dilution:
    return Dilution(share=share, of="pupils", **given)


def test_what_the_unit_gains_is_the_participants_gain_times_their_share() -> None:
    ends = dilution_table(diluted((0.02, 0.04)), row(), "increase", 0.0005).rows
    assert [one["share"] for one in ends] == [0.02, 0.04]
    assert [one["effect"] for one in ends] == CLOSE([0.15, 0.075], rel=1e-12)
    for one in ends:
        share = float(one["share"] or 0)
        for cell, whole in (
            ("effect", row().estimate),
            ("conf_low", row().conf_low),
            ("conf_high", row().conf_high),
            ("detectable", detectable(row())),
            ("worthwhile", 0.0005),
        ):
            assert per_unit(float(one[cell] or 0), share) == CLOSE(whole, rel=1e-12)


def test_a_share_of_all_changes_nothing() -> None:
    assert per_participant(row(), 1.0) == row()


@pytest.mark.parametrize("worthwhile", [0.0005, 0.002, 0.02, None])
def test_the_verdict_is_the_same_on_either_scale(worthwhile: float | None) -> None:
    (one,) = dilution_table(diluted(0.03), row(), "increase", worthwhile).rows
    assert one["state"] == verdict(row(), "increase", worthwhile)[0]
    assert ("worthwhile" in one) == (worthwhile is not None)


def test_a_worthwhile_effect_on_a_participant_goes_before_the_units() -> None:
    spec = diluted((0.02, 0.04), smallest_worthwhile=0.4)
    rows = dilution_table(spec, row(std_error=0.004), "increase", 0.0005).rows
    assert [one["worthwhile"] for one in rows] == [0.4, 0.4]
    # 2.80 x 0.004 is 0.56 on a participant where 2 % take part, and 0.28 where 4 % do; what
    # 4 % can have gained at most, 0.271, is less than what is worth having.
    assert [one["state"] for one in rows] == ["not detectable", "ruled out"]


def test_a_ratio_cannot_be_diluted() -> None:
    with pytest.raises(Refused) as refused:
        dilution_table(diluted(0.03), replace(row(), scale="ratio"), "increase", None)
    assert refused.value.code == "not_a_difference"


def test_numbers_carry_the_outcomes_unit() -> None:
    made = dilution_table(diluted(0.03), row(), "increase", 0.0005)
    assert {one.unit for one in made.columns if one.type == "number"} == {"share"}
    assert all(set(one.label) == {"en", "nb", "sv"} for one in made.columns)
