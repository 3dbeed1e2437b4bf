"""The method on networks: what its tables say, and checks that fail when they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Check, Table
from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.method import Inquiry
from evaluate.methods.network import METHOD, Actors, Answers, Networks, Ties, Wave

Rows = dict[str, Any]
ACTORS: Rows = {
    "actor": np.array(["school", "nav", "county", "ngo"], dtype=object),
    "sector": np.array(["school", "nav", "county", "county"], dtype=object),
}
TIES = [
    ("school", "nav", "meeting", "before"),
    ("school", "county", "mandate", "before"),
    ("school", "nav", "meeting", "end"),
    ("nav", "school", "information", "end"),
    ("school", "ngo", "meeting", "end"),
    ("nav", "ngo", "meeting", "end"),
    ("school", "nav", "meeting", "later"),
    ("nav", "ngo", "meeting", "later"),
]
WAVES = {"later": 12, "before": -18, "end": 0}


def ties(rows: list[tuple[str, str, str, str]]) -> Rows:
    names = ("from", "to", "type", "time")
    return {name: np.array([row[i] for row in rows], dtype=object) for i, name in enumerate(names)}


def spec(**more: Any) -> Networks:
    fields: dict[str, Any] = {
        "actors_are": "organisations",
        "actors": Actors(record="actors", actor="actor", sector="sector"),
        "ties": Ties(record="ties", sender="from", receiver="to", type="type", wave="time"),
        "waves": {name: Wave(months=months) for name, months in WAVES.items()},
        "permanence": (12,),
    }
    return Networks(**{**fields, **more})


def run(
    asked: Networks | None = None,
    rows: list[tuple[str, str, str, str]] | None = None,
    answers: Rows | None = None,
    actors: Rows = ACTORS,
) -> Result:
    given = {"actors": actors, "ties": ties(TIES if rows is None else rows)}

    def read(block: Any) -> Rows:
        record = answers if block.record == "answers" else given[block.record]
        assert record is not None
        fields = {k: v for k, v in block if k != "record" and v is not None}
        return {field: record[column] for field, column in fields.items()}

    return METHOD.estimate(asked or spec(), Inquiry("net", read, draws=99))


def table(result: Result, id_: str) -> Table:
    return next(one for one in result.tables if one.id == id_)


def row(result: Result, id_: str, key: str) -> dict[str, Any]:
    found = table(result, id_)
    return dict(next(one for one in found.rows if one[found.columns[0].name] == key))


def check(result: Result, name: str) -> Check:
    return next(one for one in result.checks if one.name == name)


def everyone(silent: tuple[tuple[str, str], ...] = ()) -> Rows:
    cells = [
        (actor, wave, 0.0 if (actor, wave) in silent else 1.0)
        for actor in ACTORS["actor"]
        for wave in WAVES
    ]
    return {
        "actor": np.array([one[0] for one in cells], dtype=object),
        "time": np.array([one[1] for one in cells], dtype=object),
        "answered": np.array([one[2] for one in cells]),
    }


ANSWERS = Answers(record="answers", actor="actor", answered="answered", wave="time")


def test_times_stand_in_their_order() -> None:
    found = table(run(), "waves").rows
    assert [one["wave"] for one in found] == ["before", "end", "later"]
    assert [one["ties"] for one in found] == [2, 3, 2]
    assert [one["density"] for one in found] == pytest.approx([2 / 6, 3 / 6, 2 / 6])


def test_change_and_types_by_hand() -> None:
    result = run()
    moved = row(result, "change", "all|before|end")
    assert (moved["kept"], moved["lost"], moved["created"]) == (1, 1, 2)
    assert row(result, "types", "end|information")["ties"] == 1
    assert row(result, "ties", "all|end|nav|school")["types"] == 2


def test_survival_of_all_and_of_new_ties() -> None:
    result = run()
    kept = row(result, "permanence", "12|any")
    assert (kept["followed"], kept["kept"], kept["lost"]) == (3, 2, 1)
    new = row(result, "permanence", "12|new")
    assert (new["followed"], new["kept"]) == (2, 1)
    assert check(result, "network_permanence").result == "passed"


def test_permanence_is_refused_without_a_later_time() -> None:
    result = run(spec(permanence=(12, 24)))
    assert row(result, "permanence", "24|any")["state"] == "no_later_wave"
    assert "survived" not in row(result, "permanence", "24|any")
    said = check(result, "network_permanence")
    assert said.result == "failed"
    assert "24 months" in said.text
    assert "may not be called permanent" in said.text


def test_without_a_time_at_the_end_nothing_is_followed() -> None:
    waves = {"later": Wave(months=12), "before": Wave(months=-18), "end": Wave(months=1)}
    result = run(spec(waves=waves))
    assert row(result, "permanence", "12|any")["state"] == "no_end_wave"


def test_a_single_time_is_no_change() -> None:
    rows = [one for one in TIES if one[3] == "before"]
    result = run(spec(waves={"before": Wave(months=-18)}, permanence=()), rows)
    assert check(result, "network_times").result == "failed"
    assert "change" not in [one.id for one in result.tables]


def test_after_only_is_no_before() -> None:
    rows = [one for one in TIES if one[3] != "before"]
    waves = {"end": Wave(months=0), "later": Wave(months=12)}
    assert check(run(spec(waves=waves), rows), "network_times").result == "failed"


class TestAnswers:
    def test_not_recorded(self) -> None:
        assert check(run(), "network_answers").result == "not_run"

    def test_everyone(self) -> None:
        result = run(spec(answers=ANSWERS), answers=everyone())
        assert check(result, "network_answers").result == "passed"

    def test_planted_silence(self) -> None:
        silent = (("county", "end"), ("ngo", "end"))
        result = run(spec(answers=ANSWERS), answers=everyone(silent))
        assert check(result, "network_answers").result == "failed"
        found = row(result, "waves", "all|end")
        assert (found["density_low"], found["density"]) == pytest.approx((3 / 6, 1.0))
        # Not told of, and not both answered: school-county, nav-county and county-ngo.
        assert found["density_high"] - found["density_low"] == pytest.approx(3 / 6)

    def test_a_whole_silent_time(self) -> None:
        silent = tuple((one, "later") for one in ACTORS["actor"])
        rows = [one for one in TIES if one[3] != "later"]
        result = run(spec(answers=ANSWERS), rows, everyone(silent))
        assert row(result, "waves", "all|later")["state"] == "nobody_answered"
        assert row(result, "permanence", "12|any")["state"] == "nothing_known"
        assert check(result, "network_permanence").result == "failed"


class TestChance:
    def test_each_actor_its_own_sector_says_nothing(self) -> None:
        actors = ACTORS | {"sector": np.array(list("abcd"), dtype=object)}
        assert check(run(actors=actors), "network_crossing").result == "uninformative"

    def test_planted_ties_across_sectors_only(self) -> None:
        names = [f"{one}{i}" for one in "ab" for i in range(5)]
        actors = {
            "actor": np.array(names, dtype=object),
            "sector": np.array([one[0] for one in names], dtype=object),
        }
        rows = [(one, other, "meeting", "before") for one in names[:5] for other in names[5:]]
        asked = spec(waves={"before": Wave(months=-18)}, permanence=())
        assert check(run(asked, rows, actors=actors), "network_crossing").result == "passed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: [*rows, ("school", "police", "meeting", "end")], "unknown_actor"),
        (lambda rows: [*rows, ("school", "nav", "meeting", "much_later")], "unknown_wave"),
        (lambda rows: [*rows, ("school", "school", "meeting", "end")], "tie_to_itself"),
    ],
)
def test_bad_ties_are_refused(change: Callable[[Any], Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        run(rows=change(TIES))
    assert caught.value.code == code
    assert "police" not in f"{caught.value.why} {caught.value.fix}"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sectors": {"school": "School"}}, "unknown_sector"),
        ({"types": {"x": "X"}}, "unknown_type"),
    ],
)
def test_keys_without_title_are_refused(more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        run(spec(**more))
    assert caught.value.code == code


def test_an_actor_listed_twice_is_refused() -> None:
    twice = {key: np.append(values, values[:1]) for key, values in ACTORS.items()}
    with pytest.raises(Refused) as caught:
        run(actors=twice)
    assert caught.value.code == "actor_twice"


def test_persons_are_not_actors() -> None:
    with pytest.raises(ValidationError):
        spec(actors_are="persons")


def test_two_times_need_two_months() -> None:
    with pytest.raises(ValidationError, match="same month"):
        spec(waves={"before": Wave(months=0), "end": Wave(months=0)})


def test_a_declared_type_without_ties_is_there() -> None:
    types = {one: one for one in ("meeting", "mandate", "information", "funding")}
    assert row(run(spec(types=types)), "types", "end|funding")["ties"] == 0
