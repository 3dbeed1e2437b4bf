"""A trial whose outcome is looked up in registers: estimated, and its people counted step by step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_study import STUDY

from evaluate.disclosure.gate import profile_for, release
from evaluate.errors import DataError
from evaluate.flow import run
from evaluate.linkage import flow_table
from evaluate.prepare import prepare
from evaluate.study.columns import analysis_roles

DATA = """\
data:
  kind: public
  sources:
    people: {path: people.csv}
    enrolments: {path: enrolments.csv}
    events: {path: events.csv}
  cohort:
    persons: people
    person: who
    window: {from: 2014-01-01, to: 2023-12-31}
    entry: {source: enrolments, date: start, pick: first, take: [age]}
    without_entry: exclude
    include: [{column: age, below: 20, reason: 20 or older}]
  derive:
    - name: completed
      status:
        source: events
        date: day
        column: state
        codes: {completed: [F], left: [L], died: [D]}
        event: completed
        within: 5 years
        else: [left]
        missing: [died]
        no_record: left
"""
DICTIONARY = """\
## classes

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| who | integer | | | | who | register |
| offered | boolean | | | | 1 if a place was offered | lottery |
| start | date | | | | entry | register |
| age | number | years | | | age at entry | register |
| day | date | | | | day | register |
| state | category | | F; L; D | | status | register |
| completed | boolean | | | | completed within five years | computed |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "classes"
    folder.mkdir()
    start, rest = STUDY.split("data:\n")
    rest = "outcomes:" + rest.split("outcomes:")[1]
    rest = rest.replace(
        "points: {column: points, unit: points", "points: {column: completed, unit: share"
    )
    rest = rest.replace("smallest_worthwhile: 2", "smallest_worthwhile: 0.02")
    rest = rest.replace(", covariates: [age]", "")
    (folder / "study.yaml").write_text(start + DATA + rest)
    (folder / "data-dictionary.md").write_text(DICTIONARY)
    (folder / "text.md").write_text("Text.\n")
    rng = np.random.default_rng(3)
    people, enrolments, events = ["who,offered"], ["who,start,age"], ["who,day,state"]
    for who in range(240):
        people.append(f"{who},{who % 2}")
        if who < 20:
            continue  # never enter
        enrolments.append(f"{who},2016-08-20,{22 if who < 50 else 17}")
        draw = rng.random()
        if draw < 0.6 + 0.1 * (who % 2):
            events.append(f"{who},2019-06-20,F")
        elif draw > 0.95:
            events.append(f"{who},2018-01-01,D")
    for name, lines in (("people", people), ("enrolments", enrolments), ("events", events)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_people_are_counted_step_by_step(folder: Path) -> None:
    with prepare(folder) as prepared:
        assert prepared.rows is not None
        analysis, (_, spec) = (
            prepared.definition.study.analyses["main"],
            prepared.definition.specs["main"],
        )
        table = flow_table(
            prepared.rows, prepared.samples["main"], "completed", analysis_roles(analysis, spec)
        )
        (scored,) = prepared.rows.scored
    rows = [tuple(row.get(key) for key in ("stage", "arm", "n", "lost", "reason"))
            for row in table.rows]  # fmt: skip
    dead = {arm: 95 - row[2] for row in rows if row[0] == "analysed" for arm in [row[1]]}
    assert sum(dead.values()) == scored.states["died"] > 0
    assert rows == [
        ("eligible", "all", 240, None, None),
        ("included", "all", 190, 20, "never enter the cohort"),
        ("included", "all", 190, 30, "20 or older"),
        ("assigned", "treated", 95, None, None),
        ("assigned", "comparison", 95, None, None),
        ("analysed", "treated", 95 - dead["treated"], dead["treated"], "no outcome"),
        ("analysed", "comparison", 95 - dead["comparison"], dead["comparison"], "no outcome"),
    ]


def test_the_effect_is_that_on_the_looked_up_outcome(folder: Path) -> None:
    finding = run(folder)
    (row,) = (one for one in finding.estimates if one.role == "headline")
    enrolled = {line.split(",")[0] for line in lines(folder, "enrolments") if ",17" in line}
    events = dict(line.split(",")[::2] for line in lines(folder, "events"))
    alive = [who for who in sorted(enrolled) if events.get(who) != "D"]
    means = [np.mean([events.get(who) == "F" for who in alive if int(who) % 2 == arm])
             for arm in (1, 0)]  # fmt: skip
    assert row.n_obs == len(alive)
    assert row.estimate == pytest.approx(means[0] - means[1], abs=1e-12)
    (flow,) = (one for one in finding.tables if one.kind == "flow")
    assert (flow.id, flow.rows[-1]["stage"]) == ("main.flow", "analysed")


def test_an_unfinished_cohort_gives_no_number(folder: Path) -> None:
    study = folder / "study.yaml"
    study.write_text(study.read_text().replace("to: 2023-12-31", "to: 2021-06-30"))
    with pytest.raises(DataError, match="190 persons whose horizon ends after the window"):
        run(folder)


def lines(folder: Path, name: str) -> list[str]:
    return (folder / f"{name}.csv").read_text().splitlines()[1:]


def test_small_losses_of_restricted_data_are_hidden(folder: Path) -> None:
    with prepare(folder) as prepared:
        assert prepared.rows is not None
        table = flow_table(
            prepared.rows, prepared.samples["main"], "completed", {"offered": "treatment"}
        )
    profile = profile_for("restricted", None)
    (shown,) = release((), (), (table,), (), profile).tables
    assert all(row.get("lost") is None for row in shown.rows)
    assert shown.rows[1]["reason"] == "never enter the cohort"


def test_studies_without_a_cohort_have_a_flow_too(folder: Path) -> None:
    text = (folder / "study.yaml").read_text()
    start, rest = text.split("data:\n")
    plain = "data:\n  kind: public\n  source: rows.csv\n  where: [{column: age, below: 20}]\n"
    (folder / "study.yaml").write_text(start + plain + "outcomes:" + rest.split("outcomes:")[1])
    lines = [f"{i % 2},{22 if i < 5 else 17},{'' if i == 9 else i % 3 % 2}" for i in range(50)]
    (folder / "rows.csv").write_text("offered,age,completed\n" + "\n".join(lines) + "\n")
    dictionary = "".join(
        line for line in DICTIONARY.splitlines(keepends=True)
        if line.split("|")[1:2] not in ([" who "], [" start "], [" day "], [" state "])
    )  # fmt: skip
    (folder / "data-dictionary.md").write_text(dictionary)
    with prepare(folder) as prepared:
        assert prepared.rows is not None
        table = flow_table(
            prepared.rows, prepared.samples["main"], "completed", {"offered": "treatment"}
        )
    assert [(row["stage"], row["n"], row.get("lost")) for row in table.rows] == [
        ("eligible", 50, None),
        ("included", 45, 5),
        ("assigned", 23, None),
        ("assigned", 22, None),
        ("analysed", 22, 1),
        ("analysed", 22, None),
    ]
