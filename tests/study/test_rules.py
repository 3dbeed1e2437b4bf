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
from evaluate.study.assumption_rules import ASSUMPTION_RULES
from evaluate.study.cohort_rules import COHORT_RULES
from evaluate.study.evidence_rules import EVIDENCE_RULES
from evaluate.study.load import load
from evaluate.study.published_rules import PUBLISHED_RULES

Problems = Callable[[str], tuple[Problem, ...]]

SHORT = (HERE / "good-short.yaml").read_text(encoding="utf-8")
BROKEN_BY = {
    "_outcome_exists": ("unknown-outcome", "outcome-without-column"),
    "_primary_outcome": ("no-primary-outcome",),
    "_one_headline": ("two-headlines",),
    "_stage": ("running-without-data", "final-without-analyses"),
    "_answered": ("final-without-answer", "final-explores"),
    "_own_name": ("analysis-called-economics",),
    "_facts": ("fact-twice",),
    "_funding": ("unknown-fact",),
    "_derived": ("derived-twice", "derived-from-itself", "derived-too-early"),
    "_disclosure": ("restricted-without-rules",),
    "_texts": ("language-missing", "text-without-language"),
    "_repeats": ("listed-twice", "language-twice"),
    "_dates": ("impossible-date",),
    "_known_answers": ("unknown-answer",),
    "_analyses_exist": ("unknown-analysis", "no-analysis-to-value"),
    "_direction": ("decrease-without-per",),
    "_units": ("amount-for-another-unit", "outcome-in-other-money"),
    "_convertible": (
        "parameter-in-other-money",
        "price-year-outside-table",
        "currency-outside-table",
        "unknown-parameter",
        "rate-as-amount",
        "parameter-outside-range",
    ),
    "_identified": ("not-identified",),
    "_assignment": ("cluster-without-column", "individual-with-cluster"),
    "_assigned_unit": ("another-unit",),
    "_received": ("late-without-received", "received-without-late"),
    "_subgroups": ("subgroup-twice", "outcome-as-subgroup"),
    "_adjustment": ("nothing-to-adjust",),
    "_columns_once": ("outcome-as-covariate", "treatment-as-covariate", "group-as-covariate"),
    "_std_errors": ("unknown-std-error",),
    "_negative_controls": (
        "unknown-negative-control",
        "negative-control-without-column",
        "outcome-as-negative-control",
        "treatment-as-negative-control",
    ),
    "_called_declared": ("alternative-called-declared",),
    "_derived_from_the_answer": (
        "outcome-derived-covariate",
        "treatment-derived-covariate",
        "outcome-derived-stratum",
        "covariate-behind-outcome",
    ),
    "_treatment_and_outcome": ("outcome-derived-treatment", "treatment-derived-outcome"),
    "_selected_by_the_answer": ("selected-by-outcome", "selected-by-treatment"),
    "_held_though_late": (
        "covariate-after-start",
        "covariate-derived-after-start",
        "subgroup-after-start",
    ),
    "_outcome_though_early": ("outcome-before-start",),
    "_derived_from_late": ("early-derived-from-late",),
    "_selected_though_late": ("rows-by-late-column", "alternative-rows-by-late-column"),
}
CASES = [(rule, mistake) for rule, mistakes in BROKEN_BY.items() for mistake in mistakes]


def test_every_rule_has_a_case() -> None:
    # Those of assumptions, evidence, cohorts and published results have their cases in files of their own.
    elsewhere = (
        *ASSUMPTION_RULES,
        *EVIDENCE_RULES,
        *(rule for _, rule in (*COHORT_RULES, *PUBLISHED_RULES)),
    )
    here = [rule.__name__ for _, rule in rules._RULES if rule not in elsewhere]
    assert here == list(BROKEN_BY)


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
        ("status: running", "status: running\nreferences: {a: {title: A, date: 2020-02-29}}"),
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


DERIVED = "data/pupils.csv, derive: ["


@pytest.mark.parametrize(
    ("derive", "outcome", "fields"),
    [
        ("{name: age2, power: {of: age, exponent: 2}}", "completed", "covariates: [age, age2]"),
        # A change may be adjusted for where it began.
        ("{name: gain, difference: {left: after, right: before}}", "gain", "covariates: [before]"),
        ("{name: late, log: {of: completed, plus: 1}}", "completed", "covariates: [age]"),
        ("{name: wave, bins: {of: start, edges: [5]}}", "completed", "strata: wave"),
    ],
)
def test_what_may_be_derived(derive: str, outcome: str, fields: str, problems: Problems) -> None:
    text = (
        SHORT.replace("data/pupils.csv", f"{DERIVED}{derive}]")
        .replace("column: completed", f"column: {outcome}")
        .replace("{treated: offered}", f"{{treated: offered, {fields}}}")
    )
    assert problems(text) == ()


def test_where_a_change_ended_may_not_be_held_constant(problems: Problems) -> None:
    derive = "{name: gain, difference: {left: after, right: before}}]"
    text = (
        SHORT.replace("data/pupils.csv", DERIVED + derive)
        .replace("column: completed", "column: gain")
        .replace("{treated: offered}", "{treated: offered, covariates: [after]}")
    )
    (one,) = problems(text)
    assert "names `after`, a source of `gain`, the column of the outcome" in one.what


def test_two_outcomes_may_share_a_source(problems: Problems) -> None:
    line = next(one for one in SHORT.splitlines() if one.startswith("  main:"))
    again = line.replace("main:", "again:").replace("completion", "late")
    late = "  late: {column: late, unit: share, role: secondary, direction: increase}"
    text = SHORT.replace("analyses:\n", f"{late}\nanalyses:\n").replace(line, f"{line}\n{again}")
    derive = "{name: late, indicator: {column: completed, is: 1}}]"
    assert problems(text.replace("data/pupils.csv", DERIVED + derive)) == ()


@pytest.mark.parametrize("where", ["offered, is: 1", "late, is: 1", "completed, above: 0"])
def test_no_row_is_chosen_by_the_answer(where: str, problems: Problems) -> None:
    derive = "{name: late, indicator: {column: completed, is: 1}}]"
    text = SHORT.replace(
        "data/pupils.csv",
        f"{DERIVED}{derive}, where: [{{column: age, above: 1}}, {{column: {where}}}]",
    )
    (one,) = problems(text)
    assert one.what.startswith("`data.where[#2]` selects rows by `" + where.split(",", 1)[0])


@pytest.mark.parametrize("per", ["increase", "decrease"])
def test_money_that_says_what_it_follows(per: str, problems: Problems) -> None:
    text = (HERE / "bad" / "decrease-without-per.yaml").read_text(encoding="utf-8")
    assert problems(text.replace("{item: guidance,", f"{{item: guidance, per: {per},")) == ()


def test_transfer_that_does_not_say_what_it_follows(problems: Problems) -> None:
    text = (HERE / "bad" / "decrease-without-per.yaml").read_text(encoding="utf-8")
    text = text.replace("benefits:", "transfers:").replace(
        "item: guidance, amount: 1, payer: county", "item: guidance, amount: 1, from: county, to: a"
    )
    text = text.replace("{title: The county}", "{title: The county}, a: {title: All}")
    (one,) = problems(text)
    assert one.what.startswith("`guidance` does not say `per:`")


ASSUMED = (
    "effects: {main: {assumed: {value: -1, unit: UNIT, direction: decrease, "
    "status: illustrative, note: One.}}}"
)


@pytest.mark.parametrize(
    ("unit", "more", "what"),
    [
        ("day", "", "`wages` does not say `per:`"),
        ("day", ", per: decrease, of: month", "`wages` counts for each `month`"),
        ("SEK/year", ", per: decrease", "`wages` follows an outcome in SEK/year"),
    ],
)
def test_what_follows_an_assumed_effect_fits_it(
    unit: str, more: str, what: str, problems: Problems
) -> None:
    text = (HERE / "bad" / "gain-without-effect.yaml").read_text(encoding="utf-8")
    effects = ASSUMED.replace("UNIT", unit)
    text = text.replace("economics:\n", f"economics:\n  {effects}\n")
    (one,) = problems(text.replace("item: wages", f"item: wages{more}"))
    assert one.what.startswith(what)


def test_a_parameter_in_other_money_is_converted_where_that_is_allowed(problems: Problems) -> None:
    text = (HERE / "bad" / "parameter-in-other-money.yaml").read_text(encoding="utf-8")
    allowed = text.replace("economics:\n", "economics:\n  conversion: {index: cpi}\n")
    assert problems(allowed) == ()


@pytest.mark.parametrize("day", ["2020-13", "2019-02-29", "2020-00-10", "0000"])
def test_dates_that_are_none(day: str, problems: Problems) -> None:
    text = SHORT.replace(
        "status: running", f"status: running\nreferences: {{a: {{title: A, date: '{day}'}}}}"
    )
    (one,) = problems(text)
    assert one.what == f"`references.a.date` is `{day}`, which is no date"


@pytest.mark.parametrize("value", [".NaN", "'.inf'", "-.inf", "nan", "-Infinity", "1e999"])
def test_facts_are_finite(value: str, problems: Problems) -> None:
    fact = f"{{id: a, quantity: a, value: {value}, source: {{title: A}}, status: verified}}"
    (one,) = problems(SHORT.replace("status: running", f"status: running\nfacts: [{fact}]"))
    assert one.what == "`facts[#1].value`: this is no finite number"


@pytest.mark.parametrize("value", ["160 million", "infants", "1e9", "12345678901234567890"])
def test_facts_stay_as_they_were_published(value: str, problems: Problems) -> None:
    fact = f"{{id: a, quantity: a, value: {value}, source: {{title: A}}, status: verified}}"
    assert problems(SHORT.replace("status: running", f"status: running\nfacts: [{fact}]")) == ()


def test_one_source_behind_both_is_named(problems: Problems) -> None:
    derive = "{name: a, log: {of: points}}, {name: b, bins: {of: points, edges: [1]}}]"
    text = (
        SHORT.replace("data/pupils.csv", DERIVED + derive)
        .replace("column: completed", "column: a")
        .replace("{treated: offered}", "{treated: b, covariates: [age]}")
    )
    (one,) = problems(text)
    assert one.what == (
        "the treatment is `b`, which has the source `points` in common with `a`, the outcome"
    )
