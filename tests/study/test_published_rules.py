"""Published results and dilution: each mistake is found once, on its line, with a way out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from study_mistakes import HERE

from evaluate.errors import Problem
from evaluate.study import rules
from evaluate.study.load import Definition
from evaluate.study.published_rules import PUBLISHED_RULES

Problems = Callable[[str], tuple[Problem, ...]]
SHORT = (HERE / "good-short.yaml").read_text(encoding="utf-8")
GOOD = (HERE / "good.yaml").read_text(encoding="utf-8")
START = "{id: earlier, title: Earlier, outcome: completion, result: Nothing., "
END = "source: {title: A report}, status: verified}"


def published(*entries: str) -> str:
    return f"{SHORT}published: [{', '.join(entries)}]\n"


def entry(numbers: str = "") -> str:
    return f"{START}{numbers}{END}"


def diluted(block: str) -> str:
    old = (
        "share: [0.02, 0.04], of: {en: the county's pupils, nb: fylkets elever}, fact: participants"
    )
    assert GOOD.count(old) == 1
    return GOOD.replace(old, block)


@pytest.mark.parametrize(
    "numbers",
    [
        "",
        "estimate: 0.01, conf_low: -0.02, conf_high: 0.04, ",
        "conf_high: 0.015, ",
        "estimate: 0.01, conf_low: 0.01, conf_high: 0.01, ",
        "treated: 47, comparison: 243, sd: [0.02, 0.03], ",
        "treated: 1, comparison: 2, sd: 0.1, ",
        "std_error: 0.01, ",
    ],
)
def test_what_may_be_given(numbers: str, problems: Problems) -> None:
    assert problems(published(entry(numbers))) == ()


@pytest.mark.parametrize(
    ("numbers", "what"),
    [
        ("conf_low: 0.1, conf_high: 0.0, ", "`conf_low` is above `conf_high`"),
        ("estimate: 0.3, conf_low: 0.0, conf_high: 0.1, ", "`estimate` lies outside its interval"),
        ("estimate: 0.3, conf_high: 0.1, ", "`estimate` lies outside its interval"),
        ("estimate: -0.3, conf_low: 0.0, ", "`estimate` lies outside its interval"),
        ("treated: 47, ", "`treated` and `comparison` belong together"),
        ("sd: 0.1, ", "`sd` says nothing without the number of units"),
        ("treated: 1, comparison: 1, sd: 0.1, ", "`sd` says nothing without the number of units"),
        ("sd: [], ", "`sd` is empty"),
        ("std_error: 0, ", "`published[#1].std_error` is `0`"),
        ("treated: 0, comparison: 3, ", "`published[#1].treated` is `0`"),
        ("sd: -0.1, treated: 3, comparison: 3, ", "`published[#1].sd` is `-0.1`"),
    ],
)
def test_what_cannot_be(numbers: str, what: str, problems: Problems) -> None:
    (one,) = problems(published(entry(numbers)))
    assert what in one.what
    assert one.why
    assert one.fix


def test_the_outcome_is_one_of_the_study(problems: Problems) -> None:
    (one,) = problems(published(entry().replace("completion", "completian")))
    assert one.what == "`published[#1].outcome` is `completian`, which is not under `outcomes`"
    assert "`completion`" in one.fix


def test_two_results_have_two_ids(problems: Problems) -> None:
    (one,) = problems(published(entry(), entry()))
    assert one.what == "`published[#1]` and `published[#2]` are both `earlier`"


@pytest.mark.parametrize("share", ["0", "-0.1", "1.01", "3", "[0, 0.5]", "[0.5, 1.2]"])
def test_a_share_is_above_nothing_and_at_most_all(share: str, problems: Problems) -> None:
    (one,) = problems(diluted(f"share: {share}, of: pupils"))
    assert "`analyses.main.dilution.share" in one.what


@pytest.mark.parametrize("share", ["1", "0.001", "[0.2, 1]"])
def test_shares_that_may_be(share: str, problems: Problems) -> None:
    assert problems(diluted(f"share: {share}, of: pupils")) == ()


@pytest.mark.parametrize("share", ["[0.4, 0.2]", "[0.2, 0.2]"])
def test_the_lowest_share_stands_first(share: str, problems: Problems) -> None:
    (one,) = problems(diluted(f"share: {share}, of: pupils"))
    assert "the shares are not in order" in one.what


def test_the_fact_of_a_share_is_one_of_the_study(problems: Problems) -> None:
    (one,) = problems(diluted("share: 0.5, of: pupils, fact: participant"))
    assert one.what == (
        "`analyses.main.dilution.fact` is `participant`, which is not the id of a fact"
    )
    assert "`participants`" in one.fix


def test_only_these_rules_find_them(
    load_text: Callable[[str], Definition], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {rule.__name__ for _, rule in PUBLISHED_RULES}
    assert named == {"_published_outcome", "_published_once", "_share_fact"}
    others = tuple(one for one in rules._RULES if one[1].__name__ not in named)
    monkeypatch.setattr(rules, "_RULES", others)
    wrong = published(entry(), entry().replace("completion", "completian"))
    assert len(load_text(wrong).study.published) == 2
    assert load_text(diluted("share: 0.5, of: pupils, fact: nothing")).study.version == 1
