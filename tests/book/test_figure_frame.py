"""What every figure shares: the boundary that judges, and the same words in all languages."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest

import evaluate.book.figures as package
from evaluate.book.figures import attrition
from evaluate.checks import attrition as rule

WORDS = Path(package.__file__).parent / "frame" / "words"


def slots(language: str) -> dict[str, set[str | None]]:
    """Return what each text of a language asks for."""
    words = json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))
    return {
        key: {slot for _, slot, _, _ in string.Formatter().parse(text) if slot is not None}
        for key, text in words.items()
    }


def test_the_boundary_that_is_drawn_is_the_one_that_judges() -> None:
    assert attrition.CAUTIOUS == rule.CAUTIOUS
    assert attrition.OPTIMISTIC == rule.OPTIMISTIC


@pytest.mark.parametrize("language", ["nb", "sv"])
def test_every_word_of_a_figure_stands_in_every_language(language: str) -> None:
    assert slots(language) == slots("en")
