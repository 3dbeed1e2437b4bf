"""Back to Rule against a register: invented rows, a strict gate, and what no analysis sees."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from evaluate.findings import read
from evaluate.study.load import load

STUDIES = Path(__file__).parents[2] / "studies"
FOLDER = STUDIES / "back-to-rule-register"


def test_the_rows_are_dummy_and_the_truth_stands_beside() -> None:
    study = load(FOLDER).study
    assert study.data is not None
    assert study.data.kind == "dummy"
    truth = json.loads((FOLDER / "data" / "truth.json").read_text(encoding="utf-8"))
    assert study.assumptions is not None
    assumed = study.assumptions.outcomes["completion"].effect
    # Those who take part stand elsewhere on the curve of a yes or no.
    assert truth["outcomes"]["completion"]["effect"] == pytest.approx(assumed, abs=0.005)
    assert truth["assumptions"] == study.assumptions.model_dump(mode="json", by_alias=True)
    assert truth["seed"] == 0  # the default, which nobody picked
    assert "invented" in (FOLDER / "data" / "DUMMY.md").read_text(encoding="utf-8")
    put_in = next(one for one in study.facts if one.id == "put-in")
    assert put_in.value == 100 * assumed


def test_motivation_moves_both_and_no_analysis_sees_it() -> None:
    loaded = load(FOLDER)
    assert loaded.study.assumptions is not None
    hidden = loaded.study.assumptions.covariates["motivation"]
    assert (hidden.apart, hidden.strength) == (0.5, 0.05)
    for _, spec in loaded.specs.values():
        assert "motivation" not in spec.covariates
    with (FOLDER / "data" / "register.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    values: dict[str, list[float]] = {"1": [], "0": []}
    for row in rows:
        values[row["participant"]].append(float(row["motivation"]))
    assert len(values["1"]) == 40
    assert sum(values["1"]) / 40 > sum(values["0"]) / len(values["0"]) + 0.25


def test_nothing_small_leaves_the_gate() -> None:
    finding = read(FOLDER / "finding.json")
    assert finding.data_kind == "dummy"
    assert finding.released["profile"] == "nordic_strict"
    assert int(finding.released["hidden"]) > 0
    tables = {one.id: one for one in finding.tables}
    # Ten or fewer of the participants did not complete: neither share may be shown.
    assert [sorted(row) for row in tables["main.arms"].rows] == [["arm"], ["arm"]]
    counts = [
        value
        for table in finding.tables
        for row in table.rows
        for name, value in row.items()
        if name.startswith("n_") and isinstance(value, (int, float)) and name != "n_dropped"
    ]
    assert counts
    assert min(counts) >= 10


def test_the_estimate_is_as_far_off_as_the_text_says() -> None:
    (head,) = [one for one in read(FOLDER / "finding.json").estimates if one.role == "headline"]
    assert head.estimate > 3 * 0.1
    assert (head.conf_low or 0) > 0.1  # the interval leaves out what was put in


def test_the_plan_itself_still_promises_nothing() -> None:
    planned = load(STUDIES / "back-to-rule")
    assert planned.study.status == "planned"
    assert "matching" not in {design.name for design, _ in planned.specs.values()}


def test_a_larger_study_is_surer_of_the_wrong_number_as_simulated() -> None:
    diagnosis = json.loads((FOLDER / "plan" / "diagnosis.json").read_text(encoding="utf-8"))
    (table,) = [one for one in diagnosis["tables"] if one["kind"] == "diagnosis"]
    wrong = {row["scenario"]: round(100 * row["false_positive"], 1) for row in table["rows"]}
    facts = {fact.id: fact.value for fact in load(FOLDER).study.facts}
    assert wrong["main"] == facts["false-one"]
    assert wrong["twenty_offices"] == facts["false-twenty"]
    assert wrong["main"] < wrong["five_offices"] < wrong["twenty_offices"]
