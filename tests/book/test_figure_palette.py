"""What every figure shares: colours that can be seen, one boundary, the same words in all."""

from __future__ import annotations

import json
import string

import pytest

from evaluate.book.figures import attrition
from evaluate.book.figures.frame import reading
from evaluate.book.figures.frame.palette import MARKS, TEXTS, THEMES
from evaluate.checks import attrition as rule


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_one_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0, abs=1e-12)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("surface", ["page", "wash"])
def test_marks_and_texts_stand_out(theme: str, surface: str) -> None:
    palette = THEMES[theme]
    for roles, least in ((MARKS, 3.0), (TEXTS, 4.5)):
        faint = [one for one in roles if contrast(palette[one], palette[surface]) < least]
        assert not faint


@pytest.mark.parametrize("theme", THEMES)
def test_both_groups_stay_apart_without_colour(theme: str) -> None:
    palette = THEMES[theme]
    assert contrast(palette["programme"], palette["comparison"]) > 1.7


def test_the_boundary_that_is_drawn_is_the_one_that_judges() -> None:
    assert attrition.CAUTIOUS == rule.CAUTIOUS
    assert attrition.OPTIMISTIC == rule.OPTIMISTIC


@pytest.mark.parametrize("language", ["nb", "sv"])
def test_every_word_of_a_figure_stands_in_every_language(language: str) -> None:
    def slots(language: str) -> dict[str, set[str | None]]:
        file = reading._FOLDER / f"{language}.json"
        words = json.loads(file.read_text(encoding="utf-8"))
        return {
            key: {slot for _, slot, _, _ in string.Formatter().parse(text)} - {None}
            for key, text in words.items()
        }

    assert slots(language) == slots("en")
