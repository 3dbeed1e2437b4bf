"""Register outcomes: the event within a horizon, what held instead, and when nobody can know."""

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
from example_folder import CANARY

from evaluate.data.rules import Status
from evaluate.data.status import drops_out

# The same histories as dated changes of status.
EVENTS = [
    {"pupil": one["pupil"], "day": one["from"], "state": one["state"]} for one in SPELLS
]  # fmt: skip
DATED: dict[str, Any] = {"from": None, "to": None, "date": "day"}
ALL = {"p1": True, "p2": False, "p3": False, "p4": None, "p5": None, "p6": False}


def test_dated_changes_say_the_same_as_spells(tmp_path: Path) -> None:
    assert outcome(write(tmp_path, spells=EVENTS), derive=status(**DATED)) == ALL


@pytest.mark.parametrize(
    ("day", "within", "happened"),
    [
        ("2015-08-20", "5 years", True),  # the day of entry counts
        ("2020-08-20", "5 years", True),  # and so does the last day
        ("2020-08-21", "5 years", False),
        ("2020-08-20", "60 months", True),
        ("2015-09-19", "30 days", True),
        ("2015-09-20", "30 days", False),
    ],
)
def test_both_ends_of_the_horizon_count(
    tmp_path: Path, day: str, within: str, happened: bool
) -> None:
    events = [
        {"pupil": "p1", "day": "2015-08-20", "state": "E"},
        {"pupil": "p1", "day": day, "state": "F"},
    ]
    folder = write(tmp_path, spells=plus(without(EVENTS, ["p1"]), *events))
    assert outcome(folder, derive=status(**DATED, within=within))["p1"] is happened


@pytest.mark.parametrize(
    ("start", "within", "last"),
    [
        ("2016-02-29", "1 year", "2017-02-28"),
        ("2016-02-29", "4 years", "2020-02-29"),
        ("2015-08-31", "1 month", "2015-09-30"),
    ],
)
def test_months_and_years_are_those_of_the_calendar(
    tmp_path: Path, start: str, within: str, last: str
) -> None:
    enrolments = [{**one, "start": start} for one in ENROLMENTS]
    for day, happened in ((last, True), (next_day(last), False)):
        events = [{"pupil": "p1", "day": start, "state": "E"},
                  {"pupil": "p1", "day": day, "state": "F"}]  # fmt: skip
        folder = write(tmp_path, enrolments=enrolments, spells=events)
        found = outcome(folder, derive=status(**DATED, within=within, no_record="enrolled"))
        assert found["p1"] is happened, day


def next_day(text: str) -> str:
    from datetime import date, timedelta

    return str(date.fromisoformat(text) + timedelta(days=1))


def test_the_event_counts_whatever_follows(tmp_path: Path) -> None:
    after = {"pupil": "p1", "from": "2019-01-01", "to": "", "state": "D"}
    spells = [{**one, "to": "2018-12-31" if one["state"] == "F" and one["pupil"] == "p1"
               else one["to"]} for one in SPELLS]  # fmt: skip
    assert outcome(write(tmp_path, spells=plus(spells, after)))["p1"] is True


def test_who_has_no_record(tmp_path: Path) -> None:
    folder = write(tmp_path, spells=without(SPELLS, ["p3"]))
    assert outcome(folder)["p3"] is None
    assert outcome(folder, derive=status(no_record="left"))["p3"] is False
    with folder.open({"completed"}, **data()) as rows:
        (scored,) = rows.scored
        assert (scored.n, scored.states[""]) == (6, 1)


def test_a_gap_at_the_last_day_is_unknown(tmp_path: Path) -> None:
    spells = [
        *without(SPELLS, ["p3"]),
        {"pupil": "p3", "from": "2015-08-20", "to": "2020-08-19", "state": "E"},
        {"pupil": "p3", "from": "2020-08-21", "to": "", "state": "E"},
    ]
    assert outcome(write(tmp_path, spells=spells))["p3"] is None


def test_on_the_day_of_a_change_the_later_spell_holds(tmp_path: Path) -> None:
    spells = [
        *without(SPELLS, ["p3"]),
        {"pupil": "p3", "from": "2015-08-20", "to": "2020-08-20", "state": "E"},
        {"pupil": "p3", "from": "2020-08-20", "to": "", "state": "M"},
    ]
    assert outcome(write(tmp_path, spells=spells))["p3"] is None  # moved


KINDS = {"column": "track", "codes": {"general": ["S"], "vocational": ["Y"]}}


def test_horizons_by_kind_of_programme(tmp_path: Path) -> None:
    derive = status(within={"general": "5 years", "vocational": "6 years"}, types=KINDS)
    found = outcome(write(tmp_path), derive=derive)
    assert found["p6"] is True  # a day late for five years, in time for six
    standard = status(within=None, standard="norway-completion-5-6", types=KINDS)
    assert outcome(write(tmp_path), derive=standard) == found


def test_a_standard_of_one_horizon_needs_no_kinds(tmp_path: Path) -> None:
    derive = status(within=None, standard="norway-completion-5")
    assert outcome(write(tmp_path), derive=derive) == ALL


def test_one_rule_may_feed_others(tmp_path: Path) -> None:
    derive = [
        *status(),
        {"name": "not_completed", "difference": {"left": "treated", "right": "completed"}},
    ]
    found = outcome(write(tmp_path), "not_completed", derive=derive)
    assert (found["p1"], found["p2"], found["p4"]) == (0.0, 0.0, None)


def test_rows_that_do_not_count(tmp_path: Path) -> None:
    folder = write(tmp_path, spells=[{**one, "grade": 1} for one in SPELLS])
    derive = status(where=[{"column": "grade", "above": 0}])
    assert outcome(folder, derive=derive) == ALL
    derive = status(where=[{"column": "state", "is_not": "F"}])
    assert outcome(folder, derive=derive)["p1"] is None


FAULTS: list[tuple[list[dict[str, Any]], dict[str, Any], str]] = [
    (plus(SPELLS, {"pupil": "p3", "from": "2016-01-01", "to": "2016-05-01", "state": "L"}), {},
     "1 person with spells that overlap in `spells`"),
    (plus(SPELLS, {"pupil": "p1", "from": "2014-06-01", "to": "2014-01-01", "state": "E"}), {},
     "1 spell of `spells` ending before the first day"),
    (plus(SPELLS, {"pupil": "p1", "from": "2014-06-01", "to": "2014-07-01", "state": CANARY}), {},
     "1 row of `spells` with a status that the rule does not name"),
    (plus(SPELLS, {"pupil": "p1", "from": "2014-06-01", "to": "2014-07-01", "state": ""}), {},
     "1 row of `spells` with a status that the rule does not name"),
    (plus(SPELLS, {"pupil": "p1", "from": "", "to": "2014-07-01", "state": "E"}), {},
     "1 row of `spells` without the day on which the status began"),
    (plus(SPELLS, {"pupil": "p1", "from": "2031-01-01", "to": "", "state": "M"}), {},
     "1 row of `spells` outside the window of the cohort"),
    (plus(SPELLS, {"pupil": "p1", "from": "2001-01-01", "to": "2001-02-01", "state": "E"}), {},
     "1 row of `spells` outside the window of the cohort"),
    (plus(SPELLS, {"pupil": "p2", "from": "2014-06-01", "to": "2014-06-01", "state": "F"}), {},
     "1 row of `spells` with the event before entry"),
    (plus(EVENTS, {"pupil": "p2", "day": "2016-03-01", "state": "M"}), DATED,
     "1 person with several statuses on the day that counts in `spells`"),
    (SPELLS, {"types": {**KINDS, "codes": {"general": ["S"]}}, "within": {"general": "5 years"}},
     "3 persons with no horizon"),
    ([{**one, "pupil": f"x{one['pupil']}"} for one in SPELLS], {},
     "nobody of the cohort has a row in `spells`"),
]  # fmt: skip


@pytest.mark.parametrize(("spells", "rule", "what"), FAULTS)
def test_registers_that_do_not_hold(
    tmp_path: Path, spells: list[dict[str, Any]], rule: dict[str, Any], what: str
) -> None:
    folder = write(tmp_path, spells=spells)
    problems = folder.problems({"completed"}, **data(derive=status(**rule)))
    assert [one.what for one in problems if what in one.what], problems
    assert len(problems) == 1
    assert problems[0].where == "study.yaml:data.derive.0"


def test_rules_declared_for_them(tmp_path: Path) -> None:
    overlap = {"pupil": "p3", "from": "2016-01-01", "to": "", "state": "L"}
    folder = write(tmp_path, spells=plus(SPELLS, overlap))
    assert outcome(folder, derive=status(overlap="latest"))["p3"] is False
    early = {"pupil": "p2", "from": "2014-06-01", "to": "2014-06-01", "state": "F"}
    folder = write(tmp_path, spells=plus(SPELLS, early))
    assert outcome(folder, derive=status(before_entry="ignore"))["p2"] is False
    late = {"pupil": "p3", "from": "2031-01-01", "to": "", "state": "M"}
    folder = write(tmp_path, spells=plus(SPELLS, late))
    assert outcome(folder, derive=status(outside="ignore", overlap="latest")) == ALL


def test_faults_of_people_outside_the_cohort_do_not_matter(tmp_path: Path) -> None:
    wrong = {"pupil": "p3", "from": "2016-01-01", "to": "2015-01-01", "state": "L"}
    folder = write(tmp_path, spells=plus(SPELLS, wrong))
    leave = [{"column": "pupil", "is": "p3", "reason": "wrong"}]
    assert "p3" not in outcome(folder, cohort=cohort(exclude=leave))


def test_an_unfinished_cohort_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    block = cohort(window={"from": "2010-01-01", "to": "2020-08-19"})
    (problem,) = folder.problems({"completed"}, **data(cohort=block, derive=status(
        outside="ignore")))  # fmt: skip
    assert problem.what == "6 persons whose horizon ends after the window of the cohort"
    assert "would count as a failure" in problem.why
    block = cohort(window={"from": "2010-01-01", "to": "2020-08-20"})
    assert outcome(folder, cohort=block, derive=status(outside="ignore")) == ALL


def test_late_entrants_may_be_excluded(tmp_path: Path) -> None:
    late = [{**one, "start": "2021-08-20" if one["pupil"] == "p6" else one["start"]}
            for one in ENROLMENTS]  # fmt: skip
    folder = write(tmp_path, enrolments=late)
    rule = [{"column": "start", "above": "2019-12-31", "reason": "entered too late"}]
    block = {"derive": status(before_entry="ignore"), "cohort": cohort(exclude=rule)}
    assert set(outcome(folder, **block)) == {"p1", "p2", "p3", "p4", "p5"}


DEFINITIONS: list[tuple[dict[str, Any], str]] = [
    ({"missing": ["moved", "died", "left"], "else": ["enrolled"]}, "means that somebody left"),
    ({"missing": ["moved"]}, "`died` stands only in `codes`"),
    ({"else": ["left", "enrolled", "moved"]}, "`moved` stands in two of"),
    ({"no_record": "gone"}, "`no_record` is `gone`"),
    ({"from": "grade"}, "`grade` is number"),
    ({"person": "grade"}, "`grade` is number and `pupil` text"),
    ({"within": None, "standard": "norway-completion"}, "no published definition"),
    ({"within": None, "standard": "eurostat-early-leavers"}, "no published definition"),
    ({"within": None, "standard": "norway-completion-5-6"}, "nothing says whose is which"),
    ({"within": {"general": "5 years"}, "types": KINDS}, "do not name the same kinds"),
    ({"column": "grade"}, "cannot be a value of `grade`"),
    ({"column": "outcome"}, "column `outcome` is not in the dictionary"),
]


@pytest.mark.parametrize(("rule", "what"), DEFINITIONS)
def test_rules_that_cannot_hold(tmp_path: Path, rule: dict[str, Any], what: str) -> None:
    spells = [{**one, "grade": 1, "outcome": 1} for one in SPELLS]
    folder = write(tmp_path, spells=spells)
    problems = folder.problems({"completed"}, **data(derive=status(**rule)))
    assert any(what in one.what for one in problems), problems


def test_labels_of_codes_tell_leaving_too(tmp_path: Path) -> None:
    folder = write(tmp_path)
    path = folder.path / "data-dictionary.md"
    labels = "E = enrolled; L = sluttet i løpet av året; M = moved; D = died; F = completed"
    path.write_text(path.read_text().replace("| state | category |  |  |",
                                             f"| state | category |  | {labels} |"))  # fmt: skip
    rule = changed(
        STATUS, codes={"completed": ["F"], "other": ["L"], "enrolled": ["E"], "gone": ["M", "D"]}
    )
    rule |= {"else": ["enrolled"], "missing": ["other", "gone"]}
    block = data(derive=[{"name": "completed", "status": rule}])
    (problem,) = folder.problems({"completed"}, **block)
    assert "`other` is listed under `missing`" in problem.what


@pytest.mark.parametrize(
    ("name", "is_leaving"),
    [
        ("left", True),
        ("dropped_out", True),
        ("drop_out", True),
        ("quit", True),
        ("sluttet", True),
        ("avbrudd", True),
        ("avbrott", True),
        ("left_the_country", False),
        ("moved", False),
        ("died", False),
        ("still_in_school", False),
        ("unknown", False),
    ],
)
def test_names_that_mean_leaving_school(name: str, is_leaving: bool) -> None:
    rule = Status.model_validate(
        {**changed(STATUS, codes=None), "else": ["enrolled"], "missing": [name]}
    )
    assert drops_out(name, rule, {}) is is_leaving


def test_the_type_of_the_column(tmp_path: Path) -> None:
    folder = write(tmp_path)
    derive = [{"name": "completed", "status": changed(STATUS, give="state")}]
    (problem,) = folder.problems({"completed"}, **data(derive=derive))
    assert "holds the names of statuses" in problem.what


def test_the_persons_themselves_may_be_asked(tmp_path: Path) -> None:
    pupils = [{**one, "day": "2018-06-20" if one["pupil"] == "p1" else "2016-01-01",
               "state": "F" if one["pupil"] == "p1" else "L"} for one in PUPILS]  # fmt: skip
    rule = status(**DATED, source="pupils")
    block = data(derive=rule)
    del block["sources"]["spells"]
    folder = write(tmp_path, pupils=pupils)
    found = folder.values(["pupil", "completed"], **block)
    assert dict(zip(found["pupil"], found["completed"], strict=True))["p1"] is True
    assert sum(map(bool, found["completed"])) == 1
