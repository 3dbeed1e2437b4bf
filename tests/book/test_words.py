"""Every part of the book says the same things, with the same slots, in every language."""

from __future__ import annotations

import json
from pathlib import Path
from string import Formatter

import pytest

import evaluate.book.words as book_words
from evaluate.book.words import FALLBACK, catalogue, words

FOLDER = Path(book_words.__file__).parent
FILES = sorted(FOLDER.glob("*.json"))
PARTS = sorted({file.name.split(".")[0] for file in FILES})
LANGUAGES = sorted({file.name.split(".")[1] for file in FILES})
OTHERS = [one for one in LANGUAGES if one != FALLBACK]


def texts(part: str, language: str) -> dict[str, str]:
    return json.loads((FOLDER / f"{part}.{language}.json").read_text(encoding="utf-8"))


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_are_words_in_all_three_languages() -> None:
    assert "chapter" in PARTS
    assert {"en", "nb", "sv"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("part", PARTS)
def test_keys_are_those_of_english(part: str, language: str) -> None:
    assert set(texts(part, language)) == set(texts(part, FALLBACK))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("part", PARTS)
def test_slots_are_those_of_english(part: str, language: str) -> None:
    english, found = texts(part, FALLBACK), texts(part, language)
    expected = {key: slots(text) for key, text in english.items() if key in found}
    assert {key: slots(found[key]) for key in expected} == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_no_text_is_empty_or_has_blanks_at_its_ends(part: str, language: str) -> None:
    assert [
        k for k, text in texts(part, language).items() if not text or text != text.strip()
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_with_words_speaks_them(language: str) -> None:
    assert words(language).language == language
    assert words(language).catalogue == catalogue(language)


def test_an_unknown_language_falls_back_to_english() -> None:
    assert catalogue("xx") == {}
    assert words("xx").language == FALLBACK
    assert words("xx").catalogue == words(FALLBACK).catalogue
