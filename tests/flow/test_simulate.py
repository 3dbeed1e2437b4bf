"""Dummy data that the study itself reads: every column, the right rows, the truth within reach."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluate.errors import StudyError
from evaluate.flow import run
from evaluate.simulate import simulate

HEAD = """version: 1
id: evening-classes
title: Evening classes
question: Did evening classes raise completion?
status: running
programme: {owner: The county}
intervention: {name: E, why: W, what: L, provider: T, how: G, where: S, dose: D, tailoring: N,
               changes: N, fidelity: R, class: [compensating], reach: universal, levels: [school]}
comparison: {who: Others, received: Guidance, why_credible: A lottery decided.}
"""
TRIAL = """outcomes:
  completion: {column: completed, unit: share, role: primary, direction: increase}
  income: {column: pay, unit: NOK/year, role: secondary, direction: increase}
analyses:
  main:
    outcome: completion
    estimand: ITT
    design: {randomised: {treated: offered, cluster: school, strata: wave, covariates: [age]}}
  money:
    outcome: income
    estimand: ITT
    design: {randomised: {treated: offered, cluster: school, strata: wave}}
assumptions:
  clusters: 40
  cluster_size: {mean: 30, sd: 8}
  strata: 2
  outcomes:
    completion: {baseline: 0.6, effect: 0.12, icc: 0.03, missing: {treated: 0.04, comparison: 0.08}}
    income: {baseline: 100000, effect: 12000, sd: 70000, icc: 0.02}
  covariates:
    age: {mean: 20, sd: 2.5, strength: 0.1}
"""
ROWS = """| pupil | text | | | | Key | register |
| offered | boolean | | 0 = no; 1 = yes | | Offered | lottery |
| school | text | | | | School | register |
| wave | category | | 1 = first; 2 = second | | Wave | register |
| age | number | years | 16..30 | | Age | register |
| completed | boolean | share | | | Completed | register |
| pay | number | NOK/year | 0..2000000 | | Pay | register |
| sex | category | | 1 = male; 2 = female | 9 | Sex | register |
| start | date | | 2015-01-01..2015-12-31 | | Start | register |
| term | period | | 2014/15..2018/19 | | Term | register |
| grade | number | points | 0..60 | | Grade | register |
| grade_before | number | points | 0..60 | | Grade before | register |
| gain | number | points | -60..60 | | Gain | derived |
"""
HEADER = """# Data dictionary

## evening-classes

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
"""
DUMMY = """data:
  kind: dummy
  source: data/rows.csv
  where:
    - {column: sex, in: [1, 2]}
    - {column: age, between: [17, 26]}
    - {column: start, at_least: 2015-03-01}
"""


def folder(tmp_path: Path, data: str = DUMMY, *changes: tuple[str, str]) -> Path:
    """Return the folder of a study that has assumptions and no rows."""
    text = HEAD + data + TRIAL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    made = tmp_path / "evening-classes"
    made.mkdir()
    (made / "study.yaml").write_text(text, encoding="utf-8")
    (made / "data-dictionary.md").write_text(HEADER + ROWS, encoding="utf-8")
    return made


def truth_of(study: Path, place: str = "data") -> dict[str, object]:
    """Return what was put in."""
    found = json.loads((study / place / "truth.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def holds_the_truth(study: Path, *, dummy: bool = False, place: str = "data") -> None:
    """Assert that the study's own run finds what was put in."""
    finding = run(study, dummy=dummy)
    assert finding.outcome == "complete"
    outcomes = truth_of(study, place)["outcomes"]
    assert isinstance(outcomes, dict)
    rows = [one for one in finding.estimates if one.role == "headline"]
    assert {row.outcome for row in rows} == set(outcomes)
    for row in rows:
        drawn = outcomes[row.outcome]
        assert row.conf_low <= drawn["effect"] <= row.conf_high
        # Only the rows that the conditions let through are analysed, and all of them.
        assert row.n_obs == drawn["n_treated"] + drawn["n_comparison"]


def test_the_study_finds_the_truth(tmp_path: Path) -> None:
    study = folder(tmp_path)
    made = simulate(study)
    holds_the_truth(study)
    truth = truth_of(study)
    assert made.rows == truth["rows"]
    used = truth["used"]
    assert isinstance(used, int)
    # One row in ten fails a condition, so that the conditions are seen to work.
    assert made.rows == used + used // 9
    header, first, *_ = (study / "data/rows.csv").read_text(encoding="utf-8").splitlines()
    assert set(header.split(",")) == {
        "pupil", "offered", "school", "wave", "age", "completed", "pay", "sex", "start", "term",
        "grade", "grade_before", "gain",
    }  # fmt: skip
    assert "dummy-school-" in first
    assert "invented" in (study / "data/DUMMY.md").read_text(encoding="utf-8")


def test_an_offer_acts_on_those_who_take_part_within_the_range(tmp_path: Path) -> None:
    # Pay cannot be below 0, so that it is drawn from a skew distribution around what each
    # row is expected to have: of those who take part, three times the effect of the offer.
    study = folder(
        tmp_path,
        DUMMY,
        ("strata: wave}}\nassumptions", "strata: wave, received: attended}}\nassumptions"),
        ("strata: wave, covariates", "strata: wave, received: attended, covariates"),
        ("  clusters: 40\n", "  clusters: 400\n  received: {treated: 0.5, comparison: 0.2}\n"),
        ("estimand: ITT", "estimand: LATE"),
        ("icc: 0.02", "icc: 0"),
    )
    dictionary = study / "data-dictionary.md"
    dictionary.write_text(
        dictionary.read_text(encoding="utf-8").replace(
            "| sex |", "| attended | boolean | | | | Attended | register |\n| sex |"
        ),
        encoding="utf-8",
    )
    simulate(study)
    with (study / "data/rows.csv").open(encoding="utf-8") as file:
        rows = [one for one in csv.DictReader(file) if one["pay"] and one["attended"]]
    pay = {here: np.array([float(one["pay"]) for one in rows if one["attended"] == here])
           for here in "01"}  # fmt: skip
    for here, mean in (("0", 100_000), ("1", 140_000)):
        assert len(pay[here]) > 3000
        assert pay[here].mean() == pytest.approx(mean, abs=4 * 70_000 / len(pay[here]) ** 0.5)
        assert pay[here].std() == pytest.approx(70_000, rel=0.04)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    study = folder(tmp_path)
    simulate(study)
    before = (study / "data/rows.csv").read_bytes()
    simulate(study)
    assert (study / "data/rows.csv").read_bytes() == before
    simulate(study, seed=1)
    assert (study / "data/rows.csv").read_bytes() != before
    simulate(study, people=400, out=tmp_path / "small")
    assert 250 < truth_of(tmp_path, "small")["used"] < 550  # type: ignore[operator]


def test_rows_that_were_not_simulated_stay(tmp_path: Path) -> None:
    study = folder(tmp_path)
    (study / "data").mkdir()
    (study / "data/rows.csv").write_text("offered\n1\n", encoding="utf-8")
    with pytest.raises(StudyError, match="is there already"):
        simulate(study)
    assert (study / "data/rows.csv").read_text(encoding="utf-8") == "offered\n1\n"
    (study / "data/rows.csv").unlink()
    simulate(study)
    with (study / "data/rows.csv").open("a", encoding="utf-8") as file:
        file.write("a row of my own\n")
    with pytest.raises(StudyError, match="is there already"):
        simulate(study)


JOINED = """data:
  kind: dummy
  sources:
    pupils: {path: data/pupils.parquet}
    results: {path: data/results.csv, delimiter: ;, decimal: ','}
    schools: {path: data/schools.csv, date_format: '%d.%m.%Y', encoding: latin-1}
  join:
    - {left: pupils, right: results, on: pupil, cardinality: one_to_one}
    - {left: pupils, right: schools, on: school, cardinality: many_to_one}
  derive:
    - {name: gain, unit: points, difference: {left: grade, right: grade_before}}
"""


def test_sources_fit_together(tmp_path: Path) -> None:
    study = folder(tmp_path, JOINED)
    simulate(study)
    holds_the_truth(study)
    header = (study / "data/schools.csv").read_text(encoding="latin-1").splitlines()
    assert set(header[0].split(",")) >= {"school", "offered", "wave"}
    assert len(header) == 41
    assert "completed" in (study / "data/results.csv").read_text(encoding="utf-8").split("\n")[0]


DERIVED = {
    "indicator": ("{name: completed, unit: share, indicator: {column: grade, at_least: 30}}", ()),
    "bins": (
        "{name: completed, unit: share, bins: {of: grade, edges: [30]}}",
        (("| completed | boolean |", "| completed | integer |"),),
    ),
    "log": (
        "{name: pay, unit: NOK/year, log: {of: grade, plus: 1}}",
        (
            ("baseline: 100000, effect: 12000, sd: 70000", "baseline: 3, effect: 0.2, sd: 0.3"),
            ("0..2000000", "0..4.1"),
        ),
    ),
    "difference": (
        "{name: pay, unit: NOK/year, difference: {left: grade, right: grade_before}}",
        (
            ("baseline: 100000, effect: 12000, sd: 70000", "baseline: 3, effect: 2, sd: 6"),
            ("0..2000000", ""),
            ("| grade | number | points | 0..60 |", "| grade | number | points | |"),
        ),
    ),
    "ratio": (
        "{name: pay, unit: NOK/year, ratio: {left: grade, right: term}}",
        (
            ("baseline: 100000, effect: 12000, sd: 70000", "baseline: 3, effect: 0.5, sd: 1"),
            ("| grade | number | points | 0..60 |", "| grade | number | points | |"),
            ("| term | period | | 2014/15..2018/19 |", "| term | integer | | 1..5 |"),
        ),
    ),
    "power": (
        "{name: pay, unit: NOK/year, power: {of: grade, exponent: 2}}",
        (("baseline: 100000, effect: 12000, sd: 70000", "baseline: 900, effect: 90, sd: 300"),
         ("0..2000000", "0..3600")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", DERIVED)
def test_computed_outcomes_are_built_backwards(tmp_path: Path, rule: str) -> None:
    derive, changes = DERIVED[rule]
    study = folder(tmp_path, DUMMY + f"  derive:\n    - {derive}\n")
    for name in ("study.yaml", "data-dictionary.md"):
        text = (study / name).read_text(encoding="utf-8")
        for old, new in changes:
            text = text.replace(old, new)
        (study / name).write_text(text, encoding="utf-8")
    simulate(study)
    holds_the_truth(study)


def test_restricted_data_get_one_dummy_table(tmp_path: Path) -> None:
    data = JOINED.replace("kind: dummy", "kind: restricted\n  dummy: invented/rows.parquet")
    study = folder(tmp_path, data)
    simulate(study)
    assert not (study / "data").exists()
    holds_the_truth(study, dummy=True, place="invented")


def test_a_cohort_of_restricted_data_gets_a_folder_for_each_source(tmp_path: Path) -> None:
    data = COHORT.replace("kind: dummy", "kind: restricted\n  dummy: invented", 1)
    study = folder(tmp_path, data)
    (study / "data-dictionary.md").write_text(HEADER + ROWS + SPELLS, encoding="utf-8")
    simulate(study)
    holds_the_truth(study, dummy=True, place="invented/pupils")


def test_the_probability_of_being_treated_is_the_share_assumed(tmp_path: Path) -> None:
    change = ("strata: wave, covariates: [age]}}", ("strata: wave, covariates: [age]}}\n"
              "    assignment: {level: cluster, probability: chance}"))  # fmt: skip
    study = folder(tmp_path, DUMMY, change)
    row = "| chance | number | | 0..1 | | Probability of an offer | lottery |\n"
    (study / "data-dictionary.md").write_text(HEADER + ROWS + row, encoding="utf-8")
    simulate(study)
    holds_the_truth(study)


def test_a_planned_study_and_public_data_get_a_folder(tmp_path: Path) -> None:
    study = folder(tmp_path, "", ("status: running", "status: planned"))
    simulate(study)
    assert (study / "dummy/rows.csv").exists()
    other = tmp_path / "other"
    other.mkdir()
    public = folder(other, DUMMY.replace("kind: dummy", "kind: public"))
    simulate(public)
    assert not (public / "data").exists()
    assert (public / "dummy/rows.csv").exists()


SPELLS = """| first | date | | | | First day | register |
| last | date | | | | Last day | register |
| state | category | | enrolled; completed; left; moved | | State | register |
| day | date | | | | Day | register |
| kind | category | | diploma; other | | Kind | register |
"""
COHORT = """data:
  kind: dummy
  sources:
    pupils: {path: data/pupils.csv}
    spells: {path: data/spells.csv}
    earlier: {path: data/earlier.csv}
  cohort:
    persons: pupils
    person: pupil
    window: {from: 2012-01-01, to: 2022-12-31}
    entry: {date: start}
    include: [{column: age, at_most: 24, reason: older at entry}]
    exclude:
      - {source: earlier, column: kind, is: diploma, date: day, reason: has a diploma already}
  derive:
    - name: completed
      unit: share
      status:
        source: spells
        from: first
        to: last
        column: state
        event: completed
        within: 5 years
        of: entry
        else: [left, enrolled]
        missing: [moved]
"""


def test_spells_give_the_wanted_share(tmp_path: Path) -> None:
    study = folder(tmp_path, COHORT)
    (study / "data-dictionary.md").write_text(HEADER + ROWS + SPELLS, encoding="utf-8")
    simulate(study)
    holds_the_truth(study)


def test_lags_find_earlier_rows(tmp_path: Path) -> None:
    data = """data:
  kind: dummy
  source: data/rows.csv
  derive: [{name: age_before, unit: years, lag: {of: age, by: pupil, over: term}}]
  where: [{column: term, is: 2016/17}]
"""
    study = folder(tmp_path, data, ("covariates: [age]", "covariates: [age_before]"))
    text = (study / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("    age: {mean", "    age_before: {mean")
    (study / "study.yaml").write_text(text, encoding="utf-8")
    row = "| age_before | number | years | 16..30 | | Age before | derived |\n"
    (study / "data-dictionary.md").write_text(HEADER + ROWS + row, encoding="utf-8")
    simulate(study)
    holds_the_truth(study)
    (study / "study.yaml").write_text(text.replace("  where: [{column: term, is: 2016/17}]\n", ""))
    with pytest.raises(StudyError, match="rows that would be analysed too"):
        simulate(study)


REFUSED = {
    "no assumptions": ((TRIAL[TRIAL.index("assumptions:") :], ""), "has no `assumptions`"),
    "an outcome without": (
        ("    income: {baseline: 100000, effect: 12000, sd: 70000, icc: 0.02}\n", ""),
        "nothing is assumed of `income`",
    ),
    "too few codes": (("strata: 2", "strata: 3"), "has 2 values"),
    "out of range": (("sd: 70000", "sd: 2000000"), "the mean and the `sd` that are"),
    "nobody is used": (
        ("at_least: 2015-03-01", "above: 2015-12-31"),
        "meets every condition",
    ),
    "another format": (("data/rows.csv", "data/rows.dta"), "is no file of rows"),
    "a number as yes or no": (
        ("column: pay, unit: NOK/year", "column: completed, unit: NOK/year"),
        "is of type boolean",
    ),
    "no way back": (
        ("  where:", ("  derive: [{name: completed, unit: share, date_part: {of: term, part: year}}]"
         "\n  where:")),
        "has no way back",
    ),
    "both assumed": (
        ("  where:", ("  derive: [{name: completed, unit: share, indicator: {column: pay, above: 5}}]"
         "\n  where:")),
        "already settled",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_drawn_is_said(tmp_path: Path, name: str) -> None:
    change, words = REFUSED[name]
    study = folder(tmp_path, DUMMY, change)
    with pytest.raises(StudyError) as caught:
        simulate(study)
    found = [one for one in caught.value.problems if words in str(one)]
    assert len(found) == 1, caught.value
    assert found[0].where.startswith(("study.yaml:", str(study)))
    assert not list(study.rglob("*.csv"))


def test_a_register_stands_beside(tmp_path: Path) -> None:
    register = "  register: {pupils: 3000, years: 6, schools: 30, municipalities: 8, mergers: 1}\n"
    study = folder(tmp_path, DUMMY, ("assumptions:\n", "assumptions:\n" + register))
    made = simulate(study)
    beside = study / "dummy/register"
    assert made.register == beside
    assert (beside / "earnings/year=2012/part-000.parquet").exists()
    truth = truth_of(beside.parent, "register")
    assert truth["rows"]["earnings"] == 6 * 3000  # type: ignore[index]
    simulate(study)
    (beside / "mine.parquet").write_bytes(b"rows of my own")
    with pytest.raises(StudyError, match="is there already"):
        simulate(study)


def test_the_command_says_what_it_wrote(tmp_path: Path, evaluate: Callable[..., Any]) -> None:
    study = folder(tmp_path)
    done = evaluate("simulate", study, "--seed", "3", "--people", "400")
    assert done.returncode == 0, done.stderr
    assert "dummy rows in" in done.stdout
    assert "truth.json" in done.stdout
    (study / "data/truth.json").unlink()
    refused = evaluate("simulate", study)
    assert refused.returncode == 2
    assert "is there already" in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr


def test_a_covariate_that_nothing_is_assumed_of_is_drawn_from_the_dictionary(
    tmp_path: Path,
) -> None:
    assumed = "  covariates:\n    age: {mean: 20, sd: 2.5, strength: 0.1}\n"
    study = folder(tmp_path, DUMMY, (assumed, ""))
    simulate(study)
    with (study / "data/rows.csv").open(encoding="utf-8") as file:
        ages = [float(one["age"]) for one in csv.DictReader(file)]
    assert all(16 <= one <= 30 for one in ages)
    holds_the_truth(study)


@pytest.mark.slow
def test_of_two_hundred_simulated_studies_the_run_finds_the_truth_in_nineteen_of_twenty(
    tmp_path: Path,
) -> None:
    study, effects = folder(tmp_path), {"completion": 0.12, "income": 12_000.0}
    hits = dict.fromkeys(effects, 0)
    for seed in range(200):
        simulate(study, seed=seed)
        for row in run(study).estimates:
            if row.role == "headline":
                hits[row.outcome] += row.conf_low <= effects[row.outcome] <= row.conf_high
    # 99.9 % binomial band around 0.95 at 200 sets: 190 +- 3.29 sqrt(200 x 0.95 x 0.05).
    assert all(180 <= one <= 200 for one in hits.values()), hits
