"""Simulated roll-outs: periods as the dictionary has them, and who is treated in which."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from evaluate.assumptions.backwards import StuckError
from evaluate.core import Strict
from evaluate.data.variable import Range, Variable, VariableType
from evaluate.design import Simulated, all_designs, roles
from evaluate.simulate import simulate
from evaluate.study.dummy_times import acted_on, as_periods, as_starts, periods_for, place_of

STUDY = """
version: 1
id: waves
title: Waves
question: Does it help?
status: running
programme: {owner: Nobody}
intervention: {name: A, why: A, what: A, provider: A, how: A, where: A, dose: A, tailoring: A,
  changes: A, fidelity: A, class: [preventive], reach: universal, levels: [school]}
comparison: {who: A, received: A, why_credible: A}
data: {kind: dummy, source: data/rows.csv}
outcomes: {share: {column: share, unit: share, role: primary, direction: increase}}
analyses:
  main:
    outcome: share
    estimand: ATT
    design:
      staggered:
        {time: year, first_treated: {column: start, never: NEVER}, unit: school, comparison: not_yet}
assumptions:
  people: 40
  periods: 6
  rollout: {starts: [{period: 3, units: 5}, {period: 5, units: 7}]}
  outcomes: {share: {baseline: 0.5, trend: 0.02, effect: 0.1, sd: 0.001}}
"""
DICTIONARY = """
## waves

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| school | text | | | | School | simulated |
| year | integer | year | 2010..2020 | | Year | simulated |
| start | integer | year | 0..9999 | | First year | simulated |
| share | number | share | 0..1 | | Share | simulated |
"""


def variable(kind: VariableType, low: int | None = None, high: int | None = None) -> Variable:
    return Variable("year", kind, "", Range(low, high), (), "", "", "waves", "file", 1)


@pytest.mark.parametrize("never", [0, 9999])
def test_a_staggered_study_is_simulated_as_assumed(tmp_path: Path, never: int) -> None:
    folder = tmp_path / "waves"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY.replace("NEVER", str(never)))
    (tmp_path / "data-dictionary.md").write_text(DICTIONARY)
    made = simulate(folder, seed=1)
    with made.files[0].open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    starts = {row["school"]: int(row["start"]) for row in rows}
    assert sorted(starts.values()).count(2012) == 5
    assert sorted(starts.values()).count(2014) == 7
    assert sorted(starts.values()).count(never) == 28
    assert {int(row["year"]) for row in rows} == set(range(2010, 2016))
    assert len({(row["school"], row["year"]) for row in rows}) == len(rows) == 240
    for row in rows:
        year, start = int(row["year"]), int(row["start"])
        treated = start != never and year >= start
        assert float(row["share"]) == pytest.approx(
            0.5 + 0.02 * (year - 2010) + 0.1 * treated, abs=0.006
        )
    truth = json.loads(made.truth.read_text())
    assert truth["outcomes"]["share"]["effect"] == 0.1
    assert truth["outcomes"]["share"]["n_treated"] == 5 * 4 + 7 * 2
    again = tmp_path / "again"
    shutil.copytree(folder, again / "waves")
    shutil.copy(tmp_path / "data-dictionary.md", again)
    assert simulate(again / "waves", seed=1).files[0].read_bytes() == made.files[0].read_bytes()


def test_each_design_tells_who_is_treated() -> None:
    """Of every design that is simulated the rows say whether the programme acts on them."""
    for name, design in all_designs().items():
        spec, scenario = design.example
        drawn: Simulated[Strict] = design.simulate(spec, scenario, np.random.default_rng(3))
        role = roles(drawn.spec)
        acted = acted_on(drawn, role)
        assert set(np.unique(acted)) == {0.0, 1.0}, name
        assert acted.shape == (len(drawn.data["outcome"]),)


def test_codes_of_never_are_no_period() -> None:
    assert place_of(np.array([0.0, 1.0, 4.0, 9999.0]), 4).tolist() == [0, 1, 4, 0]
    assert place_of(np.array(["never", "3", "2"]), 4).tolist() == [0, 3, 2]


def test_starts_are_written_as_the_periods_are() -> None:
    targets = [2010.0, 2011.0, 2012.0]
    first = np.array([0.0, 2.0, 3.0])
    assert as_starts(first, targets, variable("integer"), "0").tolist() == [0.0, 2011.0, 2012.0]
    assert as_starts(first, targets, variable("text"), "x").tolist() == ["x", 2011.0, 2012.0]
    assert as_periods(np.array([3.0, 1.0]), targets).tolist() == [2012.0, 2010.0]


def test_too_few_periods_are_told() -> None:
    with pytest.raises(StuckError, match="fewer periods"):
        periods_for(4, variable("integer", 2010, 2012), ())
    assert periods_for(2, variable("integer", 2010, 2012), ()) == [2010.0, 2011.0]
