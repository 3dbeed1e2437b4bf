"""Assumptions of any size are refused or drawn: nothing overflows on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from study_mistakes import HERE

from evaluate.assumptions.definition import AssumedCovariate
from evaluate.assumptions.shares import weights_for
from evaluate.errors import Problem, Refused

Problems = Callable[[str], tuple[Problem, ...]]
GOOD = (HERE / "good.yaml").read_text(encoding="utf-8")
PEOPLE = (HERE / "good-planned.yaml").read_text(encoding="utf-8")
OUTCOME = "completion: {baseline: 0.7, effect: 0.1}"
SIZE = "  cluster_size: {mean: 20, sd: 6}\n"

CASES = {
    "rows without end": (PEOPLE, "people: 200", "people: 200000000000", "2e+11 rows are assumed"),
    "less than one person": (GOOD, SIZE, "  cluster_size: 0.5\n", "which is not at least 1"),
    "endless clusters": (GOOD, SIZE, "  cluster_size: 1e300\n", "which is not at most 1e+07"),
    "only giants vary": (GOOD, SIZE, "  cluster_size: {mean: 1, sd: 6}\n", "vary by 6"),
    "huge baseline": (PEOPLE, "baseline: 0.7", "baseline: 1e308", "not at most 1e+15"),
    "huge effect": (PEOPLE, "effect: 0.1", "effect: -1e308", "not at least -1e+15"),
    "an alternative called main": (
        PEOPLE,
        "larger: {",
        "main: {",
        "`main` is the study as planned",
    ),
    "nobody is left": (
        PEOPLE,
        OUTCOME,
        OUTCOME[:-1] + ", missing: {treated: 1, comparison: 0}}",
        "nobody in one of the groups is assumed to have an outcome",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_extreme_is_named_on_its_line(problems: Problems, case: str) -> None:
    text, old, new, words = CASES[case]
    assert text.count(old) == 1
    found = problems(text.replace(old, new))
    assert any(words in one.what for one in found), found
    assert all("study.yaml:" in one.where for one in found)


def test_nobody_who_answers_yes_can_be_foretold() -> None:
    strong = AssumedCovariate(mean=0, sd=1, strength=0.3)
    with pytest.raises(Refused, match="explain more of a yes or no"):
        weights_for(1e-300, 0.0, (strong,))
