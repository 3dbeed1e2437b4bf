"""Single cases, shares, pathways, places and a change, from files to the finding."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluate.core import Finding
from evaluate.errors import DataError, StudyError
from evaluate.flow import run
from evaluate.methods import pathways, places, shares, single_case

STUDY = """
version: 1
id: followed
title: Followed young people
question: What became of them?
status: running
programme: {owner: A county}
intervention:
  {name: T, why: W, what: W, provider: P, how: H, where: W, dose: D, tailoring: T, changes: C,
   fidelity: F, class: [compensating], reach: selective, levels: [individual]}
comparison: {who: Nobody, received: Nothing, why_credible: It is not.}
data: {kind: dummy, source: data/scores.csv}
outcomes:
  score: {column: score, unit: points, role: primary, direction: increase, smallest_worthwhile: 1}
records:
  series: {path: data/series.csv, kind: KIND}
  exams: {path: data/exams.csv, kind: KIND}
  people: {path: data/people.csv, kind: KIND}
  places: {path: data/places.csv, kind: KIND}
analyses:
  change:
    outcome: score
    estimand: descriptive
    design: {before_after: {treated: participant, post: after, unit: person, cluster: site}}
  cases:
    title: Week by week
    method:
      single_case:
        series: {record: series, case: case, time: week, value: score, start: start}
        scheme: start_order
  passed:
    title: Examinations
    method:
      shares: {attempts: {record: exams, passed: passed, person: person, by: [term]}}
  ways:
    title: What became of them
    method:
      pathways:
        people: {record: people, entry: entry, exit: exit, status: status}
        outcomes: {completed: Completed, work: Work, moved: Moved}
        horizon: 6
  peers:
    title: Other places
    method:
      places:
        rates: {record: places, place: place, events: completed, n: n, period: year, stratum: sex}
        standard: all_places
        members: {aa: A, bb: B, cc: C, dd: D, ee: E, ff: F}
        breaks: [{period: 2021, what: A new survey, source: {title: An example}}]
"""
TYPES = {
    "scores": {
        "score": "number",
        "participant": "boolean",
        "after": "boolean",
        "person": "text",
        "site": "text",
    },
    "series": {"case": "text", "week": "integer", "score": "number", "start": "integer"},
    "exams": {"passed": "boolean", "person": "text", "term": "text"},
    "people": {"entry": "date", "exit": "date", "status": "text"},
    "places": {
        "place": "text",
        "year": "integer",
        "sex": "text",
        "n": "integer",
        "completed": "integer",
    },
}
VALUES = {"boolean": "0 = no; 1 = yes"}


def scores(rng: np.random.Generator) -> Mapping[str, Any]:
    person = np.repeat(np.arange(80), 2)
    after = np.tile([0, 1], 80)
    score = rng.normal(5, 1, 80)[person] + 2 * after + rng.normal(0, 0.5, 160)
    return {
        "score": np.round(score, 3),
        "participant": np.ones(160, int),
        "after": after,
        "person": [f"p{one}" for one in person],
        "site": [f"s{one % 12}" for one in person],
    }


def folder(tmp_path: Path, kind: str = "dummy", **changed: Mapping[str, Any]) -> Path:
    rng = np.random.default_rng(4)
    records = {
        "scores": scores(rng),
        "series": single_case.METHOD.example(rng).records["series"],
        "exams": shares.METHOD.example(rng).records["exams"],
        "people": pathways.METHOD.example(rng).records["people"],
        "places": places.METHOD.example(rng).records["places"],
    } | changed
    place = tmp_path / "followed"
    (place / "data").mkdir(parents=True)
    (place / "study.yaml").write_text(STUDY.replace("KIND", kind), "utf-8")
    told = ["# D"]
    for name, columns in records.items():
        types = TYPES[name]
        rows = zip(*(_cells(columns[one], types[one]) for one in types), strict=True)
        text = "\n".join([",".join(types), *(",".join(row) for row in rows)])
        (place / "data" / f"{name}.csv").write_text(text + "\n", "utf-8")
        told += ["", "## followed" + ("" if name == "scores" else f"/{name}"), ""]
        told += [_HEAD, "|---|---|---|---|---|---|---|"]
        told += [f"| {k} | {t} | | {VALUES.get(t, '')} | | {k} | s |" for k, t in types.items()]
    (tmp_path / "data-dictionary.md").write_text("\n".join(told) + "\n", "utf-8")
    return place


_HEAD = "| variable | type | unit | values | missing | description | source |"


def _cells(values: Any, kind: str) -> list[str]:
    if kind in {"boolean", "integer"}:
        return ["" if np.isnan(one) else str(int(one)) for one in np.asarray(values, float)]
    return ["" if one is None else str(one) for one in values]


def rows(finding: Finding, kind: str) -> tuple[Mapping[str, Any], ...]:
    return next(one.rows for one in finding.tables if one.kind == kind)


@pytest.fixture(scope="module")
def finding(tmp_path_factory: pytest.TempPathFactory) -> Finding:
    """Return what the study finds on rows that are made up."""
    return run(folder(tmp_path_factory.mktemp("dummy")))


def test_all_of_them_reach_the_finding(finding: Finding) -> None:
    assert finding.outcome == "complete"
    steps = {row["analysis"]: row["rung"] for row in rows(finding, "ladder")}
    assert steps == {"cases": 4, "passed": 1, "ways": 3, "peers": 0}
    assert rows(finding, "places_members")[-1]["state"] == "missing_member"
    assert len(rows(finding, "pathways_incidence")) == 6 * 5
    (row,) = rows(finding, "single_case_test")
    assert row["n_people"] == 4


def test_a_change_is_never_a_benefit(finding: Finding) -> None:
    (verdict,) = finding.verdicts
    assert (verdict.verdict, verdict.rung) == ("inconclusive", 3)
    assert verdict.because[0].startswith("no comparison")
    (row,) = (one for one in finding.estimates if one.role == "headline")
    assert row.conf_low > 1
    assert row.estimand == "descriptive"


def test_no_sentence_lays_the_change_to_the_programme(tmp_path: Path) -> None:
    place = folder(tmp_path)
    text = "The programme raised the score by {n}`change.overall.estimate` points."
    (place / "text.md").write_text(text, "utf-8")
    with pytest.raises(StudyError, match="claims a cause, and `change` reaches step 3"):
        run(place)


def test_restricted_rows_of_few_people_do_not_leave(tmp_path: Path) -> None:
    finding = run(folder(tmp_path, kind="restricted"))
    for kind in ("single_case_test", "single_case_measures", "single_case_series"):
        for row in rows(finding, kind):
            assert all(isinstance(cell, str | None) for cell in row.values()), kind


@pytest.mark.parametrize(
    ("name", "column"), [("series", "week"), ("people", "entry"), ("places", "place")]
)
def test_a_missing_cell_is_a_fault_of_the_data(tmp_path: Path, name: str, column: str) -> None:
    place = folder(tmp_path)
    file = place / "data" / f"{name}.csv"
    lines = file.read_text("utf-8").splitlines()
    cells = lines[1].split(",")
    cells[lines[0].split(",").index(column)] = ""
    file.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", "utf-8")
    with pytest.raises(DataError, match=f"{name}.csv:{column}"):
        run(place)
