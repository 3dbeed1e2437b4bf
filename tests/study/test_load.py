"""What a loaded definition holds, and how a path to one may be named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from study_mistakes import HERE

from evaluate.design import Design, all_designs
from evaluate.errors import Problem, StudyError
from evaluate.study.load import MAX_PROBLEMS, Definition, load
from evaluate.study.yaml import MAX_BYTES

Load = Callable[[str], Definition]
Problems = Callable[[str], tuple[Problem, ...]]
Designs = Mapping[str, Design[Any]]

GOOD = (HERE / "good.yaml").read_text(encoding="utf-8")
SHORT = (HERE / "good-short.yaml").read_text(encoding="utf-8")


@pytest.fixture
def refused(designs: Designs) -> Callable[[Path], Problem]:
    """Return the one problem of a path."""

    def problem(path: Path) -> Problem:
        with pytest.raises(StudyError) as caught:
            load(path, designs)
        (one,) = caught.value.problems
        return one

    return problem


def test_definition_holds_study_specs_lines_and_hash(load_text: Load) -> None:
    definition = load_text(GOOD)
    assert definition.study.id == "evening-school"
    assert definition.study.programme.period is not None
    assert definition.study.programme.period.from_ == date(2012, 8, 1)
    assert definition.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert (definition.path, definition.folder) == (Path("study.yaml"), Path())
    design, spec = definition.specs["main"]
    assert design.name == "randomised"
    assert (spec.treated, spec.covariates) == ("offered", ("age", "age2"))  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        definition.specs["main"] = (design, spec)  # type: ignore[index]


def test_text_typed_as_a_number_stays_as_typed(load_text: Load) -> None:
    study = load_text(GOOD.replace("page: 12", "page: 1.10")).study
    assert study.facts[0].as_of == "2015"
    assert study.references["trial-2019"].page == "1.10"
    assert study.facts[0].value == 7700
    assert study.data is not None
    assert study.data.where[0].test == ("is", "0301")
    assert study.data.where[1].test == ("is_not", "no")
    assert study.data.where[2].test == ("in", (3, 11))


def test_column_typed_as_a_number_is_text_in_the_spec(load_text: Load) -> None:
    definition = load_text(SHORT.replace("treated: offered", "treated: 007, covariates: [1, 2]"))
    _, spec = definition.specs["main"]
    assert (spec.treated, spec.covariates) == ("007", ("1", "2"))  # type: ignore[attr-defined]


def test_at_names_the_nearest_line(load_text: Load) -> None:
    definition = load_text(GOOD)
    lines = GOOD.splitlines()
    where = definition.at("analyses", "main", "design", "randomised", "cluster")
    assert where == f"study.yaml:{lines.index('        cluster: class_id') + 1}"
    assert definition.at("outcomes", "income", "title", "nb") == definition.at("outcomes", "income")
    assert definition.at("data", "where", 3, "not_in", 1) == definition.at("data", "where", 3)
    assert definition.at("nothing") == "study.yaml:1"


def test_designs_of_the_package_are_the_default(load_text: Load) -> None:
    load_text(SHORT)
    assert "randomised" in all_designs()
    assert load(Path()).specs.keys() == {"main"}


def test_planned_study_needs_no_data_and_no_analyses(load_text: Load) -> None:
    start = SHORT.index("data:")
    planned = SHORT.replace("status: running", "status: planned")
    assert load_text(planned.replace("data: {kind: public, source: data/pupils.csv}\n", ""))
    outcomes = SHORT[SHORT.index("outcomes:") : SHORT.index("analyses:")]
    assert load_text(planned[:start] + outcomes).specs == {}


def test_rules_of_valid_blocks_are_checked_beside_faulty_blocks(problems: Problems) -> None:
    text = SHORT.replace("version: 1", "version: 3").replace("outcome: completion,", "outcome: x,")
    assert [one.what for one in problems(text)] == [
        "`version` is `3`, which is not known here",
        "`analyses.main.outcome` is `x`, which is not under `outcomes`",
    ]


def test_problems_stand_in_the_order_of_the_file(problems: Problems) -> None:
    found = problems((HERE / "bad" / "many-at-once.yaml").read_text(encoding="utf-8"))
    lines = [int(one.where.rpartition(":")[2]) for one in found]
    assert lines == sorted(lines)
    assert len(lines) >= 8


@pytest.mark.parametrize("form", ["folder", "file", "absolute"])
def test_path_forms(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, designs: Designs
) -> None:
    (tmp_path / "evening").mkdir()
    file = tmp_path / "evening" / "study.yaml"
    file.write_text(SHORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    path = {"folder": Path("evening"), "file": Path("evening/study.yaml"), "absolute": file}[form]
    definition = load(path, designs)
    assert definition.at("id") == str(Path("evening") / "study.yaml") + ":2"
    assert definition.folder.resolve() == file.parent


def test_path_outside_stands_as_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, designs: Designs
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "study.yaml").write_text(SHORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    assert load(Path(".."), designs).at("version") == str(Path("..") / "study.yaml") + ":1"


def test_crlf_keeps_its_lines(folder: Path, monkeypatch: Any, designs: Designs) -> None:
    monkeypatch.chdir(folder)
    Path("study.yaml").write_bytes(SHORT.replace("\n", "\r\n").encode())
    assert load(Path(), designs).at("status") == "study.yaml:5"


def test_folder_without_definition(tmp_path: Path, refused: Callable[[Path], Problem]) -> None:
    one = refused(tmp_path)
    assert (one.what, one.fix) == ("the folder has no study.yaml", "name the folder of a study")
    (tmp_path / "study.yml").write_text(SHORT, encoding="utf-8")
    assert refused(tmp_path).fix == "rename `study.yml` to `study.yaml`"
    assert refused(tmp_path / "study.yml").what == "the file is not called study.yaml"


def test_path_that_is_not_there(tmp_path: Path, refused: Callable[[Path], Problem]) -> None:
    (tmp_path / "evening").mkdir()
    one = refused(tmp_path / "evning")
    assert one.what == "there is no such file or folder"
    assert one.fix == f"did you mean `{tmp_path / 'evening'}`?"
    assert refused(tmp_path / "nowhere" / "at" / "all").fix == "check the path"
    assert refused(tmp_path / "nul\0byte").fix == "check the path"
    assert refused(tmp_path / ("x" * 5000)).what == "the path cannot be read"


def test_definition_that_is_a_folder(tmp_path: Path, refused: Callable[[Path], Problem]) -> None:
    (tmp_path / "study.yaml").mkdir()
    assert refused(tmp_path).what == "the folder has no study.yaml"


def test_file_over_the_bound(tmp_path: Path, refused: Callable[[Path], Problem]) -> None:
    file = tmp_path / "study.yaml"
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    assert refused(file).what == "the file is larger than 1 MB"
    assert refused(file).where.endswith("study.yaml:1")


def test_messages_show_long_and_odd_values_on_one_short_line(problems: Problems) -> None:
    (one,) = problems(SHORT.replace("status: running", 'status: "a`b\\nc' + "d" * 500 + '"'))
    assert one.what.startswith("`status` is the text `a'b cddd")
    assert len(one.what) < 120


def test_a_flood_of_problems_is_cut_short(problems: Problems) -> None:
    found = problems("version: 1\n" * 1000)
    assert len(found) == MAX_PROBLEMS + 1
    missing = sum("is missing" in one.what for one in found)
    more = 999 + missing - MAX_PROBLEMS
    assert found[-1].what == f"from here on there are {more} more problems"
