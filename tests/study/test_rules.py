"""Each rule that joins several keys finds its own mistake, and nothing else finds it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from study_mistakes import DESIGNS, HERE

from evaluate.errors import Problem
from evaluate.study import rules
from evaluate.study.load import load

Problems = Callable[[str], tuple[Problem, ...]]

SHORT = (HERE / "good-short.yaml").read_text(encoding="utf-8")
BROKEN_BY = {
    "_outcome_exists": ("unknown-outcome", "outcome-without-column"),
    "_primary_outcome": ("no-primary-outcome",),
    "_one_headline": ("two-headlines",),
    "_money": ("unknown-analysis", "no-analysis-to-value"),
    "_stage": ("running-without-data", "final-without-analyses"),
    "_facts": ("fact-twice",),
    "_funding": ("unknown-fact",),
    "_derived": ("derived-twice", "derived-from-itself", "derived-too-early"),
    "_disclosure": ("restricted-without-rules",),
    "_texts": ("language-missing", "text-without-language"),
    "_repeats": ("listed-twice", "language-twice"),
    "_identified": ("not-identified",),
    "_assignment": ("cluster-without-column", "individual-with-cluster"),
    "_adjustment": ("nothing-to-adjust",),
    "_columns_once": ("outcome-as-covariate", "treatment-as-covariate", "group-as-covariate"),
    "_std_errors": ("unknown-std-error",),
}
CASES = [(rule, mistake) for rule, mistakes in BROKEN_BY.items() for mistake in mistakes]


def test_every_rule_has_a_case() -> None:
    assert [rule.__name__ for _, rule in rules._RULES] == list(BROKEN_BY)


@pytest.mark.parametrize(("name", "mistake"), CASES)
def test_only_this_rule_finds_the_mistake(
    name: str, mistake: str, problems: Problems, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (HERE / "bad" / f"{mistake}.yaml").read_text(encoding="utf-8")
    assert len(problems(text)) == 1
    others = tuple(one for one in rules._RULES if one[1].__name__ != name)
    monkeypatch.setattr(rules, "_RULES", others)
    shutil.copyfile(HERE / "bad" / f"{mistake}.yaml", folder / "study.yaml")
    assert load(folder, DESIGNS).study.version == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("estimand: ATE", "estimand: ITT"),
        ("status: running", "status: registered"),
        ("{treated: offered}", "{treated: offered, cluster: school}"),
        ("main: {", "main: {adjustment: none, "),
        ("main: {", "main: {inference: {std_error: [HC2, HC0]}, "),
        ("main: {", "main: {assignment: {level: individual}, "),
        ("kind: public", "kind: restricted"),
        ("title: Evening school", "title: {sv: Kvällsskola, en: Evening school}"),
        ("data/pupils.csv}", "data/p.csv, where: [{column: a, between: [1, 1]}]}"),
        (
            "data/pupils.csv}",
            "data/p.csv, derive: [{name: a, log: {of: b}}, {name: c, log: {of: a}}]}",
        ),
        ("role: primary, direction", "role: primary, smallest_worthwhile: 1, direction"),
    ],
)
def test_what_the_rules_allow(old: str, new: str, problems: Problems) -> None:
    assert SHORT.count(old) >= 1
    assert problems(SHORT.replace(old, new, 1)) == ()


def test_second_analysis_of_an_outcome_may_be_secondary(problems: Problems) -> None:
    line = next(one for one in SHORT.splitlines() if one.startswith("  main:"))
    second = line.replace("main:", "again:").replace("outcome:", "role: secondary, outcome:")
    assert problems(SHORT.replace(line, f"{line}\n{second}")) == ()


def test_std_error_of_the_wrong_unit_is_named_by_its_place(problems: Problems) -> None:
    text = SHORT.replace("main: {", "main: {inference: {std_error: [HC2, CR2]}, ")
    (one,) = problems(text)
    assert one.what.startswith("`analyses.main.inference.std_error[#2]` is `CR2`")
    clustered = text.replace("{treated: offered}", "{treated: offered, cluster: school}")
    (one,) = problems(clustered)
    assert one.what.startswith("`analyses.main.inference.std_error[#1]` is `HC2`")


def test_a_standard_error_that_no_design_offers(problems: Problems) -> None:
    text = SHORT.replace("main: {", "main: {inference: {std_error: jackknife}, ")
    assert re.search("`jackknife`, which is not offered", problems(text)[0].what)
