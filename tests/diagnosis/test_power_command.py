"""``evaluate power``: the file that it writes, when it fits, what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evaluate.core import Estimate
from evaluate.diagnosed import FILE, fits, questions_of, quoted
from evaluate.diagnosis.precision import Both, precision
from evaluate.errors import StudyError
from evaluate.findings.form import seal
from evaluate.power import power, sentences
from evaluate.study.load import load

ROOT = Path(__file__).parents[2]
STUDY = """\
version: 1
id: evening-classes
title: Evening classes for young people out of school
question: Did an offer of evening classes raise the points that young people earned?
status: planned
programme: {owner: A town}
intervention:
  {name: Evening classes, why: w, what: w, provider: w, how: w, where: w, dose: w, tailoring: w,
   changes: w, fidelity: w, class: [compensating], reach: selective, levels: [individual]}
comparison: {who: Others, received: Nothing, why_credible: A lottery}
outcomes:
  points: {column: score, unit: points, role: primary, direction: increase}
  passed: {column: passed, unit: share, role: secondary, direction: increase}
analyses:
  main:
    outcome: points
    estimand: ATE
    design: {randomised: {treated: offered, covariates: [age]}}
  second:
    outcome: passed
    estimand: ATE
    design: {randomised: {treated: offered}}
    role: secondary
assumptions:
  people: 60
  outcomes: {points: {baseline: 30, effect: 4, sd: 5}}
  covariates: {age: {mean: 20, sd: 3, strength: 0.1}}
  alternatives: {larger: {people: 100}}
"""


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "evening-classes"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY)
    return folder


def change(study, old, new):
    text = (study / "study.yaml").read_text()
    assert old in text
    (study / "study.yaml").write_text(text.replace(old, new, 1))


def test_the_file_is_the_same_each_time_and_fits_its_study(study):
    found = power(study, draws=100, workers=1)
    text = (study / FILE).read_text()
    assert str(study) not in text
    assert set(found) == {"main"}  # nothing is assumed of the other outcome
    power(study, draws=100, workers=1)
    assert (study / FILE).read_text() == text
    content = json.loads(text)
    assert content["schema"] == 1
    assert content["analyses"]["main"]["stream"] == ["evening-classes", "main", "diagnosis"]
    assert content["analyses"]["main"]["draws"] == 100
    assert content["analyses"]["main"]["randomisation_draws"] == 999
    by = {one["kind"]: one["rows"] for one in content["tables"]}
    assert [row["scenario"] for row in by["diagnosis"]] == ["main", "larger"]
    assert by["diagnosis"][0]["outcome"] == "points"
    assert {row["axis"] for row in by["power_curve"]} == {"people", "effect"}
    assert list((study / "plan").iterdir()) == [study / FILE]

    known = quoted(load(study))
    assert known.states == {"main": "simulated"}
    assert [one.id for one in known.tables] == ["main.diagnosis", "main.power_curve"]
    assert [dict(row) for row in known.tables[0].rows] == by["diagnosis"]
    (sentence,) = sentences(found)
    assert f"{100 * by['diagnosis'][0]['false_positive']:.1f} % are wrongly" in sentence


def test_where_no_simulated_study_gives_a_result_the_commonest_reason_is_told(study):
    change(study, "estimand: ATE", "estimand: ATT")
    change(
        study,
        "{randomised: {treated: offered, covariates: [age]}}",
        "{matching: {treated: offered, covariates: [age], method: exact}}",
    )
    (sentence,) = sentences(power(study, draws=100, workers=1))
    assert sentence == (
        "main: none of 100 simulated studies gave a result, most often because of no_overlap"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sd: 5", "sd: 6"),
        ("people: 60", "people: 62"),
        ("people: 100", "people: 120"),
        ("strength: 0.1", "strength: 0.2"),
        ("covariates: [age]", "covariates: [age, grade]"),
        ("estimand: ATE", "estimand: ITT"),
        ("estimand: ATE", "estimand: ATE\n    adjustment: additive"),
        ("estimand: ATE", "estimand: ATE\n    inference: {std_error: HC3}"),
        ("column: score", "column: result"),
        ("unit: points", "unit: marks"),
        ("id: evening-classes", "id: day-classes"),
    ],
)
def test_what_the_diagnosis_depends_on_makes_it_out_of_date(study, old, new):
    before = fits(load(study), "main")
    change(study, old, new)
    assert fits(load(study), "main") != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Evening", "title: Late"),
        ("unit: share", "unit: share, definition: Passed in June"),
        ("direction: increase}\n  passed", "direction: increase, domain: school}\n  passed"),
    ],
)
def test_what_it_does_not_depend_on_leaves_it(study, old, new):
    before = fits(load(study), "main")
    change(study, old, new)
    assert fits(load(study), "main") == before


def test_a_diagnosis_is_quoted_only_where_it_is_of_this_study(study):
    assert quoted(load(study)).states == {"main": "not simulated"}
    power(study, draws=100, workers=1)
    change(study, "sd: 5", "sd: 6")
    late = quoted(load(study))
    assert (late.tables, late.states) == ((), {"main": "out of date"})
    change(study, "sd: 6", "sd: 5")
    change(
        study,
        "outcomes: {points: {baseline: 30, effect: 4, sd: 5}",
        "outcomes: {passed: {baseline: 0.5, effect: 0.1}, points: {baseline: 30, effect: 4, sd: 5}",
    )
    more = quoted(load(study))
    assert more.states == {"main": "simulated", "second": "not simulated"}
    assert {one.analysis for one in more.tables} == {"main"}
    text = (study / FILE).read_text()
    (study / FILE).write_text(text.replace('"power": ', '"power": 1', 1))
    assert set(quoted(load(study)).states.values()) == {"changed by hand"}
    for garbage in ("[1, 2", '{"seal": "x", "a": "\\ud800"}', '{"seal": NaN}', "{}"):
        (study / FILE).write_text(garbage)
        assert set(quoted(load(study)).states.values()) == {"changed by hand"}
    for part in ("schema", "analyses", "tables"):  # a seal over what we never write
        other = {key: one for key, one in json.loads(text).items() if key not in (part, "seal")}
        (study / FILE).write_text(json.dumps({**other, "seal": seal(other)}))
        assert set(quoted(load(study)).states.values()) == {"changed by hand"}


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        (STUDY[STUDY.index("assumptions:") :], "", "", "the study has no `assumptions`"),
        (
            "{points: {baseline: 30, effect: 4, sd: 5}}",
            "{passed: {baseline: 0.5, effect: 0.1}}",
            ":21",
            "nothing is assumed of an outcome that is analysed",
        ),
    ],
)
def test_nothing_is_simulated_without_assumptions(study, old, new, where, what):
    change(study, old, new)
    if "passed" in new:
        text = (study / "study.yaml").read_text()
        start, end = text.index("  second:"), text.index("assumptions:")
        (study / "study.yaml").write_text(text[:start] + text[end:])
    with pytest.raises(StudyError) as error:
        power(study, draws=100, workers=1)
    (problem,) = error.value.problems
    assert problem.what == what
    assert where.split(":")[-1] in problem.where
    assert problem.fix.startswith("add ")
    assert not (study / FILE).exists()


def test_too_few_draws_are_refused(study):
    with pytest.raises(StudyError) as error:
        power(study, draws=10)
    assert "--draws 10" in error.value.problems[0].what


def test_the_command(study):
    call = [sys.executable, "-m", "evaluate", "power", str(study), "--draws", "100"]
    done = subprocess.run(
        [*call, "--workers", "1"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "main: an effect of 4 is found in" in done.stdout
    assert "simulated studies, main: 50 %" in done.stderr
    change(study, "assumptions:", "assumption:")
    done = subprocess.run([*call, "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "assumption" in json.loads(done.stdout)[0]["what"]


def test_planned_and_achieved_precision_in_one_row(study):
    found = power(study, draws=100, workers=1)
    row = found["main"].scenarios["main"]
    question = questions_of(load(study), "main")["main"]
    achieved = Estimate(
        estimate=3.0, std_error=1.5, conf_low=0.0, conf_high=6.0, n_obs=57, n_treated=28,
        method="m", std_error_method="HC2", unit="points", estimand="ATE", df=54.0,
    )  # fmt: skip
    table = precision([Both("points", question, row, achieved), Both("passed")])
    assert table is not None
    (cells,) = table.rows
    assert set(cells) <= {column.name for column in table.columns}
    assert (cells["planned_n"], cells["achieved_n"]) == (60, 57)
    assert cells["planned_mde"] == row["mde"]
    assert cells["planned_by"] == "simulation"
    # t at 0.975 and at 0.80 with 54 degrees of freedom: 2.00488 + 0.84854.
    assert cells["achieved_mde"] == pytest.approx(1.5 * 2.8534, rel=1e-4)
    assert "planned_clusters" not in cells
    (by_formula,) = precision([Both("points", question)]).rows
    assert by_formula["planned_by"] == "formula"
    assert by_formula["planned_mde"] == row["mde_formula"]
    assert by_formula["planned_std_error"] == pytest.approx(row["true_std_error"], rel=0.25)
    assert precision([Both("passed")]) is None
