"""A study of two groups over time, from its assumptions to its finding."""

from __future__ import annotations

from pathlib import Path

from evaluate.flow import run
from evaluate.inference.did_alone import ALONE
from evaluate.simulate import simulate

STUDY = """version: 1
id: evening-classes
title: Evening classes
question: Did evening classes raise points?
status: running
programme: {owner: The county}
intervention: {name: E, why: W, what: L, provider: T, how: G, where: S, dose: D, tailoring: N,
               changes: N, fidelity: R, class: [compensating], reach: universal, levels: [school]}
comparison: {who: Others, received: Guidance, why_credible: Neighbours}
data: {kind: dummy, source: rows.csv}
outcomes:
  points: {column: points, unit: points, role: primary, direction: increase}
analyses:
  main:
    outcome: points
    estimand: ATT
    design: {did: {treated: programme, post: after, time: year, UNITS}}
assumptions:
  clusters: 30
  cluster_size: {mean: 15, sd: 4}
  periods: 4
  outcomes: {points: {baseline: 40, effect: 4, sd: 5, icc: 0.05, trend: -6}}
"""
DICTIONARY = """# Data dictionary

## evening-classes

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| programme | boolean | | | | Programme's group | register |
| after | boolean | | | | From the start | register |
| municipality | category | | | | Municipality | register |
| pupil | text | | | | Pupil | register |
| year | period | | 2015; 2016; 2017; 2018 | | Year | register |
| points | number | points | | | Points | register |
"""


def test_an_assumed_effect_is_found_and_the_change_alone_is_not_it(tmp_path: Path) -> None:
    for at, units in enumerate(("cluster: municipality", "unit: pupil, cluster: municipality")):
        study = tmp_path / str(at) / "evening-classes"
        study.mkdir(parents=True)
        text = STUDY.replace("UNITS", units)
        (study / "study.yaml").write_text(text, encoding="utf-8")
        (study / "data-dictionary.md").write_text(DICTIONARY, encoding="utf-8")
        simulate(study)
        finding = run(study)
        assert finding.outcome == "complete"
        headline = next(row for row in finding.estimates if row.role == "headline")
        assert headline.conf_low <= 4 <= headline.conf_high
        assert headline.conf_low > 0
        # Two periods later the trend has taken 12 away: alone, the change has the wrong sign.
        (alone,) = [row for row in finding.estimates if row.method == ALONE]
        assert (alone.estimand, alone.role, alone.design) == ("descriptive", "beside", "did")
        assert alone.conf_high < 0
        kinds = {table.kind for table in finding.tables}
        assert {"paths", "event_study", "rollout", "placebos", "pretrends", "honest"} <= kinds
