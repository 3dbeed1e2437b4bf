"""What a chapter says of a roll-out: how far its result holds, each curve once, null by null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import example_tables as example
import pytest
from example_chapters import ROLLED_OUT, lines

from evaluate.book.chapter import chapter
from evaluate.book.picture import Drawing
from evaluate.book.view import View
from evaluate.core import Finding, Table, Verdict

LANGUAGES = ("en", "nb", "sv")


def lead_of(finding: Finding, language: str = "en") -> str:
    return lines(finding, language)[1]


def with_honest(rows: Sequence[dict[str, Any]], word: Any = "shown benefit") -> Finding:
    """The roll-out with other rows on how unequal trends may be."""
    kept = tuple(one for one in ROLLED_OUT.tables if one.kind != "honest")
    found = example.made("honest", list(rows), "main") if rows else None
    tables: tuple[Table, ...] = kept if found is None else (*kept, found)
    return replace(ROLLED_OUT, tables=tables, verdicts=(Verdict("score", word, 4),))


def row(m: float, *, zero: bool, kind: str = "relative_magnitudes", **more: Any) -> dict[str, Any]:
    low = -0.01 if zero else 0.01
    return {"restriction": kind, "m": m, "conf_low": low, "conf_high": 0.05,
            "excludes_zero": not zero, **more}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_sentences_say_how_far_a_result_holds(language: str) -> None:
    said = lead_of(with_honest([row(0.0, zero=False, breakdown=1.27)]), language)
    assert said.split("1.3" if language == "en" else "1,3")[1].endswith(".")


@pytest.mark.parametrize("word", ["inconclusive", "not detectable", "ruled out"])
def test_what_is_not_shown_cannot_cease_to_be_shown(word: str) -> None:
    said = lead_of(with_honest([row(0.0, zero=True, breakdown=1.27)], word))
    assert "trends" not in said


def test_a_result_that_rests_on_equal_trends_alone_says_so() -> None:
    said = lead_of(with_honest([row(0.0, zero=False), row(0.5, zero=True)]))
    assert "rests wholly on the groups' trends being equal" in said


def test_a_result_that_never_broke_says_how_far_was_tried() -> None:
    said = lead_of(with_honest([row(0.5, zero=False), row(2.0, zero=False)]))
    assert "still be shown if, after the start, the groups' trends differed 2.0 times" in said


def test_smoothness_speaks_in_the_unit_of_the_outcome() -> None:
    said = lead_of(with_honest([row(0.0, zero=False, kind="smoothness", breakdown=0.004)]))
    assert "bent by more than 0.4 points from one period to the next" in said.replace("\u00a0", " ")


def test_without_such_a_table_nothing_is_said() -> None:
    assert "trends" not in lead_of(with_honest([]))


def test_figures_stand_in_the_order_of_the_questions() -> None:
    drawn = [one["kind"] for one in chapter(View(ROLLED_OUT, "en")).findall(Drawing)]
    assert drawn == [
        *("answer", "forest", "rollout", "event_study", "honest", "group_time", "bacon"),
    ]


def test_a_curve_stands_in_its_figure_and_in_all_numbers_alone() -> None:
    text = lines(ROLLED_OUT, "en")
    where = [i for i, one in enumerate(text) if "event_time=" in one]
    assert len(where) == 2
    assert min(where) > text.index("## All numbers")
    head = text[text.index("## All numbers") + 2]
    assert head.endswith("Band for all periods together")
    assert text[where[0]].endswith("−2.70 to 2.70")


def test_a_published_result_stands_once_however_many_spreads_are_assumed() -> None:
    found = [one for one in lines(ROLLED_OUT, "en") if one.startswith("Counselling in schools")]
    assert len(found) == 1
    assert "if units spread by 2.0 points" in found[0]
    assert "if units spread by 4.0 points" in found[0]


def test_an_effect_in_another_unit_does_not_get_ours() -> None:
    found = next(one for one in lines(ROLLED_OUT, "en") if one.startswith("Hours of teaching"))
    assert "+3.20 (+1.00 to +5.40) |" in found
    assert "points" not in found


def test_a_tiny_share_is_not_rounded_to_another() -> None:
    from evaluate.book.numbers import in_unit

    shown = {one: in_unit(one, "share", "en", sign=True) for one in (0.0005, 0.001, 0.0, 0.031)}
    assert [one.split("\u00a0")[0] for one in shown.values()] == ["+0.05", "+0.1", "0.0", "+3.1"]
