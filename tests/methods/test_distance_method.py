"""The method on distance: what its tables say, and checks that fail when they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Check
from evaluate.design import Result
from evaluate.disclosure.rules import RULES, Profile
from evaluate.errors import Refused
from evaluate.method import Inquiry
from evaluate.methods.distance import METHOD, Distances, Ratings

Row = tuple[str, str, str, float, float]
BOTH: list[Row] = [
    ("troms", "nav", "school", 2, 3),
    ("troms", "nav", "school", 3, 3),
    ("troms", "school", "nav", 4, 4),
    ("troms", "school", "nav", 5, 4),
    ("troms", "school", "school", 5, 5),
    ("telemark", "nav", "school", 3, 4),
    ("telemark", "nav", "school", 4, 4),
    ("telemark", "school", "nav", 3, 3),
    ("telemark", "school", "nav", 4, 3),
]


def run(rows: list[Row], **more: Any) -> Result:
    fields: dict[str, Any] = {
        "ratings": Ratings(record="ratings", case="case", by="by", of="of", items=("a", "b")),
        "high_means": "close",
        "sides": {"nav": "NAV", "school": "School"},
    }
    given = {
        "case": np.array([one[0] for one in rows], dtype=object),
        "by": np.array([one[1] for one in rows], dtype=object),
        "of": np.array([one[2] for one in rows], dtype=object),
        "items": np.array([one[3:] for one in rows], dtype=float),
    }
    return METHOD.estimate(Distances(**{**fields, **more}), Inquiry("d", lambda _: given))


def row(result: Result, id_: str, key: str) -> dict[str, Any]:
    table = next(one for one in result.tables if one.id == id_)
    return dict(next(one for one in table.rows if one["key"] == key))


def check(result: Result, name: str) -> Check:
    return next(one for one in result.checks if one.name == name)


def test_each_way_by_hand() -> None:
    result = run(BOTH)
    there, back = (
        row(result, "matrix", "troms|nav|school"),
        row(result, "matrix", "troms|school|nav"),
    )
    assert (there["n"], there["mean"], back["mean"]) == (2, 2.75, 4.25)
    assert there["distance"] == pytest.approx((5 - 2.75) / 4)
    assert row(result, "gaps", "troms|nav|school")["gap"] == pytest.approx(-1.5)


def test_a_high_rating_may_mean_far() -> None:
    far = row(run(BOTH, high_means="far"), "matrix", "troms|nav|school")
    assert far["distance"] == pytest.approx((2.75 - 1) / 4)


def test_seen_by_others_less_seen_by_itself() -> None:
    found = row(run(BOTH), "own", "troms|nav|school")
    assert (found["mean_seen"], found["mean_own"], found["gap"]) == (2.75, 5.0, -2.25)
    assert found["state"] == "too_few_raters"
    assert row(run(BOTH), "own", "telemark|nav|school")["state"] == "one_view_only"


def test_over_cases_each_counts_once() -> None:
    found = row(run(BOTH), "pairs", "nav|school|all")
    assert (found["cases"], found["n_one"], found["n_other"]) == (2, 4, 4)
    assert found["gap"] == pytest.approx((-1.5 + (3.75 - 3.25)) / 2)
    assert found["df"] == 1
    assert row(run(BOTH), "pairs", "nav|school|a")["gap"] == pytest.approx((-2 + 0) / 2)


def test_both_sides_passed_and_planted_missing_side() -> None:
    assert check(run(BOTH), "distance_both_sides").result == "passed"
    alone = [one for one in BOTH if one[:2] != ("telemark", "nav")]
    result = run(alone)
    assert check(result, "distance_both_sides").result == "failed"
    found = row(result, "gaps", "telemark|nav|school")
    assert (found["n_one"], found["state"]) == (0, "one_side_only")
    assert "gap" not in found
    assert row(result, "matrix", "telemark|nav|school")["state"] == "no_raters"


def test_a_titled_case_without_ratings_is_shown_as_missing() -> None:
    cases = {"troms": "Troms", "telemark": "Telemark", "oppland": "Oppland"}
    result = run(BOTH, cases=cases)
    assert row(result, "gaps", "oppland|nav|school")["state"] == "no_raters"
    assert check(result, "distance_both_sides").result == "failed"


def test_one_rater_has_no_interval() -> None:
    result = run([*BOTH[1:]])
    assert row(result, "matrix", "troms|nav|school")["state"] == "one_rater"
    assert check(result, "distance_raters").result == "uninformative"


def test_raters_who_disagree_do_not_share_a_view() -> None:
    rows = [one for one in BOTH if one[:3] != ("troms", "school", "school")]
    assert check(run(rows), "distance_shared_view").result == "passed"
    torn = [("troms", "nav", "school", 1.0, 1.0), ("troms", "nav", "school", 5.0, 5.0), *rows[2:]]
    result = run(torn)
    assert check(result, "distance_shared_view").result == "failed"
    assert row(result, "matrix", "troms|nav|school")["agreement"] == 0.0


def test_nobody_to_agree_with() -> None:
    one_each = [BOTH[0], BOTH[2]]
    assert check(run(one_each), "distance_shared_view").result == "not_run"


@pytest.mark.parametrize(
    ("extra", "more", "code"),
    [
        (("troms", "police", "nav", 3, 3), {}, "unknown_side"),
        (("troms", "nav", "school", 9, 3), {}, "off_scale"),
        (("x", "nav", "school", 3, 3), {"cases": {"troms": "T", "telemark": "U"}}, "unknown_case"),
    ],
)
def test_bad_rows_are_refused(extra: Row, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        run([*BOTH, extra], **more)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "more",
    [
        {"lowest": 5},
        {"sides": {"nav": "NAV"}},
        {"pairs": (("nav", "nav"),)},
        {"pairs": (("nav", "police"),)},
        {"items": {"c": "C"}},
    ],
)
def test_bad_fields_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        run(BOTH, **more)


@pytest.mark.parametrize("kind", ["matrix", "gaps", "own", "pairs"])
def test_few_raters_do_not_leave_under_a_strict_profile(kind: str) -> None:
    table = next(one for one in run(BOTH).tables if one.id == kind)
    hidden = RULES[table.kind](table, Profile("strict", 10, 3, 5))
    assert not [v for row in hidden.rows for v in row.values() if isinstance(v, int | float)]
    assert RULES[table.kind](table, Profile("none", 0, 9, 1)) == table
