"""Dummy rows replace nothing that was not simulated, and never pass for real ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluate.errors import StudyError
from evaluate.prepare import prepare
from evaluate.simulate import simulate
from evaluate.study import dummy_places

STUDY = """version: 1
id: homework-club
title: Homework club
question: Do more pupils pass?
status: running
programme: {owner: A town}
intervention: {name: E, why: W, what: L, provider: T, how: G, where: S, dose: D, tailoring: N,
               changes: N, fidelity: R, class: [compensating], reach: universal, levels: [school]}
comparison: {who: Others, received: Guidance, why_credible: A lottery decided.}
data: {kind: dummy, source: data/rows.csv}
outcomes:
  passed: {column: passed, unit: subjects, role: primary, direction: increase}
analyses:
  main: {outcome: passed, estimand: ITT, design: {randomised: {treated: offered}}}
assumptions:
  people: 40
  outcomes: {passed: {baseline: 7, effect: 0.5, sd: 2}}
"""
DICTIONARY = """# Data dictionary

## homework-club

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| offered | boolean | | | | Offered | lottery |
| passed | number | subjects | | | Passed | register |
"""
OWN = "offered,passed\n1,7\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "homework-club"
    (folder / "data").mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "data-dictionary.md").write_text(DICTIONARY, encoding="utf-8")
    return folder


def change(study: Path, old: str, new: str) -> None:
    text = (study / "study.yaml").read_text(encoding="utf-8")
    assert old in text
    (study / "study.yaml").write_text(text.replace(old, new), encoding="utf-8")


def words(act: Callable[[], object]) -> str:
    with pytest.raises(StudyError) as caught:
        act()
    (one,) = caught.value.problems
    assert "study.yaml:" in one.where
    return one.what


@pytest.mark.parametrize("name", ["truth.json", "DUMMY.md", "rows.csv"])
@pytest.mark.parametrize(
    "text", ["mine", '{"dummy": true, "files": {"a": []}}', "[" * 100_000, '{"dummy": true}']
)
def test_what_stands_there_stays(study: Path, name: str, text: str) -> None:
    (study / "data" / name).write_text(text, encoding="utf-8")
    assert words(lambda: simulate(study)) == f"`{name}` is there already"
    assert [one.name for one in (study / "data").iterdir()] == [name]
    assert (study / "data" / name).read_text(encoding="utf-8") == text


def test_the_truth_of_another_study_stays(study: Path) -> None:
    simulate(study)
    change(study, "id: homework-club", "id: another")
    assert words(lambda: simulate(study)) == "`truth.json` is there already"


def test_links_and_folders_stay(study: Path) -> None:
    (study / "data/rows.csv").symlink_to(study / "nowhere.csv")
    assert words(lambda: simulate(study)) == "`rows.csv` is there already"
    (study / "data/rows.csv").unlink()
    (study / "data/rows.csv").mkdir()
    assert words(lambda: simulate(study)) == "`rows.csv` is there already"


@pytest.mark.parametrize("source", ["data/*.csv", "data"])
def test_real_and_dummy_rows_are_not_mixed(study: Path, source: str) -> None:
    change(study, "data/rows.csv", source)
    simulate(study)
    simulate(study, seed=1)
    (study / "data/other.csv").write_text(OWN, encoding="utf-8")
    assert words(lambda: simulate(study)) == f"`{source}` holds other files already"


def test_the_notice_names_the_files_that_are_invented(study: Path) -> None:
    change(study, "{kind: dummy, source: data/rows.csv}",
           "{kind: restricted, source: data/rows.csv, dummy: data/dummy.csv}")  # fmt: skip
    (study / "data/rows.csv").write_text(OWN, encoding="utf-8")
    simulate(study)
    notice = (study / "data/DUMMY.md").read_text(encoding="utf-8")
    assert "`dummy.csv`" in notice
    assert "rows.csv" not in notice
    assert (study / "data/rows.csv").read_text(encoding="utf-8") == OWN


def test_dummy_rows_do_not_lie_where_restricted_ones_do(study: Path) -> None:
    change(study, "{kind: dummy, source: data/rows.csv}",
           "{kind: restricted, source: data/rows.csv, dummy: data/rows.csv}")  # fmt: skip
    assert "dummy rows lie where restricted ones do" in words(lambda: simulate(study))


@pytest.mark.parametrize("kind", ["restricted", "public"])
def test_simulated_rows_never_pass_for_real_ones(study: Path, kind: str) -> None:
    simulate(study)
    change(study, "kind: dummy", f"kind: {kind}")

    def check() -> None:
        with prepare(study):
            pass

    assert words(check) == f"`data.kind` is `{kind}`, and `rows.csv` was simulated"
    (study / "data/rows.csv").write_text(OWN, encoding="utf-8")
    check()  # real rows took their place


def test_two_sources_are_not_one_file(study: Path) -> None:
    change(study, "{kind: dummy, source: data/rows.csv}",
           "{kind: dummy, sources: {a: {path: a/rows.csv}, b: {path: b/rows.csv}},"
           " join: [{left: a, right: b, on: pupil, cardinality: one_to_one}]}")  # fmt: skip
    row = "| pupil | integer | | | | Key | register |\n"
    (study / "data-dictionary.md").write_text(DICTIONARY + row, encoding="utf-8")
    assert len(simulate(study).files) == 2
    what = words(lambda: simulate(study, out=study / "out"))
    assert what == "two sources would be written to one file"


def test_a_disk_that_refuses_is_no_fault_of_ours(study: Path) -> None:
    (study / "file").write_text("", encoding="utf-8")
    what = words(lambda: simulate(study, out=study / "file/below"))
    assert what == "dummy rows cannot be written: Not a directory"


def test_nothing_half_written_is_left(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(study)
    before = {one.name: one.read_bytes() for one in (study / "data").iterdir()}

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("evaluate.simulate.write_truth", fail)
    with pytest.raises(KeyboardInterrupt):
        simulate(study, seed=1)
    assert {one.name: one.read_bytes() for one in (study / "data").iterdir()} == before
    files = json.loads(before["truth.json"])["files"]
    assert files == {"main": dummy_places.hash_of(study / "data/rows.csv")}


def test_nothing_is_written_outside_the_folder(study: Path) -> None:
    change(study, "source: data/rows.csv", "source: ../rows.csv")
    with pytest.raises(StudyError, match="leads out of the folder"):
        simulate(study)
    assert not (study.parent / "rows.csv").exists()
