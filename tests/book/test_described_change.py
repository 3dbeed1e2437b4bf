"""A change without a comparison: the chapter's first sentence never calls it an effect."""

from __future__ import annotations

from dataclasses import replace

import example_chapters as example
import pytest

from evaluate.book import figures
from evaluate.claims import NO_COMPARISON
from evaluate.core import Finding, Verdict

SAID = {
    "en": ("A change, not an effect.", "with the programme"),
    "nb": ("En endring, ikke en effekt.", "med tiltaket"),
}


def described() -> Finding:
    found = example.FINDINGS["benefit"]
    rows = tuple(replace(one, estimand="descriptive") for one in found.estimates)
    verdicts = tuple(
        Verdict(one.outcome, "inconclusive", 3, (NO_COMPARISON,)) for one in found.verdicts
    )
    return replace(found, estimates=rows, verdicts=verdicts)


@pytest.mark.parametrize("language", SAID)
def test_the_lead_says_what_it_is(language: str) -> None:
    said, never = SAID[language]
    lead = [line for line in example.lines(described(), language) if said in line]
    assert len(lead) == 1
    assert never not in lead[0]
    assert said not in " ".join(example.lines(example.FINDINGS["benefit"], language))


@pytest.mark.parametrize("language", ["en", "nb", "sv"])
def test_the_figure_says_that_nothing_is_compared(language: str) -> None:
    drawn = figures.draw("answer", described(), language=language)
    assert drawn is not None
    words = {
        "en": "without a comparison",
        "nb": "uten sammenligning",
        "sv": "utan jämförelse",
    }
    assert words[language] in drawn.title
