"""Each rule about assumptions finds its own mistake, on its line; nothing else is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from study_mistakes import HERE

from evaluate.errors import Problem
from evaluate.study import assumption_rules as rules

Problems = Callable[[str], tuple[Problem, ...]]

GOOD = (HERE / "good.yaml").read_text(encoding="utf-8")
PEOPLE = (HERE / "good-planned.yaml").read_text(encoding="utf-8")
OUTCOME = "completion: {baseline: 0.7, effect: 0.1}"
SHARES = "    completion:\n      baseline: 0.7\n      effect: 0.05\n      icc: 0.05\n"

# Definition, what is replaced by what, the rule, and words of the message.
CASES = {
    "unknown outcome": (
        PEOPLE,
        (OUTCOME, OUTCOME + "\n    absense: {baseline: 0.1, effect: 0}"),
        "_assumed_outcomes",
        "`assumptions.outcomes.absense` is not under `outcomes`",
    ),
    "unknown covariate": (
        GOOD,
        ("    age: {mean: 22", "    agee: {mean: 22"),
        "_assumed_covariates",
        "did you mean `age`?",
    ),
    "groups apart in a trial": (
        GOOD,
        ("apart: 0,", "apart: 0.2,"),
        "_apart",
        "`assumptions.covariates.age.apart` is given, and no design compares groups",
    ),
    "people for clusters": (
        GOOD,
        (
            "  clusters: 24\n  cluster_size: {mean: 20, sd: 6}\n",
            "  people: 480\n",
        ),
        "_assumed_units",
        "a design names a column of the cluster",
    ),
    "clusters for people": (
        PEOPLE.replace("  alternatives:\n    larger: {people: 400}\n", ""),
        ("  people: 200", "  clusters: 20\n  cluster_size: 10"),
        "_assumed_units",
        "no design names a column of the cluster",
    ),
    "alternative with people": (
        GOOD,
        ("more_classes: {clusters: 40,", "more_classes: {people: 900, clusters: 40,"),
        "_alternative_units",
        "the study assigns clusters",
    ),
    "alternative with clusters": (
        PEOPLE,
        ("larger: {people: 400}", "larger: {clusters: 40}"),
        "_alternative_units",
        "the study assigns individuals",
    ),
    "strata of a design without": (
        PEOPLE,
        ("  people: 200", "  people: 200\n  strata: 4"),
        "_assumed_blocks",
        "no design names a column of strata",
    ),
    "one period of a roll-out": (
        GOOD,
        ("  periods: 3\n", "  periods: 1\n"),
        "_assumed_blocks",
        "write how many periods there are",
    ),
    "fewer clusters than arms": (
        GOOD,
        ("  clusters: 24\n", "  clusters: 6\n"),
        "_assumed_arms",
        "too few for several programmes",
    ),
    "a number without sd": (
        GOOD,
        ("effect: 10000, sd: 90000", "effect: 10000"),
        "_assumed_kinds",
        "has no `sd`, and its unit is `NOK/year`",
    ),
    "a yes or no with sd": (
        PEOPLE,
        (OUTCOME, "completion: {baseline: 0.7, effect: 0.1, sd: 0.4583}"),
        "_assumed_kinds",
        "delete `sd` if the outcome is a yes or no",
    ),
    "another share": (
        GOOD,
        ("  treated_share: 0.5\n", "  treated_share: 0.4\n"),
        "_assumed_share",
        "both say how probable it is",
    ),
    "missing where that is an error": (
        GOOD.replace("    missing: {covariates: complete_case}\n", ""),
        ("strength: 0.05, missing: 0.02", "strength: 0.05, missing: 0.03"),
        "_assumed_missing",
        "stops at a missing covariate",
    ),
    "unknown fact": (
        GOOD,
        ("      fact: participants\n", "      fact: participant\n"),
        "_assumed_facts",
        "did you mean `participants`?",
    ),
    "beyond all": (
        PEOPLE,
        (OUTCOME, "completion: {baseline: 0.7, effect: 0.31}"),
        "_possible",
        "the share with the programme is 1.01",
    ),
    "below none": (
        PEOPLE,
        (OUTCOME, "completion: {baseline: 0.7, effect: -0.71}"),
        "_possible",
        "the share with the programme is -0.01",
    ),
    "a baseline of 70": (
        PEOPLE,
        (OUTCOME, "completion: {baseline: 70, effect: 5}"),
        "_possible",
        "the share without the programme is 70",
    ),
    "beyond all who take part": (
        GOOD,
        (SHARES, SHARES.replace("0.05\n      icc", "0.24\n      icc")),
        "_possible",
        "among those who take part is 1.02",
    ),
    "fewer clusters than groups": (
        GOOD.replace("        arms: offer\n", ""),
        ("  clusters: 24\n", "  clusters: 3\n"),
        "_possible",
        "two units in each group",
    ),
    "begin and are treated": (
        GOOD,
        ("units: 6, times", "units: 5, times"),
        "_assumed_rollout",
        "11 of 24 units begin",
    ),
    "nobody is treated": (
        PEOPLE,
        ("  people: 200", "  people: 200\n  treated_share: 0.007"),
        "_possible",
        "two units in each group",
    ),
    "icc of individuals": (
        PEOPLE,
        (OUTCOME, "completion: {baseline: 0.7, effect: 0.1, icc: 0.1}"),
        "_possible",
        "correlation within clusters needs clusters",
    ),
    "nobody takes part": (
        GOOD,
        ("{treated: 0.8, comparison: 0.05}", "{treated: 0.8, comparison: 0.8}"),
        "_possible",
        "an offer that nobody takes up",
    ),
    "explained too well": (
        GOOD.replace("baseline: 0.7\n", "baseline: 0.02\n"),
        ("strength: 0.05", "strength: 0.5"),
        "_possible",
        "a yes or no is explained too well",
    ),
    "covariate without sd": (
        GOOD,
        ("age: {mean: 22, sd: 3, ", "age: {mean: 22, "),
        "_possible",
        "a covariate without `sd` is a yes or no",
    ),
    "alternative beyond all": (
        GOOD,
        ("icc: 0.1, effect: 0.08}", "icc: 0.1, effect: 0.4}"),
        "_possible",
        "`assumptions.alternatives.more_classes`: the share with the programme",
    ),
}


def test_every_rule_has_a_case() -> None:
    assert {rule.__name__ for rule in rules.ASSUMPTION_RULES} == {one[2] for one in CASES.values()}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_found_once(
    name: str, problems: Problems, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, (old, new), rule, words = CASES[name]
    assert text.count(old) == 1
    changed = text.replace(old, new)
    found = problems(changed)
    here = [one for one in found if words in str(one)]
    assert len(here) == 1, found
    assert int(here[0].where.rpartition(":")[2]) >= text[: text.index("assumptions:")].count("\n")
    assert all(one.what and one.why and one.fix for one in found)
    from evaluate.study import rules as all_rules

    others = tuple(one for one in all_rules._RULES if one[1].__name__ != rule)
    monkeypatch.setattr(all_rules, "_RULES", others)
    assert not [one for one in problems(changed) if words in str(one)]


def test_all_that_is_wrong_is_said_at_once(problems: Problems) -> None:
    wrong = PEOPLE.replace(OUTCOME, "completion: {baseline: 0.7, effect: 0.5, icc: 0.2}")
    wrong = wrong.replace("  people: 200", "  people: 200\n  strata: 150\n  periods: 2")
    assert len(problems(wrong)) == 5


def test_an_icc_of_one_is_out_of_range(problems: Problems) -> None:
    (found,) = problems(GOOD.replace("      icc: 0.05\n", "      icc: 1\n"))
    assert "assumptions.outcomes.completion.icc" in found.what


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OUTCOME, "completion: {baseline: 0.7, effect: 0.1, sd: 0.2}"),  # a rate
        (OUTCOME, "completion: {baseline: 0.7, effect: 0.3}"),
        ("  people: 200", "  people: 4"),
    ],
)
def test_what_is_possible_is_not_refused(old: str, new: str, problems: Problems) -> None:
    assert problems(PEOPLE.replace(old, new)) == ()
