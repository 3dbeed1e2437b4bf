"""The method on rubrics: what its tables say, and checks that fail when they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Check
from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.method import Inquiry
from evaluate.methods.rubric import METHOD, Criterion, Rubric, Scored

LEVELS = ("absent", "named", "described", "measured")
Row = tuple[str, str, str, float, str]
PLANS = {"p1": (3, 3), "p2": (2, 1), "p3": (0, 3), "p4": (2, 2)}
ONE: list[Row] = [
    (plan, criterion, "reader", float(score), f"organiser_{plan}")
    for plan, pair in PLANS.items()
    for criterion, score in zip(("who", "days"), pair, strict=True)
]
TWO: list[Row] = [*ONE, *((p, c, "second", s, o) for p, c, _, s, o in ONE)]


def run(rows: list[Row], *, organisers: bool = True, least: int = 1) -> Result:
    names = ("plan", "criterion", "reader", "score", "organiser")
    given = {
        name: np.array([one[i] for one in rows], dtype=float if name == "score" else object)
        for i, name in enumerate(names)
        if organisers or name != "organiser"
    }
    asked = Rubric(
        scores=Scored(
            record="r",
            plan="plan",
            criterion="criterion",
            score="score",
            reader="reader",
            organiser="organiser" if organisers else None,
        ),
        criteria={one: Criterion(title=one, levels=LEVELS, least=least) for one in ("who", "days")},
    )
    return METHOD.estimate(asked, Inquiry("r", lambda _: given))


def row(result: Result, id_: str, key: str) -> dict[str, Any]:
    table = next(one for one in result.tables if one.id == id_)
    return dict(next(one for one in table.rows if one[table.columns[0].name] == key))


def check(result: Result, name: str) -> Check:
    return next(one for one in result.checks if one.name == name)


def test_totals_and_who_meets_the_least() -> None:
    result = run(ONE)
    assert row(result, "plans", "p2") == {
        "plan": "p2",
        "organiser": "organiser_p2",
        "readers": 1,
        "total": 3.0,
        "possible": 6,
        "short": 0,
        "unscored": 0,
        "meets": True,
        "meets_every": True,
        "meets_some": True,
    }
    found = row(result, "overall", "median")
    assert (found["plans"], found["plans_met"], found["share"]) == (4, 3, 0.75)
    # prop.test(3, 4, correct = FALSE)
    assert found["conf_low"] == pytest.approx(0.300642, abs=1e-6)


def test_the_weakest_criterion_stands_first() -> None:
    table = next(one for one in run(ONE, least=2).tables if one.id == "criteria")
    assert [one["criterion"] for one in table.rows] == ["days", "who"]  # alike: by name
    only = next(one for one in run(ONE).tables if one.id == "criteria")
    assert [one["criterion"] for one in only.rows] == ["who", "days"]
    assert [one["share"] for one in only.rows] == [0.75, 1.0]


def test_one_reader_is_said() -> None:
    result = run(ONE)
    assert check(result, "rubric_readers").result == "not_run"
    assert row(result, "readers", "all")["state"] == "one_reader"


def test_readers_who_agree_and_planted_ones_who_do_not() -> None:
    assert check(run(TWO), "rubric_readers").result == "passed"
    apart = [(p, c, r, 3.0 - s if r == "second" else s, o) for p, c, r, s, o in TWO]
    result = run(apart)
    assert check(result, "rubric_readers").result == "failed"
    assert row(result, "readers", "all")["same"] == 0.0


def test_readers_who_disagree_give_bounds() -> None:
    rows = [one if one[:3] != ("p2", "days", "second") else (*one[:3], 0.0, one[4]) for one in TWO]
    result = run(rows)
    found = row(result, "plans", "p2")
    # The median of 1 and 0 is below the least of 1.
    assert (found["meets"], found["meets_every"], found["meets_some"]) == (False, False, True)
    shares = [row(result, "overall", one)["share"] for one in ("every_reader", "some_reader")]
    assert shares == [0.5, 0.75]


def test_what_is_not_scored_is_unknown_not_zero() -> None:
    rows = [one for one in ONE if one[:2] != ("p1", "days")]
    result = run(rows)
    assert check(run(ONE), "rubric_complete").result == "passed"
    assert check(result, "rubric_complete").result == "failed"
    found = row(result, "plans", "p1")
    assert found["state"] == "not_scored"
    assert not {"total", "meets"} & set(found)
    whole = row(result, "overall", "median")
    assert (whole["plans"], whole["plans_unknown"]) == (3, 1)
    assert (whole["at_least"], whole["at_most"]) == (0.5, 0.75)


def test_a_missing_score_is_a_missing_row() -> None:
    rows = [(*one[:3], np.nan, one[4]) if one[:2] == ("p1", "days") else one for one in ONE]
    assert row(run(rows), "plans", "p1")["unscored"] == 1


def test_organisers_count() -> None:
    rows = [(p, c, r, s, "same" if p in ("p1", "p3") else "other") for p, c, r, s, _ in ONE]
    assert row(run(rows), "overall", "median")["organisers"] == 2
    without = row(run(ONE, organisers=False), "overall", "median")
    assert not {"organisers", "design_effect"} & set(without)


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (("p1", "who", "reader", 3.0, "organiser_p1"), "scored_twice"),
        (("p1", "colour", "reader", 3.0, "organiser_p1"), "unknown_criterion"),
        (("p5", "who", "reader", 4.0, "o"), "off_scale"),
        (("p5", "who", "reader", 1.5, "o"), "off_scale"),
        (("p1", "who", "third", 1.0, "another"), "plan_of_two"),
    ],
)
def test_bad_rows_are_refused(extra: Row, code: str) -> None:
    with pytest.raises(Refused) as caught:
        run([*ONE, extra])
    assert caught.value.code == code


def test_the_least_must_be_a_level() -> None:
    with pytest.raises(ValidationError, match="above the highest level"):
        Criterion(title="Who acts", levels=LEVELS, least=4)
