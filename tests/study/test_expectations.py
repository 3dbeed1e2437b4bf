"""``expect.yaml``: invented people go the way of the real ones, and contradictions are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluate.data.dictionary import dictionary_for
from evaluate.errors import Problem, StudyError
from evaluate.study.expectations import contradictions
from evaluate.study.load import load

STUDY = """\
version: 1
id: registers
title: A programme seen in registers
question: Do more pupils complete?
status: planned
programme: {owner: A county}
intervention:
  {name: Mentors, why: w, what: w, provider: w, how: w, where: w, dose: w, tailoring: w,
   changes: w, fidelity: w, class: [preventive], reach: universal, levels: [school]}
comparison: {who: Others, received: Nothing, why_credible: A lottery}
data:
  kind: public
  sources:
    pupils: {path: pupils.csv}
    enrolments: {path: enrolments.csv}
    spells: {path: spells.csv}
    schools: {path: schools.csv}
  cohort:
    persons: pupils
    person: pupil
    window: {from: 2010-01-01, to: 2024-12-31}
    entry: {source: enrolments, date: start, pick: first, take: [track, school]}
    exclude:
      - {column: track, is: A, reason: in an introduction programme}
  join:
    - {left: pupils, right: schools, on: school, cardinality: many_to_one, unmatched: drop}
  derive:
    - name: completed
      status:
        source: spells
        date: day
        column: state
        codes: {completed: [F], left: [L], enrolled: [E], moved: [M]}
        event: completed
        within: 5 years
        else: [left, enrolled]
        missing: [moved]
outcomes:
  completion: {column: completed, unit: share, role: primary, direction: increase}
"""
DICTIONARY = """\
## registers

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| pupil | text | | | | who | register |
| start | date | | | | entry | register |
| track | category | | A; S; Y | | programme | register |
| school | text | | | | school | register |
| size | integer | | | | pupils | register |
| day | date | | | | day of the change | register |
| state | category | | F; L; E; M | | status | register |
| completed | boolean | | | | completed within five years | computed |
"""
EXPECT = """\
version: 1
shared:
  schools: [{school: a, size: 300}]
people:
  - id: in-time
    rows:
      pupils: [{}]
      enrolments: [{start: 2015-08-20, track: S, school: a}]
      spells: [{day: 2015-08-20, state: E}, {day: 2020-08-20, state: F}]
    included: true
    outcomes: {completed: 1}
  - id: a-day-late
    rows:
      pupils: [{}]
      enrolments: [{start: 2015-08-20, track: S, school: a}]
      spells: [{day: 2015-08-20, state: E}, {day: 2020-08-21, state: F}]
    included: true
    outcomes: {completed: 0}
  - id: moved-away
    rows:
      pupils: [{}]
      enrolments: [{start: 2015-08-20, track: Y, school: a}]
      spells: [{day: 2015-08-20, state: E}, {day: 2016-01-01, state: M}]
    included: true
    outcomes: {completed: missing}
  - id: introduction
    rows:
      pupils: [{}]
      enrolments: [{start: 2015-08-20, track: A, school: a}]
    included: false
    reason: in an introduction programme
  - id: never-there
    rows: {pupils: [{}]}
    included: false
    reason: never enter the cohort
  - id: elsewhere
    rows:
      pupils: [{}]
      enrolments: [{start: 2015-08-20, track: S, school: b}]
    included: false
    reason: not found in schools
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "registers"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY)
    (folder / "data-dictionary.md").write_text(DICTIONARY)
    (folder / "expect.yaml").write_text(EXPECT)
    return folder


def found(folder: Path) -> tuple[Problem, ...]:
    try:
        return contradictions(load(folder), dictionary_for(folder), folder / ".evaluate")
    finally:
        assert not list((folder / ".evaluate").glob("rows-*")), "invented rows are left behind"


def line(folder: Path, text: str, after: str = "version") -> int:
    lines = (folder / "expect.yaml").read_text().splitlines()
    start = next(i for i, one in enumerate(lines) if after in one)
    return next(i for i, one in enumerate(lines, 1) if i > start and text in one)


def test_a_definition_that_does_what_is_expected(folder: Path) -> None:
    assert found(folder) == ()


CHANGES = [
    ("study.yaml", "within: 5 years", "within: 6 years", "outcomes: {completed: 0}", "a-day-late",
     "`completed` of `a-day-late` is expected to be 0, and is true"),
    ("study.yaml", "missing: [moved]", "missing: [moved]\n        no_record: left",
     None, "", ""),
    ("study.yaml", "is: A", "is: Y", "included", "moved-away",
     "`moved-away` is expected in, and is left out: in an introduction programme"),
    ("expect.yaml", "reason: not found in schools", "reason: no school", "reason", "elsewhere",
     "`elsewhere` is left out for another reason: not found in schools"),
    ("expect.yaml", "outcomes: {completed: missing}", "outcomes: {completed: 0}", "outcomes",
     "moved-away", "is expected to be 0, and is missing"),
    ("expect.yaml", "included: true\n    outcomes: {completed: 1}", "included: false", "included",
     "in-time", "`in-time` is expected to be left out, and is used"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "at", "person", "what"), CHANGES)
def test_contradictions(
    folder: Path, file: str, old: str, new: str, at: str | None, person: str, what: str
) -> None:
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    problems = found(folder)
    if at is None:
        assert problems == ()
        return
    assert any(what in one.what for one in problems), problems
    (one,) = (one for one in problems if what in one.what)
    assert one.where.endswith(f"expect.yaml:{line(folder, at, f'id: {person}')}")


def test_rows_that_do_not_hold_are_told_by_person(folder: Path) -> None:
    path = folder / "expect.yaml"
    path.write_text(path.read_text().replace("{day: 2016-01-01, state: M}", "{state: M}"))
    (problem,) = found(folder)
    assert problem.what.startswith("the rows of `moved-away` do not hold: ")
    assert "1 row of `spells` without the day" in problem.what
    assert problem.where.endswith(f"expect.yaml:{line(folder, 'id: moved-away')}")


MISTAKES = [
    ("spells: [{day: 2015-08-20, state: E}, {day: 2020-08-20, state: F}]", "spels: [{state: E}]",
     "no source `spels`", "did you mean `spells`?"),
    ("outcomes: {completed: 1}", "outcomes: {complete: 1}", "column `complete` is not in",
     "did you mean `completed`?"),
    ("id: a-day-late", "id: in-time", "`in-time` stands twice", "name"),
    ("included: false\n    reason: never", "included: true\n    reason: never",
     "has no reason to be left out", "delete `reason`"),
    ("included: true\n    outcomes: {completed: 1}",
     "included: false\n    outcomes: {completed: 1}", "are never used", "delete them"),
    ("version: 1", "version: 2", "`version` is", "1"),
    ("rows: {pupils: [{}]}", "row: {pupils: [{}]}", "not a known key", "did you mean `rows`?"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "what", "fix"), MISTAKES)
def test_mistakes_of_the_file(folder: Path, old: str, new: str, what: str, fix: str) -> None:
    path = folder / "expect.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    try:
        problems: tuple[Problem, ...] = found(folder)
    except StudyError as error:
        problems = tuple(error.problems)
    assert any(what in one.what and fix in one.fix for one in problems), problems
    assert all("expect.yaml:" in one.where for one in problems)


def test_a_study_without_a_cohort(folder: Path) -> None:
    study = (folder / "study.yaml").read_text()
    start, rest = study.split("  sources:\n")
    plain = f"""{start}  source: pupils.csv
  derive: [{{name: small, indicator: {{column: size, below: 100}}}}]
  where: [{{column: track, in: [S, Y]}}]
outcomes:{rest.split("outcomes:")[1]}"""
    (folder / "study.yaml").write_text(plain.replace("column: completed", "column: small"))
    dictionary = DICTIONARY + "| small | boolean | | | | fewer than 100 | computed |\n"
    (folder / "data-dictionary.md").write_text(dictionary)
    (folder / "expect.yaml").write_text(
        "version: 1\npeople:\n"
        "  - {id: one, rows: {main: [{size: 50, track: S}]}, included: true, outcomes: {small: 1}}\n"
        "  - {id: two, rows: {main: [{size: 150, track: A}]}, included: false}\n"
        "  - {id: three, rows: {main: [{size: 150, track: Y}]}, included: true,\n"
        "     outcomes: {small: 1}}\n"
    )
    (problem,) = found(folder)
    assert problem.what == "`small` of `three` is expected to be 1, and is false"


def test_check_runs_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from typer.testing import CliRunner

    from evaluate.cli import app

    assert CliRunner().invoke(app, ["check", str(folder)]).exit_code == 0
    path = folder / "expect.yaml"
    path.write_text(path.read_text().replace("completed: 1", "completed: 0"))
    result = CliRunner().invoke(app, ["check", str(folder)])
    assert result.exit_code == 2
    assert "expect.yaml:" in result.output


def test_a_column_that_is_misspelt_is_named(folder: Path) -> None:
    path = folder / "expect.yaml"
    path.write_text(
        path.read_text().replace("{start: 2015-08-20, track", "{strt: 2015-08-20, track", 1)
    )
    (one,) = found(folder)
    assert one.what == "column `strt` is not in the dictionary"
    assert one.fix == "did you mean `start`?"


def test_rows_of_nobody_decide_nothing(folder: Path) -> None:
    path = folder / "expect.yaml"
    nobody = "  enrolments: [{pupil: nobody, start: 2015-08-20, track: A, school: a}]\n"
    text = path.read_text()
    assert text.count("shared:\n") == 1
    path.write_text(text.replace("shared:\n", "shared:\n  pupils: [{pupil: nobody}]\n" + nobody))
    assert found(folder) == ()


def test_expectations_that_cannot_be_read_are_not_passed_over(folder: Path) -> None:
    (folder / "expect.yaml").unlink()
    (folder / "expect.yaml").symlink_to("gone.yaml")
    with pytest.raises(StudyError, match="cannot be opened"):
        found(folder)
