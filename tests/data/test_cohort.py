"""Cohorts: one row for each person at entry, criteria with reasons, and the flow of rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cohort_folder import (
    ENROLMENTS,
    PUPILS,
    SPELLS,
    STATUS,
    changed,
    cohort,
    data,
    outcome,
    plus,
    status,
    without,
    write,
)


def test_one_row_for_each_person(tmp_path: Path) -> None:
    found = write(tmp_path).values(["pupil", "start", "track"], **data())
    assert sorted(found["pupil"]) == ["p1", "p2", "p3", "p4", "p5", "p6"]
    assert {str(one) for one in found["start"]} == {"2015-08-20"}


def test_what_had_become_of_each(tmp_path: Path) -> None:
    found = outcome(write(tmp_path))
    assert found == {"p1": True, "p2": False, "p3": False, "p4": None, "p5": None, "p6": False}


def test_the_name_of_the_status(tmp_path: Path) -> None:
    derive = [{"name": "state_after", "status": changed(STATUS, give="state")}]
    assert outcome(write(tmp_path), "state_after", derive=derive) == {
        "p1": "completed", "p2": "left", "p3": "enrolled", "p4": "moved", "p5": "died",
        "p6": "enrolled",
    }  # fmt: skip


@pytest.mark.parametrize(("pick", "day"), [("first", "2015-08-20"), ("last", "2016-08-20")])
def test_which_entry_counts(tmp_path: Path, pick: str, day: str) -> None:
    again = {"pupil": "p1", "start": "2016-08-20", "track": "Y", "school": "a"}
    entry = {"source": "enrolments", "date": "start", "pick": pick}
    folder = write(tmp_path, enrolments=plus(ENROLMENTS, again))
    found = outcome(folder, "start", cohort=cohort(entry=entry))
    assert str(found["p1"]) == day


def test_the_day_of_entry_may_be_a_column_of_the_persons(tmp_path: Path) -> None:
    pupils = [{**one, "start": "2015-08-20"} for one in PUPILS]
    found = outcome(write(tmp_path, pupils=pupils), sources={
        "pupils": {"path": "pupils.csv"}, "spells": {"path": "spells.csv"}},
        cohort=cohort(entry={"date": "start"}))  # fmt: skip
    assert found["p1"] is True


def test_joins_see_what_was_taken_from_the_entry(tmp_path: Path) -> None:
    join = [{"left": "pupils", "right": "schools", "on": "school", "cardinality": "many_to_one"}]
    block = data("pupils", "enrolments", "spells", "schools", join=join)
    found = write(tmp_path).values(["pupil", "size", "completed"], **block)
    assert set(found["size"]) == {300}


def test_who_leaves_and_why(tmp_path: Path) -> None:
    pupils = [{**one, "consent": 0 if one["pupil"] == "p1" else 1} for one in PUPILS]
    pupils += [{**PUPILS[0], "pupil": "p7"}]
    enrolments = [{**one, "school": "b" if one["pupil"] == "p3" else "a"} for one in ENROLMENTS]
    block = data(
        "pupils", "enrolments", "spells", "schools",
        join=[{"left": "pupils", "right": "schools", "on": "school",
               "cardinality": "many_to_one", "unmatched": "drop"}],
        cohort=cohort(
            without_entry="exclude",
            include=[{"column": "consent", "is": True, "reason": "no consent"}],
            exclude=[
                {"column": "track", "is": "Y", "reason": "vocational"},
                {"source": "spells", "column": "state", "is": "M", "date": "from",
                 "reason": "moved before"},
            ],
        ),
    )  # fmt: skip
    folder = write(tmp_path, pupils=pupils, enrolments=enrolments)
    with folder.open({"completed"}, **block) as rows:
        assert [(one.stage, one.n, one.lost, one.reason) for one in rows.steps] == [
            ("eligible", 7, 0, ""),
            ("included", 2, 1, "never enter the cohort"),
            ("included", 2, 1, "no consent"),
            ("included", 2, 3, "vocational"),
            ("linked", 1, 1, "not found in schools"),
        ]
        assert (rows.n_rows, rows.used) == (7, 1)
        (scored,) = rows.scored
        assert scored.states == {
            "completed": 0, "left": 1, "enrolled": 0, "moved": 0, "died": 0, "": 0
        }  # fmt: skip


def test_rows_before_entry_can_exclude(tmp_path: Path) -> None:
    before = {"pupil": "p2", "from": "2013-08-20", "to": "2014-06-20", "state": "E"}
    rule = {"source": "spells", "column": "state", "is": "E", "date": "from", "reason": "again"}
    folder = write(tmp_path, spells=plus(SPELLS, before))
    assert "p2" not in outcome(folder, cohort=cohort(exclude=[rule]))
    # On the day of entry all are enrolled.
    with folder.open({"completed"}, **data()) as rows:
        assert rows.used == 6
    rule["when"] = "by_entry"
    (problem,) = folder.problems({"completed"}, **data(cohort=cohort(exclude=[rule])))
    assert (problem.where, problem.what) == (
        "study.yaml:data.cohort.exclude.0", "no row of `pupils.csv` meets it"
    )  # fmt: skip


def test_a_missing_cell_neither_includes_nor_excludes(tmp_path: Path) -> None:
    pupils = [{**one, "sex": 9 if one["pupil"] == "p1" else 2} for one in PUPILS]
    folder = write(tmp_path, pupils=pupils)
    rule = {"column": "sex", "is": 2, "reason": "boys"}
    assert "p1" not in outcome(folder, cohort=cohort(include=[rule]))
    rule = {"column": "sex", "is": 1, "reason": "girls"}
    assert "p1" in outcome(folder, cohort=cohort(exclude=[rule]))


DATA_FAULTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"pupils": plus(PUPILS, PUPILS[0])}, {}, "1 person stands in several rows of `pupils.csv`"),
    ({"pupils": plus(PUPILS, {**PUPILS[0], "pupil": ""})}, {},
     "1 row of `pupils.csv` without `pupil`"),
    ({"enrolments": without(ENROLMENTS, ["p1", "p2"])}, {},
     "2 of 6 persons of `pupils.csv` never enter"),
    ({"enrolments": plus(ENROLMENTS, {**ENROLMENTS[0], "track": "Y"})}, {},
     "1 person has several entries on one day that differ"),
    ({"enrolments": plus(ENROLMENTS, {**ENROLMENTS[0], "start": "2016-08-20"})},
     {"cohort": cohort(entry={"source": "enrolments", "date": "start"})},
     "1 person has several entries in `enrolments.csv`"),
    ({"enrolments": [{**one, "start": "1931-04-05"} for one in ENROLMENTS]}, {},
     "6 entries of `enrolments.csv` outside the window"),
    ({"enrolments": [{**one, "start": ""} for one in ENROLMENTS[:1]] + ENROLMENTS[1:]}, {},
     "1 entry of `enrolments.csv` without a day or person"),
    ({"enrolments": [{**one, "pupil": f"x{one['pupil']}"} for one in ENROLMENTS]}, {},
     "none of 6 persons of `pupils.csv` enters"),
    ({"pupils": [{**one, "track": "S"} for one in PUPILS]}, {},
     "has a column of this name too"),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "keys", "what"), DATA_FAULTS)
def test_persons_and_entries_that_do_not_hold(
    tmp_path: Path, tables: dict[str, Any], keys: dict[str, Any], what: str
) -> None:
    problems = write(tmp_path, **tables).problems({"completed"}, **data(**keys))
    assert any(what in one.what for one in problems), problems


def test_a_column_that_was_not_taken(tmp_path: Path) -> None:
    entry = {"source": "enrolments", "date": "start"}
    problems = write(tmp_path).problems({"completed", "track"}, **data(cohort=cohort(entry=entry)))
    assert [one.fix for one in problems] == [
        "add it to `take` under `entry`, if it is known on the day of entry"
    ]


def test_equal_entries_are_one(tmp_path: Path) -> None:
    folder = write(tmp_path, enrolments=plus(ENROLMENTS, ENROLMENTS[0]))
    entry = {"source": "enrolments", "date": "start", "take": ["track"]}
    assert len(outcome(folder, cohort=cohort(entry=entry))) == 6


def test_selecting_by_what_came_after_entry_is_refused(tmp_path: Path) -> None:
    rule = {"source": "spells", "column": "state", "is": "L", "date": "from",
            "when": "after_entry", "reason": "left"}  # fmt: skip
    (problem,) = write(tmp_path).problems({"completed"}, **data(cohort=cohort(exclude=[rule])))
    assert "dated after entry" in problem.what
    assert "the programme may have changed" in problem.why


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_order_of_rows_and_ids_change_nothing(tmp_path: Path, kind: str) -> None:
    import duckdb

    back = {f"p{i}": f"q{9 - i}" for i in range(1, 7)}

    def renamed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**one, "pupil": back[one["pupil"]]} for one in reversed(rows)]

    first = outcome(write(tmp_path))
    folder = write(
        tmp_path, pupils=renamed(PUPILS), enrolments=renamed(ENROLMENTS), spells=renamed(SPELLS)
    )
    for name in ("pupils", "enrolments", "spells"):
        if kind == "parquet":
            file = folder.path / name
            duckdb.sql(
                f"COPY (SELECT * FROM read_csv('{file}.csv', all_varchar = true)) "
                f"TO '{file}.parquet'"
            )
    sources = {name: {"path": f"{name}.{kind}"} for name in ("pupils", "enrolments", "spells")}
    found = outcome(folder, sources=sources, derive=status())
    assert found == {back[name]: value for name, value in first.items()}


def test_a_dummy_folder_goes_the_same_way(tmp_path: Path) -> None:
    from evaluate.data.definition import Data

    block = {**data(), "kind": "restricted", "dummy": "data/dummy"}
    dummy = Data.model_validate(block).in_dummy_form()
    assert dummy.cohort is not None
    assert dummy.tables["spells"].path == "data/dummy/spells"
    block["dummy"] = "data/dummy.csv"
    one_table = Data.model_validate(block).in_dummy_form()
    assert (one_table.cohort, one_table.derive, list(one_table.tables)) == (None, (), ["main"])
