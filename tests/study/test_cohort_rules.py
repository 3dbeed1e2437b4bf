"""Rules of cohorts in the definition: each with its line, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from study_mistakes import GOOD, at, emit

from evaluate.errors import Problem

Problems = Callable[[str], tuple[Problem, ...]]


def good() -> Any:
    import copy

    tree = copy.deepcopy(GOOD)
    assert tree is not None
    return tree


def changed(path: tuple[Any, ...], value: object) -> tuple[str, dict[Any, int]]:
    tree = good()
    above = at(tree, path[:-1])
    if isinstance(above, list) and path[-1] == len(above):
        above.append(value)
    elif value is None:
        del above[path[-1]]
    else:
        above[path[-1]] = value
    return emit(tree)


STATUS = ("data", "derive", 0, "status")
LATE = {"column": "completed_in_time", "is": 1, "reason": "completed"}
CASES: list[tuple[tuple[Any, ...], object, tuple[Any, ...], str, str]] = [
    ((*STATUS, "missing"), ["moved", "dropped_out"], (*STATUS, "missing", 1),
     "`dropped_out` is listed under `missing`", "a programme that keeps the weakest in school"),
    ((*STATUS, "missing"), ["moved", "avbrudd"], (*STATUS, "missing", 1),
     "an outcome, not attrition", "registers still see whoever left"),
    ((*STATUS, "codes"), {"completed": ["F"], "left": ["L"], "enrolled": ["E"],
                          "moved": ["M", "sluttet"]}, (*STATUS, "missing", 0),
     "`moved` is listed under `missing`", "those who stayed"),
    ((*STATUS, "standard"), "norway-completion", (*STATUS, "standard"),
     "no published definition", "gives the horizon"),
    ((*STATUS, "types"), None, (*STATUS, "standard"), "has a horizon for each kind", "whose"),
    (("data", "cohort", "exclude", 0), LATE, ("data", "cohort", "exclude", 0, "column"),
     "`data.cohort.exclude[#1]` selects by `completed_in_time`, which tells what happened after",
     "the programme may have changed"),
    (("data", "cohort", "include", 0), LATE, ("data", "cohort", "include", 0, "column"),
     "tells what happened after entry", "chosen by the outcome"),
    (("data", "where", 0), {"column": "completed_in_time", "is": 1}, ("data", "where", 0, "column"),
     "`data.where[#1]` selects by `completed_in_time`", "chosen by the outcome"),
    (("data", "cohort", "exclude", 5, "when"), "after_entry",
     ("data", "cohort", "exclude", 5, "when"), "dated after entry", "chosen by the outcome"),
    (("data", "cohort", "exclude", 0), {"column": "completed", "is": 1, "reason": "x"},
     ("data", "cohort", "exclude", 0, "column"), "`completed`, the outcome of `analyses.main`",
     "no longer compare"),
    (("analyses", "main", "design", "randomised", "covariates"), ["age", "completed_in_time"],
     ("analyses", "main", "design", "randomised", "covariates"),
     "names `completed_in_time`, which tells what happened after entry", "takes effect away"),
    (("analyses", "main", "subgroups", 0, "column"), "found_work",
     ("analyses", "main", "subgroups", 0, "column"), "names `found_work`", "takes effect away"),
    (("data", "measured", 0, "standard"), "eurostat-early-leaver",
     ("data", "measured", 0, "standard"), "no published definition", "same definition"),
    (("data", "measured", 0, "over"), None, ("data", "measured", 0, "break_term"),
     "has a break term", "after the break"),
    (("data", "cohort", "persons"), "mian", ("data",), "`mian`, but `sources` has no such", ""),
    (("data", "cohort", "entry", "source"), "main", ("data",), "the persons' own rows", ""),
    (("data", "join", 1), {"left": "main", "right": "spells", "on": "pupil",
                           "cardinality": "many_to_one"}, ("data",),
     "`spells` is joined row by row, and looked up", ""),
    (("data", "cohort", "window"), {"from": "2020-01-01", "to": "2010-01-01"},
     ("data", "cohort", "window"), "the last day comes before the first", ""),
    (("data", "units", "county_now", "changes", 0), {"date": "2020-01-01", "from": ["1", "2"],
     "to": ["3", "4"]}, ("data", "units", "county_now", "changes", 0),
     "several units became several", ""),
    (("data", "units", "county_now", "changes", 0, "target"), "94",
     ("data", "units", "county_now", "changes", 0), "not among the parts", ""),
    (("data", "units", "county_now", "changes", 1), {"date": "2020-01-01", "from": ["97"],
     "to": "90"}, ("data", "units", "county_now"), "one code changes twice on one day", ""),
    ((*STATUS, "date"), "from", STATUS, "not exactly one of `date` and `from`", ""),
    ((*STATUS, "within"), "5 years", STATUS, "not exactly one of `within` and `standard`", ""),
    ((*STATUS, "to"), None, STATUS, "`from` and `to` belong together", ""),
    (("data", "derive", 1, "status", "within"), {"general": "5 years"},
     ("data", "derive", 1, "status"), "add `types:`", ""),
    (("data", "derive", 1, "status", "within"), "5 school years",
     ("data", "derive", 1, "status", "within"), "not of the expected form", ""),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "place", "words", "why"), CASES)
def test_rules_of_cohorts(
    problems: Problems, path: tuple[Any, ...], value: object, place: tuple[Any, ...], words: str,
    why: str,
) -> None:  # fmt: skip
    text, lines = changed(path, value)
    while place not in lines:
        place = place[:-1]
    here = [one for one in problems(text) if one.where == f"study.yaml:{lines[place]}"]
    assert any(words in f"{one.what}; {one.fix}" and why in one.why for one in here), problems(text)


def test_what_is_only_known_after_entry_is_told_once(problems: Problems) -> None:
    text, _ = changed(("data", "cohort", "exclude", 0), {**LATE, "column": "completed_in_time"})
    assert len(problems(text)) == 1


def test_a_status_needs_a_cohort(problems: Problems) -> None:
    text, lines = changed(("data", "cohort"), None)
    found = [one for one in problems(text) if "there is no cohort" in one.what]
    assert [one.where for one in found] == [f"study.yaml:{lines['data',]}"]
