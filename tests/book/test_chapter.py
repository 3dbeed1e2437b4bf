"""What chapters of small fixed findings say, in the order in which they say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import example_chapters as example
import pytest

from evaluate.book.words import words
from evaluate.core import Finding
from evaluate.errors import StudyError

CASES = list(product(example.FINDINGS, example.LANGUAGES))
# What would turn "we could not see it" into "it is not there".
DENIALS = {
    "en": ("no effect", "did not work", "does not work", "no difference", "without effect"),
    "nb": ("ingen effekt", "virker ikke", "virket ikke", "ingen forskjell", "uten effekt"),
}


@pytest.fixture(scope="module")
def texts() -> dict[tuple[str, str], list[str]]:
    return {(name, one): example.lines(example.FINDINGS[name], one) for name, one in CASES}


Texts = dict[tuple[str, str], list[str]]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_chapter_says_what_it_said(texts: Texts, name: str, language: str) -> None:
    expected = example.golden(name, language).read_text(encoding="utf-8").splitlines()
    assert texts[name, language] == expected


@pytest.mark.parametrize(("name", "language"), list(product(example.ACCOUNTS, example.LANGUAGES)))
def test_the_page_of_an_account_says_what_it_said(name: str, language: str) -> None:
    expected = example.golden(f"account-{name}", language).read_text(encoding="utf-8")
    found = example.account_lines(example.FINDINGS[name], language)
    assert found == expected.splitlines()


def test_shares_are_told_as_people_of_a_hundred(texts: Texts) -> None:
    assert texts["share", "en"][1].startswith(
        "Shown benefit. Completed. Of 100 people, 78 with the programme and 74 without it: "
        "4 more, between as many and 9 more. "
    )


def test_amounts_are_more_or_less_and_not_many_or_few(texts: Texts) -> None:
    assert "Det er 4,00 mer, mellom 2,04 mer og 5,96 mer." in texts["benefit", "nb"][1]
    assert "That is 0.500 more, between 3.50 less and 4.50 more." in "\n".join(
        texts["not-detectable", "en"]
    )


@pytest.mark.parametrize("language", example.LANGUAGES)
def test_money_comes_after_certainty_and_results(texts: Texts, language: str) -> None:
    w = words(language)
    headings = [one for one in texts["benefit", language] if one.startswith("## ")]
    order = [f"## {w(one)}" for one in ("sure.title", "results.title", "money.title")]
    assert [one for one in headings if one in order] == order


@pytest.mark.parametrize("language", example.LANGUAGES)
def test_failed_checks_come_before_those_that_passed(texts: Texts, language: str) -> None:
    w = words(language)
    marks = {
        f"- {sign} {w(f'check.{key}')}": key
        for key, sign in zip(("failed", "uninformative", "not_run", "passed"), "✕△–✓", strict=True)
    }
    found = [
        key for one in texts["benefit", language] for mark, key in marks.items() if mark in one
    ]
    assert found == ["failed", "uninformative", "not_run", "passed"]


@pytest.mark.parametrize("language", example.LANGUAGES)
@pytest.mark.parametrize("name", ["not-detectable", "dummy"])
def test_what_was_not_detectable_is_never_denied(texts: Texts, name: str, language: str) -> None:
    whole = "\n".join(texts[name, language]).lower()
    assert words(language)("verdict.not detectable").lower() in whole
    assert [one for one in DENIALS[language] if one in whole] == []


@pytest.mark.parametrize("language", example.LANGUAGES)
def test_dummy_data_are_said_to_be_so_before_anything_else(texts: Texts, language: str) -> None:
    assert texts["dummy", language][1] == words(language)("banner.dummy")
    assert texts["not-detectable", language][1] != words(language)("banner.dummy")


def test_a_planned_chapter_shows_no_result_and_both_of_two_figures(texts: Texts) -> None:
    lines = texts["planned", "en"]
    assert "## Results" not in lines
    assert [one for one in lines if " sources disagree |" in one] == [
        "pupils sources disagree | 400 | 2021 | Årsmelding",
        "pupils sources disagree | 380 | those who came | Sluttrapport (12) unverified",
    ]


def test_a_refusal_says_why_and_what_would_help(texts: Texts) -> None:
    assert "main | Nobody went without it. | Find others." in texts["refused", "en"]
    assert not any("[figure]" in one for one in texts["refused", "en"])


@pytest.mark.parametrize(
    "path",
    ["main.overall.median", "other.overall.estimate", "main.arms.treated.age", "main.rows.a.mean"],
)
def test_a_number_that_is_not_there_fails_the_build_by_name(
    tmp_path: Path, small_book: Callable[..., Path], build_quietly: Callable[..., Path], path: str
) -> None:
    prose = {"en": [{"type": "paragraph", "children": [{"type": "number", "path": path}]}]}
    book = small_book(tmp_path, {"homework-help": with_prose(example.REFUSED, prose)})
    with pytest.raises(StudyError, match=rf"homework-help.*points to .*{path}.*not there"):
        build_quietly(book)


def with_prose(finding: Finding, prose: Any) -> Finding:
    return replace(finding, study={**finding.study, "prose": prose})
