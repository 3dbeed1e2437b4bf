"""Practice records: the typology counts, gaps, agreement, and fit elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.inference.practice_ratings import agreed, ratings_of, shares
from evaluate.method import Inquiry
from evaluate.methods.practices import METHOD, Practices

RECORDS: dict[str, Any] = {
    "virtual": {
        "title": "Virtual school",
        "classes": {"preventive": 0.4, "intervening": 1.0},
        "levels": ["region", "individual"],
        "targets": ["selective"],
        "country": "GB",
        "conditions": {
            "register": {"title": "A register", "origin": "yes", "at": {"north": "yes"}},
            "staff": {"title": "Staff", "origin": "no"},
        },
    },
    "second": {
        "title": "Second chance",
        "classes": {"compensating": 1.0, "intervening": 0.7},
        "levels": ["individual"],
        "targets": ["indicated"],
        "country": "ES",
        "evidence": "pre_post",
        "evidence_source": "A report",
        "cost": {"amount": 12.5, "unit": "EUR/pupil", "source": "A report"},
    },
}
RATED = {"record": "ratings", "practice": "p", "rater": "r", "label": "l", "applies": "a"}


def spec(**more: Any) -> Practices:
    given = {"practices": RECORDS, "destinations": {"north": {"title": "North"}}}
    return Practices.model_validate(given | more)


def rating_rows(rows: list[tuple[str, str, str, float]]) -> dict[str, Any]:
    names = ("practice", "rater", "label")
    found: dict[str, Any] = {n: np.array([r[k] for r in rows], object) for k, n in enumerate(names)}
    return found | {"applies": np.array([r[3] for r in rows])}


def run(one: Practices, rows: list[tuple[str, str, str, float]] | None = None) -> Result:
    return METHOD.estimate(one, Inquiry("practices", lambda block: rating_rows(rows or [])))


def rows(result: Result, name: str) -> dict[str, Any]:
    return {
        str(row[table.columns[0].name]): row
        for table in result.tables
        if table.id == name
        for row in table.rows
    }


def check(result: Result, name: str) -> str:
    return next(one.result for one in result.checks if one.name == name)


def test_a_practice_counts_in_each_of_its_classes_that_is_sure_enough() -> None:
    matrix = rows(run(spec()), "matrix")
    assert matrix["preventive"]["any_level"] == 0
    assert matrix["intervening"]["any_level"] == 2
    assert matrix["intervening"]["level_individual"] == 2
    assert matrix["compensating"]["level_region"] == 0
    assert rows(run(spec(counts_from=0.3)), "matrix")["preventive"]["any_level"] == 1


def test_every_combination_is_there_and_empty_ones_are_gaps() -> None:
    typology = rows(run(spec()), "typology")
    assert len(typology) == 3 * 6 * 3
    filled = {key for key, row in typology.items() if not row["gap"]}
    assert filled == {
        "intervening_individual_selective",
        "intervening_region_selective",
        "intervening_individual_indicated",
        "compensating_individual_indicated",
    }
    assert typology["compensating_individual_indicated"]["named"] == "second"


def test_what_is_not_told_is_described_only_and_costs_are_unknown() -> None:
    listed = rows(run(spec()), "records")
    assert listed["virtual"]["evidence"] == "described"
    assert listed["virtual"].get("cost") is None
    assert listed["virtual"]["status"] == "unverified"
    assert listed["second"]["cost"] == 12.5
    shares_ = {key: row["share"] for key, row in rows(run(spec()), "evidence").items()}
    assert shares_ == {
        "rct": 0,
        "comparison": 0,
        "pre_post": 0.5,
        "monitoring": 0,
        "described": 0.5,
    }


def test_transfer_names_what_is_uncertain() -> None:
    transfer = rows(run(spec()), "transfer")
    virtual = transfer["virtual_in_north"]
    assert (virtual["low"], virtual["high"]) == (0.5, 1.0)
    assert virtual["uncertain"] == "virtual_needs_staff"
    assert virtual["doubtful"] == "virtual_needs_staff"
    assert transfer["second_in_north"]["state"] == "no_conditions"
    assert transfer["second_in_north"].get("low") is None
    assert rows(run(spec()), "conditions")["virtual_needs_staff_in_north"]["there"] == "unknown"


@pytest.mark.parametrize(
    ("name", "key", "change", "result"),
    [
        ("evidence_named", "second", {"evidence_source": None}, "failed"),
        ("practices_typed", "virtual", {"targets": []}, "failed"),
        ("practices_typed", "virtual", {"classes": {"preventive": 0.2}}, "failed"),
        ("practices_tested", "virtual", {"evidence": "rct"}, "passed"),
    ],
)
def test_checks_turn_when_they_should(name: str, key: str, change: Any, result: str) -> None:
    before = run(spec())
    after = run(spec(practices=RECORDS | {key: RECORDS[key] | change}))
    assert check(after, name) == result
    assert check(before, name) != result


def test_transfer_is_known_only_where_every_condition_is_answered() -> None:
    known = RECORDS["virtual"] | {
        "conditions": {"register": {"title": "R", "origin": "yes", "at": {"north": "no"}}}
    }
    assert check(run(spec(practices={"virtual": known})), "transfer_known") == "passed"
    assert check(run(spec()), "transfer_known") == "failed"


def test_raters_decide_where_nothing_is_stated() -> None:
    open_ = spec(practices={"virtual": RECORDS["virtual"] | {"classes": {}}}, ratings=RATED)
    said = [("virtual", r, "preventive", a) for r, a in (("a", 1.0), ("b", 1.0), ("c", 0.0))]
    result = run(open_, said)
    assert rows(result, "records")["virtual"]["preventive"] == pytest.approx(2 / 3)
    assert rows(result, "matrix")["preventive"]["any_level"] == 1


@pytest.mark.parametrize(
    "row", [("virtual", "a", "clever", 1.0), ("unheard_of", "a", "preventive", 1.0)]
)
def test_a_rating_of_something_unknown_is_refused(row: Any) -> None:
    with pytest.raises(Refused) as refused:
        run(spec(ratings=RATED), [row])
    assert refused.value.code == "unknown_label"
    assert "clever" not in refused.value.why


def test_agreement_is_krippendorffs_alpha() -> None:
    krippendorff = pytest.importorskip("krippendorff")
    rng = np.random.default_rng(2)
    said = rng.integers(0, 2, (12, 4)).astype(float)
    said[:, 1:3] = said[:, :1]
    said[rng.random((12, 4)) < 0.15] = np.nan
    rated = [
        (f"i{i}", f"r{k}", "preventive", said[i, k])
        for i in range(12)
        for k in range(4)
        if not np.isnan(said[i, k])
    ]
    columns = rating_rows(rated)
    found = agreed(ratings_of(*columns.values()), "preventive")
    expected = krippendorff.alpha(said.T, level_of_measurement="nominal")
    assert found.alpha == pytest.approx(expected, rel=1e-10)
    pairs = [
        (said[i, a], said[i, b])
        for i in range(12)
        for a in range(4)
        for b in range(a)
        if not np.isnan(said[i, [a, b]]).any()
    ]
    assert found.agreement == pytest.approx(np.mean([x == y for x, y in pairs]))


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([("x", "a", "preventive", 1.0), ("y", "b", "preventive", 0.0)], "one_rater"),
        ([("x", "a", "preventive", 1.0), ("x", "b", "preventive", 1.0)], "all_equal"),
        ([("x", "a", "intervening", 1.0)], "not_rated"),
    ],
)
def test_agreement_that_cannot_be_told_says_why(said: Any, state: str) -> None:
    found = agreed(ratings_of(*rating_rows(said).values()), "preventive")
    assert found.alpha is None
    assert found.state == state


def test_disagreeing_raters_fail_the_check() -> None:
    keys = [(p, r) for p in RECORDS for r in ("a", "b")]
    apart = [(p, r, "preventive", float(r == "a")) for p, r in keys]
    alike = [(p, r, "preventive", float(p == "second")) for p, r in keys]
    assert check(run(spec(ratings=RATED), apart), "classes_agreed") == "failed"
    assert check(run(spec(ratings=RATED), alike), "classes_agreed") == "passed"
    assert check(run(spec()), "classes_agreed") == "not_run"


@pytest.mark.parametrize("rows_", [[], [("x", "a", "preventive", 1.0)] * 2], ids=["none", "twice"])
def test_ratings_that_cannot_be_read_are_refused(rows_: Any) -> None:
    with pytest.raises(Refused):
        ratings_of(*rating_rows(rows_).values())


def test_shares_leave_out_who_said_nothing() -> None:
    said = [("x", "a", "preventive", 1.0), ("x", "b", "intervening", 0.0)]
    assert shares(ratings_of(*rating_rows(said).values())) == {
        ("x", "preventive"): 1.0,
        ("x", "intervening"): 0.0,
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"destinations": {}}, "not under `destinations`"),
        ({"destinations": {"north": {"title": "N"}, "second": {"title": "S"}}}, "rename one"),
    ],
)
def test_a_definition_that_contradicts_itself_is_a_fault(change: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        spec(**change)
